//! The slots a policy makes: which period, and at which instant.
//!
//! Invariant: in a list of slots instants and planned times rise together and names are unique; a slot that a newer one
//! would overtake (by jitter, quiet hours or a gap) is not in it. Absent: what has been used already, see `due`.

use std::iter::successors;

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::quiet::QuietHours;
use super::rule::Rule;
use super::zone;

/// A larger jitter is taken as a day.
pub const JITTER_MINUTES_MAX: u32 = 24 * 60;
/// Quiet hours and the longest gap (a whole day, Samoa 2011) together move a slot by less than this.
const QUIET_HOURS_MAX: i64 = 48;
/// More planned times than this are never looked at in one call: 69 days of a rule for every minute.
const STEPS_MAX: usize = 100_000;

/// All that decides when something should happen.
#[derive(Clone, Debug)]
pub struct Policy {
    /// What is scheduled: the name of a target, or `sync`. The slots carry it.
    pub name: String,
    /// In wall-clock time.
    pub rule: Rule,
    /// Whose wall clock.
    pub zone: TimeZone,
    /// A slot comes up to so many minutes later than planned, the same on every computer.
    pub jitter_minutes: u32,
    /// A slot inside moves to their end, and so does a missed one.
    pub quiet: Option<QuietHours>,
    /// A missed slot is still used this many hours later (at least five minutes), then skipped.
    pub catch_up_hours: u32,
}

/// One due time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Slot {
    /// Name and period: `x/2026-W48`.
    pub id: String,
    /// When it should happen.
    pub at: Timestamp,
    /// The same on the photographer's wall clock.
    pub local: DateTime,
    /// What the rule says, before jitter and quiet hours, on the wall clock.
    pub planned: DateTime,
    /// The instant of `planned`.
    pub(super) planned_at: Timestamp,
    /// The first wall-clock minute of its period.
    pub(super) begins: DateTime,
    /// Periods that begin before this are used once this slot is.
    pub(super) used_until: DateTime,
}

/// The slots after `after` (exclusive) until `until` (inclusive), at most `max`, in rising order.
pub fn upcoming(policy: &Policy, after: Timestamp, until: Timestamp, max: usize) -> Vec<Slot> {
    policy.ahead(after, until, max, DateTime::MIN)
}

/// How many minutes later than planned: from 0 to `max` inclusive, decided by the name of the slot alone.
pub fn jitter_minutes(slot: &str, max: u32) -> u32 {
    let hash = Sha256::digest(slot.as_bytes());
    let number = u64::from_be_bytes(hash[..8].try_into().expect("a hash has 32 bytes"));
    u32::try_from(number % (u64::from(max) + 1)).expect("not more than max")
}

impl Policy {
    /// As [`upcoming`], without the periods that begin before `unused_from`.
    pub(super) fn ahead(&self, after: Timestamp, until: Timestamp, max: usize, unused_from: DateTime) -> Vec<Slot> {
        let mut kept: Vec<Slot> = Vec::new();
        if max == 0 {
            return kept;
        }
        let earliest = after.checked_sub(self.shift_max()).unwrap_or(Timestamp::MIN);
        let from = self.zone.to_datetime(earliest).max(unused_from);
        let planned =
            successors(self.rule.first_from(from), |last| self.rule.first_from(last.checked_add(1.minute()).ok()?));
        for slot in planned.take(STEPS_MAX).map_while(|planned| self.slot(planned)) {
            if slot.planned_at > until || kept.get(max - 1).is_some_and(|full| full.at < slot.planned_at) {
                break;
            }
            if slot.begins < unused_from {
                continue;
            }
            while kept.last().is_some_and(|older| older.at >= slot.at) {
                kept.pop();
            }
            if slot.at > after {
                kept.push(slot);
            }
        }
        kept.retain(|slot| slot.at <= until);
        kept.truncate(max);
        kept
    }

    /// The slots from `began` to `now` (both inclusive) whose period begins at or after `unused_from`, newest first.
    pub(super) fn behind(
        &self,
        now: Timestamp,
        began: Timestamp,
        unused_from: DateTime,
        max: usize,
    ) -> impl Iterator<Item = Slot> {
        let earliest = began.checked_sub(self.shift_max()).unwrap_or(Timestamp::MIN);
        let until = zone::highest_local(&self.zone, now);
        let planned =
            successors(self.rule.last_until(until), |last| self.rule.last_until(last.checked_sub(1.minute()).ok()?));
        let mut newer = Timestamp::MAX;
        planned
            .take(STEPS_MAX)
            .map_while(|planned| self.slot(planned))
            .take_while(move |slot| slot.planned_at >= earliest && slot.begins >= unused_from)
            .filter(move |slot| slot.at <= now)
            .filter(move |slot| {
                let in_front = slot.at < newer;
                newer = newer.min(slot.at);
                in_front && slot.at >= began
            })
            .take(max)
    }

    /// The slot of one planned time.
    fn slot(&self, planned: DateTime) -> Option<Slot> {
        let period = self.rule.period(planned)?;
        let id = format!("{}/{}", self.name, period.name);
        let planned_at = zone::instant(&self.zone, planned)?;
        let jitter = i64::from(jitter_minutes(&id, self.jitter_minutes.min(JITTER_MINUTES_MAX)));
        let late = planned_at.checked_add(SignedDuration::from_mins(jitter)).ok()?;
        let at = self.not_quiet(late);
        let local = self.zone.to_datetime(at);
        Some(Slot { id, at, local, planned, planned_at, begins: period.begins, used_until: period.used_until })
    }

    /// The first instant from `at` on that is not in the quiet hours.
    pub(super) fn not_quiet(&self, at: Timestamp) -> Timestamp {
        self.quiet.map_or(at, |quiet| quiet.end_after(&self.zone, at))
    }

    /// More than any slot comes later than planned.
    fn shift_max(&self) -> SignedDuration {
        let jitter = SignedDuration::from_mins(i64::from(self.jitter_minutes.min(JITTER_MINUTES_MAX)) + 1);
        let quiet = if self.quiet.is_some() { QUIET_HOURS_MAX } else { 0 };
        jitter + SignedDuration::from_hours(quiet)
    }
}
