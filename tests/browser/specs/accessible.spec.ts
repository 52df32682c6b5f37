import { AxeBuilder } from "@axe-core/playwright";

import { expect, go, narrow, photos, pick, test, type Page } from "../support/test.ts";

/** No serious or critical finding on what is shown now; an empty page is one. */
async function sound(page: Page, where: string): Promise<void> {
  await expect(page.getByRole("heading", { level: 1 })).not.toBeEmpty();
  // Only what has come to rest: half-shown colours are nobody's.
  await page.evaluate(() => Promise.allSettled(document.getAnimations().map((animation) => animation.finished)));
  const { violations, passes } = await new AxeBuilder({ page }).analyze();
  expect(passes.length, where).toBeGreaterThan(15);
  const found = violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${where}: ${id}: ${html} ${failureSummary}`));
  expect(found).toEqual([]);
}

for (const colorScheme of ["light", "dark"] as const) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme });

    test("gallery, photo and their dialogs", async ({ page }) => {
      await narrow(page, "Unpublished");
      await sound(page, "gallery");
      await page.getByRole("button", { name: "Filter" }).click();
      await expect(page.getByLabel("Camera")).toBeVisible();
      await photos(page).first().click();
      await sound(page, "gallery with filters and a choice");
      await page.getByRole("button", { name: "Mark as published" }).click();
      await sound(page, "mark as published");
      await page.keyboard.press("Escape");
      await photos(page).first().dblclick();
      await expect(page.getByLabel("Alt text")).toBeVisible();
      await sound(page, "photo");
      await page.keyboard.press("ControlOrMeta+k");
      await sound(page, "commands");
      await page.keyboard.press("Escape");
      await go(page, "Studio");
      await sound(page, "studio without a photo");
      await page.getByRole("main").getByRole("link").first().click();
      await expect(page.getByRole("img", { name: "The photo in its look" })).toBeVisible();
      await sound(page, "studio");
      await pick(page, "Mosaic");
      await expect(page.getByRole("button", { name: "Make mosaic" })).toBeVisible();
      await sound(page, "mosaic");
    });

    test("plan and activity", async ({ page, sandbox }) => {
      await go(page, "Activity");
      await sandbox.tell("faults", { server: "x", method: "POST", path: "/2/tweets", kind: "drop_before" });
      await page.getByRole("button", { name: "Publish now" }).click();
      const publish = page.getByRole("dialog").getByRole("button", { name: "Publish", exact: true });
      await expect(publish).toBeEnabled();
      await sound(page, "publish");
      await publish.click();
      await go(page, "Plan");
      await expect(page.getByRole("button", { name: /^Another photo instead of/ }).nth(3)).toBeVisible();
      await sound(page, "plan");
      await pick(page, "Months");
      await expect(page.getByRole("table").first()).toBeVisible();
      await sound(page, "months");
      await page.getByRole("button", { name: "Change: X" }).click();
      await sound(page, "rule");
      await page.keyboard.press("Escape");
      await go(page, "Activity");
      await expect(page.getByRole("heading", { name: "1 needs your review" })).toBeVisible();
      await sound(page, "review");
      await pick(page, "Publications");
      await sound(page, "publications");
      await pick(page, "Log");
      await page.getByRole("listitem").locator("summary").first().click();
      await sound(page, "log");
    });

    test("welcome, accounts and settings", async ({ page }) => {
      await page.getByRole("link", { name: "Pierrot" }).click();
      await expect(page.getByRole("heading", { name: "Choose the record" })).toBeVisible();
      await page.getByRole("button", { name: "Keep this folder" }).click();
      await expect(page.getByRole("button", { name: "Next" })).toBeVisible();
      await sound(page, "record");
      await page.getByRole("button", { name: "Next" }).click();
      await expect(page.getByRole("heading", { name: "First rehearsal" })).toBeVisible();
      await sound(page, "welcome");
      await go(page, "Accounts");
      await expect(page.getByText("Is set").first()).toBeVisible();
      await sound(page, "accounts");
      await go(page, "Settings");
      for (const part of ["Captions", "What may go out", "Schedule", "Notifications", "Appearance", "Data", "Diagnostics"]) {
        await page.getByRole("button", { name: part, exact: true }).click();
        await expect(page.getByRole("heading", { level: 2, name: part })).toBeVisible();
        await sound(page, part);
      }
    });
  });
}
