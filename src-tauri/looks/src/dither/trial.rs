//! What dithering makes of a palette, tried on cut-outs of the picture, and a palette that suits it better.
//!
//! Invariant: a trial sees what an eye sees from a distance: errors between dots that lie close together do not count.
//! Absent: where the first palette comes from.

use std::ops::{Add, Sub};

use super::canvas::{Plain, line};
use super::choose::{Ends, Few};
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
/// What [`softened`] multiplies by.
const WEIGHT: f32 = 625.0;
/// Keeps the sums solvable where a colour is hardly used.
const STIFFNESS: f64 = 1e-3;

/// Cut-outs of the picture, side by side.
pub(super) struct Trial {
    plain: Plain,
    tones: [i32; 256],
    light: Light,
    /// What the cut-outs look like from a distance.
    target: [Vec<i32>; 3],
}

/// What a palette made of it.
pub(super) struct Seen {
    /// The sum of squares of what is off.
    pub(super) fault: f64,
    codes: Vec<u32>,
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
        // What is clear has no colour: the visible pixels of its row, and other rows, stand in for it.
        let visible = |place: &usize| plain.alpha.as_ref().is_none_or(|alpha| alpha[*place] > 0);
        let row_of = |y: usize| -> Vec<usize> {
            let begin = at(y, height, down) * width;
            (0..across).map(|x| begin + at(x, width, across)).filter(visible).collect()
        };
        let mut rows: Vec<Vec<usize>> = (0..down).map(row_of).filter(|row| !row.is_empty()).collect();
        if rows.is_empty() {
            rows.push(vec![(0..width * height).find(visible).unwrap_or(0)]);
        }
        let mut pixels = Vec::with_capacity(across * down * 3);
        for row in rows.iter().cycle().take(down) {
            for place in row.iter().cycle().take(across) {
                let pixel = &from.pixels[place * channels..][..channels];
                pixels.extend_from_slice(&[pixel[0], pixel[1 % channels], pixel[2 % channels]]);
            }
        }
        let tones = tones(light);
        let target = std::array::from_fn(|channel| {
            let all = pixels.iter().skip(channel).step_by(3);
            softened(all.map(|value| tones[usize::from(*value)]).collect(), across)
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
        let line = match colours {
            [one, two] => line([*one, *two], &self.tones),
            _ => None,
        };
        match &line {
            Some(line) => by_kernel(&canvas.along(line), &shares, &Ends, &Work::UNWATCHED, &mut sink)?,
            None => by_kernel(&canvas, &shares, &Few(colours), &Work::UNWATCHED, &mut sink)?,
        }
        let mut fault = 0.0;
        for (channel, target) in self.target.iter().enumerate() {
            let made = codes.iter().map(|code| colours[*code as usize][channel]).collect();
            let made = softened(made, canvas.width);
            let off: Vec<f32> = made.iter().zip(target).map(|(made, target)| (made - target) as f32).collect();
            fault += product(&off, &off);
        }
        Ok(Seen { fault, codes })
    }

    /// The colours with which the dots as they lie come closest to the picture: least squares.
    pub(super) fn fitted(&self, colours: &[[i32; 3]], seen: &Seen) -> Vec<[i32; 3]> {
        let codes = &seen.codes;
        let (count, width) = (colours.len(), self.plain.colours.width as usize);
        let share = |index: usize| codes.iter().map(|code| u16::from(*code as usize == index)).collect();
        let shares = (0..count).map(|index| thin(&softened(share(index), width), |share| f32::from(share) / WEIGHT));
        let shares: Vec<Vec<f32>> = shares.collect();
        let targets = self.target.each_ref().map(|target| thin(target, |tone| tone as f32 / WEIGHT));
        let mut rows: Vec<Vec<f64>> = Vec::with_capacity(count);
        for (index, own) in shares.iter().enumerate() {
            let stiff = STIFFNESS * own.len() as f64;
            let mut row: Vec<f64> = rows.iter().map(|before| before[index]).collect();
            row.extend(shares[index..].iter().map(|other| product(own, other)));
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

/// In lanes, which a processor adds at once; the order of the sums is the same everywhere.
fn product(a: &[f32], b: &[f32]) -> f64 {
    const LANES: usize = 8;
    let mut sums = [0.0_f32; LANES];
    let (a, b) = (a.chunks_exact(LANES), b.chunks_exact(LANES));
    let rest: f32 = a.remainder().iter().zip(b.remainder()).map(|(a, b)| a * b).sum();
    for (a, b) in a.zip(b) {
        (0..LANES).for_each(|lane| sums[lane] += a[lane] * b[lane]);
    }
    f64::from(sums.iter().sum::<f32>() + rest)
}

fn thin<T: Copy>(all: &[T], value: impl Fn(T) -> f32) -> Vec<f32> {
    all.iter().step_by(STEP).map(|one| value(*one)).collect()
}

/// Sums over five neighbours, twice in both directions: about a Gaussian of sigma 2, times [`WEIGHT`]. Nothing lies beyond the edge.
fn softened<T: Copy + Default + Add<Output = T> + Sub<Output = T>>(mut values: Vec<T>, width: usize) -> Vec<T> {
    let mut padded = vec![T::default(); width + 4];
    for _ in 0..2 {
        for row in values.chunks_exact_mut(width) {
            padded[2..width + 2].copy_from_slice(row);
            let [a, b, c, d, e] = [0, 1, 2, 3, 4].map(|from| &padded[from..from + width]);
            for x in 0..width {
                row[x] = a[x] + b[x] + c[x] + d[x] + e[x];
            }
        }
        let rows: Vec<&[T]> = values.chunks_exact(width).collect();
        let mut sum = vec![T::default(); width];
        let mut summed = Vec::with_capacity(values.len());
        for y in 0..rows.len() + 2 {
            if let Some(comes) = rows.get(y) {
                sum.iter_mut().zip(*comes).for_each(|(sum, value)| *sum = *sum + *value);
            }
            if let Some(goes) = y.checked_sub(5).and_then(|y| rows.get(y)) {
                sum.iter_mut().zip(*goes).for_each(|(sum, value)| *sum = *sum - *value);
            }
            if y >= 2 {
                summed.extend_from_slice(&sum);
            }
        }
        values = summed;
    }
    values
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dot_spreads_evenly_and_weighs_what_it_should() {
        let mut one = vec![0_u16; 15 * 13];
        one[6 * 15 + 7] = 1;
        let far = softened(one, 15);
        assert_eq!(f32::from(far.iter().sum::<u16>()), WEIGHT);
        assert_eq!(far[6 * 15 + 7], 25);
        for (x, y) in [(4, 0), (0, 4), (2, 3), (4, 4)] {
            let at = |x: i32, y: i32| far[((6 + y) * 15 + 7 + x) as usize];
            assert_eq!([at(x, y), at(-x, y), at(x, -y)], [(5 - x as u16) * (5 - y as u16); 3]);
        }
    }
}
