import { expect, it, vi } from "vitest";

import type { Overview } from "../host/bindings";
import type { Host } from "../host/host";
import { idle, silent } from "../host/silent.test-host";
import { App } from "./app";
import { shellCommands, type Sheet } from "./shell-commands";

const target = (name: string, signed_in = true) => ({ name, account: null, signed_in, unpublished: 1, published: 0, reviews: 0 });

async function commands(change: Partial<Overview>) {
  const asked: [string, unknown][] = [];
  const sheets: Sheet[] = [];
  const host: Host = {
    ...silent,
    call: async (name, args) => {
      asked.push([name, args]);
      return name === "overview" ? { ...idle, ...change } : "";
    },
  };
  const app = new App(host);
  await app.status.load();
  asked.length = 0;
  const all = () => shellCommands(app, (sheet) => sheets.push(sheet));
  const run = (id: string) => all().find((command) => command.id === id)?.run();
  return { app, asked, sheets, all, run };
}

it("publishes to each target that something can go out to, through its dialog", async () => {
  const one = await commands({ targets: [target("x"), target("birds", false)] });
  expect(one.all().filter(({ id }) => id.startsWith("publish-now")).map(({ label }) => label)).toEqual(["Publish now"]);
  const { all, run, sheets } = await commands({ targets: [target("x"), target("constructor")] });
  expect(all().filter(({ id }) => id.startsWith("publish-now")).map(({ label }) => label)).toEqual(["Publish on X now", "Publish on constructor now"]);
  run("publish-now-constructor");
  expect(sheets).toEqual([{ publish: "constructor" }]);
});

it("looks for photos, pauses and goes on, and exports the log", async () => {
  const { asked, sheets, run, all } = await commands({});
  run("sync-now");
  run("export-json");
  run("export-csv");
  run("pause");
  expect(asked).toEqual([
    ["sync", { full: false }],
    ["export_log", { csv: false }],
    ["export_log", { csv: true }],
  ]);
  expect(sheets).toEqual(["pause"]);
  expect(all().some(({ id }) => id === "resume")).toBe(false);
  const paused = await commands({ paused_until: "2036-01-01T00:00:00Z" });
  expect(paused.all().some(({ id }) => id === "pause")).toBe(false);
  paused.run("resume");
  expect(paused.asked).toEqual([["resume", {}]]);
});

it("lists undo always, and offers it where something can be taken back", async () => {
  const { app, all } = await commands({});
  const undo = () => all().find(({ id }) => id === "undo");
  expect(undo()).toMatchObject({ keys: "mod+z", listed: true });
  const back = vi.fn();
  app.toasts.say("Exchanged", { undo: back });
  expect(undo()?.listed).toBe(false);
  undo()?.run();
  expect(back).toHaveBeenCalledTimes(1);
});
