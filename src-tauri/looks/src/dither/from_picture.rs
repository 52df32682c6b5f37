//! A palette from the picture itself: k-means in Oklab, then spread out as far as dithering can use it.
//!
//! Invariant: the same picture gives the same palette; there is no chance in it. Absent: the picture's transparency, but
//! for clear pixels, which do not count.

use super::canvas::Plain;
use super::palette::{Palette, distinct};
use super::tone::{Light, byte, linear};
use super::trial::Trial;
use crate::oklab::{from_oklab, oklab};
use crate::{PictureError, Work};

const SAMPLES: usize = 1 << 16;
/// Bits a channel of the bins that samples fall into.
const BITS: u32 = 5;
/// With fewer of them for each wanted colour they are made finer.
const BINS_A_COLOUR: usize = 8;
const ROUNDS: usize = 16;
/// With more colours than this there is nothing left to spread.
const SPREAD_MAX: usize = 32;
/// By how much the colours move away from their mean before they are fitted.
const SPREADS: [f32; 3] = [1.0, 1.25, 1.6];
/// How often the colours are fitted to what dithering made of them, at most; less often where it brings little.
const FITS: usize = 6;
const SETTLED: f64 = 0.998;

/// Colours of one bin: their mean, and how many there are.
#[derive(Clone, Copy, Debug)]
struct Bin {
    colour: [f32; 3],
    count: f32,
}

/// At most `count` colours that stand for the picture; its own where it has no more.
pub(super) fn palette(plain: &Plain, count: u16, light: Light, work: &Work<'_>) -> Result<Palette, PictureError> {
    let count = usize::from(count.max(1));
    if let Some(colours) = few(plain, count) {
        return Palette::new(colours).map_err(PictureError::broken);
    }
    let bins = enough_bins(plain, count);
    let centres = k_means(&bins, count, work)?;
    let mean = mean(&bins);
    if !(2..=SPREAD_MAX).contains(&centres.len()) {
        return named(&centres);
    }
    let trial = Trial::of(plain, light);
    let mut tried = Vec::new();
    for spread in SPREADS {
        work.go_on()?;
        let moved = |centre: &[f32; 3]| std::array::from_fn(|axis| mean[axis] + spread * (centre[axis] - mean[axis]));
        let colours = trial.colours(&named(&centres.iter().map(moved).collect::<Vec<_>>())?);
        tried.push((trial.seen(&colours)?, colours));
    }
    tried.sort_by(|a, b| a.0.fault.total_cmp(&b.0.fault));
    tried.truncate(1);
    for _ in 0..FITS {
        work.go_on()?;
        let Some((seen, colours)) = tried.last() else { break };
        let (fault, fitted) = (seen.fault, trial.fitted(colours, seen));
        tried.push((trial.seen(&fitted)?, fitted));
        if tried.last().is_some_and(|(seen, _)| seen.fault > fault * SETTLED) {
            break;
        }
    }
    let best = tried.iter().min_by(|a, b| a.0.fault.total_cmp(&b.0.fault));
    best.map_or_else(|| named(&centres), |(_, colours)| trial.palette(colours))
}

/// Each so many-th visible pixel.
fn samples(plain: &Plain, stride: usize) -> impl Iterator<Item = [u8; 3]> {
    let channels = plain.colours.layout.channels();
    let visible = |place: usize| plain.alpha.as_ref().is_none_or(|alpha| alpha[place] > 0);
    (0..plain.colours.pixels.len() / channels).step_by(stride).filter(move |place| visible(*place)).map(move |place| {
        let pixel = &plain.colours.pixels[place * channels..][..channels];
        [pixel[0], pixel[1 % channels], pixel[2 % channels]]
    })
}

/// All colours of the picture, dark to light, if there are no more than `count`.
fn few(plain: &Plain, count: usize) -> Option<Vec<[u8; 3]>> {
    let mut colours = distinct(samples(plain, 1), count)?;
    colours.sort_by(|a, b| oklab(a.map(linear))[0].total_cmp(&oklab(b.map(linear))[0]));
    (!colours.is_empty()).then_some(colours)
}

/// Bins as coarse as can be while there are several for each colour.
fn enough_bins(plain: &Plain, count: usize) -> Vec<Bin> {
    let mut found = bins(plain);
    for bits in BITS + 1..=8 {
        if found.len() >= count * BINS_A_COLOUR {
            break;
        }
        found = finer_bins(plain, bits);
    }
    found
}

/// Not a divisor of usual widths, so that samples do not stand in columns.
fn stride(plain: &Plain) -> usize {
    let count = plain.colours.pixels.len() / plain.colours.layout.channels();
    (count / SAMPLES).max(1) | 1
}

fn bin_of(colour: [u8; 3], bits: u32) -> usize {
    colour.iter().fold(0, |bin, value| (bin << bits) | usize::from(value >> (8 - bits)))
}

