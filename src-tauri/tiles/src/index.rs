//! The file: a redb database with one table of what is known of each tile and one of their pixels.
//!
//! Invariant: each name in `tiles` has its scan in `scans`. Absent: folders and decoding.

use std::collections::{HashMap, HashSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use pierrot_looks::PictureError;
use pierrot_looks::mosaic::{Coded, FACE_BYTES, Face, PARTS_MAX, Tiles};
use redb::{
    Builder, Database, DatabaseError, ReadOnlyDatabase, ReadOnlyTable, ReadableDatabase, ReadableTable, TableDefinition,
};

use crate::TilesError;

/// Another number makes every index anew.
pub(crate) const EDITION: u64 = 2;
pub(crate) const FACTS: TableDefinition<'_, &str, u64> = TableDefinition::new("facts");
/// `folder`: where the pictures are.
pub(crate) const WORDS: TableDefinition<'_, &str, &str> = TableDefinition::new("words");
/// By name: see [`Record`].
pub(crate) const TILES: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("tiles");
/// By [`Record::scan`]: the scan of the tile's JPEG.
pub(crate) const SCANS: TableDefinition<'_, u64, &[u8]> = TableDefinition::new("scans");
/// Bytes that the database keeps in memory.
const CACHE_BYTES: usize = 16 << 20;

/// What is known of a tile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Record {
    pub(crate) number: u32,
    pub(crate) bytes: u64,
    pub(crate) changed: u64,
    pub(crate) hash: [u8; 32],
    /// One for each part of the picture that is a tile.
    pub(crate) faces: Vec<Face>,
}

const HEAD_BYTES: usize = 4 + 8 + 8 + 32;

impl Record {
    pub(crate) fn written(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(HEAD_BYTES + self.faces.len() * FACE_BYTES);
        bytes.extend_from_slice(&self.number.to_le_bytes());
        bytes.extend_from_slice(&self.bytes.to_le_bytes());
        bytes.extend_from_slice(&self.changed.to_le_bytes());
        bytes.extend_from_slice(&self.hash);
        self.faces.iter().for_each(|face| bytes.extend_from_slice(&face.0));
        bytes
    }

    pub(crate) fn read(bytes: &[u8]) -> Option<Self> {
        let (number, rest) = bytes.split_first_chunk()?;
        let (length, rest) = rest.split_first_chunk()?;
        let (changed, rest) = rest.split_first_chunk()?;
        let (hash, rest) = rest.split_first_chunk()?;
        let (faces, []) = rest.as_chunks::<FACE_BYTES>() else { return None };
        if !(1..=PARTS_MAX).contains(&faces.len()) {
            return None;
        }
        Some(Self {
            number: u32::from_le_bytes(*number),
            bytes: u64::from_le_bytes(*length),
            changed: u64::from_le_bytes(*changed),
            hash: *hash,
            faces: faces.iter().copied().map(Face).collect(),
        })
    }

    /// Where the scan of a part is kept.
    pub(crate) const fn scan(number: u32, part: usize) -> u64 {
        number as u64 * PARTS_MAX as u64 + part as u64
    }
}

/// An index, open for reading.
pub struct Index {
    path: PathBuf,
    folder: PathBuf,
    side: u32,
    names: Vec<String>,
    copies: HashSet<String>,
    parts: Vec<usize>,
    keys: Vec<u64>,
    faces: Vec<Face>,
    scans: ReadOnlyTable<u64, &'static [u8]>,
    /// Kept open for `scans`.
    _database: ReadOnlyDatabase,
}

impl std::fmt::Debug for Index {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Index").field("path", &self.path).field("tiles", &self.names.len()).finish_non_exhaustive()
    }
}

impl Index {
    /// Opens an index and reads what its tiles look like.
    ///
    /// # Errors
    /// [`TilesError::Index`] for a file that is none or is being written, [`TilesError::Edition`].
    pub fn open(path: &Path) -> Result<Self, TilesError> {
        guarded(path, || {
            let database = opened(path)?;
            let reading = database.begin_read().map_err(|error| unusable(path, error))?;
            let facts = reading.open_table(FACTS).map_err(|error| unusable(path, error))?;
            let side = side(path, &facts)?;
            let words = reading.open_table(WORDS).map_err(|error| unusable(path, error))?;
            let folder = words.get("folder").map_err(|error| unusable(path, error))?;
            let folder = folder.map_or_else(PathBuf::new, |folder| PathBuf::from(folder.value()));
            let tiles = reading.open_table(TILES).map_err(|error| unusable(path, error))?;
            let (mut names, mut parts, mut keys, mut faces) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
            let (mut seen, mut copies) = (HashSet::new(), HashSet::new());
            for row in tiles.iter().map_err(|error| unusable(path, error))? {
                let (name, record) = row.map_err(|error| unusable(path, error))?;
                let record = Record::read(record.value()).ok_or_else(|| unusable(path, "it is damaged"))?;
                // A copy would be the same tile beside itself.
                if !seen.insert(record.hash) {
                    copies.insert(name.value().to_owned());
                    continue;
                }
                parts.push(record.faces.len());
                for (part, face) in record.faces.into_iter().enumerate() {
                    names.push(name.value().to_owned());
                    keys.push(Record::scan(record.number, part));
                    faces.push(face);
                }
            }
            let scans = reading.open_table(SCANS).map_err(|error| unusable(path, error))?;
            let path = path.to_owned();
            Ok(Self { path, folder, side, names, copies, parts, keys, faces, scans, _database: database })
        })
    }

