//! The photos themselves, by id, and the marks of a full pass.
//!
//! Invariant: a row is never removed; a photo that is gone at the source becomes `Missing` and keeps its history.
//! Each page of a walk is one transaction together with the walk's cursor.

use redb::{ReadableTable, ReadableTableMetadata, TableDefinition, WriteTransaction};
use serde::{Deserialize, Serialize};

use super::{Catalogue, CatalogueError, META, state};
use crate::photo::{Photo, PhotoId};

pub(super) const PHOTOS: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("photos");
/// Ids seen by the full pass that is under way.
const WALKED: TableDefinition<'_, &str, ()> = TableDefinition::new("walked");

/// The name of the state that counts changes of rows, in the same transactions as these.
const VERSION: &str = "rows_version";

/// First byte of a row: lets a later version read this one's.
const ROW_VERSION: u8 = 1;

/// Whether the source still has a photo.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Presence {
    Listed,
    /// It exists, but the source's listing leaves it out (its filters).
    Unlisted,
    /// Proved gone.
    Missing,
}

/// One photo as the catalogue keeps it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Row {
    pub photo: Photo,
    pub presence: Presence,
    /// Microseconds since 1970 when this photo first came in.
    pub first_seen_us: i64,
    /// Fields of imported documents that Pierrot does not know, as a JSON object; empty for none.
    pub extra: String,
}

/// What one page brought.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PageChanges {
    pub added: u64,
    pub changed: u64,
    /// Ids this walk had not seen before.
    pub fresh: u64,
}

pub(super) fn create(txn: &WriteTransaction) -> Result<(), redb::Error> {
    txn.open_table(PHOTOS)?;
    txn.open_table(WALKED)?;
    Ok(())
}

impl Row {
    fn to_bytes(&self) -> Vec<u8> {
        postcard::to_extend(self, vec![ROW_VERSION]).expect("a row is plain data")
    }

    /// What is kept under `id`.
    pub(super) fn from_bytes(id: &str, bytes: &[u8]) -> Result<Self, redb::Error> {
        let damaged = || redb::Error::Corrupted("a photo's row".into());
        let (version, body) = bytes.split_first().ok_or_else(damaged)?;
        if *version != ROW_VERSION {
            return Err(damaged());
        }
        let row: Self = postcard::from_bytes(body).map_err(|_| damaged())?;
        if row.photo.id.as_str() == id { Ok(row) } else { Err(damaged()) }
    }
}

impl Catalogue {
    pub fn photo(&self, id: &PhotoId) -> Result<Option<Row>, CatalogueError> {
        self.read(|txn| match txn.open_table(PHOTOS)?.get(id.as_str())? {
            Some(bytes) => Row::from_bytes(id.as_str(), bytes.value()).map(Some),
            None => Ok(None),
        })
    }

    /// Photos the source has, as far as the catalogue knows.
    pub fn photos_total(&self) -> Result<u64, CatalogueError> {
        self.read(|txn| {
            let missing = txn.open_table(META)?.get("missing")?.map_or(0, |count| count.value());
            Ok(txn.open_table(PHOTOS)?.len()?.saturating_sub(missing))
        })
    }

    /// Grows with every change of a row: what was made from the rows at an older version is out of date.
    pub fn rows_version(&self) -> Result<u64, CatalogueError> {
        Ok(self.state(VERSION)?.unwrap_or(0))
    }

    pub fn missing_total(&self) -> Result<u64, CatalogueError> {
        self.read(|txn| Ok(txn.open_table(META)?.get("missing")?.map_or(0, |count| count.value())))
    }

    /// Hands rows to `each` in order of id until it answers `false`.
    pub fn each_photo(&self, mut each: impl FnMut(Row) -> bool) -> Result<(), CatalogueError> {
        self.read(|txn| {
            for row in txn.open_table(PHOTOS)?.iter()? {
                let (id, bytes) = row?;
                if !each(Row::from_bytes(id.value(), bytes.value())?) {
                    break;
                }
            }
            Ok(())
        })
    }

    /// Stores photos as the source lists them now; `walk` is the name and value of a cursor kept with them.
    pub fn put_photos(
        &self,
        mut photos: Vec<Photo>,
        now_us: i64,
        walk: Option<(&str, &serde_json::Value)>,
    ) -> Result<PageChanges, CatalogueError> {
        // Ascending ids keep the file small: sources list newest first.
        photos.sort_by(|a, b| a.id.cmp(&b.id));
        photos.dedup_by(|a, b| a.id == b.id);
        self.write(|txn| {
            let mut table = txn.open_table(PHOTOS)?;
            let mut changes = PageChanges::default();
            let (mut found_again, mut moved) = (0, false);
            for photo in &photos {
                let known = match table.get(photo.id.as_str())? {
                    Some(bytes) => Some(Row::from_bytes(photo.id.as_str(), bytes.value())?),
                    None => None,
                };
                let row = merged(known.as_ref(), photo, now_us);
                match &known {
                    None => changes.added += 1,
                    Some(known) if known.presence == Presence::Missing => {
                        found_again += 1;
                        changes.added += 1;
                    }
                    Some(known) if known.photo.differs(photo) => changes.changed += 1,
                    Some(_) => {}
                }
                if known.as_ref() != Some(&row) {
                    table.insert(photo.id.as_str(), row.to_bytes().as_slice())?;
                    moved = true;
                }
            }
            drop(table);
            if moved {
                next_version(txn)?;
            }
            less_missing(txn, found_again)?;
            if let Some((name, cursor)) = walk {
                let mut walked = txn.open_table(WALKED)?;
                for photo in &photos {
                    changes.fresh += u64::from(walked.insert(photo.id.as_str(), ())?.is_none());
                }
                drop(walked);
                state::put(txn, name, cursor)?;
            }
            Ok(changes)
        })
    }

