import { readFileSync } from "node:fs";

import { expect, it } from "vitest";

import { de } from "./de";

// What the engine offers is named in its own sources; vitest runs in ui/.
const names = (file: string, row: RegExp) => [...readFileSync(`../src-tauri/looks/src/dither/${file}`, "utf8").matchAll(row)].map(([, name]) => name);

it("every way of dithering and every palette that the engine offers has its words", () => {
  const methods = names("method.rs", /^ {4}\("([\w-]+)", Method::/gm);
  expect(methods).toContain("floyd-steinberg");
  expect([Object.keys(de.studio.methods), Object.keys(de.studio.method_hints)]).toEqual([methods, methods]);
  expect(Object.keys(de.studio.palettes)).toEqual(names("palette.rs", /Preset\(\s*"([\w-]+)"/g));
});
