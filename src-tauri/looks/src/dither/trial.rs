//! What dithering makes of a palette, tried on cut-outs of the picture, and a palette that suits it better.
//!
//! Invariant: a trial sees what an eye sees from a distance: errors between dots that lie close together do not count.
//! Absent: where the first palette comes from.

use super::canvas::Plain;
use super::choose::Choose;
use super::diffuse::by_kernel;
use super::kernel::Shares;
use super::method::Kernel;
use super::palette::Palette;
use super::tone::{FULL, Light, byte, tones};
use crate::raster::{Layout, Raster};
use crate::{PictureError, Work};

/// Cut-outs a side of the picture.
const CUTS: usize = 6;
/// Pixels a side of a cut-out.
const CUT: usize = 32;
/// Each so many-th pixel counts when a palette is fitted; seen from a distance, neighbours are alike.
const STEP: usize = 3;
/// Keeps the sums solvable where a colour is hardly used.
const STIFFNESS: f64 = 1e-3;

/// Cut-outs of the picture, side by side.
pub(super) struct Trial {
    plain: Plain,
    tones: [i32; 256],
    light: Light,
    /// What the cut-outs look like from a distance.
    target: [Vec<f32>; 3],
}

/// What a palette made of it.
pub(super) struct Seen {
    /// The sum of squares of what is off.
    pub(super) fault: f32,
    codes: Vec<u32>,
}

/// The nearest of a few colours, by looking at each.
struct Few<'a>(&'a [[i32; 3]]);

impl Choose<3> for Few<'_> {
    #[inline(always)]
    fn choose(&self, tone: [i32; 3]) -> (u32, [i32; 3]) {
        let mut best = (f32::INFINITY, 0);
        for (index, colour) in self.0.iter().enumerate() {
            let (r, g, b) = ((tone[0] - colour[0]) as f32, (tone[1] - colour[1]) as f32, (tone[2] - colour[2]) as f32);
            let distance = r * r + g * g + b * b;
            if distance < best.0 {
                best = (distance, index);
            }
        }
        (best.1 as u32, self.0[best.1])
    }
}

impl Trial {
    pub(super) fn of(plain: &Plain, light: Light) -> Self {
        let from = &plain.colours;
        let (width, height, channels) = (from.width as usize, from.height as usize, from.layout.channels());
        let side = |length: usize| if length <= CUTS * CUT { length } else { CUTS * CUT };
        let (across, down) = (side(width), side(height));
        // Whole where the picture is small, else the cut-outs stand evenly over it.
        let at = |place: usize, length: usize, all: usize| {
            if all == length { place } else { place / CUT * (length - CUT) / (CUTS - 1) + place % CUT }
        };
        let mut pixels = Vec::with_capacity(across * down * 3);
        for y in 0..down {
            let row = at(y, height, down) * width;
            for x in 0..across {
                let pixel = &from.pixels[(row + at(x, width, across)) * channels..][..channels];
                pixels.extend_from_slice(&[pixel[0], pixel[1 % channels], pixel[2 % channels]]);
            }
        }
        let tones = tones(light);
        let target = std::array::from_fn(|channel| {
            let all = pixels.iter().skip(channel).step_by(3);
            softened(all.map(|value| tones[usize::from(*value)] as f32).collect(), across)
        });
        let colours = Raster { width: across as u32, height: down as u32, layout: Layout::Rgb, pixels };
        Self { plain: Plain { colours, alpha: None }, tones, light, target }
    }

    pub(super) fn colours(&self, palette: &Palette) -> Vec<[i32; 3]> {
        palette.colours().iter().map(|colour| colour.map(|byte| self.tones[usize::from(byte)])).collect()
    }

    pub(super) fn palette(&self, colours: &[[i32; 3]]) -> Result<Palette, PictureError> {
        let of_tone = |tone: i32| match self.light {
            Light::Gamma => ((tone * 255 + FULL / 2) / FULL) as u8,
            Light::Linear => byte(tone as f32 / FULL as f32),
        };
        Palette::new(colours.iter().map(|colour| colour.map(of_tone))).map_err(PictureError::broken)
    }

