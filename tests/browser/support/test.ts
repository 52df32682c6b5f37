import { expect, test as base, type Locator, type Page } from "@playwright/test";

import { Control, Program, type Served } from "./program.ts";

export { expect, type Locator, type Page } from "@playwright/test";

interface Options {
  photos: number;
  /** The screen a test begins on. */
  start: "gallery" | "plan" | "activity" | "accounts" | "settings" | "welcome";
}

interface World {
  demo: Served;
  sandbox: Control;
}

/** Each test has a program, a home and a sandbox of its own; a page that throws or complains fails it. */
export const test = base.extend<Options & World>({
  photos: [24, { option: true }],
  start: ["gallery", { option: true }],
  demo: async ({ photos }, use) => {
    const program = await Program.start<Served>(["serve", "--demo", "--photos", String(photos)]);
    await use(program.said);
    await program.stop();
  },
  sandbox: async ({ demo }, use) => use(new Control(demo.control_url ?? "")),
  page: async ({ page, demo, start }, use) => {
    const complaints = listenTo(page);
    await synced(demo);
    await page.goto(`${demo.address}#/${start}`);
    await page.bringToFront();
    await page.getByRole("heading", { level: 1 }).waitFor();
    await use(page);
    test.expect(complaints).toEqual([]);
  },
});

/** The demo reads its photos by itself; waits until they are all there. */
async function synced({ address }: Served): Promise<void> {
  const { origin, searchParams } = new URL(address);
  const headers = { authorization: `Bearer ${searchParams.get("token")}`, "content-type": "application/json" };
  const overview = async () => (await (await fetch(`${origin}/api/call/overview`, { method: "POST", headers, body: "{}" })).json()) as { synced_at: string | null };
  await base.expect.poll(async () => (await overview()).synced_at).not.toBeNull();
}

/** Collects what the page throws and what the browser complains of; what the program refuses is for the page to tell. */
export function listenTo(page: Page): string[] {
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => message.type() === "error" && !message.text().startsWith("Failed to load resource") && complaints.push(message.text()));
  return complaints;
}

export type Screen = "Gallery" | "Plan" | "Activity" | "Studio" | "Accounts" | "Settings";

/** Goes to a screen as a person does and waits until it stands. */
export async function go(page: Page, screen: Screen): Promise<void> {
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: screen }).click();
  await page.getByRole("heading", { level: 1, name: screen }).waitFor();
}

/** The photos of the gallery that are drawn, in order. */
export const photos = (page: Page) => page.getByRole("listbox", { name: "Photos" }).getByRole("option");

/** The title of a photo that is drawn; its name goes on with what kind it is and when it was taken. */
export async function titleOf(photo: Locator): Promise<string> {
  await test.expect(photo).toHaveAccessibleName(/, taken/);
  const name = (await photo.getAttribute("aria-label")) ?? "";
  const [title] = name.split(/(?:, Video)?, taken/);
  test.expect(title).toBeTruthy();
  return title ?? "";
}

/** Takes one of a row of choices, by its words. */
export async function pick(page: Page, words: string | RegExp): Promise<void> {
  const radio = page.getByRole("radio", { name: words });
  await page.locator("label").filter({ has: radio }).click();
  await test.expect(radio).toBeChecked();
}

/** Shows the photos of one state and waits for them; answers with how many there are. */
export async function narrow(page: Page, state: string): Promise<number> {
  const choice = page.getByRole("radio", { name: new RegExp(`^${state} \\d+$`) });
  await pick(page, new RegExp(`^${state} \\d+$`));
  const count = (await page.locator("label").filter({ has: choice }).innerText()).replace(/\D/g, "");
  await page.getByText(new RegExp(`^${count} of \\d+ photos$`)).waitFor();
  return Number(count);
}

/** One photo by chance goes out now; answers with its caption. */
export async function publishNow(page: Page): Promise<string> {
  await page.getByRole("contentinfo", { name: "State" }).getByRole("button", { name: "Publish now" }).click();
  const dialog = page.getByRole("dialog", { name: "Publish on X" });
  const publish = dialog.getByRole("button", { name: "Publish", exact: true });
  await expect(publish).toBeEnabled();
  const caption = await dialog.getByRole("definition").first().innerText();
  await publish.click();
  await expect(dialog).toBeHidden();
  return caption;
}
