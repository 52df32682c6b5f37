//! A picture file opened for a look: one way in for all of them, behind the limits of `decode`.
//!
//! Invariant: what is drawn from it is upright and sRGB, 8 bits a channel; animated pictures show their first frame.
//! Absent: encoding.

use fast_image_resize::Resizer;

use crate::PictureError;
use crate::colour::ToSrgb;
use crate::decode::{self, Blocks, Png};
use crate::jpeg_file::JpegFile;
use crate::kind::Kind;
use crate::metadata::Facts;
use crate::png_file::PngFile;
use crate::raster::{Layout, Raster};
use crate::scaled;
use crate::size::Size;

/// Averaging squares leaves at least this many times the wanted pixels for the good filter.
const SPARE: f64 = 2.0;

/// A decoded picture, not yet turned, in its own colours, perhaps at a fraction of its size.
pub(crate) struct Picture {
    raster: Raster,
    to_srgb: Option<ToSrgb>,
    orientation: u8,
    /// As the file has them, not turned.
    full: (u32, u32),
    /// How many decoded pixels stand side by side for one of the file's.
    scale: f64,
    resizer: Resizer,
}

/// What is wanted of a picture.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Want<'a> {
    /// Every pixel.
    Whole,
    /// Enough pixels for these sizes; transparency lies on white where `on_white` says so.
    Sizes { sizes: &'a [Size], on_white: bool },
}

impl Want<'_> {
    /// How many pixels of a picture become one, at least.
    fn shrink(self, full: (u32, u32), orientation: u8) -> f64 {
        match self {
            Self::Whole => 1.0,
            Self::Sizes { sizes, .. } => {
                let (width, height) = turned(full, orientation);
                sizes.iter().map(|size| size.cut(width, height).shrink()).fold(f64::INFINITY, f64::min).clamp(1.0, 1e4)
            }
        }
    }
}

const fn turned((width, height): (u32, u32), orientation: u8) -> (u32, u32) {
    if orientation >= 5 { (height, width) } else { (width, height) }
}

impl Picture {
    /// Decodes `bytes`.
    pub(crate) fn open(bytes: &[u8], want: Want<'_>) -> Result<Self, PictureError> {
        let picture = match Kind::of(bytes)? {
            Kind::Jpeg => Self::jpeg(bytes, want),
            Kind::Png => Self::png(bytes, want),
            Kind::Gif => Self::animated(decode::gif(bytes)?),
            Kind::WebP => Self::animated(decode::webp(bytes)?),
        }?;
        picture.ready(want)
    }

    fn jpeg(bytes: &[u8], want: Want<'_>) -> Result<Self, PictureError> {
        let file = JpegFile::read(bytes)?;
        decode::check_size(file.width, file.height)?;
        let facts = Facts::gather(file.app(1, b"Exif\0\0").next(), None, None).with_icc(file.icc());
        let full = (file.width, file.height);
        let shrink = want.shrink(full, facts.orientation);
        let decoded = scaled::jpeg(bytes, &file, facts.icc.as_deref(), shrink)?;
        let facts = if decoded.is_srgb { Facts { icc: None, ..facts } } else { facts };
        Ok(Self::new(decoded.raster, &facts, full, decoded.scale))
    }

    fn png(bytes: &[u8], want: Want<'_>) -> Result<Self, PictureError> {
        let file = PngFile::read(bytes)?;
        decode::check_size(file.width, file.height)?;
        let mut decoder = Png::open(bytes, &file)?;
        let icc = if decoder.convert_rows(true) { None } else { decoder.icc() };
        let facts = Facts::gather(file.exif(), None, None).with_icc(icc);
        let full = (file.width, file.height);
        let enough = (want.shrink(full, facts.orientation) / SPARE) as u32;
        let (raster, factor) = decoder.raster(enough.max(1))?;
        if matches!(want, Want::Whole) && (raster.width, raster.height) != full {
            return Err(PictureError::TooLarge { width: full.0, height: full.1, why: "more than fit in memory" });
        }
        Ok(Self::new(raster, &facts, full, 1.0 / f64::from(factor)))
    }

    fn animated((raster, (exif, _, icc)): (Raster, Blocks)) -> Result<Self, PictureError> {
        let exif = exif.as_deref().map(|block| block.strip_prefix(b"Exif\0\0").unwrap_or(block));
        let full = (raster.width, raster.height);
        Ok(Self::new(raster, &Facts::gather(exif, None, None).with_icc(icc), full, 1.0))
    }

    fn new(raster: Raster, facts: &Facts, full: (u32, u32), scale: f64) -> Self {
        let to_srgb = ToSrgb::of(facts.icc.as_deref(), raster.layout);
        Self { raster, to_srgb, orientation: facts.orientation, full, scale, resizer: Resizer::new() }
    }

    /// Lays the picture on white, or weighs its colours by their alpha, before anything is drawn from it.
    fn ready(mut self, want: Want<'_>) -> Result<Self, PictureError> {
        if let Want::Sizes { on_white, .. } = want {
            let opaque = on_white || !self.raster.is_translucent();
            self.raster = if opaque { self.flattened() } else { self.raster.weighted()? };
        }
        Ok(self)
    }

    /// White is white in sRGB, so colours are converted before they lie on it.
    fn flattened(&mut self) -> Raster {
        let mut raster = std::mem::replace(&mut self.raster, Raster::EMPTY);
        if raster.layout == Layout::Rgba
            && let Some(way) = self.to_srgb.take()
        {
            way.apply(&mut raster);
        }
        raster.flattened()
    }

    /// Width and height, upright.
    pub(crate) const fn size(&self) -> (u32, u32) {
        turned(self.full, self.orientation)
    }

    /// Draws the picture at a size.
    pub(crate) fn drawn(&mut self, size: Size) -> Result<Raster, PictureError> {
        let (width, height) = turned(self.full, self.orientation);
        let mut cut = size.cut(width, height);
        if self.orientation >= 5 {
            (cut.width, cut.height) = (cut.height, cut.width);
            cut.part = (cut.part.1, cut.part.0, cut.part.3, cut.part.2);
        }
        let cut = cut.on(self.scale, (self.raster.width, self.raster.height));
        let mut drawn = self.raster.drawn(&cut, &mut self.resizer)?;
        if let Some(way) = &self.to_srgb {
            way.apply(&mut drawn);
        }
        Ok(drawn.upright(self.orientation))
    }

    /// The whole picture, upright and sRGB.
    pub(crate) fn whole(mut self) -> Raster {
        if let Some(way) = &self.to_srgb {
            way.apply(&mut self.raster);
        }
        self.raster.upright(self.orientation)
    }
}
