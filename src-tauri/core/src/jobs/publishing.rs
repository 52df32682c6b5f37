//! The thin loop around `publication::step`: it carries the data of one attempt and does the effects.
//!
//! Invariant: what an effect needs to be found again is durable (journal, log) before it happens; exactly one POST follows a
//! Sending that counts, within 30 seconds of a clock that also runs while the computer sleeps. A crash at any line leaves
//! what `recover` can finish.

use crate::{
    catalogue::Step,
    crash,
    error::{Error, Result},
    events::{Event as Happened, PublishStep},
    handle::{LedgerGuard, Pierrot},
    jobs::{
        at_target::{picture_error, read_back, refused, retried, worked_on},
        attempt::Attempt,
    },
    log::{Fact, Seen, Why},
    look::Look,
    publication::{Effect, End, Event, Outcome, Reply, State, Way, step},
    record::ledger::Appended,
    targets::x::{Refusal, Sent},
};

/// Longest time between writing the fence and the POST, in milliseconds; after it the request is not sent.
const SEND_DEADLINE_MS: u64 = 30_000;
/// A wait that a person should hear about, in seconds.
const LONG_WAIT_S: u64 = 5;

impl Pierrot {
    /// Runs one attempt from `state` until it stops; local failures (disk) end it where recovery can go on.
    pub(crate) async fn carry_out(
        &self,
        ledger: &mut LedgerGuard<'_>,
        attempt: &mut Attempt<'_>,
        mut state: State,
        mut event: Event,
    ) -> Result<Outcome> {
        let looks = u32::try_from(attempt.target.look_after_s.len()).unwrap_or(u32::MAX);
        // X has no key to know a repeated request by.
        let way = Way { looks, repeats: 0 };
        loop {
            let (next, effect) = step(state, event, way);
            tracing::debug!(attempt = %attempt.about.attempt, ?state, ?event, ?effect);
            state = next;
            event = match effect {
                Effect::AppendClaimed => self.claim(ledger, attempt).await?,
                Effect::Prepare => self.get_ready(attempt).await?,
                Effect::Upload => self.upload(attempt).await,
                Effect::AppendSending => self.fence(ledger, attempt).await?,
                Effect::Post => self.post(attempt).await?,
                Effect::Look { look } => self.look(attempt, look).await?,
                Effect::AppendPosted => self.record_posted(ledger, attempt).await?,
                Effect::AppendNeedsReview => self.ask(ledger, attempt).await?,
                Effect::AppendReleased(end) => self.release(ledger, attempt, end).await?,
                Effect::Stop(outcome) => return Ok(outcome),
            };
        }
    }

    /// Appends a fact; a record that is away is an event, a broken disk an error.
    async fn write_down(&self, ledger: &mut LedgerGuard<'_>, attempt: &mut Attempt<'_>, fact: Fact) -> Result<Event> {
        match self.append(ledger, fact).await {
            Ok(Appended::Counts { .. }) => Ok(Event::Appended),
            Ok(Appended::Void(rule)) => {
                tracing::info!(attempt = %attempt.about.attempt, rule, "the entry does not count");
                Ok(Event::Void)
            }
            Err(error) => {
                attempt.detail.clone_from(&error.message);
                attempt.error = Some(error);
                Ok(Event::RecordLost)
            }
        }
    }

    fn tell(&self, attempt: &Attempt<'_>, step: PublishStep) {
        let (photo, target) = (attempt.about.photo.clone(), attempt.about.target.clone());
        self.events.send(Happened::Publishing { photo, target, step });
    }

    async fn claim(&self, ledger: &mut LedgerGuard<'_>, attempt: &mut Attempt<'_>) -> Result<Event> {
        crash::point("publish::before_claim");
        self.catalogue.keep_journal(&attempt.journal(Step::Claiming))?;
        crash::point("publish::journal_claim");
        let fact = Fact::Claimed {
            about: attempt.about.clone(),
            number: attempt.number,
            slot: attempt.slot.clone(),
            look: attempt.look.as_ref().map(Look::to_value),
        };
        let event = self.write_down(ledger, attempt, fact).await?;
        crash::point("publish::after_claim");
        if event == Event::Appended {
            self.tell(attempt, PublishStep::Claimed);
        } else if event == Event::Void {
            self.catalogue.drop_journal(&attempt.about.attempt)?;
        }
        Ok(event)
    }

    async fn get_ready(&self, attempt: &mut Attempt<'_>) -> Result<Event> {
        let look = attempt.look.as_ref();
        match self.prepare(&attempt.about, attempt.target, look, attempt.again.is_none()).await {
            Ok(mut ready) => {
                ready.make_distinct(&attempt.known_texts, attempt.target.max_text);
                crash::point("publish::after_prepare");
                if let Some(picture) = &ready.picture {
                    let kind = if picture.mime == "image/png" { "png" } else { "jpg" };
                    let name = format!("{}-{}.{kind}", attempt.about.photo, attempt.about.target);
                    self.home.write(&self.home.pictures().join(name), &picture.bytes)?;
                }
                attempt.ready = Some(ready);
                self.tell(attempt, PublishStep::Prepared);
                Ok(Event::Prepared)
            }
            Err(unfit) => {
                if let Some(local) = unfit.local {
                    return Err(local);
                }
                Ok(attempt.fail(unfit.error, unfit.end))
            }
        }
    }

