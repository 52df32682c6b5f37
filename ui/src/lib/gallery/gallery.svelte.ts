import { ask } from "../host/ask";
import { CallError, type Host } from "../host/host";
import type { GalleryCell, GalleryFacets, GalleryOverview, Query, Reached } from "../host/bindings";
import { EVERYTHING, narrows } from "./query";
import { Selection } from "./selection";
import { Windows } from "./windows";

const SEARCH_PAUSE_MS = 120;

/** The heights a row may aim at, in px. */
export const SIZES = [112, 150, 196, 272] as const;

/** A place in the gallery that does not depend on widths; `part` is of the row's height, negative above it. */
export interface Held {
  photo: number;
  part: number;
}

const TOP: Held = { photo: 0, part: -Infinity };

/** What became of a request on the chosen photos, for a toast. */
export interface Outcome extends Reached {
  what: "exclude" | "include" | "queue" | "mark_published";
}

/** What the gallery shows and what is chosen in it. Lives as long as the page, so that coming back finds it as it was. */
export class GalleryState {
  query = $state.raw<Query>(EVERYTHING);
  /** The newest answer that is shown; null before the first. */
  answer = $state.raw<GalleryOverview | null>(null);
  facets = $state.raw<GalleryFacets | null>(null);
  /** An answer that waits behind the banner, not to move what is being looked at. */
  waiting = $state.raw<GalleryOverview | null>(null);
  trouble = $state.raw<CallError | null>(null);
  busy = $state(false);
  selection = $state.raw<Selection>(Selection.none);
  /** Where the keyboard is. */
  active = $state(0);
  /** Index into SIZES. */
  size = $state(2);
  /** The photo at the top of the grid, and how much of its row is above it: survives any change of the layout. */
  held: Held = TOP;
  /** A photo was opened from here: coming back, the keyboard is on it again. */
  returning = false;
  /** Changes when rows came or went; read it to read them again. */
  rowsSeen = $state(0);

  readonly narrowed = $derived(narrows(this.query));
  readonly ratios = $derived(this.answer?.ratios ?? []);
  readonly months = $derived(this.answer?.months ?? []);
  readonly news = $derived(this.waiting === null ? 0 : this.waiting.count - (this.answer?.count ?? 0));

  readonly #host: Host;
  #windows: Windows | null = null;
  #ask = 0;
  #mine = false;
  #extended: number | null = null;
  #pause: ReturnType<typeof setTimeout> | undefined;

  constructor(host: Host) {
    this.#host = host;
  }

