import { ask } from "../host/ask";
import type { Exif, Neighbours, PhotoPage, PlanPage, PlanRow, Query, Reached } from "../host/bindings";
import type { Host } from "../host/host";
import { Loaded } from "../shared/loaded.svelte";

/** One photo alone: its facts, where it stands, and what lies beside it in the gallery's query. */
export class PhotoState {
  id = $state("");
  readonly page: Loaded<PhotoPage>;
  readonly exif: Loaded<Exif>;
  readonly neighbours: Loaded<Neighbours>;
  readonly plan: Loaded<PlanPage>;

  readonly #host: Host;

  constructor(host: Host, query: () => Query) {
    this.#host = host;
    this.page = new Loaded(() => ask(host, "photo", { photo: this.id }));
    this.exif = new Loaded(() => ask(host, "exif", { photo: this.id }));
    this.neighbours = new Loaded(() => ask(host, "neighbours", { query: query(), photo: this.id }));
    this.plan = new Loaded(() => ask(host, "plan", {}));
  }

  /** Shows another photo; what is known of the one before is gone at once. */
  async open(id: string): Promise<void> {
    if (id !== this.id) for (const part of [this.page, this.exif, this.neighbours]) part.forget();
    this.id = id;
    await Promise.all([this.page.load(), this.neighbours.load()]);
    if (this.id !== id || this.page.value === null) return;
    if (this.page.value.exif !== null) this.exif.take(this.page.value.exif);
    else if (!this.page.value.missing) await this.exif.load();
  }

  /** Reads again what a hint may have changed. */
  async again(): Promise<void> {
    if (this.id !== "") await Promise.all([this.page.load(), this.neighbours.load()]);
  }

  exclude = (): Promise<Reached> => this.#act(() => ask(this.#host, "exclude", { photos: [this.id] }));
  unexclude = (): Promise<Reached> => this.#act(() => ask(this.#host, "unexclude", { photos: [this.id] }));
  include = (): Promise<Reached> => this.#act(() => ask(this.#host, "include", { photos: [this.id] }));
  queue = (target: string): Promise<Reached> => this.#act(() => ask(this.#host, "queue", { target, photos: [this.id] }));
  unqueue = (target: string): Promise<Reached> => this.#act(() => ask(this.#host, "unqueue", { target, photos: [this.id] }));
  mark = (target: string, url: string): Promise<Reached> =>
    this.#act(() => ask(this.#host, "mark_published", { target, photos: [this.id], post_url: url === "" ? null : url }));
  unmark = (target: string): Promise<Reached> => this.#act(() => ask(this.#host, "unmark_published", { target, photos: [this.id] }));
  pin = ({ target, slot }: PlanRow): Promise<PlanPage> => ask(this.#host, "pin", { target, slot, photo: this.id });

  async #act<T>(work: () => Promise<T>): Promise<T> {
    const answer = await work();
    await this.page.load();
    return answer;
  }
}
