import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";

const ROOT = resolve(import.meta.dirname, "../../..");
const PROGRAM = process.env["PIERROT_PROGRAM"] ?? join(process.env["CARGO_TARGET_DIR"] ?? join(ROOT, "target"), "debug", "pierrot");

/** One `pierrot` that keeps running; its first line tells where it is. */
export class Program<Said> {
  readonly said: Said;
  readonly #child: ChildProcess;

  private constructor(said: Said, child: ChildProcess) {
    this.said = said;
    this.#child = child;
  }

  static async start<Said>(args: readonly string[], env: Record<string, string> = {}): Promise<Program<Said>> {
    const child = spawn(PROGRAM, ["--json", ...args], { env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"] });
    let complaints = "";
    child.stderr.on("data", (bytes: Buffer) => (complaints = (complaints + bytes.toString()).slice(-4000)));
    const line = await Promise.race([
      once(createInterface(child.stdout), "line").then(([line]) => String(line)),
      once(child, "exit").then(() => null),
    ]);
    if (line === null || line.startsWith('{"error"')) throw new Error(`pierrot ${args.join(" ")} did not start: ${line ?? ""} ${complaints}`);
    return new Program(JSON.parse(line) as Said, child);
  }

  /** Asks it to end and waits until it did. */
  async stop(): Promise<void> {
    const ended = once(this.#child, "exit");
    if (this.#child.exitCode === null && this.#child.kill("SIGTERM")) await ended;
  }
}

/** What `serve` says. */
export interface Served {
  /** Opens the page; carries the token of this start. */
  address: string;
  home: string;
  /** Of the sandbox, with `--demo`. */
  control_url: string | null;
}

/** What `sandbox` says. */
export interface Sandboxed {
  flickr: { api_url: string; oauth_url: string };
  x: { api_url: string; username: string };
  control_url: string;
  secrets: Record<string, string>;
}

/** The powers of `/_sandbox`: faults, changes of the library, what X has. */
export class Control {
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  async tell(route: string, body: unknown): Promise<unknown> {
    return this.#answer(await fetch(`${this.#url}/${route}`, { method: "POST", body: JSON.stringify(body) }));
  }

  async ask(route: string): Promise<unknown> {
    return this.#answer(await fetch(`${this.#url}/${route}`));
  }

  /** Texts of the posts that X has. */
  async posts(): Promise<string[]> {
    const { posts } = (await this.ask("state?log=0")) as { posts: { text: string }[] };
    return posts.map(({ text }) => text);
  }

  async #answer(response: Response): Promise<unknown> {
    const text = await response.text();
    if (!response.ok) throw new Error(`the sandbox refused: ${text}`);
    return JSON.parse(text) as unknown;
  }
}
