/** Narrowest and widest shape of a cell; a picture beyond them is cut by its cell, never the row. */
export const RATIO_MIN = 0.4;
export const RATIO_MAX = 3.2;

export interface Frame {
  /** Inner width of the grid in px. */
  width: number;
  /** Height a row would like to have in px. */
  target: number;
  /** Between cells and between rows in px. */
  gap: number;
  /** Above the rows of each section in px. */
  heading: number;
}

/** Where every row and section lies. Rows of photo i are found by searching `first`. */
export interface Layout {
  readonly photos: number;
  readonly rows: number;
  /** First photo of each row, and `photos` at the end. */
  readonly first: Uint32Array;
  /** Top of each row in px. */
  readonly top: Float64Array;
  /** Height of each row in px. */
  readonly height: Float32Array;
  /** Top of each section's heading in px. */
  readonly sectionTop: Float64Array;
  /** First photo of each section, and `photos` at the end. */
  readonly sectionFirst: Uint32Array;
  /** First row of each section, and `rows` at the end. */
  readonly sectionRow: Uint32Array;
  /** Height of everything in px. */
  readonly total: number;
}

/** The shape a cell gives to a picture. */
export function cellRatio(ratio100: number): number {
  const ratio = ratio100 / 100;
  return ratio < RATIO_MIN ? RATIO_MIN : ratio > RATIO_MAX ? RATIO_MAX : ratio > 0 ? ratio : 1;
}

/** How much lower than the target a row may get so that the last few photos of its section need none of their own. */
const LOWEST = 0.64;

/**
 * Lays photos in rows that fill the width. A row closes where its height comes nearest to the target (by factor);
 * the last row of a section joins the one before it where there is room, else it keeps the target height and stays open
 * on the right. Linear in the photos.
 */
export function justify(ratios: ArrayLike<number>, sections: readonly number[], frame: Frame): Layout {
  const photos = ratios.length;
  const counts = sum(sections) === photos ? sections : [photos];
  const first = new Uint32Array(photos + 1);
  const top = new Float64Array(photos);
  const height = new Float32Array(photos);
  const sectionTop = new Float64Array(counts.length);
  const sectionFirst = new Uint32Array(counts.length + 1);
  const sectionRow = new Uint32Array(counts.length + 1);
  let y = 0;
  let row = 0;
  let photo = 0;
  counts.forEach((count, section) => {
    sectionTop[section] = y;
    sectionFirst[section] = photo;
    sectionRow[section] = row;
    if (count === 0) return;
    y += frame.heading;
    const end = photo + count;
    let before: Row | null = null;
    while (photo < end) {
      const one: Row = oneRow(ratios, photo, end, frame);
      const both: Row | null = before !== null && one.open ? joined(before, one, frame) : null;
      if (both !== null) {
        row -= 1;
        y = top[row] ?? 0;
      } else {
        first[row] = photo;
        top[row] = y;
      }
      before = both ?? one;
      height[row] = before.high;
      y += before.high + frame.gap;
      row += 1;
      photo = one.next;
    }
  });
  first[row] = photos;
  sectionFirst[counts.length] = photos;
  sectionRow[counts.length] = row;
  return {
    photos,
    rows: row,
    first: first.slice(0, row + 1),
    top: top.slice(0, row),
    height: height.slice(0, row),
    sectionTop,
    sectionFirst,
    sectionRow,
    total: Math.max(0, y - frame.gap),
  };
}

interface Row {
  /** The first photo that is left. */
  next: number;
  high: number;
  photos: number;
  /** The shapes of its cells, added up. */
  shape: number;
  /** Ran out of photos before it was full. */
  open: boolean;
}

/** Takes photos from `start` until the row is full. */
function oneRow(ratios: ArrayLike<number>, start: number, end: number, frame: Frame): Row {
  let shape = 0;
  let before = Infinity;
  for (let i = start; i < end; i += 1) {
    const more = shape + cellRatio(ratios[i] ?? 100);
    const high = rowHeight(i - start + 1, more, frame);
    if (high <= frame.target) {
      const shorter = i > start && before / frame.target < frame.target / high;
      const photos = shorter ? i - start : i - start + 1;
      return { next: start + photos, high: shorter ? before : high, photos, shape: shorter ? shape : more, open: false };
    }
    shape = more;
    before = high;
  }
  return { next: end, high: frame.target, photos: end - start, shape, open: true };
}

function rowHeight(photos: number, shape: number, { width, gap }: Frame): number {
  return Math.max(1, (width - gap * (photos - 1)) / shape);
}

/** Both as one row, where that is high enough. */
function joined(one: Row, last: Row, frame: Frame): Row | null {
  const photos = one.photos + last.photos;
  const shape = one.shape + last.shape;
  const high = rowHeight(photos, shape, frame);
  return high < frame.target * LOWEST ? null : { next: last.next, high, photos, shape, open: false };
}

/** Left edge and width of each cell of a row, whole px, so that a full row ends at the width. */
export function cellsOf(layout: Layout, ratios: ArrayLike<number>, row: number, gap: number): { left: number; width: number }[] {
  const start = layout.first[row] ?? 0;
  const end = layout.first[row + 1] ?? start;
  const high = layout.height[row] ?? 0;
  const cells = [];
  let x = 0;
  for (let i = start; i < end; i += 1) {
    const right = x + cellRatio(ratios[i] ?? 100) * high;
    cells.push({ left: Math.round(x), width: Math.max(1, Math.round(right) - Math.round(x)) });
    x = right + gap;
  }
  return cells;
}

/** The last index whose value is at most `wanted`; 0 when all are greater. `length` values count. */
export function lastAtMost(values: ArrayLike<number>, wanted: number, length = values.length): number {
  let low = 0;
  let high = length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((values[middle] ?? Infinity) <= wanted) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** The row a photo lies in. */
export function rowOf(layout: Layout, photo: number): number {
  return lastAtMost(layout.first, photo, layout.rows);
}

/** The section a photo lies in; of empty ones in a row the last, which holds it. */
export function sectionOf(layout: Layout, photo: number): number {
  return lastAtMost(layout.sectionFirst, photo, layout.sectionTop.length);
}

/** Rows that touch the band from `from` to `to` px, as [first, end). */
export function rowsBetween(layout: Layout, from: number, to: number): [number, number] {
  if (layout.rows === 0) return [0, 0];
  const first = lastAtMost(layout.top, from);
  let end = first;
  while (end < layout.rows && (layout.top[end] ?? Infinity) < to) end += 1;
  return [first, end];
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => a + b, 0);
}
