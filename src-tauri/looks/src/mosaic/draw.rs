//! Squares of other layouts, drawn strip by strip.
//!
//! Of the mosaic only one strip stands in memory; what lies across a border is drawn once for each strip it is seen in, in the
//! order of the squares, so that the later lie over the earlier.
//!
//! Invariant: the same tiles on the same squares give the same bytes. Absent: files; tiles are asked for by their place.

use std::io::Write;

use super::adjust::adjusted;
use super::compose::{Draw, Format, Kept, Tiles, written};
use super::place::Placed;
use super::squares::Laying;
use super::tile::filling;
use crate::{PictureError, Work};

/// Height of a strip in pixels.
const STRIP: u32 = 128;

/// What is drawn where.
#[derive(Clone, Copy, Debug)]
pub struct Drawing<'a> {
    /// The squares.
    pub laying: &'a Laying,
    /// Pixels on each side of a cell.
    pub side: u32,
    /// The tile of each square.
    pub placed: &'a [Placed],
    /// How far tiles are pulled towards the colours of their squares, in percent.
    pub adjust: u8,
}

/// Writes the mosaic.
///
/// # Errors
/// What reading a tile or writing to the sink says; [`PictureError::Mosaic`] for a mosaic that is too large,
/// [`PictureError::Stopped`].
pub fn draw(
    drawing: &Drawing<'_>,
    tiles: &mut dyn Tiles,
    format: Format,
    sink: &mut dyn Write,
    work: &Work<'_>,
) -> Result<(), PictureError> {
    let size = drawing.laying.grid().size(drawing.side)?;
    written(size, format, sink, |draw| strips(drawing, tiles, work, draw))
}

/// Draws the mosaic from the top, a strip at a time.
pub(crate) fn strips(
    drawing: &Drawing<'_>,
    tiles: &mut dyn Tiles,
    work: &Work<'_>,
    draw: &mut Draw<'_>,
) -> Result<(), PictureError> {
    let (width, height) = drawing.laying.grid().size(drawing.side)?;
    let mut kept = Kept::new(tiles, None);
    let mut seen = vec![Vec::new(); height.div_ceil(STRIP) as usize];
    for (at, square) in drawing.laying.squares().iter().enumerate() {
        let (_, top, side) = square.pixels(drawing.side);
        let bottom = (top + i64::from(side)).clamp(0, i64::from(height)) as usize;
        let strips = top.max(0) as usize / STRIP as usize..bottom.div_ceil(STRIP as usize);
        seen[strips].iter_mut().for_each(|strip| strip.push(at));
    }
    let mut pixels = vec![0; (width * STRIP * 3) as usize];
    for (nth, squares) in (0..).zip(seen) {
        work.go_on()?;
        let top = nth * STRIP;
        let rows = STRIP.min(height - top);
        for at in squares {
            lay(drawing, at, &mut kept, Strip { pixels: &mut pixels, width, top, rows })?;
        }
        draw(&pixels[..(width * rows * 3) as usize])?;
        (work.progress)((top + rows) as f32 / height as f32);
    }
    Ok(())
}

struct Strip<'a> {
    pixels: &'a mut [u8],
    width: u32,
    top: u32,
    rows: u32,
}

/// Draws the part of a square that lies in the strip.
fn lay(drawing: &Drawing<'_>, at: usize, kept: &mut Kept<'_>, strip: Strip<'_>) -> Result<(), PictureError> {
    let (left, top, side) = drawing.laying.squares()[at].pixels(drawing.side);
    let tile = kept.tile(drawing.placed[at].tile)?;
    let mut raster = filling(&tile.1.jpeg()?, side, side)?.0;
    if drawing.adjust > 0 {
        adjusted(&mut raster, &tile.0, &drawing.laying.faces()[at], drawing.adjust);
    }
    let top = top - i64::from(strip.top);
    let across = left.max(0)..(left + i64::from(side)).min(i64::from(strip.width));
    for row in top.max(0)..(top + i64::from(side)).min(i64::from(strip.rows)) {
        let from = ((row - top) * i64::from(side) + across.start - left) as usize * 3;
        let to = (row * i64::from(strip.width) + across.start) as usize * 3;
        let length = (across.end - across.start) as usize * 3;
        strip.pixels[to..to + length].copy_from_slice(&raster.pixels[from..from + length]);
    }
    Ok(())
}
