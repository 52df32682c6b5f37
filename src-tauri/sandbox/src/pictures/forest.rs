//! A forest in fog: trunks in rows that fade, leaves above, ferns below, light from one side.
//!
//! Invariant: a row further back is paler and finer; each trunk is found by the cell it stands in.
//! Absent: single leaves; crowns are noise with holes.

use super::noise::{Colour, Dice, Noise, add, blend, ramp, step, times, unit};
use super::scenes::{Frame, Paint};
use crate::mix;

struct Mood {
    fog: Colour,
    bright: Colour,
    trunk: Colour,
    leaf: Colour,
    floor: Colour,
}

const MOODS: [Mood; 4] = [
    Mood {
        fog: [0.66, 0.70, 0.66],
        bright: [0.92, 0.92, 0.84],
        trunk: [0.10, 0.09, 0.08],
        leaf: [0.20, 0.28, 0.11],
        floor: [0.23, 0.27, 0.11],
    },
    Mood {
        fog: [0.74, 0.64, 0.50],
        bright: [1.0, 0.88, 0.64],
        trunk: [0.13, 0.09, 0.07],
        leaf: [0.62, 0.34, 0.08],
        floor: [0.42, 0.24, 0.09],
    },
    Mood {
        fog: [0.56, 0.64, 0.69],
        bright: [0.82, 0.88, 0.92],
        trunk: [0.07, 0.09, 0.11],
        leaf: [0.10, 0.18, 0.15],
        floor: [0.13, 0.19, 0.15],
    },
    Mood {
        fog: [0.66, 0.72, 0.50],
        bright: [0.96, 0.95, 0.70],
        trunk: [0.12, 0.11, 0.07],
        leaf: [0.36, 0.46, 0.10],
        floor: [0.28, 0.34, 0.09],
    },
];

const ROWS: usize = 6;

/// A scene of a forest.
pub(crate) struct Forest {
    frame: Frame,
    seed: u64,
    mood: &'static Mood,
    light: (f32, f32),
    noise: Noise,
    path: Option<f32>,
    canopy: f32,
    rays: bool,
}

impl Forest {
    /// Chooses season and light.
    pub(crate) fn new(seed: u64, frame: Frame) -> Forest {
        let mut dice = Dice::new(seed);
        Forest {
            frame,
            seed,
            mood: &MOODS[dice.pick(MOODS.len())],
            light: (frame.aspect * dice.between(0.25, 0.75), dice.between(0.18, 0.42)),
            noise: Noise::new(seed ^ 0xf03e),
            path: (dice.between(0.0, 1.0) < 0.5).then(|| frame.aspect * dice.between(0.35, 0.65)),
            canopy: dice.between(0.24, 0.36),
            rays: dice.between(0.0, 1.0) < 0.6,
        }
    }

    fn fog(&self, u: f32, v: f32) -> Colour {
        let (du, dv) = (u - self.light.0, (v - self.light.1) * 0.8);
        let far = (du * du + dv * dv).sqrt();
        let drift = self.noise.fbm(u * 2.0, v * 3.0, 4) - 0.5;
        let mut colour = blend(
            times(self.mood.fog, 0.82),
            self.mood.bright,
            (1.15 * (-far * 1.9).exp() + drift * 0.18).clamp(0.0, 1.0),
        );
        if self.rays {
            let angle = du.atan2(dv + 0.35);
            let beam = self.noise.fbm(angle * 7.0, 5.0, 3);
            colour = add(colour, self.mood.bright, 0.16 * (beam - 0.45) * step(1.1, 0.1, far));
        }
        colour
    }

    fn trunk(&self, row: usize, u: f32, v: f32) -> f32 {
        let near = row as f32 / (ROWS - 1) as f32;
        let cell = 0.035 + 0.19 * near * near;
        let foot = self.foot(row) + (self.noise.at(u * 55.0, row as f32 * 7.0) - 0.5) * 0.022 * (0.4 + near);
        if v > foot {
            return 0.0;
        }
        let place = (u / cell).floor();
        let mut cover: f32 = 0.0;
        for beside in -1..=1 {
            let tree = place + beside as f32;
            let hash = mix(self.seed ^ ((row as u64) << 56), tree as i64 as u64);
            if unit(hash << 5) > 0.80 {
                continue;
            }
            let lean = (unit(hash << 11) - 0.5) * 0.10;
            let straight = (tree + 0.15 + 0.7 * unit(hash << 23)) * cell + (foot - v) * lean;
            let girth = cell * (0.055 + 0.075 * unit(hash << 34)) * (0.75 + 0.35 * v / foot);
            if (u - straight).abs() > girth * 1.7 + 0.015 {
                continue;
            }
            let middle = straight + (self.noise.at(v * 2.0, tree * 9.0 + row as f32) - 0.5) * 0.012 * (0.4 + near);
            let root = 1.0 + 0.55 * step(0.07, 0.0, foot - v);
            let bark = (self.noise.at(u * 90.0 / (0.3 + near), v * 30.0) - 0.5) * 0.10;
            let edge = girth * (root + bark) - (u - middle).abs();
            let soft = (self.frame.pixel * 0.6).max(0.0016 * (1.0 - near));
            cover = cover.max(step(-soft, soft, edge));
        }
        cover
    }

