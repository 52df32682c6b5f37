//! The built page, out of the program itself. Unknown addresses answer 404; the page finds its way by the part after `#`.

use axum::{
    http::{StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use rust_embed::RustEmbed;

/// `ui/dist`: in an optimised build inside the program, else read from where it was built.
#[derive(RustEmbed)]
#[folder = "../../ui/dist"]
#[allow_missing = true]
struct Page;

pub(crate) async fn file(uri: Uri) -> Response {
    let path = uri.path().trim_start_matches('/');
    let path = if path.is_empty() { "index.html" } else { path };
    match Page::get(path) {
        Some(file) => {
            // Names of assets carry a hash of their content.
            let lasting = if path.starts_with("assets/") { "public, max-age=31536000, immutable" } else { "no-cache" };
            let headers = [(header::CONTENT_TYPE, kind(path)), (header::CACHE_CONTROL, lasting)];
            (headers, file.data).into_response()
        }
        None if path == "index.html" => {
            let words = "This pierrot was built without its page. In its checkout, run `make demo` once, or: npm --prefix ui ci && npm --prefix ui run build && cargo build --features custom-protocol --bin pierrot. Then start it again.\n";
            (StatusCode::NOT_FOUND, words).into_response()
        }
        None => (StatusCode::NOT_FOUND, "There is no such page.\n").into_response(),
    }
}

fn kind(path: &str) -> &'static str {
    match path.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "woff2" => "font/woff2",
        "json" => "application/json",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}
