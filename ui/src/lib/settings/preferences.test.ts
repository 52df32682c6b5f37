import { afterEach, beforeEach, expect, it } from "vitest";

import { CallError, type Host } from "../host/host";
import { i18n } from "../i18n/i18n.svelte";
import { Preferences } from "./preferences.svelte";
import { silent } from "../host/silent.test-host";

beforeEach(() => localStorage.clear());
afterEach(() => {
  i18n.asked = "system";
  delete document.documentElement.dataset["theme"];
});

function opened(appearance: unknown) {
  const asked: unknown[] = [];
  const host: Host = {
    ...silent,
    call: async (name, args) => {
      if (appearance === null) throw new CallError("unreachable", "");
      if (name === "change_settings") asked.push(args);
      return { appearance };
    },
  };
  return { asked, preferences: new Preferences(host) };
}

it("shows a choice at once and has the engine keep it", () => {
  const { asked, preferences } = opened({ theme: "system", language: "system" });
  preferences.start();
  preferences.choose({ theme: "dark" });
  expect([document.documentElement.dataset["theme"], i18n.asked]).toEqual(["dark", "system"]);
  expect(asked).toEqual([{ changes: { "appearance.theme": "dark" } }]);
});

it("follows what the engine keeps, and looks the same the next time before it answers", async () => {
  const { preferences } = opened({ theme: "light", language: "de" });
  await preferences.follow();
  expect([preferences.theme, document.documentElement.lang]).toEqual(["light", "de"]);
  const silent = opened(null).preferences;
  silent.start();
  await silent.follow();
  expect([silent.theme, i18n.asked]).toEqual(["light", "de"]);
});
