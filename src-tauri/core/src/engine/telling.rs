//! What there is to tell: read from runs, reviews and the record, decided by `notices`, kept before it is shown.
//!
//! Invariant: what was told is on disk before anybody shows it, so nothing is told twice; a notice that a crash swallows is
//! still in the activity list. Absent: any desktop.

use std::{path::PathBuf, sync::PoisonError, time::Duration};

use super::{
    Engine,
    notices::{News, Notice, Told, Waiting, listen},
};
use crate::{
    error::{Error, Result},
    fold::{Attempt, Stand},
    photo::PhotoId,
    thumbnails::Class,
};

const TOLD: &str = "told";
/// Runs looked at; more than can end between two looks.
const RUNS: usize = 100;
/// A notice does not wait longer for its picture.
const PICTURE_WAIT: Duration = Duration::from_secs(5);

impl Engine {
    /// What a person should hear of now and was not told yet. `watched` says that the page is open.
    pub async fn notices(&self, watched: bool) -> Result<Vec<Notice>> {
        let engine = self.clone();
        let found = tokio::task::spawn_blocking(move || engine.tell(watched)).await;
        found.map_err(|_| Error::failed("What is to be told could not be read.", "Start Pierrot anew."))?
    }

    /// The file of a photo's small picture, for a notice; none when it does not come soon.
    pub async fn picture_file(&self, photo: &PhotoId) -> Option<PathBuf> {
        let pierrot = self.pierrot();
        let file = pierrot.thumbnail_file(photo, Class::Grid);
        tokio::time::timeout(PICTURE_WAIT, file).await.ok()?.ok()?
    }

    fn tell(&self, watched: bool) -> Result<Vec<Notice>> {
        let _one_at_a_time = self.0.telling.lock().unwrap_or_else(PoisonError::into_inner);
        let pierrot = self.pierrot();
        let settings = pierrot.settings();
        let runs = pierrot.catalogue.runs(None, RUNS)?;
        let reviews: Vec<Waiting> = pierrot.known_fold()?.attempts().filter_map(waiting).collect();
        let before: Told = pierrot.catalogue.state(TOLD)?.unwrap_or_default();
        let mut told = before.clone();
        let notices = listen(
            &mut told,
            &News {
                runs: &runs,
                reviews: &reviews,
                record_away: pierrot.record_away()?,
                set_aside: pierrot.catalogue.set_aside()?,
                now: pierrot.now(),
                zone: settings.schedule.zone(),
                watched,
                switches: settings.notifications,
            },
        );
        if told != before {
            pierrot.catalogue.set_state(TOLD, &told)?;
        }
        Ok(notices)
    }
}

fn waiting(attempt: &Attempt) -> Option<Waiting> {
    if !matches!(attempt.stand, Stand::NeedsReview { .. }) {
        return None;
    }
    Some(Waiting {
        id: attempt.about.attempt.0.clone(),
        target: attempt.about.target.clone(),
        photo: attempt.about.photo.clone(),
        text: attempt.frozen.as_ref().map(|frozen| frozen.text.clone()).unwrap_or_default(),
        by_itself: !attempt.slot.contains("/now-"),
    })
}
