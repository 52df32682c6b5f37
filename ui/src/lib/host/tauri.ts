import { convertFileSrc, invoke } from "@tauri-apps/api/core";
import { listen } from "@tauri-apps/api/event";

import type { OpenedFile } from "./bindings";
import { CallError, RECONNECTED, type Host } from "./host";

/** The window's own program. Of all files only this one knows Tauri. */
export const tauriHost: Host = {
  call: (name, args) => command("call", { name, args }),

  listen(on) {
    const stop = listen<unknown>("pierrot", ({ payload }) => on(payload));
    // What happened before the ear was open is lost: read once more when it is.
    stop.then(
      () => on(RECONNECTED),
      () => undefined,
    );
    return () => void stop.then((end) => end()).catch(() => undefined);
  },

  look: (id, recipe, side) => `${convertFileSrc(`${id}/look/0`, "photo")}?side=${side}&recipe=${encodeURIComponent(recipe)}`,
  mosaicPicture: (id, path) => convertFileSrc(`mosaic/${id}/${path}`, "photo"),
  picture: (id, size, key) => convertFileSrc(`${id}/${size}/${key}`, "photo"),

  openFile: async (file) =>
    invoke<OpenedFile>("open_file", new Uint8Array(await file.arrayBuffer()), { headers: { name: encodeURIComponent(file.name) } }).catch(refused),
  open: (address) => void command("open", { address }).catch(() => undefined),
  save: (name, text) => command<string>("save", { name, text }),
  elsewhere: () => command("elsewhere", {}),
  window: {
    autostart: (on) => command("autostart", { on }),
    reveal: (what) => command("reveal", { what }),
  },
};

function command<T>(name: string, args: Record<string, unknown>): Promise<T> {
  return invoke<T>(name, args).catch(refused);
}

function refused(refusal: unknown): never {
  throw CallError.from(refusal);
}
