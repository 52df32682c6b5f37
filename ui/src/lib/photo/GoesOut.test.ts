import { cleanup, fireEvent, render, screen, waitFor } from "@testing-library/svelte";
import { afterEach, beforeEach, expect, it, vi } from "vitest";

import type { Overview } from "../host/bindings";
import type { Host } from "../host/host";
import { App } from "../shell/app";
import Shell from "../shell/Shell.svelte";
import { page } from "./photo.test-page";
import { idle, silent } from "../host/silent.test-host";

beforeEach(() => {
  localStorage.clear();
  vi.stubGlobal("matchMedia", () => ({ matches: true }));
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
  location.hash = "";
});

const overview: Overview = { ...idle, ready: { source: true, synced: true, target: true }, photos: 2 };
const open = (target: string) => ({ target, account: null, standing: "unpublished", why_not: null, post_url: null, at: null, text: null, review: null, history: [] });

function opened(names: string[]): [string, unknown][] {
  const asked: [string, unknown][] = [];
  const written: Record<string, string | null> = { caption: null, alt_text: null };
  const answers: Record<string, (args: Record<string, unknown>) => unknown> = {
    overview: () => ({ ...overview, targets: names.map((name) => ({ name, account: null, signed_in: true, unpublished: 1, published: 0, reviews: 0 })) }),
    photo: ({ photo }) => page({ id: String(photo), targets: names.map(open) as never }),
    neighbours: ({ photo }) => ({ previous: photo === "1" ? null : "1", next: photo === "1" ? "2" : null, position: 0, count: 2 }),
    exif: () => ({}),
    set_words: ({ words }) => void (words as { part: string; text: string | null }[]).forEach(({ part, text }) => (written[part] = text)),
    caption_preview: ({ caption, target }) => {
      const text = String(caption ?? written["caption"] ?? "Harbour");
      return { target, text: text.slice(0, 30), weighted: text.length, limit: 30, alt_text: "", alt_units: 0, alt_limit: 1000, cost_usd: 0.015, warnings: [], written, template: { caption: "Harbour", alt_text: "" } };
    },
  };
  const host: Host = {
    call: async (name, args) => {
      asked.push([name, args]);
      const answer = answers[name];
      if (answer === undefined) throw new Error("not asked");
      return answer(args as Record<string, unknown>);
    },
    ...silent,
  };
  location.hash = "#/photo/1";
  const app = new App(host);
  app.router.start();
  render(Shell, { app });
  return asked;
}

const box = () => waitFor(() => screen.getByRole("textbox", { name: "Caption" }) as HTMLTextAreaElement);
const saved = (asked: [string, unknown][]) => asked.filter(([name]) => name === "set_words").map(([, args]) => args);

it("counts, says when it is too long, and saves for every target there is", async () => {
  const asked = opened(["x"]);
  await fireEvent.input(await box(), { target: { value: "A caption that is longer than its limit" } });
  await waitFor(() => expect(screen.getByText("39 of 30")).toBeTruthy());
  expect(screen.getByText(/Too long/)).toBeTruthy();
  expect(screen.getByText("A caption that is longer than")).toBeTruthy();
  await fireEvent.input(await box(), { target: { value: "Low tide" } });
  await fireEvent.keyDown(await box(), { key: "s", ctrlKey: true });
  await waitFor(() => expect(saved(asked)).toEqual([{ photo: "1", target: null, words: [{ part: "caption", text: "Low tide" }] }]));
  await waitFor(() => expect(screen.getByText("Your own words")).toBeTruthy());
  await fireEvent.click(screen.getByRole("button", { name: "Back to the template" }));
  await waitFor(() => expect(saved(asked)).toHaveLength(2));
});

it("keeps a draft for each target and photo", async () => {
  const asked = opened(["x", "birds"]);
  await fireEvent.input(await box(), { target: { value: "For X" } });
  await fireEvent.click(screen.getByRole("radio", { name: "birds" }));
  await waitFor(async () => expect((await box()).value).toBe("Harbour"));
  location.hash = "#/photo/2";
  await waitFor(() => expect(asked.some(([name, args]) => name === "caption_preview" && (args as { photo: string }).photo === "2")).toBe(true));
  await waitFor(async () => expect((await box()).value).toBe("Harbour"));
  location.hash = "#/photo/1";
  await waitFor(async () => expect((await box()).value).toBe("For X"));
  await fireEvent.click(screen.getByRole("button", { name: "Save" }));
  await waitFor(() => expect(saved(asked)).toEqual([{ photo: "1", target: "x", words: [{ part: "caption", text: "For X" }] }]));
});
