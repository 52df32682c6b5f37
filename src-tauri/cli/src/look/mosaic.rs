//! `pierrot look mosaic`: a picture made of pictures.
//!
//! Invariant: the mosaic and its protocol stand under their names only when they are complete. Absent: which tile goes where,
//! which is the looks' own.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::atomic::{AtomicBool, Ordering},
    time::{Duration, Instant},
};

use clap::{ArgGroup, Args};
use pierrot_core::{Error, Pierrot, events::Event, photo::PhotoId, thumbnails::Class};
use pierrot_looks::{
    Limits, PictureError, Work,
    mosaic::{
        CELL_SIDE_MAX, DISTANCE_MAX, Drawing, Format, Grid, Laying, Layout, Library, Mosaic, Placed, Plan, ROUNDS_MAX,
        Rules, Target, picture_size, place_squares, place_until, shift,
    },
};
use pierrot_tiles::{
    Index, PIECES, TilesError, Unreadable, ZOOM, write_protocol, write_reduced, write_small, write_whole, write_zoom,
};
use serde_json::{Value, json};

use super::{
    measured::{Phases, peak_memory},
    not_itself, place, text, threads, tiles,
};
use crate::output::Answer;

/// No photo is larger; what is, would only fill the memory.
const FILE_BYTES_MAX: u64 = 256 << 20;
/// Thumbnails that go with it.
const THUMB_SIDES: [u32; 2] = [1200, 120];
/// What a mosaic for posting is at most.
const WEB: Limits = Limits { bytes_max: 5_000_000, side_max: 4096 };

#[derive(Args, Clone, Debug)]
#[command(group(ArgGroup::new("source").args(["index", "tiles"])))]
pub struct Arguments {
    /// The picture to show, a file or the id of a photo of yours; its middle is taken in the shape of the grid
    #[arg(long, value_name = "FILE|PHOTO")]
    target: PathBuf,
    /// An index made by `pierrot look tiles`. Without it and --tiles, the tiles are the photos of your library
    #[arg(long, value_name = "FILE")]
    index: Option<PathBuf>,
    /// A folder of pictures to take as tiles, indexed for this once
    #[arg(long, value_name = "DIR")]
    tiles: Option<PathBuf>,
    /// With --tiles: tiles of one picture at most, its middle and the two ends of its longer side
    #[arg(long, value_name = "N", default_value_t = 1, requires = "tiles", conflicts_with = "index", value_parser = super::crop_count)]
    crops: usize,
    /// Cells across and down; or cells across alone, and the rows follow from the picture
    #[arg(long, value_name = "WxH", value_parser = cells, required_unless_present = "scale")]
    cells: Option<(u32, Option<u32>)>,
    /// Instead of --cells: how many times larger than its picture the mosaic is; the cells follow from it
    #[arg(long, value_name = "TIMES", value_parser = scale, conflicts_with = "cells")]
    scale: Option<f64>,
    /// Pixels on each side of a cell, 32 or 32x32
    #[arg(long, visible_alias = "cell", value_name = "PX", default_value = "128", value_parser = cell_px)]
    cell_px: u32,
    /// The mosaic: .jpg or .png
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Write it also as Deep Zoom pieces into this folder, with a page to look closer: DIR/index.html
    #[arg(long, value_name = "DIR")]
    dzi: Option<PathBuf>,
    /// Write it also small enough to be posted, a JPEG of at most 4096 pixels a side and 5 MB; and beside it, with -1200 and -120 in
    /// their names, as thumbnails of so many pixels
    #[arg(long, value_name = "FILE")]
    web: Option<PathBuf>,
    /// No tile twice within so many cells, across, down or aslant
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(0..=i64::from(DISTANCE_MAX)))]
    distance: u32,
    /// No tile more often than this
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    cap: Option<u32>,
    /// Each tile at most once
    #[arg(long, conflicts_with = "cap")]
    once: bool,
    /// Pull the colours of tiles towards their cells, in percent
    #[arg(long, default_value_t = 0, value_parser = clap::value_parser!(u8).range(0..=100))]
    adjust: u8,
    /// grid, brick (every other row moved by half a cell), collage (larger than cells, one over another) or adaptive (larger
    /// where the picture is flat)
    #[arg(long, default_value = "grid")]
    layout: Layout,
    /// Go on looking for better tiles for so many seconds; the result is the better for it under --cap and --once. How far a
    /// computer gets in that time decides, so only --rounds gives the same mosaic every time
    #[arg(long, value_name = "N", conflicts_with = "rounds", value_parser = clap::value_parser!(u64).range(1..=3600))]
    seconds: Option<u64>,
    /// How often every cell looks for a better tile once all are laid
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(0..=i64::from(ROUNDS_MAX)))]
    rounds: u32,
    /// Write which tile is where, as JSON
    #[arg(long, value_name = "FILE")]
    protocol: Option<PathBuf>,
    /// Threads to work on; the mosaic is the same with any [default: as many as the computer has cores]
    #[arg(long, value_parser = super::thread_count)]
    threads: Option<usize>,
    /// The picture of a photo of the library.
    #[arg(skip)]
    picture: Option<Vec<u8>>,
}

