import { expect, go, test } from "../support/test.ts";

// Not a test: how long a slider of the Studio waits for its preview. scripts/bench.sh runs it on the optimised program.
const STEPS = 12;
const LOOKS = ['{"look":"dither"}', '{"look":"dither","colours":{"picture":8}}', '{"look":"dither","colours":{"preset":"c64"},"method":"jarvis-judice-ninke"}'];

test("figures of the Studio", async ({ page }) => {
  await go(page, "Studio");
  await page.getByRole("main").getByRole("link").first().click();
  await page.getByText("Recipe").click();
  const recipe = page.getByRole("textbox", { name: "Recipe" });
  for (const look of LOOKS) {
    await recipe.fill(look);
    await recipe.blur();
    await expect(page.getByRole("img", { name: "The photo in its look" })).toHaveAttribute("src", /recipe=/);
    await page.waitForTimeout(2_000);
    const took = await page.evaluate(async (steps) => {
      const [slider] = [...document.querySelectorAll("label")].filter((label) => label.textContent.startsWith("Strength")).map((label) => document.getElementById(label.htmlFor));
      if (!(slider instanceof HTMLInputElement)) throw new Error("there is no strength");
      const shown = () => document.querySelector<HTMLImageElement>("img.look")?.src;
      const all: number[] = [];
      for (let step = 1; step <= steps; step++) {
        const [before, began] = [shown(), performance.now()];
        slider.value = String(100 - step);
        slider.dispatchEvent(new Event("input", { bubbles: true }));
        do await new Promise(requestAnimationFrame);
        while (shown() === before);
        all.push(performance.now() - began);
      }
      return all.sort((a, b) => a - b);
    }, STEPS);
    const side = await page.locator("img.look").evaluate((img: HTMLImageElement) => `${img.naturalWidth} x ${img.naturalHeight}`);
    console.log(`preview of ${look}, ${side}: median ${took[STEPS / 2]?.toFixed(0)} ms, longest ${took.at(-1)?.toFixed(0)} ms`);
  }
});
