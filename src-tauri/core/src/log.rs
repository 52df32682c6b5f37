//! The log's vocabulary: the facts Pierrot writes down for ever, one JSON object per number.
//!
//! Invariant: what an older Pierrot wrote, every later one reads; an entry never changes once its number is taken.
//! A type this version does not know is `Read::Newer`, never void: two versions must not fold differently.
//! Deliberately absent: which entries count (`fold`), where they are kept (`record`). `at` is for people; nothing decides by it.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::photo::PhotoId;

/// The highest entry version this Pierrot understands.
pub const VERSION: u32 = 1;

/// One entry of the log: who wrote which fact under which number.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LogEntry {
    pub v: u32,
    pub seq: u64,
    /// Hex SHA-256 of the exact bytes of entry `seq - 1`; absent for entry 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prev: Option<String>,
    /// RFC 3339, UTC.
    pub at: String,
    /// The installation that wrote it.
    pub computer: String,
    /// 128 random bits in hex, drawn anew at every start of a program.
    pub writer: String,
    #[serde(flatten)]
    pub fact: Fact,
}

impl LogEntry {
    /// The `type` it is written with.
    pub fn fact_word(&self) -> Option<String> {
        serde_json::to_value(&self.fact).ok()?.get("type")?.as_str().map(str::to_owned)
    }
}

/// What happened. Every fact about a publication names its attempt, photo and target, so a person can read it alone.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Fact {
    /// This attempt now holds photo x target and slot x target.
    Claimed {
        #[serde(flatten)]
        about: About,
        /// 1 for the first attempt at this photo for this target, one more after each.
        number: u32,
        slot: String,
        /// The recipe of the look its picture gets; absent for the picture as it is.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        look: Option<Value>,
    },
    /// The fence: from here nobody may take over; exactly one POST follows. A second one of the same attempt, with the same
    /// frozen request, stands for a repeat, and only a request with a key may be repeated.
    Sending {
        #[serde(flatten)]
        about: About,
        frozen: Frozen,
    },
    Posted {
        #[serde(flatten)]
        about: About,
        post_id: String,
        post_url: String,
        text: String,
        /// How it is known: the target's answer, its timeline, or the photographer's word.
        seen: Seen,
    },
    Released {
        #[serde(flatten)]
        about: About,
        why: Why,
        detail: String,
    },
    NeedsReview {
        #[serde(flatten)]
        about: About,
        detail: String,
    },
    /// A person's answer to `NeedsReview`.
    Resolved {
        #[serde(flatten)]
        about: About,
        answer: Answer,
    },
    /// A photo closed by `Rejected` or `Skipped` is free again, by a person's word.
    Reopened {
        photo: PhotoId,
        target: String,
    },
    /// The never-list: beats everything, on every target.
    Excluded {
        photo: PhotoId,
    },
    Included {
        photo: PhotoId,
    },
    /// The photographer's own words for a photo: they take the place of what the template makes.
    Worded {
        photo: PhotoId,
        /// Absent: on every target, in place of what was written for one of them before.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        target: Option<String>,
        part: Part,
        /// Absent: back to the template.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        text: Option<String>,
    },
    /// Documents of the first Pierrot were taken over; each row of its wal.json counts as published.
    Imported {
        target: String,
        /// Rows of wal.json, verbatim, by photo id; at most 500 an entry.
        published: serde_json::Map<String, Value>,
        /// Names of the sealed copies of the files taken over, with the hex SHA-256 of their bytes.
        files: std::collections::BTreeMap<String, String>,
        /// The photographer says so; only then it can be taken back (`Reopened`).
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        by_hand: bool,
    },
}

/// Which publication a fact is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    pub attempt: AttemptId,
    pub photo: PhotoId,
    /// The name in the settings, `[targets.NAME]`.
    pub target: String,
    /// The account at the target, `x:2244994945`: one account under two names is still one account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
}

/// One try to publish one photo to one target: 128 random bits in hex.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AttemptId(pub String);

impl std::fmt::Display for AttemptId {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(&self.0)
    }
}

/// What can be said about a photo in one's own words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    Caption,
    AltText,
}

