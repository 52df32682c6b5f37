//! Bringing an index up to date with its source.
//!
//! A picture of the same length and mark is taken as unchanged; another one is read, and decoded only when its hash (SHA-256) is
//! new. Several threads read and decode; one writes, in the order of names, so the index does not depend on their number.
//!
//! Invariant: a picture that cannot be a tile stops no other; it is named. Absent: any word on which pictures to take.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use pierrot_looks::Work;
use pierrot_looks::mosaic::{PARTS_MAX, Tile};
use redb::{Database, Durability, ReadableDatabase, ReadableTable};
use sha2::{Digest, Sha256};

use crate::TilesError;
use crate::index::{
    EDITION, FACTS, Record, SCANS, TILES, WORDS, builder, guarded, opened, shape, unusable, unusable_database,
};
use crate::source::{Found, Source, Trouble};

/// Tiles in one transaction.
const BATCH: usize = 4096;
/// Results that may wait for the writer, for each thread.
const WAITING: usize = 8;

/// What is to be done.
#[derive(Clone, Copy)]
pub struct Asked<'a> {
    /// Where the pictures come from.
    pub source: &'a dyn Source,
    /// The file of the index.
    pub index: &'a Path,
    /// Pixels on each side of a tile.
    pub side: u32,
    /// Tiles of one picture at most: its middle, and the ends of its longer side.
    pub crops: usize,
    /// Threads that read and decode.
    pub threads: usize,
    /// Whether what was made is kept when the work is stopped or the source goes away.
    pub keep_part: bool,
}

impl std::fmt::Debug for Asked<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Asked").field("place", &self.source.place()).field("index", &self.index).finish_non_exhaustive()
    }
}

/// A picture that is no tile, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable {
    /// What a person calls it.
    pub picture: String,
    /// Why not, as a sentence.
    pub why: String,
}

/// What became of the index.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Updated {
    /// Tiles in it now.
    pub tiles: usize,
    /// Pictures decoded.
    pub made: usize,
    /// Files taken as they were.
    pub unchanged: usize,
    /// Tiles removed, because their files vanished or cannot be read any more.
    pub removed: usize,
    /// Files that are no tiles.
    pub unreadable: Vec<Unreadable>,
}

/// Makes the index, or brings it up to date; one with tiles of another side or from another version is made anew.
///
/// # Errors
/// [`TilesError`], in sentences.
pub fn update(asked: &Asked<'_>, work: &Work<'_>) -> Result<Updated, TilesError> {
    (work.phase)("list");
    let files = asked.source.list()?;
    (work.phase)("update");
    // An empty file is a place that was kept for an index.
    if fs::metadata(asked.index).is_ok_and(|facts| facts.len() > 0) && fits(asked)? {
        let database = builder().open(asked.index).map_err(|error| unusable_database(asked.index, error))?;
        return guarded(asked.index, || renew(asked, &files, &database, work));
    }
    if let Some(folder) = asked.index.parent() {
        fs::create_dir_all(folder).map_err(|error| TilesError::unwritable(folder, &error))?;
    }
    let mut part = asked.index.as_os_str().to_owned();
    part.push(format!(".{}.part", std::process::id()));
    let part = PathBuf::from(part);
    let made = guarded(asked.index, || {
        let database = builder().create(&part).map_err(|error| unusable(asked.index, error))?;
        renew(asked, &files, &database, work)
    });
    let whole = match &made {
        Ok(_) => true,
        Err(TilesError::Stopped | TilesError::Away { .. }) => asked.keep_part,
        Err(_) => false,
    };
    if !whole {
        let _ = fs::remove_file(&part);
        return made;
    }
    fs::rename(&part, asked.index).map_err(|error| unusable(asked.index, error))?;
    made
}

/// Whether the index that is there can be kept; an error when the file is something else.
fn fits(asked: &Asked<'_>) -> Result<bool, TilesError> {
    let path = asked.index;
    let known = guarded(path, || {
        let database = opened(path)?;
        let reading = database.begin_read().map_err(|error| unusable(path, error))?;
        shape(path, &reading.open_table(FACTS).map_err(|error| unusable(path, error))?)
    });
    match known {
        Ok(shape) => Ok(shape == (asked.side, asked.crops)),
        Err(TilesError::Edition { .. }) => Ok(false),
        Err(
            error @ (TilesError::Index { .. }
            | TilesError::Busy { .. }
            | TilesError::Folder { .. }
            | TilesError::TooMany { .. }
            | TilesError::Away { .. }
            | TilesError::File { .. }
            | TilesError::Picture(_)
            | TilesError::Stopped),
        ) => Err(error),
    }
}