    fn foot(&self, row: usize) -> f32 {
        0.60 + 0.33 * (row as f32 / (ROWS - 1) as f32).powf(1.4)
    }

    fn crown(&self, row: usize, u: f32, v: f32) -> f32 {
        let near = row as f32 / (ROWS - 1) as f32;
        let shift = row as f32 * 31.0;
        let grain = 26.0 - 17.0 * near;
        let edge = self.canopy * (0.75 + 0.5 * near) + 0.16 * (self.noise.fbm(u * 2.3 + shift, 3.0, 3) - 0.5);
        if v > edge + 0.22 {
            return 0.0;
        }
        let leaves = self.noise.fbm(u * grain + shift, v * grain * 1.2, 4);
        step(0.48, 0.58, leaves + (edge - v) * 1.1) * step(edge + 0.22, edge - 0.10, v)
    }

    fn floor(&self, fog: Colour, u: f32, v: f32) -> Colour {
        let depth = ((v - 0.60) / 0.40).clamp(0.0, 1.0);
        let scale = 1.0 / (0.10 + depth);
        let tufts = self.noise.fbm(u * 16.0 * scale, v * 46.0 * scale.min(4.0), 4);
        let litter = self.noise.at(u * 300.0, v * 240.0) - 0.5;
        let mut colour = times(self.mood.floor, 0.45 + 1.1 * tufts + 0.35 * litter * depth);
        if let Some(path) = self.path {
            let bend = path + (self.noise.fbm(v * 2.2, 71.0, 2) - 0.5) * 0.5 * (1.0 - depth);
            let away = ((u - bend) / (0.02 + 0.22 * depth)).abs();
            let earth = times(blend([0.42, 0.36, 0.28], self.mood.fog, 0.2), 0.65 + 0.5 * tufts);
            colour = blend(colour, earth, step(1.15, 0.75, away + (tufts - 0.5) * 0.5));
        }
        let lit = (-(u - self.light.0).abs() * 1.6).exp();
        colour = add(colour, self.mood.bright, 0.12 * lit * tufts);
        blend(fog, colour, ramp_fog(depth))
    }
}

fn ramp_fog(depth: f32) -> f32 {
    ramp(&[(0.0, [0.0; 3]), (0.35, [0.55; 3]), (1.0, [0.97; 3])], depth)[0]
}

impl Paint for Forest {
    fn colour(&self, _: usize, u: f32, v: f32) -> Colour {
        let fog = self.fog(u, v);
        let mut colour = if v > 0.60 { self.floor(fog, u, v) } else { fog };
        let mut trunks = [0.0; ROWS];
        let mut hidden = 0;
        for row in (0..ROWS).rev() {
            trunks[row] = self.trunk(row, u, v);
            if trunks[row] >= 1.0 {
                hidden = row;
                break;
            }
        }
        for (row, trunk) in trunks.into_iter().enumerate().skip(hidden) {
            let near = row as f32 / (ROWS - 1) as f32;
            let clear = 0.10 + 0.82 * near.powf(1.2);
            if v < 0.75 {
                let crown = self.crown(row, u, v);
                if crown > 0.0 {
                    let dapple = 0.55 + 0.8 * self.noise.fbm(u * 30.0 + row as f32, v * 30.0, 3);
                    let leaf = blend(fog, times(self.mood.leaf, dapple), clear * 0.92);
                    colour = blend(colour, leaf, crown * 0.92);
                }
            }
            if trunk > 0.0 {
                let bark = 0.7 + 0.6 * self.noise.fbm(u * 120.0, v * 14.0, 3);
                let wood = times(self.mood.trunk, bark);
                colour = blend(colour, blend(fog, wood, clear), trunk);
            }
        }
        colour
    }

    fn grain(&self) -> f32 {
        0.026
    }
}
