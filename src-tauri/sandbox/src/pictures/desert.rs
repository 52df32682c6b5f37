//! Dunes in side light: each crest parts a lit face from one in shadow, ripples run along the sand.
//!
//! Invariant: a dune is a line for its crest and a second one for the edge of its shadow.
//! Absent: plants, people, footprints.

use super::noise::{Colour, Dice, Noise, add, blend, ramp, step, times};
use super::scenes::{Frame, Paint, below, profile};

struct Mood {
    top: Colour,
    low: Colour,
    sand: Colour,
    shade: Colour,
    sun: Colour,
}

const MOODS: [Mood; 3] = [
    Mood {
        top: [0.22, 0.42, 0.66],
        low: [0.82, 0.80, 0.74],
        sand: [0.86, 0.58, 0.34],
        shade: [0.36, 0.20, 0.17],
        sun: [1.0, 0.85, 0.60],
    },
    Mood {
        top: [0.32, 0.36, 0.58],
        low: [0.96, 0.72, 0.56],
        sand: [0.84, 0.50, 0.32],
        shade: [0.30, 0.17, 0.22],
        sun: [1.0, 0.68, 0.44],
    },
    Mood {
        top: [0.40, 0.56, 0.72],
        low: [0.93, 0.90, 0.82],
        sand: [0.85, 0.74, 0.56],
        shade: [0.42, 0.36, 0.34],
        sun: [1.0, 0.95, 0.80],
    },
];

struct Dune {
    crest: Vec<f32>,
    /// How far below the crest the shadowed face reaches, per column; negative where the light falls.
    shadow: Vec<f32>,
    nearness: f32,
    shift: f32,
}

/// A scene of dunes.
pub(crate) struct Desert {
    frame: Frame,
    mood: &'static Mood,
    dunes: Vec<Dune>,
    noise: Noise,
    cover: f32,
    turn: f32,
}

impl Desert {
    /// Prepares the dunes.
    pub(crate) fn new(seed: u64, frame: Frame) -> Desert {
        let mut dice = Dice::new(seed);
        let mood = &MOODS[dice.pick(MOODS.len())];
        let horizon = dice.between(0.36, 0.48);
        let count = 4 + dice.pick(2);
        let dunes = (0..count)
            .map(|nth| {
                dune(seed ^ ((nth as u64 + 5) << 36), &mut dice, frame, horizon, nth as f32 / (count - 1) as f32)
            })
            .collect();
        Desert {
            frame,
            mood,
            dunes,
            noise: Noise::new(seed ^ 0xde5),
            cover: dice.between(0.50, 0.70),
            turn: dice.between(-0.5, 0.5),
        }
    }

    fn sky(&self, u: f32, v: f32) -> Colour {
        let depth = (v / 0.5).clamp(0.0, 1.0);
        let colour = ramp(&[(0.0, self.mood.top), (1.0, self.mood.low)], depth);
        let wisps = self.noise.fbm(u * 1.3 + v * 2.0, v * 6.0 - u * 0.8, 5);
        blend(colour, blend([0.98, 0.97, 0.95], self.mood.low, 0.3), step(self.cover, self.cover + 0.3, wisps) * 0.6)
    }

    fn sand(&self, dune: &Dune, x: usize, u: f32, v: f32) -> Colour {
        let depth = v - dune.crest[x];
        let near = dune.nearness;
        let scale = 26.0 + 50.0 * (1.0 - near);
        let sway = self.noise.fbm(u * 2.5 + dune.shift, v * 4.0, 3);
        let phase = (v * 2.2 + u * self.turn + sway * 0.9) * scale;
        let ripple = (phase * 3.1).sin() * 0.5 + (self.noise.at(u * 60.0, phase * 0.5) - 0.5);
        let speck = self.noise.at(u * 420.0, v * 420.0) - 0.5;
        let swell = self.noise.fbm(u * 1.6 + dune.shift, v * 2.6, 4) - 0.5;
        let lit_face = 1.0 + 0.55 * swell + ripple * 0.075 * (0.25 + near) + speck * 0.10 * near;
        let light = blend(times(self.mood.sand, lit_face), self.mood.sun, 0.16 * (1.0 + swell));
        let dark = times(self.mood.shade, 1.0 + 0.45 * swell + ripple * 0.05 * near + speck * 0.08);
        let sky_fill = blend(dark, self.mood.top, 0.10 + 0.10 * step(0.25, 0.0, depth));
        let sky_fill = add(sky_fill, self.mood.sand, 0.16 * step(0.0, 0.22, depth));
        let edge = dune.shadow[x];
        let soft = 0.003 + 0.020 * depth.max(0.0);
        let in_shadow = if edge > 0.0 { step(edge + soft, edge - soft, depth) } else { 0.0 };
        let mut colour = blend(light, sky_fill, in_shadow);
        colour = times(colour, 1.0 - 0.16 * step(0.05, 0.5, depth));
        let rim = 1.0 - step(0.0, 0.006, depth);
        colour = add(colour, self.mood.sun, 0.10 * rim * (1.0 - in_shadow));
        blend(colour, self.mood.low, 0.55 * (1.0 - near).powi(2))
    }
}

fn dune(seed: u64, dice: &mut Dice, frame: Frame, horizon: f32, nearness: f32) -> Dune {
    let noise = Noise::new(seed);
    let base = horizon + (0.80 - horizon) * nearness.powf(1.2) + 0.04;
    let height = 0.08 + 0.22 * nearness * (1.2 - nearness);
    let stretch = dice.between(0.7, 1.25) * (1.9 - nearness);
    let warp = dice.between(0.10, 0.30);
    let line = |u: f32| {
        let bent = u * stretch + warp * (noise.at(u * 1.7, 8.0) - 0.5);
        let wave = noise.at(bent, 2.0);
        let crest = 1.0 - (wave * 2.0 - 1.0).abs().powf(1.25);
        base - height * (0.75 * crest + 0.35 * noise.at(bent * 0.5, 5.0))
    };
    let crest = profile(frame, line);
    let reach = 0.10 + 0.30 * nearness;
    let shadow = profile(frame, |u| {
        let slope = (line(u + 0.012) - line(u - 0.012)) / 0.024;
        let meander = noise.fbm(u * 2.4, 12.0, 3) - 0.42;
        reach * ((slope * 1.6).clamp(-1.0, 1.0) * 0.9 + meander * 1.1)
    });
    Dune { crest, shadow, nearness, shift: dice.between(0.0, 90.0) }
}

impl Paint for Desert {
    fn colour(&self, x: usize, u: f32, v: f32) -> Colour {
        let nearest = self.dunes.iter().rposition(|dune| v > dune.crest[x] - self.frame.pixel);
        let Some(at) = nearest else { return self.sky(u, v) };
        let front = self.sand(&self.dunes[at], x, u, v);
        let cover = below(self.frame, self.dunes[at].crest[x], v);
        if cover >= 1.0 {
            return front;
        }
        let behind = self.dunes[..at].iter().rposition(|dune| v > dune.crest[x]);
        let back = behind.map_or_else(|| self.sky(u, v), |at| self.sand(&self.dunes[at], x, u, v));
        blend(back, front, cover)
    }

    fn grain(&self) -> f32 {
        0.020
    }
}
