//! Other ways to lay a mosaic than cell beside cell: squares of several sizes at any place, drawn one over another.
//!
//! Places are counted in eighths of a cell, which is how finely a [`Target`] is known, so a layout does not depend on how large the
//! mosaic is drawn. What looks like chance is worked out from a square's number, and the same for ever.
//!
//! Invariant: no point of the picture is left uncovered. Absent: tiles.

use serde::{Deserialize, Serialize};

use super::face::{FACE_SIDE, Face};
use super::grid::Grid;
use super::tile::Target;

/// Parts of a cell's side that places are counted in.
pub(crate) const SAMPLES: i32 = FACE_SIDE as i32;
/// Sides of the squares of a collage: all larger than a cell, so that each covers its own wherever it is pushed to.
const COLLAGE_SIDES: std::ops::Range<u32> = 10..14;
/// How often four squares may become one: up to 4 x 4 cells.
const MERGES: u32 = 2;
/// Where samples stray less than this from their mean (root of the mean square, in levels), a part of the picture is flat.
const FLAT: f32 = 8.0;

/// How the squares of a mosaic lie.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Layout {
    /// Cell beside cell.
    #[default]
    Grid,
    /// Every other row moved by half a cell.
    Brick,
    /// Larger than cells, pushed about, one over another.
    Collage,
    /// Cells where the target has detail, up to 4 x 4 of them as one where it has none.
    Adaptive,
}

impl Layout {
    /// All of them, by the names they are asked for.
    pub const ALL: [(&'static str, Self); 4] =
        [("grid", Self::Grid), ("brick", Self::Brick), ("collage", Self::Collage), ("adaptive", Self::Adaptive)];
}

impl std::str::FromStr for Layout {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let known = Self::ALL.iter().find(|(name, _)| *name == text).map(|(_, layout)| *layout);
        known.ok_or_else(|| format!("\"{text}\" is no layout; grid, brick, collage and adaptive are."))
    }
}

/// A place for a tile, in eighths of a cell; parts of it may lie outside the mosaic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Square {
    /// From the left edge.
    pub x: i32,
    /// From the upper edge.
    pub y: i32,
    /// Of each side.
    pub side: u32,
}

impl Square {
    /// Eighths of a cell between two squares; less than 0 where they overlap.
    pub(crate) fn gap(self, other: Self) -> i32 {
        let apart = |a: i32, b: i32| (a - b - other.side as i32).max(b - a - self.side as i32);
        apart(self.x, other.x).max(apart(self.y, other.y))
    }

    /// Left edge, upper edge and side in pixels, for cells of so many; rounded so that nothing opens between neighbours.
    pub fn pixels(self, side: u32) -> (i64, i64, u32) {
        let at = |place: i32| (i64::from(place) * i64::from(side)).div_euclid(i64::from(SAMPLES));
        (at(self.x), at(self.y), (self.side * side).div_ceil(SAMPLES as u32))
    }
}

/// Squares and what each should show, in the order they are drawn.
#[derive(Clone, Debug)]
pub struct Laying {
    pub(crate) grid: Grid,
    pub(crate) squares: Vec<Square>,
    pub(crate) faces: Vec<Face>,
}

impl Laying {
    /// Lays squares for a target of this grid.
    pub fn of(layout: Layout, grid: Grid, target: &Target) -> Self {
        let seen = Seen { grid, faces: &target.faces };
        let squares = match layout {
            Layout::Grid => cells(grid, |x, y| Square { x, y, side: SAMPLES as u32 }),
            Layout::Brick => bricks(grid),
            Layout::Collage => collage(grid),
            Layout::Adaptive => adaptive(&seen),
        };
        let faces = squares.iter().map(|square| seen.face(*square)).collect();
        Self { grid, squares, faces }
    }

    /// The squares, in the order they are drawn.
    pub fn squares(&self) -> &[Square] {
        &self.squares
    }

    /// What each square should show.
    pub fn faces(&self) -> &[Face] {
        &self.faces
    }

    /// The grid it was laid for.
    pub const fn grid(&self) -> Grid {
        self.grid
    }
}

fn cells(grid: Grid, square: impl Fn(i32, i32) -> Square) -> Vec<Square> {
    let (columns, rows) = (grid.columns as i32, grid.rows as i32);
    (0..rows).flat_map(|y| (0..columns).map(move |x| (x, y))).map(|(x, y)| square(x * SAMPLES, y * SAMPLES)).collect()
}

fn bricks(grid: Grid) -> Vec<Square> {
    let row = |y: i32| {
        let (half, more) = if y % 2 == 0 { (0, 0) } else { (SAMPLES / 2, 1) };
        (0..grid.columns as i32 + more).map(move |x| Square {
            x: x * SAMPLES - half,
            y: y * SAMPLES,
            side: SAMPLES as u32,
        })
    };
    (0..grid.rows as i32).flat_map(row).collect()
}

