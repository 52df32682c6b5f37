import { expect, it } from "vitest";

import { CallError } from "../host/host";
import { Loaded } from "./loaded.svelte";

it("keeps what it had while it reads, and says why it could not", async () => {
  const answers: (() => Promise<number>)[] = [async () => 1, () => Promise.reject(new CallError("failed", "no"))];
  const loaded = new Loaded(() => (answers.shift() ?? (async () => 0))());
  await loaded.load();
  expect([loaded.value, loaded.trouble, loaded.busy]).toEqual([1, null, false]);
  await loaded.load();
  expect([loaded.value, loaded.trouble?.message, loaded.busy]).toEqual([1, "no", false]);
});

it("a later reading overtakes an earlier one", async () => {
  const open: ((value: number) => void)[] = [];
  const loaded = new Loaded(() => new Promise<number>((done) => open.push(done)));
  const first = loaded.load();
  const second = loaded.load();
  open[1]?.(2);
  await second;
  open[0]?.(1);
  await first;
  expect(loaded.value).toBe(2);
  const third = loaded.load();
  loaded.take(9);
  open[2]?.(3);
  await third;
  expect([loaded.value, loaded.busy]).toEqual([9, false]);
});
