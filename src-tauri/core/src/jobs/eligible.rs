//! Keeping each target's pool true: what the settings, the catalogue and the fold together allow to be picked.
//!
//! Invariant: a photo is in the pool of a target exactly when its facts pass the filters and nothing on the record holds it.

use std::{collections::BTreeSet, sync::Arc};

use crate::{
    catalogue::{Row, sha256_hex},
    choose::{Filters, has_tag},
    error::Result,
    fold::Fold,
    handle::{LedgerGuard, Pierrot},
    log::{self, Fact, Read},
    photo::PhotoId,
    record::ledger::{Appended, Entries},
    settings::TargetSettings,
    targets::title,
};

/// Why one photo cannot go to one target, in a person's words; `Ok` when it may.
pub(crate) type Judgement = std::result::Result<(), String>;

impl Pierrot {
    pub(crate) fn filters(&self) -> Result<Filters> {
        let flickr = &self.settings.flickr;
        let by_album = !flickr.albums.is_empty() || !flickr.albums_exclude.is_empty();
        let albums = if by_album { self.catalogue.albums()? } else { Vec::new() };
        Ok(Filters::new(flickr, &albums))
    }

    /// The account a target was last signed in to, as the log names it.
    pub(crate) fn known_account(&self, target: &str) -> Result<Option<String>> {
        Ok(self.account_of(target)?.map(|known| known.log_name()))
    }

    /// All that is known of that account.
    pub(crate) fn account_of(&self, target: &str) -> Result<Option<KnownAccount>> {
        Ok(self.catalogue.state(&account_key(target))?)
    }

    pub(crate) fn keep_account(&self, target: &str, known: &KnownAccount) -> Result<()> {
        Ok(self.catalogue.set_state(&account_key(target), known)?)
    }

    pub(crate) fn judge(
        &self,
        filters: &Filters,
        fold: &Fold,
        target: (&str, &TargetSettings),
        account: Option<&str>,
        row: &Row,
    ) -> Judgement {
        let (name, settings) = target;
        filters.judge(row).map_err(|why| why.to_string())?;
        if has_tag(&row.photo.tags, &settings.sensitive.hold) {
            return Err(format!("it has a tag that \"sensitive.hold\" of {} keeps back", title(name)));
        }
        if fold.excluded().contains(&row.photo.id) {
            return Err("you excluded it".into());
        }
        if !fold.is_free(&row.photo.id, name, account) {
            return Err(standing(fold, &row.photo.id, name));
        }
        Ok(())
    }

    /// Makes the pools of all targets anew where what they were made from changed.
    pub(crate) fn ensure_pools(&self, fold: &Fold) -> Result<()> {
        let version: u64 = self.catalogue.state("catalogue_version")?.unwrap_or(0);
        let mut filters = None;
        for (name, target) in &self.settings.targets {
            let account = self.known_account(name)?;
            let flickr = serde_json::to_string(&self.settings.flickr).unwrap_or_default();
            let hold = target.sensitive.hold.join("\n");
            let made_from = sha256_hex(format!("{flickr}\n{hold}\n{version}\n{account:?}").as_bytes());
            if self.catalogue.pool(name)?.is_some_and(|pool| pool.made_from == made_from) {
                continue;
            }
            let filters = match &filters {
                Some(filters) => filters,
                None => filters.insert(self.filters()?),
            };
            let mut photos = Vec::new();
            self.catalogue.each_photo(|row| {
                if self.judge(filters, fold, (name, target), account.as_deref(), &row).is_ok() {
                    photos.push(row.photo.id);
                }
                true
            })?;
            self.catalogue.make_pool(name, &made_from, photos.into_iter())?;
        }
        Ok(())
    }

    /// Pools that are true to what this computer knows, and the fold they follow.
    pub(crate) fn fresh_pools(&self) -> Result<Arc<Fold>> {
        let fold = self.known_fold()?;
        self.ensure_pools(&fold)?;
        Ok(fold)
    }

    /// The catalogue changed in a way that pools must follow.
    pub(crate) fn catalogue_changed(&self) -> Result<()> {
        let version: u64 = self.catalogue.state("catalogue_version")?.unwrap_or(0);
        Ok(self.catalogue.set_state("catalogue_version", &(version + 1))?)
    }

