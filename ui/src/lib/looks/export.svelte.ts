import { ask } from "../host/ask";
import type { Look } from "../host/bindings";
import type { Host } from "../host/host";
import { fileIn } from "../i18n/doing";

/** How many of the newest runs are asked for one's own. */
const RUNS = 50;

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

  /** An event is only a hint and may be lost, so what became of the run is read. */
  async follow(): Promise<void> {
    const mine = this.#run;
    if (mine === null) return;
    const runs = await ask(this.#host, "runs", { before: null, limit: RUNS }).catch(() => []);
    const run = runs.find(({ id }) => id === mine);
    if (run === undefined || run.ending === null || this.#run !== mine) return;
    this.#run = null;
    if (run.ending === "done") this.path = fileIn(run.summary);
  }
}