impl Arguments {
    /// Whether a home is needed: for tiles, or for the picture.
    pub fn wants_library(&self) -> bool {
        (self.index.is_none() && self.tiles.is_none()) || self.photo().is_some()
    }

    /// The photo that is shown, where no file has that name: ids of photos are numbers.
    fn photo(&self) -> Option<PhotoId> {
        let id = self.target.to_str().filter(|_| !self.target.exists())?;
        id.parse().ok().filter(|_| id.bytes().all(|byte| byte.is_ascii_digit()))
    }

    /// The same with picture and tiles from the library.
    pub async fn with_library(&self, pierrot: &Pierrot) -> Result<Self, Error> {
        let mut asked = self.clone();
        if let Some(photo) = self.photo() {
            asked.picture = Some(pierrot.thumbnail(&photo, Class::Large, 0).await.map_err(Error::from)?.bytes.to_vec());
        }
        if self.index.is_none() && self.tiles.is_none() {
            let events = pierrot.events().clone();
            let tell = move |done| {
                let doing = "fetching tiles".to_owned();
                events.send(Event::Rendering { photo: None, doing, progress: f64::from(done) });
            };
            asked.index = Some(pierrot.prepare_tiles(tell).await?.0);
        }
        Ok(asked)
    }
}

fn cells(text: &str) -> Result<(u32, Option<u32>), String> {
    let count = |text: &str| text.parse().ok().filter(|count| *count > 0);
    let parsed = match text.split_once('x') {
        Some((columns, rows)) => count(columns).zip(count(rows).map(Some)),
        None => count(text).map(|columns| (columns, None)),
    };
    parsed.ok_or_else(|| format!("\"{text}\" is no number of cells; 38x25 is, and 38"))
}

fn scale(text: &str) -> Result<f64, String> {
    let scale = text.parse().ok().filter(|scale| (0.01..=1_000.0).contains(scale));
    scale.ok_or_else(|| format!("\"{text}\" is not how many times larger; 10 is, 0.01 to 1000 can be"))
}

fn cell_px(text: &str) -> Result<u32, String> {
    let (across, down) = text.split_once('x').unwrap_or((text, text));
    if across != down {
        return Err("cells are squares; give one number, or twice the same".into());
    }
    let side = across.parse().ok().filter(|side| (1..=CELL_SIDE_MAX).contains(side));
    side.ok_or_else(|| format!("a cell has 1 to {CELL_SIDE_MAX} pixels a side"))
}

/// Makes the mosaic.
pub fn run(asked: &Arguments, stop: &AtomicBool) -> Answer {
    let clock = Phases::default();
    match made(asked, stop, &clock) {
        Ok(made) => answer(asked, &made, Phases::milliseconds(vec![clock])),
        Err(error) => error.into(),
    }
}

/// A finished mosaic.
struct Made {
    grid: Grid,
    tiles: usize,
    /// Pixels on each side of the tiles as the index has them.
    tile_px: u32,
    placed: Vec<Placed>,
    cropped: f64,
    /// Mean over the places of how far colours were moved, in levels.
    adjusted: f64,
    unreadable: Vec<Unreadable>,
}

