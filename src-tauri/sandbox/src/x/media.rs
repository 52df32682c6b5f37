//! Uploaded pictures: one-shot and chunked upload, alt texts, ownership and expiry.
//!
//! Invariant: a media id serves only the account that uploaded it, for 24 hours of the sandbox clock; what was
//! uploaded is recognised by its first bytes, never by what the client says.
//! Absent: video and animated pictures.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::http::Reply;

use super::posts::json_body;
use super::{Ask, invalid, stranger, unknown_field};

const IMAGE_MAX_BYTES: usize = 5_242_880;
const EXPIRES_S: i64 = 86_400;
const ALT_MAX: usize = 1000;
const MEDIA_MAX: usize = 100_000;
const BYTES_KEPT: usize = 100;
const SIDE_MAX: u32 = 8192;

#[derive(Debug)]
struct Media {
    user: usize,
    created_ms: i64,
    size: usize,
    sha256: String,
    image: Option<(&'static str, u32, u32)>,
    alt_text: Option<String>,
    announced: Option<usize>,
    parts: BTreeMap<u32, Bytes>,
    bytes: Option<Bytes>,
}

/// All uploaded pictures.
#[derive(Debug, Default)]
pub(crate) struct MediaStore {
    all: BTreeMap<u64, Media>,
    last_id: u64,
}

fn key_of(id: u64) -> String {
    format!("3_{id}")
}

impl MediaStore {
    fn insert(&mut self, media: Media) -> u64 {
        let stamp = ((media.created_ms - 1_288_834_974_657).max(1) as u64) << 22;
        let id = stamp.max(self.last_id + 1);
        self.last_id = id;
        self.all.insert(id, media);
        if self.all.len() > MEDIA_MAX {
            self.all.pop_first();
        }
        for old in self.all.values_mut().rev().skip(BYTES_KEPT) {
            if old.bytes.take().is_none() && old.announced.is_none() {
                break;
            }
            old.parts.clear();
        }
        id
    }

    /// The media key, when this account may attach the picture now.
    pub(crate) fn usable(&self, id: &str, user: usize, now_ms: i64) -> Option<String> {
        let id: u64 = id.parse().ok()?;
        let media = self.all.get(&id)?;
        let alive = media.created_ms + EXPIRES_S * 1000 > now_ms;
        (media.user == user && alive && media.image.is_some()).then(|| key_of(id))
    }

    /// The bytes of a picture, while they are kept.
    pub(crate) fn bytes(&self, id: &str) -> Option<Bytes> {
        let id = id.strip_prefix("3_").unwrap_or(id);
        self.all.get(&id.parse().ok()?)?.bytes.clone()
    }

    /// The alt text by media key.
    pub(crate) fn alt_text(&self, key: &str) -> Option<&str> {
        self.all.get(&key.strip_prefix("3_")?.parse().ok()?)?.alt_text.as_deref()
    }

