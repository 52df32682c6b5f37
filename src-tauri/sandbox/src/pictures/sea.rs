//! The sea in the evening: sky, sun path, waves that shrink towards the horizon, headlands and rocks.
//!
//! Invariant: the water mirrors the sky of the same picture, disturbed by waves in perspective.
//! Absent: foam simulation; breakers are a noise threshold near the shore.

use super::noise::{Colour, Dice, Noise, add, blend, ramp, step, times};
use super::scenes::{Frame, Paint, below, profile};

struct Mood {
    top: Colour,
    mid: Colour,
    low: Colour,
    sun: Colour,
    cloud: Colour,
    deep: Colour,
}

const MOODS: [Mood; 4] = [
    Mood {
        top: [0.20, 0.28, 0.47],
        mid: [0.72, 0.50, 0.48],
        low: [0.99, 0.70, 0.36],
        sun: [1.0, 0.72, 0.36],
        cloud: [0.86, 0.44, 0.36],
        deep: [0.05, 0.10, 0.17],
    },
    Mood {
        top: [0.26, 0.45, 0.64],
        mid: [0.66, 0.76, 0.80],
        low: [0.97, 0.86, 0.68],
        sun: [1.0, 0.90, 0.68],
        cloud: [0.95, 0.86, 0.78],
        deep: [0.04, 0.16, 0.22],
    },
    Mood {
        top: [0.17, 0.17, 0.36],
        mid: [0.55, 0.34, 0.52],
        low: [0.97, 0.55, 0.44],
        sun: [1.0, 0.56, 0.40],
        cloud: [0.78, 0.34, 0.42],
        deep: [0.06, 0.06, 0.16],
    },
    Mood {
        top: [0.46, 0.55, 0.62],
        mid: [0.68, 0.73, 0.75],
        low: [0.86, 0.86, 0.82],
        sun: [0.96, 0.93, 0.84],
        cloud: [0.55, 0.59, 0.63],
        deep: [0.10, 0.17, 0.19],
    },
];

/// A scene of the sea.
pub(crate) struct Sea {
    frame: Frame,
    mood: &'static Mood,
    horizon: f32,
    sun: (f32, f32),
    clouds: Noise,
    waves: Noise,
    cover: f32,
    chop: f32,
    headland: Vec<f32>,
    rocks: Vec<f32>,
    beach: Option<Vec<f32>>,
}

impl Sea {
    /// Prepares coast lines.
    pub(crate) fn new(seed: u64, frame: Frame) -> Sea {
        let mut dice = Dice::new(seed);
        let mood = &MOODS[dice.pick(MOODS.len())];
        let horizon = dice.between(0.44, 0.58);
        let sun = (frame.aspect * dice.between(0.25, 0.75), horizon - dice.between(0.015, 0.14));
        let coast = Noise::new(seed ^ 0xc0a5);
        let side = if dice.between(0.0, 1.0) < 0.5 { 0.0 } else { frame.aspect };
        let reach = frame.aspect * dice.between(0.25, 0.55);
        let headland = profile(frame, |u| {
            let away = 1.0 - ((u - side).abs() / reach).min(1.0);
            let rise = away.powf(0.6) * (0.05 + 0.10 * coast.ridged(u * 2.2, 1.0, 6));
            horizon + 0.004 - if away > 0.0 { rise } else { 0.0 }
        });
        let has_rocks = dice.between(0.0, 1.0) < 0.55;
        let rocks = profile(frame, |u| {
            let mass = step(0.44, 0.60, coast.fbm(u * 1.5, 60.0, 2));
            let stones = 0.03 + 0.13 * coast.fbm(u * 4.5, 40.0, 2) + 0.05 * coast.ridged(u * 11.0, 20.0, 5);
            if has_rocks { 1.04 - mass * stones } else { 2.0 }
        });
        let beach = (!has_rocks && dice.between(0.0, 1.0) < 0.7)
            .then(|| profile(frame, |u| 0.80 + 0.10 * (u / frame.aspect - 0.5) + 0.05 * coast.fbm(u * 1.6, 90.0, 4)));
        Sea {
            frame,
            mood,
            horizon,
            sun,
            clouds: Noise::new(seed ^ 0xc10d),
            waves: Noise::new(seed ^ 0x3a7e),
            cover: dice.between(0.38, 0.56),
            chop: dice.between(0.6, 1.3),
            headland,
            rocks,
            beach,
        }
    }

