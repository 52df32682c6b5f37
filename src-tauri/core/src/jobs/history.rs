//! What the log tells about one photo, entry by entry, in words for its screen.
//!
//! Invariant: every entry that names the photo is there, in order, also those that did not count. Absent: what follows from
//! them (`fold`).

use memchr::memmem::Finder;
use serde::Serialize;
use ts_rs::TS;

use crate::{
    caption::plain,
    catalogue::{Catalogue, CatalogueError},
    fold::Fold,
    log::{self, Answer, Fact, LogEntry, Part, Read, Seen, Why},
    photo::PhotoId,
    photo_words::sentence,
};

/// One entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct HistoryLine {
    /// Its number in the log.
    #[ts(type = "number")]
    pub seq: u64,
    /// RFC 3339.
    pub at: String,
    /// The id of the computer that wrote it.
    pub computer: String,
    /// Whether that is this computer.
    pub here: bool,
    pub target: Option<String>,
    /// The word of the log: `claimed`, `posted`, ...
    pub kind: String,
    /// A sentence.
    pub what: String,
    pub post_url: Option<String>,
    /// False for an entry that broke a rule, so that nothing followed from it.
    pub counts: bool,
}

/// The entries about a photo, oldest first.
pub(super) fn lines(
    catalogue: &Catalogue,
    fold: &Fold,
    photo: &PhotoId,
) -> std::result::Result<Vec<HistoryLine>, CatalogueError> {
    let computer: String = catalogue.state("computer")?.unwrap_or_default();
    // Only entries with the quoted id can name it; the others are not worth reading.
    let quoted = format!("\"{photo}\"");
    let finder = Finder::new(&quoted);
    let mut lines = Vec::new();
    catalogue.each_log_entry(|seq, bytes| {
        if finder.find(bytes).is_none() {
            return;
        }
        let Ok(Read::Entry(entry)) = log::read(seq, bytes) else { return };
        if let Some(mut line) = line(&entry, photo) {
            line.here = entry.computer == computer;
            line.counts = fold.void().binary_search_by_key(&seq, |(void, _)| *void).is_err();
            lines.push(line);
        }
    })?;
    Ok(lines)
}

fn line(entry: &LogEntry, photo: &PhotoId) -> Option<HistoryLine> {
    let (target, what) = match &entry.fact {
        Fact::Excluded { photo: named } => (None, (named == photo).then(|| "You excluded it.".to_owned())?),
        Fact::Included { photo: named } => (None, (named == photo).then(|| "You included it again.".to_owned())?),
        Fact::Reopened { photo: named, target } => {
            (Some(target), (named == photo).then(|| "Opened again for publishing.".to_owned())?)
        }
        Fact::Worded { photo: named, target, part, text } => {
            (target.as_ref(), (named == photo).then(|| worded(*part, text.as_deref()))?)
        }
        Fact::Imported { target, published, by_hand, .. } => {
            let what = if *by_hand { "You marked it as published." } else { "Published by the first Pierrot." };
            (Some(target), published.get(photo.as_str()).map(|_| what.to_owned())?)
        }
        Fact::Claimed { about, .. }
        | Fact::Sending { about, .. }
        | Fact::Posted { about, .. }
        | Fact::Released { about, .. }
        | Fact::NeedsReview { about, .. }
        | Fact::Resolved { about, .. } => (Some(&about.target), (about.photo == *photo).then(|| told(&entry.fact))?),
    };
    Some(HistoryLine {
        seq: entry.seq,
        at: entry.at.clone(),
        computer: entry.computer.clone(),
        here: false,
        target: target.cloned(),
        kind: entry.fact.kind().to_owned(),
        what,
        post_url: post_url(&entry.fact),
        counts: true,
    })
}

/// What happened to a publication, as a sentence.
fn told(fact: &Fact) -> String {
    match fact {
        Fact::Claimed { number, slot, .. } => format!("Chosen for publishing (attempt {number}, {slot})."),
        Fact::Sending { .. } => "Sending began.".into(),
        Fact::Posted { seen, .. } => match seen {
            Seen::Answer => "Posted.".into(),
            Seen::Timeline => "Posted; it was found on the timeline.".into(),
            Seen::Photographer => "Posted, as you said.".into(),
        },
        Fact::Released { why, detail, .. } => {
            let why = match why {
                Why::NotSent => "Not sent",
                Why::Refused => "Not posted for now",
                Why::GivenUp => "Given up",
                Why::Rejected => "Not accepted",
                Why::Skipped => "Skipped",
            };
            if detail.is_empty() { format!("{why}.") } else { sentence(&format!("{why}: {detail}")) }
        }
        Fact::NeedsReview { detail, .. } => sentence(&format!("Needs your review: {detail}")),
        Fact::Resolved { answer, .. } => match answer {
            Answer::Posted { .. } => "You said that it is posted.".into(),
            Answer::PostAgain => "You said that it is not posted: it goes out again.".into(),
            Answer::Skip => "You skipped it.".into(),
        },
        Fact::Reopened { .. }
        | Fact::Excluded { .. }
        | Fact::Included { .. }
        | Fact::Worded { .. }
        | Fact::Imported { .. } => fact.kind().to_owned(),
    }
}

fn worded(part: Part, text: Option<&str>) -> String {
    let part = match part {
        Part::Caption => "caption",
        Part::AltText => "alt text",
    };
    match text {
        Some("") => format!("You left the {part} empty."),
        Some(text) => format!("You wrote the {part}: {}", plain::line(text)),
        None => format!("The {part} is again made by the template."),
    }
}

fn post_url(fact: &Fact) -> Option<String> {
    match fact {
        Fact::Posted { post_url, .. } | Fact::Resolved { answer: Answer::Posted { post_url, .. }, .. } => {
            Some(post_url.clone())
        }
        Fact::Claimed { .. }
        | Fact::Sending { .. }
        | Fact::Released { .. }
        | Fact::NeedsReview { .. }
        | Fact::Resolved { .. }
        | Fact::Reopened { .. }
        | Fact::Excluded { .. }
        | Fact::Included { .. }
        | Fact::Worded { .. }
        | Fact::Imported { .. } => None,
    }
}
