//! A new computer, or a lost one: everything comes back from the record, then the catalogue is completed from the source.
//!
//! Invariant: restoring only reads the record (it may take over what the first Pierrot left); doing it twice changes nothing.

use serde::Serialize;

use crate::{
    catalogue::Row,
    error::{Error, Result},
    fold::Stand,
    handle::Pierrot,
    jobs::sync::SyncReport,
    record::documents::{self, DB, WAL},
};

/// What came back.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Restored {
    pub entries: u64,
    pub published: usize,
    /// Photos read from the record's documents.
    pub photos: u64,
    /// Photos after completing from the source.
    pub total: u64,
    pub sync: Option<SyncReport>,
    /// Why the source could not complete it; the record's part is there.
    #[serde(skip)]
    pub source_error: Option<Error>,
}

impl Pierrot {
    pub async fn restore(&self) -> Result<Restored> {
        let ledger = self.ready_ledger().await?;
        let mut rows = Vec::new();
        for name in [DB, WAL] {
            let bytes = ledger.store().read(name).await?;
            let Some(bytes) = bytes else { continue };
            if let Err(why) = documents::each_row(&bytes, |id, row| rows.extend(documents::row_from_db(&id, &row))) {
                tracing::warn!(name, why, "this document cannot be read; Flickr completes the catalogue");
            }
        }
        let now_us = self.now().as_microsecond();
        let rows: Vec<Row> = rows.into_iter().map(|row| Row { first_seen_us: now_us, ..row }).collect();
        let photos = self.catalogue.import_rows(rows)?;
        self.catalogue_changed()?;
        self.ensure_pools(ledger.fold())?;
        let (entries, posted) =
            (ledger.fold().through(), |a: &&crate::fold::Attempt| matches!(a.stand, Stand::Posted { .. }));
        let published = ledger.fold().attempts().filter(posted).count() + ledger.fold().imported().len();
        drop(ledger);
        let (sync, source_error) = match self.sync(true).await {
            Ok(report) => (Some(report), None),
            Err(error) => (None, Some(error)),
        };
        let total = self.catalogue.photos_total()?;
        Ok(Restored { entries, published, photos, total, sync, source_error })
    }
}
