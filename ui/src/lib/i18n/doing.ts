import { own } from "../shared/own";
import { numberText } from "./dates";
import type { Words } from "./en";
import { i18n } from "./i18n.svelte";

/** What a job does now, in the language of the page; what the engine says in other words stays as it is. */
export function doingText(doing: string): string {
  const [, page, pages] = /^page (\d+) of (\d+), \d+ photos$/.exec(doing) ?? [];
  if (page !== undefined && pages !== undefined) return i18n.t.welcome.sync_pages(numberText(Number(page)), numberText(Number(pages)));
  return own(i18n.t.activity.step_words, doing) ?? doing;
}

type Said = (t: Words["activity"]["summaries"], ...parts: string[]) => string;

const counted = (text: string) => numberText(Number(text));
const SUMMARIES: readonly (readonly [RegExp, Said])[] = [
  [/^Published to (.+)\.$/, (t, target = "") => t.published(target)],
  [/^Saved as (.+)$/, (t, path = "") => t.saved(path)],
  [/^(\d+) photos: (\d+) added, (\d+) changed, (\d+) gone\.$/, (t, n = "", added = "", changed = "", gone = "") => t.sync(counted(n), counted(added), counted(changed), counted(gone))],
  [/^(\d+) photos, nothing new\.$/, (t, n = "") => t.unchanged(counted(n))],
];

/** How a run ended, in the language of the page; what the engine says in other words stays as it is. */
export function summaryText(summary: string): string {
  for (const [shape, said] of SUMMARIES) {
    const parts = shape.exec(summary)?.slice(1);
    if (parts !== undefined) return said(i18n.t.activity.summaries, ...parts);
  }
  return summary;
}

/** Where the file is that a run made, as the engine says it; null in other words. */
export function fileIn(summary: string): string | null {
  return /^Saved as (.+)$/.exec(summary)?.[1] ?? null;
}
