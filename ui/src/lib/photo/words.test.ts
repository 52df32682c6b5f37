import { afterEach, beforeEach, expect, it, vi } from "vitest";

import type { CaptionPreview, OwnWords, Wording } from "../host/bindings";
import { CallError, type Host } from "../host/host";
import { Drafts } from "./drafts.svelte";
import { WordsState } from "./words.svelte";
import { silent } from "../host/silent.test-host";

beforeEach(() => {
  localStorage.clear();
  vi.useFakeTimers();
});
afterEach(() => void vi.useRealTimers());

const HOME = "/home/ada/pierrot";
const TEMPLATE = { caption: "Harbour", alt_text: "Boats." };

/** A record of words, and the engine's answers from it. */
function opened(drafts = new Drafts(() => HOME)) {
  const kept: OwnWords = { caption: null, alt_text: null };
  const asked: [string, Record<string, unknown>][] = [];
  let away = false;
  const host: Host = {
    call: async (name, args) => {
      const { words, caption, alt_text } = args as { words?: Wording[]; caption?: string | null; alt_text?: string | null };
      asked.push([name, args as Record<string, unknown>]);
      if (away) throw new CallError("try_later", "The record is away.");
      if (name === "set_words") return (words ?? []).forEach(({ part, text }) => (kept[part] = text));
      const text = caption || kept.caption || TEMPLATE.caption;
      const alt = alt_text ?? kept.alt_text ?? TEMPLATE.alt_text;
      return { text, weighted: text.length, limit: 280, alt_text: alt, written: { ...kept }, template: TEMPLATE } as unknown as CaptionPreview;
    },
    ...silent,
  };
  const words = new WordsState(host, drafts);
  return { words, asked, kept, drafts, host, goAway: () => (away = true) };
}

const rested = () => vi.advanceTimersByTimeAsync(500);

it("previews what is typed once the fingers rest, and writes nothing", async () => {
  const { words, asked, kept } = opened();
  await words.open("1", "x");
  expect([words.text("caption"), words.by("caption"), words.dirty]).toEqual(["Harbour", "template", false]);
  for (const text of ["L", "Lo", "Low tide"]) words.type("caption", text);
  expect([words.text("caption"), words.by("caption"), words.dirty]).toEqual(["Low tide", "draft", true]);
  await rested();
  expect(words.preview.value?.text).toBe("Low tide");
  expect(asked.map(([name]) => name)).toEqual(["caption_preview", "caption_preview"]);
  expect(kept.caption).toBeNull();
});

it("keeps what is typed while one looks at other photos, and after the window was closed", async () => {
  const { words, drafts } = opened();
  await words.open("1", "x");
  words.type("caption", "Low tide");
  await words.open("2", "x");
  expect([words.text("caption"), words.dirty]).toEqual(["Harbour", false]);
  await words.open("1", "x");
  expect([words.text("caption"), words.dirty, drafts.has("1", "x")]).toEqual(["Low tide", true, true]);
  const later = opened(new Drafts(() => HOME)).words;
  await later.open("1", "x");
  expect([later.text("caption"), later.preview.value?.text]).toEqual(["Low tide", "Low tide"]);
});

it("shows no other archive what was typed in this one", async () => {
  const { words } = opened();
  await words.open("1", "x");
  words.type("caption", "Low tide");
  expect(new Drafts(() => HOME).has("1", "x")).toBe(true);
  expect(new Drafts(() => `${HOME}-of-another`).has("1", "x")).toBe(false);
});

it("saves only what was typed, for the target or for every, and puts back what stood there", async () => {
  const { words, asked, kept } = opened();
  await words.open("1", "x");
  words.type("alt_text", "");
  const before = await words.save(false);
  expect(asked.find(([name]) => name === "set_words")?.[1]).toEqual({ photo: "1", target: "x", words: [{ part: "alt_text", text: "" }] });
  expect([kept, words.dirty, words.by("alt_text"), words.own]).toEqual([{ caption: null, alt_text: "" }, false, "you", true]);
  await words.restore(true, before);
  expect([kept, words.own]).toEqual([{ caption: null, alt_text: null }, false]);
  expect(asked.filter(([name]) => name === "set_words")[1]?.[1]["target"]).toBeNull();
});

it("an emptied caption goes back to the template", async () => {
  const { words, kept } = opened();
  await words.open("1", "x");
  words.type("caption", "Mine");
  await words.save(true);
  words.type("caption", " ");
  await rested();
  expect([words.text("caption"), words.dirty]).toEqual([" ", true]);
  await words.save(true);
  expect([kept.caption, words.text("caption"), words.dirty]).toEqual([null, "Harbour", false]);
});

it("typing back what stands there is no draft", async () => {
  const { words, drafts } = opened();
  await words.open("1", "x");
  words.type("caption", "Harbour!");
  words.type("caption", "Harbour");
  expect([words.dirty, drafts.has("1", "x")]).toEqual([false, false]);
  words.type("caption", "Other");
  await words.discard();
  expect([words.text("caption"), words.dirty]).toEqual(["Harbour", false]);
});

it("a save that fails loses nothing, nor does typing on while it is under way", async () => {
  const { words, goAway } = opened();
  await words.open("1", "x");
  words.type("caption", "Low tide");
  const saving = words.save(true);
  words.type("caption", "Low tide, later");
  await saving;
  expect([words.text("caption"), words.dirty]).toEqual(["Low tide, later", true]);
  goAway();
  await expect(words.save(true)).rejects.toBeInstanceOf(CallError);
  expect([words.text("caption"), words.dirty]).toEqual(["Low tide, later", true]);
});

it("reads only drafts it can have written", () => {
  for (const [kept, has] of [
    ['[["/home/ada/pierrot:1/x",{"caption":"a","alt_text":null}]]', true],
    ['[["/home/ada/pierrot:1/x",{"caption":7,"alt_text":null}]]', false],
    ['{"/home/ada/pierrot:1/x":1}', false],
    ["not JSON", false],
  ] as const) {
    localStorage.setItem("pierrot.drafts", kept);
    expect(new Drafts(() => HOME).has("1", "x"), kept).toBe(has);
  }
});
