//! Small named values as JSON: who this computer is, where syncing stands, what a probe found.

use redb::{ReadableTable, TableDefinition, WriteTransaction};
use serde::{Serialize, de::DeserializeOwned};

use super::{Catalogue, CatalogueError};

const STATE: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("state");

pub(super) fn create(txn: &WriteTransaction) -> Result<(), redb::Error> {
    txn.open_table(STATE)?;
    Ok(())
}

/// Puts a value into a transaction that also writes something else.
pub(super) fn put(txn: &WriteTransaction, name: &str, value: &impl Serialize) -> Result<(), redb::Error> {
    let bytes = serde_json::to_vec(value).expect("state values have string keys");
    txn.open_table(STATE)?.insert(name, bytes.as_slice())?;
    Ok(())
}

/// Reads a value in a transaction that will change it.
pub(super) fn get<T: DeserializeOwned>(txn: &WriteTransaction, name: &str) -> Result<Option<T>, redb::Error> {
    let table = txn.open_table(STATE)?;
    let bytes = table.get(name)?.map(|bytes| bytes.value().to_vec());
    Ok(bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok()))
}

impl Catalogue {
    /// `None` when never set, or set by a version whose shape this one cannot read: every value can be found anew.
    pub fn state<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>, CatalogueError> {
        self.read(|txn| {
            let bytes = txn.open_table(STATE)?.get(name)?.map(|bytes| bytes.value().to_vec());
            Ok(bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok()))
        })
    }

    pub fn set_state(&self, name: &str, value: &impl Serialize) -> Result<(), CatalogueError> {
        self.write(|txn| put(txn, name, value))
    }

    /// For values that may be lost in a power cut, like the call budget.
    pub fn note_state(&self, name: &str, value: &impl Serialize) -> Result<(), CatalogueError> {
        self.write_lazily(|txn| put(txn, name, value))
    }

    /// Whether nothing was ever synced or published from this home.
    pub fn is_new(&self) -> Result<bool, CatalogueError> {
        Ok(self.photos_total()? == 0 && self.log_through()? == 0)
    }
}
