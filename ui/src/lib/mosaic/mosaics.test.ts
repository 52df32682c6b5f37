import { expect, it } from "vitest";

import type { Host } from "../host/host";
import { silent } from "../host/silent.test-host";
import { CELL_SIDES, COLUMNS, fileOf, MosaicsState, planOf, SIDE_MAX } from "./mosaics.svelte";

function opened(answers: Record<string, () => unknown>) {
  const asked: [string, unknown][] = [];
  const call: Host["call"] = (name, args) => {
    asked.push([name, args]);
    return Promise.resolve(answers[name]?.() ?? []);
  };
  return { mosaics: new MosaicsState({ ...silent, call }), asked };
}

it("the rows follow from the shape of the photo", () => {
  expect(planOf(60, 64, 3 / 2)).toEqual({ columns: 60, rows: 40, cells: 2400, width: 3840, height: 2560, tooLarge: false });
  expect(planOf(20, 32, 2 / 3).rows).toBe(30);
  expect(planOf(20, 32, 1000).rows).toBe(1);
});

it("never asks for a mosaic longer than it may be, and says which are", () => {
  for (const ratio of [0.2, 0.66, 1, 1.5, 3])
    for (const side of CELL_SIDES) {
      const { width, height, tooLarge } = planOf(COLUMNS.max, Number(side), ratio);
      expect(tooLarge).toBe(Math.max(width, height) > SIDE_MAX);
    }
  expect(planOf(COLUMNS.max, 128, 2 / 3).tooLarge).toBe(true);
});

it("asks for what the form says, and has the mosaic once its run ended well", async () => {
  const old = { id: "old", photo: "p" };
  let list: unknown[] = [old];
  let ending: string | null = null;
  const { mosaics, asked } = opened({ mosaics: () => list, make_mosaic: () => 7, runs: () => [{ id: 8, ending: "done" }, { id: 7, ending }] });
  await mosaics.load();
  mosaics.columns = 30;
  mosaics.capped = true;
  await mosaics.make("p");
  expect(asked.at(-1)).toEqual(["make_mosaic", { photo: "p", cell_px: 64, look: mosaics.recipe }]);
  await mosaics.load();
  expect(mosaics.making?.run).toBe(7);
  list = [{ id: "other", photo: "q" }, { id: "new", photo: "p" }, old];
  ending = "done";
  await mosaics.load();
  expect([mosaics.making, mosaics.made?.id]).toEqual([null, "new"]);
});

it("a run that ended otherwise leaves the form as it was", async () => {
  const { mosaics } = opened({ make_mosaic: () => 7, runs: () => [{ id: 7, ending: "cancelled" }], mosaics: () => [{ id: "m", photo: "p" }] });
  await mosaics.make("p");
  await mosaics.load();
  expect([mosaics.making, mosaics.made]).toEqual([null, null]);
});

it("asks once for a cell that is clicked twice", async () => {
  const { mosaics, asked } = opened({ mosaic_cell: () => ({ photo: "p", title: "Harbour", x: 192, y: 256, side: 64, distance: 1 }) });
  await mosaics.pick("m", { x: 200.7, y: 256.2 });
  await mosaics.pick("m", { x: 255.9, y: 300 });
  expect(asked).toEqual([["mosaic_cell", { id: "m", x: 200, y: 256 }]]);
  await mosaics.pick("m", { x: 256, y: 300 });
  expect(asked).toHaveLength(2);
  mosaics.unpick();
  expect([mosaics.picked, mosaics.cell.value]).toEqual([null, null]);
});

it("what was seen of a mosaic goes with it", async () => {
  const { mosaics, asked } = opened({});
  mosaics.views.set("m", { x: 1, y: 2, scale: 3 });
  await mosaics.remove("m");
  expect(mosaics.views.size).toBe(0);
  expect(asked.map(([name]) => name)).toEqual(["remove_mosaic", "mosaics"]);
});

it("reads back every recipe it writes", () => {
  const { mosaics } = opened({});
  for (const more of [{}, { layout: "collage" }, { cap: 7 }, { last_published: 500 }, { cap: 1, last_published: 10 }]) {
    const json = JSON.stringify({ look: "mosaic", columns: 80, distance: 0, adjust: 20, ...more });
    expect(mosaics.take(json)).toBeNull();
    expect(mosaics.json).toBe(json);
  }
  expect(mosaics.take('{"look":"mosaic","columns":30,"cap":null,"last_published":null}')).toBeNull();
  expect(mosaics.json).toBe('{"look":"mosaic","columns":30,"distance":3,"adjust":0}');
});

it.each([
  ["", "no recipe"],
  ["null", "no recipe"],
  ['{"look":"dither"}', "Choose “Dither” above"],
  ['{"look":"mosaic"}', "“columns” has to be a whole number from 2 to 400"],
  ['{"look":"mosaic","columns":401}', "“columns” has to be"],
  ['{"look":"mosaic","columns":"60"}', "“columns” has to be"],
  ['{"look":"mosaic","columns":60,"adjust":101}', "“adjust” has to be"],
  ['{"look":"mosaic","columns":60,"distance":65}', "“distance” has to be"],
  ['{"look":"mosaic","columns":60,"cap":0}', "“cap” has to be"],
  ['{"look":"mosaic","columns":60,"last_published":1.5}', "“last_published” has to be"],
  ['{"look":"mosaic","columns":60,"layout":"heap"}', "grid, brick, collage, adaptive"],
  ['{"look":"mosaic","columns":60,"sparkle":1}', "Leave it out"],
])("takes no mosaic that cannot be laid, and says why: %s", (json, why) => {
  const { mosaics } = opened({});
  const before = mosaics.json;
  expect(mosaics.take(json)).toContain(why);
  expect(mosaics.json).toBe(before);
});

it("only the photos published last are chosen from, where that is asked", async () => {
  const { mosaics, asked } = opened({ mosaic_tiles: () => ({ prepared: 0, possible: 1300, wanting: 1300 }), make_mosaic: () => 7 });
  expect(mosaics.among(900)).toBeNull();
  await mosaics.load();
  expect(mosaics.among(900)).toBe(1300);
  mosaics.newest = true;
  expect([mosaics.among(900), mosaics.among(12)]).toEqual([500, 12]);
  await mosaics.make("p");
  expect(asked.at(-1)).toEqual(["make_mosaic", { photo: "p", cell_px: 64, look: mosaics.recipe }]);
});

it("says where the picture of a mosaic is as this computer writes its paths", () => {
  expect(fileOf("/home/ada/pierrot", "m")).toBe("/home/ada/pierrot/mosaics/m/mosaic.jpg");
  expect(fileOf("C:\\Users\\ada\\pierrot", "m")).toBe("C:\\Users\\ada\\pierrot\\mosaics\\m\\mosaic.jpg");
});
