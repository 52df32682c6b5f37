//! What this computer is in the middle of: one private row for each attempt, durable before each effect.
//!
//! A row is removed when the log tells the end of its attempt. It never leaves this computer.

use redb::{ReadableTable, TableDefinition, WriteTransaction};
use serde::{Deserialize, Serialize};

use super::{Catalogue, CatalogueError};
use crate::log::{About, AttemptId, Frozen};

const ATTEMPTS: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("attempts");

/// The private side of one attempt.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Journal {
    pub about: About,
    pub slot: String,
    pub step: Step,
    #[serde(default)]
    pub frozen: Option<Frozen>,
    /// Seconds since 1970 when sending began.
    #[serde(default)]
    pub sent_at: Option<i64>,
    /// The post, once the target answered: kept until the log has it.
    #[serde(default)]
    pub post_id: Option<String>,
    #[serde(default)]
    pub post_url: Option<String>,
    /// How often the timeline was read back in vain.
    #[serde(default)]
    pub looks: u32,
}

/// How far it came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// About to be claimed, or claimed: nothing was sent.
    Claiming,
    /// About to be fenced, or fenced: the POST has not begun.
    Fencing,
    /// The POST may have left.
    Posting,
    /// The target answered with an id.
    Posted,
}

pub(super) fn create(txn: &WriteTransaction) -> Result<(), redb::Error> {
    txn.open_table(ATTEMPTS)?;
    Ok(())
}

impl Catalogue {
    pub fn journals(&self) -> Result<Vec<Journal>, CatalogueError> {
        self.read(|txn| {
            let mut journals = Vec::new();
            for row in txn.open_table(ATTEMPTS)?.iter()? {
                journals.extend(serde_json::from_slice::<Journal>(row?.1.value()).ok());
            }
            Ok(journals)
        })
    }

    pub fn keep_journal(&self, journal: &Journal) -> Result<(), CatalogueError> {
        let bytes = serde_json::to_vec(journal).expect("a journal has string keys");
        self.write(|txn| {
            txn.open_table(ATTEMPTS)?.insert(journal.about.attempt.0.as_str(), bytes.as_slice())?;
            Ok(())
        })
    }

    pub fn drop_journal(&self, attempt: &AttemptId) -> Result<(), CatalogueError> {
        self.write(|txn| {
            txn.open_table(ATTEMPTS)?.remove(attempt.0.as_str())?;
            Ok(())
        })
    }
}
