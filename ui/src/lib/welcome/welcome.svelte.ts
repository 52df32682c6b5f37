import { AccountsState } from "../accounts/accounts.svelte";
import { ask, rehearsals } from "../host/ask";
import type { EngineEvent, Overview, PublishReport } from "../host/bindings";
import type { Host } from "../host/host";
import { Loaded } from "../shared/loaded.svelte";

export const STEPS = ["source", "sync", "target", "record", "rehearsal"] as const;
export type StepName = (typeof STEPS)[number];

export type SyncPage = Extract<EngineEvent, { type: "sync_page" }>;

/** The way from nothing to the first rehearsal. What is done is read from the engine, never remembered here. */
export class WelcomeState {
  readonly accounts: AccountsState;
  readonly rehearsal: Loaded<PublishReport>;
  /** The newest page of a sync that was heard of. */
  page = $state.raw<SyncPage | null>(null);
  /** The step a person chose; else the first that is not done. */
  chosen = $state<StepName | null>(null);
  readonly done = $derived.by<Record<StepName, boolean>>(() => {
    const ready = this.#overview()?.ready;
    return {
      source: ready?.source ?? false,
      sync: ready?.synced ?? false,
      target: ready?.target ?? false,
      // Without any choice the record is a folder of this computer, which is fit for one.
      record: this.accounts.probed.value !== null || (this.accounts.found("record")?.ok ?? false),
      rehearsal: this.rehearsal.value?.outcome === "dry_run",
    };
  });
  readonly step = $derived<StepName>(this.chosen ?? STEPS.find((step) => !this.done[step]) ?? "rehearsal");
  /** All that is needed before Pierrot can work by itself. */
  readonly complete = $derived(this.done.source && this.done.sync && this.done.target);

  readonly #host: Host;
  readonly #overview: () => Overview | null;

  constructor(host: Host, overview: () => Overview | null) {
    this.#host = host;
    this.#overview = overview;
    this.accounts = new AccountsState(host);
    this.rehearsal = new Loaded(rehearsals(host, { target: null, photo: null, look: null }));
  }

  hear(event: EngineEvent): void {
    if (event.type === "sync_page") this.page = event;
    else if (event.type === "run_ended" && event.run.job === "sync") this.page = null;
  }

  sync = (): Promise<number> => ask(this.#host, "sync", { full: true });

  /** On to the step after this one. */
  next(): void {
    this.chosen = STEPS[STEPS.indexOf(this.step) + 1] ?? null;
  }
}
