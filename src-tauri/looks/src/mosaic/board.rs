//! The tiles as they lie, and the moves that make a mosaic better.
//!
//! What is lowered is the sum of what all cells cost, errors felt from cell to cell included (see `sight`). A cell that looks takes
//! what is cheapest for it as things stand, so no look raises the sum. Looks alone are done after a few rounds. What they cannot
//! mend comes of a cap: an early cell holds the last copy of a tile that a later one needs more. Then the two swap, if the sum falls.
//!
//! Invariant: no tile twice within the distance, none more often than the cap, where a picture counts as one tile whatever parts of
//! it there are. Absent: how long it is worth going on.

use std::thread;

use super::face::Face;
use super::field::Field;
use super::library::Library;
use super::place::{Placed, Rules};
use super::sight::{Point, Sight, Spill, apart, cost, felt_error};
use super::squares::scattered;
use crate::{PictureError, Work};

/// Fewer cells are not worth a thread.
const CELLS_PER_THREAD: usize = 48;
/// Tiles that a cell asks others for, and cells that each is asked of.
const WISHES: usize = 4;
const HOLDERS: usize = 4;
/// Cells picked anywhere that a cell asks in a round.
const STRANGERS: u32 = 8;
/// Less than this is rounding, not gain.
const GAIN: f32 = 1e-2;

pub(crate) struct Board<'a> {
    field: &'a Field,
    library: &'a Library,
    distance: i32,
    cap: Option<usize>,
    /// The points the cells should show.
    wanted: Vec<Point>,
    spill: Spill,
    turns: Vec<Vec<usize>>,
    /// The tile of each cell, as the library counts.
    tiles: Vec<Option<usize>>,
    /// The cells of each picture; kept only under a cap.
    holders: Vec<Vec<usize>>,
}

/// What a cell should show as things stand around it, and the pictures it must not.
struct Felt {
    wanted: Point,
    few: [usize; 48],
    count: usize,
    more: Vec<usize>,
}

impl Felt {
    fn forbid(&mut self, picture: usize) {
        if self.count < self.few.len() {
            self.few[self.count] = picture;
            self.count += 1;
        } else {
            self.more.push(picture);
        }
    }

    fn forbids(&self, picture: usize) -> bool {
        self.few[..self.count].contains(&picture) || self.more.contains(&picture)
    }
}

impl<'a> Board<'a> {
    pub(crate) fn new(field: &'a Field, target: &[Face], library: &'a Library, rules: &Rules) -> Self {
        let sight = Sight::new();
        let distance = rules.reach() as i32;
        Self {
            field,
            library,
            distance,
            cap: rules.cap.map(|cap| cap as usize),
            wanted: target.iter().map(|face| sight.point(face)).collect(),
            spill: Spill::new(&sight),
            turns: field.turns(distance),
            tiles: vec![None; target.len()],
            holders: vec![Vec::new(); if rules.cap.is_some() { library.pictures() } else { 0 }],
        }
    }

    /// Lets every cell look once; how many took another tile.
    pub(crate) fn look(&mut self, threads: usize, work: &Work<'_>, done: &dyn Fn(f32)) -> Result<usize, PictureError> {
        let turns = std::mem::take(&mut self.turns);
        let mut changed = 0;
        for (nth, cells) in turns.iter().enumerate() {
            work.go_on()?;
            done(nth as f32 / turns.len() as f32);
            let chosen = self.choose(cells, threads);
            for (cell, tile) in cells.iter().zip(chosen) {
                changed += usize::from(self.take(*cell, tile)?);
            }
        }
        self.turns = turns;
        Ok(changed)
    }

    /// Under a cap, lets every cell ask others for their tiles; how many got one.
    pub(crate) fn trade(&mut self, round: u32, work: &Work<'_>) -> Result<usize, PictureError> {
        let mut changed = 0;
        if self.cap.is_some() {
            for cell in 0..self.tiles.len() {
                work.go_on()?;
                changed += usize::from(self.ask(cell, round));
            }
        }
        Ok(changed)
    }

    fn choose(&self, cells: &[usize], threads: usize) -> Vec<Option<usize>> {
        let share = cells.len().div_ceil(threads.max(1)).max(CELLS_PER_THREAD);
        let look = |cells: &[usize]| cells.iter().map(|cell| self.best(*cell)).collect::<Vec<_>>();
        let mut shares = cells.chunks(share);
        let Some(first) = shares.next() else { return Vec::new() };
        thread::scope(|scope| {
            let others: Vec<_> = shares.map(|cells| scope.spawn(move || look(cells))).collect();
            let mut chosen = look(first);
            // A look has nothing to panic about; if one did, its cells are looked at again by `take`.
            others.into_iter().for_each(|other| chosen.extend(other.join().unwrap_or_default()));
            chosen
        })
    }

    /// Gives the cell the tile, unless the cap was reached since it was chosen; whether that changed anything.
    fn take(&mut self, cell: usize, mut tile: Option<usize>) -> Result<bool, PictureError> {
        let before = self.tiles[cell];
        if tile == before && tile.is_some() {
            return Ok(false);
        }
        if tile.is_none_or(|tile| !self.is_free(tile, cell)) {
            tile = self.best(cell);
        }
        if tile.is_none() {
            return self.rescue(cell).map(|()| true);
        }
        self.put(cell, tile);
        Ok(tile != before)
    }

    fn put(&mut self, cell: usize, tile: Option<usize>) {
        let before = std::mem::replace(&mut self.tiles[cell], tile);
        if self.cap.is_some() {
            if let Some(before) = before {
                self.holders[self.library.picture(before)].retain(|holder| *holder != cell);
            }
            if let Some(tile) = tile {
                self.holders[self.library.picture(tile)].push(cell);
            }
        }
    }

