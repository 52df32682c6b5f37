//! The decision: leave the picture's data alone and strip it, or decode, turn, shrink and encode it again.
//!
//! Invariant: every picture is decoded to its last row before anything is returned, so half a file never goes out; a JPEG
//! or PNG that already fits keeps its image data byte for byte. Absent: choosing limits, which are the target's.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::PictureError;
use crate::decode::{self, Blocks, Png};
use crate::encode::{self, Wish};
use crate::jpeg_file::JpegFile;
use crate::kind::Kind;
use crate::metadata::{Facts, Kept};
use crate::png_file::PngFile;
use crate::raster::{Raster, shrink_factor};

/// What a target takes.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Largest file, in bytes.
    pub bytes_max: usize,
    /// Longest side, in pixels.
    pub side_max: u32,
}

impl Default for Limits {
    /// The limits of X: 5 MiB and 4096 pixels a side.
    fn default() -> Self {
        Self { bytes_max: 5_242_880, side_max: 4096 }
    }
}

/// A picture ready to be sent.
#[derive(Clone, Debug, PartialEq)]
pub struct Prepared {
    /// The file, within the limits.
    pub bytes: Vec<u8>,
    /// `image/jpeg` or `image/png`.
    pub mime: &'static str,
    /// Width in pixels, upright.
    pub width: u32,
    /// Height in pixels, upright.
    pub height: u32,
    /// False when the image data is byte-identical to what came in.
    pub reencoded: bool,
    /// The facts about the maker that are still in the bytes.
    pub kept: Kept,
}

/// Makes `picture` fit `limits`, upright and without metadata other than copyright, creator and colour profile.
///
/// The format is known by its first bytes. CMYK pictures, GIF and WebP are always encoded again. Deterministic; takes at
/// most about 350 MB whatever comes in.
///
/// # Errors
/// [`PictureError`], in words for the photographer; a panic in a decoder becomes [`PictureError::Broken`].
pub fn prepare(picture: &[u8], limits: &Limits) -> Result<Prepared, PictureError> {
    catch_unwind(AssertUnwindSafe(|| match Kind::of(picture)? {
        Kind::Jpeg => jpeg(picture, limits),
        Kind::Png => png(picture, limits),
        Kind::Gif => decode::gif(picture).and_then(|found| whole(picture, found, limits)),
        Kind::WebP => decode::webp(picture).and_then(|found| whole(picture, found, limits)),
    }))
    .unwrap_or_else(|_| Err(PictureError::broken("it cannot be decoded")))
}

fn jpeg(picture: &[u8], limits: &Limits) -> Result<Prepared, PictureError> {
    let file = JpegFile::read(picture)?;
    decode::check_size(file.width, file.height)?;
    let xmp = file.app(1, b"http://ns.adobe.com/xap/1.0/\0").next();
    let facts = Facts::gather(file.app(1, b"Exif\0\0").next(), xmp, file.app(13, b"Photoshop 3.0\0").next())
        .with_icc(file.icc());
    let raster = decode::jpeg(picture, &file)?;
    let small = file.width.max(file.height) <= limits.side_max && file.picture_bytes() <= limits.bytes_max;
    if small && facts.orientation == 1 && file.components != 4 {
        let bytes = file.rewritten(facts.kept.exif().as_deref(), facts.icc.as_deref());
        let same = || {
            let again = JpegFile::read(&bytes).and_then(|file| decode::jpeg(&bytes, &file));
            again.is_ok_and(|again| again.pixels == raster.pixels)
        };
        if bytes.len() <= limits.bytes_max && (!file.loose || same()) {
            return Ok(untouched(bytes, "image/jpeg", (file.width, file.height), facts.kept));
        }
    }
    drop(file);
    encoded(picture, raster, facts, limits, Wish::Jpeg)
}

fn png(picture: &[u8], limits: &Limits) -> Result<Prepared, PictureError> {
    let file = PngFile::read(picture)?;
    decode::check_size(file.width, file.height)?;
    let mut decoder = Png::open(picture, &file)?;
    let mut facts = Facts::gather(file.exif(), file.xmp(), None).with_icc(decoder.icc());
    facts.kept = facts.kept.or(Kept { copyright: file.text("Copyright"), creator: file.text("Author") });
    let small = file.width.max(file.height) <= limits.side_max;
    if small && facts.orientation == 1 && file.picture_bytes() <= limits.bytes_max {
        let bytes = file.rewritten(facts.kept.exif().as_deref());
        if bytes.len() <= limits.bytes_max {
            decoder.verify()?;
            return Ok(untouched(bytes, "image/png", (file.width, file.height), facts.kept));
        }
    }
    if decoder.convert_rows(false) {
        facts.icc = None;
    }
    let wish = if small && facts.orientation != 1 { Wish::Png } else { Wish::Jpeg };
    encoded(picture, decoder.raster(1)?.0, facts, limits, wish)
}

fn whole(picture: &[u8], found: (Raster, Blocks), limits: &Limits) -> Result<Prepared, PictureError> {
    let (raster, (exif, xmp, icc)) = found;
    let exif = exif.as_deref().map(|block| block.strip_prefix(b"Exif\0\0").unwrap_or(block));
    let facts = Facts::gather(exif, xmp.as_deref(), None).with_icc(icc);
    encoded(picture, raster, facts, limits, Wish::Jpeg)
}

fn untouched(bytes: Vec<u8>, mime: &'static str, (width, height): (u32, u32), kept: Kept) -> Prepared {
    Prepared { bytes, mime, width, height, reencoded: false, kept }
}

fn encoded(
    picture: &[u8],
    mut raster: Raster,
    facts: Facts,
    limits: &Limits,
    wish: Wish,
) -> Result<Prepared, PictureError> {
    let wish = if raster.is_translucent() { Wish::Png } else { wish };
    if wish == Wish::Jpeg {
        raster = raster.flattened();
    }
    let bytes_max = decode::raster_bytes_max(picture);
    raster.shrink_by(shrink_factor(raster.width, raster.height, raster.layout, bytes_max));
    let raster = raster.fit_side(limits.side_max.max(1))?.upright(facts.orientation);
    encode::within(raster, facts, limits, wish)
}
