//! Tiles as pieces of a JPEG scan, and a mosaic put together from such pieces without decoding one of them.
//!
//! All tiles of one side share quantisation and Huffman tables, and each row of blocks of a tile is one restart interval
//! (ITU-T T.81, E.1.4): its predictions start afresh and it ends on a whole byte. So the scan of a mosaic is the rows of
//! its tiles, one after another, with the restart markers counted anew: what costs time elsewhere is copying here, and no
//! tile loses quality a second time.
//!
//! Invariant: a [`Coded`] has exactly as many rows as its side asks for, and its rows hold no marker. Absent: pixels.

use std::io::Write;

use jpeg_encoder::{ColorType, Encoder, SamplingFactor};
use memchr::memchr_iter;

use crate::PictureError;

/// Good enough to look at one tile closely, and half the bytes of 95.
const QUALITY: u8 = 90;

/// Height and width of the squares a JPEG of tiles with this side is made of; `None` where tiles would not meet.
fn block_side(side: u32) -> Option<u32> {
    match side {
        0 => None,
        side if side % 16 == 0 => Some(16),
        side if side % 8 == 0 => Some(8),
        _ => None,
    }
}

/// A tile's own part of a JPEG: the scan with its restart markers, without any header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Coded {
    side: u32,
    scan: Vec<u8>,
}

impl Coded {
    /// Codes `side` x `side` RGB pixels; a side that is no multiple of 8 is filled up at the right and below.
    pub(crate) fn of(pixels: &[u8], side: u32) -> Result<Self, PictureError> {
        Ok(Self { side, scan: scan(pixels, (side, side), side, block_side(side).unwrap_or(8))? })
    }

    /// Takes bytes that [`Coded::scan`] gave; anything else is an error.
    ///
    /// # Errors
    /// [`PictureError::Broken`] when the bytes cannot be the scan of a tile of this side.
    pub fn from_scan(scan: Vec<u8>, side: u32) -> Result<Self, PictureError> {
        let coded = Self { side, scan };
        let rows = side.div_ceil(block_side(side).unwrap_or(8)) as usize;
        if coded.rows().count() == rows && coded.has_only_restarts() {
            Ok(coded)
        } else {
            Err(PictureError::broken("what is kept of the tile is not a tile"))
        }
    }

    /// The bytes to keep.
    pub fn scan(&self) -> &[u8] {
        &self.scan
    }

    /// The bytes to keep, without a copy.
    pub fn into_scan(self) -> Vec<u8> {
        self.scan
    }

    /// Pixels on each side.
    pub fn side(&self) -> u32 {
        self.side
    }

    /// The tile as a JPEG file of its own.
    pub(crate) fn jpeg(&self) -> Result<Vec<u8>, PictureError> {
        let mut jpeg = header((self.side, self.side), self.side, block_side(self.side).unwrap_or(8))?;
        jpeg.extend_from_slice(&self.scan);
        jpeg.extend_from_slice(&[0xFF, 0xD9]);
        Ok(jpeg)
    }

    fn rows(&self) -> impl Iterator<Item = &[u8]> {
        rows(&self.scan)
    }

    fn has_only_restarts(&self) -> bool {
        memchr_iter(0xFF, &self.scan).all(|at| self.scan.get(at + 1) == Some(&0) || is_restart(self.scan.get(at + 1)))
    }
}

/// Whether a mosaic of such tiles can be put together from their scans.
pub(crate) fn can_join(side: u32) -> bool {
    block_side(side).is_some()
}

/// Writes a JPEG from pieces: tiles ([`Joiner::of_tiles`]), or pixels where tiles end between two blocks ([`Joiner::of_pixels`]).
#[derive(Debug)]
pub(crate) struct Joiner<W> {
    sink: W,
    restarts: usize,
    /// Restart intervals in the whole picture.
    total: usize,
    /// Pixels that wait for a band to become full.
    waiting: Vec<u8>,
    width: u32,
}

/// Height of the bands that pixels are coded in.
const BAND: u32 = 64;

impl<W: Write> Joiner<W> {
    /// A picture of `columns` x `rows` tiles; [`Joiner::add`] takes each row of them.
    pub(crate) fn of_tiles(sink: W, columns: u32, rows: u32, side: u32) -> Result<Self, PictureError> {
        let block = block_side(side).ok_or_else(|| PictureError::broken("tiles of this side do not meet"))?;
        let total = columns as usize * rows as usize * (side / block) as usize;
        Self::start(sink, (columns * side, rows * side), side, block, total)
    }

    /// A picture of pixels; [`Joiner::add_pixels`] takes them from the top.
    pub(crate) fn of_pixels(sink: W, width: u32, height: u32) -> Result<Self, PictureError> {
        Self::start(sink, (width, height), width, 16, height.div_ceil(16) as usize)
    }

    fn start(mut sink: W, size: (u32, u32), interval: u32, block: u32, total: usize) -> Result<Self, PictureError> {
        sink.write_all(&header(size, interval, block)?).map_err(PictureError::broken)?;
        Ok(Self { sink, restarts: 0, total, waiting: Vec::new(), width: size.0 })
    }

