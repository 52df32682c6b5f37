import { cleanup, render, screen, waitFor } from "@testing-library/svelte";
import { afterEach, beforeEach, expect, it } from "vitest";

import type { Overview, Settings } from "../host/bindings";
import { CallError, type Host } from "../host/host";
import { page } from "../photo/photo.test-page";
import { App } from "./app";
import Shell from "./Shell.svelte";
import { idle, silent } from "../host/silent.test-host";

beforeEach(() => void (location.hash = ""));
afterEach(cleanup);

const overview: Overview = { ...idle, home: "/home/ada/pierrot" };

const target = { caption: "{title}", alt: "", link: false, max_text: 280, max_side: 4096, sensitive: { hold: [], adult_content: [], graphic_violence: [], other: [] } };
const settings = {
  flickr: { user: "me", never: [], albums: [] },
  targets: { x: target },
  record: { kind: "folder", path: "record", bucket: "" },
  schedule: { sync: "daily 04:00" },
  appearance: { theme: "system", language: "system" },
} as unknown as Settings;

const ANSWERS: Record<string, unknown> = {
  overview,
  settings,
  photo: page(),
  neighbours: { previous: null, next: null, position: 0, count: 1 },
  exif: { camera: null, lens: null, exposure: null, aperture: null, iso: null, focal_length: null },
  plan: { rows: [], costs: [], queues: [], rules: [{ name: "x", rule: "off", in_words: "Never" }], zone: "Etc/UTC", paused_until: null, ends: [] },
  runs: [],
  reviews: [],
  mosaics: [],
  mosaic_tiles: { prepared: 0, possible: 0, wanting: 0 },
  gallery: { version: "1", count: 0, total: 0, ratios: [], months: [], counts: {} },
  posts: { total: 0, posts: [] },
  log: { total: 0, entries: [] },
  doctor: { healthy: false, home: "", checks: [] },
  secrets: { set: [], known: [], trouble: "No keyring is unlocked.", logins: {} },
};

function opened(hash: string, answers: Record<string, unknown>): void {
  const host: Host = {
    ...silent,
    call: (name) => (name in answers ? Promise.resolve(answers[name]) : Promise.reject(new CallError("failed", "The engine says no.", "Try this instead."))),
  };
  location.hash = hash;
  const app = new App(host);
  app.router.start();
  render(Shell, { app });
}

it.each([
  ["#/photo/1", "Where it stands"],
  ["#/plan", "Nothing is planned"],
  ["#/activity", "Nothing has happened yet"],
  ["#/accounts", "The keyring cannot be used: No keyring is unlocked."],
  ["#/settings", "Captions"],
  ["#/mosaic", "No photos to build with"],
  ["#/welcome", "Connect Flickr"],
])("%s teaches where there is nothing yet", async (hash, words) => {
  opened(hash, ANSWERS);
  await waitFor(() => expect(screen.getAllByText(words).length).toBeGreaterThan(0));
  expect(screen.getAllByRole("heading", { level: 1 })).toHaveLength(1);
  expect(screen.queryByText("This screen stopped.")).toBeNull();
});

it.each(["#/photo/1", "#/plan", "#/activity", "#/accounts", "#/settings", "#/welcome", "#/mosaic/1", "#/mosaic/of/1"])("%s says what went wrong and what to do now", async (hash) => {
  opened(hash, { overview });
  await waitFor(() => expect(screen.getByRole("alert").textContent).toContain("The engine says no."));
  expect(screen.getByRole("alert").textContent).toContain("Try this instead.");
  expect(screen.getByRole("button", { name: "Try again" })).toBeTruthy();
});

it("begins at the beginning where nothing is set up, and only there", async () => {
  opened("", ANSWERS);
  await waitFor(() => expect(location.hash).toBe("#/welcome"));
  cleanup();
  opened("#/plan", ANSWERS);
  await waitFor(() => expect(screen.getAllByText("Nothing is planned").length).toBeGreaterThan(0));
  expect(location.hash).toBe("#/plan");
});
