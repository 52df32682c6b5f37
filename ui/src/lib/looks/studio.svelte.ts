import { ask } from "../host/ask";
import type { Look, Looks } from "../host/bindings";
import type { Host } from "../host/host";
import { i18n } from "../i18n/i18n.svelte";
import { Loaded } from "../shared/loaded.svelte";
import { read, strange, within, type Sliders } from "./kept.svelte";

export const COLOURS = ["levels", "picture", "preset"] as const;
export type ColoursKind = (typeof COLOURS)[number];

/** What the engine takes, which is more than the sliders offer. */
const TAKEN = { count: [2, 256], strength: [0, 100], pixel: [1, 8] } as const;
/** What a recipe may say beside the sliders: only what is meant without it. */
const UNSAID: Record<string, unknown> = { look: "dither", compat: false, light: null, format: "png" };
const PLAIN = { method: "floyd-steinberg", colours: "levels", count: 2, palette: "game-boy", grey: false, strength: 100, pixel: 1 } as const;

/** One look being made: what the sliders say, as the recipe the engine understands. */
export class StudioState implements Sliders {
  readonly kind = "dither";
  method = $state<string>(PLAIN.method);
  colours = $state<ColoursKind>(PLAIN.colours);
  count = $state<number>(PLAIN.count);
  palette = $state<string>(PLAIN.palette);
  grey = $state<boolean>(PLAIN.grey);
  strength = $state<number>(PLAIN.strength);
  pixel = $state<number>(PLAIN.pixel);

  readonly offered: Loaded<Looks>;
  readonly recipe = $derived<Look>({
    look: this.kind,
    method: this.method,
    colours: this.colours === "preset" ? { preset: this.palette } : this.colours === "picture" ? { picture: this.count } : { levels: this.count },
    grey: this.grey,
    strength: this.strength,
    pixel: this.pixel,
  });
  readonly json = $derived(JSON.stringify(this.recipe));

  constructor(host: Host) {
    this.offered = new Loaded(() => ask(host, "looks", {}));
  }

  take(json: string): string | null {
    const look = read(json, this.kind);
    if (look === null) return strange(json);
    const { method = PLAIN.method, colours: of = { levels: PLAIN.count }, grey = PLAIN.grey, strength = PLAIN.strength, pixel = PLAIN.pixel, ...rest } = look;
    const t = i18n.t.studio.refused;
    const said = Object.entries(rest).find(([key, value]) => UNSAID[key] !== value);
    if (said !== undefined) return t.part(said[0], this.kind);
    if (!this.#isMethod(method)) return t.method(String(method));
    const colours = this.#colours(of);
    if (typeof colours === "string") return colours;
    if (typeof grey !== "boolean") return t.choice("grey", "true, false");
    if (!within(strength, TAKEN.strength)) return t.range("strength", ...TAKEN.strength);
    if (!within(pixel, TAKEN.pixel)) return t.range("pixel", ...TAKEN.pixel);
    Object.assign(this, { method, grey, strength, pixel, ...colours });
    return null;
  }

  /** Sliders for these colours; a sentence where there are none. */
  #colours(of: object | null): { colours: ColoursKind; count?: number; palette?: string } | string {
    const t = i18n.t.studio.refused;
    const [[kind, value] = ["", null], ...more] = Object.entries(of ?? {}) as [string, unknown][];
    const colours = COLOURS.find((known) => known === kind);
    if (colours === undefined || more.length > 0) return t.choice("colours", COLOURS.join(", "));
    if (colours !== "preset") return within(value, TAKEN.count) ? { colours, count: Number(value) } : t.range(colours, ...TAKEN.count);
    const known = this.offered.value?.palettes ?? null;
    const fits = typeof value === "string" && (known === null || known.some(({ name }) => name === value));
    return fits ? { colours, palette: value } : t.palette(String(value));
  }

  /** One of the engine's, which may have a number behind it: `halftone:15`. */
  #isMethod(method: unknown): boolean {
    const known = this.offered.value?.methods ?? null;
    if (typeof method !== "string") return false;
    return known === null || known.some(({ name }) => name === method || (method.startsWith(`${name}:`) && /^\d+$/.test(method.slice(name.length + 1))));
  }
}

/** Asks for one preview at a time, and then for the newest wish: what a slider passed over is never made. */
export class Preview {
  /** What is being made, to be put into an image. */
  making = $state<string | null>(null);
  /** The newest that is there. */
  shown = $state<string | null>(null);
  failed = $state(false);
  /** Pixels of the screen along the longest side of its place; 0 while there is none. */
  side = $state(0);
  #wanted: string | null = null;
  /** What could not be had, and is not asked for again before something else was. */
  #refused: string | null = null;

  want(address: string): void {
    if (address !== this.#wanted) this.#refused = null;
    this.#wanted = address;
    if (this.making === null && address !== this.shown && address !== this.#refused) this.making = address;
  }

  /** Asks once more for what could not be had. */
  again(): void {
    this.#refused = null;
    this.failed = false;
    if (this.#wanted !== null) this.want(this.#wanted);
  }

  /** The image is there, or cannot be had. */
  came(well: boolean): void {
    this.failed = !well;
    if (well) this.shown = this.making;
    else this.#refused = this.making;
    const done = this.making;
    this.making = this.#wanted === done ? null : this.#wanted;
  }
}
