//! What happens, for whoever watches: a progress bar, a window, a log.
//!
//! Invariant: an event is only a hint; state is read from the handle. Nothing waits for a listener, nothing grows without one.

use serde::Serialize;
use tokio::sync::broadcast;

use crate::{photo::PhotoId, run::Run};

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Serialize, ts_rs::TS)]
#[serde(tag = "type", rename_all = "snake_case")]
#[ts(rename = "EngineEvent")]
pub enum Event {
    /// A page of the catalogue is on disk. `left_s` is an estimate.
    SyncPage {
        page: u32,
        pages: u32,
        photos: u64,
        photos_per_s: f64,
        left_s: f64,
    },
    Syncing {
        what: String,
    },
    /// A picture gets its look; `progress` from 0 to 1, `doing` in a few words. Absent: a photo, where it is about all of them.
    Rendering {
        photo: Option<PhotoId>,
        doing: String,
        progress: f64,
    },
    Publishing {
        photo: PhotoId,
        target: String,
        step: PublishStep,
    },
    /// Something a page may show is different now: `gallery`, `runs`, `plan`, `settings`, `accounts`, `overview`.
    Changed {
        what: String,
    },
    RunEnded {
        run: Box<Run>,
    },
    /// Pierrot waits on purpose, for example before it reads a timeline back.
    Waiting {
        seconds: u64,
        why: String,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum PublishStep {
    Claimed,
    Prepared,
    Uploaded,
    Sending,
    Posted,
    Recorded,
    NeedsReview,
    Released,
}

impl PublishStep {
    pub fn word(self) -> &'static str {
        match self {
            Self::Claimed => "claimed",
            Self::Prepared => "prepared",
            Self::Uploaded => "uploaded",
            Self::Sending => "sending",
            Self::Posted => "posted",
            Self::Recorded => "recorded",
            Self::NeedsReview => "needs review",
            Self::Released => "released",
        }
    }

    /// How far a publication is, 0 to 1.
    pub fn progress(self) -> f64 {
        match self {
            Self::Claimed => 0.1,
            Self::Prepared => 0.4,
            Self::Uploaded => 0.7,
            Self::Sending => 0.8,
            Self::Posted => 0.9,
            Self::Recorded | Self::NeedsReview | Self::Released => 1.0,
        }
    }
}

/// The sending side; clones share one channel.
#[derive(Clone, Debug)]
pub struct Events(broadcast::Sender<Event>);

impl Default for Events {
    fn default() -> Self {
        Self(broadcast::channel(256).0)
    }
}

impl Events {
    pub fn send(&self, event: Event) {
        // Nobody listening is fine.
        let _ = self.0.send(event);
    }

    pub fn subscribe(&self) -> broadcast::Receiver<Event> {
        self.0.subscribe()
    }
}
