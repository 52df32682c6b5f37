import type { PlanRow } from "../host/bindings";

/** A due time as the engine tells it, for tests. */
export const planRow = (change: Partial<PlanRow>): PlanRow => ({
  slot: "x/1",
  target: "x",
  at: "2026-11-29T10:00:00Z",
  local: "2026-11-29T10:00",
  photo: "1",
  title: "",
  thumb: "a",
  ratio: 150,
  origin: "chance",
  text: "",
  alt_text: "",
  cost_usd: 0,
  width: 0,
  height: 0,
  warnings: [],
  look: null,
  why_not: null,
  waits: null,
  ...change,
});
