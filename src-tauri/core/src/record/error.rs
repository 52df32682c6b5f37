//! Why a record store could not do what was asked, in words that name the record.
//!
//! Invariant: every `Display` is one sentence for a person and holds no secret; `code` is what programs branch on.

use crate::error::{Code, Error};

/// `at` is the record's address as a person knows it, `why` the store's own words.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    #[error("The record at {at} cannot be reached ({why}).")]
    Unreachable { at: String, why: String },
    #[error("It is unknown whether {name} was written to the record at {at} ({why}).")]
    Unsettled { at: String, name: String, why: String },
    #[error("The record at {at} does not accept Pierrot's keys ({why}).")]
    Denied { at: String, why: String },
    #[error("The record at {at} refuses Pierrot because this computer's clock is wrong ({why}).")]
    WrongClock { at: String, why: String },
    #[error("The record at {at} does not exist ({why}).")]
    Missing { at: String, why: String },
    #[error("There is no room left for the record at {at} ({why}).")]
    Full { at: String, why: String },
    #[error("The record at {at} cannot be written to ({why}).")]
    ReadOnly { at: String, why: String },
    #[error("{name} in the record at {at} is larger than the {bytes_max} bytes Pierrot reads.")]
    TooLarge { at: String, name: String, bytes_max: u64 },
    #[error("The record at {at} cannot create a file only if it is absent ({why}).")]
    CannotCreateOnce { at: String, why: String },
    #[error("The settings of the record are wrong: {why}.")]
    Settings { why: String },
    #[error("The record at {at} failed ({why}).")]
    Other { at: String, why: String },
}

impl StoreError {
    pub(super) fn other(at: &str, why: impl Into<String>) -> Self {
        Self::Other { at: at.to_owned(), why: why.into() }
    }

    pub(super) fn unreachable(at: &str, why: impl Into<String>) -> Self {
        Self::Unreachable { at: at.to_owned(), why: why.into() }
    }

    /// What should happen next.
    pub fn code(&self) -> Code {
        match self {
            Self::Unreachable { .. } | Self::Unsettled { .. } => Code::TryLater,
            Self::Denied { .. } => Code::SignInAgain,
            Self::Missing { .. } | Self::CannotCreateOnce { .. } | Self::Settings { .. } => Code::FixSettings,
            Self::WrongClock { .. }
            | Self::Full { .. }
            | Self::ReadOnly { .. }
            | Self::TooLarge { .. }
            | Self::Other { .. } => Code::Failed,
        }
    }

    /// The next step, one sentence for a person.
    pub fn what_now(&self) -> String {
        match self {
            Self::Unreachable { .. } => {
                "Connect the drive or the network it is on, or name the right place in [record] of config.toml. What is scheduled \
                 is tried again by itself; nothing is published before."
            }
            Self::Unsettled { .. } => "Pierrot finds out at the next try; nothing is published before.",
            Self::Denied { .. } => {
                "Set s3.access_key_id and s3.secret_access_key again with `pierrot secret set`; \
                 the keys need ListBucket, GetObject and PutObject."
            }
            Self::WrongClock { .. } => "Set this computer's clock, best by the internet, and try again.",
            Self::Missing { .. } => "Create it, or correct [record] in config.toml.",
            Self::Full { .. } => "Make room and try again.",
            Self::ReadOnly { .. } => {
                "Allow Pierrot to write there, or choose another place in [record] of config.toml."
            }
            Self::TooLarge { .. } => "Run `pierrot check`; something else may have written that file.",
            Self::CannotCreateOnce { .. } => {
                "Use this record from one computer only, or choose another store; see `pierrot probe`."
            }
            Self::Settings { .. } => "Correct [record] in config.toml.",
            Self::Other { .. } => "See whether that place can be read and written, then try again.",
        }
        .to_owned()
    }
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        Self::new(error.code(), error.to_string(), error.what_now())
    }
}
