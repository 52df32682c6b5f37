//! A small JPEG of a picture for the gallery, and a hash of a few bytes to paint before the JPEG comes.
//!
//! Invariant: upright, no side longer than asked for, the colour profile and no other metadata; never enlarged. The same
//! bytes in give the same bytes out. Whatever [`crate::prepare`] refuses is refused here too, with the same limits.
//! Absent: transparency (it lies on white) and animation (the first frame counts).

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::PictureError;
use crate::decode::{self, Blocks, Png};
use crate::encode;
use crate::jpeg_file::JpegFile;
use crate::kind::Kind;
use crate::metadata::{Facts, Kept};
use crate::png_file::PngFile;
use crate::raster::{Raster, shrink_factor};

/// A hash knows no finer detail than this many pixels show.
const HASHED_SIDE: u32 = 32;
/// A JPEG of the right size with more bits a pixel is encoded again.
const KEPT_BITS_PER_PIXEL: u64 = 6;

/// A small version of a picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Thumbnail {
    /// The JPEG file.
    pub jpeg: Vec<u8>,
    /// Width in pixels, upright.
    pub width: u32,
    /// Height in pixels, upright.
    pub height: u32,
    /// About 25 bytes that stand for its colours and shape (<https://evanw.github.io/thumbhash/>).
    pub thumbhash: Vec<u8>,
}

/// Makes a thumbnail whose long side has at most `side_max` pixels.
///
/// A JPEG that is already that small, upright and not wasteful keeps its image data byte for byte. Deterministic; takes
/// at most about 350 MB whatever comes in.
///
/// # Errors
/// [`PictureError`], in words for the photographer; a panic in a decoder becomes [`PictureError::Broken`].
pub fn thumbnail(picture: &[u8], side_max: u32) -> Result<Thumbnail, PictureError> {
    catch_unwind(AssertUnwindSafe(|| match Kind::of(picture)? {
        Kind::Jpeg => jpeg(picture, side_max),
        Kind::Png => png(picture, side_max),
        Kind::Gif => decode::gif(picture).and_then(|found| whole(picture, found, side_max)),
        Kind::WebP => decode::webp(picture).and_then(|found| whole(picture, found, side_max)),
    }))
    .unwrap_or_else(|_| Err(PictureError::broken("it cannot be decoded")))
}

fn jpeg(picture: &[u8], side_max: u32) -> Result<Thumbnail, PictureError> {
    let file = JpegFile::read(picture)?;
    decode::check_size(file.width, file.height)?;
    let facts = Facts::gather(file.app(1, b"Exif\0\0").next(), None, None).with_icc(file.icc());
    let raster = decode::jpeg(picture, &file)?;
    let small = file.width.max(file.height) <= side_max.max(1);
    let bits = 8 * file.picture_bytes() as u64;
    let frugal = bits <= (KEPT_BITS_PER_PIXEL * u64::from(file.width) * u64::from(file.height)).max(1 << 16);
    if small && frugal && !file.loose && facts.orientation == 1 && file.components != 4 {
        let (width, height) = (file.width, file.height);
        return Ok(Thumbnail {
            jpeg: file.rewritten(None, facts.icc.as_deref()),
            width,
            height,
            thumbhash: hash(raster)?,
        });
    }
    drop(file);
    encoded(picture, raster, facts, side_max)
}

fn png(picture: &[u8], side_max: u32) -> Result<Thumbnail, PictureError> {
    let file = PngFile::read(picture)?;
    decode::check_size(file.width, file.height)?;
    let mut decoder = Png::open(picture, &file)?;
    let icc = if decoder.convert_rows(false) { None } else { decoder.icc() };
    let facts = Facts::gather(file.exif(), None, None).with_icc(icc);
    encoded(picture, decoder.raster(1)?.0, facts, side_max)
}

fn whole(picture: &[u8], found: (Raster, Blocks), side_max: u32) -> Result<Thumbnail, PictureError> {
    let (raster, (exif, _, icc)) = found;
    let exif = exif.as_deref().map(|block| block.strip_prefix(b"Exif\0\0").unwrap_or(block));
    encoded(picture, raster, Facts::gather(exif, None, None).with_icc(icc), side_max)
}

fn encoded(picture: &[u8], raster: Raster, facts: Facts, side_max: u32) -> Result<Thumbnail, PictureError> {
    let mut raster = raster.flattened();
    let bytes_max = decode::raster_bytes_max(picture);
    raster.shrink_by(shrink_factor(raster.width, raster.height, raster.layout, bytes_max));
    let raster = raster.fit_side(side_max.max(1))?.upright(facts.orientation);
    let facts = Facts { kept: Kept::default(), ..facts };
    let jpeg = encode::thumbnail(&raster, &facts)?;
    let (width, height) = (raster.width, raster.height);
    Ok(Thumbnail { jpeg, width, height, thumbhash: hash(raster)? })
}

fn hash(raster: Raster) -> Result<Vec<u8>, PictureError> {
    let tiny = raster.fit_side(HASHED_SIDE)?;
    let channels = tiny.layout.channels();
    let opaque = |pixel: &[u8]| [pixel[0], pixel[1 % channels], pixel[2 % channels], 255];
    let rgba: Vec<u8> = tiny.pixels.chunks_exact(channels).flat_map(opaque).collect();
    Ok(thumbhash::rgba_to_thumb_hash(tiny.width as usize, tiny.height as usize, &rgba))
}
