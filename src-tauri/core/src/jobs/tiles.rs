//! The library as tiles of mosaics: thumbnails laid ready in one index of the home, brought up to date before each mosaic.
//!
//! Invariant: only photos that may be shown are tiles; what is on the never-list, held, private or missing is removed with the
//! next update. What was fetched is kept when the work is stopped. Absent: the index itself (`pierrot-tiles`).

use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU32, Ordering},
        mpsc::{SyncSender, sync_channel},
    },
    time::Duration,
};

use pierrot_looks::{PictureError, Work};
use pierrot_tiles::{Asked, Found, Index, Source, TILES_MAX, TilesError, Trouble, Updated, update};
use serde::Serialize;
use tokio::sync::{Mutex, mpsc};

use crate::{
    error::{Code, Error, Result},
    handle::{Pierrot, blocking, off},
    jobs::gallery::rules,
    library::showable,
    photo::PhotoId,
    thumbnails::{Class, Key, ThumbnailError},
};

/// Pixels on each side of the tiles that are kept.
pub(crate) const TILE_SIDE: u32 = 128;
/// Thumbnails that are fetched at once.
const LANES: usize = 4;
/// After what is on the screen.
const LATER: u32 = 2;
/// How often a thumbnail is asked for, and how long to wait between.
const TRIES_MAX: u32 = 3;
const WAIT: Duration = Duration::from_millis(500);
/// A source that let so many thumbnails in a row wait in vain is away; fewer are left for the next time.
const MISSES_MAX: u32 = 8;

/// How far the tiles are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ts_rs::TS)]
pub struct TileCount {
    /// Photos that lie ready.
    pub prepared: u32,
    /// Photos that may be tiles.
    pub possible: u32,
    /// Photos that have to be fetched first.
    pub wanting: u32,
}

/// One thumbnail that a thread waits for.
type Wish = (String, SyncSender<std::result::Result<Vec<u8>, Trouble>>);

impl Pierrot {
    /// How many photos lie ready as tiles, and how many may.
    pub async fn tile_count(&self) -> Result<TileCount> {
        let possible = self.showable_photos().await?;
        let path = self.home.tiles();
        off(move || {
            let mut count =
                TileCount { possible: u32::try_from(possible.len()).unwrap_or(u32::MAX), ..TileCount::default() };
            if path.exists() {
                let marks = Index::marks(&path).unwrap_or_default();
                let ready = possible.iter().filter(|photo| marks.get(&photo.name) == Some(&photo.changed));
                count.prepared = u32::try_from(ready.count()).unwrap_or(u32::MAX);
            }
            count.wanting = count.possible - count.prepared;
            Ok::<_, Error>(count)
        })
        .await
    }

    /// Brings the tiles up to date with the library, fetching what is new; where they are.
    pub async fn prepare_tiles(&self, progress: impl Fn(f32) + Send + Sync + 'static) -> Result<(PathBuf, Updated)> {
        let photos = self.showable_photos().await?;
        let (wish, wishes) = mpsc::channel(LANES);
        let (path, turn, stop) = (self.home.tiles(), self.tiles_turn.clone(), Stop::default());
        let (index, stopped) = (path.clone(), stop.0.clone());
        let work = blocking(move || {
            let _one_at_a_time = turn.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            let cancelled = || stopped.load(Ordering::Relaxed);
            let work = Work { cancelled: &cancelled, progress: &progress, ..Work::UNWATCHED };
            let source = Thumbs { photos, wish };
            let asked =
                Asked { source: &source, index: &index, side: TILE_SIDE, crops: 1, threads: LANES, keep_part: true };
            match update(&asked, &work) {
                // Nothing in it cannot be fetched again.
                Err(TilesError::Index { .. }) => {
                    let _ = std::fs::remove_file(&index);
                    update(&asked, &work)
                }
                done => done,
            }
        });
        let (wishes, misses) = (Mutex::new(wishes), AtomicU32::new(0));
        let lane = || self.answer_wishes(&wishes, &misses);
        let (done, ..) = tokio::join!(work, lane(), lane(), lane(), lane());
        let updated = done.unwrap_or(Err(TilesError::Stopped)).map_err(failed)?;
        Ok((path, updated))
    }

