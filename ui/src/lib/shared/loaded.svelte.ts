import { CallError } from "../host/host";

/** Something read from the program: nothing yet, its value, or why it could not be read. A later reading overtakes an earlier one. */
export class Loaded<T> {
  value = $state.raw<T | null>(null);
  trouble = $state.raw<CallError | null>(null);
  busy = $state(false);

  readonly #read: () => Promise<T>;
  #turn = 0;

  constructor(read: () => Promise<T>) {
    this.#read = read;
  }

  /** Reads again; what was read before stays until the answer is here. */
  async load(): Promise<void> {
    const mine = ++this.#turn;
    this.busy = true;
    try {
      const value = await this.#read();
      if (mine !== this.#turn) return;
      this.value = value;
      this.trouble = null;
    } catch (refusal) {
      if (mine === this.#turn) this.trouble = CallError.from(refusal);
    } finally {
      if (mine === this.#turn) this.busy = false;
    }
  }

  /** Takes a value that came another way. */
  take(value: T): void {
    this.#turn += 1;
    this.value = value;
    this.trouble = null;
    this.busy = false;
  }

  /** As if it had never been read. */
  forget(): void {
    this.#turn += 1;
    this.value = null;
    this.trouble = null;
    this.busy = false;
  }
}
