//! The methods of the REST endpoint: what they need, their codes and their bodies.
//!
//! Invariant: a page past the last repeats the last page, `per_page` is clamped to 500, and an invisible photo is
//! answered exactly like one that never existed.
//! Absent: writing methods, and everything about HTTP.

use std::collections::HashMap;
use std::fmt::Write as _;

use serde_json::{Value, json};

use super::photos::{Photo, View, secret, secret_of};
use super::rows::{Extras, flags, row};
use super::sizes::{SIZES, Size, farm, server};
use super::{FULL_NAME, Flickr, NSID, PATH_ALIAS, USERNAME, Viewer, words};
use crate::clock::{exif, mysql};
use crate::control::Settings;
use crate::faults::Modifiers;
use crate::pictures::camera;

const PER_PAGE_MAX: usize = 500;
const PAGE_MAX: usize = 10_000;
const SEARCH_MAX: usize = 4_000;
const ALBUM_FIRST: u64 = 72_157_720_000_000_001;
const ALBUMS: [(&str, &str); 5] = [
    ("Open country", "Ridges, valleys and sand, mostly before breakfast."),
    ("Salt water", "Coasts in the evening."),
    ("After dark", "Clear nights and cold fingers."),
    ("Cities at dusk", "The quarter of an hour when sky and windows are equally bright."),
    ("Among trees", "Fog, trunks, quiet."),
];

/// A `stat: fail` answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {message}")]
pub(crate) struct Refusal {
    pub(crate) code: i64,
    pub(crate) message: String,
}

fn refusal(code: i64, message: impl Into<String>) -> Refusal {
    Refusal { code, message: message.into() }
}

fn not_signed_in() -> Refusal {
    refusal(99, "Insufficient permissions. Method requires read privileges; none granted.")
}

type Answer = Result<String, Refusal>;

/// One request: who asks what of which account.
#[derive(Debug)]
pub(crate) struct Ask<'a> {
    pub(crate) flickr: &'a mut Flickr,
    pub(crate) asked: &'a HashMap<String, String>,
    pub(crate) viewer: Viewer,
    pub(crate) modifiers: &'a Modifiers,
    pub(crate) settings: &'a Settings,
}

/// How a list of photos is wrapped.
enum Shape {
    Photos,
    Album(u64),
}

