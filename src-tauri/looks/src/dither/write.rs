//! Dithered pixels to a PNG or a GIF with as few bits a pixel as the colours that came out need.
//!
//! Invariant: the file shows exactly the chosen colours. A picture with more colours, and transparencies of them, than a
//! palette holds is written as RGB(A). Absent: what was chosen.

use std::collections::{HashMap, HashSet};
use std::io::Write;

use png::{BitDepth, ColorType, DeflateCompression, Filter};

use super::Format;
use super::canvas::Plain;
use super::choose::level_bytes;
use super::palette::{COLOURS_MAX, distinct};
use crate::PictureError;

/// What codes mean.
#[derive(Clone, Debug)]
pub(super) enum Key {
    /// A code is the number of a colour.
    List(Vec<[u8; 3]>),
    /// A code holds the number of a level in each byte, one for each of so many channels.
    Levels { count: u16, channels: usize },
}

/// How pixels are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Store {
    /// The number of a colour in so many bits; the last number may stand for clear.
    Index {
        bits: u8,
        clear: Option<u8>,
    },
    Rgb,
    Rgba,
}

/// Collects rows of codes, enlarged to the picture's size, and writes the file.
#[derive(Debug)]
pub(super) struct Writer {
    width: usize,
    height: usize,
    side: usize,
    store: Store,
    format: Format,
    /// The colours of an indexed picture.
    palette: Vec<[u8; 3]>,
    /// The alpha of its first colours, where they are not opaque.
    opacity: Vec<u8>,
    key: Key,
    /// The byte of each level.
    levels: Vec<u8>,
    packed: Vec<u8>,
    /// A row of numbers, kept for the next row.
    indices: Vec<u8>,
    rows: usize,
}

impl Writer {
    /// For a picture of `width` x `height` whose dithered pixels are squares of `side`.
    pub(super) fn new(
        (width, height): (u32, u32),
        side: u8,
        key: Key,
        plain: &Plain,
        format: Format,
    ) -> Result<Self, PictureError> {
        let levels = match &key {
            Key::List(_) => Vec::new(),
            Key::Levels { count, .. } => level_bytes(*count),
        };
        let palette = match &key {
            Key::List(colours) => colours.clone(),
            Key::Levels { channels, .. } => every_level(&levels, *channels),
        };
        let half_clear = |alpha: &Vec<u8>| alpha.iter().any(|alpha| !matches!(alpha, 0 | 255));
        let clear = plain.alpha.is_some();
        let fits = !palette.is_empty() && palette.len() + usize::from(clear) <= COLOURS_MAX;
        let store = match &plain.alpha {
            _ if format == Format::Gif && !fits => return Err(PictureError::Recipe { why: TOO_MANY.into() }),
            Some(alpha) if format == Format::Png && (!fits || half_clear(alpha)) => Store::Rgba,
            None if !fits => Store::Rgb,
            Some(_) => Store::Index { bits: bits_of(palette.len() + 1), clear: Some(palette.len() as u8) },
            None => Store::Index { bits: bits_of(palette.len()), clear: None },
        };
        let (width, height) = (width as usize, height as usize);
        let row = match store {
            Store::Index { bits, .. } if format == Format::Png => (width * usize::from(bits)).div_ceil(8),
            Store::Index { .. } => width,
            Store::Rgb => 3 * width,
            Store::Rgba => 4 * width,
        };
        Ok(Self {
            width,
            height,
            side: usize::from(side),
            store,
            format,
            palette,
            opacity: Vec::new(),
            key,
            levels,
            packed: Vec::with_capacity(row * height),
            indices: Vec::new(),
            rows: 0,
        })
    }

    /// Takes the next row of codes, and of alpha where some of the picture is transparent.
    pub(super) fn row(&mut self, codes: &[u32], alpha: Option<&[u8]>) {
        let start = self.packed.len();
        let wide: Vec<u32>;
        let wide_alpha: Option<Vec<u8>>;
        let (codes, alpha) = if self.side == 1 {
            (codes, alpha)
        } else {
            wide = (0..self.width).map(|x| codes[x / self.side]).collect();
            wide_alpha = alpha.map(|alpha| (0..self.width).map(|x| alpha[x / self.side]).collect());
            (wide.as_slice(), wide_alpha.as_deref())
        };
        match (self.store, alpha) {
            (Store::Index { bits, clear: Some(clear) }, Some(alpha)) => {
                let index = |(code, alpha): (&u32, &u8)| if *alpha < 128 { clear } else { index_of(&self.key, *code) };
                let indices: Vec<u8> = codes.iter().zip(alpha).map(index).collect();
                pack(&indices, self.depth(bits), &mut self.packed);
            }
            (Store::Index { bits, .. }, _) => {
                let depth = self.depth(bits);
                self.indices.clear();
                self.indices.extend(codes.iter().map(|code| index_of(&self.key, *code)));
                pack(&self.indices, depth, &mut self.packed);
            }
            (Store::Rgba, Some(alpha)) => {
                for (code, alpha) in codes.iter().zip(alpha) {
                    let [r, g, b] = colour_of(&self.key, &self.levels, *code);
                    self.packed.extend_from_slice(&[r, g, b, *alpha]);
                }
            }
            (Store::Rgb | Store::Rgba, _) => {
                for code in codes {
                    self.packed.extend_from_slice(&colour_of(&self.key, &self.levels, *code));
                }
            }
        }
        let end = self.packed.len();
        let copies = self.side.min(self.height - self.rows * self.side);
        (1..copies).for_each(|_| self.packed.extend_from_within(start..end));
        self.rows += 1;
    }

