//! Pictures of photos: which size to take, and getting its bytes.
//!
//! Invariant: only bytes that begin like a picture leave here, at most as many as asked for, and only from the hosts of
//! [`reach`]. One try each: the caller goes on with the next size. Absent: decoding, caching.

use reqwest::header::CONTENT_TYPE;
use url::Url;

use crate::error::Code;
use crate::http::{self, Client, HttpError, Reach};
use crate::sources::flickr::Size;

/// The most bytes a picture may have.
pub const PICTURE_BYTES_MAX: usize = 64 << 20;
/// Below this a smaller picture is no substitute.
const SIDE_USEFUL_MIN: u32 = 640;

/// Where pictures come from: Flickr's static hosts, or this computer when the API is on it.
pub fn reach(api_url: &Url) -> Reach {
    match Reach::of(api_url) {
        Ok(Reach::Loopback) => Reach::Loopback,
        Ok(Reach::Public(_)) | Err(_) => Reach::Public(vec!["staticflickr.com".to_owned()]),
    }
}

/// The sizes to try, best first: the smallest whose long side reaches `side_max`, else the largest; then the next smaller.
///
/// Videos and square crops never; the original only when no other size reaches `side_max` and it is larger than they are.
pub fn best(sizes: &[Size], side_max: u32) -> Vec<Size> {
    let usable = sizes.iter().filter(|size| size.is_picture && !size.label.contains("Square") && can_be_read(size));
    let (originals, mut made): (Vec<Size>, Vec<Size>) = usable.cloned().partition(|size| size.label == "Original");
    made.sort_by_key(side);
    let enough = made.iter().position(|size| side(size) >= side_max);
    let original = originals
        .into_iter()
        .next()
        .filter(|original| enough.is_none() && made.last().is_none_or(|largest| side(original) > side(largest)));
    made.truncate(enough.map_or(made.len(), |at| at + 1));
    let all: Vec<Size> = original.into_iter().chain(made.into_iter().rev()).collect();
    all.into_iter()
        .enumerate()
        .filter(|(at, size)| *at == 0 || side(size) >= SIDE_USEFUL_MIN)
        .map(|(_, size)| size)
        .collect()
}

fn side(size: &Size) -> u32 {
    size.width.max(size.height)
}

fn can_be_read(size: &Size) -> bool {
    let path = size.url.split(['?', '#']).next().unwrap_or_default().to_ascii_lowercase();
    [".jpg", ".jpeg", ".png", ".gif", ".webp"].iter().any(|end| path.ends_with(end))
}

/// Why there are no bytes.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PictureFetchError {
    /// Deleted, made private, or replaced: ask the source for its sizes again.
    #[error("the picture is no longer at its address")]
    Gone,
    /// Take a smaller size, and leave this host alone for a while.
    #[error("the picture's server asks for a pause")]
    TooMany { wait_s: Option<u64> },
    #[error("the picture's address gives something else ({found})")]
    NotAPicture { found: String },
    #[error("the picture arrived incomplete")]
    Broken,
    #[error("the picture has more than {cap} bytes")]
    TooLarge { cap: usize },
    #[error("Pierrot does not fetch pictures from {0}")]
    NotAllowed(String),
    #[error("the picture cannot be fetched: {0}")]
    Unreachable(HttpError),
}

impl PictureFetchError {
    pub fn code(&self) -> Code {
        match self {
            Self::TooMany { .. } | Self::Broken | Self::Unreachable(_) => Code::TryLater,
            Self::Gone | Self::NotAPicture { .. } | Self::TooLarge { .. } | Self::NotAllowed(_) => Code::Failed,
        }
    }
}

/// Fetches one picture, once; `client` is made with [`http::Kind::Pictures`] and [`reach`].
pub async fn download(client: &Client, address: &str, cap: usize) -> Result<Vec<u8>, PictureFetchError> {
    let address = Url::parse(address).map_err(|_| PictureFetchError::NotAllowed("a broken address".to_owned()))?;
    let response = client.get(&address).await.map_err(|error| from_http(error, cap))?;
    let status = response.status().as_u16();
    match status {
        200 => {}
        403 | 404 | 410 => return Err(PictureFetchError::Gone),
        429 => {
            return Err(PictureFetchError::TooMany { wait_s: http::retry_after(&response).map(|wait| wait.as_secs()) });
        }
        _ => {
            let host = address.host_str().unwrap_or_default().to_owned();
            return Err(PictureFetchError::Unreachable(HttpError::Status { host, status, snippet: String::new() }));
        }
    }
    if response.url() != &address && response.url().path().contains("unavailable") {
        return Err(PictureFetchError::Gone);
    }
    let kind = response.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default().to_owned();
    let announced = response.content_length();
    let bytes = http::read_capped(response, cap).await.map_err(|error| from_http(error, cap))?;
    if bytes.is_empty() && announced.is_none_or(|announced| announced == 0) {
        return Err(PictureFetchError::NotAPicture { found: "an empty file".to_owned() });
    }
    if announced.is_some_and(|announced| announced != bytes.len() as u64) {
        return Err(PictureFetchError::Broken);
    }
    let picture_kind = kind.is_empty() || kind.starts_with("image/") || kind.starts_with("application/octet-stream");
    if picture_kind && begins_like_a_picture(&bytes) {
        Ok(bytes)
    } else {
        let found =
            if picture_kind { http::snippet(&bytes[..bytes.len().min(40)]) } else { http::snippet(kind.as_bytes()) };
        Err(PictureFetchError::NotAPicture { found })
    }
}

fn begins_like_a_picture(bytes: &[u8]) -> bool {
    let webp = bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP");
    let starts: [&[u8]; 4] = [b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF87a", b"GIF89a"];
    webp || starts.iter().any(|start| bytes.starts_with(start))
}

fn from_http(error: HttpError, cap: usize) -> PictureFetchError {
    match error {
        HttpError::NotAllowed(place) => PictureFetchError::NotAllowed(place),
        HttpError::TooLarge { .. } => PictureFetchError::TooLarge { cap },
        HttpError::Lost { .. } => PictureFetchError::Broken,
        HttpError::Unreachable { .. } | HttpError::TooSlow { .. } | HttpError::Status { .. } | HttpError::Start(_) => {
            PictureFetchError::Unreachable(error)
        }
    }
}

#[cfg(test)]
#[path = "pictures_test.rs"]
mod tests;
