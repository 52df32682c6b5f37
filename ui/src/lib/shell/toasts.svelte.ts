/** A sentence that goes away by itself. */
export interface Toast {
  id: number;
  text: string;
  kind: "ok" | "danger";
  undo: (() => void) | null;
}

const STAYS_MS = 5_000;
const STAYS_WITH_UNDO_MS = 10_000;
const AT_ONCE_MAX = 3;

/** What was just done, with the way back. Does not go while the pointer or the keyboard is on it. */
export class Toasts {
  list = $state.raw<readonly Toast[]>([]);

  #next = 1;
  readonly #timers = new Map<number, ReturnType<typeof setTimeout>>();

  say(text: string, how: { kind?: Toast["kind"]; undo?: (() => void) | null } = {}): void {
    const toast: Toast = { id: this.#next++, text, kind: how.kind ?? "ok", undo: how.undo ?? null };
    this.list = [...this.list, toast].slice(-AT_ONCE_MAX);
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
      setTimeout(() => this.close(toast), toast.undo === null ? STAYS_MS : STAYS_WITH_UNDO_MS),
    );
  }

  close(toast: Toast): void {
    this.hold(toast);
    this.#timers.delete(toast.id);
    this.list = this.list.filter(({ id }) => id !== toast.id);
  }

  undo(toast: Toast): void {
    this.close(toast);
    toast.undo?.();
  }

  /** Takes back what the newest toast can take back. */
  undoLast(): void {
    const toast = this.list.findLast(({ undo }) => undo !== null);
    if (toast !== undefined) this.undo(toast);
  }
}
