/** One day of a calendar: its date, `2026-11-29`, and whether it is of the month that is shown. */
export interface CalendarDay {
  date: string;
  day: number;
  within: boolean;
}

export interface CalendarMonth {
  year: number;
  /** 1 to 12. */
  month: number;
  /** Whole weeks from Monday on. */
  weeks: CalendarDay[][];
}

const DAY_MS = 24 * 3600 * 1000;

/** The months from one date to another, both included, each as whole weeks. Dates are of no zone. */
export function monthsBetween(from: string, to: string): CalendarMonth[] {
  const months: CalendarMonth[] = [];
  const last = to.slice(0, 7);
  let [year = 0, month = 1] = from.split("-").map(Number);
  for (let i = 0; i < 24; i += 1) {
    months.push({ year, month, weeks: weeksOf(year, month) });
    if (`${year}-${String(month).padStart(2, "0")}` >= last) break;
    month = month === 12 ? 1 : month + 1;
    if (month === 1) year += 1;
  }
  return months;
}

function weeksOf(year: number, month: number): CalendarDay[][] {
  const first = Date.UTC(year, month - 1, 1);
  const past = (new Date(first).getUTCDay() + 6) % 7;
  const count = new Date(Date.UTC(year, month, 0)).getUTCDate();
  return Array.from({ length: Math.ceil((past + count) / 7) }, (_, week) =>
    Array.from({ length: 7 }, (_unused, day) => {
      const at = new Date(first + (week * 7 + day - past) * DAY_MS);
      return { date: at.toISOString().slice(0, 10), day: at.getUTCDate(), within: at.getUTCMonth() === month - 1 };
    }),
  );
}