    /// Changes one row; nothing happens when there is none.
    pub fn change_photo(&self, id: &PhotoId, change: impl FnOnce(&mut Row)) -> Result<(), CatalogueError> {
        self.write(|txn| {
            let mut table = txn.open_table(PHOTOS)?;
            let known = table.get(id.as_str())?.map(|bytes| Row::from_bytes(id.as_str(), bytes.value()));
            let Some(mut row) = known.transpose()? else {
                return Ok(());
            };
            let (was_missing, before) = (row.presence == Presence::Missing, row.clone());
            change(&mut row);
            if row == before {
                return Ok(());
            }
            table.insert(id.as_str(), row.to_bytes().as_slice())?;
            drop(table);
            next_version(txn)?;
            match (was_missing, row.presence == Presence::Missing) {
                (false, true) => more_missing(txn, 1),
                (true, false) => less_missing(txn, 1),
                (true, true) | (false, false) => Ok(()),
            }
        })
    }

    /// Stores rows as they are, for imported documents and restoring; existing rows win.
    pub fn import_rows(&self, rows: Vec<Row>) -> Result<u64, CatalogueError> {
        self.write(|txn| {
            let mut table = txn.open_table(PHOTOS)?;
            let mut added = 0;
            for row in rows {
                let known = match table.get(row.photo.id.as_str())? {
                    Some(bytes) => Some(Row::from_bytes(row.photo.id.as_str(), bytes.value())?),
                    None => None,
                };
                let row = match known {
                    Some(known) if known.extra.is_empty() => Row { extra: row.extra, ..known },
                    Some(_) => continue,
                    None => {
                        added += 1;
                        row
                    }
                };
                table.insert(row.photo.id.as_str(), row.to_bytes().as_slice())?;
            }
            drop(table);
            next_version(txn)?;
            Ok(added)
        })
    }

    /// Forgets the marks of an earlier walk and keeps the new walk's cursor.
    pub fn begin_walk(&self, name: &str, cursor: &serde_json::Value) -> Result<(), CatalogueError> {
        self.write(|txn| {
            txn.delete_table(WALKED)?;
            txn.open_table(WALKED)?;
            state::put(txn, name, cursor)
        })
    }

    /// Photos that were listed before and that the walk did not see, in order of id.
    pub fn unwalked(&self) -> Result<Vec<PhotoId>, CatalogueError> {
        self.read(|txn| {
            let walked = txn.open_table(WALKED)?;
            let mut seen = walked.iter()?;
            let mut next = seen.next().transpose()?;
            let mut unwalked = Vec::new();
            for row in txn.open_table(PHOTOS)?.iter()? {
                let (id, bytes) = row?;
                while next.as_ref().is_some_and(|(walked, _)| walked.value() < id.value()) {
                    next = seen.next().transpose()?;
                }
                let found = next.as_ref().is_some_and(|(walked, _)| walked.value() == id.value());
                if !found {
                    let row = Row::from_bytes(id.value(), bytes.value())?;
                    if row.presence == Presence::Listed {
                        unwalked.push(row.photo.id);
                    }
                }
            }
            Ok(unwalked)
        })
    }
}

fn merged(known: Option<&Row>, photo: &Photo, now_us: i64) -> Row {
    let Some(known) = known else {
        return Row { photo: photo.clone(), presence: Presence::Listed, first_seen_us: now_us, extra: String::new() };
    };
    let safety = photo.safety.or(known.photo.safety);
    Row { photo: Photo { safety, ..photo.clone() }, presence: Presence::Listed, ..known.clone() }
}

fn next_version(txn: &WriteTransaction) -> Result<(), redb::Error> {
    let version: u64 = state::get(txn, VERSION)?.unwrap_or(0);
    state::put(txn, VERSION, &(version + 1))
}

fn less_missing(txn: &WriteTransaction, count: u64) -> Result<(), redb::Error> {
    if count > 0 {
        let mut meta = txn.open_table(META)?;
        let missing = meta.get("missing")?.map_or(0, |count| count.value());
        meta.insert("missing", missing.saturating_sub(count))?;
    }
    Ok(())
}

fn more_missing(txn: &WriteTransaction, count: u64) -> Result<(), redb::Error> {
    let mut meta = txn.open_table(META)?;
    let missing = meta.get("missing")?.map_or(0, |count| count.value());
    meta.insert("missing", missing + count)?;
    Ok(())
}
