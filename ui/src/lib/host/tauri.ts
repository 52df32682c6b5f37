import { commands } from "./bindings";
import type { Host } from "./host";

/** The window's own program. Of all files only this one and the generated bindings reach Tauri. */
export const tauriHost: Host = {
  about: () => commands.about(),
  mounted: async () => {
    await commands.mounted();
  },
};
