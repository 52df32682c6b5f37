/** A few pixels that stand for a picture until it comes. */
export interface Placeholder {
  width: number;
  height: number;
  /** RGBA, 8 bits each. */
  pixels: Uint8ClampedArray<ArrayBuffer>;
}

const LONG_SIDE = 16;

/** Draws a thumbhash (evanw.github.io/thumbhash): a header of averages and scales, then 4-bit cosine terms. Null if it is not one. */
export function placeholderOf(base64: string, ratio: number): Placeholder | null {
  const bytes = bytesOf(base64);
  if (bytes === null || bytes.length < 5) return null;
  const byte = (i: number) => bytes[i] ?? 0;
  const head = byte(0) | (byte(1) << 8) | (byte(2) << 16);
  const tail = byte(3) | (byte(4) << 8);
  const alpha = (head >> 23) & 1;
  const wide = tail >> 15;
  const long = alpha ? 5 : 7;
  const columns = Math.max(3, wide ? long : tail & 7);
  const rows = Math.max(3, wide ? tail & 7 : long);
  let nibble = alpha ? 12 : 10;
  const terms = (nx: number, ny: number, scale: number): Term[] => {
    const found: Term[] = [];
    for (let y = 0; y < ny; y += 1) {
      for (let x = y === 0 ? 1 : 0; x * ny < nx * (ny - y); x += 1, nibble += 1) {
        const four = (byte(nibble >> 1) >> ((nibble & 1) * 4)) & 15;
        found.push({ x, y, weight: 2 * scale * (four / 7.5 - 1) });
      }
    }
    return found;
  };
  const light = terms(columns, rows, ((head >> 18) & 31) / 31);
  const warm = terms(3, 3, (((tail >> 3) & 63) / 63) * 1.25);
  const green = terms(3, 3, (((tail >> 9) & 63) / 63) * 1.25);
  const base = { l: (head & 63) / 63, p: ((head >> 6) & 63) / 31.5 - 1, q: ((head >> 12) & 63) / 31.5 - 1 };
  return draw(ratio, (x, y) => [base.l + at(light, x, y), base.p + at(warm, x, y), base.q + at(green, x, y)]);
}

interface Term {
  x: number;
  y: number;
  weight: number;
}

/** cos(pi k at) for each k a term may have. */
type Waves = readonly number[];

const WAVES = 8;

/** The waves at the middle of each of so many pixels. */
function wavesAlong(pixels: number): Waves[] {
  return Array.from({ length: pixels }, (_, at) =>
    Array.from({ length: WAVES }, (__, k) => Math.cos((Math.PI * k * (at + 0.5)) / pixels)),
  );
}

function at(terms: readonly Term[], x: Waves, y: Waves): number {
  let total = 0;
  for (const term of terms) total += term.weight * (x[term.x] ?? 0) * (y[term.y] ?? 0);
  return total;
}

function draw(ratio: number, colour: (x: Waves, y: Waves) => [number, number, number]): Placeholder {
  const width = Math.max(1, Math.round(ratio > 1 ? LONG_SIDE : LONG_SIDE * ratio));
  const height = Math.max(1, Math.round(ratio > 1 ? LONG_SIDE / ratio : LONG_SIDE));
  const pixels = new Uint8ClampedArray(width * height * 4);
  const columns = wavesAlong(width);
  let i = 0;
  for (const y of wavesAlong(height)) {
    for (const x of columns) {
      const [l, p, q] = colour(x, y);
      const blue = l - (2 / 3) * p;
      const red = (3 * l - blue + q) / 2;
      pixels[i] = red * 255;
      pixels[i + 1] = (red - q) * 255;
      pixels[i + 2] = blue * 255;
      pixels[i + 3] = 255;
      i += 4;
    }
  }
  return { width, height, pixels };
}

function bytesOf(base64: string): Uint8Array | null {
  try {
    return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  } catch {
    return null;
  }
}