    /// Adds one row of tiles, from the left.
    pub(crate) fn add(&mut self, tiles: &[&Coded]) -> Result<(), PictureError> {
        let mut rows: Vec<_> = tiles.iter().map(|tile| tile.rows()).collect();
        let Some(first) = tiles.first() else { return Ok(()) };
        let mut piece = Vec::new();
        for _ in 0..first.rows().count() {
            piece.clear();
            for tile in &mut rows {
                let row = tile.next().ok_or_else(|| PictureError::broken("a tile has too few rows"))?;
                self.push(row, &mut piece);
            }
            self.sink.write_all(&piece).map_err(PictureError::broken)?;
        }
        Ok(())
    }

    /// Adds whole rows of RGB pixels.
    pub(crate) fn add_pixels(&mut self, pixels: &[u8]) -> Result<(), PictureError> {
        self.waiting.extend_from_slice(pixels);
        let band = (BAND * self.width * 3) as usize;
        let full = self.waiting.len() / band;
        let rest = self.waiting.split_off(full * band);
        let ready = std::mem::replace(&mut self.waiting, rest);
        ready.chunks_exact(band).try_for_each(|band| self.code(band))
    }

    fn code(&mut self, pixels: &[u8]) -> Result<(), PictureError> {
        let height = pixels.len() as u32 / 3 / self.width;
        let mut piece = Vec::new();
        for row in rows(&scan(pixels, (self.width, height), self.width, 16)?) {
            self.push(row, &mut piece);
        }
        self.sink.write_all(&piece).map_err(PictureError::broken)
    }

    fn push(&mut self, row: &[u8], piece: &mut Vec<u8>) {
        piece.extend_from_slice(row);
        self.restarts += 1;
        if self.restarts < self.total {
            piece.extend_from_slice(&[0xFF, 0xD0 + ((self.restarts - 1) % 8) as u8]);
        }
    }

    pub(crate) fn end(mut self) -> Result<(), PictureError> {
        let last = std::mem::take(&mut self.waiting);
        if !last.is_empty() {
            self.code(&last)?;
        }
        self.sink.write_all(&[0xFF, 0xD9]).and_then(|()| self.sink.flush()).map_err(PictureError::broken)
    }
}

/// Rows of blocks, without the markers between them.
fn rows(scan: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut from = 0;
    let ends = memchr_iter(0xFF, scan).filter(|at| is_restart(scan.get(at + 1)));
    ends.chain([scan.len()]).map(move |end| {
        let row = &scan[from..end];
        from = (end + 2).min(scan.len());
        row
    })
}

fn is_restart(code: Option<&u8>) -> bool {
    code.is_some_and(|code| matches!(code, 0xD0..=0xD7))
}

/// The scan of a picture of RGB pixels with a restart after each `interval` pixels of a row of blocks.
fn scan(pixels: &[u8], size: (u32, u32), interval: u32, block: u32) -> Result<Vec<u8>, PictureError> {
    let mut jpeg = encoded(pixels, size, interval, block)?;
    let start = scan_start(&jpeg).ok_or_else(|| PictureError::broken("the picture cannot be coded"))?;
    jpeg.truncate(jpeg.len() - 2);
    jpeg.drain(..start);
    Ok(jpeg)
}

fn encoded(pixels: &[u8], (width, height): (u32, u32), interval: u32, block: u32) -> Result<Vec<u8>, PictureError> {
    let mut jpeg = Vec::with_capacity(pixels.len() / 4 + 1024);
    let mut encoder = Encoder::new(&mut jpeg, QUALITY);
    encoder.set_sampling_factor(if block == 16 { SamplingFactor::R_4_2_0 } else { SamplingFactor::R_4_4_4 });
    // The tables of all pieces must be the same.
    encoder.set_optimized_huffman_tables(false);
    let short = |length: u32| u16::try_from(length).map_err(PictureError::broken);
    encoder.set_restart_interval(short(interval.div_ceil(block))?);
    encoder.encode(pixels, short(width)?, short(height)?, ColorType::Rgb).map_err(PictureError::broken)?;
    Ok(jpeg)
}

/// Everything before the scan: that of a small black picture, with the size written over.
fn header((width, height): (u32, u32), interval: u32, block: u32) -> Result<Vec<u8>, PictureError> {
    let mut jpeg = encoded(&[0; 3], (1, 1), interval, block)?;
    let cannot = || PictureError::broken("the picture cannot be coded");
    jpeg.truncate(scan_start(&jpeg).ok_or_else(cannot)?);
    let frame = segment(&jpeg, 0xC0).ok_or_else(cannot)?;
    for (at, length) in [(frame + 5, height), (frame + 7, width)] {
        let length = u16::try_from(length).map_err(PictureError::broken)?;
        jpeg[at..at + 2].copy_from_slice(&length.to_be_bytes());
    }
    Ok(jpeg)
}

/// Where the data of the scan begins.
fn scan_start(jpeg: &[u8]) -> Option<usize> {
    let at = segment(jpeg, 0xDA)?;
    let length = usize::from(u16::from_be_bytes([*jpeg.get(at + 2)?, *jpeg.get(at + 3)?]));
    Some(at + 2 + length)
}

/// Where the first segment with this marker begins, in a file that the encoder wrote.
fn segment(jpeg: &[u8], marker: u8) -> Option<usize> {
    let mut at = 2;
    while *jpeg.get(at + 1)? != marker {
        at += 2 + usize::from(u16::from_be_bytes([*jpeg.get(at + 2)?, *jpeg.get(at + 3)?]));
    }
    Some(at)
}
