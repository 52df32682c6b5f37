import { defineConfig } from "@playwright/test";

const launch = (...args: string[]) => ({
  executablePath: process.env["PIERROT_BROWSER"] ?? "/usr/bin/chromium",
  // Inside a container Chromium's own sandbox cannot start; the page is ours and only loopback is reached.
  args: ["--no-sandbox", ...args],
});

/** The page in a real browser, before the real engine and the sandbox. The browser is the system's own; none is fetched. */
export default defineConfig({
  outputDir: "../../target/browser-tests",
  fullyParallel: true,
  forbidOnly: true,
  workers: 2,
  timeout: 240_000,
  expect: { timeout: 90_000 },
  reporter: [["list"], ["./support/failures.ts"]],
  use: {
    launchOptions: launch("--font-render-hinting=none"),
    viewport: { width: 1280, height: 800 },
    locale: "en-GB",
    timezoneId: "UTC",
    trace: "retain-on-failure",
    screenshot: "only-on-failure",
  },
  projects: [
    { name: "tests", testDir: "specs" },
    { name: "screenshots", testDir: "screenshots" },
    // Frames as fast as they can be drawn: what one costs, not what the screen waits for.
    { name: "figures", testDir: "figures", use: { launchOptions: launch("--disable-frame-rate-limit", "--disable-gpu-vsync") } },
  ],
});
