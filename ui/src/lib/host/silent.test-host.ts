// A host and a program for tests that say nothing by themselves: each test gives the calls it answers.
import type { Overview } from "./bindings";
import type { Host } from "./host";

export const silent: Omit<Host, "call"> = {
  listen: () => () => undefined,
  look: () => "about:blank",
  mosaicPicture: () => "about:blank",
  picture: () => "about:blank",
  openFile: () => Promise.reject(new Error("no file is opened")),
  open: () => undefined,
  save: () => Promise.resolve(null),
  elsewhere: () => Promise.resolve(),
  window: null,
};

/** A program that has nothing set up and nothing to do. */
export const idle: Overview = {
  version: "1.2.3",
  demo: false,
  home: "",
  mood: "idle",
  ready: { source: false, synced: false, target: false },
  photos: 0,
  published: 0,
  reviews: 0,
  under_way: null,
  changing: null,
  undoable: null,
  next: [],
  zone: "Etc/UTC",
  paused_until: null,
  targets: [],
  trouble: [],
  synced_at: null,
};
