import { cellAt, clamped, inFrame, inPicture, middleOf, moved, squareBox, whole, zoomed, type Box, type Cell, type Cells, type Point, type Size, type Square, type View } from "./zoom";

/** A press that moves less is a click. */
const DRAG_PX = 4;
const STEP = 2;
const GLIDE_MS = 200;
const NEXT: Record<string, Cell> = {
  ArrowLeft: { column: -1, row: 0 },
  ArrowRight: { column: 1, row: 0 },
  ArrowUp: { column: 0, row: -1 },
  ArrowDown: { column: 0, row: 1 },
};

/** What is seen of a mosaic, and which of its cells is meant: the one under the pointer, or the one the keyboard is on. */
export class DeepZoomState {
  frame = $state.raw<Size>({ width: 0, height: 0 });
  /** Null for all of it, whatever the frame. */
  asked = $state.raw<View | null>(null);
  pointed = $state.raw<Cell | null>(null);
  /** The keyboard is here and not only the pointer. */
  keyed = $state(false);
  /** On the way to what was asked. */
  gliding = $state(false);

  readonly picture: Size;
  readonly cells: Cells;
  readonly view = $derived.by(() => (this.asked === null ? whole(this.picture, this.frame) : clamped(this.asked, this.picture, this.frame)));
  readonly least = $derived.by(() => whole(this.picture, this.frame).scale);
  readonly nearest = $derived.by(() => clamped({ ...this.view, scale: Infinity }, this.picture, this.frame).scale);
  /** The cell that Enter opens: where the arrows led, else the one in the middle. */
  readonly current = $derived.by(() => this.#led ?? cellAt(this.view, this.cells));
  readonly meant = $derived.by(() => this.pointed ?? (this.keyed ? this.current : null));

  readonly #still: boolean;
  #led = $state.raw<Cell | null>(null);
  #glide = 0;
  /** The scale it glides to: who asks twice gets two steps. */
  #aim = 0;
  readonly #held = new Map<number, Point>();
  #from: Point | null = null;

  /** `still` where motion is not wanted. */
  constructor(picture: Size, cells: Cells, view: View | null, still: boolean) {
    this.picture = picture;
    this.cells = cells;
    this.asked = view;
    this.#still = still;
  }

  place(square: Square): Box {
    return squareBox(square, this.view, this.frame);
  }

  /** A step nearer or further, around a point of the frame. */
  step(nearer: boolean, at = this.#middle()): void {
    const from = this.view;
    const asked = (this.gliding ? this.#aim : from.scale) * (nearer ? STEP : 1 / STEP);
    this.#aim = clamped({ ...from, scale: asked }, this.picture, this.frame).scale;
    const factor = this.#aim / from.scale;
    this.#go((part) => zoomed(from, factor ** part, at, this.picture, this.frame));
  }

  all(): void {
    const [from, to] = [this.view, whole(this.picture, this.frame)];
    const between = (a: number, b: number, part: number) => a + (b - a) * part;
    const scale = (part: number) => from.scale * (to.scale / from.scale) ** part;
    this.#led = null;
    this.#aim = to.scale;
    this.#go((part) => (part === 1 ? null : { x: between(from.x, to.x, part), y: between(from.y, to.y, part), scale: scale(part) }));
  }

  /** A wheel or a pinch on a touchpad; false when it was about nothing, because all is seen already. */
  wheel(factor: number, at: Point): boolean {
    if (factor <= 1 && this.view.scale <= this.least) return false;
    this.#show(zoomed(this.view, factor, at, this.picture, this.frame));
    this.pointed = this.#cellAt(at);
    return true;
  }

  down(pointer: number, at: Point): void {
    this.keyed = false;
    this.#held.set(pointer, at);
    this.#from = this.#held.size === 1 ? at : null;
  }

  move(pointer: number, at: Point): void {
    const before = this.#held.get(pointer);
    if (before === undefined) return void (this.pointed = this.#cellAt(at));
    if (this.#from !== null && Math.hypot(at.x - this.#from.x, at.y - this.#from.y) < DRAG_PX) return;
    this.#from = null;
    const other = [...this.#held].find(([id]) => id !== pointer)?.[1];
    this.#held.set(pointer, at);
    this.pointed = null;
    this.#show(other === undefined ? moved(this.view, { x: at.x - before.x, y: at.y - before.y }, this.picture, this.frame) : this.#pinched(before, at, other));
  }

  /** The point of the picture that was clicked, if it was a click on it. */
  up(pointer: number, at: Point): Point | null {
    this.#held.delete(pointer);
    const clicked = this.#from !== null;
    this.#from = null;
    return clicked && this.#cellAt(at) !== null ? inPicture(this.view, this.frame, at) : null;
  }

  /** The pointer was taken away: nothing is held and nothing pointed at. */
  leave(pointer: number): void {
    this.#held.delete(pointer);
    this.#from = null;
    this.pointed = null;
  }

  /** Whether the key meant something here. */
  key(key: string): boolean {
    const next = NEXT[key];
    if (key === "+" || key === "=") this.step(true);
    else if (key === "-") this.step(false);
    else if (key === "0") this.all();
    else if (next !== undefined) this.#lead(next);
    else return false;
    this.keyed = true;
    this.pointed = null;
    return true;
  }

  close(): void {
    cancelAnimationFrame(this.#glide);
  }

  #lead(by: Cell): void {
    const from = this.current ?? { column: 0, row: 0 };
    const within = (at: number, count: number) => Math.min(count - 1, Math.max(0, at));
    const led = { column: within(from.column + by.column, this.cells.columns), row: within(from.row + by.row, this.cells.rows) };
    this.#show({ ...this.view, ...middleOf(led, this.cells) });
    this.#led = led;
  }

  /** Where the keyboard zooms: on the cell it is on. */
  #middle(): Point {
    return this.#led === null ? { x: this.frame.width / 2, y: this.frame.height / 2 } : inFrame(this.view, this.frame, middleOf(this.#led, this.cells));
  }

  #cellAt(at: Point): Cell | null {
    return cellAt(inPicture(this.view, this.frame, at), this.cells);
  }

  #pinched(before: Point, at: Point, other: Point): View {
    const reach = (point: Point) => Math.max(1, Math.hypot(point.x - other.x, point.y - other.y));
    const middle = (point: Point) => ({ x: (point.x + other.x) / 2, y: (point.y + other.y) / 2 });
    const near = zoomed(this.view, reach(at) / reach(before), middle(before), this.picture, this.frame);
    const [from, to] = [middle(before), middle(at)];
    return moved(near, { x: to.x - from.x, y: to.y - from.y }, this.picture, this.frame);
  }

  #show(view: View): void {
    this.#end();
    this.#led = null;
    this.asked = clamped(view, this.picture, this.frame);
  }

  #end(): void {
    cancelAnimationFrame(this.#glide);
    this.gliding = false;
  }

  #go(way: (part: number) => View | null): void {
    this.#end();
    if (this.#still) return void (this.asked = way(1));
    const begin = performance.now();
    const frame = (now: number) => {
      const part = Math.min(1, Math.max(0, (now - begin) / GLIDE_MS));
      this.asked = way(1 - (1 - part) ** 3);
      this.gliding = part < 1;
      if (part < 1) this.#glide = requestAnimationFrame(frame);
    };
    this.gliding = true;
    this.#glide = requestAnimationFrame(frame);
  }
}
