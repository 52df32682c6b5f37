//! A folder on a disk that loses power: content and names that were not synced may be lost, kept, or torn.
//!
//! The files are real; what is done to them is noted, and an image is made of the notes. As on any Unix file system, the
//! content of a file and its name are two things: each is durable once it was synced, and not before.
//! Absent: writing over a file, and renaming into another folder, which no record does in its daily work.

use std::{
    collections::{BTreeMap, BTreeSet},
    ffi::OsString,
    fs, io,
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
};

use pierrot_core::record::disk::{Disk, RealDisk};
use rand::Rng;

#[derive(Debug)]
pub struct FolderDisk {
    /// There before, durable, and the only place where anything happens.
    base: PathBuf,
    notes: Mutex<Notes>,
}

#[derive(Debug, Default)]
struct Notes {
    files: Vec<Content>,
    /// Which file a path is now.
    live: BTreeMap<PathBuf, usize>,
    changes: Vec<Change>,
    /// Operations until the power goes.
    left: Option<u64>,
    cut: bool,
    /// Operations until the program is killed.
    life: Option<u64>,
    killed: bool,
    lies: bool,
}

#[derive(Debug)]
struct Content {
    bytes: Vec<u8>,
    durable: bool,
}

/// A change of the names in a folder.
#[derive(Debug)]
struct Change {
    folder: PathBuf,
    what: What,
    durable: bool,
}

#[derive(Debug)]
enum What {
    Folder(OsString),
    Name(OsString, usize),
    Renamed { from: OsString, to: OsString, file: usize },
    Removed(OsString),
}

impl FolderDisk {
    pub fn new(base: &Path) -> Self {
        Self { base: base.to_owned(), notes: Mutex::default() }
    }

    fn notes(&self) -> MutexGuard<'_, Notes> {
        self.notes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Fails for ever after so many more operations.
    pub fn cut_after(&self, operations: u64) {
        self.notes().left = Some(operations);
    }

    /// Whether the power went.
    pub fn is_cut(&self) -> bool {
        self.notes().cut
    }

    /// Fails after so many more operations, until `start_again`; what was done stays, synced or not.
    pub fn kill_after(&self, operations: u64) {
        self.notes().life = Some(operations);
    }

    pub fn was_killed(&self) -> bool {
        self.notes().killed
    }

    pub fn start_again(&self) {
        let mut notes = self.notes();
        (notes.killed, notes.life) = (false, None);
    }

    /// Answers every sync without doing it: for showing that the tests can fail.
    pub fn lie(&self) {
        self.notes().lies = true;
    }

    /// Writes into `to` what a power cut now may leave.
    pub fn image(&self, to: &Path, dice: &mut impl Rng) -> io::Result<()> {
        let notes = self.notes();
        let kept = [0.0, 0.1, 0.5, 0.9, 1.0][dice.random_range(0..5)];
        let (mut folders, mut names) = (BTreeSet::from([self.base.clone()]), BTreeMap::new());
        for Change { folder, what, durable } in &notes.changes {
            if !durable && !dice.random_bool(kept) {
                continue;
            }
            match what {
                What::Folder(name) => drop(folders.insert(folder.join(name))),
                What::Name(name, file) => drop(names.insert(folder.join(name), *file)),
                What::Renamed { from, to, file } => {
                    names.remove(&folder.join(from));
                    names.insert(folder.join(to), *file);
                }
                What::Removed(name) => drop(names.remove(&folder.join(name))),
            }
        }
        // A folder without a name in its own folder is gone with all that is in it; parents come first in the order.
        let mut reached = BTreeSet::new();
        for folder in folders {
            if folder == self.base || folder.parent().is_some_and(|above| reached.contains(above)) {
                fs::create_dir_all(self.moved(&folder, to)?)?;
                reached.insert(folder);
            }
        }
        for (path, file) in names {
            if path.parent().is_some_and(|folder| reached.contains(folder)) {
                fs::write(self.moved(&path, to)?, notes.files[file].left(dice))?;
            }
        }
        Ok(())
    }

