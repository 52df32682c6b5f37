//! The picture host: `/{server}/{id}_{secret}[_suffix].jpg`.
//!
//! Invariant: a wrong or outdated secret is a 404 with an empty body; whoever has the right address sees the picture,
//! private or not, as on the real host.
//! Absent: OAuth; the secret in the address is the permission.

use crate::clock::http_date;
use crate::http::{Call, Reply};
use crate::{World, lock};

use super::photos::{Photo, secret_of};
use super::sizes::{Size, server};

/// Answers one request of the picture host.
pub(crate) fn handle(world: &World, call: &Call) -> Reply {
    if call.method != "GET" && call.method != "HEAD" {
        return Reply::text(405, "text/plain", "");
    }
    let found = find(world, &call.path);
    let Some((photo, size, download)) = found else { return missing() };
    let Some(dimensions) = size.of(&photo) else { return missing() };
    let etag = format!("\"{}-{}-{}\"", photo.id, size.suffix, photo.picture_revision);
    let body = match call.header("if-none-match") {
        Some(known) if known == etag => None,
        Some(_) | None => Some(world.pictures.render(&photo, size, dimensions)),
    };
    let mut reply = Reply::new(if body.is_some() { 200 } else { 304 }, "image/jpeg", body.unwrap_or_default());
    reply.set("etag", &etag);
    reply.set("last-modified", &http_date(photo.lastupdate_s));
    reply.set("imagewidth", &dimensions.0.to_string());
    reply.set("imageheight", &dimensions.1.to_string());
    reply.set("cache-control", "public, max-age=31536000");
    reply.set("access-control-allow-origin", "*");
    if download {
        reply.set("content-disposition", &format!("attachment; filename={}.jpg", photo.id));
    }
    reply
}

fn missing() -> Reply {
    Reply { status: 404, headers: Vec::new(), body: bytes::Bytes::new() }
}

fn find(world: &World, path: &str) -> Option<(Photo, &'static Size, bool)> {
    let (folder, file) = path.strip_prefix('/')?.split_once('/')?;
    let mut parts = file.strip_suffix(".jpg")?.split('_');
    let (id, given) = (parts.next()?, parts.next()?);
    let rest: Vec<&str> = parts.collect();
    let download = rest.last() == Some(&"d");
    let suffix = rest.first().copied().filter(|first| *first != "d").unwrap_or("");
    let size = Size::by_suffix(suffix)?;
    let photo = lock(&world.flickr).library.by_id(id)?;
    let right = secret_of(world.options.seed, &photo, suffix) == given && server(&photo) == folder;
    right.then_some((photo, size, download))
}
