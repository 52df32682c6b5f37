//! Looks on photos and opened files: shown while a slider moves, made as large as the photo, and due by the schedule.
//!
//! Invariant: dropping the future stops the work; a file has its name only when it is whole. Absent: the pixels (`pierrot-looks`).

use std::{
    ops::RangeInclusive,
    path::PathBuf,
    sync::{
        Arc, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
};

use pierrot_looks::{Limits, PictureError, Work, prepare};

use crate::{
    catalogue::sha256_hex,
    error::{Code, Error, Result},
    events::{Event, Events},
    handle::{Pierrot, blocking},
    jobs::{mosaic::Ready, opened::Subject, tiles::Stop},
    look::Look,
    photo::PhotoId,
    thumbnails::{Class, ThumbnailPicture},
};

/// The longest side of the copy that a preview is made from, in pixels; where nobody says how much a screen shows of it, 1280.
const SCREEN_SIDES: RangeInclusive<u32> = 64..=2048;
pub(crate) const SCREEN_SIDE: u32 = 1280;
/// Limits of a picture before its look, as large as it is.
const WHOLE: Limits = Limits { bytes_max: 128 << 20, side_max: 20_000 };

/// Limits of a mosaic that is made into a file as a look; the Studio makes larger ones.
const MOSAIC: Limits = Limits { bytes_max: 64 << 20, side_max: 8_192 };

/// How the name of such a file ends.
pub(crate) fn extension(picture: &[u8]) -> &'static str {
    match picture {
        [b'G', b'I', b'F', ..] => "gif",
        [0xFF, 0xD8, ..] => "jpg",
        _ => "png",
    }
}

/// The photo that is looked at now, small.
#[derive(Clone, Debug)]
pub(crate) struct ScreenCopy {
    etag: String,
    side: u32,
    picture: Arc<Vec<u8>>,
}

impl Pierrot {
    /// A copy of a picture, at most `side` pixels long, in a look: a PNG, or a GIF where the look says so. Dots are seen as they
    /// are only on a screen that shows each as one of its own.
    pub async fn look_preview(&self, subject: &Subject, look: &Look, side: u32) -> Result<Vec<u8>> {
        look.check().map_err(wrong_look)?;
        let side = side.clamp(*SCREEN_SIDES.start(), *SCREEN_SIDES.end());
        let copy = self.screen_copy(subject, side).await?;
        let mosaic = self.mosaic_of(look).await?;
        let (look, stop) = (look.clone(), Stop::default());
        let stopped = stop.0.clone();
        let render = move || {
            if let Some(mosaic) = mosaic {
                let limits = Limits { side_max: side, ..WHOLE };
                return mosaic.fit(&copy, &limits).map(|prepared| prepared.bytes);
            }
            let cancelled = || stopped.load(Ordering::Relaxed);
            look.0.render(&copy, &Work { cancelled: &cancelled, ..Work::UNWATCHED })
        };
        made(blocking(render).await)
    }

    /// Makes the picture, as large as it is, into a file with this look; says where it is.
    pub async fn export_look(&self, subject: &Subject, look: &Look) -> Result<PathBuf> {
        look.check().map_err(wrong_look)?;
        let (plain, name) = match subject {
            Subject::Photo(photo) => {
                let flickr = self.flickr().await?;
                let plain = self.fetch(&flickr, photo, WHOLE, None).await.map_err(|unfit| unfit.error)?;
                (plain.bytes, photo.to_string())
            }
            Subject::File(file) => (self.file_prepared(file, WHOLE).await?, self.opened_file(file).await?.stem()),
        };
        let mosaic = self.mosaic_of(look).await?;
        let (wanted, stop) = (look.clone(), Stop::default());
        let (stopped, watcher) = (stop.0.clone(), Watcher::new(self.events.clone(), subject.photo().cloned()));
        let render = move || {
            if let Some(mosaic) = mosaic {
                return mosaic.fit(&plain, &MOSAIC).map(|prepared| prepared.bytes);
            }
            let cancelled = || stopped.load(Ordering::Relaxed);
            let progress = |done: f32| watcher.tell(done);
            let work = Work { cancelled: &cancelled, progress: &progress, ..Work::UNWATCHED };
            wanted.0.render(&plain, &work)
        };
        let bytes = made(blocking(render).await)?;
        let recipe = sha256_hex(look.to_value().to_string().as_bytes());
        let end = extension(&bytes);
        let path = self.home.looks().join(format!("{name}-{}.{end}", recipe.get(..8).unwrap_or_default()));
        self.home.write(&path, &bytes)?;
        Ok(path)
    }

