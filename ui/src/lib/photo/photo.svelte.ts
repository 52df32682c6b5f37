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
    // One plan for all photos: hints bring a newer one.
    if (this.plan.value === null) void this.plan.load();
    await Promise.all([this.page.load(), this.neighbours.load()]);
    if (this.id !== id || this.page.value === null) return;
    if (this.page.value.exif !== null) this.exif.take(this.page.value.exif);
    else if (!this.page.value.missing) await this.exif.load();
  }

  /** Reads again what a hint may have changed. */
  async again(): Promise<void> {
    if (this.id !== "") await Promise.all([this.page.load(), this.neighbours.load(), this.plan.load()]);
  }

  /** Where it stands in a target's queue, from 1, or when it is planned; null where neither. */
  awaits(target: string): { queued: number } | { row: PlanRow } | null {
    const { queues, rows } = this.plan.value ?? { queues: [], rows: [] };
    const row = rows.find((row) => row.target === target && row.photo === this.id);
    const at = queues.find((queue) => queue.target === target)?.photos.findIndex(({ photo }) => photo === this.id) ?? -1;
    return at >= 0 ? { queued: at + 1 } : row === undefined ? null : { row };
  }

  exclude = (): Promise<Reached> => this.#act(() => ask(this.#host, "exclude", { photos: [this.id] }));
  include = (): Promise<Reached> => this.#act(() => ask(this.#host, "include", { photos: [this.id] }));
  queue = (target: string): Promise<Reached> => this.#act(() => ask(this.#host, "queue", { target, photos: [this.id] }));
  unqueue = (target: string): Promise<Reached> => this.#act(() => ask(this.#host, "unqueue", { target, photos: [this.id] }));
  mark = (target: string, url: string): Promise<Reached> =>
    this.#act(() => ask(this.#host, "mark_published", { target, photos: [this.id], post_url: url === "" ? null : url }));
  unmark = (target: string): Promise<Reached> => this.#act(() => ask(this.#host, "unmark_published", { target, photos: [this.id] }));
  /** At this due time; answers with the way back. */
  async pin(row: PlanRow): Promise<() => Promise<void>> {
    const { target, slot } = row;
    const before = this.awaits(target);
    const photo = this.id;
    this.plan.take(await ask(this.#host, "pin", { target, slot, photo }));
    return () => this.#unpin(row, photo, before);
  }

  /** What stood at the due time stands there again, and the photo where it was before. */
  async #unpin({ target, slot, photo: stood, origin }: PlanRow, photo: string, before: ReturnType<PhotoState["awaits"]>): Promise<void> {
    if (stood !== null && stood !== photo) await ask(this.#host, "pin", { target, slot, photo: stood });
    if (origin !== "pinned") await ask(this.#host, "unpin", { target, slot });
    if (before !== null && "queued" in before) {
      await ask(this.#host, "queue", { target, photos: [photo] });
      await ask(this.#host, "move_queued", { target, photo, to: before.queued - 1 });
    } else if (before !== null && before.row.slot !== slot) {
      await ask(this.#host, "pin", { target, slot: before.row.slot, photo });
      if (before.row.origin !== "pinned") await ask(this.#host, "unpin", { target, slot: before.row.slot });
    }
  }

  async #act<T>(work: () => Promise<T>): Promise<T> {
    const answer = await work();
    await this.page.load();
    return answer;
  }
}
