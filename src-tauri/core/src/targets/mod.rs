//! Accounts Pierrot publishes to; each kind of target is one module. Here: what their errors mean to a photographer.

pub mod x;

use crate::error::{Code, Error};
use x::{Refusal, XError};

/// A target's name as people write it.
pub fn title(name: &str) -> &str {
    match name {
        "x" => "X",
        "bluesky" => "Bluesky",
        "mastodon" => "Mastodon",
        other => other,
    }
}

impl XError {
    pub fn code(&self) -> Code {
        match self {
            Self::Unreachable(_) => Code::TryLater,
            Self::Refused(refusal) => refusal.code(),
            Self::Malformed(_) => Code::TryLater,
        }
    }

    /// Whether the same call may work in a moment.
    pub fn is_passing(&self) -> bool {
        matches!(self, Self::Unreachable(_) | Self::Malformed(_))
    }
}

impl Refusal {
    pub fn code(&self) -> Code {
        match self {
            Self::SignIn { .. } => Code::SignInAgain,
            Self::OutOfCredit | Self::SpendCap | Self::Forbidden(_) => Code::AskPhotographer,
            Self::RateLimited { .. } | Self::NotThere(_) => Code::TryLater,
            Self::MediaInvalid(_) | Self::Invalid(_) => Code::Failed,
        }
    }

    /// When a limit that is used up begins anew.
    fn not_before(&self) -> Option<jiff::Timestamp> {
        match self {
            Self::RateLimited { reset_at } => jiff::Timestamp::from_second(i64::try_from((*reset_at)?).ok()?).ok(),
            Self::SignIn { .. }
            | Self::OutOfCredit
            | Self::SpendCap
            | Self::Forbidden(_)
            | Self::NotThere(_)
            | Self::MediaInvalid(_)
            | Self::Invalid(_) => None,
        }
    }

    fn what_now(&self) -> String {
        match self {
            Self::SignIn { clock_off_s: Some(_) } => "Set this computer's clock, then try again.".into(),
            Self::SignIn { clock_off_s: None } => {
                "Make new keys at console.x.com (with Read and Write), then `pierrot login x` or `pierrot secret set`."
                    .into()
            }
            Self::OutOfCredit => "Buy credit at console.x.com, then publish again.".into(),
            Self::SpendCap => "Raise the limit at console.x.com, or wait for the next month.".into(),
            Self::RateLimited { .. } => match self.not_before() {
                Some(at) => format!(
                    "Try again after {}.",
                    at.to_zoned(jiff::tz::TimeZone::system()).strftime("%H:%M on %-d %B")
                ),
                None => "Try again in a quarter of an hour.".into(),
            },
            Self::Forbidden(why) if why.contains("Project") || why.contains("enrolled") => {
                "Put the app into a Project with access to the API at console.x.com, then publish again.".into()
            }
            Self::Forbidden(_) => {
                "Check the app at console.x.com: it needs Read and Write permission, set before its tokens were made."
                    .into()
            }
            Self::NotThere(_) => {
                "Try again later; if it stays so, see whether `api_url` of this target in config.toml is right.".into()
            }
            Self::MediaInvalid(_) => {
                "Look at the photo's file: replace it on Flickr, or keep it out with `pierrot exclude`.".into()
            }
            Self::Invalid(_) => "Change the photo's title, or keep it out with `pierrot exclude`.".into(),
        }
    }
}

impl From<XError> for Error {
    fn from(error: XError) -> Self {
        let (what_now, not_before) = match &error {
            // Whether something was posted is for the caller to say.
            XError::Unreachable(_) | XError::Malformed(_) => ("Try again later.".into(), None),
            XError::Refused(refusal) => (refusal.what_now(), refusal.not_before()),
        };
        let message = format!("{}.", error.to_string().trim_end_matches('.'));
        Self { not_before, ..Self::new(error.code(), message, what_now) }
    }
}
