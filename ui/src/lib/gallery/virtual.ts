/** No element is taller than this in px; engines lose precision or give up above some 15,000,000. */
export const HEIGHT_CAP = 8_000_000;

/** How far one step may go in viewports and still count as wheel or keys rather than a dragged bar. */
const LOCAL_VIEWPORTS = 3;

/** So far from either end the bar moves 1:1 with the content, so that a wheel always has room to reach the end. */
const EDGE = 10_000;

export interface Geometry {
  /** Height of everything in px, without a cap. */
  total: number;
  /** Height of the window onto it in px. */
  viewport: number;
}

/** Where we are: in the content (`offset`) and in the scrolling element (`bar`), both px from the top. */
export interface Place {
  readonly offset: number;
  readonly bar: number;
}

/** Height the scrolling element's content gets. */
export function barHeight({ total }: Geometry): number {
  return Math.min(total, HEIGHT_CAP);
}

export function offsetMax({ total, viewport }: Geometry): number {
  return Math.max(0, total - viewport);
}

function barMax(geometry: Geometry): number {
  return Math.max(0, barHeight(geometry) - geometry.viewport);
}

/** The place for an offset, in proportion and exact at both ends. */
export function placeAt(offset: number, geometry: Geometry): Place {
  const most = offsetMax(geometry);
  const at = Math.min(Math.max(0, offset), most);
  if (geometry.total <= HEIGHT_CAP) return { offset: at, bar: at };
  return { offset: at, bar: Math.round(between(at, most, barMax(geometry))) };
}

/** Maps 0..from to 0..to: equal near both ends, in proportion between. Its own inverse with the ends exchanged. */
function between(at: number, from: number, to: number): number {
  if (at <= EDGE) return at;
  if (at >= from - EDGE) return to - (from - at);
  return EDGE + ((at - EDGE) / (from - 2 * EDGE)) * (to - 2 * EDGE);
}

/** The place after the bar moved: a small move is taken 1:1, a large one in proportion, an end is the end. */
export function moved(from: Place, bar: number, geometry: Geometry): Place {
  if (geometry.total <= HEIGHT_CAP) return { offset: Math.min(Math.max(0, bar), offsetMax(geometry)), bar };
  const step = bar - from.bar;
  if (Math.abs(step) > geometry.viewport * LOCAL_VIEWPORTS) {
    return { offset: between(bar, barMax(geometry), offsetMax(geometry)), bar };
  }
  return { offset: Math.min(Math.max(0, from.offset + step), offsetMax(geometry)), bar };
}

/** True when the bar says an end that the content has not reached, or the other way round: set the bar now. */
export function mustAnchor(place: Place, geometry: Geometry): boolean {
  const wanted = placeAt(place.offset, geometry);
  if (wanted.bar === place.bar) return false;
  const most = barMax(geometry);
  const atEnd = (bar: number) => bar <= 0 || bar >= most;
  return atEnd(place.bar) || atEnd(wanted.bar);
}

/** Px to add to a content position to draw it inside the scrolling element. Constant while scrolling 1:1. */
export function shift({ offset, bar }: Place): number {
  return bar - offset;
}