/// What a thread found out about a file.
enum News {
    Unchanged,
    /// Another time, the same bytes.
    Touched,
    Made(Vec<Tile>, [u8; 32]),
    Trouble(Trouble),
}

fn renew(asked: &Asked<'_>, files: &[Found], database: &Database, work: &Work<'_>) -> Result<Updated, TilesError> {
    let mut known = records(asked.index, database)?;
    let mut writer = Writer::new(asked, database, known.values().map(|record| record.number + 1).max().unwrap_or(0))?;
    let (next, stop) = (AtomicUsize::new(0), AtomicBool::new(false));
    let threads = asked.threads.clamp(1, files.len().max(1));
    let (send, news) = sync_channel(threads * WAITING);
    let written = thread::scope(|scope| {
        for _ in 0..threads {
            let send = send.clone();
            scope.spawn(|| look(asked, files, &known, (&next, &stop), send));
        }
        drop(send);
        let written = listen(asked.source, files, &known, &news, &mut writer, work);
        stop.store(true, Ordering::Relaxed);
        // Threads that wait to be heard must not wait for ever.
        drop(news);
        written
    });
    let mut updated = match written {
        Err(error @ (TilesError::Stopped | TilesError::Away { .. })) if asked.keep_part => {
            writer.finish()?;
            return Err(error);
        }
        written => written?,
    };
    for file in files {
        known.remove(&file.name);
    }
    for (name, record) in &known {
        writer.remove(name, record.number)?;
        updated.removed += 1;
    }
    updated.tiles = writer.finish()?;
    Ok(updated)
}

fn records(path: &Path, database: &Database) -> Result<BTreeMap<String, Record>, TilesError> {
    let reading = database.begin_read().map_err(|error| unusable(path, error))?;
    let mut known = BTreeMap::new();
    // A new file has no table yet.
    let Ok(tiles) = reading.open_table(TILES) else { return Ok(known) };
    for row in tiles.iter().map_err(|error| unusable(path, error))? {
        let (name, record) = row.map_err(|error| unusable(path, error))?;
        let record = Record::read(record.value()).ok_or_else(|| unusable(path, "it is damaged"))?;
        known.insert(name.value().to_owned(), record);
    }
    Ok(known)
}

/// One thread: takes the next file until there is none, or nobody listens any more.
fn look(
    asked: &Asked<'_>,
    files: &[Found],
    known: &BTreeMap<String, Record>,
    (next, stop): (&AtomicUsize, &AtomicBool),
    send: SyncSender<(usize, News)>,
) {
    while !stop.load(Ordering::Relaxed) {
        let at = next.fetch_add(1, Ordering::Relaxed);
        let Some(file) = files.get(at) else { return };
        let news = news_of(asked, file, known.get(&file.name)).unwrap_or_else(News::Trouble);
        if send.send((at, news)).is_err() {
            return;
        }
    }
}

fn news_of(asked: &Asked<'_>, file: &Found, known: Option<&Record>) -> Result<News, Trouble> {
    if known.is_some_and(|known| known.bytes == file.bytes && known.changed == file.changed) {
        return Ok(News::Unchanged);
    }
    let picture = asked.source.read(file)?;
    let hash: [u8; 32] = Sha256::digest(&picture).into();
    if known.is_some_and(|known| known.hash == hash) {
        return Ok(News::Touched);
    }
    let tiles = match asked.crops {
        0 | 1 => Tile::of(&picture, asked.side).map(|tile| vec![tile]),
        crops => Tile::parts(&picture, asked.side, crops),
    };
    Ok(News::Made(tiles.map_err(|error| Trouble::Unreadable(error.to_string()))?, hash))
}

/// Writes what the threads find out, in the order of the files.
fn listen(
    source: &dyn Source,
    files: &[Found],
    known: &BTreeMap<String, Record>,
    news: &Receiver<(usize, News)>,
    writer: &mut Writer<'_>,
    work: &Work<'_>,
) -> Result<Updated, TilesError> {
    let mut updated = Updated::default();
    let mut early = BTreeMap::new();
    let mut done = 0;
    while let Ok((at, heard)) = news.recv() {
        early.insert(at, heard);
        while let Some(heard) = early.remove(&done) {
            work.go_on().map_err(|_| TilesError::Stopped)?;
            let file = &files[done];
            let before = known.get(&file.name);
            match (heard, before) {
                (News::Made(tiles, hash), _) => {
                    writer.put(file, before, tiles, hash)?;
                    updated.made += 1;
                }
                (News::Touched, Some(before)) => {
                    writer.touch(file, before)?;
                    updated.unchanged += 1;
                }
                (News::Unchanged | News::Touched, _) => updated.unchanged += 1,
                (News::Trouble(Trouble::Away(why)), _) => return Err(TilesError::Away { why }),
                (News::Trouble(Trouble::Unreadable(why)), before) => {
                    if let Some(before) = before {
                        writer.remove(&file.name, before.number)?;
                        updated.removed += 1;
                    }
                    updated.unreadable.push(Unreadable { picture: source.called(&file.name), why });
                }
            }
            done += 1;
            (work.progress)(done as f32 / files.len() as f32);
        }
    }
    Ok(updated)
}

