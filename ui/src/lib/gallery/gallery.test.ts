import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { CallError, type Host } from "../host/host";
import type { GalleryOverview, Query } from "../host/bindings";
import { GalleryState } from "./gallery.svelte";
import { silent } from "../host/silent.test-host";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const quiet = { all: 0, unpublished: 0, published: 0, held: 0, excluded: 0, missing: 0, filtered: 0 };

/** A host with so many photos of one month; `library.count` and `library.version` can change under the page. */
function opened(count: number) {
  const library = { count, version: "1" };
  const asked: { name: string; args: Record<string, unknown> }[] = [];
  const answers: Record<string, (args: Record<string, unknown>) => unknown> = {
    gallery: (): GalleryOverview => ({
      version: library.version,
      count: library.count,
      total: library.count,
      ratios: Array.from({ length: library.count }, () => 150),
      months: [{ year: 2024, month: 3, count: library.count }],
      counts: quiet,
    }),
    gallery_window: ({ offset, limit }) => ({
      version: library.version,
      stale: false,
      rows: Array.from({ length: Math.min(Number(limit), library.count - Number(offset)) }, (_, i) => ({ id: `p${Number(offset) + i}` })),
    }),
    facets: () => ({ albums: [], tags: [], cameras: [], years: [] }),
    exclude: ({ photos }) => {
      library.version += "+";
      // The first one was excluded before.
      return { done: (photos as string[]).filter((photo) => photo !== "p0").length, undo: 7, why_not: null };
    },
    mark_published: () => ({ done: 0, undo: null, why_not: "That is no address." }),
  };
  const host: Host = {
    ...silent,
    call: async (name, args) => {
      asked.push({ name, args: args as Record<string, unknown> });
      const answer = answers[name];
      if (answer === undefined) throw new CallError("rejected", "no", "try later");
      return answer(args as Record<string, unknown>);
    },
    look: () => "about:blank",
    picture: (id, size, key) => `${id}/${size}/${key}`,
  };
  return { library, asked, gallery: new GalleryState(host) };
}

const questions = (asked: { name: string; args: Record<string, unknown> }[]) =>
  asked.filter(({ name }) => name === "gallery").map(({ args }) => args["query"] as Query);

it("asks once after a pause in typing", async () => {
  const { gallery, asked } = opened(3);
  for (const text of ["l", "li", "lig"]) gallery.set({ text });
  expect(asked).toEqual([]);
  await vi.advanceTimersByTimeAsync(120);
  expect(questions(asked).map(({ text }) => text)).toEqual(["lig"]);
});

it("keeps new photos behind a banner until they are asked for", async () => {
  const { gallery, library } = opened(500);
  await gallery.load();
  library.count = 503;
  library.version = "2";
  await gallery.again();
  expect([gallery.answer?.count, gallery.news]).toEqual([500, 3]);
  gallery.showNews();
  expect([gallery.answer?.count, gallery.news, gallery.waiting]).toEqual([503, 0, null]);
});

it("shows the first photos at once, and changes that add none in place", async () => {
  const { gallery, library } = opened(0);
  await gallery.load();
  library.count = 10;
  library.version = "2";
  await gallery.again();
  expect(gallery.answer?.count).toBe(10);
  library.count = 9;
  library.version = "3";
  await gallery.again();
  expect([gallery.answer?.count, gallery.waiting]).toEqual([9, null]);
});

it("sends every chosen photo, also those never seen", async () => {
  const { gallery, asked } = opened(450);
  await gallery.load();
  gallery.chooseAll();
  const outcome = await gallery.exclude();
  expect(outcome).toMatchObject({ what: "exclude", done: 449, why_not: null });
  const sent = (call: string) => asked.filter(({ name }) => name === call).flatMap(({ args }) => args["photos"] as string[]);
  expect(new Set(sent("exclude")).size).toBe(450);
  expect([gallery.selection.count, gallery.busy]).toEqual([0, false]);
});

it("keeps the choice when the program refuses", async () => {
  const { gallery } = opened(10);
  await gallery.load();
  gallery.choose(4, { range: false, more: false });
  await expect(gallery.queue("x")).rejects.toMatchObject({ code: "rejected", whatNow: "try later" });
  expect([gallery.selection.count, gallery.busy]).toEqual([1, false]);
});

it("keeps the choice when nothing could be done, so that it can be tried otherwise", async () => {
  const { gallery } = opened(10);
  await gallery.load();
  gallery.choose(4, { range: false, more: false });
  expect(await gallery.mark("x", "no address")).toMatchObject({ done: 0, why_not: "That is no address." });
  expect(gallery.selection.count).toBe(1);
});

it("never moves photos under a choice", async () => {
  const { gallery, library } = opened(10);
  await gallery.load();
  gallery.choose(4, { range: false, more: false });
  library.version = "2";
  library.count = 9;
  await gallery.again();
  expect([gallery.answer?.count, gallery.selection.count, gallery.waiting?.count]).toEqual([10, 1, 9]);
  await expect(gallery.exclude()).rejects.toMatchObject({ code: "try_later" });
});

it("shows what the person did at once, also when a hint asks before the answer is here", async () => {
  const { gallery, library } = opened(10);
  await gallery.load();
  library.version = "2";
  library.count = 12;
  await Promise.all([gallery.again(true), gallery.again()]);
  expect([gallery.answer?.count, gallery.waiting]).toEqual([12, null]);
});

it("chooses like a desktop: one, one more, a range, none", async () => {
  const { gallery } = opened(100);
  await gallery.load();
  gallery.choose(5, { range: false, more: false });
  gallery.choose(9, { range: false, more: true });
  gallery.choose(12, { range: true, more: false });
  expect(gallery.selection.ranges).toEqual([
    [5, 6],
    [9, 13],
  ]);
  gallery.extend(10);
  expect(gallery.selection.count).toBe(3);
  gallery.choose(7, { range: false, more: false });
  gallery.choose(7, { range: false, more: false });
  expect(gallery.selection.count).toBe(0);
});

it("begins at the top for a new question and stays in place for an old one", async () => {
  const { gallery } = opened(100);
  await gallery.load();
  gallery.held = { photo: 40, part: 0.5 };
  await gallery.again();
  expect(gallery.held.photo).toBe(40);
  gallery.set({ state: "held" });
  await vi.advanceTimersByTimeAsync(1);
  expect(gallery.held.photo).toBe(0);
});
