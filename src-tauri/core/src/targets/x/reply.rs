//! What an answer of X means: pure, from status, headers and body to a verdict.
//!
//! Invariant: "refused" is said only of answers that prove the post does not exist; 408, 5xx, redirects, a duplicate and a
//! success that cannot be read leave it in doubt. Problem types are compared by path, because X has two hosts for them.
//! Absent: the network, and what to do next.

use serde_json::Value;
use thiserror::Error;
use url::Url;

use crate::http::status_words;

/// What a person reads of an answer, in characters.
const TEXT_CHARS_MAX: usize = 300;
/// A clock further off than this makes signatures fail, in seconds.
const CLOCK_OFF_MAX_S: i64 = 300;
/// A reset further ahead than this is a mistake, in seconds.
const RESET_AHEAD_MAX_S: u64 = 32 * 24 * 3600;

/// An answer that has arrived.
#[derive(Debug, Clone, Default)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    /// The decoded body; `None` when it broke off or was too long.
    pub body: Option<Vec<u8>>,
    /// Our clock when the request was signed, in seconds since 1970.
    pub signed_at: u64,
}

/// X answered no, and the post does not exist.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Refusal {
    /// The keys or the signature are not accepted (401).
    #[error("X does not accept the keys of this account{}", clock(.clock_off_s))]
    SignIn {
        /// How far our clock is ahead, when that is the likely reason.
        clock_off_s: Option<i64>,
    },
    /// No credit is left (402).
    #[error("the X developer account has no credit left")]
    OutOfCredit,
    /// The monthly limit of the plan or the spending limit is reached.
    #[error("the spending limit or monthly cap of the X developer account is reached, so it may use no credit now")]
    SpendCap,
    /// Too many requests (429).
    #[error("X asks to slow down")]
    RateLimited {
        /// When it may be tried again, in seconds since 1970.
        reset_at: Option<u64>,
    },
    /// The account or app may not do this (403).
    #[error("X forbids it: {0}")]
    Forbidden(String),
    /// The uploaded picture is not accepted or no longer there; uploading it again may help.
    #[error("X does not take the uploaded picture: {0}")]
    MediaInvalid(String),
    /// The address is not there, or takes no such request (404, 405, 410): no fault of the photo.
    #[error("X does not have the address that was asked ({0})")]
    NotThere(String),
    /// X found the request wrong.
    #[error("X does not take the request: {0}")]
    Invalid(String),
}

fn clock(off_s: &Option<i64>) -> String {
    let Some(off) = off_s else { return String::new() };
    let minutes = (off.unsigned_abs() + 30) / 60;
    let direction = if *off > 0 { "ahead" } else { "behind" };
    format!("; your computer's clock is off by about {minutes} minutes ({direction}), which makes signatures fail")
}

/// Why nobody knows whether a post exists.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Doubt {
    /// X says that the account has just posted this text: perhaps it was us.
    #[error("X says this text was posted already")]
    Duplicate,
    /// The answer is a server error, or cannot be read.
    #[error("X's answer leaves open whether it was posted ({0})")]
    Answer(String),
    /// The request left, and no answer came.
    #[error("no answer came from X ({0})")]
    NoAnswer(String),
}

impl Reply {
    /// The value of the header `name`, given in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The body as JSON.
    pub fn json(&self) -> Option<Value> {
        serde_json::from_slice(self.body.as_deref()?).ok()
    }

    /// Whether the status is 2xx.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// What the refusal is, or `None` when the answer is a success or leaves the outcome open.
    pub fn refusal(&self) -> Option<Refusal> {
        let problem = Problem::of(self);
        match self.status {
            400..=499 if problem.kind.ends_with("/problems/usage-capped") => Some(Refusal::SpendCap),
            401 => Some(Refusal::SignIn { clock_off_s: self.clock_off_s() }),
            402 if problem.says("spend") => Some(Refusal::SpendCap),
            402 => Some(Refusal::OutOfCredit),
            403 if problem.says("duplicate content") => None,
            403 if problem.kind.ends_with("/problems/oauth1-permissions") => Some(Refusal::Forbidden(
                "the app may only read; set its permission to \"Read and write\" in X's console, then make new access tokens".to_owned(),
            )),
            403 => Some(Refusal::Forbidden(self.text())),
            408 | 409 | 425 | 499 => None,
            429 => Some(Refusal::RateLimited { reset_at: self.reset_at() }),
            400 if problem.says("media id") || problem.parameters.contains("media") => Some(Refusal::MediaInvalid(self.text())),
            404 | 405 | 410 => Some(Refusal::NotThere(self.text())),
            400..=498 => Some(Refusal::Invalid(self.text())),
            _ => None,
        }
    }

