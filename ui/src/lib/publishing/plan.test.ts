import { describe, expect, it } from "vitest";

import type { PlanPage, PlanRow } from "../host/bindings";
import { CallError, type Host } from "../host/host";
import { monthsBetween } from "./calendar";
import { PlanState } from "./plan.svelte";
import { planRow } from "./plan.test-row";
import { partsOf, textOf } from "./rule";
import { silent } from "../host/silent.test-host";

const row = (slot: string, target: string, photo: string | null): PlanRow =>
  planRow({ slot, target, photo, title: `title of ${photo ?? "nothing"}`, origin: photo === null ? null : "chance", cost_usd: 0.02 });

const plan = (rows: PlanRow[]): PlanPage => ({ rows, costs: [], queues: [{ target: "x", photos: ["1", "2", "3"].map((photo) => ({ photo, title: "", thumb: "a", may_go: true })) }], rules: [], zone: "Etc/UTC", paused_until: null, ends: [] });

function opened(page: PlanPage, refuses = false) {
  const asked: [string, unknown][] = [];
  const host: Host = {
    ...silent,
    call: async (name, args) => {
      asked.push([name, args]);
      if (refuses && name !== "plan") throw new CallError("failed", "no", "later");
      return page;
    },
  };
  return { asked, state: new PlanState(host) };
}

const rows = [row("x/1", "x", "1"), row("y/1", "y", "7"), row("x/2", "x", null), row("x/3", "x", "3")];

it("moves among the due times of one target, over empty ones, and not past the ends", async () => {
  const { state } = opened(plan(rows));
  await state.page.load();
  const [first, other, empty, last] = rows as [PlanRow, PlanRow, PlanRow, PlanRow];
  expect(state.beside(first, 1)?.slot).toBe("x/3");
  expect(state.beside(first, -1)).toBeNull();
  expect(state.beside(last, 1)).toBeNull();
  expect([state.canSwap(first, last), state.canSwap(first, other), state.canSwap(first, empty), state.canSwap(first, first)]).toEqual([true, false, false, false]);
});

it("takes the plan an act answers with, and is free again when it is refused", async () => {
  const { asked, state } = opened(plan(rows));
  await state.veto(rows[0] as PlanRow);
  expect(asked).toEqual([["veto", { target: "x", slot: "x/1" }]]);
  expect(state.rows).toHaveLength(4);
  const refused = opened(plan(rows), true).state;
  await expect(refused.veto(rows[0] as PlanRow)).rejects.toMatchObject({ whatNow: "later" });
  expect(refused.busy).toBe(false);
});

it("takes a veto back, and moves what is queued", async () => {
  const { asked, state } = opened(plan(rows));
  await state.unveto(rows[0] as PlanRow);
  await state.moveQueued("x", "3", 0);
  expect(asked).toEqual([
    ["unveto", { target: "x", slot: "x/1", photo: rows[0]?.photo }],
    ["move_queued", { target: "x", photo: "3", to: 0 }],
  ]);
});

describe("rules", () => {
  it.each(["off", "daily 04:00", "weekly sun 10:00", "weekly mon,thu 18:30", "monthly 1 09:00", "monthly last 09:00", "cron 0 4 * * *"])("%s comes back from its parts", (rule) => {
    expect(textOf(partsOf(rule))).toBe(rule);
  });

  it("long names and short hours are understood, days sorted", () => {
    expect(textOf(partsOf("Weekly Sunday, monday 8:05"))).toBe("weekly mon,sun 08:05");
    expect(textOf(partsOf("every now and then"))).toBe("cron every now and then");
    expect(textOf({ ...partsOf("cron 0 4 * * *"), cron: "cron 0 10 * * 0" })).toBe("cron 0 10 * * 0");
  });
});

describe("months", () => {
  it("are whole weeks from Monday on, over the end of a year", () => {
    const months = monthsBetween("2026-11-24", "2027-02-14");
    expect(months.map(({ year, month }) => `${year}-${month}`)).toEqual(["2026-11", "2026-12", "2027-1", "2027-2"]);
    const november = months[0]?.weeks ?? [];
    expect(november[0]?.[0]).toEqual({ date: "2026-10-26", day: 26, within: false });
    expect(november[0]?.[6]).toEqual({ date: "2026-11-01", day: 1, within: true });
    expect(november.flat().filter(({ within }) => within)).toHaveLength(30);
    expect(months[3]?.weeks).toHaveLength(4);
  });
});
