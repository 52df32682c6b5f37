/** A sentence that goes away by itself. */
export interface Toast {
  id: number;
  text: string;
  kind: "ok" | "danger";
  undo: (() => void) | null;
  /** What it is about; a later one about the same takes its place. */
  about: string | null;
}

interface How {
  kind?: Toast["kind"];
  undo?: (() => void) | null;
  about?: string | null;
}

const STAYS_MS = 5_000;
/** Where there is something to read twice, or to do. */
const STAYS_LONGER_MS = 10_000;
const AT_ONCE_MAX = 3;
const BACK_MAX = 20;

/** What was just done, with the way back. Does not go while the pointer or the keyboard is on it. */
export class Toasts {
  list = $state.raw<readonly Toast[]>([]);
  /** What can be taken back, the newest last: also when its toast is gone. */
  back = $state.raw<readonly Toast[]>([]);
  readonly undoable = $derived(this.back.at(-1) ?? null);

  #next = 1;
  readonly #timers = new Map<number, ReturnType<typeof setTimeout>>();

  say(text: string, how: How = {}): void {
    const toast: Toast = { id: this.#next++, text, kind: how.kind ?? "ok", undo: how.undo ?? null, about: how.about ?? null };
    if (toast.about !== null) this.settle(toast.about);
    for (const same of this.list.filter((other) => other.text === text && other.undo === null)) this.close(same);
    this.list = [...this.list, toast].slice(-AT_ONCE_MAX);
    if (toast.undo !== null) this.back = [...this.back, toast].slice(-BACK_MAX);
    this.release(toast);
  }

  /** Keeps a toast while somebody is on it. */
  hold(toast: Toast): void {
    clearTimeout(this.#timers.get(toast.id));
  }

  release(toast: Toast): void {
    this.hold(toast);
    this.#timers.set(
      toast.id,
      setTimeout(() => this.close(toast), toast.undo === null && toast.kind === "ok" ? STAYS_MS : STAYS_LONGER_MS),
    );
  }

  /** What was said about this has passed. */
  settle(about: string): void {
    for (const toast of this.list.filter((other) => other.about === about)) this.close(toast);
  }

  close(toast: Toast): void {
    this.hold(toast);
    this.#timers.delete(toast.id);
    this.list = this.list.filter(({ id }) => id !== toast.id);
  }

  undo(toast: Toast): void {
    this.close(toast);
    this.back = this.back.filter(({ id }) => id !== toast.id);
    toast.undo?.();
  }

  /** Takes back the newest that can be taken back. */
  undoLast(): void {
    if (this.undoable !== null) this.undo(this.undoable);
  }
}
