import { SvelteMap } from "svelte/reactivity";

/** What was typed for a photo on a target and is not saved yet; `null` where nothing was. */
export interface Draft {
  caption: string | null;
  alt_text: string | null;
}

const NONE: Draft = { caption: null, alt_text: null };
const NAME = "pierrot.drafts";
const KEPT_MAX = 200;

/** All that was typed and not saved. It outlives the screen it was typed on, and the window; a browser keeps it by address, so its archive is named. */
export class Drafts {
  readonly #kept = new SvelteMap<string, Draft>(stored());
  readonly #home: () => string;

  /** `home` says where the archive of the page is kept. */
  constructor(home: () => string) {
    this.#home = home;
  }

  of(photo: string, target: string): Draft {
    return this.#kept.get(this.#key(photo, target)) ?? NONE;
  }

  has(photo: string, target: string): boolean {
    return this.#kept.has(this.#key(photo, target));
  }

  /** Keeps a draft; one in which nothing was typed is none. */
  keep(photo: string, target: string, draft: Draft): void {
    const at = this.#key(photo, target);
    // The newest are last: only what nobody came back to for long is ever dropped.
    this.#kept.delete(at);
    if (draft.caption !== null || draft.alt_text !== null) this.#kept.set(at, draft);
    for (const oldest of [...this.#kept.keys()].slice(0, Math.max(0, this.#kept.size - KEPT_MAX))) this.#kept.delete(oldest);
    store([...this.#kept]);
  }

  drop(photo: string, target: string): void {
    this.keep(photo, target, NONE);
  }

  #key(photo: string, target: string): string {
    return `${this.#home()}:${photo}/${target}`;
  }
}

// A browser may refuse to keep anything; the drafts then live as long as the page.
function stored(): [string, Draft][] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(NAME) ?? "[]");
    return Array.isArray(kept) ? kept.filter(isKept) : [];
  } catch {
    return [];
  }
}

function isKept(entry: unknown): entry is [string, Draft] {
  if (!Array.isArray(entry) || typeof entry[0] !== "string") return false;
  const { caption, alt_text } = (entry[1] ?? {}) as Record<string, unknown>;
  return [caption, alt_text].every((text) => text === null || typeof text === "string");
}

function store(kept: [string, Draft][]): void {
  try {
    localStorage.setItem(NAME, JSON.stringify(kept));
  } catch {
    return;
  }
}
