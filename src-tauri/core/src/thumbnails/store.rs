//! Thumbnails on disk: one folder, one file each, within a budget; the least recently used goes first.
//!
//! Invariants: the files of the index never take more than `bytes_max`; a file is written under another name and renamed;
//! its name carries the beginning of its SHA-256, so a torn or changed file is noticed, removed and never shown. Trouble
//! with the disk is a miss, not an error. The folder belongs to the store: what it did not write is removed. Absent:
//! durability (a lost thumbnail is made again) and subfolders (left alone).

use std::{
    collections::{BTreeMap, HashMap},
    fs::{self, File},
    io::{self, ErrorKind, Read, Write},
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, MutexGuard, OnceLock, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::SystemTime,
};

use sha2::{Digest, Sha256};

use super::{Class, Key, ThumbnailCache};
use crate::clock::Clock;

/// Files removed for one that comes in; when that is not enough, it stays out.
const EVICTIONS_MAX: usize = 64;
/// Files looked at when the folder is read.
const FILES_MAX: usize = 1_000_000;
/// The time of a file is renewed at most this often, in seconds.
const TOUCH_S: i64 = 3_600;

#[derive(Debug)]
struct Entry {
    sum: u32,
    bytes: u64,
    /// Its place in `by_use`.
    tick: u64,
    /// Seconds since 1970 when its file was last marked as used.
    touched_s: i64,
}

#[derive(Debug, Default)]
struct Index {
    files: HashMap<Key, Entry>,
    by_use: BTreeMap<u64, Key>,
    bytes: u64,
    tick: u64,
}

/// The cache of one home; every method may block on the disk.
#[derive(Debug)]
pub struct Store {
    folder: PathBuf,
    bytes_max: u64,
    clock: Arc<dyn Clock>,
    index: OnceLock<Mutex<Index>>,
    temporary: AtomicU64,
}

impl Store {
    /// Looks at the folder only when first used.
    pub fn new(folder: PathBuf, bytes_max: u64, clock: Arc<dyn Clock>) -> Self {
        Self { folder, bytes_max, clock, index: OnceLock::new(), temporary: AtomicU64::new(0) }
    }

    /// The bytes of a thumbnail, whole or not at all.
    pub fn get(&self, key: &Key) -> Option<Vec<u8>> {
        let (sum, bytes) = self.index().files.get(key).map(|entry| (entry.sum, entry.bytes))?;
        let path = self.path(key, sum);
        let read = read(&path, bytes).filter(|read| checksum(read) == sum);
        let now_s = self.clock.now().as_second();
        let mut index = self.index();
        let Some(entry) = index.files.get_mut(key).filter(|entry| entry.sum == sum) else { return read };
        if read.is_none() {
            let _ = fs::remove_file(&path);
            index.forget(key);
            return None;
        }
        let stale = now_s.saturating_sub(entry.touched_s) > TOUCH_S;
        if stale {
            entry.touched_s = now_s;
        }
        index.touch(key);
        drop(index);
        if stale {
            // Only the order after the next start depends on it.
            let _ = File::options().write(true).open(&path).and_then(|file| self.mark(&file));
        }
        read
    }

    /// Keeps a thumbnail if there is room for it; whether it is kept.
    pub fn put(&self, key: &Key, bytes: &[u8]) -> bool {
        let length = bytes.len() as u64;
        if length > self.bytes_max || bytes.is_empty() {
            return false;
        }
        let number = self.temporary.fetch_add(1, Ordering::Relaxed);
        let temporary = self.folder.join(format!("{number}.new"));
        // The first use reads the folder and tidies it: before anything new is in it.
        drop(self.index());
        let kept = match self.write(&temporary, bytes) {
            Ok(()) => self.take_in(key, &temporary, length, checksum(bytes)),
            Err(error) => {
                tracing::warn!(%key, %error, "a thumbnail cannot be kept");
                false
            }
        };
        if !kept {
            let _ = fs::remove_file(&temporary);
        }
        kept
    }

    /// The file of a thumbnail that is kept, for programs that read it themselves.
    pub fn file(&self, key: &Key) -> Option<PathBuf> {
        let sum = self.index().files.get(key)?.sum;
        Some(self.path(key, sum)).filter(|path| path.exists())
    }

    pub fn stat(&self) -> ThumbnailCache {
        let index = self.index();
        ThumbnailCache { files: index.files.len() as u64, bytes: index.bytes, bytes_max: self.bytes_max }
    }

    /// Removes every thumbnail.
    pub fn clear(&self) -> ThumbnailCache {
        let mut index = self.index();
        for _ in 0..index.files.len() {
            self.evict(&mut index);
        }
        drop(index);
        self.stat()
    }

