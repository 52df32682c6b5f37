//! A second opinion on schedules, for tests: steps minute by minute through local time and asks "is it now?".
//!
//! Invariant: shares nothing with the code under test except the table of offsets of each zone (jiff) and the jitter of a
//! name. Absent: cleverness; it never computes a next time, it waits for it.

use jiff::Timestamp;
use jiff::civil::{Date, date};
use jiff::tz::TimeZone;
use rand::Rng;
use rand::seq::IndexedRandom;

use super::jitter_minutes;

pub const MINUTES_A_DAY: i64 = 24 * 60;

/// A rule as the oracle understands it.
#[derive(Clone, Debug)]
pub enum Naive {
    Daily(i64),
    Weekly([bool; 7], i64),
    /// None is the last day.
    Monthly(Option<i8>, i64),
    Cron(Box<Fields>),
}

/// The sets of a cron rule.
#[derive(Clone, Debug)]
pub struct Fields {
    minutes: [bool; 60],
    hours: [bool; 24],
    days: [bool; 32],
    months: [bool; 13],
    weekdays: [bool; 7],
    any_day: bool,
    any_weekday: bool,
}

/// A planned time: wall-clock minute since 1970, the minute it happens, and after jitter and quiet hours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NaiveSlot {
    pub id: String,
    pub local: i64,
    pub planned: i64,
    pub at: i64,
}

/// Offsets in minutes, each with the minute from which it holds.
pub struct Offsets(Vec<(i64, i64)>);

impl Offsets {
    pub fn of(zone: &TimeZone, from: i64, to: i64) -> Self {
        let start = Timestamp::from_second(from * 60).expect("in range");
        let mut table = vec![(from, i64::from(zone.to_offset(start).seconds()))];
        let changes =
            zone.following(start).map(|change| (change.timestamp().as_second() / 60, change.offset().seconds()));
        table.extend(changes.take_while(|(at, _)| *at <= to).map(|(at, seconds)| (at, i64::from(seconds))));
        assert!(table.iter().all(|(_, seconds)| seconds % 60 == 0), "whole minutes since 1972");
        Self(table.into_iter().map(|(at, seconds)| (at, seconds / 60)).collect())
    }

    pub fn local(&self, at: i64) -> i64 {
        at + self.0.iter().rev().find(|(from, _)| *from <= at).expect("in the table").1
    }
}

/// What a day is called.
struct Day {
    date: Date,
    weekday: usize,
}

fn day(local: i64) -> Day {
    let days = local.div_euclid(MINUTES_A_DAY);
    let date = date(1970, 1, 1).checked_add(jiff::Span::new().days(days)).expect("in range");
    Day { date, weekday: usize::try_from((days + 3).rem_euclid(7)).expect("0 to 6") }
}

impl Naive {
    fn is_now(&self, day: &Day, minute: i64) -> bool {
        match self {
            Self::Daily(at) => minute == *at,
            Self::Weekly(days, at) => minute == *at && days[day.weekday],
            Self::Monthly(None, at) => minute == *at && day.date.day() == day.date.days_in_month(),
            Self::Monthly(Some(wanted), at) => minute == *at && day.date.day() == day.date.days_in_month().min(*wanted),
            Self::Cron(fields) => fields.is_now(day, minute),
        }
    }

    /// The name of the period of a wall-clock minute.
    pub fn period(&self, local: i64) -> String {
        let Day { date, weekday } = day(local);
        let (year, month, number) = (date.year(), date.month(), date.day());
        let thursday = date.checked_add(jiff::Span::new().days(3 - weekday as i64)).expect("in range");
        let week = format!("{:04}-W{:02}", thursday.year(), (thursday.day_of_year() - 1) / 7 + 1);
        match self {
            Self::Daily(_) => format!("{year:04}-{month:02}-{number:02}"),
            Self::Weekly(days, _) if days.iter().filter(|day| **day).count() == 1 => week,
            Self::Weekly(..) => format!("{week}-{}", weekday + 1),
            Self::Monthly(..) => format!("{year:04}-{month:02}"),
            Self::Cron(_) => {
                let minute = local.rem_euclid(MINUTES_A_DAY);
                format!("{year:04}-{month:02}-{number:02}T{:02}:{:02}", minute / 60, minute % 60)
            }
        }
    }

    /// Every planned time from `from` to `to` in minutes since 1970, by waiting for each minute.
    pub fn walk(&self, offsets: &Offsets, from: i64, to: i64) -> Vec<(i64, i64)> {
        let mut highest = offsets.local(from) - 1;
        let mut today = day(highest);
        let mut found = Vec::new();
        for (index, (begins, offset)) in offsets.0.iter().enumerate() {
            let ends = offsets.0.get(index + 1).map_or(to, |next| next.0);
            for now in *begins..ends {
                while highest < now + offset {
                    highest += 1;
                    let minute = highest.rem_euclid(MINUTES_A_DAY);
                    if minute == 0 {
                        today = day(highest);
                    }
                    if self.is_now(&today, minute) {
                        found.push((highest, now));
                    }
                }
            }
        }
        found
    }
}

impl Fields {
    fn is_now(&self, day: &Day, minute: i64) -> bool {
        let (hour, minute) = ((minute / 60) as usize, (minute % 60) as usize);
        if !self.minutes[minute] || !self.hours[hour] || !self.months[day.date.month() as usize] {
            return false;
        }
        let by_day = self.days[day.date.day() as usize];
        let by_weekday = self.weekdays[(day.weekday + 1) % 7];
        match (self.any_day, self.any_weekday) {
            (false, false) => by_day || by_weekday,
            _ => by_day && by_weekday,
        }
    }
}

