//! What is written of a mosaic: the picture, the small one, the pieces for looking closer, and which tile is where.
//!
//! Invariant: a file stands under its name only when it is complete. Absent: which tile goes where.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use pierrot_looks::mosaic::{Format, Grid, Mosaic, PIECE_SIDE, Spot, last_level, pyramid, shift};
use pierrot_looks::{Format as ThumbFormat, Limits, PictureError, Size, Wanted, Work, thumbs};
use serde_json::{Value, json};

use crate::{Index, TilesError};

/// What a folder with a mosaic to look at closer has in it.
pub const ZOOM: &str = "mosaic.dzi";
/// And the folder of its pieces.
pub const PIECES: &str = "mosaic_files";
/// The page that shows the pieces; `MOSAIC` in it stands for what it has to know.
const PAGE: &str = include_str!("page.html");

/// The mosaic as one picture.
///
/// # Errors
/// [`TilesError`].
pub fn write_whole(
    mosaic: &Mosaic<'_>,
    index: &mut Index,
    path: &Path,
    format: Format,
    work: &Work<'_>,
) -> Result<(), TilesError> {
    whole(path, |sink| Ok(mosaic.write(index, format, sink, work)?))
}

/// The mosaic within these limits, as a JPEG.
///
/// # Errors
/// [`TilesError`].
pub fn write_reduced(
    mosaic: &Mosaic<'_>,
    index: &mut Index,
    path: &Path,
    limits: &Limits,
    work: &Work<'_>,
) -> Result<(), TilesError> {
    let jpeg = mosaic.reduced(index, limits, work)?.bytes;
    whole(path, |sink| sink.write_all(&jpeg).map_err(|error| TilesError::unwritable(path, &error)))
}

/// A picture file as a small JPEG: the longest side has at most so many pixels.
///
/// # Errors
/// [`TilesError`].
pub fn write_small(from: &Path, to: &Path, side: u32) -> Result<(), TilesError> {
    let picture = fs::read(from).map_err(|error| TilesError::unwritable(from, &error))?;
    let wanted = Wanted { sizes: vec![Size::within(side)], format: ThumbFormat::Jpeg, quality: 82 };
    let made = thumbs(&picture, &wanted, &Work::UNWATCHED)?;
    let bytes = made.first().map(|thumb| thumb.bytes.as_slice()).unwrap_or_default();
    whole(to, |sink| sink.write_all(bytes).map_err(|error| TilesError::unwritable(to, &error)))
}

/// A folder with `mosaic.dzi` and its pieces (Deep Zoom, overlap 0), and a page to look at them, which needs no server.
///
/// # Errors
/// [`TilesError`].
pub fn write_zoom(mosaic: &Mosaic<'_>, index: &mut Index, folder: &Path, work: &Work<'_>) -> Result<(), TilesError> {
    let (width, height) = mosaic.size()?;
    let pieces = folder.join(PIECES);
    write_pieces(mosaic, index, &pieces, work).inspect_err(|_| {
        let _ = fs::remove_dir_all(&pieces);
    })?;
    let dzi = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Image xmlns=\"http://schemas.microsoft.com/deepzoom/2008\" \
         Format=\"jpg\" Overlap=\"0\" TileSize=\"{PIECE_SIDE}\"><Size Width=\"{width}\" Height=\"{height}\"/></Image>\n"
    );
    let path = folder.join(ZOOM);
    whole(&path, |sink| sink.write_all(dzi.as_bytes()).map_err(|error| TilesError::unwritable(&path, &error)))?;
    let about = page_facts(mosaic, index, (width, height));
    // Within a script of a page, no tag may end it.
    let page = PAGE.replace("MOSAIC", &about.to_string().replace('<', "\\u003c"));
    let path = folder.join("index.html");
    whole(&path, |sink| sink.write_all(page.as_bytes()).map_err(|error| TilesError::unwritable(&path, &error)))
}

/// The pieces alone: a folder for each level, a JPEG for each piece.
///
/// # Errors
/// [`TilesError`].
pub fn write_pieces(mosaic: &Mosaic<'_>, index: &mut Index, folder: &Path, work: &Work<'_>) -> Result<(), TilesError> {
    // What another mosaic left there would show through.
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(TilesError::unwritable(folder, &error)),
        Ok(()) | Err(_) => {}
    }
    for level in 0..=last_level(mosaic.size()?) {
        let path = folder.join(level.to_string());
        fs::create_dir_all(&path).map_err(|error| TilesError::unwritable(&path, &error))?;
    }
    let mut wrong = None;
    let mut take = |spot: Spot, jpeg: &[u8]| {
        let path = folder.join(piece(spot));
        fs::write(&path, jpeg).map_err(|error| {
            wrong = Some(TilesError::unwritable(&path, &error));
            PictureError::Stopped
        })
    };
    let drawn = pyramid(mosaic, index, &mut take, work);
    wrong.map_or_else(|| drawn.map_err(TilesError::from), Err)
}

/// Where a piece lies within the folder of pieces.
pub fn piece(Spot { level, column, row }: Spot) -> PathBuf {
    PathBuf::from(level.to_string()).join(format!("{column}_{row}.jpg"))
}

