import { expect, it } from "vitest";

import { lookText } from "./look-words";

it.each([
  [{ look: "dither", method: "atkinson", colours: { preset: "game-boy" } }, "Atkinson, Palette: the first Game Boy"],
  [{ look: "dither", method: "halftone:15", colours: { picture: 8 } }, "Halftone 15°, Number of colours: 8"],
  [{ look: "dither", method: "from the future", colours: { levels: 2 } }, "from the future, Levels of each colour: 2"],
  [{ look: "mosaic", columns: 60 }, "Mosaic, Columns: 60"],
] as const)("%j is said as %s", (look, words) => {
  expect(lookText(look)).toBe(words);
});
