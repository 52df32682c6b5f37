import { expect, it } from "vitest";

import { DeepZoomState } from "./deep-zoom.svelte";
import { cellAt, inPicture, squareOf, whole } from "./zoom";

const picture = { width: 7680, height: 5120 };
const cells = { columns: 60, rows: 40, side: 128 };

function opened(): DeepZoomState {
  const zoom = new DeepZoomState(picture, cells, null, true);
  zoom.frame = { width: 900, height: 600 };
  return zoom;
}

it("begins with all of it, in a frame of any size", () => {
  const zoom = opened();
  expect(zoom.view).toEqual(whole(picture, zoom.frame));
  zoom.frame = { width: 300, height: 900 };
  expect(zoom.view).toEqual(whole(picture, zoom.frame));
});

it("a press is a click, a press that moves is not", () => {
  const zoom = opened();
  zoom.down(1, { x: 100, y: 100 });
  zoom.move(1, { x: 102, y: 101 });
  const clicked = zoom.up(1, { x: 102, y: 101 });
  expect(clicked).toEqual(inPicture(zoom.view, zoom.frame, { x: 102, y: 101 }));
  expect(clicked && cellAt(clicked, cells)).toEqual({ column: 6, row: 6 });
  zoom.down(1, { x: 100, y: 100 });
  zoom.move(1, { x: 120, y: 100 });
  zoom.move(1, { x: 100, y: 100 });
  expect(zoom.up(1, { x: 100, y: 100 })).toBeNull();
});

it("what a hand holds stays under it", () => {
  const zoom = opened();
  zoom.wheel(8, { x: 450, y: 300 });
  const held = inPicture(zoom.view, zoom.frame, { x: 400, y: 300 });
  zoom.down(1, { x: 400, y: 300 });
  zoom.move(1, { x: 350, y: 220 });
  const after = inPicture(zoom.view, zoom.frame, { x: 350, y: 220 });
  expect(after.x).toBeCloseTo(held.x);
  expect(after.y).toBeCloseTo(held.y);
});

it("two fingers zoom where they are, and no click comes of it", () => {
  const zoom = opened();
  const under = inPicture(zoom.view, zoom.frame, { x: 450, y: 300 });
  zoom.down(1, { x: 400, y: 300 });
  zoom.down(2, { x: 500, y: 300 });
  zoom.move(1, { x: 350, y: 300 });
  zoom.move(2, { x: 550, y: 300 });
  expect(zoom.view.scale).toBeCloseTo(2 * zoom.least);
  const after = inPicture(zoom.view, zoom.frame, { x: 450, y: 300 });
  expect(after.x).toBeCloseTo(under.x);
  expect(zoom.up(1, { x: 350, y: 300 })).toBeNull();
  expect(zoom.up(2, { x: 550, y: 300 })).toBeNull();
});

it("a wheel turned away from all that is seen is left to the page", () => {
  const zoom = opened();
  expect(zoom.wheel(0.8, { x: 1, y: 1 })).toBe(false);
  expect(zoom.wheel(1.2, { x: 1, y: 1 })).toBe(true);
  expect(zoom.wheel(0.5, { x: 1, y: 1 })).toBe(true);
  expect(zoom.view).toEqual(whole(picture, zoom.frame));
});

it("every cell can be reached with the arrows, and is seen then", () => {
  const zoom = opened();
  for (let at = 0; at < 5; at += 1) zoom.key("+");
  for (const [key, times] of [["ArrowLeft", 70], ["ArrowUp", 70], ["ArrowRight", 3]] as const) for (let at = 0; at < times; at += 1) expect(zoom.key(key)).toBe(true);
  expect(zoom.current).toEqual({ column: 3, row: 0 });
  expect(zoom.meant).toEqual({ column: 3, row: 0 });
  const { x, y, width, height } = zoom.place(squareOf({ column: 3, row: 0 }, cells));
  expect(Math.min(x, y)).toBeGreaterThanOrEqual(-1e-6);
  expect(x + width).toBeLessThanOrEqual(900);
  expect(y + height).toBeLessThanOrEqual(600);
  zoom.key("+");
  expect(zoom.current).toEqual({ column: 3, row: 0 });
});

it("plus and minus are steps back and forth, 0 shows all, and other keys are left alone", () => {
  const zoom = opened();
  zoom.key("+");
  expect(zoom.view.scale).toBeCloseTo(2 * zoom.least);
  zoom.key("-");
  expect(zoom.view).toEqual(whole(picture, zoom.frame));
  zoom.key("+");
  zoom.key("0");
  expect(zoom.asked).toBeNull();
  for (const key of ["Escape", "a", "Tab", "1"]) expect(zoom.key(key)).toBe(false);
});

it("the pointer goes before the keyboard, and without either no cell is meant", () => {
  const zoom = opened();
  expect(zoom.meant).toBeNull();
  zoom.move(1, { x: 10, y: 10 });
  expect(zoom.meant).toEqual({ column: 0, row: 0 });
  zoom.key("ArrowRight");
  expect(zoom.meant).toEqual({ column: 31, row: 20 });
  zoom.leave(1);
  zoom.down(1, { x: 0, y: 0 });
  expect(zoom.meant).toBeNull();
});
