import { expect, it } from "vitest";

import type { GalleryCell, GalleryWindow } from "../host/bindings";
import { PAGE, Windows } from "./windows";

interface Asked {
  page: number;
  answer: (version?: string) => Promise<void>;
  refuse: () => Promise<void>;
}

const row = (id: number): GalleryCell => ({
  id: String(id),
  title: "",
  taken: null,
  ratio: 100,
  state: "unpublished",
  published: [],
  video: false,
  thumb: "a1",
  thumbhash: null,
});

const settle = () => new Promise<void>((done) => setTimeout(done));

/** Windows whose host answers when it is told to. */
function opened() {
  const asked: Asked[] = [];
  const heard = { changed: 0, outdated: 0 };
  const fetch = (offset: number, limit: number) =>
    new Promise<GalleryWindow>((resolve, reject) => {
      asked.push({
        page: offset / PAGE,
        answer: (version = "1") => {
          resolve({ version, stale: version !== "1", rows: Array.from({ length: limit }, (_, i) => row(offset + i)) });
          return settle();
        },
        refuse: () => {
          reject(new Error("no"));
          return settle();
        },
      });
    });
  const windows = new Windows("1", fetch, () => (heard.changed += 1), () => (heard.outdated += 1));
  return { asked, heard, windows };
}

it("fetches what is wanted once, the middle first", async () => {
  const { asked, heard, windows } = opened();
  windows.want(0, 600);
  windows.want(0, 600);
  expect(asked.map(({ page }) => page)).toEqual([1, 0]);
  await asked[0]?.answer();
  expect(windows.row(PAGE + 3)?.id).toBe(String(PAGE + 3));
  expect(windows.row(3)).toBeNull();
  expect(heard.changed).toBe(1);
  expect(asked.map(({ page }) => page)).toEqual([1, 0, 2]);
});

it("never asks for pages that were scrolled away before their turn", async () => {
  const { asked, windows } = opened();
  windows.want(0, 400);
  for (let at = 1; at < 50; at += 1) windows.want(at * 1000, at * 1000 + 100);
  await asked[0]?.answer();
  await asked[1]?.answer();
  await settle();
  expect(asked.map(({ page }) => page)).toEqual([0, 1, 245]);
});

it("refuses rows of another version and says that it is outdated", async () => {
  const { asked, heard, windows } = opened();
  windows.want(0, 10);
  await asked[0]?.answer("2");
  expect(windows.row(0)).toBeNull();
  expect(heard).toEqual({ changed: 0, outdated: 1 });
});

it("leaves a page alone that failed, and goes on with the next", async () => {
  const { asked, windows } = opened();
  windows.want(0, 10);
  await asked[0]?.refuse();
  windows.want(0, 10);
  windows.want(400, 410);
  expect(asked.map(({ page }) => page)).toEqual([0, 2]);
});

it("lets an earlier version stand in for the eye, but never for ids", async () => {
  const old = opened();
  old.windows.want(0, 10);
  await old.asked[0]?.answer();
  const { asked, windows } = opened();
  windows.standIn(old.windows);
  expect(windows.row(7)?.id).toBe("7");
  void windows.ids([[7, 8]]);
  expect(asked.map(({ page }) => page)).toEqual([0]);
});

it("asks again for what failed once it is forgiven", async () => {
  const { asked, windows } = opened();
  windows.want(0, 10);
  await asked[0]?.refuse();
  windows.forgive();
  windows.want(0, 10);
  expect(asked.map(({ page }) => page)).toEqual([0, 0]);
});

it("gathers the ids of ranges, fetching what is not here", async () => {
  const { asked, windows } = opened();
  const ids = windows.ids([
    [1, 3],
    [PAGE - 1, PAGE + 1],
  ]);
  await asked[0]?.answer();
  await asked[1]?.answer();
  await asked[2]?.answer();
  expect(await ids).toEqual(["1", "2", String(PAGE - 1), String(PAGE)]);
});
