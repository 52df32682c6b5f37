import { expect, it } from "vitest";

import type { Overview } from "../host/bindings";
import type { Host } from "../host/host";
import { WelcomeState } from "./welcome.svelte";
import { silent } from "../host/silent.test-host";

const host: Host = {
    ...silent,
  call: async (name) => {
    if (name === "rehearse") return { outcome: "dry_run" };
    if (name === "doctor") return { healthy: true, home: "", checks: [{ what: "record", ok: true, found: "", what_now: null }] };
    return { set: [], known: [], trouble: null };
  },
};

const overview = (source: boolean, synced: boolean, target: boolean) => ({ ready: { source, synced, target }, under_way: null, synced_at: null }) as Overview;

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
