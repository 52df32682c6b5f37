import { cleanup, fireEvent, render, screen, waitFor } from "@testing-library/svelte";
import { afterEach, beforeEach, expect, it, vi } from "vitest";

import type { Overview } from "../host/bindings";
import { CallError, type Host } from "../host/host";
import { idle, silent } from "../host/silent.test-host";
import { App } from "../shell/app";
import Shell from "../shell/Shell.svelte";

beforeEach(() => void vi.stubGlobal("matchMedia", () => ({ matches: true })));
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
  location.hash = "";
});

it("the first reading can be cancelled beside its progress, and tells how long it still takes", async () => {
  const asked: [string, unknown][] = [];
  const under = { run: 7, job: "sync", target: null, doing: "page 1 of 40, 500 photos", progress: 0.025, left_s: 600, can_be_cancelled: true } as const;
  const answers: Record<string, unknown> = {
    overview: { ...idle, ready: { source: true, synced: false, target: false }, under_way: under } satisfies Overview,
    settings: { flickr: { user: "me", never: [], albums: [] }, targets: {}, record: { kind: "folder", path: "record", bucket: "" } },
    secrets: { set: [], known: [], trouble: null, logins: {} },
    doctor: { healthy: true, home: "", checks: [] },
    cancel: true,
  };
  const host: Host = {
    ...silent,
    call: async (name, args) => {
      asked.push([name, args]);
      if (!(name in answers)) throw new CallError("failed", "not asked");
      return answers[name];
    },
  };
  location.hash = "#/welcome";
  const app = new App(host);
  app.router.start();
  render(Shell, { app });
  const cancel = await waitFor(() => screen.getAllByRole("button", { name: "Cancel" }).find((button) => button.textContent?.trim() === "Cancel") as HTMLElement);
  expect(screen.getByRole("main").textContent).toContain("about 10 min left");
  expect(screen.getByRole("main").textContent).not.toContain("a second");
  await fireEvent.click(cancel);
  await waitFor(() => expect(asked).toContainEqual(["cancel", { run: 7 }]));
  expect(await screen.findByText("Stops after what is under way")).toBeTruthy();
});
