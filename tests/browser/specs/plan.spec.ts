import { expect, go, narrow, photos, pick, test, titleOf, type Page } from "../support/test.ts";

const rows = (page: Page) => page.getByRole("listitem").filter({ has: page.getByRole("button", { name: /^Another photo instead of/ }) });
const titleInRow = async (page: Page, at: number) => ((await rows(page).nth(at).getByRole("link").getAttribute("aria-label")) ?? "").replace("Open the photo: ", "");

test.use({ start: "plan" });

test.beforeEach(async ({ page }) => {
  await expect(rows(page).nth(3)).toBeVisible();
});

test("stands for twelve weeks, as a list and by months", async ({ page }) => {
  expect(await rows(page).count()).toBeGreaterThanOrEqual(11);
  const title = await titleInRow(page, 0);
  await pick(page, "Months");
  await expect(page.getByRole("table").first().getByRole("link", { name: title })).toBeVisible();
});

test("another photo takes the place of one that is not wanted, and the first comes back", async ({ page }) => {
  const title = await titleInRow(page, 1);
  await rows(page).nth(1).getByRole("button", { name: /^Another photo/ }).click();
  await expect(page.getByText(`${title} will not go out then`)).toBeVisible();
  await expect.poll(() => titleInRow(page, 1)).not.toBe(title);
  await page.getByRole("button", { name: "Undo" }).click();
  await expect.poll(() => titleInRow(page, 1)).toBe(title);
});

test("two due times exchange their photos by the keyboard, which stays with the photo", async ({ page }) => {
  const [first, second] = [await titleInRow(page, 0), await titleInRow(page, 1)];
  await rows(page).first().getByRole("button", { name: /later$/ }).press("Enter");
  await expect.poll(() => titleInRow(page, 0)).toBe(second);
  expect(await titleInRow(page, 1)).toBe(first);
  await expect(rows(page).nth(1).getByRole("button", { name: /later$/ })).toBeFocused();
  await expect(page.getByText("Exchanged", { exact: true })).toBeVisible();
  await page.keyboard.press("ControlOrMeta+z");
  await expect.poll(() => titleInRow(page, 0)).toBe(first);
});

test("two due times exchange their photos by dragging", async ({ page }) => {
  const [first, third] = [await titleInRow(page, 0), await titleInRow(page, 2)];
  await rows(page).nth(0).dragTo(rows(page).nth(2));
  await expect.poll(() => titleInRow(page, 0)).toBe(third);
  expect(await titleInRow(page, 2)).toBe(first);
});

test("a photo stays where it is pinned, through a pause too, until it is let go", async ({ page }) => {
  await rows(page).nth(2).getByRole("button", { name: /^More/ }).click();
  await page.getByRole("menuitem", { name: "Keep it here" }).click();
  await expect(rows(page).nth(2)).toContainText("Pinned");
  await page.getByRole("button", { name: "Pause" }).click();
  await page.getByRole("button", { name: "Until I resume" }).click();
  await expect(rows(page).nth(0)).toContainText("Paused");
  await page.getByRole("main").getByRole("button", { name: "Resume" }).click();
  await expect(rows(page).nth(0)).not.toContainText("Paused");
  await expect(rows(page).nth(2)).toContainText("Pinned");
  await rows(page).nth(2).getByRole("button", { name: /^More/ }).click();
  await page.getByRole("menuitem", { name: "Do not keep it here" }).click();
  await expect(rows(page).nth(2)).not.toContainText("Pinned");
});

test("a queued photo goes first", async ({ page }) => {
  await go(page, "Gallery");
  await narrow(page, "Unpublished");
  const title = await titleOf(photos(page).last());
  await photos(page).last().click();
  await page.getByRole("button", { name: "Queue next" }).click();
  await expect(page.getByText("1 photo goes next")).toBeVisible();
  await go(page, "Plan");
  await expect(rows(page).filter({ hasText: "Queued" })).toContainText(title);
  await page.getByRole("button", { name: `Take ${title} out of the queue` }).click();
  await expect(page.getByText("Nothing waits.")).toBeVisible();
});

test("a rule can be changed, and everything can pause", async ({ page }) => {
  await page.getByRole("button", { name: "Change: X" }).click();
  const dialog = page.getByRole("dialog", { name: "When to publish on X" });
  await dialog.getByLabel("How often").selectOption("daily");
  await dialog.getByLabel("Time", { exact: true }).fill("07:45");
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("Every day at 07:45")).toBeVisible();
  await page.getByRole("button", { name: "Pause" }).click();
  await page.getByRole("dialog", { name: "Pause" }).getByRole("button", { name: "Until I resume" }).click();
  await expect(page.getByText("Nothing goes out by itself until you resume.")).toBeVisible();
  await page.getByRole("button", { name: "Resume" }).click();
  await expect(page.getByText("Nothing goes out by itself until you resume.")).toBeHidden();
});
