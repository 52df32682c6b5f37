//! Replies of Flickr as values: pages of photos, one photo, sizes, albums, users.
//!
//! Invariant: nothing a row says can lose its page: a row without a usable id is counted in `skipped`, every other oddity
//! becomes the absent value. Texts are bounded and free of NUL. Absent: the network, and what to do about a failure.

use serde::Deserialize;
use serde_json::Value;

use super::json::{List, Loose, Soft};
use super::row::Row;
use super::{mend, text};
use crate::photo::{Media, Photo, PhotoId, Privacy};

/// A reply that becomes a tree may take forty times its length in memory.
const TREE_BYTES_MAX: usize = 4 << 20;

/// One page of a list.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Page {
    /// From 1.
    pub page: u32,
    pub pages: u32,
    /// As the server says it; may be more than there is.
    pub total: u64,
    /// Duplicates included.
    pub rows: Vec<Photo>,
    /// Rows that could not be read.
    pub skipped: u32,
}

/// One page of the ids in an album.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct IdPage {
    pub page: u32,
    pub pages: u32,
    pub ids: Vec<PhotoId>,
}

/// What `flickr.photos.getInfo` tells about one photo.
#[derive(Clone, Debug, PartialEq)]
pub struct Info {
    pub id: PhotoId,
    pub owner: String,
    pub title: String,
    pub description: String,
    /// As the photographer typed them.
    pub tags: Vec<String>,
    pub privacy: Privacy,
    /// 0 safe, 1 moderate, 2 restricted.
    pub safety: Option<u8>,
    pub media: Media,
    pub license: u8,
    pub secret: String,
    pub original_secret: Option<String>,
    pub original_format: Option<String>,
    /// Seconds since 1970.
    pub updated_at: i64,
}

/// One size of a picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Size {
    pub label: String,
    /// Pixels; 0 when Flickr does not tell.
    pub width: u32,
    pub height: u32,
    pub url: String,
    /// False for videos and pages.
    pub is_picture: bool,
}

/// An album (Flickr says photoset).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Album {
    pub id: String,
    pub title: String,
    /// Photos and videos in it, as the server says.
    pub count: u32,
    /// Seconds since 1970; 0 when never changed.
    pub updated_at: i64,
}

/// One page of albums.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AlbumPage {
    pub pages: u32,
    pub albums: Vec<Album>,
}

/// Whose account it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Who {
    /// Like `12345678@N01`.
    pub nsid: String,
    pub username: String,
}

/// A reply without the thing asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unread {
    /// The server says why.
    Fail { code: i64, message: String },
    /// Not what Flickr sends when it is well.
    Damaged(String),
}

#[derive(Deserialize)]
struct ListReply<'a> {
    #[serde(borrow, default)]
    stat: Loose<'a>,
    #[serde(borrow, default)]
    code: Loose<'a>,
    #[serde(borrow, default)]
    message: Loose<'a>,
    #[serde(borrow, default, alias = "photoset")]
    photos: Soft<Rows<'a>>,
}

#[derive(Deserialize)]
struct Rows<'a> {
    #[serde(borrow, default)]
    page: Loose<'a>,
    #[serde(borrow, default)]
    pages: Loose<'a>,
    #[serde(borrow, default)]
    total: Loose<'a>,
    #[serde(borrow, default)]
    photo: List<Row<'a>>,
}

/// Reads a reply with a list of photos; `owner` stands in where a row names none.
pub fn page(bytes: &[u8], owner: &str) -> Result<Page, Unread> {
    list(bytes, |rows| {
        let (page, pages, total) = (rows.page.count(), rows.pages.count(), rows.total.whole().unwrap_or(0));
        let mut skipped = rows.photo.skipped;
        let all = rows.photo.into_items();
        let mut photos = Vec::with_capacity(all.len());
        for row in &all {
            match row.photo(owner) {
                Some(photo) => photos.push(photo),
                None => skipped += 1,
            }
        }
        Page { page, pages, total: u64::try_from(total).unwrap_or(0), rows: photos, skipped }
    })
}

