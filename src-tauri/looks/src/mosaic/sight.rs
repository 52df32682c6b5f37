//! What the eye makes of tiles from afar: lightness blurred by half a cell, with what spills over into the cells around, and the
//! mean colour of each cell.
//!
//! A blur of half a cell leaves little of a tile: its mean and the first few slopes and bends. These are the eigenvectors of the
//! blur within one cell, and in their coordinates, each scaled by how much of it is left, the blurred error of a mosaic is a plain
//! sum of squares; errors of the cells around only move the point that is looked for ([`Spill`]). To it comes the difference in
//! mean colour, CIE76, as it is and not squared: where no tile has the colour, a little more of the wrong colour is a small loss,
//! and the tile's shape decides. So a cell costs `blurred error + COLOUR * difference in colour`, the mosaic the sum of that, and each
//! cell that takes the cheapest tile lowers the sum.
//!
//! Invariant: pure arithmetic in a fixed order. Absent: which tile goes where (see `place`).

use super::face::{FACE_SIDE, Face};
use crate::oklab::oklab;

/// Coordinates of a point.
pub(crate) const COORDINATES: usize = 9;
/// A face as a point; see [`cost`].
pub(crate) type Point = [f32; COORDINATES];

/// Samples on each side: a blur leaves nothing finer.
const SIDE: usize = 4;
/// The blur's sigma in samples. Half a cell would be 2; a little less keeps contours crisp.
const SIGMA: f32 = 1.6;
/// Cells to each side that a blurred error reaches.
pub(crate) const REACH: i32 = 2;
/// Vectors kept on each axis: mean, slope, bend.
const VECTORS: usize = 3;
/// Pairs (down, across) kept of the lightness.
const PAIRS: [(usize, usize); 6] = [(0, 0), (0, 1), (1, 0), (1, 1), (0, 2), (2, 0)];
/// Where the coordinates of the lightness are: the mean first.
const LIGHT: [usize; PAIRS.len()] = [0, 4, 5, 6, 7, 8];
/// Where the mean colour is: right behind, so that four coordinates ([`FIRST`]) tell most of the cost.
const MEAN: [usize; 3] = [1, 2, 3];
/// The coordinates that tell most of the cost.
pub(crate) const FIRST: usize = 4;

/// What a difference in colour counts against the blurred error: the most that keeps every target of the trial well above the
/// likeness that is asked for, see docs/performance.md.
const COLOUR: f32 = 10.0;
/// Oklab's lightness of white, in the units of CIE L*.
const WHITE: f32 = 100.0;

/// The eye: faces to points.
#[derive(Clone, Debug)]
pub(crate) struct Sight {
    linear: [f32; 256],
    vectors: [[f32; SIDE]; VECTORS],
    /// What the blur leaves of each vector.
    left: [f32; VECTORS],
}

impl Sight {
    pub(crate) fn new() -> Self {
        let linear = std::array::from_fn(|value| {
            let value = value as f32 / 255.0;
            if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        });
        let mut sight = Self { linear, vectors: [[0.0; SIDE]; VECTORS], left: [0.0; VECTORS] };
        for nth in 0..VECTORS {
            (sight.vectors[nth], sight.left[nth]) = sight.eigenvector(nth);
        }
        sight
    }

    /// The blur's `nth` eigenvector within a cell, by power iteration.
    fn eigenvector(&self, nth: usize) -> ([f32; SIDE], f32) {
        let mut vector = [[1.0, 1.0, 1.0, 1.0], [-1.5, -0.5, 0.5, 1.5], [1.0, -1.0, -1.0, 1.0]][nth];
        let mut value = 1.0;
        for _ in 0..100 {
            for known in &self.vectors[..nth] {
                let part: f32 = vector.iter().zip(known).map(|(a, b)| a * b).sum();
                vector.iter_mut().zip(known).for_each(|(a, b)| *a -= part * b);
            }
            let blurred: [f32; SIDE] =
                std::array::from_fn(|i| (0..SIDE).map(|j| kernel(i as i32 - j as i32) * vector[j]).sum());
            value = blurred.iter().map(|v| v * v).sum::<f32>().sqrt();
            vector = blurred.map(|v| v / value);
        }
        (vector, value)
    }

