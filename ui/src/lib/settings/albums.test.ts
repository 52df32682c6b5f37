import { expect, it } from "vitest";

import { withoutAlbum } from "./albums";

it("knows an album by its id, or by its title in any case", () => {
  const albums = [{ id: "72157", title: "Birds of Norway", count: 3 }];
  expect(withoutAlbum(["72157", "birds of NORWAY", "Birds", "72158"], albums)).toEqual(["Birds", "72158"]);
  expect(withoutAlbum([], albums)).toEqual([]);
});
