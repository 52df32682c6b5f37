import { expect, it } from "vitest";

import { justify } from "./justify";
import { leadsTo } from "./move";

// Three square photos fill a row of 300; eleven photos are four rows.
const ratios = Array.from({ length: 11 }, () => 100);
const where = { ratios, gap: 0, viewport: 250, layout: justify(ratios, [11], { width: 300, target: 100, gap: 0, heading: 0 }) };

it.each([
  ["ArrowRight", 0, 1],
  ["ArrowRight", 10, 10],
  ["ArrowLeft", 0, 0],
  ["ArrowDown", 1, 4],
  ["ArrowDown", 8, 10],
  ["ArrowUp", 5, 2],
  ["ArrowUp", 2, 2],
  ["PageDown", 0, 3],
  ["Home", 7, 0],
  ["End", 2, 10],
  ["q", 2, null],
])("%s leads from %i to %s", (key, from, to) => {
  expect(leadsTo(key, from, where)).toBe(to);
});
