//! Decoded pixels and the few things done to them: shrink, turn, flatten.
//!
//! Invariant: `pixels.len() == width * height * layout.channels()`, 8 bits a channel, rows from top to bottom.
//! Absent: colour conversion; values stay in the colour space they came in.

use fast_image_resize::images::{TypedImage, TypedImageRef};
use fast_image_resize::pixels::{U8, U8x3, U8x4};
use fast_image_resize::{FilterType, MulDiv, PixelTrait, ResizeAlg, ResizeOptions, Resizer};

use crate::PictureError;
use crate::size::Cut;

/// How the channels of a pixel are arranged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Layout {
    Grey,
    Rgb,
    Rgba,
}

impl Layout {
    pub(crate) const fn channels(self) -> usize {
        match self {
            Self::Grey => 1,
            Self::Rgb => 3,
            Self::Rgba => 4,
        }
    }
}

/// A decoded picture.
#[derive(Clone, Debug)]
pub(crate) struct Raster {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) layout: Layout,
    pub(crate) pixels: Vec<u8>,
}

/// How often a side must be divided so that the raster takes at most `bytes_max`.
pub(crate) fn shrink_factor(width: u32, height: u32, layout: Layout, bytes_max: u64) -> u32 {
    let bytes = u64::from(width) * u64::from(height) * layout.channels() as u64;
    let fits = |factor: &u32| bytes / (u64::from(*factor) * u64::from(*factor)) <= bytes_max;
    (1..=64).find(fits).unwrap_or(64)
}

impl Raster {
    /// No pixels at all.
    pub(crate) const EMPTY: Self = Self { width: 0, height: 0, layout: Layout::Grey, pixels: Vec::new() };

    /// Averages squares of `factor` x `factor` pixels in place; at the edges of what there is of them.
    pub(crate) fn shrink_by(&mut self, factor: u32) {
        if factor <= 1 {
            return;
        }
        let channels = self.layout.channels();
        let row_bytes = self.width as usize * channels;
        let mut sums = Shrinker::new(self.width, self.layout, factor);
        let mut written = 0;
        for row in 0..self.height as usize {
            // A shrunken row is shorter than the rows it came from, so writing never overtakes reading.
            if let Some(line) = sums.add(&self.pixels[row * row_bytes..][..row_bytes]) {
                self.pixels[written..written + line.len()].copy_from_slice(line);
                written += line.len();
            }
        }
        if let Some(line) = sums.rest() {
            self.pixels[written..written + line.len()].copy_from_slice(line);
            written += line.len();
        }
        self.pixels.truncate(written);
        self.pixels.shrink_to_fit();
        self.width = self.width.div_ceil(factor);
        self.height = self.height.div_ceil(factor);
    }

    /// Resizes with Lanczos3 so that no side is longer than `side_max`; never enlarges.
    pub(crate) fn fit_side(self, side_max: u32) -> Result<Self, PictureError> {
        let longest = self.width.max(self.height);
        if longest <= side_max {
            return Ok(self);
        }
        let scaled = |side: u32| {
            let exact = (u64::from(side) * u64::from(side_max) + u64::from(longest) / 2) / u64::from(longest);
            (exact as u32).max(1)
        };
        let (width, height) = (scaled(self.width), scaled(self.height));
        self.resized(width, height)
    }

    /// Resizes with Lanczos3 to exactly `width` x `height`.
    pub(crate) fn resized(self, width: u32, height: u32) -> Result<Self, PictureError> {
        let part = (0.0, 0.0, f64::from(self.width), f64::from(self.height));
        self.weighted()?.drawn(&Cut { part, width, height }, &mut Resizer::new())
    }

    /// Multiplies colours by their alpha, as [`Raster::drawn`] wants them.
    pub(crate) fn weighted(mut self) -> Result<Self, PictureError> {
        if self.layout == Layout::Rgba {
            let (width, height) = (self.width, self.height);
            let mut image =
                TypedImage::<U8x4>::from_buffer(width, height, &mut self.pixels).map_err(PictureError::broken)?;
            MulDiv::new().multiply_alpha_inplace_typed(&mut image).map_err(PictureError::broken)?;
        }
        Ok(self)
    }

    /// Draws a part of a [`Raster::weighted`] picture anew with Lanczos3.
    pub(crate) fn drawn(&self, cut: &Cut, resizer: &mut Resizer) -> Result<Self, PictureError> {
        match self.layout {
            Layout::Grey => self.drawn_as::<U8>(cut, resizer),
            Layout::Rgb => self.drawn_as::<U8x3>(cut, resizer),
            Layout::Rgba => self.drawn_as::<U8x4>(cut, resizer),
        }
    }

    /// Alpha is multiplied in beforehand and divided out in place: the library would copy the whole picture for it.
    fn drawn_as<P: PixelTrait>(&self, cut: &Cut, resizer: &mut Resizer) -> Result<Self, PictureError> {
        let from =
            TypedImageRef::<P>::from_buffer(self.width, self.height, &self.pixels).map_err(PictureError::broken)?;
        let (width, height) = (cut.width, cut.height);
        let mut pixels = vec![0; width as usize * height as usize * self.layout.channels()];
        let mut to = TypedImage::<P>::from_buffer(width, height, &mut pixels).map_err(PictureError::broken)?;
        let (left, top, part_width, part_height) = cut.part;
        let options = ResizeOptions::new()
            .resize_alg(ResizeAlg::Convolution(FilterType::Lanczos3))
            .crop(left, top, part_width, part_height)
            .use_alpha(false);
        resizer.resize_typed(&from, &mut to, &options).map_err(PictureError::broken)?;
        if self.layout == Layout::Rgba {
            MulDiv::new().divide_alpha_inplace_typed(&mut to).map_err(PictureError::broken)?;
        }
        Ok(Self { width, height, layout: self.layout, pixels })
    }