    fn sky(&self, u: f32, v: f32, octaves: u32) -> Colour {
        let mood = self.mood;
        let depth = (v / self.horizon).clamp(0.0, 1.0);
        let mut colour = ramp(&[(0.0, mood.top), (0.62, mood.mid), (1.0, mood.low)], depth);
        let (du, dv) = (u - self.sun.0, v - self.sun.1);
        let far = (du * du + dv * dv * 1.6).sqrt();
        let height = self.horizon - v + 0.09;
        let bank = self.clouds.fbm(u * 0.55 / height + 3.0, 1.1 / height, octaves);
        let cover = step(self.cover, self.cover + 0.26, bank) * step(0.0, 0.16, self.horizon - v);
        let under = blend(mood.cloud, mood.sun, 0.75 * (-far * 2.4).exp());
        let body = blend(under, times(mood.top, 0.72), step(0.45, 0.85, bank));
        colour = blend(colour, body, cover * 0.85);
        add(colour, mood.sun, 0.50 * (-far * 5.5).exp() + 0.22 * (-far * 1.8).exp())
    }

    fn disc(&self, u: f32, v: f32) -> f32 {
        let (du, dv) = (u - self.sun.0, v - self.sun.1);
        1.0 - step(0.021, 0.027, (du * du + dv * dv).sqrt())
    }

    fn water(&self, x: usize, u: f32, v: f32) -> Colour {
        let depth = (v - self.horizon).max(0.0005);
        let distance = 0.10 / depth;
        let (wu, wv) = ((u - self.frame.aspect / 2.0) * distance * 9.0, distance * 15.0);
        let blur = (depth * 14.0).min(1.0);
        let swell = self.waves.fbm(wu * 0.5, wv * 1.6, 3) - 0.5;
        let ripple = (self.waves.fbm(wu * 2.6, wv * 6.5, 3) - 0.5) * blur;
        let tilt = (swell * 0.9 + ripple * 0.8) * self.chop;
        let mirror_v = (self.horizon - depth * 0.9 - tilt * (0.05 + 0.35 * depth)).max(0.0);
        let mut colour = self.sky(u + ripple * 0.10, mirror_v, 3);
        let facing = (0.30 + 0.55 * step(0.0, 0.5, depth) + tilt * 0.5).clamp(0.08, 0.92);
        colour = blend(colour, self.mood.deep, facing);
        let shadow = below(self.frame, 2.0 * self.horizon - self.headland[x], v);
        if shadow < 1.0 {
            colour = blend(times(self.mood.deep, 0.8), colour, 0.35 + 0.65 * shadow);
        }
        let spread = 0.016 + 0.30 * depth;
        let path = (-((u - self.sun.0) / spread).powi(2)).exp();
        let glints = step(0.52, 0.72, self.waves.fbm(wu * 3.1 + 5.0, wv * 8.0, 2) + tilt * 0.35);
        let gleam = path * (0.20 + 1.15 * glints) * (1.0 - 0.55 * step(0.0, 0.5, depth));
        add(colour, self.mood.sun, gleam * 0.85)
    }

    fn sand(&self, u: f32, v: f32, shore: f32) -> Colour {
        let depth = v - shore;
        let wet = 1.0 - step(0.02, 0.11, depth);
        let dry = times([0.50, 0.42, 0.34], 0.55 + 0.25 * self.waves.fbm(u * 30.0, v * 70.0, 4));
        let sky = self.sky(u, (self.horizon - depth * 1.6).max(0.0), 2);
        blend(blend(dry, self.mood.mid, 0.18), blend(times(sky, 0.75), [0.12, 0.11, 0.11], 0.25), wet * 0.85)
    }
}

impl Paint for Sea {
    fn colour(&self, x: usize, u: f32, v: f32) -> Colour {
        let mut colour = if v < self.horizon {
            let sky = self.sky(u, v, 5);
            let sky = add(sky, [1.0, 0.93, 0.78], 1.3 * self.disc(u, v));
            let land = blend(times(self.mood.deep, 1.2), self.mood.mid, 0.28);
            blend(sky, land, below(self.frame, self.headland[x], v))
        } else {
            let sea = self.water(x, u, v);
            blend(self.sky(u, self.horizon, 2), sea, step(0.0, 0.012, v - self.horizon) * 0.75 + 0.25)
        };
        if let Some(shore) = self.beach.as_ref().map(|line| line[x]).filter(|shore| v > *shore - 0.03) {
            let lace = self.waves.fbm(u * 22.0, (v - shore) * 60.0, 3);
            let edge = v - shore;
            colour = blend(colour, self.sand(u, v, shore), step(-0.002, 0.004, edge));
            let foam = step(0.45, 0.70, lace) * (1.0 - step(0.0, 0.018, (edge + 0.004).abs()));
            colour = blend(colour, blend([0.95, 0.95, 0.95], self.mood.low, 0.3), foam * 0.8);
        }
        let rock = below(self.frame, self.rocks[x], v);
        if rock > 0.0 {
            let face = self.waves.ridged(u * 14.0, v * 20.0, 4);
            let stone = times(blend([0.09, 0.08, 0.085], self.mood.low, 0.05), 0.35 + 1.1 * face);
            let rim = 1.0 - step(0.0, 0.012, v - self.rocks[x]);
            colour = blend(colour, add(stone, self.mood.sun, 0.10 * rim), rock);
        }
        colour
    }

    fn grain(&self) -> f32 {
        0.022
    }
}
