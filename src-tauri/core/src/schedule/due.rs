//! What a tick should do: wait, run, skip, or hold because the clock cannot be right.
//!
//! Invariants: after [`Memory::settle`] no slot of the same or an earlier period is due again, whatever the clock, the
//! zone or the rule do; missed slots become one run; nothing from before scheduling began is missed; while the clock is
//! doubted nothing runs and nothing is learnt from it. Absent: the clock, saving, and whether a slot is free on the
//! record: that is asked when it is claimed.

use jiff::civil::DateTime;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::rule::Rule;
use super::slots::{Policy, Slot};

/// More missed slots than this are not counted.
pub const MISSED_MAX: usize = 1000;
/// A tick this late is on time.
const ON_TIME: SignedDuration = SignedDuration::from_mins(5);
/// A clock that jumps ahead by more is doubted.
const AHEAD_MAX: SignedDuration = SignedDuration::from_hours(366 * 24);
/// A clock that is set back by more is doubted: until it caught up, nothing would happen and nobody would know why.
const BACK_MAX: SignedDuration = SignedDuration::from_hours(7 * 24);

/// What the caller knows about the present.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// What the clock says.
    pub now: Timestamp,
    /// Slots before this are not used, if the photographer paused.
    pub pause_until: Option<Timestamp>,
    /// When this program was built; no honest clock says less.
    pub built: Timestamp,
}

/// What to do now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Due {
    /// Nothing yet.
    Wait {
        /// The next slot that will be used; none if the rule is off.
        next: Option<Slot>,
    },
    /// Use this slot, then settle it.
    Run {
        /// The newest one that is due.
        slot: Slot,
        /// Older ones that this run stands for.
        missed: usize,
    },
    /// Settle this slot without using it, and tell the photographer.
    Skip {
        /// The newest one that is due.
        slot: Slot,
        /// Older ones that are skipped with it.
        missed: usize,
        /// The reason to tell.
        why: SkipWhy,
    },
    /// Do nothing until the photographer confirms the clock, see [`Memory::confirm_clock`].
    Hold {
        /// The reason to tell.
        why: HoldWhy,
    },
}

/// Why a slot is not used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SkipWhy {
    /// The catch-up window is over, or would be when the quiet hours end.
    TooLate,
    /// The photographer had paused.
    Paused,
}

/// Why the clock is doubted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HoldWhy {
    /// More than a year later than ever seen.
    JumpedAhead {
        /// The newest instant seen.
        seen: Timestamp,
    },
    /// More than a week earlier than already seen.
    SetBack {
        /// The newest instant seen.
        seen: Timestamp,
    },
    /// Earlier than this program was built.
    BeforeBuild {
        /// When it was built.
        built: Timestamp,
    },
}

/// What must survive a restart; one for each policy. The default knows nothing, and nothing is due until it follows a rule.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Memory {
    /// The rule being followed.
    rule: Option<Rule>,
    /// Since when.
    began: Option<Timestamp>,
    /// The newest instant seen.
    seen: Option<Timestamp>,
    /// What the clock said when the photographer last vouched for it.
    confirmed: Option<Timestamp>,
    /// The newest period used.
    last: Option<Settled>,
}

/// A slot that is done with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settled {
    /// Its name.
    pub id: String,
    /// When it was due.
    pub at: Timestamp,
    used_until: DateTime,
}

