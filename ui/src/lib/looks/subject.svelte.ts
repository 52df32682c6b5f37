import { ask } from "../host/ask";
import type { OpenedFile, PhotoPage } from "../host/bindings";
import type { CallError, Host } from "../host/host";
import { Loaded } from "../shared/loaded.svelte";
import { isFile } from "./opening.svelte";

const RATIO_USUAL = 1.5;

/** What the Studio works on: a photo of the archive, or a file that was opened. */
export class Subject {
  readonly #id: () => string | null;
  readonly #photo: Loaded<PhotoPage>;
  readonly #file: Loaded<OpenedFile>;

  constructor(host: Host, id: () => string | null) {
    this.#id = id;
    this.#photo = new Loaded(() => ask(host, "photo", { photo: id() ?? "" }));
    this.#file = new Loaded(() => ask(host, "opened_file", { file: id() ?? "" }));
  }

  /** What is known of a photo; a file has no page and goes nowhere. */
  get page(): PhotoPage | null {
    return this.#photo.value;
  }

  get title(): string | null {
    return this.#photo.value?.title.trim() ?? this.#file.value?.name ?? null;
  }

  /** Width by height; null while it is not known. */
  get shape(): number | null {
    const { width, height } = this.#photo.value ?? this.#file.value ?? { width: 0, height: 0 };
    return height > 0 ? width / height : null;
  }

  get ratio(): number {
    return this.shape ?? RATIO_USUAL;
  }

  /** Why nothing is known of it. */
  get trouble(): CallError | null {
    return this.#photo.value === null && this.#file.value === null ? (this.#photo.trouble ?? this.#file.trouble) : null;
  }

  /** Reads what there is to know; forgets what it was before. */
  load(): void {
    const id = this.#id();
    this.#photo.forget();
    this.#file.forget();
    if (id !== null) void (isFile(id) ? this.#file : this.#photo).load();
  }
}
