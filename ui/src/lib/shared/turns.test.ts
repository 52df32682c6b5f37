import { expect, it } from "vitest";

import { Turns } from "./turns";

function opened(atOnce: number) {
  const begun: string[] = [];
  const turns = new Turns(atOnce);
  const ask = (name: string, visible = false) => turns.ask(visible, () => begun.push(name));
  return { turns, begun, ask };
}

it("lets no more begin than may", () => {
  const { turns, begun, ask } = opened(2);
  const first = ask("a");
  ask("b");
  ask("c");
  expect(begun).toEqual(["a", "b"]);
  turns.end(first);
  expect(begun).toEqual(["a", "b", "c"]);
});

it("lets those in view go first", () => {
  const { turns, begun, ask } = opened(1);
  const first = ask("a");
  ask("near");
  ask("in view", true);
  turns.end(first);
  expect(begun).toEqual(["a", "in view"]);
});

it("forgets who left before the turn came", () => {
  const { turns, begun, ask } = opened(1);
  const first = ask("a");
  turns.leave(ask("gone"));
  turns.end(ask("gone too"));
  ask("b");
  turns.end(first);
  expect(begun).toEqual(["a", "b"]);
});

it("lets a turn that has come go on to its end when it is left", () => {
  const { turns, begun, ask } = opened(1);
  const first = ask("a");
  turns.leave(first);
  ask("b");
  expect(begun).toEqual(["a"]);
  turns.end(first);
  expect(begun).toEqual(["a", "b"]);
});
