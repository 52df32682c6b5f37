import { isTyping, pressed } from "../shared/keys";

/** Something a person can do: from the palette, and by its keys. */
export interface Command {
  id: string;
  label: string;
  /** Where it belongs, in words: the name of a screen. */
  group: string;
  /** As in `mod+k`. */
  keys?: string;
  /** Handled by the screen itself; listed in the sheet only. */
  listed?: boolean;
  /** Its keys mean it also where one types. */
  anywhere?: boolean;
  run: () => void;
}

/** What can be done now. Screens add theirs while they are shown. */
export class Commands {
  #groups = $state.raw<ReadonlyMap<symbol, () => readonly Command[]>>(new Map());
  readonly all = $derived([...this.#groups.values()].flatMap((group) => group()));

  /** Adds commands; returns how to take them away. The function is read again when what it reads changes. */
  add(commands: () => readonly Command[]): () => void {
    const key = Symbol("commands");
    this.#groups = new Map(this.#groups).set(key, commands);
    return () => {
      const rest = new Map(this.#groups);
      rest.delete(key);
      this.#groups = rest;
    };
  }

  /** Runs the command these keys mean; letters are left alone where they are text. */
  press(event: KeyboardEvent): void {
    if (event.defaultPrevented) return;
    const command = this.all.find(({ keys, listed }) => listed !== true && keys !== undefined && pressed(event, keys));
    if (command === undefined) return;
    if (isTyping(event.target) && command.anywhere !== true) return;
    if (document.querySelector("dialog[open]") !== null) return;
    event.preventDefault();
    command.run();
  }
}
