import { cleanup, fireEvent, render, screen } from "@testing-library/svelte";
import { afterEach, beforeEach, expect, it } from "vitest";

import type { Overview } from "../host/bindings";
import { CallError, type Host } from "../host/host";
import { idle, silent } from "../host/silent.test-host";
import { App } from "../shell/app";
import Shell from "../shell/Shell.svelte";

beforeEach(() => void (location.hash = "#/settings"));
afterEach(() => {
  cleanup();
  location.hash = "";
});

async function opened(part: string): Promise<void> {
  const answers: Record<string, unknown> = {
    overview: { ...idle, ready: { source: true, synced: true, target: true } } satisfies Overview,
    settings: { flickr: { never: [], albums: ["birds", "Bridges"], albums_exclude: ["7"], tags: [], tags_exclude: [] }, targets: {}, gallery: { cache_mb: 512 } },
    facets: { version: "1", albums: [{ id: "7", title: "Birds", count: 1 }], tags: [], cameras: [], years: [], targets: [] },
  };
  const host: Host = { ...silent, call: (name) => (name in answers ? Promise.resolve(answers[name]) : Promise.reject(new CallError("failed", "not asked"))) };
  const app = new App(host);
  app.router.start();
  render(Shell, { app });
  await screen.findByRole("heading", { level: 2 });
  await fireEvent.click(screen.getByRole("button", { name: part }));
}

it("names an album that does not exist so far, under its field", async () => {
  await opened("What may go out");
  expect(await screen.findByText("No album is called “Bridges”. It counts once there is one.")).toBeTruthy();
  expect(screen.queryAllByText(/^No album/)).toHaveLength(1);
});

it("asks for as much room for thumbnails as the engine needs", async () => {
  await opened("Data");
  expect((await screen.findByLabelText<HTMLInputElement>("Room for thumbnails, MB")).min).toBe("20");
});
