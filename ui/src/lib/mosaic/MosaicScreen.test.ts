import { cleanup, fireEvent, render, screen, waitFor } from "@testing-library/svelte";
import { afterEach, beforeEach, expect, it, vi } from "vitest";

import type { Host } from "../host/host";
import { idle, silent } from "../host/silent.test-host";
import { page } from "../photo/photo.test-page";
import { App } from "../shell/app";
import Shell from "../shell/Shell.svelte";

beforeEach(() => vi.stubGlobal("matchMedia", () => ({ matches: true })));
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
  location.hash = "";
});

const mosaic = { id: "m", photo: "1", title: "Harbour", made_at: "2026-11-28T10:00:00Z", columns: 60, rows: 40, cell_px: 64, width: 3840, height: 2560, tiles: 300, tiles_used: 200, adjust: 0, distance: 3, layout: "grid", bytes: 4_000_000 };

const recipe = { look: "mosaic", columns: 60, distance: 3, adjust: 0 };
const unpublished = { target: "birds", account: null, standing: "unpublished", why_not: null, post_url: null, at: null, text: null, review: null, history: [] };
const settings = {
  looks: { Newsprint: '{"look":"dither"}', "All of them": JSON.stringify({ ...recipe, columns: 90 }) },
  targets: { birds: { look: "Newsprint", look_every: 1 } },
};

function opened(hash: string, change: Record<string, unknown> = {}, around: Partial<Host> = {}) {
  const asked: [string, unknown][] = [];
  const answers: Record<string, unknown> = {
    overview: { ...idle, ready: { source: true, synced: true, target: true } },
    photo: page({ id: "1" }),
    neighbours: { previous: null, next: "2", position: 0, count: 2 },
    exif: {},
    mosaics: [mosaic],
    mosaic_tiles: { prepared: 1240, possible: 1300, wanting: 60 },
    mosaic_cell: { photo: "1", title: "Harbour", x: 0, y: 0, side: 64, distance: 1 },
    make_mosaic: 7,
    cancel: true,
    runs: [],
    settings,
    change_settings: settings,
    ...change,
  };
  const call: Host["call"] = (name, args) => {
    asked.push([name, args]);
    return name in answers ? Promise.resolve(answers[name]) : Promise.reject(new Error(`not asked for: ${name}`));
  };
  location.hash = hash;
  const app = new App({ ...silent, call, ...around });
  app.router.start();
  render(Shell, { app });
  return { app, asked };
}

it("says what the mosaic of a photo would be, and of how many photos", async () => {
  opened("#/mosaic/of/1");
  await waitFor(() => expect(screen.getByText("40 rows, 2,400 cells")).toBeTruthy());
  expect(screen.getByText("3,840 × 2,560 px, 9.8 megapixels")).toBeTruthy();
  await waitFor(() => expect(screen.getByText("1,240 of 1,300 photos ready. The others are fetched first. Each is used about 2 times.")).toBeTruthy());
});

it("makes one and can be stopped where it was begun", async () => {
  const { asked } = opened("#/mosaic/of/1");
  await fireEvent.click(await screen.findByRole("button", { name: "Make mosaic" }));
  await fireEvent.click(await screen.findByRole("button", { name: "Cancel" }));
  expect(asked).toContainEqual(["make_mosaic", { photo: "1", cell_px: 64, look: { look: "mosaic", columns: 60, distance: 3, adjust: 0 } }]);
  await waitFor(() => expect(asked).toContainEqual(["cancel", { run: 7 }]));
});

it("a limit that cannot hold is refused before anything begins", async () => {
  opened("#/mosaic/of/1", { mosaic_tiles: { prepared: 100, possible: 100, wanting: 0 } });
  await fireEvent.click(await screen.findByRole("switch", { name: "Limit how often a photo is used" }));
  await waitFor(() => expect(screen.getByText("2,400 cells need each photo 24 times.")).toBeTruthy());
  expect((screen.getByRole("button", { name: "Make mosaic" }) as HTMLButtonElement).disabled).toBe(true);
});

it("where nothing is published yet, there is nothing to build with", async () => {
  const { app } = opened("#/mosaic/of/1");
  await fireEvent.click(await screen.findByRole("switch", { name: "Only the photos published last" }));
  await screen.findByText("None is published so far, so there is nothing to build with.");
  await waitFor(() => expect((screen.getByRole("button", { name: "Make mosaic" }) as HTMLButtonElement).disabled).toBe(true));
  app.status.now = { ...idle, published: 12 };
  await screen.findByText("12 published so far.");
  expect((screen.getByRole("button", { name: "Make mosaic" }) as HTMLButtonElement).disabled).toBe(false);
});

it("a photo that was found in a mosaic leads back to it", async () => {
  opened("#/mosaic/m");
  await screen.findByRole("application", { name: "Mosaic of Harbour" });
  location.hash = "#/photo/1";
  await fireEvent.click(await screen.findByRole("button", { name: "Back to the mosaic" }));
  await waitFor(() => expect(location.hash).toBe("#/mosaic/m"));
});

