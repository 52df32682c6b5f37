import { expect, it } from "vitest";

import { silent } from "../host/silent.test-host";
import { Preview, StudioState } from "./studio.svelte";

const opened = () => new StudioState({ ...silent, call: () => Promise.resolve({ methods: [], palettes: [] }) });

it("reads back every recipe it writes", () => {
  const studio = opened();
  for (const colours of [{ levels: 3 }, { picture: 8 }, { preset: "c64" }]) {
    const json = JSON.stringify({ look: "dither", method: "bayer8", colours, grey: true, strength: 70, pixel: 2 });
    expect(studio.take(json)).toBe(true);
    expect(studio.json).toBe(json);
  }
});

it("takes nothing that is no look of its kind", () => {
  const studio = opened();
  const before = studio.json;
  for (const json of ["", "{", "[]", "null", '{"look":"spell"}', '{"look":"mosaic","columns":60}']) expect(studio.take(json)).toBe(false);
  expect(studio.json).toBe(before);
});

it("takes no recipe that its sliders would change", () => {
  const studio = opened();
  const before = studio.json;
  const refused = [{ colours: { list: ["#000000", "#ffffff"] } }, { colours: { levels: 999 } }, { colours: { preset: 3 } }, { colours: {} }, { strength: 500 }, { pixel: 9 }];
  for (const more of [...refused, { compat: true }, { light: "gamma" }, { format: "gif" }, { sparkle: 1 }, { method: 4 }]) {
    expect(studio.take(JSON.stringify({ look: "dither", ...more })), JSON.stringify(more)).toBe(false);
  }
  expect(studio.json).toBe(before);
  expect(studio.take(JSON.stringify({ look: "dither", compat: false, light: null, format: "png", colours: { picture: 200 } }))).toBe(true);
  expect(studio.count).toBe(200);
});

it("knows the engine's methods and palettes once it was told them", async () => {
  const about = (name: string) => ({ name, about: "" });
  const studio = new StudioState({ ...silent, call: () => Promise.resolve({ methods: [about("halftone")], palettes: [about("c64")] }) });
  await studio.offered.load();
  const takes = (look: object) => studio.take(JSON.stringify({ look: "dither", method: "halftone", ...look }));
  expect([takes({}), takes({ method: "halftone:15" }), takes({ colours: { preset: "c64" } })]).toEqual([true, true, true]);
  expect([takes({ method: "nope" }), takes({ method: "halftone:x" }), takes({ colours: { preset: "c65" } })]).toEqual([false, false, false]);
});

it("asks once for a preview that cannot be had", () => {
  const preview = new Preview();
  preview.want("a");
  preview.came(false);
  preview.want("a");
  expect(preview.making).toBeNull();
  preview.want("b");
  expect(preview.making).toBe("b");
});

it("makes one preview at a time and then the newest", () => {
  const preview = new Preview();
  preview.want("a");
  preview.want("b");
  preview.want("c");
  expect(preview.making).toBe("a");
  preview.came(true);
  expect([preview.shown, preview.making]).toEqual(["a", "c"]);
  preview.came(false);
  expect([preview.shown, preview.making, preview.failed]).toEqual(["a", null, true]);
  preview.want("a");
  expect(preview.making).toBeNull();
});