/// Reads only the total of a list.
pub fn total(bytes: &[u8]) -> Result<u64, Unread> {
    list(bytes, |rows| rows.total.whole().and_then(|total| u64::try_from(total).ok()))?
        .ok_or_else(|| Unread::Damaged("the list has no total".to_owned()))
}

/// Reads only the ids of a list.
pub fn ids(bytes: &[u8]) -> Result<IdPage, Unread> {
    list(bytes, |rows| {
        let (page, pages) = (rows.page.count(), rows.pages.count());
        IdPage { page, pages, ids: rows.photo.into_items().iter().filter_map(Row::id).collect() }
    })
}

fn list<T>(bytes: &[u8], take: impl Fn(Rows<'_>) -> T) -> Result<T, Unread> {
    let outcome = mend::read(bytes, |bytes| {
        let reply: ListReply = serde_json::from_slice(bytes)?;
        Ok(match verdict(&reply.stat, &reply.code, &reply.message) {
            Some(fail) => Err(fail),
            None => {
                reply.photos.0.map(&take).ok_or_else(|| Unread::Damaged("the list of photos is missing".to_owned()))
            }
        })
    });
    outcome.unwrap_or_else(|error| Err(damaged(bytes, &error)))
}

fn verdict(stat: &Loose, code: &Loose, message: &Loose) -> Option<Unread> {
    match stat.text().as_ref() {
        "ok" => None,
        "fail" => Some(Unread::Fail { code: code.whole().unwrap_or(-1), message: text::line(&message.text()) }),
        _ => Some(Unread::Damaged("the reply has no status".to_owned())),
    }
}

/// A reply that is no JSON; a failure that can still be recognised in it counts as said.
fn damaged(bytes: &[u8], error: &serde_json::Error) -> Unread {
    text::fail_in(bytes)
        .unwrap_or_else(|| Unread::Damaged(format!("no JSON: line {}, column {}", error.line(), error.column())))
}

pub(super) fn value(bytes: &[u8]) -> Result<Value, Unread> {
    if bytes.len() > TREE_BYTES_MAX {
        return Err(Unread::Damaged(format!("{} bytes for one answer", bytes.len())));
    }
    let value: Value =
        mend::read(bytes, |bytes| serde_json::from_slice(bytes)).map_err(|error| damaged(bytes, &error))?;
    match verdict(&loose(&value["stat"]), &loose(&value["code"]), &loose(&value["message"])) {
        Some(unread) => Err(unread),
        None => Ok(value),
    }
}

pub(super) fn loose(value: &Value) -> Loose<'_> {
    Loose::deserialize(value).unwrap_or_default()
}

pub(super) fn missing(what: &str) -> Unread {
    Unread::Damaged(format!("{what} is missing in the reply"))
}

/// Reads the reply of `flickr.test.login`, `urls.lookupUser` and `people.findByUsername`.
pub fn who(bytes: &[u8]) -> Result<Who, Unread> {
    let value = value(bytes)?;
    let user = &value["user"];
    let nsid = [&user["nsid"], &user["id"]].map(|id| text::line(&loose(id).text()));
    let nsid = nsid.into_iter().find(|id| !id.is_empty()).ok_or_else(|| missing("the user's id"))?;
    Ok(Who { nsid, username: text::line(&loose(&user["username"]).text()) })
}

/// Reads the reply of `flickr.photos.getInfo`.
pub fn info(bytes: &[u8]) -> Result<Info, Unread> {
    let value = value(bytes)?;
    let photo = &value["photo"];
    let id = loose(&photo["id"]).text().parse().map_err(|_| missing("the photo's id"))?;
    let some = |field: &str| Some(text::line(&loose(&photo[field]).text())).filter(|text| !text.is_empty());
    let flag = |field: &str| loose(&photo["visibility"][field]).yes();
    let safety = &photo["safety_level"];
    let updated = &photo["dates"]["lastupdate"];
    Ok(Info {
        id,
        owner: text::line(&loose(&photo["owner"]["nsid"]).text()),
        title: text::title(&loose(&photo["title"]).text()),
        description: text::description(&loose(&photo["description"]).text()),
        tags: raw_tags(&photo["tags"]["tag"]),
        privacy: Privacy::from_flags(flag("ispublic"), flag("isfriend"), flag("isfamily")),
        safety: safety_of(&loose(safety)),
        media: info_media(photo),
        license: u8_of(&loose(&photo["license"])),
        secret: some("secret").unwrap_or_default(),
        original_secret: some("originalsecret"),
        original_format: some("originalformat"),
        updated_at: time_of(&loose(updated)),
    })
}

