//! From a picture's own colours to sRGB, by its ICC profile.
//!
//! Invariant: a profile that cannot be read, or moves no colour by more than one level, changes nothing. Absent: output
//! profiles; what leaves here is sRGB.

use std::sync::Arc;

use moxcms::{ColorProfile, DataColorSpace, Layout, TransformExecutor, TransformOptions};

use crate::raster;

/// Steps on each axis at which a profile is compared with sRGB.
const STEPS: [u8; 6] = [0, 32, 64, 128, 192, 255];

/// The way from a profile's colours to sRGB.
pub(crate) struct ToSrgb {
    transform: Arc<dyn TransformExecutor<u8> + Send + Sync>,
}

impl ToSrgb {
    /// The way for pixels of this layout; `None` when there is nothing to do.
    pub(crate) fn of(icc: Option<&[u8]>, layout: raster::Layout) -> Option<Self> {
        let profile = ColorProfile::new_from_slice(icc?).ok()?;
        let (space, layout) = match layout {
            raster::Layout::Grey => (DataColorSpace::Gray, Layout::Gray),
            raster::Layout::Rgb => (DataColorSpace::Rgb, Layout::Rgb),
            raster::Layout::Rgba => (DataColorSpace::Rgb, Layout::Rgba),
        };
        let way = Self::between(&profile, space, layout, layout)?;
        (!way.changes_nothing(layout)).then_some(way)
    }

    /// The way from CMYK (255 = full ink) to RGB.
    pub(crate) fn of_cmyk(icc: &[u8]) -> Option<Self> {
        let profile = ColorProfile::new_from_slice(icc).ok()?;
        Self::between(&profile, DataColorSpace::Cmyk, Layout::Rgba, Layout::Rgb)
    }

    /// The kinds of sRGB and of its greys.
    fn goal(to: Layout) -> ColorProfile {
        let srgb = ColorProfile::new_srgb();
        if !matches!(to, Layout::Gray | Layout::GrayAlpha) {
            return srgb;
        }
        let mut grey = ColorProfile::new_gray_with_gamma(2.2);
        grey.gray_trc = srgb.red_trc;
        grey
    }

    fn between(profile: &ColorProfile, space: DataColorSpace, from: Layout, to: Layout) -> Option<Self> {
        if profile.color_space != space {
            return None;
        }
        let transform = profile.create_transform_8bit(from, &Self::goal(to), to, TransformOptions::default()).ok()?;
        Some(Self { transform })
    }

    fn changes_nothing(&self, layout: Layout) -> bool {
        let alpha: &[u8] = if layout == Layout::Rgba { &[255] } else { &[] };
        let pairs = STEPS.iter().flat_map(|&r| STEPS.iter().map(move |&g| (r, g)));
        let triples = pairs.flat_map(|(r, g)| STEPS.iter().map(move |&b| [r, g, b]));
        let colours = triples.flat_map(|rgb| rgb.into_iter().chain(alpha.iter().copied()));
        let pixels: Vec<u8> = if layout == Layout::Gray { (0..=255).collect() } else { colours.collect() };
        let mut after = vec![0; pixels.len()];
        self.transform.transform(&pixels, &mut after).is_ok()
            && pixels.iter().zip(&after).all(|(before, after)| before.abs_diff(*after) <= 1)
    }

    /// Converts pixels; when the library refuses, they stay as they are.
    pub(crate) fn apply(&self, raster: &mut raster::Raster) {
        let mut after = vec![0; raster.pixels.len()];
        if self.transform.transform(&raster.pixels, &mut after).is_ok() {
            raster.pixels = after;
        }
    }

    /// CMYK pixels to RGB ones.
    pub(crate) fn rgb_of_cmyk(&self, cmyk: &[u8]) -> Option<Vec<u8>> {
        let mut rgb = vec![0; cmyk.len() / 4 * 3];
        self.transform.transform(cmyk, &mut rgb).ok()?;
        Some(rgb)
    }
}

/// The way of a PNG's rows to sRGB where a byte a sample, or three colours, would not do: 16 bits, and grey with alpha.
pub(crate) struct RowsToSrgb {
    transform: Arc<dyn TransformExecutor<u16> + Send + Sync>,
    samples: Vec<u16>,
    after: Vec<u16>,
}

impl RowsToSrgb {
    /// For rows of so many channels; `None` when there is nothing to do.
    pub(crate) fn of(icc: &[u8], channels: usize) -> Option<Self> {
        let (space, layout, alike) = match channels {
            1 => (DataColorSpace::Gray, Layout::Gray, raster::Layout::Grey),
            2 => (DataColorSpace::Gray, Layout::GrayAlpha, raster::Layout::Grey),
            3 => (DataColorSpace::Rgb, Layout::Rgb, raster::Layout::Rgb),
            _ => (DataColorSpace::Rgb, Layout::Rgba, raster::Layout::Rgba),
        };
        ToSrgb::of(Some(icc), alike)?;
        let profile = ColorProfile::new_from_slice(icc).ok().filter(|profile| profile.color_space == space)?;
        let goal = ToSrgb::goal(layout);
        let transform = profile.create_transform_16bit(layout, &goal, layout, TransformOptions::default()).ok()?;
        Some(Self { transform, samples: Vec::new(), after: Vec::new() })
    }

    /// A row of bytes, or of big-endian pairs of them, to bytes; when the library refuses, colours stay as they are.
    pub(crate) fn apply(&mut self, row: &[u8], pairs: bool, bytes: &mut Vec<u8>) {
        self.samples.clear();
        if pairs {
            self.samples.extend(row.as_chunks().0.iter().map(|pair| u16::from_be_bytes(*pair)));
        } else {
            self.samples.extend(row.iter().map(|byte| u16::from(*byte) * 257));
        }
        self.after.clone_from(&self.samples);
        if self.transform.transform(&self.samples, &mut self.after).is_err() {
            self.after.clone_from(&self.samples);
        }
        bytes.clear();
        bytes.extend(self.after.iter().map(|sample| ((u32::from(*sample) * 255 + 32_767) / 65_535) as u8));
    }
}