fn bins(plain: &Plain) -> Vec<Bin> {
    let mut sums = vec![[0_u32; 4]; 1 << (3 * BITS)];
    for colour in samples(plain, stride(plain)) {
        add(&mut sums[bin_of(colour, BITS)], colour);
    }
    sums.into_iter().filter(|sum| sum[3] > 0).map(Bin::of).collect()
}

/// The same for bins too many for a table.
fn finer_bins(plain: &Plain, bits: u32) -> Vec<Bin> {
    let mut sampled: Vec<_> = samples(plain, stride(plain)).map(|colour| (bin_of(colour, bits), colour)).collect();
    sampled.sort_unstable();
    let of_bin = |same: &[(usize, [u8; 3])]| {
        let mut sum = [0; 4];
        same.iter().for_each(|(_, colour)| add(&mut sum, *colour));
        Bin::of(sum)
    };
    sampled.chunk_by(|a, b| a.0 == b.0).map(of_bin).collect()
}

fn add(sum: &mut [u32; 4], colour: [u8; 3]) {
    (0..3).for_each(|channel| sum[channel] += u32::from(colour[channel]));
    sum[3] += 1;
}

impl Bin {
    /// Of the sums of its colours' channels, and their number.
    fn of([r, g, b, count]: [u32; 4]) -> Self {
        let mean = [r, g, b].map(|sum| linear(((sum + count / 2) / count) as u8));
        Self { colour: oklab(mean), count: count as f32 }
    }
}

fn mean(bins: &[Bin]) -> [f32; 3] {
    let count: f32 = bins.iter().map(|bin| bin.count).sum();
    std::array::from_fn(|axis| bins.iter().map(|bin| bin.colour[axis] * bin.count).sum::<f32>() / count.max(1.0))
}

#[inline(always)]
fn distance(a: [f32; 3], b: [f32; 3]) -> f32 {
    let (x, y, z) = (a[0] - b[0], a[1] - b[1], a[2] - b[2]);
    x * x + y * y + z * z
}

/// Starts from the bins that are worst served, then moves each centre into the middle of what it serves.
fn k_means(bins: &[Bin], count: usize, work: &Work<'_>) -> Result<Vec<[f32; 3]>, PictureError> {
    let mut centres = vec![mean(bins)];
    let mut served: Vec<f32> = bins.iter().map(|bin| distance(bin.colour, centres[0])).collect();
    while centres.len() < count {
        let worst = bins.iter().zip(&served).map(|(bin, served)| bin.count * served).enumerate();
        let Some((index, fault)) = worst.max_by(|a, b| a.1.total_cmp(&b.1)) else { break };
        if fault <= 0.0 {
            break;
        }
        let centre = bins[index].colour;
        centres.push(centre);
        bins.iter().zip(&mut served).for_each(|(bin, served)| *served = served.min(distance(bin.colour, centre)));
    }
    for _ in 0..ROUNDS {
        work.go_on()?;
        let mut sums = vec![[0.0_f32; 4]; centres.len()];
        for bin in bins {
            let sum = &mut sums[closest(bin.colour, &centres)];
            (0..3).for_each(|axis| sum[axis] += bin.colour[axis] * bin.count);
            sum[3] += bin.count;
        }
        if let Some(empty) = sums.iter().position(|sum| sum[3] == 0.0) {
            // It serves nobody: it goes where the need is greatest.
            let need = |bin: &&Bin| bin.count * distance(bin.colour, centres[closest(bin.colour, &centres)]);
            if let Some(worst) = bins.iter().max_by(|a, b| need(a).total_cmp(&need(b))) {
                centres[empty] = worst.colour;
                continue;
            }
        }
        let mut moved = 0.0_f32;
        for (centre, sum) in centres.iter_mut().zip(&sums).filter(|(_, sum)| sum[3] > 0.0) {
            let new = [sum[0] / sum[3], sum[1] / sum[3], sum[2] / sum[3]];
            moved = moved.max(distance(*centre, new));
            *centre = new;
        }
        if moved < 1e-6 {
            break;
        }
    }
    Ok(centres)
}

fn closest(colour: [f32; 3], centres: &[[f32; 3]]) -> usize {
    let mut best = (f32::INFINITY, 0);
    for (index, centre) in centres.iter().enumerate() {
        let distance = distance(colour, *centre);
        if distance < best.0 {
            best = (distance, index);
        }
    }
    best.1
}

/// Centres as bytes, dark to light.
fn named(centres: &[[f32; 3]]) -> Result<Palette, PictureError> {
    let mut centres = centres.to_vec();
    centres.sort_by(|a, b| a[0].total_cmp(&b[0]));
    Palette::new(centres.into_iter().map(|centre| from_oklab(centre).map(byte))).map_err(PictureError::broken)
}
