//! Ridge behind ridge in morning haze, with a low sun, fields and conifers in front.
//!
//! Invariant: ridges are lines computed once per column; a pixel belongs to the nearest ridge above it.
//! Absent: real perspective; haze alone gives the depth.

use super::noise::{Colour, Dice, Noise, add, blend, ramp, step, times};
use super::scenes::{Frame, Paint, below, profile};

struct Mood {
    top: Colour,
    mid: Colour,
    haze: Colour,
    near: Colour,
    sun: Colour,
}

const MOODS: [Mood; 4] = [
    Mood {
        top: [0.32, 0.50, 0.70],
        mid: [0.93, 0.80, 0.62],
        haze: [0.95, 0.82, 0.66],
        near: [0.10, 0.13, 0.08],
        sun: [1.0, 0.78, 0.42],
    },
    Mood {
        top: [0.36, 0.52, 0.70],
        mid: [0.78, 0.85, 0.90],
        haze: [0.74, 0.82, 0.88],
        near: [0.06, 0.13, 0.12],
        sun: [1.0, 0.95, 0.85],
    },
    Mood {
        top: [0.35, 0.36, 0.58],
        mid: [0.95, 0.66, 0.58],
        haze: [0.88, 0.66, 0.64],
        near: [0.11, 0.08, 0.13],
        sun: [1.0, 0.62, 0.40],
    },
    Mood {
        top: [0.42, 0.60, 0.74],
        mid: [0.88, 0.90, 0.82],
        haze: [0.80, 0.86, 0.80],
        near: [0.13, 0.21, 0.07],
        sun: [1.0, 0.96, 0.78],
    },
];

struct Ridge {
    line: Vec<f32>,
    /// The line without trees and stones; mist is measured from it.
    smooth: Vec<f32>,
    colour: Colour,
    mist: f32,
    /// 0 far, 1 near.
    nearness: f32,
}

/// A scene of hills.
pub(crate) struct Hills {
    frame: Frame,
    mood: &'static Mood,
    ridges: Vec<Ridge>,
    sun: (f32, f32),
    clouds: Noise,
    ground: Noise,
    cover: f32,
    sun_side: f32,
}

impl Hills {
    /// Prepares the ridges.
    pub(crate) fn new(seed: u64, frame: Frame) -> Hills {
        let mut dice = Dice::new(seed);
        let mood = &MOODS[dice.pick(MOODS.len())];
        let horizon = dice.between(0.40, 0.50);
        let sun = (frame.aspect * dice.between(0.15, 0.85), horizon - dice.between(0.07, 0.18));
        let count = 6 + dice.pick(3);
        let ridges = (0..count)
            .map(|nth| {
                let nearness = nth as f32 / (count - 1) as f32;
                ridge(seed ^ ((nth as u64 + 3) << 32), &mut dice, frame, mood, horizon, nearness)
            })
            .collect();
        Hills {
            frame,
            mood,
            ridges,
            sun,
            clouds: Noise::new(seed ^ 0xc10d),
            ground: Noise::new(seed ^ 0x6e0),
            cover: dice.between(0.35, 0.60),
            sun_side: if sun.0 > frame.aspect / 2.0 { 1.0 } else { -1.0 },
        }
    }

    fn sky(&self, u: f32, v: f32) -> Colour {
        let mood = self.mood;
        let depth = (v / 0.5).min(1.0);
        let mut colour = ramp(&[(0.0, mood.top), (0.75, mood.mid), (1.0, mood.haze)], depth);
        let streaks = self.clouds.fbm(u * 1.7 + v * 1.1, v * 7.0, 5);
        let cover = step(self.cover, self.cover + 0.32, streaks) * (1.0 - 0.55 * depth);
        let lit = blend([0.97, 0.95, 0.93], mood.mid, 0.35);
        colour = blend(colour, lit, cover * 0.75);
        let (du, dv) = (u - self.sun.0, v - self.sun.1);
        let far = (du * du + dv * dv).sqrt();
        colour = add(colour, mood.sun, 0.55 * (-far * 4.5).exp() + 0.30 * (-far * 1.6).exp());
        add(colour, [1.0, 0.97, 0.88], 1.4 * (1.0 - step(0.018, 0.030, far)))
    }

