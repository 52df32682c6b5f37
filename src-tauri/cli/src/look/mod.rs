//! `pierrot look`: looks on picture files, without account, home or record; a mosaic may take its tiles from the library.
//!
//! One file for each look: its arguments, its files in and out. Ctrl-C ends the work between two rows of pixels. With
//! `--json` every look says counts, `milliseconds` of each phase (summed over threads) and `peak_memory` in bytes.

mod cache;
mod dither;
mod measured;
mod mosaic;
mod thumb;
mod tiles;

use std::{
    fs::{self, File},
    io::Read,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use clap::Subcommand;
use pierrot_core::{Error, Pierrot, World, no_home, settings::Settings};
use pierrot_looks::mosaic::PARTS_MAX;

use crate::{
    args::Arguments,
    output::{Answer, Voice},
    progress::Watching,
    sandbox::stopped,
};

#[derive(Clone, Debug, Subcommand)]
pub enum Look {
    /// Small versions of pictures: upright, sRGB, without metadata
    Thumb(thumb::Arguments),
    /// Remove thumbnails from a folder, all or those used longest ago
    Purge(cache::Arguments),
    /// A picture in few colours that still shows all its tones
    Dither(dither::Arguments),
    /// The ways to dither
    Methods,
    /// The palettes known by name
    Palettes,
    /// Make or renew an index of tiles from a folder of pictures
    Tiles(tiles::Arguments),
    /// A picture made of pictures
    Mosaic(mosaic::Arguments),
}

/// How long work that was stopped may take to clean up.
const PATIENCE: Duration = Duration::from_secs(5);

/// Set once nobody wants the result any more.
type Stop = Arc<AtomicBool>;

/// Does the look on a thread of its own and prints its answer; the exit status.
pub async fn run(asked: &Look, arguments: &Arguments, voice: Voice) -> u8 {
    let stop = Stop::default();
    let prepared = tokio::select! {
        prepared = prepared(asked, arguments) => prepared,
        status = stopped() => return voice.stopped(status, &arguments.command),
    };
    let (asked, _home) = match prepared {
        Ok(prepared) => prepared,
        Err(error) => return voice.say(error.into()),
    };
    let told = stop.clone();
    let work = tokio::task::spawn_blocking(move || match asked {
        Look::Thumb(asked) => thumb::run(&asked, &told),
        Look::Purge(asked) => cache::run(&asked),
        Look::Dither(asked) => dither::run(&asked, &told),
        Look::Methods => dither::methods(),
        Look::Palettes => dither::palettes(),
        Look::Tiles(asked) => tiles::run(&asked, &told),
        Look::Mosaic(asked) => mosaic::run(&asked, &told),
    });
    tokio::pin!(work);
    tokio::select! {
        answer = &mut work => voice.say(answer.unwrap_or_else(|_| gave_up())),
        status = stopped() => {
            stop.store(true, Ordering::Relaxed);
            // It takes what it had begun to write away with it.
            let _ = tokio::time::timeout(PATIENCE, work).await;
            voice.stopped(status, &arguments.command)
        }
    }
}

/// What the look needs of the library is there; the home stays ours meanwhile.
async fn prepared(asked: &Look, arguments: &Arguments) -> Result<(Look, Option<Pierrot>), Error> {
    let mosaic = match asked {
        Look::Mosaic(mosaic) if mosaic.wants_library() => mosaic,
        Look::Thumb(thumb) if thumb.wants_settings() => {
            let settings = Settings::load(&arguments.root()?.join("config.toml")).map_err(Error::from)?;
            return Ok((Look::Thumb(thumb.with_settings(&settings)?), None));
        }
        Look::Thumb(_)
        | Look::Purge(_)
        | Look::Dither(_)
        | Look::Methods
        | Look::Palettes
        | Look::Tiles(_)
        | Look::Mosaic(_) => return Ok((asked.clone(), None)),
    };
    let root = arguments.root()?;
    if !root.exists() {
        return Err(no_home(&root));
    }
    let pierrot = Pierrot::open(&root, World::default())?;
    let _watching = Watching::start(&pierrot, arguments.json);
    pierrot.rebuild().await?;
    Ok((Look::Mosaic(mosaic.with_library(&pierrot).await?), Some(pierrot)))
}

fn gave_up() -> Answer {
    Error::failed("The look gave up in the middle.", "Please report the picture it was given.").into()
}

/// As many threads as asked for, else as many as the computer runs at once.
fn threads(asked: Option<usize>) -> usize {
    asked.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, usize::from))
}

fn thread_count(text: &str) -> Result<usize, String> {
    text.parse()
        .ok()
        .filter(|count| (1..=256).contains(count))
        .ok_or_else(|| "1 to 256 threads can be asked for".into())
}

fn crop_count(text: &str) -> Result<usize, String> {
    let count = text.parse().ok().filter(|count| (1..=PARTS_MAX).contains(count));
    count.ok_or_else(|| format!("1 to {PARTS_MAX} tiles of one picture can be asked for"))
}

/// Reads a file whole, or says in a sentence why not.
fn read(path: &Path, bytes_max: u64) -> Result<Vec<u8>, String> {
    let unreadable = |error: std::io::Error| format!("The file cannot be read ({error}).");
    let facts = fs::metadata(path).map_err(unreadable)?;
    if facts.is_dir() {
        return Err("This is a folder; name a file.".into());
    }
    if waits(path, &facts) {
        return Err("This is a pipe, which may never be written to; name a file.".into());
    }
    let file = File::open(path).map_err(unreadable)?;
    let mut bytes = Vec::with_capacity(facts.len().min(bytes_max) as usize);
    file.take(bytes_max + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > bytes_max {
        return Err(format!("The file has more than {} MB, which is more than is read.", bytes_max >> 20));
    }
    Ok(bytes)
}

/// Whether opening it may wait for ever: a named pipe, but not what a shell hands over.
#[cfg(unix)]
fn waits(path: &Path, facts: &fs::Metadata) -> bool {
    use std::os::unix::fs::FileTypeExt;
    facts.file_type().is_fifo() && !path.starts_with("/dev") && !path.starts_with("/proc")
}

#[cfg(not(unix))]
fn waits(_path: &Path, _facts: &fs::Metadata) -> bool {
    false
}

/// A path as JSON has it; what of it is no text is replaced.
fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

/// Where a file is, by whatever way it was named; it need not be there yet.
fn place(path: &Path) -> PathBuf {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let lies = || Some(folder.canonicalize().ok()?.join(path.file_name()?));
    path.canonicalize().ok().or_else(lies).unwrap_or_else(|| path.to_owned())
}

/// That a file which is to be written is not another one that is read or written, too.
fn not_itself(written: &Path, other: &Path) -> Result<(), Error> {
    if place(written) != place(other) {
        return Ok(());
    }
    let why = format!("{} is named twice: what is written would take the place of the other.", written.display());
    Err(Error::settings(why, "Name another file to write; nothing was changed."))
}

/// Writes a file beside its place and moves it there, so that no half of it is ever seen; `turn` keeps two writers apart.
fn write(path: &Path, turn: usize, bytes: &[u8]) -> Result<(), String> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        fs::create_dir_all(folder).map_err(|error| format!("{} cannot be made ({error}).", folder.display()))?;
    }
    let mut part = path.as_os_str().to_owned();
    part.push(format!(".{}-{turn}.part", std::process::id()));
    let written = fs::write(&part, bytes).and_then(|()| fs::rename(&part, path));
    written.map_err(|error| {
        let _ = fs::remove_file(&part);
        format!("{} cannot be written ({error}).", path.display())
    })
}
