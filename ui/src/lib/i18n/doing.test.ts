import { afterEach, expect, it } from "vitest";

import { doingText } from "./doing";
import { i18n } from "./i18n.svelte";

afterEach(() => {
  i18n.asked = "system";
});

it("says in the language of the page what a job does", () => {
  expect(doingText("page 3 of 1200, 1500 photos")).toBe("Page 3 of 1,200");
  i18n.asked = "de";
  expect(doingText("page 3 of 1200, 1500 photos")).toBe("Seite 3 von 1.200");
  expect(doingText("choosing photos")).toBe("Fotos werden gewählt");
  expect(doingText("settling photo 5 on x")).toBe("settling photo 5 on x");
});
