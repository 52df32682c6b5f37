import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test, type Page } from "@playwright/test";

import { Control, Program, type Sandboxed, type Served } from "../support/program.ts";
import { listenTo } from "../support/test.ts";

// Keys go into the keyring, so this needs the private one of scripts/with-keyring.sh.
test.skip(process.env["PIERROT_TEST_KEYRING"] !== "1", "there is no private keyring");

async function keep(page: Page, label: string, value: string): Promise<void> {
  const field = page.getByLabel(label, { exact: true });
  await field.fill(value);
  await field.press("Enter");
  await expect(page.getByText(`${label} is in the keyring`)).toBeVisible();
}

test("from an empty home to the first publication, with keys typed by hand", async ({ page }) => {
  const sandbox = await Program.start<Sandboxed>(["sandbox", "--photos", "12"]);
  const { flickr, x, secrets, control_url } = sandbox.said;
  const control = new Control(control_url);
  const home = await mkdtemp(join(tmpdir(), "pierrot-browser-"));
  await writeFile(
    join(home, "config.toml"),
    `[flickr]\napi_url = "${flickr.api_url}"\noauth_url = "${flickr.oauth_url}"\ncalls_per_second = 0\n\n[targets.x]\nkind = "x"\napi_url = "${x.api_url}"\n`,
  );
  const program = await Program.start<Served>(["--home", home, "serve"]);
  try {
    const complaints = listenTo(page);
    await page.goto(program.said.address);
    await expect(page.getByRole("heading", { level: 1, name: "Pierrot" })).toBeVisible();

    await expect(page.getByRole("heading", { name: "Connect Flickr" })).toBeVisible();
    await keep(page, "API key", secrets["flickr.api_key"] ?? "");
    await keep(page, "API secret", secrets["flickr.api_secret"] ?? "");
    const popup = page.waitForEvent("popup");
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    const token = new URL((await popup).url()).searchParams.get("oauth_token");
    await (await popup).close();
    const { verifier } = (await control.ask(`verifier?oauth_token=${token}`)) as { verifier: string };
    await page.getByLabel("The code", { exact: true }).fill(verifier);
    await page.getByRole("button", { name: "Finish" }).click();
    await expect(page.getByText("Signed in as maren_holt", { exact: true })).toBeVisible();

    await expect(page.getByRole("heading", { name: "Read your photos" })).toBeVisible();
    await page.getByRole("button", { name: "Read my photos" }).click();
    // Done with the last page, the next step comes by itself.
    await expect(page.getByRole("heading", { name: "Connect X" })).toBeVisible();
    await keep(page, "API key of your app", secrets["x.consumer_key"] ?? "");
    await keep(page, "API key secret of your app", secrets["x.consumer_secret"] ?? "");
    await keep(page, "Access token", secrets["x.access_token"] ?? "");
    await keep(page, "Access token secret", secrets["x.access_token_secret"] ?? "");

    await expect(page.getByRole("heading", { name: "Choose the record" })).toBeVisible();
    await expect(page.getByText(join(home, "record"), { exact: true })).toBeVisible();
    await page.getByRole("button", { name: "Keep this folder" }).click();
    await expect(page.getByText(/^(Fit for several computers|For one computer only)$/)).toBeVisible();
    await page.getByRole("button", { name: "Next" }).click();
    await expect(page.getByRole("heading", { name: "First rehearsal" })).toBeVisible();
    await page.getByRole("button", { name: "Rehearse" }).click();
    await expect(page.getByText("Alt text", { exact: true })).toBeVisible();
    expect(await control.posts()).toEqual([]);

    await page.getByRole("contentinfo", { name: "State" }).getByRole("button", { name: "Publish now" }).click();
    await page.getByRole("dialog", { name: "Publish on X" }).getByRole("button", { name: "Publish", exact: true }).click();
    await expect.poll(() => control.posts()).toHaveLength(1);
    await page.getByRole("button", { name: "To the gallery" }).click();
    await expect(page.getByText("12 photos", { exact: true })).toBeVisible();
    await expect(page.getByRole("radio", { name: /^Published 1$/ })).toBeAttached();
    expect(complaints).toEqual([]);
  } finally {
    await program.stop();
    await sandbox.stop();
    await rm(home, { recursive: true });
  }
});
