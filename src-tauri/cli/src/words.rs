//! Reports as sentences for a photographer.

use std::fmt::Write;

use pierrot_core::{
    Backup, CheckReport, Doctor, OpenReview, Outcome, PhotoLine, PhotoState, PublishReport, RecoverReport, Restored,
    Status, SyncReport, photo::PhotoId, record::probe::Verdict,
};
use serde_json::{Value, json};

/// Findings shown to a person; programs get all.
const FINDINGS_SHOWN: usize = 30;

/// `1 photo`, `2 photos`.
fn count(number: u64, thing: &str) -> String {
    format!("{number} {thing}{}", if number == 1 { "" } else { "s" })
}

pub fn backup(backup: &Backup) -> String {
    let entries =
        if backup.entries == 1 { "1 log entry".to_owned() } else { format!("{} log entries", backup.entries) };
    format!(
        "Copied {entries} and {} to {}.\nIt is a record by itself: should yours be lost, name it as path of [record] in \
         config.toml and run `pierrot check --repair`.",
        count(backup.photos.into(), "photo"),
        backup.folder
    )
}

pub fn synced(report: &SyncReport) -> String {
    let total = count(report.total, "photo");
    let calls = count(u64::from(report.calls), "call");
    let mut said = if report.unchanged {
        format!("Nothing changed: {total} ({calls} to Flickr).")
    } else {
        format!(
            "{total}: {} new, {} changed, {} gone ({calls} to Flickr).",
            report.added, report.changed, report.removed
        )
    };
    if report.unproved > 0 {
        let _ = write!(
            said,
            "\n{} were not listed this time. That is a lot at once, so Pierrot believes it only after a second look: \
             run `pierrot sync --full` again.",
            count(report.unproved, "photo")
        );
    }
    said
}

pub fn published(report: &PublishReport) -> String {
    let photo = report.photo_id.as_ref().map(ToString::to_string).unwrap_or_default();
    let mut said = match report.outcome {
        Outcome::Published => format!("Published photo {photo} to {}.", report.target),
        Outcome::DryRun => {
            format!("Photo {photo} would go to {} ({}). Nothing was changed.", report.target, report.reason)
        }
        Outcome::NothingLeft | Outcome::AlreadyDone => format!("Nothing to publish: {}.", report.reason),
        Outcome::NeedsReview => format!("Photo {photo} needs your review: {}.", report.reason),
        // What stopped it says which photo, and what became of it.
        Outcome::Held | Outcome::Rejected | Outcome::TryLater => String::new(),
    };
    let fields = [
        ("post", report.post_url.clone()),
        ("text", report.text.clone().map(|text| text.replace('\n', "\n           "))),
        (
            "alt text",
            report.alt_text.clone().filter(|alt| !alt.is_empty()).map(|alt| alt.replace("\n", "\n           ")),
        ),
        ("picture", picture(report)),
        ("cost", report.cost_usd.map(|cost| price(cost, report.alt_text.as_deref()))),
    ];
    for (name, value) in fields {
        if let Some(value) = value {
            let _ = write!(said, "\n  {name:<9}{value}");
        }
    }
    for warning in &report.warnings {
        let _ = write!(said, "\n  note     {warning}");
    }
    said.trim_start().to_owned()
}

/// What a post costs, and what for, in figures that add up.
pub fn price(cost: f64, alt: Option<&str>) -> String {
    const ALT_TEXT: f64 = 0.005;
    let dollars = |amount: f64| {
        let exact = format!("{amount:.3}");
        exact.strip_suffix('0').unwrap_or(&exact).to_owned()
    };
    let described = alt.is_some_and(|alt| !alt.is_empty()) && cost > ALT_TEXT;
    let total = dollars(cost);
    if described {
        format!("USD {total} ({} for the post, {} for the alt text)", dollars(cost - ALT_TEXT), dollars(ALT_TEXT))
    } else {
        format!("USD {total}")
    }
}

/// After a rehearsal that threw the dice.
pub fn another_throw(report: &PublishReport, target: Option<&str>) -> String {
    let (Outcome::DryRun, Some(photo)) = (report.outcome, &report.photo_id) else { return String::new() };
    let target = target.map_or_else(String::new, |target| format!(" --target {target}"));
    format!(
        "\nThe next throw may pick another photo; this one goes out with `pierrot publish{target} --photo {photo}`."
    )
}

