import { ask } from "../host/ask";
import type { Look, Looks } from "../host/bindings";
import type { Host } from "../host/host";
import { Loaded } from "../shared/loaded.svelte";
import { read, type Sliders } from "./kept.svelte";

export const COLOURS = ["levels", "picture", "preset"] as const;
export type ColoursKind = (typeof COLOURS)[number];

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

  take(json: string): boolean {
    const look = read(json, this.kind);
    if (look === null) return false;
    this.method = look.method ?? PLAIN.method;
    this.grey = look.grey ?? PLAIN.grey;
    this.strength = look.strength ?? PLAIN.strength;
    this.pixel = look.pixel ?? PLAIN.pixel;
    const colours = look.colours ?? { levels: PLAIN.count };
    if ("preset" in colours) [this.colours, this.palette] = ["preset", colours.preset];
    else if ("picture" in colours) [this.colours, this.count] = ["picture", colours.picture];
    else [this.colours, this.count] = ["levels", colours.levels];
    return true;
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

  want(address: string): void {
    this.#wanted = address;
    if (this.making === null && address !== this.shown) this.making = address;
  }

  /** The image is there, or cannot be had. */
  came(well: boolean): void {
    this.failed = !well;
    if (well) this.shown = this.making;
    const done = this.making;
    this.making = this.#wanted === done ? null : this.#wanted;
  }
}