fn made(asked: &Arguments, stop: &AtomicBool, clock: &Phases) -> Result<Made, Error> {
    let format = format(&asked.out)?;
    spare_what_is_there(asked)?;
    clock.enter("target");
    let picture = match &asked.picture {
        Some(picture) => picture.clone(),
        None => super::read(&asked.target, FILE_BYTES_MAX).map_err(|why| unreadable(&asked.target, &why))?,
    };
    let grid = grid(asked, &picture)?;
    let target = Target::of(&picture, grid).map_err(|error| unreadable(&asked.target, &error.to_string()))?;
    drop(picture);
    let work =
        Work { cancelled: &|| stop.load(Ordering::Relaxed), phase: &|name| clock.enter(name), ..Work::UNWATCHED };
    let (mut index, unreadable) = opened(asked, stop, clock)?;
    index.folder().map_or(Ok(()), |folder| spare_tiles(asked, folder, |name| index.has(name)))?;
    clock.enter("library");
    let library = Library::of_parts(index.faces(), index.parts());
    clock.enter("place");
    let laying = (asked.layout != Layout::Grid).then(|| Laying::of(asked.layout, grid, &target));
    let placed = placed(asked, &target, laying.as_ref(), grid, &library, &work).map_err(cannot)?;
    clock.enter("compose");
    let (side, adjust) = (asked.cell_px, asked.adjust);
    let mosaic = match &laying {
        None => Mosaic::Cells(Plan { grid, side, placed: &placed, target: &target.faces, adjust }),
        Some(laying) => Mosaic::Squares(Drawing { laying, side, placed: &placed, adjust }),
    };
    written(asked, &mosaic, &mut index, format, &work, clock).map_err(|error| tiles::failed(&error))?;
    let adjusted = adjusted(&mosaic, &index);
    Ok(Made {
        grid,
        tiles: index.faces().len(),
        tile_px: index.side(),
        placed,
        cropped: target.cropped,
        adjusted,
        unreadable,
    })
}

/// All files that a mosaic is written to.
fn files(asked: &Arguments) -> Vec<PathBuf> {
    let thumbs = asked.web.iter().flat_map(|web| THUMB_SIDES.map(|side| beside(web, side)));
    let named = [Some(&asked.out), asked.web.as_ref(), asked.protocol.as_ref()].into_iter().flatten();
    named.cloned().chain(thumbs).collect()
}

/// No picture of the tiles, which lie in this folder by names that `is_tile` knows, is written over.
fn spare_tiles(asked: &Arguments, folder: &Path, is_tile: impl Fn(&str) -> bool) -> Result<(), Error> {
    let folder = place(folder);
    let named = |path: &Path| {
        let place = place(path);
        place.strip_prefix(&folder).is_ok_and(|name| is_tile(&name.to_string_lossy()))
    };
    match files(asked).iter().find(|path| path.exists() && named(path)) {
        Some(path) => {
            let why = format!("{} is one of the pictures that the mosaic is to be made of.", path.display());
            Err(Error::settings(why, "Name another file to write; nothing was changed."))
        }
        None => Ok(()),
    }
}

/// Nothing that is written is something that is read, or is written twice; a folder of somebody else's stays as it is.
fn spare_what_is_there(asked: &Arguments) -> Result<(), Error> {
    let written = files(asked);
    for (at, path) in written.iter().enumerate() {
        let read = [Some(&asked.target), asked.index.as_ref()].into_iter().flatten();
        for other in read.chain(&written[..at]) {
            not_itself(path, other)?;
        }
    }
    // Which of them will be tiles is not known yet.
    asked.tiles.as_deref().map_or(Ok(()), |folder| spare_tiles(asked, folder, |_| true))?;
    let Some(folder) = &asked.dzi else { return Ok(()) };
    // Pieces alone are what a run that was killed left.
    let ours = |name: &str| name == PIECES || name.starts_with(ZOOM);
    let foreign = !folder.join(ZOOM).is_file()
        && fs::read_dir(folder)
            .is_ok_and(|there| there.flatten().any(|entry| !entry.file_name().to_str().is_some_and(ours)));
    if foreign {
        let why = format!("{} is a folder with other files in it.", folder.display());
        return Err(Error::settings(why, "Name a new folder with --dzi, or an empty one; nothing was changed."));
    }
    Ok(())
}

