import { convertFileSrc, invoke } from "@tauri-apps/api/core";
import { listen } from "@tauri-apps/api/event";

import { CallError, RECONNECTED, type Host } from "./host";

/** The window's own program. Of all files only this one knows Tauri. */
export const tauriHost: Host = {
  call: (name, args) =>
    invoke("call", { name, args }).catch((refusal: unknown) => {
      throw CallError.from(refusal);
    }),

  listen(on) {
    const stop = listen<unknown>("pierrot", ({ payload }) => on(payload));
    // What happened before the ear was open is lost: read once more when it is.
    stop.then(
      () => on(RECONNECTED),
      () => undefined,
    );
    return () => void stop.then((end) => end()).catch(() => undefined);
  },

  picture: (id, size, key) => convertFileSrc(`${id}/${size}/${key}`, "photo"),

  open: (address) => void invoke("open", { address }).catch(() => undefined),
};
