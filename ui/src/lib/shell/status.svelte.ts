import { ask } from "../host/ask";
import type { Overview } from "../host/bindings";
import { CallError, type Host } from "../host/host";
import { i18n } from "../i18n/i18n.svelte";
import { own } from "../shared/own";

/** A target and what a person calls it. */
export interface TargetName {
  id: string;
  name: string;
}

/** What the program is doing and will do next, as far as it has said. */
export class StatusState {
  now = $state.raw<Overview | null>(null);
  /** Why nothing newer is known. */
  trouble = $state.raw<CallError | null>(null);
  readonly targets = $derived<readonly TargetName[]>((this.now?.targets ?? []).map(({ name }) => ({ id: name, name: this.targetName(name) })));
  /** Those where something can go out at all. */
  readonly able = $derived(this.trouble !== null ? [] : this.targets.filter(({ id }) => this.now?.targets.some(({ name, signed_in }) => name === id && signed_in)));

  readonly #host: Host;

  constructor(host: Host) {
    this.#host = host;
  }

  /** A program that does not answer is a sentence on the page, never an exception. */
  async load(): Promise<void> {
    try {
      this.now = await ask(this.#host, "overview", {});
      this.trouble = null;
    } catch (refusal) {
      this.trouble = CallError.from(refusal);
    }
  }

  /** What the kind of a target is called, or the name it was given. */
  targetName(id: string): string {
    return own(i18n.t.targets, id) ?? id;
  }
}
