import { expect, go, narrow, photos, pick, test, type Page } from "../support/test.ts";

test.use({ photos: 60, contextOptions: { reducedMotion: "reduce" } });

/** A mosaic of the newest photo, of few and small cells; answers with its viewer. */
async function made(page: Page) {
  await go(page, "Studio");
  await pick(page, "Mosaic");
  await page.getByRole("main").getByRole("link").first().click();
  await page.getByLabel("Columns").fill("20");
  await page.getByLabel("Cells between repeats").fill("1");
  await pick(page, /^32$/);
  await expect(page.getByText(/^640 × [\d,]+ px, /)).toBeVisible();
  await expect(page.getByText(/photos? (is|are)? ?ready/)).toBeVisible();
  await page.getByRole("button", { name: "Make mosaic" }).click();
  const mosaic = page.getByRole("application", { name: /^Mosaic of / });
  await expect(mosaic).toBeVisible({ timeout: 180_000 });
  return mosaic;
}

/** The form for the newest photo that is not published yet, as small as it goes. */
async function form(page: Page): Promise<void> {
  await narrow(page, "Unpublished");
  await photos(page).first().dblclick();
  await page.getByRole("button", { name: "More", exact: true }).click();
  await page.getByRole("menuitem", { name: "Make a mosaic of it" }).click();
  await page.getByLabel("Columns").fill("20");
  await page.getByLabel("Cells between repeats").fill("1");
}

const cell = (page: Page) => page.getByRole("region", { name: "The photo of this cell" });

test("a mosaic is made of a photo, looked at from near, and leads to the photo of a cell", async ({ page, sandbox }) => {
  const sharp = page.waitForResponse((response) => /\/mosaics\/[^/]+\/10\/\d+_\d+\.jpg$/.test(response.url()));
  const mosaic = await made(page);
  expect((await sharp).ok()).toBe(true);
  const holes = () =>
    mosaic.locator("canvas").evaluate((canvas: HTMLCanvasElement) => {
      const { data } = canvas.getContext("2d")?.getImageData(0, 0, canvas.width, canvas.height) ?? { data: new Uint8ClampedArray(4) };
      return data.filter((value, at) => at % 4 === 3 && value !== 255).length;
    });
  for (let step = 0; step < 2; step += 1) await page.getByRole("button", { name: "Nearer" }).click();
  await expect.poll(holes).toBe(0);

  await mosaic.click();
  const link = cell(page).getByRole("link");
  const title = (await link.innerText()).trim();
  expect(title).not.toBe("");
  await link.click();
  await expect(page.getByRole("heading", { name: "Where it stands" })).toBeVisible();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(title);

  await page.getByRole("button", { name: "Back to the mosaic", exact: true }).click();
  await expect(mosaic).toBeVisible();
  await expect(cell(page).getByRole("link")).toHaveText(title);
  await expect.poll(holes).toBe(0);
  expect(await sandbox.posts()).toEqual([]);
});

test("squares that lie over one another lead to the photo that is seen", async ({ page }) => {
  await form(page);
  await pick(page, "Collage");
  await pick(page, /^32$/);
  await page.getByRole("button", { name: "Make mosaic" }).click();
  const mosaic = page.getByRole("application", { name: /^Mosaic of / });
  await expect(mosaic).toBeVisible({ timeout: 180_000 });
  const box = await mosaic.boundingBox();
  const at = { x: (box?.x ?? 0) + (box?.width ?? 0) * 0.4, y: (box?.y ?? 0) + (box?.height ?? 0) * 0.45 };
  await page.mouse.click(at.x, at.y);
  await expect(cell(page).getByRole("link")).not.toHaveText("");
  const square = await mosaic.locator(".cell.picked").boundingBox();
  const inside = (point: number, edge: number | undefined, side: number | undefined) => point >= (edge ?? Infinity) - 2 && point <= (edge ?? 0) + (side ?? 0) + 2;
  expect(inside(at.x, square?.x, square?.width) && inside(at.y, square?.y, square?.height)).toBe(true);
});

