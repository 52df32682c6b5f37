//! Publishing one photo: pick it, run its attempt, and pick another where the first could not go out.
//!
//! Invariant: nothing is sent without the record; a photo that anything on the record holds is never picked; at most one POST
//! a call. What an earlier start left unfinished is settled first.

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

use crate::{
    error::{Code, Error, Result},
    fold::{Ending, Fold, Stand},
    handle::{LedgerGuard, Pierrot},
    jobs::{
        eligible::KnownAccount,
        prepare::{Unfit, word},
        publishing::{Attempt, not_posted, still_open},
    },
    log::{About, AttemptId, Frozen},
    photo::PhotoId,
    publication::{self, End, Event, State},
    record::ledger::Entries,
    settings::TargetSettings,
    targets::x::X,
};

/// Pictures that turn out unusable before the photographer is asked.
const BAD_PICTURES_MAX: usize = 3;
/// Photos that changed at the source before one run gives up.
const PICKS_MAX: usize = 50;
/// Open reviews at which a target pauses.
pub(crate) const REVIEWS_MAX: usize = 3;
/// Uploaded media may be used again for this long; X keeps it for a day.
const MEDIA_LIVES_S: i64 = 23 * 3600;

/// Which photo goes where.
#[derive(Clone, Debug, Default)]
pub struct Choice {
    /// The name of a target; the first one when absent.
    pub target: Option<String>,
    /// This photo instead of a random one.
    pub photo: Option<PhotoId>,
    /// This photo first, if it may still go; else another by chance.
    pub prefer: Option<PhotoId>,
    /// Makes the random choice repeatable.
    pub seed: Option<u64>,
    /// The due time this publication is for; absent for "now".
    pub slot: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    Published,
    /// A rehearsal: nothing was changed anywhere.
    DryRun,
    NothingLeft,
    /// The due time it was for is taken, by this or another computer.
    AlreadyDone,
    NeedsReview,
    Held,
    Rejected,
    TryLater,
}

/// What became of it. Fields that do not apply are null.
#[derive(Clone, Debug, PartialEq, Serialize, ts_rs::TS)]
pub struct PublishReport {
    pub outcome: Outcome,
    pub photo_id: Option<PhotoId>,
    pub target: String,
    pub post_id: Option<String>,
    pub post_url: Option<String>,
    pub text: Option<String>,
    pub alt_text: Option<String>,
    pub cost_usd: Option<f64>,
    /// Size of the picture that goes out.
    pub bytes: Option<usize>,
    pub width: Option<u32>,
    pub height: Option<u32>,
    /// Why this photo, or why none.
    pub reason: String,
    /// For instance that a bare domain in the text makes the post dearer.
    pub warnings: Vec<String>,
    /// What stopped it, where something did.
    #[serde(skip)]
    pub error: Option<Error>,
}

