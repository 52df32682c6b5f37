import { ask } from "../host/ask";
import type { LogPage, OpenReview, Posts, ReviewAnswer, Run } from "../host/bindings";
import type { Host } from "../host/host";
import { Loaded } from "../shared/loaded.svelte";
import { linesOf, sifted } from "./log";

export type View = "runs" | "posts" | "log";

const RUNS_PAGE = 30;
const POSTS_PAGE = 60;
const LOG_PAGE = 200;
const LOG_MAX = 20_000;

/** What happened: runs, publications, the log; and what waits for an answer. */
export class ActivityState {
  view = $state<View>("runs");
  readonly reviews: Loaded<OpenReview[]>;
  readonly runs: Loaded<Run[]>;
  readonly posts: Loaded<Posts>;
  readonly log: Loaded<LogPage>;
  /** False when the oldest run is shown. */
  moreRuns = $state(false);
  kind = $state("");
  text = $state("");

  readonly lines = $derived.by(() => linesOf(this.log.value?.entries ?? []));
  readonly shown = $derived.by(() => sifted(this.lines, this.kind, this.text, this.log.value?.titles ?? {}));
  readonly moreLog = $derived.by(() => (this.log.value?.total ?? 0) > this.lines.length);

  readonly #host: Host;
  #runs = RUNS_PAGE;
  #posts = POSTS_PAGE;
  #entries = LOG_PAGE;

  constructor(host: Host) {
    this.#host = host;
    this.reviews = new Loaded(() => ask(host, "reviews", {}));
    this.runs = new Loaded(() => this.#readRuns());
    this.posts = new Loaded(() => ask(host, "posts", { limit: this.#posts }));
    this.log = new Loaded(() => ask(host, "log", { limit: this.#entries }));
  }

  async load(): Promise<void> {
    await Promise.all([this.runs.load(), this.loadRecord()]);
  }

  async loadRecord(): Promise<void> {
    await Promise.all([this.reviews.load(), this.posts.load(), this.log.load()]);
  }

  async showMoreRuns(): Promise<void> {
    this.#runs += RUNS_PAGE;
    await this.runs.load();
  }

  async showMorePosts(): Promise<void> {
    this.#posts *= 3;
    await this.posts.load();
  }

  async showMoreLog(): Promise<void> {
    this.#entries = Math.min(LOG_MAX, this.#entries * 3);
    await this.log.load();
  }

  /** Answers a review; the card goes when the engine says that it is carried out. */
  answer = (review: string, answer: ReviewAnswer): Promise<number> => ask(this.#host, "answer", { review, answer });
  recover = (): Promise<number> => ask(this.#host, "recover", {});
  sync = (): Promise<number> => ask(this.#host, "sync", { full: false });

  async #readRuns(): Promise<Run[]> {
    const runs = await ask(this.#host, "runs", { before: null, limit: this.#runs + 1 });
    this.moreRuns = runs.length > this.#runs;
    return runs.slice(0, this.#runs);
  }
}

/** How long each step of a run took, in ms: from the step before to this one. */
export function stepsOf({ steps }: Run): { what: string; tookMs: number }[] {
  return steps.map(({ what, at_ms }, i) => ({ what, tookMs: Math.max(0, at_ms - (steps[i - 1]?.at_ms ?? 0)) }));
}
