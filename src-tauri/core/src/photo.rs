//! One picture of the photographer and its facts, as every source tells them.
//!
//! Invariant: a `PhotoId` is 1 to 40 ASCII letters, digits, `-` or `_`, so it may stand in file names, keys and addresses.
//! Deliberately absent: where the bytes are today (asked at the source right before use) and what was published (the log).

use std::{borrow::Borrow, fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// The bare id a source gives to a photo, for example `53572261016`.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ts_rs::TS)]
#[serde(try_from = "String", into = "String")]
#[ts(type = "string")]
pub struct PhotoId(Box<str>);

/// Text that cannot be a photo id.
#[derive(Debug, thiserror::Error)]
#[error("\"{0}\" is not a photo id: an id is the number in the photo's address on Flickr, like 53572261016")]
pub struct BadPhotoId(String);

impl PhotoId {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for PhotoId {
    type Err = BadPhotoId;

    fn from_str(text: &str) -> Result<Self, BadPhotoId> {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        if text.is_empty() || text.len() > 40 || !text.bytes().all(plain) {
            return Err(BadPhotoId(text.chars().take(40).collect()));
        }
        Ok(Self(text.into()))
    }
}

impl TryFrom<String> for PhotoId {
    type Error = BadPhotoId;

    fn try_from(text: String) -> Result<Self, BadPhotoId> {
        text.parse()
    }
}

impl From<PhotoId> for String {
    fn from(id: PhotoId) -> Self {
        id.0.into()
    }
}

impl Borrow<str> for PhotoId {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PhotoId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl fmt::Debug for PhotoId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

/// Who may see a photo on Flickr.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Privacy {
    Public,
    Friends,
    Family,
    FriendsAndFamily,
    Private,
}

impl Privacy {
    pub fn from_flags(public: bool, friends: bool, family: bool) -> Self {
        match (public, friends, family) {
            (true, _, _) => Self::Public,
            (false, true, true) => Self::FriendsAndFamily,
            (false, true, false) => Self::Friends,
            (false, false, true) => Self::Family,
            (false, false, false) => Self::Private,
        }
    }
}

/// What a row of a source is; only a ready `Photo` is ever picked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Media {
    Photo,
    /// Uploaded, still being processed by the source.
    NotReady,
    Video,
    /// A kind this version does not know: kept, never picked.
    Other,
}

/// The 2048 px picture of the first Pierrot's documents (`url`, `width`, `height`); absent when the source has none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Large {
    pub url: String,
    pub width: u32,
    pub height: u32,
}

/// The facts of one photo. Times are seconds since 1970 (UTC) except `taken`, which has no zone (`2013-10-06 14:06:41`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Photo {
    pub id: PhotoId,
    pub title: String,
    /// As the source gives it, possibly with HTML; render as text only.
    pub description: String,
    pub tags: Vec<String>,
    pub owner: String,
    pub owner_alias: Option<String>,
    pub server: String,
    pub secret: String,
    pub original_secret: Option<String>,
    pub original_format: Option<String>,
    /// 0 when the source does not tell.
    pub original_width: u32,
    pub original_height: u32,
    pub large: Option<Large>,
    pub uploaded_at: i64,
    pub updated_at: i64,
    pub taken: Option<String>,
    /// Flickr's granularity: 0 exact, 4 month, 6 year, 8 circa.
    pub taken_granularity: u8,
    pub license: u8,
    /// Degrees; absent when the photo has no place.
    pub place: Option<(f64, f64)>,
    pub privacy: Privacy,
    pub media: Media,
    /// 0 safe, 1 moderate, 2 restricted; absent when lists do not tell.
    pub safety: Option<u8>,
}

impl Photo {
    /// The page of the photo for people; a trailing slash as Flickr writes it.
    pub fn page_url(&self) -> String {
        let who = self.owner_alias.as_deref().filter(|alias| !alias.is_empty()).unwrap_or(&self.owner);
        format!("https://www.flickr.com/photos/{who}/{}/", self.id)
    }

