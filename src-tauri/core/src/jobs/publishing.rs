//! The thin loop around `publication::step`: it carries the data of one attempt and does the effects.
//!
//! Invariant: what an effect needs to be found again is durable (journal, log) before it happens; exactly one POST follows a
//! Sending that counts, within 30 seconds of a clock that also runs while the computer sleeps. A crash at any line leaves
//! what `recover` can finish.

use std::collections::HashSet;

use crate::{
    catalogue::{Journal, Step},
    crash,
    error::{Code, Error, Result},
    events::{Event as Happened, PublishStep},
    fold::Fold,
    handle::{LedgerGuard, Pierrot},
    jobs::{eligible::KnownAccount, prepare::Ready},
    log::{About, Fact, Frozen, Seen, Why},
    publication::{Effect, End, Event, Outcome, Reply, State, step},
    record::ledger::{Appended, Entries},
    settings::TargetSettings,
    targets::x::{self, Refusal, Sent, X},
};

/// Longest time between writing the fence and the POST, in milliseconds; after it the request is not sent.
const SEND_DEADLINE_MS: u64 = 30_000;
/// A wait that a person should hear about, in seconds.
const LONG_WAIT_S: u64 = 5;
/// How far before sending the timeline is read back: clocks differ.
const READ_BACK_S: i64 = 600;

/// One attempt under way.
pub(crate) struct Attempt<'a> {
    pub about: About,
    pub slot: String,
    pub number: u32,
    pub target: &'a TargetSettings,
    pub x: &'a X,
    pub account: &'a KnownAccount,
    /// Taken over from an attempt that the photographer said was not posted: same media, same text.
    pub again: Option<Frozen>,
    pub ready: Option<Ready>,
    pub media: Option<x::Media>,
    pub frozen: Option<Frozen>,
    pub post: Option<(String, Seen)>,
    pub sent_at: i64,
    pub looks: u32,
    /// Posts the record knows already.
    pub known_posts: HashSet<String>,
    /// Texts the account posted already, as far as the record knows.
    pub known_texts: HashSet<String>,
    /// The boot clock before the fence was written.
    fence_ms: u64,
    /// Whether a request left of which nobody knows what became.
    pub unclear: bool,
    /// Why it ended as it did, for people and for the log.
    pub detail: String,
    /// What to report when it ended without a post.
    pub error: Option<Error>,
}

impl<'a> Attempt<'a> {
    pub(crate) fn new(
        about: About,
        slot: String,
        target: &'a TargetSettings,
        x: &'a X,
        account: &'a KnownAccount,
    ) -> Self {
        Self {
            about,
            slot,
            number: 1,
            target,
            x,
            account,
            again: None,
            ready: None,
            media: None,
            frozen: None,
            post: None,
            sent_at: 0,
            looks: 0,
            known_posts: HashSet::new(),
            known_texts: HashSet::new(),
            fence_ms: 0,
            unclear: false,
            detail: String::new(),
            error: None,
        }
    }

    pub(crate) fn post_url(&self, post_id: &str) -> String {
        x::post_url(&self.account.username, post_id)
    }

    fn fail(&mut self, error: Error, end: End) -> Event {
        self.detail.clone_from(&error.message);
        self.error = Some(error);
        Event::Unfit(end)
    }

    fn journal(&self, step: Step) -> Journal {
        Journal {
            about: self.about.clone(),
            slot: self.slot.clone(),
            step,
            frozen: self.frozen.clone(),
            sent_at: (self.sent_at != 0).then_some(self.sent_at),
            post_id: self.post.as_ref().map(|(id, _)| id.clone()),
            post_url: self.post.as_ref().map(|(id, _)| self.post_url(id)),
            looks: self.looks,
        }
    }
}

