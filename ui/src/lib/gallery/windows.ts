import { CallError } from "../host/host";
import { i18n } from "../i18n/i18n.svelte";
import type { GalleryCell, GalleryWindow } from "../host/bindings";

/** Rows per call. */
export const PAGE = 200;
const PAGES_MAX = 40;
const AT_ONCE = 2;

type Fetch = (offset: number, limit: number) => Promise<GalleryWindow>;

/**
 * Rows of the gallery by position, fetched in pages around what is wanted now. Wishes that were scrolled away before
 * their turn are dropped, answers of another version are refused, and pages longest unseen are forgotten.
 */
export class Windows {
  readonly #version: string;
  readonly #fetch: Fetch;
  readonly #changed: () => void;
  readonly #outdated: () => void;
  readonly #pages = new Map<number, GalleryCell[]>();
  readonly #asked = new Set<number>();
  readonly #failed = new Set<number>();
  #stale: ReadonlyMap<number, GalleryCell[]> = new Map();
  #wanted: number[] = [];

  constructor(version: string, fetch: Fetch, changed: () => void, outdated: () => void) {
    this.#version = version;
    this.#fetch = fetch;
    this.#changed = changed;
    this.#outdated = outdated;
  }

  /** The row at a position, if it is here; until it is, what `standIn` had there. */
  row(index: number): GalleryCell | null {
    const page = Math.floor(index / PAGE);
    return (this.#pages.get(page) ?? this.#stale.get(page))?.[index % PAGE] ?? null;
  }

  /** Shows the rows of an earlier version until the new ones come, so that nothing blinks. Never taken for ids. */
  standIn(earlier: Windows): void {
    this.#stale = new Map([...earlier.#stale, ...earlier.#pages]);
  }

  /** Pages that failed may be asked for again. */
  forgive(): void {
    this.#failed.clear();
  }

  /** Wants the positions [from, to), the pages in the middle first; forgets what was wanted before. */
  want(from: number, to: number): void {
    const pages: number[] = [];
    for (let page = Math.floor(from / PAGE); page * PAGE < to; page += 1) pages.push(page);
    const middle = (from + to) / 2 / PAGE - 0.5;
    pages.sort((a, b) => Math.abs(a - middle) - Math.abs(b - middle));
    for (const page of pages) this.#touch(page);
    this.#wanted = pages.filter((page) => !this.#pages.has(page) && !this.#failed.has(page));
    this.#next();
  }

  /** Ids at the given ranges, fetched where they are not here. Rejects when the gallery moved on meanwhile. */
  async ids(ranges: readonly (readonly [number, number])[]): Promise<string[]> {
    const ids: string[] = [];
    for (const [start, end] of ranges) {
      for (let i = start; i < end; ) {
        const page = Math.floor(i / PAGE);
        const rows = this.#pages.get(page) ?? (await this.#page(page));
        const until = Math.min(end, (page + 1) * PAGE);
        for (; i < until; i += 1) {
          const row = rows[i % PAGE];
          if (row !== undefined) ids.push(row.id);
        }
      }
    }
    return ids;
  }

  #touch(page: number): void {
    const rows = this.#pages.get(page);
    if (rows === undefined) return;
    this.#pages.delete(page);
    this.#pages.set(page, rows);
  }

  #next(): void {
    while (this.#asked.size < AT_ONCE) {
      const page = this.#wanted.find((wanted) => !this.#asked.has(wanted));
      if (page === undefined) return;
      void this.#keep(page);
    }
  }

  async #keep(page: number): Promise<void> {
    this.#asked.add(page);
    try {
      this.#pages.set(page, await this.#page(page));
      this.#forget();
      this.#changed();
    } catch {
      // Its cells stay placeholders; the next change of the gallery asks again.
      this.#failed.add(page);
    } finally {
      this.#asked.delete(page);
      this.#wanted = this.#wanted.filter((wanted) => wanted !== page);
      this.#next();
    }
  }

  async #page(page: number): Promise<GalleryCell[]> {
    const answer = await this.#fetch(page * PAGE, PAGE);
    if (answer.stale || answer.version !== this.#version) {
      this.#outdated();
      throw new CallError("try_later", i18n.t.gallery.moved);
    }
    return answer.rows;
  }

  #forget(): void {
    for (const page of this.#pages.keys()) {
      if (this.#pages.size <= PAGES_MAX) return;
      this.#pages.delete(page);
    }
  }
}
