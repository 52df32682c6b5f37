/**
 * Lets a few at a time do something that takes a while; who is in view goes before who is not, else first come, first served.
 *
 * A browser opens six connections to one server. Pictures that hold all of them keep every question waiting.
 */
export class Turns {
  #free: number;
  readonly #waiting = new Set<Turn>();

  constructor(atOnce: number) {
    this.#free = atOnce;
  }

  /** `begin` is called when the turn has come, perhaps at once. */
  ask(visible: boolean, begin: (turn: Turn) => void): Turn {
    const turn = { visible, begin };
    this.#waiting.add(turn);
    this.#next();
    return turn;
  }

  /** Stops waiting; a turn that has come goes on until its end. */
  leave(turn: Turn): void {
    this.#waiting.delete(turn);
  }

  /** Makes room for the next. Said once for each turn that came. */
  end(turn: Turn): void {
    if (this.#waiting.delete(turn)) return;
    this.#free += 1;
    this.#next();
  }

  #next(): void {
    while (this.#free > 0) {
      const turn = this.#first();
      if (turn === undefined) return;
      this.#waiting.delete(turn);
      this.#free -= 1;
      turn.begin(turn);
    }
  }

  #first(): Turn | undefined {
    for (const turn of this.#waiting) if (turn.visible) return turn;
    return this.#waiting.values().next().value;
  }
}

export interface Turn {
  readonly visible: boolean;
  readonly begin: (turn: Turn) => void;
}
