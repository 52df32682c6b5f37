//! Where a photo stands, as bits: one for each target, judged once when the library is built.
//!
//! Invariant: a photo is in exactly one state, over all targets as for one; the first that fits counts: excluded, published,
//! missing, unpublished, held, filtered.
//! Absent: the rules about facts (`choose`) and about the log (`fold`): their verdicts are only put together here.

use std::collections::{HashMap, HashSet};

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{
    catalogue::{Presence, Row},
    choose::{Filters, WhyNot, has_tag},
    fold::{Attempt, Fold, Stand},
    photo::PhotoId,
};

/// Targets that get a bit; a photo published to a further one is still published.
pub(super) const TARGETS_MAX: usize = 32;

/// Where a photo stands, over all targets or for one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Can still go to at least one target, and was published nowhere.
    Unpublished,
    /// Published to at least one target.
    Published,
    /// Kept back: by a tag of `sensitive.hold`, an open review, an attempt under way, a skip or a rejection.
    Held,
    /// On the never-list.
    Excluded,
    /// No longer at the source.
    Missing,
    /// The settings leave it out: private, a video, too old, in no chosen album.
    Filtered,
}

/// What states are judged by.
#[derive(Debug)]
pub struct Rules<'a> {
    pub filters: &'a Filters,
    pub fold: &'a Fold,
    pub targets: Vec<TargetRules<'a>>,
}

/// One target of the settings.
#[derive(Clone, Copy, Debug)]
pub struct TargetRules<'a> {
    pub name: &'a str,
    /// As the log names it, `x:2244994945`.
    pub account: Option<&'a str>,
    /// Tags that keep a photo back.
    pub hold: &'a [String],
}

/// The verdicts about one photo; bit n is target n.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Standing {
    pub published: u32,
    pub eligible: u32,
    pub held: u32,
    /// Published to anything, also to targets without a bit.
    pub anywhere: bool,
    pub excluded: bool,
    pub missing: bool,
}

impl Standing {
    /// The state over the targets in `mask`; `None` = all of them.
    pub(super) fn state(&self, mask: Option<u32>) -> State {
        let published = mask.map_or(self.anywhere, |mask| self.published & mask != 0);
        let mask = mask.unwrap_or(u32::MAX);
        if self.excluded {
            State::Excluded
        } else if published {
            State::Published
        } else if self.missing {
            State::Missing
        } else if self.eligible & mask != 0 {
            State::Unpublished
        } else if self.held & mask != 0 {
            State::Held
        } else {
            State::Filtered
        }
    }
}

/// Says of each photo whether it may stand in a picture of pictures: in public at the source, let through by the settings, and
/// neither on the never-list, missing, nor held for any target.
pub fn showable<'a>(rules: &'a Rules<'a>) -> impl Fn(&Row) -> bool {
    let judge = Judge::new(rules);
    move |row| {
        let standing = judge.judge(row);
        rules.filters.judge(row).is_ok() && !standing.excluded && !standing.missing && standing.held == 0
    }
}

/// The rules with the log looked through once, ready for many photos.
#[derive(Debug)]
pub(super) struct Judge<'a> {
    rules: &'a Rules<'a>,
    /// Names of the targets with a bit: those of the settings, then others the log knows.
    pub names: Vec<String>,
    published: HashMap<&'a PhotoId, u32>,
    taken: Vec<HashSet<&'a PhotoId>>,
}

impl<'a> Judge<'a> {
    pub(super) fn new(rules: &'a Rules<'a>) -> Self {
        let mut names: Vec<String> = Vec::new();
        let of_log = rules.fold.attempts().filter(is_posted).map(|attempt| attempt.about.target.as_str());
        let imported = rules.fold.imported().values().map(|imported| imported.target.as_str());
        let mut known = HashSet::new();
        for name in rules.targets.iter().map(|target| target.name).chain(of_log).chain(imported) {
            if known.insert(name) && names.len() < TARGETS_MAX {
                names.push(name.to_owned());
            }
        }
        let taken = rules.targets.iter().take(TARGETS_MAX);
        let taken = taken.map(|target| rules.fold.taken(target.name, target.account).collect()).collect();
        let mut judge = Self { rules, names, published: HashMap::new(), taken };
        judge.look_through();
        judge
    }

    fn look_through(&mut self) {
        for (photo, imported) in self.rules.fold.imported() {
            let bits = self.bits_of(&imported.target, None);
            *self.published.entry(photo).or_default() |= bits;
        }
        for attempt in self.rules.fold.attempts().filter(is_posted) {
            let bits = self.bits_of(&attempt.about.target, attempt.about.account.as_deref());
            *self.published.entry(&attempt.about.photo).or_default() |= bits;
        }
    }

    /// The target of that name and those that stand for the same account.
    fn bits_of(&self, target: &str, account: Option<&str>) -> u32 {
        let same_account = |number: usize| {
            account.is_some() && self.rules.targets.get(number).is_some_and(|rules| rules.account == account)
        };
        let mut bits = 0;
        for (number, name) in self.names.iter().enumerate() {
            if name == target || same_account(number) {
                bits |= 1 << number;
            }
        }
        bits
    }

    pub(super) fn judge(&self, row: &Row) -> Standing {
        let photo = &row.photo;
        let filtered = self.rules.filters.judge(row);
        let published = self.published.get(&photo.id).copied();
        let excluded = self.rules.fold.excluded().contains(&photo.id) || filtered == Err(WhyNot::Never);
        let mut standing = Standing {
            published: published.unwrap_or(0),
            anywhere: published.is_some(),
            excluded,
            missing: row.presence == Presence::Missing,
            ..Standing::default()
        };
        if excluded {
            return standing;
        }
        for (number, (target, taken)) in self.rules.targets.iter().zip(&self.taken).enumerate() {
            let bit = 1 << number;
            let closed = taken.contains(&photo.id);
            if standing.published & bit != 0 {
                continue;
            }
            if closed || (filtered.is_ok() && has_tag(&photo.tags, target.hold)) {
                standing.held |= bit;
            } else if filtered.is_ok() {
                standing.eligible |= bit;
            }
        }
        standing
    }
}

fn is_posted(attempt: &&Attempt) -> bool {
    matches!(attempt.stand, Stand::Posted { .. })
}
