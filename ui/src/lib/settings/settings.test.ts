import { expect, it } from "vitest";

import { CallError, type Host } from "../host/host";
import { faultWords, SettingsState, wordsOf } from "./settings.svelte";
import { silent } from "../host/silent.test-host";

function opened(refusal: CallError | null = null) {
  const asked: unknown[] = [];
  const host: Host = {
    ...silent,
    call: async (name, args) => {
      if (name === "settings") return { schedule: { sync: "off" }, targets: { x: { caption: "{title}" } } };
      asked.push(args);
      if (refusal !== null) throw refusal;
      return { schedule: { sync: "daily 04:00" }, targets: {} };
    },
  };
  return { asked, settings: new SettingsState(host) };
}

it("reads a value by its dotted key, and nothing where there is none", async () => {
  const { settings } = opened();
  expect(settings.get("schedule.sync")).toBeUndefined();
  await settings.all.load();
  expect([settings.get("targets.x.caption"), settings.get("targets.y.caption"), settings.get("a.b.c")]).toEqual(["{title}", undefined, undefined]);
});

it("takes what the engine took", async () => {
  const { asked, settings } = opened();
  expect(await settings.change({ "schedule.sync": "daily 04:00" })).toBe(true);
  expect(asked).toEqual([{ changes: { "schedule.sync": "daily 04:00" } }]);
  expect([settings.get("schedule.sync"), settings.saved]).toEqual(["daily 04:00", "schedule.sync"]);
});

it("says what is wrong at the field it is about, and keeps the old value", async () => {
  const { settings } = opened(new CallError("fix_settings", "config.toml: targets.x.caption: {titel} is not a placeholder; did you mean {title}?"));
  await settings.all.load();
  expect(await settings.change({ "targets.x.caption": "{titel}", "targets.x.alt": "" })).toBe(false);
  expect(settings.faults).toEqual({ "targets.x.caption": "{titel} is not a placeholder; did you mean {title}?" });
  expect(settings.get("targets.x.caption")).toBe("{title}");
});

it.each([
  ['config.toml: TOML parse error at line 14, column 15\n   |\n14 | quiet_hours = "8"\n   |   ^^^\n"8" is not two times of day', '"8" is not two times of day.'],
  ["config.toml: flickr.safe_search must be 1, 2 or 3", "Must be 1, 2 or 3."],
  ["config.toml: targets.Bad Name: a target's name is 1 to 30 small letters", "A target's name is 1 to 30 small letters."],
])("%j is said as %j", (message, words) => {
  expect(faultWords(new CallError("fix_settings", message))).toBe(words);
});

it("lists are words between commas", () => {
  expect(wordsOf(" sunset,long exposure,, sunset\nsea ")).toEqual(["sunset", "long exposure", "sea"]);
});
