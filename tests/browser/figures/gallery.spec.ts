import { expect, photos, test } from "../support/test.ts";

// Not a test: what the gallery costs in Chromium with a large archive. scripts/bench.sh runs it on the optimised program.
const PHOTOS = Number(process.env["PIERROT_PHOTOS"] ?? 100_000);
const SCROLL_MS = 60_000;
const WORDS = ["light", "sea", "night lisbon", "fog", "no photo is called that"];

test.use({ photos: PHOTOS });
test.setTimeout(600_000);

const at = (sorted: readonly number[], share: number): string => (sorted[Math.floor(sorted.length * share)] ?? NaN).toFixed(1);

test("figures of the gallery", async ({ page }) => {
  await expect(photos(page).first()).toBeVisible();
  const frames = await page.evaluate(async (ms) => {
    const scroller = document.querySelector(".scroller");
    if (scroller === null) throw new Error("the gallery has no scroller");
    const way = scroller.scrollHeight - scroller.clientHeight;
    const took: number[] = [];
    const began = performance.now();
    for (let last = began; last - began < ms; ) {
      const now = await new Promise<number>(requestAnimationFrame);
      scroller.scrollTop = (way * (now - began)) / ms;
      took.push(now - last);
      last = now;
    }
    return took.slice(1).sort((a, b) => a - b);
  }, SCROLL_MS);
  console.log(`scrolled through ${PHOTOS} photos in ${SCROLL_MS / 1000} s: frames median ${at(frames, 0.5)} ms, p99 ${at(frames, 0.99)} ms`);

  const pictures = () => page.evaluate(() => [...document.querySelectorAll("img")].filter((img) => !img.complete).length);
  const found: number[] = [];
  page.on("requestfinished", (request) => {
    if (request.url().endsWith("/api/call/gallery")) found.push(request.timing().responseEnd);
  });
  for (const words of WORDS) {
    await page.waitForTimeout(1_000);
    // Else it waits in the browser behind pictures that are being drawn.
    await expect.poll(pictures, { timeout: 120_000 }).toBe(0);
    const before = found.length;
    await page.getByRole("searchbox", { name: "Search" }).fill(words);
    await expect.poll(() => found.length).toBeGreaterThan(before);
  }
  console.log(`search as one types: answers within ${found.map((ms) => ms.toFixed(0)).join(", ")} ms`);
});
