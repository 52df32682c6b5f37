//! A new computer, a lost one, or a damaged catalogue: everything comes back from the record, then from the source.
//!
//! Invariant: restoring only reads the record (it may take over what the first Pierrot left) and never makes one; doing it
//! twice changes nothing. A catalogue that took a damaged one's place (`catalogue::SetAside`) is rebuilt without being asked.

use serde::Serialize;

use crate::{
    catalogue::{Row, SetAside},
    error::{Error, Result},
    fold::Stand,
    handle::Pierrot,
    jobs::sync::SyncReport,
    record::{
        RecordStore,
        append::LOG,
        documents::{self, DB, META, WAL},
    },
    settings::RecordKind,
};

/// What came back.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Restored {
    pub entries: u64,
    pub published: usize,
    /// Photos read from the record's documents that the catalogue did not have.
    pub photos: u64,
    /// Photos after completing from the source.
    pub total: u64,
    pub sync: Option<SyncReport>,
    /// Where a damaged catalogue lies now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub set_aside: Option<String>,
    /// Why the source could not complete it; the record's part is there.
    #[serde(skip)]
    pub source_error: Option<Error>,
}

impl Pierrot {
    /// The damaged catalogue whose successor this one is, as long as what the record has is not back.
    pub fn to_be_rebuilt(&self) -> Result<Option<SetAside>> {
        Ok(self.catalogue.to_be_rebuilt()?)
    }

    /// Makes up for a damaged catalogue, if there was one. A source that does not answer is no reason to wait: the next sync
    /// completes it.
    pub async fn rebuild(&self) -> Result<Option<Restored>> {
        if self.catalogue.to_be_rebuilt()?.is_none() {
            return Ok(None);
        }
        let restored = self.restore().await?;
        if let Some(error) = &restored.source_error {
            tracing::warn!(%error, "the catalogue is back from the record, but not completed from Flickr");
        }
        Ok(Some(restored))
    }

    pub async fn restore(&self) -> Result<Restored> {
        let aside = self.catalogue.to_be_rebuilt()?;
        self.refuse_without_record(&*self.record_to_restore().await?).await?;
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
        self.catalogue.note_rebuilt()?;
        let (sync, source_error) = match self.sync(true).await {
            Ok(report) => (Some(report), None),
            Err(error) => (None, Some(error)),
        };
        let total = self.catalogue.photos_total()?;
        Ok(Restored {
            entries,
            published,
            photos,
            total,
            sync,
            set_aside: aside.map(|aside| aside.file.display().to_string()),
            source_error,
        })
    }

    /// The place of the record; a folder that is not there is not made.
    async fn record_to_restore(&self) -> Result<std::sync::Arc<dyn RecordStore>> {
        let gone = self.settings.record.kind == RecordKind::Folder && !self.record_folder().is_dir();
        if gone && self.catalogue.log_through()? == 0 {
            return Err(Error::failed(
                format!("There is no record at {}.", self.record_folder().display()),
                "Check [record] in config.toml: `path` must name the folder with your record. Nothing was changed.",
            ));
        }
        self.store().await
    }

    /// An empty place is no record: going on from it would publish everything once more.
    pub(crate) async fn refuse_without_record(&self, store: &dyn RecordStore) -> Result<()> {
        if is_empty(store).await? {
            return Err(Error::failed(
                format!("The record at {} is empty: it has no log and none of Pierrot's documents.", store.address()),
                "Check [record] in config.toml. If nothing was ever published, there is nothing to restore: run \
                 `pierrot sync`; after a damaged catalogue, remove catalogue.redb from the home before.",
            ));
        }
        Ok(())
    }
}

async fn is_empty(store: &dyn RecordStore) -> Result<bool> {
    if !store.names(LOG, None).await?.is_empty() {
        return Ok(false);
    }
    for name in [DB, WAL, META] {
        if store.read(name).await?.is_some() {
            return Ok(false);
        }
    }
    Ok(true)
}
