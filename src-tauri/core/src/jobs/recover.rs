//! Settling what an earlier start, or another computer, left in the middle.
//!
//! Invariant: recovering twice is recovering once. Nothing is sent here except what a person asked to be posted again; an
//! attempt that was only claimed is released, one that was sending is read back, a receipt that was not recorded is recorded.

use serde::Serialize;

use crate::{
    error::{Code, Error, Result},
    events::Event as Happened,
    fold::{self, Stand},
    handle::{LedgerGuard, Pierrot},
    jobs::{
        at_target::{not_posted, still_open},
        attempt::Attempt,
        pick::{Run, Tried},
        publish::Choice,
    },
    log::{About, AttemptId, Fact, Seen, Why},
    publication::{self, End, Event, Reply, State},
    report::PublishReport,
};

/// How long another computer may be silent before its unclear sending is read back here.
const SILENT_S: i64 = 600;
/// How long another computer may be silent before a photo it only claimed is freed.
const ABANDONED_S: i64 = 3_600;

/// What recovering did.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct RecoverReport {
    /// Attempts found posted and now recorded.
    pub posted: Vec<String>,
    /// Attempts of which nothing had been sent; their photos are free again.
    pub released: Vec<String>,
    /// Attempts that need the photographer now.
    pub needs_review: Vec<String>,
    /// Attempts that cannot be settled yet.
    pub open: Vec<String>,
    /// What went out because a person said "post again".
    #[serde(skip_serializing_if = "Option::is_none")]
    pub published_again: Option<PublishReport>,
    /// Why something stayed open.
    #[serde(skip)]
    pub error: Option<Error>,
}

impl Pierrot {
    /// Settles everything unfinished on all targets this computer is signed in to.
    pub async fn recover(&self) -> Result<RecoverReport> {
        let mut ledger = self.ready_ledger().await?;
        let report = self.recover_with(&mut ledger, None).await?;
        self.write_catalogue_documents_if_behind(ledger.store()).await;
        self.write_wal_document_if_stale(&mut ledger).await;
        Ok(report)
    }

    pub(crate) async fn recover_with(&self, ledger: &mut LedgerGuard<'_>, only: Option<&str>) -> Result<RecoverReport> {
        let mut report = RecoverReport::default();
        for id in self.unfinished(ledger, only)? {
            if let Err(error) = self.settle_one(ledger, &id, &mut report).await {
                report.open.push(id.0.clone());
                report.error.get_or_insert(error);
            }
        }
        report.posted.extend(self.look_again(ledger, only).await?);
        self.free_abandoned(ledger).await?;
        self.forget_finished(ledger)?;
        if report.error.is_none() {
            self.post_again(ledger, only, &mut report).await?;
        }
        Ok(report)
    }

    /// Attempts to settle: our own unfinished ones, and sendings of computers that fell silent.
    fn unfinished(&self, ledger: &LedgerGuard<'_>, only: Option<&str>) -> Result<Vec<AttemptId>> {
        let mut found = Vec::new();
        for attempt in ledger.fold().attempts() {
            let wanted = only.is_none_or(|only| attempt.about.target == only)
                && self.settings.targets.contains_key(&attempt.about.target);
            let open = match attempt.stand {
                Stand::Claimed => attempt.computer == ledger.computer(),
                Stand::Sending => attempt.computer == ledger.computer() || self.fell_silent(attempt, SILENT_S)?,
                // Also of what a person answered meanwhile: that the post is there is a fact.
                Stand::NeedsReview { .. } | Stand::Ended(_) => self.has_receipt(&attempt.about.attempt)?,
                Stand::Posted { .. } => false,
            };
            if wanted && open {
                found.push(attempt.about.attempt.clone());
            }
        }
        Ok(found)
    }

    /// Measured on our own clock since we first saw it: two computers' clocks are never compared.
    fn fell_silent(&self, attempt: &fold::Attempt, silent_s: i64) -> Result<bool> {
        // Another step of the attempt is a sign of life.
        let key = format!("first_seen/{}/{}", attempt.about.attempt, attempt.last_seq);
        let now = self.now().as_second();
        match self.catalogue.state::<i64>(&key)? {
            Some(seen) => Ok(now - seen >= silent_s),
            None => {
                self.catalogue.set_state(&key, &now)?;
                Ok(false)
            }
        }
    }

    fn has_receipt(&self, id: &AttemptId) -> Result<bool> {
        Ok(self.catalogue.journals()?.iter().any(|journal| journal.about.attempt == *id && journal.post_id.is_some()))
    }

