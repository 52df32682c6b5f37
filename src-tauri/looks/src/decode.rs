//! Compressed bytes to a [`Raster`], strictly and within a memory budget.
//!
//! Invariant: a picture that is cut off is an error, never a grey area. What a decoder will need is estimated
//! from the header and refused before the first allocation. Absent: metadata (see `metadata`) and animation: only the
//! first frame of a GIF or WebP exists.
//!
//! Known limits of zune-jpeg 0.5.15: a JPEG cut short and given a new end marker is filled up without an error; and in a
//! sequential JPEG of several scans, flat last rows can come out wrong (the image data of untouched pictures is safe).

use std::io::Cursor;

use image::codecs::{gif::GifDecoder, webp::WebPDecoder};
use image::{ImageDecoder, ImageError};
use png::{BitDepth, ColorType, Transformations};
use zune_core::bytestream::ZCursor;
use zune_core::colorspace::ColorSpace;
use zune_core::options::DecoderOptions;
use zune_jpeg::JpegDecoder;

use crate::PictureError;
use crate::colour::RowsToSrgb;
use crate::jpeg_file::JpegFile;
use crate::png_file::PngFile;
use crate::raster::{Layout, Raster, Shrinker, shrink_factor};

const SIDE_MAX: u32 = 30_000;
const PIXELS_MAX: u64 = 120_000_000;
/// What one call may hold in memory, the picture's own bytes included.
const CALL_BYTES_MAX: u64 = 350_000_000;
/// What resizing and encoding need beside the raster and its intermediate of half the size.
const RESULT_BYTES_MAX: u64 = 60_000_000;
const PNG_DECODER_BYTES_MAX: usize = 32 << 20;

/// Refuses what the header says is too large to be a photo.
pub(crate) fn check_size(width: u32, height: u32) -> Result<(), PictureError> {
    if width > SIDE_MAX || height > SIDE_MAX {
        return Err(PictureError::TooLarge { width, height, why: "more than 30,000 on one side" });
    }
    if u64::from(width) * u64::from(height) > PIXELS_MAX {
        return Err(PictureError::TooLarge { width, height, why: "more than 120 megapixels" });
    }
    Ok(())
}

/// Bytes of the largest raster that can be resized within one call for a picture of this length.
pub(crate) fn raster_bytes_max(picture: &[u8]) -> u64 {
    (budget(picture).saturating_sub(RESULT_BYTES_MAX) * 2 / 3).max(1 << 20)
}

fn budget(picture: &[u8]) -> u64 {
    CALL_BYTES_MAX.saturating_sub(picture.len() as u64)
}

pub(crate) fn check_memory(
    picture: &[u8],
    width: u32,
    height: u32,
    bytes: u64,
    why: &'static str,
) -> Result<(), PictureError> {
    if bytes <= budget(picture) { Ok(()) } else { Err(PictureError::TooLarge { width, height, why }) }
}

fn pixels(width: u32, height: u32) -> u64 {
    u64::from(width) * u64::from(height)
}

/// Decodes a JPEG to grey or RGB; CMYK becomes RGB.
pub(crate) fn jpeg(bytes: &[u8], file: &JpegFile<'_>) -> Result<Raster, PictureError> {
    let layout = if file.components == 1 { Layout::Grey } else { Layout::Rgb };
    let (width, height) = (file.width, file.height);
    let length = pixels(width, height) * layout.channels() as u64;
    let why = if file.coefficient_bytes() == 0 { "more than fit in memory" } else { "too many for a progressive JPEG" };
    check_memory(bytes, width, height, length + file.coefficient_bytes(), why)?;
    let space = if layout == Layout::Grey { ColorSpace::Luma } else { ColorSpace::RGB };
    let options = DecoderOptions::default()
        .set_strict_mode(true)
        .set_max_width(SIDE_MAX as usize)
        .set_max_height(SIDE_MAX as usize)
        .jpeg_set_out_colorspace(space);
    file.check_density()?;
    let mut pixels = vec![0; length as usize];
    JpegDecoder::new_with_options(ZCursor::new(bytes), options)
        .decode_into(&mut pixels)
        .map_err(|error| PictureError::broken(format!("{error:?}")))?;
    Ok(Raster { width, height, layout, pixels })
}

/// An opened PNG, before its rows.
pub(crate) struct Png<'a> {
    reader: png::Reader<Cursor<&'a [u8]>>,
    bytes: &'a [u8],
    width: u32,
    height: u32,
    rows: Rows,
}

