//! Quiet hours: a part of the day, by the wall clock, in which nothing scheduled happens.
//!
//! Invariant: start and end differ; the start is quiet, the end is not; they may cross midnight. Absent: what a person
//! starts by hand, which is never held back.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use jiff::civil::{DateTime, Time};
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::rule::{clock_time, hour_minute};
use super::zone;

/// The end of quiet hours may fall into a gap that ends inside them; no zone does so twice.
const ROUNDS_MAX: usize = 4;

/// From when to when, local time: `23:00-07:00`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct QuietHours {
    start: Time,
    end: Time,
}

/// Why a text is not quiet hours; each says what to write instead.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QuietError {
    /// Not two times.
    #[error("\"{0}\" is not two times of day; write for example: 23:00-07:00")]
    Shape(String),
    /// The whole day, or nothing.
    #[error("quiet hours cannot start and end at {0}; write for example: 23:00-07:00, or leave them out")]
    Empty(String),
}

impl QuietHours {
    fn contains(self, time: Time) -> bool {
        if self.start < self.end {
            self.start <= time && time < self.end
        } else {
            self.start <= time || time < self.end
        }
    }

    /// The instant itself if it is not quiet, else the first that is not.
    pub fn end_after(&self, zone: &TimeZone, at: Timestamp) -> Timestamp {
        let mut at = at;
        for _ in 0..ROUNDS_MAX {
            let local = zone.to_datetime(at);
            if !self.contains(local.time()) {
                break;
            }
            at = self.this_end(zone, at, local).unwrap_or(at);
        }
        at
    }

    /// The end of the quiet hours around `at`; earlier if the clock is moved out of them.
    fn this_end(&self, zone: &TimeZone, at: Timestamp, local: DateTime) -> Option<Timestamp> {
        let ends_tomorrow = self.start > self.end && local.time() >= self.start;
        let day = if ends_tomorrow { local.date().tomorrow().ok()? } else { local.date() };
        let first = zone::instant(zone, day.to_datetime(self.end))?;
        let end = if first > at { first } else { zone::second_instant(zone, day.to_datetime(self.end))? };
        let mut changes = zone.following(at).map(|change| change.timestamp()).take_while(|change| *change < end);
        changes.find(|change| !self.contains(zone.to_datetime(*change).time())).or(Some(end))
    }
}

impl fmt::Display for QuietHours {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}-{}", hour_minute(self.start), hour_minute(self.end))
    }
}

impl FromStr for QuietHours {
    type Err = QuietError;

    fn from_str(text: &str) -> Result<Self, QuietError> {
        let shape = || QuietError::Shape(text.to_owned());
        let (start, end) = text.split_once('-').ok_or_else(shape)?;
        let [start, end] = [start, end].map(|time| clock_time(time.trim()));
        let (start, end) = (start.map_err(|_| shape())?, end.map_err(|_| shape())?);
        if start == end { Err(QuietError::Empty(hour_minute(start))) } else { Ok(Self { start, end }) }
    }
}

impl TryFrom<String> for QuietHours {
    type Error = QuietError;

    fn try_from(text: String) -> Result<Self, QuietError> {
        text.parse()
    }
}

impl From<QuietHours> for String {
    fn from(quiet: QuietHours) -> Self {
        quiet.to_string()
    }
}

#[cfg(test)]
#[path = "quiet_test.rs"]
mod tests;