    async fn mosaic_of(&self, look: &Look) -> Result<Option<Ready>> {
        match look.mosaic() {
            Some(recipe) => Ok(Some(self.mosaic_ready(recipe).await?)),
            None => Ok(None),
        }
    }

    /// The look that the next scheduled photo of a target gets.
    pub(crate) async fn look_due(&self, target: &str) -> Result<Option<Look>> {
        let posts = self.kept_fold().await?.posts_to(target);
        let recipe = self.look_of_post(target, posts + 1).and_then(|name| self.settings.looks.get(name));
        recipe.map(|recipe| Look::parse(recipe).map_err(wrong_look)).transpose()
    }

    /// The name of the look that the n-th post to a target goes out in when the schedule makes it.
    pub(crate) fn look_of_post(&self, target: &str, nth: usize) -> Option<&str> {
        let target = self.settings.targets.get(target).filter(|target| !target.look.is_empty())?;
        let every = usize::try_from(target.look_every.max(1)).unwrap_or(usize::MAX);
        nth.is_multiple_of(every).then_some(target.look.as_str())
    }

    /// The large picture of a photo or a file, as the page shows it.
    pub(crate) async fn large(&self, subject: &Subject) -> Result<ThumbnailPicture> {
        match subject {
            Subject::Photo(photo) => Ok(self.thumbnail(photo, Class::Large, 0).await?),
            Subject::File(file) => {
                Ok(ThumbnailPicture { bytes: self.file_large(file).await?.into(), etag: subject.to_string() })
            }
        }
    }

    async fn screen_copy(&self, subject: &Subject, side: u32) -> Result<Arc<Vec<u8>>> {
        let known = self.screen_copy.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let etag = match subject {
            Subject::Photo(photo) => self.thumbnail_etag(photo, Class::Large)?,
            Subject::File(_) => subject.to_string(),
        };
        if let Some(copy) = known.filter(|copy| copy.etag == etag && copy.side == side) {
            return Ok(copy.picture);
        }
        let limits = Limits { side_max: side, ..WHOLE };
        let picture = match subject {
            Subject::File(file) => Arc::new(self.file_on_screen(file, limits).await?),
            Subject::Photo(_) => {
                let large = self.large(subject).await?;
                let small = blocking(move || prepare(&large.bytes, &limits)).await;
                Arc::new(made(small)?.bytes)
            }
        };
        let copy = ScreenCopy { etag, side, picture: picture.clone() };
        *self.screen_copy.lock().unwrap_or_else(PoisonError::into_inner) = Some(copy);
        Ok(picture)
    }
}

/// Hands on how far a picture is, a hundred times at most.
#[derive(Debug)]
struct Watcher {
    events: Events,
    photo: Option<PhotoId>,
    percent: AtomicU32,
}

impl Watcher {
    fn new(events: Events, photo: Option<PhotoId>) -> Self {
        Self { events, photo, percent: AtomicU32::new(0) }
    }

    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 100")]
    fn tell(&self, done: f32) {
        let percent = (done.clamp(0.0, 1.0) * 100.0) as u32;
        if self.percent.fetch_max(percent, Ordering::Relaxed) < percent {
            let doing = "making the picture".to_owned();
            let progress = f64::from(percent) / 100.0;
            self.events.send(Event::Rendering { photo: self.photo.clone(), doing, progress });
        }
    }
}

fn made<T>(outcome: Option<Result<T, PictureError>>) -> Result<T> {
    match outcome {
        Some(Ok(picture)) => Ok(picture),
        Some(Err(error)) => Err(Error::failed(error.to_string(), "Choose another look or another photo.")),
        None => {
            Err(Error::new(Code::Failed, "The look could not be made.", "Choose another look; report it if it stays."))
        }
    }
}

fn wrong_look(why: String) -> Error {
    Error::failed(why, "Change the look.")
}
