import { afterEach, beforeEach, expect, it, vi } from "vitest";

import type { Overview } from "../host/bindings";
import type { Host } from "../host/host";
import { WelcomeState } from "./welcome.svelte";
import { silent } from "../host/silent.test-host";

beforeEach(() => localStorage.clear());
afterEach(() => vi.useRealTimers());

const host: Host = {
  ...silent,
  call: async (name) => {
    if (name === "rehearse") return { outcome: "dry_run" };
    if (name === "doctor") return { healthy: true, home: "", checks: [{ what: "record", ok: true, found: "", what_now: null }] };
    if (name === "settings") return { targets: {}, record };
    if (name === "probe") return { place: "/home/ada/record", several_computers: false, sentence: "", at: "" };
    return { set: [], known: [], trouble: null, logins: {} };
  },
};

const record = { kind: "folder", path: "record", bucket: "" };

const overview = (source: boolean, synced: boolean, target: boolean) => ({ home: "/home/ada", ready: { source, synced, target }, under_way: null, synced_at: null }) as Overview;

it("stands at the first step that is not done, by what the engine says", () => {
  const at = (now: Overview | null) => new WelcomeState(host, () => now).step;
  expect([at(null), at(overview(true, false, false)), at(overview(true, true, false)), at(overview(true, true, true))]).toEqual(["source", "sync", "target", "record"]);
});

it("goes where a person wants, one after the other, and comes back", () => {
  const welcome = new WelcomeState(host, () => overview(false, false, false));
  welcome.next();
  expect(welcome.step).toBe("sync");
  welcome.chosen = "rehearsal";
  welcome.next();
  expect(welcome.step).toBe("source");
});

it("is at its end with a rehearsal that could go out", async () => {
  const welcome = new WelcomeState(host, () => overview(true, true, true));
  await welcome.accounts.load();
  await welcome.keepRecord();
  welcome.next();
  expect([welcome.step, welcome.complete, welcome.done.rehearsal]).toEqual(["rehearsal", true, false]);
  await welcome.rehearsal.load();
  expect(welcome.done.rehearsal).toBe(true);
});

it("hears the pages of a sync until it ends", () => {
  const welcome = new WelcomeState(host, () => null);
  welcome.hear({ type: "sync_page", page: 3, pages: 9, photos: 1500, photos_per_s: 250, left_s: 12 });
  expect(welcome.page?.pages).toBe(9);
  welcome.hear({ type: "run_ended", run: { job: "sync" } as never });
  expect(welcome.page).toBeNull();
});

it("rehearses another photo each time", async () => {
  const asked: unknown[] = [];
  const call = async (name: string, args: unknown) => {
    if (name !== "rehearse") return host.call(name, args);
    asked.push((args as { shown: string[] }).shown);
    return { outcome: "dry_run", photo_id: `${asked.length}` };
  };
  const { rehearsal } = new WelcomeState({ ...host, call }, () => overview(true, true, true));
  for (let time = 0; time < 3; time += 1) await rehearsal.load();
  expect(asked).toEqual([[], ["1"], ["1", "2"]]);
});

it("the record is chosen by a person, and stays so", async () => {
  const welcome = new WelcomeState(host, () => overview(true, true, true));
  await welcome.accounts.load();
  expect([welcome.step, welcome.way, welcome.done.record]).toEqual(["record", "keep", false]);
  await welcome.keepRecord();
  expect([welcome.step, welcome.done.record]).toEqual(["record", true]);
  const later = new WelcomeState(host, () => overview(true, true, true));
  const elsewhere = new WelcomeState(host, () => ({ ...overview(true, true, true), home: "/home/eve" }));
  await Promise.all([later.accounts.load(), elsewhere.accounts.load()]);
  expect([later.step, elsewhere.step]).toEqual(["rehearsal", "record"]);
});

it("another folder is a choice, and one that cannot be used is none", async () => {
  const there = (probe: () => unknown, ok: boolean): Host => ({
    ...host,
    call: async (name, args) => {
      if (name === "settings") return { targets: {}, record: { ...record, path: "/mnt/record" } };
      if (name === "doctor") return { healthy: ok, home: "", checks: [{ what: "record", ok, found: "", what_now: null }] };
      return name === "probe" ? probe() : host.call(name, args);
    },
  });
  const refuse = () => Promise.reject(new Error("not writable"));
  const states = [there(() => ({}), true), there(() => ({}), false), there(refuse, true)].map((each) => new WelcomeState(each, () => overview(true, true, true)));
  for (const welcome of states) await welcome.accounts.load();
  await states[2]?.test();
  expect(states.map(({ way, done }) => [way, done.record])).toEqual([["folder", true], ["folder", false], ["folder", false]]);
});

it("tells how fast photos come once that is known, and not while none comes", () => {
  vi.useFakeTimers();
  const welcome = new WelcomeState(host, () => null);
  const turn = (page: number) => welcome.hear({ type: "sync_page", page, pages: 90, photos: page * 500, photos_per_s: 500_000, left_s: 12 });
  turn(1);
  turn(2);
  expect(welcome.rate).toBeNull();
  vi.advanceTimersByTime(5_000);
  turn(3);
  expect(welcome.rate).toBeCloseTo(200);
  welcome.hear({ type: "waiting", seconds: 60, why: "" });
  expect(welcome.rate).toBeNull();
  turn(4);
  expect(welcome.rate).not.toBeNull();
  vi.advanceTimersByTime(9_000);
  expect(welcome.rate).toBeNull();
});
