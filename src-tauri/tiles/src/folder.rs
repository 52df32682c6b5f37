//! The pictures of a folder, and the folders in it.
//!
//! Invariant: sorted by name, each file once; hidden files, links to folders, and what neither is nor calls itself a picture are left out. A folder in
//! it that cannot be read is listed with a `/` at its end, to be told of like a file that cannot be. Absent: what the files show.

use std::fs::{self, File};
use std::io::Read;
use std::path::Path;
use std::time::UNIX_EPOCH;

use crate::TilesError;
use crate::source::{Found, Source, TILES_MAX, Trouble};

/// No photo is larger; what is, would only fill the memory.
const FILE_BYTES_MAX: u64 = 256 << 20;
const DEPTH_MAX: usize = 16;
/// What pictures are called; those that Pierrot does not open are named as such.
const PICTURE_ENDS: [&str; 11] = ["jpg", "jpeg", "jpe", "jfif", "png", "gif", "webp", "heic", "heif", "avif", "jxl"];
const HEAD_BYTES: u64 = 16;

/// A folder, and the folders in it.
#[derive(Clone, Copy, Debug)]
pub struct Folder<'a>(pub &'a Path);

impl Source for Folder<'_> {
    fn place(&self) -> String {
        self.0.canonicalize().unwrap_or_else(|_| self.0.to_owned()).to_string_lossy().into_owned()
    }

    fn list(&self) -> Result<Vec<Found>, TilesError> {
        found(self.0)
    }

    fn read(&self, found: &Found) -> Result<Vec<u8>, Trouble> {
        let path = self.0.join(&found.name);
        if found.name.ends_with('/') {
            let why =
                fs::read_dir(&path).err().map_or_else(|| "it was away before".to_owned(), |error| error.to_string());
            return Err(Trouble::Unreadable(format!("The folder cannot be read ({why}).")));
        }
        let mut picture = Vec::with_capacity(found.bytes.min(FILE_BYTES_MAX) as usize + 1);
        let read = File::open(&path).and_then(|open| open.take(FILE_BYTES_MAX + 1).read_to_end(&mut picture));
        read.map_err(|error| {
            Trouble::Unreadable(match found.name.contains(char::REPLACEMENT_CHARACTER) {
                true => "Its name is not text (UTF-8). Rename it.".to_owned(),
                false => format!("The file cannot be read ({error})."),
            })
        })?;
        if picture.len() as u64 > FILE_BYTES_MAX {
            let why = format!("The file has more than {} MB, which is more than is read.", FILE_BYTES_MAX >> 20);
            return Err(Trouble::Unreadable(why));
        }
        Ok(picture)
    }

    fn called(&self, name: &str) -> String {
        self.0.join(name).display().to_string()
    }
}

/// All files, by name.
fn found(folder: &Path) -> Result<Vec<Found>, TilesError> {
    let mut all = Vec::new();
    walk(folder, "", 0, &mut all).map_err(|error| match error {
        Wrong::System(why) => TilesError::Folder { path: folder.to_owned(), why },
        Wrong::TooMany => TilesError::TooMany { path: folder.to_owned(), max: TILES_MAX },
    })?;
    all.sort();
    Ok(all)
}

enum Wrong {
    System(String),
    TooMany,
}

/// Whether a file calls itself a picture, or is one all the same; films, notes and sidecars beside photos are not meant.
fn is_meant(path: &Path) -> bool {
    let end = path.extension().map(|end| end.to_string_lossy().to_ascii_lowercase());
    if end.is_some_and(|end| PICTURE_ENDS.contains(&end.as_str())) {
        return true;
    }
    let mut head = Vec::new();
    let read = File::open(path).and_then(|open| open.take(HEAD_BYTES).read_to_end(&mut head));
    read.is_err() || pierrot_looks::opens(&head)
}

fn walk(folder: &Path, before: &str, depth: usize, all: &mut Vec<Found>) -> Result<(), Wrong> {
    let entries = match fs::read_dir(folder) {
        Err(_) if depth > 0 => {
            all.push(Found { name: before.to_owned(), bytes: 0, changed: 0 });
            return Ok(());
        }
        entries => entries.map_err(|error| Wrong::System(error.to_string()))?,
    };
    for entry in entries {
        let entry = entry.map_err(|error| Wrong::System(error.to_string()))?;
        let own = entry.file_name().to_string_lossy().into_owned();
        // What vanished meanwhile is not there.
        let Ok(kind) = entry.file_type() else { continue };
        if own.starts_with('.') {
            continue;
        }
        let name = format!("{before}{own}");
        if kind.is_dir() {
            if depth < DEPTH_MAX {
                walk(&entry.path(), &format!("{name}/"), depth + 1, all)?;
            }
        } else if let Ok(facts) = fs::metadata(entry.path())
            && facts.is_file()
            && is_meant(&entry.path())
        {
            let since = facts.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
            let changed = since.map_or(0, |since| since.as_nanos() as u64);
            all.push(Found { name, bytes: facts.len(), changed });
        }
        if all.len() > TILES_MAX {
            return Err(Wrong::TooMany);
        }
    }
    Ok(())
}
