import { cleanup, fireEvent, render, screen, waitFor } from "@testing-library/svelte";
import { afterEach, expect, it } from "vitest";

import type { Overview } from "../host/bindings";
import { CallError, LOST, type Host } from "../host/host";
import { App } from "./app";
import Shell from "./Shell.svelte";
import { idle, silent } from "../host/silent.test-host";

afterEach(() => {
  cleanup();
  location.hash = "";
});

const ANSWERS: Record<string, unknown> = {
  overview: { ...idle, home: "/home/ada/pierrot", mood: "needs_you", ready: { source: true, synced: true, target: true }, reviews: 2, targets: [{ name: "x", account: null, signed_in: true, unpublished: 0, published: 0, reviews: 2 }] } satisfies Overview,
  gallery: { version: "1", count: 0, total: 0, ratios: [], months: [], counts: { all: 0, unpublished: 0, published: 0, held: 0, excluded: 0, missing: 0, filtered: 0 } },
};

const GONE = new CallError("unreachable", "The program does not answer.", "See that it runs.");

function opened(answers = ANSWERS): App & { say: (event: unknown) => void } {
  let say: (event: unknown) => void = () => undefined;
  const host: Host = {
    ...silent,
    call: (name) => (name in answers ? Promise.resolve(answers[name]) : Promise.reject(GONE)),
    listen: (on) => {
      say = on;
      return () => undefined;
    },
  };
  const app = Object.assign(new App(host), { say: (event: unknown) => say(event) });
  app.router.start();
  app.hints.start(host);
  render(Shell, { app });
  return app;
}

const heading = () => screen.getByRole("heading", { level: 1 }).textContent;

it("leads from an empty gallery to where photos are connected, while none were read", async () => {
  opened({ ...ANSWERS, overview: { ...idle, reviews: 0 } });
  await waitFor(() => expect(screen.getByText("No photos yet")).toBeTruthy());
  expect(screen.getByRole("button", { name: "Connect your photos" })).toBeTruthy();
});

it("opens on the gallery, which teaches when it is empty", async () => {
  opened();
  await waitFor(() => expect(screen.getByText("There are no photos yet")).toBeTruthy());
  expect(screen.queryByRole("button", { name: "Connect your photos" })).toBeNull();
  expect(heading()).toBe("Gallery");
  expect(document.title).toBe("Gallery - Pierrot");
  expect(screen.getByText("2 need review")).toBeTruthy();
  expect(screen.getByRole("button", { name: "Publish now" })).toBeTruthy();
});

it("moves the focus to the heading of the screen one goes to", async () => {
  opened();
  location.hash = "#/welcome";
  window.dispatchEvent(new Event("hashchange"));
  await waitFor(() => expect(document.activeElement?.textContent).toBe("Pierrot"));
  await waitFor(() => expect(screen.getByText("Version 1.2.3")).toBeTruthy());
  expect(screen.getByText("/home/ada/pierrot")).toBeTruthy();
});

it("finds and runs a command by its letters", async () => {
  const app = opened();
  await fireEvent.keyDown(window, { key: "k", ctrlKey: true });
  const field = screen.getByRole("combobox", { name: "Commands" });
  await fireEvent.input(field, { target: { value: "gosett" } });
  expect(screen.getAllByRole("option")).toHaveLength(1);
  await fireEvent.keyDown(field, { key: "Enter" });
  await waitFor(() => expect(location.hash).toBe("#/settings"));
  expect(app.commands.all.some(({ id }) => id === "go-settings")).toBe(true);
});

it("says in words that the program does not answer, and what to do", async () => {
  opened({});
  await waitFor(() => expect(screen.getByRole("alert").textContent).toContain("The program does not answer."));
  expect(screen.getByText("The program does not answer. See that it runs.")).toBeTruthy();
  expect(screen.getByRole("button", { name: "Try again" })).toBeTruthy();
});

it("says so for as long as the line is broken, and offers nothing that cannot be", async () => {
  const answers = { ...ANSWERS };
  const { say } = opened(answers);
  const publish = () => screen.queryByRole("button", { name: "Publish now" });
  await waitFor(() => expect(publish()).toBeTruthy());
  delete answers["overview"];
  say(LOST);
  await waitFor(() => expect(screen.getByText("The program does not answer. See that it runs.")).toBeTruthy());
  expect(publish()).toBeNull();
  answers["overview"] = ANSWERS["overview"];
  say(LOST);
  await waitFor(() => expect(publish()).toBeTruthy());
});
