import { describe, expect, it } from "vitest";

import { cellsOf, justify, RATIO_MAX, RATIO_MIN, rowOf, rowsBetween, sectionOf, type Frame, type Layout } from "./justify";

const FRAME: Frame = { width: 860, target: 196, gap: 6, heading: 54 };
const SHAPES = [150, 67, 133, 100, 178, 56, 240, 900, 10, 75];

/** The same numbers for the same seed, so that a failure can be played again. */
function dice(seed: number): () => number {
  let state = seed + 1;
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
}

function archive(photos: number, seed = 7): { ratios: number[]; sections: number[] } {
  const roll = dice(seed);
  const ratios = Array.from({ length: photos }, () => SHAPES[Math.floor(roll() * SHAPES.length)] ?? 100);
  const sections: number[] = [];
  for (let left = photos; left > 0; ) {
    const count = Math.min(left, Math.floor(roll() * 120));
    sections.push(count);
    left -= count;
  }
  return { ratios, sections };
}

/** Rows that end their section, which may stay open on the right. */
function lastRows(layout: Layout): Set<number> {
  return new Set([...layout.sectionRow.slice(1)].map((end) => end - 1));
}

describe.each([320, 520, 860, 2400])("rows in a width of %i px", (width) => {
  const { ratios, sections } = archive(5_000, width);
  const frame = { ...FRAME, width };
  const layout = justify(ratios, sections, frame);

  it("hold every photo once and in order", () => {
    expect(layout.first[0]).toBe(0);
    expect(layout.first[layout.rows]).toBe(5_000);
    for (let row = 0; row < layout.rows; row += 1) expect(layout.first[row + 1]).toBeGreaterThan(layout.first[row] ?? 0);
  });

  it("fill the width within 1 px except the last of a section, which is never wider", () => {
    const last = lastRows(layout);
    for (let row = 0; row < layout.rows; row += 1) {
      const cell = cellsOf(layout, ratios, row, frame.gap).at(-1);
      const right = (cell?.left ?? 0) + (cell?.width ?? 0);
      if (last.has(row)) expect(right).toBeLessThanOrEqual(width + 1);
      else expect(Math.abs(right - width)).toBeLessThanOrEqual(1);
    }
  });

  it("keep heights within what one more or one less photo allows", () => {
    // The worst row is one that had to close before the widest photo there is.
    const room = width / frame.target;
    const shape = (Math.sqrt(RATIO_MAX ** 2 + 4 * room ** 2) - RATIO_MAX) / 2;
    const most = (width / shape) * 1.02;
    const least = (width - frame.gap * (room / RATIO_MIN)) / (shape + RATIO_MAX) / 1.3;
    for (const high of layout.height) {
      expect(high).toBeLessThanOrEqual(most);
      expect(high).toBeGreaterThan(Math.max(0, Math.min(least, frame.target / 3)));
    }
  });

  it("follow each other without touching, each section under its heading", () => {
    for (let row = 1; row < layout.rows; row += 1) {
      const bottom = (layout.top[row - 1] ?? 0) + (layout.height[row - 1] ?? 0);
      const begins = sectionOf(layout, layout.first[row] ?? 0) !== sectionOf(layout, layout.first[row - 1] ?? 0);
      expect(layout.top[row]).toBeCloseTo(bottom + frame.gap + (begins ? frame.heading : 0), 2);
    }
    expect(layout.total).toBeCloseTo((layout.top.at(-1) ?? 0) + (layout.height.at(-1) ?? 0), 2);
  });
});

it("looks at each of 200,000 photos at most twice", () => {
  const { ratios, sections } = archive(200_000);
  let looks = 0;
  const counted = new Proxy(ratios, {
    get(list, key) {
      if (key !== "length") looks += 1;
      return Reflect.get(list, key) as unknown;
    },
  });
  const layout = justify(counted, sections, FRAME);
  expect(layout.first[layout.rows]).toBe(200_000);
  expect(looks).toBeLessThanOrEqual(400_000);
});

it("finds the row, the section and the rows of a band for any photo", () => {
  const { ratios, sections } = archive(3_000);
  const layout = justify(ratios, sections, FRAME);
  for (let photo = 0; photo < 3_000; photo += 17) {
    const row = rowOf(layout, photo);
    expect(layout.first[row]).toBeLessThanOrEqual(photo);
    expect(layout.first[row + 1]).toBeGreaterThan(photo);
    const section = sectionOf(layout, photo);
    expect(layout.sectionFirst[section]).toBeLessThanOrEqual(photo);
    expect(layout.sectionFirst[section + 1]).toBeGreaterThan(photo);
    const top = layout.top[row] ?? 0;
    const [from, to] = rowsBetween(layout, top, top + 500);
    expect(from).toBe(row);
    expect(to).toBeGreaterThan(row);
  }
});

it("lets the last photo of a section join the row before it, but not when both would be too low", () => {
  const frame = { width: 300, target: 100, gap: 0, heading: 0 };
  const squares = (count: number) => justify(Array.from({ length: count }, () => 100), [count], frame);
  expect([...squares(7).height]).toEqual([100, 75]);
  expect([...squares(8).height]).toEqual([100, 100, 100]);
});

it("lays nothing out for nothing, and takes one section where the counts do not add up", () => {
  const empty = justify([], [], FRAME);
  expect([empty.rows, empty.total]).toEqual([0, 0]);
  expect(rowsBetween(empty, 0, 500)).toEqual([0, 0]);
  expect(justify([100, 100, 100], [1, 1], FRAME).sectionTop).toHaveLength(1);
});