pub fn excluded(photo: &PhotoId, changed: bool, published: &[String]) -> String {
    match (changed, published) {
        (false, _) => format!("Photo {photo} was excluded already."),
        (true, []) => format!("Photo {photo} will never go out."),
        (true, places) => {
            format!("Photo {photo} will not go out again; it stays published on {}.", places.join(" and "))
        }
    }
}

fn picture(report: &PublishReport) -> Option<String> {
    #[expect(clippy::cast_precision_loss, reason = "a size for people")]
    let kilobytes = report.bytes? as f64 / 1000.0;
    Some(format!("{} x {} pixels, {kilobytes:.0} kB", report.width?, report.height?))
}

pub fn recovered(report: &RecoverReport, open: usize) -> String {
    let mut lines = Vec::new();
    let done = [
        (report.posted.len(), "found posted; now on the record"),
        (report.released.len(), "had sent nothing; the photo is free again"),
        (report.open.len(), "cannot be settled yet"),
    ];
    for (number, what) in done.into_iter().filter(|(number, _)| *number > 0) {
        lines.push(format!("{}: {what}.", count(number as u64, "publication")));
    }
    if let Some(again) = &report.published_again {
        lines.push(published(again));
    }
    if open > 0 {
        lines.push(format!(
            "{} for your answer: run `pierrot review`.",
            if open == 1 { "1 publication waits".into() } else { format!("{open} publications wait") }
        ));
    }
    if lines.is_empty() && report.error.is_none() {
        lines.push("Nothing was left unfinished.".into());
    }
    lines.join("\n")
}

pub fn reviews(reviews: &[OpenReview]) -> String {
    if reviews.is_empty() {
        return "No publication waits for your answer.".into();
    }
    let mut said = String::new();
    for review in reviews {
        let _ = write!(
            said,
            "{}\n  photo {} to {}: \"{}\"\n  {}\n  Look at the account, then:\n    pierrot review {} --posted ADDRESS   it is there\n    \
             pierrot review {} --post-again      it is not: send it again\n    pierrot review {} --skip            leave it\n",
            review.id,
            review.photo_id,
            review.target,
            review.text,
            review.detail,
            short(&review.id),
            short(&review.id),
            short(&review.id)
        );
    }
    said
}

fn short(id: &str) -> &str {
    id.get(..8).unwrap_or(id)
}

pub fn status(status: &Status) -> String {
    let mut said = format!("{}\n{}", status.home, count(status.total, "photo"));
    if status.missing > 0 {
        let _ = write!(said, ", besides {} gone from Flickr", status.missing);
    }
    for target in &status.targets {
        let _ = write!(
            said,
            "\n  {}: {} left to publish, {} published, {} held back, {} excluded",
            target.target,
            target.unpublished,
            target.published - target.published_besides.min(target.published),
            target.held,
            status.excluded
        );
        if target.published_besides > 0 {
            let _ = write!(said, "; {} more published, now gone or excluded", target.published_besides);
        }
        if target.reviews > 0 {
            let _ = write!(said, "; {} for your review", target.reviews);
        }
        if target.in_progress > 0 {
            let _ = write!(said, "; {} unfinished (run `pierrot recover`)", target.in_progress);
        }
    }
    for unknown in &status.unknown_albums {
        let _ = write!(said, "\nnote: {unknown}");
    }
    let record = &status.record;
    let _ = write!(
        said,
        "\nrecord {}: {}",
        record.place,
        if record.entries == 1 { "1 entry".into() } else { format!("{} entries", record.entries) }
    );
    if record.documents_pending {
        said.push_str(", the catalogue's documents still have to go up");
    }
    match &status.synced_at {
        Some(at) => _ = write!(said, "\nlast full sync {at}"),
        None => said.push_str("\nnever synced: run `pierrot sync`"),
    }
    said
}