    async fn settle_one(&self, ledger: &mut LedgerGuard<'_>, id: &AttemptId, report: &mut RecoverReport) -> Result<()> {
        let Some(folded) = ledger.fold().attempt(id).cloned() else { return Ok(()) };
        let journal = self.catalogue.journals()?.into_iter().find(|journal| journal.about.attempt == *id);
        let (name, target) = self.target(Some(&folded.about.target))?;
        let unclear = folded.stand == Stand::Sending;
        let told = |error: Error| if unclear { still_open(&folded.about, error) } else { error };
        let signed = self.x(name).await.map_err(told)?;
        let account = self.account(name, &signed).await.map_err(told)?;
        let mut attempt = Attempt::new(folded.about.clone(), folded.slot.clone(), target, &signed.x, &account);
        attempt.frozen.clone_from(&folded.frozen);
        attempt.known_posts = ledger.fold().known_posts();
        let entered: jiff::Timestamp = folded.last_at.parse().unwrap_or_else(|_| self.now());
        attempt.sent_at = journal.as_ref().and_then(|journal| journal.sent_at).unwrap_or_else(|| entered.as_second());
        attempt.looks = journal.as_ref().map_or(0, |journal| journal.looks);
        let receipt = journal.as_ref().and_then(|journal| journal.post_id.clone());
        let (state, event) = match (&folded.stand, receipt) {
            (Stand::Sending | Stand::NeedsReview { .. } | Stand::Ended(_), Some(post_id)) => {
                attempt.post = Some((post_id, Seen::Answer));
                (State::Sending, Event::Reply(Reply::Accepted))
            }
            (Stand::Sending, None) => {
                (State::Looking { looks: attempt.looks, repeats: folded.sends.saturating_sub(1) }, Event::Start)
            }
            (Stand::Claimed, _) => {
                attempt.detail = "Pierrot was stopped before it sent anything".into();
                (State::Preparing, Event::Unfit(End::NotSent))
            }
            (Stand::NeedsReview { .. } | Stand::Ended(_), None) | (Stand::Posted { .. }, _) => return Ok(()),
        };
        self.events.send(Happened::Syncing { what: format!("settling photo {} on {name}", folded.about.photo) });
        let outcome = self.carry_out(ledger, &mut attempt, state, event).await?;
        match outcome {
            publication::Outcome::Published => report.posted.push(id.0.clone()),
            publication::Outcome::NeedsReview => report.needs_review.push(id.0.clone()),
            publication::Outcome::Ended(_) | publication::Outcome::Lost => report.released.push(id.0.clone()),
            publication::Outcome::Parked => {
                let why = || Error::try_later("It is not clear yet.", "Run `pierrot recover` again later.");
                let error = attempt.error.take().unwrap_or_else(why);
                return Err(match (attempt.unclear, attempt.post.is_some()) {
                    (true, false) => still_open(&attempt.about, error),
                    (false, false) => not_posted(&attempt.about, error),
                    (_, true) => error,
                });
            }
        }
        Ok(())
    }

    /// Takes over what another computer claimed and then forgot, and frees it: nothing was sent, or the log would say so.
    async fn free_abandoned(&self, ledger: &mut LedgerGuard<'_>) -> Result<()> {
        let mut abandoned = Vec::new();
        for attempt in ledger.fold().attempts() {
            let foreign = attempt.stand == Stand::Claimed && attempt.computer != ledger.computer();
            if foreign && self.fell_silent(attempt, ABANDONED_S)? {
                abandoned.push(attempt.clone());
            }
        }
        for forgotten in abandoned {
            let about = About { attempt: AttemptId(self.fresh_id()), ..forgotten.about };
            let detail = "claimed by a computer that was silent for an hour".to_owned();
            let facts = [
                Fact::Claimed { about: about.clone(), number: forgotten.number + 1, slot: forgotten.slot, look: None },
                Fact::Released { about, why: Why::GivenUp, detail },
            ];
            for fact in facts {
                self.append(ledger, fact).await?;
            }
        }
        Ok(())
    }

    /// Private rows of attempts that the log knows to be over, or never came to know.
    fn forget_finished(&self, ledger: &LedgerGuard<'_>) -> Result<()> {
        for journal in self.catalogue.journals()? {
            let attempt = ledger.fold().attempt(&journal.about.attempt);
            let told = attempt.is_none_or(|attempt| match attempt.stand {
                Stand::Posted { .. } => true,
                Stand::Ended(_) => journal.post_id.is_none(),
                Stand::Claimed | Stand::Sending | Stand::NeedsReview { .. } => false,
            });
            if told {
                self.catalogue.drop_journal(&journal.about.attempt)?;
            }
        }
        Ok(())
    }

    /// Sends what a person said must go out again, one photo a call.
    async fn post_again(
        &self,
        ledger: &mut LedgerGuard<'_>,
        only: Option<&str>,
        report: &mut RecoverReport,
    ) -> Result<()> {
        for (name, target) in &self.settings.targets {
            if only.is_some_and(|only| only != name) {
                continue;
            }
            let Some(photo) = ledger.fold().wanted_again(name).into_iter().next() else { continue };
            let signed = self.x(name).await?;
            let account = self.account(name, &signed).await?;
            let choice = Choice { target: Some(name.clone()), photo: Some(photo.clone()), ..Choice::default() };
            let again = self.again(ledger.fold(), &photo, name);
            let mut run = Run::new(name, target, &signed.x, &account, &choice);
            match self.attempt(ledger, &mut run, &photo, again).await? {
                Tried::Done(done) => report.published_again = Some(*done),
                Tried::Another(error) | Tried::UploadLost(error) => {
                    // A person asked for this photo, and no other can take its place.
                    let code = if error.code == Code::Failed { Code::AskPhotographer } else { error.code };
                    report.error = Some(Error { code, ..error });
                }
            }
            return Ok(());
        }
        Ok(())
    }
}

impl RecoverReport {
    /// What a program's exit should say: everything settled, a person needed, or later.
    pub fn code(&self) -> Option<Code> {
        if self.error.is_some() {
            return self.error.as_ref().map(|error| error.code);
        }
        (!self.needs_review.is_empty()).then_some(Code::AskPhotographer)
    }
}
