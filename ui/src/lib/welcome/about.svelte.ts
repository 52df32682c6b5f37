import type { About } from "../host/bindings";
import type { Host } from "../host/host";

/** What the page knows about the program: nothing yet, its facts, or that it did not answer. */
export class AboutState {
  facts = $state<About | null>(null);
  silent = $state(false);
  readonly line = $derived(describe(this.facts, this.silent));

  readonly #host: Host;

  constructor(host: Host) {
    this.#host = host;
  }

  /** Asks once. A program that does not answer is a sentence on the page, never an exception. */
  async load(): Promise<void> {
    try {
      this.facts = await this.#host.about();
      this.silent = false;
    } catch {
      this.silent = true;
    }
  }

  /** Reports that the page stands; a program that does not hear it changes nothing for the reader. */
  async report(): Promise<void> {
    await this.#host.mounted().catch(() => undefined);
  }
}

function describe(facts: About | null, silent: boolean): string {
  if (facts !== null) return `Version ${facts.version}`;
  return silent ? "The program behind this page does not answer" : "";
}
