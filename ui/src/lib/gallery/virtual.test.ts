import { describe, expect, it } from "vitest";

import { barHeight, HEIGHT_CAP, moved, mustAnchor, offsetMax, placeAt, shift, type Geometry, type Place } from "./virtual";

const VIEWPORT = 640;
const SMALL: Geometry = { total: 5_000_000, viewport: VIEWPORT };
const LARGE: Geometry = { total: 31_234_567, viewport: VIEWPORT };
const barMax = (geometry: Geometry) => barHeight(geometry) - VIEWPORT;

describe("below the cap", () => {
  it("the bar is the offset", () => {
    expect(barHeight(SMALL)).toBe(SMALL.total);
    for (const at of [0, 1, 123_456, offsetMax(SMALL)]) expect(placeAt(at, SMALL)).toEqual({ offset: at, bar: at });
    expect(moved({ offset: 0, bar: 0 }, 4_000_000, SMALL)).toEqual({ offset: 4_000_000, bar: 4_000_000 });
  });
});

describe("beyond the cap", () => {
  it("no element is taller than the cap", () => {
    expect(barHeight(LARGE)).toBe(HEIGHT_CAP);
  });

  it("both ends are exact, by place and by a dragged bar", () => {
    expect(placeAt(0, LARGE)).toEqual({ offset: 0, bar: 0 });
    expect(placeAt(1e12, LARGE)).toEqual({ offset: offsetMax(LARGE), bar: barMax(LARGE) });
    expect(moved({ offset: 5_000, bar: 1_000 }, barMax(LARGE), LARGE).offset).toBe(offsetMax(LARGE));
    expect(moved({ offset: 5e6, bar: 1e6 }, 0, LARGE).offset).toBe(0);
  });

  it("a wheel moves the content by as many px as it moves the bar, and does not shake the layer", () => {
    let place = placeAt(12_000_000, LARGE);
    const start = shift(place);
    for (let i = 0; i < 200; i += 1) {
      const next = moved(place, place.bar + 100, LARGE);
      expect(next.offset - place.offset).toBe(100);
      expect(shift(next)).toBe(start);
      place = next;
    }
  });

  it("a whole journey by wheel, resting now and then, meets every px and ends at the end", () => {
    let place: Place = placeAt(0, LARGE);
    let steps = 0;
    while (place.offset < offsetMax(LARGE)) {
      const before = place.offset;
      place = moved(place, Math.min(place.bar + 1_900, barMax(LARGE)), LARGE);
      if (mustAnchor(place, LARGE) || steps % 50 === 0) place = placeAt(place.offset, LARGE);
      expect(place.offset).toBeGreaterThan(before);
      expect(place.offset - before).toBeLessThanOrEqual(1_900);
      steps += 1;
      expect(steps).toBeLessThan(100_000);
    }
    expect(place.bar).toBe(barMax(LARGE));
  });

  it("a dragged bar and the place for its offset agree everywhere", () => {
    for (let bar = 5_000; bar < barMax(LARGE); bar += 77_777) {
      const { offset } = moved({ offset: 0, bar: 0 }, bar, LARGE);
      expect(placeAt(offset, LARGE).bar).toBe(bar);
    }
  });

  it("anchors at once where the bar is at an end and the content is not", () => {
    expect(mustAnchor({ offset: 1_000, bar: 0 }, LARGE)).toBe(true);
    expect(mustAnchor({ offset: 0, bar: 300 }, LARGE)).toBe(true);
    expect(mustAnchor({ offset: 9_000_000, bar: barMax(LARGE) }, LARGE)).toBe(true);
    expect(mustAnchor(placeAt(9_000_000, LARGE), LARGE)).toBe(false);
  });
});

it("a content smaller than the window has one place", () => {
  const tiny = { total: 100, viewport: VIEWPORT };
  expect(placeAt(50, tiny)).toEqual({ offset: 0, bar: 0 });
  expect(mustAnchor({ offset: 0, bar: 0 }, tiny)).toBe(false);
});
