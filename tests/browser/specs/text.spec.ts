import { expect, go, photos, test } from "../support/test.ts";

// What a stranger could write into a title, and how it must stand on the page: letter by letter.
const TITLES = {
  html: `<img src=x onerror="document.title='owned'"><b>bold</b>`,
  script: "<script>document.title='owned'</script>",
  bidi: "\u202Egnp.exe",
  emoji: "Summer \u2600\uFE0F \u{1F468}\u200D\u{1F469}\u200D\u{1F467} at the lake",
  template: "{title} ${1+1} {{7*7}}",
};

test("titles are text and nothing else, on every screen", async ({ page, sandbox }) => {
  await sandbox.tell("photos", Object.values(TITLES).map((title) => ({ op: "add", title, description: `${title} described` })));
  await go(page, "Activity");
  await page.keyboard.press("ControlOrMeta+k");
  await page.getByRole("combobox", { name: "Commands" }).fill("look for photos");
  await page.keyboard.press("Enter");
  await expect(page.getByText(/5 added/).first()).toBeVisible();
  await go(page, "Gallery");
  await page.getByRole("button", { name: /^5 new photos/ }).click();
  const names = () => photos(page).evaluateAll((all) => all.map((cell) => cell.getAttribute("aria-label") ?? ""));
  // A title in one line is without what turns or hides letters.
  const inLine = (title: string) => title.replace(/[\u202A-\u202E]/g, "");
  const indexOf = async (title: string) => (await names()).findIndex((name) => name.startsWith(inLine(title)));

  for (const title of Object.values(TITLES)) {
    await expect.poll(() => indexOf(title), title).toBeGreaterThanOrEqual(0);
    await photos(page).nth(await indexOf(title)).dblclick();
    const heading = page.getByRole("heading", { level: 1 });
    await expect(heading).toHaveText(inLine(title));
    // Right-to-left letters stay inside their own words.
    await expect(heading.locator("bdi")).toHaveCount(1);
    await expect(page.getByRole("complementary").getByText(/described$/)).toBeVisible();
    await page.keyboard.press("Escape");
    await expect(page.getByRole("heading", { level: 1, name: "Gallery" })).toBeVisible();
  }
  expect(await page.title()).toBe("Gallery - Pierrot");
  expect(await page.locator("main b, main script, main img[src=x]").filter({ hasText: /bold|owned/ }).count()).toBe(0);
});
