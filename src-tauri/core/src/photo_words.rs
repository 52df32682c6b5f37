//! Facts of a photo in words: its licence, who may see it, how exact its date is.
//!
//! Invariant: a number that is not known is said to be unknown, never guessed. Absent: sentences about publishing.

use serde::Serialize;
use ts_rs::TS;

use crate::photo::{Media, Privacy};

/// How a photo may be used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct Licence {
    pub words: String,
    /// Where it is written down.
    pub url: Option<String>,
}

/// What a row of the source is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum MediaKind {
    Photo,
    Video,
    /// Uploaded, still being processed by the source.
    NotReady,
    Other,
}

/// How much of a date taken is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum TakenPrecision {
    Exact,
    Month,
    Year,
    Circa,
}

impl From<Media> for MediaKind {
    fn from(media: Media) -> Self {
        match media {
            Media::Photo => Self::Photo,
            Media::NotReady => Self::NotReady,
            Media::Video => Self::Video,
            Media::Other => Self::Other,
        }
    }
}

/// By the numbers of `flickr.photos.licenses.getInfo`.
pub fn licence(number: u8) -> Licence {
    const FLICKR_COMMONS: &str = "https://www.flickr.com/commons/usage/";
    const US_WORK: &str = "https://www.usa.gov/government-copyright";
    const CC0: &str = "https://creativecommons.org/publicdomain/zero/1.0/";
    const PUBLIC_DOMAIN: &str = "https://creativecommons.org/publicdomain/mark/1.0/";
    let (words, url) = match number {
        0 => ("All rights reserved", None),
        1 => return creative_commons("by-nc-sa", "2.0"),
        2 => return creative_commons("by-nc", "2.0"),
        3 => return creative_commons("by-nc-nd", "2.0"),
        4 => return creative_commons("by", "2.0"),
        5 => return creative_commons("by-sa", "2.0"),
        6 => return creative_commons("by-nd", "2.0"),
        7 => ("No known copyright restrictions", Some(FLICKR_COMMONS)),
        8 => ("United States government work", Some(US_WORK)),
        9 => ("Public domain dedication (CC0)", Some(CC0)),
        10 => ("Public domain mark", Some(PUBLIC_DOMAIN)),
        11 => return creative_commons("by", "4.0"),
        12 => return creative_commons("by-sa", "4.0"),
        13 => return creative_commons("by-nd", "4.0"),
        14 => return creative_commons("by-nc", "4.0"),
        15 => return creative_commons("by-nc-sa", "4.0"),
        16 => return creative_commons("by-nc-nd", "4.0"),
        _ => ("A licence this version of Pierrot does not know", None),
    };
    Licence { words: words.to_owned(), url: url.map(str::to_owned) }
}

fn creative_commons(kind: &str, version: &str) -> Licence {
    Licence {
        words: format!("Creative Commons {} {version}", kind.to_uppercase()),
        url: Some(format!("https://creativecommons.org/licenses/{kind}/{version}/")),
    }
}

pub fn privacy(privacy: Privacy) -> &'static str {
    match privacy {
        Privacy::Public => "Public",
        Privacy::Friends => "Friends",
        Privacy::Family => "Family",
        Privacy::FriendsAndFamily => "Friends and family",
        Privacy::Private => "Only you",
    }
}

/// `None` when the source did not tell.
pub fn safety(level: Option<u8>) -> Option<&'static str> {
    level.map(|level| match level {
        0 => "Safe",
        1 => "Moderate",
        _ => "Restricted",
    })
}

pub fn precision(granularity: u8) -> TakenPrecision {
    match granularity {
        0..=3 => TakenPrecision::Exact,
        4 | 5 => TakenPrecision::Month,
        6 | 7 => TakenPrecision::Year,
        _ => TakenPrecision::Circa,
    }
}

/// A fragment like "it is a video" as a sentence.
pub fn sentence(fragment: &str) -> String {
    let mut letters = fragment.trim().chars();
    let first: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
    let rest = letters.as_str();
    let end = if rest.is_empty() || rest.ends_with(['.', '!', '?']) { "" } else { "." };
    format!("{first}{rest}{end}")
}

/// A count as English groups it: `18,000`.
pub fn grouped(count: usize) -> String {
    let digits = count.to_string();
    let mut text = String::new();
    for (at, digit) in digits.char_indices() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_licence_has_its_own_words_and_a_page_where_there_is_one() {
        let all: std::collections::HashSet<String> = (0..=17).map(|number| licence(number).words).collect();
        assert_eq!(all.len(), 18, "no two are called the same");
        assert_eq!(licence(15).words, "Creative Commons BY-NC-SA 4.0");
        assert_eq!(licence(4).url.as_deref(), Some("https://creativecommons.org/licenses/by/2.0/"));
        assert!(licence(0).url.is_none() && licence(200).url.is_none());
        assert!((0..=20).filter_map(|number| licence(number).url).all(|url| url.starts_with("https://")));
    }

    #[test]
    fn a_fragment_becomes_a_sentence() {
        for (fragment, expected) in
            [("it is a video", "It is a video."), ("done.", "Done."), ("", ""), ("ünklar", "Ünklar.")]
        {
            assert_eq!(sentence(fragment), expected);
        }
    }
}
