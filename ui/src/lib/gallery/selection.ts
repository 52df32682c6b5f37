/** Which positions of the gallery are chosen: sorted ranges [start, end), so that "all of 100,000" is one of them. */
export class Selection {
  static readonly none = new Selection([], null);

  readonly #ranges: readonly (readonly [number, number])[];
  /** Where a range begins when shift is held. */
  readonly anchor: number | null;

  private constructor(ranges: readonly (readonly [number, number])[], anchor: number | null) {
    this.#ranges = ranges;
    this.anchor = anchor;
  }

  static all(count: number): Selection {
    return count > 0 ? new Selection([[0, count]], 0) : Selection.none;
  }

  static only(index: number): Selection {
    return new Selection([[index, index + 1]], index);
  }

  get count(): number {
    return this.#ranges.reduce((total, [start, end]) => total + end - start, 0);
  }

  get ranges(): readonly (readonly [number, number])[] {
    return this.#ranges;
  }

  has(index: number): boolean {
    return this.#ranges.some(([start, end]) => start <= index && index < end);
  }

  /** Adds or takes away one; it becomes the anchor. */
  toggle(index: number): Selection {
    const ranges = this.has(index) ? without(this.#ranges, index, index + 1) : withRange(this.#ranges, index, index + 1);
    return ranges.length === 0 ? Selection.none : new Selection(ranges, index);
  }

  /** Everything between the anchor and here, instead of what was chosen from `previous` to the anchor before. */
  extend(to: number, previous: number | null = null): Selection {
    const anchor = this.anchor ?? to;
    let ranges = this.#ranges;
    if (previous !== null) ranges = without(ranges, Math.min(anchor, previous), Math.max(anchor, previous) + 1);
    ranges = withRange(ranges, Math.min(anchor, to), Math.max(anchor, to) + 1);
    return new Selection(ranges, anchor);
  }
}

type Ranges = readonly (readonly [number, number])[];

function withRange(ranges: Ranges, start: number, end: number): Ranges {
  const apart = ranges.filter(([a, b]) => b < start || a > end);
  const touching = ranges.filter(([a, b]) => !(b < start || a > end));
  const from = Math.min(start, ...touching.map(([a]) => a));
  const to = Math.max(end, ...touching.map(([, b]) => b));
  return [...apart, [from, to] as const].sort((a, b) => a[0] - b[0]);
}

function without(ranges: Ranges, start: number, end: number): Ranges {
  return ranges.flatMap(([a, b]) => {
    const left: Ranges = a < Math.min(b, start) ? [[a, Math.min(b, start)]] : [];
    const right: Ranges = Math.max(a, end) < b ? [[Math.max(a, end), b]] : [];
    return [...left, ...right];
  });
}