    /// Removes the tiles; the next mosaic lays them ready anew.
    pub(crate) async fn clear_tiles(&self) -> Result<()> {
        let (path, turn) = (self.home.tiles(), self.tiles_turn.clone());
        off(move || {
            let _one_at_a_time = turn.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            match std::fs::remove_file(&path) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    let said = format!("{} cannot be removed ({error}).", path.display());
                    Err(Error::failed(said, "See who else has it open, and try again."))
                }
                Ok(()) | Err(_) => Ok(()),
            }
        })
        .await
    }

    /// Photos that may stand in a picture of pictures, by id.
    pub(crate) async fn showable_photos(&self) -> Result<Vec<Found>> {
        let (catalogue, settings, fold) = (self.catalogue.clone(), self.settings.clone(), self.kept_fold().await?);
        let (accounts, filters) = (self.accounts()?, self.filters()?);
        off(move || {
            let rules = rules(&settings, &accounts, &filters, &fold);
            let showable = showable(&rules);
            let mut photos = Vec::new();
            catalogue.each_photo_ahead(|row| {
                if showable(row) && photos.len() < TILES_MAX {
                    let changed = Key::of(&row.photo, Class::Grid).version;
                    photos.push(Found { name: row.photo.id.to_string(), bytes: 0, changed });
                }
            })?;
            photos.sort_unstable();
            Ok::<_, Error>(photos)
        })
        .await
    }

    /// Fetches thumbnails for whoever waits for them, until nobody asks any more.
    async fn answer_wishes(&self, wishes: &Mutex<mpsc::Receiver<Wish>>, misses: &AtomicU32) {
        loop {
            let Some((photo, told)) = wishes.lock().await.recv().await else { return };
            // Whoever asked may be gone.
            let _ = told.send(self.tile_picture(&photo, misses).await);
        }
    }

    async fn tile_picture(&self, photo: &str, misses: &AtomicU32) -> std::result::Result<Vec<u8>, Trouble> {
        let photo: PhotoId = photo.parse().map_err(|_| Trouble::Unreadable("This is no photo.".into()))?;
        let mut tries = 1;
        loop {
            match self.thumbnail(&photo, Class::Grid, LATER).await {
                Ok(picture) => {
                    misses.store(0, Ordering::Relaxed);
                    return Ok(picture.bytes.to_vec());
                }
                Err(ThumbnailError::TryLater { .. } | ThumbnailError::Cancelled) if tries < TRIES_MAX => {
                    tokio::time::sleep(WAIT * tries).await;
                    tries += 1;
                }
                Err(error @ (ThumbnailError::Unknown(_) | ThumbnailError::Gone | ThumbnailError::Unreadable(_))) => {
                    return Err(Trouble::Unreadable(format!("{error}.")));
                }
                Err(error @ (ThumbnailError::TryLater { .. } | ThumbnailError::Cancelled)) => {
                    let away = misses.fetch_add(1, Ordering::Relaxed) + 1 >= MISSES_MAX;
                    let why = format!("{error}.");
                    return Err(if away { Trouble::Away(why) } else { Trouble::Unreadable(why) });
                }
                Err(error @ ThumbnailError::Local(_)) => return Err(Trouble::Away(format!("{error}."))),
            }
        }
    }
}

/// The library as a source of tiles: asks the async side for each thumbnail and waits.
struct Thumbs {
    photos: Vec<Found>,
    wish: mpsc::Sender<Wish>,
}

impl Source for Thumbs {
    /// No folder: the tiles' names are photo ids.
    fn place(&self) -> String {
        String::new()
    }

    fn list(&self) -> std::result::Result<Vec<Found>, TilesError> {
        Ok(self.photos.clone())
    }

    fn read(&self, found: &Found) -> std::result::Result<Vec<u8>, Trouble> {
        let (told, answer) = sync_channel(1);
        let gone = || Trouble::Away("The tiles were left unfinished, because the work was stopped.".into());
        self.wish.blocking_send((found.name.clone(), told)).map_err(|_| gone())?;
        answer.recv().unwrap_or_else(|_| Err(gone()))
    }

    fn called(&self, name: &str) -> String {
        format!("photo {name}")
    }
}

/// Tells that the work is not wanted any more when the future that waits for it is dropped.
#[derive(Debug, Default)]
pub(crate) struct Stop(pub Arc<AtomicBool>);

impl Drop for Stop {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// An error of tiles or mosaics, in its own words.
pub(crate) fn failed(error: TilesError) -> Error {
    let code = match &error {
        TilesError::Away { .. } | TilesError::Busy { .. } | TilesError::Stopped => Code::TryLater,
        TilesError::Folder { .. }
        | TilesError::Index { .. }
        | TilesError::Edition { .. }
        | TilesError::TooMany { .. }
        | TilesError::File { .. }
        | TilesError::Picture(_) => Code::Failed,
    };
    let message = if let TilesError::Picture(PictureError::Mosaic { why, .. }) = &error {
        format!("{why}.")
    } else {
        error.to_string()
    };
    Error::new(code, message, error.what_now().to_owned())
}