/// A thumbnail of so many pixels, beside the version for posting.
fn beside(web: &Path, side: u32) -> PathBuf {
    web.with_file_name(format!("{}-{side}.jpg", web.file_stem().unwrap_or_default().to_string_lossy()))
}

fn placed(
    asked: &Arguments,
    target: &Target,
    laying: Option<&Laying>,
    grid: Grid,
    library: &Library,
    work: &Work<'_>,
) -> Result<Vec<Placed>, PictureError> {
    let cap = if asked.once { Some(1) } else { asked.cap };
    let rounds = if asked.seconds.is_some() { ROUNDS_MAX } else { asked.rounds };
    let rules = Rules { distance: asked.distance, cap, rounds, threads: threads(asked.threads) };
    let (begun, budget) = (Instant::now(), Duration::from_secs(asked.seconds.unwrap_or(u64::MAX)));
    let enough = || begun.elapsed() >= budget;
    match laying {
        None => place_until(grid, &target.faces, library, &rules, &enough, work),
        Some(laying) => place_squares(laying, library, &rules, &enough, work),
    }
}

fn grid(asked: &Arguments, picture: &[u8]) -> Result<Grid, Error> {
    let size = || picture_size(picture).map_err(|error| unreadable(&asked.target, &error.to_string()));
    let grid = match (asked.cells, asked.scale) {
        (Some((columns, Some(rows))), _) => Grid::new(columns, rows),
        (Some((columns, None)), _) => Grid::across(size()?, columns),
        (None, scale) => Grid::covering(size()?, scale.unwrap_or(1.0), asked.cell_px),
    };
    let grid = grid.map_err(cannot)?;
    grid.size(asked.cell_px).map_err(cannot)?;
    Ok(grid)
}

fn written(
    asked: &Arguments,
    mosaic: &Mosaic<'_>,
    index: &mut Index,
    format: Format,
    work: &Work<'_>,
    clock: &Phases,
) -> Result<(), TilesError> {
    write_whole(mosaic, index, &asked.out, format, work)?;
    if let Some(folder) = &asked.dzi {
        clock.enter("dzi");
        write_zoom(mosaic, index, folder, work)?;
    }
    if let Some(path) = &asked.web {
        clock.enter("web");
        write_reduced(mosaic, index, path, &WEB, work)?;
        for side in THUMB_SIDES {
            write_small(path, &beside(path, side), side)?;
        }
    }
    if let Some(path) = &asked.protocol {
        clock.enter("protocol");
        write_protocol(mosaic, index, path)?;
    }
    Ok(())
}

/// Mean over the places of how far colours were moved, in levels.
fn adjusted(mosaic: &Mosaic<'_>, index: &Index) -> f64 {
    let moved = mosaic.placed().iter().zip(mosaic.faces()).map(|(placed, cell)| {
        let by = shift(&index.faces()[placed.tile], cell, mosaic.adjust());
        f64::from(by.iter().map(|level| level.abs()).sum::<f32>() / 3.0)
    });
    moved.sum::<f64>() / mosaic.placed().len().max(1) as f64
}

/// The index that was named, or one of the folder that was.
fn opened(asked: &Arguments, stop: &AtomicBool, clock: &Phases) -> Result<(Index, Vec<Unreadable>), Error> {
    if let Some(path) = &asked.index {
        clock.enter("index");
        return Ok((Index::open(path).map_err(|error| tiles::failed(&error))?, Vec::new()));
    }
    let folder = asked.tiles.as_deref().unwrap_or(Path::new("."));
    let path = std::env::temp_dir().join(format!("pierrot-tiles-{}", std::process::id()));
    let open = || -> Result<(Index, Vec<Unreadable>), TilesError> {
        let updated = tiles::brought(folder, &path, (asked.cell_px, asked.crops), threads(asked.threads), stop, clock)?;
        clock.enter("index");
        Ok((Index::open(&path)?, updated.unreadable))
    };
    let opened = open().map_err(|error| tiles::failed(&error));
    // What is open stays readable until it is closed; where it does not, the system's own cleaning takes it.
    let _ = fs::remove_file(&path);
    opened
}

