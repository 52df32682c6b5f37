//! What can go wrong with Flickr, in sentences and with what to do now.
//!
//! Invariant: one variant per thing to do, and no secret in any text. Absent: retries; an error that gets here is final for
//! this run.

use crate::error::{Code, Error};
use crate::http::HttpError;

/// Why Flickr did not give what was asked for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FlickrError {
    /// Code 100.
    #[error("Flickr does not accept the API key ({message})")]
    KeyDead { message: String },
    /// Code 96, `signature_invalid`: the API secret does not belong to the key.
    #[error("Flickr does not accept the signature: the API key or its secret is wrong ({message})")]
    SecretWrong { message: String },
    /// The code of a login was mistyped, used before, or is too old.
    #[error("The code was not accepted ({why})")]
    CodeRefused { why: String },
    /// Codes 97, 98, HTTP 401, or no login where one is needed.
    #[error("Flickr does not accept the login ({why})")]
    SignInAgain { why: String },
    /// Code 99.
    #[error("Flickr says this login may not do that ({message})")]
    NoPermission { message: String },
    #[error("Flickr does not know {what}")]
    NotFound { what: String },
    #[error("Flickr cannot be reached: {why}")]
    Unreachable { why: String },
    #[error("Flickr refused the request with code {code} ({message})")]
    Refused { code: i64, message: String },
    #[error("Flickr answered something that cannot be read ({why})")]
    Malformed { why: String },
    #[error("Pierrot has used up the calls it allows itself; the next one is free in {minutes} min")]
    AllowanceSpent { minutes: u64 },
    #[error("{0}")]
    NotAllowed(HttpError),
}

const TAKEN_BACK: &str = "what you allowed was taken back";

impl FlickrError {
    /// What an `oauth_problem` of HTTP 401 is about; empty where there is none.
    pub(super) fn of_oauth(problem: &str) -> Self {
        let why = match problem {
            "consumer_key_unknown" | "consumer_key_rejected" | "consumer_key_refused" => {
                return Self::KeyDead { message: "it does not know it".into() };
            }
            "signature_invalid" => return Self::SecretWrong { message: "the two do not belong together".into() },
            "token_rejected" | "token_revoked" | "permission_denied" => TAKEN_BACK,
            "token_expired" => "it is too old",
            "token_used" | "nonce_used" => "it was used before",
            "timestamp_refused" => "the timestamp is off",
            "verifier_invalid" => "the code is wrong",
            "" => "it gives no reason",
            other => return Self::SignInAgain { why: other.replace('_', " ") },
        };
        Self::SignInAgain { why: why.into() }
    }

    pub fn code(&self) -> Code {
        match self {
            Self::KeyDead { .. }
            | Self::SecretWrong { .. }
            | Self::CodeRefused { .. }
            | Self::SignInAgain { .. }
            | Self::NoPermission { .. } => Code::SignInAgain,
            Self::NotFound { .. } | Self::NotAllowed(_) => Code::FixSettings,
            Self::Unreachable { .. } | Self::Malformed { .. } | Self::AllowanceSpent { .. } => Code::TryLater,
            Self::Refused { .. } => Code::Failed,
        }
    }

    /// One sentence: the next step.
    pub fn what_now(&self) -> String {
        match self {
            Self::KeyDead { .. } => {
                "Look at your key on https://www.flickr.com/services/apps/, then store it with `pierrot secret set \
                 flickr.api_key`."
            }
            Self::SecretWrong { .. } => {
                "Compare both with https://www.flickr.com/services/apps/, then store them with `pierrot secret set \
                 flickr.api_key` and `pierrot secret set flickr.api_secret`."
            }
            Self::CodeRefused { .. } => "Compare it with Flickr's page; if it stays refused, begin again with `pierrot login flickr`: each code works once.",
            Self::SignInAgain { why } if why.contains("timestamp") => "Set the clock of this computer, then try again.",
            Self::SignInAgain { .. } => "Sign in again with `pierrot login flickr`.",
            Self::NoPermission { .. } => "Sign in with `pierrot login flickr` and allow Pierrot to read your photos.",
            Self::NotFound { .. } => "Correct `user` under [flickr] in config.toml, or the id you asked for.",
            Self::Unreachable { .. } => "Check the network, or try again in a while; Pierrot goes on where it stopped.",
            Self::Malformed { .. } => "Try again in a while; if it stays so, please report it.",
            Self::AllowanceSpent { .. } => "Try again later; Pierrot goes on where it stopped.",
            Self::Refused { .. } => "Try again tomorrow; if it stays so, please report it with the code.",
            Self::NotAllowed(_) => "Correct `api_url` under [flickr] in config.toml.",
        }
        .to_owned()
    }

    /// The same failure, where only the code that was typed can be at fault.
    pub(super) fn about_code(self) -> Self {
        match self {
            // Nobody took back what was never given.
            Self::SignInAgain { why } if why == TAKEN_BACK => {
                Self::CodeRefused { why: "it is wrong, too old or was used before".into() }
            }
            Self::SignInAgain { why } => Self::CodeRefused { why },
            Self::Refused { .. }
            | Self::KeyDead { .. }
            | Self::SecretWrong { .. }
            | Self::CodeRefused { .. }
            | Self::NoPermission { .. }
            | Self::NotFound { .. }
            | Self::Unreachable { .. }
            | Self::Malformed { .. }
            | Self::AllowanceSpent { .. }
            | Self::NotAllowed(_) => self,
        }
    }

    /// The same failure, where its code means that the account of the settings does not exist.
    pub(super) fn about_user(self, user: &str, codes: &[i64]) -> Self {
        match &self {
            Self::Refused { code, .. } if codes.contains(code) => {
                Self::NotFound { what: format!("the account \"{}\"", super::text::line(user)) }
            }
            Self::Refused { .. }
            | Self::KeyDead { .. }
            | Self::SecretWrong { .. }
            | Self::CodeRefused { .. }
            | Self::SignInAgain { .. }
            | Self::NoPermission { .. }
            | Self::NotFound { .. }
            | Self::Unreachable { .. }
            | Self::Malformed { .. }
            | Self::AllowanceSpent { .. }
            | Self::NotAllowed(_) => self,
        }
    }
}

impl From<FlickrError> for Error {
    fn from(error: FlickrError) -> Self {
        Self::new(error.code(), format!("{error}."), error.what_now())
    }
}
