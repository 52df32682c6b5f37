import { cleanup, fireEvent, render, screen, waitFor } from "@testing-library/svelte";
import { afterEach, beforeEach, expect, it, vi } from "vitest";

import type { PlanPage, PlanRow } from "../host/bindings";
import type { Host } from "../host/host";
import { idle, silent } from "../host/silent.test-host";
import { App } from "../shell/app";
import Shell from "../shell/Shell.svelte";
import { planRow } from "./plan.test-row";

beforeEach(() => void vi.stubGlobal("matchMedia", () => ({ matches: true })));
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
  location.hash = "";
});

const row = (slot: string, title: string): PlanRow => planRow({ slot, photo: title, title });

const rule = (name: string) => ({ name, rule: "off", in_words: "Never" });
const page: PlanPage = { rows: [row("x/1", "Dusk"), row("x/2", "Dawn")], costs: [], queues: [], rules: [rule("sync"), rule("x"), rule("constructor")], zone: "Etc/UTC", paused_until: null, ends: [] };

function opened(plan: PlanPage) {
  const asked: [string, unknown][] = [];
  const answers: Record<string, unknown> = { plan, swap: plan, settings: { schedule: {}, targets: {} }, overview: idle, pause: null, resume: null };
  const host: Host = {
    ...silent,
    call: async (name, args) => {
      asked.push([name, args]);
      return answers[name];
    },
  };
  location.hash = "#/plan";
  const app = new App(host);
  app.router.start();
  render(Shell, { app });
  return { app, asked, answers };
}

it("says what was exchanged by the keyboard, with the way back", async () => {
  const { asked } = opened(page);
  await fireEvent.click(await screen.findByRole("button", { name: "Move Dusk later" }));
  expect(await screen.findByText("Exchanged")).toBeTruthy();
  await fireEvent.click(screen.getByRole("button", { name: "Undo" }));
  await waitFor(() => expect(asked.filter(([name]) => name === "swap")).toHaveLength(2));
});

it("names every photo of the line, also those beyond the plan, and shows all of a long one", async () => {
  const photos = Array.from({ length: 15 }, (_, at) => ({ photo: `q${at}`, title: `Hill ${at}`, thumb: "a", may_go: at !== 3 }));
  opened({ ...page, queues: [{ target: "x", photos }] });
  expect(await screen.findByRole("link", { name: "Hill 11" })).toBeTruthy();
  expect(screen.getByRole("link", { name: "Hill 3 Passed over: it may not go out now" })).toBeTruthy();
  expect(screen.queryByRole("link", { name: "Hill 14" })).toBeNull();
  await fireEvent.click(screen.getByRole("button", { name: "Show all 15" }));
  expect(screen.getByRole("link", { name: "Hill 14" })).toBeTruthy();
});

it("says of a due time how large its picture is, what it costs, and that nobody is signed in", async () => {
  opened({ ...page, rows: [planRow({ title: "Dusk", width: 6000, height: 4000, cost_usd: 0.015, why_not: "not_set_up" })] });
  expect(await screen.findByText("6000 × 4000")).toBeTruthy();
  expect(screen.getByText("$0.015")).toBeTruthy();
  expect(screen.getByText("Not signed in")).toBeTruthy();
});

it("stands whatever its targets are called, and calls each by its name", async () => {
  opened({ ...page, rules: [...page.rules, rule("sync"), rule("__proto__")] });
  expect(await screen.findAllByText("Look for new photos")).toHaveLength(2);
  expect(screen.getByText("constructor")).toBeTruthy();
  expect(screen.getByText("__proto__")).toBeTruthy();
  expect(screen.queryByText("This screen stopped.")).toBeNull();
});

it("says where a plan ends before its twelve weeks do", async () => {
  opened({ ...page, ends: [{ target: "x", local: "2026-12-05T09:30", planned: 400 }] });
  expect(await screen.findByText(/The plan of X shows the next 400 posts, up to Sat.* 5 .*09:30|The plan of X shows the next 400 posts, up to Sat.*December 5/)).toBeTruthy();
});

it("reads again when it is paused from anywhere, and offers each command once", async () => {
  const { app, asked, answers } = opened(page);
  await screen.findByRole("button", { name: "Move Dusk later" });
  const ids = app.commands.all.map(({ id }) => id);
  expect(ids).toEqual([...new Set(ids)]);
  answers["overview"] = { ...idle, paused_until: "2036-01-01T00:00:00Z" };
  answers["plan"] = { ...page, paused_until: "2036-01-01T00:00:00Z" };
  app.commands.all.find(({ id }) => id === "pause")?.run();
  await fireEvent.click(await screen.findByRole("button", { name: "Until I resume" }));
  expect(await screen.findByText("Paused. Nothing goes out by itself until you resume.")).toBeTruthy();
  expect(asked.filter(([name]) => name === "pause")).toEqual([["pause", { until: null }]]);
});
