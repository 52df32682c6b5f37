//! Which tile goes into which cell.
//!
//! Cells take the tile that is cheapest by turns; then, in rounds, each cell looks again, because what its neighbours show
//! too bright or too dark can be made up for, and under a cap cells trade. Cells that cannot feel each other take their turns at
//! once, so the result does not depend on how many threads there are: a turn reads only what earlier turns decided.
//!
//! Looks gain most in the first round (on four photographs 0.001 to 0.004 of SSIM, then 0.001 at most in nine more, at the same colour
//! error) and end by themselves when no cell finds anything; the rounds of a larger budget are spent on trades.
//!
//! Invariant: no hole, no tile twice within the distance, no tile more often than the cap; the same input and number of rounds
//! give the same mosaic, and no round makes it worse. Absent: clocks; whoever has one says when it is enough.

use super::board::Board;
use super::face::Face;
use super::field::{Field, Squares};
use super::grid::Grid;
use super::library::Library;
use super::squares::Laying;
use crate::{PictureError, Work};

/// The farthest that repeats can be kept apart, in cells.
pub const DISTANCE_MAX: u32 = 64;
/// The most rounds.
pub const ROUNDS_MAX: u32 = 100;

/// What a placing must keep to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rules {
    /// No tile twice within so many cells, across, down or aslant; 0 allows neighbours. Where squares do not lie in a grid: no tile
    /// twice with less than so many cells between.
    pub distance: u32,
    /// No tile more often than this.
    pub cap: Option<u32>,
    /// How often every cell looks again.
    pub rounds: u32,
    /// Threads to work on; the result does not depend on it.
    pub threads: usize,
}

impl Rules {
    pub(crate) fn reach(&self) -> u32 {
        self.distance.min(DISTANCE_MAX)
    }
}

impl Default for Rules {
    fn default() -> Self {
        Self { distance: 3, cap: None, rounds: 1, threads: 1 }
    }
}

/// The tile of one cell.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Placed {
    /// Where the tile stood in the list the library was made from.
    pub tile: usize,
    /// How far apart the mean colours of tile and cell are, in CIE L*a*b* (CIE76); from about 2 on one sees it side by side.
    pub distance: f32,
}

/// Chooses a tile for every cell, row by row; `target` has a face for each.
///
/// # Errors
/// [`PictureError::Mosaic`] when there are too few tiles for the rules, [`PictureError::Stopped`].
pub fn place(
    grid: Grid,
    target: &[Face],
    library: &Library,
    rules: &Rules,
    work: &Work<'_>,
) -> Result<Vec<Placed>, PictureError> {
    place_until(grid, target, library, rules, &|| false, work)
}

/// As [`place`], but asks before each round whether it is `enough`: so a budget of time is kept to a round.
///
/// # Errors
/// As [`place`].
pub fn place_until(
    grid: Grid,
    target: &[Face],
    library: &Library,
    rules: &Rules,
    enough: &dyn Fn() -> bool,
    work: &Work<'_>,
) -> Result<Vec<Placed>, PictureError> {
    check(grid, library.pictures(), rules)?;
    improve(&Field::Grid(grid), target, library, rules, enough, work)?.placed()
}

/// Chooses a tile for every square of another layout, in the order of its squares.
///
/// # Errors
/// As [`place`].
pub fn place_squares(
    laying: &Laying,
    library: &Library,
    rules: &Rules,
    enough: &dyn Fn() -> bool,
    work: &Work<'_>,
) -> Result<Vec<Placed>, PictureError> {
    check_cap(laying.squares().len(), library.pictures(), rules)?;
    let field = Field::Squares(Squares::new(laying.grid(), laying.squares()));
    improve(&field, laying.faces(), library, rules, enough, work)?.placed()
}

pub(crate) fn improve<'a>(
    field: &'a Field,
    target: &[Face],
    library: &'a Library,
    rules: &Rules,
    enough: &dyn Fn() -> bool,
    work: &Work<'_>,
) -> Result<Board<'a>, PictureError> {
    let mut board = Board::new(field, target, library, rules);
    let rounds = rules.rounds.min(ROUNDS_MAX) + 1;
    for round in 0..rounds {
        if round > 0 && enough() {
            break;
        }
        let done = |part: f32| (work.progress)((round as f32 + part) / rounds as f32);
        let mut changed = board.look(rules.threads, work, &done)?;
        if round > 0 {
            changed += board.trade(round, work)?;
        }
        if changed == 0 {
            break;
        }
    }
    (work.progress)(1.0);
    Ok(board)
}

/// Says in a sentence when tiles are too few for the rules.
fn check(grid: Grid, tiles: usize, rules: &Rules) -> Result<(), PictureError> {
    let span = 2 * rules.reach() + 1;
    let around = grid.columns.min(span) as usize * grid.rows.min(span) as usize;
    if tiles < around {
        let why =
            format!("{tiles} tiles are too few to keep repeats {} cells apart: that takes {around}", rules.distance);
        return Err(PictureError::Mosaic { why, what_now: "Add photos, or ask for a smaller distance.".to_owned() });
    }
    check_cap(grid.cells(), tiles, rules)
}

fn check_cap(cells: usize, tiles: usize, rules: &Rules) -> Result<(), PictureError> {
    let cap = rules.cap.unwrap_or(u32::MAX) as usize;
    if tiles.saturating_mul(cap) < cells {
        let why = format!("{tiles} tiles, {cap} times each, are too few for {cells} cells");
        return Err(PictureError::Mosaic {
            why,
            what_now: "Add photos, or ask for fewer cells or more repeats.".to_owned(),
        });
    }
    Ok(())
}
