/** How well letters fit a text, and which of its letters they are. */
export interface Fit {
  score: number;
  marks: number[];
}

/**
 * Finds the letters of `wanted` in order in `text`, case and accents aside; null if they are not all there.
 * Beginnings of words and neighbours count more, and shorter texts a little.
 */
export function fit(wanted: string, text: string): Fit | null {
  const letters = plain(wanted).replace(/\s+/g, "");
  const there = [...text].map((letter) => plain(letter));
  let best: Fit | null = null;
  for (let start = 0; start < there.length; start += 1) {
    if (letters !== "" && there[start] !== letters[0]) continue;
    const found = from(letters, there, start);
    if (found !== null && (best === null || found.score > best.score)) best = found;
    if (letters === "") break;
  }
  return best ?? (letters === "" ? { score: 0, marks: [] } : null);
}

/** The texts that fit, best first; with nothing wanted all of them as they are. */
export function ranked<T>(wanted: string, things: readonly T[], text: (thing: T) => string): { thing: T; marks: number[] }[] {
  return things
    .map((thing, at) => ({ thing, at, found: fit(wanted, text(thing)) }))
    .filter((one): one is { thing: T; at: number; found: Fit } => one.found !== null)
    .sort((a, b) => b.found.score - a.found.score || a.at - b.at)
    .map(({ thing, found }) => ({ thing, marks: found.marks }));
}

function from(letters: string, text: readonly string[], start: number): Fit | null {
  const marks: number[] = [];
  let score = 0;
  let at = start;
  for (const letter of letters) {
    while (at < text.length && text[at] !== letter) at += 1;
    if (at === text.length) return null;
    const begins = at === 0 || !/[\p{L}\p{N}]/u.test(text[at - 1] ?? "");
    const follows = marks[marks.length - 1] === at - 1;
    score += 1 + (begins ? 3 : 0) + (follows ? 4 : 0);
    marks.push(at);
    at += 1;
  }
  return { score: letters === "" ? 0 : score - text.length / 100, marks };
}

function plain(text: string): string {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}
