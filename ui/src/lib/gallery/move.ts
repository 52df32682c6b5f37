import { cellsOf, rowOf, type Layout } from "./justify";

export interface Where {
  layout: Layout;
  ratios: ArrayLike<number>;
  gap: number;
  /** Height of the window onto the grid in px. */
  viewport: number;
}

/** The photo a key leads to from here; null for keys that lead nowhere. */
export function leadsTo(key: string, from: number, where: Where): number | null {
  const last = where.layout.photos - 1;
  switch (key) {
    case "ArrowLeft":
      return Math.max(0, from - 1);
    case "ArrowRight":
      return Math.min(last, from + 1);
    case "ArrowUp":
      return below(from, -1, where);
    case "ArrowDown":
      return below(from, 1, where);
    case "PageUp":
      return below(from, -rowsPerPage(from, where), where);
    case "PageDown":
      return below(from, rowsPerPage(from, where), where);
    case "Home":
      return 0;
    case "End":
      return last;
    default:
      return null;
  }
}

/** The photo so many rows further whose middle is nearest to the middle of this one. */
function below(from: number, rows: number, { layout, ratios, gap }: Where): number {
  const row = rowOf(layout, from);
  const to = Math.min(Math.max(0, row + rows), layout.rows - 1);
  if (to === row) return from;
  const mine = cellsOf(layout, ratios, row, gap)[from - (layout.first[row] ?? 0)];
  const middle = mine === undefined ? 0 : mine.left + mine.width / 2;
  let best = 0;
  let apart = Infinity;
  cellsOf(layout, ratios, to, gap).forEach(({ left, width }, i) => {
    const distance = Math.abs(left + width / 2 - middle);
    if (distance < apart) [best, apart] = [i, distance];
  });
  return (layout.first[to] ?? 0) + best;
}

function rowsPerPage(from: number, { layout, viewport }: Where): number {
  const high = layout.height[rowOf(layout, from)] ?? viewport;
  return Math.max(1, Math.floor(viewport / high) - 1);
}
