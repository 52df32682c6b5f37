//! The catalogue: the local redb mirror of all photos, of the log, and of what this computer is in the middle of.
//!
//! Invariants: the file is created under a temporary name and renamed, so a crash leaves it openable; every write to the log or
//! to an attempt is durable (two-phase) before anything leaves the computer; one process at a time owns a home.
//! Everything but unsent attempts can be rebuilt from the record and the source. Absent: any network, any decision.

mod ahead;
mod albums;
mod aside;
mod attempts;
mod exif;
mod log;
mod photos;
mod pools;
mod runs;
mod state;
mod thumbhashes;
mod versions;

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::{Arc, PoisonError, RwLock, RwLockReadGuard},
};

use redb::{Builder, Database, ReadTransaction, ReadableDatabase, TableDefinition, WriteTransaction};

use crate::error::{Code, Error};

pub use albums::Album;
pub use aside::SetAside;
pub use attempts::{Journal, Step};
pub use exif::Exif;
pub(crate) use log::quoted;
pub use log::sha256_hex;
pub use photos::{PageChanges, Presence, Row};
pub use pools::Pool;
pub use redb::StorageBackend;

/// redb keeps up to this much of the file in memory, for as long as the program runs; four times as much makes no job faster.
const CACHE_BYTES: usize = 8 * 1024 * 1024;
const META: TableDefinition<'_, &str, u64> = TableDefinition::new("meta");

/// The open catalogue of one home; clones share it.
#[derive(Clone, Debug)]
pub struct Catalogue {
    database: Arc<RwLock<Database>>,
    path: PathBuf,
}

/// Why the catalogue could not be used.
#[derive(Debug, thiserror::Error)]
pub enum CatalogueError {
    #[error("Another Pierrot is using this home ({0})")]
    InUse(String),
    #[error("The disk is full while writing {0}")]
    DiskFull(String),
    #[error("{0} cannot be written: it is read-only or belongs to someone else")]
    ReadOnly(String),
    #[error("The catalogue {path} is damaged ({why})")]
    Damaged { path: String, why: String },
    #[error("The catalogue was written by a newer Pierrot (version {0})")]
    Newer(u64),
    #[error("{path}: {source}")]
    Io {
        path: String,
        #[source]
        source: io::Error,
    },
}

impl From<CatalogueError> for Error {
    fn from(error: CatalogueError) -> Self {
        let (code, what_now) = match &error {
            CatalogueError::InUse(_) => (Code::Failed, "Wait until the other one is done, or close it."),
            CatalogueError::DiskFull(_) => (Code::Failed, "Free some space and try again; nothing was left half done."),
            CatalogueError::ReadOnly(_) => {
                (Code::Failed, "Make the folder writable for you, or choose another with --home.")
            }
            CatalogueError::Damaged { .. } => (
                Code::Failed,
                "Start Pierrot again: it keeps the damaged file under another name and brings everything back from the record \
                 and Flickr.",
            ),
            CatalogueError::Newer(_) => {
                (Code::NewerVersionNeeded, "Update Pierrot on this computer; nothing was changed.")
            }
            CatalogueError::Io { .. } => {
                (Code::Failed, "See whether that folder can be read and written, then try again.")
            }
        };
        Self::new(code, format!("{error}."), what_now)
    }
}

impl Catalogue {
    /// Opens the catalogue, creating it when the home is new.
    pub fn open(path: &Path) -> Result<Self, CatalogueError> {
        if !path.exists() {
            create(path)?;
        }
        unless_it_panics(path, || {
            let open = || builder().open(path).map_err(|error| sort_out(error.into(), path));
            let version = match versions::peek(path) {
                Some(version) => Some(version),
                // A file that was cut off in the middle is mended before it can be read.
                None => versions::found(&Self::around(open()?, path))?,
            };
            if let Some(version) = version
                && versions::is_earlier(version)?
            {
                let copy = versions::keep_copy(path, version)?;
                tracing::info!(version, copy = %copy.display(), "the catalogue is brought up to this version");
            }
            Self::around(open()?, path).ready()
        })
    }

    /// Reads every page; takes about a second for 100,000 photos.
    pub fn verify(&self) -> Result<(), CatalogueError> {
        unless_it_panics(&self.path, || {
            match self.database.write().unwrap_or_else(PoisonError::into_inner).check_integrity() {
                Ok(true) => Ok(()),
                Ok(false) => Err(damaged(&self.path, "its pages do not agree")),
                Err(error) => Err(sort_out(error.into(), &self.path)),
            }
        })?;
        self.each_photo(|_| true)?;
        self.verify_log()
    }

    /// On another storage, for tests that lose or tear writes.
    pub fn on_backend(backend: impl StorageBackend) -> Result<Self, CatalogueError> {
        let path = Path::new("(test storage)");
        let database = builder().create_with_backend(backend).map_err(|error| sort_out(error.into(), path))?;
        Self::around(database, path).ready()
    }

    /// With all tables of this version.
    fn ready(self) -> Result<Self, CatalogueError> {
        match versions::found(&self)? {
            None => self.write(create_tables)?,
            Some(version) if versions::is_earlier(version)? => versions::bring_up(&self, version)?,
            Some(_) => {}
        }
        Ok(self)
    }

    fn around(database: Database, path: &Path) -> Self {
        Self { database: Arc::new(RwLock::new(database)), path: path.to_owned() }
    }

    fn database(&self) -> RwLockReadGuard<'_, Database> {
        self.database.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Gives free space inside the file back to the disk, as after a first sync.
    pub fn compact(&self) -> Result<(), CatalogueError> {
        match self.database.write().unwrap_or_else(PoisonError::into_inner).compact() {
            Ok(_) => Ok(()),
            Err(error) => Err(sort_out(error.into(), &self.path)),
        }
    }

