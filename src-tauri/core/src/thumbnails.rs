//! Small pictures for the gallery: asked for by priority, made from the source's own small sizes, kept on disk.
//!
//! Invariant: whatever is kept here can be deleted at any time; nothing but speed is lost. A replaced photo has another
//! [`Key`], so an old picture is never shown for it. No API call: addresses follow from what the catalogue knows.
//! Absent: the catalogue (the handle hands in photos) and any word on which photos are worth seeing.

mod address;
mod failures;
mod maker;
mod queue;
mod store;

use std::{fmt, path::PathBuf, sync::Arc};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{
    clock::Clock,
    error::{Code, Error},
    http::Client,
    photo::{Photo, PhotoId},
};
use maker::{Maker, Order};
use queue::{Limits, Queue};
pub use store::Store;

/// Part of every key: another number makes every thumbnail anew.
const EDITION: &str = "1";

/// How large a thumbnail is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// For the rows of the gallery: long side 480 pixels.
    Grid,
    /// For one photo on its own: long side 2048 pixels.
    Large,
}

impl Class {
    /// The longest side, in pixels.
    pub const fn side_max(self) -> u32 {
        match self {
            Self::Grid => 480,
            Self::Large => 2048,
        }
    }

    /// The most bytes a picture to make it from may have.
    const fn picture_bytes_max(self) -> usize {
        match self {
            Self::Grid => 8 << 20,
            Self::Large => 32 << 20,
        }
    }

    /// The word in file names and addresses.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Grid => "grid",
            Self::Large => "large",
        }
    }

    fn of(word: &str) -> Option<Self> {
        [Self::Grid, Self::Large].into_iter().find(|class| class.as_str() == word)
    }
}

/// Names one thumbnail of one version of a photo.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key {
    pub photo: PhotoId,
    /// Changes when the picture is replaced at the source.
    pub version: u64,
    pub class: Class,
}

impl Key {
    pub fn of(photo: &Photo, class: Class) -> Self {
        let larger = match class {
            Class::Grid => "",
            Class::Large => photo.large.as_ref().map_or("", |large| address::path(&large.url)),
        };
        let parts = [EDITION, photo.id.as_str(), &photo.server, &photo.secret, larger];
        let digest = Sha256::digest(parts.join("\0"));
        let version = digest.iter().take(8).fold(0, |sum, byte| sum << 8 | u64::from(*byte));
        Self { photo: photo.id.clone(), version, class }
    }

    /// An entity tag (RFC 9110, 8.8.3) that changes whenever the thumbnail does.
    pub fn etag(&self) -> String {
        format!("\"{:016x}-{}\"", self.version, self.class.as_str())
    }
}

impl fmt::Display for Key {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}-{:016x}-{}", self.photo, self.version, self.class.as_str())
    }
}

/// A thumbnail, ready to be shown; always a JPEG.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ThumbnailPicture {
    pub bytes: Arc<[u8]>,
    /// For `ETag` and `If-None-Match`.
    pub etag: String,
}

impl ThumbnailPicture {
    pub const MIME: &'static str = "image/jpeg";
}

/// What the cache holds on disk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ts_rs::TS)]
pub struct ThumbnailCache {
    #[ts(type = "number")]
    pub files: u64,
    #[ts(type = "number")]
    pub bytes: u64,
    /// The most it may hold, in bytes.
    #[ts(type = "number")]
    pub bytes_max: u64,
}

/// Why there is no thumbnail.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ThumbnailError {
    #[error("The catalogue has no photo {0}")]
    Unknown(PhotoId),
    /// Deleted, made private or replaced at the source.
    #[error("The picture is no longer at its source")]
    Gone,
    #[error("The picture cannot be shown: {0}")]
    Unreadable(String),
    #[error("The picture cannot be fetched now: {why}")]
    TryLater {
        why: String,
        /// Seconds for which its server wants to be left alone.
        pause_s: Option<u64>,
    },
    /// Nobody waits for it any more, or more urgent ones took its place.
    #[error("More urgent thumbnails took the place of this one")]
    Cancelled,
    /// This computer could not say.
    #[error("{0}")]
    Local(Error),
}

