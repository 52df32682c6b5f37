//! Tiles laid out: a JPEG or PNG written row of tiles by row of tiles.
//!
//! A mosaic never stands in memory as a whole: only one row of tiles does, and the tiles that are used again, as the JPEG
//! pieces they are kept as. Where nothing is adjusted and a JPEG is wanted, no pixel is looked at at all (see `coded`).
//!
//! Invariant: the same tiles in the same cells give the same bytes. Absent: files; tiles are asked for by their place.

use std::collections::HashMap;
use std::io::Write;
use std::rc::Rc;

use super::adjust::adjusted;
use super::coded::{Coded, Joiner, can_join};
use super::face::Face;
use super::grid::Grid;
use super::place::Placed;
use super::tile::filling;
use crate::raster::{Layout, Raster};
use crate::{PictureError, Work};

/// Bytes of tiles that are kept for when they come again.
const KEPT_BYTES_MAX: usize = 48 << 20;

/// What is laid where.
#[derive(Clone, Copy, Debug)]
pub struct Plan<'a> {
    /// The cells.
    pub grid: Grid,
    /// Pixels on each side of a cell.
    pub side: u32,
    /// The tile of each cell.
    pub placed: &'a [Placed],
    /// What each cell should look like.
    pub target: &'a [Face],
    /// How far tiles are pulled towards the colours of their cells, in percent.
    pub adjust: u8,
}

/// What a mosaic is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// A JPEG.
    Jpeg,
    /// A PNG.
    Png,
}

/// Tiles by their place in the list the library was made from.
pub trait Tiles {
    /// A tile of any side, and what it looks like.
    ///
    /// # Errors
    /// Whatever keeps it from being read.
    fn tile(&mut self, place: usize) -> Result<(Face, Coded), PictureError>;
}

/// Writes the mosaic.
///
/// # Errors
/// What reading a tile or writing to the sink says; [`PictureError::Stopped`].
pub fn compose(
    plan: &Plan<'_>,
    tiles: &mut dyn Tiles,
    format: Format,
    sink: &mut dyn Write,
    work: &Work<'_>,
) -> Result<(), PictureError> {
    let mut shelf = Shelf { plan, kept: Kept::new(tiles, Some(plan.side)) };
    match format {
        Format::Jpeg if can_join(plan.side) => joined(&mut shelf, sink, work),
        Format::Jpeg | Format::Png => {
            written(plan.grid.size(plan.side)?, format, sink, |draw| shelf.strips(work, draw))
        }
    }
}

/// Draws the mosaic from the top, a row of cells at a time.
pub(crate) fn strips(
    plan: &Plan<'_>,
    tiles: &mut dyn Tiles,
    work: &Work<'_>,
    draw: &mut Draw<'_>,
) -> Result<(), PictureError> {
    Shelf { plan, kept: Kept::new(tiles, Some(plan.side)) }.strips(work, draw)
}

/// Tiles that were asked for, kept for when they come again.
pub(crate) struct Kept<'a> {
    tiles: &'a mut dyn Tiles,
    /// Kept at this side, else as they come.
    side: Option<u32>,
    kept: HashMap<usize, Rc<(Face, Coded)>>,
    bytes: usize,
}

impl<'a> Kept<'a> {
    pub(crate) fn new(tiles: &'a mut dyn Tiles, side: Option<u32>) -> Self {
        Self { tiles, side, kept: HashMap::new(), bytes: 0 }
    }

    /// The tile, not adjusted.
    pub(crate) fn tile(&mut self, place: usize) -> Result<Rc<(Face, Coded)>, PictureError> {
        if let Some(kept) = self.kept.get(&place) {
            return Ok(kept.clone());
        }
        let (face, coded) = self.tiles.tile(place)?;
        let coded = match self.side {
            Some(side) if side != coded.side() => coded.resized(side)?,
            Some(_) | None => coded,
        };
        let tile = Rc::new((face, coded));
        if self.bytes > KEPT_BYTES_MAX {
            self.kept.clear();
            self.bytes = 0;
        }
        self.bytes += tile.1.scan().len() + 512;
        self.kept.insert(place, tile.clone());
        Ok(tile)
    }
}

struct Shelf<'a, 'b> {
    plan: &'a Plan<'a>,
    kept: Kept<'b>,
}