    /// Reads what other computers wrote; what is new is kept here.
    pub(crate) async fn refresh(&self, ledger: &mut LedgerGuard<'_>) -> Result<()> {
        let read = ledger.refresh(&mut |fold: &Fold, entries: &Entries| self.keep_entries(fold, entries)).await;
        self.unless_ours_is_damaged(read).await
    }

    /// Appends a fact as of now; what is new on the record is kept here.
    pub(crate) async fn append(&self, ledger: &mut LedgerGuard<'_>, fact: Fact) -> Result<Appended> {
        ledger.append(fact, self.now(), &mut |fold: &Fold, entries: &Entries| self.keep_entries(fold, entries)).await
    }

    /// Stores new log entries together with the moves of the photos they touch.
    fn keep_entries(&self, fold: &Fold, entries: &Entries) -> Result<()> {
        let touched = touched(entries);
        let mut moves = Vec::new();
        if !touched.is_empty() {
            let filters = self.filters()?;
            for (name, target) in &self.settings.targets {
                let account = self.known_account(name)?;
                for photo in &touched {
                    let row = self.catalogue.photo(photo)?;
                    let wanted = row.is_some_and(|row| {
                        self.judge(&filters, fold, (name, target), account.as_deref(), &row).is_ok()
                    });
                    moves.push((name.clone(), photo.clone(), wanted));
                }
            }
        }
        Ok(self.catalogue.keep_log(entries, &moves)?)
    }
}

/// Who a target's keys belong to, asked once for each token.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub(crate) struct KnownAccount {
    /// Hex SHA-256 of the token, so that new keys are asked anew; the token itself is never kept.
    pub token_sha256: String,
    /// Of all four keys that were seen to open the account.
    #[serde(default)]
    pub keys_sha256: String,
    pub id: String,
    pub username: String,
}

impl KnownAccount {
    pub(crate) fn log_name(&self) -> String {
        format!("x:{}", self.id)
    }

    /// The name by which a person knows it.
    pub(crate) fn handle(&self) -> String {
        if self.username.is_empty() { self.log_name() } else { format!("@{}", self.username) }
    }
}

fn account_key(target: &str) -> String {
    format!("account/{target}")
}

/// Where a photo stands with a target, for people.
pub(crate) fn standing(fold: &Fold, photo: &PhotoId, target: &str) -> String {
    use crate::fold::{Ending, Stand};
    let name = title(target);
    if fold.is_marked(photo, target) {
        return format!("you marked it as published to {name}");
    }
    if fold.imported().get(photo).is_some_and(|imported| imported.target == target) {
        return format!("it was published to {name} by the first Pierrot");
    }
    let newest =
        fold.attempts().filter(|a| a.about.photo == *photo && a.about.target == target).max_by_key(|a| a.last_seq);
    match newest.map(|attempt| &attempt.stand) {
        Some(Stand::Posted { post_url, .. }) => format!("it was published to {name} already ({post_url})"),
        Some(Stand::NeedsReview { .. }) => "it waits for your review".into(),
        Some(Stand::Claimed | Stand::Sending) => "it is being published".into(),
        Some(Stand::Ended(Ending::Skip)) => "you skipped it".into(),
        Some(Stand::Ended(Ending::Released(_))) => format!("{name} does not take it"),
        Some(Stand::Ended(Ending::TakenOver | Ending::PostAgain)) | None => {
            format!("it was published to the account of {name} already")
        }
    }
}

fn touched(entries: &Entries) -> BTreeSet<PhotoId> {
    let mut photos = BTreeSet::new();
    for (seq, bytes) in entries {
        let Ok(Read::Entry(entry)) = log::read(*seq, bytes) else { continue };
        match &entry.fact {
            Fact::Claimed { about, .. }
            | Fact::Sending { about, .. }
            | Fact::Posted { about, .. }
            | Fact::Released { about, .. }
            | Fact::NeedsReview { about, .. }
            | Fact::Resolved { about, .. } => {
                photos.insert(about.photo.clone());
            }
            Fact::Reopened { photo, .. } | Fact::Excluded { photo } | Fact::Included { photo } => {
                photos.insert(photo.clone());
            }
            // Words change what goes out, not whether it may.
            Fact::Worded { .. } => {}
            Fact::Imported { published, .. } => photos.extend(published.keys().filter_map(|id| id.parse().ok())),
        }
    }
    photos
}