impl PublishReport {
    pub(crate) fn empty(outcome: Outcome, target: &str, reason: impl Into<String>) -> Self {
        Self {
            outcome,
            photo_id: None,
            target: target.to_owned(),
            post_id: None,
            post_url: None,
            text: None,
            alt_text: None,
            cost_usd: None,
            bytes: None,
            width: None,
            height: None,
            reason: reason.into(),
            warnings: Vec::new(),
            error: None,
        }
    }
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
        let recovered = self.recover_with(&mut ledger, Some(name)).await?;
        if let Some(report) = recovered.published_again {
            return Ok(report);
        }
        self.refuse_paused(ledger.fold(), name)?;
        self.ensure_pools(ledger.fold())?;
        if choice.photo.is_none() && self.catalogue.pool_len(name)? == 0 {
            return self.nothing_left(name);
        }
        let account = self.account(name, &signed).await.map_err(|error| {
            let what_now = format!("Nothing was posted. {}", error.what_now);
            Error { what_now, ..error }
        })?;
        self.ensure_pools(ledger.fold())?;
        let mut run = Run { name, target, x: &signed.x, account: &account, choice, tried: Vec::new(), bad: 0 };
        self.publish_one(&mut ledger, &mut run).await
    }

    /// Shows what would go out, picture included, and changes nothing.
    pub async fn rehearse(&self, choice: &Choice) -> Result<PublishReport> {
        let (name, target) = self.target(choice.target.as_deref())?;
        let mut ledger = self.ledger().await?;
        if let Err(error) = ledger.refresh(&mut |fold: &Fold, entries: &Entries| self.keep_entries(fold, entries)).await
        {
            tracing::warn!(%error, "the record cannot be read now; this rehearsal goes by what is known here");
        }
        self.ensure_pools(ledger.fold())?;
        let account = self.known_account(name)?;
        let mut dice = ChaCha8Rng::seed_from_u64(choice.seed.unwrap_or_else(|| self.fresh_seed()));
        let mut tried = Vec::new();
        let mut last = None;
        for _ in 0..BAD_PICTURES_MAX {
            let photo = match &choice.photo {
                Some(photo) => {
                    self.check_asked(ledger.fold(), (name, target), account.as_deref(), photo)?;
                    Some(photo.clone())
                }
                None => self.catalogue.pick(name, &tried, &mut dice)?,
            };
            let Some(photo) = photo else { break };
            match self.rehearse_photo(name, target, &photo, ledger.fold()).await {
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
        fold: &Fold,
    ) -> std::result::Result<PublishReport, Unfit> {
        let flickr = self.flickr().await?;
        let row = self.confirm_at_source(&flickr, photo, false).await?;
        let picture = self.fetch(&flickr, photo, target).await?;
        let (bytes, width, height) = (picture.bytes.len(), picture.width, picture.height);
        let mut ready = word(&row.photo, target, None)?;
        ready.make_distinct(&known_texts(fold, name), target.max_text);
        let left = self.catalogue.pool_len(name).map_err(Error::from)?;
        let nth = fold.next_number(photo, name);
        let reason = format!("one of {left} photos that may go to {name} now; attempt {nth} at this photo");
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
        let mut ledger = self.ledger().await?;
        ledger.refresh(&mut |fold: &Fold, entries: &Entries| self.keep_entries(fold, entries)).await?;
        ledger.refuse_newer()?;
        self.take_over(&mut ledger).await?;
        Ok(ledger)
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
        let open = open_reviews(fold, target);
        if open < REVIEWS_MAX {
            return Ok(());
        }
        Err(Error::new(
            Code::AskPhotographer,
            format!("{open} publications to {target} wait for your review, so {target} is paused."),
            "Answer them with `pierrot review`; then publishing goes on.",
        ))
    }

    /// Whether a photo that was asked for by id may go out.
    fn check_asked(
        &self,
        fold: &Fold,
        target: (&str, &TargetSettings),
        account: Option<&str>,
        photo: &PhotoId,
    ) -> Result<()> {
        let Some(row) = self.catalogue.photo(photo)? else {
            let now = "Check the id, or run `pierrot sync` if the photo is new.";
            return Err(Error::failed(format!("The catalogue has no photo {photo}."), now));
        };
        self.judge(&self.filters()?, fold, target, account, &row).map_err(|why| {
            let now = if fold.excluded().contains(photo) {
                format!("`pierrot include {photo}` takes it off the never-list; or choose another photo.")
            } else {
                "Choose another photo, or change what keeps this one back.".to_owned()
            };
            Error::failed(format!("Photo {photo} cannot go to {}: {why}.", target.0), now)
        })
    }

    fn nothing_left(&self, target: &str) -> Result<PublishReport> {
        let total = self.catalogue.photos_total()?;
        let reason = if total == 0 {
            "the catalogue is empty: run `pierrot sync` first".to_owned()
        } else {
            let mut why = vec![format!(
                "none of the {total} photos is left for {target}: all are published, held or filtered out"
            )];
            why.extend(self.unknown_albums()?);
            why.join("; ")
        };
        Ok(PublishReport::empty(Outcome::NothingLeft, target, reason))
    }

    async fn publish_one(&self, ledger: &mut LedgerGuard<'_>, run: &mut Run<'_>) -> Result<PublishReport> {
        let account = run.account.log_name();
        let mut dice = ChaCha8Rng::seed_from_u64(run.choice.seed.unwrap_or_else(|| self.fresh_seed()));
        let mut last = None;
        for _ in 0..PICKS_MAX {
            // Anew before each photo: a claim that was lost may have been lost for the slot.
            if let Some(settled) = slot_settled(ledger.fold(), run.name, &account, run.choice)? {
                return Ok(settled);
            }
            let photo = match &run.choice.photo {
                Some(photo) => {
                    self.check_asked(ledger.fold(), (run.name, run.target), Some(&account), photo)?;
                    photo.clone()
                }
                None => match self.preferred(run)? {
                    Some(photo) => photo,
                    None => match self.catalogue.pick(run.name, &run.tried, &mut dice)? {
                        Some(photo) => photo,
                        None => break,
                    },
                },
            };
            let report = self.attempt(ledger, run, &photo, None).await?;
            match report {
                Tried::Done(report) => return Ok(*report),
                Tried::Another(error) if run.choice.photo.is_some() => return Err(error),
                Tried::Another(error) => {
                    last = Some(error);
                    run.tried.push(photo);
                    if run.bad >= BAD_PICTURES_MAX {
                        break;
                    }
                }
            }
        }
        match last {
            Some(error) if run.bad > 0 => Err(error),
            Some(_) | None => self.nothing_left(run.name),
        }
    }

    /// The photo that was planned, as long as it may go and was not tried.
    fn preferred(&self, run: &Run<'_>) -> Result<Option<PhotoId>> {
        let Some(photo) = run.choice.prefer.as_ref().filter(|photo| !run.tried.contains(photo)) else {
            return Ok(None);
        };
        Ok(self.catalogue.in_pool(run.name, photo)?.then(|| photo.clone()))
    }

    /// Runs one attempt at one photo to its end.
    pub(crate) async fn attempt(
        &self,
        ledger: &mut LedgerGuard<'_>,
        run: &mut Run<'_>,
        photo: &PhotoId,
        again: Option<Frozen>,
    ) -> Result<Tried> {
        let id = AttemptId(self.fresh_id());
        let slot = run.choice.slot.clone().unwrap_or_else(|| format!("{}/now-{id}", run.name));
        let about = About {
            attempt: id,
            photo: photo.clone(),
            target: run.name.to_owned(),
            account: Some(run.account.log_name()),
        };
        let mut attempt = Attempt::new(about, slot, run.target, run.x, run.account);
        attempt.number = ledger.fold().next_number(photo, run.name);
        attempt.again = again;
        attempt.known_posts = known_posts(ledger.fold());
        attempt.known_texts = known_texts(ledger.fold(), run.name);
        let outcome = self.carry_out(ledger, &mut attempt, State::Planned, Event::Start).await?;
        Ok(settle(&mut attempt, outcome, run))
    }

    /// The media and text of an attempt that a person said was not posted, while X still keeps the media.
    pub(crate) fn again(&self, fold: &Fold, photo: &PhotoId, target: &str) -> Option<Frozen> {
        let newest = newest_attempt(fold, photo, target)?;
        let sent: jiff::Timestamp = newest.last_at.parse().ok()?;
        let young = self.now().as_second() - sent.as_second() < MEDIA_LIVES_S;
        newest.frozen.clone().filter(|_| young && newest.stand == Stand::Ended(Ending::PostAgain))
    }
}

/// What is to be said when the due time is not free any more.
fn slot_settled(fold: &Fold, name: &str, account: &str, choice: &Choice) -> Result<Option<PublishReport>> {
    let Some(slot) = choice.slot.as_deref() else { return Ok(None) };
    if fold.slot_is_free(slot, name, Some(account)) {
        return Ok(None);
    }
    if fold.attempts().any(|a| a.slot == slot && a.about.target == name && a.stand == Stand::Claimed) {
        let message = format!("Another computer is publishing what is due ({slot}).");
        return Err(Error::try_later(message, "Nothing to do: Pierrot looks again."));
    }
    let reason = format!("what was due ({slot}) is done already");
    Ok(Some(PublishReport::empty(Outcome::AlreadyDone, name, reason)))
}

/// One call of `publish`.
#[derive(Debug)]
pub(crate) struct Run<'a> {
    pub name: &'a str,
    pub target: &'a TargetSettings,
    pub x: &'a X,
    pub account: &'a KnownAccount,
    pub choice: &'a Choice,
    pub tried: Vec<PhotoId>,
    pub bad: usize,
}

