import { ask } from "../host/ask";
import type { Host } from "../host/host";
import type { Status, TargetName } from "../host/types";
import { i18n } from "../i18n/i18n.svelte";

/** What the program is doing and will do next, as far as it has said. */
export class StatusState {
  now = $state.raw<Status | null>(null);
  silent = $state(false);
  readonly targets = $derived<readonly TargetName[]>(this.now?.targets ?? []);

  readonly #host: Host;

  constructor(host: Host) {
    this.#host = host;
  }

  /** A program that does not answer is a sentence on the page, never an exception. */
  async load(): Promise<void> {
    try {
      this.now = await ask(this.#host, "status", {});
      this.silent = false;
    } catch {
      this.silent = true;
    }
  }

  /** A target's own name, or what its kind is called. */
  targetName(id: string): string {
    return this.targets.find((target) => target.id === id)?.name ?? i18n.t.targets[id] ?? id;
  }
}
