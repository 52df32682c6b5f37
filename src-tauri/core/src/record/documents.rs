//! The three documents of the first Pierrot, derived from the catalogue and the log, and read back from its files.
//!
//! Invariants: `pierrot-db.json` is written before `pierrot-meta.json`, which vouches for it by SHA-256 and count; rows have all
//! fields of the first Pierrot under its names; fields nobody here knows survive. The documents decide nothing: they can be
//! made anew at any time. `_pierrot`, the number of the log they hold through, stands in `pierrot-wal.json` only.

use std::fmt;

use jiff::{Timestamp, tz::TimeZone};
use serde::{
    Deserializer,
    de::{MapAccess, Visitor},
};
use serde_json::{Map, Value, json};

use crate::{
    catalogue::{Catalogue, CatalogueError, Presence, Row, sha256_hex},
    fold::{Attempt, Fold, Stand},
    photo::{Large, Media, Photo, PhotoId, Privacy},
};

pub const DB: &str = "pierrot-db.json";
pub const META: &str = "pierrot-meta.json";
pub const WAL: &str = "pierrot-wal.json";
/// Where the record lives, in `pierrot-meta.json`, if it is no folder.
pub const LIVES_AT: &str = "pierrot_record";
/// The reserved key of `pierrot-wal.json`.
pub const OURS: &str = "_pierrot";

/// Where a photo was published, in its row of `pierrot-wal.json`; only this Pierrot writes it.
pub const POSTS: &str = "pierrot_posts";

/// A row of `pierrot-wal.json` for a photo that the photographer published elsewhere.
pub fn marked_row(row: &Row, target: &str, post_url: Option<&str>, at: Timestamp) -> Map<String, Value> {
    let mut fields = db_row(row);
    fields.insert("pierrot_wal_timestamp".into(), naive(at.as_microsecond()).into());
    fields.insert(
        POSTS.into(),
        json!([{ "target": target, "post_url": post_url, "at": at.to_string(), "by_hand": true }]),
    );
    fields
}

/// One row of `pierrot-db.json`: the thirteen fields of the first Pierrot, then ours, then fields nobody here knows.
/// Places and the secrets in Flickr's addresses stay on this computer; a sync brings them back.
pub fn db_row(row: &Row) -> Map<String, Value> {
    let photo = &row.photo;
    let size = |pixels: u32| if pixels == 0 { Value::Null } else { Value::String(pixels.to_string()) };
    let mut extra: Map<String, Value> = serde_json::from_str(&row.extra).unwrap_or_default();
    let seen = extra.remove("pierrot_timestamp").unwrap_or_else(|| naive(row.first_seen_us).into());
    let large = photo.large.as_ref();
    let mut fields = Map::new();
    let mut put = |name: &str, value: Value| fields.insert(name.to_owned(), value);
    put("id", photo.id.as_str().into());
    put("title", photo.title.as_str().into());
    put("is_public", (photo.privacy == Privacy::Public).into());
    put("original_width", size(photo.original_width));
    put("original_height", size(photo.original_height));
    put("original_format", photo.original_format.clone().into());
    put("tags", photo.tags.clone().into());
    put("url", large.map(|large| large.url.clone()).into());
    put("width", large.map(|large| large.width).into());
    put("height", large.map(|large| large.height).into());
    put("owner", photo.owner.as_str().into());
    put("owner_alias", photo.owner_alias.clone().into());
    put("pierrot_timestamp", seen);
    put("description", photo.description.as_str().into());
    put("privacy", serde_json::to_value(photo.privacy).unwrap_or_default());
    put("media", serde_json::to_value(photo.media).unwrap_or_default());
    put("uploaded_at", photo.uploaded_at.into());
    put("updated_at", photo.updated_at.into());
    put("taken", photo.taken.clone().into());
    put("license", photo.license.into());
    put("safety", photo.safety.into());
    for (name, value) in extra {
        fields.entry(name).or_insert(value);
    }
    fields
}

const KNOWN: [&str; 20] = [
    "id",
    "title",
    "is_public",
    "original_width",
    "original_height",
    "original_format",
    "tags",
    "url",
    "width",
    "height",
    "owner",
    "owner_alias",
    "description",
    "privacy",
    "media",
    "uploaded_at",
    "updated_at",
    "taken",
    "license",
    "safety",
];

