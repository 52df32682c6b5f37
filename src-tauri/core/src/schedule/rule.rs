//! The rule a photographer writes: `off`, `daily 04:00`, `weekly mon,thu 18:30`, `monthly last 09:00`, `cron 0 10 * * 0`.
//!
//! Invariant: a [`Rule`] that exists can be written and read back as the same rule, and happens again and again, except
//! `off`. Absent: time zones (a rule is wall-clock time) and what a period is, see `calendar`.

use std::fmt;
use std::str::FromStr;

use croner::Cron;
use croner::parser::{CronParser, Seconds, Year};
use jiff::civil::{DateTime, Time, Weekday, date};
use serde::{Deserialize, Serialize};

/// Named as written in the settings, Monday first.
const WEEKDAYS: [(&str, &str, Weekday); 7] = [
    ("mon", "Monday", Weekday::Monday),
    ("tue", "Tuesday", Weekday::Tuesday),
    ("wed", "Wednesday", Weekday::Wednesday),
    ("thu", "Thursday", Weekday::Thursday),
    ("fri", "Friday", Weekday::Friday),
    ("sat", "Saturday", Weekday::Saturday),
    ("sun", "Sunday", Weekday::Sunday),
];

/// The five fields of a cron rule, and what each may hold.
const CRON_FIELDS: [(&str, &str); 5] = [
    ("minute", "0 to 59"),
    ("hour", "0 to 23"),
    ("day of the month", "1 to 31"),
    ("month", "1 to 12"),
    ("day of the week", "0 to 7; 0 and 7 are Sunday"),
];

/// When something should happen, in wall-clock time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Rule(pub(super) Kind);

/// What a rule is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Off,
    Daily(Time),
    /// Never empty, Monday first, each day once.
    Weekly(Vec<Weekday>, Time),
    Monthly(MonthDay, Time),
    Cron {
        text: String,
        cron: Box<Cron>,
    },
}

/// A day of the month; one that a short month does not have is its last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum MonthDay {
    Day(i8),
    Last,
}

/// Why a text is not a rule; each says what to write instead.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RuleError {
    /// Nothing was written.
    #[error("the schedule is empty; write for example: weekly sun 10:00 (or: off)")]
    Empty,
    /// The first word is none of the five.
    #[error("\"{0}\" is not off, daily, weekly, monthly or cron; write for example: weekly sun 10:00")]
    UnknownKind(String),
    /// The rule stops too early.
    #[error("the schedule \"{text}\" lacks {what}; write for example: {example}")]
    Missing {
        /// The rule as written.
        text: String,
        /// What is not there.
        what: &'static str,
        /// A complete rule.
        example: &'static str,
    },
    /// Words after the end of the rule.
    #[error("the schedule \"{text}\" says more than expected; write for example: {example}")]
    TooMuch {
        /// The rule as written.
        text: String,
        /// A complete rule.
        example: &'static str,
    },
    /// Not a time of day.
    #[error("\"{0}\" is not a time between 00:00 and 23:59; write for example: daily 04:00")]
    Time(String),
    /// Not a day of the week.
    #[error("\"{0}\" is not a day of the week (mon tue wed thu fri sat sun); write for example: weekly mon,thu 18:30")]
    Weekday(String),
    /// Not a day of the month.
    #[error("\"{0}\" is not a day from 1 to 31 or \"last\"; write for example: monthly 15 09:00")]
    MonthDay(String),
    /// Not five fields.
    #[error(
        "a cron rule has 5 fields (minute hour day month weekday), this one has {0}; write for example: cron 0 10 * * 0"
    )]
    CronFields(usize),
    /// A field that cannot be understood.
    #[error("the cron rule \"{text}\" cannot be understood: {wrong}; write for example: cron 0 10 * * 0")]
    Cron {
        /// The five fields.
        text: String,
        /// Which of them, and what it may be.
        wrong: String,
    },
    /// A date that no year has.
    #[error("the cron rule \"{0}\" never happens; write for example: cron 0 10 * * 0")]
    Never(String),
}

impl Rule {
    /// The rule that makes no slots.
    pub const OFF: Self = Self(Kind::Off);

    /// Whether it makes no slots at all.
    pub fn is_off(&self) -> bool {
        self.0 == Kind::Off
    }

    /// As a sentence for people: "Every Monday and Thursday at 18:30".
    pub fn in_words(&self) -> String {
        match &self.0 {
            Kind::Off => "Off".to_owned(),
            Kind::Daily(time) => format!("Every day at {}", hour_minute(*time)),
            Kind::Weekly(days, time) if days.len() == 7 => format!("Every day at {}", hour_minute(*time)),
            Kind::Weekly(days, time) => format!("Every {} at {}", and(days), hour_minute(*time)),
            Kind::Monthly(day, time) => format!("On {} of every month at {}", day.in_words(), hour_minute(*time)),
            Kind::Cron { cron, .. } => cron.describe().trim_end_matches('.').to_owned(),
        }
    }
}

impl MonthDay {
    fn in_words(self) -> String {
        match self {
            Self::Last => "the last day".to_owned(),
            Self::Day(day @ 29..) => format!("the {} (or the last day)", ordinal(day)),
            Self::Day(day) => format!("the {}", ordinal(day)),
        }
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::Off => out.write_str("off"),
            Kind::Daily(time) => write!(out, "daily {}", hour_minute(*time)),
            Kind::Weekly(days, time) => {
                let days: Vec<&str> = days.iter().map(|day| names(*day).0).collect();
                write!(out, "weekly {} {}", days.join(","), hour_minute(*time))
            }
            Kind::Monthly(MonthDay::Day(day), time) => write!(out, "monthly {day} {}", hour_minute(*time)),
            Kind::Monthly(MonthDay::Last, time) => write!(out, "monthly last {}", hour_minute(*time)),
            Kind::Cron { text, .. } => write!(out, "cron {text}"),
        }
    }
}

