//! Where everything stands, from what this computer knows: no network is touched.

use std::collections::HashSet;

use serde::Serialize;

use crate::{
    catalogue::Presence,
    error::Result,
    fold::{Fold, Stand},
    handle::Pierrot,
    jobs::{probe::Probed, sync::SyncState},
    photo::PhotoId,
    settings::RecordKind,
};

/// The state of one home.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Status {
    pub home: String,
    /// Photos the source has.
    pub total: u64,
    pub missing: u64,
    /// Photos on the never-list that the source has.
    pub excluded: usize,
    /// Photos published to at least one target.
    pub published: usize,
    pub targets: Vec<TargetStatus>,
    pub record: RecordStatus,
    /// When the last full pass over Flickr ended.
    pub synced_at: Option<String>,
    /// Photos that vanished in large numbers and wait for a second look.
    pub unproved: u64,
    /// Sentences on albums of the settings that are unknown.
    pub unknown_albums: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TargetStatus {
    pub target: String,
    pub account: Option<String>,
    /// Photos that may go out now.
    pub unpublished: u32,
    pub published: usize,
    /// Those of them that are no longer at the source, or on the never-list now.
    pub published_besides: usize,
    /// Neither left, nor published, nor on the never-list: kept back by a filter, a review, a skip, or under way.
    /// `total` is `unpublished + (published - published_besides) + held + excluded`.
    pub held: u64,
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
        let fold = self.fresh_pools()?;
        let sync: SyncState = self.catalogue.state("sync")?.unwrap_or_default();
        let probed: Option<Probed> = self.catalogue.state("probe")?;
        let record = &self.settings.record;
        let place = match record.kind {
            RecordKind::Folder => self.home.root().join(&record.path).display().to_string(),
            RecordKind::S3 => format!("s3://{}/{}", record.bucket, record.prefix),
        };
        let mut published = HashSet::new();
        published.extend(fold.imported().keys());
        published.extend(posted(&fold, None).map(|attempt| &attempt.about.photo));
        let mut excluded = HashSet::new();
        for photo in fold.excluded().iter().chain(&self.settings.flickr.never) {
            if self.is_there(photo)? {
                excluded.insert(photo);
            }
        }
        let mut targets = Vec::new();
        for name in self.settings.targets.keys() {
            targets.push(self.target_status(&fold, name, &excluded)?);
        }
        Ok(Status {
            home: self.home.root().display().to_string(),
            total: self.catalogue.photos_total()?,
            missing: self.catalogue.missing_total()?,
            excluded: excluded.len(),
            published: published.len(),
            targets,
            record: RecordStatus {
                place,
                entries: fold.through(),
                computers: fold.computers().len(),
                sharing: probed.map(|probed| probed.sentence),
                documents_pending: self.catalogue.state("documents_pending")?.unwrap_or(false)
                    || self.documents_behind()?,
            },
            synced_at: sync.full_at.and_then(|at| jiff::Timestamp::from_second(at).ok()).map(|at| at.to_string()),
            unproved: sync.doubted,
            unknown_albums: if sync.full_at.is_some() { self.unknown_albums()? } else { Vec::new() },
        })
    }

    /// Whether the source has the photo, as far as the catalogue knows.
    fn is_there(&self, photo: &PhotoId) -> Result<bool> {
        Ok(self.catalogue.photo(photo)?.is_some_and(|row| row.presence != Presence::Missing))
    }

    fn target_status(&self, fold: &Fold, name: &str, excluded: &HashSet<&PhotoId>) -> Result<TargetStatus> {
        let of_target = |attempt: &&crate::fold::Attempt| attempt.about.target == name;
        let in_progress = |attempt: &&crate::fold::Attempt| matches!(attempt.stand, Stand::Claimed | Stand::Sending);
        let imported = fold.imported().iter().filter(|(_, imported)| imported.target == name).map(|(photo, _)| photo);
        let published: HashSet<&PhotoId> =
            imported.chain(posted(fold, Some(name)).map(|attempt| &attempt.about.photo)).collect();
        let mut besides = 0;
        for photo in &published {
            besides += usize::from(excluded.contains(photo) || !self.is_there(photo)?);
        }
        let unpublished = self.catalogue.pool_len(name)?;
        let told = u64::from(unpublished) + (published.len() - besides + excluded.len()) as u64;
        Ok(TargetStatus {
            target: name.to_owned(),
            account: self.account_of(name)?.map(|known| known.handle()),
            unpublished,
            published: published.len(),
            published_besides: besides,
            held: self.catalogue.photos_total()?.saturating_sub(told),
            reviews: fold.open_reviews(name),
            in_progress: fold.attempts().filter(of_target).filter(in_progress).count(),
        })
    }
}

fn posted<'a>(fold: &'a Fold, target: Option<&'a str>) -> impl Iterator<Item = &'a crate::fold::Attempt> {
    fold.attempts()
        .filter(move |a| target.is_none_or(|t| a.about.target == t) && matches!(a.stand, Stand::Posted { .. }))
}
