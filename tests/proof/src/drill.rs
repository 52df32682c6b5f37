//! A lost computer: a home with many photos and a long log is gone, and a restore from the record gives the same one back.
//!
//! Invariant: what `photos`, `log` and `status` say afterwards equals what they said before, but for the names of places and
//! the time of the last sync. Absent: the making of a long history by publishing; valid entries are written as files.

use std::{
    fs, io,
    path::Path,
    time::{Instant, SystemTime, UNIX_EPOCH},
};

use pierrot_core::{
    catalogue::sha256_hex,
    log::{About, AttemptId, Fact, Frozen, LogEntry, Seen, VERSION},
    photo::PhotoId,
    record::append::{LOG, name_of},
};
use serde::Serialize;
use serde_json::{Value, json};

use crate::program::{self, Home};

#[derive(Clone, Debug, Default, Serialize)]
pub struct Drilled {
    pub equal: bool,
    /// Of the restore, as a process, walk through Flickr included.
    pub seconds: f64,
    pub photos: u64,
    pub entries: u64,
    #[serde(skip)]
    pub violations: Vec<String>,
}

/// Makes a home of so many photos with so many entries on its record, loses it, and restores it.
pub async fn run(photos: usize, entries: u64) -> io::Result<Drilled> {
    let folder = crate::scratch()?;
    let sandbox = program::sandbox(photos, 1).await?;
    let record = folder.path().join("record");
    let settings = format!("kind = \"folder\"\npath = \"{}\"", record.display());
    let home = Home::new(&folder.path().join("home"), &sandbox, &settings, &[])?;
    done(&home, &["sync"]).await?;
    let listed = done(&home, &["photos", "--state", "unpublished", "--limit", "1000000"]).await?;
    let free = listed["photos"].as_array().cloned().unwrap_or_default();
    let free: Vec<PhotoId> = free.iter().filter_map(|row| row["photo_id"].as_str()?.parse().ok()).collect();
    let account = format!("x:{}", sandbox.described().x.user_id);
    write_history(&record, &free, &account, entries)?;
    done(&home, &["check", "--repair"]).await?;
    let before = told(&home).await?;
    fs::remove_dir_all(&home.root)?;
    let home = Home::new(&home.root, &sandbox, &settings, &[])?;
    let began = Instant::now();
    done(&home, &["restore"]).await?;
    let seconds = began.elapsed().as_secs_f64();
    let after = told(&home).await?;
    let mut violations: Vec<String> = before
        .iter()
        .zip(&after)
        .filter(|(before, after)| before != after)
        .map(|(before, after)| difference(before, after))
        .collect();
    if let Err(error) = done(&home, &["check"]).await {
        violations.push(error.to_string());
    }
    let number = |value: &Value| value.as_u64().unwrap_or(0);
    let (photos, entries) = (number(&after[2]["total"]), number(&after[2]["record"]["entries"]));
    Ok(Drilled { equal: violations.is_empty(), seconds, photos, entries, violations })
}

async fn done(home: &Home, arguments: &[&str]) -> io::Result<Value> {
    let said = home.run(arguments).await?;
    if said.status == Some(0) { Ok(said.json) } else { Err(io::Error::other(format!("{arguments:?}: {}", said.json))) }
}

/// Photos, history and status, without what a new home may say differently.
async fn told(home: &Home) -> io::Result<[Value; 3]> {
    let photos = done(home, &["photos", "--limit", "1000000"]).await?;
    let log = done(home, &["log", "--limit", "1000000"]).await?;
    let mut status = done(home, &["status"]).await?;
    status["synced_at"] = Value::Null;
    // Which account that is, a new home learns when it publishes.
    status["targets"][0]["account"] = Value::Null;
    Ok([photos, log, status])
}

/// The first place where two answers differ.
fn difference(before: &Value, after: &Value) -> String {
    match (before, after) {
        (Value::Object(old), Value::Object(new)) => {
            let key = old.keys().chain(new.keys()).find(|key| old.get(*key) != new.get(*key));
            let key = key.map_or("", String::as_str);
            format!("{key}: {}", difference(&before[key], &after[key]))
        }
        (Value::Array(old), Value::Array(new)) => match old.iter().zip(new).position(|(old, new)| old != new) {
            Some(at) => format!("{at}: {}", difference(&old[at], &new[at])),
            None => format!("{} were there, {} are", old.len(), new.len()),
        },
        (
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) | Value::Object(_),
            _,
        ) => format!("{before} became {after}"),
    }
}

/// Publications of the past.
fn write_history(record: &Path, photos: &[PhotoId], account: &str, entries: u64) -> io::Result<()> {
    fs::create_dir_all(record.join(LOG))?;
    let facts = photos.iter().zip(1..).flat_map(|(photo, number)| publication(photo, account, number));
    let now_s = SystemTime::now().duration_since(UNIX_EPOCH).map_err(io::Error::other)?.as_secs();
    let first_s = now_s.saturating_sub(entries).cast_signed();
    for (bytes, seq) in chained(facts, first_s).zip(1..=entries) {
        fs::write(record.join(name_of(seq)), bytes)?;
    }
    Ok(())
}

/// The bytes of entries with these facts, a second apart, chained as the engine chains them.
pub(crate) fn chained(facts: impl Iterator<Item = Fact>, first_s: i64) -> impl Iterator<Item = Vec<u8>> {
    let mut prev = None;
    facts.zip(1..).map(move |(fact, seq)| {
        let at = jiff::Timestamp::from_second(first_s.saturating_add_unsigned(seq)).unwrap_or_default();
        let (computer, writer) = ("c0".repeat(16), "a1".repeat(16));
        let prev_now = prev.take();
        let entry = LogEntry { v: VERSION, seq, prev: prev_now, at: at.to_string(), computer, writer, fact };
        let bytes = entry.to_bytes();
        prev = Some(sha256_hex(&bytes));
        bytes
    })
}

/// The three facts of one.
pub(crate) fn publication(photo: &PhotoId, account: &str, number: u64) -> [Fact; 3] {
    let attempt = AttemptId(format!("{number:032x}"));
    let about = About { attempt, photo: photo.clone(), target: "x".into(), account: Some(account.to_owned()) };
    let (text, media_id) = (format!("Publication {number}"), format!("19{number:017}"));
    let frozen = Frozen {
        text: text.clone(),
        alt_text: String::new(),
        body: json!({"text": text, "media": {"media_ids": [media_id]}}),
        media_key: format!("3_{media_id}"),
        media_id,
        picture_sha256: sha256_hex(text.as_bytes()),
        cost_usd: 0.015,
        key: None,
    };
    let post_id = format!("18{number:017}");
    let post_url = format!("https://x.com/i/status/{post_id}");
    [
        Fact::Claimed { about: about.clone(), number: 1, slot: format!("now-{number}"), look: None },
        Fact::Sending { about: about.clone(), frozen },
        Fact::Posted { about, post_id, post_url, text, seen: Seen::Answer },
    ]
}