    /// A GIF has a byte for each pixel before it is compressed.
    fn depth(&self, bits: u8) -> u8 {
        if self.format == Format::Png { bits } else { 8 }
    }

    /// The file.
    pub(super) fn finish(mut self) -> Result<Vec<u8>, PictureError> {
        match self.store {
            Store::Index { bits, clear } => self.narrow(bits, clear),
            Store::Rgb => self.index(),
            Store::Rgba => self.index_translucent(),
        }
        match self.format {
            Format::Png => self.png().map_err(PictureError::broken),
            Format::Gif => self.gif(),
        }
    }

    /// Leaves out colours that nothing has where the others need fewer bits.
    fn narrow(&mut self, bits: u8, clear: Option<u8>) {
        let depth = self.depth(bits);
        let fewer = match bits {
            1 => return,
            2 => 2,
            4 => 4,
            _ => 16,
        };
        let row = (self.width * usize::from(depth)).div_ceil(8);
        let mut new = [None; COLOURS_MAX];
        let mut used = Vec::new();
        for index in self.packed.chunks_exact(row).flat_map(|row| unpacked(row, depth).take(self.width)) {
            if new[usize::from(index)].is_none() {
                if used.len() == fewer {
                    return;
                }
                new[usize::from(index)] = Some(0);
                used.push(index);
            }
        }
        used.sort_unstable();
        used.iter().zip(0..).for_each(|(old, at)| new[usize::from(*old)] = Some(at));
        let store = bits_of(used.len());
        let to = self.depth(store);
        let mut packed = Vec::with_capacity((self.width * usize::from(to)).div_ceil(8) * self.height);
        for row in self.packed.chunks_exact(row) {
            self.indices.clear();
            let indices = unpacked(row, depth).take(self.width);
            self.indices.extend(indices.map(|index| new[usize::from(index)].unwrap_or_default()));
            pack(&self.indices, to, &mut packed);
        }
        self.packed = packed;
        self.palette = used.iter().filter_map(|old| self.palette.get(usize::from(*old)).copied()).collect();
        self.store = Store::Index { bits: store, clear: clear.and_then(|clear| new[usize::from(clear)]) };
    }

    /// Gives the colours numbers after all, where no more came out than a palette holds.
    fn index(&mut self) {
        let opaque = |&[r, g, b]: &[u8; 3]| [r, g, b, 255];
        let found = distinct(self.packed.as_chunks().0.iter().copied(), COLOURS_MAX);
        self.number(found.map(|colours| colours.iter().map(opaque).collect()), opaque);
    }

    /// The same with transparency; what is clear has no colour.
    fn index_translucent(&mut self) {
        let seen = |&pixel: &[u8; 4]| if pixel[3] == 0 { [0; 4] } else { pixel };
        let mut found = HashSet::new();
        for pixel in self.packed.as_chunks::<4>().0 {
            if found.insert(seen(pixel)) && found.len() > COLOURS_MAX {
                return;
            }
        }
        self.number(Some(found.into_iter().collect()), seen);
    }

    /// Writes numbers for pixels of so many bytes, whose colours are these, if they are not too many.
    fn number<const C: usize>(&mut self, colours: Option<Vec<[u8; 4]>>, colour: impl Fn(&[u8; C]) -> [u8; 4]) {
        let Some(mut colours) = colours else { return };
        // A PNG tells the transparency of the first colours only.
        colours.sort_unstable_by_key(|colour| (colour[3] == 255, *colour));
        let numbers: HashMap<[u8; 4], u8> = colours.iter().copied().zip(0..=255).collect();
        let bits = bits_of(colours.len());
        let mut packed = Vec::with_capacity((self.width * usize::from(bits)).div_ceil(8) * self.height);
        for row in self.packed.chunks_exact(C * self.width) {
            self.indices.clear();
            self.indices.extend(row.as_chunks().0.iter().map(|pixel| numbers[&colour(pixel)]));
            pack(&self.indices, bits, &mut packed);
        }
        self.opacity = colours.iter().map(|colour| colour[3]).take_while(|alpha| *alpha < 255).collect();
        self.palette = colours.iter().map(|&[r, g, b, _]| [r, g, b]).collect();
        (self.packed, self.store) = (packed, Store::Index { bits, clear: None });
    }

