import { readFileSync } from "node:fs";

import { describe, expect, it } from "vitest";

// Vitest runs in ui/ and gives style sheets to nobody, so this one is read as a file.
const css = readFileSync("src/lib/shared/tokens.css", "utf8");
const colours = new Map([...css.matchAll(/--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)/g)].map(([, name, light, dark]) => [name ?? "", [light ?? "", dark ?? ""] as const]));

function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const part = parseInt(hex.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** As WCAG 2.2 defines it. */
function contrast(a: string, b: string): number {
  const [light = 0, dark = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (light + 0.05) / (dark + 0.05);
}

const TEXT = ["ink", "ink-soft", "ink-faint", "accent", "published", "held", "excluded", "missing", "danger", "ok"];
const GROUNDS = ["paper", "raised", "sunken"];

describe.each([
  ["light", 0],
  ["dark", 1],
] as const)("%s", (_theme, side) => {
  const colour = (name: string) => colours.get(name)?.[side] ?? "#missing";

  it.each(TEXT.flatMap((text) => GROUNDS.map((ground) => [text, ground])))("%s can be read on %s", (text, ground) => {
    expect(contrast(colour(text), colour(ground))).toBeGreaterThanOrEqual(4.5);
  });

  it("what stands on the accent can be read, and edges of controls can be seen", () => {
    expect(contrast(colour("on-accent"), colour("accent"))).toBeGreaterThanOrEqual(4.5);
    expect(contrast(colour("ink"), colour("accent-soft"))).toBeGreaterThanOrEqual(4.5);
    expect(contrast(colour("ink-soft"), colour("hover"))).toBeGreaterThanOrEqual(4.5);
    for (const ground of ["paper", "raised"]) expect(contrast(colour("line-strong"), colour(ground))).toBeGreaterThanOrEqual(3);
  });
});