impl Pierrot {
    /// Runs one attempt from `state` until it stops; local failures (disk) end it where recovery can go on.
    pub(crate) async fn carry_out(
        &self,
        ledger: &mut LedgerGuard<'_>,
        attempt: &mut Attempt<'_>,
        mut state: State,
        mut event: Event,
    ) -> Result<Outcome> {
        let looks_max = u32::try_from(attempt.target.look_after_s.len()).unwrap_or(u32::MAX);
        loop {
            let (next, effect) = step(state, event, looks_max);
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
        let mut keep = |fold: &Fold, entries: &Entries| self.keep_entries(fold, entries);
        match ledger.append(fact, self.now(), &mut keep).await {
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
        let fact = Fact::Claimed { about: attempt.about.clone(), number: attempt.number, slot: attempt.slot.clone() };
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
        match self.prepare(&attempt.about, attempt.target, attempt.again.is_none()).await {
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
                let (error, end) = upload_error(error);
                return attempt.fail(error, end);
            }
        };
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
        let frozen = match (&attempt.again, &attempt.ready, &attempt.media) {
            (Some(again), _, _) => again.clone(),
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
            Sent::Refused(refusal) => {
                let (error, end) = refused(refusal);
                attempt.fail(error, end);
                Reply::Refused(end)
            }
            Sent::Unclear(why) => {
                attempt.unclear = true;
                attempt.detail = why.to_string();
                Reply::Unclear
            }
        };
        Ok(Event::Reply(reply))
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
            End::SignIn | End::Photographer => Why::Refused,
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

/// Calls that change nothing at the target, or nothing that shows, are tried three times.
async fn retried<T, F: Future<Output = std::result::Result<T, x::XError>>>(
    call: impl Fn() -> F,
) -> std::result::Result<T, x::XError> {
    let mut wait = std::time::Duration::from_millis(500);
    for _ in 0..2 {
        match call().await {
            Err(error) if error.is_passing() => tokio::time::sleep(wait).await,
            settled => return settled,
        }
        wait *= 3;
    }
    call().await
}

/// The id of the post that carries our media, else of one with our text written since.
pub(crate) async fn read_back(
    attempt: &Attempt<'_>,
    frozen: &Frozen,
) -> std::result::Result<Option<String>, x::XError> {
    let since = jiff::Timestamp::from_second(attempt.sent_at - READ_BACK_S).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    let posts = attempt.x.posts_since(&attempt.account.id, None, Some(&since.to_string())).await?;
    let by_media = posts.iter().find(|post| post.media_keys.contains(&frozen.media_key));
    let by_text = || {
        posts.iter().find(|post| {
            same_text(&post.text, &frozen.text) && post.media_keys.is_empty() && !attempt.known_posts.contains(&post.id)
        })
    };
    Ok(by_media.or_else(by_text).map(|post| post.id.clone()))
}

/// X appends its own short link to the text and rewrites every address; what remains must be equal.
fn same_text(seen: &str, sent: &str) -> bool {
    let plain = |text: &str| -> Vec<String> {
        text.split_whitespace().filter(|word| !word.contains("://")).map(str::to_owned).collect()
    };
    let sent = plain(sent);
    !sent.is_empty() && plain(seen) == sent
}

/// Trouble while looking for a post whose fate nobody knows.
pub(crate) fn still_open(about: &About, error: Error) -> Error {
    let looks = "it reads the account's posts and sends nothing a second time.";
    let what_now = if error.code == Code::TryLater {
        format!("Run `pierrot recover` later: {looks}")
    } else {
        format!("{} Then run `pierrot recover`: {looks}", error.what_now)
    };
    let known = format!("It is not known yet whether photo {} was posted to {}", about.photo, about.target);
    Error { message: format!("{known}: {}", error.message), what_now, ..error }
}

/// Trouble with an attempt of which nothing went out.
pub(crate) fn not_posted(about: &About, error: Error) -> Error {
    let message = format!("Photo {} was not posted to {}: {}", about.photo, about.target, error.message);
    Error { message, what_now: format!("Nothing was posted. {}", error.what_now), ..error }
}

/// What an error of X before or after the POST means for the attempt.
pub(crate) fn upload_error(error: x::XError) -> (Error, End) {
    let end = match error.code() {
        Code::TryLater => End::TryLater,
        Code::SignInAgain => End::SignIn,
        Code::AskPhotographer => End::Photographer,
        Code::Failed | Code::FixSettings | Code::NewerVersionNeeded => End::BadPicture,
    };
    (error.into(), end)
}

fn refused(refusal: Refusal) -> (Error, End) {
    let rejected = matches!(refusal, Refusal::Invalid(_) | Refusal::MediaInvalid(_));
    let (error, end) = upload_error(refusal.into());
    if rejected { (Error { code: Code::AskPhotographer, ..error }, End::Rejected) } else { (error, end) }
}
