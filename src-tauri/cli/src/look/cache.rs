//! A folder of thumbnails as a cache: used again by name, kept within a budget, emptied on request.
//!
//! Invariant: only files that are named as thumbnails are ever removed. Absent: making them.

use std::{
    collections::HashSet,
    fs::{self, File},
    io,
    path::{Path, PathBuf},
    time::SystemTime,
};

use clap::Args;
use pierrot_core::Error;
use serde_json::json;

use crate::output::Answer;

#[derive(Args, Clone, Debug)]
pub struct Arguments {
    /// A folder that `pierrot look thumb` wrote to; other files in it stay
    dir: PathBuf,
    /// Leave the thumbnails used last, as many as fit into so many MB
    #[arg(long, value_name = "MB", default_value_t = 0)]
    keep_mb: u64,
}

/// Removes thumbnails.
pub fn run(asked: &Arguments) -> Answer {
    match trim(&asked.dir, asked.keep_mb << 20, &HashSet::new()) {
        Ok(Trimmed { removed, kept, bytes }) => {
            let words =
                format!("{removed} thumbnails removed from {}, {kept} kept ({} KB).", asked.dir.display(), bytes >> 10);
            Answer::done(json!({ "dir": asked.dir, "removed": removed, "kept": kept, "bytes": bytes }), words)
        }
        Err(error) => error.into(),
    }
}

/// What is left.
#[derive(Debug)]
pub struct Trimmed {
    removed: usize,
    kept: usize,
    bytes: u64,
}

/// Whether the thumbnail is there; if so, it counts as used now.
pub fn use_again(path: &Path) -> bool {
    let marked = File::options().append(true).open(path).and_then(|file| {
        file.set_modified(SystemTime::now())?;
        file.metadata()
    });
    marked.is_ok_and(|facts| facts.len() > 0)
}

/// Removes the thumbnails used longest ago until the others fit, but for those that are to stay whatever they take.
pub fn trim(folder: &Path, bytes_max: u64, stay: &HashSet<PathBuf>) -> Result<Trimmed, Error> {
    let unreadable = |error: io::Error| {
        Error::failed(
            format!("The folder {} cannot be read ({error}).", folder.display()),
            "Name a folder of thumbnails.",
        )
    };
    let mut thumbs = Vec::new();
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        if entry.file_name().to_str().is_some_and(is_thumb) && entry.file_type().is_ok_and(|kind| kind.is_file()) {
            // Another program may remove files of the cache as well.
            let Ok(facts) = entry.metadata() else { continue };
            thumbs.push((facts.modified().unwrap_or(SystemTime::UNIX_EPOCH), entry.path(), facts.len()));
        }
    }
    thumbs.sort_unstable();
    let (mut bytes, mut removed) = (thumbs.iter().map(|(_, _, bytes)| bytes).sum::<u64>(), 0);
    for (_, path, length) in thumbs.iter().filter(|(_, path, _)| !stay.contains(path)) {
        if bytes <= bytes_max {
            break;
        }
        match fs::remove_file(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                let why = format!("{} cannot be removed ({error}).", path.display());
                return Err(Error::failed(why, "See who owns the folder."));
            }
            // Another program was faster, or this one did it.
            Ok(()) | Err(_) => {}
        }
        bytes -= length;
        removed += 1;
    }
    Ok(Trimmed { removed, kept: thumbs.len() - removed, bytes })
}

/// `HASH_WxH.jpg` and the like: 64 hexadecimal digits, a size, an ending.
fn is_thumb(name: &str) -> bool {
    let Some((hash, rest)) = name.split_once('_') else { return false };
    let known = [".jpg", ".png", ".webp"].iter().any(|end| rest.ends_with(end));
    known && rest.contains('x') && hash.len() == 64 && hash.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_just_asked_for_stays_whatever_the_budget() -> Result<(), Error> {
        let folder = tempfile::tempdir().expect("a folder");
        let path = |digit: char| folder.path().join(format!("{}_8x8.jpg", digit.to_string().repeat(64)));
        for digit in ['a', 'b', 'c'] {
            fs::write(path(digit), "a thumbnail").expect("writable");
        }
        let trimmed = trim(folder.path(), 0, &HashSet::from([path('b')]))?;
        assert_eq!((trimmed.removed, trimmed.kept, trimmed.bytes), (2, 1, 11));
        assert!(path('b').exists());
        assert_eq!(trim(folder.path(), 0, &HashSet::new())?.kept, 0);
        Ok(())
    }
}
