//! The record: where the log and the three documents are kept, shared by all computers of a photographer.
//!
//! Invariant: `RecordStore::create` is the only operation that must be atomic at the store; everything Pierrot promises
//! about publications follows from it (`append`). A name below `wal/` is created once and never changed.
//! Deliberately absent: what the entries mean (`fold`), deleting, locking, leases, a cache.

pub mod append;
pub mod disk;
pub mod documents;
mod error;
pub mod folder;
pub mod ledger;
pub mod probe;
pub mod s3;
mod s3_error;
mod s3_settings;
mod temporary;

#[cfg(test)]
mod append_test;
#[cfg(test)]
mod contract_test;
#[cfg(test)]
mod fake_s3;
#[cfg(test)]
mod folder_test;
#[cfg(test)]
mod memory;
#[cfg(test)]
mod probe_test;
#[cfg(test)]
mod s3_test;

use async_trait::async_trait;

pub use error::StoreError;

/// Largest log entry that is read, in bytes.
pub const ENTRY_BYTES_MAX: u64 = 4 * 1024 * 1024;
/// Largest document that is read, in bytes.
pub const DOCUMENT_BYTES_MAX: u64 = 256 * 1024 * 1024;
/// Most names one listing returns.
pub const NAMES_MAX: usize = 1_000_000;

/// What became of a `create`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Created {
    /// The name is ours, with exactly these bytes.
    Done,
    /// The name was taken before, by somebody else or by an earlier try of ours.
    Exists,
    /// The answer does not say; it may even come true later. The text is why (409, 5xx, timeout, lost answer).
    Unsure(String),
}

/// How many computers may write to the record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sharing {
    /// Needs a store that creates a name only if it is absent; others are refused with `CannotCreateOnce`.
    Several,
    /// Any store: it looks first and then writes, which is safe only while nobody else writes.
    OneComputer,
}

/// A place that keeps named bytes. Names are relative, like `wal/00000000000000000001.json`.
#[async_trait]
pub trait RecordStore: Send + Sync + std::fmt::Debug {
    /// Atomically creates `name` with complete content, or not at all. One try, which is never repeated underneath.
    /// An `Err` other than `Unsettled` means: certainly not created.
    async fn create(&self, name: &str, bytes: &[u8]) -> Result<Created, StoreError>;

    /// The bytes under `name`; `None` only if the store says that it is not there.
    async fn read(&self, name: &str) -> Result<Option<Vec<u8>>, StoreError>;

    /// Writes `name`; a reader sees the whole old or the whole new content.
    async fn replace(&self, name: &str, bytes: Vec<u8>) -> Result<(), StoreError>;

    /// All names directly below `folder` (it ends in `/`) that are greater than `after`, ascending, folder included.
    async fn names(&self, folder: &str, after: Option<&str>) -> Result<Vec<String>, StoreError>;

    /// Removes a scratch name of the probe where the store allows it; nothing else is ever removed.
    async fn forget_scratch(&self, name: &str);

    /// The folder behind it, for what only a folder can do: list for nothing, move a broken file aside.
    fn as_folder(&self) -> Option<&folder::FolderStore> {
        None
    }

    /// What was promised when the store was opened.
    fn sharing(&self) -> Sharing;

    /// For people: a path, or `s3://bucket/prefix`.
    fn address(&self) -> String;
}

/// Largest content read under `name`, in bytes.
fn bytes_max(name: &str) -> u64 {
    if name.starts_with(append::LOG) { ENTRY_BYTES_MAX } else { DOCUMENT_BYTES_MAX }
}

/// Refuses names that could leave the record or that mean different things to different stores.
fn check_name(at: &str, name: &str) -> Result<(), StoreError> {
    let good = |part: &str| {
        !part.is_empty()
            && !part.trim_matches('.').is_empty()
            && part.len() <= 200
            && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
    };
    if name.len() <= 400 && name.split('/').all(good) {
        return Ok(());
    }
    Err(StoreError::other(at, format!("\"{}\" is not a name for a record", name.escape_debug())))
}

/// Refuses listings of anything but a folder below the record.
fn check_folder(at: &str, folder: &str) -> Result<(), StoreError> {
    match folder.strip_suffix('/') {
        Some(name) => check_name(at, name),
        None => Err(StoreError::other(at, format!("\"{}\" is not a folder of a record", folder.escape_debug()))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_cannot_leave_the_record() {
        for good in ["wal/00000000000000000001.json", "pierrot-db.json", ".probe/ab12-1", "sealed/2024/a_b.json"] {
            assert!(check_name("here", good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "/",
            "/etc/passwd",
            "a//b",
            "../a",
            "a/..",
            ".",
            "a/.",
            "wal/",
            "a\\b",
            "C:x",
            "a b",
            "a\0",
            "é",
            "a?b",
        ] {
            assert!(check_name("here", bad).is_err(), "{bad:?}");
        }
        assert!(check_name("here", &"a".repeat(201)).is_err());
        assert!(check_folder("here", "wal/").is_ok());
        assert!(
            check_folder("here", "").is_err()
                && check_folder("here", "wal").is_err()
                && check_folder("here", "/").is_err()
        );
    }
}