impl Shelf<'_, '_> {
    /// The pixels of a cell.
    fn cell(&mut self, cell: usize) -> Result<Raster, PictureError> {
        let tile = self.kept.tile(self.plan.placed[cell].tile)?;
        let mut raster = tile.1.pixels()?;
        if self.plan.adjust > 0 {
            adjusted(&mut raster, &tile.0, &self.plan.target[cell], self.plan.adjust);
        }
        Ok(raster)
    }

    fn strips(&mut self, work: &Work<'_>, draw: &mut Draw<'_>) -> Result<(), PictureError> {
        let (columns, side) = (self.plan.grid.columns as usize, self.plan.side as usize);
        let mut strip = vec![0; columns * side * side * 3];
        for row in 0..self.plan.grid.rows as usize {
            work.go_on()?;
            for column in 0..columns {
                let raster = self.cell(row * columns + column)?;
                let lines = strip.chunks_exact_mut(columns * side * 3);
                for (line, pixels) in lines.zip(raster.pixels.chunks_exact(side * 3)) {
                    line[column * side * 3..][..side * 3].copy_from_slice(pixels);
                }
            }
            draw(&strip)?;
            (work.progress)((row + 1) as f32 / self.plan.grid.rows as f32);
        }
        Ok(())
    }
}

/// A JPEG of the pieces the tiles are kept as.
fn joined(shelf: &mut Shelf<'_, '_>, sink: &mut dyn Write, work: &Work<'_>) -> Result<(), PictureError> {
    let (plan, columns) = (shelf.plan, shelf.plan.grid.columns as usize);
    let mut joiner = Joiner::of_tiles(sink, plan.grid.columns, plan.grid.rows, plan.side)?;
    for row in 0..plan.grid.rows as usize {
        work.go_on()?;
        let cells = row * columns..(row + 1) * columns;
        let tiles: Vec<Rc<(Face, Coded)>> = cells
            .map(|cell| {
                if plan.adjust == 0 {
                    return shelf.kept.tile(plan.placed[cell].tile);
                }
                let coded = Coded::of(&shelf.cell(cell)?.pixels, plan.side)?;
                Ok(Rc::new((plan.target[cell].clone(), coded)))
            })
            .collect::<Result<_, _>>()?;
        joiner.add(&tiles.iter().map(|tile| &tile.1).collect::<Vec<_>>())?;
        (work.progress)((row + 1) as f32 / plan.grid.rows as f32);
    }
    joiner.end()
}

/// Takes strips of whole rows of pixels, from the top.
pub(crate) type Draw<'a> = dyn FnMut(&[u8]) -> Result<(), PictureError> + 'a;

/// A file of pixels that come strip by strip; a JPEG goes through the coder a band of blocks at a time.
pub(crate) fn written(
    (width, height): (u32, u32),
    format: Format,
    sink: &mut dyn Write,
    strips: impl FnOnce(&mut Draw<'_>) -> Result<(), PictureError>,
) -> Result<(), PictureError> {
    if format == Format::Jpeg {
        let mut joiner = Joiner::of_pixels(sink, width, height)?;
        strips(&mut |strip| joiner.add_pixels(strip))?;
        return joiner.end();
    }
    let mut encoder = png::Encoder::new(sink, width, height);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_source_srgb(png::SrgbRenderingIntent::Perceptual);
    encoder.set_compression(png::Compression::Fastest);
    let mut writer = encoder.write_header().map_err(PictureError::broken)?;
    let mut stream = writer.stream_writer().map_err(PictureError::broken)?;
    strips(&mut |strip| stream.write_all(strip).map_err(PictureError::broken))?;
    stream.finish().map_err(PictureError::broken)?;
    writer.finish().map_err(PictureError::broken)
}

impl Coded {
    /// The tile's pixels.
    pub(crate) fn pixels(&self) -> Result<Raster, PictureError> {
        Ok(filling(&self.jpeg()?, self.side(), self.side())?.0)
    }

    /// The tile at another side.
    pub(crate) fn resized(&self, side: u32) -> Result<Self, PictureError> {
        let raster = filling(&self.jpeg()?, side, side)?.0;
        debug_assert_eq!(raster.layout, Layout::Rgb, "tiles are coloured");
        Self::of(&raster.pixels, side)
    }
}
