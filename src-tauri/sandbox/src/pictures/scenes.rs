//! From a scene to pixels: exposed by two threads with vignette and film shoulder, then enlarged under grain.
//!
//! Invariant: a scene is described in units of the picture's height, so every size shows the same picture; grain is the
//! only thing measured in pixels.
//! Absent: the scenes themselves, one module each.

use image::RgbImage;

use super::noise::Colour;
use super::{Scene, city, desert, forest, hills, night, sea};
use crate::mix;

/// What a scene knows about the frame: pixels, and the width in units of the height.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Frame {
    pub(crate) width: usize,
    pub(crate) height: usize,
    pub(crate) aspect: f32,
    /// Size of a pixel in units of the height.
    pub(crate) pixel: f32,
}

/// A scene ready to be drawn.
pub(crate) trait Paint: Sync {
    /// The colour at column `x`, at height `v` (0 top, 1 bottom); `u` is the column in units of the height.
    fn colour(&self, x: usize, u: f32, v: f32) -> Colour;
    /// Strength of the grain.
    fn grain(&self) -> f32;
}

/// Draws a scene; above `inner` pixels of the longer edge it is computed smaller and enlarged under the grain.
pub(crate) fn paint(scene: Scene, seed: u64, width: u32, height: u32, inner: u32) -> RgbImage {
    let longest = width.max(height);
    let scale = |side: u32| if longest > inner { (side * inner).div_ceil(longest).max(1) } else { side } as usize;
    let (inner_width, inner_height) = (scale(width), scale(height));
    let frame = Frame {
        width: inner_width,
        height: inner_height,
        aspect: width as f32 / height as f32,
        pixel: 1.0 / inner_height as f32,
    };
    let (film, grain) = match scene {
        Scene::Hills => expose(&hills::Hills::new(seed, frame), frame),
        Scene::Sea => expose(&sea::Sea::new(seed, frame), frame),
        Scene::Night => expose(&night::Night::new(seed, frame), frame),
        Scene::City => expose(&city::City::new(seed, frame), frame),
        Scene::Forest => expose(&forest::Forest::new(seed, frame), frame),
        Scene::Desert => expose(&desert::Desert::new(seed, frame), frame),
    };
    let pixels = develop(&film, frame, (width as usize, height as usize), seed, grain);
    RgbImage::from_raw(width, height, pixels).expect("the buffer has width x height pixels")
}

/// Light on the film: every pixel of the frame, vignette and shoulder applied, in 16 bits.
fn expose<P: Paint>(scene: &P, frame: Frame) -> (Vec<[u16; 3]>, f32) {
    let mut film = vec![[0_u16; 3]; frame.width * frame.height];
    let band = frame.height.div_ceil(2).max(1);
    std::thread::scope(|threads| {
        for (nth, rows) in film.chunks_mut(band * frame.width).enumerate() {
            threads.spawn(move || expose_rows(scene, frame, nth * band, rows));
        }
    });
    (film, scene.grain())
}

fn expose_rows<P: Paint>(scene: &P, frame: Frame, first: usize, rows: &mut [[u16; 3]]) {
    let radius = 1.0 / (frame.aspect * frame.aspect + 1.0);
    for (nth, row) in rows.chunks_exact_mut(frame.width).enumerate() {
        let v = ((first + nth) as f32 + 0.5) * frame.pixel;
        for (x, out) in row.iter_mut().enumerate() {
            let u = (x as f32 + 0.5) * frame.pixel;
            let colour = scene.colour(x, u, v);
            let (du, dv) = (2.0 * u - frame.aspect, 2.0 * v - 1.0);
            let far = (du * du + dv * dv) * radius;
            let vignette = 1.0 - 0.30 * far * far;
            *out = colour.map(|value| (shoulder(value * vignette) * 65_535.0) as u16);
        }
    }
}

/// The print: the film enlarged to its size, with grain.
fn develop(film: &[[u16; 3]], frame: Frame, (width, height): (usize, usize), seed: u64, grain: f32) -> Vec<u8> {
    let mut pixels = vec![0_u8; width * height * 3];
    let band = height.div_ceil(2).max(1);
    std::thread::scope(|threads| {
        for (nth, rows) in pixels.chunks_mut(band * width * 3).enumerate() {
            threads.spawn(move || {
                for (row, out) in rows.chunks_exact_mut(width * 3).enumerate() {
                    develop_row(film, frame, (width, height), nth * band + row, out, (seed, grain));
                }
            });
        }
    });
    pixels
}

fn develop_row(
    film: &[[u16; 3]],
    frame: Frame,
    (width, height): (usize, usize),
    y: usize,
    out: &mut [u8],
    (seed, grain): (u64, f32),
) {
    let (upper, lower, down) = neighbours(y, height, frame.height);
    let (upper, lower) = (&film[upper * frame.width..], &film[lower * frame.width..]);
    let mut dust = mix(seed, y as u64) | 1;
    for (x, pixel) in out.chunks_exact_mut(3).enumerate() {
        let (left, right, across) = neighbours(x, width, frame.width);
        dust ^= dust << 13;
        dust ^= dust >> 7;
        dust ^= dust << 17;
        let speck = (((dust & 0xffff) + ((dust >> 16) & 0xffff)) as f32 / 65_536.0 - 1.0) * grain;
        for (channel, value) in pixel.iter_mut().enumerate() {
            let at = |row: &[[u16; 3]], x: usize| f32::from(row[x][channel]);
            let top = at(upper, left) + (at(upper, right) - at(upper, left)) * across;
            let low = at(lower, left) + (at(lower, right) - at(lower, left)) * across;
            let light = (top + (low - top) * down) / 65_535.0;
            *value = ((light + speck * (1.15 - light)) * 255.0 + 0.5).clamp(0.0, 255.0) as u8;
        }
    }
}

/// The two film pixels beside a print pixel, and how far it lies towards the second.
fn neighbours(at: usize, of: usize, film: usize) -> (usize, usize, f32) {
    if of == film {
        return (at, at, 0.0);
    }
    let place = ((at as f32 + 0.5) * film as f32 / of as f32 - 0.5).max(0.0);
    let first = (place as usize).min(film - 1);
    (first, (first + 1).min(film - 1), place - first as f32)
}

/// Bends highlights over 0.75 so that they never clip hard.
#[inline]
fn shoulder(value: f32) -> f32 {
    if value <= 0.75 {
        return value.max(0.0);
    }
    let over = value - 0.75;
    0.75 + 0.25 * over / (over + 0.25)
}

/// The height of a line in every column, from a function of `u`.
pub(crate) fn profile(frame: Frame, line: impl Fn(f32) -> f32) -> Vec<f32> {
    (0..frame.width).map(|x| line((x as f32 + 0.5) * frame.pixel)).collect()
}

/// How much of a pixel at `v` lies below the line: 0 above, 1 below, soft over one pixel.
#[inline]
pub(crate) fn below(frame: Frame, line: f32, v: f32) -> f32 {
    ((v - line) / frame.pixel + 0.5).clamp(0.0, 1.0)
}
