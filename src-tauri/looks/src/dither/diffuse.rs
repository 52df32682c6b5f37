//! Error diffusion: what a pixel's colour is off by goes to the pixels that come after it.
//!
//! Invariant: pixels are decided in one fixed order, so there is one result; rows wander left and right in turn. What
//! earlier rows give is added up for a whole row at once, and only what the same row gives waits for the pixel before.
//! Absent: which colours there are.

use super::canvas::Canvas;
use super::choose::Choose;
use super::kernel::{ONE, OSTROMOUKHOV, REACH, ROWS, SHIFT, Shares};
use super::tone::FULL;
use crate::{PictureError, Work};

/// Values whose errors are added up together: few enough to stay close to the processor.
const BLOCK: usize = 512;

/// Takes each finished row of codes.
pub(super) type Sink<'s> = &'s mut dyn FnMut(&[u32]) -> Result<(), PictureError>;

/// Errors of a row with room at both sides, which stays zero.
struct Row<const C: usize>(Vec<[f32; C]>);

impl<const C: usize> Row<C> {
    fn new(width: usize) -> Self {
        Self(vec![[0.0; C]; width + 2 * REACH])
    }

    /// The errors seen `aside` pixels to the right of each pixel.
    fn aside(&self, aside: isize, width: usize) -> &[[f32; C]] {
        &self.0[(REACH as isize + aside) as usize..][..width]
    }
}

/// Diffuses by a kernel.
pub(super) fn by_kernel<const C: usize>(
    canvas: &Canvas<'_>,
    shares: &Shares,
    choose: &impl Choose<C>,
    work: &Work<'_>,
    sink: Sink<'_>,
) -> Result<(), PictureError> {
    let width = canvas.width;
    let mut rows: [Row<C>; ROWS + 1] = std::array::from_fn(|_| Row::new(width));
    let mut wanted = vec![[0; C]; width];
    let mut sums = [0.0; BLOCK];
    let mut codes = vec![0; width];
    for y in 0..canvas.height {
        work.go_on()?;
        let ahead: isize = if y % 2 == 0 { 1 } else { -1 };
        canvas.tones_of(y, &mut wanted);
        for (block, wanted) in wanted.as_flattened_mut().chunks_mut(BLOCK).enumerate() {
            let sums = &mut sums[..wanted.len()];
            sums.fill(0.0);
            for &(up, aside, share) in &shares.above {
                let above = rows[(y + ROWS + 1 - up) % (ROWS + 1)].aside(aside * ahead, width).as_flattened();
                add(sums, &above[block * BLOCK..], share as f32 / ONE as f32);
            }
            settle(wanted, sums);
        }
        let own = &mut rows[y % (ROWS + 1)].0[REACH..][..width];
        let alpha = canvas.alpha_of(y);
        walk(&wanted, own, &mut codes, (ahead, shares.behind), choose, alpha);
        sink(&codes)?;
        (work.progress)((y + 1) as f32 / canvas.height as f32);
    }
    Ok(())
}

fn add(sums: &mut [f32], errors: &[f32], share: f32) {
    for (sum, error) in sums.iter_mut().zip(errors) {
        *sum += share * error;
    }
}

/// Adds sums to tones, rounded to the nearest, in shares and with the half that rounds what is added later. Beside a number
/// this large the last bit of a float is worth one, which rounds many at a time; a cast, which looks for what does not
/// fit, takes them one by one. Sums stay far below it; a tone this far from all colours leaves the largest error in any case.
fn settle(tones: &mut [i32], sums: &[f32]) {
    const LARGE: f32 = 1.5 * (1 << 23) as f32;
    for (tone, sum) in tones.iter_mut().zip(sums) {
        let full = *tone + (sum + LARGE).to_bits() as i32 - LARGE.to_bits() as i32;
        *tone = full.clamp(-4 * FULL, 4 * FULL) * ONE + ONE / 2;
    }
}

