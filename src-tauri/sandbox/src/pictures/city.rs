//! A city at the blue hour across a river: towers with lit windows, street lamps, long reflections.
//!
//! Invariant: buildings are found by column, windows by a hash of building, floor and axis, so light stays on at any size.
//! Absent: streets and people.

use super::noise::{Colour, Dice, Noise, add, blend, ramp, step, times, unit};
use super::scenes::{Frame, Paint};
use crate::mix;

#[derive(Debug, Clone, Copy)]
struct Building {
    from: f32,
    until: f32,
    top: f32,
    roof: u8,
    shade: f32,
    lit: f32,
    bay: f32,
    floor: f32,
    warm: f32,
    id: u64,
}

struct Row {
    buildings: Vec<Building>,
    /// Index of the building in each column; `u16::MAX` for a gap.
    columns: Vec<u16>,
    haze: f32,
}

/// A scene of a city.
pub(crate) struct City {
    frame: Frame,
    seed: u64,
    stops: [(f32, Colour); 4],
    glow: Colour,
    rows: Vec<Row>,
    quay: f32,
    lamps: f32,
    noise: Noise,
    cover: f32,
}

impl City {
    /// Builds the rows of houses.
    pub(crate) fn new(seed: u64, frame: Frame) -> City {
        let mut dice = Dice::new(seed);
        let (top, mid, low, glow) = [
            ([0.06, 0.11, 0.27], [0.20, 0.30, 0.52], [0.86, 0.55, 0.42], [1.0, 0.62, 0.34]),
            ([0.05, 0.08, 0.20], [0.16, 0.22, 0.42], [0.56, 0.44, 0.52], [0.95, 0.58, 0.42]),
            ([0.10, 0.18, 0.33], [0.32, 0.46, 0.62], [0.94, 0.74, 0.52], [1.0, 0.76, 0.46]),
        ][dice.pick(3)];
        let quay = dice.between(0.66, 0.74);
        let centre = frame.aspect * dice.between(0.3, 0.7);
        let rows = (0..3).map(|nth| row(mix(seed, nth), &mut dice, frame, quay, centre, nth as f32 / 2.0)).collect();
        City {
            frame,
            seed,
            stops: [(0.0, top), (0.55, mid), (0.92, low), (1.0, blend(low, glow, 0.3))],
            glow,
            rows,
            quay,
            lamps: dice.between(0.035, 0.055),
            noise: Noise::new(seed ^ 0xc17),
            cover: dice.between(0.42, 0.60),
        }
    }

    fn sky(&self, u: f32, v: f32) -> Colour {
        let depth = (v / self.quay).clamp(0.0, 1.0);
        let mut colour = ramp(&self.stops, depth);
        let bank = self.noise.fbm(u * 1.5 + v, v * 6.0, 5);
        let cover = step(self.cover, self.cover + 0.3, bank);
        let under = blend(times(self.stops[1].1, 0.8), self.stops[2].1, 0.5 * depth);
        colour = blend(colour, under, cover * 0.6);
        add(colour, self.glow, 0.22 * step(0.75, 1.0, depth))
    }

    fn building(&self, row: &Row, building: &Building, u: f32, v: f32) -> Colour {
        let (along, down) = (u - building.from, v - building.top);
        let wall = blend([0.055, 0.065, 0.10], self.stops[1].1, 0.25 + 0.30 * building.shade);
        let width = building.until - building.from;
        let side = if along > width * 0.72 { 0.68 } else { 1.0 };
        let dirt = 0.85 + 0.3 * self.noise.fbm(u * 20.0, v * 9.0, 3);
        let mut colour = times(wall, side * dirt * (0.85 + 0.35 * step(0.3, 0.0, down)));
        let (bay, floor) = ((along / building.bay).floor(), (down / building.floor).floor());
        let (in_bay, in_floor) = (along / building.bay - bay, down / building.floor - floor);
        let pane = (0.18..0.82).contains(&in_bay) && (0.28..0.80).contains(&in_floor) && floor >= 1.0;
        if pane && along < width - building.bay * 0.3 {
            let hash = mix(building.id, ((bay as u64) << 20) ^ floor as u64);
            let storey = mix(building.id ^ 0xf1, floor as u64);
            let busy = building.lit * if unit(storey) < 0.18 { 2.2 } else { 0.9 };
            if unit(hash) < busy {
                let warm = blend([1.0, 0.74, 0.40], [0.86, 0.92, 1.0], step(0.6, 1.0, unit(hash << 9) * building.warm));
                let curtain = 0.55 + 0.55 * unit(hash << 17) - 0.25 * in_floor;
                colour = blend(colour, times(warm, curtain + 0.25), 0.92);
            } else {
                colour = blend(colour, self.sky(u, (v * 0.4).max(0.0)), 0.22);
            }
        }
        blend(
            colour,
            blend(self.stops[2].1, self.stops[1].1, 0.45),
            row.haze * (0.65 + 0.35 * step(0.4, 0.0, self.quay - v)),
        )
    }

    fn town(&self, x: usize, u: f32, v: f32) -> Colour {
        for row in self.rows.iter().rev() {
            let Some(building) = row.buildings.get(usize::from(row.columns[x])) else { continue };
            if v >= roof(building, u) {
                return self.building(row, building, u, v);
            }
        }
        self.sky(u, v)
    }

