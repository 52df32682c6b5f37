//! JPEG pixels at a fraction of their size: the decoder adds up frequencies instead of pixels nobody will see.
//!
//! Invariant: what libjpeg-turbo only half understands is left to the strict decoder of `decode`, which has the last word.
//! Absent: metadata, and any size that is not 1/8, 1/4, 1/2 or the whole.

use crate::PictureError;
use crate::colour::ToSrgb;
use crate::decode;
use crate::jpeg_file::JpegFile;
use crate::raster::Raster;

/// A decoded JPEG.
pub(crate) struct Scaled {
    pub(crate) raster: Raster,
    /// Whether its colours are sRGB already whatever its profile says.
    pub(crate) is_srgb: bool,
    /// How many of its pixels stand side by side for one of the file's.
    pub(crate) scale: f64,
}

/// Decodes at the smallest fraction that still has [`SPARE`] times the pixels, when `shrink` of them become one.
#[cfg(feature = "turbojpeg")]
pub(crate) fn jpeg(bytes: &[u8], file: &JpegFile<'_>, icc: Option<&[u8]>, shrink: f64) -> Result<Scaled, PictureError> {
    let fraction = turbo::fraction(shrink);
    turbo::decoded(bytes, file, icc, fraction)?.map_or_else(|| whole(bytes, file), Ok)
}

/// Decodes the whole picture.
#[cfg(not(feature = "turbojpeg"))]
pub(crate) fn jpeg(bytes: &[u8], file: &JpegFile<'_>, _: Option<&[u8]>, _: f64) -> Result<Scaled, PictureError> {
    whole(bytes, file)
}

/// CMYK comes out as plain RGB.
fn whole(bytes: &[u8], file: &JpegFile<'_>) -> Result<Scaled, PictureError> {
    Ok(Scaled { raster: decode::jpeg(bytes, file)?, is_srgb: file.components == 4, scale: 1.0 })
}

#[cfg(feature = "turbojpeg")]
mod turbo {
    use turbojpeg::{Decompressor, Image, PixelFormat, ScalingFactor};

    use super::{JpegFile, PictureError, Scaled, ToSrgb, decode};
    use crate::raster::{Layout, Raster};

    /// Scaled decoding is a plain mean: this many times the wanted pixels are left for the good filter.
    const SPARE: f64 = 1.4;
    const SCANS_MAX: u32 = 100;

    /// Eighths of the size: 1, 2, 4 (which the processor's vector units know) or 8.
    pub(super) fn fraction(shrink: f64) -> ScalingFactor {
        let fits = |eighths: &usize| shrink * (*eighths as f64) / 8.0 >= SPARE;
        ScalingFactor::new([1, 2, 4].into_iter().find(fits).unwrap_or(8), 8)
    }

    /// `None` when libjpeg-turbo complains.
    pub(super) fn decoded(
        bytes: &[u8],
        file: &JpegFile<'_>,
        icc: Option<&[u8]>,
        fraction: ScalingFactor,
    ) -> Result<Option<Scaled>, PictureError> {
        let (width, height) = (fraction.scale(file.width as usize), fraction.scale(file.height as usize));
        let (format, channels) = match file.components {
            1 => (PixelFormat::GRAY, 1),
            4 => (PixelFormat::CMYK, 4),
            _ => (PixelFormat::RGB, 3),
        };
        let needed = (width * height * channels) as u64 + file.coefficient_bytes();
        let why =
            if file.coefficient_bytes() == 0 { "more than fit in memory" } else { "too many for a progressive JPEG" };
        decode::check_memory(bytes, file.width, file.height, needed, why)?;
        file.check_density()?;
        let mut pixels = vec![0; width * height * channels];
        let image = Image { pixels: pixels.as_mut_slice(), width, pitch: width * channels, height, format };
        let run = || {
            let mut decompressor = Decompressor::new()?;
            decompressor.set_scan_limit(SCANS_MAX)?;
            decompressor.read_header(bytes)?;
            decompressor.set_scaling_factor(fraction)?;
            decompressor.decompress(bytes, image)
        };
        if let Err(error) = run() {
            // The strict decoder fills up what is missing at the end of a scan.
            let cut_off = error.to_string().contains("premature end of data segment");
            return if cut_off {
                Err(PictureError::broken("its pixels end before the picture does"))
            } else {
                Ok(None)
            };
        }
        let layout = if channels == 1 { Layout::Grey } else { Layout::Rgb };
        if channels == 4 {
            pixels = rgb(pixels, icc, file.app(14, b"Adobe").next().is_some());
        }
        let raster = Raster { width: width as u32, height: height as u32, layout, pixels };
        let scale = fraction.num() as f64 / fraction.denom() as f64;
        Ok(Some(Scaled { raster, is_srgb: channels == 4, scale }))
    }

    /// Ink to light, by the profile where there is one; Adobe writes ink upside down.
    fn rgb(mut cmyk: Vec<u8>, icc: Option<&[u8]>, upside_down: bool) -> Vec<u8> {
        if upside_down {
            cmyk.iter_mut().for_each(|ink| *ink = 255 - *ink);
        }
        let by_profile = icc.and_then(ToSrgb::of_cmyk).and_then(|way| way.rgb_of_cmyk(&cmyk));
        by_profile.unwrap_or_else(|| cmyk.chunks_exact(4).flat_map(plainly).collect())
    }

    fn plainly(ink: &[u8]) -> [u8; 3] {
        let white = 255 - u16::from(ink[3]);
        [0, 1, 2].map(|channel| (((255 - u16::from(ink[channel])) * white + 127) / 255) as u8)
    }
}
