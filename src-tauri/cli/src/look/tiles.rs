//! `pierrot look tiles`: an index of tiles, made from a folder or brought up to date with it.
//!
//! Invariant: a file that cannot be a tile stops no other and is named. Absent: the index itself, which is pierrot-tiles' own.

use std::{
    path::{Path, PathBuf},
    sync::atomic::{AtomicBool, Ordering},
};

use clap::Args;
use pierrot_core::Error;
use pierrot_looks::{Work, mosaic::CELL_SIDE_MAX};
use pierrot_tiles::{Asked, Folder, TilesError, Unreadable, Updated, update};
use serde_json::{Value, json};

use super::{
    measured::{Phases, peak_memory},
    text, threads,
};
use crate::output::Answer;

#[derive(Args, Clone, Debug)]
pub struct Arguments {
    /// The folder of pictures; folders in it count, hidden files do not
    dir: PathBuf,
    /// The file of the index. What is in it already and has not changed is not decoded again
    #[arg(long, value_name = "FILE")]
    index: PathBuf,
    /// Pixels on each side of a tile: the largest cell that will be wanted
    #[arg(long, default_value_t = 128, value_parser = clap::value_parser!(u32).range(1..=i64::from(CELL_SIDE_MAX)))]
    cell_px: u32,
    /// Tiles of one picture at most: its middle, and the two ends of its longer side
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = super::crop_count)]
    crops: usize,
    /// Pictures worked on at once [default: as many as the computer has cores]
    #[arg(long, value_parser = super::thread_count)]
    threads: Option<usize>,
}

/// Makes or renews the index.
pub fn run(asked: &Arguments, stop: &AtomicBool) -> Answer {
    let clock = Phases::default();
    let updated = brought(&asked.dir, &asked.index, (asked.cell_px, asked.crops), threads(asked.threads), stop, &clock);
    match updated {
        Ok(updated) if updated.tiles == 0 && updated.unreadable.is_empty() => Error::failed(
            format!("There is no picture in {}.", asked.dir.display()),
            "Name a folder with pictures; the index is empty.",
        )
        .into(),
        Ok(updated) => answer(asked, &updated, Phases::milliseconds(vec![clock])),
        Err(error) => failed(&error).into(),
    }
}

/// Brings the index up to date.
pub fn brought(
    folder: &Path,
    index: &Path,
    (side, crops): (u32, usize),
    threads: usize,
    stop: &AtomicBool,
    clock: &Phases,
) -> Result<Updated, TilesError> {
    let work =
        Work { cancelled: &|| stop.load(Ordering::Relaxed), phase: &|name| clock.enter(name), ..Work::UNWATCHED };
    update(&Asked { source: &Folder(folder), index, side, crops, threads, keep_part: true }, &work)
}

pub fn failed(error: &TilesError) -> Error {
    Error::failed(error.to_string(), error.what_now())
}

/// What is said of files that are no tiles; `None` when there are none.
pub fn complaint(unreadable: &[Unreadable]) -> Option<Error> {
    let said: Vec<String> = unreadable.iter().map(|file| format!("{}: {}", file.picture, file.why)).collect();
    (!said.is_empty()).then(|| Error::failed(said.join("\n"), "All others are done."))
}

/// The same for programs.
pub fn errors(unreadable: &[Unreadable]) -> Vec<Value> {
    unreadable.iter().map(|file| json!({ "input": file.picture, "message": file.why })).collect()
}

fn answer(asked: &Arguments, updated: &Updated, milliseconds: Value) -> Answer {
    let value = json!({
        "index": text(&asked.index), "cell_px": asked.cell_px, "tiles": updated.tiles, "made": updated.made,
        "unchanged": updated.unchanged, "removed": updated.removed, "failed": updated.unreadable.len(),
        "errors": errors(&updated.unreadable), "milliseconds": milliseconds, "peak_memory": peak_memory(),
    });
    let words = format!(
        "Pictures in {}: {}; {} made tiles now, {} as they were, {} removed.",
        asked.index.display(),
        updated.tiles,
        updated.made,
        updated.unchanged,
        updated.removed
    );
    Answer::done(value, words).stopped_by(complaint(&updated.unreadable))
}
