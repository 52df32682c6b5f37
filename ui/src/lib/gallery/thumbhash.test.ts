import { expect, it } from "vitest";

import { placeholderOf } from "./thumbhash";

/** A hash of one colour: averages only, all cosine terms of no weight. */
function flat(l: number, p: number, q: number): string {
  const head = Math.round(63 * l) | (Math.round(31.5 + 31.5 * p) << 6) | (Math.round(31.5 + 31.5 * q) << 12);
  return btoa(String.fromCharCode(head & 255, (head >> 8) & 255, (head >> 16) & 255, 5, 128, ...Array.from({ length: 20 }, () => 0x77)));
}

it("draws the average colour everywhere, opaque, in the shape of the photo", () => {
  const picture = placeholderOf(flat(0.5, 0, 0), 1.5);
  expect([picture?.width, picture?.height]).toEqual([16, 11]);
  const pixels = [...(picture?.pixels ?? [])];
  expect(pixels).toHaveLength(16 * 11 * 4);
  pixels.forEach((value, i) => (i % 4 === 3 ? expect(value).toBe(255) : expect(Math.abs(value - 128)).toBeLessThan(8)));
});

it("tells red from blue", () => {
  const [red = 0, , blue = 0] = placeholderOf(flat(0.4, 0.4, 0.6), 1)?.pixels ?? [];
  expect(red).toBeGreaterThan(blue + 60);
});

it("draws what an encoder of the format wrote: red grows to the right, blue falls from top to bottom", () => {
  const picture = placeholderOf("ocgNZZpyd3eOiIeGiAiHiXNwBneo", 1.5);
  const at = (x: number, y: number, channel: number) => picture?.pixels[(y * 16 + x) * 4 + channel] ?? -1;
  expect(at(15, 5, 0) - at(0, 5, 0)).toBeGreaterThan(150);
  expect(at(8, 0, 2) - at(8, 10, 2)).toBeGreaterThan(100);
});

it("refuses what is not a hash", () => {
  expect(placeholderOf("%%%", 1)).toBeNull();
  expect(placeholderOf("AA==", 1)).toBeNull();
});