    /// Light of the lamps along the quay.
    fn lamp_light(&self, u: f32, v: f32) -> f32 {
        let place = (u / self.lamps).floor();
        let mut light = 0.0;
        for near in -1..=1 {
            let lamp = place + near as f32;
            let hash = mix(self.seed ^ 0x1a, lamp as i64 as u64);
            let du = u - (lamp + 0.35 + 0.3 * unit(hash)) * self.lamps;
            let dv = v - (self.quay - 0.016 - 0.003 * unit(hash << 9));
            let far = du * du + dv * dv;
            light += (0.6 + 0.4 * unit(hash << 21)) * (1.1 / (1.0 + far / 4.0e-6) + 0.16 * (-far.sqrt() * 60.0).exp());
        }
        light
    }

    fn river(&self, u: f32, v: f32) -> Colour {
        let depth = v - self.quay;
        let ripple = self.noise.fbm(u * 26.0, depth * 190.0 / (0.2 + depth * 2.0), 3) - 0.5;
        let swing = ripple * (0.010 + 0.05 * depth);
        let mut sum = [0.0; 3];
        for tap in 0..4 {
            let stretch = depth * (0.80 + 0.16 * tap as f32) + ripple * 0.05 * (0.3 + depth * 2.0);
            let mirrored_u = (u + swing * (0.6 + tap as f32 * 0.4)).clamp(0.0, self.frame.aspect - self.frame.pixel);
            let x = (mirrored_u / self.frame.pixel) as usize;
            let mirrored_v = (self.quay - stretch).max(0.0);
            sum = add(sum, self.town(x.min(self.frame.width - 1), mirrored_u, mirrored_v), 0.25);
        }
        let place = (u / self.lamps).floor();
        for near in -1..=1 {
            let lamp = place + near as f32;
            let hash = mix(self.seed ^ 0x1a, lamp as i64 as u64);
            let du = u + swing * 1.4 - (lamp + 0.35 + 0.3 * unit(hash)) * self.lamps;
            let column = (-(du / (0.0022 + 0.012 * depth)).powi(2)).exp() * (-depth * 7.0).exp();
            sum = add(sum, [1.0, 0.70, 0.36], 0.75 * column * (0.55 + ripple * 1.6).max(0.0));
        }
        blend(times(sum, 0.78), [0.03, 0.05, 0.09], 0.25 + 0.25 * depth)
    }
}

fn roof(building: &Building, u: f32) -> f32 {
    let middle = (building.from + building.until) / 2.0;
    let half = (building.until - building.from) / 2.0;
    let off = (u - middle).abs();
    match building.roof {
        0 if off < half * 0.05 => building.top - half * 0.9,
        1 => building.top + off * 0.5,
        2 if off > half * 0.6 => building.top + half * 0.35,
        _ => building.top,
    }
}

fn row(seed: u64, dice: &mut Dice, frame: Frame, quay: f32, centre: f32, nearness: f32) -> Row {
    let mut buildings = Vec::new();
    let mut at = -0.05;
    while at < frame.aspect + 0.05 && buildings.len() < 400 {
        let width = dice.between(0.035, 0.085) * (0.8 + 0.5 * nearness);
        let hill = (-((at - centre) / (0.35 + 0.2 * nearness)).powi(2)).exp();
        let tower = if dice.between(0.0, 1.0) < 0.22 - 0.12 * nearness { dice.between(0.06, 0.16) } else { 0.0 };
        let height =
            0.05 + dice.between(0.02, 0.10) + (0.30 - 0.17 * nearness) * hill * dice.between(0.35, 1.0) + tower * hill;
        let scale = 0.75 + 0.5 * nearness;
        buildings.push(Building {
            from: at,
            until: at + width,
            top: quay - height,
            roof: dice.pick(6) as u8,
            shade: dice.between(0.0, 1.0),
            lit: dice.between(0.12, 0.50),
            bay: dice.between(0.0062, 0.0105) * scale,
            floor: dice.between(0.0105, 0.0150) * scale,
            warm: dice.between(0.4, 1.3),
            id: mix(seed, buildings.len() as u64),
        });
        at += width + if dice.between(0.0, 1.0) < 0.25 { dice.between(0.0, 0.03) } else { 0.0 };
    }
    let columns = (0..frame.width)
        .map(|x| {
            let u = (x as f32 + 0.5) * frame.pixel;
            let found = buildings.iter().position(|building| (building.from..building.until).contains(&u));
            found.map_or(u16::MAX, |at| at as u16)
        })
        .collect();
    Row { buildings, columns, haze: 0.62 * (1.0 - nearness) }
}

impl Paint for City {
    fn colour(&self, x: usize, u: f32, v: f32) -> Colour {
        if v > self.quay + 0.012 {
            return self.river(u, v);
        }
        let mut colour = if v > self.quay {
            times(blend([0.07, 0.07, 0.09], self.stops[1].1, 0.15), 0.7 + 0.6 * self.noise.fbm(u * 60.0, v * 120.0, 3))
        } else {
            self.town(x, u, v)
        };
        if (self.quay - v).abs() < 0.12 {
            colour = add(colour, [1.0, 0.72, 0.40], self.lamp_light(u, v));
        }
        colour
    }

    fn grain(&self) -> f32 {
        0.026
    }
}
