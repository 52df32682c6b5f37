import type { Layout } from "./justify";
import type { Span } from "./spans";

/** A year on the scrubber: where its first photos are at the top, as a part of the way to the end (0 to 1). */
export interface YearMark {
  year: number;
  at: number;
}

/** The labels that fit: every year where there is room, the first of a crowd elsewhere. The way is `most` px long; `apart` is a part of it. */
export function yearMarks(spans: readonly Pick<Span, "year">[], layout: Layout, most: number, apart: number): YearMark[] {
  const marks: YearMark[] = [];
  let last: number | null = null;
  spans.forEach(({ year }, section) => {
    if (year === last) return;
    last = year;
    const at = Math.min(1, (layout.sectionTop[section] ?? 0) / most);
    const before = marks[marks.length - 1];
    if (before === undefined || at - before.at >= apart) marks.push({ year, at });
  });
  return marks;
}

/** The first section of the next year in the given direction, or the last there is. */
export function nextYear(spans: readonly Pick<Span, "year">[], section: number, step: 1 | -1): number {
  const year = spans[section]?.year;
  let at = section;
  while (at + step >= 0 && at + step < spans.length && spans[at]?.year === year) at += step;
  while (step < 0 && at > 0 && spans[at - 1]?.year === spans[at]?.year) at -= 1;
  return at;
}
