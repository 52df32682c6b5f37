import { join } from "node:path";

import { expect, go, pick, test, type Page } from "../support/test.ts";

// Not a test: draws every screen, light and dark, for the documents. scripts/screenshots.sh makes them small.
const FOLDER = process.env["PIERROT_SCREENSHOTS"] ?? "screenshots";

test.use({ photos: 600, deviceScaleFactor: 1.5 });
test.setTimeout(600_000);

/** Waits until every picture in sight has come, then draws both themes. */
async function draw(page: Page, name: string): Promise<void> {
  await page.mouse.move(2, 700);
  const waits = () =>
    page.evaluate(() =>
      [...document.querySelectorAll("img")].filter((img) => {
        const { top, bottom } = img.getBoundingClientRect();
        return bottom > 0 && top < innerHeight && !(img.complete && img.naturalWidth > 0);
      }).length,
    );
  await expect.poll(waits, { timeout: 120_000 }).toBe(0);
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await page.evaluate(() => Promise.allSettled(document.getAnimations().map((animation) => animation.finished)));
    await page.screenshot({ path: join(FOLDER, `${name}-${colorScheme}.png`) });
  }
}

/** Waits until the toasts are gone. */
const quiet = (page: Page) => expect(page.getByRole("status").getByRole("button", { name: "Close" })).toHaveCount(0);

async function publish(page: Page): Promise<void> {
  await page.getByRole("contentinfo", { name: "State" }).getByRole("button", { name: "Publish now" }).click();
  const button = page.getByRole("dialog").getByRole("button", { name: "Publish", exact: true });
  await expect(button).toBeEnabled({ timeout: 60_000 });
  await button.click();
}

test("every screen", async ({ page, sandbox }) => {
  await go(page, "Activity");
  for (let n = 1; n <= 3; n += 1) {
    await publish(page);
    await expect(page.getByRole("button", { name: "Open the post" })).toHaveCount(n, { timeout: 60_000 });
  }
  await sandbox.tell("faults", { server: "x", method: "POST", path: "/2/tweets", kind: "drop_before" });
  await publish(page);
  await expect(page.getByRole("heading", { name: "1 needs your review" })).toBeVisible({ timeout: 60_000 });
  await quiet(page);
  await draw(page, "activity-review");
  await pick(page, "Publications");
  await draw(page, "activity-publications");
  await pick(page, "Log");
  await draw(page, "activity-log");

  await go(page, "Gallery");
  await draw(page, "gallery");
  await page.locator("#photo-4").dblclick();
  await expect(page.getByLabel("Alt text")).toBeVisible();
  await draw(page, "photo");

  await go(page, "Studio");
  await page.getByRole("main").getByRole("link").first().click();
  await page.getByLabel("Way of dithering").selectOption("atkinson");
  await expect(page.getByRole("img", { name: "The photo in its look" })).toHaveAttribute("src", /atkinson/);
  await page.getByRole("slider", { name: "How much of the photo" }).fill("45");
  await draw(page, "studio");
  await pick(page, "Mosaic");
  await page.getByLabel("Columns").fill("110");
  await page.getByRole("button", { name: "Make mosaic" }).click();
  await expect(page.getByRole("application", { name: /^Mosaic of / })).toBeVisible({ timeout: 300_000 });
  await page.getByRole("application").click({ position: { x: 300, y: 300 } });
  await expect(page.getByRole("region", { name: "The photo of this cell" }).getByRole("link")).toBeVisible();
  await quiet(page);
  await draw(page, "mosaic");

  await go(page, "Plan");
  await expect(page.getByRole("button", { name: /^Another photo instead of/ }).nth(3)).toBeVisible();
  await draw(page, "plan");
  await pick(page, "Months");
  await draw(page, "plan-months");
  await go(page, "Accounts");
  await expect(page.getByText("Is set").first()).toBeVisible();
  await draw(page, "accounts");
  await go(page, "Settings");
  await draw(page, "settings");
  await page.getByRole("link", { name: "Pierrot" }).click();
  await page.getByRole("button", { name: "Rehearse" }).click();
  await expect(page.getByText("Alt text", { exact: true })).toBeVisible({ timeout: 60_000 });
  await draw(page, "welcome");
});
