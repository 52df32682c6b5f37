//! The JSON of one photo in a list, written straight into a string.
//!
//! Invariant: which values are numbers and which are strings follows what was recorded from the real service, mixed
//! inside one object; a field that was not asked for by `extras` is absent.
//! Absent: serde. A page of 500 rows with all extras has to cost a few milliseconds.

use std::collections::HashSet;
use std::fmt::Write as _;

use super::photos::{Photo, Privacy, secret, secret_of};
use super::sizes::{SIZES, Size, farm, server};
use super::{Flickr, NSID, PATH_ALIAS, USERNAME};
use crate::clock::mysql;
use crate::control::SizesAs;

/// A JSON object under construction.
#[derive(Debug)]
pub(crate) struct Object<'a> {
    out: &'a mut String,
    first: bool,
}

impl<'a> Object<'a> {
    /// Opens an object at the end of `out`.
    pub(crate) fn open(out: &'a mut String) -> Object<'a> {
        out.push('{');
        Object { out, first: true }
    }

    fn key(&mut self, key: &str) {
        if !self.first {
            self.out.push(',');
        }
        self.first = false;
        self.out.push('"');
        self.out.push_str(key);
        self.out.push_str("\":");
    }

    /// A string value.
    pub(crate) fn text(&mut self, key: &str, value: &str) -> &mut Self {
        self.key(key);
        quote(self.out, value);
        self
    }

    /// A value that prints as JSON by itself: a number, `null`.
    pub(crate) fn raw(&mut self, key: &str, value: impl std::fmt::Display) -> &mut Self {
        self.key(key);
        write!(self.out, "{value}").ok();
        self
    }

    /// A value that prints itself, in quotes.
    pub(crate) fn quoted(&mut self, key: &str, value: impl std::fmt::Display) -> &mut Self {
        self.key(key);
        write!(self.out, "\"{value}\"").ok();
        self
    }

    /// `{"_content": value}`.
    pub(crate) fn content(&mut self, key: &str, value: &str) -> &mut Self {
        self.key(key);
        self.out.push_str("{\"_content\":");
        quote(self.out, value);
        self.out.push('}');
        self
    }

    /// Closes the object.
    pub(crate) fn close(&mut self) {
        self.out.push('}');
    }
}

/// Writes a JSON string with `/` escaped, as Flickr does.
pub(crate) fn quote(out: &mut String, text: &str) {
    out.push('"');
    let mut plain_from = 0;
    for (at, byte) in text.bytes().enumerate() {
        if byte >= 0x20 && byte != b'"' && byte != b'\\' && byte != b'/' {
            continue;
        }
        out.push_str(&text[plain_from..at]);
        plain_from = at + 1;
        match byte {
            b'\n' => out.push_str("\\n"),
            b'\r' => out.push_str("\\r"),
            b'\t' => out.push_str("\\t"),
            b'"' | b'\\' | b'/' => {
                out.push('\\');
                out.push(char::from(byte));
            }
            _ => {
                write!(out, "\\u{byte:04x}").ok();
            }
        }
    }
    out.push_str(&text[plain_from..]);
    out.push('"');
}

/// The extras that were asked for.
#[derive(Debug, Default)]
pub(crate) struct Extras {
    names: HashSet<String>,
    sizes: Vec<&'static Size>,
}

impl Extras {
    /// Reads the comma-separated list; unknown names are ignored, as Flickr does.
    pub(crate) fn read(list: &str) -> Extras {
        let names: HashSet<String> = list.split(',').map(|name| name.trim().to_ascii_lowercase()).collect();
        let sizes = SIZES.iter().filter(|size| names.contains(&format!("url_{}", size.extra))).collect();
        Extras { names, sizes }
    }

