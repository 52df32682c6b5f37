//! The window of a start that failed: what happened and what to do now, without the page and without the engine.
//!
//! Invariant: it runs no script, loads nothing and may call nothing; the error's words are text, never markup.

use pierrot_core::Error;
use tauri::{
    AppHandle, Manager, UriSchemeContext, WebviewUrl, WebviewWindowBuilder, Wry,
    http::{Request, Response, header},
};

/// The scheme under which the one page is.
pub const SCHEME: &str = "trouble";

const PAGE: &str = include_str!("trouble.html");
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'";

/// What went wrong, for the page.
struct Trouble(Error);

/// Shows the error; the program ends when its window is closed.
pub fn show(app: &AppHandle, error: Error) -> tauri::Result<()> {
    tracing::error!(%error, what_now = error.what_now, "Pierrot could not start");
    app.manage(Trouble(error));
    let url = format!("{SCHEME}://localhost/").parse().expect("a fixed address");
    WebviewWindowBuilder::new(app, "trouble", WebviewUrl::CustomProtocol(url))
        .title("Pierrot")
        .inner_size(640.0, 420.0)
        .on_navigation(|url| url.scheme() == SCHEME || url.host_str() == Some("trouble.localhost"))
        .build()?;
    Ok(())
}

/// Serves the page.
#[expect(clippy::needless_pass_by_value, reason = "the shape Tauri asks for")]
pub fn answer(context: UriSchemeContext<'_, Wry>, _request: Request<Vec<u8>>) -> Response<Vec<u8>> {
    let page = context.app_handle().try_state::<Trouble>().map(|trouble| page(&trouble.0)).unwrap_or_default();
    Response::builder()
        .header(header::CONTENT_TYPE, "text/html; charset=utf-8")
        .header(header::CONTENT_SECURITY_POLICY, POLICY)
        .body(page.into_bytes())
        .expect("fixed headers")
}

fn page(error: &Error) -> String {
    // The next step first: the message may hold anything, braces too.
    PAGE.replace("{what_now}", &escaped(&error.what_now)).replace("{message}", &escaped(&error.message))
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_an_error_are_text() {
        let page = page(&Error::failed("<script>{what_now}</script> & \"a\"", "Do <b>this</b>."));
        assert!(page.contains("&lt;script&gt;{what_now}&lt;/script&gt; &amp; &quot;a&quot;"), "{page}");
        assert!(page.contains("Do &lt;b&gt;this&lt;/b&gt;."), "{page}");
    }
}
