import type { Run } from "../host/bindings";
import type { Toasts } from "./toasts.svelte";

/** Says how a run ended that a person asked for. What happens by itself is told by the desktop. */
export function tellEnd(toasts: Toasts, run: Run): void {
  if (run.slot !== null || run.ending === null || run.ending === "cancelled") return;
  const well = run.ending === "done" || run.ending === "nothing";
  const text = [run.summary, well ? null : run.what_now].filter(Boolean).join(" ");
  if (text !== "") toasts.say(text, { kind: well ? "ok" : "danger" });
}
