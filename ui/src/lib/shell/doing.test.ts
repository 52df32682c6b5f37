import { afterEach, beforeEach, expect, it, vi } from "vitest";

import type { Run } from "../host/bindings";
import { CallError } from "../host/host";
import { doing } from "./doing";
import { tellEnd } from "./run-end";
import { Toasts } from "./toasts.svelte";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const texts = (toasts: Toasts) => toasts.list.map(({ text, kind }) => [kind, text]);

it("says what was done, and takes it back when asked", async () => {
  const toasts = new Toasts();
  const undo = vi.fn(async () => undefined);
  expect(await doing(toasts, async () => 3, (n) => ({ text: `${n} done`, undo }))).toBe(3);
  expect(texts(toasts)).toEqual([["ok", "3 done"]]);
  toasts.undoLast();
  await vi.advanceTimersByTimeAsync(1);
  expect(undo).toHaveBeenCalledTimes(1);
  expect(texts(toasts)).toEqual([["ok", "Taken back"]]);
});

it("a refusal is said with what to do now, and never thrown", async () => {
  const toasts = new Toasts();
  const refused = () => Promise.reject(new CallError("failed", "No credit.", "Buy some."));
  expect(await doing(toasts, refused)).toBeNull();
  expect(texts(toasts)).toEqual([["danger", "No credit. Buy some."]]);
});

it("tells the end of what a person asked for, and is silent about what happens by itself", () => {
  const run = (change: Partial<Run>) => ({ job: "publish", target: "x", slot: null, by_itself: false, ending: "done", summary: "Published to x.", what_now: null, ...change }) as Run;
  const toasts = new Toasts();
  tellEnd(toasts, run({ slot: "x/2026-W48" }));
  tellEnd(toasts, run({ ending: null }));
  tellEnd(toasts, run({ ending: "cancelled" }));
  tellEnd(toasts, run({}));
  tellEnd(toasts, run({ ending: "needs_you", summary: "No credit.", what_now: "Buy some." }));
  expect(texts(toasts)).toEqual([
    ["ok", "Published to x."],
    ["danger", "No credit. Buy some."],
  ]);
  tellEnd(toasts, run({ summary: "Published to y.", target: "y" }));
  tellEnd(toasts, run({ job: "sync", target: null }));
  expect(texts(toasts), "another job says nothing of that one").toContainEqual(["danger", "No credit. Buy some."]);
  tellEnd(toasts, run({ slot: "x/2026-W49", by_itself: true }));
  expect(texts(toasts), "it went well since").not.toContainEqual(["danger", "No credit. Buy some."]);
});
