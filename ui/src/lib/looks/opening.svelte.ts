import type { OpenedFile } from "../host/bindings";
import { CallError, type Host } from "../host/host";
import { i18n } from "../i18n/i18n.svelte";

/** What a file may have at most; the program refuses more, too. */
const BYTES_MAX = 128 * 2 ** 20;
const TYPES = "image/jpeg,image/png,image/gif,image/webp";

/** Whether an id is that of an opened file, not of a photo. */
export const isFile = (id: string) => id.startsWith("file.");

/** Opens pictures that are not of the archive, one at a time. */
export class Opening {
  /** The name of the file that is being opened. */
  under = $state<string | null>(null);
  readonly #host: Host;

  constructor(host: Host) {
    this.#host = host;
  }

  /** Rejects with a CallError. */
  async open(file: File): Promise<OpenedFile> {
    const t = i18n.t.studio;
    if (file.size > BYTES_MAX) throw new CallError("failed", t.file_large, t.file_now);
    this.under = file.name;
    try {
      return await this.#host.openFile(file);
    } finally {
      this.under = null;
    }
  }
}

/** Lets the person choose a file. */
export function chooseFile(chosen: (file: File) => void): void {
  const field = document.createElement("input");
  field.type = "file";
  field.accept = TYPES;
  field.addEventListener("change", () => {
    const file = field.files?.[0];
    if (file !== undefined) chosen(file);
  });
  field.click();
}
