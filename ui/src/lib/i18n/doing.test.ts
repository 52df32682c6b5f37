import { afterEach, expect, it } from "vitest";

import { doingText, summaryText } from "./doing";
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

it("says in the language of the page how a run ended", () => {
  const said = ["Published to X.", "1200 photos: 60 added, 0 changed, 3 gone.", "60 photos, nothing new.", "Saved as /home/ada/looks/a.png", "No credit."];
  expect(said.map(summaryText)).toEqual(["Published to X.", "1,200 photos: 60 added, 0 changed, 3 gone.", "60 photos, nothing new.", "Saved as /home/ada/looks/a.png", "No credit."]);
  i18n.asked = "de";
  expect(said.map(summaryText)).toEqual(["Auf X veröffentlicht.", "1.200 Fotos: 60 neu, 0 geändert, 3 weg.", "60 Fotos, nichts Neues.", "Gesichert als /home/ada/looks/a.png", "No credit."]);
});
