//! What an S3 failure means: sent or not, believed or not, and in which words.
//!
//! Invariant: only proof that no byte was sent makes a failed create certain; whatever is unknown is `Created::Unsure`.
//! Texts of servers are cut, freed of control characters and of the access key before anybody sees them.

use std::error::Error;
use std::io::{self, ErrorKind};

use aws_sdk_s3::config::http::HttpResponse;
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};

use super::{Created, StoreError};

/// Longest text of a server that is shown, in characters.
const WORDS_MAX: usize = 200;

/// Whose failure it is.
#[derive(Debug)]
pub(super) struct Subject {
    pub at: String,
    pub access_key_id: String,
}

/// A failed request.
#[derive(Debug)]
pub(super) struct Trouble {
    at: String,
    /// HTTP status, if there was an answer.
    status: Option<u16>,
    /// S3's own error code, if the answer had one.
    code: String,
    why: String,
    /// Proof that nothing reached the store.
    unsent: bool,
}

impl Trouble {
    pub fn new<E>(subject: Subject, error: &SdkError<E, HttpResponse>) -> Self
    where
        E: ProvideErrorMetadata + Error + 'static,
    {
        let status = error.raw_response().map(|answer| answer.status().as_u16());
        let code = error.code().unwrap_or_default().to_owned();
        let why = match (status, error.message()) {
            (Some(status), Some(message)) => format!("{status} {code}: {message}"),
            (Some(status), None) if code.is_empty() => format!("{status}, not an answer of S3"),
            (Some(status), None) => format!("{status} {code}"),
            (None, _) => innermost(error),
        };
        Self { at: subject.at, status, code, why: words(&why, &subject.access_key_id), unsent: is_unsent(error) }
    }

    /// What became of a create.
    pub fn of_create(self) -> Result<Created, StoreError> {
        match self.status {
            Some(412 | 304) => Ok(Created::Exists),
            Some(501) => Err(StoreError::CannotCreateOnce { at: self.at, why: self.why }),
            None if self.unsent => Err(self.into_error()),
            None | Some(200..=299 | 408 | 409 | 429 | 500..) => Ok(Created::Unsure(self.why)),
            Some(_) if self.code == "RequestTimeout" => Ok(Created::Unsure(self.why)),
            Some(_) => Err(self.into_error()),
        }
    }

    /// Absent only by S3's own word; a 404 of something else says nothing about the record.
    pub fn of_read<T>(self) -> Result<Option<T>, StoreError> {
        if self.status == Some(404) && self.code == "NoSuchKey" { Ok(None) } else { Err(self.into_error()) }
    }

    pub fn into_error(self) -> StoreError {
        let Self { at, why, status, code, .. } = self;
        match (status, code.as_str()) {
            (_, "NoSuchBucket") => StoreError::Missing { at, why },
            (_, "RequestTimeTooSkewed") => StoreError::WrongClock { at, why },
            (_, "QuotaExceeded") | (Some(507), _) => StoreError::Full { at, why },
            (_, "AuthorizationHeaderMalformed" | "PermanentRedirect") | (Some(301 | 307 | 308), _) => {
                StoreError::Settings { why: format!("{at} is in another region or at another endpoint ({why})") }
            }
            (Some(401 | 403), _) => StoreError::Denied { at, why },
            (None | Some(408 | 429 | 500 | 502..), _) | (_, "RequestTimeout") => StoreError::Unreachable { at, why },
            (Some(_), _) => StoreError::Other { at, why },
        }
    }
}

/// The connection was never there, so the request cannot have been carried out.
fn is_unsent<E>(error: &SdkError<E, HttpResponse>) -> bool {
    if matches!(error, SdkError::ConstructionFailure(_)) {
        return true;
    }
    let SdkError::DispatchFailure(failure) = error else { return false };
    let Some(failure) = failure.as_connector_error() else { return false };
    chain(failure).any(|cause| {
        let refused =
            cause.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == ErrorKind::ConnectionRefused);
        // hyper-util's own word for an error before the connection stood; its type is not in the SDK's interface.
        refused || cause.to_string() == "client error (Connect)"
    })
}

fn chain<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    const DEPTH_MAX: usize = 20;
    std::iter::successors(Some(error), |error| <&'a (dyn Error + 'static)>::clone(error).source()).take(DEPTH_MAX)
}

/// The first cause, which is the part that helps a person.
pub(super) fn innermost(error: &(dyn Error + 'static)) -> String {
    chain(error).last().map(ToString::to_string).unwrap_or_default()
}

fn words(text: &str, access_key_id: &str) -> String {
    let text = if access_key_id.is_empty() { text.to_owned() } else { text.replace(access_key_id, "...") };
    text.chars().map(|symbol| if symbol.is_control() { ' ' } else { symbol }).take(WORDS_MAX).collect()
}