    fn png(self) -> Result<Vec<u8>, png::EncodingError> {
        let mut out = Vec::with_capacity(self.packed.len() / 2 + 1024);
        let mut encoder = png::Encoder::new(&mut out, self.width as u32, self.height as u32);
        match self.store {
            Store::Index { bits, clear } => {
                encoder.set_color(ColorType::Indexed);
                encoder.set_depth(match bits {
                    1 => BitDepth::One,
                    2 => BitDepth::Two,
                    4 => BitDepth::Four,
                    _ => BitDepth::Eight,
                });
                let black = clear.map(|_| [0; 3]);
                encoder.set_palette(self.palette.iter().copied().chain(black).flatten().collect::<Vec<u8>>());
                let mut opacity = self.opacity;
                if let Some(clear) = clear {
                    opacity.resize(usize::from(clear), 255);
                    opacity.push(0);
                }
                if !opacity.is_empty() {
                    encoder.set_trns(opacity);
                }
            }
            Store::Rgb => encoder.set_color(ColorType::Rgb),
            Store::Rgba => encoder.set_color(ColorType::Rgba),
        }
        // Dots do not resemble their neighbours: filters would only make them longer.
        encoder.set_filter(Filter::NoFilter);
        encoder.set_deflate_compression(DeflateCompression::Level(1));
        encoder.set_source_srgb(png::SrgbRenderingIntent::Perceptual);
        let mut writer = encoder.write_header()?;
        let mut stream = writer.stream_writer()?;
        stream.write_all(&self.packed)?;
        stream.finish()?;
        writer.finish()?;
        Ok(out)
    }

    fn gif(self) -> Result<Vec<u8>, PictureError> {
        let clear = match self.store {
            Store::Index { clear, .. } => clear,
            Store::Rgb | Store::Rgba => return Err(PictureError::Recipe { why: TOO_MANY.into() }),
        };
        let side = |side: usize| {
            u16::try_from(side).map_err(|_| PictureError::Unsupported { what: "more pixels a side than a GIF holds" })
        };
        let (width, height) = (side(self.width)?, side(self.height)?);
        let palette: Vec<u8> = self.palette.iter().copied().chain(clear.map(|_| [0; 3])).flatten().collect();
        let frame =
            gif::Frame { width, height, buffer: self.packed.into(), transparent: clear, ..gif::Frame::default() };
        let mut out = Vec::new();
        let mut encoder = gif::Encoder::new(&mut out, width, height, &palette).map_err(PictureError::broken)?;
        encoder.write_frame(&frame).map_err(PictureError::broken)?;
        drop(encoder);
        Ok(out)
    }
}

const TOO_MANY: &str = "A GIF holds 256 colours, and transparency takes one of them: ask for fewer, or for a PNG.";

/// All colours of so many levels a channel; empty when they are too many.
fn every_level(levels: &[u8], channels: usize) -> Vec<[u8; 3]> {
    let all = levels.iter().copied();
    match channels {
        1 => all.map(|grey| [grey; 3]).collect(),
        _ if levels.len().pow(3) > COLOURS_MAX => Vec::new(),
        _ => all
            .clone()
            .flat_map(|r| all.clone().map(move |g| (r, g)))
            .flat_map(|(r, g)| all.clone().map(move |b| [r, g, b]))
            .collect(),
    }
}

#[inline]
fn index_of(key: &Key, code: u32) -> u8 {
    match key {
        Key::List(_) => code as u8,
        Key::Levels { channels: 1, .. } => code as u8,
        Key::Levels { count, .. } => {
            let count = u32::from(*count);
            (((code & 255) * count + ((code >> 8) & 255)) * count + (code >> 16)) as u8
        }
    }
}

#[inline]
fn colour_of(key: &Key, levels: &[u8], code: u32) -> [u8; 3] {
    let level = |shift: u32| levels[((code >> shift) & 255) as usize];
    match key {
        Key::List(colours) => colours[code as usize],
        Key::Levels { channels: 1, .. } => [level(0); 3],
        Key::Levels { .. } => [level(0), level(8), level(16)],
    }
}

/// The smallest depth a palette of so many entries fits into.
fn bits_of(entries: usize) -> u8 {
    match entries {
        0..=2 => 1,
        3..=4 => 2,
        5..=16 => 4,
        _ => 8,
    }
}

/// Packs indices into bytes, the first one in the highest bits, as PNG has them.
fn pack(indices: &[u8], bits: u8, out: &mut Vec<u8>) {
    match bits {
        1 => pack_each::<8>(indices, out),
        2 => pack_each::<4>(indices, out),
        4 => pack_each::<2>(indices, out),
        _ => out.extend_from_slice(indices),
    }
}

/// What [`pack`] packed, and what it filled the last byte with.
fn unpacked(row: &[u8], bits: u8) -> impl Iterator<Item = u8> {
    let mask = 255 >> (8 - bits);
    row.iter().flat_map(move |byte| (0..8 / bits).rev().map(move |at| (byte >> (at * bits)) & mask))
}

fn pack_each<const EACH: usize>(indices: &[u8], out: &mut Vec<u8>) {
    let bits = 8 / EACH;
    let (whole, rest) = indices.as_chunks::<EACH>();
    out.extend(whole.iter().map(|group| group.iter().fold(0, |byte, index| (byte << bits) | index)));
    if !rest.is_empty() {
        let byte = rest.iter().fold(0, |byte, index| (byte << bits) | index);
        out.push(byte << (bits * (EACH - rest.len())));
    }
}
