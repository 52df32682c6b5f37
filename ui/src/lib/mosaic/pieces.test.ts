import { expect, it } from "vitest";

import { nameOf, Pieces } from "./pieces";
import type { Piece } from "./zoom";

const piece = (column: number, level = 9): Piece => ({ level, column, row: 0 });
const row = (from: number, to: number, level = 9) => Array.from({ length: to - from }, (_, at) => piece(from + at, level));

function opened() {
  const asked: string[] = [];
  const stopped: string[] = [];
  const came = new Map<string, (image: string | null) => void>();
  let changes = 0;
  const pieces = new Pieces<string>(
    (one, tell) => {
      asked.push(nameOf(one));
      came.set(nameOf(one), tell);
      return () => stopped.push(nameOf(one));
    },
    () => (changes += 1),
  );
  const arrive = (one: Piece, image: string | null = "image") => came.get(nameOf(one))?.(image);
  return { pieces, asked, stopped, arrive, changes: () => changes };
}

it("fetches four at a time, the most wanted first", () => {
  const { pieces, asked, arrive } = opened();
  pieces.want(row(0, 9));
  expect(asked).toEqual(row(0, 4).map(nameOf));
  arrive(piece(2));
  expect(asked).toEqual(row(0, 5).map(nameOf));
  expect(pieces.upTo(9).map(({ piece }) => piece)).toEqual([piece(2)]);
});

it("stops fetching what left the view, and hears nothing of it any more", () => {
  const { pieces, asked, stopped, arrive, changes } = opened();
  pieces.want(row(0, 4));
  pieces.want(row(3, 6));
  expect(stopped).toEqual(row(0, 3).map(nameOf));
  expect(asked).toEqual(row(0, 6).map(nameOf));
  arrive(piece(0));
  expect(changes()).toBe(0);
  expect(pieces.upTo(9)).toEqual([]);
});

it("asks once for each piece, and again for one that failed when it is wanted anew", () => {
  const { pieces, asked, arrive } = opened();
  pieces.want([piece(0), piece(1)]);
  arrive(piece(0));
  arrive(piece(1), null);
  pieces.want([piece(1), piece(0)]);
  expect(asked).toHaveLength(2);
  pieces.want([piece(0)]);
  pieces.want([piece(0), piece(1)]);
  expect(asked).toEqual([piece(0), piece(1), piece(1)].map(nameOf));
});

it("keeps two hundred, those wanted last, and never lets go of what is seen", () => {
  const { pieces, arrive } = opened();
  const visit = (seen: Piece[]) => {
    pieces.want(seen);
    seen.forEach((one) => arrive(one));
  };
  visit(row(0, 150));
  pieces.want(row(0, 10));
  visit([...row(0, 10), ...row(150, 210)]);
  const here = pieces.upTo(9).map(({ piece }) => piece.column);
  expect(here).toHaveLength(200);
  for (const column of [0, 9, 20, 209]) expect(here).toContain(column);
  expect(here).not.toContain(10);
});

it("draws the coarse before the fine, and nothing finer than is asked for", () => {
  const { pieces, arrive } = opened();
  for (const level of [11, 9, 10]) {
    pieces.want([piece(0, level)]);
    arrive(piece(0, level));
  }
  expect(pieces.upTo(10).map(({ piece }) => piece.level)).toEqual([9, 10]);
});
