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
