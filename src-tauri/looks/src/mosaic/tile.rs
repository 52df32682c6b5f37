//! A picture made into a tile: its middle, square, small, and what it looks like from afar.
//!
//! Invariant: the same picture and side give the same bytes. Absent: where the picture came from.

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::coded::Coded;
use super::face::{FACE_SIDE, Face, cells};
use super::grid::{CELL_SIDE_MAX, Grid};
use crate::picture::{Picture, Want};
use crate::raster::{Layout, Raster};
use crate::{Mode, PictureError, Size};

/// The most parts of one picture.
pub const PARTS_MAX: usize = 3;
/// A picture is taken as at most so many times longer than wide.
const LENGTH_MAX: u32 = 4;
/// Parts that are moved by less than this share of their side show much the same.
const MOVED_MIN: u32 = 8;

/// One tile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tile {
    /// What it looks like from afar.
    pub face: Face,
    /// Its pixels, for a JPEG of tiles.
    pub coded: Coded,
}

impl Tile {
    /// Makes the middle of a picture a tile of `side` x `side` pixels; a smaller picture is enlarged.
    ///
    /// # Errors
    /// [`PictureError`], in words for the photographer; a panic in a decoder becomes [`PictureError::Broken`].
    pub fn of(picture: &[u8], side: u32) -> Result<Self, PictureError> {
        check(side)?;
        let made = || Self::from_square(&filling(picture, side, side)?.0);
        catch_unwind(AssertUnwindSafe(made)).unwrap_or_else(|_| Err(PictureError::broken("it cannot be decoded")))
    }

    /// Makes up to `count` parts of a picture tiles, of [`PARTS_MAX`] at most: its middle, then both ends of its longer side. A
    /// picture that is about square has only a middle. [`Library::of_parts`](super::Library::of_parts) takes them.
    ///
    /// # Errors
    /// As [`Tile::of`].
    pub fn parts(picture: &[u8], side: u32, count: usize) -> Result<Vec<Self>, PictureError> {
        check(side)?;
        let made = || {
            let raster = band(picture, side)?;
            let (right, down) = (raster.width - side, raster.height - side);
            let count = if right.max(down) < side / MOVED_MIN { 1 } else { count.clamp(1, PARTS_MAX) };
            let places = [(right / 2, down / 2), (0, 0), (right, down)];
            places[..count].iter().map(|place| Self::from_square(&square(&raster, *place, side))).collect()
        };
        catch_unwind(AssertUnwindSafe(made)).unwrap_or_else(|_| Err(PictureError::broken("it cannot be decoded")))
    }

    fn from_square(raster: &Raster) -> Result<Self, PictureError> {
        Ok(Self { face: Face::of(raster)?, coded: Coded::of(&raster.pixels, raster.width)? })
    }
}

fn check(side: u32) -> Result<(), PictureError> {
    if (1..=CELL_SIDE_MAX).contains(&side) {
        return Ok(());
    }
    Err(PictureError::Mosaic {
        why: format!("A tile has 1 to {CELL_SIDE_MAX} pixels a side, not {side}"),
        what_now: "Ask for another size.".to_owned(),
    })
}

/// The whole picture, `side` pixels across its shorter side.
fn band(picture: &[u8], side: u32) -> Result<Raster, PictureError> {
    let size = |width, height| Size { width: Some(width), height: Some(height), mode: Mode::Fill };
    let mut opened = Picture::open(picture, Want::Sizes { sizes: &[size(side, side)], on_white: true })?;
    let (width, height) = opened.size();
    let shorter = u64::from(width.min(height));
    let long = |length: u32| ((u64::from(length) * u64::from(side) / shorter) as u32).clamp(side, side * LENGTH_MAX);
    let (width, height) = (long(width), long(height));
    let mut raster = opened.drawn(size(width, height))?;
    if (raster.width, raster.height) != (width, height) {
        raster = raster.resized(width, height)?;
    }
    Ok(coloured(raster))
}

fn square(raster: &Raster, (x, y): (u32, u32), side: u32) -> Raster {
    let rows = raster.pixels.chunks_exact(raster.width as usize * 3).skip(y as usize).take(side as usize);
    let pixels = rows.flat_map(|row| row[x as usize * 3..][..side as usize * 3].iter().copied()).collect();
    Raster { layout: Layout::Rgb, width: side, height: side, pixels }
}

/// Width and height of a picture, upright.
///
/// # Errors
/// As [`Tile::of`].
pub fn picture_size(picture: &[u8]) -> Result<(u32, u32), PictureError> {
    let one = Size::within(1);
    let opened = || Ok(Picture::open(picture, Want::Sizes { sizes: &[one], on_white: true })?.size());
    catch_unwind(AssertUnwindSafe(opened)).unwrap_or_else(|_| Err(PictureError::broken("it cannot be decoded")))
}

/// What a mosaic should look like.
#[derive(Clone, Debug)]
pub struct Target {
    /// What each cell should look like, row by row.
    pub faces: Vec<Face>,
    /// The part of the picture that lies outside the grid's shape and is left away, from 0 to 1.
    pub cropped: f64,
}

impl Target {
    /// Takes the middle of a picture in the shape of the grid.
    ///
    /// # Errors
    /// As [`Tile::of`].
    pub fn of(picture: &[u8], grid: Grid) -> Result<Self, PictureError> {
        let side = FACE_SIDE as u32;
        let made = || {
            let (raster, cropped) = filling(picture, grid.columns * side, grid.rows * side)?;
            Ok(Self { faces: cells(&raster.pixels, grid.columns as usize), cropped })
        };
        catch_unwind(AssertUnwindSafe(made)).unwrap_or_else(|_| Err(PictureError::broken("it cannot be decoded")))
    }
}

/// The middle of a picture as exactly `width` x `height` RGB pixels, and the part of it that was left away.
pub(crate) fn filling(picture: &[u8], width: u32, height: u32) -> Result<(Raster, f64), PictureError> {
    let size = Size { width: Some(width), height: Some(height), mode: Mode::Fill };
    let mut opened = Picture::open(picture, Want::Sizes { sizes: &[size], on_white: true })?;
    let (own_width, own_height) = opened.size();
    let (across, down) = (f64::from(own_width) * f64::from(height), f64::from(own_height) * f64::from(width));
    let mut raster = opened.drawn(size)?;
    if (raster.width, raster.height) != (width, height) {
        raster = raster.resized(width, height)?;
    }
    Ok((coloured(raster), 1.0 - across.min(down) / across.max(down)))
}

fn coloured(raster: Raster) -> Raster {
    match raster.layout {
        Layout::Rgb => raster,
        Layout::Grey => {
            let pixels = raster.pixels.iter().flat_map(|grey| [*grey; 3]).collect();
            Raster { layout: Layout::Rgb, pixels, ..raster }
        }
        Layout::Rgba => raster.flattened(),
    }
}