/// What one attempt led to.
#[derive(Debug)]
pub(crate) enum Tried {
    Done(Box<PublishReport>),
    /// This photo cannot go out now; another may.
    Another(Error),
}

fn settle(attempt: &mut Attempt<'_>, outcome: publication::Outcome, run: &mut Run<'_>) -> Tried {
    let error = attempt.error.take();
    let passing = || {
        Error::try_later("The record or the network stopped answering in the middle.", "Run `pierrot recover` later.")
    };
    let stopped = |error: Error| {
        let error = if attempt.unclear && outcome == publication::Outcome::Parked {
            error
        } else {
            not_posted(&attempt.about, error)
        };
        let kind = match (outcome, error.code) {
            (publication::Outcome::Ended(End::Rejected), _) => Outcome::Rejected,
            (_, Code::TryLater) => Outcome::TryLater,
            // Somebody must sign in, pay or allow it first.
            (_, _) => Outcome::Held,
        };
        let reason = error.message.clone();
        Tried::Done(Box::new(PublishReport { reason, error: Some(error), ..report(attempt, kind) }))
    };
    match outcome {
        publication::Outcome::Published => Tried::Done(Box::new(report(attempt, Outcome::Published))),
        publication::Outcome::NeedsReview => Tried::Done(Box::new(report(attempt, Outcome::NeedsReview))),
        publication::Outcome::Lost => {
            let why = format!("Another computer took photo {} first.", attempt.about.photo);
            Tried::Another(Error::try_later(why, "Try again."))
        }
        publication::Outcome::Parked if attempt.post.is_some() => {
            let reason =
                "it is posted; the record cannot be reached and gets it at the next `pierrot recover`".to_owned();
            Tried::Done(Box::new(PublishReport { reason, ..report(attempt, Outcome::Published) }))
        }
        publication::Outcome::Parked if attempt.unclear => {
            stopped(still_open(&attempt.about, error.unwrap_or_else(passing)))
        }
        publication::Outcome::Parked => stopped(error.unwrap_or_else(passing)),
        publication::Outcome::Ended(End::Changed) => Tried::Another(error.unwrap_or_else(passing)),
        publication::Outcome::Ended(End::BadPicture) => {
            run.bad += 1;
            Tried::Another(error.unwrap_or_else(passing))
        }
        publication::Outcome::Ended(End::TryLater | End::SignIn | End::Photographer | End::Rejected | End::NotSent) => {
            stopped(error.unwrap_or_else(passing))
        }
    }
}

