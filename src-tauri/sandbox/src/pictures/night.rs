//! A clear night: stars, the Milky Way, mountains in silhouette, sometimes a moon, a lake, a lit tent.
//!
//! Invariant: stars sit in a grid of cells, so each pixel looks at nine cells only and stars keep their place at every size.
//! Absent: real constellations.

use super::noise::{Colour, Dice, Noise, add, blend, ramp, step, times, unit};
use super::scenes::{Frame, Paint, below, profile};
use crate::mix;

/// A scene of the night.
pub(crate) struct Night {
    frame: Frame,
    seed: u64,
    top: Colour,
    low: Colour,
    glow: Colour,
    band: Option<(f32, f32, f32)>,
    moon: Option<(f32, f32)>,
    dust: Noise,
    ground: Noise,
    far: Vec<f32>,
    near: Vec<f32>,
    lake: Option<f32>,
    tent: Option<(f32, f32)>,
}

impl Night {
    /// Prepares mountains and the band of the Milky Way.
    pub(crate) fn new(seed: u64, frame: Frame) -> Night {
        let mut dice = Dice::new(seed);
        let (top, low, glow) = [
            ([0.015, 0.03, 0.085], [0.10, 0.17, 0.27], [0.85, 0.55, 0.28]),
            ([0.02, 0.025, 0.06], [0.12, 0.13, 0.22], [0.95, 0.62, 0.36]),
            ([0.01, 0.04, 0.08], [0.07, 0.22, 0.24], [0.35, 0.75, 0.52]),
        ][dice.pick(3)];
        let has_moon = dice.between(0.0, 1.0) < 0.25;
        let moon = has_moon.then(|| (frame.aspect * dice.between(0.2, 0.8), dice.between(0.12, 0.35)));
        let tilt = dice.between(-0.9, 0.9);
        let band = (!has_moon).then(|| (frame.aspect * dice.between(0.3, 0.7), tilt, dice.between(0.13, 0.19)));
        let rock = Noise::new(seed ^ 0x70c);
        let lake = (dice.between(0.0, 1.0) < 0.45).then(|| dice.between(0.72, 0.78));
        let base = lake.unwrap_or(0.80);
        let stretch = dice.between(1.2, 2.2);
        let far = profile(frame, |u| base - 0.02 - 0.30 * (rock.ridged(u * stretch, 2.0, 7) - 0.30).max(-0.02));
        let near = profile(frame, |u| match lake {
            Some(_) => 2.0,
            None => 0.90 - 0.10 * rock.fbm(u * 1.4, 30.0, 4) - firs(&rock, u),
        });
        let tent = (lake.is_none() && dice.between(0.0, 1.0) < 0.5).then(|| {
            let u = frame.aspect * dice.between(0.25, 0.75);
            (u, 0.93)
        });
        Night {
            frame,
            seed,
            top,
            low,
            glow,
            band,
            moon,
            dust: Noise::new(seed ^ 0xd57),
            ground: rock,
            far,
            near,
            lake,
            tent,
        }
    }

    fn milky_way(&self, u: f32, v: f32) -> (f32, f32) {
        let Some((centre, tilt, width)) = self.band else { return (0.0, 0.0) };
        let across = (u - centre - (v - 0.4) * tilt) / (1.0 + tilt * tilt).sqrt();
        let along = v + (u - centre) * tilt;
        let wobble = (self.dust.fbm(along * 2.0, 4.0, 3) - 0.5) * 0.10;
        let core = (-((across + wobble) / width).powi(2)).exp() * (0.65 + 0.35 * step(1.0, 0.2, along));
        if core < 0.003 {
            return (0.0, 0.0);
        }
        let cloud = self.dust.fbm(u * 4.5, v * 4.5, 5);
        let lane = step(0.48, 0.62, self.dust.fbm(u * 3.0 + 40.0, v * 3.0 + across * 4.0, 5));
        let rift = (-((across + wobble * 1.5) / (width * 0.45)).powi(2)).exp();
        (core * (0.35 + 0.95 * cloud) * (1.0 - 0.72 * lane * rift), core)
    }

    fn sky(&self, u: f32, v: f32) -> Colour {
        let floor = self.lake.unwrap_or(0.85);
        let depth = (v / floor).clamp(0.0, 1.0);
        let mut colour = ramp(&[(0.0, self.top), (0.55, blend(self.top, self.low, 0.45)), (1.0, self.low)], depth);
        let town = (-((u / self.frame.aspect - 0.7) * 2.2).powi(2)).exp();
        colour = add(colour, self.glow, 0.34 * depth.powi(5) * (0.25 + town));
        let (light, core) = self.milky_way(u, v);
        let warm = blend([0.62, 0.68, 0.86], [0.92, 0.80, 0.68], light.min(1.0));
        colour = add(colour, warm, 0.46 * light);
        let crowd = 1.0 + 1.4 * core;
        colour = self.stars(colour, u, v, crowd);
        if let Some((mu, mv)) = self.moon {
            colour = self.moonlight(colour, u - mu, v - mv);
        }
        colour
    }

