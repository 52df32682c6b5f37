import type { GalleryMonth } from "../host/bindings";
import type { Layout } from "./justify";

/** A year on the scrubber: where its first month begins, as a part of the whole (0 to 1). */
export interface YearMark {
  year: number;
  at: number;
}

/** The labels that fit: every year where there is room, the first of a crowd elsewhere. `apart` is a part of the whole. */
export function yearMarks(months: readonly GalleryMonth[], layout: Layout, apart: number): YearMark[] {
  const marks: YearMark[] = [];
  let last: number | null = null;
  months.forEach(({ year }, section) => {
    if (year === last) return;
    last = year;
    const at = layout.total > 0 ? (layout.sectionTop[section] ?? 0) / layout.total : 0;
    const before = marks[marks.length - 1];
    if (before === undefined || at - before.at >= apart) marks.push({ year, at });
  });
  return marks;
}

/** The first section of the next year in the given direction, or the last there is. */
export function nextYear(months: readonly GalleryMonth[], section: number, step: 1 | -1): number {
  const year = months[section]?.year;
  let at = section;
  while (at + step >= 0 && at + step < months.length && months[at]?.year === year) at += step;
  while (step < 0 && at > 0 && months[at - 1]?.year === months[at]?.year) at -= 1;
  return at;
}
