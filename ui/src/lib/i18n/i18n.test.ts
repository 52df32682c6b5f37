import { afterEach, expect, it } from "vitest";

import { monthText, numberText, pauseEnd, whenText } from "./dates";
import { de } from "./de";
import { en } from "./en";
import { i18n } from "./i18n.svelte";

afterEach(() => {
  i18n.asked = "system";
});

type Leaf = { path: string; value: unknown };

function leaves(words: object, path = ""): Leaf[] {
  return Object.entries(words).flatMap(([key, value]: [string, unknown]) =>
    typeof value === "object" && value !== null ? leaves(value, `${path}${key}.`) : [{ path: path + key, value }],
  );
}

const said = ({ value }: Leaf): string => (typeof value === "function" ? String(value(2, false)) : String(value));

it("both languages say every sentence, and none is empty", () => {
  expect(leaves(de).map(({ path }) => path)).toEqual(leaves(en).map(({ path }) => path));
  for (const leaf of [...leaves(en), ...leaves(de)]) expect(said(leaf).trim(), leaf.path).not.toBe("");
});

it("a long sentence is never left in English", () => {
  const german = new Map(leaves(de).map((leaf) => [leaf.path, said(leaf)]));
  for (const leaf of leaves(en).filter(({ value }) => typeof value === "string"))
    if (said(leaf).split(" ").length > 2) expect(german.get(leaf.path), leaf.path).not.toBe(said(leaf));
});

it("one is one and two are two", () => {
  expect(en.selection.did.exclude("1", true)).toBe("1 photo excluded");
  expect(de.selection.did.exclude("2", false)).toBe("2 Fotos ausgeschlossen");
});

it("dates and numbers follow the language", () => {
  i18n.asked = "de";
  expect(monthText(2024, 3)).toBe("März 2024");
  expect(numberText(12_483)).toBe("12.483");
  expect(whenText("2026-11-29T10:00:00Z", Date.parse("2026-11-24T10:00:00Z"), null)).toContain("Sonntag");
  expect(whenText("2026-12-01T09:00:00Z", Date.parse("2026-11-24T10:00:00Z"), "Europe/Berlin")).toContain("10:00");
  i18n.asked = "en";
  expect(monthText(2024, 3)).toBe("March 2024");
  expect(monthText(2024, 0)).toBe("2024");
  expect(monthText(0, 0)).toBe(en.gallery.undated);
});

it("a pause without an end is not given one", () => {
  const now = Date.parse("2026-11-24T10:00:00Z");
  expect(pauseEnd("2036-11-21T12:01:00Z", now, null)).toBeNull();
  i18n.asked = "en";
  expect(pauseEnd("2026-12-24T12:00:00Z", now, "Europe/Berlin")).toContain("Dec");
});