  /** Changes the question; text waits for a pause in typing. */
  set(change: Partial<Query>): void {
    this.query = { ...this.query, ...change };
    clearTimeout(this.#pause);
    if ("text" in change) this.#pause = setTimeout(() => void this.load(), SEARCH_PAUSE_MS);
    else void this.load();
  }

  clear(): void {
    this.set({ ...EVERYTHING, sort: this.query.sort });
  }

  /** Asks anew and shows the answer from its top. */
  async load(): Promise<void> {
    const shown = await this.#read();
    if (shown === null) return;
    this.held = TOP;
    this.active = 0;
    this.#show(shown);
  }

  /**
   * Asks again after a hint. Changes are shown in place, but new photos wait behind the banner, and everything waits
   * while photos are chosen: a choice is of positions. What the person did here is `mine` and shown at once.
   */
  async again(mine = false): Promise<void> {
    // A hint that overtakes the answer brings the same changes.
    this.#mine ||= mine;
    const now = await this.#read();
    if (now === null) return;
    const own = this.#mine;
    this.#mine = false;
    if (now.version === this.answer?.version) {
      this.#windows?.forgive();
      this.rowsSeen += 1;
      return;
    }
    const grew = this.answer !== null && this.answer.count > 0 && now.count > this.answer.count;
    if (!own && (grew || this.selection.count > 0)) this.waiting = now;
    else this.#show(now, this.#windows);
  }

  /** Shows what waits behind the banner. */
  showNews(): void {
    if (this.waiting === null) return;
    this.held = TOP;
    this.active = 0;
    this.#show(this.waiting);
  }

  async loadFacets(): Promise<void> {
    this.facets = await ask(this.#host, "facets", {}).catch(() => this.facets);
  }

  row(index: number): GalleryCell | null {
    return this.#windows?.row(index) ?? null;
  }

  want(from: number, to: number): void {
    this.#windows?.want(from, to);
  }

  picture(row: GalleryCell): string {
    return this.#host.picture(row.id, "grid", row.thumb);
  }

  /** A click or the space bar: with shift up to here, with ctrl or cmd one more or less, else this one alone or none. */
  choose(index: number, how: { range: boolean; more: boolean }): void {
    if (how.range) this.extend(index);
    else {
      const alone = this.selection.count === 1 && this.selection.has(index);
      this.selection = how.more ? this.selection.toggle(index) : alone ? Selection.none : Selection.only(index);
      this.#extended = null;
    }
    this.active = index;
  }

  /** Chooses from the anchor (or from where the keyboard was) to here. */
  extend(index: number): void {
    const from = this.selection.anchor === null ? Selection.only(this.active) : this.selection;
    this.selection = from.extend(index, this.#extended);
    this.#extended = index;
    this.active = index;
  }

  chooseAll(): void {
    this.selection = Selection.all(this.answer?.count ?? 0);
    this.#extended = null;
  }

  chooseNone(): void {
    this.selection = Selection.none;
    this.#extended = null;
  }

  exclude = (): Promise<Outcome> => this.#act("exclude", (photos) => ask(this.#host, "exclude", { photos }));
  include = (): Promise<Outcome> => this.#act("include", (photos) => ask(this.#host, "include", { photos }));
  queue = (target: string): Promise<Outcome> => this.#act("queue", (photos) => ask(this.#host, "queue", { photos, target }));
  mark = (target: string, url: string): Promise<Outcome> =>
    this.#act("mark_published", (photos) => ask(this.#host, "mark_published", { photos, target, post_url: url === "" ? null : url }));

  /** The chosen rows that are here, at most so many. */
  chosenRows(most: number): GalleryCell[] {
    const rows: GalleryCell[] = [];
    for (const [start, end] of this.selection.ranges) {
      for (let i = start; i < end && rows.length < most; i += 1) {
        const row = this.row(i);
        if (row !== null) rows.push(row);
        else break;
      }
    }
    return rows;
  }

  /** Does one thing to every chosen photo, then shows what it made. Rejects with a CallError. */
  async #act(what: Outcome["what"], call: (photos: string[]) => Promise<Reached>): Promise<Outcome> {
    if (this.#windows === null) throw new CallError("bug", "");
    this.busy = true;
    try {
      const reached = await call(await this.#windows.ids(this.selection.ranges));
      // Where nothing could be done it can be tried otherwise.
      if (reached.done > 0 || reached.why_not === null) {
        this.chooseNone();
        await this.again(true);
      }
      return { ...reached, what };
    } catch (refusal) {
      throw CallError.from(refusal);
    } finally {
      this.busy = false;
    }
  }

  /** The answer to the question as it stands; null when a later question overtook this one or it failed. */
  async #read(): Promise<GalleryOverview | null> {
    const mine = ++this.#ask;
    try {
      const answer = await ask(this.#host, "gallery", { query: this.query });
      if (mine !== this.#ask) return null;
      this.trouble = null;
      return answer;
    } catch (refusal) {
      if (mine === this.#ask) this.trouble = CallError.from(refusal);
      return null;
    }
  }

  #show(answer: GalleryOverview, earlier: Windows | null = null): void {
    const query = this.query;
    const windows = new Windows(
      answer.version,
      (offset, limit) => ask(this.#host, "gallery_window", { query, version: answer.version, offset, limit }),
      () => (this.rowsSeen += 1),
      () => void this.again(),
    );
    if (earlier !== null) windows.standIn(earlier);
    this.#windows = windows;
    this.waiting = null;
    this.answer = answer;
    this.active = Math.min(this.active, Math.max(0, answer.count - 1));
    this.chooseNone();
    this.rowsSeen += 1;
  }
}
