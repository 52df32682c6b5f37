import { expect, go, publishNow, test, type Page } from "../support/test.ts";

const SCREENS = ["gallery", "plan", "activity", "studio", "mosaic", "accounts", "settings", "welcome"];

/** Of all one can do here, what is past the edge. */
const outside = (page: Page) =>
  page.evaluate(() =>
    [...document.querySelectorAll("main :is(button, a, input, select, label)")]
      .filter((thing) => thing.checkVisibility() && thing.getBoundingClientRect().right > innerWidth + 1)
      .map((thing) => thing.outerHTML.slice(0, 120)),
  );

for (const locale of ["en-GB", "de-DE"]) {
  test.describe(locale, () => {
    test.use({ viewport: { width: 400, height: 800 }, locale });

    test("every screen fits, and nothing is cut off at the side", async ({ page }) => {
      for (const screen of SCREENS) {
        await page.evaluate((screen) => (location.hash = `#/${screen}`), screen);
        await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
        await expect.poll(() => outside(page), screen).toEqual([]);
        expect(await page.evaluate(() => document.documentElement.scrollWidth), screen).toBeLessThanOrEqual(400);
      }
    });
  });
}

test.describe("a card that asks", () => {
  test.use({ viewport: { width: 400, height: 800 } });

  test("fits as well", async ({ page, sandbox }) => {
    await sandbox.tell("faults", { server: "x", method: "POST", path: "/2/tweets", kind: "drop_before" });
    await publishNow(page);
    await go(page, "Activity");
    await expect(page.getByRole("button", { name: "It is there" })).toBeVisible();
    await expect.poll(() => outside(page)).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(400);
  });
});
