import { ask } from "../host/ask";
import type { Changes, Settings } from "../host/bindings";
import { CallError, type Host } from "../host/host";
import { i18n } from "../i18n/i18n.svelte";
import { Loaded } from "../shared/loaded.svelte";
import { own } from "../shared/own";

/** All settings, changed key by key; a change is taken whole or refused with words for its field. */
export class SettingsState {
  readonly all: Loaded<Settings>;
  /** What is wrong with the value last tried, by key. */
  faults = $state.raw<Readonly<Record<string, string>>>({});
  /** Why the last change was not taken, for where no field shows it. */
  readonly refusal = $derived(Object.values(this.faults)[0] ?? i18n.t.trouble.title);
  /** The key that was saved last. */
  saved = $state<string | null>(null);

  readonly #host: Host;

  constructor(host: Host) {
    this.#host = host;
    this.all = new Loaded(() => ask(host, "settings", {}));
  }

  /** The value at a dotted key; undefined where there is none. */
  get(key: string): unknown {
    return key.split(".").reduce<unknown>((at, part) => (typeof at === "object" ? own(at as Record<string, unknown> | null, part) : undefined), this.all.value);
  }

  /** Saves; true when it was taken. Null goes back to the default. */
  async change(changes: Changes): Promise<boolean> {
    const keys = Object.keys(changes);
    try {
      this.all.take(await ask(this.#host, "change_settings", { changes }));
      this.faults = without(this.faults, keys);
      this.saved = keys[0] ?? null;
      return true;
    } catch (refusal) {
      const words = faultWords(refusal);
      const { message } = CallError.from(refusal);
      // The words name their key where they can; else the fault may be any of them.
      const named = keys.filter((key) => message.includes(key));
      const at = named.length > 0 ? named : keys;
      this.faults = { ...without(this.faults, keys), ...Object.fromEntries(at.map((key) => [key, words])) };
      this.saved = null;
      return false;
    }
  }
}

function without(faults: Readonly<Record<string, string>>, keys: readonly string[]): Record<string, string> {
  return Object.fromEntries(Object.entries(faults).filter(([key]) => !keys.includes(key)));
}

/** What is wrong with a setting, without the place in the file that only its editor needs. */
export function faultWords(refusal: unknown): string {
  const { message } = CallError.from(refusal);
  const lines = message.split("\n").filter((line) => line.trim() !== "");
  const last = (lines[lines.length - 1] ?? "").replace(/^(config\.toml: |[Ll]ine \d+: )+/, "").replace(/^[a-z_]+\.[^:]{1,60}: |^[a-z_]+(\.[\w-]+)+ /, "");
  const words = last.trim() || i18n.t.trouble.unknown;
  const sentence = words.charAt(0).toUpperCase() + words.slice(1);
  return /[.!?]$/.test(sentence) ? sentence : `${sentence}.`;
}

/** `sunset, long exposure` as a list, without empty and repeated words. */
export function wordsOf(text: string): string[] {
  return [...new Set(text.split(/[,\n]/).map((word) => word.trim()).filter((word) => word !== ""))];
}
