//! Looking once more for publications that wait for a person: a timeline may show a post long after it was read back in vain.
//!
//! Invariant: one request a target and call, none when no review is open; only a post that carries our own upload counts; a
//! look that fails changes nothing. Absent: sending anything, and giving up a review.

use crate::{
    error::Result,
    fold::{self, Fold, Stand},
    handle::{LedgerGuard, Pierrot},
    jobs::{attempt::Attempt, eligible::KnownAccount, login::Signed},
    log::Seen,
    publication::{Event, Outcome, Reply, State},
    settings::TargetSettings,
    targets::x,
};

/// How long an open review is still looked for by itself, and how far back before it.
const LOOKED_FOR_S: i64 = 24 * 3_600;

impl Pierrot {
    /// Records the open reviews whose posts are visible by now; which attempts these were.
    pub(crate) async fn look_again(&self, ledger: &mut LedgerGuard<'_>, only: Option<&str>) -> Result<Vec<String>> {
        let mut found = Vec::new();
        for (name, target) in &self.settings.targets {
            if only.is_some_and(|only| only != name) {
                continue;
            }
            let open = self.young_reviews(ledger.fold(), name);
            if open.is_empty() {
                continue;
            }
            match self.newest_posts(name, &open).await {
                Ok(look) => found.extend(self.record_seen(ledger, target, &open, &look).await?),
                Err(error) => tracing::info!(%error, target = name, "open reviews could not be looked for now"),
            }
        }
        Ok(found)
    }

    fn young_reviews(&self, fold: &Fold, target: &str) -> Vec<fold::Attempt> {
        let oldest = self.now().as_second() - LOOKED_FOR_S;
        let young = |attempt: &&fold::Attempt| {
            let open = matches!(attempt.stand, Stand::NeedsReview { .. });
            open && attempt.about.target == target && asked_at(attempt) > oldest
        };
        fold.attempts().filter(young).cloned().collect()
    }

    /// One page of the account's posts since the oldest of these attempts can have been sent.
    async fn newest_posts(&self, name: &str, open: &[fold::Attempt]) -> Result<Look> {
        let signed = self.x(name).await?;
        let account = self.account(name, &signed).await?;
        let since = open.iter().map(asked_at).min().unwrap_or(0) - LOOKED_FOR_S;
        let since = jiff::Timestamp::from_second(since).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
        let posts = signed.x.newest_posts(&account.id, &since.to_string()).await?;
        Ok(Look { signed, account, posts })
    }

    async fn record_seen(
        &self,
        ledger: &mut LedgerGuard<'_>,
        target: &TargetSettings,
        open: &[fold::Attempt],
        look: &Look,
    ) -> Result<Vec<String>> {
        let mut found = Vec::new();
        for folded in open {
            let Some(post_id) = look.post_of(folded) else { continue };
            let (about, slot) = (folded.about.clone(), folded.slot.clone());
            let mut attempt = Attempt::new(about, slot, target, &look.signed.x, &look.account);
            attempt.frozen.clone_from(&folded.frozen);
            attempt.post = Some((post_id, Seen::Timeline));
            let event = Event::Reply(Reply::Accepted);
            if self.carry_out(ledger, &mut attempt, State::Sending, event).await? == Outcome::Published {
                found.push(folded.about.attempt.0.clone());
            }
        }
        Ok(found)
    }
}

/// What one request showed.
#[derive(Debug)]
struct Look {
    signed: Signed,
    account: KnownAccount,
    posts: Vec<x::Seen>,
}

impl Look {
    fn post_of(&self, attempt: &fold::Attempt) -> Option<String> {
        let ours = attempt.about.account.as_ref().is_none_or(|account| *account == self.account.log_name());
        let key = &attempt.frozen.as_ref().filter(|_| ours)?.media_key;
        self.posts.iter().find(|post| post.media_keys.contains(key)).map(|post| post.id.clone())
    }
}

/// When a person was asked, in seconds since 1970.
fn asked_at(attempt: &fold::Attempt) -> i64 {
    attempt.last_at.parse::<jiff::Timestamp>().map_or(0, jiff::Timestamp::as_second)
}
