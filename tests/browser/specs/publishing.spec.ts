import { expect, go, narrow, photos, pick, publishNow, test } from "../support/test.ts";

test.use({ start: "activity" });

test("a photo goes out once and stands in Activity with its post", async ({ page, context, sandbox }) => {
  const caption = await publishNow(page);
  const run = page.getByRole("listitem").filter({ hasText: "Publishing, X" });
  await expect(run).toContainText("Done");
  await expect(run).toContainText(caption.split("\n")[0] ?? "");
  expect(await sandbox.posts()).toHaveLength(1);

  // The post is at X, outside; that the page leads there is what counts.
  await context.route("https://x.com/**", (route) => route.fulfill({ body: "the post", contentType: "text/plain" }));
  const popup = page.waitForEvent("popup");
  await run.getByRole("button", { name: "Open the post" }).click();
  expect((await popup).url()).toMatch(/^https:\/\/x\.com\/.+\/status\/\d+$/);

  await pick(page, "Publications");
  await expect(page.getByRole("listitem").filter({ has: page.getByRole("button", { name: "Open the post" }) })).toContainText(caption.split("\n")[0] ?? "");
  await pick(page, "Log");
  for (const kind of ["Chosen", "Sending", "Posted"]) await expect(page.getByRole("listitem").filter({ hasText: kind })).toBeVisible();

  await go(page, "Gallery");
  await narrow(page, "Published");
  // The cell is the published photo's, no longer the first of all.
  await expect(photos(page)).toHaveAccessibleName(/published on X$/);
  await photos(page).dblclick();
  await expect(page.getByText("Published", { exact: true }).first()).toBeVisible();
  await expect(page.getByRole("article").getByRole("button", { name: "Publish now" })).toHaveCount(0);
});

test.describe("an answer that never came", () => {
  test.beforeEach(async ({ page, sandbox }) => {
    await sandbox.tell("faults", { server: "x", method: "POST", path: "/2/tweets", kind: "drop_before" });
    await publishNow(page);
    await expect(page.getByRole("heading", { name: "1 needs your review" })).toBeVisible();
    expect(await sandbox.posts()).toEqual([]);
  });

  test("is asked for, and the address of the post settles it", async ({ page }) => {
    const card = page.getByRole("article");
    await card.getByLabel("Address of the post").fill("https://x.com/somebody_else/status/42");
    await card.getByRole("button", { name: "It is there" }).click();
    await expect(page.getByText(/^That post is by @somebody_else/).first()).toBeVisible();
    await card.getByLabel("Address of the post").fill("https://x.com/maren_holt/status/42");
    await card.getByRole("button", { name: "It is there" }).click();
    await expect(page.getByRole("heading", { name: "1 needs your review" })).toBeHidden();
    await pick(page, "Publications");
    await expect(page.getByText("you said so")).toBeVisible();
  });

  test("may be posted again, after a second look", async ({ page, sandbox }) => {
    await page.getByRole("article").getByRole("button", { name: "It is not there, post it" }).click();
    await page.getByRole("dialog", { name: "Post it again?" }).getByRole("button", { name: "Post again" }).click();
    await expect(page.getByRole("heading", { name: "1 needs your review" })).toBeHidden();
    await expect.poll(() => sandbox.posts()).toHaveLength(1);
  });

  test("may be left, and the photo does not go out", async ({ page, sandbox }) => {
    await page.getByRole("article").getByRole("button", { name: "Leave it" }).click();
    await expect(page.getByRole("heading", { name: "1 needs your review" })).toBeHidden();
    await pick(page, "Log");
    await expect(page.getByRole("listitem").filter({ hasText: "Answered" })).toBeVisible();
    expect(await sandbox.posts()).toEqual([]);
  });
});
