//! Everything Pierrot knows, behind one handle: [`Pierrot`]. The command line, the window and the server are skins over it.
//!
//! Four groups, each may use those above it. Words: `photo`, `log`, `fold`, `publication`, `choose`, `caption`, `count`,
//! `schedule`, `report`, `mask`, `error` - pure, no I/O, no clock, no dice. Memory: `catalogue`, `record`, `secrets`, `settings`, `home`,
//! `logs`. World: `http`,
//! `oauth`, `budget`, `sources`, `targets`, `pictures`, `thumbnails`, `clock`. Verbs: `jobs`, `events`, `handle`.
//! Absences: no Tauri, no clap, no printing; no secret outside the keyring.

pub mod budget;
pub mod caption;
pub mod catalogue;
pub mod choose;
pub mod clock;
pub mod count;
pub mod crash;
pub mod engine;
pub mod error;
pub mod events;
pub mod fold;
mod handle;
pub mod home;
pub mod http;
mod jobs;
pub mod library;
pub mod log;
pub mod logs;
pub mod look;
mod mask;
pub mod oauth;
pub mod photo;
pub mod photo_words;
pub mod pictures;
pub mod plan;
pub mod publication;
pub mod record;
pub mod report;
pub mod run;
pub mod schedule;
pub mod secrets;
pub mod settings;
pub mod sources;
pub mod targets;
pub mod thumbnails;

pub use error::{Code, Error, Result};
pub use handle::{Pierrot, World};
pub use jobs::{
    backup::Backup,
    check::{CheckReport, Finding},
    computers::ComputerView,
    doctor::{Advice, Doctor, no_home},
    history::HistoryLine,
    import::Imported,
    login::FlickrLogin,
    photo_page::{NamedAlbum, PhotoPage, Place, StandingWord, TargetPage},
    photos::{PhotoLine, PhotoState},
    probe::Probed,
    publish::Choice,
    recover::RecoverReport,
    restore::Restored,
    review::{OpenReview, ReviewAnswer},
    status::Status,
    sync::SyncReport,
    words::{CaptionPreview, OwnWords, TemplateWords, Wording},
};
pub use report::{Outcome, PublishReport};
