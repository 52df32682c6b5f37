//! `pierrot look dither`: one file into few colours.
//!
//! Invariant: what was asked becomes a recipe, which is printed with `--json` and gives the same bytes again. Absent:
//! pixels, which are the looks' own.

use std::{
    path::{Path, PathBuf},
    sync::atomic::{AtomicBool, Ordering},
};

use clap::Args;
use pierrot_core::Error;
use pierrot_looks::{Colours, Dither, DitherFormat, Light, Method, Palette, Recipe, Work};
use serde_json::json;

use super::{
    measured::{Phases, peak_memory},
    not_itself, text,
};
use crate::output::Answer;

const FILE_BYTES_MAX: u64 = 320 << 20;
const PALETTE_BYTES_MAX: u64 = 1 << 20;

#[derive(Args, Clone, Debug)]
pub struct Arguments {
    /// The picture: JPEG, PNG, GIF or WebP
    #[arg(value_name = "IN")]
    input: PathBuf,
    /// The file to write: .png (with the smallest palette that holds the colours) or .gif
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Even levels a channel, 2 to 256 [default: 2]
    #[arg(long, value_name = "N", conflicts_with = "palette")]
    levels: Option<u16>,
    /// picture:8 (colours of the picture's own), a name of `pierrot look palettes`, or a .gpl, .pal or .hex file
    #[arg(long, value_name = "PALETTE")]
    palette: Option<String>,
    /// A way of `pierrot look methods`, such as fs, atkinson, bayer8, halftone:15 or blue-noise
    #[arg(long, default_value = "floyd-steinberg")]
    method: Method,
    /// In greys
    #[arg(long)]
    grey: bool,
    /// As a plain program does it: sRGB values, every row from left to right, Floyd-Steinberg
    #[arg(long, conflicts_with_all = ["palette", "light", "strength"])]
    compat: bool,
    /// In what errors add up: linear (as the eye sees it) or gamma (as programs scale pictures) [default: linear; gamma for
    /// picture:N]
    #[arg(long, value_parser = light)]
    light: Option<Light>,
    /// How much of each error is passed on, in percent
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u8).range(0..=100))]
    strength: u8,
    /// Side of the squares that pixels become
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..=8))]
    pixel: u8,
    /// Accepted for scripts: one picture is dithered by one thread, and any number gives the same bytes
    #[arg(long, value_parser = super::thread_count)]
    threads: Option<usize>,
}

fn light(text: &str) -> Result<Light, String> {
    match text {
        "linear" => Ok(Light::Linear),
        "gamma" => Ok(Light::Gamma),
        _ => Err("errors add up in linear or in gamma".into()),
    }
}

/// Dithers one file.
pub fn run(asked: &Arguments, stop: &AtomicBool) -> Answer {
    made(asked, stop).unwrap_or_else(Answer::from)
}

fn made(asked: &Arguments, stop: &AtomicBool) -> Result<Answer, Error> {
    let recipe = Recipe::Dither(recipe(asked)?);
    not_itself(&asked.out, &asked.input)?;
    let clock = Phases::default();
    clock.enter("read");
    let of_input = |why: String| Error::failed(format!("{}: {why}", asked.input.display()), "Nothing was written.");
    let picture = super::read(&asked.input, FILE_BYTES_MAX).map_err(of_input)?;
    let work =
        Work { cancelled: &|| stop.load(Ordering::Relaxed), phase: &|name| clock.enter(name), ..Work::UNWATCHED };
    let bytes = recipe.render(&picture, &work).map_err(|error| of_input(error.to_string()))?;
    clock.enter("write");
    super::write(&asked.out, 0, &bytes).map_err(|why| Error::failed(why, "Name another file with --out."))?;
    let value = json!({
        "pictures": 1, "out": text(&asked.out), "bytes": bytes.len(), "recipe": recipe,
        "milliseconds": Phases::milliseconds(vec![clock]), "peak_memory": peak_memory(),
    });
    Ok(Answer::done(value, format!("{} is written, {} bytes.", asked.out.display(), bytes.len())))
}

fn recipe(asked: &Arguments) -> Result<Dither, Error> {
    let how = Dither {
        method: asked.method,
        colours: colours(asked).map_err(usage)?,
        grey: asked.grey,
        compat: asked.compat,
        light: asked.light,
        strength: asked.strength,
        pixel: asked.pixel,
        format: format(&asked.out).map_err(usage)?,
    };
    how.check().map_err(usage)?;
    Ok(how)
}

fn usage(why: String) -> Error {
    Error::settings(why, "`pierrot look dither --help` says what can be asked.")
}

fn format(out: &Path) -> Result<DitherFormat, String> {
    match out.extension().and_then(|end| end.to_str()).map(str::to_ascii_lowercase).as_deref() {
        Some("png") => Ok(DitherFormat::Png),
        Some("gif") => Ok(DitherFormat::Gif),
        Some(_) | None => Err(format!("{} should end in .png or .gif.", out.display())),
    }
}

fn colours(asked: &Arguments) -> Result<Colours, String> {
    let Some(palette) = &asked.palette else { return Ok(Colours::Levels(asked.levels.unwrap_or(2))) };
    if let Some(count) = palette.strip_prefix("picture:") {
        return count.parse().map(Colours::Picture).map_err(|_| "picture:N needs a number from 2 to 256.".into());
    }
    if Palette::preset(palette).is_some() {
        return Ok(Colours::Preset(palette.clone()));
    }
    let path = Path::new(palette);
    if !path.exists() {
        return Err(format!(
            "\"{palette}\" is neither a palette of `pierrot look palettes`, nor picture:N, nor a file."
        ));
    }
    let bytes = super::read(path, PALETTE_BYTES_MAX)?;
    Palette::from_file(&bytes).map(Colours::List).map_err(|why| format!("{palette}: {why}"))
}

/// Lists the ways to dither.
pub fn methods() -> Answer {
    let all: Vec<_> = pierrot_looks::methods().collect();
    let value = all.iter().map(|(name, seen)| json!({ "name": name, "looks": seen })).collect::<Vec<_>>();
    let words = all.iter().map(|(name, seen)| format!("{name:<22} {seen}\n")).collect::<String>();
    Answer::done(json!({ "methods": value }), words)
}

/// Lists the palettes known by name.
pub fn palettes() -> Answer {
    let all: Vec<_> = pierrot_looks::palettes().collect();
    let entry =
        |(name, origin, colours): &(&str, &str, usize)| json!({ "name": name, "is": origin, "colours": colours });
    let value = all.iter().map(entry).collect::<Vec<_>>();
    let line = |(name, origin, colours): &(&str, &str, usize)| format!("{name:<14} {colours:>3} colours  {origin}\n");
    Answer::done(json!({ "palettes": value }), all.iter().map(line).collect::<String>())
}
