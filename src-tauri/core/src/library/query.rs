//! What a page asks the library for, as it comes in, and the same made ready for searching.
//!
//! Invariant: a query is bounded (`TEXT_BYTES_MAX`, `WORDS_MAX`) before anything is searched by it. What names nothing (an album
//! that is gone, an unknown tag) finds nothing; only a day that is no day is an error. Absent: the search itself.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{state::State, text};
use crate::error::Error;

const TEXT_BYTES_MAX: usize = 500;
const WORDS_MAX: usize = 16;
const DAY_S: i64 = 86_400;

/// Which photos to show, and in which order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct Query {
    /// Words that must all be in title, description or tags; `"several words"` in quotes are one phrase.
    pub text: String,
    pub state: Option<Show>,
    /// A target's name: states are judged for it alone, else over all targets.
    pub target: Option<String>,
    /// An album's id.
    pub album: Option<String>,
    pub tag: Option<String>,
    /// First day, `2013-10-06`; by the time photos are sorted by.
    pub from: Option<String>,
    /// Last day, included.
    pub to: Option<String>,
    pub camera: Option<String>,
    pub sort: Sort,
}

/// Which states to show.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Show {
    All,
    Unpublished,
    Published,
    Held,
    Excluded,
    Missing,
    Filtered,
}

/// By which time, newest first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Sort {
    /// When it was taken; uploaded, where that is unknown or only "circa".
    #[default]
    Taken,
    Uploaded,
}

/// A query that cannot be understood.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is not a day like 2013-10-06")]
pub struct BadDay(String);

impl From<BadDay> for Error {
    fn from(error: BadDay) -> Self {
        Self::failed(format!("{error}."), "Correct the day, or leave it empty.")
    }
}

impl Show {
    pub fn state(self) -> Option<State> {
        match self {
            Self::All => None,
            Self::Unpublished => Some(State::Unpublished),
            Self::Published => Some(State::Published),
            Self::Held => Some(State::Held),
            Self::Excluded => Some(State::Excluded),
            Self::Missing => Some(State::Missing),
            Self::Filtered => Some(State::Filtered),
        }
    }
}

impl Query {
    /// The words and phrases of the text in plain form, longest first: the rarest are likely the longest.
    pub(super) fn words(&self) -> Vec<String> {
        let mut words: Vec<String> = Vec::new();
        let text = &self.text[..self.text.floor_char_boundary(TEXT_BYTES_MAX)];
        for (number, part) in text.split(['"', '“', '”', '„']).enumerate() {
            if number % 2 == 1 {
                words.push(text::plain(part));
            } else {
                words.extend(part.split_whitespace().map(text::plain));
            }
        }
        words.retain(|word| !word.is_empty());
        words.truncate(WORDS_MAX);
        words.sort_by_key(|word| std::cmp::Reverse(word.len()));
        words.dedup();
        words
    }

    /// The seconds since 1970 of the days asked for: from the first one on, before the second.
    pub(super) fn days(&self) -> Result<std::ops::Range<i64>, BadDay> {
        let start = self.from.as_deref().map_or(Ok(i64::MIN), day)?;
        let end = self.to.as_deref().map_or(Ok(i64::MAX - DAY_S), day)?;
        Ok(start..end + DAY_S)
    }
}

fn day(text: &str) -> Result<i64, BadDay> {
    let bad = || BadDay(text.chars().take(40).collect());
    let day: jiff::civil::Date = text.trim().parse().map_err(|_| bad())?;
    Ok(day.to_zoned(jiff::tz::TimeZone::UTC).map_err(|_| bad())?.timestamp().as_second())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_split_at_blanks_and_kept_in_quotes() {
        for (text, expected) in [
            ("", vec![]),
            ("  fog  Porto ", vec!["porto", "fog"]),
            ("\"Ponte Luís\" fog", vec!["ponte luis", "fog"]),
            ("“late  light” x", vec!["late light", "x"]),
            ("fog \"open end", vec!["open end", "fog"]),
            ("\"\" \" \" a a", vec!["a"]),
        ] {
            assert_eq!(Query { text: text.into(), ..Query::default() }.words(), expected, "{text:?}");
        }
        let long = Query { text: "ab ".repeat(10_000) + "é", ..Query::default() };
        assert_eq!(long.words(), ["ab"]);
    }

    #[test]
    fn a_day_is_a_day() {
        let days =
            |from: &str, to: &str| Query { from: Some(from.into()), to: Some(to.into()), ..Query::default() }.days();
        assert_eq!(days("1970-01-01", "1970-01-02"), Ok(0..2 * DAY_S));
        assert!(days("2024-02-30", "2024-03-01").is_err() && days("2024-02-01", "soon").is_err());
        assert_eq!(Query::default().days(), Ok(i64::MIN..i64::MAX));
    }

    #[test]
    fn a_page_may_leave_out_what_it_does_not_ask_for() {
        let query: Query = serde_json::from_str("{}").expect("all optional");
        assert_eq!(query, Query::default());
        let query: Query = serde_json::from_str(r#"{"state":"held","sort":"uploaded"}"#).expect("words");
        assert_eq!((query.state, query.sort), (Some(Show::Held), Sort::Uploaded));
    }
}