fn raw_tags(tags: &Value) -> Vec<String> {
    let all = tags.as_array().map(Vec::as_slice).unwrap_or_default();
    let words = all.iter().map(|tag| match tag {
        Value::Object(tag) => {
            let raw = tag.get("raw").map(loose).unwrap_or_default();
            if raw.text().is_empty() { loose(&tags_content(tag)).text().into_owned() } else { raw.text().into_owned() }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
            loose(tag).text().into_owned()
        }
    });
    text::tags(words)
}

fn tags_content(tag: &serde_json::Map<String, Value>) -> Value {
    tag.get("_content").cloned().unwrap_or_default()
}

fn info_media(photo: &Value) -> Media {
    let ready = &photo["media_status"];
    let media = media_of(&loose(&photo["media"]), &loose(ready));
    match media {
        Media::Photo if photo["video"].is_object() => Media::Video,
        Media::Photo | Media::NotReady | Media::Video | Media::Other => media,
    }
}

/// Reads the reply of `flickr.photos.getSizes`.
pub fn sizes(bytes: &[u8]) -> Result<Vec<Size>, Unread> {
    let value = value(bytes)?;
    let list = value["sizes"]["size"].as_array().ok_or_else(|| missing("the list of sizes"))?;
    Ok(list.iter().take(100).filter(|size| size.is_object()).map(size).collect())
}

fn size(size: &Value) -> Size {
    let (width, height) = (loose(&size["width"]).count(), loose(&size["height"]).count());
    let media = loose(&size["media"]);
    let photo = matches!(media.text().as_ref(), "" | "photo");
    let url = text::address(&loose(&size["source"]).text());
    Size {
        label: text::line(&loose(&size["label"]).text()),
        width,
        height,
        is_picture: photo && width > 0 && height > 0 && url.is_some(),
        url: url.unwrap_or_default(),
    }
}

/// Reads the reply of `flickr.photosets.getList`.
pub fn albums(bytes: &[u8]) -> Result<AlbumPage, Unread> {
    let value = value(bytes)?;
    let sets = &value["photosets"];
    if !sets.is_object() {
        return Err(missing("the list of albums"));
    }
    let all = sets["photoset"].as_array().map(Vec::as_slice).unwrap_or_default();
    Ok(AlbumPage { pages: loose(&sets["pages"]).count(), albums: all.iter().filter_map(album).collect() })
}

fn album(set: &Value) -> Option<Album> {
    let id: PhotoId = loose(&set["id"]).text().parse().ok()?;
    let counts = ["photos", "videos"].map(|field| loose(&set[field]).count());
    Some(Album {
        id: id.to_string(),
        title: text::title(&loose(&set["title"]).text()),
        count: counts[0].saturating_add(counts[1]),
        updated_at: time_of(&loose(&set["date_update"])),
    })
}

pub(super) fn u8_of(value: &Loose) -> u8 {
    value.whole().and_then(|number| u8::try_from(number).ok()).unwrap_or(0)
}

/// Seconds since 1970; 0 for what cannot be a time before the year 10000.
pub(super) fn time_of(value: &Loose) -> i64 {
    value.whole().filter(|time| (0..=253_402_300_799).contains(time)).unwrap_or(0)
}

/// A level above 2 is not known; it counts as restricted.
pub(super) fn safety_of(value: &Loose) -> Option<u8> {
    value.whole().map(|level| if (0..=2).contains(&level) { u8_of(value) } else { 2 })
}

pub(super) fn media_of(media: &Loose, status: &Loose) -> Media {
    match (media.text().as_ref(), status.text().as_ref()) {
        ("" | "photo", "" | "ready") => Media::Photo,
        ("" | "photo", _) => Media::NotReady,
        ("video", _) => Media::Video,
        _ => Media::Other,
    }
}

#[cfg(test)]
#[path = "parse_test.rs"]
mod tests;