/// Quiet minutes of the day, from and to.
pub type Quiet = Option<(i64, i64)>;

/// The first minute from `at` on that is not quiet, by waiting.
pub fn wait_for_noise(quiet: Quiet, offsets: &Offsets, mut at: i64) -> i64 {
    let Some((start, end)) = quiet else { return at };
    let is_quiet = |at: i64| {
        let minute = offsets.local(at).rem_euclid(MINUTES_A_DAY);
        if start < end { (start..end).contains(&minute) } else { minute >= start || minute < end }
    };
    while is_quiet(at) {
        at += 1;
    }
    at
}

/// All slots in planned order, without those that a newer one overtakes.
pub fn slots(rule: &Naive, offsets: &Offsets, jitter: u32, quiet: Quiet, from: i64, to: i64) -> Vec<NaiveSlot> {
    let slot = |(local, planned)| {
        let id = format!("x/{}", rule.period(local));
        let at = wait_for_noise(quiet, offsets, planned + i64::from(jitter_minutes(&id, jitter)));
        NaiveSlot { id, local, planned, at }
    };
    let all: Vec<NaiveSlot> = rule.walk(offsets, from, to).into_iter().map(slot).collect();
    let overtaken = |index: usize| {
        let at = all[index].at;
        all[index + 1..].iter().take_while(|newer| newer.planned <= at).any(|newer| newer.at <= at)
    };
    (0..all.len()).filter(|index| !overtaken(*index)).map(|index| all[index].clone()).collect()
}

/// A random rule: as text, as the oracle sees it, and for how many days it is worth watching.
pub fn random_rule(dice: &mut impl Rng) -> (String, Naive, i64) {
    // Nights and midnights are where clocks change.
    let hour = if dice.random_bool(0.5) { dice.random_range(0..4) } else { dice.random_range(0..24) };
    let minute = *[0, 0, 15, 30, 45, 59, dice.random_range(0..60)].choose(dice).expect("not empty");
    let (at, time) = (hour * 60 + minute, format!("{hour:02}:{minute:02}"));
    match dice.random_range(0..10) {
        0..3 => (format!("daily {time}"), Naive::Daily(at), dice.random_range(6..20)),
        3..6 => {
            let count = if dice.random_bool(0.5) { 1 } else { dice.random_range(2..=7) };
            let mut days = [false; 7];
            (0..count).for_each(|_| days[dice.random_range(0..7)] = true);
            let names = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
            let words: Vec<&str> = names.iter().zip(days).filter(|(_, on)| *on).map(|(name, _)| *name).collect();
            (format!("weekly {} {time}", words.join(",")), Naive::Weekly(days, at), dice.random_range(15..40))
        }
        6 => {
            let day = if dice.random_bool(0.3) { None } else { Some(dice.random_range(1..=31)) };
            let word = day.map_or("last".to_owned(), |day: i8| day.to_string());
            (format!("monthly {word} {time}"), Naive::Monthly(day, at), dice.random_range(70..100))
        }
        _ => random_cron(dice),
    }
}

fn random_cron(dice: &mut impl Rng) -> (String, Naive, i64) {
    let every_minute = dice.random_bool(0.02);
    let (minute_text, minutes) = if every_minute { any() } else { field::<60>(dice, 0, 0.05) };
    let (hour_text, hours) = if every_minute { any() } else { field::<24>(dice, 0, 0.2) };
    let (day_text, days) = field::<32>(dice, 1, 0.6);
    let (month_text, months) = field::<13>(dice, 1, 0.9);
    let (weekday_text, weekdays) = field::<7>(dice, 0, 0.6);
    let (any_day, any_weekday) = (day_text == "*", weekday_text == "*");
    let text = format!("cron {minute_text} {hour_text} {day_text} {month_text} {weekday_text}");
    let fields = Fields { minutes, hours, days, months, weekdays, any_day, any_weekday };
    (text, Naive::Cron(Box::new(fields)), if every_minute { 4 } else { dice.random_range(5..25) })
}

fn any<const N: usize>() -> (String, [bool; N]) {
    ("*".to_owned(), [true; N])
}

/// `*`, a number, a list, a range or a step, from `least` to N - 1.
fn field<const N: usize>(dice: &mut impl Rng, least: usize, star: f64) -> (String, [bool; N]) {
    let mut set = [false; N];
    if dice.random_bool(star) {
        return any();
    }
    match dice.random_range(0..4) {
        0 => {
            let step = dice.random_range(N / 6 + 1..N);
            (least..N).step_by(step).for_each(|value| set[value] = true);
            (format!("*/{step}"), set)
        }
        1 => {
            let first = dice.random_range(least..N - 1);
            let last = dice.random_range(first + 1..N.min(first + 4));
            set[first..=last].fill(true);
            (format!("{first}-{last}"), set)
        }
        _ => {
            let values: Vec<usize> = (0..dice.random_range(1..=2)).map(|_| dice.random_range(least..N)).collect();
            values.iter().for_each(|value| set[*value] = true);
            (values.iter().map(usize::to_string).collect::<Vec<_>>().join(","), set)
        }
    }
}
