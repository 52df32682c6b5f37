import { expect, it } from "vitest";

import { silent } from "../host/silent.test-host";
import { Preview, StudioState } from "./studio.svelte";

const opened = () => new StudioState({ ...silent, call: () => Promise.resolve({ methods: [], palettes: [] }) });

it("reads back every recipe it writes", () => {
  const studio = opened();
  for (const colours of [{ levels: 3 }, { picture: 8 }, { preset: "c64" }]) {
    const json = JSON.stringify({ look: "dither", method: "bayer8", colours, grey: true, strength: 70, pixel: 2 });
    expect(studio.take(json)).toBeNull();
    expect(studio.json).toBe(json);
  }
});

it("takes nothing that is no look of its kind, and says where such a one goes", () => {
  const studio = opened();
  const before = studio.json;
  for (const json of ["", "{", "[]", "null", '{"look":"spell"}']) expect(studio.take(json)).toContain("no recipe");
  expect(studio.take('{"look":"mosaic","columns":60}')).toContain("Choose “Mosaic” above");
  expect(studio.json).toBe(before);
});

it.each([
  [{ colours: { list: ["#000000", "#ffffff"] } }, "levels, picture, preset"],
  [{ colours: {} }, "levels, picture, preset"],
  [{ colours: null }, "levels, picture, preset"],
  [{ colours: { levels: 999 } }, "“levels” has to be a whole number from 2 to 256"],
  [{ colours: { preset: 3 } }, "no palette is called “3”"],
  [{ strength: 500 }, "“strength” has to be a whole number from 0 to 100"],
  [{ pixel: 9 }, "“pixel” has to be"],
  [{ grey: "yes" }, "true, false"],
  [{ method: 4 }, "no way of dithering is called “4”"],
  [{ compat: true }, "cannot show “compat”"],
  [{ light: "gamma" }, "cannot show “light”"],
  [{ format: "gif" }, "cannot show “format”"],
  [{ sparkle: 1 }, "cannot show “sparkle”"],
])("takes no recipe that its sliders would change, and says why: %j", (more, why) => {
  const studio = opened();
  const before = studio.json;
  expect(studio.take(JSON.stringify({ look: "dither", ...more }))).toContain(why);
  expect(studio.json).toBe(before);
});

it("takes a recipe that says what is meant without it", () => {
  const studio = opened();
  expect(studio.take(JSON.stringify({ look: "dither", compat: false, light: null, format: "png", colours: { picture: 200 } }))).toBeNull();
  expect(studio.count).toBe(200);
});

it("knows the engine's methods and palettes once it was told them", async () => {
  const about = (name: string) => ({ name, about: "" });
  const studio = new StudioState({ ...silent, call: () => Promise.resolve({ methods: [about("halftone")], palettes: [about("c64")] }) });
  await studio.offered.load();
  const take = (look: object) => studio.take(JSON.stringify({ look: "dither", method: "halftone", ...look }));
  expect([take({}), take({ method: "halftone:15" }), take({ colours: { preset: "c64" } })]).toEqual([null, null, null]);
  expect(take({ method: "nope" })).toContain("called “nope”");
  expect(take({ method: "halftone:x" })).toContain("called “halftone:x”");
  expect(take({ colours: { preset: "c65" } })).toContain("no palette is called “c65”");
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

it("asks once more for a preview that could not be had, when it is told to", () => {
  const preview = new Preview();
  preview.want("a");
  preview.came(false);
  preview.again();
  expect([preview.making, preview.failed]).toEqual(["a", false]);
  preview.came(true);
  expect([preview.shown, preview.failed]).toEqual(["a", false]);
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
