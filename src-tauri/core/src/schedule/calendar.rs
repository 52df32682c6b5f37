//! A rule laid on the calendar: its next and its previous wall-clock time, and the period each of them uses up.
//!
//! Invariant: both walks see the same times, and a later time never has an earlier period. Absent: time zones; every
//! value here is a wall-clock reading, and `zone` says which instant that is.

use std::iter::successors;

use jiff::ToSpan;
use jiff::civil::{Date, DateTime, Time};

use super::rule::{Kind, MonthDay, Rule};

/// A rule falls on at least one day in so many.
const DAYS_MAX: usize = 63;

/// What one slot uses up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Period {
    /// `2026-11-29`, `2026-W48`, `2026-W48-4`, `2026-11` or `2026-11-29T10:00`.
    pub name: String,
    /// The first wall-clock minute of the period.
    pub begins: DateTime,
    /// Once the slot is used, a period that begins before this is used too, whatever the rule is by then: the end of the
    /// planned day, or of the minute for cron.
    pub used_until: DateTime,
}

impl Rule {
    /// The first planned time at or after `from`; none at the end of the calendar.
    pub(super) fn first_from(&self, from: DateTime) -> Option<DateTime> {
        let time = match &self.0 {
            Kind::Off => return None,
            Kind::Cron { cron, .. } => return cron.find_next_occurrence(&whole_minute_up(from)?, true).ok(),
            Kind::Daily(time) | Kind::Weekly(_, time) | Kind::Monthly(_, time) => *time,
        };
        let first = if time >= from.time() { Some(from.date()) } else { from.date().tomorrow().ok() };
        self.find_day(successors(first, |day| day.tomorrow().ok()), time)
    }

    /// The last planned time at or before `until`; none at the start of the calendar.
    pub(super) fn last_until(&self, until: DateTime) -> Option<DateTime> {
        let time = match &self.0 {
            Kind::Off => return None,
            Kind::Cron { cron, .. } => return cron.find_previous_occurrence(&whole_minute_down(until), true).ok(),
            Kind::Daily(time) | Kind::Weekly(_, time) | Kind::Monthly(_, time) => *time,
        };
        let first = if time <= until.time() { Some(until.date()) } else { until.date().yesterday().ok() };
        self.find_day(successors(first, |day| day.yesterday().ok()), time)
    }

    fn find_day(&self, days: impl Iterator<Item = Date>, time: Time) -> Option<DateTime> {
        days.take(DAYS_MAX).find(|day| self.falls_on(*day)).map(|day| day.to_datetime(time))
    }

    fn falls_on(&self, day: Date) -> bool {
        match &self.0 {
            Kind::Off | Kind::Cron { .. } => false,
            Kind::Daily(_) => true,
            Kind::Weekly(days, _) => days.contains(&day.weekday()),
            Kind::Monthly(MonthDay::Last, _) => day.day() == day.days_in_month(),
            Kind::Monthly(MonthDay::Day(wanted), _) => day.day() == (*wanted).min(day.days_in_month()),
        }
    }

    /// The period a planned time belongs to.
    pub(super) fn period(&self, planned: DateTime) -> Option<Period> {
        let day = planned.date();
        let week = day.iso_week_date();
        let (name, begins) = match &self.0 {
            Kind::Off => return None,
            Kind::Daily(_) => (day.to_string(), day),
            Kind::Weekly(days, _) => {
                let name = format!("{:04}-W{:02}", week.year(), week.week());
                if days.len() == 1 {
                    let monday = day.checked_sub(i64::from(day.weekday().to_monday_zero_offset()).days()).ok()?;
                    (name, monday)
                } else {
                    (format!("{name}-{}", day.weekday().to_monday_one_offset()), day)
                }
            }
            Kind::Monthly(..) => (format!("{:04}-{:02}", day.year(), day.month()), day.first_of_month()),
            Kind::Cron { .. } => {
                let name = planned.strftime("%Y-%m-%dT%H:%M").to_string();
                return Some(Period { name, begins: planned, used_until: planned.checked_add(1.minute()).ok()? });
            }
        };
        let used_until = day.tomorrow().ok()?.to_datetime(Time::midnight());
        Some(Period { name, begins: begins.to_datetime(Time::midnight()), used_until })
    }
}

fn whole_minute_down(at: DateTime) -> DateTime {
    at.with().second(0).subsec_nanosecond(0).build().unwrap_or(at)
}

fn whole_minute_up(at: DateTime) -> Option<DateTime> {
    let down = whole_minute_down(at);
    if down == at { Some(at) } else { down.checked_add(1.minute()).ok() }
}
