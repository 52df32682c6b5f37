import type { GalleryMonth } from "../host/bindings";

/** What one heading stands above: one month, or neighbours of which each has too few photos for rows of its own. */
export interface Span {
  /** The newest month. */
  year: number;
  month: number;
  /** The oldest month. */
  from: GalleryMonth;
  /** There is nothing else of these years. */
  whole: boolean;
  count: number;
}

/**
 * Months, newest first, with the sparse ones together: within a year until there are `least` photos, then years of
 * which each has fewer. What has no date stays apart. The order and the sum of the photos do not change.
 */
export function spansOf(months: readonly GalleryMonth[], least: number): Span[] {
  const spans: Span[] = [];
  for (const year of years(months)) {
    const one = together(year, true);
    const before = spans[spans.length - 1];
    if (one.year === 0 || one.count >= least) spans.push(...within(year, least));
    else if (before?.whole && before.year !== 0 && before.count < least) spans.splice(-1, 1, older(before, one));
    else spans.push(one);
  }
  return spans;
}

function years(months: readonly GalleryMonth[]): GalleryMonth[][] {
  const found: GalleryMonth[][] = [];
  for (const month of months) {
    const last = found[found.length - 1];
    if (last?.[0]?.year === month.year) last.push(month);
    else found.push([month]);
  }
  return found;
}

function within(year: readonly GalleryMonth[], least: number): Span[] {
  const parts: GalleryMonth[][] = [];
  let room = 0;
  for (const month of year) {
    const open = parts[parts.length - 1];
    if (open !== undefined && room < least) open.push(month);
    else [room] = [0, parts.push([month])];
    room += month.count;
  }
  const tail = parts[parts.length - 1];
  if (parts.length > 1 && room < least && tail !== undefined) parts.splice(-2, 2, [...(parts[parts.length - 2] ?? []), ...tail]);
  return parts.map((part) => together(part, parts.length === 1));
}

function together(months: readonly GalleryMonth[], whole: boolean): Span {
  const newest = months[0] ?? { year: 0, month: 0, count: 0 };
  const count = months.reduce((sum, month) => sum + month.count, 0);
  return { year: newest.year, month: newest.month, from: months[months.length - 1] ?? newest, whole, count };
}

function older(span: Span, rest: Span): Span {
  return { ...span, from: rest.from, count: span.count + rest.count };
}
