import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { Toasts } from "./toasts.svelte";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

it("goes by itself, later when there is a way back, and not while somebody is on it", () => {
  const toasts = new Toasts();
  toasts.say("plain");
  toasts.say("with undo", { undo: () => undefined });
  vi.advanceTimersByTime(6_000);
  expect(toasts.list.map(({ text }) => text)).toEqual(["with undo"]);
  const [toast] = toasts.list;
  if (toast === undefined) throw new Error("it is still there");
  toasts.hold(toast);
  vi.advanceTimersByTime(60_000);
  expect(toasts.list).toHaveLength(1);
  toasts.release(toast);
  vi.advanceTimersByTime(10_001);
  expect(toasts.list).toEqual([]);
});

it("takes back the newest that can be taken back, once", () => {
  const toasts = new Toasts();
  const undo = vi.fn();
  toasts.say("excluded", { undo });
  toasts.say("later");
  toasts.undoLast();
  toasts.undoLast();
  expect(undo).toHaveBeenCalledTimes(1);
});

it("says a thing once, and one thing about a matter", () => {
  const toasts = new Toasts();
  toasts.say("no network", { kind: "danger" });
  toasts.say("no network", { kind: "danger" });
  toasts.say("under way", { about: "x" });
  toasts.say("nearly there", { about: "x" });
  expect(toasts.list.map(({ text }) => text)).toEqual(["no network", "nearly there"]);
  toasts.settle("x");
  vi.advanceTimersByTime(6_000);
  expect(toasts.list.map(({ text }) => text), "an error stays longer").toEqual(["no network"]);
});