    fn has(&self, name: &str) -> bool {
        self.names.contains(name)
    }
}

/// Visibility flags: public, friend, family.
pub(crate) fn flags(privacy: Privacy) -> (u8, u8, u8) {
    match privacy {
        Privacy::Public => (1, 0, 0),
        Privacy::Friends => (0, 1, 0),
        Privacy::Family => (0, 0, 1),
        Privacy::FriendsFamily => (0, 1, 1),
        Privacy::Private => (0, 0, 0),
    }
}

/// Writes one row of a photo list; `is_primary` is set in album lists.
pub(crate) fn row(
    out: &mut String,
    flickr: &Flickr,
    photo: &Photo,
    extras: &Extras,
    form: SizesAs,
    is_primary: Option<bool>,
) {
    let (public, friend, family) = flags(photo.privacy);
    let mut o = Object::open(out);
    o.quoted("id", photo.id);
    if is_primary.is_none() {
        o.text("owner", NSID);
    }
    o.text("secret", &secret(flickr.seed, photo)).text("server", server(photo)).raw("farm", farm(photo));
    o.text("title", &photo.title);
    if let Some(primary) = is_primary {
        o.quoted("isprimary", u8::from(primary));
    }
    o.raw("ispublic", public).raw("isfriend", friend).raw("isfamily", family);
    about(&mut o, flickr, photo, extras);
    geo(&mut o, photo, extras);
    if extras.has("tags") {
        o.text("tags", &photo.tags.iter().map(|tag| super::words::clean(tag)).collect::<Vec<_>>().join(" "));
    }
    if extras.has("machine_tags") {
        o.text("machine_tags", "");
    }
    if extras.has("o_dims")
        && let Some((width, height)) = SIZES[SIZES.len() - 1].of(photo)
    {
        o.quoted("o_width", width).quoted("o_height", height);
    }
    if extras.has("views") {
        o.quoted("views", photo.views);
    }
    if extras.has("media") {
        o.text("media", if photo.video { "video" } else { "photo" }).text("media_status", &photo.media_status);
    }
    if extras.has("path_alias") {
        match photo.path_alias {
            true => o.text("pathalias", PATH_ALIAS),
            false => o.raw("pathalias", "null"),
        };
    }
    urls(&mut o, flickr, photo, extras, form);
    o.close();
}

fn about(o: &mut Object<'_>, flickr: &Flickr, photo: &Photo, extras: &Extras) {
    if extras.has("description") {
        o.content("description", &photo.description);
    }
    if extras.has("license") {
        o.quoted("license", photo.licence);
    }
    if extras.has("safety_level") {
        o.quoted("safety_level", photo.safety - 1);
    }
    if extras.has("content_type") {
        o.quoted("content_type", photo.content_type);
    }
    if extras.has("date_upload") {
        o.text("dateupload", &photo.dateupload);
    }
    if extras.has("last_update") {
        o.quoted("lastupdate", photo.lastupdate_s);
    }
    if extras.has("date_taken") {
        o.text("datetaken", &mysql(photo.datetaken_s)).text("datetakengranularity", "0").text("datetakenunknown", "0");
    }
    if extras.has("owner_name") {
        o.text("ownername", USERNAME);
    }
    if extras.has("icon_server") {
        o.text("iconserver", "8033").raw("iconfarm", 9);
    }
    if extras.has("original_format") && photo.can_download {
        o.text("originalsecret", &secret_of(flickr.seed, photo, "o")).text("originalformat", "jpg");
    }
}

fn geo(o: &mut Object<'_>, photo: &Photo, extras: &Extras) {
    if !extras.has("geo") {
        return;
    }
    match photo.location {
        Some((latitude, longitude)) => {
            o.raw("latitude", format_args!("{latitude:.6}")).raw("longitude", format_args!("{longitude:.6}"));
            o.text("accuracy", "16").raw("context", 0).text("place_id", "").text("woeid", "851128");
            o.raw("geo_is_family", 0).raw("geo_is_friend", 0).raw("geo_is_contact", 0).raw("geo_is_public", 1);
        }
        None => {
            o.raw("latitude", 0).raw("longitude", 0).raw("accuracy", 0).raw("context", 0);
        }
    }
}

fn urls(o: &mut Object<'_>, flickr: &Flickr, photo: &Photo, extras: &Extras, form: SizesAs) {
    let common = secret(flickr.seed, photo);
    for size in &extras.sizes {
        let Some((width, height)) = size.of(photo) else { continue };
        let url = match size.shares_secret() {
            true => size.url_with(flickr, photo, &common),
            false => size.url(flickr, photo),
        };
        o.text(&format!("url_{}", size.extra), &url);
        let (height_key, width_key) = (format!("height_{}", size.extra), format!("width_{}", size.extra));
        // As recorded: the edge a size is named after is a string, the computed one a number.
        let mixed = !size.square && size.edge != 0;
        let (text_height, text_width) = match form {
            SizesAs::Mixed => (!mixed || !Size::is_wide(photo), !mixed || Size::is_wide(photo)),
            SizesAs::Numbers => (false, false),
            SizesAs::Strings => (true, true),
        };
        if text_height {
            o.quoted(&height_key, height)
        } else {
            o.raw(&height_key, height)
        };
        if text_width {
            o.quoted(&width_key, width)
        } else {
            o.raw(&width_key, width)
        };
    }
}