it("asks before it removes one", async () => {
  const { asked } = opened("#/mosaic/m");
  await fireEvent.click(await screen.findByRole("button", { name: "Remove Mosaic of Harbour" }));
  expect(asked.some(([name]) => name === "remove_mosaic")).toBe(false);
  await fireEvent.click(screen.getByRole("button", { name: "Remove" }));
  await waitFor(() => expect(asked).toContainEqual(["remove_mosaic", { id: "m" }]));
});

it("one that is gone leaves its place to the others", async () => {
  opened("#/mosaic/gone");
  await waitFor(() => expect(location.hash).toBe("#/mosaic"));
});

it("keeps what the form says by name, and lists only mosaics", async () => {
  const { asked } = opened("#/mosaic/of/1");
  await screen.findByRole("button", { name: "All of them" });
  expect(screen.queryByRole("button", { name: "Newsprint" })).toBeNull();
  await fireEvent.click(screen.getByRole("switch", { name: "Only the photos published last" }));
  await fireEvent.change(screen.getByLabelText("How many of them"), { target: { value: "5" } });
  await fireEvent.input(screen.getByLabelText("Name"), { target: { value: "The newest" } });
  await fireEvent.click(screen.getByRole("button", { name: "Keep" }));
  await waitFor(() => expect(asked).toContainEqual(["change_settings", { changes: { "looks.The newest": JSON.stringify({ ...recipe, last_published: 10 }) } }]));
});

it("a kept mosaic sets the sliders, and takes the place of one that has other cells", async () => {
  const { app } = opened("#/mosaic/m");
  await fireEvent.click(await screen.findByRole("button", { name: "All of them" }));
  expect(app.mosaics.columns).toBe(90);
  await waitFor(() => expect(location.hash).toBe("#/mosaic/of/1"));
});

it("looks of every kind are offered to the schedule", async () => {
  const { asked } = opened("#/mosaic/of/1");
  const select = await screen.findByLabelText(/^Scheduled for/);
  expect([...select.querySelectorAll("option")].map(({ value }) => value)).toEqual(["", "Newsprint", "All of them"]);
  await fireEvent.change(select, { target: { value: "All of them" } });
  await waitFor(() => expect(asked).toContainEqual(["change_settings", { changes: { "targets.birds.look": "All of them", "targets.birds.look_every": 1 } }]));
});

it("goes out as the form says", async () => {
  const { asked } = opened("#/mosaic/of/1", { photo: page({ id: "1", targets: [unpublished] as never }), rehearse: { outcome: "nothing_left", photo_id: null, warnings: [] } });
  await fireEvent.click(await screen.findByRole("button", { name: "Publish with this look" }));
  await waitFor(() => expect(asked).toContainEqual(["rehearse", { target: "birds", photo: "1", look: recipe, shown: [] }]));
});

it("a recipe of another kind is refused in a sentence, and what was typed stays", async () => {
  opened("#/mosaic/of/1");
  const box = (await screen.findByLabelText("Recipe", { selector: "textarea" })) as HTMLTextAreaElement;
  await fireEvent.change(box, { target: { value: '{"look":"dither"}' } });
  await screen.findByText(/Choose “Dither” above and put it in there/);
  expect([box.value, box.getAttribute("aria-invalid")]).toEqual(['{"look":"dither"}', "true"]);
});

it("says where the picture is; a browser takes a copy down, the window opens the folder", async () => {
  const overview = { ...idle, home: "/home/me" };
  opened("#/mosaic/m", { overview });
  expect((await screen.findByRole("link", { name: "Save a copy to share" })).getAttribute("download")).toBe("Mosaic of Harbour.jpg");
  await fireEvent.click(await screen.findByRole("button", { name: "Where the picture is" }));
  await screen.findByText("/home/me/mosaics/m/mosaic.jpg");
  expect(screen.getByRole("button", { name: "Copy the path" })).toBeTruthy();
  expect(screen.queryByRole("button", { name: "Open the folder" })).toBeNull();
  cleanup();
  const window = { autostart: () => Promise.resolve(false), reveal: () => Promise.resolve() };
  opened("#/mosaic/m", { overview }, { window });
  await fireEvent.click(await screen.findByRole("button", { name: "Where the picture is" }));
  await screen.findByRole("button", { name: "Open the folder" });
  expect(screen.queryByRole("link", { name: "Save a copy to share" })).toBeNull();
});

it("every so many-th photo is refused in a sentence where it cannot be", async () => {
  const { asked } = opened("#/mosaic/of/1");
  const field = (await screen.findByLabelText("On every so many-th photo")) as HTMLInputElement;
  await fireEvent.change(field, { target: { value: "0" } });
  await screen.findByText("Only whole numbers from 1 to 1,000 go here, so it is still 1.");
  expect([field.value, asked.some(([name]) => name === "change_settings")]).toEqual(["1", false]);
  await fireEvent.change(field, { target: { value: "3" } });
  await waitFor(() => expect(asked).toContainEqual(["change_settings", { changes: { "targets.birds.look": "Newsprint", "targets.birds.look_every": 3 } }]));
});
