//! Sizes as they are typed, and what they come to for a picture.
//!
//! Invariant: a picture is never enlarged, and no side becomes 0. The name of a size is a size again. Absent: pixels.

use std::fmt;
use std::str::FromStr;

/// The longest side that can be asked for.
pub const SIDE_MAX: u32 = 16_384;

/// Whether the picture goes into the box whole, or fills it and loses what sticks out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Whole: one side may be shorter than the box.
    Fit,
    /// The middle of the picture, in exactly the shape of the box.
    Fill,
}

/// A wanted size: `512`, `300x200`, `300x200:fill`, `300xauto` or `autox200`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// Width of the box; `None` follows the picture's shape.
    pub width: Option<u32>,
    /// Height of the box; `None` follows the picture's shape.
    pub height: Option<u32>,
    /// How the picture meets the box.
    pub mode: Mode,
}

/// The part of a picture that is shown, and the pixels it becomes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Cut {
    /// Left, top, width and height in the picture's own pixels.
    pub(crate) part: (f64, f64, f64, f64),
    pub(crate) width: u32,
    pub(crate) height: u32,
}

impl Size {
    /// A square box that holds the picture whole.
    pub const fn within(side: u32) -> Self {
        Self { width: Some(side), height: Some(side), mode: Mode::Fit }
    }

    /// What the size comes to for a picture of `width` x `height`.
    pub(crate) fn cut(self, width: u32, height: u32) -> Cut {
        let (own_width, own_height) = (f64::from(width), f64::from(height));
        let across = self.width.map_or(f64::INFINITY, |wanted| f64::from(wanted) / own_width);
        let down = self.height.map_or(f64::INFINITY, |wanted| f64::from(wanted) / own_height);
        let pixels = |exact: f64| (exact.round() as u32).max(1);
        match (self.mode, self.width, self.height) {
            (Mode::Fill, Some(box_width), Some(box_height)) => {
                let scale = across.max(down);
                let (part_width, part_height) =
                    ((f64::from(box_width) / scale).min(own_width), (f64::from(box_height) / scale).min(own_height));
                let part = ((own_width - part_width) / 2.0, (own_height - part_height) / 2.0, part_width, part_height);
                let shrink = scale.min(1.0);
                Cut { part, width: pixels(part_width * shrink), height: pixels(part_height * shrink) }
            }
            (Mode::Fit | Mode::Fill, _, _) => {
                let scale = across.min(down).min(1.0);
                let part = (0.0, 0.0, own_width, own_height);
                Cut { part, width: pixels(own_width * scale), height: pixels(own_height * scale) }
            }
        }
    }
}

impl Cut {
    /// How many of the picture's pixels become one, on the side where they are fewest.
    pub(crate) fn shrink(&self) -> f64 {
        (self.part.2 / f64::from(self.width)).min(self.part.3 / f64::from(self.height))
    }

    /// The same cut of a picture that was decoded at `scale` to `width` x `height`: its last pixels may show only a part of what
    /// they stand for.
    pub(crate) fn on(&self, scale: f64, (width, height): (u32, u32)) -> Self {
        let (left, across) = scaled(self.part.0, self.part.2, scale, width);
        let (top, down) = scaled(self.part.1, self.part.3, scale, height);
        Self { part: (left, top, across, down), ..*self }
    }
}

/// The start and the length of a part of a side at `scale`, where it has `side` pixels: inside of it, whatever the rounding.
fn scaled(start: f64, length: f64, scale: f64, side: u32) -> (f64, f64) {
    let side = f64::from(side);
    let length = (length * scale).min(side);
    ((start * scale).min(side - length), length)
}

