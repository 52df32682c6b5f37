//! Pictures for `<img>`: `photo://localhost/ID/SIZE/KEY`, from the thumbnails of the engine, `ID/look/KEY?side=PIXELS&recipe=JSON`,
//! and of mosaics `mosaic/ID/FILE`.
//!
//! Invariants: an address names a photo or an opened file by its id, never a path; what is not exactly such an address is refused; the key changes with the
//! picture, so the page may keep an answer for ever. Absent: making thumbnails.

use pierrot_core::{engine::Subject, thumbnails::ThumbnailPicture};
use tauri::{
    AppHandle, Manager, UriSchemeContext, UriSchemeResponder, Wry,
    http::{Request, Response, StatusCode, Uri, header},
};

use crate::running::Running;

/// The scheme's name, as the page's policy has it.
pub const SCHEME: &str = "photo";

/// In place of a size: the photo in a look.
const LOOK: &str = "look";
const KEY_LEN_MAX: usize = 64;
const SIZE_LEN_MAX: usize = 16;

/// Answers one `<img>`; the webview is not kept waiting meanwhile.
pub fn answer(context: UriSchemeContext<'_, Wry>, request: Request<Vec<u8>>, responder: UriSchemeResponder) {
    let app = context.app_handle().clone();
    tauri::async_runtime::spawn(async move {
        responder.respond(picture(&app, request.uri()).await.unwrap_or_else(|why| missing(&why)));
    });
}

async fn picture(app: &AppHandle, address: &Uri) -> Result<Response<Vec<u8>>, String> {
    if let Some((id, path)) = mosaic(address.path()) {
        let engine = app.try_state::<Running>().ok_or("Pierrot is not ready.")?.engine().clone();
        let bytes = engine.mosaic_picture(&id, &path).await.map_err(|error| error.message)?;
        return Ok(found(ThumbnailPicture::MIME, bytes));
    }
    let (subject, size) = wanted(address.path()).ok_or("There is no such picture.")?;
    let engine = app.try_state::<Running>().ok_or("Pierrot is not ready.")?.engine().clone();
    if size == LOOK {
        let (recipe, side) = address.query().and_then(look).ok_or("There is no look in this address.")?;
        let look = engine.look_picture(&subject, &recipe, Some(side)).await.map_err(|error| error.message)?;
        return Ok(found(look.mime, look.bytes));
    }
    let picture = engine.picture(&subject, &size).await.map_err(|error| error.message)?;
    Ok(found(ThumbnailPicture::MIME, picture.bytes.to_vec()))
}

/// The mosaic and the file of it that an address asks for; the engine takes nothing but the names it gave.
fn mosaic(path: &str) -> Option<(String, String)> {
    let path = percent_encoding::percent_decode_str(path.strip_prefix('/')?).decode_utf8().ok()?;
    let (id, file) = path.strip_prefix("mosaic/")?.split_once('/')?;
    Some((id.to_owned(), file.to_owned()))
}

/// The recipe, and how many pixels the screen shows of the longest side.
fn look(query: &str) -> Option<(String, u32)> {
    let (side, recipe) = query.strip_prefix("side=")?.split_once("&recipe=")?;
    Some((percent_encoding::percent_decode_str(recipe).decode_utf8().ok()?.into_owned(), side.parse().ok()?))
}

/// The picture and the size that an address asks for. The page encodes the whole as one segment.
fn wanted(path: &str) -> Option<(Subject, String)> {
    let path = percent_encoding::percent_decode_str(path.strip_prefix('/')?).decode_utf8().ok()?;
    let [subject, size, key] = path.split('/').collect::<Vec<_>>().try_into().ok()?;
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    let sized = (1..=SIZE_LEN_MAX).contains(&size.len()) && size.bytes().all(|byte| byte.is_ascii_lowercase());
    let keyed = (1..=KEY_LEN_MAX).contains(&key.len()) && key.bytes().all(plain);
    (sized && keyed).then_some((subject.parse().ok()?, size.to_owned()))
}

fn found(mime: &str, bytes: Vec<u8>) -> Response<Vec<u8>> {
    Response::builder()
        .header(header::CONTENT_TYPE, mime)
        .header(header::CACHE_CONTROL, "private, max-age=31536000, immutable")
        .header(header::X_CONTENT_TYPE_OPTIONS, "nosniff")
        .body(bytes)
        .expect("fixed headers")
}

fn missing(why: &str) -> Response<Vec<u8>> {
    Response::builder()
        .status(StatusCode::NOT_FOUND)
        .header(header::CONTENT_TYPE, "text/plain; charset=utf-8")
        .header(header::CACHE_CONTROL, "no-store")
        .body(format!("{why}\n").into_bytes())
        .expect("fixed headers")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_names_a_picture_and_nothing_else() {
        for (path, photo) in [
            ("/53000000001/grid/a1b2", Some("53000000001")),
            ("/53000000001%2Flarge%2Fa1b2", Some("53000000001")),
            ("/file.0123456789abcdef/large/0", Some("file.0123456789abcdef")),
            ("/file.0123456789abcdef%2F..%2Fx/large/0", None),
            ("/file.../large/0", None),
            ("/53000000001/grid", None),
            ("/53000000001/grid/", None),
            ("/53000000001/grid/a/b", None),
            ("/../grid/a", None),
            ("/..%2F..%2Fetc%2Fpasswd", None),
            ("/%2e%2e/grid/a", None),
            ("/53000000001/../a", None),
            ("/53000000001/GRID/a", None),
            ("/53000000001/grid/a%00", None),
            ("/53000000001/grid/%ff", None),
            ("//grid/a", None),
            ("/", None),
            ("", None),
        ] {
            assert_eq!(wanted(path).map(|(subject, _)| subject.to_string()).as_deref(), photo, "{path}");
        }
    }
}