fn collage(grid: Grid) -> Vec<Square> {
    let square = |x: i32, y: i32| {
        let dice = scattered(x, y);
        let sides = COLLAGE_SIDES.end - COLLAGE_SIDES.start;
        let side = COLLAGE_SIDES.start + dice as u32 % sides;
        let spare = side as i32 - SAMPLES;
        let push = |dice: u64| (dice % (spare as u64 + 1)) as i32;
        Square { x: x - push(dice >> 16), y: y - push(dice >> 32), side }
    };
    let mut squares: Vec<(u64, Square)> = Vec::new();
    for cell in cells(grid, |x, y| Square { x, y, side: SAMPLES as u32 }) {
        squares.push((scattered(cell.y + 1, -cell.x), square(cell.x, cell.y)));
    }
    squares.sort_by_key(|(order, _)| *order);
    squares.into_iter().map(|(_, square)| square).collect()
}

/// Bits without a pattern for a place (the finisher of `SplitMix64`, Steele et al. 2014).
pub(crate) fn scattered(x: i32, y: i32) -> u64 {
    let mut bits = (u64::from(x as u32) << 32 | u64::from(y as u32)).wrapping_add(0x9E37_79B9_7F4A_7C15);
    bits = (bits ^ bits >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    bits = (bits ^ bits >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
    bits ^ bits >> 31
}

fn adaptive(seen: &Seen<'_>) -> Vec<Square> {
    let mut squares = Vec::new();
    let largest = SAMPLES << MERGES;
    let (width, height) = seen.size();
    for y in (0..height).step_by(largest as usize) {
        for x in (0..width).step_by(largest as usize) {
            divide(seen, Square { x, y, side: largest as u32 }, &mut squares);
        }
    }
    squares
}

/// Lays the square whole where it is flat, else its four quarters, down to single cells.
fn divide(seen: &Seen<'_>, square: Square, squares: &mut Vec<Square>) {
    let (width, height) = seen.size();
    let side = square.side as i32;
    if square.x >= width || square.y >= height {
        return;
    }
    let inside = square.x + side <= width && square.y + side <= height;
    if side == SAMPLES || (inside && seen.is_flat(square)) {
        squares.push(square);
        return;
    }
    let half = side / 2;
    for (right, down) in [(0, 0), (half, 0), (0, half), (half, half)] {
        divide(seen, Square { x: square.x + right, y: square.y + down, side: half as u32 }, squares);
    }
}

/// The target, sample by sample.
struct Seen<'a> {
    grid: Grid,
    faces: &'a [Face],
}

impl Seen<'_> {
    fn size(&self) -> (i32, i32) {
        (self.grid.columns as i32 * SAMPLES, self.grid.rows as i32 * SAMPLES)
    }

    /// A sample; beyond the edges, that at the edge.
    fn sample(&self, x: i32, y: i32) -> [u8; 3] {
        let (width, height) = self.size();
        let (x, y) = (x.clamp(0, width - 1), y.clamp(0, height - 1));
        let face = &self.faces[(y / SAMPLES * self.grid.columns as i32 + x / SAMPLES) as usize];
        let at = 3 * (y % SAMPLES * SAMPLES + x % SAMPLES) as usize;
        [face.0[at], face.0[at + 1], face.0[at + 2]]
    }

    fn face(&self, square: Square) -> Face {
        let side = square.side as i32;
        let part = |nth: i32| nth * side / SAMPLES..((nth + 1) * side + SAMPLES - 1) / SAMPLES;
        let mut face = Face([0; FACE_SIDE * FACE_SIDE * 3]);
        for (at, value) in face.0.chunks_exact_mut(3).enumerate() {
            let (down, across) = (part(at as i32 / SAMPLES), part(at as i32 % SAMPLES));
            let (mut sums, mut count) = ([0_u32; 3], 0);
            for (y, x) in down.flat_map(|y| across.clone().map(move |x| (y, x))) {
                let sample = self.sample(square.x + x, square.y + y);
                sums.iter_mut().zip(sample).for_each(|(sum, value)| *sum += u32::from(value));
                count += 1;
            }
            value.iter_mut().zip(sums).for_each(|(value, sum)| *value = ((sum + count / 2) / count) as u8);
        }
        face
    }

    fn is_flat(&self, square: Square) -> bool {
        let face = self.face(square);
        let mean = face.mean();
        let strays = face.0.chunks_exact(3).flat_map(|sample| {
            sample.iter().zip(mean).map(|(value, mean)| (f32::from(*value) - mean) * (f32::from(*value) - mean))
        });
        strays.sum::<f32>() <= FLAT * FLAT * face.0.len() as f32
    }
}
