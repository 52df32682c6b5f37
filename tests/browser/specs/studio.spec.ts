import { expect, go, narrow, photos, test } from "../support/test.ts";

test("a look is tried on a photo, kept by name, and goes out with it", async ({ page, sandbox }) => {
  await go(page, "Studio");
  await page.getByRole("main").getByRole("link").first().click();
  const look = page.getByRole("img", { name: "The photo in its look" });
  await expect(look).toBeVisible();
  const colours = () =>
    look.evaluate(async (img: HTMLImageElement) => {
      await img.decode();
      const canvas = new OffscreenCanvas(img.naturalWidth, img.naturalHeight);
      const pen = canvas.getContext("2d");
      pen?.drawImage(img, 0, 0);
      const { data } = pen?.getImageData(0, 0, canvas.width, canvas.height) ?? { data: new Uint8ClampedArray() };
      return new Set(new Uint32Array(data.buffer)).size;
    });
  expect(await colours()).toBeLessThanOrEqual(8);

  const before = await look.getAttribute("src");
  await page.getByLabel("Way of dithering").selectOption("bayer8");
  await page.getByLabel("In greys").check();
  await expect(look).not.toHaveAttribute("src", before ?? "");
  await expect.poll(colours).toBe(2);
  await page.getByText("Recipe").click();
  const recipe = page.getByRole("textbox", { name: "Recipe" });
  await expect(recipe).toHaveValue(/"method":"bayer8"/);

  await page.getByLabel("Name", { exact: true }).fill("Newsprint");
  await page.getByRole("button", { name: "Keep" }).click();
  await expect(page.getByRole("button", { name: "Newsprint", exact: true })).toHaveAttribute("aria-pressed", "true");
  await page.getByLabel("In greys").uncheck();
  await page.getByRole("button", { name: "Newsprint", exact: true }).click();
  await expect(page.getByLabel("In greys")).toBeChecked();

  await page.getByRole("button", { name: "Make a file" }).click();
  await go(page, "Activity");
  await expect(page.getByText(/^Saved as .*looks.*\.png$/).first()).toBeVisible({ timeout: 60_000 });
  expect(await sandbox.posts()).toEqual([]);
});

test("publishing with a look posts the picture in it", async ({ page, sandbox }) => {
  await narrow(page, "Unpublished");
  await photos(page).first().dblclick();
  await page.getByRole("button", { name: "More", exact: true }).click();
  await page.getByRole("menuitem", { name: "Give it a look" }).click();
  await page.getByRole("button", { name: "Publish with this look" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Publish", exact: true }).click({ timeout: 60_000 });
  await expect.poll(async () => (await sandbox.posts()).length, { timeout: 60_000 }).toBe(1);
  await go(page, "Activity");
  await page.locator("label").filter({ hasText: "Log" }).click();
  await expect(page.getByText(/bayer8|floyd-steinberg/).first()).toBeAttached();
});

test("words that are no recipe change nothing, and stay to be mended", async ({ page }) => {
  await go(page, "Studio");
  await page.getByRole("main").getByRole("link").first().click();
  await page.getByText("Recipe").click();
  const recipe = page.getByRole("textbox", { name: "Recipe" });
  const before = await recipe.inputValue();
  await recipe.fill("a nice one, please");
  await recipe.blur();
  await expect(page.getByText(/these words are no recipe/)).toBeVisible();
  await expect(recipe).toHaveValue("a nice one, please");
  await recipe.fill(before.replace("floyd-steinberg", "atkinson"));
  await recipe.blur();
  await expect(page.getByLabel("Way of dithering")).toHaveValue("atkinson");
  await expect(page.getByText(/these words are no recipe/)).toBeHidden();
});

test("a picture of one's own is dropped, or chosen, and made into a file", async ({ page, sandbox }) => {
  await go(page, "Plan");
  const png = await page.evaluate(async () => {
    const canvas = new OffscreenCanvas(320, 200);
    const pen = canvas.getContext("2d");
    if (pen) {
      pen.fillStyle = "teal";
      pen.fillRect(0, 0, 320, 200);
    }
    return [...new Uint8Array(await (await canvas.convertToBlob()).arrayBuffer())];
  });
  const drag = await page.evaluateHandle((bytes) => {
    const carried = new DataTransfer();
    carried.items.add(new File([new Uint8Array(bytes)], "Evening.png", { type: "image/png" }));
    return carried;
  }, png);
  await page.dispatchEvent("body", "dragenter", { dataTransfer: drag });
  await expect(page.getByText("Drop the picture to open it in the Studio")).toBeVisible();
  await page.dispatchEvent("body", "drop", { dataTransfer: drag });
  await expect(page.getByRole("heading", { level: 1, name: "Evening.png" })).toBeVisible();
  await expect(page.getByText("Drop the picture to open it in the Studio")).toBeHidden();
  await expect(page.getByRole("img", { name: "The photo in its look" })).toBeVisible();
  await expect(page.getByRole("button", { name: "Publish with this look" })).toHaveCount(0);
  await page.getByRole("button", { name: "Make a file" }).click();

  await page.getByRole("button", { name: "Back to the Studio" }).click();
  const chooser = page.waitForEvent("filechooser");
  await page.getByRole("button", { name: "Open a picture…" }).click();
  await (await chooser).setFiles({ name: "notes.png", mimeType: "image/png", buffer: Buffer.from("no picture") });
  await expect(page.getByText(/Open a JPEG, PNG, GIF or WebP picture/)).toBeVisible();

  await go(page, "Activity");
  await expect(page.getByText(/^Saved as .*Evening-.*\.png$/).first()).toBeVisible({ timeout: 60_000 });
  expect(await sandbox.posts()).toEqual([]);
});
