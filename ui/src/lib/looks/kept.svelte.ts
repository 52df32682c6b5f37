import { ask } from "../host/ask";
import type { Look, Settings } from "../host/bindings";
import type { Host } from "../host/host";
import { i18n } from "../i18n/i18n.svelte";
import { Loaded } from "../shared/loaded.svelte";
import { own } from "../shared/own";

export const KINDS = ["dither", "mosaic"] as const satisfies readonly Look["look"][];
export type Kind = (typeof KINDS)[number];

/** What the sliders of one way of the Studio say. */
export interface Sliders {
  readonly kind: Kind;
  /** The recipe, as the engine understands it. */
  readonly json: string;
  /** Sets them as a recipe says; null, or in a sentence why not and what to do. */
  take(json: string): string | null;
}

/** A scheduled look is on every so many-th photo. */
export const EVERY = { min: 1, max: 1000 } as const;

export interface KeptLook {
  name: string;
  json: string;
  kind: Kind;
}

/** The looks that were kept by name, of every kind, and which of them scheduled photos get. */
export class KeptLooks {
  readonly settings: Loaded<Settings>;
  readonly all = $derived.by(() => kept(this.settings.value?.looks ?? {}));
  readonly #host: Host;

  constructor(host: Host) {
    this.#host = host;
    this.settings = new Loaded(() => ask(host, "settings", {}));
  }

  of(kind: Kind): KeptLook[] {
    return this.all.filter((look) => look.kind === kind);
  }

  /** Keeps a look under a name; answers with the recipe of the same name that gives way. */
  async keep(name: string, json: string): Promise<string | null> {
    const plain = name.replaceAll(".", " ").trim();
    const before = own(this.settings.value?.looks, plain) ?? null;
    await this.#change({ [`looks.${plain}`]: json });
    return before === json ? null : before;
  }

  /** Forgets a look, and takes it off the schedule; answers with the way back. */
  async forget(name: string, json: string): Promise<() => Promise<void>> {
    const scheduled = Object.entries(this.settings.value?.targets ?? {}).filter(([, target]) => target?.look === name);
    const looks = (look: string) => Object.fromEntries(scheduled.map(([target]) => [`targets.${target}.look`, look]));
    await this.#change({ [`looks.${name}`]: null, ...looks("") });
    return () => this.#change({ [`looks.${name}`]: json, ...looks(name) });
  }

  /** The kept look, on each so many-th photo that the schedule sends to a target; an empty name for none. */
  async schedule(target: string, name: string, every: number): Promise<void> {
    await this.#change({ [`targets.${target}.look`]: name, [`targets.${target}.look_every`]: every });
  }

  async #change(changes: Record<string, unknown>): Promise<void> {
    this.settings.take(await ask(this.#host, "change_settings", { changes }));
  }
}

/** The recipe of a look of this kind; null for other words. */
export function read<K extends Kind>(json: string, kind: K): Extract<Look, { look: K }> | null {
  try {
    const value: unknown = JSON.parse(json);
    const fits = typeof value === "object" && value !== null && "look" in value && value.look === kind;
    return fits ? (value as Extract<Look, { look: K }>) : null;
  } catch {
    return null;
  }
}

/** Why words are not the recipe of the kind they are taken for. */
export function strange(json: string): string {
  const kind = KINDS.find((kind) => read(json, kind) !== null);
  const t = i18n.t.studio.refused;
  return kind === undefined ? t.words : t.other(i18n.t.mosaic.ways[kind]);
}

/** Whether a value of a recipe is a whole number that is taken. */
export const within = (value: unknown, [least, most]: readonly [number, number]): boolean => Number.isInteger(value) && Number(value) >= least && Number(value) <= most;

/** What was typed, where it is one of `EVERY`. */
export function everyOf(typed: string): number | null {
  const every = typed.trim() === "" ? null : Number(typed);
  return within(every, [EVERY.min, EVERY.max]) ? every : null;
}

function kept(looks: Settings["looks"]): KeptLook[] {
  return Object.entries(looks).flatMap(([name, json = ""]) => {
    const kind = KINDS.find((kind) => read(json, kind) !== null);
    return kind === undefined ? [] : [{ name, json, kind }];
  });
}
