import { expect, test } from "../support/test.ts";

const SCREENS = ["gallery", "plan", "activity", "studio", "mosaic", "accounts", "settings", "welcome"];

for (const locale of ["en-GB", "de-DE"]) {
  test.describe(locale, () => {
    test.use({ viewport: { width: 400, height: 800 }, locale });

    test("every screen fits, and nothing is cut off at the side", async ({ page }) => {
      for (const screen of SCREENS) {
        await page.evaluate((screen) => (location.hash = `#/${screen}`), screen);
        await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
        // Of all one can do here, none is past the edge.
        const outside = () =>
          page.evaluate(() =>
            [...document.querySelectorAll("main :is(button, a, input, select, label)")]
              .filter((thing) => thing.checkVisibility() && thing.getBoundingClientRect().right > innerWidth + 1)
              .map((thing) => thing.outerHTML.slice(0, 120)),
          );
        await expect.poll(outside, screen).toEqual([]);
        expect(await page.evaluate(() => document.documentElement.scrollWidth), screen).toBeLessThanOrEqual(400);
      }
    });
  });
}
