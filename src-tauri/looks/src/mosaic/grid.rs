//! The cells of a mosaic, and how far it may go.
//!
//! Invariant: a [`Grid`] has at least one cell and at most [`CELLS_MAX`]. Absent: pixels.

use crate::PictureError;

/// More cells than this are no mosaic any more.
pub const CELLS_MAX: u32 = 1_000_000;
/// The longest side of a mosaic in pixels.
pub const MOSAIC_SIDE_MAX: u32 = 20_000;
/// The largest side of a cell in pixels.
pub const CELL_SIDE_MAX: u32 = 1_024;

/// So many cells across and down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grid {
    /// Cells across.
    pub columns: u32,
    /// Cells down.
    pub rows: u32,
}

impl Grid {
    /// Checks that there are cells and not too many.
    ///
    /// # Errors
    /// [`PictureError::Mosaic`].
    pub fn new(columns: u32, rows: u32) -> Result<Self, PictureError> {
        match columns.checked_mul(rows) {
            Some(1..=CELLS_MAX) => Ok(Self { columns, rows }),
            Some(_) | None => Err(PictureError::Mosaic {
                why: format!("{columns} x {rows} cells cannot be laid: a mosaic has 1 to {CELLS_MAX}"),
                what_now: "Ask for another number of cells.".to_owned(),
            }),
        }
    }

    /// As many cells of `side` pixels as a picture of this size has room for once it is `scale` times as large.
    ///
    /// # Errors
    /// As [`Grid::new`].
    pub fn covering((width, height): (u32, u32), scale: f64, side: u32) -> Result<Self, PictureError> {
        let cells = |pixels: u32| (f64::from(pixels) * scale / f64::from(side.max(1))).round().max(1.0) as u32;
        Self::new(cells(width), cells(height))
    }

    /// Cells across, and as many down as keep the shape of a picture of this size.
    ///
    /// # Errors
    /// As [`Grid::new`].
    pub fn across((width, height): (u32, u32), columns: u32) -> Result<Self, PictureError> {
        let rows = f64::from(columns) * f64::from(height) / f64::from(width.max(1));
        Self::new(columns, rows.round().max(1.0) as u32)
    }

    /// All cells.
    pub const fn cells(self) -> usize {
        self.columns as usize * self.rows as usize
    }

    /// Width and height of the mosaic in pixels.
    ///
    /// # Errors
    /// [`PictureError::Mosaic`] above [`MOSAIC_SIDE_MAX`].
    pub fn size(self, side: u32) -> Result<(u32, u32), PictureError> {
        let fits = |cells: u32| cells.checked_mul(side).filter(|pixels| (1..=MOSAIC_SIDE_MAX).contains(pixels));
        fits(self.columns).zip(fits(self.rows)).filter(|_| side <= CELL_SIDE_MAX).ok_or_else(|| PictureError::Mosaic {
            why: format!(
                "{} x {} cells of {side} pixels cannot be laid: a mosaic has at most {MOSAIC_SIDE_MAX} pixels a side, a cell {CELL_SIDE_MAX}",
                self.columns, self.rows
            ),
            what_now: "Ask for fewer or smaller cells.".to_owned(),
        })
    }
}
