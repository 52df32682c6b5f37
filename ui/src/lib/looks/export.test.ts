import { expect, it } from "vitest";

import type { Host } from "../host/host";
import { silent } from "../host/silent.test-host";
import { Export } from "./export.svelte";

const look = { look: "dither" } as const;

function opened() {
  const runs: unknown[] = [];
  const call: Host["call"] = (name) => Promise.resolve(name === "runs" ? runs : 7);
  return { file: new Export({ ...silent, call }), runs };
}

it("says where its file is once its own run ended well", async () => {
  const { file, runs } = opened();
  runs.push({ id: 6, ending: "done", summary: "Saved as /looks/other.png" }, { id: 7, ending: null, summary: "" });
  await file.make("p", look);
  expect(file.path).toBeNull();
  runs[1] = { id: 7, ending: "done", summary: "Saved as /home/ada/my looks/p-1.png" };
  await file.follow();
  expect(file.path).toBe("/home/ada/my looks/p-1.png");
});

it("a run that was over before its number was known is not missed, and the next one begins anew", async () => {
  const { file, runs } = opened();
  runs.push({ id: 7, ending: "done", summary: "Saved as C:\\looks\\p-1.png" });
  await file.make("p", look);
  expect(file.path).toBe("C:\\looks\\p-1.png");
  runs[0] = { id: 7, ending: "failed", summary: "The disk is full." };
  await file.make("p", look);
  expect(file.path).toBeNull();
});
