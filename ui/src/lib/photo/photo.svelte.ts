import { ask } from "../host/ask";
import type { Exif, Neighbours, PhotoPage, PlanPage, PlanRow, PublishReport, Query, Reached } from "../host/bindings";
import type { Host } from "../host/host";
import { Loaded } from "../shared/loaded.svelte";

/** One photo alone: its facts, where it stands, and what lies beside it in the gallery's query. */
export class PhotoState {
  id = $state("");
  readonly page: Loaded<PhotoPage>;
  readonly exif: Loaded<Exif>;
  readonly neighbours: Loaded<Neighbours>;
  /** What would go out, for the target last asked for. */
  readonly rehearsal: Loaded<PublishReport>;
  readonly plan: Loaded<PlanPage>;
  target = $state("");

  readonly #host: Host;

  constructor(host: Host, query: () => Query) {
    this.#host = host;
    this.page = new Loaded(() => ask(host, "photo", { photo: this.id }));
    this.exif = new Loaded(() => ask(host, "exif", { photo: this.id }));
    this.neighbours = new Loaded(() => ask(host, "neighbours", { query: query(), photo: this.id }));
    this.rehearsal = new Loaded(() => ask(host, "rehearse", { target: this.target, photo: this.id }));
    this.plan = new Loaded(() => ask(host, "plan", {}));
  }

  /** Shows another photo; what is known of the one before is gone at once. */
  async open(id: string): Promise<void> {
    if (id !== this.id) for (const part of [this.page, this.exif, this.neighbours, this.rehearsal]) part.forget();
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

  /** Prepares what would go out; nothing is sent. */
  async rehearse(target: string): Promise<void> {
    this.target = target;
    this.rehearsal.forget();
    await this.rehearsal.load();
  }

  exclude = (): Promise<Reached> => this.#act(() => ask(this.#host, "exclude", { photos: [this.id] }));
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
