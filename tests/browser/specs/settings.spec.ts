import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

import { expect, go, pick, test, type Page } from "../support/test.ts";

test.use({ start: "settings" });

const part = (page: Page, name: string) => page.getByRole("navigation", { name: "Part of the settings" }).getByRole("button", { name }).click();

test("a caption's rule saves itself, and the plan's captions follow it", async ({ page, demo }) => {
  await page.getByLabel("Caption", { exact: true }).fill("{title}, seen by me");
  await page.getByLabel("Alt text", { exact: true }).focus();
  await expect(page.getByText("Saved", { exact: true })).toBeVisible();
  expect(await readFile(join(demo.home, "config.toml"), "utf8")).toContain('caption = "{title}, seen by me"');
  await go(page, "Plan");
  await expect(page.getByText(/, seen by me$/).first()).toBeVisible();
});

test("a mistake is told where it was made, and not kept", async ({ page, demo }) => {
  await page.getByLabel("Caption", { exact: true }).fill("{titel}");
  await page.getByLabel("Alt text", { exact: true }).focus();
  await expect(page.getByLabel("Caption", { exact: true })).toHaveAttribute("aria-invalid", "true");
  await expect(page.getByText(/titel/).last()).toBeVisible();
  expect(await readFile(join(demo.home, "config.toml"), "utf8")).not.toContain("titel");
});

test("what may go out follows a filter at once", async ({ page }) => {
  await go(page, "Gallery");
  const open = page.getByRole("radio", { name: /^Unpublished/ });
  const before = await open.locator("..").innerText();
  await go(page, "Settings");
  await part(page, "What may go out");
  await page.getByLabel("Uploaded since").fill("2020-01-01");
  await page.getByLabel("Never these albums").focus();
  await expect(page.getByText("Saved", { exact: true })).toBeVisible();
  await go(page, "Gallery");
  await expect(open.locator("..")).not.toHaveText(before);
  await expect(page.getByRole("radio", { name: /^Left out \d/ })).toBeAttached();
});

test("an album that does not exist is named, and kept", async ({ page, demo }) => {
  await part(page, "What may go out");
  const field = page.getByLabel("Only these albums");
  await field.fill("No such album");
  await page.getByLabel("Never these albums").focus();
  await expect(field).toHaveAccessibleDescription("No album is called “No such album”. It counts once there is one.");
  expect(await readFile(join(demo.home, "config.toml"), "utf8")).toContain("No such album");
});

test("every part has something to set or to know", async ({ page }) => {
  const known = { Captions: "Longest caption", "What may go out": "Safety", Schedule: "Quiet hours", Notifications: "A photo was published", Appearance: "Language", Data: "Back up now", Diagnostics: "All is well" };
  for (const [name, words] of Object.entries(known)) {
    await part(page, name);
    await expect(page.getByRole("heading", { level: 2, name })).toBeVisible();
    await expect(page.getByText(words, { exact: true }).first()).toBeVisible();
  }
});

test("a backup is a record by itself", async ({ page, demo }) => {
  await part(page, "Data");
  await page.getByRole("button", { name: "Back up now" }).click();
  await expect(page.getByText(/^The log with 0 entries and the list of 24 photos were copied to/)).toBeVisible();
  const [made] = await readdir(join(demo.home, "backups"));
  const photos: unknown = JSON.parse(await readFile(join(demo.home, "backups", made ?? "", "pierrot-db.json"), "utf8"));
  expect(Object.keys(photos as object)).toHaveLength(24);
});

test("the language changes at once, stays, and changes back", async ({ page }) => {
  await part(page, "Appearance");
  await page.getByLabel("Language").selectOption({ label: "Deutsch" });
  await expect(page.getByRole("heading", { level: 1, name: "Einstellungen" })).toBeVisible();
  await expect(page.locator("html")).toHaveAttribute("lang", "de");
  await page.getByRole("navigation", { name: "Hauptmenü" }).getByRole("link", { name: "Galerie" }).click();
  await expect(page.getByText("24 Fotos", { exact: true })).toBeVisible();
  await page.reload();
  await expect(page.getByRole("heading", { level: 1, name: "Galerie" })).toBeVisible();
  await page.getByRole("navigation", { name: "Hauptmenü" }).getByRole("link", { name: "Einstellungen" }).click();
  await page.getByRole("button", { name: "Darstellung" }).click();
  await page.getByLabel("Sprache").selectOption({ label: "English" });
  await expect(page.getByRole("heading", { level: 1, name: "Settings" })).toBeVisible();
});

test("light and dark are a choice", async ({ page }) => {
  await part(page, "Appearance");
  const paper = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  await pick(page, "Light");
  const light = await paper();
  await pick(page, "Dark");
  await expect.poll(paper).not.toBe(light);
});
