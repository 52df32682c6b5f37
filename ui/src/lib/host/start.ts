import { browserHost } from "./browser";
import type { Host } from "./host";
import { tauriHost } from "./tauri";

/** The host this page was opened in. */
export function hostAtStart(): Host {
  return "__TAURI_INTERNALS__" in window ? tauriHost : browserHost;
}