impl Ask<'_> {
    /// The body of the answer.
    pub(crate) fn answer(&mut self, method: &str) -> Answer {
        match method {
            "flickr.test.login" => self.login(),
            "flickr.test.echo" => Ok(json!({"method": {"_content": method}, "stat": "ok"}).to_string()),
            "flickr.auth.oauth.checkToken" => self.check_token(),
            "flickr.people.getPhotos" => self.people_photos(),
            "flickr.people.getPublicPhotos" => self.public_photos(),
            "flickr.people.getInfo" => self.person(),
            "flickr.people.getUploadStatus" => self.upload_status(),
            "flickr.people.findByUsername" => self.find(USERNAME, "username"),
            "flickr.urls.lookupUser" => self.look_up(),
            "flickr.photos.recentlyUpdated" => self.recently_updated(),
            "flickr.photos.getNotInSet" => self.not_in_set(),
            "flickr.photos.getInfo" => self.info(),
            "flickr.photos.getSizes" => self.sizes(),
            "flickr.photos.getExif" => self.exif(),
            "flickr.photos.search" => self.search(),
            "flickr.photosets.getList" => self.albums(),
            "flickr.photosets.getPhotos" => self.album_photos(),
            "flickr.photos.licenses.getInfo" => Ok(licences()),
            _ => Err(refusal(112, format!("Method \"{method}\" not found"))),
        }
    }

    fn arg(&self, name: &str) -> Option<&str> {
        self.asked.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    fn number(&self, name: &str) -> Option<i64> {
        self.arg(name)?.parse().ok()
    }

    fn is_owner(&self) -> bool {
        self.viewer == Viewer::Owner
    }

    fn signed_in(&self) -> Result<(), Refusal> {
        if self.is_owner() { Ok(()) } else { Err(not_signed_in()) }
    }

    fn user(&self, required: bool, unknown: Refusal) -> Result<(), Refusal> {
        match self.arg("user_id") {
            Some("me") if self.is_owner() => Ok(()),
            Some(NSID) => Ok(()),
            None if !required => Ok(()),
            Some(_) | None => Err(unknown),
        }
    }

    fn login(&self) -> Answer {
        self.signed_in()?;
        let user = json!({"id": NSID, "username": {"_content": USERNAME}, "path_alias": PATH_ALIAS});
        Ok(json!({"user": user, "stat": "ok"}).to_string())
    }

    fn check_token(&self) -> Answer {
        self.signed_in()?;
        let token = self.arg("oauth_token").unwrap_or_default();
        Ok(json!({"oauth": {"token": {"_content": token}, "perms": {"_content": "read"},
            "user": {"nsid": NSID, "username": USERNAME, "fullname": FULL_NAME}}, "stat": "ok"})
        .to_string())
    }

    fn person(&mut self) -> Answer {
        self.user(true, refusal(1, "User not found"))?;
        let count = self.flickr.library.view(&View::all(self.is_owner())).len();
        Ok(json!({"person": {"id": NSID, "nsid": NSID, "ispro": 1, "iconserver": "8033", "iconfarm": 9,
            "path_alias": PATH_ALIAS, "username": {"_content": USERNAME}, "realname": {"_content": FULL_NAME},
            "location": {"_content": ""}, "description": {"_content": "Light, mostly."},
            "photosurl": {"_content": format!("https://www.flickr.com/photos/{PATH_ALIAS}/")},
            "profileurl": {"_content": format!("https://www.flickr.com/people/{PATH_ALIAS}/")},
            "photos": {"firstdatetaken": {"_content": "2012-03-02 08:11:40"},
                       "firstdate": {"_content": "1333238400"}, "count": {"_content": count}}}, "stat": "ok"})
        .to_string())
    }

    fn upload_status(&self) -> Answer {
        self.signed_in()?;
        let user = json!({"id": NSID, "ispro": 1, "username": {"_content": USERNAME}});
        Ok(json!({"user": user, "stat": "ok"}).to_string())
    }

    fn find(&self, name: &str, argument: &str) -> Answer {
        if self.arg(argument).is_none_or(|asked| !asked.eq_ignore_ascii_case(name)) {
            return Err(refusal(1, "User not found"));
        }
        let user = json!({"id": NSID, "nsid": NSID, "username": {"_content": USERNAME}});
        Ok(json!({"user": user, "stat": "ok"}).to_string())
    }

    fn look_up(&self) -> Answer {
        let url = self.arg("url").unwrap_or_default();
        let name = url.split_once("/photos/").or(url.split_once("/people/")).map_or("", |(_, rest)| rest);
        let name = name.split(['/', '?']).next().unwrap_or_default();
        if name != NSID && !name.eq_ignore_ascii_case(PATH_ALIAS) && !name.eq_ignore_ascii_case("68473921%40N05") {
            return Err(refusal(1, "User not found"));
        }
        let user = json!({"id": NSID, "username": {"_content": USERNAME}});
        Ok(json!({"user": user, "stat": "ok"}).to_string())
    }

    fn view(&self) -> View {
        let mut view = View::all(self.is_owner());
        let safe = self.number("safe_search").unwrap_or(1).clamp(1, 3) as u8;
        view.safety_max = if self.is_owner() { safe } else { 1 };
        view.privacy = self.number("privacy_filter").filter(|_| self.is_owner()).map(|n| n.clamp(0, 9) as u8);
        view.privacy = view.privacy.filter(|wanted| (1..=5).contains(wanted));
        let kinds = self.arg("content_types").unwrap_or_default();
        view.content_types = kinds.split(',').filter_map(|kind| kind.trim().parse().ok()).map(shown_type).collect();
        let bound = |name: &str, none: i64| self.arg(name).and_then(date).unwrap_or(none);
        view.upload = (bound("min_upload_date", i64::MIN), bound("max_upload_date", i64::MAX));
        view.taken = (bound("min_taken_date", i64::MIN), bound("max_taken_date", i64::MAX));
        view
    }

    fn people_photos(&mut self) -> Answer {
        if self.arg("user_id").is_none() {
            return Err(refusal(1, "Required arguments missing"));
        }
        self.user(true, refusal(2, "Unknown user"))?;
        let view = self.view();
        Ok(self.list(&view, 100, usize::MAX, &Shape::Photos))
    }

    fn public_photos(&mut self) -> Answer {
        self.user(true, refusal(1, "User not found"))?;
        let mut view = View::all(false);
        view.safety_max = self.view().safety_max;
        Ok(self.list(&view, 100, usize::MAX, &Shape::Photos))
    }

    fn recently_updated(&mut self) -> Answer {
        self.signed_in()?;
        let Some(since) = self.arg("min_date") else { return Err(refusal(1, "Required argument missing")) };
        let since = date(since).ok_or_else(|| refusal(2, "Not a valid date"))?;
        let view = View { updated_since: Some(since), ..View::all(true) };
        Ok(self.list(&view, 100, usize::MAX, &Shape::Photos))
    }

    fn not_in_set(&mut self) -> Answer {
        self.signed_in()?;
        let view = View { outside_albums: true, ..self.view() };
        Ok(self.list(&view, 100, usize::MAX, &Shape::Photos))
    }

    fn search(&mut self) -> Answer {
        let narrows = ["user_id", "text", "tags", "bbox", "lat", "machine_tags", "group_id"];
        if narrows.iter().all(|name| self.arg(name).is_none()) {
            return Err(refusal(3, "Parameterless searches have been disabled. Please use flickr.photos.getRecent."));
        }
        self.user(false, refusal(2, "Unknown user"))?;
        let view = self.view();
        Ok(self.list(&view, 100, SEARCH_MAX, &Shape::Photos))
    }

    /// One page of a view; `reach` is how many rows can be paged through at all.
    fn list(&mut self, view: &View, default: usize, reach: usize, shape: &Shape) -> String {
        let per_page = self.number("per_page").or(self.number("perpage")).filter(|n| *n > 0);
        let per_page = per_page.map_or(default, |n| (n as usize).min(PER_PAGE_MAX));
        let all = self.flickr.library.view(view);
        let pages = all.len().div_ceil(per_page);
        let last = pages.min(reach.div_ceil(per_page)).clamp(1, PAGE_MAX);
        let page = self.number("page").map_or(1, |page| page.clamp(1, last as i64) as usize);
        let from = ((page - 1) * per_page).min(all.len());
        let shown = &all[from..(from + per_page).min(all.len())];
        let extras = Extras::read(self.arg("extras").unwrap_or_default());
        let mut out = String::with_capacity(200 + shown.len() * 400);
        self.head(&mut out, shape, (page, pages, per_page, all.len()));
        let primary = all.last().copied();
        for (nth, index) in shown.iter().enumerate() {
            if nth > 0 {
                out.push(',');
            }
            let photo = self.flickr.library.photo(u64::from(*index));
            let is_primary = matches!(shape, Shape::Album(_)).then_some(primary == Some(*index));
            row(&mut out, self.flickr, &photo, &extras, self.settings.sizes_as, is_primary);
        }
        out.push_str("]},\"stat\":\"ok\"");
        if self.modifiers.extra_fields {
            out.push_str(",\"x_new\":{\"shiny\":[1,null,\"two\"]}");
        }
        out.push('}');
        out
    }

    fn head(&self, out: &mut String, shape: &Shape, (page, pages, per_page, total): (usize, usize, usize, usize)) {
        let pages = (pages as i64 + self.modifiers.pages_delta).max(0);
        let total = (total as i64 + self.modifiers.total_delta).max(0);
        let total = match self.settings.totals_as_strings || self.modifiers.totals_as_strings {
            true => format!("\"{total}\""),
            false => total.to_string(),
        };
        match shape {
            Shape::Photos => write!(
                out,
                "{{\"photos\":{{\"page\":{page},\"pages\":{pages},\"perpage\":{per_page},\"total\":{total},\"photo\":["
            ),
            Shape::Album(n) => write!(
                out,
                "{{\"photoset\":{{\"id\":\"{}\",\"owner\":\"{NSID}\",\"ownername\":\"{USERNAME}\",\"page\":{page},\
                 \"per_page\":{per_page},\"perpage\":{per_page},\"pages\":{pages},\"total\":{total},\"title\":\"{}\",\
                 \"photo\":[",
                ALBUM_FIRST + n,
                ALBUMS[*n as usize].0
            ),
        }
        .ok();
    }

    fn albums(&mut self) -> Answer {
        self.user(false, refusal(1, "User not found"))?;
        let mut rows = Vec::new();
        for (n, (title, about)) in ALBUMS.iter().enumerate() {
            let view = View { album: Some(n as u64), ..View::all(self.is_owner()) };
            let list = self.flickr.library.view(&view);
            let Some(first) = list.last() else { continue };
            let primary = self.flickr.library.photo(u64::from(*first));
            rows.push(json!({"id": (ALBUM_FIRST + n as u64).to_string(), "owner": NSID, "username": USERNAME,
                "primary": primary.id.to_string(), "secret": secret(self.flickr.seed, &primary),
                "server": server(&primary), "farm": farm(&primary), "count_views": "12", "count_comments": "0",
                "count_photos": list.len(), "count_videos": 0, "photos": list.len().to_string(), "videos": 0,
                "title": {"_content": title}, "description": {"_content": about}, "can_comment": 0,
                "date_create": primary.dateupload, "date_update": "1764460800", "visibility_can_see_set": 1,
                "needs_interstitial": 0}));
        }
        let total = rows.len();
        let per_page = self.number("per_page").unwrap_or(500).clamp(1, 500) as usize;
        let page = self.number("page").unwrap_or(1).clamp(1, total.div_ceil(per_page).max(1) as i64) as usize;
        let shown: Vec<Value> = rows.into_iter().skip((page - 1) * per_page).take(per_page).collect();
        Ok(json!({"photosets": {"cancreate": 1, "page": page, "pages": total.div_ceil(per_page), "perpage": per_page,
            "total": total, "photoset": shown}, "stat": "ok"})
        .to_string())
    }

    fn album_photos(&mut self) -> Answer {
        let id = self.number("photoset_id").and_then(|id| (id as u64).checked_sub(ALBUM_FIRST));
        let Some(n) = id.filter(|n| *n < ALBUMS.len() as u64) else {
            return Err(refusal(1, "Photoset not found"));
        };
        self.user(true, refusal(2, "User not found"))?;
        let view = View { album: Some(n), ..self.view() };
        Ok(self.list(&view, 500, usize::MAX, &Shape::Album(n)))
    }

    fn photo(&self) -> Result<Photo, Refusal> {
        let id = self.arg("photo_id").unwrap_or_default();
        let found = self.flickr.library.by_id(id);
        let open = |photo: &Photo| self.arg("secret").is_some_and(|s| s == secret(self.flickr.seed, photo));
        found
            .filter(|photo| self.is_owner() || (flags(photo.privacy).0 == 1 && photo.safety == 1) || open(photo))
            .ok_or_else(|| refusal(1, format!("Photo \"{id}\" not found (invalid ID)")))
    }

    fn info(&self) -> Answer {
        let photo = self.photo()?;
        let (public, friend, family) = flags(photo.privacy);
        let alias = photo.path_alias.then_some(PATH_ALIAS);
        let tag = |raw: &String| {
            let cleaned = words::clean(raw);
            json!({"id": format!("68473921-{}-{}", photo.id, cleaned.len()), "author": NSID, "authorname": USERNAME,
                   "raw": raw, "_content": cleaned, "machine_tag": 0})
        };
        let mut body = json!({
            "id": photo.id.to_string(), "secret": secret(self.flickr.seed, &photo), "server": server(&photo),
            "farm": farm(&photo), "dateuploaded": photo.dateupload, "isfavorite": 0,
            "license": photo.licence.to_string(), "safety_level": (photo.safety - 1).to_string(), "rotation": 0,
            "owner": {"nsid": NSID, "username": USERNAME, "realname": FULL_NAME, "location": "",
                      "iconserver": "8033", "iconfarm": 9, "path_alias": alias},
            "title": {"_content": photo.title}, "description": {"_content": photo.description},
            "visibility": {"ispublic": public, "isfriend": friend, "isfamily": family},
            "dates": {"posted": photo.dateupload, "taken": mysql(photo.datetaken_s), "takengranularity": "0",
                      "takenunknown": "0", "lastupdate": photo.lastupdate_s.to_string()},
            "views": photo.views.to_string(), "editability": {"cancomment": 1, "canaddmeta": 1},
            "publiceditability": {"cancomment": 1, "canaddmeta": 0},
            "usage": {"candownload": u8::from(photo.can_download), "canblog": 1, "canprint": 1, "canshare": 1},
            "comments": {"_content": "0"}, "notes": {"note": []}, "people": {"haspeople": 0},
            "tags": {"tag": photo.tags.iter().map(tag).collect::<Vec<_>>()},
            "urls": {"url": [{"type": "photopage", "_content":
                format!("https://www.flickr.com/photos/{}/{}/", alias.unwrap_or(NSID), photo.id)}]},
            "media": if photo.video { "video" } else { "photo" }});
        if photo.can_download {
            body["originalsecret"] = json!(secret_of(self.flickr.seed, &photo, "o"));
            body["originalformat"] = json!("jpg");
        }
        if self.is_owner() {
            body["permissions"] = json!({"permcomment": 3, "permaddmeta": 2});
        }
        if let Some((latitude, longitude)) = photo.location {
            body["location"] = json!({"latitude": latitude, "longitude": longitude, "accuracy": "16", "context": "0",
                "locality": {"_content": photo.place.name}, "country": {"_content": photo.place.country}});
            body["geoperms"] = json!({"ispublic": 1, "iscontact": 0, "isfriend": 0, "isfamily": 0});
        }
        if photo.video {
            let ready = u8::from(photo.media_status == "ready");
            body["video"] = json!({"ready": ready, "failed": u8::from(photo.media_status == "failed"),
                "pending": u8::from(photo.media_status == "processing"), "duration": "23", "width": "1920",
                "height": "1080"});
        }
        if photo.media_status != "ready" {
            body["media_status"] = json!(photo.media_status);
        }
        Ok(json!({"photo": body, "stat": "ok"}).to_string())
    }

    fn sizes(&self) -> Answer {
        let photo = self.photo()?;
        let page = format!("https://www.flickr.com/photos/{PATH_ALIAS}/{}/sizes/", photo.id);
        let mut rows = Vec::new();
        for size in &SIZES {
            let Some((width, height)) = size.of(&photo) else { continue };
            let wide = Size::is_wide(&photo);
            let mixed = !size.square && size.edge != 0;
            let side = |value: u32, named: bool| match size.suffix != "s" && (named || !mixed) {
                true => json!(value.to_string()),
                false => json!(value),
            };
            rows.push(json!({"label": size.label, "width": side(width, wide), "height": side(height, !wide),
                "source": size.url(self.flickr, &photo), "url": format!("{page}{}/", size.suffix), "media": "photo"}));
        }
        if photo.video {
            for label in ["Video Player", "700", "iphone_wifi", "Site MP4"] {
                let source = format!("https://www.flickr.com/photos/{PATH_ALIAS}/{}/play/{label}/", photo.id);
                rows.push(json!({"label": label, "width": "", "height": "", "source": source, "url": source,
                    "media": "video"}));
            }
        }
        Ok(json!({"sizes": {"canblog": 1, "canprint": 1, "candownload": u8::from(photo.can_download), "size": rows},
            "stat": "ok"})
        .to_string())
    }

    fn exif(&self) -> Answer {
        let photo = self.photo()?;
        let camera = camera(self.flickr.seed, photo.index);
        let row = |space: &str, tag: &str, label: &str, raw: &str| json!({"tagspace": space, "tagspaceid": 0, "tag": tag, "label": label, "raw": {"_content": raw}});
        let rows = [
            row("IFD0", "Make", "Make", camera.make),
            row("IFD0", "Model", "Model", camera.model),
            row("ExifIFD", "LensModel", "Lens Model", camera.lens),
            row("ExifIFD", "ExposureTime", "Exposure", &format!("{}/{}", camera.exposure.0, camera.exposure.1)),
            row("ExifIFD", "FNumber", "Aperture", &format!("{:.1}", f64::from(camera.f_number_tenths) / 10.0)),
            row("ExifIFD", "ISO", "ISO Speed", &camera.iso.to_string()),
            row("ExifIFD", "DateTimeOriginal", "Date and Time (Original)", &exif(photo.datetaken_s)),
        ];
        Ok(json!({"photo": {"id": photo.id.to_string(), "secret": secret(self.flickr.seed, &photo),
            "server": server(&photo), "farm": farm(&photo), "camera": format!("{} {}", camera.make, camera.model),
            "exif": rows}, "stat": "ok"})
        .to_string())
    }
}

