import { expect, photos, test } from "../support/test.ts";

test.use({ photos: 900 });

test("coming back from a photo far down finds the gallery where it was", async ({ page }) => {
  const scroller = page.locator(".scroller");
  await scroller.evaluate((element) => (element.scrollTop = 12_000));
  await expect.poll(() => scroller.evaluate((element) => element.scrollTop)).toBe(12_000);
  const far = photos(page).nth((await photos(page).count()) / 2);
  const id = (await far.getAttribute("id")) ?? "";
  await far.dblclick();
  await expect(page.getByRole("heading", { name: "Where it stands" })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.locator(`#${id}`)).toBeFocused();
  expect(await scroller.evaluate((element) => element.scrollTop)).toBeGreaterThan(11_000);
});

test("what was asked for all photos goes on when the page is loaded anew, and is taken back from there", async ({ page }) => {
  await photos(page).first().click();
  await page.keyboard.press("ControlOrMeta+a");
  await page.getByRole("region", { name: "Chosen photos" }).getByRole("button", { name: "Exclude" }).click();
  await expect(page.getByText(/^Excluding: \d+ of 900$/).first()).toBeVisible();
  await page.reload();
  await page.getByText(/^Excluding: \d+ of 900$/).waitFor();
  await page.getByRole("button", { name: "Cancel" }).click();
  await expect(page.getByText(/^Excluding/)).toHaveCount(0);
  await expect(page.getByRole("radio", { name: /^Excluded \d+/ })).toBeVisible();
  await page.keyboard.press("ControlOrMeta+z");
  await expect(page.getByText("Taken back")).toBeVisible({ timeout: 30_000 });
  await expect(page.getByRole("radio", { name: /^Excluded/ })).toHaveCount(0);
});