    async fn upload(&self, attempt: &mut Attempt<'_>) -> Event {
        let Some(ready) = attempt.ready.as_ref() else { return Event::RecordLost };
        let Some(picture) = ready.picture.as_ref() else {
            // Post again: the media of the first try still lives, so that even a late first post is recognised by it.
            return Event::Uploaded;
        };
        let media = match retried(|| attempt.x.upload(picture.bytes.clone(), picture.mime)).await {
            Ok(media) => media,
            Err(error) => {
                let (error, end) = picture_error(error);
                return attempt.fail(error, end);
            }
        };
        if let Err(error) = worked_on(attempt.x, &media).await {
            let (error, end) = picture_error(error);
            return attempt.fail(error, end);
        }
        let described = ready.alt_text.is_empty() && ready.warnings.is_empty();
        if !described
            && let Err(error) = retried(|| attempt.x.describe(&media.id, &ready.alt_text, &ready.warnings)).await
        {
            tracing::warn!(%error, "the alt text could not be set; the photo goes out without it");
            if let Some(ready) = attempt.ready.as_mut() {
                ready.alt_text_lost();
            }
        }
        attempt.media = Some(media);
        crash::point("publish::after_upload");
        self.tell(attempt, PublishStep::Uploaded);
        Event::Uploaded
    }

    /// Freezes the request and puts it on the record. The send deadline starts before the entry is written.
    async fn fence(&self, ledger: &mut LedgerGuard<'_>, attempt: &mut Attempt<'_>) -> Result<Event> {
        let frozen = match (attempt.frozen.as_ref().or(attempt.again.as_ref()), &attempt.ready, &attempt.media) {
            (Some(once_more), _, _) => once_more.clone(),
            (None, Some(ready), Some(media)) => ready.freeze(media),
            (None, _, _) => return Ok(Event::RecordLost),
        };
        attempt.frozen = Some(frozen.clone());
        self.catalogue.keep_journal(&attempt.journal(Step::Fencing))?;
        crash::point("publish::before_fence");
        attempt.fence_ms = self.world.clock.boot_ms();
        let event = self.write_down(ledger, attempt, Fact::Sending { about: attempt.about.clone(), frozen }).await?;
        crash::point("publish::after_fence");
        if event == Event::Appended {
            attempt.sent_at = self.now().as_second();
            self.catalogue.keep_journal(&attempt.journal(Step::Posting))?;
            self.tell(attempt, PublishStep::Sending);
        }
        Ok(event)
    }

    async fn post(&self, attempt: &mut Attempt<'_>) -> Result<Event> {
        let Some(body) = attempt.frozen.as_ref().map(|frozen| frozen.body.clone()) else { return Ok(Event::TooLate) };
        crash::point("publish::before_post");
        if self.world.clock.boot_ms().saturating_sub(attempt.fence_ms) > SEND_DEADLINE_MS {
            attempt.detail = "the computer paused between writing it down and sending".into();
            attempt.error = Some(Error::try_later("the computer paused at the moment of sending.", "Try again."));
            return Ok(Event::TooLate);
        }
        let sent = attempt.x.send(&body).await;
        crash::point("publish::after_post");
        let reply = match sent {
            Sent::Accepted { id } => {
                attempt.post = Some((id, Seen::Answer));
                self.tell(attempt, PublishStep::Posted);
                Reply::Accepted
            }
            Sent::NotSent(why) => {
                attempt.detail.clone_from(&why);
                attempt.error = Some(Error::try_later(format!("{why}."), "Try again when the network is back."));
                Reply::NotSent
            }
            Sent::Refused(refusal) => self.refused(attempt, refusal).await,
            Sent::Unclear(why) => {
                attempt.unclear = true;
                attempt.detail = why.to_string();
                Reply::Unclear
            }
        };
        Ok(Event::Reply(reply))
    }

    /// What a definite no means. Media of an earlier try that X does not take any more may be in a post by now: that is
    /// looked for before anything else is sent.
    async fn refused(&self, attempt: &mut Attempt<'_>, refusal: Refusal) -> Reply {
        let again = attempt.again.clone().filter(|_| matches!(refusal, Refusal::MediaInvalid(_)));
        let (error, end) = refused(refusal);
        attempt.fail(error, end);
        let Some(frozen) = again else { return Reply::Refused(end) };
        match retried(|| read_back(attempt, &frozen)).await {
            Ok(Some(id)) => {
                attempt.post = Some((id, Seen::Timeline));
                self.tell(attempt, PublishStep::Posted);
                Reply::Accepted
            }
            Ok(None) => Reply::Refused(end),
            Err(error) => {
                attempt.unclear = true;
                attempt.detail = error.to_string();
                Reply::Unclear
            }
        }
    }

