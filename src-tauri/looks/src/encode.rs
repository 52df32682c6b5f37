//! A [`Raster`] to the bytes of a JPEG or PNG that a target takes.
//!
//! Invariant: at most 18 attempts, the same raster gives the same bytes, and no attempt stores more than
//! the target takes. Absent: metadata other than the kept strings and the ICC profile.

use std::borrow::Cow;
use std::io::Write;

use jpeg_encoder::{ColorType, Encoder, SamplingFactor};

use crate::metadata::Facts;
use crate::raster::{Layout, Raster};
use crate::{Format, Limits, PictureError, Prepared};

/// Quality and chroma sampling, best first: full colour resolution while it is affordable.
const QUALITIES: [(u8, SamplingFactor); 5] = [
    (92, SamplingFactor::R_4_4_4),
    (92, SamplingFactor::R_4_2_0),
    (88, SamplingFactor::R_4_2_0),
    (83, SamplingFactor::R_4_2_0),
    (78, SamplingFactor::R_4_2_0),
];
/// For pictures that must also lose pixels.
const SHRUNKEN: (u8, SamplingFactor) = (83, SamplingFactor::R_4_2_0);
const SHRINKS_MAX: usize = 12;
/// For the gallery: half the bytes of a posted picture, and no difference at that size.
const THUMBNAIL: (u8, SamplingFactor) = (80, SamplingFactor::R_4_2_0);

/// Which format the result should have if it fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wish {
    Jpeg,
    /// Lossless if it fits, else JPEG.
    Png,
}

/// Encodes an upright raster that is not longer than `limits.side_max`, stepping quality and then size down.
pub(crate) fn within(raster: Raster, facts: Facts, limits: &Limits, wish: Wish) -> Result<Prepared, PictureError> {
    if wish == Wish::Png
        && let Some(bytes) = png(&raster, &facts, limits.bytes_max)?
    {
        return Ok(prepared(bytes, "image/png", &raster, facts));
    }
    let mut raster = raster.flattened();
    let mut total = 0;
    for (quality, sampling) in QUALITIES {
        let sink = jpeg(&raster, &facts, limits.bytes_max, quality, sampling)?;
        if sink.total <= limits.bytes_max {
            return Ok(prepared(sink.bytes, "image/jpeg", &raster, facts));
        }
        total = sink.total;
    }
    let (quality, sampling) = SHRUNKEN;
    for _ in 0..SHRINKS_MAX {
        if raster.width.max(raster.height) <= 16 {
            break;
        }
        let ratio = ((limits.bytes_max as f64 / total as f64).sqrt() * 0.95).clamp(0.4, 0.95);
        let scaled = |side: u32| ((f64::from(side) * ratio) as u32).max(1);
        let (width, height) = (scaled(raster.width), scaled(raster.height));
        raster = raster.resized(width, height)?;
        let sink = jpeg(&raster, &facts, limits.bytes_max, quality, sampling)?;
        if sink.total <= limits.bytes_max {
            return Ok(prepared(sink.bytes, "image/jpeg", &raster, facts));
        }
        total = sink.total;
    }
    Err(PictureError::CannotFit { bytes_max: limits.bytes_max, side_max: limits.side_max })
}

/// Encodes a raster for the gallery, whatever size the file gets.
pub(crate) fn thumbnail(raster: &Raster, facts: &Facts) -> Result<Vec<u8>, PictureError> {
    let (quality, sampling) = THUMBNAIL;
    Ok(jpeg(raster, facts, usize::MAX, quality, sampling)?.bytes)
}

/// Encodes a raster without profile or metadata, whatever size the file gets.
pub(crate) fn small(raster: &Raster, format: Format, quality: u8) -> Result<Vec<u8>, PictureError> {
    let facts = Facts::default();
    match format {
        Format::Jpeg => Ok(jpeg(raster, &facts, usize::MAX, quality.clamp(1, 100), SamplingFactor::R_4_2_0)?.bytes),
        Format::Png => Ok(png(raster, &facts, usize::MAX)?.unwrap_or_default()),
        Format::WebP => webp(raster),
    }
}

