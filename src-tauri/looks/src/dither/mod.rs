//! Dithering: a picture in few colours that still shows all its tones.
//!
//! Invariant: a result holds only the palette's colours, each pixel of the same size, and is the same bytes on every
//! computer; one picture is worked on by one thread. Error diffusion keeps the mean of what the colours can reach.
//! Absent: previews and animation.

mod canvas;
mod choose;
mod compat;
mod diffuse;
mod from_picture;
mod kernel;
mod method;
mod ordered;
mod palette;
mod palette_file;
mod riemersma;
mod screen;
mod tone;
mod trial;
mod write;

#[cfg(test)]
mod dither_test;

use std::panic::{AssertUnwindSafe, catch_unwind};

use serde::{Deserialize, Serialize};

pub use self::method::{Kernel, Method, methods};
pub use self::palette::{COLOURS_MAX, Palette, palettes};
pub use self::tone::Light;

use self::canvas::{Canvas, Plain};
use self::choose::{Choose, Ends, Few, Levels, Nearest};
use self::diffuse::Sink;
use self::kernel::Shares;
use self::screen::Screen;
use self::write::{Key, Writer};
use crate::picture::{Picture, Want};
use crate::raster::{Layout, Raster};
use crate::{PictureError, Work};

/// Most colours that are looked at one by one for each pixel, where a table would miss some.
const FEW: usize = 32;

/// Which colours there are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Colours {
    /// So many even levels a channel, 2 to 256.
    Levels(u16),
    /// So many colours of the picture's own, 2 to 256.
    Picture(u16),
    /// A palette known by name.
    Preset(String),
    /// These colours.
    List(Palette),
}

/// What the result is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// With a palette of the smallest depth, or RGB(A) where that does not hold it.
    Png,
    /// At most 256 colours, and pixels are clear or not.
    Gif,
}

/// How a picture is dithered: a recipe.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Dither {
    /// Which way.
    pub method: Method,
    /// Into which colours.
    pub colours: Colours,
    /// In greys.
    pub grey: bool,
    /// As a plain program does it: Floyd-Steinberg from left to right, in sRGB values, with levels a channel.
    pub compat: bool,
    /// In what errors add up; without it, in light, but for a palette of the picture's own in sRGB values, in which such a
    /// picture will be looked at beside the original.
    pub light: Option<Light>,
    /// How much of each error is passed on, 0 to 100 percent.
    pub strength: u8,
    /// Side of the squares that pixels become, 1 to 8.
    pub pixel: u8,
    /// What the result is written as.
    pub format: Format,
}

impl Default for Dither {
    fn default() -> Self {
        Self {
            method: Method::Diffusion(Kernel::FloydSteinberg),
            colours: Colours::Levels(2),
            grey: false,
            compat: false,
            light: None,
            strength: 100,
            pixel: 1,
            format: Format::Png,
        }
    }
}

impl Dither {
    /// Says in a sentence what cannot be done as asked.
    ///
    /// # Errors
    /// The sentence.
    pub fn check(&self) -> Result<(), String> {
        match &self.colours {
            Colours::Levels(count) if !(2..=256).contains(count) => Err("Levels go from 2 to 256.".into()),
            Colours::Picture(count) if !(2..=256).contains(count) => {
                Err("A palette from the picture has 2 to 256 colours.".into())
            }
            Colours::Preset(name) if Palette::preset(name).is_none() => {
                Err(format!("\"{name}\" is not a known palette; `pierrot look palettes` lists them."))
            }
            Colours::Picture(_) | Colours::Preset(_) | Colours::List(_) if self.compat => {
                Err("The old way knows levels only; leave out the palette.".into())
            }
            Colours::Levels(_) if self.compat && self.method != Self::default().method => {
                Err("The old way is Floyd-Steinberg; leave out the method.".into())
            }
            Colours::Levels(_) | Colours::Picture(_) | Colours::Preset(_) | Colours::List(_) => {
                if self.strength > 100 {
                    Err("The strength goes from 0 to 100.".into())
                } else if !(1..=8).contains(&self.pixel) {
                    Err("The pixel size goes from 1 to 8.".into())
                } else {
                    Ok(())
                }
            }
        }
    }

    fn light(&self) -> Light {
        let usual =
            if matches!(self.colours, Colours::Picture(_)) || self.compat { Light::Gamma } else { Light::Linear };
        self.light.unwrap_or(usual)
    }
}

/// Dithers a picture file.
///
/// # Errors
/// [`PictureError`], in words for the photographer; a panic in a decoder becomes [`PictureError::Broken`].
pub fn dither(picture: &[u8], how: &Dither, work: &Work<'_>) -> Result<Vec<u8>, PictureError> {
    how.check().map_err(|why| PictureError::Recipe { why })?;
    catch_unwind(AssertUnwindSafe(|| {
        work.go_on()?;
        (work.phase)("decode");
        let raster = Picture::open(picture, Want::Whole)?.whole();
        dithered(raster, how, work)
    }))
    .unwrap_or_else(|_| Err(PictureError::broken("it cannot be decoded")))
}