/// How a decoded row becomes bytes of grey, RGB or RGBA.
struct Rows {
    color: ColorType,
    /// 16 bits a sample.
    pairs: bool,
    way: Option<RowsToSrgb>,
    bytes: Vec<u8>,
    wide: Vec<u8>,
}

impl Rows {
    fn ready<'r>(&'r mut self, row: &'r [u8]) -> &'r [u8] {
        let row = match &mut self.way {
            Some(way) => {
                way.apply(row, self.pairs, &mut self.bytes);
                &self.bytes
            }
            None if self.pairs => {
                self.bytes.clear();
                self.bytes.extend(row.as_chunks::<2>().0.iter().map(|[high, _]| *high));
                &self.bytes
            }
            None => row,
        };
        if self.color != ColorType::GrayscaleAlpha {
            return row;
        }
        self.wide.clear();
        self.wide.extend(row.as_chunks().0.iter().flat_map(|[grey, alpha]| [*grey, *grey, *grey, *alpha]));
        &self.wide
    }
}

impl<'a> Png<'a> {
    /// Opens the decoder on a complete file.
    pub(crate) fn open(bytes: &'a [u8], file: &PngFile<'_>) -> Result<Self, PictureError> {
        let limits = png::Limits { bytes: PNG_DECODER_BYTES_MAX };
        let mut decoder = png::Decoder::new_with_limits(Cursor::new(bytes), limits);
        decoder.set_transformations(Transformations::EXPAND);
        decoder.set_ignore_text_chunk(true);
        let reader = decoder.read_info().map_err(of_png)?;
        let (color, depth) = reader.output_color_type();
        if !matches!(depth, BitDepth::Eight | BitDepth::Sixteen) {
            return Err(PictureError::Unsupported { what: "an unusual PNG bit depth" });
        }
        let pairs = depth == BitDepth::Sixteen;
        let rows = Rows { color, pairs, way: None, bytes: Vec::new(), wide: Vec::new() };
        Ok(Self { reader, bytes, width: file.width, height: file.height, rows })
    }

    /// Has rows converted to sRGB where later would be too late: grey with alpha, whose profile does not fit RGBA, and, if `fine`,
    /// 16 bits a sample, before eight of them are lost. Whether they will be.
    pub(crate) fn convert_rows(&mut self, fine: bool) -> bool {
        let Rows { color, pairs, .. } = self.rows;
        if color == ColorType::GrayscaleAlpha || (pairs && fine) {
            let icc = self.reader.info().icc_profile.as_deref();
            self.rows.way = icc.and_then(|icc| RowsToSrgb::of(icc, color.samples()));
        }
        self.rows.way.is_some()
    }

    pub(crate) fn icc(&self) -> Option<Vec<u8>> {
        self.reader.info().icc_profile.as_deref().map(<[u8]>::to_vec)
    }

    /// Decodes every row and keeps none.
    pub(crate) fn verify(mut self) -> Result<(), PictureError> {
        while self.reader.next_row().map_err(of_png)?.is_some() {}
        self.reader.finish().map_err(of_png)
    }

    /// Decodes to a raster no larger than [`raster_bytes_max`], averaging pixels on the way where needed, and squares of
    /// `enough` x `enough` opaque pixels in any case. With it, the side of the squares.
    pub(crate) fn raster(mut self, enough: u32) -> Result<(Raster, u32), PictureError> {
        let layout = match self.rows.color {
            ColorType::Grayscale => Layout::Grey,
            ColorType::Rgb => Layout::Rgb,
            ColorType::GrayscaleAlpha | ColorType::Rgba => Layout::Rgba,
            ColorType::Indexed => return Err(PictureError::broken("its palette is missing")),
        };
        if self.reader.info().interlaced {
            return Ok((self.interlaced(layout)?, 1));
        }
        let enough = if layout == Layout::Rgba { 1 } else { enough };
        let factor = shrink_factor(self.width, self.height, layout, raster_bytes_max(self.bytes)).max(enough);
        let factor = factor.min(self.width).min(self.height);
        let (width, height) = (self.width.div_ceil(factor), self.height.div_ceil(factor));
        let mut shrinker = Shrinker::new(self.width, layout, factor);
        let mut pixels = Vec::with_capacity(width as usize * height as usize * layout.channels());
        while let Some(row) = self.reader.next_row().map_err(of_png)? {
            let row = self.rows.ready(row.data());
            if factor == 1 {
                pixels.extend_from_slice(row);
            } else if let Some(line) = shrinker.add(row) {
                pixels.extend_from_slice(line);
            }
        }
        pixels.extend_from_slice(shrinker.rest().unwrap_or_default());
        self.reader.finish().map_err(of_png)?;
        Ok((checked(Raster { width, height, layout, pixels })?, factor))
    }