    /// Whether the cap lets the cell have the tile.
    fn is_free(&self, tile: usize, cell: usize) -> bool {
        let picture = self.library.picture(tile);
        self.cap.is_none_or(|cap| self.holders[picture].len() < cap || self.holders[picture].contains(&cell))
    }

    /// The best tile for a cell as things stand around it.
    fn best(&self, cell: usize) -> Option<usize> {
        let felt = self.felt(cell);
        self.library.nearest(&felt.wanted, self.tiles[cell], |tile| {
            !felt.forbids(self.library.picture(tile)) && self.is_free(tile, cell)
        })
    }

    fn felt(&self, cell: usize) -> Felt {
        let mut felt = Felt { wanted: self.wanted[cell], few: [0; 48], count: 0, more: Vec::new() };
        self.field.visit(cell, self.distance, |neighbour| {
            let Some(tile) = self.tiles[neighbour.cell] else { return };
            if let Some(offset) = neighbour.felt {
                let target = &self.wanted[neighbour.cell];
                self.spill.add(&mut felt.wanted, offset, target, self.library.point(tile));
            }
            if neighbour.near {
                felt.forbid(self.library.picture(tile));
            }
        });
        felt
    }

    /// For a cell that the rules leave nothing: another cell gives up its tile and takes one that is left.
    fn rescue(&mut self, cell: usize) -> Result<(), PictureError> {
        let felt = self.felt(cell);
        for holder in 0..self.tiles.len() {
            let Some(given) = self.tiles[holder].filter(|tile| !felt.forbids(self.library.picture(*tile))) else {
                continue;
            };
            self.put(holder, None);
            self.put(cell, Some(given));
            if let Some(other) = self.best(holder) {
                self.put(holder, Some(other));
                return Ok(());
            }
            self.put(cell, None);
            self.put(holder, Some(given));
        }
        let cap = self.cap.map_or_else(String::new, |cap| format!(" and use none more than {cap} times"));
        Err(PictureError::Mosaic {
            why: format!(
                "{} tiles are too few to keep repeats {} cells apart{cap}: a cell is left without one",
                self.library.pictures(),
                self.distance
            ),
            what_now: "Add photos, or ask for a smaller distance or a larger cap.".to_owned(),
        })
    }

    /// Lets a cell swap with one that holds a tile it would rather have, or with one picked anywhere; whether it did.
    fn ask(&mut self, cell: usize, round: u32) -> bool {
        let (Some(own), felt) = (self.tiles[cell], self.felt(cell)) else { return false };
        let mut wishes = [own; WISHES];
        for nth in 0..WISHES {
            let wish = self.library.nearest(&felt.wanted, Some(own), |tile| {
                !wishes.contains(&tile) && !felt.forbids(self.library.picture(tile))
            });
            let Some(wish) = wish.filter(|wish| *wish != own) else { break };
            wishes[nth] = wish;
            let mut holders = [cell; HOLDERS];
            holders.iter_mut().zip(&self.holders[self.library.picture(wish)]).for_each(|(to, holder)| *to = *holder);
            if holders.into_iter().any(|holder| self.swap(cell, holder)) {
                return true;
            }
        }
        let cells = self.tiles.len() as u64;
        let mut strangers = (0..STRANGERS).map(|nth| scattered(cell as i32, (round * STRANGERS + nth) as i32) % cells);
        strangers.any(|stranger| self.swap(cell, stranger as usize))
    }

    /// Swaps the tiles of two cells if the rules allow it and the sum falls; whether they did.
    fn swap(&mut self, cell: usize, other: usize) -> bool {
        let (Some(own), Some(wish)) = (self.tiles[cell], self.tiles[other]) else { return false };
        if own == wish {
            return false;
        }
        self.put(other, None);
        self.put(cell, None);
        let alone = self.felt(cell);
        self.put(cell, Some(own));
        let before = self.part(cell, own, &alone) + self.part(other, wish, &self.felt(other));
        self.put(cell, Some(wish));
        let beside = self.felt(other);
        let after = self.part(cell, wish, &alone) + self.part(other, own, &beside);
        let allowed = !alone.forbids(self.library.picture(wish)) && !beside.forbids(self.library.picture(own));
        let better = allowed && after < before - GAIN;
        if better {
            self.put(other, Some(own));
        } else {
            self.put(cell, Some(own));
            self.put(other, Some(wish));
        }
        better
    }

    /// What the sum has in it of this cell's showing this tile.
    fn part(&self, cell: usize, tile: usize, felt: &Felt) -> f32 {
        cost(self.library.point(tile), &felt.wanted) - felt_error(&felt.wanted, &self.wanted[cell])
    }

    /// The sum: as if the tiles were laid one after another.
    #[cfg(test)]
    pub(crate) fn sum(&mut self) -> f64 {
        let tiles = std::mem::replace(&mut self.tiles, vec![None; self.wanted.len()]);
        let mut sum = 0.0;
        for (cell, tile) in tiles.iter().enumerate() {
            sum += f64::from(self.part(cell, tile.expect("a tile"), &self.felt(cell)));
            self.tiles[cell] = *tile;
        }
        sum
    }

    pub(crate) fn placed(self) -> Result<Vec<Placed>, PictureError> {
        let cells = self.tiles.iter().zip(&self.wanted);
        let placed = cells.map(|(tile, wanted)| {
            tile.map(|tile| Placed {
                tile: self.library.place(tile),
                distance: apart(self.library.point(tile), wanted),
            })
        });
        placed.collect::<Option<_>>().ok_or_else(|| PictureError::broken("a cell is left without a tile"))
    }
}
