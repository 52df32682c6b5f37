import { cleanup, fireEvent, render, screen, waitFor } from "@testing-library/svelte";
import { afterEach, beforeEach, expect, it, vi } from "vitest";

import type { Host } from "../host/host";
import { App } from "../shell/app";
import Shell from "../shell/Shell.svelte";
import { page } from "./photo.test-page";
import { silent } from "../host/silent.test-host";

// Toasts come without moving, so that none is cut off in the middle.
beforeEach(() => void vi.stubGlobal("matchMedia", () => ({ matches: true })));
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
  location.hash = "";
});

const report = { outcome: "dry_run", photo_id: "1", target: "birds", text: "Harbour", alt_text: "", cost_usd: 0.02, bytes: 1, width: 1, height: 1, reason: "", warnings: [] };
const target = { target: "birds", account: null, standing: "unpublished", why_not: null, post_url: null, at: null, text: null, review: null, history: [] };

function opened(outcome: string, photo: string | null = "1"): [string, unknown][] {
  const asked: [string, unknown][] = [];
  const answers: Record<string, unknown> = {
    photo: page({ targets: [target] as never }),
    neighbours: { previous: null, next: null, position: 0, count: 1 },
    exif: {},
    rehearse: { ...report, outcome, photo_id: photo, reason: "All is published" },
    publish: 7,
  };
  const host: Host = {
    ...silent,
    call: async (name, args) => {
      asked.push([name, args]);
      if (!(name in answers)) throw new Error("not asked");
      return answers[name];
    },
  };
  location.hash = "#/photo/1";
  const app = new App(host);
  app.router.start();
  render(Shell, { app });
  return asked;
}

async function rehearsed(): Promise<HTMLElement> {
  await waitFor(() => screen.getByRole("button", { name: "Publish now" }));
  await fireEvent.click(screen.getByRole("button", { name: "Publish now" }));
  return waitFor(() => screen.getByRole("button", { name: "Publish" }));
}

it("sends exactly what was shown, to the target that was meant", async () => {
  const asked = opened("dry_run");
  const button = await rehearsed();
  await waitFor(() => expect(button.hasAttribute("disabled")).toBe(false));
  await fireEvent.click(button);
  await waitFor(() => expect(asked.filter(([name]) => name === "publish")).toEqual([["publish", { target: "birds", photo: "1", look: null }]]));
});

it("sends nothing that could not go out, and says why", async () => {
  const asked = opened("nothing_left");
  const button = await rehearsed();
  await waitFor(() => expect(screen.getByText(/All is published/)).toBeTruthy());
  expect(button.hasAttribute("disabled")).toBe(true);
  expect(asked.some(([name]) => name === "publish")).toBe(false);
});

it("says nothing of a photo where there is none", async () => {
  opened("nothing_left", null);
  await rehearsed();
  await waitFor(() => expect(screen.getByText(/^There is nothing to publish: All is published\./)).toBeTruthy());
  expect(screen.queryByText(/No alt text/)).toBeNull();
});
