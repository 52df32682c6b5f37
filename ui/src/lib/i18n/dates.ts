import { i18n } from "./i18n.svelte";

const made = new Map<string, Intl.DateTimeFormat | Intl.NumberFormat>();

function dates(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  return kept(`d${JSON.stringify(options)}`, () => new Intl.DateTimeFormat(i18n.locale, options));
}

function kept<T extends Intl.DateTimeFormat | Intl.NumberFormat>(key: string, make: () => T): T {
  const name = `${i18n.locale} ${key}`;
  const found = made.get(name) ?? make();
  made.set(name, found);
  return found as T;
}

/** 12,483 */
export function numberText(n: number): string {
  return kept("n", () => new Intl.NumberFormat(i18n.locale)).format(n);
}

/** March 2024; the year alone where the month is unknown (0), the words for "no date" where both are. */
export function monthText(year: number, month: number): string {
  if (year === 0) return i18n.t.gallery.undated;
  if (month === 0) return String(year);
  return dates({ year: "numeric", month: "long", timeZone: "UTC" }).format(Date.UTC(year, month - 1, 1));
}

/** 4 March 2024 */
export function dayText(time: string): string {
  const at = Date.parse(time);
  return Number.isNaN(at) ? time : dates({ dateStyle: "long" }).format(at);
}

/** Sunday 10:00, with the date when it is more than six days away. */
export function whenText(time: string, now: number): string {
  const at = Date.parse(time);
  if (Number.isNaN(at)) return time;
  const near = Math.abs(at - now) < 6 * 24 * 3600 * 1000;
  const day: Intl.DateTimeFormatOptions = near ? { weekday: "long" } : { weekday: "short", day: "numeric", month: "short" };
  return `${dates(day).format(at)} ${dates({ hour: "2-digit", minute: "2-digit" }).format(at)}`;
}
