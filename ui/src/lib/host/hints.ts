import type { EngineEvent } from "./bindings";
import type { Host } from "./host";

const TOPICS = ["gallery", "runs", "plan", "settings", "accounts", "overview"] as const;

/** What may have changed. */
export type Topic = (typeof TOPICS)[number];

const TOGETHER_MS = 150;

/** Hears the host once for the whole page and tells each screen to read again, many hints as one. */
export class Hints {
  readonly #readers = new Map<() => void, readonly Topic[]>();
  readonly #watchers = new Set<(event: EngineEvent) => void>();
  #due = new Set<Topic>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Starts hearing; returns how to stop. */
  start(host: Host): () => void {
    const stop = host.listen((event) => this.#hear(event));
    return () => {
      clearTimeout(this.#timer);
      this.#timer = undefined;
      stop();
    };
  }

  /** Calls `read` after each hint about one of the topics; returns how to stop. */
  on(topics: readonly Topic[], read: () => void): () => void {
    this.#readers.set(read, topics);
    return () => void this.#readers.delete(read);
  }

  /** Hands each event on as it comes, for what moves while one looks at it; returns how to stop. */
  watch(see: (event: EngineEvent) => void): () => void {
    this.#watchers.add(see);
    return () => void this.#watchers.delete(see);
  }

  #hear(event: unknown): void {
    for (const topic of topicsOf(event)) this.#due.add(topic);
    this.#timer ??= setTimeout(() => this.#tell(), TOGETHER_MS);
    if (isEvent(event)) for (const see of this.#watchers) see(event);
  }

  #tell(): void {
    const due = this.#due;
    this.#due = new Set();
    this.#timer = undefined;
    for (const [read, topics] of this.#readers) if (topics.some((topic) => due.has(topic))) read();
  }
}

function isEvent(event: unknown): event is EngineEvent {
  return typeof event === "object" && event !== null && "type" in event;
}

/** What to read again after an event; after one this page does not know, everything. */
function topicsOf(event: unknown): readonly Topic[] {
  if (!isEvent(event)) return TOPICS;
  switch (event.type) {
    case "changed":
      return TOPICS.filter((topic) => topic === event.what).length > 0 ? TOPICS.filter((topic) => topic === event.what) : TOPICS;
    case "run_ended":
      return ["runs", "overview", "gallery", "plan"];
    case "sync_page":
    case "syncing":
    case "rendering":
    case "publishing":
      return ["runs", "overview"];
    case "waiting":
      return [];
    default:
      return TOPICS;
  }
}
