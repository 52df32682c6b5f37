//! Dithering as the first image service did it: gamma and all.
//!
//! Invariant: Floyd-Steinberg in sRGB values, every row from left to right, each channel for itself; a value v of N levels
//! becomes `round(v * (N - 1) / 255) * 255 / (N - 1)`. Errors are kept as they are, in floating point.

use super::canvas::Canvas;
use super::diffuse::Sink;
use super::tone::FULL;
use crate::{PictureError, Work};

pub(super) fn floyd_steinberg<const C: usize>(
    canvas: &Canvas<'_>,
    count: u16,
    work: &Work<'_>,
    sink: Sink<'_>,
) -> Result<(), PictureError> {
    let width = canvas.width;
    let last = f32::from(count.max(2) - 1);
    let mut tones = vec![[0; C]; width];
    let (mut coming, mut next) = (vec![[0.0_f32; C]; width + 2], vec![[0.0_f32; C]; width + 2]);
    let mut codes = vec![0; width];
    for y in 0..canvas.height {
        work.go_on()?;
        canvas.tones_of(y, &mut tones);
        next.iter_mut().for_each(|error| *error = [0.0; C]);
        for x in 0..width {
            let mut code = 0;
            for channel in 0..C {
                let value = (tones[x][channel] / (FULL / 255)) as f32 + coming[x + 1][channel];
                let level = (value * last / 255.0).round().clamp(0.0, last);
                let error = value - level * 255.0 / last;
                code |= (level as u32) << (8 * channel);
                coming[x + 2][channel] += error * 7.0 / 16.0;
                next[x][channel] += error * 3.0 / 16.0;
                next[x + 1][channel] += error * 5.0 / 16.0;
                next[x + 2][channel] += error / 16.0;
            }
            codes[x] = code;
        }
        std::mem::swap(&mut coming, &mut next);
        sink(&codes)?;
        (work.progress)((y + 1) as f32 / canvas.height as f32);
    }
    Ok(())
}
