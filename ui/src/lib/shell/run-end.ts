import type { Run } from "../host/bindings";
import { summaryText } from "../i18n/doing";
import { i18n } from "../i18n/i18n.svelte";
import { onThePage } from "../i18n/places";
import type { Toasts } from "./toasts.svelte";

/** What a toast is about that says a publication, or the answer to one, is under way. */
export const PUBLISHING = "publishing";

/** What became of a run, in words for one who looks at this page. */
export function summaryOf(run: Run): string {
  return run.outcome === "needs_review" ? i18n.t.review.unclear : onThePage(summaryText(run.summary));
}

/** Says how a run ended that a person asked for, in place of an older refusal of the same. What happens by itself is told by the desktop. */
export function tellEnd(toasts: Toasts, run: Run): void {
  const publication = run.job === "publish" || run.job === "answer";
  const refusal = `refusal of ${publication ? PUBLISHING : run.job} ${run.target ?? ""}`;
  if (publication) toasts.settle(PUBLISHING);
  toasts.settle(refusal);
  if (run.by_itself || run.slot !== null || run.ending === null || run.ending === "cancelled") return;
  const well = run.ending === "done" || run.ending === "nothing";
  const text = [summaryOf(run), well || run.what_now === null ? null : onThePage(run.what_now)].filter(Boolean).join(" ");
  if (text !== "") toasts.say(text, { about: well ? null : refusal, kind: well ? "ok" : "danger" });
}
