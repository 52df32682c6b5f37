import type { Host } from "./host";

/** What may have changed. */
export type Topic = "photos" | "status" | "runs" | "settings";

const TOGETHER_MS = 150;

/** Hears the host once for the whole page and tells each screen to read again, many hints as one. */
export class Hints {
  readonly #readers = new Map<() => void, readonly Topic[]>();
  #due = new Set<Topic | "everything">();
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

  #hear(event: unknown): void {
    this.#due.add(topicOf(event));
    this.#timer ??= setTimeout(() => this.#tell(), TOGETHER_MS);
  }

  #tell(): void {
    const due = this.#due;
    this.#due = new Set();
    this.#timer = undefined;
    for (const [read, topics] of this.#readers) {
      if (due.has("everything") || topics.some((topic) => due.has(topic))) read();
    }
  }
}

/** An event this page does not know may mean anything. */
function topicOf(event: unknown): Topic | "everything" {
  const topic = typeof event === "object" && event !== null && "topic" in event ? event.topic : undefined;
  if (topic === "photos" || topic === "status" || topic === "runs" || topic === "settings") return topic;
  return "everything";
}