    /// Dithers the cut-outs and looks at them from a distance.
    pub(super) fn seen(&self, colours: &[[i32; 3]]) -> Result<Seen, PictureError> {
        let canvas = self.plain.canvas(&self.tones);
        let mut codes = Vec::with_capacity(canvas.width * canvas.height);
        let mut sink = |row: &[u32]| {
            codes.extend_from_slice(row);
            Ok(())
        };
        let shares = Shares::of(Kernel::FloydSteinberg, 100);
        by_kernel(&canvas, &shares, &Few(colours), &Work::UNWATCHED, &mut sink)?;
        let mut fault = 0.0;
        for (channel, target) in self.target.iter().enumerate() {
            let made = codes.iter().map(|code| colours[*code as usize][channel] as f32).collect();
            let made = softened(made, canvas.width);
            fault += made.iter().zip(target).map(|(made, target)| (made - target) * (made - target)).sum::<f32>();
        }
        Ok(Seen { fault, codes })
    }

    /// The colours with which the dots as they lie come closest to the picture: least squares.
    pub(super) fn fitted(&self, colours: &[[i32; 3]], seen: &Seen) -> Vec<[i32; 3]> {
        let codes = &seen.codes;
        let (count, width) = (colours.len(), self.plain.colours.width as usize);
        let thin = |all: Vec<f32>| all.into_iter().step_by(STEP).collect::<Vec<_>>();
        let share = |index: usize| codes.iter().map(|code| f32::from(u8::from(*code as usize == index))).collect();
        let shares: Vec<Vec<f32>> = (0..count).map(|index| thin(softened(share(index), width))).collect();
        let targets = self.target.clone().map(thin);
        let product = |a: &[f32], b: &[f32]| f64::from(a.iter().zip(b).map(|(a, b)| a * b).sum::<f32>());
        let mut rows: Vec<Vec<f64>> = Vec::with_capacity(count);
        for (index, own) in shares.iter().enumerate() {
            let stiff = STIFFNESS * own.len() as f64;
            let mut row: Vec<f64> = shares.iter().map(|other| product(own, other)).collect();
            row[index] += stiff;
            row.extend((0..3).map(|axis| product(own, &targets[axis]) + stiff * f64::from(colours[index][axis])));
            rows.push(row);
        }
        solve(&mut rows);
        rows.iter().map(|row| [0, 1, 2].map(|axis| (row[count + axis].round() as i32).clamp(0, FULL))).collect()
    }
}

/// Gauss and Jordan on a positive matrix with its right-hand sides appended.
fn solve(rows: &mut [Vec<f64>]) {
    for pivot in 0..rows.len() {
        let scale = rows[pivot][pivot];
        rows[pivot].iter_mut().for_each(|value| *value /= scale);
        let own = rows[pivot].clone();
        for (_, row) in rows.iter_mut().enumerate().filter(|(index, _)| *index != pivot) {
            let factor = row[pivot];
            row.iter_mut().zip(&own).for_each(|(value, own)| *value -= factor * own);
        }
    }
}

/// Running means over five neighbours, twice in both directions: about a Gaussian of sigma 2.
fn softened(mut values: Vec<f32>, width: usize) -> Vec<f32> {
    for _ in 0..2 {
        for row in values.chunks_exact_mut(width) {
            let before = row.to_vec();
            for (value, near) in row.iter_mut().skip(2).zip(before.windows(5)) {
                *value = (near[0] + near[1] + near[2] + near[3] + near[4]) / 5.0;
            }
            for at in (0..width.min(2)).chain(width.saturating_sub(2).max(2)..width) {
                let near = &before[at.saturating_sub(2)..(at + 3).min(width)];
                row[at] = near.iter().sum::<f32>() / near.len() as f32;
            }
        }
        let height = values.len() / width;
        let before = values.clone();
        for (y, row) in values.chunks_exact_mut(width).enumerate() {
            let (first, last) = (y.saturating_sub(2), (y + 3).min(height));
            row.iter_mut().for_each(|value| *value = 0.0);
            for other in first..last {
                row.iter_mut().zip(&before[other * width..][..width]).for_each(|(value, other)| *value += other);
            }
            row.iter_mut().for_each(|value| *value /= (last - first) as f32);
        }
    }
    values
}
