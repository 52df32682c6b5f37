//! The two ways to ask for one photo to go out: for real, and as a rehearsal that changes nothing.
//!
//! Invariant: nothing is sent without the record; a photo that anything on the record holds is never picked; what an earlier
//! start left unfinished is settled first, and a target with open reviews waits for the photographer.

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use pierrot_looks::Limits;

use crate::{
    error::{Code, Error, Result},
    fold::Fold,
    handle::{LedgerGuard, Pierrot},
    jobs::{
        login::Signed,
        pick::Run,
        prepare::{Unfit, word},
    },
    look::Look,
    photo::PhotoId,
    publication::End,
    report::{Outcome, PublishReport},
    settings::TargetSettings,
    targets::title,
};

/// Pictures that turn out unusable before the photographer is asked.
pub(crate) const BAD_PICTURES_MAX: usize = 3;
/// Open reviews at which a target pauses.
pub(crate) const REVIEWS_MAX: usize = 3;
/// Since when the record has not answered.
const RECORD_AWAY: &str = "record_away";

/// Which photo goes where.
#[derive(Clone, Debug, Default)]
pub struct Choice {
    /// The name of a target; the first one when absent.
    pub target: Option<String>,
    /// This photo instead of a random one.
    pub photo: Option<PhotoId>,
    /// These first, in their order, as far as they may still go; else another by chance.
    pub prefer: Vec<PhotoId>,
    /// Makes the random choice repeatable.
    pub seed: Option<u64>,
    /// The due time this publication is for; absent for "now".
    pub slot: Option<String>,
    /// What is done to the picture.
    pub look: Option<Look>,
}

impl Pierrot {
    /// Publishes one photo to one target. What passes by itself is an outcome, not an error.
    pub async fn publish(&self, choice: &Choice) -> Result<PublishReport> {
        let (name, target) = self.target(choice.target.as_deref())?;
        match self.publish_to(name, target, choice).await {
            Err(error) if error.code == Code::TryLater => {
                let report = PublishReport::empty(Outcome::TryLater, name, error.message.clone());
                Ok(PublishReport { error: Some(error), ..report })
            }
            settled => settled,
        }
    }

    async fn publish_to(&self, name: &str, target: &TargetSettings, choice: &Choice) -> Result<PublishReport> {
        let signed = self.x(name).await?;
        let mut ledger = self.ready_ledger().await?;
        let outcome = self.publish_from(&mut ledger, &signed, (name, target), choice).await;
        self.write_catalogue_documents_if_behind(ledger.store()).await;
        let accepted = outcome.as_ref().is_ok_and(|report| report.outcome == Outcome::Published);
        self.heed_answers(name, &signed, accepted);
        outcome
    }

    async fn publish_from(
        &self,
        ledger: &mut LedgerGuard<'_>,
        signed: &Signed,
        (name, target): (&str, &TargetSettings),
        choice: &Choice,
    ) -> Result<PublishReport> {
        let recovered = self.recover_with(ledger, Some(name)).await?;
        if let Some(report) = recovered.published_again {
            return Ok(report);
        }
        self.refuse_paused(ledger.fold(), name)?;
        self.ensure_pools(ledger.fold())?;
        if choice.photo.is_none() && self.catalogue.pool_len(name)? == 0 {
            return self.nothing_left(name);
        }
        let account = self.account(name, signed).await.map_err(|error| {
            let what_now = format!("Nothing was posted. {}", error.what_now);
            Error { what_now, ..error }
        })?;
        self.ensure_pools(ledger.fold())?;
        let mut run = Run::new(name, target, &signed.x, &account, choice);
        self.publish_one(ledger, &mut run).await
    }

    /// Shows what would go out, picture included, and changes nothing; of the photos that may go, others than `shown` first.
    pub async fn rehearse(&self, choice: &Choice, shown: &[PhotoId]) -> Result<PublishReport> {
        let (name, target) = self.target(choice.target.as_deref())?;
        let mut ledger = self.ledger().await?;
        if let Err(error) = self.refresh(&mut ledger).await {
            tracing::warn!(%error, "the record cannot be read now; this rehearsal goes by what is known here");
        }
        self.ensure_pools(ledger.fold())?;
        let account = self.known_account(name)?;
        let mut dice = ChaCha8Rng::seed_from_u64(choice.seed.unwrap_or_else(|| self.fresh_seed()));
        let mut tried = shown.to_vec();
        let mut last = None;
        for _ in 0..BAD_PICTURES_MAX {
            let photo = match &choice.photo {
                Some(photo) => {
                    self.check_asked(ledger.fold(), (name, target), account.as_deref(), photo)?;
                    Some(photo.clone())
                }
                None => match self.next_photo(name, choice, &tried, &mut dice)? {
                    Some(photo) => Some(photo),
                    // All were shown: any of them again.
                    None => self.catalogue.pick(name, &tried[shown.len()..], &mut dice)?,
                },
            };
            let Some(photo) = photo else { break };
            match self.rehearse_photo(name, target, &photo, choice.look.as_ref(), ledger.fold()).await {
                Ok(report) => return Ok(report),
                Err(unfit) if matches!(unfit.end, End::Changed | End::BadPicture) && choice.photo.is_none() => {
                    last = Some(unfit.error);
                    tried.push(photo);
                }
                Err(unfit) => return Err(unfit.error),
            }
        }
        match last {
            Some(error) => Err(error),
            None => Ok(self.nothing_left(name)?),
        }
    }

