//! Asks, in idle minutes, what cameras wrote into the photos: the source's lists do not tell it, and the gallery is filtered by it.
//!
//! Invariants: a job always comes first; a few calls a look, so that most of an hour's calls stay free; a photo is asked about
//! once; trouble makes the pauses longer, never a message. Absent: asking about one photo (`jobs::exif`).

use std::time::Duration;

use tokio::time::Instant;

use super::Engine;
use crate::{error::Result, photo::PhotoId};

/// Photos asked about at one look of the schedule, every 20 seconds: 1,080 calls an hour.
const PHOTOS_MAX: usize = 6;
/// The first and the longest pause after trouble.
const PAUSE: Duration = Duration::from_secs(300);
const PAUSE_MAX: Duration = Duration::from_secs(3_600);

/// How far the walk through the catalogue is, newest photo first.
#[derive(Debug, Default)]
pub(crate) struct Walk {
    below: Option<PhotoId>,
    /// The state of the catalogue in which nothing was left to ask.
    done: Option<(u64, u64)>,
    resume: Option<Instant>,
    pause: Duration,
}

impl Engine {
    /// Asks about the next few photos.
    pub(crate) async fn ask_cameras(&self, walk: &mut Walk) {
        if walk.resume.is_some_and(|at| at > Instant::now()) {
            return;
        }
        match self.ask_some(walk).await {
            Ok(()) => walk.pause = Duration::ZERO,
            Err(error) => {
                tracing::debug!(%error, "cameras are asked for later");
                walk.pause = longer(walk.pause);
                walk.resume = Some(Instant::now() + walk.pause);
            }
        }
    }

    async fn ask_some(&self, walk: &mut Walk) -> Result<()> {
        let pierrot = self.pierrot();
        let state = (pierrot.catalogue.rows_version()?, pierrot.catalogue.photos_total()?);
        if walk.done == Some(state) {
            return Ok(());
        }
        let (catalogue, below) = (pierrot.catalogue.clone(), walk.below.clone());
        let photos = crate::handle::off(move || catalogue.without_exif(below.as_ref(), PHOTOS_MAX)).await?;
        if !photos.is_empty() {
            let flickr = pierrot.flickr().await?;
            for photo in &photos {
                if self.under_way().is_some() {
                    return Ok(());
                }
                pierrot.ask_exif(&flickr, photo).await?;
                walk.below = Some(photo.clone());
            }
        }
        if photos.len() < PHOTOS_MAX {
            *walk = Walk { done: Some(state), ..Walk::default() };
        }
        Ok(())
    }
}

/// The pause after another failure.
fn longer(pause: Duration) -> Duration {
    (pause * 2).clamp(PAUSE, PAUSE_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trouble_makes_the_pauses_longer_up_to_an_hour() {
        let pauses = std::iter::successors(Some(Duration::ZERO), |pause| Some(longer(*pause)));
        let minutes: Vec<u64> = pauses.skip(1).take(6).map(|pause| pause.as_secs() / 60).collect();
        assert_eq!(minutes, [5, 10, 20, 40, 60, 60]);
    }
}