    /// Why the outcome is open; only meaningful when [`Reply::refusal`] is `None`.
    pub fn doubt(&self) -> Doubt {
        if self.status == 403 {
            return Doubt::Duplicate;
        }
        Doubt::Answer(self.answer())
    }

    /// What X says in its own words, short and without hostile characters.
    pub fn text(&self) -> String {
        let clean = plain(&Problem::of(self).text);
        if clean.is_empty() { "it gave no reason".into() } else { clean }
    }

    /// The same after what the number of the answer says.
    pub fn answer(&self) -> String {
        let clean = plain(&Problem::of(self).text);
        let after = if clean.is_empty() { String::new() } else { format!(": {clean}") };
        format!("{}{after}", status_words(self.status))
    }

    /// When all exhausted windows have reset, in seconds since 1970; absent when X names no time, or one that is past.
    pub fn reset_at(&self) -> Option<u64> {
        let number = |name: &str| self.header(name).and_then(|value| value.trim().parse::<u64>().ok());
        let windows = ["x-rate-limit", "x-user-limit-24hour", "x-app-limit-24hour"]
            .map(|window| (number(&format!("{window}-remaining")), number(&format!("{window}-reset"))));
        let exhausted =
            windows.iter().filter(|(remaining, _)| *remaining == Some(0)).filter_map(|(_, reset)| *reset).max();
        let after = number("retry-after").and_then(|wait| self.signed_at.checked_add(wait));
        let any = exhausted.into_iter().chain(after).max().or(windows[0].1);
        any.filter(|reset| (self.signed_at..=self.signed_at.saturating_add(RESET_AHEAD_MAX_S)).contains(reset))
    }

    fn clock_off_s(&self) -> Option<i64> {
        let date = jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(self.header("date")?).ok()?;
        let off = i64::try_from(self.signed_at).ok()?.checked_sub(date.as_second())?;
        (off.abs() > CLOCK_OFF_MAX_S).then_some(off)
    }
}

/// Words of X, short and without hostile characters.
pub fn plain(said: &str) -> String {
    let clean: String = said.chars().map(|c| if c.is_control() { ' ' } else { c }).take(TEXT_CHARS_MAX).collect();
    clean.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The parts of an error body that decide.
struct Problem {
    /// The path of `type`: `/2/problems/credits`.
    kind: String,
    /// All that is said.
    text: String,
    /// Names of wrong parameters.
    parameters: String,
}

impl Problem {
    fn of(reply: &Reply) -> Self {
        let json = reply.json().unwrap_or_default();
        let kind = json["type"].as_str().and_then(|kind| Url::parse(kind).ok()).map(|kind| kind.path().to_owned());
        let errors: &[Value] = json["errors"].as_array().map_or(&[], Vec::as_slice);
        let own = errors.iter().take(5).filter_map(|error| error["message"].as_str().or(error["detail"].as_str()));
        let general = json["detail"].as_str().or(json["title"].as_str()).or(json["error_description"].as_str());
        let text: Vec<&str> = own.chain(general).collect();
        let names = errors.iter().take(5).filter_map(|error| error["parameters"].as_object());
        let parameters = names.flat_map(|names| names.keys().map(String::as_str)).collect::<Vec<_>>().join(" ");
        Self { kind: kind.unwrap_or_default(), text: text.join(" "), parameters }
    }

    fn says(&self, words: &str) -> bool {
        self.text.to_lowercase().contains(words)
    }
}