/// The report of an attempt, from what it froze.
pub(crate) fn report(attempt: &Attempt<'_>, outcome: Outcome) -> PublishReport {
    let frozen = attempt.frozen.as_ref();
    let picture = attempt.ready.as_ref().and_then(|ready| ready.picture.as_ref());
    let post_id = attempt.post.as_ref().map(|(id, _)| id.clone());
    let reason = match outcome {
        Outcome::Published => "it is posted and on the record".to_owned(),
        Outcome::NeedsReview => {
            format!(
                "it may be posted: look at your account, then answer with `pierrot review {}`",
                attempt.about.attempt
            )
        }
        Outcome::DryRun
        | Outcome::NothingLeft
        | Outcome::AlreadyDone
        | Outcome::Held
        | Outcome::Rejected
        | Outcome::TryLater => attempt.detail.clone(),
    };
    PublishReport {
        photo_id: Some(attempt.about.photo.clone()),
        post_url: post_id.as_ref().map(|id| attempt.post_url(id)),
        post_id,
        text: frozen.map(|frozen| frozen.text.clone()),
        alt_text: frozen.map(|frozen| frozen.alt_text.clone()),
        cost_usd: frozen.map(|frozen| frozen.cost_usd),
        bytes: picture.map(|picture| picture.bytes.len()),
        width: picture.map(|picture| picture.width),
        height: picture.map(|picture| picture.height),
        warnings: attempt.ready.as_ref().map(|ready| ready.caption.warnings.clone()).unwrap_or_default(),
        ..PublishReport::empty(outcome, &attempt.about.target, reason)
    }
}

pub(crate) fn open_reviews(fold: &Fold, target: &str) -> usize {
    let open = |stand: &Stand| matches!(stand, Stand::NeedsReview { .. });
    fold.attempts().filter(|attempt| attempt.about.target == target && open(&attempt.stand)).count()
}

fn newest_attempt<'a>(fold: &'a Fold, photo: &PhotoId, target: &str) -> Option<&'a crate::fold::Attempt> {
    fold.attempts()
        .filter(|attempt| attempt.about.photo == *photo && attempt.about.target == target)
        .max_by_key(|attempt| attempt.number)
}

/// Photos a person said must go out again and that have not been tried since.
pub(crate) fn wanted_again(fold: &Fold, target: &str) -> Vec<PhotoId> {
    let wanted = |attempt: &&crate::fold::Attempt| {
        attempt.about.target == target
            && attempt.stand == Stand::Ended(Ending::PostAgain)
            && newest_attempt(fold, &attempt.about.photo, target).is_some_and(|newest| newest.about == attempt.about)
            && fold.is_free(&attempt.about.photo, target, attempt.about.account.as_deref())
    };
    fold.attempts().filter(wanted).map(|attempt| attempt.about.photo.clone()).collect()
}

/// Posts the record knows, which reading back must not take for the one it looks for.
pub(crate) fn known_posts(fold: &Fold) -> std::collections::HashSet<String> {
    fold.attempts()
        .filter_map(|attempt| match &attempt.stand {
            Stand::Posted { post_id, .. } => Some(post_id.clone()),
            Stand::Claimed | Stand::Sending | Stand::NeedsReview { .. } | Stand::Ended(_) => None,
        })
        .collect()
}

/// Texts this target has posted, as the record knows them.
fn known_texts(fold: &Fold, target: &str) -> std::collections::HashSet<String> {
    fold.attempts()
        .filter(|attempt| attempt.about.target == target)
        .filter_map(|attempt| match &attempt.stand {
            Stand::Posted { text, .. } => Some(text.clone()),
            Stand::Claimed | Stand::Sending | Stand::NeedsReview { .. } | Stand::Ended(_) => None,
        })
        .collect()
}