    /// All pictures without their bytes.
    pub(crate) fn state(&self, names: &[String]) -> Value {
        let row = |(id, media): (&u64, &Media)| {
            let image = media.image.map(|(kind, w, h)| json!({"image_type": kind, "w": w, "h": h}));
            json!({"id": id.to_string(), "media_key": key_of(*id), "user": names.get(media.user), "image": image,
                   "size": media.size, "sha256": media.sha256, "alt_text": media.alt_text,
                   "created_ms": media.created_ms})
        };
        self.all.iter().map(row).collect()
    }
}

/// `POST /2/media/upload`: multipart or JSON with base64.
pub(crate) fn upload(ask: &mut Ask<'_>) -> Reply {
    let fields = match fields(ask) {
        Ok(fields) => fields,
        Err(reply) => return reply,
    };
    let allowed = ["media", "media_category", "additional_owners"];
    if let Some(name) = fields.keys().find(|name| !allowed.contains(&name.as_str())) {
        return unknown_field(name);
    }
    match fields.get("media_category").map(|value| &value[..]) {
        Some(b"tweet_image") => {}
        Some(_) => {
            return invalid(
                "media_category",
                "$.media_category: does not have a value in the enumeration [tweet_image]",
            );
        }
        None => return invalid("media_category", "$.media_category: is missing but it is required"),
    }
    let Some(bytes) = fields.get("media").filter(|bytes| !bytes.is_empty()) else {
        return invalid("media", "$.media: is missing but it is required");
    };
    match examine(bytes) {
        Ok(image) => {
            let id = ask.x.media.insert(finished(ask.user, ask.now_ms, bytes.clone(), image));
            described(ask, id)
        }
        Err(reply) => reply,
    }
}

fn finished(user: usize, created_ms: i64, bytes: Bytes, image: (&'static str, u32, u32)) -> Media {
    let sha256 = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    Media {
        user,
        created_ms,
        size: bytes.len(),
        sha256,
        image: Some(image),
        alt_text: None,
        announced: None,
        parts: BTreeMap::new(),
        bytes: Some(bytes),
    }
}

fn described(ask: &Ask<'_>, id: u64) -> Reply {
    let Some(media) = ask.x.media.all.get(&id) else { return invalid("id", "no such media") };
    let mut data = json!({"id": id.to_string(), "media_key": key_of(id), "size": media.size,
        "expires_after_secs": EXPIRES_S});
    if let Some((kind, w, h)) = media.image {
        data["image"] = json!({"image_type": kind, "w": w, "h": h});
    }
    Reply::json(200, &json!({"data": data}))
}

/// Type and dimensions from the bytes; a refusal when X would not take them.
fn examine(bytes: &Bytes) -> Result<(&'static str, u32, u32), Reply> {
    if bytes.len() > IMAGE_MAX_BYTES {
        return Err(invalid("media", "File size exceeds 5242880 bytes"));
    }
    let kind = match bytes.get(..12) {
        Some([0xff, 0xd8, 0xff, ..]) => "image/jpeg",
        Some([0x89, b'P', b'N', b'G', ..]) => "image/png",
        Some([b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P']) => "image/webp",
        Some([b'G', b'I', b'F', b'8', ..]) => "image/gif",
        Some(_) | None => return Err(invalid("media", "media type unrecognized.")),
    };
    let reader = image::ImageReader::new(std::io::Cursor::new(&bytes[..])).with_guessed_format();
    let dimensions = reader.ok().and_then(|reader| reader.into_dimensions().ok());
    match dimensions {
        Some((w, h)) if w > 0 && h > 0 && w <= SIDE_MAX && h <= SIDE_MAX => Ok((kind, w, h)),
        Some(_) => Err(invalid("media", "image dimensions must be >= 4x4 and <= 8192x8192")),
        None => Err(invalid("media", "Image file is broken.")),
    }
}

/// The fields of a multipart or JSON body (JSON `media` is base64).
fn fields(ask: &Ask<'_>) -> Result<BTreeMap<String, Bytes>, Reply> {
    let kind = ask.call.header("content-type").unwrap_or_default();
    if kind.to_ascii_lowercase().starts_with("multipart/form-data") {
        let boundary = kind
            .split(';')
            .filter_map(|part| part.trim().split_once('='))
            .find(|(key, _)| key.eq_ignore_ascii_case("boundary"));
        let boundary = boundary.map(|(_, value)| value.trim_matches('"')).filter(|value| !value.is_empty());
        let boundary = boundary.ok_or_else(|| invalid("content-type", "multipart without boundary"))?;
        return multipart(&ask.call.body, boundary).ok_or_else(|| invalid("body", "malformed multipart body"));
    }
    let body = json_body(ask)?;
    let mut fields = BTreeMap::new();
    for (key, value) in body.as_object().into_iter().flatten() {
        let bytes = match (key.as_str(), value) {
            ("media", Value::String(text)) => STANDARD.decode(text).map_err(|_| invalid("media", "not base64"))?,
            (_, Value::String(text)) => text.clone().into_bytes(),
            (_, other) => other.to_string().into_bytes(),
        };
        fields.insert(key.clone(), bytes.into());
    }
    Ok(fields)
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    let first = *needle.first()?;
    let mut at = 0;
    while at + needle.len() <= haystack.len() {
        at += haystack[at..].iter().position(|byte| *byte == first)?;
        if haystack[at..].starts_with(needle) {
            return Some(at);
        }
        at += 1;
    }
    None
}

/// RFC 7578; at most 20 parts.
fn multipart(body: &Bytes, boundary: &str) -> Option<BTreeMap<String, Bytes>> {
    let opening = format!("--{boundary}");
    let between = format!("\r\n--{boundary}");
    let mut fields = BTreeMap::new();
    let mut at = find(body, opening.as_bytes())? + opening.len();
    for _ in 0..20 {
        if body[at..].starts_with(b"--") {
            return Some(fields);
        }
        let head_end = at + find(&body[at..], b"\r\n\r\n")?;
        let head = String::from_utf8_lossy(&body[at..head_end]).into_owned();
        let from = head_end + 4;
        let until = from + find(&body[from..], between.as_bytes())?;
        let name = head.split("name=\"").nth(1)?.split('"').next()?;
        fields.insert(name.to_owned(), body.slice(from..until));
        at = until + between.len();
    }
    None
}

/// `POST /2/media/upload/initialize`.
pub(crate) fn initialize(ask: &mut Ask<'_>) -> Reply {
    let body = match json_body(ask) {
        Ok(body) => body,
        Err(reply) => return reply,
    };
    if let Some(name) = stranger(&body, &["media_type", "total_bytes", "media_category", "additional_owners", "shared"])
    {
        return unknown_field(name);
    }
    let Some(total) = body["total_bytes"].as_u64() else {
        return invalid("total_bytes", "$.total_bytes: is missing but it is required");
    };
    if total as usize > IMAGE_MAX_BYTES {
        return invalid("total_bytes", "File size exceeds 5242880 bytes");
    }
    if !matches!(body["media_type"].as_str(), Some("image/jpeg" | "image/png" | "image/webp" | "image/gif")) {
        return invalid("media_type", "$.media_type: does not have a value in the enumeration");
    }
    if body["media_category"].as_str() != Some("tweet_image") {
        return invalid("media_category", "$.media_category: does not have a value in the enumeration [tweet_image]");
    }
    let media = Media {
        image: None,
        announced: Some(total as usize),
        bytes: None,
        ..finished(ask.user, ask.now_ms, Bytes::new(), ("", 0, 0))
    };
    let id = ask.x.media.insert(media);
    Reply::json(200, &json!({"data": {"id": id.to_string(), "media_key": key_of(id), "expires_after_secs": EXPIRES_S}}))
}

fn opened<'a>(ask: &'a mut Ask<'_>) -> Option<&'a mut Media> {
    let id: u64 = ask.call.path.split('/').nth(4)?.parse().ok()?;
    let user = ask.user;
    ask.x.media.all.get_mut(&id).filter(|media| media.user == user && media.announced.is_some())
}

/// `POST /2/media/upload/{id}/append`.
pub(crate) fn append(ask: &mut Ask<'_>) -> Reply {
    let fields = match fields(ask) {
        Ok(fields) => fields,
        Err(reply) => return reply,
    };
    if let Some(name) = fields.keys().find(|name| !matches!(name.as_str(), "media" | "segment_index")) {
        return unknown_field(name);
    }
    let index = fields.get("segment_index").and_then(|text| std::str::from_utf8(text).ok()?.trim().parse::<u32>().ok());
    let Some(index) = index.filter(|index| *index < 1000) else {
        return invalid("segment_index", "$.segment_index: must be between 0 and 999");
    };
    let Some(part) = fields.get("media").cloned() else {
        return invalid("media", "$.media: is missing but it is required");
    };
    let expires = ask.now_ms / 1000 + EXPIRES_S;
    let Some(media) = opened(ask) else { return invalid("id", "media id unknown or not open") };
    let announced = media.announced.unwrap_or(0);
    media.parts.insert(index, part);
    if media.parts.values().map(Bytes::len).sum::<usize>() > announced {
        media.parts.remove(&index);
        return invalid("media", "Segments exceed provided total_bytes");
    }
    Reply::json(200, &json!({"data": {"expires_at": expires}}))
}

/// `POST /2/media/upload/{id}/finalize`.
pub(crate) fn finalize(ask: &mut Ask<'_>) -> Reply {
    let Some(media) = opened(ask) else { return invalid("id", "media id unknown or not open") };
    let whole: Bytes = media.parts.values().flat_map(|part| part.iter().copied()).collect::<Vec<u8>>().into();
    if Some(whole.len()) != media.announced {
        return invalid("media", "Segments do not add up to provided total_bytes.");
    }
    let image = match examine(&whole) {
        Ok(image) => image,
        Err(reply) => return reply,
    };
    let (user, created_ms) = (media.user, media.created_ms);
    *media = finished(user, created_ms, whole, image);
    let id = ask.call.path.split('/').nth(4).and_then(|id| id.parse().ok()).unwrap_or_default();
    described(ask, id)
}

/// `GET /2/media/upload?command=STATUS`: pictures have no processing to ask about.
pub(crate) fn status(_: &mut Ask<'_>) -> Reply {
    Reply::problem(
        400,
        &json!({"errors": [{"message": "BadRequest: Not found"}], "title": "Invalid Request",
        "detail": "One or more parameters to your request was invalid.",
        "type": "https://api.twitter.com/2/problems/invalid-request"}),
    )
}

/// `POST /2/media/metadata`.
pub(crate) fn metadata(ask: &mut Ask<'_>) -> Reply {
    let body = match json_body(ask) {
        Ok(body) => body,
        Err(reply) => return reply,
    };
    if let Some(name) = stranger(&body, &["id", "metadata"]) {
        return unknown_field(name);
    }
    let inner = &body["metadata"];
    let known = ["alt_text", "allow_download_status", "sensitive_media_warning", "upload_source"];
    if !inner.is_object() || !body["id"].is_string() {
        return Reply::problem(
            500,
            &json!({"title": "Internal Server Error", "detail": "Something is broken.",
            "type": "about:blank", "status": 500}),
        );
    }
    if let Some(name) = stranger(inner, &known).or(stranger(&inner["alt_text"], &["text"])) {
        return unknown_field(&format!("metadata.{name}"));
    }
    let text = inner["alt_text"]["text"].as_str();
    if inner.get("alt_text").is_some() && text.is_none() {
        return invalid("metadata.alt_text.text", "$.metadata.alt_text.text: is missing but it is required");
    }
    if text.is_some_and(|text| text.is_empty() || text.chars().count() > ALT_MAX) {
        return invalid("metadata.alt_text.text", "$.metadata.alt_text.text: must be at most 1000 characters long");
    }
    let id = body["id"].as_str().unwrap_or_default();
    if ask.x.media.usable(id, ask.user, ask.now_ms).is_none() {
        return invalid("id", "media id unknown, expired or not yours");
    }
    let media = id.parse().ok().and_then(|id: u64| ask.x.media.all.get_mut(&id));
    if let (Some(media), Some(text)) = (media, text) {
        media.alt_text = Some(text.to_owned());
    }
    ask.x.ledger.metadata(ask.now_ms);
    Reply::json(200, &json!({"data": {"id": id, "associated_metadata": inner}}))
}
