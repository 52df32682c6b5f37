//! The newest runs, for the activity screen: kept in order, at most `RUNS_MAX`.

use redb::{ReadableTable, ReadableTableMetadata, TableDefinition, WriteTransaction};

use super::{Catalogue, CatalogueError};
use crate::run::Run;

const RUNS: TableDefinition<'_, u32, &[u8]> = TableDefinition::new("runs");
const RUNS_MAX: u64 = 2_000;

pub(super) fn create(txn: &WriteTransaction) -> Result<(), redb::Error> {
    txn.open_table(RUNS)?;
    Ok(())
}

impl Catalogue {
    /// Keeps a run under its id, new or changed; the oldest make room.
    pub fn keep_run(&self, run: &Run) -> Result<(), CatalogueError> {
        let bytes = serde_json::to_vec(run).expect("a run has string keys");
        self.write(|txn| {
            let mut table = txn.open_table(RUNS)?;
            table.insert(run.id, bytes.as_slice())?;
            while table.len()? > RUNS_MAX {
                table.pop_first()?;
            }
            Ok(())
        })
    }

    /// Newest first, those older than `before`, at most `limit`.
    pub fn runs(&self, before: Option<u32>, limit: usize) -> Result<Vec<Run>, CatalogueError> {
        self.read(|txn| {
            let table = txn.open_table(RUNS)?;
            let mut runs = Vec::new();
            for row in table.range(..before.unwrap_or(u32::MAX))?.rev().take(limit) {
                runs.extend(serde_json::from_slice::<Run>(row?.1.value()).ok());
            }
            Ok(runs)
        })
    }

    /// The id for the next run.
    pub fn next_run_id(&self) -> Result<u32, CatalogueError> {
        self.read(|txn| {
            let table = txn.open_table(RUNS)?;
            Ok(table.last()?.map_or(1, |(id, _)| id.value() + 1))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::Job;

    #[test]
    fn the_newest_runs_come_first_and_the_oldest_make_room() -> Result<(), CatalogueError> {
        let catalogue = Catalogue::on_backend(redb::backends::InMemoryBackend::new())?;
        for id in 1..=2_003 {
            assert_eq!(catalogue.next_run_id()?, id);
            catalogue.keep_run(&Run::begun(id, Job::Sync, None, None, jiff::Timestamp::UNIX_EPOCH))?;
        }
        let ids = |runs: Vec<Run>| runs.into_iter().map(|run| run.id).collect::<Vec<_>>();
        assert_eq!(ids(catalogue.runs(None, 3)?), [2_003, 2_002, 2_001]);
        assert_eq!(ids(catalogue.runs(Some(6), 9)?), [5, 4]);
        Ok(())
    }
}