    /// The marks of all tiles by name, without holding the index open.
    ///
    /// # Errors
    /// As [`Index::open`].
    pub fn marks(path: &Path) -> Result<HashMap<String, u64>, TilesError> {
        guarded(path, || {
            let database = opened(path)?;
            let reading = database.begin_read().map_err(|error| unusable(path, error))?;
            side(path, &reading.open_table(FACTS).map_err(|error| unusable(path, error))?)?;
            let tiles = reading.open_table(TILES).map_err(|error| unusable(path, error))?;
            let mut marks = HashMap::new();
            for row in tiles.iter().map_err(|error| unusable(path, error))? {
                let (name, record) = row.map_err(|error| unusable(path, error))?;
                let record = Record::read(record.value()).ok_or_else(|| unusable(path, "it is damaged"))?;
                marks.insert(name.value().to_owned(), record.changed);
            }
            Ok(marks)
        })
    }

    /// Pixels on each side of the tiles.
    pub const fn side(&self) -> u32 {
        self.side
    }

    /// How many tiles each picture gave, in the order of names; they stand one after another.
    pub fn parts(&self) -> &[usize] {
        &self.parts
    }

    /// The names of the tiles' pictures, in order.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// What a tile was made of: the path of its file; the name alone where there is no folder.
    pub fn called(&self, place: usize) -> String {
        self.names.get(place).map(|name| self.folder.join(name).display().to_string()).unwrap_or_default()
    }

    /// Whether a picture of this name gave a tile, or is a copy of one that did.
    pub fn has(&self, name: &str) -> bool {
        self.copies.contains(name) || self.names.binary_search_by(|known| known.as_str().cmp(name)).is_ok()
    }

    /// The folder of the tiles' pictures, if they are files.
    pub fn folder(&self) -> Option<&Path> {
        Some(self.folder.as_path()).filter(|folder| !folder.as_os_str().is_empty())
    }

    /// What [`Index::called`] says: `tile`, a path, or `photo`, an id.
    pub fn kind(&self) -> &'static str {
        if self.folder().is_none() { "photo" } else { "tile" }
    }

    /// What the tiles look like, in the same order.
    pub fn faces(&self) -> &[Face] {
        &self.faces
    }
}

impl Tiles for Index {
    fn tile(&mut self, place: usize) -> Result<(Face, Coded), PictureError> {
        let broken = |why: &str| PictureError::Mosaic {
            why: format!("The tile index {} cannot be read on ({why})", self.path.display()),
            what_now: "Remove it and run `pierrot look tiles` again.".to_owned(),
        };
        let face = self.faces.get(place).ok_or_else(|| broken("it has fewer tiles than before"))?;
        let found = catch_unwind(AssertUnwindSafe(|| self.scans.get(self.keys[place])));
        let scan = found.map_err(|_| broken("it is damaged"))?.map_err(|error| broken(&error.to_string()))?;
        let scan = scan.ok_or_else(|| broken("a tile is missing"))?.value().to_vec();
        let coded = Coded::from_scan(scan, self.side).map_err(|_| broken("a tile is damaged"))?;
        Ok((face.clone(), coded))
    }
}

/// Opens an index for reading; one whose writer was killed is first brought back to its last whole state.
pub(crate) fn opened(path: &Path) -> Result<ReadOnlyDatabase, TilesError> {
    let refused = |error| unusable_database(path, error);
    match builder().open_read_only(path) {
        Err(DatabaseError::RepairAborted) => {
            drop(builder().open(path).map_err(refused)?);
            builder().open_read_only(path).map_err(refused)
        }
        opened => opened.map_err(refused),
    }
}

/// Why the database of an index does not open.
pub(crate) fn unusable_database(path: &Path, error: DatabaseError) -> TilesError {
    if matches!(error, DatabaseError::DatabaseAlreadyOpen) {
        return TilesError::Busy { path: path.to_owned() };
    }
    unusable(path, error)
}

pub(crate) fn builder() -> Builder {
    let mut builder = Database::builder();
    builder.set_cache_size(CACHE_BYTES);
    builder
}

/// The side of the tiles, once the edition is known to be this one.
pub(crate) fn side(path: &Path, facts: &impl ReadableTable<&'static str, u64>) -> Result<u32, TilesError> {
    Ok(shape(path, facts)?.0)
}

/// The side of the tiles, and how many of one picture there may be.
pub(crate) fn shape(path: &Path, facts: &impl ReadableTable<&'static str, u64>) -> Result<(u32, usize), TilesError> {
    let fact = |name: &'static str| -> Result<Option<u64>, TilesError> {
        Ok(facts.get(name).map_err(|error| unusable(path, error))?.map(|value| value.value()))
    };
    if fact("edition")? != Some(EDITION) {
        return Err(TilesError::Edition { path: path.to_owned() });
    }
    let side = fact("side")?.and_then(|side| u32::try_from(side).ok());
    let crops = fact("crops")?.and_then(|crops| usize::try_from(crops).ok());
    side.zip(crops).ok_or_else(|| unusable(path, "it is damaged"))
}

pub(crate) fn unusable(path: &Path, why: impl ToString) -> TilesError {
    TilesError::Index { path: path.to_owned(), why: why.to_string().trim_end_matches('.').to_owned() }
}

/// A damaged file can make the database panic: that is an error of the file.
pub(crate) fn guarded<T>(path: &Path, act: impl FnOnce() -> Result<T, TilesError>) -> Result<T, TilesError> {
    catch_unwind(AssertUnwindSafe(act)).unwrap_or_else(|_| Err(unusable(path, "it is damaged")))
}