/// The request exactly as it will be sent, so that any computer can recognise the post.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Frozen {
    pub text: String,
    pub alt_text: String,
    /// The body of the POST.
    pub body: Value,
    pub media_id: String,
    pub media_key: String,
    /// Hex SHA-256 of the picture that was uploaded.
    pub picture_sha256: String,
    pub cost_usd: f64,
    /// What the target knows a repeated request by; X has nothing of the kind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Seen {
    Answer,
    Timeline,
    Photographer,
}

/// Why an attempt ended without a post. The first three free the photo, the others close it for this target.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// Proof that the request never left.
    NotSent,
    /// The target answered that it did not post, for a reason that passes.
    Refused,
    GivenUp,
    /// The target, or a gate, will never take it.
    Rejected,
    Skipped,
}

impl Why {
    pub fn frees_the_photo(self) -> bool {
        match self {
            Self::NotSent | Self::Refused | Self::GivenUp => true,
            Self::Rejected | Self::Skipped => false,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "is")]
pub enum Answer {
    Posted { post_id: String, post_url: String },
    PostAgain,
    Skip,
}

/// What the bytes under a number say.
#[derive(Clone, Debug, PartialEq)]
pub enum Read {
    Entry(Box<LogEntry>),
    /// Written by a newer Pierrot: stop publishing and ask for an update.
    Newer {
        seq: u64,
        what: String,
    },
}

/// Bytes under a log number that are not an entry: the record is damaged there.
#[derive(Debug, thiserror::Error)]
#[error("entry {seq} of the log cannot be read ({why})")]
pub struct Unreadable {
    pub seq: u64,
    pub why: String,
}

/// Reads the bytes stored under number `seq`.
pub fn read(seq: u64, bytes: &[u8]) -> Result<Read, Unreadable> {
    let unreadable = |why: String| Unreadable { seq, why };
    let value: Value = serde_json::from_slice(bytes).map_err(|error| unreadable(error.to_string()))?;
    let version = value.get("v").and_then(Value::as_number).ok_or_else(|| unreadable("it has no version".into()))?;
    match version.as_f64().unwrap_or(f64::INFINITY) {
        newer if newer > f64::from(VERSION) => return Ok(Read::Newer { seq, what: format!("version {version}") }),
        known if known < 1.0 => return Err(unreadable(format!("there is no version {version}"))),
        _ => {}
    }
    let kind = value.get("type").and_then(Value::as_str).ok_or_else(|| unreadable("it has no type".into()))?.to_owned();
    if !KNOWN.contains(&kind.as_str()) {
        return Ok(Read::Newer { seq, what: format!("type \"{kind}\"") });
    }
    let entry: LogEntry = serde_json::from_value(value).map_err(|error| unreadable(error.to_string()))?;
    if entry.seq != seq {
        return Err(unreadable(format!("it calls itself entry {}", entry.seq)));
    }
    Ok(Read::Entry(Box::new(entry)))
}

const KNOWN: [&str; 11] = [
    "claimed",
    "sending",
    "posted",
    "released",
    "needs_review",
    "resolved",
    "reopened",
    "excluded",
    "included",
    "worded",
    "imported",
];

impl Fact {
    pub fn about(&self) -> Option<&About> {
        match self {
            Self::Claimed { about, .. }
            | Self::Sending { about, .. }
            | Self::Posted { about, .. }
            | Self::Released { about, .. }
            | Self::NeedsReview { about, .. }
            | Self::Resolved { about, .. } => Some(about),
            Self::Reopened { .. }
            | Self::Excluded { .. }
            | Self::Included { .. }
            | Self::Worded { .. }
            | Self::Imported { .. } => None,
        }
    }

    /// The word in the entry's `type`.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Claimed { .. } => "claimed",
            Self::Sending { .. } => "sending",
            Self::Posted { .. } => "posted",
            Self::Released { .. } => "released",
            Self::NeedsReview { .. } => "needs_review",
            Self::Resolved { .. } => "resolved",
            Self::Reopened { .. } => "reopened",
            Self::Excluded { .. } => "excluded",
            Self::Included { .. } => "included",
            Self::Worded { .. } => "worded",
            Self::Imported { .. } => "imported",
        }
    }
}

impl LogEntry {
    /// The bytes that go under the number; equal entries give equal bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("an entry has only string keys")
    }
}
