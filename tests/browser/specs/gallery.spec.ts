import { expect, go, narrow, photos, test, titleOf } from "../support/test.ts";

test("finds photos by their words and says how many", async ({ page }) => {
  const title = await titleOf(photos(page).first());
  await page.getByRole("searchbox", { name: "Search" }).fill(title);
  await expect(page.getByText(/^\d+ of 24 photos$/)).toBeVisible();
  await expect(photos(page).and(page.getByRole("option", { name: `${title}, ` })).first()).toBeVisible();
  await page.getByRole("searchbox", { name: "Search" }).fill("no photo is called that");
  await expect(page.getByRole("heading", { name: "Nothing matches" })).toBeVisible();
  await page.getByRole("button", { name: "Clear filters" }).click();
  await expect(page.getByText("24 photos", { exact: true })).toBeVisible();
});

test("narrows by state, tag and date, and takes each filter away again", async ({ page }) => {
  await page.getByRole("button", { name: "Filter" }).click();
  const tag = page.getByLabel("Tag", { exact: true });
  await expect(tag.getByRole("option")).not.toHaveCount(1);
  const [, words] = await tag.getByRole("option").allTextContents();
  const [, name, count] = /^(.*) \((\d+)\)$/.exec(words ?? "") ?? [];
  await tag.selectOption({ index: 1 });
  await expect(page.getByText(`${count} of 24 photos`)).toBeVisible();
  await page.getByLabel("Until").fill("1999-01-01");
  await expect(page.getByRole("heading", { name: "Nothing matches" })).toBeVisible();
  await page.getByRole("button", { name: "Filter, 2 set" }).click();
  await page.getByRole("button", { name: "Remove Until: 1999-01-01" }).click();
  await expect(page.getByText(`${count} of 24 photos`)).toBeVisible();
  await page.getByRole("button", { name: `Remove Tag: ${name}` }).click();
  expect(await narrow(page, "Unpublished")).toBeLessThan(24);
});

test("keeps what was excluded out, and takes it back", async ({ page }) => {
  await narrow(page, "Unpublished");
  await photos(page).nth(1).click();
  await photos(page).nth(3).click({ modifiers: ["Shift"] });
  const bar = page.getByRole("region", { name: "Chosen photos" });
  await expect(bar.getByRole("status")).toHaveText("3 chosen");
  await bar.getByRole("button", { name: "Exclude" }).click();
  await expect(page.getByText("3 photos excluded")).toBeVisible();
  await expect(page.getByRole("radio", { name: "Excluded 3" })).toBeVisible();
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(page.getByText("Taken back")).toBeVisible();
  await expect(page.getByRole("radio", { name: /^Excluded/ })).toHaveCount(0);
});

test("marks photos that went out without Pierrot", async ({ page }) => {
  await narrow(page, "Unpublished");
  await photos(page).first().click();
  await page.getByRole("button", { name: "Mark as published" }).click();
  const dialog = page.getByRole("dialog", { name: "Mark as published" });
  await dialog.getByLabel("Address of the post").fill("https://x.com/maren_holt/status/1200000000000000001");
  await dialog.getByRole("button", { name: "Mark as published" }).click();
  await expect(page.getByText("1 photo marked as published")).toBeVisible();
  await narrow(page, "Published");
  await expect(photos(page)).toHaveCount(1);
  await expect(photos(page)).toHaveAccessibleName(/published on X$/);
});

test("one chosen photo can be opened by a button", async ({ page }) => {
  await photos(page).nth(2).click();
  await page.getByRole("region", { name: "Chosen photos" }).getByRole("button", { name: "Open the photo" }).click();
  await expect(page.getByRole("article").getByRole("button", { name: "Publish now" })).toBeVisible();
});

