import { expect, it } from "vitest";

import type { PhotoPage } from "../host/bindings";
import { CallError, type Host } from "../host/host";
import { EVERYTHING } from "../gallery/query";
import { factsOf } from "./facts";
import { PhotoState } from "./photo.svelte";
import { page } from "./photo.test-page";
import { silent } from "../host/silent.test-host";

function opened(answers: Record<string, (args: Record<string, unknown>) => unknown>) {
  const asked: [string, Record<string, unknown>][] = [];
  const host: Host = {
    ...silent,
    call: async (name, args) => {
      asked.push([name, args as Record<string, unknown>]);
      const answer = answers[name];
      if (answer === undefined) throw new CallError("failed", "no");
      return answer(args as Record<string, unknown>);
    },
  };
  return { asked, photo: new PhotoState(host, () => EVERYTHING) };
}

const exif = { camera: "Canon", lens: null, exposure: "1/8 s", aperture: "f/8", iso: 100, focal_length: null };
const around = () => ({ previous: null, next: "2", position: 0, count: 2 });

it("asks the source for the exposure only when it is not known yet", async () => {
  const { asked, photo } = opened({ photo: ({ photo: id }) => page({ id: String(id), exif: id === "2" ? exif : null }), exif: () => exif, neighbours: around });
  await photo.open("1");
  expect(photo.exif.value).toEqual(exif);
  await photo.open("2");
  expect(photo.exif.value).toEqual(exif);
  expect(asked.filter(([name]) => name === "exif")).toHaveLength(1);
});

it("shows nothing of the photo before while the next one comes", async () => {
  const { photo } = opened({ photo: ({ photo: id }) => page({ id: String(id) }), exif: () => exif, neighbours: around });
  await photo.open("1");
  const opening = photo.open("2");
  expect([photo.page.value, photo.neighbours.value, photo.exif.value]).toEqual([null, null, null]);
  await opening;
  expect(photo.page.value?.id).toBe("2");
});

it("reads the photo again after what a person did to it", async () => {
  let excluded = false;
  const { photo } = opened({
    photo: () => page({ excluded }),
    neighbours: around,
    exclude: () => {
      excluded = true;
      return { done: 1, to_undo: ["1"], why_not: null };
    },
  });
  await photo.open("1");
  await photo.exclude();
  expect(photo.page.value?.excluded).toBe(true);
  await expect(photo.queue("x")).rejects.toBeInstanceOf(CallError);
});

it("names only what is known, and a date no finer than it is meant", () => {
  const text = (change: Partial<PhotoPage>) => factsOf(page(change), null).find(({ name }) => name === "Taken")?.text;
  expect(text({ taken_precision: "year" })).toBe("2013");
  expect(text({ taken_precision: "month" })).toBe("October 2013");
  expect(text({})).toContain("14:06");
  expect(factsOf(page({ taken: null, width: 0 }), null).map(({ name }) => name)).toEqual(["Privacy", "Licence"]);
  expect(factsOf(page(), exif).find(({ name }) => name === "Exposure")?.text).toBe("1/8 s  f/8  ISO 100");
});