    /// Waits for the given look and reads the timeline back.
    async fn look(&self, attempt: &mut Attempt<'_>, look: u32) -> Result<Event> {
        let Some(frozen) = attempt.frozen.clone() else { return Ok(Event::LookFailed) };
        attempt.unclear = true;
        let wait = attempt.target.look_after_s.get(look as usize).copied().unwrap_or(0);
        let due = attempt.sent_at.saturating_add(i64::try_from(wait).unwrap_or(i64::MAX));
        let last_due = attempt.target.look_after_s.iter().max().copied().unwrap_or(0);
        let long_ago =
            self.now().as_second() > attempt.sent_at.saturating_add(i64::try_from(last_due).unwrap_or(i64::MAX));
        let left = u64::try_from(due - self.now().as_second()).unwrap_or(0);
        if left > 0 {
            let why = format!("it is not clear whether {} posted; its timeline will tell", attempt.about.target);
            if left >= LONG_WAIT_S {
                tracing::warn!("{why}; reading it in {left} s. Stopping is safe: `pierrot recover` goes on from here");
            }
            self.events.send(Happened::Waiting { seconds: left, why });
            self.sleep_until(due).await;
        }
        match retried(|| read_back(attempt, &frozen)).await {
            Ok(Some(id)) => {
                attempt.post = Some((id, Seen::Timeline));
                self.tell(attempt, PublishStep::Posted);
                Ok(Event::Found)
            }
            Ok(None) => {
                // After the last look's time one look says it all.
                attempt.looks = if long_ago {
                    u32::try_from(attempt.target.look_after_s.len()).unwrap_or(u32::MAX)
                } else {
                    look + 1
                };
                self.catalogue.keep_journal(&attempt.journal(Step::Posting))?;
                Ok(Event::Absent)
            }
            Err(error) => {
                attempt.detail = error.to_string();
                attempt.error = Some(error.into());
                Ok(Event::LookFailed)
            }
        }
    }

    /// Sleeps by the wall clock in short steps: timers stop while a laptop is closed.
    async fn sleep_until(&self, due_s: i64) {
        for _ in 0..100_000 {
            let left = due_s - self.now().as_second();
            if left <= 0 {
                return;
            }
            let step = u64::try_from(left).unwrap_or(1).min(30);
            tokio::time::sleep(std::time::Duration::from_secs(step)).await;
        }
    }

    async fn record_posted(&self, ledger: &mut LedgerGuard<'_>, attempt: &mut Attempt<'_>) -> Result<Event> {
        let Some((post_id, seen)) = attempt.post.clone() else { return Ok(Event::RecordLost) };
        self.catalogue.keep_journal(&attempt.journal(Step::Posted))?;
        crash::point("publish::after_receipt");
        let text = attempt.frozen.as_ref().map(|frozen| frozen.text.clone()).unwrap_or_default();
        let post_url = attempt.post_url(&post_id);
        let fact = Fact::Posted { about: attempt.about.clone(), post_id, post_url, text, seen };
        let event = self.write_down(ledger, attempt, fact).await?;
        crash::point("publish::after_posted");
        if event == Event::Appended || event == Event::Void {
            self.catalogue.drop_journal(&attempt.about.attempt)?;
            self.write_wal_document(ledger).await;
            crash::point("publish::after_document");
            self.tell(attempt, PublishStep::Recorded);
        }
        Ok(event)
    }

    async fn ask(&self, ledger: &mut LedgerGuard<'_>, attempt: &mut Attempt<'_>) -> Result<Event> {
        let detail = format!(
            "It is not known whether it was posted to {}: {}, and its timeline does not show it.",
            attempt.about.target,
            if attempt.detail.is_empty() { "Pierrot was stopped while sending" } else { &attempt.detail }
        );
        let event =
            self.write_down(ledger, attempt, Fact::NeedsReview { about: attempt.about.clone(), detail }).await?;
        crash::point("publish::after_review");
        if event == Event::Appended {
            self.catalogue.drop_journal(&attempt.about.attempt)?;
            self.tell(attempt, PublishStep::NeedsReview);
        }
        Ok(event)
    }

    async fn release(&self, ledger: &mut LedgerGuard<'_>, attempt: &mut Attempt<'_>, end: End) -> Result<Event> {
        let why = match end {
            End::Changed | End::BadPicture => Why::GivenUp,
            End::TryLater | End::NotSent => Why::NotSent,
            End::SignIn | End::Photographer | End::UploadLost => Why::Refused,
            End::Rejected => Why::Rejected,
        };
        let detail = attempt.detail.clone();
        let kept = attempt.error.clone();
        let event =
            self.write_down(ledger, attempt, Fact::Released { about: attempt.about.clone(), why, detail }).await?;
        crash::point("publish::after_release");
        if event == Event::Appended || event == Event::Void {
            attempt.error = kept;
            self.catalogue.drop_journal(&attempt.about.attempt)?;
            self.tell(attempt, PublishStep::Released);
        }
        Ok(event)
    }
}
