import { expect, it } from "vitest";

import { justify } from "./justify";
import { nextYear, yearMarks } from "./scrubber";

const months = [
  [2026, 3],
  [2026, 1],
  [2025, 12],
  [2025, 2],
  [2019, 7],
].map(([year = 0, month = 0]) => ({ year, month, count: 30 }));
const ratios = Array.from({ length: 150 }, () => 150);
const layout = justify(ratios, months.map(({ count }) => count), { width: 800, target: 200, gap: 6, heading: 54 });

it("marks each year where its first month is at the top", () => {
  expect(yearMarks(months, layout, layout.total, 0).map(({ year }) => year)).toEqual([2026, 2025, 2019]);
  expect(yearMarks(months, layout, layout.total, 0).map(({ at }) => Math.round(at * 10))).toEqual([0, 4, 8]);
  expect(yearMarks(months, layout, layout.total / 2, 0.1).map(({ at }) => Math.round(at * 10))).toEqual([0, 8, 10]);
});

it("leaves out labels that would touch", () => {
  expect(yearMarks(months, layout, layout.total, 0.5).map(({ year }) => year)).toEqual([2026, 2019]);
});

it.each([
  [0, 1, 2],
  [2, 1, 4],
  [4, 1, 4],
  [4, -1, 2],
  [3, -1, 0],
  [0, -1, 0],
] as const)("from section %i by %i years to section %i", (from, step, to) => {
  expect(nextYear(months, from, step)).toBe(to);
});