impl ThumbnailError {
    pub fn code(&self) -> Code {
        match self {
            Self::TryLater { .. } | Self::Cancelled => Code::TryLater,
            Self::Unknown(_) | Self::Gone | Self::Unreadable(_) => Code::Failed,
            Self::Local(error) => error.code,
        }
    }
}

impl From<ThumbnailError> for Error {
    fn from(error: ThumbnailError) -> Self {
        let what_now = match &error {
            ThumbnailError::Unknown(_) => "Run `pierrot sync` if the photo is new.",
            ThumbnailError::Gone => "Sync: Pierrot then knows whether the photo was deleted or replaced.",
            ThumbnailError::Unreadable(_) => "Look at the photo at its source.",
            ThumbnailError::TryLater { .. } | ThumbnailError::Cancelled => "Nothing to do: it is asked for again.",
            ThumbnailError::Local(error) => return error.clone(),
        };
        Self::new(error.code(), format!("{error}."), what_now)
    }
}

/// What a thumbnail told about its photo while it was made: version and thumbhash, to be kept in the catalogue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hashed {
    pub photo: PhotoId,
    pub version: u64,
    pub thumbhash: Vec<u8>,
}

/// The thumbnails of one home; needs a Tokio runtime.
#[derive(Debug)]
pub struct Thumbnails {
    store: Arc<Store>,
    queue: Queue<Maker>,
}

impl Thumbnails {
    /// `client` is made with [`crate::http::Kind::Pictures`] and [`crate::pictures::reach`]; touches neither disk nor network.
    pub fn new(folder: PathBuf, bytes_max: u64, client: Client, clock: Arc<dyn Clock>) -> Self {
        let store = Arc::new(Store::new(folder, bytes_max, clock));
        let queue = Queue::new(Maker::new(client, store.clone()), Limits::default());
        Self { store, queue }
    }

    /// A thumbnail: from the disk at once, else made in the order of `priority` (0 first) and, among equals, newest first.
    ///
    /// `origin` is where the source's own small sizes are ([`origin`]). Dropping the future takes the wish back.
    pub async fn get(
        &self,
        photo: &Photo,
        origin: Option<&str>,
        class: Class,
        priority: u32,
    ) -> Result<ThumbnailPicture, ThumbnailError> {
        let key = Key::of(photo, class);
        let etag = key.etag();
        let bytes = match self.kept(&key).await {
            Some(bytes) => bytes,
            None => {
                let addresses = address::addresses(photo, class, origin);
                self.queue.ask(Order { key, addresses }, priority).await?
            }
        };
        Ok(ThumbnailPicture { bytes, etag })
    }

    /// A thumbnail only if it is on the disk.
    pub async fn kept(&self, key: &Key) -> Option<Arc<[u8]>> {
        let (store, key) = (self.store.clone(), key.clone());
        tokio::task::spawn_blocking(move || store.get(&key)).await.ok().flatten().map(Arc::from)
    }

    /// The file of a thumbnail that is on the disk.
    pub async fn file(&self, key: &Key) -> Option<PathBuf> {
        let (store, key) = (self.store.clone(), key.clone());
        tokio::task::spawn_blocking(move || store.file(&key)).await.ok().flatten()
    }

    pub async fn cache(&self) -> ThumbnailCache {
        let store = self.store.clone();
        tokio::task::spawn_blocking(move || store.stat()).await.unwrap_or_default()
    }

    /// Removes every thumbnail and forgets every failure.
    pub async fn clear(&self) -> ThumbnailCache {
        self.queue.forgive();
        let store = self.store.clone();
        tokio::task::spawn_blocking(move || store.clear()).await.unwrap_or_default()
    }

    /// Takes out the hashes made since the last time; none while fewer than a batch wait, unless `all` is set.
    pub fn take_hashes(&self, all: bool) -> Vec<Hashed> {
        self.queue.work().take_hashes(all || self.queue.is_idle())
    }
}

/// Where the small sizes of a photo are: Flickr's host, or on this computer where its large picture is.
pub use address::{FLICKR, origin};

#[cfg(test)]
#[path = "thumbnails/wire_test.rs"]
mod tests;
