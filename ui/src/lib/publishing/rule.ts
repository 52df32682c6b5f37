/** The days as the engine writes them, Monday first. */
export const DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;
export type Day = (typeof DAYS)[number];

export const KINDS = ["off", "daily", "weekly", "monthly", "cron"] as const;

/** A rule taken apart for its form; parts that its kind does not use keep what was there. */
export interface RuleParts {
  kind: (typeof KINDS)[number];
  days: readonly Day[];
  /** `1` to `31`, or `last`. */
  monthDay: string;
  time: string;
  cron: string;
}

const START: RuleParts = { kind: "off", days: ["sun"], monthDay: "1", time: "10:00", cron: "0 10 * * 0" };

/** Takes `weekly sun 10:00` apart. The engine alone decides what is a rule: what is not understood here is a cron line. */
export function partsOf(rule: string): RuleParts {
  const [word = "", ...rest] = rule.trim().toLowerCase().split(/\s+/);
  const time = clock(rest[rest.length - 1]);
  if (word === "off" || word === "") return { ...START, kind: "off" };
  if (word === "daily" && time !== null) return { ...START, kind: "daily", time };
  if (word === "weekly" && time !== null) {
    const named = rest.slice(0, -1).join("").split(",");
    const days = DAYS.filter((day) => named.some((name) => name.startsWith(day)));
    if (days.length > 0) return { ...START, kind: "weekly", days, time };
  }
  if (word === "monthly" && time !== null && rest[0] !== undefined) return { ...START, kind: "monthly", monthDay: rest[0], time };
  return { ...START, kind: "cron", cron: rule.trim().replace(/^cron\s+/i, "") };
}

/** The rule's text, the other way round. */
export function textOf({ kind, days, monthDay, time, cron }: RuleParts): string {
  switch (kind) {
    case "off":
      return "off";
    case "daily":
      return `daily ${time}`;
    case "weekly":
      return `weekly ${DAYS.filter((day) => days.includes(day)).join(",")} ${time}`;
    case "monthly":
      return `monthly ${monthDay} ${time}`;
    case "cron":
      return `cron ${cron.trim().replace(/^cron\s+/i, "")}`;
  }
}

function clock(text: string | undefined): string | null {
  const found = /^(\d{1,2}):(\d{2})$/.exec(text ?? "");
  return found === null ? null : `${found[1]?.padStart(2, "0")}:${found[2]}`;
}
