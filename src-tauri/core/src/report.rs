//! What became of one publication, for people, programs and the log of runs.
//!
//! Invariant: an outcome is a settled answer; what did not pass by itself carries the error that stopped it.

use serde::{Deserialize, Serialize};

use crate::{error::Error, photo::PhotoId};

/// How a publication ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    Published,
    /// A rehearsal: nothing was changed anywhere.
    DryRun,
    NothingLeft,
    /// The due time it was for is taken, by this or another computer.
    AlreadyDone,
    NeedsReview,
    Held,
    Rejected,
    TryLater,
}

/// What became of it. Fields that do not apply are null.
#[derive(Clone, Debug, PartialEq, Serialize, ts_rs::TS)]
pub struct PublishReport {
    pub outcome: Outcome,
    pub photo_id: Option<PhotoId>,
    pub target: String,
    pub post_id: Option<String>,
    pub post_url: Option<String>,
    pub text: Option<String>,
    pub alt_text: Option<String>,
    pub cost_usd: Option<f64>,
    /// Size of the picture that goes out.
    pub bytes: Option<usize>,
    pub width: Option<u32>,
    pub height: Option<u32>,
    /// Why this photo, or why none.
    pub reason: String,
    /// For instance that a bare domain in the text makes the post dearer.
    pub warnings: Vec<String>,
    /// What stopped it, where something did.
    #[serde(skip)]
    pub error: Option<Error>,
}

impl PublishReport {
    pub(crate) fn empty(outcome: Outcome, target: &str, reason: impl Into<String>) -> Self {
        Self {
            outcome,
            photo_id: None,
            target: target.to_owned(),
            post_id: None,
            post_url: None,
            text: None,
            alt_text: None,
            cost_usd: None,
            bytes: None,
            width: None,
            height: None,
            reason: reason.into(),
            warnings: Vec::new(),
            error: None,
        }
    }
}
