//! Smooth noise: one tileable table, sampled bilinearly, and sums of octaves of it.
//!
//! Invariant: every function is pure; the table is the same in every process.
//! Absent: gradient noise. Value noise with smooth steps is enough under grain and costs a third.

use std::sync::OnceLock;

use crate::mix;

const SIDE: usize = 256;

fn table() -> &'static [f32] {
    static TABLE: OnceLock<Vec<f32>> = OnceLock::new();
    TABLE.get_or_init(|| (0..SIDE * SIDE).map(|at| unit(mix(0x9e, at as u64))).collect())
}

/// A hash as a number in 0..1.
pub(crate) fn unit(hash: u64) -> f32 {
    (hash >> 40) as f32 / (1_u64 << 24) as f32
}

/// A seeded place in the noise, so that two pictures do not look alike.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Noise {
    table: &'static [f32],
    dx: f32,
    dy: f32,
}

impl Noise {
    /// The noise of a seed.
    pub(crate) fn new(seed: u64) -> Noise {
        Noise { table: table(), dx: unit(mix(seed, 1)) * 251.0 + 300.0, dy: unit(mix(seed, 2)) * 251.0 + 300.0 }
    }

    /// Smooth noise in 0..1; features have size 1.
    #[inline]
    pub(crate) fn at(&self, x: f32, y: f32) -> f32 {
        let (x, y) = (x + self.dx + 4096.0, y + self.dy + 4096.0);
        let (ix, iy) = (x as i32, y as i32);
        let (fx, fy) = (x - ix as f32, y - iy as f32);
        let (sx, sy) = (fx * fx * (3.0 - 2.0 * fx), fy * fy * (3.0 - 2.0 * fy));
        let (x0, x1) = ((ix & 255) as usize, ((ix + 1) & 255) as usize);
        let (y0, y1) = (((iy & 255) as usize) << 8, (((iy + 1) & 255) as usize) << 8);
        let t = self.table;
        let top = t[y0 | x0] + (t[y0 | x1] - t[y0 | x0]) * sx;
        let low = t[y1 | x0] + (t[y1 | x1] - t[y1 | x0]) * sx;
        top + (low - top) * sy
    }

    /// A sum of octaves in 0..1, each twice as fine and half as strong.
    #[inline]
    pub(crate) fn fbm(&self, x: f32, y: f32, octaves: u32) -> f32 {
        let (mut sum, mut weight, mut total, mut scale) = (0.0, 0.5, 0.0, 1.0);
        for octave in 0..octaves {
            let turn = octave as f32 * 17.3;
            sum += self.at(x * scale + turn, y * scale - turn) * weight;
            total += weight;
            weight *= 0.5;
            scale *= 2.03;
        }
        sum / total
    }

    /// Ridged octaves: sharp crests, for rock.
    #[inline]
    pub(crate) fn ridged(&self, x: f32, y: f32, octaves: u32) -> f32 {
        let (mut sum, mut weight, mut total, mut scale) = (0.0, 0.5, 0.0, 1.0);
        for octave in 0..octaves {
            let turn = octave as f32 * 31.7;
            let crest = 1.0 - (self.at(x * scale + turn, y * scale + turn) * 2.0 - 1.0).abs();
            sum += crest * crest * weight;
            total += weight;
            weight *= 0.5;
            scale *= 2.1;
        }
        sum / total
    }
}

/// A colour in 0..1 per channel, as the eye sees it (gamma-encoded).
pub(crate) type Colour = [f32; 3];

/// A mixture of two colours.
#[inline]
pub(crate) fn blend(a: Colour, b: Colour, t: f32) -> Colour {
    [a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t, a[2] + (b[2] - a[2]) * t]
}

/// Adds light.
#[inline]
pub(crate) fn add(a: Colour, light: Colour, amount: f32) -> Colour {
    [a[0] + light[0] * amount, a[1] + light[1] * amount, a[2] + light[2] * amount]
}

/// Makes darker or brighter.
#[inline]
pub(crate) fn times(a: Colour, factor: f32) -> Colour {
    [a[0] * factor, a[1] * factor, a[2] * factor]
}

/// 0 below `from`, 1 above `to`, smooth between.
#[inline]
pub(crate) fn step(from: f32, to: f32, x: f32) -> f32 {
    let t = ((x - from) / (to - from)).clamp(0.0, 1.0);
    t * t * (3.0 - 2.0 * t)
}

/// A colour along a list of stops; positions ascend from 0 to 1.
#[inline]
pub(crate) fn ramp(stops: &[(f32, Colour)], at: f32) -> Colour {
    let mut before = stops[0];
    for stop in stops {
        if at < stop.0 {
            return blend(before.1, stop.1, step(0.0, 1.0, (at - before.0) / (stop.0 - before.0).max(1e-6)));
        }
        before = *stop;
    }
    before.1
}

/// Dice for one picture.
#[derive(Debug, Clone)]
pub(crate) struct Dice {
    seed: u64,
    thrown: u64,
}

impl Dice {
    /// Dice of a seed.
    pub(crate) fn new(seed: u64) -> Dice {
        Dice { seed, thrown: 0 }
    }

    /// A number in `from..to`.
    pub(crate) fn between(&mut self, from: f32, to: f32) -> f32 {
        self.thrown += 1;
        from + (to - from) * unit(mix(self.seed, self.thrown))
    }

    /// A number below `count`.
    pub(crate) fn pick(&mut self, count: usize) -> usize {
        (self.between(0.0, count as f32) as usize).min(count - 1)
    }
}
