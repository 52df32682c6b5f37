import { ask } from "../host/ask";
import type { CaptionPreview, OwnWords, Part, Wording } from "../host/bindings";
import type { Host } from "../host/host";
import { Loaded } from "../shared/loaded.svelte";
import type { Draft, Drafts } from "./drafts.svelte";

const TYPING_MS = 140;
const PARTS = ["caption", "alt_text"] as const satisfies readonly Part[];

/** The words of one photo on one target: what stands, what is being typed, and how that would go out. */
export class WordsState {
  photo = $state("");
  target = $state("");
  readonly preview: Loaded<CaptionPreview>;

  readonly #host: Host;
  readonly #drafts: Drafts;
  readonly #draft = $derived.by<Draft>(() => this.#drafts.of(this.photo, this.target));
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(host: Host, drafts: Drafts) {
    this.#host = host;
    this.#drafts = drafts;
    this.preview = new Loaded(() => ask(host, "caption_preview", { photo: this.photo, target: this.target, ...this.#draft }));
  }

  /** Shows the words of another photo or target. */
  async open(photo: string, target: string): Promise<void> {
    if (photo !== this.photo || target !== this.target) this.preview.forget();
    this.photo = photo;
    this.target = target;
    await this.load();
  }

  async load(): Promise<void> {
    clearTimeout(this.#timer);
    await this.preview.load();
  }

  /** What stands in the box: what was typed, else what is on the record, else the template's. */
  text(part: Part): string {
    return this.#draft[part] ?? this.#stands(part);
  }

  /** Whose the words in the box are. */
  by(part: Part): "draft" | "you" | "template" {
    if (this.#draft[part] !== null) return "draft";
    return this.preview.value?.written[part] == null ? "template" : "you";
  }

  readonly dirty = $derived.by(() => this.#draft.caption !== null || this.#draft.alt_text !== null);

  /** Whether there is something to go back from to the templates. */
  get own(): boolean {
    return PARTS.some((part) => this.preview.value?.written[part] != null);
  }

  /** Takes what was typed; the preview follows when the fingers rest. */
  type(part: Part, text: string): void {
    this.#drafts.keep(this.photo, this.target, { ...this.#draft, [part]: text === this.#stands(part) ? null : text });
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.preview.load(), TYPING_MS);
  }

  async discard(): Promise<void> {
    this.#drafts.drop(this.photo, this.target);
    await this.load();
  }

  /** Writes what was typed on the record, for this target or for every; answers with what stood there before. */
  async save(every: boolean): Promise<OwnWords> {
    const draft = this.#draft;
    const typed = PARTS.filter((part) => draft[part] !== null);
    return this.#write(every, typed.map((part) => ({ part, text: asKept(part, draft[part]) })));
  }

  /** Goes back to the templates; answers with what stood there before. */
  async reset(every: boolean): Promise<OwnWords> {
    return this.#write(every, PARTS.map((part) => ({ part, text: null })));
  }

  /** Puts words back as they stood. */
  async restore(every: boolean, before: OwnWords): Promise<void> {
    await this.#write(every, PARTS.map((part) => ({ part, text: before[part] })));
  }

  async #write(every: boolean, words: Wording[]): Promise<OwnWords> {
    const { photo, target } = this;
    const before = this.preview.value?.written ?? { caption: null, alt_text: null };
    const wrote = this.#draft;
    await ask(this.#host, "set_words", { photo, target: every ? null : target, words });
    // What was typed meanwhile stays a draft.
    const now = this.#drafts.of(photo, target);
    const rest = (part: Part) => (now[part] === wrote[part] ? null : now[part]);
    this.#drafts.keep(photo, target, { caption: rest("caption"), alt_text: rest("alt_text") });
    if (photo === this.photo && target === this.target) await this.load();
    return before;
  }

  #stands(part: Part): string {
    const { written, template } = this.preview.value ?? {};
    return written?.[part] ?? template?.[part] ?? "";
  }
}

/** An emptied caption is the template's again; an emptied alt text is none. */
function asKept(part: Part, text: string | null): string | null {
  return part === "caption" && text?.trim() === "" ? null : text;
}
