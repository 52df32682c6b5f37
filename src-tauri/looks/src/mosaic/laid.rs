//! A mosaic whose tiles are chosen, in whatever layout, and the ways to write it.
//!
//! Invariant: the same mosaic and tiles give the same bytes. Absent: files; pixels leave through a sink.

use std::io::Write;

use super::compose::{self, Draw, Format, Plan, Tiles, compose};
use super::draw::{self, Drawing, draw};
use super::face::Face;
use super::grid::Grid;
use super::place::Placed;
use crate::{Limits, PictureError, Prepared, Work, prepare};

/// Cell beside cell, or squares over each other.
#[derive(Clone, Copy, Debug)]
pub enum Mosaic<'a> {
    /// The grid, which is written fastest.
    Cells(Plan<'a>),
    /// Any other layout.
    Squares(Drawing<'a>),
}

impl Mosaic<'_> {
    /// The grid it is laid in.
    pub const fn grid(&self) -> Grid {
        match self {
            Self::Cells(plan) => plan.grid,
            Self::Squares(drawing) => drawing.laying.grid(),
        }
    }

    /// Pixels on each side of a cell.
    pub const fn side(&self) -> u32 {
        match self {
            Self::Cells(plan) => plan.side,
            Self::Squares(drawing) => drawing.side,
        }
    }

    /// Width and height in pixels.
    ///
    /// # Errors
    /// [`PictureError::Mosaic`] when it is too large.
    pub fn size(&self) -> Result<(u32, u32), PictureError> {
        self.grid().size(self.side())
    }

    /// The tile of each place, in the order they are drawn.
    pub const fn placed(&self) -> &[Placed] {
        match self {
            Self::Cells(plan) => plan.placed,
            Self::Squares(drawing) => drawing.placed,
        }
    }

    /// What each place should look like.
    pub fn faces(&self) -> &[Face] {
        match self {
            Self::Cells(plan) => plan.target,
            Self::Squares(drawing) => drawing.laying.faces(),
        }
    }

    /// How far tiles are pulled towards the colours of their places, in percent.
    pub const fn adjust(&self) -> u8 {
        match self {
            Self::Cells(plan) => plan.adjust,
            Self::Squares(drawing) => drawing.adjust,
        }
    }

    /// Left edge, upper edge and side of a place in pixels; parts of it may lie outside.
    pub fn square(&self, place: usize) -> (i64, i64, u32) {
        match self {
            Self::Cells(plan) => {
                let (columns, side) = (plan.grid.columns as usize, i64::from(plan.side));
                ((place % columns) as i64 * side, (place / columns) as i64 * side, plan.side)
            }
            Self::Squares(drawing) => drawing.laying.squares()[place].pixels(drawing.side),
        }
    }

    /// Writes it whole.
    ///
    /// # Errors
    /// What reading a tile or writing to the sink says; [`PictureError::Stopped`].
    pub fn write(
        &self,
        tiles: &mut dyn Tiles,
        format: Format,
        sink: &mut dyn Write,
        work: &Work<'_>,
    ) -> Result<(), PictureError> {
        match self {
            Self::Cells(plan) => compose(plan, tiles, format, sink, work),
            Self::Squares(drawing) => draw(drawing, tiles, format, sink, work),
        }
    }

    /// The same within the limits of a target, as a JPEG: laid of smaller cells, then made to fit.
    ///
    /// # Errors
    /// As [`Mosaic::write`]; [`PictureError::CannotFit`].
    pub fn reduced(&self, tiles: &mut dyn Tiles, limits: &Limits, work: &Work<'_>) -> Result<Prepared, PictureError> {
        let longest = self.grid().columns.max(self.grid().rows);
        let side = (limits.side_max / longest).clamp(1, self.side());
        let smaller = match *self {
            Self::Cells(plan) => Mosaic::Cells(Plan { side, ..plan }),
            Self::Squares(drawing) => Mosaic::Squares(Drawing { side, ..drawing }),
        };
        let mut jpeg = Vec::new();
        smaller.write(tiles, Format::Jpeg, &mut jpeg, work)?;
        prepare(&jpeg, limits)
    }

    /// Draws it from the top, strip by strip.
    pub(crate) fn strips(
        &self,
        tiles: &mut dyn Tiles,
        work: &Work<'_>,
        take: &mut Draw<'_>,
    ) -> Result<(), PictureError> {
        match self {
            Self::Cells(plan) => compose::strips(plan, tiles, work, take),
            Self::Squares(drawing) => draw::strips(drawing, tiles, work, take),
        }
    }
}
