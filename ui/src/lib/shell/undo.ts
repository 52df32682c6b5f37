import { ask } from "../host/ask";
import type { ChangeWord, Reached } from "../host/bindings";
import { CallError } from "../host/host";
import { numberText } from "../i18n/dates";
import { i18n } from "../i18n/i18n.svelte";
import { onThePage } from "../i18n/places";
import type { App } from "./app";
import { doing, type Said } from "./doing";

/** Takes a change to photos back; rejects where nothing could be taken back. */
async function takeBack({ host, gallery }: App, change: number): Promise<void> {
  const { done, why_not } = await ask(host, "undo", { change });
  if (done === 0 && why_not !== null) throw new CallError("failed", onThePage(why_not));
  await gallery.again(true);
}

/** What to say of a change to photos, with the way back where there is one. */
export function reached(app: App, what: ChangeWord, { done, undo, why_not }: Reached): Said {
  if (done === 0 && why_not !== null) return { text: onThePage(why_not) };
  const text = [`${did(what, done)}${why_not === null ? "" : "."}`, onThePage(why_not ?? "")].filter(Boolean).join(" ");
  return undo === null ? { text } : { text, undo: () => takeBack(app, undo) };
}

const did = (what: ChangeWord, n: number) => i18n.t.selection.did[what](numberText(n), n === 1);

/** What Ctrl-Z takes back: what was done last on this page, else the last change to photos that the program remembers. */
export function undoNewest(app: App): void {
  const known = app.status.now?.undoable ?? null;
  if (app.toasts.undoable !== null) app.toasts.undoLast();
  else if (known !== null) void doing(app.toasts, () => takeBack(app, known.change), () => ({ text: i18n.t.selection.undone }));
}

/** What it would take back, in words; empty where nothing. */
export function undoLabel({ toasts, status }: App): string {
  if (toasts.undoable !== null) return toasts.undoable.text;
  const known = status.now?.undoable ?? null;
  return known === null ? "" : did(known.what, known.photos);
}