/// Writes tiles in batches; nothing is safe on the disk before [`Writer::finish`].
struct Writer<'a> {
    path: &'a Path,
    database: &'a Database,
    batch: Vec<Change>,
    number: u32,
}

enum Change {
    /// Scans of all parts; none where the pixels are as they were.
    Put {
        name: String,
        record: Box<Record>,
        scans: Vec<Vec<u8>>,
    },
    Remove {
        name: String,
        number: u32,
    },
}

impl<'a> Writer<'a> {
    fn new(asked: &Asked<'a>, database: &'a Database, number: u32) -> Result<Self, TilesError> {
        let writer = Self { path: asked.index, database, batch: Vec::new(), number };
        let place = asked.source.place();
        writer.transaction(Durability::None, |writing| {
            writing.open_table(WORDS)?.insert("folder", &*place)?;
            let mut facts = writing.open_table(FACTS)?;
            facts.insert("edition", EDITION)?;
            facts.insert("side", u64::from(asked.side))?;
            facts.insert("crops", asked.crops as u64)?;
            writing.open_table(SCANS)?;
            writing.open_table(TILES)?;
            Ok(())
        })?;
        Ok(writer)
    }

    fn put(
        &mut self,
        file: &Found,
        before: Option<&Record>,
        tiles: Vec<Tile>,
        hash: [u8; 32],
    ) -> Result<(), TilesError> {
        let number = before.map_or(self.number, |before| before.number);
        if before.is_none() {
            self.number += 1;
        }
        let (faces, scans) = tiles.into_iter().map(|tile| (tile.face, tile.coded.into_scan())).unzip();
        let record = Record { number, bytes: file.bytes, changed: file.changed, hash, faces };
        self.push(Change::Put { name: file.name.clone(), record: Box::new(record), scans })
    }

    fn touch(&mut self, file: &Found, before: &Record) -> Result<(), TilesError> {
        let record = Record { changed: file.changed, ..before.clone() };
        self.push(Change::Put { name: file.name.clone(), record: Box::new(record), scans: Vec::new() })
    }

    fn remove(&mut self, name: &str, number: u32) -> Result<(), TilesError> {
        self.push(Change::Remove { name: name.to_owned(), number })
    }

    fn push(&mut self, change: Change) -> Result<(), TilesError> {
        self.batch.push(change);
        if self.batch.len() >= BATCH { self.flush(Durability::None).map(|_| ()) } else { Ok(()) }
    }

    fn finish(&mut self) -> Result<usize, TilesError> {
        self.flush(Durability::Immediate)
    }

    /// Writes the batch; how many tiles there are then.
    fn flush(&mut self, durability: Durability) -> Result<usize, TilesError> {
        let batch = std::mem::take(&mut self.batch);
        self.transaction(durability, |writing| {
            let (mut tiles, mut scans) = (writing.open_table(TILES)?, writing.open_table(SCANS)?);
            for change in &batch {
                match change {
                    Change::Put { name, record, scans: made } => {
                        tiles.insert(name.as_str(), record.written().as_slice())?;
                        for (part, scan) in made.iter().enumerate() {
                            scans.insert(Record::scan(record.number, part), scan.as_slice())?;
                        }
                        // The picture before it may have had more.
                        for part in record.faces.len()..PARTS_MAX {
                            scans.remove(Record::scan(record.number, part))?;
                        }
                    }
                    Change::Remove { name, number } => {
                        tiles.remove(name.as_str())?;
                        for part in 0..PARTS_MAX {
                            scans.remove(Record::scan(*number, part))?;
                        }
                    }
                }
            }
            Ok(redb::ReadableTableMetadata::len(&tiles)? as usize)
        })
    }

    fn transaction<T>(
        &self,
        durability: Durability,
        act: impl FnOnce(&redb::WriteTransaction) -> Result<T, redb::Error>,
    ) -> Result<T, TilesError> {
        let written = || {
            let mut writing = self.database.begin_write()?;
            writing.set_durability(durability)?;
            let done = act(&writing)?;
            writing.commit()?;
            Ok::<T, redb::Error>(done)
        };
        written().map_err(|error| unusable(self.path, error))
    }
}
