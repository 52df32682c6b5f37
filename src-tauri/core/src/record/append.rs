//! Putting an entry under the next number of the log, and reading the log's tail.
//!
//! Invariant: unless the store answers "done" to a create, only the bytes under the number decide whose it is.
//! While a number is empty nothing is written under a later one: an earlier try may still be on its way.
//! Deliberately absent: what the bytes mean and whether an entry is allowed (`fold`); the caller folds and tries again.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::{Created, ENTRY_BYTES_MAX, RecordStore, StoreError};
use crate::error::{Code, Error};

/// The folder of the log.
pub const LOG: &str = "wal/";
/// Most tries to put one entry.
const TRIES: u32 = 6;
/// The wait after the first try; it doubles.
const FIRST_WAIT: Duration = Duration::from_millis(if cfg!(test) { 1 } else { 100 });
/// Most bytes one reading of the tail keeps in memory.
const TAIL_BYTES_MAX: usize = 192 * 1024 * 1024;

/// The name of entry `seq` of the log.
pub fn name_of(seq: u64) -> String {
    format!("{LOG}{seq:020}.json")
}

/// The number in a name of the log; `None` for anything else that lies there.
pub fn seq_of(name: &str) -> Option<u64> {
    let digits = name.strip_prefix(LOG)?.strip_suffix(".json")?;
    let plain = digits.len() == 20 && digits.bytes().all(|byte| byte.is_ascii_digit());
    if plain { digits.parse().ok() } else { None }
}

/// Who has the number now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Put {
    /// The log holds exactly the bytes given.
    Ours,
    /// The log holds this other entry under the number; it never changes.
    Taken(Vec<u8>),
}

/// Puts `bytes` under number `seq`, which must be the one after the last entry the caller has folded.
///
/// The bytes must differ from what any other writer would write (the writer's nonce is in them).
/// `StoreError::Unsettled` means that the entry may be there now or appear later: call again with the same bytes.
/// Every other error means that nothing was written by this call.
pub async fn put_entry(store: &dyn RecordStore, seq: u64, bytes: &[u8]) -> Result<Put, StoreError> {
    let name = name_of(seq);
    if bytes.len() as u64 > ENTRY_BYTES_MAX {
        return Err(StoreError::TooLarge { at: store.address(), name, bytes_max: ENTRY_BYTES_MAX });
    }
    let mut wait = FIRST_WAIT;
    let mut unsure: Option<String> = None;
    for attempt in 1..=TRIES {
        let created = match (store.create(&name, bytes).await, &unsure) {
            (Err(error), Some(why)) => return Err(unsettled(store, name, &format!("{why}; then: {error}"))),
            (Err(error), None) => return Err(error),
            (Ok(created), _) => created,
        };
        match created {
            Created::Done => return Ok(Put::Ours),
            Created::Exists => {}
            Created::Unsure(why) => unsure = Some(why),
        }
        match (store.read(&name).await, &unsure) {
            (Ok(Some(there)), _) => return Ok(if there == bytes { Put::Ours } else { Put::Taken(there) }),
            // An earlier copy of ours may still be on its way.
            (Ok(None), _) => {
                unsure.get_or_insert_with(|| "the store says that it exists and that it does not".to_owned());
            }
            // Ours would have fitted.
            (Err(error @ StoreError::TooLarge { .. }), _) => return Err(error),
            (Err(error), Some(why)) => return Err(unsettled(store, name, &format!("{why}; then: {error}"))),
            // It exists, and whether it is an earlier try of ours cannot be read now.
            (Err(error), None) => return Err(unsettled(store, name, &error.to_string())),
        }
        if attempt < TRIES {
            tracing::debug!(seq, attempt, why = unsure.as_deref(), "the entry is not there yet; the same number again");
            tokio::time::sleep(wait).await;
            wait *= 2;
        }
    }
    Err(unsettled(store, name, unsure.as_deref().unwrap_or("no clear answer")))
}

fn unsettled(store: &dyn RecordStore, name: String, why: &str) -> StoreError {
    StoreError::Unsettled { at: store.address(), name, why: why.to_owned() }
}

/// Why the tail of the log cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TailError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("The record at {at} is damaged: entry {missing} of the log is missing, although later ones are there.")]
    Gap { at: String, missing: u64 },
}

impl From<TailError> for Error {
    fn from(error: TailError) -> Self {
        match error {
            TailError::Store(error) => error.into(),
            TailError::Gap { .. } => {
                Self::new(Code::Failed, error.to_string(), "Nothing is published; run `pierrot check`.")
            }
        }
    }
}

/// Everything in the log from number `from_seq` on, without gaps.
///
/// Costs one request when there is nothing new. From 1 on, the log is listed in any case, so a lost entry 1 is noticed.
pub async fn tail(store: &dyn RecordStore, from_seq: u64) -> Result<Vec<(u64, Vec<u8>)>, TailError> {
    let from_seq = from_seq.max(1);
    let first = store.read(&name_of(from_seq)).await?;
    if first.is_none() && from_seq > 1 {
        return Ok(Vec::new());
    }
    let numbers: Vec<u64> =
        store.names(LOG, Some(&name_of(from_seq - 1))).await?.iter().filter_map(|name| seq_of(name)).collect();
    let gap = |missing: u64| TailError::Gap { at: store.address(), missing };
    let expected = from_seq..;
    if let Some((_, missing)) = numbers.iter().zip(expected).find(|(number, expected)| **number != *expected) {
        return Err(gap(missing));
    }
    let Some(first) = first else {
        // Listed a moment after it was not there yet: it is new, and the next reading finds it.
        return Ok(Vec::new());
    };
    let later = numbers.get(1..).unwrap_or_default();
    let mut entries = read_all(store, later).await?;
    entries.push((from_seq, Some(first)));
    entries.sort_unstable_by_key(|(seq, _)| *seq);
    entries.into_iter().map(|(seq, bytes)| bytes.map(|bytes| (seq, bytes)).ok_or_else(|| gap(seq))).collect()
}

type Entries = Vec<(u64, Option<Vec<u8>>)>;

/// Reads the entries of these numbers, eight at a time, in any order.
async fn read_all(store: &dyn RecordStore, numbers: &[u64]) -> Result<Entries, StoreError> {
    let reading =
        Reading { store, numbers, next: AtomicUsize::new(0), bytes: AtomicUsize::new(0), read: Mutex::default() };
    tokio::try_join!(
        reading.reader(),
        reading.reader(),
        reading.reader(),
        reading.reader(),
        reading.reader(),
        reading.reader(),
        reading.reader(),
        reading.reader(),
    )?;
    Ok(reading.read.into_inner().unwrap_or_else(PoisonError::into_inner))
}

struct Reading<'a> {
    store: &'a dyn RecordStore,
    numbers: &'a [u64],
    next: AtomicUsize,
    bytes: AtomicUsize,
    read: Mutex<Entries>,
}

impl Reading<'_> {
    async fn reader(&self) -> Result<(), StoreError> {
        while let Some(seq) = self.numbers.get(self.next.fetch_add(1, Ordering::Relaxed)) {
            let bytes = self.store.read(&name_of(*seq)).await?;
            let length = bytes.as_ref().map_or(0, Vec::len);
            if self.bytes.fetch_add(length, Ordering::Relaxed) + length > TAIL_BYTES_MAX {
                let bytes_max = TAIL_BYTES_MAX as u64;
                return Err(StoreError::TooLarge { at: self.store.address(), name: LOG.to_owned(), bytes_max });
            }
            self.read.lock().unwrap_or_else(PoisonError::into_inner).push((*seq, bytes));
        }
        Ok(())
    }
}
