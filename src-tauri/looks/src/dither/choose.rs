//! Which colour a tone becomes.
//!
//! Invariant: what is chosen depends on the tone alone, and a choice costs a look into a table. Absent: errors and places.

use std::hint::select_unpredictable;

use super::tone::{FULL, Light, tones};

/// Chooses a colour for a pixel of `C` channels.
pub(super) trait Choose<const C: usize> {
    /// The code of the colour and its tones; any tone may be below 0 or above [`FULL`].
    fn choose(&self, tone: [i32; C]) -> (u32, [i32; C]);

    /// The code of the colour and what it is off by.
    #[inline(always)]
    fn missed(&self, tone: [i32; C]) -> (u32, [i32; C]) {
        let (code, chosen) = self.choose(tone);
        (code, std::array::from_fn(|channel| (tone[channel] - chosen[channel]).clamp(-ERROR_MAX, ERROR_MAX)))
    }
}

/// Errors beyond this would only smear: no colour of the palette can make them good.
const ERROR_MAX: i32 = FULL;

/// Bits a channel of a cell of the palette's table.
const BITS: u32 = 6;
const CELLS: usize = 1 << BITS;
/// Tones in steps of four.
const TONES: usize = 4096;

/// The nearest of a list of colours. Tables have whole powers of two, so that no look into them needs a check.
#[derive(Debug)]
pub(super) struct Nearest {
    /// The nearest colour for each cell of the cube.
    cells: Box<[u8; CELLS * CELLS * CELLS]>,
    /// The cell of each tone, in steps of four; linear light has narrower cells where it is dark.
    cell: Box<[u8; TONES]>,
    tones: Box<[[i32; 3]; 256]>,
    count: usize,
}

impl Nearest {
    pub(super) fn of(colours: &[[u8; 3]], light: Light) -> Self {
        let of_byte = tones(light);
        let mut tones = Box::new([[0; 3]; 256]);
        let count = colours.len().min(256);
        for (tones, colour) in tones.iter_mut().zip(colours) {
            *tones = colour.map(|byte| of_byte[usize::from(byte)]);
        }
        let cell = Box::new(std::array::from_fn(|quarter| cell_of(quarter as i32 * 4, light)));
        let middles: Vec<i32> = (0..CELLS).map(|cell| middle_of(cell, light)).collect();
        let mut cells = Box::new([0; CELLS * CELLS * CELLS]);
        let mut plane = vec![0.0_f32; count];
        for (rg, row) in cells.chunks_exact_mut(CELLS).enumerate() {
            let (r, g) = (middles[rg / CELLS], middles[rg % CELLS]);
            for (sum, colour) in plane.iter_mut().zip(tones.iter()) {
                *sum = square(r - colour[0]) + square(g - colour[1]);
            }
            row.iter_mut().zip(&middles).for_each(|(cell, b)| *cell = nearest(&plane, &tones[..count], *b));
        }
        Self { cells, cell, tones, count }
    }

    pub(super) fn colours(&self) -> &[[i32; 3]] {
        &self.tones[..self.count]
    }

    /// Whether each colour is found by its own tones: some may lie closer together than the cells.
    pub(super) fn reaches_all(&self) -> bool {
        self.colours().iter().all(|tones| self.choose(*tones).1 == *tones)
    }

    #[inline(always)]
    fn cell(&self, tone: i32) -> usize {
        usize::from(self.cell[(tone.clamp(0, FULL) >> 2) as usize & (TONES - 1)]) & (CELLS - 1)
    }
}

fn square(distance: i32) -> f32 {
    distance as f32 * distance as f32
}

fn nearest(plane: &[f32], colours: &[[i32; 3]], b: i32) -> u8 {
    let mut best = (f32::INFINITY, 0);
    for (index, (sum, colour)) in plane.iter().zip(colours).enumerate() {
        let distance = sum + square(b - colour[2]);
        if distance < best.0 {
            best = (distance, index);
        }
    }
    best.1 as u8
}

