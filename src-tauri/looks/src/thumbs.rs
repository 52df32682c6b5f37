//! Small versions of a picture, all from one decoding.
//!
//! Invariant: upright, sRGB, without metadata, never enlarged. The same bytes and wishes give the same bytes. Absent:
//! files; [`key`] says what such a file is called.

use std::fmt::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::str::FromStr;

use sha2::{Digest, Sha256};

use crate::picture::{Picture, Want};
use crate::{PictureError, Size, Work, encode};

/// What a thumbnail is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Transparency lies on white.
    Jpeg,
    /// Lossless, transparency kept.
    Png,
    /// Lossless, transparency kept.
    WebP,
}

impl Format {
    /// How the name of such a file ends.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            Self::Png => "png",
            Self::WebP => "webp",
        }
    }
}

impl FromStr for Format {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "jpg" | "jpeg" => Ok(Self::Jpeg),
            "png" => Ok(Self::Png),
            "webp" => Ok(Self::WebP),
            _ => Err(format!("\"{text}\" is not a format for thumbnails; jpg, png and webp are.")),
        }
    }
}

/// The thumbnails that are wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// One thumbnail for each.
    pub sizes: Vec<Size>,
    /// What they are written as.
    pub format: Format,
    /// JPEG quality, 1 to 100.
    pub quality: u8,
}

/// One thumbnail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Thumb {
    /// The size it was asked for as.
    pub size: Size,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// The file.
    pub bytes: Vec<u8>,
}

/// The hash by which a picture's thumbnails are called: SHA-256 of its own bytes, in hexadecimal.
pub fn content_hash(picture: &[u8]) -> String {
    let mut name = String::with_capacity(64);
    for byte in Sha256::digest(picture) {
        let _ = write!(name, "{byte:02x}");
    }
    name
}

/// The name of a thumbnail: the picture's [`content_hash`], the size as it was asked for, and the format.
pub fn key(content_hash: &str, size: Size, format: Format) -> String {
    format!("{content_hash}_{size}.{}", format.extension())
}

/// Makes all wanted thumbnails of one picture.
///
/// # Errors
/// [`PictureError`], in words for the photographer; a panic in a decoder becomes [`PictureError::Broken`].
pub fn thumbs(picture: &[u8], wanted: &Wanted, work: &Work<'_>) -> Result<Vec<Thumb>, PictureError> {
    catch_unwind(AssertUnwindSafe(|| made(picture, wanted, work)))
        .unwrap_or_else(|_| Err(PictureError::broken("it cannot be decoded")))
}

fn made(picture: &[u8], wanted: &Wanted, work: &Work<'_>) -> Result<Vec<Thumb>, PictureError> {
    work.go_on()?;
    (work.phase)("decode");
    let want = Want::Sizes { sizes: &wanted.sizes, on_white: wanted.format == Format::Jpeg };
    let mut opened = Picture::open(picture, want)?;
    let mut all = Vec::with_capacity(wanted.sizes.len());
    for (index, &size) in wanted.sizes.iter().enumerate() {
        work.go_on()?;
        (work.phase)("resize");
        let raster = opened.drawn(size)?;
        (work.phase)("encode");
        let bytes = encode::small(&raster, wanted.format, wanted.quality)?;
        all.push(Thumb { size, width: raster.width, height: raster.height, bytes });
        (work.progress)((index + 1) as f32 / wanted.sizes.len() as f32);
    }
    Ok(all)
}
