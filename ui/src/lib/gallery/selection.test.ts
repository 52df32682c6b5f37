import { describe, expect, it } from "vitest";

import { Selection } from "./selection";

const chosen = (selection: Selection) => selection.ranges.flatMap(([start, end]) => Array.from({ length: end - start }, (_, i) => start + i));

describe("Selection", () => {
  it("toggles one by one and joins neighbours", () => {
    const some = Selection.none.toggle(4).toggle(6).toggle(5).toggle(9);
    expect(some.ranges).toEqual([
      [4, 7],
      [9, 10],
    ]);
    expect(chosen(some.toggle(5))).toEqual([4, 6, 9]);
    expect(Selection.only(3).toggle(3)).toBe(Selection.none);
  });

  it("extends from the anchor in both directions and lets go of what it leaves", () => {
    const start = Selection.only(10);
    const down = start.extend(14);
    expect(chosen(down)).toEqual([10, 11, 12, 13, 14]);
    const shorter = down.extend(12, 14);
    expect(chosen(shorter)).toEqual([10, 11, 12]);
    expect(chosen(shorter.extend(8, 12))).toEqual([8, 9, 10]);
  });

  it("keeps what was chosen elsewhere while a range grows", () => {
    expect(chosen(Selection.only(1).toggle(20).extend(22))).toEqual([1, 20, 21, 22]);
  });

  it("holds all of 100,000 as one range", () => {
    const all = Selection.all(100_000);
    expect([all.count, all.ranges.length]).toEqual([100_000, 1]);
    expect(all.toggle(500).count).toBe(99_999);
    expect(Selection.all(0)).toBe(Selection.none);
  });

  it("agrees with a plain set after any sequence of toggles", () => {
    let selection = Selection.none;
    const plain = new Set<number>();
    for (let i = 0, at = 7; i < 500; i += 1, at = (at * 31 + 11) % 40) {
      selection = selection.toggle(at);
      if (!plain.delete(at)) plain.add(at);
      expect(chosen(selection)).toEqual([...plain].sort((a, b) => a - b));
      expect(selection.count).toBe(plain.size);
    }
  });
});
