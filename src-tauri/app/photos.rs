//! Pictures for `<img>`: `photo://localhost/ID/SIZE/KEY`, from the thumbnails of the engine.
//!
//! Invariants: an address names a photo, never a path; what is not exactly such an address is refused; the key changes with the
//! picture, so the page may keep an answer for ever. Absent: making thumbnails.

use pierrot_core::{photo::PhotoId, thumbnails::ThumbnailPicture};
use tauri::{
    AppHandle, Manager, UriSchemeContext, UriSchemeResponder, Wry,
    http::{Request, Response, StatusCode, header},
};

use crate::running::Running;

/// The scheme's name, as the page's policy has it.
pub const SCHEME: &str = "photo";

const KEY_LEN_MAX: usize = 64;
const SIZE_LEN_MAX: usize = 16;

/// Answers one `<img>`; the webview is not kept waiting meanwhile.
pub fn answer(context: UriSchemeContext<'_, Wry>, request: Request<Vec<u8>>, responder: UriSchemeResponder) {
    let app = context.app_handle().clone();
    tauri::async_runtime::spawn(async move {
        responder.respond(match picture(&app, request.uri().path()).await {
            Ok(picture) => found(picture),
            Err(why) => missing(&why),
        });
    });
}

async fn picture(app: &AppHandle, path: &str) -> Result<ThumbnailPicture, String> {
    let (photo, size) = wanted(path).ok_or("There is no such picture.")?;
    let engine = app.try_state::<Running>().ok_or("Pierrot is not ready.")?.engine().clone();
    engine.picture(&photo, &size).await.map_err(|error| error.message)
}

/// The photo and the size that an address asks for. The page encodes the whole as one segment.
fn wanted(path: &str) -> Option<(PhotoId, String)> {
    let path = percent_encoding::percent_decode_str(path.strip_prefix('/')?).decode_utf8().ok()?;
    let [photo, size, key] = path.split('/').collect::<Vec<_>>().try_into().ok()?;
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    let sized = (1..=SIZE_LEN_MAX).contains(&size.len()) && size.bytes().all(|byte| byte.is_ascii_lowercase());
    let keyed = (1..=KEY_LEN_MAX).contains(&key.len()) && key.bytes().all(plain);
    (sized && keyed).then_some((photo.parse().ok()?, size.to_owned()))
}

fn found(picture: ThumbnailPicture) -> Response<Vec<u8>> {
    Response::builder()
        .header(header::CONTENT_TYPE, ThumbnailPicture::MIME)
        .header(header::CACHE_CONTROL, "private, max-age=31536000, immutable")
        .header(header::X_CONTENT_TYPE_OPTIONS, "nosniff")
        .body(picture.bytes.to_vec())
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
    fn an_address_names_a_photo_and_nothing_else() {
        for (path, photo) in [
            ("/53000000001/grid/a1b2", Some("53000000001")),
            ("/53000000001%2Flarge%2Fa1b2", Some("53000000001")),
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
            assert_eq!(wanted(path).map(|(photo, _)| photo.to_string()).as_deref(), photo, "{path}");
        }
    }
}
