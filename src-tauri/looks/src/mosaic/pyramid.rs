//! A mosaic for looking closer: Deep Zoom levels, each half as large as the one above, cut into square pieces.
//!
//! Rows of pixels come in from the top; each level keeps only those its next row of pieces is made of, and the level below
//! grows with it. So memory is bound by the width, whatever the height.
//!
//! Invariant: every pixel of every level is in exactly one piece (overlap 0); a pixel below is the mean of the up to four above
//! it. Absent: files; pieces are handed out.

use super::compose::Tiles;
use super::laid::Mosaic;
use crate::raster::{Layout, Raster};
use crate::{Format, PictureError, Work, encode};

/// Pixels on each side of a piece; the last ones of a row or column are smaller.
pub const PIECE_SIDE: u32 = 256;
const QUALITY: u8 = 85;

/// Where a piece lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spot {
    /// 0 is one pixel; the last level is the whole mosaic.
    pub level: u32,
    /// Pieces from the left.
    pub column: u32,
    /// Pieces from the top.
    pub row: u32,
}

/// Takes pieces, each as a JPEG.
pub type Take<'a> = dyn FnMut(Spot, &[u8]) -> Result<(), PictureError> + 'a;

/// The number of the level that shows every pixel of a picture of this size.
pub fn last_level((width, height): (u32, u32)) -> u32 {
    width.max(height).max(1).next_power_of_two().ilog2()
}

/// Draws the mosaic as pieces, row by row, levels among each other.
///
/// # Errors
/// What reading a tile or `take` says; [`PictureError::Stopped`].
pub fn pyramid(
    mosaic: &Mosaic<'_>,
    tiles: &mut dyn Tiles,
    take: &mut Take<'_>,
    work: &Work<'_>,
) -> Result<(), PictureError> {
    let mut pyramid = Pyramid::new(mosaic.size()?, take);
    mosaic.strips(tiles, work, &mut |strip| pyramid.add(strip))?;
    pyramid.end()
}

pub(crate) struct Pyramid<'a> {
    /// The whole mosaic first.
    levels: Vec<Level>,
    take: &'a mut Take<'a>,
}

struct Level {
    number: u32,
    width: usize,
    /// Rows of pieces handed out.
    row: u32,
    /// Rows of pixels for the next row of pieces.
    waiting: Vec<u8>,
    /// A row that waits for the one below it to be halved with.
    odd: Vec<u8>,
}

impl<'a> Pyramid<'a> {
    pub(crate) fn new(size: (u32, u32), take: &'a mut Take<'a>) -> Self {
        let last = last_level(size);
        let level = |number: u32| Level {
            number,
            width: (size.0 as usize).div_ceil(1 << (last - number)),
            row: 0,
            waiting: Vec::new(),
            odd: Vec::new(),
        };
        Self { levels: (0..=last).rev().map(level).collect(), take }
    }

    /// Adds whole rows of RGB pixels.
    pub(crate) fn add(&mut self, pixels: &[u8]) -> Result<(), PictureError> {
        let Some(first) = self.levels.first() else { return Ok(()) };
        pixels.chunks_exact(first.width * 3).try_for_each(|row| add_row(&mut self.levels, row, self.take))
    }

    /// Hands out what still waits, from the whole mosaic down.
    pub(crate) fn end(mut self) -> Result<(), PictureError> {
        for at in 0..self.levels.len() {
            let (above, below) = self.levels.split_at_mut(at + 1);
            let level = &mut above[at];
            let odd = std::mem::take(&mut level.odd);
            if !odd.is_empty() && !below.is_empty() {
                add_row(below, &halved(&odd, &odd), self.take)?;
            }
            level.cut(self.take)?;
        }
        Ok(())
    }
}

fn add_row(levels: &mut [Level], row: &[u8], take: &mut Take<'_>) -> Result<(), PictureError> {
    let Some((level, below)) = levels.split_first_mut() else { return Ok(()) };
    level.waiting.extend_from_slice(row);
    if level.waiting.len() == level.width * 3 * PIECE_SIDE as usize {
        level.cut(take)?;
    }
    if level.odd.is_empty() {
        level.odd.extend_from_slice(row);
        return Ok(());
    }
    let half = halved(&level.odd, row);
    level.odd.clear();
    add_row(below, &half, take)
}

impl Level {
    /// Hands out the rows that wait as one row of pieces.
    fn cut(&mut self, take: &mut Take<'_>) -> Result<(), PictureError> {
        if self.waiting.is_empty() {
            return Ok(());
        }
        let height = self.waiting.len() / 3 / self.width;
        for (column, left) in (0..self.width).step_by(PIECE_SIDE as usize).enumerate() {
            let width = (self.width - left).min(PIECE_SIDE as usize);
            let lines = self.waiting.chunks_exact(self.width * 3);
            let pixels: Vec<u8> = lines.flat_map(|line| &line[left * 3..][..width * 3]).copied().collect();
            let piece = Raster { width: width as u32, height: height as u32, layout: Layout::Rgb, pixels };
            let spot = Spot { level: self.number, column: column as u32, row: self.row };
            take(spot, &encode::small(&piece, Format::Jpeg, QUALITY)?)?;
        }
        self.waiting.clear();
        self.row += 1;
        Ok(())
    }
}

/// Two rows as one of half the width; the last of an odd number of pixels stands for two.
fn halved(above: &[u8], below: &[u8]) -> Vec<u8> {
    let mut half = Vec::with_capacity(above.len() / 2 + 3);
    for (a, b) in above.chunks(6).zip(below.chunks(6)) {
        let right = a.len() - 3;
        half.extend((0..3).map(|channel| {
            let sum = [a[channel], a[right + channel], b[channel], b[right + channel]].map(u16::from);
            ((sum.iter().sum::<u16>() + 2) / 4) as u8
        }));
    }
    half
}