/// `content_types` counts photos 0, screenshots 1, other 2, virtual photos 3; a photo's own `content_type` counts from 1.
fn shown_type(number: u8) -> u8 {
    number + 1
}

/// A unix or MySQL date.
fn date(text: &str) -> Option<i64> {
    if let Ok(seconds) = text.parse() {
        return Some(seconds);
    }
    let date = text.parse::<jiff::civil::DateTime>().ok().or_else(|| {
        let day: jiff::civil::Date = text.parse().ok()?;
        Some(day.at(0, 0, 0, 0))
    })?;
    Some(date.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp().as_second())
}

fn licences() -> String {
    const NAMES: [&str; 17] = [
        "All Rights Reserved",
        "CC BY-NC-SA 2.0",
        "CC BY-NC 2.0",
        "CC BY-NC-ND 2.0",
        "CC BY 2.0",
        "CC BY-SA 2.0",
        "CC BY-ND 2.0",
        "No known copyright restrictions",
        "United States Government Work",
        "CC0 1.0",
        "Public Domain Mark 1.0",
        "CC BY 4.0",
        "CC BY-SA 4.0",
        "CC BY-ND 4.0",
        "CC BY-NC 4.0",
        "CC BY-NC-SA 4.0",
        "CC BY-NC-ND 4.0",
    ];
    let rows: Vec<Value> =
        NAMES.iter().enumerate().map(|(id, name)| json!({"id": id, "name": name, "url": ""})).collect();
    json!({"licenses": {"license": rows}, "stat": "ok"}).to_string()
}
