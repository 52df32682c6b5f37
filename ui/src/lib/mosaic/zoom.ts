/** How a picture in levels (Deep Zoom, overlap 0) lies in a frame: pure. A frame is measured in CSS pixels from its top left. */
export interface Size {
  width: number;
  height: number;
}

export interface Point {
  x: number;
  y: number;
}

/** The point of the picture in the middle of the frame, and CSS pixels for each pixel of the picture. */
export interface View extends Point {
  scale: number;
}

/** A square cut out of a level; the last of a row or column is smaller. */
export interface Piece {
  level: number;
  column: number;
  row: number;
}

/** A cell of the mosaic. */
export interface Cell {
  column: number;
  row: number;
}

/** A square of the mosaic, in its pixels. */
export interface Square extends Point {
  side: number;
}

/** The cells of a mosaic, each so many pixels wide and high. */
export interface Cells {
  columns: number;
  rows: number;
  side: number;
}

export interface Box extends Point, Size {}

export const PIECE_SIDE = 256;
/** No view is made of more; a level below does. */
export const PIECES_MAX = 150;
/** The largest a pixel of the picture is shown, in CSS pixels. */
const SCALE_MAX = 4;
/** In halvings: so much softer than the screen can show is not worth four times the pieces. */
const SOFT = 0.2;

/** The number of the level that shows every pixel; 0 is one pixel. */
export function lastLevel({ width, height }: Size): number {
  return 32 - Math.clz32(Math.max(width, height, 1) - 1);
}

export function levelSize(picture: Size, level: number): Size {
  const step = stepOf(picture, level);
  return { width: Math.ceil(picture.width / step), height: Math.ceil(picture.height / step) };
}

/** Pixels of the picture for each pixel of a level. */
function stepOf(picture: Size, level: number): number {
  return 2 ** (lastLevel(picture) - level);
}

/** All of the picture, as large as the frame allows. */
export function whole(picture: Size, frame: Size): View {
  const scale = Math.min(frame.width / picture.width, frame.height / picture.height);
  return { x: picture.width / 2, y: picture.height / 2, scale };
}

/** The nearest view that is neither too far, nor too near, nor beside the picture. */
export function clamped(view: View, picture: Size, frame: Size): View {
  const least = whole(picture, frame).scale;
  const scale = between(view.scale, least, Math.max(least, SCALE_MAX));
  return { x: held(view.x, picture.width, frame.width / scale), y: held(view.y, picture.height, frame.height / scale), scale };
}

function held(at: number, length: number, seen: number): number {
  return seen >= length ? length / 2 : between(at, seen / 2, length - seen / 2);
}

function between(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, value));
}

/** So many times nearer; what lies at a point of the frame stays there, as far as the edges of the picture allow. */
export function zoomed(view: View, factor: number, at: Point, picture: Size, frame: Size): View {
  const { scale } = clamped({ ...view, scale: view.scale * factor }, picture, frame);
  const fixed = inPicture(view, frame, at);
  return clamped({ x: fixed.x - (at.x - frame.width / 2) / scale, y: fixed.y - (at.y - frame.height / 2) / scale, scale }, picture, frame);
}

/** The picture moved by CSS pixels, as a hand moves it. */
export function moved(view: View, by: Point, picture: Size, frame: Size): View {
  return clamped({ x: view.x - by.x / view.scale, y: view.y - by.y / view.scale, scale: view.scale }, picture, frame);
}

/** The point of the picture at a point of the frame. */
export function inPicture(view: View, frame: Size, at: Point): Point {
  return { x: view.x + (at.x - frame.width / 2) / view.scale, y: view.y + (at.y - frame.height / 2) / view.scale };
}

/** The point of the frame where a point of the picture is. */
export function inFrame(view: View, frame: Size, at: Point): Point {
  return { x: (at.x - view.x) * view.scale + frame.width / 2, y: (at.y - view.y) * view.scale + frame.height / 2 };
}

/** The lowest level that is sharp at so many device pixels for each pixel of the picture. */
export function levelFor(picture: Size, devicePixels: number): number {
  const last = lastLevel(picture);
  return between(last + Math.ceil(Math.log2(devicePixels) - SOFT), 0, last);
}

/** What a view is made of on a screen of so many device pixels for each CSS pixel, from the middle outwards. */
export function piecesOf(view: View, picture: Size, frame: Size, ratio: number): Piece[] {
  for (let level = levelFor(picture, view.scale * ratio); level >= 0; level -= 1) {
    const [left, right] = span(view.x, frame.width / view.scale, picture.width, stepOf(picture, level));
    const [top, bottom] = span(view.y, frame.height / view.scale, picture.height, stepOf(picture, level));
    if ((right - left) * (bottom - top) > PIECES_MAX) continue;
    const found: Piece[] = [];
    for (let row = top; row < bottom; row += 1) for (let column = left; column < right; column += 1) found.push({ level, column, row });
    const side = PIECE_SIDE * stepOf(picture, level);
    const far = ({ column, row }: Piece) => Math.hypot((column + 0.5) * side - view.x, (row + 0.5) * side - view.y);
    return found.sort((a, b) => far(a) - far(b));
  }
  return [];
}

/** From which piece, and up to which, along one side. */
function span(middle: number, seen: number, length: number, step: number): [number, number] {
  const side = PIECE_SIDE * step;
  const first = Math.max(0, Math.floor((middle - seen / 2) / side));
  return [first, Math.max(first, Math.ceil(Math.min(length, middle + seen / 2) / side))];
}

/** Where a piece is drawn, in device pixels. Edges lie on whole pixels, so that neighbours meet without a seam. */
export function boxOf(piece: Piece, view: View, picture: Size, frame: Size, ratio: number): Box {
  const step = stepOf(picture, piece.level);
  const level = levelSize(picture, piece.level);
  const edge = (at: number, length: number) => Math.min(at * PIECE_SIDE, length) * step;
  const from = inFrame(view, frame, { x: edge(piece.column, level.width), y: edge(piece.row, level.height) });
  const to = inFrame(view, frame, { x: edge(piece.column + 1, level.width), y: edge(piece.row + 1, level.height) });
  const [x, y] = [Math.round(from.x * ratio), Math.round(from.y * ratio)];
  return { x, y, width: Math.round(to.x * ratio) - x, height: Math.round(to.y * ratio) - y };
}

/** The cell at a point of the picture; null beside it. */
export function cellAt(at: Point, { columns, rows, side }: Cells): Cell | null {
  const [column, row] = [Math.floor(at.x / side), Math.floor(at.y / side)];
  return column >= 0 && row >= 0 && column < columns && row < rows ? { column, row } : null;
}

/** The place of a square in the frame. */
export function squareBox({ x, y, side }: Square, view: View, frame: Size): Box {
  return { ...inFrame(view, frame, { x, y }), width: side * view.scale, height: side * view.scale };
}

export function squareOf({ column, row }: Cell, { side }: Cells): Square {
  return { x: column * side, y: row * side, side };
}

export function isIn({ x, y, side }: Square, at: Point): boolean {
  return at.x >= x && at.y >= y && at.x < x + side && at.y < y + side;
}

/** The middle of a cell in the picture. */
export function middleOf({ column, row }: Cell, { side }: Cells): Point {
  return { x: (column + 0.5) * side, y: (row + 0.5) * side };
}
