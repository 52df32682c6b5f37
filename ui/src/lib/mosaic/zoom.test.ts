import { expect, it } from "vitest";

import { boxOf, cellAt, clamped, inFrame, inPicture, lastLevel, levelFor, levelSize, moved, PIECES_MAX, piecesOf, squareBox, squareOf, whole, zoomed, type View } from "./zoom";

const picture = { width: 7680, height: 5120 };
const frame = { width: 900, height: 600 };
const cells = { columns: 60, rows: 40, side: 128 };

/** The same views on each run, in all corners and at all scales. */
function views(): View[] {
  const found: View[] = [];
  for (const x of [-50, 0, 1234.5, 3840, 7680, 9000])
    for (const y of [-7, 0, 777.7, 2560, 5120])
      for (const scale of [0.001, 0.1171875, 0.2, 0.33, 1, 1.7, 4, 99]) found.push(clamped({ x, y, scale }, picture, frame));
  return found;
}

it.each([
  [1, 1, 0],
  [2, 1, 1],
  [256, 100, 8],
  [257, 100, 9],
  [100, 20_000, 15],
  [16_384, 1, 14],
])("%i x %i pixels have their last level at %i", (width, height, level) => {
  expect(lastLevel({ width, height })).toBe(level);
});

it("each level is half the one above, rounded up", () => {
  const odd = { width: 4681, height: 3333 };
  expect(levelSize(odd, lastLevel(odd))).toEqual(odd);
  for (let level = lastLevel(odd); level > 0; level -= 1) {
    const above = levelSize(odd, level);
    expect(levelSize(odd, level - 1)).toEqual({ width: Math.ceil(above.width / 2), height: Math.ceil(above.height / 2) });
  }
  expect(levelSize(odd, 0)).toEqual({ width: 1, height: 1 });
});

it("the whole picture fits its frame and is in the middle of it", () => {
  for (const room of [frame, { width: 300, height: 900 }, { width: 1, height: 1 }]) {
    const view = whole(picture, room);
    const [from, to] = [inFrame(view, room, { x: 0, y: 0 }), inFrame(view, room, { x: picture.width, y: picture.height })];
    expect(Math.min(from.x, from.y)).toBeCloseTo(0);
    expect(from.x + to.x).toBeCloseTo(room.width);
    expect(from.y + to.y).toBeCloseTo(room.height);
    expect(Math.max(to.x - room.width, to.y - room.height)).toBeLessThan(1e-6);
  }
});

it("no view is beside the picture, further than all of it or nearer than can be seen", () => {
  for (const view of views()) {
    const from = inPicture(view, frame, { x: 0, y: 0 });
    const to = inPicture(view, frame, { x: frame.width, y: frame.height });
    expect(Math.min(from.x, from.y)).toBeGreaterThanOrEqual(-1e-6);
    expect(to.x).toBeLessThanOrEqual(picture.width + 1e-6);
    expect(to.y).toBeLessThanOrEqual(picture.height + 1e-6);
    expect(view.scale).toBeLessThanOrEqual(4);
    expect(clamped(view, picture, frame)).toEqual(view);
  }
});

it("what is under the pointer stays under it while one zooms", () => {
  const at = { x: 700, y: 150 };
  let view = clamped({ x: 3000, y: 2000, scale: 1 }, picture, frame);
  const before = inPicture(view, frame, at);
  for (const factor of [1.3, 2, 0.9, 1.1]) view = zoomed(view, factor, at, picture, frame);
  const after = inPicture(view, frame, at);
  expect(after.x).toBeCloseTo(before.x);
  expect(after.y).toBeCloseTo(before.y);
  expect(zoomed(view, 1e9, at, picture, frame).scale).toBe(4);
  expect(zoomed(view, 0, at, picture, frame)).toEqual(whole(picture, frame));
});

it("the picture follows the hand, up to its edge", () => {
  const view = clamped({ x: 3000, y: 2000, scale: 2 }, picture, frame);
  const point = inPicture(view, frame, { x: 100, y: 100 });
  const after = inFrame(moved(view, { x: 30, y: -20 }, picture, frame), frame, point);
  expect(after.x).toBeCloseTo(130);
  expect(after.y).toBeCloseTo(80);
  expect(inPicture(moved(view, { x: 1e6, y: 1e6 }, picture, frame), frame, { x: 0, y: 0 })).toEqual({ x: 0, y: 0 });
});

it.each([
  [4, 13],
  [1, 13],
  [0.6, 13],
  [0.5, 12],
  [0.25, 11],
  [0.26, 11],
  [1e-9, 0],
])("at %f device pixels for each of its own, level %i is sharp", (pixels, level) => {
  expect(levelFor(picture, pixels)).toBe(level);
});

it("the pieces of a view cover all of it, with none beside it, and are never too many", () => {
  for (const view of views())
    for (const [room, ratio] of [[frame, 1], [frame, 1.25], [{ width: 3000, height: 2000 }, 2]] as const) {
      const seen = clamped(view, picture, room);
      const pieces = piecesOf(seen, picture, room, ratio);
      expect(pieces.length).toBeLessThanOrEqual(PIECES_MAX);
      let area = 0;
      for (const piece of pieces) {
        const { x, y, width, height } = boxOf(piece, seen, picture, room, ratio);
        const [right, bottom] = [Math.min(x + width, Math.round(room.width * ratio)), Math.min(y + height, Math.round(room.height * ratio))];
        area += (right - Math.max(0, x)) * (bottom - Math.max(0, y));
      }
      const shown = { width: Math.min(room.width, picture.width * seen.scale) * ratio, height: Math.min(room.height, picture.height * seen.scale) * ratio };
      expect(Math.abs(area - shown.width * shown.height)).toBeLessThanOrEqual(2 * (shown.width + shown.height) + 4);
    }
});

it("the middle of the view comes first", () => {
  const [first] = piecesOf({ x: 5000, y: 1000, scale: 1 }, picture, frame, 1);
  expect(first).toEqual({ level: 13, column: 19, row: 3 });
});

it("neighbouring pieces meet on whole device pixels, at any scale", () => {
  for (const view of views())
    for (const ratio of [1, 1.25, 1.5, 2]) {
      const box = (column: number, row: number) => boxOf({ level: 12, column, row }, view, picture, frame, ratio);
      for (let at = 0; at < 6; at += 1) {
        const [here, right, below] = [box(at, at), box(at + 1, at), box(at, at + 1)];
        expect(right.x).toBe(here.x + here.width);
        expect(below.y).toBe(here.y + here.height);
        expect(Number.isInteger(here.x) && Number.isInteger(here.width)).toBe(true);
      }
    }
});

it("finds the cell under a point, and the place of a cell", () => {
  expect(cellAt({ x: 0, y: 0 }, cells)).toEqual({ column: 0, row: 0 });
  expect(cellAt({ x: 7679.9, y: 5119.9 }, cells)).toEqual({ column: 59, row: 39 });
  for (const outside of [{ x: -0.1, y: 5 }, { x: 5, y: 5120 }, { x: 7680, y: 0 }]) expect(cellAt(outside, cells)).toBeNull();
  for (const view of views()) {
    const box = squareBox(squareOf({ column: 7, row: 31 }, cells), view, frame);
    const middle = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
    expect(cellAt(inPicture(view, frame, middle), cells)).toEqual({ column: 7, row: 31 });
  }
});
