import { expect, test, type Page } from "../support/test.ts";

/** Presses Tab until the focus is on what is wanted; a bounded number of times. */
async function tabTo(page: Page, role: string, name: RegExp): Promise<void> {
  const passed: string[] = [];
  for (let step = 0; step < 60; step += 1) {
    await page.keyboard.press("Tab");
    const at = page.locator(":focus");
    if ((await at.and(page.getByRole(role as "button", { name })).count()) === 1) return;
    passed.push(await page.evaluate(() => `${document.activeElement?.tagName} ${document.activeElement?.getAttribute("aria-label") ?? document.activeElement?.textContent?.trim().slice(0, 30)}`));
  }
  throw new Error(`Tab does not lead to ${role} ${name}; it passed ${passed.join(" | ")}`);
}

test.use({ photos: 12 });

test("everything is done without a mouse, from the first photo to the answer", async ({ page, sandbox }) => {
  await sandbox.tell("faults", { server: "x", method: "POST", path: "/2/tweets", kind: "drop_before" });
  const level1 = (name: string | RegExp) => expect(page.getByRole("heading", { level: 1, name })).toBeVisible();

  // Skip link, search, a photo, and back.
  await page.keyboard.press("Tab");
  await expect(page.getByRole("link", { name: "Skip to content" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1, name: "Gallery" })).toBeFocused();
  await page.keyboard.press("/");
  await expect(page.getByRole("searchbox", { name: "Search" })).toBeFocused();
  await page.keyboard.press("Escape");
  await tabTo(page, "radio", /^All/);
  const answered = page.waitForResponse((response) => response.url().endsWith("/gallery"));
  await page.keyboard.press("ArrowRight");
  await answered;
  await tabTo(page, "option", /./);
  await page.keyboard.press(" ");
  await expect(page.getByText("1 chosen")).toBeVisible();
  await tabTo(page, "button", /^Exclude$/);
  await page.keyboard.press("Enter");
  await expect(page.getByText("1 photo excluded")).toBeVisible();
  await page.keyboard.press("ControlOrMeta+z");
  await expect(page.getByText("Taken back")).toBeVisible();

  // The plan: another photo, then a rule.
  await page.keyboard.press("2");
  await level1("Plan");
  await tabTo(page, "button", /^Another photo instead of/);
  await page.keyboard.press("Enter");
  await expect(page.getByText(/will not go out then$/)).toBeVisible();
  await expect(page.getByRole("button", { name: /^Another photo instead of/ }).first()).toBeFocused();
  await tabTo(page, "button", /^Change: X$/);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("dialog")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("button", { name: "Change: X" })).toBeFocused();

  // Publishing, and the answer to what nobody knows.
  await page.keyboard.press("3");
  await level1("Activity");
  await tabTo(page, "button", /^Publish now$/);
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog", { name: "Publish on X" });
  await expect(dialog.getByRole("button", { name: "Publish", exact: true })).toBeEnabled({ timeout: 60_000 });
  await tabTo(page, "button", /^Publish$/);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "1 needs your review" })).toBeVisible();
  await page.getByRole("heading", { level: 1 }).focus();
  await tabTo(page, "button", /^Leave it$/);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "1 needs your review" })).toBeHidden();

  // Accounts, settings, the palette and the sheet of shortcuts.
  await page.keyboard.press("5");
  await level1("Accounts");
  await tabTo(page, "button", /^Sign in again$/);
  await page.keyboard.press("6");
  await level1("Settings");
  await tabTo(page, "button", /^Appearance$/);
  await page.keyboard.press("Enter");
  await tabTo(page, "combobox", /^Language$/);
  await page.keyboard.press("ControlOrMeta+k");
  await page.getByRole("combobox", { name: "Commands" }).pressSequentially("go to gal");
  await page.keyboard.press("Enter");
  await level1("Gallery");
  await page.keyboard.press("?");
  const sheet = page.getByRole("dialog", { name: "Keyboard shortcuts" });
  await expect(sheet).toContainText("Choose a range");
  await expect(sheet).toContainText("Undo");
});

test("what Pierrot does is asked for from any screen", async ({ page }) => {
  const command = async (letters: string, name: string) => {
    await page.keyboard.press("ControlOrMeta+k");
    await page.getByRole("combobox", { name: "Commands" }).pressSequentially(letters);
    await expect(page.getByRole("option", { name }).first()).toHaveAttribute("aria-selected", "true");
    await page.keyboard.press("Enter");
  };
  await command("pause", "Pause publishing");
  await page.getByRole("dialog", { name: "Pause" }).getByRole("button", { name: "Until I resume" }).click();
  await expect(page.getByRole("contentinfo", { name: "State" })).toContainText("Paused");
  await command("resume", "Resume publishing");
  await expect(page.getByRole("contentinfo", { name: "State" })).not.toContainText("Paused");
  await command("look for", "Look for photos now");
  await expect(page.getByText(/photos, nothing new\.$/)).toBeVisible();
  const file = page.waitForEvent("download");
  await command("log csv", "Export the log as CSV");
  expect((await file).suggestedFilename()).toBe("pierrot-log.csv");
  await command("publish", "Publish now");
  await expect(page.getByRole("dialog", { name: "Publish on X" })).toBeVisible();
});
