import type { About } from "./bindings";

/** What the page may ask of the program around it; `tauri.ts` answers in the window, a test answers in a test. */
export interface Host {
  about(): Promise<About>;
  mounted(): Promise<void>;
}
