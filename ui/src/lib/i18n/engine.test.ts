import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { afterEach, beforeEach, expect, it } from "vitest";

import { engineDe } from "./engine.de";
import { engineWords } from "./engine";
import { i18n } from "./i18n.svelte";

beforeEach(() => (i18n.asked = "de"));
afterEach(() => (i18n.asked = "system"));

it.each([
  ["You excluded it.", "Du hast es ausgeschlossen."],
  ["Photo 12 cannot go to X: you skipped it.", "Foto 12 kann nicht zu X: du hast es übersprungen."],
  ["Flickr cannot be reached: it is asked too often.", "Flickr ist nicht erreichbar: zu viele Anfragen."],
  ["Flickr does not accept the login (what you allowed was taken back)", "Flickr nimmt die Anmeldung nicht an (die Erlaubnis wurde zurückgenommen)"],
  ["Nothing was posted. Flickr cannot be reached: it has trouble of its own.", "Nichts wurde veröffentlicht. Flickr ist nicht erreichbar: eine Störung dort."],
  ["It is a video. Words nobody knows. Nothing to do.", "Es ist ein Video. Words nobody knows. Nichts zu tun."],
  ["", ""],
])("says %j in German", (english, german) => {
  expect(engineWords(english)).toBe(german);
});

it("leaves English as it is", () => {
  i18n.asked = "en";
  expect(engineWords("It is a video.")).toBe("It is a video.");
});

it("translates nothing that the engine does not say, and keeps what varies", () => {
  const core = join(import.meta.dirname, "../../../../src-tauri/core/src");
  const files = readdirSync(core, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".rs") && !name.endsWith("_test.rs"));
  const text = files.map((name) => readFileSync(join(core, name), "utf8")).join("\n");
  const source = text.replace(/\\\n\s*/g, "").replace(/\\"/g, '"');
  const isSaid = (part: string) => source.includes(part.replace(/^\W+|\W+$/g, ""));
  const parts = (sentence: string) => sentence.split("{}").filter((letters) => letters.trim().length > 3);
  expect(engineDe.filter(([english]) => !parts(english).every(isSaid)).map(([english]) => english)).toEqual([]);
  expect(engineDe.filter(([english, german]) => german.split("{}").length !== english.split("{}").length)).toEqual([]);
});
