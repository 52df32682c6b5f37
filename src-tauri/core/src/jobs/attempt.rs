//! One attempt under way: what it knows of its photo, its target and what happened so far.

use std::collections::HashSet;

use crate::{
    catalogue::{Journal, Step},
    error::Error,
    jobs::{eligible::KnownAccount, prepare::Ready},
    log::{About, Frozen, Seen},
    look::Look,
    publication::{End, Event},
    settings::TargetSettings,
    targets::x::{self, X},
};

/// One attempt under way.
pub(crate) struct Attempt<'a> {
    pub about: About,
    pub slot: String,
    pub number: u32,
    /// What is done to the picture.
    pub look: Option<Look>,
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
    pub fence_ms: u64,
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
            look: None,
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

    pub(crate) fn fail(&mut self, error: Error, end: End) -> Event {
        self.detail.clone_from(&error.message);
        self.error = Some(error);
        Event::Unfit(end)
    }

    pub(crate) fn journal(&self, step: Step) -> Journal {
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
