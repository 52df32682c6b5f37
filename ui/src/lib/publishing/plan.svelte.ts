import { ask } from "../host/ask";
import type { Changes, PlanPage, PlanRow, Reached, Settings } from "../host/bindings";
import type { Host } from "../host/host";
import { Loaded } from "../shared/loaded.svelte";

/** The next twelve weeks, and what can be done to them. Every act answers with the whole plan anew. */
export class PlanState {
  readonly page: Loaded<PlanPage>;
  readonly settings: Loaded<Settings>;
  view = $state<"list" | "month">("list");
  busy = $state(false);
  readonly rows = $derived.by(() => this.page.value?.rows ?? []);

  readonly #host: Host;

  constructor(host: Host) {
    this.#host = host;
    this.page = new Loaded(() => ask(host, "plan", {}));
    this.settings = new Loaded(() => ask(host, "settings", {}));
  }

  async load(): Promise<void> {
    await Promise.all([this.page.load(), this.settings.load()]);
  }

  /** The due time of the same target next to this one that has a photo; null at the ends. */
  beside(row: PlanRow, by: 1 | -1): PlanRow | null {
    const mine = this.rows.filter(({ target, photo }) => target === row.target && photo !== null);
    return mine[mine.findIndex(({ slot }) => slot === row.slot) + by] ?? null;
  }

  /** True when two due times can be exchanged. */
  canSwap(one: PlanRow | undefined, other: PlanRow | undefined): boolean {
    if (one === undefined || other === undefined) return false;
    return one.slot !== other.slot && one.target === other.target && one.photo !== null && other.photo !== null;
  }

  swap = (one: PlanRow, other: PlanRow): Promise<PlanPage> =>
    this.#act(() => ask(this.#host, "swap", { target: one.target, one: one.slot, other: other.slot }));
  veto = ({ target, slot }: PlanRow): Promise<PlanPage> => this.#act(() => ask(this.#host, "veto", { target, slot }));
  /** Takes a veto back. */
  unveto = ({ target, slot, photo }: PlanRow): Promise<PlanPage> => this.#act(() => ask(this.#host, "unveto", { target, slot, photo: photo ?? "" }));
  /** Keeps the row's photo at its due time. */
  pin = ({ target, slot, photo }: PlanRow): Promise<PlanPage> => this.#act(() => ask(this.#host, "pin", { target, slot, photo: photo ?? "" }));
  /** Leaves it to the queue and to chance again. */
  unpin = ({ target, slot }: PlanRow): Promise<PlanPage> => this.#act(() => ask(this.#host, "unpin", { target, slot }));

  async unqueue(target: string, photos: string[]): Promise<Reached> {
    const reached = await ask(this.#host, "unqueue", { target, photos });
    await this.page.load();
    return reached;
  }

  /** Moves a queued photo to another place in its line, 0 for the first. */
  moveQueued = (target: string, photo: string, to: number): Promise<PlanPage> => this.#act(() => ask(this.#host, "move_queued", { target, photo, to }));

  /** Changes rules or what is around them. Rejects with the engine's words. */
  async change(changes: Changes): Promise<void> {
    this.settings.take(await ask(this.#host, "change_settings", { changes }));
    await this.page.load();
  }

  async #act(work: () => Promise<PlanPage>): Promise<PlanPage> {
    this.busy = true;
    try {
      const page = await work();
      this.page.take(page);
      return page;
    } finally {
      this.busy = false;
    }
  }
}
