//! The photographer's answers to what could not be known: it is posted, post it again, or skip it.
//!
//! Invariant: only this can lead to a second POST of a photo, and the timeline is read once more before it does.

use serde::Serialize;

use crate::{
    error::{Error, Result},
    fold::{Attempt, Fold, Stand},
    handle::{LedgerGuard, Pierrot},
    jobs::{at_target, attempt},
    log::{Answer, Fact},
    record::ledger::Appended,
    report::PublishReport,
};

/// One publication that waits for an answer.
#[derive(Clone, Debug, PartialEq, Serialize, ts_rs::TS)]
pub struct OpenReview {
    pub id: String,
    pub photo_id: String,
    pub target: String,
    pub text: String,
    pub detail: String,
    pub at: String,
    /// Where to look.
    pub account: Option<String>,
}

/// What a person says about one of them.
#[derive(Clone, Debug, PartialEq, Eq, serde::Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum ReviewAnswer {
    /// The address of the post.
    Posted(String),
    PostAgain,
    Skip,
}

impl Pierrot {
    /// Publications that wait for an answer, oldest first; the record is read when it can be reached.
    pub async fn reviews(&self) -> Result<Vec<OpenReview>> {
        let fold = self.newest_fold().await?;
        let mut open: Vec<&Attempt> =
            fold.attempts().filter(|a| matches!(a.stand, Stand::NeedsReview { .. })).collect();
        open.sort_by_key(|attempt| attempt.last_seq);
        Ok(open.into_iter().map(shown).collect())
    }

    /// Whether an answer can be one at all, before it is written down: as far as this computer knows.
    pub async fn check_answer(&self, id: &str, answer: &ReviewAnswer) -> Result<()> {
        let fold = self.kept_fold().await?;
        let attempt = find(&fold, id)?;
        match answer {
            ReviewAnswer::Posted(address) => posted(address, self.username_of(&attempt)?.as_deref()).map(|_| ()),
            ReviewAnswer::Skip | ReviewAnswer::PostAgain => Ok(()),
        }
    }

    /// Writes a person's answer down; `PostAgain` sends at once.
    pub async fn answer(&self, id: &str, answer: &ReviewAnswer) -> Result<Option<PublishReport>> {
        let mut ledger = self.ready_ledger().await?;
        let attempt = find(ledger.fold(), id)?;
        let answer = match answer {
            ReviewAnswer::Posted(address) => posted(address, self.username_of(&attempt)?.as_deref())?,
            ReviewAnswer::Skip => Answer::Skip,
            ReviewAnswer::PostAgain => match self.seen_after_all(&ledger, &attempt).await? {
                Some(found) => found,
                None => Answer::PostAgain,
            },
        };
        let again = answer == Answer::PostAgain;
        let fact = Fact::Resolved { about: attempt.about.clone(), answer };
        if let Appended::Void(rule) = self.append(&mut ledger, fact).await? {
            return Err(Error::failed(
                format!("This review was answered meanwhile ({rule})."),
                "Run `pierrot review`.",
            ));
        }
        self.write_wal_document(&mut ledger).await;
        if !again {
            return Ok(None);
        }
        let recovered = self.recover_with(&mut ledger, Some(&attempt.about.target)).await;
        self.write_catalogue_documents_if_behind(ledger.store()).await;
        let recovered = recovered?;
        match (recovered.published_again, recovered.error) {
            (Some(report), _) => Ok(Some(report)),
            (None, Some(error)) => Err(error),
            (None, None) => Ok(None),
        }
    }

    /// The user name of the account an attempt was for, where this computer knows it.
    fn username_of(&self, attempt: &Attempt) -> Result<Option<String>> {
        let known = self.account_of(&attempt.about.target)?;
        let same = known.filter(|known| attempt.about.account.as_ref().is_none_or(|name| *name == known.log_name()));
        Ok(same.map(|known| known.username).filter(|name| !name.is_empty()))
    }

    /// The post may have shown up since the last look: then it must not go out again.
    async fn seen_after_all(&self, ledger: &LedgerGuard<'_>, attempt: &Attempt) -> Result<Option<Answer>> {
        let (name, target) = self.target(Some(&attempt.about.target))?;
        let signed = self.x(name).await?;
        let account = self.account(name, &signed).await?;
        let Some(frozen) = &attempt.frozen else { return Ok(None) };
        let mut looking =
            attempt::Attempt::new(attempt.about.clone(), attempt.slot.clone(), target, &signed.x, &account);
        looking.known_posts = ledger.fold().known_posts();
        looking.sent_at = attempt.last_at.parse::<jiff::Timestamp>().map_or(0, |at| at.as_second() - 86_400);
        let found = at_target::read_back(&looking, frozen).await;
        let found = found.map_err(|error| at_target::still_open(&attempt.about, error.into()))?;
        Ok(found.map(|post_id| Answer::Posted { post_url: looking.post_url(&post_id), post_id }))
    }

