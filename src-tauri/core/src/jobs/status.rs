//! Where everything stands, from what this computer knows: no network is touched.

use serde::Serialize;

use crate::{
    error::Result,
    fold::{Fold, Stand},
    handle::Pierrot,
    jobs::{probe::Probed, publish::open_reviews, sync::SyncState},
    record::ledger::local_fold,
    settings::RecordKind,
};

/// The state of one home.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Status {
    pub home: String,
    /// Photos the source has.
    pub total: u64,
    pub missing: u64,
    pub excluded: usize,
    /// Photos published to at least one target.
    pub published: usize,
    pub targets: Vec<TargetStatus>,
    pub record: RecordStatus,
    /// When the last full pass over Flickr ended.
    pub synced_at: Option<String>,
    /// Photos that vanished in large numbers and wait for a second look.
    pub unproved: u64,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TargetStatus {
    pub target: String,
    pub account: Option<String>,
    /// Photos that may go out now.
    pub unpublished: u32,
    pub published: usize,
    pub reviews: usize,
    pub in_progress: usize,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RecordStatus {
    pub place: String,
    pub entries: u64,
    pub computers: usize,
    pub sharing: Option<String>,
    /// Whether the catalogue's documents still have to go up.
    pub documents_pending: bool,
}

impl Pierrot {
    pub fn status(&self) -> Result<Status> {
        let fold = local_fold(&self.catalogue)?;
        self.ensure_pools(&fold)?;
        let sync: SyncState = self.catalogue.state("sync")?.unwrap_or_default();
        let probed: Option<Probed> = self.catalogue.state("probe")?;
        let record = &self.settings.record;
        let place = match record.kind {
            RecordKind::Folder => self.home.root().join(&record.path).display().to_string(),
            RecordKind::S3 => format!("s3://{}/{}", record.bucket, record.prefix),
        };
        let mut published = std::collections::HashSet::new();
        published.extend(fold.imported().keys());
        published.extend(posted(&fold, None).map(|attempt| &attempt.about.photo));
        let mut targets = Vec::new();
        for name in self.settings.targets.keys() {
            targets.push(self.target_status(&fold, name)?);
        }
        Ok(Status {
            home: self.home.root().display().to_string(),
            total: self.catalogue.photos_total()?,
            missing: self.catalogue.missing_total()?,
            excluded: fold.excluded().len() + self.settings.flickr.never.len(),
            published: published.len(),
            targets,
            record: RecordStatus {
                place,
                entries: fold.through(),
                computers: fold.computers().len(),
                sharing: probed.map(|probed| probed.sentence),
                documents_pending: self.catalogue.state("documents_pending")?.unwrap_or(false),
            },
            synced_at: sync.full_at.and_then(|at| jiff::Timestamp::from_second(at).ok()).map(|at| at.to_string()),
            unproved: sync.doubted,
        })
    }

    fn target_status(&self, fold: &Fold, name: &str) -> Result<TargetStatus> {
        let of_target = |attempt: &&crate::fold::Attempt| attempt.about.target == name;
        let in_progress = |attempt: &&crate::fold::Attempt| matches!(attempt.stand, Stand::Claimed | Stand::Sending);
        let imported = fold.imported().values().filter(|imported| imported.target == name).count();
        Ok(TargetStatus {
            target: name.to_owned(),
            account: self.known_account(name)?,
            unpublished: self.catalogue.pool_len(name)?,
            published: imported + posted(fold, Some(name)).count(),
            reviews: open_reviews(fold, name),
            in_progress: fold.attempts().filter(of_target).filter(in_progress).count(),
        })
    }
}

fn posted<'a>(fold: &'a Fold, target: Option<&'a str>) -> impl Iterator<Item = &'a crate::fold::Attempt> {
    fold.attempts()
        .filter(move |a| target.is_none_or(|t| a.about.target == t) && matches!(a.stand, Stand::Posted { .. }))
}