/// Reads a row of either Pierrot; `None` when its id is not a photo id. Widths may be strings, addresses null.
pub fn row_from_db(id: &str, fields: &Map<String, Value>) -> Option<Row> {
    let id: PhotoId = id.parse().ok()?;
    let text = |name: &str| fields.get(name).and_then(Value::as_str).map(str::to_owned);
    let number = |name: &str| number_in(fields.get(name));
    let pixels = |name: &str| number(name).and_then(|value| u32::try_from(value).ok()).unwrap_or(0);
    let tags = match fields.get("tags") {
        Some(Value::Array(tags)) => tags.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        Some(Value::String(tags)) => tags.split_whitespace().map(str::to_owned).collect(),
        Some(_) | None => Vec::new(),
    };
    let public = match fields.get("is_public") {
        Some(Value::Bool(public)) => *public,
        other => number_in(other) == Some(1),
    };
    let privacy = fields.get("privacy").and_then(|value| serde_json::from_value(value.clone()).ok());
    let media = fields.get("media").and_then(|value| serde_json::from_value(value.clone()).ok());
    let large = text("url").map(|url| Large { url, width: pixels("width"), height: pixels("height") });
    let mut extra: Map<String, Value> = fields
        .iter()
        .filter(|(name, _)| !KNOWN.contains(&name.as_str()))
        .map(|(n, v)| (n.clone(), v.clone()))
        .collect();
    if extra.get("pierrot_timestamp").is_some_and(|seen| !seen.is_string()) {
        extra.remove("pierrot_timestamp");
    }
    let photo = Photo {
        id,
        title: text("title").unwrap_or_default(),
        description: text("description").unwrap_or_default(),
        tags,
        owner: text("owner").unwrap_or_default(),
        owner_alias: text("owner_alias"),
        server: String::new(),
        secret: String::new(),
        original_secret: None,
        original_format: text("original_format"),
        original_width: pixels("original_width"),
        original_height: pixels("original_height"),
        large,
        uploaded_at: number("uploaded_at").unwrap_or(0),
        updated_at: number("updated_at").unwrap_or(0),
        taken: text("taken"),
        taken_granularity: 0,
        license: number("license").and_then(|value| u8::try_from(value).ok()).unwrap_or(0),
        place: None,
        privacy: privacy.unwrap_or(if public { Privacy::Public } else { Privacy::Private }),
        media: media.unwrap_or(Media::Photo),
        safety: number("safety").and_then(|value| u8::try_from(value).ok()),
    };
    let extra = if extra.is_empty() { String::new() } else { Value::Object(extra).to_string() };
    Some(Row { photo, presence: Presence::Listed, first_seen_us: 0, extra })
}