    async fn rehearse_photo(
        &self,
        name: &str,
        target: &TargetSettings,
        photo: &PhotoId,
        look: Option<&Look>,
        fold: &Fold,
    ) -> std::result::Result<PublishReport, Unfit> {
        let flickr = self.flickr().await?;
        let row = self.confirm_at_source(&flickr, photo, false).await?;
        let limits = Limits { bytes_max: target.max_bytes, side_max: target.max_side };
        let picture = self.fetch(&flickr, photo, limits, look).await?;
        let (bytes, width, height) = (picture.bytes.len(), picture.width, picture.height);
        let mut ready = word(&row.photo, target, fold.written(photo, name), None)?;
        ready.make_distinct(&fold.known_texts(name), target.max_text);
        let left = self.catalogue.pool_len(name).map_err(Error::from)?;
        let nth = fold.next_number(photo, name);
        let reason = format!("one of {left} photos that may go to {} now; attempt {nth} at this photo", title(name));
        Ok(PublishReport {
            photo_id: Some(photo.clone()),
            text: Some(ready.caption.text.clone()),
            alt_text: Some(ready.alt_text.clone()),
            cost_usd: Some(ready.cost_usd),
            bytes: Some(bytes),
            width: Some(width),
            height: Some(height),
            warnings: ready.caption.warnings.clone(),
            ..PublishReport::empty(Outcome::DryRun, name, reason)
        })
    }

    /// The record, reachable, with everything the first Pierrot left taken over.
    pub(crate) async fn ready_ledger(&self) -> Result<LedgerGuard<'_>> {
        let mut ledger = self.refreshed_ledger().await?;
        ledger.refuse_newer()?;
        self.take_over(&mut ledger).await?;
        Ok(ledger)
    }

    /// The record with all that other computers wrote; notes since when it cannot be had.
    pub(crate) async fn refreshed_ledger(&self) -> Result<LedgerGuard<'_>> {
        let refreshed = async {
            let mut ledger = self.ledger().await?;
            self.refresh(&mut ledger).await?;
            Ok::<LedgerGuard<'_>, Error>(ledger)
        };
        let refreshed = refreshed.await;
        // A record that is damaged did answer.
        let away = refreshed.as_ref().is_err_and(|error| error.code != Code::AskPhotographer);
        if self.record_away()?.is_some() != away {
            self.catalogue.set_state(RECORD_AWAY, &away.then(|| self.now()))?;
        }
        refreshed
    }

    /// Since when the record has not answered.
    pub(crate) fn record_away(&self) -> Result<Option<jiff::Timestamp>> {
        Ok(self.catalogue.state::<Option<jiff::Timestamp>>(RECORD_AWAY)?.flatten())
    }

    /// A target by name, or the first one.
    pub(crate) fn target(&self, name: Option<&str>) -> Result<(&str, &TargetSettings)> {
        let targets = &self.settings.targets;
        let found = match name {
            Some(name) => targets.get_key_value(name),
            None => targets.get_key_value("x").or_else(|| targets.iter().next()),
        };
        found.map(|(name, target)| (name.as_str(), target)).ok_or_else(|| {
            let known: Vec<&str> = targets.keys().map(String::as_str).collect();
            let asked = name.unwrap_or("any");
            Error::settings(
                format!("There is no target \"{asked}\" in config.toml; there is {}.", known.join(", ")),
                "Name one of these, or add [targets.NAME] to config.toml.",
            )
        })
    }

    fn refuse_paused(&self, fold: &Fold, target: &str) -> Result<()> {
        let open = fold.open_reviews(target);
        if open < REVIEWS_MAX {
            return Ok(());
        }
        let title = title(target);
        Err(Error::new(
            Code::AskPhotographer,
            format!("{open} publications to {title} wait for your review, so {title} is paused."),
            "Answer them with `pierrot review`; then publishing goes on.",
        ))
    }

    /// Whether a photo that was asked for by id may go out.
    pub(crate) fn check_asked(
        &self,
        fold: &Fold,
        target: (&str, &TargetSettings),
        account: Option<&str>,
        photo: &PhotoId,
    ) -> Result<()> {
        let row = self.known(photo)?;
        self.judge(&self.filters()?, fold, target, account, &row).map_err(|why| {
            let now = if fold.excluded().contains(photo) || fold.is_closed(photo, target.0) {
                format!("`pierrot include {photo}` opens it again; or choose another photo.")
            } else if fold.is_free(photo, target.0, account) {
                "Choose another photo, or change what keeps this one back.".to_owned()
            } else {
                "Choose another photo.".to_owned()
            };
            Error::failed(format!("Photo {photo} cannot go to {}: {why}.", title(target.0)), now)
        })
    }

    pub(crate) fn nothing_left(&self, target: &str) -> Result<PublishReport> {
        let total = self.catalogue.photos_total()?;
        let reason = if total == 0 {
            "the catalogue is empty: run `pierrot sync` first".to_owned()
        } else {
            let mut why = vec![format!(
                "none of the {total} photos is left for {}: all are published, excluded, held or left out",
                title(target)
            )];
            why.extend(self.unknown_albums()?);
            why.join("; ")
        };
        Ok(PublishReport::empty(Outcome::NothingLeft, target, reason))
    }
}