impl FromStr for Rule {
    type Err = RuleError;

    fn from_str(text: &str) -> Result<Self, RuleError> {
        let lower = text.to_lowercase();
        let words: Vec<&str> = lower.split_whitespace().collect();
        let (kind, rest) = words.split_first().ok_or(RuleError::Empty)?;
        let missing = |what, example| RuleError::Missing { text: text.trim().to_owned(), what, example };
        let too_much = |example| RuleError::TooMuch { text: text.trim().to_owned(), example };
        Ok(Self(match (*kind, rest) {
            ("off", []) => Kind::Off,
            ("off", _) => return Err(too_much("off")),
            ("daily", []) => return Err(missing("the time", "daily 04:00")),
            ("daily", [time]) => Kind::Daily(clock_time(time)?),
            ("daily", _) => return Err(too_much("daily 04:00")),
            ("weekly", [] | [_]) => return Err(missing("the days or the time", "weekly sun 10:00")),
            ("weekly", [days @ .., time]) => Kind::Weekly(weekdays(&days.concat())?, clock_time(time)?),
            ("monthly", [] | [_]) => return Err(missing("the day or the time", "monthly 15 09:00")),
            ("monthly", [day, time]) => Kind::Monthly(month_day(day)?, clock_time(time)?),
            ("monthly", _) => return Err(too_much("monthly 15 09:00")),
            ("cron", fields) => cron(fields)?,
            (other, _) => return Err(RuleError::UnknownKind(other.to_owned())),
        }))
    }
}

impl TryFrom<String> for Rule {
    type Error = RuleError;

    fn try_from(text: String) -> Result<Self, RuleError> {
        text.parse()
    }
}

impl From<Rule> for String {
    fn from(rule: Rule) -> Self {
        rule.to_string()
    }
}

/// Reads `18:30`, or `8:05`.
pub(super) fn clock_time(text: &str) -> Result<Time, RuleError> {
    let part = |part: &str, least: usize| {
        let digits = (least..=2).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
        digits.then(|| part.parse::<i8>().ok()).flatten()
    };
    let (hour, minute) = text.split_once(':').ok_or_else(|| RuleError::Time(text.to_owned()))?;
    let time = part(hour, 1).zip(part(minute, 2)).and_then(|(hour, minute)| Time::new(hour, minute, 0, 0).ok());
    time.ok_or_else(|| RuleError::Time(text.to_owned()))
}

/// Writes `18:30`.
pub(super) fn hour_minute(time: Time) -> String {
    format!("{:02}:{:02}", time.hour(), time.minute())
}

fn weekdays(text: &str) -> Result<Vec<Weekday>, RuleError> {
    let mut days = Vec::new();
    for word in text.split(',') {
        let found = WEEKDAYS.iter().find(|(short, long, _)| word == *short || word == long.to_lowercase());
        days.push(found.ok_or_else(|| RuleError::Weekday(word.to_owned()))?.2);
    }
    days.sort_by_key(|day| day.to_monday_zero_offset());
    days.dedup();
    Ok(days)
}

fn month_day(text: &str) -> Result<MonthDay, RuleError> {
    if text == "last" {
        return Ok(MonthDay::Last);
    }
    let day = text.parse().ok().filter(|day| (1..=31).contains(day) && !text.starts_with('+'));
    day.map(MonthDay::Day).ok_or_else(|| RuleError::MonthDay(text.to_owned()))
}

fn cron(fields: &[&str]) -> Result<Kind, RuleError> {
    if fields.len() != 5 {
        return Err(RuleError::CronFields(fields.len()));
    }
    let text = fields.join(" ");
    let parser = CronParser::builder().seconds(Seconds::Disallowed).year(Year::Disallowed).build();
    let cron =
        parser.parse(&text).map_err(|_| RuleError::Cron { text: text.clone(), wrong: wrong_field(&parser, fields) })?;
    let probe: DateTime = date(2000, 1, 1).at(0, 0, 0, 0);
    if cron.find_next_occurrence(&probe, true).is_err() {
        return Err(RuleError::Never(text));
    }
    Ok(Kind::Cron { text, cron: Box::new(cron) })
}

/// The first field that is wrong by itself, in words.
fn wrong_field(parser: &CronParser, fields: &[&str]) -> String {
    let alone = |nth: usize| {
        let mut text = ["*"; 5];
        text[nth] = fields[nth];
        parser.parse(&text.join(" ")).is_err()
    };
    (0..CRON_FIELDS.len()).find(|nth| alone(*nth)).map_or_else(
        || "its fields do not go together".to_owned(),
        |nth| {
            let (name, may_be) = CRON_FIELDS[nth];
            format!("\"{}\" is no {name} ({may_be})", fields[nth].escape_debug())
        },
    )
}

fn names(day: Weekday) -> (&'static str, &'static str) {
    let (short, long, _) = WEEKDAYS[usize::from(day.to_monday_zero_offset().unsigned_abs())];
    (short, long)
}

fn and(days: &[Weekday]) -> String {
    let names: Vec<&str> = days.iter().map(|day| names(*day).1).collect();
    match names.split_last() {
        Some((last, [])) => (*last).to_owned(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
        None => String::new(),
    }
}

fn ordinal(day: i8) -> String {
    let ending = match day {
        1 | 21 | 31 => "st",
        2 | 22 => "nd",
        3 | 23 => "rd",
        _ => "th",
    };
    format!("{day}{ending}")
}

#[cfg(test)]
#[path = "rule_test.rs"]
mod tests;