    fn take_in(&self, key: &Key, temporary: &Path, bytes: u64, sum: u32) -> bool {
        let now_s = self.clock.now().as_second();
        let mut index = self.index();
        if let Some(old) = index.forget(key) {
            let _ = fs::remove_file(self.path(key, old.sum));
        }
        for _ in 0..EVICTIONS_MAX {
            if index.bytes + bytes <= self.bytes_max {
                break;
            }
            self.evict(&mut index);
        }
        if index.bytes + bytes > self.bytes_max || fs::rename(temporary, self.path(key, sum)).is_err() {
            return false;
        }
        index.insert(key.clone(), sum, bytes, now_s);
        true
    }

    /// Removes the least recently used; one that cannot be removed goes to the end of the line and still counts.
    fn evict(&self, index: &mut Index) {
        let Some(key) = index.by_use.first_key_value().map(|(_, key)| key.clone()) else { return };
        let Some(sum) = index.files.get(&key).map(|entry| entry.sum) else { return };
        match fs::remove_file(self.path(&key, sum)) {
            Err(error) if error.kind() != ErrorKind::NotFound => index.touch(&key),
            Ok(()) | Err(_) => {
                index.forget(&key);
            }
        }
    }

    fn write(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let mut file = match File::create(path) {
            Err(error) if error.kind() == ErrorKind::NotFound => {
                fs::create_dir_all(&self.folder)?;
                File::create(path)?
            }
            created => created?,
        };
        file.write_all(bytes)?;
        self.mark(&file)
    }

    fn mark(&self, file: &File) -> io::Result<()> {
        file.set_modified(SystemTime::from(self.clock.now()))
    }

    fn path(&self, key: &Key, sum: u32) -> PathBuf {
        self.folder.join(file_name(key, sum))
    }

    fn index(&self) -> MutexGuard<'_, Index> {
        let read = || Mutex::new(self.read_folder());
        self.index.get_or_init(read).lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is there, oldest first; removes what is not a thumbnail and what is over the budget.
    fn read_folder(&self) -> Index {
        let mut found = Vec::new();
        for file in fs::read_dir(&self.folder).into_iter().flatten().flatten().take(FILES_MAX) {
            let Ok(facts) = file.metadata() else { continue };
            if facts.is_dir() {
                continue;
            }
            let named = file.file_name().to_str().and_then(parse).filter(|_| facts.is_file() && facts.len() > 0);
            match named {
                Some((key, sum)) => {
                    let used = facts.modified().ok().and_then(|time| jiff::Timestamp::try_from(time).ok());
                    found.push((used.unwrap_or_default(), key, sum, facts.len()));
                }
                None => {
                    let _ = fs::remove_file(file.path());
                }
            }
        }
        found.sort();
        let mut index = Index::default();
        for (used, key, sum, bytes) in found {
            if let Some(older) = index.forget(&key) {
                let _ = fs::remove_file(self.path(&key, older.sum));
            }
            index.insert(key, sum, bytes, used.as_second());
        }
        for _ in 0..index.files.len() {
            if index.bytes <= self.bytes_max {
                break;
            }
            self.evict(&mut index);
        }
        index
    }
}

impl Index {
    fn insert(&mut self, key: Key, sum: u32, bytes: u64, touched_s: i64) {
        self.tick += 1;
        self.bytes += bytes;
        self.by_use.insert(self.tick, key.clone());
        self.files.insert(key, Entry { sum, bytes, tick: self.tick, touched_s });
    }

    fn forget(&mut self, key: &Key) -> Option<Entry> {
        let entry = self.files.remove(key)?;
        self.by_use.remove(&entry.tick);
        self.bytes -= entry.bytes;
        Some(entry)
    }

    fn touch(&mut self, key: &Key) {
        let Some(entry) = self.files.get_mut(key) else { return };
        self.by_use.remove(&entry.tick);
        self.tick += 1;
        entry.tick = self.tick;
        self.by_use.insert(self.tick, key.clone());
    }
}

fn file_name(key: &Key, sum: u32) -> String {
    format!("{key}-{sum:08x}.jpg")
}

/// The key and sum in a file name; only what [`file_name`] writes.
fn parse(name: &str) -> Option<(Key, u32)> {
    let mut parts = name.strip_suffix(".jpg")?.rsplitn(4, '-');
    let sum = u32::from_str_radix(parts.next()?, 16).ok()?;
    let class = Class::of(parts.next()?)?;
    let version = u64::from_str_radix(parts.next()?, 16).ok()?;
    let key = Key { photo: parts.next()?.parse().ok()?, version, class };
    (file_name(&key, sum) == name).then_some((key, sum))
}

/// The beginning of the SHA-256.
fn checksum(bytes: &[u8]) -> u32 {
    Sha256::digest(bytes).iter().take(4).fold(0, |sum, byte| sum << 8 | u32::from(*byte))
}

/// The whole of a file of exactly this length.
fn read(path: &Path, length: u64) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(usize::try_from(length).ok()? + 1);
    File::open(path).ok()?.take(length + 1).read_to_end(&mut bytes).ok()?;
    (bytes.len() as u64 == length).then_some(bytes)
}

#[cfg(test)]
#[path = "store_test.rs"]
mod tests;