    fn moved(&self, path: &Path, to: &Path) -> io::Result<PathBuf> {
        Ok(to.join(path.strip_prefix(&self.base).map_err(io::Error::other)?))
    }

    /// Does one operation on the real disk and notes it, while there is power and the program lives.
    fn step(&self, real: impl FnOnce() -> io::Result<()>, note: impl FnOnce(&mut Notes)) -> io::Result<()> {
        let mut notes = self.notes();
        notes.cut |= notes.left == Some(0);
        notes.killed |= notes.life == Some(0);
        if notes.cut || notes.killed {
            return Err(io::Error::other(if notes.cut { "the power is gone" } else { "killed" }));
        }
        notes.left = notes.left.map(|left| left - 1);
        notes.life = notes.life.map(|life| life - 1);
        real()?;
        note(&mut notes);
        Ok(())
    }
}

impl Content {
    fn left(&self, dice: &mut impl Rng) -> Vec<u8> {
        let length = self.bytes.len();
        match dice.random_range(0..4) {
            _ if self.durable => self.bytes.clone(),
            0 => Vec::new(),
            1 => vec![0; length],
            2 => self.bytes[..dice.random_range(0..=length)].to_vec(),
            _ => self.bytes.clone(),
        }
    }
}

impl Notes {
    fn change(&mut self, path: &Path, what: impl FnOnce(OsString) -> What) {
        let (folder, name) = parts(path);
        self.changes.push(Change { folder, what: what(name), durable: false });
    }
}

fn parts(path: &Path) -> (PathBuf, OsString) {
    (path.parent().map(Path::to_owned).unwrap_or_default(), path.file_name().unwrap_or_default().to_owned())
}

impl Disk for FolderDisk {
    fn write_new(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        self.step(
            || RealDisk.write_new(path, &[]),
            |notes| {
                let file = notes.files.len();
                notes.files.push(Content { bytes: Vec::new(), durable: false });
                notes.live.insert(path.to_owned(), file);
                notes.change(path, |name| What::Name(name, file));
            },
        )?;
        self.step(
            || fs::write(path, bytes),
            |notes| {
                let file = notes.live[path];
                bytes.clone_into(&mut notes.files[file].bytes);
            },
        )
    }

    fn sync_file(&self, path: &Path) -> io::Result<()> {
        self.step(
            || RealDisk.sync_file(path),
            |notes| {
                let file = notes.live[path];
                notes.files[file].durable = !notes.lies;
            },
        )
    }

    fn link(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.step(
            || RealDisk.link(from, to),
            |notes| {
                let file = notes.live[from];
                notes.live.insert(to.to_owned(), file);
                notes.change(to, |name| What::Name(name, file));
            },
        )
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        assert_eq!(from.parent(), to.parent(), "a name stays in its folder");
        self.step(
            || RealDisk.rename(from, to),
            |notes| {
                let Some(file) = notes.live.remove(from) else { return };
                notes.live.insert(to.to_owned(), file);
                notes.change(to, |to| What::Renamed { from: parts(from).1, to, file });
            },
        )
    }

    fn remove_file(&self, path: &Path) -> io::Result<()> {
        self.step(
            || RealDisk.remove_file(path),
            |notes| {
                notes.live.remove(path);
                notes.change(path, What::Removed);
            },
        )
    }

    fn create_folder(&self, path: &Path) -> io::Result<()> {
        self.step(|| RealDisk.create_folder(path), |notes| notes.change(path, What::Folder))
    }

    fn sync_folder(&self, path: &Path) -> io::Result<()> {
        self.step(
            || RealDisk.sync_folder(path),
            |notes| {
                let lies = notes.lies;
                for change in notes.changes.iter_mut().filter(|change| change.folder == path) {
                    change.durable |= !lies;
                }
            },
        )
    }
}
