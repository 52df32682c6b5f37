import { expect, it } from "vitest";

import type { Run } from "../host/bindings";
import type { Host } from "../host/host";
import { ActivityState, stepsOf } from "./activity.svelte";
import { silent } from "../host/silent.test-host";

const run = (id: number): Run => ({
  id,
  job: "publish",
  target: "x",
  slot: null,
  by_itself: false,
  started_at: "2026-11-24T11:24:49Z",
  ended_at: null,
  took_ms: null,
  ending: null,
  summary: "",
  what_now: null,
  code: null,
  not_before: null,
  outcome: null,
  photo: null,
  text: null,
  post_url: null,
  cost_usd: null,
  steps: [
    { what: "claimed", at_ms: 57 },
    { what: "prepared", at_ms: 3_729 },
    { what: "sending", at_ms: 3_700 },
  ],
});

const entries = [
  { seq: 1, at: "a", type: "claimed", photo: "7", target: "x", attempt: "A" },
  { seq: 2, at: "b", type: "sending", photo: "7", target: "x", attempt: "A", frozen: { text: "Dusk", cost_usd: 0.02 } },
  { seq: 3, at: "c", type: "posted", photo: "7", target: "x", attempt: "A", post_url: "https://x.com/a/status/1", text: "Dusk", seen: "answer" },
  { seq: 4, at: "d", type: "from the future", nested: { word: "Hafen" } },
];

function opened(count: number) {
  const asked: [string, unknown][] = [];
  const host: Host = {
    ...silent,
    call: async (name, args) => {
      asked.push([name, args]);
      const { limit } = args as { limit: number };
      if (name === "runs") return Array.from({ length: Math.min(limit, count) }, (_, i) => run(count - i));
      if (name === "posts") return { total: 100, posts: Array.from({ length: Math.min(limit, 100) }) };
      if (name === "log") return { total: 4, entries, titles: {} };
      return [];
    },
  };
  return { asked, activity: new ActivityState(host) };
}

it("shows runs by pages and knows when there are no more", async () => {
  const { activity } = opened(45);
  await activity.load();
  expect([activity.runs.value?.length, activity.moreRuns]).toEqual([30, true]);
  await activity.showMoreRuns();
  expect([activity.runs.value?.length, activity.moreRuns]).toEqual([45, false]);
});

it("shows more publications when asked, whatever the log's newest lines are", async () => {
  const { activity } = opened(0);
  await activity.load();
  expect([activity.posts.value?.posts.length, activity.posts.value?.total]).toEqual([60, 100]);
  await activity.showMorePosts();
  expect(activity.posts.value?.posts.length).toBe(100);
});

it("sifts the log by kind and by any word in it, newest first", async () => {
  const { activity } = opened(0);
  await activity.load();
  expect(activity.shown.map(({ seq }) => seq)).toEqual([4, 3, 2, 1]);
  activity.text = "hafen";
  expect(activity.shown.map(({ seq }) => seq)).toEqual([4]);
  activity.text = "";
  activity.kind = "posted";
  expect(activity.shown.map(({ seq }) => seq)).toEqual([3]);
});

it("finds entries by the title of their photo, and names the photo that was marked", async () => {
  const { activity } = opened(0);
  await activity.load();
  const marked = { seq: 5, at: "e", type: "imported", target: "x", by_hand: true, photo_id: "8", published: { "8": { photo_title: "Quay" } } };
  activity.log.take({ total: 5, entries: [...entries, marked], titles: { "7": "Lighthouse", "8": "Quay" } });
  expect(activity.lines[0]).toMatchObject({ kind: "marked", photo: "8" });
  activity.text = "lightHOUSE";
  expect(activity.shown.map(({ seq }) => seq)).toEqual([3, 2, 1]);
});

it("answers in the words the engine takes", async () => {
  const { asked, activity } = opened(0);
  await activity.answer("r", { posted: "https://x.com/a/status/1" });
  await activity.answer("r", "skip");
  expect(asked).toEqual([
    ["answer", { review: "r", answer: { posted: "https://x.com/a/status/1" } }],
    ["answer", { review: "r", answer: "skip" }],
  ]);
});

it("a step took the time since the one before, never less than none", () => {
  expect(stepsOf(run(1))).toEqual([
    { what: "claimed", tookMs: 57 },
    { what: "prepared", tookMs: 3_672 },
    { what: "sending", tookMs: 0 },
  ]);
});
