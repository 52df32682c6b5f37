import { AccountsState } from "../accounts/accounts.svelte";
import { ask, rehearsals } from "../host/ask";
import type { EngineEvent, Overview, PublishReport } from "../host/bindings";
import type { Host } from "../host/host";
import { Loaded } from "../shared/loaded.svelte";

export const STEPS = ["source", "sync", "target", "record", "rehearsal"] as const;
export type StepName = (typeof STEPS)[number];

/** Where the record is unless somebody says otherwise, below the home. */
export const RECORD_PATH = "record";
/** What a person may want with the record: that folder, another one, a bucket. */
export const WAYS = ["keep", "folder", "s3"] as const;
export type RecordWay = (typeof WAYS)[number];

/** A rate is told once so many pages came in so many seconds, and until none came for a while. */
const RATE = { pages: 2, ms: 3_000, still_ms: 8_000 };
const KEPT = "pierrot.record";

export type SyncPage = Extract<EngineEvent, { type: "sync_page" }>;

/** The way from nothing to the first rehearsal. What is done is read from the engine; only that the record may stay where it is, is remembered here. */
export class WelcomeState {
  readonly accounts: AccountsState;
  readonly rehearsal: Loaded<PublishReport>;
  /** The newest page of a sync that was heard of. */
  page = $state.raw<SyncPage | null>(null);
  /** Photos a second; null while that cannot be told. */
  rate = $state.raw<number | null>(null);
  /** The step a person chose; else the first that is not done. */
  chosen = $state<StepName | null>(null);
  readonly done = $derived.by<Record<StepName, boolean>>(() => {
    const ready = this.#overview()?.ready;
    // Keys that are there are not yet keys that are accepted.
    const refused = (what: string) => this.accounts.found(what)?.ok === false;
    return {
      source: (ready?.source ?? false) && !refused("Flickr"),
      sync: ready?.synced ?? false,
      target: (ready?.target ?? false) && (this.accounts.targets.length === 0 || this.accounts.targets.some((name) => !refused(`target ${name}`))),
      record: this.#chose && this.accounts.probed.trouble === null && !refused("record"),
      rehearsal: this.rehearsal.value?.outcome === "dry_run",
    };
  });
  readonly step = $derived<StepName>(this.chosen ?? STEPS.find((step) => !this.done[step]) ?? "rehearsal");
  /** All that is needed before Pierrot can work by itself. */
  readonly complete = $derived(this.done.source && this.done.sync && this.done.target);

  /** The way that the settings say. */
  readonly way = $derived.by<RecordWay>(() => {
    const record = this.accounts.settings.all.value?.record;
    if (record?.kind === "s3") return "s3";
    return (record?.path ?? RECORD_PATH) === RECORD_PATH ? "keep" : "folder";
  });

  #kept = $state.raw(kept());
  readonly #chose = $derived.by(() => this.way !== "keep" || this.accounts.probed.value !== null || (this.#kept !== null && this.#kept === this.#overview()?.home));
  #first: { page: number; photos: number; at: number } | null = null;
  #still: ReturnType<typeof setTimeout> | undefined;
  readonly #host: Host;
  readonly #overview: () => Overview | null;

  constructor(host: Host, overview: () => Overview | null) {
    this.#host = host;
    this.#overview = overview;
    this.accounts = new AccountsState(host);
    this.rehearsal = new Loaded(rehearsals(host, { target: null, photo: null, look: null }));
  }

  hear(event: EngineEvent): void {
    if (event.type === "sync_page") this.#turned(event);
    else if (event.type === "waiting") this.rate = null;
    else if (event.type === "run_ended" && event.run.job === "sync") this.page = this.rate = this.#first = null;
  }

  #turned(page: SyncPage): void {
    const at = performance.now();
    this.page = page;
    this.#first ??= { page: page.page, photos: page.photos, at };
    const [pages, ms] = [page.page - this.#first.page, at - this.#first.at];
    this.rate = pages >= RATE.pages && ms >= RATE.ms ? ((page.photos - this.#first.photos) * 1000) / ms : null;
    clearTimeout(this.#still);
    this.#still = setTimeout(() => (this.rate = null), RATE.still_ms);
  }

  /** Takes a way; one that needs a name first changes nothing yet. True when it was taken. */
  async choose(way: RecordWay): Promise<boolean> {
    this.chosen = "record";
    this.accounts.probed.forget();
    if (way === "keep") return this.way === "keep" || this.accounts.settings.change({ "record.kind": null, "record.path": null });
    const { kind, bucket } = this.accounts.settings.all.value?.record ?? {};
    return kind === way || (way === "s3" && !bucket) || this.accounts.settings.change({ "record.kind": way });
  }

  /** Tests the record, and stays to show what became of it. */
  test = (): Promise<void> => {
    this.chosen = "record";
    return this.accounts.test();
  };

  keepRecord = async (): Promise<void> => {
    await this.test();
    if (this.accounts.probed.value !== null && this.accounts.probed.trouble === null) keep((this.#kept = this.#overview()?.home ?? null));
  };

  sync = (): Promise<number> => ask(this.#host, "sync", { full: true });

  /** On to the step after this one. */
  next(): void {
    this.chosen = STEPS[STEPS.indexOf(this.step) + 1] ?? null;
  }
}

// A browser may refuse to keep anything; the choice then lasts as long as the screen.
function kept(): string | null {
  try {
    return localStorage.getItem(KEPT);
  } catch {
    return null;
  }
}

function keep(home: string | null): void {
  try {
    if (home !== null) localStorage.setItem(KEPT, home);
  } catch {
    return;
  }
}