impl FromStr for Size {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let unclear = || format!("\"{text}\" is not a size; 512, 300x200, 300x200:fill, 300xauto and autox200 are.");
        let (sides, mode) = match text.split_once([':', '-']) {
            None => (text, Mode::Fit),
            Some((sides, "fit")) => (sides, Mode::Fit),
            Some((sides, "fill")) => (sides, Mode::Fill),
            Some(_) => return Err(unclear()),
        };
        let side = |word: &str| match word {
            "auto" => Ok(None),
            digits if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) => Err(unclear()),
            digits => match digits.parse() {
                Ok(side) if (1..=SIDE_MAX).contains(&side) => Ok(Some(side)),
                _ => Err(format!("\"{text}\" is out of reach: a side has 1 to {SIDE_MAX} pixels.")),
            },
        };
        let (width, height) = match sides.split_once('x') {
            Some((width, height)) => (side(width)?, side(height)?),
            None => (side(sides)?, side(sides)?),
        };
        match (width, height, mode) {
            (None, None, _) => Err(unclear()),
            (None, _, Mode::Fill) | (_, None, Mode::Fill) => Err(format!("\"{text}\" has only one side to fill.")),
            (_, _, Mode::Fit | Mode::Fill) => Ok(Self { width, height, mode }),
        }
    }
}

/// As keys of thumbnails have it: `512x512`, `300xauto`, `300x200-fill`.
impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let side = |side: Option<u32>| side.map_or_else(|| "auto".to_owned(), |side| side.to_string());
        let fill = if self.mode == Mode::Fill { "-fill" } else { "" };
        write!(f, "{}x{}{fill}", side(self.width), side(self.height))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_comes_to_what_its_words_say() {
        let table = [
            ("512", (6000, 4000), (512, 341), (0.0, 0.0, 6000.0, 4000.0)),
            ("512", (4000, 6000), (341, 512), (0.0, 0.0, 4000.0, 6000.0)),
            ("512", (300, 200), (300, 200), (0.0, 0.0, 300.0, 200.0)),
            ("300xauto", (600, 800), (300, 400), (0.0, 0.0, 600.0, 800.0)),
            ("autox200", (600, 800), (150, 200), (0.0, 0.0, 600.0, 800.0)),
            ("300x200:fit", (600, 800), (150, 200), (0.0, 0.0, 600.0, 800.0)),
            ("300x200:fill", (600, 800), (300, 200), (0.0, 200.0, 600.0, 400.0)),
            ("900x600:fill", (600, 800), (600, 400), (0.0, 200.0, 600.0, 400.0)),
            ("64", (10_000, 1), (64, 1), (0.0, 0.0, 10_000.0, 1.0)),
        ];
        for (text, (width, height), size, part) in table {
            let cut = text.parse::<Size>().expect(text).cut(width, height);
            assert_eq!(((cut.width, cut.height), cut.part), (size, part), "{text} of {width} x {height}");
        }
    }

    #[test]
    fn a_cut_of_a_smaller_decode_stays_inside() {
        for text in ["64", "100xauto", "64x64:fill", "128x100:fill", "autox37"] {
            let size = text.parse::<Size>().expect(text);
            for (side, factor) in (64..3_000_u32).flat_map(|side| [2, 4, 8].map(|factor| (side, factor))) {
                let (from, to) = ((side, side * 3 / 4), (side.div_ceil(factor), (side * 3 / 4).div_ceil(factor)));
                let (left, top, width, height) = size.cut(from.0, from.1).on(1.0 / f64::from(factor), to).part;
                let inside = left + width <= f64::from(to.0) && top + height <= f64::from(to.1);
                assert!(left >= 0.0 && top >= 0.0 && inside, "{text} of {from:?} at {to:?}");
            }
        }
    }

    #[test]
    fn what_is_no_size_is_refused_with_an_example() {
        for text in ["", "x", "autoxauto", "auto", "0", "99999", "12x", "x12", "1x2:3", "10xauto:fill", "-5", "5:"] {
            let why = text.parse::<Size>().expect_err(text);
            assert!(why.starts_with('"') && why.ends_with('.'), "{why}");
        }
    }

    #[test]
    fn the_name_of_a_size_tells_it_apart() {
        for (text, name) in [("256", "256x256"), ("9xauto", "9xauto"), ("autox9", "autox9"), ("4x3:fill", "4x3-fill")] {
            let size = text.parse::<Size>().expect(text);
            assert_eq!((size.to_string().as_str(), name.parse()), (name, Ok(size)), "a name is read back");
        }
    }
}