    /// The face as a point.
    pub(crate) fn point(&self, face: &Face) -> Point {
        const STEP: usize = FACE_SIDE / SIDE;
        let mut light = [[0.0; SIDE]; SIDE];
        for (y, x) in (0..SIDE).flat_map(|y| (0..SIDE).map(move |x| (y, x))) {
            let mut rgb = [0_u32; 3];
            for sample in (0..STEP * STEP).map(|at| (y * STEP + at / STEP) * FACE_SIDE + x * STEP + at % STEP) {
                rgb.iter_mut().zip(&face.0[3 * sample..]).for_each(|(sum, value)| *sum += u32::from(*value));
            }
            light[y][x] = oklab(self.linear(rgb.map(|sum| sum as f32 / (STEP * STEP) as f32)))[0] * WHITE;
        }
        let mut point = [0.0; COORDINATES];
        for (to, pair) in LIGHT.into_iter().zip(PAIRS).skip(1) {
            point[to] = self.projected(&light, pair);
        }
        let mean = lab(self.linear(face.mean()));
        for (to, value) in MEAN.into_iter().zip(mean) {
            point[to] = value;
        }
        // The same lightness in both parts of the cost, so that a bound of it is one of both.
        point[LIGHT[0]] = self.left[0] * mean[0];
        point
    }

    fn projected(&self, plane: &[[f32; SIDE]; SIDE], (down, across): (usize, usize)) -> f32 {
        let mut sum = 0.0;
        for (row, y) in plane.iter().zip(self.vectors[down]) {
            for (value, x) in row.iter().zip(self.vectors[across]) {
                sum += value * x * y;
            }
        }
        sum * (self.left[down] * self.left[across]).sqrt() / SIDE as f32
    }

    /// sRGB of 0 to 255, whole or not, to light of 0 to 1.
    fn linear(&self, rgb: [f32; 3]) -> [f32; 3] {
        rgb.map(|value| {
            let below = (value as usize).min(254);
            self.linear[below] + (self.linear[below + 1] - self.linear[below]) * (value - below as f32)
        })
    }
}

/// The Gaussian of the blur taken twice, because an error is blurred and then squared.
fn kernel(samples: i32) -> f32 {
    let sigma = SIGMA * std::f32::consts::SQRT_2;
    (-((samples * samples) as f32) / (2.0 * sigma * sigma)).exp() / (sigma * (2.0 * std::f32::consts::PI).sqrt())
}