test("the keyboard alone finds the photo of a cell, and removes the mosaic", async ({ page }) => {
  const mosaic = await made(page);
  await mosaic.focus();
  for (const key of ["+", "ArrowRight", "ArrowDown", "Enter"]) await page.keyboard.press(key);
  await expect(cell(page).getByRole("link")).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(cell(page)).toHaveCount(0);

  await page.getByRole("button", { name: /^Remove Mosaic of / }).press("Enter");
  await page.getByRole("dialog").getByRole("button", { name: "Remove", exact: true }).press("Enter");
  await expect(page.getByText("The mosaic is removed")).toBeVisible();
  await expect(mosaic).toHaveCount(0);
  await expect(page.getByRole("button", { name: /^Remove Mosaic of / })).toHaveCount(0);
});

test("a mosaic is kept by name, and the schedule is offered it beside the other looks", async ({ page }) => {
  await form(page);
  const recipe = page.getByRole("textbox", { name: "Recipe" });
  const keep = async (name: string) => {
    await page.getByLabel("Name", { exact: true }).fill(name);
    await page.getByRole("button", { name: "Keep", exact: true }).click();
    await expect(page.getByRole("button", { name, exact: true })).toHaveAttribute("aria-pressed", "true");
  };
  await page.getByLabel("Only the photos published last").check();
  await page.getByLabel("How many of them").fill("300");
  await page.getByText("Recipe").click();
  await expect(recipe).toHaveValue('{"look":"mosaic","columns":20,"distance":1,"adjust":0,"last_published":300}');
  await keep("The newest");
  await page.getByLabel("Columns").fill("60");
  await page.getByRole("button", { name: "The newest", exact: true }).click();
  await expect(page.getByLabel("Columns")).toHaveValue("20");

  await recipe.fill('{"look":"dither"}');
  await recipe.blur();
  await expect(page.getByText(/Choose “Dither” above and put it in there/)).toBeVisible();
  await expect(recipe).toHaveValue('{"look":"dither"}');

  await pick(page, "Dither");
  await expect(page.getByRole("button", { name: "Keep", exact: true })).toBeVisible();
  await keep("Newsprint");
  await expect(page.getByRole("button", { name: "The newest", exact: true })).toHaveCount(0);
  const scheduled = page.getByLabel(/^Scheduled for /);
  await expect(scheduled.getByRole("option")).toHaveText(["As they are", "Newsprint", "The newest"]);
  await scheduled.selectOption("The newest");

  await pick(page, "Mosaic");
  await expect(scheduled.getByRole("option")).toHaveText(["As they are", "Newsprint", "The newest"]);
  await expect(scheduled).toHaveValue("The newest");
  await scheduled.selectOption("");
  await page.getByRole("button", { name: "Remove The newest" }).click();
  await expect(scheduled.getByRole("option")).toHaveText(["As they are", "Newsprint"]);
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(page.getByRole("button", { name: "The newest", exact: true })).toBeVisible();
});

test("a photo goes out as the mosaic that the form says", async ({ page, sandbox }) => {
  await form(page);
  await page.getByRole("button", { name: "Publish with this look" }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByText(/^[\d,]+ × [\d,]+/)).toBeVisible({ timeout: 180_000 });
  expect(await sandbox.posts()).toEqual([]);
  await dialog.getByRole("button", { name: "Publish", exact: true }).click();
  await expect.poll(async () => (await sandbox.posts()).length, { timeout: 60_000 }).toBe(1);
});

test("the picture of a mosaic can be saved", async ({ page }) => {
  await made(page);
  const coming = page.waitForEvent("download");
  await page.getByRole("link", { name: "Save a copy to share" }).click();
  const file = await coming;
  expect(file.suggestedFilename()).toMatch(/^Mosaic of .+\.jpg$/);
  expect(await file.failure()).toBeNull();
});