    /// Interlaced pictures have no rows until the end: they must stand in memory as a whole.
    fn interlaced(mut self, layout: Layout) -> Result<Raster, PictureError> {
        let (width, height) = (self.width, self.height);
        let Rows { color, pairs, .. } = self.rows;
        let bytes_of_samples = color.samples() * if pairs { 2 } else { 1 };
        // Two samples of two bytes are four bytes as well.
        let as_it_is = self.rows.way.is_none() && !pairs && color.samples() == layout.channels();
        let extra = if as_it_is { 0 } else { bytes_of_samples };
        let needed = pixels(width, height) * (layout.channels() + extra) as u64;
        check_memory(self.bytes, width, height, needed, "too many for an interlaced PNG")?;
        let length = self.reader.output_buffer_size().ok_or_else(|| PictureError::broken("it has no size"))?;
        let mut buffer = vec![0; length];
        self.reader.next_frame(&mut buffer).map_err(of_png)?;
        self.reader.finish().map_err(of_png)?;
        if !as_it_is {
            let mut pixels = Vec::with_capacity(width as usize * height as usize * layout.channels());
            for row in buffer.chunks_exact(width as usize * bytes_of_samples) {
                pixels.extend_from_slice(self.rows.ready(row));
            }
            buffer = pixels;
        }
        checked(Raster { width, height, layout, pixels: buffer })
    }
}

/// What a decoder says of its chunks and sums, in words.
fn of_png(error: png::DecodingError) -> PictureError {
    let why = match &error {
        png::DecodingError::IoError(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => {
            "the file ends before the picture does"
        }
        png::DecodingError::LimitsExceeded => "it asks for more memory than a picture needs",
        png::DecodingError::IoError(_) | png::DecodingError::Format(_) | png::DecodingError::Parameter(_) => {
            "some of its bytes were changed on the way"
        }
    };
    PictureError::broken(why)
}

fn checked(raster: Raster) -> Result<Raster, PictureError> {
    let expected = pixels(raster.width, raster.height) * raster.layout.channels() as u64;
    if raster.pixels.len() as u64 == expected {
        Ok(raster)
    } else {
        Err(PictureError::broken("it holds fewer rows than its header says"))
    }
}

/// Metadata blocks a container decoder found: EXIF, XMP, ICC.
pub(crate) type Blocks = (Option<Vec<u8>>, Option<Vec<u8>>, Option<Vec<u8>>);

/// Decodes the first frame of a GIF.
pub(crate) fn gif(bytes: &[u8]) -> Result<(Raster, Blocks), PictureError> {
    let decoder = GifDecoder::new(Cursor::new(bytes)).map_err(broken)?;
    whole(bytes, decoder)
}

/// Decodes the first frame of a WebP.
pub(crate) fn webp(bytes: &[u8]) -> Result<(Raster, Blocks), PictureError> {
    let declared = bytes.get(4..8).map_or(0, |four| u32::from_le_bytes([four[0], four[1], four[2], four[3]]));
    if u64::from(declared) + 8 > bytes.len() as u64 {
        return Err(PictureError::broken("the file ends before the picture does"));
    }
    let decoder = WebPDecoder::new(Cursor::new(bytes)).map_err(broken)?;
    whole(bytes, decoder)
}

fn whole(bytes: &[u8], mut decoder: impl ImageDecoder) -> Result<(Raster, Blocks), PictureError> {
    let (width, height) = decoder.dimensions();
    check_size(width, height)?;
    check_memory(bytes, width, height, pixels(width, height) * 8, "too many for a GIF or WebP")?;
    let mut limits = image::Limits::default();
    limits.max_alloc = Some(CALL_BYTES_MAX / 2);
    decoder.set_limits(limits).map_err(broken)?;
    let blocks = (
        decoder.exif_metadata().ok().flatten(),
        decoder.xmp_metadata().ok().flatten(),
        decoder.icc_profile().ok().flatten(),
    );
    let layout = if decoder.color_type().has_alpha() { Layout::Rgba } else { Layout::Rgb };
    let mut pixels = vec![0; decoder.total_bytes() as usize];
    decoder.read_image(&mut pixels).map_err(broken)?;
    Ok((checked(Raster { width, height, layout, pixels })?, blocks))
}

fn broken(error: ImageError) -> PictureError {
    PictureError::broken(error)
}
