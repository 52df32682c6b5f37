import { listText } from "../i18n/dates";
import { i18n } from "../i18n/i18n.svelte";
import { DAYS, partsOf, type Day } from "./rule";

/** A rule as a person says it; a cron line in the engine's words. */
export function ruleWords(rule: string, inWords: string): string {
  const parts = partsOf(rule);
  const words = i18n.t.plan.rule_words;
  switch (parts.kind) {
    case "off":
      return words.off;
    case "daily":
      return words.daily(parts.time);
    case "weekly":
      return words.weekly(listText(parts.days.map((day) => dayName(day, "long"))), parts.time);
    case "monthly":
      return parts.monthDay === "last" ? words.last(parts.time) : words.monthly(parts.monthDay, parts.time);
    case "cron":
      return inWords;
  }
}

/** Sunday, or Sun. */
export function dayName(day: Day, length: "long" | "short"): string {
  // 2024-01-01 was a Monday.
  return new Intl.DateTimeFormat(i18n.locale, { weekday: length, timeZone: "UTC" }).format(Date.UTC(2024, 0, 1 + DAYS.indexOf(day)));
}
