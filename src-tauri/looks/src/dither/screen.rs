//! Thresholds for ordered dithering: which share of a tone each place waits for.
//!
//! Invariant: over a tile (or a turn of the screen) thresholds are spread evenly from 0 to [`WHOLE`], so the mean is kept.
//! The blue noise is made here, by void and cluster (Ulichney 1993). Absent: colours.

use std::f64::consts::TAU;

use super::method::Method;

/// The whole of a tone.
pub(super) const WHOLE: i32 = 4096;
const DOT: usize = 8;
const SPOT: usize = 64;
const NOISE: usize = 64;
/// How far a point of the blue noise is felt.
const FELT: isize = 8;

/// A screen of thresholds.
#[derive(Debug)]
pub(super) struct Screen {
    side: usize,
    thresholds: Vec<i32>,
    /// Steps along the tile for one pixel to the right, in 1/65536; one pixel down is the same, turned.
    step: Option<(i64, i64)>,
}

impl Screen {
    /// The screen of an ordered method at `strength` percent; `None` for methods that are not ordered.
    pub(super) fn of(method: Method, strength: u8) -> Option<Self> {
        let (side, order, step) = match method {
            Method::Bayer(side) => (usize::from(side), bayer(usize::from(side)), None),
            Method::ClusteredDot => (DOT, ranks(&spots(DOT)), None),
            Method::Halftone(angle) => {
                let angle = f64::from(angle).to_radians();
                let step = (SPOT / DOT) as f64 * 65_536.0;
                let step = ((angle.cos() * step).round() as i64, (angle.sin() * step).round() as i64);
                (SPOT, ranks(&spots(SPOT)), Some(step))
            }
            Method::BlueNoise => (NOISE, void_and_cluster(), None),
            Method::Diffusion(_) | Method::Ostromoukhov | Method::Riemersma | Method::Plain => return None,
        };
        let count = order.len() as i32;
        let threshold = |rank: &usize| {
            // Never the whole, which white has to pass.
            let even = (2 * *rank as i32 + 1) * WHOLE / (2 * count);
            WHOLE / 2 + (even - WHOLE / 2) * i32::from(strength) / 100
        };
        Some(Self { side, thresholds: order.iter().map(threshold).collect(), step })
    }

    /// The threshold of a place, from 0 to [`WHOLE`].
    #[inline]
    pub(super) fn at(&self, x: usize, y: usize) -> i32 {
        let (column, row) = match self.step {
            None => (x, y),
            Some((cos, sin)) => {
                let (x, y) = (x as i64, y as i64);
                (((x * cos + y * sin) >> 16) as usize, ((y * cos - x * sin) >> 16) as usize)
            }
        };
        // Sides are powers of two, so places left of the first tile wrap as well.
        self.thresholds[(row & (self.side - 1)) * self.side + (column & (self.side - 1))]
    }
}

/// Bayer's order: the bits of x xor y and of y, interleaved from the lowest up.
fn bayer(side: usize) -> Vec<usize> {
    let bits = side.trailing_zeros();
    let rank = |x: usize, y: usize| {
        (0..bits).fold(0, |rank, bit| (rank << 2) | ((((x ^ y) >> bit) & 1) << 1) | ((y >> bit) & 1))
    };
    (0..side * side).map(|place| rank(place % side, place / side)).collect()
}

/// How late each place of a dot turns white: the dot grows from the middle and from the corners.
fn spots(side: usize) -> Vec<f64> {
    let wave = |at: usize| (TAU * (at as f64 + 0.5) / side as f64).cos();
    (0..side * side).map(|place| wave(place % side) + wave(place / side)).collect()
}

fn ranks(values: &[f64]) -> Vec<usize> {
    let mut places: Vec<usize> = (0..values.len()).collect();
    // Places that are alike by symmetry keep their order whatever the last bit of a cosine is.
    let key = |place: usize| (values[place] * 1e9).round() as i64;
    places.sort_by_key(|place| (key(*place), *place));
    let mut ranks = vec![0; values.len()];
    places.into_iter().enumerate().for_each(|(rank, place)| ranks[place] = rank);
    ranks
}

