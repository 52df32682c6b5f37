//! Trying out the record's store once, and remembering what it can do.

use serde::{Deserialize, Serialize};

use crate::{
    error::Result,
    handle::Pierrot,
    record::probe::{Verdict, probe},
    settings::{RecordKind, RecordSettings},
};

/// What a probe found, and where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct Probed {
    pub place: String,
    pub several_computers: bool,
    pub sentence: String,
    pub at: String,
}

/// Names the store of these settings, so that a verdict about one store is never used for another.
pub(crate) fn place(record: &RecordSettings) -> String {
    match record.kind {
        RecordKind::Folder => format!("folder {}", record.path),
        RecordKind::S3 => format!("s3 {} {} {}", record.endpoint, record.bucket, record.prefix),
    }
}

impl Pierrot {
    /// Tests the store with scratch names and keeps the verdict.
    pub async fn probe(&self) -> Result<Verdict> {
        let verdict = self.probe_store().await?;
        self.close_ledger().await;
        Ok(verdict)
    }

    /// As [`Pierrot::probe`], in the form that is kept and shown.
    pub(crate) async fn probe_and_tell(&self) -> Result<Probed> {
        self.probe().await?;
        self.probed()?.ok_or_else(|| crate::Error::failed("The verdict was not kept.", "Try again."))
    }

    pub(crate) async fn probe_store(&self) -> Result<Verdict> {
        let store = self.store_for(crate::record::Sharing::Several).await?;
        let verdict = probe(&*store, &self.fresh_id()).await?;
        let probed = Probed {
            place: place(&self.settings.record),
            several_computers: verdict.several_computers(),
            sentence: verdict.sentence.clone(),
            at: self.now().to_string(),
        };
        self.catalogue.set_state("probe", &probed)?;
        Ok(verdict)
    }
}
