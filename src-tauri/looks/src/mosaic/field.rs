//! Where the cells lie, who feels whom, and who may choose at the same time.
//!
//! Invariant: cells of one turn are neither neighbours nor feel each other's errors, so they choose as they would one by one.
//! Absent: tiles.

use super::grid::Grid;
use super::sight::REACH;
use super::squares::{SAMPLES, Square};

/// The cells of a mosaic.
pub(crate) enum Field {
    /// One beside another; errors are felt as well.
    Grid(Grid),
    /// Anyhow; only repeats matter.
    Squares(Squares),
}

/// A cell near another one.
pub(crate) struct Neighbour {
    pub(crate) cell: usize,
    /// Whether both may not show the same.
    pub(crate) near: bool,
    /// Cells across and down, where its error is felt.
    pub(crate) felt: Option<(i32, i32)>,
}

impl Field {
    pub(crate) fn visit(&self, cell: usize, distance: i32, mut see: impl FnMut(Neighbour)) {
        match self {
            Self::Grid(grid) => {
                let (columns, rows) = (grid.columns as i32, grid.rows as i32);
                let (x, y) = (cell as i32 % columns, cell as i32 / columns);
                let reach = distance.max(REACH);
                for v in (y - reach).max(0)..=(y + reach).min(rows - 1) {
                    for u in (x - reach).max(0)..=(x + reach).min(columns - 1) {
                        let (offset, apart) = ((u - x, v - y), (u - x).abs().max((v - y).abs()));
                        if apart > 0 {
                            let felt = (apart <= REACH).then_some(offset);
                            see(Neighbour { cell: (v * columns + u) as usize, near: apart <= distance, felt });
                        }
                    }
                }
            }
            Self::Squares(squares) => {
                squares.visit(cell, distance, |cell| see(Neighbour { cell, near: true, felt: None }));
            }
        }
    }

    /// The cells, turn by turn.
    pub(crate) fn turns(&self, distance: i32) -> Vec<Vec<usize>> {
        match self {
            Self::Grid(grid) => {
                let step = (distance.max(REACH) + 1) as usize;
                let (columns, rows) = (grid.columns as usize, grid.rows as usize);
                let turn = |turn: usize| {
                    let down = (turn / step..rows).step_by(step);
                    down.flat_map(|y| (turn % step..columns).step_by(step).map(move |x| y * columns + x)).collect()
                };
                (0..step * step).map(turn).collect()
            }
            Self::Squares(squares) => squares.turns(distance),
        }
    }
}

/// Squares, found by where they are.
pub(crate) struct Squares {
    squares: Vec<Square>,
    columns: i32,
    rows: i32,
    /// Where the squares of each cell of the grid begin in `members`, by their middles.
    starts: Vec<usize>,
    members: Vec<usize>,
    largest: i32,
}

impl Squares {
    pub(crate) fn new(grid: Grid, squares: &[Square]) -> Self {
        let (columns, rows) = (grid.columns as i32, grid.rows as i32);
        let mut found = Self {
            squares: squares.to_vec(),
            columns,
            rows,
            starts: Vec::new(),
            members: (0..squares.len()).collect(),
            largest: squares.iter().map(|square| square.side as i32).max().unwrap_or_default(),
        };
        let home = |square: &Square| {
            let (x, y) = found.home(square.x + square.side as i32 / 2, square.y + square.side as i32 / 2);
            (y * columns + x) as usize
        };
        let homes: Vec<usize> = squares.iter().map(home).collect();
        found.members.sort_by_key(|member| homes[*member]);
        found.starts = vec![0; grid.cells() + 1];
        homes.iter().for_each(|home| found.starts[home + 1] += 1);
        (1..found.starts.len()).for_each(|at| found.starts[at] += found.starts[at - 1]);
        found
    }

    fn home(&self, x: i32, y: i32) -> (i32, i32) {
        (x.div_euclid(SAMPLES).clamp(0, self.columns - 1), y.div_euclid(SAMPLES).clamp(0, self.rows - 1))
    }

    /// Sees the squares with less than `distance` cells between them and this one.
    fn visit(&self, cell: usize, distance: i32, mut see: impl FnMut(usize)) {
        let (own, side) = (self.squares[cell], self.squares[cell].side as i32);
        let reach = distance * SAMPLES + self.largest;
        let (left, top) = self.home(own.x - reach, own.y - reach);
        let (right, bottom) = self.home(own.x + side + reach, own.y + side + reach);
        for row in top..=bottom {
            let first = (row * self.columns) as usize;
            let members = self.starts[first + left as usize]..self.starts[first + right as usize + 1];
            let others = self.members[members].iter().filter(|other| **other != cell);
            others.filter(|other| own.gap(self.squares[**other]) < distance * SAMPLES).for_each(|other| see(*other));
        }
    }

    /// Each square has the earliest turn that none of its neighbours has.
    fn turns(&self, distance: i32) -> Vec<Vec<usize>> {
        let mut turn_of: Vec<Option<usize>> = vec![None; self.squares.len()];
        let mut turns: Vec<Vec<usize>> = Vec::new();
        let mut taken = Vec::new();
        for cell in 0..self.squares.len() {
            taken.clear();
            taken.resize(turns.len() + 1, false);
            self.visit(cell, distance, |other| {
                if let Some(turn) = turn_of[other] {
                    taken[turn] = true;
                }
            });
            let turn = taken.iter().position(|taken| !taken).unwrap_or_default();
            if turn == turns.len() {
                turns.push(Vec::new());
            }
            turns[turn].push(cell);
            turn_of[cell] = Some(turn);
        }
        turns
    }
}