    fn slope(&self, ridge: &Ridge, x: usize, u: f32, v: f32) -> Colour {
        let depth = v - ridge.smooth[x];
        let near = ridge.nearness;
        let grain = 3.0 + 10.0 * near;
        let (pu, pv) = (u * grain, v * grain * 1.7);
        let here = self.ground.fbm(pu, pv, 4);
        let beside = self.ground.fbm(pu + 0.35 * self.sun_side, pv - 0.25, 3);
        let relief = (here - beside) * (0.5 + 1.3 * near);
        let mut colour = times(ridge.colour, 1.0 + relief);
        if near > 0.45 {
            let fields = step(0.50, 0.56, self.ground.fbm(u * 5.0 + 9.0, v * 16.0, 3));
            let green = blend(ridge.colour, [0.36, 0.38, 0.14], 0.45);
            colour = blend(colour, times(green, 1.0 + relief * 1.5), fields * (near - 0.35));
            let leaves = self.ground.at(u * 210.0, v * 260.0) - 0.5;
            colour = times(colour, 1.0 + leaves * 0.75 * near);
        }
        let mist = step(0.0, 0.20, depth) * ridge.mist;
        if mist > 0.01 {
            let swirl = 0.75 + 0.5 * self.clouds.fbm(u * 3.0, v * 12.0, 3);
            colour = blend(colour, self.mood.haze, (mist * swirl).min(0.96));
        }
        let sunward = (-((u - self.sun.0).abs()) * 2.2).exp();
        add(colour, self.mood.sun, 0.16 * sunward * (1.0 - near) + 0.10 * sunward * mist)
    }
}

fn ridge(seed: u64, dice: &mut Dice, frame: Frame, mood: &Mood, horizon: f32, nearness: f32) -> Ridge {
    let noise = Noise::new(seed);
    let base = horizon + 0.02 + (0.93 - horizon) * nearness.powf(1.15);
    let height = 0.17 * (1.0 - nearness).powf(1.2) + 0.075;
    let stretch = dice.between(1.3, 2.0) + 0.5 * nearness;
    let wooded = nearness > 0.30;
    let line = profile(frame, |u| {
        let rough = if nearness < 0.35 { noise.ridged(u * stretch, 3.7, 7) } else { noise.fbm(u * stretch, 3.7, 5) };
        let fine = noise.fbm(u * 38.0, 9.1, 3) * 0.006 * (1.0 - nearness * 0.5);
        let trees = if wooded { conifers(&noise, u, nearness) } else { 0.0 };
        base - height * (rough - 0.25) * 1.5 - fine - trees
    });
    let smooth = profile(frame, |u| base - height * (noise.fbm(u * stretch, 3.7, 3) - 0.25) * 1.5);
    let tint = nearness.powf(1.25);
    let blue = blend(mood.haze, mood.top, 0.55 * (1.0 - nearness) * nearness.min(0.25) * 4.0);
    Ridge {
        line,
        smooth,
        colour: blend(times(blue, 0.93), mood.near, 0.06 + 0.94 * tint),
        mist: 0.85 * (1.0 - nearness),
        nearness,
    }
}

/// Height of the trees that stand on a ridge at `u`.
fn conifers(noise: &Noise, u: f32, nearness: f32) -> f32 {
    let wood = step(0.42, 0.62, noise.fbm(u * 4.0, 77.0, 3));
    let width = 0.005 + 0.016 * nearness * nearness;
    let mut tallest: f32 = 0.0;
    for half in 0..2 {
        let place = u / width + half as f32 * 0.5;
        let tree = place.floor();
        let inside = (place - tree - 0.5).abs() * 2.0;
        let height = 0.35 + 0.65 * noise.at(tree * 3.1, 55.0 + half as f32 * 13.0);
        tallest = tallest.max(height * (1.0 - inside).max(0.0).powf(0.8));
    }
    tallest * wood * width * 2.6
}

impl Paint for Hills {
    fn colour(&self, x: usize, u: f32, v: f32) -> Colour {
        let nearest = self.ridges.iter().rposition(|ridge| v > ridge.line[x] - self.frame.pixel);
        let Some(at) = nearest else { return self.sky(u, v) };
        let front = self.slope(&self.ridges[at], x, u, v);
        let cover = below(self.frame, self.ridges[at].line[x], v);
        if cover >= 1.0 {
            return front;
        }
        let behind = self.ridges[..at].iter().rposition(|ridge| v > ridge.line[x]);
        let back = behind.map_or_else(|| self.sky(u, v), |at| self.slope(&self.ridges[at], x, u, v));
        blend(back, front, cover)
    }

    fn grain(&self) -> f32 {
        0.022
    }
}
