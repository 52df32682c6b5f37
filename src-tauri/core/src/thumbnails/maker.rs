//! Making one thumbnail: download, shrink, keep.
//!
//! Invariant: at most [`DOWNLOADS_MAX`] downloads and [`DECODES_MAX`] pictures being decoded at a time, whoever asks. A
//! size that is not there leads to the next smaller one; any other trouble ends the attempt.

use std::{
    mem,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::Semaphore;

use super::{
    Class, Hashed, Key, Store, ThumbnailError,
    queue::{Answer, Work},
};
use crate::{
    http::Client,
    pictures::{self, PictureFetchError},
};

const DOWNLOADS_MAX: usize = 4;
const DECODES_MAX: usize = 2;
/// How long a server is left alone that asks for a pause without saying how long, in seconds.
const PAUSE_S: u64 = 30;
/// Hashes are handed on in batches of this many; twenty batches is the most that wait.
const BATCH: usize = 32;
const HASHES_MAX: usize = 20 * BATCH;

/// A thumbnail to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Order {
    pub key: Key,
    /// Where its picture may be, best first.
    pub addresses: Vec<String>,
}

#[derive(Debug)]
pub(super) struct Maker {
    client: Client,
    store: Arc<Store>,
    downloads: Semaphore,
    decodes: Semaphore,
    hashes: Mutex<Vec<Hashed>>,
}

impl Maker {
    pub(super) fn new(client: Client, store: Arc<Store>) -> Self {
        Self {
            client,
            store,
            downloads: Semaphore::new(DOWNLOADS_MAX),
            decodes: Semaphore::new(DECODES_MAX),
            hashes: Mutex::default(),
        }
    }

    pub(super) fn take_hashes(&self, all: bool) -> Vec<Hashed> {
        let mut hashes = self.hashes();
        if all || hashes.len() >= BATCH { mem::take(&mut *hashes) } else { Vec::new() }
    }

    fn hashes(&self) -> MutexGuard<'_, Vec<Hashed>> {
        self.hashes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn download(&self, order: &Order) -> Result<Vec<u8>, ThumbnailError> {
        let _turn = self.downloads.acquire().await.expect("never closed");
        for address in &order.addresses {
            match pictures::download(&self.client, address, order.key.class.picture_bytes_max()).await {
                Ok(bytes) => return Ok(bytes),
                Err(PictureFetchError::Gone) => tracing::debug!(key = %order.key, "trying a smaller size"),
                Err(error) => return Err(sorted_out(error)),
            }
        }
        Err(ThumbnailError::Gone)
    }
}

impl Work for Maker {
    async fn run(&self, order: &Order) -> Answer {
        let picture = self.download(order).await?;
        let _turn = self.decodes.acquire().await.expect("never closed");
        let (store, key) = (self.store.clone(), order.key.clone());
        let work = move || {
            let made = pierrot_looks::thumbnail(&picture, key.class.side_max())?;
            drop(picture);
            store.put(&key, &made.jpeg);
            Ok(made)
        };
        let made = match tokio::task::spawn_blocking(work).await {
            Ok(made) => {
                made.map_err(|error: pierrot_looks::PictureError| ThumbnailError::Unreadable(error.to_string()))?
            }
            Err(_) => return Err(ThumbnailError::TryLater { why: "Pierrot is ending".into(), pause_s: None }),
        };
        let mut hashes = self.hashes();
        if order.key.class == Class::Grid && hashes.len() < HASHES_MAX {
            let Key { photo, version, .. } = order.key.clone();
            hashes.push(Hashed { photo, version, thumbhash: made.thumbhash });
        }
        Ok(made.jpeg.into())
    }
}

fn sorted_out(error: PictureFetchError) -> ThumbnailError {
    let why = error.to_string();
    match error {
        PictureFetchError::Gone => ThumbnailError::Gone,
        PictureFetchError::TooMany { wait_s } => {
            ThumbnailError::TryLater { why, pause_s: Some(wait_s.unwrap_or(PAUSE_S)) }
        }
        PictureFetchError::Broken | PictureFetchError::Unreachable(_) => {
            ThumbnailError::TryLater { why, pause_s: None }
        }
        PictureFetchError::NotAPicture { .. }
        | PictureFetchError::TooLarge { .. }
        | PictureFetchError::NotAllowed(_) => ThumbnailError::Unreadable(why),
    }
}
