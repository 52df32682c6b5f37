import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { afterEach, expect, it } from "vitest";

import { i18n } from "./i18n.svelte";
import { onThePage } from "./places";

afterEach(() => {
  i18n.asked = "system";
});

it("names a place instead of a command", () => {
  i18n.asked = "en";
  expect(onThePage("Run `pierrot check`; `pierrot check --repair` mends it.")).toBe("Use “Check” in Accounts; “Repair” in Accounts mends it.");
  expect(onThePage("Store it with `pierrot secret set x.consumer_key`.")).toBe("Store it with “API key of your app” in Accounts.");
  expect(onThePage("Store it with `pierrot secret set`, then run `pierrot sync`.")).toBe("Store it with “Keep” in Accounts, then use “Look for photos now” in Activity.");
  expect(onThePage("Else name a folder as `path` of [record] in config.toml.")).toBe("Else name a folder as “Record” in Accounts.");
  i18n.asked = "de";
  expect(onThePage("Run `pierrot review`.")).toBe("Use „Rückfragen“ unter Verlauf.");
});

it("leaves other words alone", () => {
  for (const text of ["", "Nothing to do.", "Run `apt install git`.", "`pierrot dance`"]) expect(onThePage(text)).toBe(text);
});

it("knows a place for every command that an error of the engine names", () => {
  const core = join(import.meta.dirname, "../../../../src-tauri/core/src");
  const files = readdirSync(core, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".rs") && !name.endsWith("_test.rs"));
  // A terminal makes the first home; a page has one.
  const said = files.flatMap((name) => readFileSync(join(core, name), "utf8").match(/`pierrot (?!init)[a-z]+[^`]*`/g) ?? []);
  expect(said.length).toBeGreaterThan(40);
  // In comments some words stand that no error says.
  const inSilence = ["`pierrot serve`", "`pierrot run`", "`pierrot demo`", "`pierrot serve --demo`"];
  for (const command of said.filter((words) => !inSilence.includes(words))) expect(onThePage(command), command).not.toBe(command);
});
