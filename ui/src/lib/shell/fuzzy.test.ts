import { expect, it } from "vitest";

import { fit, ranked } from "./fuzzy";

const names = ["Go to Gallery", "Go to Plan", "Go to Accounts", "Appearance: Dark", "Larger pictures", "Keyboard shortcuts"];
const best = (wanted: string) => ranked(wanted, names, (name) => name).map(({ thing }) => thing);

it("finds letters in order, beginnings of words first", () => {
  expect(best("gg")[0]).toBe("Go to Gallery");
  expect(best("gp")[0]).toBe("Go to Plan");
  expect(best("dark")).toEqual(["Appearance: Dark"]);
  expect(best("zzz")).toEqual([]);
});

it("shows everything in its order when nothing is wanted", () => {
  expect(best("")).toEqual(names);
  expect(best("  ")).toEqual(names);
});

it("looks past case and accents, and marks the letters it found", () => {
  expect(fit("larg", "Größere, LÄRGER")?.marks.map((at) => [..."Größere, LÄRGER"][at])).toEqual(["L", "Ä", "R", "G"]);
  expect(fit("ap", "Go to a Plan")?.marks).toEqual([6, 8]);
});
