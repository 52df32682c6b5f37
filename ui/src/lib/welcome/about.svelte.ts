import { ask } from "../host/ask";
import type { Host } from "../host/host";
import type { About } from "../host/types";
import { i18n } from "../i18n/i18n.svelte";

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
      this.facts = await ask(this.#host, "about", {});
      this.silent = false;
    } catch {
      this.silent = true;
    }
  }
}

function describe(facts: About | null, silent: boolean): string {
  if (facts !== null) return i18n.t.welcome.version(facts.version);
  return silent ? i18n.t.state_line.silent : "";
}
