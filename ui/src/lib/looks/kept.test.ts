import { expect, it } from "vitest";

import type { Host } from "../host/host";
import { silent } from "../host/silent.test-host";
import { everyOf, KeptLooks } from "./kept.svelte";

const dither = '{"look":"dither"}';
const mosaic = '{"look":"mosaic","columns":60}';

function opened(targets: Record<string, { look: string }> = {}) {
  const changes: unknown[] = [];
  const looks: Record<string, string> = { Newsprint: dither, "All of them": mosaic };
  const call: Host["call"] = (name, args) => {
    if (name === "change_settings") changes.push((args as { changes: unknown }).changes);
    return Promise.resolve({ looks, targets });
  };
  return { kept: new KeptLooks({ ...silent, call }), changes };
}

it("keeps a look by name, without what would cut the name", async () => {
  const { kept, changes } = opened();
  await kept.keep(" No. 9 ", dither);
  await kept.schedule("x", "No  9", 10);
  await kept.forget("No  9", dither);
  expect(changes).toEqual([{ "looks.No  9": dither }, { "targets.x.look": "No  9", "targets.x.look_every": 10 }, { "looks.No  9": null }]);
});

it("takes a look that is forgotten off the schedule, and back", async () => {
  const { kept, changes } = opened({ x: { look: "Newsprint" }, y: { look: "" } });
  await kept.settings.load();
  const back = await kept.forget("Newsprint", dither);
  await back();
  expect(changes).toEqual([{ "looks.Newsprint": null, "targets.x.look": "" }, { "looks.Newsprint": dither, "targets.x.look": "Newsprint" }]);
});

it("knows which looks are of which kind", async () => {
  const { kept } = opened();
  await kept.settings.load();
  expect(kept.all.map(({ name }) => name)).toEqual(["Newsprint", "All of them"]);
  expect(kept.of("dither").map(({ name }) => name)).toEqual(["Newsprint"]);
  expect(kept.of("mosaic").map(({ name }) => name)).toEqual(["All of them"]);
});

it("says which look of the same name gave way, so that it can come back", async () => {
  const { kept } = opened();
  await kept.settings.load();
  expect(await kept.keep("Newsprint", mosaic)).toBe(dither);
  expect(await kept.keep("Newsprint", dither)).toBeNull();
  expect(await kept.keep("Another", mosaic)).toBeNull();
});

it("every so many-th is a whole number that the engine takes, or none", () => {
  expect(["1", "3", " 1000 "].map(everyOf)).toEqual([1, 3, 1000]);
  expect(["", "0", "1001", "2.5", "-1", "many"].map(everyOf)).toEqual([null, null, null, null, null, null]);
});
