import { expect, it, vi } from "vitest";

import type { Overview } from "../host/bindings";
import { idle, silent } from "../host/silent.test-host";
import { App } from "./app";
import { reached, undoLabel, undoNewest } from "./undo";

function opened(undoable: Overview["undoable"] = null) {
  const asked: [string, unknown][] = [];
  const app = new App({
    ...silent,
    call: async (name, args) => {
      asked.push([name, args]);
      return name === "undo" ? { done: 2, undo: null, why_not: null } : { ...idle, undoable };
    },
  });
  return { app, undone: () => asked.filter(([name]) => name === "undo") };
}

it("says what a change did, what it did not, and how to take it back", async () => {
  const { app, undone } = opened();
  const said = reached(app, "queue", { done: 1200, undo: 4, why_not: "7 may not go to X." });
  expect(said.text).toBe("1,200 photos go next. 7 may not go to X.");
  await said.undo?.();
  expect(undone()).toEqual([["undo", { change: 4 }]]);
  expect(reached(app, "exclude", { done: 0, undo: null, why_not: null })).toEqual({ text: "0 photos excluded" });
});

it("takes back what a toast long gone told, then what the program remembers of before this page", async () => {
  vi.useFakeTimers();
  const { app, undone } = opened({ change: 9, what: "exclude", photos: 2000 });
  await app.status.load();
  const undo = vi.fn();
  app.toasts.say("vetoed", { undo });
  vi.advanceTimersByTime(60_000);
  expect([app.toasts.list.length, undoLabel(app)]).toEqual([0, "vetoed"]);
  undoNewest(app);
  expect(undo).toHaveBeenCalledTimes(1);
  expect(undoLabel(app)).toBe("2,000 photos excluded");
  undoNewest(app);
  await vi.advanceTimersByTimeAsync(1);
  expect(undone()).toEqual([["undo", { change: 9 }]]);
  vi.useRealTimers();
});
