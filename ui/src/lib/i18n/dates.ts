import type { Span } from "../gallery/spans";
import { i18n } from "./i18n.svelte";

const made = new Map<string, Intl.DateTimeFormat | Intl.NumberFormat>();

function dates(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  return kept(`d${JSON.stringify(options)}`, () => new Intl.DateTimeFormat(i18n.locale, { hourCycle: "h23", ...options }));
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

/** Monday, Thursday and Sunday. */
export function listText(words: readonly string[]): string {
  return new Intl.ListFormat(i18n.locale).format(words);
}

/** March 2024; the year alone where the month is unknown (0), the words for "no date" where both are. */
export function monthText(year: number, month: number): string {
  if (year === 0) return i18n.t.gallery.undated;
  if (month === 0) return String(year);
  return dates({ year: "numeric", month: "long", timeZone: "UTC" }).format(Date.UTC(year, month - 1, 1));
}

/** March 2024, September – December 2024, 2024, 2018 – 2021: the shortest that is true. */
export function spanText({ year, month, from, whole }: Span): string {
  const named = whole || month === 0 || from.month === 0;
  if (year === from.year && (named || month === from.month)) return monthText(year, named && month !== from.month ? 0 : month);
  const options: Intl.DateTimeFormatOptions = { year: "numeric", ...(named ? {} : { month: "long" }), timeZone: "UTC" };
  return dates(options).formatRange(Date.UTC(from.year, Math.max(0, from.month - 1), 1), Date.UTC(year, Math.max(0, month - 1), 1));
}

/** 4 March 2024 */
export function dayText(time: string): string {
  const at = Date.parse(time);
  return Number.isNaN(at) ? time : dates({ dateStyle: "long" }).format(at);
}

/** Sunday 10:00 in a zone, with the date when it is more than six days away. */
export function whenText(time: string, now: number, zone: string | null): string {
  const at = Date.parse(time);
  if (Number.isNaN(at)) return time;
  const near = Math.abs(at - now) < 6 * 24 * 3600 * 1000;
  const day: Intl.DateTimeFormatOptions = near ? { weekday: "long" } : { weekday: "short", day: "numeric", month: "short" };
  const there = zone === null ? {} : { timeZone: zone };
  return `${dates({ ...day, ...there }).format(at)} ${dates({ hour: "2-digit", minute: "2-digit", ...there }).format(at)}`;
}

/** About 3 min, from seconds; nothing when it is not known. */
export function leftText(seconds: number | null): string {
  if (seconds === null || seconds < 1) return "";
  return i18n.t.common.left(seconds < 90 ? lengthText(seconds * 1000) : minuteText(seconds / 60));
}

/** 240 ms, 3.2 s, 4 min. */
export function lengthText(ms: number): string {
  if (ms < 1000) return `${numberText(Math.round(ms))} ms`;
  if (ms < 90_000) return `${numberText(Math.round(ms / (ms < 10_000 ? 100 : 1000)) / (ms < 10_000 ? 10 : 1))} s`;
  return minuteText(ms / 60_000);
}

function minuteText(n: number): string {
  return kept("minute", () => new Intl.NumberFormat(i18n.locale, { style: "unit", unit: "minute", unitDisplay: "short" })).format(Math.round(n));
}

/** $0.02, or $0.015 where there are tenths of a cent, from US dollars. */
export function dollarText(usd: number): string {
  return kept("usd", () => new Intl.NumberFormat(i18n.locale, { style: "currency", currency: "USD", currencyDisplay: "narrowSymbol", maximumFractionDigits: 3, minimumFractionDigits: 2 })).format(usd);
}

/** 1.9 MB, from bytes. */
export function sizeText(bytes: number): string {
  const unit = bytes < 1e6 ? "kilobyte" : "megabyte";
  const n = bytes / (unit === "kilobyte" ? 1e3 : 1e6);
  return kept(`b${unit}`, () => new Intl.NumberFormat(i18n.locale, { style: "unit", unit, maximumFractionDigits: n < 10 ? 1 : 0 })).format(n);
}

/** 24 Nov 2026, 11:20 */
export function momentText(time: string): string {
  const at = Date.parse(time);
  return Number.isNaN(at) ? time : dates({ dateStyle: "medium", timeStyle: "short" }).format(at);
}

/** 11:20 */
export function clockText(time: string): string {
  const at = Date.parse(time);
  return Number.isNaN(at) ? time : dates({ hour: "2-digit", minute: "2-digit" }).format(at);
}

/** A time that already stands in its own zone (`2026-11-29T10:00`), as it is. */
export function localText(local: string, options: Intl.DateTimeFormatOptions): string {
  const at = Date.parse(`${local.replace(" ", "T")}Z`);
  return Number.isNaN(at) ? local : dates({ ...options, timeZone: "UTC" }).format(at);
}

const YEAR_MS = 365 * 24 * 3600 * 1000;

/** Until when a pause lasts; null for one without an end, which the engine keeps as a time years away. */
export function pauseEnd(until: string, now: number, zone: string | null): string | null {
  return Date.parse(until) - now > 5 * YEAR_MS ? null : whenText(until, now, zone);
}
