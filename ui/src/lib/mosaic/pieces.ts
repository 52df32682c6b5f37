import { lastLevel, PIECE_SIDE, type Piece, type Size } from "./zoom";

/** Two of a browser's six connections stay free: one hears what happens, one asks questions. */
const AT_ONCE = 4;
const KEPT_MAX = 200;

export const nameOf = ({ level, column, row }: Piece): string => `${level}/${column}_${row}.jpg`;

/** A picture small enough for a list: the highest level that is one piece. */
export const smallest = (picture: Size): string => nameOf({ level: Math.min(lastLevel(picture), Math.log2(PIECE_SIDE)), column: 0, row: 0 });

/** Begins to fetch a piece; answers with how to stop. `came` is called later, with null for one that cannot be had. */
export type Fetch<T> = (piece: Piece, came: (image: T | null) => void) => () => void;

/** The pieces that are here. Fetches those that are wanted, a few at a time, and keeps those that were wanted last. */
export class Pieces<T> {
  readonly #fetch: Fetch<T>;
  readonly #onchange: () => void;
  /** The one that was not wanted for the longest time first. */
  readonly #here = new Map<string, { piece: Piece; image: T }>();
  readonly #coming = new Map<string, () => void>();
  readonly #failed = new Set<string>();
  #wanted: ReadonlyMap<string, Piece> = new Map();

  constructor(fetch: Fetch<T>, onchange: () => void) {
    this.#fetch = fetch;
    this.#onchange = onchange;
  }

  /** The most wanted first. What is not wanted any more is not fetched to its end; what failed is tried when it is wanted anew. */
  want(pieces: readonly Piece[]): void {
    this.#wanted = new Map(pieces.map((piece) => [nameOf(piece), piece]));
    for (const [name, stop] of this.#coming) if (!this.#wanted.has(name)) this.#end(name, stop);
    for (const name of this.#failed) if (!this.#wanted.has(name)) this.#failed.delete(name);
    for (const name of this.#wanted.keys()) {
      const here = this.#here.get(name);
      if (here === undefined) continue;
      this.#here.delete(name);
      this.#here.set(name, here);
    }
    this.#next();
  }

  /** What is here up to a level, the coarse before the fine. */
  upTo(level: number): { piece: Piece; image: T }[] {
    return [...this.#here.values()].filter(({ piece }) => piece.level <= level).sort((a, b) => a.piece.level - b.piece.level);
  }

  close(): void {
    this.want([]);
    this.#here.clear();
  }

  #end(name: string, stop: () => void): void {
    this.#coming.delete(name);
    stop();
  }

  #next(): void {
    for (const [name, piece] of this.#wanted) {
      if (this.#coming.size >= AT_ONCE) return;
      if (this.#here.has(name) || this.#coming.has(name) || this.#failed.has(name)) continue;
      let waits = true;
      const stop = this.#fetch(piece, (image) => waits && this.#came(name, piece, image));
      this.#coming.set(name, () => {
        waits = false;
        stop();
      });
    }
  }

  #came(name: string, piece: Piece, image: T | null): void {
    this.#coming.delete(name);
    if (image === null) this.#failed.add(name);
    else this.#here.set(name, { piece, image });
    for (const old of this.#here.keys()) {
      if (this.#here.size <= KEPT_MAX) break;
      if (!this.#wanted.has(old)) this.#here.delete(old);
    }
    this.#next();
    this.#onchange();
  }
}

/** Fetches pictures as a browser does. */
export function fetchImage(address: string, came: (image: HTMLImageElement | null) => void): () => void {
  const image = new Image();
  image.decoding = "async";
  image.src = address;
  image.decode().then(
    () => came(image),
    () => came(null),
  );
  return () => image.removeAttribute("src");
}
