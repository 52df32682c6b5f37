import { numberText } from "./dates";
import { i18n } from "./i18n.svelte";

/** What a job does now, in the language of the page; what the engine says in other words stays as it is. */
export function doingText(doing: string): string {
  const [, page, pages] = /^page (\d+) of (\d+), \d+ photos$/.exec(doing) ?? [];
  if (page !== undefined && pages !== undefined) return i18n.t.welcome.sync_pages(numberText(Number(page)), numberText(Number(pages)));
  return i18n.t.activity.step_words[doing] ?? doing;
}

/** Where the file is that a run made, as the engine says it; null in other words. */
export function fileIn(summary: string): string | null {
  return /^Saved as (.+)$/.exec(summary)?.[1] ?? null;
}
