import { expect, go, pick, test } from "../support/test.ts";

test.use({ start: "accounts" });

test("tells who is signed in and what is kept, and shows no secret", async ({ page, sandbox }) => {
  await expect(page.getByText(/maren_holt/).first()).toBeVisible();
  await expect(page.getByText("Is set")).toHaveCount(6);
  const { secrets } = (await sandbox.ask("")) as { secrets: Record<string, string> };
  const html = await page.content();
  expect(Object.keys(secrets)).not.toHaveLength(0);
  for (const secret of Object.values(secrets)) expect(html).not.toContain(secret);
});

test("a second target comes and goes", async ({ page }) => {
  await page.getByRole("button", { name: "Add a target" }).click();
  const dialog = page.getByRole("dialog", { name: "Add a target" });
  await dialog.getByLabel("Name").fill("Not a name!");
  await dialog.getByRole("button", { name: "Add a target" }).click();
  await expect(dialog.getByLabel("Name")).toHaveAccessibleDescription(/.*[Nn]ame.*/);
  await expect(dialog).toBeVisible();
  await dialog.getByLabel("Name").fill("x");
  await dialog.getByRole("button", { name: "Add a target" }).click();
  await expect(dialog.getByLabel("Name")).toHaveAccessibleDescription(/“x” already/);
  await dialog.getByLabel("Name").fill("second");
  await dialog.getByRole("button", { name: "Add a target" }).click();
  await expect(page.getByText("Not signed in")).toBeVisible();
  await page.getByRole("button", { name: "Remove" }).nth(0).click();
  const sure = page.getByRole("dialog");
  await expect(sure).toContainText("what was published stays on the record");
  await sure.getByRole("button", { name: "Remove" }).click();
  await expect(page.getByText(/is removed$/)).toBeVisible();
});

test("a target may be called what every object has", async ({ page }) => {
  await page.getByRole("button", { name: "Add a target" }).click();
  const dialog = page.getByRole("dialog", { name: "Add a target" });
  await dialog.getByLabel("Name").fill("constructor");
  await dialog.getByRole("button", { name: "Add a target" }).click();
  await expect(dialog).toBeHidden();
  await expect(page.getByText("constructor", { exact: true })).toBeVisible();
  await go(page, "Plan");
  await expect(page.getByRole("button", { name: "Change: constructor" })).toBeVisible();
});

test("the record is tested, checked and restored", async ({ page }) => {
  await page.getByRole("button", { name: "Test it" }).click();
  await expect(page.getByText(/^(Fit for several computers|For one computer only)$/)).toBeVisible();
  await page.getByRole("button", { name: "Check", exact: true }).click();
  await expect(page.getByText("Begun. Activity tells how it goes.")).toBeVisible();
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Activity" }).click();
  await expect(page.getByRole("listitem").filter({ hasText: "Checking the record" })).toContainText("Done");
});

test("a bucket is asked for by name before it counts", async ({ page }) => {
  await pick(page, "An S3 bucket");
  await expect(page.getByRole("button", { name: "Save" }).first()).toBeDisabled();
  await pick(page, "A folder");
  await expect(page.getByRole("button", { name: "Test it" })).toBeVisible();
});
