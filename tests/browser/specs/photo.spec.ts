import { expect, narrow, photos, test } from "../support/test.ts";

test.beforeEach(async ({ page }) => {
  await narrow(page, "Unpublished");
  await photos(page).first().dblclick();
  await expect(page.getByRole("heading", { name: "Where it stands" })).toBeVisible();
});

test("shows the picture, its facts and where it stands", async ({ page }) => {
  const title = await page.getByRole("heading", { level: 1 }).innerText();
  expect(title).not.toBe("");
  const picture = page.getByRole("figure").locator('img.shown:not([alt=""])');
  await expect(picture).toBeVisible();
  expect(await picture.evaluate((img: HTMLImageElement) => img.naturalWidth)).toBeGreaterThan(600);
  for (const fact of ["Taken", "Camera", "Exposure", "Original"]) await expect(page.getByText(fact, { exact: true })).toBeVisible();
  await expect(page.getByText("May go out")).toBeVisible();
});

test("shows what would go out; one's own words are kept and go out exactly so", async ({ page, sandbox }) => {
  const caption = page.getByLabel("Caption", { exact: true });
  await expect(page.getByLabel("Alt text")).not.toHaveValue("");
  await expect(page.getByText(/^\$0\.0\d/)).toBeVisible();
  await caption.fill("Low tide, written by hand");
  await expect(page.getByText("25 of 280")).toBeVisible();
  await expect(page.getByText("Not saved yet")).toBeVisible();
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.getByText("Your own words")).toBeVisible();
  await page.reload();
  await expect(caption).toHaveValue("Low tide, written by hand");
  expect(await sandbox.posts()).toEqual([]);

  await page.getByRole("main").getByRole("button", { name: "Publish now" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Publish", exact: true }).click({ timeout: 60_000 });
  await expect.poll(() => sandbox.posts(), { timeout: 60_000 }).toEqual(["Low tide, written by hand"]);
});

test("excludes the photo, and takes it back", async ({ page }) => {
  await page.getByRole("button", { name: "Exclude" }).click();
  await expect(page.getByText("Excluded", { exact: true }).first()).toBeVisible();
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(page.getByText("May go out")).toBeVisible();
});

test("plans the photo for a due time", async ({ page }) => {
  const title = await page.getByRole("heading", { level: 1 }).innerText();
  await page.getByRole("button", { name: "More", exact: true }).click();
  await page.getByRole("menuitem", { name: "Plan it" }).click();
  const dialog = page.getByRole("dialog", { name: "Plan this photo" });
  await dialog.getByRole("radio").nth(1).check();
  await dialog.getByRole("button", { name: "Plan it" }).click();
  await expect(page.getByRole("link", { name: /^Planned for / })).toBeVisible();
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Plan" }).click();
  const pinned = page.getByRole("listitem").filter({ hasText: "Pinned" });
  await expect(pinned).toContainText(title);
});
