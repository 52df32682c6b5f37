//! Which thumbnails failed lately, so that scrolling back and forth does not ask a server for the same trouble again.
//!
//! Invariant: at most [`FAILURES_MAX`]; what would end first is forgotten first. Kept in memory only.

use std::{
    collections::{BTreeSet, HashMap},
    time::Duration,
};

use tokio::time::Instant;

use super::{Key, ThumbnailError};

pub(super) const FAILURES_MAX: usize = 4_096;
const GONE: Duration = Duration::from_secs(10 * 60);
const TROUBLE: Duration = Duration::from_secs(30);
const PAUSE_S_MAX: u64 = 600;

/// For how long the same is not tried again; `None` when it may be at once.
fn spell(error: &ThumbnailError) -> Option<Duration> {
    match error {
        ThumbnailError::Gone | ThumbnailError::Unreadable(_) => Some(GONE),
        ThumbnailError::TryLater { .. } => Some(pause(error).unwrap_or(TROUBLE)),
        ThumbnailError::Unknown(_) | ThumbnailError::Cancelled | ThumbnailError::Local(_) => None,
    }
}

/// For how long the server wants to be left alone: at least a second, at most ten minutes.
pub(super) fn pause(error: &ThumbnailError) -> Option<Duration> {
    match error {
        ThumbnailError::TryLater { pause_s: Some(wait_s), .. } => {
            Some(Duration::from_secs((*wait_s).clamp(1, PAUSE_S_MAX)))
        }
        ThumbnailError::TryLater { pause_s: None, .. }
        | ThumbnailError::Unknown(_)
        | ThumbnailError::Gone
        | ThumbnailError::Unreadable(_)
        | ThumbnailError::Cancelled
        | ThumbnailError::Local(_) => None,
    }
}

#[derive(Debug, Default)]
pub(super) struct Failures {
    by_key: HashMap<Key, (Instant, ThumbnailError)>,
    by_end: BTreeSet<(Instant, Key)>,
}

impl Failures {
    pub(super) fn note(&mut self, key: &Key, error: &ThumbnailError, now: Instant) {
        let Some(spell) = spell(error) else { return };
        self.forget(key);
        self.by_key.insert(key.clone(), (now + spell, error.clone()));
        self.by_end.insert((now + spell, key.clone()));
        if self.by_key.len() > FAILURES_MAX
            && let Some((_, first)) = self.by_end.pop_first()
        {
            self.by_key.remove(&first);
        }
    }

    /// The failure of this key, while it still counts.
    pub(super) fn of(&mut self, key: &Key, now: Instant) -> Option<ThumbnailError> {
        let (until, error) = self.by_key.get(key)?.clone();
        if until > now {
            return Some(error);
        }
        self.forget(key);
        None
    }

    fn forget(&mut self, key: &Key) {
        if let Some((until, _)) = self.by_key.remove(key) {
            self.by_end.remove(&(until, key.clone()));
        }
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        assert_eq!(self.by_key.len(), self.by_end.len(), "two views of the same");
        self.by_key.len()
    }
}
