//! Ordered dithering: each place of the picture has its own threshold, and pixels know nothing of each other.
//!
//! Invariant: a tone between two colours becomes each of them in the right share. Absent: the thresholds (`screen`).

use super::canvas::Canvas;
use super::choose::{Levels, Nearest};
use super::diffuse::Sink;
use super::screen::{Screen, WHOLE};
use super::tone::FULL;
use crate::{PictureError, Work};

/// Pairs are sought among this many nearest colours.
const NEIGHBOURS: usize = 12;
/// Bits a channel of the cells that share a pair.
const BITS: usize = 5;

fn each_row<const C: usize>(
    canvas: &Canvas<'_>,
    work: &Work<'_>,
    sink: Sink<'_>,
    mut code: impl FnMut(usize, usize, [i32; C]) -> u32,
) -> Result<(), PictureError> {
    let mut tones = vec![[0; C]; canvas.width];
    let mut codes = vec![0; canvas.width];
    for y in 0..canvas.height {
        work.go_on()?;
        canvas.tones_of(y, &mut tones);
        for (x, (tone, chosen)) in tones.iter().zip(&mut codes).enumerate() {
            *chosen = code(x, y, *tone);
        }
        sink(&codes)?;
        (work.progress)((y + 1) as f32 / canvas.height as f32);
    }
    Ok(())
}

/// Each channel becomes one of the two levels around it.
pub(super) fn levels<const C: usize>(
    canvas: &Canvas<'_>,
    screen: &Screen,
    levels: &Levels,
    work: &Work<'_>,
    sink: Sink<'_>,
) -> Result<(), PictureError> {
    let below: Vec<u8> = (0..=FULL / 4)
        .map(|quarter| {
            let reached = levels.tones().iter().filter(|tone| **tone <= quarter * 4 + 3).count();
            (reached.min(levels.tones().len() - 1)).saturating_sub(1) as u8
        })
        .collect();
    each_row(canvas, work, sink, |x, y, tone: [i32; C]| {
        let threshold = screen.at(x, y);
        let mut code = 0;
        for (channel, tone) in tone.into_iter().enumerate() {
            let level = usize::from(below[(tone >> 2) as usize]);
            let (low, high) = (levels.tones()[level], levels.tones()[level + 1]);
            let up = (tone - low) * WHOLE > threshold * (high - low);
            code |= ((level + usize::from(up)) as u32) << (8 * channel);
        }
        code
    })
}

/// Each pixel becomes one of the two colours between which it lies best.
pub(super) fn palette(
    canvas: &Canvas<'_>,
    screen: &Screen,
    nearest: &Nearest,
    work: &Work<'_>,
    sink: Sink<'_>,
) -> Result<(), PictureError> {
    let mut pairs = Pairs { colours: nearest.colours(), cells: vec![None; 1 << (3 * BITS)] };
    each_row(canvas, work, sink, |x, y, tone: [i32; 3]| {
        let (one, two) = pairs.of(tone);
        let share = share(tone, pairs.colours[one], pairs.colours[two]);
        let chosen = if share * WHOLE as f32 > screen.at(x, y) as f32 { two } else { one };
        chosen as u32
    })
}

/// Where between two colours a tone lies: 0 at the first, 1 at the second.
fn share(tone: [i32; 3], one: [i32; 3], two: [i32; 3]) -> f32 {
    let (mut along, mut length) = (0.0, 0.0);
    for channel in 0..3 {
        let way = (two[channel] - one[channel]) as f32;
        along += (tone[channel] - one[channel]) as f32 * way;
        length += way * way;
    }
    if length > 0.0 { (along / length).clamp(0.0, 1.0) } else { 0.0 }
}

/// The best pair for each part of the colour cube, found when first asked for.
struct Pairs<'a> {
    colours: &'a [[i32; 3]],
    cells: Vec<Option<(u8, u8)>>,
}

impl Pairs<'_> {
    fn of(&mut self, tone: [i32; 3]) -> (usize, usize) {
        let cell = tone.iter().fold(0, |cell, tone| (cell << BITS) | (((tone << BITS) - tone) / FULL) as usize);
        let pair = match self.cells[cell] {
            Some(pair) => pair,
            None => {
                let step = FULL / ((1 << BITS) - 1);
                let middle = |shift: usize| ((cell >> shift) & ((1 << BITS) - 1)) as i32 * step + step / 2;
                let pair = best_pair([middle(2 * BITS), middle(BITS), middle(0)], self.colours);
                self.cells[cell] = Some(pair);
                pair
            }
        };
        (usize::from(pair.0), usize::from(pair.1))
    }
}

/// The pair whose mix comes closest, where colours far apart count as a fault. The darker one comes first.
fn best_pair(tone: [i32; 3], colours: &[[i32; 3]]) -> (u8, u8) {
    let distance = |a: [i32; 3], b: [i32; 3]| -> f32 {
        (0..3).map(|channel| (a[channel] - b[channel]) as f32).map(|off| off * off).sum()
    };
    let mut near: Vec<usize> = (0..colours.len()).collect();
    near.sort_by(|a, b| distance(tone, colours[*a]).total_cmp(&distance(tone, colours[*b])));
    near.truncate(NEIGHBOURS);
    let mut best = (f32::INFINITY, (near[0], near[0]));
    for (index, &one) in near.iter().enumerate() {
        for &two in &near[index + 1..] {
            let share = share(tone, colours[one], colours[two]);
            let mix: [i32; 3] = std::array::from_fn(|channel| {
                colours[one][channel] + (share * (colours[two][channel] - colours[one][channel]) as f32) as i32
            });
            let fault = distance(tone, mix) + 0.05 * distance(colours[one], colours[two]);
            if fault < best.0 {
                best = (fault, (one, two));
            }
        }
    }
    let light = |index: usize| colours[index].iter().sum::<i32>();
    let (one, two) = best.1;
    if light(one) <= light(two) { (one as u8, two as u8) } else { (two as u8, one as u8) }
}
