//! How well a mosaic stands for its target, by the figures its goals are given in.
//!
//! Both are seen at 8 pixels a cell and blurred with a Gaussian of half a cell, which is what is left from afar. SSIM
//! (Wang et al. 2004: Gaussian window of sigma 1.5, 8-bit constants) is taken of the luma, PSNR of all channels; the colour error
//! is the mean over the cells of CIE76 between the mean colours. Absent: any influence on how tiles are chosen.

use super::face::{FACE_SIDE, Face};
use super::grid::Grid;

const BLUR: f64 = FACE_SIDE as f64 / 2.0;
const WINDOW: f64 = 1.5;

/// What a mosaic is worth.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Score {
    /// Structural similarity of the blurred lumas; 1 is the same.
    pub ssim: f64,
    /// Peak signal-to-noise ratio of the blurred pictures, in decibels.
    pub psnr: f64,
    /// Mean over the cells of the CIE76 difference between mean colours.
    pub delta_e: f64,
}

/// Compares what the cells should show with what their tiles show.
pub fn score(grid: Grid, target: &[Face], mosaic: &[Face]) -> Score {
    let (width, height) = (grid.columns as usize * FACE_SIDE, grid.rows as usize * FACE_SIDE);
    let planes = |faces: &[Face]| -> [Vec<f64>; 3] {
        [0, 1, 2].map(|channel| {
            let mut plane = vec![0.0; width * height];
            for (at, value) in plane.iter_mut().enumerate() {
                let (x, y) = (at % width, at / width);
                let face = &faces[y / FACE_SIDE * grid.columns as usize + x / FACE_SIDE];
                *value = f64::from(face.0[(y % FACE_SIDE * FACE_SIDE + x % FACE_SIDE) * 3 + channel]);
            }
            blurred(&plane, width, BLUR)
        })
    };
    let (wanted, got) = (planes(target), planes(mosaic));
    let error: f64 = wanted.iter().flatten().zip(got.iter().flatten()).map(|(a, b)| (a - b).powi(2)).sum();
    let mean = error / (3 * width * height) as f64;
    let luma = |planes: &[Vec<f64>; 3]| -> Vec<f64> {
        (0..width * height).map(|at| 0.299 * planes[0][at] + 0.587 * planes[1][at] + 0.114 * planes[2][at]).collect()
    };
    let cells = target.iter().zip(mosaic);
    let delta_e = cells.map(|(a, b)| delta_e(a, b)).sum::<f64>() / target.len() as f64;
    Score { ssim: ssim(&luma(&wanted), &luma(&got), width), psnr: 10.0 * (255.0 * 255.0 / mean).log10(), delta_e }
}

fn delta_e(a: &Face, b: &Face) -> f64 {
    let (a, b) = (lab(a.mean()), lab(b.mean()));
    a.iter().zip(b).map(|(a, b)| (a - b).powi(2)).sum::<f64>().sqrt()
}

/// CIE L*a*b* (D65) of an sRGB colour of 0 to 255.
fn lab(colour: [f32; 3]) -> [f64; 3] {
    let [r, g, b] = colour.map(|value| {
        let value = f64::from(value) / 255.0;
        if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    });
    let bent = |value: f64| if value > 0.008_856 { value.cbrt() } else { 7.787 * value + 16.0 / 116.0 };
    let x = bent((0.412_453 * r + 0.357_58 * g + 0.180_423 * b) / 0.950_47);
    let y = bent(0.212_671 * r + 0.715_16 * g + 0.072_169 * b);
    let z = bent((0.019_334 * r + 0.119_193 * g + 0.950_227 * b) / 1.088_83);
    [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
}

fn ssim(a: &[f64], b: &[f64], width: usize) -> f64 {
    let (c1, c2) = ((0.01_f64 * 255.0).powi(2), (0.03_f64 * 255.0).powi(2));
    let smooth = |value: &dyn Fn(usize) -> f64| {
        let plane: Vec<f64> = (0..a.len()).map(value).collect();
        blurred(&plane, width, WINDOW)
    };
    let (mean_a, mean_b) = (smooth(&|at| a[at]), smooth(&|at| b[at]));
    let (aa, bb, ab) = (smooth(&|at| a[at] * a[at]), smooth(&|at| b[at] * b[at]), smooth(&|at| a[at] * b[at]));
    let one = |at: usize| {
        let (ma, mb) = (mean_a[at], mean_b[at]);
        let (va, vb, cov) = (aa[at] - ma * ma, bb[at] - mb * mb, ab[at] - ma * mb);
        (2.0 * ma * mb + c1) * (2.0 * cov + c2) / ((ma * ma + mb * mb + c1) * (va + vb + c2))
    };
    (0..a.len()).map(one).sum::<f64>() / a.len() as f64
}

/// Gaussian blur; beyond the edges the picture is mirrored.
fn blurred(plane: &[f64], width: usize, sigma: f64) -> Vec<f64> {
    let reach = (3.5 * sigma).ceil() as i64;
    let weights: Vec<f64> = (-reach..=reach).map(|d| (-(d * d) as f64 / (2.0 * sigma * sigma)).exp()).collect();
    let sum: f64 = weights.iter().sum();
    let height = plane.len() / width;
    let along = |plane: &[f64], length: usize, at: &dyn Fn(usize, usize) -> usize, lines: usize| {
        let mut out = vec![0.0; plane.len()];
        for line in 0..lines {
            for place in 0..length {
                let taps = weights.iter().zip(-reach..);
                let total: f64 =
                    taps.map(|(weight, d)| weight * plane[at(line, mirrored(place as i64 + d, length))]).sum();
                out[at(line, place)] = total / sum;
            }
        }
        out
    };
    let rows = along(plane, width, &|line, place| line * width + place, height);
    along(&rows, height, &|line, place| place * width + line, width)
}

fn mirrored(at: i64, length: usize) -> usize {
    let period = 2 * length as i64;
    let at = at.rem_euclid(period);
    if at < length as i64 { at as usize } else { (period - 1 - at) as usize }
}