fn webp(raster: &Raster) -> Result<Vec<u8>, PictureError> {
    let color = match raster.layout {
        Layout::Grey => image::ExtendedColorType::L8,
        Layout::Rgb => image::ExtendedColorType::Rgb8,
        Layout::Rgba => image::ExtendedColorType::Rgba8,
    };
    let mut bytes = Vec::new();
    let encoder = image::codecs::webp::WebPEncoder::new_lossless(&mut bytes);
    encoder.encode(&raster.pixels, raster.width, raster.height, color).map_err(PictureError::broken)?;
    Ok(bytes)
}

fn prepared(bytes: Vec<u8>, mime: &'static str, raster: &Raster, facts: Facts) -> Prepared {
    Prepared { bytes, mime, width: raster.width, height: raster.height, reencoded: true, kept: facts.kept }
}

fn icc_space(layout: Layout) -> &'static [u8; 4] {
    match layout {
        Layout::Grey => b"GRAY",
        Layout::Rgb | Layout::Rgba => b"RGB ",
    }
}

fn jpeg(
    raster: &Raster,
    facts: &Facts,
    bytes_max: usize,
    quality: u8,
    sampling: SamplingFactor,
) -> Result<Sink, PictureError> {
    let mut sink = Sink::new(bytes_max, false);
    let mut encoder = Encoder::new(&mut sink, quality);
    encoder.set_sampling_factor(sampling);
    // With optimised tables jpeg-encoder writes one scan a channel, whose last rows zune-jpeg 0.5.15 misreads when flat.
    encoder.set_optimized_huffman_tables(false);
    if let Some(exif) = facts.kept.exif() {
        encoder.add_exif_metadata(&exif).map_err(PictureError::broken)?;
    }
    if let Some(icc) = facts.icc_for(icc_space(raster.layout)) {
        encoder.add_icc_profile(icc).map_err(PictureError::broken)?;
    }
    let color = match raster.layout {
        Layout::Grey => ColorType::Luma,
        Layout::Rgb => ColorType::Rgb,
        Layout::Rgba => ColorType::Rgba,
    };
    let side = |side: u32| u16::try_from(side).map_err(PictureError::broken);
    encoder.encode(&raster.pixels, side(raster.width)?, side(raster.height)?, color).map_err(PictureError::broken)?;
    Ok(sink)
}

fn png(raster: &Raster, facts: &Facts, bytes_max: usize) -> Result<Option<Vec<u8>>, PictureError> {
    let mut sink = Sink::new(bytes_max, true);
    let mut info = png::Info::with_size(raster.width, raster.height);
    info.bit_depth = png::BitDepth::Eight;
    info.color_type = match raster.layout {
        Layout::Grey => png::ColorType::Grayscale,
        Layout::Rgb => png::ColorType::Rgb,
        Layout::Rgba => png::ColorType::Rgba,
    };
    info.icc_profile = facts.icc_for(icc_space(raster.layout)).map(Cow::Borrowed);
    info.exif_metadata = facts.kept.exif().map(Cow::Owned);
    match write_png(&mut sink, info, &raster.pixels) {
        Ok(()) => Ok(Some(sink.bytes)),
        Err(png::EncodingError::IoError(_)) if sink.total > bytes_max => Ok(None),
        Err(error) => Err(PictureError::broken(error)),
    }
}

fn write_png(sink: &mut Sink, info: png::Info<'_>, pixels: &[u8]) -> Result<(), png::EncodingError> {
    let mut encoder = png::Encoder::with_info(sink, info)?;
    encoder.set_compression(png::Compression::Balanced);
    let mut writer = encoder.write_header()?;
    let mut stream = writer.stream_writer()?;
    stream.write_all(pixels)?;
    stream.finish()?;
    writer.finish()
}

/// Counts everything written and stores it only while it fits; then goes on counting, or fails if it is `strict`.
#[derive(Debug)]
struct Sink {
    bytes: Vec<u8>,
    total: usize,
    max: usize,
    strict: bool,
}

impl Sink {
    const fn new(max: usize, strict: bool) -> Self {
        Self { bytes: Vec::new(), total: 0, max, strict }
    }
}

impl Write for Sink {
    fn write(&mut self, part: &[u8]) -> std::io::Result<usize> {
        self.total += part.len();
        if self.total <= self.max {
            self.bytes.extend_from_slice(part);
        } else {
            self.bytes = Vec::new();
            if self.strict {
                return Err(std::io::ErrorKind::FileTooLarge.into());
            }
        }
        Ok(part.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
