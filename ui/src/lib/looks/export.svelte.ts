import { ask, ended } from "../host/ask";
import type { Look } from "../host/bindings";
import type { Host } from "../host/host";
import { fileIn } from "../i18n/doing";

/** The file a look is made into, and where it is once its run ended well. */
export class Export {
  path = $state<string | null>(null);
  #run: number | null = null;
  readonly #host: Host;

  constructor(host: Host) {
    this.#host = host;
  }

  /** Begins to make one. Rejects with a CallError. */
  async make(photo: string, look: Look): Promise<void> {
    this.path = null;
    this.#run = await ask(this.#host, "export_look", { photo, look });
    await this.follow();
  }

  async follow(): Promise<void> {
    const mine = this.#run;
    if (mine === null) return;
    const run = await ended(this.#host, mine);
    if (run === null || this.#run !== mine) return;
    this.#run = null;
    if (run.ending === "done") this.path = fileIn(run.summary);
  }
}
