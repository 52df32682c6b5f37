//! Files of a folder record before they have their names.
//!
//! Invariant: a `Temporary` is complete and fsynced; its name begins with `.tmp-` and goes away with the value. What a
//! killed program leaves is swept when it is too old to have a living writer.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use super::NAMES_MAX;
use super::disk::Disk;

pub(super) const TEMPORARY: &str = ".tmp-";
/// A temporary file this old has no living writer.
const SWEEP_AFTER: Duration = Duration::from_secs(600);

/// A complete, fsynced file without a name of its own yet; its temporary name goes away with this value.
#[derive(Debug)]
pub(super) struct Temporary<'a> {
    disk: &'a dyn Disk,
    pub path: PathBuf,
    /// After a rename the temporary name may be somebody else's.
    renamed: AtomicBool,
}

impl<'a> Temporary<'a> {
    pub fn write(disk: &'a dyn Disk, folder: &Path, bytes: &[u8]) -> io::Result<Self> {
        static COUNTER: AtomicU64 = AtomicU64::new(0);
        const TRIES: usize = 1000;
        for _ in 0..TRIES {
            let count = COUNTER.fetch_add(1, Ordering::Relaxed);
            let path = folder.join(format!("{TEMPORARY}{}-{count}", std::process::id()));
            let written = disk.write_new(&path, bytes);
            // Another computer with the same process number, or a leftover.
            if written.as_ref().is_err_and(|error| error.kind() == ErrorKind::AlreadyExists) {
                continue;
            }
            let here = Self { disk, path, renamed: AtomicBool::new(false) };
            written?;
            disk.sync_file(&here.path)?;
            return Ok(here);
        }
        Err(ErrorKind::AlreadyExists.into())
    }

    pub fn rename(&self, path: &Path) -> io::Result<()> {
        self.disk.rename(&self.path, path)?;
        self.renamed.store(true, Ordering::Relaxed);
        Ok(())
    }
}

impl Drop for Temporary<'_> {
    fn drop(&mut self) {
        if !self.renamed.load(Ordering::Relaxed) {
            // What stays after a failure is swept at a later opening.
            self.disk.remove_file(&self.path).ok();
        }
    }
}

/// Removes old temporary files of one folder. Best effort.
pub(super) fn sweep_folder(disk: &dyn Disk, folder: &Path) {
    let Ok(listing) = fs::read_dir(folder) else { return };
    let temporary = |entry: &fs::DirEntry| entry.file_name().to_string_lossy().starts_with(TEMPORARY);
    let found: Vec<_> = listing.take(NAMES_MAX).flatten().filter(temporary).map(|entry| entry.path()).collect();
    if found.is_empty() {
        return;
    }
    // The file system's own clock, which may be another computer's.
    let modified = |path: &Path| path.metadata()?.modified();
    let Ok(now) = Temporary::write(disk, folder, b"").and_then(|here| modified(&here.path)) else { return };
    for path in found.iter().filter(|path| modified(path).is_ok_and(|then| is_old(then, now))) {
        if let Err(error) = disk.remove_file(path) {
            tracing::debug!(path = %path.display(), %error, "an old temporary file stays");
        }
    }
}

fn is_old(modified: SystemTime, now: SystemTime) -> bool {
    now.duration_since(modified).is_ok_and(|age| age > SWEEP_AFTER)
}
