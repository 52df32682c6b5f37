//! What a photographer types as caption or alt text, and what of it is kept.
//!
//! Invariant: what is kept is plain text that goes out as it is: a caption that can be seen, of bounded size; keeping it once
//! more changes nothing. An alt text may be empty: the photo then goes out without. Absent: limits of a target.

use super::plain;
use crate::log::Part;

/// More than the longest post of any account; an entry of the log holds it easily.
const CHARS_MAX: usize = 25_000;

/// What the photographer wrote himself for one photo on one target; the template makes what is absent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Written<'a> {
    pub caption: Option<&'a str>,
    pub alt_text: Option<&'a str>,
}

/// Why a text cannot be kept.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TypedError {
    #[error("A caption needs something that can be read.")]
    Nothing,
    #[error("This text has more than {CHARS_MAX} characters, and no post holds that many.")]
    TooLong,
}

/// Makes what was typed the plain text that is kept.
pub fn typed(part: Part, text: &str) -> Result<String, TypedError> {
    if text.chars().nth(CHARS_MAX).is_some() {
        return Err(TypedError::TooLong);
    }
    let text = plain::lines(text);
    match part {
        Part::Caption if text.chars().all(plain::is_unseen) => Err(TypedError::Nothing),
        Part::Caption | Part::AltText => Ok(text),
    }
}