/// What to do about a policy now. Call [`Memory::follow`] before it and [`Memory::saw`] after it.
pub fn due(policy: &Policy, memory: &Memory, moment: &Moment) -> Due {
    if policy.rule.is_off() {
        return Due::Wait { next: None };
    }
    if let Some(why) = memory.doubt(moment) {
        return Due::Hold { why };
    }
    let unused_from = memory.unused_from();
    let mut waiting = policy.behind(moment.now, memory.began.unwrap_or(Timestamp::MAX), unused_from, MISSED_MAX + 1);
    let Some(slot) = waiting.next() else {
        return Due::Wait { next: next(policy, memory, moment) };
    };
    let missed = waiting.count();
    let ready = policy.not_quiet(moment.now);
    let window = ON_TIME.max(SignedDuration::from_hours(i64::from(policy.catch_up_hours)));
    if moment.pause_until.is_some_and(|until| slot.at < until) {
        Due::Skip { slot, missed, why: SkipWhy::Paused }
    } else if ready.duration_since(slot.at) > window {
        Due::Skip { slot, missed, why: SkipWhy::TooLate }
    } else if ready > moment.now {
        let local = policy.zone.to_datetime(ready);
        Due::Wait { next: Some(Slot { at: ready, local, ..slot }) }
    } else {
        Due::Run { slot, missed }
    }
}

fn next(policy: &Policy, memory: &Memory, moment: &Moment) -> Option<Slot> {
    let inclusive = |at: Timestamp| at.checked_sub(SignedDuration::from_nanos(1)).unwrap_or(at);
    let bounds = [moment.pause_until, memory.began].into_iter().flatten().map(inclusive);
    let after = bounds.fold(moment.now, Timestamp::max);
    policy.ahead(after, Timestamp::MAX, 1, memory.unused_from()).pop()
}

impl Memory {
    /// Follows a rule: if it is another than before, scheduling begins now. True if something changed.
    pub fn follow(&mut self, rule: &Rule, moment: &Moment) -> bool {
        if self.rule.as_ref() == Some(rule) || self.doubt(moment).is_some() {
            return false;
        }
        self.rule = Some(rule.clone());
        self.began = Some(moment.now);
        true
    }

    /// Takes note of the time, unless the clock is doubted.
    pub fn saw(&mut self, moment: &Moment) {
        if self.doubt(moment).is_none() {
            self.seen = self.seen.max(Some(moment.now));
        }
    }

    /// The slot is done with: run, skipped, or taken by another computer. Older ones are done with, too.
    pub fn settle(&mut self, slot: &Slot, now: Timestamp) {
        self.seen = self.seen.max(Some(now));
        if slot.used_until > self.unused_from() {
            self.last = Some(Settled { id: slot.id.clone(), at: slot.at, used_until: slot.used_until });
        }
    }

    /// The photographer says that the clock is right. What was settled more than a week ahead of it was settled by a wrong
    /// one and is forgotten; scheduling then begins now, and the record still knows what was published.
    pub fn confirm_clock(&mut self, now: Timestamp) {
        let ahead = |at: Timestamp| at.duration_since(now) > BACK_MAX;
        if self.last.as_ref().is_some_and(|last| ahead(last.at)) {
            self.last = None;
            self.began = self.began.map(|_| now);
        }
        self.began = self.began.map(|began| began.min(now));
        self.seen = Some(now);
        self.confirmed = Some(now);
    }

    /// As [`super::upcoming`], without what is done with.
    pub fn coming(&self, policy: &Policy, after: Timestamp, until: Timestamp, max: usize) -> Vec<Slot> {
        policy.ahead(after, until, max, self.unused_from())
    }

    /// The newest slot that is done with.
    pub fn last(&self) -> Option<&Settled> {
        self.last.as_ref()
    }

    /// Since when the rule is followed.
    pub fn began(&self) -> Option<Timestamp> {
        self.began
    }

    fn unused_from(&self) -> DateTime {
        self.last.as_ref().map_or(DateTime::MIN, |last| last.used_until)
    }

    fn doubt(&self, moment: &Moment) -> Option<HoldWhy> {
        let now = moment.now;
        let vouched = self.confirmed.is_some_and(|confirmed| now >= confirmed);
        match self.seen {
            Some(seen) if now.duration_since(seen) > AHEAD_MAX => Some(HoldWhy::JumpedAhead { seen }),
            Some(seen) if seen.duration_since(now) > BACK_MAX => Some(HoldWhy::SetBack { seen }),
            _ if now < moment.built && !vouched => Some(HoldWhy::BeforeBuild { built: moment.built }),
            _ => None,
        }
    }
}