pub fn photos(photos: &[PhotoLine], limit: usize, more: bool) -> String {
    if limit == 0 {
        return "None shown, as you asked (--limit 0).".into();
    }
    if photos.is_empty() {
        return "No such photos.".into();
    }
    let mut said = String::new();
    for photo in photos {
        let state = match photo.state {
            PhotoState::Unpublished => "unpublished",
            PhotoState::Published => "published",
            PhotoState::Held => "held",
            PhotoState::Excluded => "excluded",
            PhotoState::Missing => "missing",
        };
        let title: String = photo.title.chars().filter(|c| !c.is_control()).take(60).collect();
        let _ = write!(said, "{:<12} {state:<12} {title}", photo.photo_id);
        for post in photo.posts.iter().filter_map(|post| post.post_url.as_ref()) {
            let _ = write!(said, "  {post}");
        }
        if let Some(why) = &photo.why {
            let _ = write!(said, "  ({why})");
        }
        said.push('\n');
    }
    if more {
        let _ = writeln!(said, "These are the first {limit}; `--limit {}` shows more.", limit.saturating_mul(10));
    }
    said
}

pub fn log(entries: &[Value]) -> String {
    if entries.is_empty() {
        return "The log is empty: nothing was published yet.".into();
    }
    let text = |entry: &Value, name: &str| entry.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let mut said = String::new();
    for entry in entries {
        let seq = entry.get("seq").and_then(Value::as_u64).unwrap_or_default();
        let at: String = text(entry, "at").chars().take(19).chain(['Z']).collect();
        let _ = write!(
            said,
            "{seq:>5}  {at}  {:<12} {:<12} {}",
            text(entry, "type"),
            text(entry, "photo_id"),
            text(entry, "target")
        );
        for name in ["post_url", "why", "detail"] {
            let value = text(entry, name);
            if !value.is_empty() {
                let _ = write!(said, "  {value}");
            }
        }
        said.push('\n');
    }
    said
}

pub fn checked(report: &CheckReport) -> String {
    let mut said = format!(
        "{} in the log, {} published, {} in the catalogue.",
        if report.entries == 1 { "1 entry".into() } else { format!("{} entries", report.entries) },
        report.published,
        count(report.photos, "photo")
    );
    if report.findings.is_empty() {
        said.push_str(" Everything is in order.");
    }
    for finding in report.findings.iter().take(FINDINGS_SHOWN) {
        let now = if finding.mended { "Mended." } else { &finding.mend };
        let _ = write!(said, "\n{}: {}. {now}", finding.document, finding.wrong.trim_end_matches('.'));
    }
    if report.findings.len() > FINDINGS_SHOWN {
        let _ =
            write!(said, "\nand {} more; `pierrot --json check` shows all.", report.findings.len() - FINDINGS_SHOWN);
    }
    said
}

pub fn restored(restored: &Restored) -> String {
    let mut said = format!(
        "Back from the record: {} of the log, {} published.\n{} in the catalogue now, {} of them from the record.",
        if restored.entries == 1 { "1 entry".into() } else { format!("{} entries", restored.entries) },
        count(restored.published as u64, "photo"),
        count(restored.total, "photo"),
        restored.photos
    );
    if let Some(aside) = &restored.set_aside {
        let _ = write!(
            said,
            "\nThe damaged catalogue is kept as {aside}. What this computer was in the middle of was only in there: \
             `pierrot recover` settles it from the record and the account, ten minutes from now at the earliest."
        );
    }
    said
}

pub fn probe(verdict: &Verdict) -> String {
    let mut said = verdict.sentence.clone();
    for check in &verdict.details {
        let _ = write!(said, "\n  {} {}: {}", if check.ok { "ok " } else { "NOT" }, check.name, check.seen);
    }
    said
}

pub fn probe_rows(verdict: &Verdict) -> Vec<Value> {
    verdict.details.iter().map(|check| json!({ "name": check.name, "ok": check.ok, "seen": check.seen })).collect()
}

pub fn doctor(doctor: &Doctor) -> String {
    let mut said = doctor.home.clone();
    for check in &doctor.checks {
        let _ = write!(said, "\n  {} {}: {}", if check.ok { "ok " } else { "NOT" }, check.what, check.found);
        if let Some(now) = &check.what_now {
            let _ = write!(said, "\n      {now}");
        }
    }
    said
}