/// Points on a torus and how much of them is felt at each place.
struct Points {
    set: Vec<bool>,
    felt: Vec<f32>,
    weights: Vec<f32>,
}

impl Points {
    fn none() -> Self {
        let weight = |place: usize| {
            let side = (2 * FELT + 1) as usize;
            let (x, y) = ((place % side) as isize - FELT, (place / side) as isize - FELT);
            (-((x * x + y * y) as f32) / (2.0 * 1.5 * 1.5)).exp()
        };
        let count = ((2 * FELT + 1) * (2 * FELT + 1)) as usize;
        let places = NOISE * NOISE;
        Self { set: vec![false; places], felt: vec![0.0; places], weights: (0..count).map(weight).collect() }
    }

    fn turn(&mut self, place: usize, on: bool) {
        self.set[place] = on;
        let sign = if on { 1.0 } else { -1.0 };
        let (x, y) = ((place % NOISE) as isize, (place / NOISE) as isize);
        let mut weights = self.weights.iter();
        for dy in -FELT..=FELT {
            let row = (y + dy).rem_euclid(NOISE as isize) as usize * NOISE;
            for dx in -FELT..=FELT {
                let column = (x + dx).rem_euclid(NOISE as isize) as usize;
                self.felt[row + column] += sign * weights.next().copied().unwrap_or_default();
            }
        }
    }

    /// The point in the densest crowd.
    fn tightest(&self) -> usize {
        let mut best = (f32::NEG_INFINITY, 0);
        for (place, (set, felt)) in self.set.iter().zip(&self.felt).enumerate() {
            if *set && *felt > best.0 {
                best = (*felt, place);
            }
        }
        best.1
    }

    /// The free place farthest from all points.
    fn emptiest(&self) -> usize {
        let mut best = (f32::INFINITY, 0);
        for (place, (set, felt)) in self.set.iter().zip(&self.felt).enumerate() {
            if !*set && *felt < best.0 {
                best = (*felt, place);
            }
        }
        best.1
    }
}

fn void_and_cluster() -> Vec<usize> {
    const PLACES: usize = NOISE * NOISE;
    const FIRST: usize = PLACES / 10;
    let mut points = Points::none();
    let (mut seed, mut count) = (1_u32, 0);
    while count < FIRST {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let place = (seed >> 12) as usize % PLACES;
        if !points.set[place] {
            points.turn(place, true);
            count += 1;
        }
    }
    // Each move makes the pattern more even; the bound is for rounding that would move one point for ever.
    for _ in 0..PLACES {
        let from = points.tightest();
        points.turn(from, false);
        let to = points.emptiest();
        points.turn(to, true);
        if from == to {
            break;
        }
    }
    let mut ranks = vec![0; PLACES];
    let begun: Vec<usize> = (0..PLACES).filter(|place| points.set[*place]).collect();
    for rank in (0..FIRST).rev() {
        let place = points.tightest();
        points.turn(place, false);
        ranks[place] = rank;
    }
    begun.into_iter().for_each(|place| points.turn(place, true));
    for rank in FIRST..PLACES {
        let place = points.emptiest();
        points.turn(place, true);
        ranks[place] = rank;
    }
    ranks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_screen_holds_each_threshold_equally_often() {
        for method in [2, 4, 8, 16].map(Method::Bayer).into_iter().chain([Method::ClusteredDot, Method::BlueNoise]) {
            let screen = Screen::of(method, 100).expect("ordered");
            let mut thresholds = screen.thresholds.clone();
            thresholds.sort_unstable();
            let count = thresholds.len();
            for (rank, threshold) in thresholds.into_iter().enumerate() {
                let even = (2 * rank + 1) as f64 * f64::from(WHOLE) / (2 * count) as f64;
                assert!((f64::from(threshold) - even).abs() <= 1.0, "{method}: {rank}");
            }
        }
    }

    #[test]
    fn bayer_is_the_matrix_of_the_books() {
        assert_eq!(bayer(2), [0, 2, 3, 1]);
        assert_eq!(bayer(4), [0, 8, 2, 10, 12, 4, 14, 6, 3, 11, 1, 9, 15, 7, 13, 5]);
    }
}