    /// The fold with everything the record holds now, or what is known here when it is away.
    pub(crate) async fn newest_fold(&self) -> Result<Fold> {
        match self.refreshed_ledger().await {
            Ok(ledger) => Ok(ledger.fold().clone()),
            Err(error) => {
                tracing::warn!(%error, "the record cannot be read now; showing what is known here");
                crate::record::ledger::local_fold(&self.catalogue)
            }
        }
    }
}

fn shown(attempt: &Attempt) -> OpenReview {
    let detail = match &attempt.stand {
        Stand::NeedsReview { detail } => detail.clone(),
        Stand::Claimed | Stand::Sending | Stand::Posted { .. } | Stand::Ended(_) => String::new(),
    };
    OpenReview {
        id: attempt.about.attempt.0.clone(),
        photo_id: attempt.about.photo.to_string(),
        target: attempt.about.target.clone(),
        text: attempt.frozen.as_ref().map(|frozen| frozen.text.clone()).unwrap_or_default(),
        detail,
        at: attempt.last_at.clone(),
        account: attempt.about.account.clone(),
    }
}

/// By the whole id, by its beginning when that is unique, or by the photo's id.
fn find(fold: &Fold, id: &str) -> Result<Attempt> {
    let open = |attempt: &&Attempt| matches!(attempt.stand, Stand::NeedsReview { .. });
    let matching = |attempt: &&Attempt| {
        (id.len() >= 4 && attempt.about.attempt.0.starts_with(id)) || attempt.about.photo.as_str() == id
    };
    let found: Vec<&Attempt> = fold.attempts().filter(open).filter(matching).collect();
    match found.as_slice() {
        [attempt] => Ok((*attempt).clone()),
        [] => Err(Error::failed(
            format!("No open review is called \"{id}\"."),
            "Run `pierrot review` to see the open ones.",
        )),
        [..] => Err(Error::failed(format!("\"{id}\" fits more than one review."), "Give more of the id.")),
    }
}

/// Whether the address is one that X gives its posts, under its own name or its former one.
pub(crate) fn is_on_x(url: &url::Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let host = ["www.", "mobile."].iter().find_map(|prefix| host.strip_prefix(prefix)).unwrap_or(host);
    url.scheme() == "https" && matches!(host, "x.com" | "twitter.com") && url.port().is_none()
}

/// The id at the end of a post's address, which must be one of the account's, where the address names one.
fn posted(address: &str, username: Option<&str>) -> Result<Answer> {
    let wrong = || {
        let now = "Open the post and copy its address, like https://x.com/you/status/1900544781383569409.";
        Error::settings(format!("\"{address}\" is not the address of a post."), now)
    };
    let url: url::Url = address.trim().parse().map_err(|_| wrong())?;
    if !is_on_x(&url) {
        return Err(wrong());
    }
    let mut parts = url.path_segments().ok_or_else(wrong)?.skip_while(|part| *part != "status" && *part != "statuses");
    let id =
        parts.nth(1).filter(|id| !id.is_empty() && id.bytes().all(|b| b.is_ascii_alphanumeric())).ok_or_else(wrong)?;
    if let (Some(named), Some(username)) = (named_in(&url), username)
        && !named.eq_ignore_ascii_case(username)
    {
        return Err(Error::settings(
            format!("That post is by @{named}, but this publication was for @{username}."),
            format!("Open the post of @{username} and copy its address."),
        ));
    }
    Ok(Answer::Posted { post_id: id.to_owned(), post_url: url.to_string() })
}

/// The user name in an address like `https://x.com/NAME/status/1`; `i/web/status/1` has none.
fn named_in(url: &url::Url) -> Option<String> {
    let parts: Vec<&str> = url.path_segments()?.collect();
    match parts.as_slice() {
        [name, "status" | "statuses", ..] if *name != "i" => Some(name.trim_start_matches('@').to_owned()),
        [..] => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_of_a_post_gives_its_id() {
        for (address, id) in [
            ("https://x.com/me/status/123", Some("123")),
            (" https://twitter.com/me/status/123?s=20 ", Some("123")),
            ("https://x.com/i/web/status/99/photo/1", Some("99")),
            ("https://x.com/ME/status/123", Some("123")),
            ("https://x.com/somebody/status/123", None),
            ("https://x.com/me", None),
            ("123", None),
            ("javascript:alert(1)", None),
        ] {
            let found = posted(address, Some("me")).ok().map(|answer| match answer {
                Answer::Posted { post_id, .. } => post_id,
                Answer::PostAgain | Answer::Skip => String::new(),
            });
            assert_eq!(found.as_deref(), id, "{address}");
        }
        assert!(posted("https://x.com/anybody/status/1", None).is_ok(), "nobody knows whose account it is");
    }
}