    /// Width in hundredths of the height, as the picture is shown: 20 to 1000, and 100 when the source does not tell.
    pub fn ratio(&self) -> u16 {
        let original = (self.original_width, self.original_height);
        let large = self.large.as_ref().map(|large| (large.width, large.height));
        let sides = [large.unwrap_or_default(), original].into_iter().find(|(width, height)| *width > 0 && *height > 0);
        let hundredths = sides.map_or(100, |(width, height)| u64::from(width) * 100 / u64::from(height));
        u16::try_from(hundredths.clamp(20, 1000)).expect("clamped")
    }

    /// Width and height of the original as it is shown; of the large size where the source does not tell it; 0 where of none. An
    /// original may lie on its side, the large size never does.
    pub fn size(&self) -> (u32, u32) {
        let original = (self.original_width, self.original_height);
        let large = self.large.as_ref().map(|large| (large.width, large.height)).unwrap_or_default();
        let lies = (original.0 > original.1) != (large.0 > large.1) && large.0 != large.1;
        match (original, large) {
            ((0, 0), large) => large,
            ((width, height), large) if lies && large != (0, 0) => (height, width),
            (original, _) => original,
        }
    }

    /// Changes when the picture does: another picture has another secret or lies on another server.
    pub fn picture_key(&self) -> u64 {
        let digest = Sha256::digest(format!("{}/{}", self.server, self.secret));
        let mut first = [0; 8];
        first.copy_from_slice(&digest[..8]);
        u64::from_be_bytes(first)
    }

    /// Whether the photographer would see a difference; comments and views move `updated_at` without one.
    pub fn differs(&self, other: &Self) -> bool {
        let settled = |photo: &Self| Self { updated_at: 0, safety: None, ..photo.clone() };
        settled(self) != settled(other)
    }
}

/// A picture's key as it stands in addresses and cells.
pub fn key_text(key: u64) -> String {
    format!("{key:016x}")
}

/// A public photo with nothing to tell, for tests to fill in.
#[cfg(test)]
pub(crate) fn plain_photo(id: &str) -> Photo {
    Photo {
        id: id.parse().expect("an id"),
        title: String::new(),
        description: String::new(),
        tags: Vec::new(),
        owner: "1@N01".into(),
        owner_alias: None,
        server: "65535".into(),
        secret: "s".into(),
        original_secret: None,
        original_format: None,
        original_width: 0,
        original_height: 0,
        large: None,
        uploaded_at: 0,
        updated_at: 0,
        taken: None,
        taken_granularity: 0,
        license: 0,
        place: None,
        privacy: Privacy::Public,
        media: Media::Photo,
        safety: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_may_stand_in_a_file_name() {
        for (text, good) in [("53572261016", true), ("a_b-1", true), ("", false), ("../x", false), ("1 2", false)] {
            assert_eq!(text.parse::<PhotoId>().is_ok(), good, "{text:?}");
        }
        assert!("1".repeat(41).parse::<PhotoId>().is_err(), "bounded, it is a key");
    }

    #[test]
    fn a_portrait_whose_original_lies_on_its_side_stands() {
        let size = |original: (u32, u32), large: (u32, u32)| {
            let url = String::new();
            let large = (large != (0, 0)).then_some(Large { url, width: large.0, height: large.1 });
            let (original_width, original_height) = original;
            Photo { original_width, original_height, large, ..plain_photo("1") }.size()
        };
        assert_eq!(size((4000, 3000), (1536, 2048)), (3000, 4000));
        assert_eq!(size((4000, 3000), (2048, 1536)), (4000, 3000));
        assert_eq!(size((4000, 4000), (2048, 2048)), (4000, 4000));
        assert_eq!(size((4000, 3000), (0, 0)), (4000, 3000));
        assert_eq!(size((0, 0), (1536, 2048)), (1536, 2048));
        assert_eq!(size((0, 0), (0, 0)), (0, 0));
    }
}
