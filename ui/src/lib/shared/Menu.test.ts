import { cleanup, fireEvent, render, screen } from "@testing-library/svelte";
import { createRawSnippet } from "svelte";
import { afterEach, expect, it, vi } from "vitest";

import Menu from "./Menu.svelte";

afterEach(cleanup);

/** A menu of two whose button carries what the menu hands it. */
function opened() {
  const runs = [vi.fn(), vi.fn()];
  const trigger = createRawSnippet<[Record<string, unknown>]>((attributes) => ({
    render: () => "<button aria-haspopup='menu'>Queue</button>",
    setup: (button) => {
      for (const event of ["click", "keydown"] as const)
        button.addEventListener(event, (happened) => (attributes()[`on${event}`] as (event: Event) => void)(happened));
    },
  }));
  const items = ["X", "Bluesky"].map((label, i) => ({ label, run: runs[i] ?? vi.fn() }));
  render(Menu, { label: "Queue", items, trigger });
  return { runs, button: screen.getByRole("button", { name: "Queue" }) };
}

const focused = () => document.activeElement?.textContent?.trim();

it("opens on its first item, walks in a circle, runs and gives the focus back", async () => {
  const { runs, button } = opened();
  await fireEvent.keyDown(button, { key: "ArrowDown" });
  const menu = await screen.findByRole("menu");
  expect(focused()).toBe("X");
  await fireEvent.keyDown(menu, { key: "ArrowDown" });
  expect(focused()).toBe("Bluesky");
  await fireEvent.keyDown(menu, { key: "ArrowDown" });
  expect(focused()).toBe("X");
  await fireEvent.click(screen.getByRole("menuitem", { name: "Bluesky" }));
  expect(runs.map((run) => run.mock.calls.length)).toEqual([0, 1]);
  expect(screen.queryByRole("menu")).toBeNull();
  expect(document.activeElement).toBe(button);
});

it("closes by Esc without doing anything", async () => {
  const { runs, button } = opened();
  await fireEvent.click(button);
  await fireEvent.keyDown(await screen.findByRole("menu"), { key: "Escape" });
  expect(screen.queryByRole("menu")).toBeNull();
  expect(document.activeElement).toBe(button);
  expect(runs.every((run) => run.mock.calls.length === 0)).toBe(true);
});