    fn read<T>(&self, body: impl FnOnce(&ReadTransaction) -> Result<T, redb::Error>) -> Result<T, CatalogueError> {
        self.guarded(|| body(&self.database().begin_read()?))
    }

    /// One durable transaction: all of it is there after a crash, or none.
    fn write<T>(&self, body: impl FnOnce(&WriteTransaction) -> Result<T, redb::Error>) -> Result<T, CatalogueError> {
        self.guarded(|| {
            let mut txn = self.database().begin_write()?;
            txn.set_two_phase_commit(true);
            txn.set_quick_repair(true);
            let value = body(&txn)?;
            txn.commit()?;
            Ok(value)
        })
    }

    /// A transaction whose loss costs nothing but work.
    fn write_lazily<T>(
        &self,
        body: impl FnOnce(&WriteTransaction) -> Result<T, redb::Error>,
    ) -> Result<T, CatalogueError> {
        self.guarded(|| {
            let mut txn = self.database().begin_write()?;
            txn.set_durability(redb::Durability::None)?;
            let value = body(&txn)?;
            txn.commit()?;
            Ok(value)
        })
    }

    /// Work on the pages; damage that shows here is noted, so that the next opening looks at every page.
    fn guarded<T>(&self, work: impl FnOnce() -> Result<T, redb::Error>) -> Result<T, CatalogueError> {
        let done = unless_it_panics(&self.path, || work().map_err(|error| sort_out(error, &self.path)));
        if matches!(done, Err(CatalogueError::Damaged { .. })) {
            self.doubt();
        }
        done
    }

    /// Damage that shows in what the pages say.
    pub(crate) fn found_damaged(&self, why: &str) -> CatalogueError {
        self.doubt();
        damaged(&self.path, why)
    }

    /// Looks at every page of a copy, when something looks wrong and it could be this file.
    pub(crate) fn look_again(&self) -> Result<(), CatalogueError> {
        Self::look_through(&self.path, &mut Vec::new()).inspect_err(|_| self.doubt())
    }

    fn doubt(&self) {
        if self.path.exists() {
            // Where even that cannot be written, the next opening finds out what it can.
            let _ = fs::write(aside::doubt(&self.path), b"");
        }
    }
}

/// `None` for a table that is not there: the file is new.
fn there<T>(opened: Result<T, redb::TableError>) -> Result<Option<T>, redb::Error> {
    match opened {
        Ok(table) => Ok(Some(table)),
        Err(redb::TableError::TableDoesNotExist(_)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

fn builder() -> Builder {
    let mut builder = Builder::new();
    builder.set_cache_size(CACHE_BYTES);
    builder
}

fn create_tables(txn: &WriteTransaction) -> Result<(), redb::Error> {
    txn.open_table(META)?.insert("schema", versions::NOW)?;
    photos::create(txn)?;
    albums::create(txn)?;
    pools::create(txn)?;
    log::create(txn)?;
    attempts::create(txn)?;
    runs::create(txn)?;
    exif::create(txn)?;
    thumbhashes::create(txn)?;
    state::create(txn)
}

/// A database file that crashes while it is being created cannot be opened, so it gets its name only when complete.
fn create(path: &Path) -> Result<(), CatalogueError> {
    let temporary = path.with_extension("redb.new");
    let io = |source: io::Error| sort_out_io(source, path);
    match fs::remove_file(&temporary) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(io(error)),
    }
    let database = builder().create(&temporary).map_err(|error| sort_out(error.into(), path))?;
    let catalogue = Catalogue::around(database, path);
    catalogue.write(create_tables)?;
    drop(catalogue);
    fs::File::open(&temporary).and_then(|file| file.sync_all()).map_err(io)?;
    fs::rename(&temporary, path).map_err(io)?;
    sync_folder(path).map_err(io)
}

/// redb trusts the pages it reads, so some damage makes it panic: that, too, is damage.
fn unless_it_panics<T>(path: &Path, work: impl FnOnce() -> Result<T, CatalogueError>) -> Result<T, CatalogueError> {
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(work))
        .unwrap_or_else(|_| Err(damaged(path, "its pages make no sense")))
}

fn damaged(path: &Path, why: &str) -> CatalogueError {
    CatalogueError::Damaged { path: path.display().to_string(), why: why.to_owned() }
}

/// Makes a new or renamed name in the folder of `path` durable.
pub(crate) fn sync_folder(path: &Path) -> io::Result<()> {
    match path.parent() {
        Some(folder) if cfg!(unix) => fs::File::open(folder)?.sync_all(),
        Some(_) | None => Ok(()),
    }
}

#[expect(clippy::wildcard_enum_match_arm, reason = "every other kind of redb's error is damage")]
fn sort_out(error: redb::Error, path: &Path) -> CatalogueError {
    let name = path.display().to_string();
    match error {
        redb::Error::DatabaseAlreadyOpen => CatalogueError::InUse(name),
        // The file ends too early, or does not begin as a catalogue does.
        redb::Error::Io(source)
            if matches!(source.kind(), io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof) =>
        {
            damaged(path, &source.to_string())
        }
        redb::Error::Io(source) => sort_out_io(source, path),
        other => CatalogueError::Damaged { path: name, why: other.to_string() },
    }
}

#[expect(clippy::wildcard_enum_match_arm, reason = "every other cause is told as the system says it")]
pub(crate) fn sort_out_io(source: io::Error, path: &Path) -> CatalogueError {
    let name = path.display().to_string();
    match source.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => {
            CatalogueError::DiskFull(name)
        }
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => CatalogueError::ReadOnly(name),
        _ => CatalogueError::Io { path: name, source },
    }
}

#[cfg(test)]
mod catalogue_test;
