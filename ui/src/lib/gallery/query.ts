import type { Query } from "../host/bindings";

/** Everything, newest first. */
export const EVERYTHING: Query = {
  text: "",
  state: null,
  target: null,
  album: null,
  tag: null,
  from: null,
  to: null,
  camera: null,
  sort: "taken",
};

/** The parts of a query that the filter panel sets. */
export type Facet = "target" | "album" | "tag" | "camera" | "from" | "to";
export const FACETS: readonly Facet[] = ["target", "album", "tag", "camera", "from", "to"];

/** True when the query leaves something out. */
export function narrows(query: Query): boolean {
  return query.text.trim() !== "" || query.state !== null || FACETS.some((facet) => query[facet] !== null);
}
