import { expect, it } from "vitest";

import { own } from "./own";

it("finds what is written down, and nothing that every object has", () => {
  const map = JSON.parse('{"x": "X", "__proto__": "Proto"}') as Record<string, string>;
  expect(["x", "__proto__", "constructor", "toString", ""].map((name) => own(map, name))).toEqual(["X", "Proto", undefined, undefined, undefined]);
  expect([own({}, "__proto__"), own(null, "x")]).toEqual([undefined, undefined]);
});
