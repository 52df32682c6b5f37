//! Pierrot kept running: one handle, one job at a time, and what a window or a page may ask of it.
//!
//! Invariant: at most one job works at any time; one that waits is not asked for twice; every job leaves a run behind, also
//! when it fails. Absent: any window, any HTTP; the skins hold an [`Engine`] and draw.

mod addresses;
mod calls;
mod cameras;
mod changes;
mod jobs;
mod notices;
mod overview;
mod pictures;
mod plans;
mod scheduler;
mod settings;
mod telling;
mod typescript;
mod verbs;

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError, RwLock},
};

use crate::{
    error::Result,
    events::Event,
    handle::Pierrot,
    jobs::login::{FlickrLogin, XLogin},
    library::Query,
    run::{Ending, Run},
    settings::Settings,
};

pub use crate::jobs::opened::{FILE_BYTES_MAX, FileId, OpenedFile, Subject};
pub use calls::{CallError, LogPage, Reached, typescript};
pub use changes::{ChangeWord, Changing, Undoable};
pub use jobs::{Asked, UnderWay};
pub use notices::{Notice, Opens};
pub use overview::{Mood, Overview, Ready, TargetView};
pub use pictures::LookPicture;
pub use plans::{MonthCost, PlanPage, PlanRow, Queue, QueuedPhoto, RuleView};
pub use scheduler::{Next, Pause};
pub use settings::{Changes, SecretNames};

/// What the program says about itself.
#[derive(Clone, Debug)]
pub struct Program {
    pub version: String,
    /// Whether it runs on the sandbox, so that nothing it posts is real.
    pub demo: bool,
}

/// The running engine; clones share it.
#[derive(Clone, Debug)]
pub struct Engine(pub(crate) Arc<Inner>);

#[derive(Debug)]
pub(crate) struct Inner {
    pub program: Program,
    pierrot: RwLock<Arc<Pierrot>>,
    pub desk: Mutex<jobs::Desk>,
    /// Changes to photos under way, and those that can be taken back.
    pub changes: Mutex<changes::ChangeLog>,
    /// Logins that wait for their code, by place: `flickr` or a target.
    pub logins: Mutex<BTreeMap<String, Login>>,
    /// Held while a plan is read, changed and written.
    pub plans: Mutex<()>,
    /// Held while what is told is decided and kept.
    pub telling: Mutex<()>,
    pub schedule: Mutex<Option<tokio::task::JoinHandle<()>>>,
    /// Makes the schedule look at once.
    pub wake: tokio::sync::Notify,
    /// Names of the secrets that are set; asked from the keyring once and after each change.
    pub secrets: RwLock<Option<Vec<String>>>,
}

#[derive(Debug)]
pub(crate) enum Login {
    Flickr(FlickrLogin),
    X(XLogin),
}

impl Login {
    pub fn authorize_url(&self) -> &str {
        match self {
            Self::Flickr(login) => login.authorize_url(),
            Self::X(login) => login.authorize_url(),
        }
    }
}

impl Engine {
    /// Takes over a handle. Runs that an earlier program left open are marked as interrupted.
    pub fn new(pierrot: Pierrot, program: Program) -> Result<Self> {
        let now = pierrot.now();
        for mut run in pierrot.catalogue.runs(None, 20)?.into_iter().filter(|run| run.ending.is_none()) {
            run.end(Ending::Interrupted, "Pierrot was stopped in the middle.", now);
            pierrot.catalogue.keep_run(&run)?;
        }
        Ok(Self(Arc::new(Inner {
            program,
            pierrot: RwLock::new(Arc::new(pierrot)),
            desk: Mutex::default(),
            changes: Mutex::default(),
            logins: Mutex::default(),
            plans: Mutex::default(),
            telling: Mutex::default(),
            schedule: Mutex::default(),
            wake: tokio::sync::Notify::new(),
            secrets: RwLock::default(),
        })))
    }

    /// The handle as the settings are now.
    pub fn pierrot(&self) -> Arc<Pierrot> {
        self.0.pierrot.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub fn subscribe(&self) -> tokio::sync::broadcast::Receiver<Event> {
        self.pierrot().events().subscribe()
    }

    /// A page is about to come up: makes ready what it asks for first, while its web view starts.
    pub async fn page_comes(&self) {
        if let Err(error) = self.pierrot().gallery(&Query::default()).await {
            tracing::debug!(%error, "the gallery is not ready beforehand");
        }
    }

    /// No page is open any more: gives back the memory that only pages need.
    pub fn page_went(&self) {
        self.pierrot().shelf.clear();
    }

    /// From now on with other settings; a job under way ends with the ones it began with.
    pub(crate) fn settle_on(&self, settings: Settings) {
        let fresh = Arc::new(self.pierrot().with_settings(settings));
        *self.0.pierrot.write().unwrap_or_else(PoisonError::into_inner) = fresh;
        self.0.wake.notify_one();
        self.changed("settings");
    }

    /// Tells listeners to read something again.
    pub(crate) fn changed(&self, what: &str) {
        self.pierrot().events().send(Event::Changed { what: what.to_owned() });
    }

    /// The newest runs, newest first.
    pub fn runs(&self, before: Option<u32>, limit: usize) -> Result<Vec<Run>> {
        Ok(self.pierrot().catalogue.runs(before, limit.min(500))?)
    }
}
