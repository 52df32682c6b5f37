import { numberText } from "./dates";
import { engineDe } from "./engine.de";
import { i18n, type Language } from "./i18n.svelte";

/** What the engine says is English; each further language has its sentences here. */
const SENTENCES: Partial<Record<Language, readonly (readonly [string, string])[]>> = { de: engineDe };

interface Shape {
  english: RegExp;
  said: string;
  /** A part of a sentence, which may come as a whole one. */
  part: boolean;
}

const shapes = new Map<Language, readonly Shape[]>();
/** Parts within parts: a refusal within a reason within a sentence. */
const DEEPEST = 4;

function shapesOf(language: Language): readonly Shape[] {
  const known = shapes.get(language);
  if (known !== undefined) return known;
  const made = (SENTENCES[language] ?? []).map(([english, said]) => {
    const part = !/[.!?]$/.test(english);
    const letters = english.split("{}").map((text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
    const [first = "", ...rest] = letters;
    const initial = first.replace(/^[a-z]/, (letter) => `[${letter}${letter.toUpperCase()}]`);
    return { english: new RegExp(`^${[initial, ...rest].join("(.+?)")}${part ? "(\\.?)" : ""}$`, "s"), said, part };
  });
  shapes.set(language, made);
  return made;
}

/** The engine's words in the language of the page, sentence by sentence; what has no words there stays as it is. */
export function engineWords(text: string): string {
  return i18n.language === "en" || text === "" ? text : said(text, shapesOf(i18n.language), DEEPEST);
}

function said(text: string, known: readonly Shape[], deep: number): string {
  if (deep === 0) return text;
  if (/^\d{1,3}(,\d{3})+$/.test(text)) return numberText(Number(text.replaceAll(",", "")));
  for (const shape of known) {
    const found = shape.english.exec(text);
    if (found === null) continue;
    const parts = found.slice(1);
    const stop = shape.part ? (parts.pop() ?? "") : "";
    const filled = shape.said.replace(/\{\}/g, () => said(parts.shift() ?? "", known, deep - 1)) + stop;
    return /^[A-Z]/.test(text) ? filled.replace(/^\p{L}/u, (letter) => letter.toUpperCase()) : filled;
  }
  const sentences = text.split(/(?<=[.!?]) (?=[A-Z`"])/);
  return sentences.length > 1 ? sentences.map((sentence) => said(sentence, known, deep - 1)).join(" ") : text;
}
