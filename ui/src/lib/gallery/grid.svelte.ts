import { spanText } from "../i18n/dates";
import type { CellBox } from "./Cell.svelte";
import { SIZES, type GalleryState } from "./gallery.svelte";
import { cellsOf, justify, lastAtMost, rowOf, rowsBetween } from "./justify";
import { spansOf } from "./spans";
import { HEIGHT_CAP, moved, mustAnchor, placeAt, shift, type Place } from "./virtual";

/** Between cells, in px. */
export const GAP = 6;
const HEADING = 54;
/** Free room below the last row, for the bar of chosen photos. */
const BELOW = 88;
const SETTLED_MS = 90;
/** Faster than this (px per ms) nothing is asked for: it would be gone before it came. */
const FAST = 4;
/** Faster than this (px per ms) nobody can tell one photo from another. */
const FLYING = 12;
/** Positions inside the scrolling layer start anew every so many px: engines are exact only so far. */
const LAYER = 1_000_000;
/** Rows that months must fill to have a heading of their own, and the usual shape of a picture. */
const ROWS_LEAST = 2;
const RATIO_USUAL = 1.4;
/** Parts of a window's height that are drawn above and below it. */
const AROUND = 0.6;

/** The name of a month, or of some, above its rows. */
export interface Heading {
  key: number;
  top: number;
  text: string;
  count: number;
}

/** What of the gallery is drawn and where, for one window onto it. */
export class GridState {
  clientWidth = $state(0);
  clientHeight = $state(0);
  scroller = $state.raw<HTMLElement | null | undefined>(undefined);
  place = $state.raw<Place>({ offset: 0, bar: 0 });
  /** Scrolling came to rest. */
  settled = $state(true);
  fast = $state(false);
  flying = $state(false);
  /** The keyboard is on one of the cells. */
  focused = $state(false);

  readonly #gallery: GalleryState;
  #resting: ReturnType<typeof setTimeout> | undefined;
  #lastMove = 0;

