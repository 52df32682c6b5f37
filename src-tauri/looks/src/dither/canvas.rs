//! The picture as dithering sees it: colours and transparency apart, as tones, at the wanted pixel size.
//!
//! Invariant: colours have one or three channels. Absent: the result.

use super::tone::{FULL, byte, linear};
use crate::raster::{Layout, Raster};

/// Colours and transparency of a picture.
#[derive(Debug)]
pub(super) struct Plain {
    pub(super) colours: Raster,
    pub(super) alpha: Option<Vec<u8>>,
}

impl Plain {
    pub(super) fn of(mut raster: Raster) -> Self {
        if raster.layout != Layout::Rgba {
            return Self { colours: raster, alpha: None }.narrowed();
        }
        let alpha = raster.is_translucent().then(|| raster.pixels.chunks_exact(4).map(|pixel| pixel[3]).collect());
        let count = raster.pixels.len() / 4;
        for index in 0..count {
            raster.pixels.copy_within(4 * index..4 * index + 3, 3 * index);
        }
        raster.pixels.truncate(3 * count);
        raster.pixels.shrink_to_fit();
        raster.layout = Layout::Rgb;
        Self { colours: raster, alpha }.narrowed()
    }

    /// Grey that was stored as RGB is grey.
    fn narrowed(mut self) -> Self {
        let pixels = &mut self.colours.pixels;
        if self.colours.layout == Layout::Rgb && pixels.as_chunks().0.iter().all(|[r, g, b]| r == g && g == b) {
            let count = pixels.len() / 3;
            (0..count).for_each(|index| pixels[index] = pixels[3 * index]);
            pixels.truncate(count);
            self.colours.layout = Layout::Grey;
        }
        self
    }

    /// The same picture in the greys of a plain program: Rec. 601 weights of sRGB values.
    pub(super) fn plain_grey(mut self) -> Self {
        if self.colours.layout == Layout::Rgb {
            let grey = |pixel: &[u8]| {
                let [r, g, b] = [0, 1, 2].map(|channel| u32::from(pixel[channel]));
                ((19_595 * r + 38_470 * g + 7_471 * b + 32_768) >> 16) as u8
            };
            self.colours.pixels = self.colours.pixels.chunks_exact(3).map(grey).collect();
            self.colours.layout = Layout::Grey;
        }
        self
    }

    /// The same picture in greys of the same light.
    pub(super) fn grey(mut self) -> Self {
        if self.colours.layout != Layout::Rgb {
            return self;
        }
        const STEPS: usize = 4096;
        let share = |weight: f32| -> [f32; 256] { std::array::from_fn(|value| weight * linear(value as u8)) };
        let (red, green, blue) = (share(0.2126), share(0.7152), share(0.0722));
        let greys: Vec<u8> = (0..=STEPS).map(|step| byte(step as f32 / STEPS as f32)).collect();
        let pixels = &mut self.colours.pixels;
        let count = pixels.len() / 3;
        for index in 0..count {
            let [r, g, b] = [0, 1, 2].map(|channel| usize::from(pixels[3 * index + channel]));
            let light = red[r] + green[g] + blue[b];
            pixels[index] = greys[((light * STEPS as f32 + 0.5) as usize).min(STEPS)];
        }
        pixels.truncate(count);
        self.colours.layout = Layout::Grey;
        self
    }

    /// One pixel for each square of `side` x `side`, squares at the edges perhaps incomplete.
    pub(super) fn coarse(self, side: u8) -> Self {
        if side <= 1 {
            return self;
        }
        let Raster { width, height, .. } = self.colours;
        let side = usize::from(side);
        let small = |pixels: &[u8], channels| means(pixels, (width as usize, height as usize), channels, side);
        let pixels = small(&self.colours.pixels, self.colours.layout.channels());
        let alpha = self.alpha.as_deref().map(|alpha| small(alpha, 1));
        let (width, height) = (width.div_ceil(side as u32), height.div_ceil(side as u32));
        Self { colours: Raster { width, height, layout: self.colours.layout, pixels }, alpha }
    }

    pub(super) fn canvas<'a>(&'a self, tones: &'a [i32; 256]) -> Canvas<'a> {
        Canvas {
            width: self.colours.width as usize,
            height: self.colours.height as usize,
            pixels: &self.colours.pixels,
            channels: self.colours.layout.channels(),
            alpha: self.alpha.as_deref(),
            tones,
            line: None,
        }
    }
}

