//! Riemersma's dithering (1998): the picture is walked along a space-filling curve, and a pixel makes good what the
//! pixels just before it were off by.
//!
//! Invariant: every pixel is visited once, each beside the one before (diagonally at some seams of odd sizes). Absent:
//! which colours there are.

use super::canvas::Canvas;
use super::choose::Choose;
use super::diffuse::Sink;
use super::tone::FULL;
use crate::{PictureError, Work};

const REMEMBERED: usize = 16;
/// The newest error weighs this many times the oldest.
const FADED: f32 = 16.0;
/// Pixels between two looks at whether the work is still wanted.
const BREATH: usize = 1 << 16;

pub(super) fn along_curve<const C: usize>(
    canvas: &Canvas<'_>,
    strength: u8,
    choose: &impl Choose<C>,
    work: &Work<'_>,
    sink: Sink<'_>,
) -> Result<(), PictureError> {
    let (width, height) = (canvas.width, canvas.height);
    // A code has a byte for each channel of the levels, or one for a palette.
    let mut codes = vec![[0_u8; 3]; width * height];
    let weights = weights(strength);
    let (mut errors, mut newest, mut done) = ([[0.0_f32; C]; REMEMBERED], 0, 0);
    curve(width as i32, height as i32, &mut |x, y| {
        let mut tone: [i32; C] = canvas.tone_at(x, y);
        for channel in 0..C {
            let carried: f32 =
                (0..REMEMBERED).map(|age| errors[(newest + age) % REMEMBERED][channel] * weights[age]).sum();
            tone[channel] += carried.round() as i32;
        }
        let (code, chosen) = choose.choose(tone);
        newest = (newest + REMEMBERED - 1) % REMEMBERED;
        errors[newest] = std::array::from_fn(|channel| (tone[channel] - chosen[channel]).clamp(-FULL, FULL) as f32);
        let [first, second, third, _] = code.to_le_bytes();
        codes[y * width + x] = [first, second, third];
        done += 1;
        if done % BREATH == 0 {
            (work.progress)(done as f32 / (width * height) as f32);
            return work.go_on();
        }
        Ok(())
    })?;
    let mut row = vec![0; width];
    codes.chunks_exact(width).try_for_each(|codes| {
        row.iter_mut().zip(codes).for_each(|(wide, code)| *wide = u32::from_le_bytes([code[0], code[1], code[2], 0]));
        sink(&row)
    })
}

fn weights(strength: u8) -> [f32; REMEMBERED] {
    let fading = FADED.powf(-1.0 / (REMEMBERED - 1) as f32);
    let raw: [f32; REMEMBERED] = std::array::from_fn(|age| fading.powi(age as i32));
    let sum: f32 = raw.iter().sum();
    raw.map(|weight| weight / sum * f32::from(strength) / 100.0)
}

type Visit<'v> = &'v mut dyn FnMut(usize, usize) -> Result<(), PictureError>;

/// A Hilbert curve stretched over any rectangle.
fn curve(width: i32, height: i32, visit: Visit<'_>) -> Result<(), PictureError> {
    if width >= height {
        stretch((0, 0), (width, 0), (0, height), visit)
    } else {
        stretch((0, 0), (0, height), (width, 0), visit)
    }
}

type Vector = (i32, i32);

fn plus(a: Vector, b: Vector) -> Vector {
    (a.0 + b.0, a.1 + b.1)
}

fn minus(a: Vector, b: Vector) -> Vector {
    (a.0 - b.0, a.1 - b.1)
}

/// From `start` along `major`, with everything that lies beside it along `minor`.
fn stretch(start: Vector, major: Vector, minor: Vector, visit: Visit<'_>) -> Result<(), PictureError> {
    let (length, breadth) = ((major.0 + major.1).abs(), (minor.0 + minor.1).abs());
    let (along, aside) = ((major.0.signum(), major.1.signum()), (minor.0.signum(), minor.1.signum()));
    if length == 1 || breadth == 1 {
        let (step, count) = if breadth == 1 { (along, length) } else { (aside, breadth) };
        return (0..count).try_for_each(|n| visit((start.0 + n * step.0) as usize, (start.1 + n * step.1) as usize));
    }
    let (mut half, mut half_minor) = ((major.0 / 2, major.1 / 2), (minor.0 / 2, minor.1 / 2));
    if 2 * length > 3 * breadth {
        if (half.0 + half.1) % 2 != 0 && length > 2 {
            half = plus(half, along);
        }
        stretch(start, half, minor, visit)?;
        return stretch(plus(start, half), minus(major, half), minor, visit);
    }
    if (half_minor.0 + half_minor.1) % 2 != 0 && breadth > 2 {
        half_minor = plus(half_minor, aside);
    }
    stretch(start, half_minor, half, visit)?;
    stretch(plus(start, half_minor), major, minus(minor, half_minor), visit)?;
    let last = plus(plus(start, minus(major, along)), minus(half_minor, aside));
    stretch(last, minus((0, 0), half_minor), minus(half, major), visit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_curve_visits_every_pixel_once_and_never_jumps() {
        for (width, height) in [(1, 1), (1, 9), (7, 1), (8, 8), (13, 5), (5, 13), (31, 30), (64, 17)] {
            let (mut seen, mut last) = (vec![false; (width * height) as usize], None::<(usize, usize)>);
            curve(width, height, &mut |x, y| {
                assert!(!std::mem::replace(&mut seen[y * width as usize + x], true), "twice at {x}, {y}");
                if let Some((before_x, before_y)) = last {
                    assert!(x.abs_diff(before_x) <= 1 && y.abs_diff(before_y) <= 1, "a jump to {x}, {y}");
                }
                last = Some((x, y));
                Ok(())
            })
            .expect("nobody stops it");
            assert!(seen.into_iter().all(|seen| seen), "{width} x {height}");
        }
    }
}