  // Before the style sheet came, a webview may report the size of everything.
  readonly width = $derived(Math.max(1, Math.min(this.clientWidth, window.innerWidth)));
  readonly viewport = $derived(Math.min(this.clientHeight, window.innerHeight));
  readonly target = $derived.by(() => Math.min(SIZES[this.#gallery.size] ?? SIZES[2], this.width / 1.5));
  readonly spans = $derived.by(() => spansOf(this.#gallery.months, Math.ceil((ROWS_LEAST * this.width) / (RATIO_USUAL * this.target))));
  readonly layout = $derived.by(() =>
    justify(
      this.#gallery.ratios,
      this.spans.map(({ count }) => count),
      { width: this.width, target: this.target, gap: GAP, heading: HEADING },
    ),
  );
  readonly dated = $derived.by(() => this.layout.sectionTop.length === this.spans.length);
  readonly geometry = $derived({ total: this.layout.total + BELOW, viewport: this.viewport });

  readonly #drawn = $derived(
    rowsBetween(this.layout, this.place.offset - this.viewport * AROUND, this.place.offset + this.viewport * (1 + AROUND)),
  );
  readonly rowStart = $derived(this.#drawn[0]);
  readonly rowEnd = $derived(this.#drawn[1]);
  readonly photoStart = $derived(this.layout.first[this.rowStart] ?? 0);
  readonly photoEnd = $derived(this.layout.first[this.rowEnd] ?? 0);
  readonly #seen = $derived(rowsBetween(this.layout, this.place.offset, this.place.offset + this.viewport));
  readonly photoSeen = $derived(this.layout.first[this.#seen[0]] ?? 0);
  readonly photoSeenEnd = $derived(this.layout.first[this.#seen[1]] ?? 0);
  readonly #base = $derived(Math.floor(this.place.offset / LAYER) * LAYER);
  /** Where the layer lies that carries cells and headings, in px. */
  readonly layerTop = $derived(Math.round(shift(this.place)) + this.#base);
  /** The one cell the tab key reaches: the keyboard's own, or the first in sight. */
  readonly reachable = $derived.by(() => {
    const { active } = this.#gallery;
    return this.focused || (active >= this.photoStart && active < this.photoEnd) ? active : this.photoSeen;
  });
  readonly boxes = $derived.by(() => this.#boxes());
  readonly headings = $derived.by(() => this.#headings());

  constructor(gallery: GalleryState) {
    this.#gallery = gallery;
  }

  /** Goes to an offset of the content, in px, as far as there is one. */
  goTo(offset: number): void {
    this.place = placeAt(Number.isNaN(offset) ? 0 : offset, this.geometry);
    this.align();
    this.#hold();
  }

  /** The bar is where the place says, now that the page is as high as it must be. */
  align(): void {
    if (this.scroller) this.scroller.scrollTop = this.place.bar;
  }

  /** The scroller says that it moved, at a time in ms. */
  scrolled(time: number): void {
    const bar = this.scroller?.scrollTop ?? 0;
    if (Math.abs(bar - this.place.bar) < 1) return;
    const before = this.place.offset;
    this.place = moved(this.place, bar, this.geometry);
    if (mustAnchor(this.place, this.geometry)) this.goTo(this.place.offset);
    const speed = Math.abs(this.place.offset - before) / Math.max(1, time - this.#lastMove);
    this.#lastMove = time;
    this.fast = speed > FAST;
    this.flying = speed > FLYING;
    this.settled = false;
    clearTimeout(this.#resting);
    this.#resting = setTimeout(() => this.#rest(), SETTLED_MS);
    this.#hold();
  }

  /** Goes back to the photo that was at the top, after whatever changed the layout. */
  restore(): void {
    const { photo, part } = this.#gallery.held;
    const row = rowOf(this.layout, Math.min(photo, Math.max(0, this.layout.photos - 1)));
    this.goTo((this.layout.top[row] ?? 0) + (this.layout.height[row] ?? 0) * part);
  }

  /** Scrolls no further than needed to see a photo whole. */
  reveal(index: number): void {
    const row = rowOf(this.layout, index);
    const top = (this.layout.top[row] ?? 0) - HEADING;
    const bottom = (this.layout.top[row] ?? 0) + (this.layout.height[row] ?? 0) + BELOW / 2;
    if (top < this.place.offset) this.goTo(top);
    else if (bottom > this.place.offset + this.viewport) this.goTo(bottom - this.viewport);
  }

  #hold(): void {
    if (this.layout.rows === 0) return;
    const row = lastAtMost(this.layout.top, this.place.offset);
    const part = (this.place.offset - (this.layout.top[row] ?? 0)) / (this.layout.height[row] ?? 1);
    this.#gallery.held = { photo: this.layout.first[row] ?? 0, part };
  }

  #rest(): void {
    this.settled = true;
    this.fast = this.flying = false;
    if (this.geometry.total > HEIGHT_CAP) this.goTo(this.place.offset);
  }

  /** Cells of the drawn rows, and of the row that holds the keyboard, which must not be lost by scrolling away. */
  #boxes(): CellBox[] {
    const { layout, rowStart, rowEnd } = this;
    const rows = Array.from({ length: rowEnd - rowStart }, (_, i) => rowStart + i);
    const pinned = this.focused ? rowOf(layout, this.#gallery.active) : rowStart;
    if (layout.rows > 0 && (pinned < rowStart || pinned >= rowEnd)) rows.push(pinned);
    return rows.flatMap((row) =>
      cellsOf(layout, this.#gallery.ratios, row, GAP).map((cell, i) => ({
        index: (layout.first[row] ?? 0) + i,
        top: (layout.top[row] ?? 0) - this.#base,
        height: layout.height[row] ?? 0,
        ...cell,
      })),
    );
  }

  #headings(): Heading[] {
    const { layout, rowStart, rowEnd } = this;
    if (!this.dated || layout.rows === 0) return [];
    const from = lastAtMost(layout.sectionTop, layout.top[rowStart] ?? 0);
    const to = lastAtMost(layout.sectionTop, layout.top[Math.max(rowStart, rowEnd - 1)] ?? 0);
    return this.spans.slice(from, to + 1).flatMap((span, i) => {
      const top = (layout.sectionTop[from + i] ?? 0) - this.#base;
      return span.count > 0 ? [{ key: from + i, top, text: spanText(span), count: span.count }] : [];
    });
  }
}