/// CIE L*a*b* under D65 (CIE 15).
fn lab([r, g, b]: [f32; 3]) -> [f32; 3] {
    let bent = |value: f32| if value > 0.008_856 { value.cbrt() } else { 7.787 * value + 16.0 / 116.0 };
    let x = bent((0.412_456_4 * r + 0.357_576_1 * g + 0.180_437_5 * b) / 0.950_47);
    let y = bent(0.212_672_9 * r + 0.715_152_2 * g + 0.072_175 * b);
    let z = bent((0.019_333_9 * r + 0.119_192 * g + 0.950_304_1 * b) / 1.088_83);
    [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
}

/// How an error in one cell shows in the cells around it.
#[derive(Clone, Debug)]
pub(crate) struct Spill {
    /// For a neighbour (down, across), the share of its error along one pair that is felt along another.
    shares: Vec<[[f32; PAIRS.len()]; PAIRS.len()]>,
}

impl Spill {
    pub(crate) fn new(sight: &Sight) -> Self {
        let axis: Vec<[[f32; VECTORS]; VECTORS]> = (-REACH..=REACH)
            .map(|cells| std::array::from_fn(|p| std::array::from_fn(|q| along(sight, cells, p, q))))
            .collect();
        let share = |dy: usize, dx: usize| {
            PAIRS.map(|(down, across)| PAIRS.map(|(d, a)| axis[dy][down][d] * axis[dx][across][a]))
        };
        let span = axis.len();
        let shares = (0..span * span).map(|at| share(at / span, at % span)).collect();
        Self { shares }
    }

    /// Moves `wanted` so that it makes up for the lightness error (`target` less `tile`) of the neighbour at (`dx`, `dy`).
    ///
    /// The mean colours are left alone: the eye tells them cell by cell.
    pub(crate) fn add(&self, wanted: &mut Point, (dx, dy): (i32, i32), target: &Point, tile: &Point) {
        let shares = &self.shares[((dy + REACH) * (2 * REACH + 1) + dx + REACH) as usize];
        let error = LIGHT.map(|at| target[at] - tile[at]);
        for (at, share) in LIGHT.into_iter().zip(shares) {
            wanted[at] += share.iter().zip(error).map(|(share, error)| share * error).sum::<f32>();
        }
    }
}

/// What is felt along vector `p` of an error along vector `q` that many cells further on.
fn along(sight: &Sight, cells: i32, p: usize, q: usize) -> f32 {
    let mut sum = 0.0;
    for (i, a) in sight.vectors[p].iter().enumerate() {
        for (j, b) in sight.vectors[q].iter().enumerate() {
            sum += a * b * kernel(cells * SIDE as i32 + j as i32 - i as i32);
        }
    }
    sum / (sight.left[p] * sight.left[q]).sqrt()
}

/// What it costs to show `tile` where `wanted` is wanted.
pub(crate) fn cost(tile: &Point, wanted: &Point) -> f32 {
    let blurred = LIGHT.iter().map(|at| (tile[*at] - wanted[*at]) * (tile[*at] - wanted[*at])).sum::<f32>();
    blurred + COLOUR * apart(tile, wanted)
}

/// Whether the first coordinates leave it open that a tile costs `limit` or less. (`COLOUR * apart <= room`, without the root.)
pub(crate) fn may_cost(first: [f32; FIRST], wanted: &Point, limit: f32) -> bool {
    let off: [f32; FIRST] = std::array::from_fn(|at| first[at] - wanted[at]);
    let room = limit - off[0] * off[0];
    let colour = off[1] * off[1] + off[2] * off[2] + off[3] * off[3];
    (room >= 0.0) & (COLOUR * COLOUR * colour <= room * room)
}

/// CIE76 between mean colours.
pub(crate) fn apart(a: &Point, b: &Point) -> f32 {
    MEAN.iter().map(|at| (a[*at] - b[*at]) * (a[*at] - b[*at])).sum::<f32>().sqrt()
}

/// The part of a cost that the cell's own tile has no part in: what is felt of others.
pub(crate) fn felt_error(moved: &Point, wanted: &Point) -> f32 {
    LIGHT.iter().map(|at| (moved[*at] - wanted[*at]) * (moved[*at] - wanted[*at])).sum()
}

/// Less than this no tile of that lightness costs.
pub(crate) fn light_cost(tile: &Point, wanted: &Point) -> f32 {
    let (blurred, mean) = (tile[LIGHT[0]] - wanted[LIGHT[0]], tile[MEAN[0]] - wanted[MEAN[0]]);
    blurred * blurred + COLOUR * mean.abs()
}

/// The first coordinate at which [`light_cost`] is least; to both sides of it the cost only grows.
pub(crate) fn cheapest_light(sight: &Sight, wanted: &Point) -> f32 {
    let left = sight.left[0];
    // Where the slope of the square is as steep as that of the other part.
    let steep = COLOUR / (2.0 * left);
    (left * wanted[MEAN[0]]).clamp(wanted[LIGHT[0]] - steep, wanted[LIGHT[0]] + steep)
}