    /// Turns the raster upright; `orientation` is the EXIF value 1 to 8, anything else means upright.
    pub(crate) fn upright(mut self, orientation: u8) -> Self {
        match orientation {
            2 => self.mirror_rows(),
            3 => self.turn_half(),
            4 => {
                self.turn_half();
                self.mirror_rows();
            }
            5 => return self.transposed(false, false),
            6 => return self.transposed(true, false),
            7 => return self.transposed(true, true),
            8 => return self.transposed(false, true),
            _ => {}
        }
        self
    }

    fn mirror_rows(&mut self) {
        let channels = self.layout.channels();
        for row in self.pixels.chunks_exact_mut(self.width as usize * channels) {
            reverse_pixels(row, channels);
        }
    }

    fn turn_half(&mut self) {
        let channels = self.layout.channels();
        reverse_pixels(&mut self.pixels, channels);
    }

    /// Swaps rows and columns; then mirrors columns (`mirror_x`) and rows (`mirror_y`).
    fn transposed(self, mirror_x: bool, mirror_y: bool) -> Self {
        let channels = self.layout.channels();
        let (width, height) = (self.height as usize, self.width as usize);
        let mut pixels = vec![0; self.pixels.len()];
        for (y, row) in pixels.chunks_exact_mut(width * channels).enumerate() {
            let from_x = if mirror_y { height - 1 - y } else { y };
            for (x, pixel) in row.chunks_exact_mut(channels).enumerate() {
                let from_y = if mirror_x { width - 1 - x } else { x };
                let from = (from_y * height + from_x) * channels;
                pixel.copy_from_slice(&self.pixels[from..from + channels]);
            }
        }
        Self { width: self.height, height: self.width, layout: self.layout, pixels }
    }

    /// True when some pixel is not fully opaque.
    pub(crate) fn is_translucent(&self) -> bool {
        self.layout == Layout::Rgba && self.pixels.chunks_exact(4).any(|pixel| pixel[3] != 255)
    }

    /// Lays the picture on white and drops the alpha channel, in place.
    pub(crate) fn flattened(mut self) -> Self {
        if self.layout != Layout::Rgba {
            return self;
        }
        let count = self.pixels.len() / 4;
        for index in 0..count {
            let alpha = u32::from(self.pixels[4 * index + 3]);
            for channel in 0..3 {
                let value = u32::from(self.pixels[4 * index + channel]);
                self.pixels[3 * index + channel] = ((value * alpha + 255 * (255 - alpha) + 127) / 255) as u8;
            }
        }
        self.pixels.truncate(3 * count);
        self.pixels.shrink_to_fit();
        self.layout = Layout::Rgb;
        self
    }
}

fn reverse_pixels(pixels: &mut [u8], channels: usize) {
    pixels.reverse();
    for pixel in pixels.chunks_exact_mut(channels) {
        pixel.reverse();
    }
}

/// Averages squares of pixels, row by row, so that a large picture never stands in memory. Squares at the edges are averaged
/// of what there is of them.
#[derive(Debug)]
pub(crate) struct Shrinker {
    factor: u32,
    channels: usize,
    /// Columns of the last square of a row.
    last: u32,
    rows: u32,
    sums: Vec<u32>,
    line: Vec<u8>,
}

impl Shrinker {
    pub(crate) fn new(width: u32, layout: Layout, factor: u32) -> Self {
        let (channels, across) = (layout.channels(), width.div_ceil(factor));
        let length = across as usize * channels;
        let last = width - across.saturating_sub(1) * factor;
        Self { factor, channels, last, rows: 0, sums: vec![0; length], line: vec![0; length] }
    }

    /// Adds a full-width row; every `factor` rows, gives the shrunken row.
    pub(crate) fn add(&mut self, row: &[u8]) -> Option<&[u8]> {
        let square = self.factor as usize * self.channels;
        for (sums, from) in self.sums.chunks_exact_mut(self.channels).zip(row.chunks(square)) {
            for pixel in from.chunks_exact(self.channels) {
                sums.iter_mut().zip(pixel).for_each(|(sum, value)| *sum += u32::from(*value));
            }
        }
        self.rows += 1;
        if self.rows < self.factor { None } else { self.rest() }
    }

    /// The shrunken row of the rows that were added since the last one, if any.
    pub(crate) fn rest(&mut self) -> Option<&[u8]> {
        if self.rows == 0 {
            return None;
        }
        let edge = self.line.len().saturating_sub(self.channels);
        let mean = |sum: &mut u32, area: u32| ((std::mem::take(sum) + area / 2) / area) as u8;
        for (place, (value, sum)) in self.line.iter_mut().zip(&mut self.sums).enumerate() {
            let columns = if place < edge { self.factor } else { self.last };
            *value = mean(sum, columns * self.rows);
        }
        self.rows = 0;
        Some(&self.line)
    }
}