/// Which tile is in which cell, as JSON.
///
/// # Errors
/// [`TilesError`].
pub fn write_protocol(mosaic: &Mosaic<'_>, index: &Index, path: &Path) -> Result<(), TilesError> {
    whole(path, |sink| protocol(sink, mosaic, index).map_err(|error| TilesError::unwritable(path, &error)))
}

/// A tile is the path of a file, or the id of a photo, which then stands under "photo" too. Cells are named by column and row: of
/// other layouts than the grid, those of the cell in which the middle of a square lies, with its left and upper edge and its side in
/// pixels beside.
fn protocol(sink: &mut dyn Write, mosaic: &Mosaic<'_>, index: &Index) -> io::Result<()> {
    let Grid { columns, rows } = mosaic.grid();
    let (side, adjust) = (mosaic.side(), mosaic.adjust());
    let head = json!({ "columns": columns, "rows": rows, "cell_px": side, "adjust": adjust }).to_string();
    write!(sink, "{},\"cells\":[", head.trim_end_matches('}'))?;
    for (at, (cell, wanted)) in mosaic.placed().iter().zip(mosaic.faces()).enumerate() {
        let mut line = match mosaic {
            Mosaic::Cells(_) => json!({ "x": at % columns as usize, "y": at / columns as usize }),
            Mosaic::Squares(_) => {
                let (left, top, square) = mosaic.square(at);
                let cell = |edge: i64, count: u32| {
                    ((edge + i64::from(square) / 2) / i64::from(side)).clamp(0, i64::from(count) - 1)
                };
                json!({ "x": cell(left, columns), "y": cell(top, rows), "left": left, "top": top, "side": square })
            }
        };
        line["distance"] = tenths(cell.distance).into();
        let called = index.called(cell.tile);
        if index.kind() == "photo" {
            line["photo"] = called.clone().into();
        }
        line["tile"] = called.into();
        if adjust > 0 {
            line["adjust"] = shift(&index.faces()[cell.tile], wanted, adjust).map(tenths).to_vec().into();
        }
        write!(sink, "{}\n{line}", if at == 0 { "" } else { "," })?;
    }
    sink.write_all(b"\n]}\n")
}

fn tenths(value: f32) -> f64 {
    (f64::from(value) * 10.0).round() / 10.0
}

/// Sizes, the tiles that are used, and for each place which of them; the places themselves where they are no grid.
fn page_facts(mosaic: &Mosaic<'_>, index: &Index, (width, height): (u32, u32)) -> Value {
    let mut used: Vec<usize> = mosaic.placed().iter().map(|placed| placed.tile).collect();
    used.sort_unstable();
    used.dedup();
    let cells: Vec<usize> =
        mosaic.placed().iter().map(|placed| used.binary_search(&placed.tile).unwrap_or_default()).collect();
    let squares = match mosaic {
        Mosaic::Cells(_) => None,
        Mosaic::Squares(_) => Some((0..cells.len()).map(|place| mosaic.square(place)).collect::<Vec<_>>()),
    };
    let tiles: Vec<String> = used.into_iter().map(|tile| index.called(tile)).collect();
    json!({
        "width": width, "height": height, "side": PIECE_SIDE, "last": last_level((width, height)),
        "columns": mosaic.grid().columns, "rows": mosaic.grid().rows, "kind": index.kind(), "tiles": tiles, "cells": cells,
        "squares": squares,
    })
}

/// Writes a file beside its place and moves it there once it is whole; what it needs of folders is made.
///
/// # Errors
/// What `write` says, or why the file cannot be written.
pub fn whole(path: &Path, write: impl FnOnce(&mut dyn Write) -> Result<(), TilesError>) -> Result<(), TilesError> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        fs::create_dir_all(folder).map_err(|error| TilesError::unwritable(folder, &error))?;
    }
    let mut part = path.as_os_str().to_owned();
    part.push(format!(".{}.part", std::process::id()));
    let part = PathBuf::from(part);
    let file = File::create(&part).map_err(|error| TilesError::unwritable(path, &error))?;
    let mut sink = Sink { to: BufWriter::with_capacity(1 << 20, file), wrong: None };
    let written = write(&mut sink).and_then(|()| sink.flush().map_err(|error| TilesError::unwritable(path, &error)));
    // Whoever draws takes a full disk for a fault of the picture.
    let written = written
        .map_err(|error| sink.wrong.take().map_or(error, |why| TilesError::File { path: path.to_owned(), why }))
        .and_then(|()| fs::rename(&part, path).map_err(|error| TilesError::unwritable(path, &error)));
    if written.is_err() {
        let _ = fs::remove_file(&part);
    }
    written
}

/// A file that remembers why it could not be written.
struct Sink {
    to: BufWriter<File>,
    wrong: Option<String>,
}

impl Sink {
    fn noted<T>(&mut self, done: io::Result<T>) -> io::Result<T> {
        done.inspect_err(|error| self.wrong = Some(error.to_string()))
    }
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let done = self.to.write(bytes);
        self.noted(done)
    }

    fn flush(&mut self) -> io::Result<()> {
        let done = self.to.flush();
        self.noted(done)
    }
}