/// What each value of each channel adds to how far a colour lies on the way from one colour, at 0, to another, at [`FULL`].
pub(super) type Line = [[i32; 256]; 3];

/// The way between two colours; none where they are the same.
pub(super) fn line([one, two]: [[i32; 3]; 2], tones: &[i32; 256]) -> Option<Line> {
    let way: [i32; 3] = std::array::from_fn(|channel| two[channel] - one[channel]);
    let length: f64 = way.iter().map(|way| f64::from(*way) * f64::from(*way)).sum();
    let part = |channel: usize, tone: i32| {
        let off = f64::from(tone - one[channel]) * f64::from(way[channel]);
        (off / length * f64::from(FULL)).round() as i32
    };
    (length > 0.0).then(|| std::array::from_fn(|channel| tones.map(|tone| part(channel, tone))))
}

fn means(pixels: &[u8], (width, height): (usize, usize), channels: usize, side: usize) -> Vec<u8> {
    let across = width.div_ceil(side);
    let mut out = Vec::with_capacity(across * height.div_ceil(side) * channels);
    let mut sums = vec![0u32; across * channels];
    for band in pixels.chunks(side * width * channels) {
        sums.iter_mut().for_each(|sum| *sum = 0);
        for row in band.chunks_exact(width * channels) {
            for (x, pixel) in row.chunks_exact(channels).enumerate() {
                let sums = &mut sums[x / side * channels..][..channels];
                sums.iter_mut().zip(pixel).for_each(|(sum, value)| *sum += u32::from(*value));
            }
        }
        let rows = band.len() / (width * channels);
        for (x, sums) in sums.chunks_exact(channels).enumerate() {
            let count = (side.min(width - x * side) * rows) as u32;
            out.extend(sums.iter().map(|sum| ((sum + count / 2) / count) as u8));
        }
    }
    out
}

/// The picture, borrowed, with the tone of each byte.
#[derive(Clone, Copy, Debug)]
pub(super) struct Canvas<'a> {
    pub(super) width: usize,
    pub(super) height: usize,
    pixels: &'a [u8],
    channels: usize,
    alpha: Option<&'a [u8]>,
    tones: &'a [i32; 256],
    line: Option<&'a Line>,
}

impl<'a> Canvas<'a> {
    /// The same picture as one channel: how far each pixel lies on a line.
    pub(super) fn along(self, line: &'a Line) -> Self {
        Self { line: Some(line), ..self }
    }

    /// The tones of one pixel; grey is written to every channel.
    #[inline]
    pub(super) fn tone_at<const C: usize>(&self, x: usize, y: usize) -> [i32; C] {
        let pixel = &self.pixels[(y * self.width + x) * self.channels..][..self.channels];
        let last = self.channels - 1;
        match self.line {
            Some([red, green, blue]) => {
                let [r, g, b] = [pixel[0], pixel[1.min(last)], pixel[last]].map(usize::from);
                [red[r] + green[g] + blue[b]; C]
            }
            None => std::array::from_fn(|channel| self.tones[usize::from(pixel[channel.min(last)])]),
        }
    }

    /// The tones of a row; grey is written to every channel.
    pub(super) fn tones_of<const C: usize>(&self, y: usize, out: &mut [[i32; C]]) {
        let bytes = self.width * self.channels;
        let row = &self.pixels[y * bytes..][..bytes];
        if let Some([red, green, blue]) = self.line {
            let last = self.channels - 1;
            let far = |pixel: &[u8]| {
                red[usize::from(pixel[0])] + green[usize::from(pixel[1.min(last)])] + blue[usize::from(pixel[last])]
            };
            out.iter_mut().zip(row.chunks_exact(self.channels)).for_each(|(tone, pixel)| *tone = [far(pixel); C]);
        } else if self.channels == C {
            let values = out.as_flattened_mut().iter_mut().zip(row);
            values.for_each(|(tone, value)| *tone = self.tones[usize::from(*value)]);
        } else {
            let pixels = out.iter_mut().zip(row.chunks_exact(self.channels));
            pixels.for_each(|(tone, pixel)| *tone = [self.tones[usize::from(pixel[0])]; C]);
        }
    }

    /// The alpha of a row, where some of the picture is transparent.
    pub(super) fn alpha_of(&self, y: usize) -> Option<&[u8]> {
        self.alpha.map(|alpha| &alpha[y * self.width..][..self.width])
    }
}
