//! The versions of the catalogue's file, and the steps from each to the next.
//!
//! Invariants: a file of an earlier version is copied whole, and the copy is on the disk, before the first byte of it changes;
//! all steps and the new version are one durable transaction; a file of a later version is not written to. What a step must
//! not do: lose a row. Every version there was lies as a file among the tests.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use redb::{ReadableDatabase, WriteTransaction};

use super::{Catalogue, CatalogueError, META, builder, exif, runs, sort_out_io, sync_folder, there, thumbhashes};

/// The version this Pierrot writes.
pub(super) const NOW: u64 = 2;

type Step = fn(&WriteTransaction) -> Result<(), redb::Error>;

/// The step that leads away from each version, from 1 on.
const STEPS: [Step; 1] = [all_tables];

/// The first catalogues came without runs, EXIF and thumbnail hashes.
fn all_tables(txn: &WriteTransaction) -> Result<(), redb::Error> {
    runs::create(txn)?;
    exif::create(txn)?;
    thumbhashes::create(txn)
}

/// The version of a file that was closed in order, read without writing to it.
pub(super) fn peek(path: &Path) -> Option<u64> {
    let database = builder().open_read_only(path).ok()?;
    let table = database.begin_read().ok()?.open_table(META).ok()?;
    let version = table.get("schema").ok()??.value();
    Some(version)
}

/// The version of a file; `None` where nothing was created yet.
pub(super) fn found(catalogue: &Catalogue) -> Result<Option<u64>, CatalogueError> {
    catalogue.read(|txn| {
        let Some(table) = there(txn.open_table(META))? else { return Ok(None) };
        Ok(table.get("schema")?.map(|value| value.value()))
    })
}

impl Catalogue {
    /// Makes the file one of another version, for tests of what refuses it.
    #[doc(hidden)]
    pub fn pretend_version(&self, version: u64) -> Result<(), CatalogueError> {
        self.write(|txn| {
            txn.open_table(META)?.insert("schema", version)?;
            Ok(())
        })
    }
}

/// Whether a file of this version must be brought up; one of a later version is refused.
pub(super) fn is_earlier(version: u64) -> Result<bool, CatalogueError> {
    match version {
        1..NOW => Ok(true),
        NOW => Ok(false),
        _ => Err(CatalogueError::Newer(version)),
    }
}

/// All steps from version `from` on.
pub(super) fn bring_up(catalogue: &Catalogue, from: u64) -> Result<(), CatalogueError> {
    let done = usize::try_from(from.saturating_sub(1)).unwrap_or(usize::MAX);
    catalogue.write(|txn| {
        for step in STEPS.iter().skip(done) {
            step(txn)?;
        }
        txn.open_table(META)?.insert("schema", NOW)?;
        Ok(())
    })
}

/// Copies a file that nobody has open to `catalogue.redb.version-1`.
pub(super) fn keep_copy(path: &Path, version: u64) -> Result<PathBuf, CatalogueError> {
    let copy = path.with_extension(format!("redb.version-{version}"));
    let under_way = path.with_extension("redb.copying");
    let io = |source: io::Error| sort_out_io(source, &copy);
    fs::copy(path, &under_way).map_err(io)?;
    fs::File::open(&under_way).and_then(|file| file.sync_all()).map_err(io)?;
    fs::rename(&under_way, &copy).and_then(|()| sync_folder(&copy)).map_err(io)?;
    Ok(copy)
}