fn cell_of(tone: i32, light: Light) -> u8 {
    let share = tone as f32 / FULL as f32;
    let even = match light {
        Light::Gamma => share,
        Light::Linear => share.sqrt(),
    };
    ((even * CELLS as f32) as usize).min(CELLS - 1) as u8
}

fn middle_of(cell: usize, light: Light) -> i32 {
    let even = (cell as f32 + 0.5) / CELLS as f32;
    let share = match light {
        Light::Gamma => even,
        Light::Linear => even * even,
    };
    (share * FULL as f32) as i32
}

impl Choose<3> for Nearest {
    #[inline(always)]
    fn choose(&self, tone: [i32; 3]) -> (u32, [i32; 3]) {
        let (r, g, b) = (self.cell(tone[0]), self.cell(tone[1]), self.cell(tone[2]));
        let index = self.cells[(r << (2 * BITS)) | (g << BITS) | b];
        (u32::from(index), self.tones[usize::from(index)])
    }
}

/// The nearest of a few colours, by looking at each.
#[derive(Debug)]
pub(super) struct Few<'a>(pub(super) &'a [[i32; 3]]);

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

/// The nearer of the two ends of a line.
#[derive(Debug)]
pub(super) struct Ends;

impl Choose<1> for Ends {
    #[inline(always)]
    fn choose(&self, [far]: [i32; 1]) -> (u32, [i32; 1]) {
        let past = far >= FULL / 2;
        (u32::from(past), [if past { FULL } else { 0 }])
    }

    // Both errors are there before it is known which one counts: the next pixel waits for this. A jump on what dithering
    // makes of it would be guessed wrong every second time.
    #[inline(always)]
    fn missed(&self, [far]: [i32; 1]) -> (u32, [i32; 1]) {
        let past = far >= FULL / 2;
        let (near, beyond) = (far.max(-ERROR_MAX), (far - FULL).min(ERROR_MAX));
        (u32::from(past), [select_unpredictable(past, beyond, near)])
    }
}

/// The nearest of N even sRGB levels, each channel for itself.
#[derive(Debug)]
pub(super) struct Levels {
    /// The level of each tone, in steps of four.
    level: Vec<u8>,
    /// The tone of each level.
    tones: Vec<i32>,
}

impl Levels {
    pub(super) fn of(count: u16, light: Light) -> Self {
        let bytes: Vec<u8> = level_bytes(count);
        let all = tones(light);
        let tones: Vec<i32> = bytes.iter().map(|byte| all[usize::from(*byte)]).collect();
        let mut level = Vec::new();
        let mut current = 0;
        for quarter in 0..=FULL / 4 {
            while current + 1 < tones.len() && 2 * (quarter * 4 + 2) >= tones[current] + tones[current + 1] {
                current += 1;
            }
            level.push(current as u8);
        }
        Self { level, tones }
    }

    pub(super) fn tones(&self) -> &[i32] {
        &self.tones
    }

    /// The number of the nearest level.
    #[inline(always)]
    pub(super) fn index(&self, tone: i32) -> usize {
        usize::from(self.level[(tone.clamp(0, FULL) >> 2) as usize])
    }
}

/// The sRGB bytes of N even levels.
pub(super) fn level_bytes(count: u16) -> Vec<u8> {
    let last = u32::from(count.clamp(2, 256)) - 1;
    (0..=last).map(|level| ((2 * level * 255 + last) / (2 * last)) as u8).collect()
}

/// One byte a channel: levels as they are numbered.
impl<const C: usize> Choose<C> for Levels {
    #[inline(always)]
    fn choose(&self, tone: [i32; C]) -> (u32, [i32; C]) {
        let mut code = 0;
        let mut chosen = [0; C];
        for channel in 0..C {
            let index = self.index(tone[channel]);
            code |= (index as u32) << (8 * channel);
            chosen[channel] = self.tones[index];
        }
        (code, chosen)
    }
}