/// Decides the pixels of a row one after another; clear pixels take and give no error.
fn walk<const C: usize>(
    wanted: &[[i32; C]],
    errors: &mut [[f32; C]],
    codes: &mut [u32],
    (ahead, shares): (isize, [i32; 2]),
    choose: &impl Choose<C>,
    alpha: Option<&[u8]>,
) {
    let mut memory = Memory { last: [0; C], before: [0; C], shares };
    match (alpha, ahead > 0) {
        (None, true) => {
            for ((tone, error), code) in wanted.iter().zip(errors).zip(codes) {
                *code = memory.decide(tone, error, choose);
            }
        }
        (None, false) => {
            for ((tone, error), code) in wanted.iter().zip(errors).zip(codes).rev() {
                *code = memory.decide(tone, error, choose);
            }
        }
        (Some(alpha), forth) => {
            for step in 0..wanted.len() {
                let x = if forth { step } else { wanted.len() - 1 - step };
                codes[x] = memory.decide(&wanted[x], &mut errors[x], choose);
                if alpha[x] == 0 {
                    (memory.last, errors[x]) = ([0; C], [0.0; C]);
                }
            }
        }
    }
}

/// What a row remembers from pixel to pixel. Plain loops: this is where the time goes.
struct Memory<const C: usize> {
    last: [i32; C],
    before: [i32; C],
    shares: [i32; 2],
}

impl<const C: usize> Memory<C> {
    #[inline(always)]
    fn decide(&mut self, wanted: &[i32; C], error: &mut [f32; C], choose: &impl Choose<C>) -> u32 {
        let tone = std::array::from_fn(|channel| {
            let early = wanted[channel] + self.before[channel] * self.shares[1];
            (early + self.last[channel] * self.shares[0]) >> SHIFT
        });
        let (code, off) = choose.missed(tone);
        (self.before, self.last) = (self.last, off);
        *error = off.map(|off| off as f32);
        code
    }
}

/// Diffuses with Ostromoukhov's weights, which depend on the wanted tone of each channel.
pub(super) fn by_tone<const C: usize>(
    canvas: &Canvas<'_>,
    strength: u8,
    choose: &impl Choose<C>,
    work: &Work<'_>,
    sink: Sink<'_>,
) -> Result<(), PictureError> {
    let width = canvas.width;
    let shares = tone_shares(strength);
    let mut wanted = vec![[0; C]; width];
    let (mut coming, mut next) = (vec![[0.0_f32; C]; width + 2], vec![[0.0_f32; C]; width + 2]);
    let mut codes = vec![0; width];
    for y in 0..canvas.height {
        work.go_on()?;
        canvas.tones_of(y, &mut wanted);
        let alpha = canvas.alpha_of(y);
        next.iter_mut().for_each(|error| *error = [0.0; C]);
        for step in 0..width {
            let (x, behind, ahead) = if y % 2 == 0 {
                (step, step, step + 2)
            } else {
                (width - 1 - step, width + 1 - step, width - 1 - step)
            };
            let mut tone = wanted[x];
            for channel in 0..C {
                tone[channel] += coming[x + 1][channel].round() as i32;
            }
            let (code, off) = choose.missed(tone);
            codes[x] = code;
            if alpha.is_some_and(|alpha| alpha[x] == 0) {
                continue;
            }
            for channel in 0..C {
                let error = off[channel] as f32;
                let level = (wanted[x][channel].clamp(0, FULL) * 255 / FULL) as usize;
                let [forth, down_behind, down] = shares[if level < 128 { level } else { 255 - level }];
                coming[ahead][channel] += error * forth;
                next[behind][channel] += error * down_behind;
                next[x + 1][channel] += error * down;
            }
        }
        std::mem::swap(&mut coming, &mut next);
        sink(&codes)?;
        (work.progress)((y + 1) as f32 / canvas.height as f32);
    }
    Ok(())
}

fn tone_shares(strength: u8) -> Vec<[f32; 3]> {
    let strength = f32::from(strength) / 100.0;
    let share = |weights: &[i32; 3]| {
        let sum = weights.iter().sum::<i32>() as f32;
        weights.map(|weight| weight as f32 / sum * strength)
    };
    OSTROMOUKHOV.iter().map(share).collect()
}