fn number_in(value: Option<&Value>) -> Option<i64> {
    match value? {
        Value::Number(number) => number.as_i64(),
        Value::String(text) => text.trim().parse().ok(),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

/// `2024-03-11 17:48:30.291404`, without a zone as the first Pierrot wrote it; UTC.
fn naive(us: i64) -> String {
    let time = Timestamp::from_microsecond(us).unwrap_or(Timestamp::UNIX_EPOCH).to_zoned(TimeZone::UTC);
    time.strftime("%Y-%m-%d %H:%M:%S%.6f").to_string()
}

/// `pierrot-db.json` of everything the source has now, and how many rows it holds.
pub fn db(catalogue: &Catalogue) -> Result<(Vec<u8>, u64), CatalogueError> {
    let mut bytes = b"{".to_vec();
    let mut count = 0;
    catalogue.each_photo(|row| {
        if row.presence != Presence::Missing {
            bytes.extend_from_slice(if count == 0 { b"\n" } else { b",\n" });
            let id = Value::String(row.photo.id.as_str().to_owned());
            serde_json::to_writer(&mut bytes, &id).expect("memory takes every byte");
            bytes.extend_from_slice(b": ");
            serde_json::to_writer(&mut bytes, &db_row(&row)).expect("memory takes every byte");
            count += 1;
        }
        true
    })?;
    bytes.extend_from_slice(b"\n}\n");
    Ok((bytes, count))
}

/// `pierrot-meta.json` for a `pierrot-db.json` with these bytes; `known` are fields to keep.
pub fn meta(db_sha256: &str, photos: u64, mut known: Map<String, Value>) -> Vec<u8> {
    known.insert("photos".into(), photos.into());
    known.insert("pierrot_db_sha256".into(), db_sha256.into());
    pretty(&Value::Object(known))
}

/// `pierrot-wal.json`: every photo published somewhere, with where and when.
pub fn wal(catalogue: &Catalogue, fold: &Fold) -> Result<Vec<u8>, CatalogueError> {
    let mut rows = Map::new();
    for (photo, imported) in fold.imported() {
        rows.insert(photo.as_str().to_owned(), Value::Object((*imported.row).clone()));
    }
    let mut posted: Vec<&Attempt> = fold.attempts().filter(|a| matches!(a.stand, Stand::Posted { .. })).collect();
    posted.sort_by_key(|attempt| attempt.last_seq);
    for attempt in posted {
        let Stand::Posted { post_id, post_url, text, .. } = &attempt.stand else { continue };
        let photo = &attempt.about.photo;
        if !rows.contains_key(photo.as_str()) {
            let fields = match catalogue.photo(photo)? {
                Some(row) => db_row(&row),
                None => Map::from_iter([("id".to_owned(), Value::from(photo.as_str()))]),
            };
            rows.insert(photo.as_str().to_owned(), Value::Object(fields));
        }
        let Some(Value::Object(row)) = rows.get_mut(photo.as_str()) else { continue };
        let at: Timestamp = attempt.last_at.parse().unwrap_or(Timestamp::UNIX_EPOCH);
        row.entry("pierrot_wal_timestamp").or_insert_with(|| naive(at.as_microsecond()).into());
        let post = json!({ "target": attempt.about.target, "account": attempt.about.account, "post_id": post_id,
            "post_url": post_url, "text": text, "at": attempt.last_at });
        let posts = row.entry(POSTS).or_insert_with(|| json!([]));
        if let Value::Array(posts) = posts {
            posts.push(post);
        } else {
            *posts = json!([post]);
        }
    }
    let published = rows.len();
    let mut bytes = pretty(&Value::Object(rows));
    bytes.truncate(bytes.trim_ascii_end().len() - 1);
    bytes.truncate(bytes.trim_ascii_end().len());
    let ours = json!({ "through": fold.through(), "sha256": fold.last_sha256(), "published": published,
        "rows_sha256": sha256_hex(&bytes) });
    if published > 0 {
        bytes.push(b',');
    }
    bytes.extend_from_slice(wal_end(&ours).as_bytes());
    Ok(bytes)
}

fn wal_end(ours: &Value) -> String {
    format!("\n  \"{OURS}\": {ours}\n}}\n")
}

/// Whether `pierrot-wal.json` is, byte for byte, as a Pierrot wrote it.
pub fn wal_is_untouched(bytes: &[u8], fields: &Map<String, Value>) -> bool {
    let Some(ours) = fields.get(OURS) else { return false };
    let Some(rows) = bytes.strip_suffix(wal_end(ours).as_bytes()) else { return false };
    let rows = rows.strip_suffix(b",").unwrap_or(rows);
    ours.get("rows_sha256").and_then(Value::as_str) == Some(sha256_hex(rows).as_str())
}

pub(crate) fn pretty(value: &Value) -> Vec<u8> {
    let mut bytes = serde_json::to_vec_pretty(value).expect("documents have string keys");
    bytes.push(b'\n');
    bytes
}

/// Hands every row of a document to `each`, one at a time, so that a large document costs little memory; rows that are not
/// objects, and `_pierrot`, are passed over. Answers how many rows there were, or why it is not a document.
pub fn each_row(bytes: &[u8], each: impl FnMut(String, Map<String, Value>)) -> Result<u64, String> {
    let mut reader = serde_json::Deserializer::from_slice(without_mark(bytes));
    let count = reader.deserialize_map(Rows(each)).map_err(|error| error.to_string())?;
    reader.end().map_err(|error| error.to_string())?;
    Ok(count)
}

/// Editors on Windows put a byte order mark in front of a text.
fn without_mark(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes)
}

struct Rows<F>(F);

impl<'de, F: FnMut(String, Map<String, Value>)> Visitor<'de> for Rows<F> {
    type Value = u64;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("an object by photo id")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut rows: A) -> Result<u64, A::Error> {
        let mut count = 0;
        while let Some((id, row)) = rows.next_entry::<String, Value>()? {
            if id == OURS {
                continue;
            }
            count += 1;
            if let Value::Object(row) = row {
                (self.0)(id, row);
            }
        }
        Ok(count)
    }
}

/// Whether a row of `pierrot-db.json` says the same as ours; when a photo was first seen differs between computers.
pub fn same_row(row: &Map<String, Value>, ours: &Map<String, Value>) -> bool {
    KNOWN.iter().all(|name| row.get(*name) == ours.get(*name))
}

/// What a document at the store is.
#[derive(Clone, Debug, PartialEq)]
pub enum Found {
    Nothing,
    /// Not a JSON object: damaged, or somebody else's.
    Unreadable(String),
    Object(Map<String, Value>),
}

pub fn read_document(bytes: Option<&[u8]>) -> Found {
    match bytes.map(|bytes| serde_json::from_slice::<Value>(without_mark(bytes))) {
        None => Found::Nothing,
        Some(Ok(Value::Object(fields))) => Found::Object(fields),
        Some(Ok(_)) => Found::Unreadable("it is not a JSON object".into()),
        Some(Err(error)) => Found::Unreadable(error.to_string()),
    }
}

/// The name under which foreign bytes are kept for ever before a document takes their place.
pub fn sealed_name(name: &str, bytes: &[u8]) -> String {
    format!("imported/{}-{name}", &sha256_hex(bytes)[..16])
}

#[cfg(test)]
#[path = "documents_test.rs"]
mod tests;
