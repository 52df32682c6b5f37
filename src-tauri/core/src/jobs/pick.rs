//! One publication from the choice of its photo to its report: an attempt, and another photo where the first could not go.
//!
//! Invariant: the due time is looked at anew before each photo; at most one POST, and a second only after X certainly refused
//! the first because its uploaded picture was gone; a few unusable pictures and the photographer is asked.

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use crate::{
    error::{Code, Error, Result},
    fold::{Ending, Fold, Stand},
    handle::{LedgerGuard, Pierrot},
    jobs::{
        at_target::{not_posted, still_open},
        attempt::Attempt,
        eligible::KnownAccount,
        publish::{BAD_PICTURES_MAX, Choice},
    },
    log::{About, AttemptId, Frozen},
    look::Look,
    photo::PhotoId,
    publication::{self, End, Event, State},
    report::{Outcome, PublishReport},
    settings::TargetSettings,
    targets::x::X,
};

/// Photos that changed at the source before one run gives up.
const PICKS_MAX: usize = 50;
/// Uploaded media may be used again for this long; X keeps it for a day.
const MEDIA_LIVES_S: i64 = 23 * 3600;

impl Pierrot {
    pub(crate) async fn publish_one(&self, ledger: &mut LedgerGuard<'_>, run: &mut Run<'_>) -> Result<PublishReport> {
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
                None => match self.another(ledger.fold(), run, &mut dice)? {
                    Some(photo) => photo,
                    None => break,
                },
            };
            let report = self.attempt(ledger, run, &photo, None).await?;
            match report {
                Tried::Done(report) => return Ok(*report),
                Tried::Another(error) | Tried::UploadLost(error) if run.choice.photo.is_some() => return Err(error),
                Tried::Another(error) | Tried::UploadLost(error) => {
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

    /// A photo that was not tried; when none is left, one that had changed at the source and may go as it is now, once.
    fn another(&self, fold: &Fold, run: &mut Run<'_>, dice: &mut ChaCha8Rng) -> Result<Option<PhotoId>> {
        if let Some(photo) = self.next_photo(run.name, run.choice, &run.tried, dice)? {
            return Ok(Some(photo));
        }
        let account = run.account.log_name();
        while let Some(photo) = run.changed.pop() {
            if self.check_asked(fold, (run.name, run.target), Some(&account), &photo).is_ok() {
                return Ok(Some(photo));
            }
        }
        Ok(None)
    }

    /// The first of the photos that were planned or wait that may go and was not tried; else one by chance.
    pub(crate) fn next_photo(
        &self,
        name: &str,
        choice: &Choice,
        tried: &[PhotoId],
        dice: &mut ChaCha8Rng,
    ) -> Result<Option<PhotoId>> {
        let mut next = None;
        for photo in choice.prefer.iter().filter(|photo| !tried.contains(photo)) {
            if self.catalogue.in_pool(name, photo)? {
                next = Some(photo.clone());
                break;
            }
        }
        if next.is_none() {
            next = self.catalogue.pick(name, tried, dice)?;
        }
        if let Some(photo) = &next
            && self.catalogue.photo(photo)?.is_none()
        {
            return Err(self.catalogue.found_damaged(&format!("photo {photo} may go out, but is not in it")).into());
        }
        Ok(next)
    }

    /// Runs an attempt at one photo to its end; a second one when X certainly refused the first because its upload was gone.
    pub(crate) async fn attempt(
        &self,
        ledger: &mut LedgerGuard<'_>,
        run: &mut Run<'_>,
        photo: &PhotoId,
        again: Option<Frozen>,
    ) -> Result<Tried> {
        match self.attempt_once(ledger, run, photo, again).await? {
            Tried::UploadLost(error) => {
                tracing::warn!(%photo, %error, "uploading the picture once more for a new attempt");
            }
            tried @ (Tried::Done(_) | Tried::Another(_)) => return Ok(tried),
        }
        Ok(match self.attempt_once(ledger, run, photo, None).await? {
            Tried::UploadLost(error) => {
                run.bad += 1;
                Tried::Another(error)
            }
            tried @ (Tried::Done(_) | Tried::Another(_)) => tried,
        })
    }

    async fn attempt_once(
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
        attempt.look = run.choice.look.clone().or_else(|| look_of(ledger.fold(), photo, run.name));
        attempt.again = again;
        attempt.known_posts = ledger.fold().known_posts();
        attempt.known_texts = ledger.fold().known_texts(run.name);
        let outcome = self.carry_out(ledger, &mut attempt, State::Planned, Event::Start).await?;
        Ok(settle(&mut attempt, outcome, run))
    }

    /// The media and text of an attempt that a person said was not posted, while X still keeps the media.
    pub(crate) fn again(&self, fold: &Fold, photo: &PhotoId, target: &str) -> Option<Frozen> {
        let newest = fold.newest_attempt(photo, target)?;
        let sent: jiff::Timestamp = newest.last_at.parse().ok()?;
        let young = self.now().as_second() - sent.as_second() < MEDIA_LIVES_S;
        newest.frozen.clone().filter(|_| young && newest.stand == Stand::Ended(Ending::PostAgain))
    }
}

/// The look of an attempt that a person wants to be posted again.
fn look_of(fold: &Fold, photo: &PhotoId, target: &str) -> Option<Look> {
    let newest = fold.newest_attempt(photo, target)?;
    let wanted = newest.look.clone().filter(|_| newest.stand == Stand::Ended(Ending::PostAgain))?;
    serde_json::from_value(wanted).ok()
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
    /// Those of them that were not what they had been at the last sync.
    changed: Vec<PhotoId>,
    bad: usize,
}

impl<'a> Run<'a> {
    pub(crate) fn new(
        name: &'a str,
        target: &'a TargetSettings,
        x: &'a X,
        account: &'a KnownAccount,
        choice: &'a Choice,
    ) -> Self {
        Self { name, target, x, account, choice, tried: Vec::new(), changed: Vec::new(), bad: 0 }
    }
}

/// What one attempt led to.
#[derive(Debug)]
pub(crate) enum Tried {
    Done(Box<PublishReport>),
    /// This photo cannot go out now; another may.
    Another(Error),
    /// X certainly did not post, for want of the uploaded picture; a fresh upload may do.
    UploadLost(Error),
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
        publication::Outcome::Ended(End::Changed) => {
            if !run.tried.contains(&attempt.about.photo) {
                run.changed.push(attempt.about.photo.clone());
            }
            Tried::Another(error.unwrap_or_else(passing))
        }
        publication::Outcome::Ended(End::UploadLost) => Tried::UploadLost(error.unwrap_or_else(passing)),
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
