//! The never-list on the record, and taking photos off it again.

use crate::{
    catalogue::Row,
    error::{Error, Result},
    fold::Stand,
    handle::{LedgerGuard, Pierrot},
    log::Fact,
    photo::PhotoId,
    record::ledger::Appended,
};

/// What including a photo changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Included {
    /// It was on the never-list.
    pub was_excluded: bool,
    /// That, or it was closed at a target.
    pub changed: bool,
}

impl Pierrot {
    /// Keeps a photo from ever going out, on every target and every computer. Whether anything changed.
    pub async fn exclude(&self, photo: &PhotoId) -> Result<bool> {
        self.exclude_in(&mut self.ready_ledger().await?, photo).await
    }

    pub(crate) async fn exclude_in(&self, ledger: &mut LedgerGuard<'_>, photo: &PhotoId) -> Result<bool> {
        self.known(photo)?;
        if ledger.fold().excluded().contains(photo) {
            return Ok(false);
        }
        self.append(ledger, Fact::Excluded { photo: photo.clone() }).await?;
        Ok(true)
    }

    /// Takes a photo off the never-list and does nothing else. Whether it was on it.
    pub(crate) async fn unexclude_in(&self, ledger: &mut LedgerGuard<'_>, photo: &PhotoId) -> Result<bool> {
        if !ledger.fold().excluded().contains(photo) {
            return Ok(false);
        }
        let written = self.append(ledger, Fact::Included { photo: photo.clone() }).await?;
        Ok(matches!(written, Appended::Counts { .. }))
    }

    /// Takes a photo off the never-list and opens it again where it was skipped or rejected.
    pub async fn include(&self, photo: &PhotoId) -> Result<Included> {
        self.include_in(&mut self.ready_ledger().await?, photo).await
    }

    pub(crate) async fn include_in(&self, ledger: &mut LedgerGuard<'_>, photo: &PhotoId) -> Result<Included> {
        self.known(photo)?;
        if self.settings.flickr.never.contains(photo) {
            return Err(Error::settings(
                format!("Photo {photo} is on the never-list in config.toml."),
                "Take it off [flickr] never there.",
            ));
        }
        let closed =
            |target: &&String| ledger.fold().is_closed(photo, target) && !ledger.fold().is_marked(photo, target);
        let closed: Vec<String> = self.settings.targets.keys().filter(closed).cloned().collect();
        let was_excluded = self.unexclude_in(ledger, photo).await?;
        let mut changed = was_excluded;
        for target in closed {
            let fact = Fact::Reopened { photo: photo.clone(), target };
            changed |= matches!(self.append(ledger, fact).await?, Appended::Counts { .. });
        }
        Ok(Included { was_excluded, changed })
    }

    /// Writes down that the photographer published this photo there himself, so that Pierrot never does. Whether that is new.
    /// The document of what is published is left to be written.
    pub(crate) async fn mark_in(
        &self,
        ledger: &mut LedgerGuard<'_>,
        photo: &PhotoId,
        target: &str,
        post_url: Option<&str>,
    ) -> Result<bool> {
        let (target, _) = self.target(Some(target))?;
        self.known(photo)?;
        if let Some(address) = post_url
            && !url::Url::parse(address).is_ok_and(|url| super::review::is_on_x(&url))
        {
            return Err(Error::failed(
                format!("\"{address}\" is not the address of a post on X."),
                "Copy it from the browser's address bar, like https://x.com/you/status/1900544781383569409, or leave it out.",
            ));
        }
        if !ledger.fold().is_free(photo, target, self.known_account(target)?.as_deref()) {
            let why = super::eligible::standing(ledger.fold(), photo, target);
            return if ledger.fold().is_marked(photo, target) {
                Ok(false)
            } else {
                Err(Error::failed(format!("Photo {photo} cannot be marked: {why}."), "Nothing to do."))
            };
        }
        let Some(row) = self.catalogue.photo(photo)? else { return Ok(false) };
        let row = crate::record::documents::marked_row(&row, target, post_url, self.now());
        let published = serde_json::Map::from_iter([(photo.to_string(), serde_json::Value::Object(row))]);
        let files = std::collections::BTreeMap::new();
        let fact = Fact::Imported { target: target.to_owned(), published, files, by_hand: true };
        let written = self.append(ledger, fact).await?;
        Ok(matches!(written, Appended::Counts { .. }))
    }

    /// Takes such a mark back. Whether there was one.
    pub(crate) async fn unmark_in(&self, ledger: &mut LedgerGuard<'_>, photo: &PhotoId, target: &str) -> Result<bool> {
        self.known(photo)?;
        if !ledger.fold().is_marked(photo, target) {
            return Ok(false);
        }
        let fact = Fact::Reopened { photo: photo.clone(), target: target.to_owned() };
        let written = self.append(ledger, fact).await?;
        Ok(matches!(written, Appended::Counts { .. }))
    }

    /// Where a photo is published, as far as this computer knows.
    pub fn published_to(&self, photo: &PhotoId) -> Result<Vec<String>> {
        let fold = self.known_fold()?;
        let mut targets = Vec::new();
        targets.extend(fold.imported().get(photo).map(|imported| imported.target.clone()));
        targets.extend(
            fold.attempts()
                .filter(|attempt| attempt.about.photo == *photo && matches!(attempt.stand, Stand::Posted { .. }))
                .map(|attempt| attempt.about.target.clone()),
        );
        targets.sort();
        targets.dedup();
        Ok(targets)
    }

    /// The photo's row; a photo nobody knows is an error.
    pub(crate) fn known(&self, photo: &PhotoId) -> Result<Row> {
        self.catalogue.photo(photo)?.ok_or_else(|| {
            Error::failed(
                format!("The catalogue has no photo {photo}."),
                "Check the id, or run `pierrot sync` if the photo is new.",
            )
        })
    }
}
