import { onThePage } from "../i18n/places";
import type { OpenedFile } from "./bindings";

/** The sizes a photo's picture comes in: for the grid of the gallery, and for one photo alone. */
export type PictureSize = "grid" | "large";

/** The only door between the page and the program around it. `tauri.ts` and `browser.ts` are the two that exist. */
export interface Host {
  /** Asks the program by name. Rejects with a CallError, never with anything else. */
  call(name: string, args: unknown): Promise<unknown>;
  /** Hands on what the program says; an event is only a hint to read again. Returns how to stop. */
  listen(on: (event: unknown) => void): () => void;
  /** Address for an `<img>`. The key changes with the picture, so an address can be kept for ever. */
  picture(id: string, size: PictureSize, key: string): string;
  /** Address for an `<img>` of the photo or file in a look, as JSON; `side` is how many pixels the screen shows of its longest side. */
  look(id: string, recipe: string, side: number): string;
  /** Address for an `<img>` of a mosaic: `13/4_2.jpg` for a piece of a level, `small.jpg` and `web.jpg` for all of it. */
  mosaicPicture(id: string, path: string): string;
  /** Hands a picture over that is not of the archive. Rejects with a CallError. */
  openFile(file: File): Promise<OpenedFile>;
  /** Opens an address outside; the program opens only those it knows. */
  open(address: string): void;
  /** Hands a text to the person as a file; answers with where it is, null where the browser knows alone. */
  save(name: string, text: string): Promise<string | null>;
  /** From one's own archive to the demo, and from the demo back; this page goes. */
  elsewhere(): Promise<void>;
  /** What only the program with a window can do; null in a browser. */
  readonly window: WindowHost | null;
}

/** The desktop around the window. */
export interface WindowHost {
  /** Whether Pierrot starts with the computer; sets it first where asked. */
  autostart(on: boolean | null): Promise<boolean>;
  /** Shows a folder in the file manager. */
  reveal(what: "home" | "logs"): Promise<void>;
}

/** What the page hears when it may have missed events: everything mounted reads again. */
export const RECONNECTED = { type: "changed", what: "everything" } as const;

/** What the page hears when the line broke, and each time it cannot be made again: asking once tells why. */
export const LOST = { type: "changed", what: "overview" } as const;

/** A refusal as a person reads it: what happened, and what to do now. `code` is for deciding, never for showing. */
export class CallError extends Error {
  readonly code: string;
  readonly whatNow: string | null;

  constructor(code: string, message: string, whatNow: string | null = null) {
    super(message);
    this.name = "CallError";
    this.code = code;
    this.whatNow = whatNow;
  }

  /** Reads any refusal: `{code, message, what_now}`, the wire's `{error}` around it, an Error, or a bare string. */
  static from(refusal: unknown): CallError {
    if (refusal instanceof CallError) return refusal;
    if (typeof refusal === "object" && refusal !== null && "error" in refusal) return CallError.from(refusal.error);
    if (typeof refusal === "object" && refusal !== null && "message" in refusal) {
      const { code, message, what_now } = refusal as { code?: unknown; message: unknown; what_now?: unknown };
      return new CallError(textOr(code, "bug"), onThePage(textOr(message, "")), typeof what_now === "string" ? onThePage(what_now) : null);
    }
    return new CallError("bug", typeof refusal === "string" ? refusal : "");
  }
}

function textOr(value: unknown, otherwise: string): string {
  return typeof value === "string" ? value : otherwise;
}