fn format(out: &Path) -> Result<Format, Error> {
    let end = out.extension().map(|end| end.to_string_lossy().to_ascii_lowercase());
    match end.as_deref() {
        Some("jpg" | "jpeg") => Ok(Format::Jpeg),
        Some("png") => Ok(Format::Png),
        Some(_) | None => Err(Error::settings(
            format!("{} does not say whether it is to be a JPEG or a PNG.", out.display()),
            "Let its name end in .jpg or .png.",
        )),
    }
}

fn cannot(error: PictureError) -> Error {
    match error {
        PictureError::Mosaic { why, what_now } => Error::failed(format!("{why}."), what_now),
        PictureError::NotAPicture { .. }
        | PictureError::TooLarge { .. }
        | PictureError::Broken { .. }
        | PictureError::Unsupported { .. }
        | PictureError::CannotFit { .. }
        | PictureError::Recipe { .. }
        | PictureError::Stopped => Error::failed(error.to_string(), "No mosaic was made."),
    }
}

fn unreadable(path: &Path, why: &str) -> Error {
    Error::failed(format!("{}: {why}", path.display()), "Name another picture.")
}

fn answer(asked: &Arguments, made: &Made, milliseconds: Value) -> Answer {
    let mut used: Vec<usize> = made.placed.iter().map(|placed| placed.tile).collect();
    used.sort_unstable();
    let most = used.chunk_by(|a, b| a == b).map(<[usize]>::len).max().unwrap_or_default();
    used.dedup();
    let distance =
        made.placed.iter().map(|placed| f64::from(placed.distance)).sum::<f64>() / made.placed.len().max(1) as f64;
    let (width, height) = (made.grid.columns * asked.cell_px, made.grid.rows * asked.cell_px);
    let value = json!({
        "out": text(&asked.out), "width": width, "height": height, "columns": made.grid.columns, "rows": made.grid.rows,
        "cells": made.placed.len(), "tiles": made.tiles, "tile_px": made.tile_px, "tiles_used": used.len(), "most_repeats": most,
        "mean_distance": (distance * 10.0).round() / 10.0, "cropped": (made.cropped * 1000.0).round() / 1000.0,
        "dzi": asked.dzi.as_deref().map(text), "web": asked.web.as_deref().map(text), "adjust": asked.adjust, "adjusted_levels": (made.adjusted * 10.0).round() / 10.0,
        "failed": made.unreadable.len(), "errors": tiles::errors(&made.unreadable),
        "milliseconds": milliseconds, "peak_memory": peak_memory(),
    });
    let mut words = format!(
        "{} is {width} x {height} pixels: {} cells of {} different tiles out of {}, none more than {most} times.",
        asked.out.display(),
        made.placed.len(),
        used.len(),
        made.tiles
    );
    if made.cropped >= 0.005 {
        words.push_str(&format!(
            " {:.0} % of the picture lay outside the shape of {} x {} cells and were cut off, the same on both sides.",
            made.cropped * 100.0,
            made.grid.columns,
            made.grid.rows
        ));
    }
    if made.tile_px < asked.cell_px {
        words.push_str(&format!(
            " The tiles of this index have {} pixels and were enlarged to {}: `pierrot look tiles` with --cell-px {} makes them sharp.",
            made.tile_px, asked.cell_px, asked.cell_px
        ));
    }
    if let Some(folder) = &asked.dzi {
        words.push_str(&format!(" To look closer, open {}.", folder.join("index.html").display()));
    }
    if asked.adjust > 0 {
        words.push_str(&format!(" Colours were moved by {:.1} of 255 levels on average.", made.adjusted));
    }
    Answer::done(value, words).stopped_by(tiles::complaint(&made.unreadable))
}
