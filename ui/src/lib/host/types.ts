// Provisional: these shapes will be generated from Rust and this file replaced.

/** Where a photo stands with its publications. */
export type PhotoState = "unpublished" | "published" | "held" | "excluded" | "missing";

/** The order of the gallery. */
export type Sort = "newest" | "oldest" | "added";

/** What the gallery shows; null is "any". Dates are `YYYY-MM-DD`, both included. */
export interface Query {
  text: string;
  state: PhotoState | null;
  target: string | null;
  album: string | null;
  tag: string | null;
  from: string | null;
  to: string | null;
  camera: string | null;
  sort: Sort;
}

export interface MonthCount {
  year: number;
  /** 1 to 12; 0 where only the year is known. */
  month: number;
  count: number;
}

export type StateCounts = Record<"all" | PhotoState, number>;

export interface GalleryAnswer {
  version: number;
  /** Photos that match. */
  count: number;
  /** Photos there are. */
  total: number;
  /** width * 100 / height of every match, in order. */
  ratios: number[];
  /** Runs of months in order; their counts add up to `count`. */
  months: MonthCount[];
  counts: StateCounts;
}

export interface GalleryRow {
  id: string;
  title: string;
  /** RFC 3339, or null where nothing is known. */
  taken: string | null;
  ratio: number;
  state: PhotoState;
  /** Target ids. */
  published: string[];
  video: boolean;
  /** Key of the grid picture; changes with it. */
  thumb: string | null;
  /** Base64, standard alphabet. */
  thumbhash: string | null;
}

export interface GalleryWindow {
  version: number;
  rows: GalleryRow[];
}

export interface Facets {
  albums: { id: string; title: string; count: number }[];
  tags: { tag: string; count: number }[];
  cameras: { camera: string; count: number }[];
  years: number[];
}

export interface Done {
  done: number;
  /** Hand this to `undo` to take it back. */
  undo?: string | null;
}

export interface TargetName {
  id: string;
  name: string;
}

export interface Status {
  targets: TargetName[];
  /** The next slot that will publish; `at` is RFC 3339. */
  next: { target: string; at: string } | null;
  /** What is under way, in a sentence's words; null when idle. */
  working: { what: string; done: number; of: number | null } | null;
  needs_review: number;
  /** RFC 3339; null when not paused. */
  paused_until: string | null;
}

export interface About {
  version: string;
  home: string | null;
}

type Nothing = Record<string, never>;

/** Every call the page makes: what it says and what it gets. */
export interface Calls {
  about: { args: Nothing; answer: About };
  mounted: { args: Nothing; answer: null };
  status: { args: Nothing; answer: Status };
  gallery: { args: { query: Query }; answer: GalleryAnswer };
  gallery_window: { args: { query: Query; version: number; offset: number; limit: number }; answer: GalleryWindow };
  facets: { args: Nothing; answer: Facets };
  exclude: { args: { photos: string[] }; answer: Done };
  include: { args: { photos: string[] }; answer: Done };
  queue: { args: { photos: string[]; target: string }; answer: Done };
  mark_published: { args: { photos: string[]; target: string; url?: string }; answer: Done };
  undo: { args: { undo: string }; answer: Done };
  publish_now: { args: { target: string }; answer: null };
}
