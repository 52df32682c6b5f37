//! What opens Flickr: the app's key, the account's token; and which kinds of content to ask for.
//!
//! Invariant: a secret cannot be printed; whoever needs one says `reveal`. Absent: where secrets are kept.

use std::str::FromStr;

use crate::oauth;
use crate::secrets::Sensitive;

/// The keys as the photographer gave them; the key alone sees public photos, all four see everything.
#[derive(Clone, Debug)]
pub struct FlickrKeys {
    pub api_key: Sensitive,
    pub api_secret: Option<Sensitive>,
    pub token: Option<Sensitive>,
    pub token_secret: Option<Sensitive>,
}

impl FlickrKeys {
    /// The four keys for signing, when all are there.
    pub(super) fn signed(&self) -> Option<oauth::Keys<'_>> {
        Some(oauth::Keys {
            consumer_key: self.api_key.reveal(),
            consumer_secret: self.api_secret.as_ref()?.reveal(),
            token: Some(self.token.as_ref()?.reveal()),
            token_secret: Some(self.token_secret.as_ref()?.reveal()),
        })
    }

    /// A text from the server with every secret blotted out.
    pub(super) fn hide(&self, text: &str) -> String {
        let secrets = [Some(&self.api_key), self.api_secret.as_ref(), self.token.as_ref(), self.token_secret.as_ref()];
        let long = secrets.into_iter().flatten().map(Sensitive::reveal).filter(|secret| secret.len() >= 4);
        long.fold(text.to_owned(), |text, secret| text.replace(secret, "***"))
    }
}

/// Which kinds of content to ask for: `photos`, `screenshots`, `other`, `virtual`, several with commas, or `all`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContentTypes(Vec<u8>);

/// A word that names no kind of content.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is not a kind of content: use photos, screenshots, other, virtual (several with commas) or all")]
pub struct BadContentType(String);

const WORDS: [&str; 4] = ["photos", "screenshots", "other", "virtual"];

impl Default for ContentTypes {
    fn default() -> Self {
        Self(vec![0])
    }
}

impl ContentTypes {
    /// As Flickr's `content_types` wants it.
    pub(super) fn as_param(&self) -> String {
        let numbers: Vec<_> = self.0.iter().map(u8::to_string).collect();
        numbers.join(",")
    }
}

impl FromStr for ContentTypes {
    type Err = BadContentType;

    fn from_str(text: &str) -> Result<Self, BadContentType> {
        if text.trim() == "all" {
            return Ok(Self(vec![0, 1, 2, 3]));
        }
        let number = |word: &str| (0u8..).zip(WORDS).find(|(_, known)| *known == word).map(|(number, _)| number);
        let numbers: Result<Vec<u8>, _> = text
            .split(',')
            .map(|word| number(word.trim()).ok_or_else(|| BadContentType(word.trim().chars().take(40).collect())))
            .collect();
        let mut numbers = numbers?;
        numbers.sort_unstable();
        numbers.dedup();
        Ok(Self(numbers))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_of_content_are_words_outside_and_numbers_inside() {
        for (text, param) in [
            ("photos", Some("0")),
            ("all", Some("0,1,2,3")),
            ("other, photos,other", Some("0,2")),
            ("virtual", Some("3")),
            ("", None),
            ("photo", None),
            ("photos,", None),
        ] {
            assert_eq!(text.parse::<ContentTypes>().ok().map(|types| types.as_param()).as_deref(), param, "{text:?}");
        }
    }

    #[test]
    fn a_key_cannot_be_printed() {
        let keys = FlickrKeys {
            api_key: Sensitive::new("canary-key"),
            api_secret: Some(Sensitive::new("canary-secret")),
            token: None,
            token_secret: None,
        };
        assert!(!format!("{keys:?} {keys:#?}").contains("canary"));
        assert_eq!(keys.hide("no canary-key here"), "no *** here");
    }
}
