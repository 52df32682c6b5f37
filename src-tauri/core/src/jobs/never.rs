//! The never-list on the record, and taking photos off it again.

use crate::{
    error::{Error, Result},
    fold::Fold,
    handle::Pierrot,
    log::Fact,
    photo::PhotoId,
    record::ledger::{Appended, Entries},
};

impl Pierrot {
    /// Keeps a photo from ever going out, on every target and every computer. Whether anything changed.
    pub async fn exclude(&self, photo: &PhotoId) -> Result<bool> {
        self.known(photo)?;
        let mut ledger = self.ready_ledger().await?;
        if ledger.fold().excluded().contains(photo) {
            return Ok(false);
        }
        let mut keep = |fold: &Fold, entries: &Entries| self.keep_entries(fold, entries);
        ledger.append(Fact::Excluded { photo: photo.clone() }, self.now(), &mut keep).await?;
        Ok(true)
    }

    /// Takes a photo off the never-list and opens it again where it was skipped or rejected. Whether anything changed.
    pub async fn include(&self, photo: &PhotoId) -> Result<bool> {
        self.known(photo)?;
        if self.settings.flickr.never.contains(photo) {
            return Err(Error::settings(
                format!("Photo {photo} is on the never-list in config.toml."),
                "Take it off [flickr] never there.",
            ));
        }
        let mut ledger = self.ready_ledger().await?;
        let mut facts = Vec::new();
        if ledger.fold().excluded().contains(photo) {
            facts.push(Fact::Included { photo: photo.clone() });
        }
        for target in self.settings.targets.keys().filter(|target| ledger.fold().is_closed(photo, target)) {
            facts.push(Fact::Reopened { photo: photo.clone(), target: target.clone() });
        }
        let mut changed = false;
        for fact in facts {
            let mut keep = |fold: &Fold, entries: &Entries| self.keep_entries(fold, entries);
            changed |= matches!(ledger.append(fact, self.now(), &mut keep).await?, Appended::Counts { .. });
        }
        Ok(changed)
    }

    fn known(&self, photo: &PhotoId) -> Result<()> {
        if self.catalogue.photo(photo)?.is_some() {
            return Ok(());
        }
        Err(Error::failed(
            format!("The catalogue has no photo {photo}."),
            "Check the id, or run `pierrot sync` if the photo is new.",
        ))
    }
}
