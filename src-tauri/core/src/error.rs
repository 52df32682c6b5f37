//! What went wrong, in words for a person and in one coarse code for deciding.
//!
//! Invariant: nobody reads message text to decide; a `Code` exists only because somebody branches on it.
//! Modules keep their own precise errors; at the handle they become this one. No secret ever enters a message.

use serde::{Deserialize, Serialize};

/// What should happen next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum Code {
    /// It passes by itself: network, rate limit, record unreachable.
    TryLater,
    /// A login or a secret is missing or no longer good.
    SignInAgain,
    /// Only the photographer can decide or pay.
    AskPhotographer,
    /// The command or the settings are wrong.
    FixSettings,
    /// The record was written by a newer Pierrot.
    NewerVersionNeeded,
    /// This cannot be done as asked, now or later.
    Failed,
}

impl Code {
    /// The word programs read.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::TryLater => "try_later",
            Self::SignInAgain => "sign_in_again",
            Self::AskPhotographer => "ask_photographer",
            Self::FixSettings => "fix_settings",
            Self::NewerVersionNeeded => "newer_version_needed",
            Self::Failed => "failed",
        }
    }
}

/// An error a person can act on: what happened and why, and what to do now.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Error {
    pub code: Code,
    /// One or two sentences: what happened, and why.
    pub message: String,
    /// One sentence: the next step.
    pub what_now: String,
    /// The other side said that nothing else will help before this time.
    pub not_before: Option<jiff::Timestamp>,
}

pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    pub fn new(code: Code, message: impl Into<String>, what_now: impl Into<String>) -> Self {
        Self { code, message: message.into(), what_now: what_now.into(), not_before: None }
    }

    pub fn failed(message: impl Into<String>, what_now: impl Into<String>) -> Self {
        Self::new(Code::Failed, message, what_now)
    }

    pub fn try_later(message: impl Into<String>, what_now: impl Into<String>) -> Self {
        Self::new(Code::TryLater, message, what_now)
    }

    pub fn settings(message: impl Into<String>, what_now: impl Into<String>) -> Self {
        Self::new(Code::FixSettings, message, what_now)
    }
}

impl From<crate::http::HttpError> for Error {
    fn from(error: crate::http::HttpError) -> Self {
        let passing = error.is_retryable();
        let code = if passing { Code::TryLater } else { Code::Failed };
        let what_now = if passing { "Try again later." } else { "Check the addresses in config.toml." };
        Self::new(code, format!("{error}."), what_now)
    }
}
