import { ask, ended } from "../host/ask";
import type { Host } from "../host/host";
import { i18n } from "../i18n/i18n.svelte";
import { read, strange, within, type Sliders } from "../looks/kept.svelte";
import { Loaded } from "../shared/loaded.svelte";
import type { Look, Mosaic, MosaicCell, TileCount } from "../host/bindings";
import { isIn, type Point, type View } from "./zoom";

export const COLUMNS = { min: 20, max: 120 } as const;
export const CELL_SIDES = ["32", "64", "96", "128"] as const;
export type CellSide = (typeof CELL_SIDES)[number];
export const LAYOUTS = ["grid", "brick", "collage", "adaptive"] as const satisfies readonly Mosaic["layout"][];
export const DISTANCE_MAX = 20;
/** The slider goes further where that is not enough. */
export const CAP_MAX = 50;
export const SIDE_MAX = 20_000;
export const LAST = { min: 10, max: 2000 } as const;
/** What the engine takes, which is more than the sliders offer. */
const TAKEN = { columns: [2, 400], distance: [0, 64], adjust: [0, 100], cap: [1, 1e9], last_published: [1, 1e9] } as const;
const PLAIN = { distance: 3, adjust: 0, layout: "grid" } as const;

/** What a mosaic of a photo would be. */
export interface Plan {
  columns: number;
  rows: number;
  cells: number;
  width: number;
  height: number;
  /** One of its sides is longer than a mosaic may be. */
  tooLarge: boolean;
}

/** The rows follow from the shape of the photo, width by height: cells are squares. */
export function planOf(columns: number, side: number, ratio: number): Plan {
  const rows = Math.max(1, Math.round(columns / ratio));
  const [width, height] = [columns * side, rows * side];
  return { columns, rows, cells: columns * rows, width, height, tooLarge: Math.max(width, height) > SIDE_MAX };
}

/** Where the whole picture of a mosaic is on the computer, as that writes its paths. */
export function fileOf(home: string, id: string): string {
  return [home, "mosaics", id, "mosaic.jpg"].join(home.includes("\\") ? "\\" : "/");
}

/** The mosaics there are, and the one that is wanted next. Lives as long as the page, so that coming back finds it as it was. */
export class MosaicsState implements Sliders {
  readonly kind = "mosaic";
  columns = $state<number>(60);
  side = $state<CellSide>("64");
  distance = $state<number>(PLAIN.distance);
  adjust = $state<number>(PLAIN.adjust);
  layout = $state<Mosaic["layout"]>(PLAIN.layout);
  capped = $state(false);
  cap = $state(4);
  /** Only the photos published last are tiles, so many of them. */
  newest = $state(false);
  last = $state(500);
  /** All but the size of a cell, which follows from where it goes. */
  readonly recipe = $derived<Look>({
    look: this.kind,
    columns: this.columns,
    distance: this.distance,
    adjust: this.adjust,
    ...(this.layout === PLAIN.layout ? {} : { layout: this.layout }),
    ...(this.capped ? { cap: this.cap } : {}),
    ...(this.newest ? { last_published: this.last } : {}),
  });
  readonly json = $derived(JSON.stringify(this.recipe));

  /** What was asked for here and has not ended: its run, its photo, and the mosaics there were before. */
  making = $state.raw<{ run: number; photo: string; known: ReadonlySet<string> } | null>(null);
  /** The mosaic that was asked for here, once it is there. */
  made = $state.raw<Mosaic | null>(null);
  /** What was opened last, and of which mosaic. */
  picked = $state.raw<{ id: string; at: Point } | null>(null);

  readonly list: Loaded<Mosaic[]>;
  readonly tiles: Loaded<TileCount>;
  readonly cell: Loaded<MosaicCell>;
  /** What was seen of each when it was left. */
  readonly views = new Map<string, View | null>();
  readonly #host: Host;

  constructor(host: Host) {
    this.#host = host;
    this.list = new Loaded(() => ask(host, "mosaics", {}));
    this.tiles = new Loaded(() => ask(host, "mosaic_tiles", {}));
    this.cell = new Loaded(() => this.#readCell());
  }

  plan(ratio: number): Plan {
    return planOf(this.columns, Number(this.side), ratio);
  }

  take(json: string): string | null {
    const look = read(json, this.kind);
    if (look === null) return strange(json);
    const { look: _, columns, distance = PLAIN.distance, adjust = PLAIN.adjust, layout = PLAIN.layout, cap = null, last_published: last = null, ...rest } = look;
    const t = i18n.t.studio.refused;
    const [said] = Object.keys(rest);
    if (said !== undefined) return t.part(said, this.kind);
    if (!LAYOUTS.includes(layout)) return t.choice("layout", LAYOUTS.join(", "));
    const numbers = { columns, distance, adjust, cap: cap ?? 1, last_published: last ?? 1 };
    const wrong = (Object.keys(numbers) as (keyof typeof numbers)[]).find((part) => !within(numbers[part], TAKEN[part]));
    if (wrong !== undefined) return t.range(wrong, TAKEN[wrong][0], TAKEN[wrong][1]);
    Object.assign(this, { columns, distance, adjust, layout, capped: cap !== null, cap: cap ?? this.cap, newest: last !== null, last: last ?? this.last });
    return null;
  }

  /** Photos there are to choose from, at most; null while that is not known. */
  among(published: number): number | null {
    const possible = this.tiles.value?.possible ?? null;
    return possible === null || !this.newest ? possible : Math.min(possible, this.last, published);
  }

  async load(): Promise<void> {
    await Promise.all([this.list.load(), this.tiles.load(), this.#follow()]);
  }

  /** Begins to make one. Rejects with a CallError. */
  async make(photo: string): Promise<void> {
    this.made = null;
    const known = new Set(this.list.value?.map(({ id }) => id));
    const run = await ask(this.#host, "make_mosaic", { photo, cell_px: Number(this.side), look: this.recipe });
    this.making = { run, photo, known };
  }

  async remove(id: string): Promise<void> {
    await ask(this.#host, "remove_mosaic", { id });
    this.views.delete(id);
    await this.list.load();
  }

  /** Opens what is at a point of a mosaic, in its pixels: which photo that is is read. */
  async pick(id: string, at: Point): Promise<void> {
    if (this.picked?.id === id && this.cell.value !== null && isIn(this.cell.value, at)) return;
    this.cell.forget();
    this.picked = { id, at };
    await this.cell.load();
  }

  unpick(): void {
    this.picked = null;
    this.cell.forget();
  }

  async #follow(): Promise<void> {
    const { making } = this;
    if (making === null) return;
    const run = await ended(this.#host, making.run);
    if (run === null) return;
    await this.list.load();
    if (this.making !== making) return;
    this.making = null;
    if (run.ending === "done") this.made = this.list.value?.find(({ id, photo }) => photo === making.photo && !making.known.has(id)) ?? null;
  }

  #readCell(): Promise<MosaicCell> {
    const { id, at } = this.picked ?? { id: "", at: { x: 0, y: 0 } };
    return ask(this.#host, "mosaic_cell", { id, x: Math.floor(at.x), y: Math.floor(at.y) });
  }
}