test("chooses and opens photos by the keyboard alone, and comes back to the same one", async ({ page }) => {
  await photos(page).first().focus();
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Shift+ArrowRight");
  await page.keyboard.press("Shift+ArrowRight");
  await expect(page.getByRole("option", { selected: true })).toHaveCount(3);
  await page.keyboard.press("Escape");
  await expect(page.getByRole("option", { selected: true })).toHaveCount(0);
  await page.keyboard.press("ControlOrMeta+a");
  await expect(page.getByText("24 chosen")).toBeVisible();
  await page.keyboard.press("Escape");
  await page.keyboard.press("Home");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Enter");
  await expect(page.getByText("2 of 24")).toBeVisible();
  await page.keyboard.press("ArrowRight");
  await expect(page.getByText("3 of 24")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("heading", { level: 1, name: "Gallery" })).toBeVisible();
  await expect(page.getByRole("option", { name: /./ }).nth(2)).toBeFocused();
});

test.describe("a large archive", () => {
  test.use({ photos: 600 });

  test("is reached to its end by scrolling, by keys and by the scrubber", async ({ page }) => {
    const scrubber = page.getByRole("slider", { name: "Date" });
    const newest = (await scrubber.getAttribute("aria-valuetext")) ?? "";
    expect(newest).toMatch(/20\d\d/);
    await page.mouse.move(640, 400);
    await page.mouse.wheel(0, 4000);
    await expect(scrubber).not.toHaveAttribute("aria-valuetext", newest);
    // Few of the 600 are drawn, and those have their pictures.
    await expect(photos(page).filter({ has: page.locator("img.shown") }).first()).toBeVisible();
    expect(await photos(page).count()).toBeLessThan(120);

    await scrubber.focus();
    await page.keyboard.press("End");
    await expect(page.locator("#photo-599")).toBeVisible();
    await page.keyboard.press("Home");
    await expect(scrubber).toHaveAttribute("aria-valuetext", newest);
    const box = await scrubber.boundingBox();
    await page.mouse.click((box?.x ?? 0) + 20, (box?.y ?? 0) + (box?.height ?? 0) - 2);
    await expect(page.locator("#photo-599")).toBeVisible();

    await page.locator("#photo-599").focus();
    await page.keyboard.press("Home");
    await expect(page.locator("#photo-0")).toBeFocused();
  });

  test("shows the photos one has scrolled to, though those passed by never came", async ({ page }) => {
    let passed = () => {};
    const scrolled = new Promise<void>((resolve) => (passed = resolve));
    await page.route("**/pictures/*/grid*", async (route) => {
      await scrolled;
      await route.continue().catch(() => {});
    });
    const asked = page.waitForRequest("**/pictures/*/grid*");
    await page.reload();
    await asked;
    await photos(page).first().hover();
    await page.mouse.wheel(0, 4000);
    await expect(page.locator("#photo-0")).toHaveCount(0);
    passed();
    await expect(photos(page).filter({ has: page.locator("img.shown") }).first()).toBeVisible();
  });

  test("stays where it was while one looks at a photo", async ({ page }) => {
    await page.getByRole("slider", { name: "Date" }).focus();
    await page.keyboard.press("End");
    await page.locator("#photo-598").dblclick();
    await expect(page.getByText("599 of 600")).toBeVisible();
    await go(page, "Plan");
    await go(page, "Gallery");
    await expect(page.locator("#photo-598")).toBeFocused();
  });
});

test("new photos wait behind a banner", async ({ page, sandbox }) => {
  await sandbox.tell("photos", { op: "add", count: 2, title: "Fresh from the camera" });
  await page.keyboard.press("ControlOrMeta+k");
  await page.getByRole("combobox", { name: "Commands" }).fill("activity");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { level: 1, name: "Activity" }).waitFor();
  await page.keyboard.press("ControlOrMeta+k");
  await page.getByRole("combobox", { name: "Commands" }).fill("look for photos");
  await page.keyboard.press("Enter");
  await expect(page.getByText(/2 added/).first()).toBeVisible();
  await go(page, "Gallery");
  await page.getByRole("button", { name: /^2 new photos/ }).click();
  await expect(page.getByText("26 photos", { exact: true })).toBeVisible();
  await expect(photos(page).first()).toHaveAccessibleName(/^Fresh from the camera/);
});
