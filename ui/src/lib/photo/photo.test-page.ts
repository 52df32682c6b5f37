import type { PhotoPage } from "../host/bindings";

/** A photo as the engine tells it, for tests. */
export const page = (change: Partial<PhotoPage> = {}): PhotoPage => ({
  id: "1",
  title: "Harbour",
  description: "",
  tags: [],
  albums: [],
  taken: "2013-10-06 14:06:41",
  taken_precision: "exact",
  uploaded: null,
  licence: { words: "All rights reserved", url: null },
  privacy: "Public",
  safety: null,
  place: null,
  width: 3000,
  height: 2000,
  media: "photo",
  thumb: "a",
  page_url: "https://www.flickr.com/photos/me/1/",
  missing: false,
  excluded: false,
  exif: null,
  targets: [],
  history: [],
  ...change,
});