    fn stars(&self, mut colour: Colour, u: f32, v: f32, crowd: f32) -> Colour {
        for (layer, cell, share, strength) in [(0_u64, 0.011, 0.34, 0.42), (1, 0.030, 0.30, 0.80), (2, 0.13, 0.32, 1.5)]
        {
            let radius = (0.00060 + 0.00042 * layer as f32).max(self.frame.pixel * 0.55);
            let (cu, cv) = ((u / cell).floor(), (v / cell).floor());
            let hash = mix(self.seed ^ (layer << 60), ((cu as i64 as u64) << 32) ^ (cv as i64 as u64 & 0xffff_ffff));
            if unit(hash << 7) > share * crowd {
                continue;
            }
            let centre = (cu + 0.2 + 0.6 * unit(hash << 20), cv + 0.2 + 0.6 * unit(hash << 31));
            let (du, dv) = (u - centre.0 * cell, v - centre.1 * cell);
            let far = (du * du + dv * dv) / (radius * radius);
            if far > 30.0 {
                continue;
            }
            let magnitude = unit(hash << 13).powi(3) * 1.2 + 0.12;
            let halo = if layer == 2 { 0.06 / (1.0 + far * 0.4) } else { 0.0 };
            let tint = blend([0.72, 0.82, 1.0], [1.0, 0.84, 0.66], unit(hash << 3));
            colour = add(colour, tint, strength * magnitude * ((-far).exp() + halo));
        }
        colour
    }

    fn moonlight(&self, colour: Colour, du: f32, dv: f32) -> Colour {
        let far = (du * du + dv * dv).sqrt();
        let glow = add(colour, [0.62, 0.70, 0.85], 0.42 * (-far * 9.0).exp() + 0.20 * (-far * 2.0).exp());
        let shade = ((du + 0.018).powi(2) + (dv + 0.006).powi(2)).sqrt();
        let crescent = (1.0 - step(0.0285, 0.0305, far)) * (0.10 + 0.90 * step(0.026, 0.033, shade));
        let seas = 0.82 + 0.3 * self.dust.fbm(du * 70.0, dv * 70.0, 3);
        add(glow, [1.0, 0.97, 0.90], 1.2 * crescent * seas)
    }

    fn land(&self, x: usize, u: f32, v: f32) -> Colour {
        let depth = v - self.far[x];
        let face = self.ground.ridged(u * 7.0, v * 9.0, 5);
        let snow = step(0.55, 0.75, face) * (1.0 - step(0.0, 0.16, depth));
        let rock = times(blend([0.020, 0.028, 0.048], self.low, 0.30), 0.55 + 0.75 * face);
        let mist = step(0.02, 0.26, depth) * 0.40;
        blend(blend(rock, times(self.low, 1.15), snow * 0.5), self.low, mist)
    }

    fn dry(&self, x: usize, u: f32, v: f32) -> Colour {
        let mut colour = self.sky(u, v.min(self.far[x]));
        let cover = below(self.frame, self.far[x], v);
        if cover > 0.0 {
            colour = blend(colour, self.land(x, u, v), cover);
        }
        colour
    }
}

/// Firs in front: a jagged dark line.
fn firs(noise: &Noise, u: f32) -> f32 {
    let wood = step(0.45, 0.65, noise.fbm(u * 2.2, 88.0, 2));
    let mut tallest: f32 = 0.0;
    for half in 0..2 {
        let place = u / 0.030 + half as f32 * 0.5;
        let tree = place.floor();
        let inside = (place - tree - 0.5).abs() * 2.0;
        let height = 0.3 + 0.7 * noise.at(tree * 2.7, 50.0 + half as f32 * 11.0);
        let ragged = 1.0 - 0.25 * noise.at(u * 420.0, tree);
        tallest = tallest.max(height * ((1.0 - inside).max(0.0) * ragged).powf(1.15));
    }
    tallest * wood * 0.16
}

impl Paint for Night {
    fn colour(&self, x: usize, u: f32, v: f32) -> Colour {
        let mut colour = match self.lake.filter(|shore| v > *shore) {
            Some(shore) => {
                let depth = v - shore;
                let ripple = (self.ground.fbm(u * 30.0, depth * 160.0, 3) - 0.5) * 0.030 * step(0.0, 0.1, depth);
                let mirrored = self.dry(x, u + ripple, (shore - depth + ripple * 0.6).max(0.0));
                blend(times(mirrored, 0.62), times(self.low, 0.5), 0.25)
            }
            None => self.dry(x, u, v),
        };
        let front = below(self.frame, self.near[x], v);
        if front > 0.0 {
            let grass = self.ground.fbm(u * 60.0, v * 40.0, 3);
            let mut earth = times([0.014, 0.018, 0.022], 0.6 + 0.9 * grass);
            if let Some((tu, tv)) = self.tent {
                let far = ((u - tu).powi(2) + (v - tv).powi(2) * 3.0).sqrt();
                earth = add(earth, [0.95, 0.55, 0.20], 0.30 * (-far * 16.0).exp() * (0.4 + grass));
            }
            colour = blend(colour, earth, front);
        }
        if let Some((tu, tv)) = self.tent {
            let (du, up) = ((u - tu).abs(), tv - v);
            let roof = 0.036 - up * 0.85;
            let inside = step(0.0, 0.003, roof - du) * step(-0.001, 0.001, up) * step(0.0, 0.002, 0.043 - up);
            let cloth = blend([1.0, 0.72, 0.30], [0.85, 0.36, 0.10], (du * 22.0 + up * 6.0).min(1.0));
            colour = blend(colour, cloth, inside);
        }
        colour
    }

    fn grain(&self) -> f32 {
        0.040
    }
}
