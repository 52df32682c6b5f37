//! This computer's copy of the log: the exact bytes of every entry folded so far, dense from 1.

use redb::{ReadableTable, TableDefinition, WriteTransaction};
use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::{Catalogue, CatalogueError, pools};
use crate::photo::PhotoId;

const LOG: TableDefinition<'_, u64, &[u8]> = TableDefinition::new("log");

pub(super) fn create(txn: &WriteTransaction) -> Result<(), redb::Error> {
    txn.open_table(LOG)?;
    Ok(())
}

/// The hash of the entry before, as an entry quotes it; `None` where it quotes none, an error where it is no entry.
pub fn quoted(bytes: &[u8]) -> serde_json::Result<Option<String>> {
    #[derive(Deserialize)]
    struct Quoted {
        #[serde(default)]
        prev: Option<String>,
    }
    serde_json::from_slice::<Quoted>(bytes).map(|entry| entry.prev)
}

/// Hex SHA-256, as entries and documents quote it.
pub fn sha256_hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Catalogue {
    /// The highest number kept here; 0 for none.
    pub fn log_through(&self) -> Result<u64, CatalogueError> {
        self.read(|txn| Ok(txn.open_table(LOG)?.last()?.map_or(0, |(seq, _)| seq.value())))
    }

    pub fn log_entry(&self, seq: u64) -> Result<Option<Vec<u8>>, CatalogueError> {
        self.read(|txn| Ok(txn.open_table(LOG)?.get(seq)?.map(|bytes| bytes.value().to_vec())))
    }

    /// Hands every entry to `each`, in order.
    pub fn each_log_entry(&self, mut each: impl FnMut(u64, &[u8])) -> Result<(), CatalogueError> {
        self.read(|txn| {
            for row in txn.open_table(LOG)?.iter()? {
                let (seq, bytes) = row?;
                each(seq.value(), bytes.value());
            }
            Ok(())
        })
    }

    /// Whether each entry follows the one before, by number and hash.
    pub(super) fn verify_log(&self) -> Result<(), CatalogueError> {
        let (mut before, mut broken) = ((0, None), None);
        self.each_log_entry(|seq, bytes| {
            let follows = seq == before.0 + 1 && quoted(bytes).is_ok_and(|prev| prev.is_none() || prev == before.1);
            if !follows {
                broken.get_or_insert(seq);
            }
            before = (seq, Some(sha256_hex(bytes)));
        })?;
        broken.map_or(Ok(()), |seq| Err(self.found_damaged(&format!("its entry {seq} of the log was changed"))))
    }

    /// Keeps new entries and moves the photos they touch in or out of the pools, all in one transaction.
    pub fn keep_log(
        &self,
        entries: &[(u64, Vec<u8>)],
        moves: &[(String, PhotoId, bool)],
    ) -> Result<(), CatalogueError> {
        self.write(|txn| {
            let mut table = txn.open_table(LOG)?;
            for (seq, bytes) in entries {
                table.insert(seq, bytes.as_slice())?;
            }
            drop(table);
            pools::move_photos(txn, moves)
        })
    }
}