fn dithered(raster: Raster, how: &Dither, work: &Work<'_>) -> Result<Vec<u8>, PictureError> {
    let size = (raster.width, raster.height);
    let mut plain = Plain::of(raster).coarse(how.pixel);
    if how.grey {
        plain = if how.compat { plain.plain_grey() } else { plain.grey() };
    }
    (work.phase)("palette");
    let list = match &how.colours {
        Colours::Levels(_) => None,
        Colours::Picture(count) => {
            // A GIF gives one of its places to what is clear.
            let places = if how.format == Format::Gif && plain.alpha.is_some() { 255 } else { 256 };
            Some(from_picture::palette(&plain, (*count).min(places), how.light(), work)?)
        }
        Colours::Preset(name) => Palette::preset(name),
        Colours::List(palette) => Some(palette.clone()),
    };
    let channels = if plain.colours.layout == Layout::Grey { 1 } else { 3 };
    let (key, levels) = match (&list, &how.colours) {
        (Some(palette), _) => (Key::List(palette.colours().to_vec()), 2),
        (None, Colours::Levels(count)) => (Key::Levels { count: *count, channels }, *count),
        (None, Colours::Picture(_) | Colours::Preset(_) | Colours::List(_)) => {
            return Err(PictureError::Recipe { why: "It names no palette.".into() });
        }
    };
    let mut writer = Writer::new(size, how.pixel, key, &plain, how.format)?;
    (work.phase)("dither");
    let tones = tone::tones(how.light());
    let canvas = plain.canvas(&tones);
    let mut rows = 0;
    let mut sink = |codes: &[u32]| {
        writer.row(codes, canvas.alpha_of(rows));
        rows += 1;
        Ok(())
    };
    match (&list, channels) {
        (Some(palette), _) => by_palette(&canvas, how, palette, work, &mut sink)?,
        (None, 1) => by_levels::<1>(&canvas, how, levels, work, &mut sink)?,
        (None, _) => by_levels::<3>(&canvas, how, levels, work, &mut sink)?,
    }
    drop(plain);
    (work.phase)("encode");
    writer.finish()
}

fn by_palette(
    canvas: &Canvas<'_>,
    how: &Dither,
    palette: &Palette,
    work: &Work<'_>,
    sink: Sink<'_>,
) -> Result<(), PictureError> {
    let screen = Screen::of(how.method, how.strength);
    if let (None, [one, two]) = (&screen, palette.colours()) {
        // What lies aside of the line between two colours no dot can show, so only the way along it counts.
        let tones = tone::tones(how.light());
        let ends = [one, two].map(|colour| colour.map(|byte| tones[usize::from(byte)]));
        if let Some(line) = canvas::line(ends, &tones) {
            return by_error::<1>(&canvas.along(&line), how, &Ends, work, sink);
        }
    }
    let nearest = Nearest::of(palette.colours(), how.light());
    match screen {
        Some(screen) => ordered::palette(canvas, &screen, &nearest, work, sink),
        None if nearest.colours().len() <= FEW && !nearest.reaches_all() => {
            by_error::<3>(canvas, how, &Few(nearest.colours()), work, sink)
        }
        None => by_error::<3>(canvas, how, &nearest, work, sink),
    }
}

fn by_levels<const C: usize>(
    canvas: &Canvas<'_>,
    how: &Dither,
    count: u16,
    work: &Work<'_>,
    sink: Sink<'_>,
) -> Result<(), PictureError> {
    if how.compat {
        return compat::floyd_steinberg::<C>(canvas, count, work, sink);
    }
    let levels = Levels::of(count, how.light());
    match Screen::of(how.method, how.strength) {
        Some(screen) => ordered::levels::<C>(canvas, &screen, &levels, work, sink),
        None => by_error::<C>(canvas, how, &levels, work, sink),
    }
}

fn by_error<const C: usize>(
    canvas: &Canvas<'_>,
    how: &Dither,
    choose: &impl Choose<C>,
    work: &Work<'_>,
    sink: Sink<'_>,
) -> Result<(), PictureError> {
    let by_kernel =
        |kernel, strength, sink| diffuse::by_kernel(canvas, &Shares::of(kernel, strength), choose, work, sink);
    match how.method {
        Method::Diffusion(kernel) => by_kernel(kernel, how.strength, sink),
        Method::Ostromoukhov => diffuse::by_tone(canvas, how.strength, choose, work, sink),
        Method::Riemersma => riemersma::along_curve(canvas, how.strength, choose, work, sink),
        Method::Plain | Method::Bayer(_) | Method::ClusteredDot | Method::Halftone(_) | Method::BlueNoise => {
            by_kernel(Kernel::FloydSteinberg, 0, sink)
        }
    }
}
