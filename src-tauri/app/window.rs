//! The one window: made when it is wanted, gone when it is closed.
//!
//! Invariant: the window shows the app's own pages and nothing else; every other address is refused before it loads. While it is
//! closed no web view exists, so the tray alone costs little. Absent: state; the page reads it anew each time.

use tauri::{
    AppHandle, Manager, Url, WebviewUrl, WebviewWindow, WebviewWindowBuilder, WindowEvent, utils::config::WindowConfig,
};

use crate::{leftovers, running::Running};

/// The name by which settings and capabilities know the window.
pub const MAIN: &str = "main";

/// Why the window did not come up.
#[derive(Debug, thiserror::Error)]
pub enum WindowError {
    #[error("the settings of the app describe no window named \"main\"")]
    NotDescribed,
    #[error("the system could not open the window")]
    Tauri(#[from] tauri::Error),
}

/// Opens the window, or brings it to the front where it was left.
pub fn show(app: &AppHandle) {
    on_main_thread(app, None);
}

/// Opens the window at a screen of the page, `activity` for one.
pub fn show_at(app: &AppHandle, screen: &'static str) {
    on_main_thread(app, Some(screen));
}

/// Ends the window; Pierrot goes on in the tray.
pub fn close(app: &AppHandle) {
    if let Some(window) = app.get_webview_window(MAIN)
        && let Err(error) = window.close()
    {
        tracing::warn!(%error, "the window stays");
    }
}

pub fn is_open(app: &AppHandle) -> bool {
    app.get_webview_window(MAIN).is_some()
}

fn on_main_thread(app: &AppHandle, screen: Option<&'static str>) {
    let handle = app.clone();
    let asked = app.run_on_main_thread(move || {
        let shown = match handle.get_webview_window(MAIN) {
            Some(window) => raise(&window, screen),
            None => open(&handle, screen),
        };
        if let Err(error) = shown {
            tracing::error!(%error, "the window could not be shown");
        }
    });
    if let Err(error) = asked {
        tracing::error!(%error, "the app is about to end and shows nothing more");
    }
}

fn open(app: &AppHandle, screen: Option<&str>) -> Result<(), WindowError> {
    let config = app.config();
    let main = config.app.windows.iter().find(|window| window.label == MAIN).ok_or(WindowError::NotDescribed)?;
    let url = screen.map_or_else(|| main.url.clone(), |screen| WebviewUrl::App(format!("index.html#/{screen}").into()));
    let main = WindowConfig { url, ..main.clone() };
    let dev = config.build.dev_url.clone().filter(|_| tauri::is_dev());
    if let Some(running) = app.try_state::<Running>() {
        let engine = running.engine().clone();
        tauri::async_runtime::spawn(async move { engine.page_comes().await });
    }
    let window = WebviewWindowBuilder::from_config(app, &main)?;
    let window = window.on_navigation(move |url| is_ours(url, dev.as_ref())).build()?;
    let app = app.clone();
    window.on_window_event(move |event| {
        if matches!(event, WindowEvent::Destroyed) {
            leftovers::end_soon(&app);
        }
    });
    Ok(())
}

fn raise(window: &WebviewWindow, screen: Option<&str>) -> Result<(), WindowError> {
    if let Some(screen) = screen {
        let mut url = window.url()?;
        url.set_fragment(Some(&format!("/{screen}")));
        window.navigate(url)?;
    }
    window.unminimize()?;
    window.show()?;
    window.set_focus()?;
    Ok(())
}

/// Whether an address belongs to the app: `tauri://localhost` (Linux, macOS), `http(s)://tauri.localhost` (Windows), or
/// the development server while developing.
fn is_ours(url: &Url, dev: Option<&Url>) -> bool {
    let embedded = match url.scheme() {
        "tauri" => url.host_str() == Some("localhost"),
        "http" | "https" => url.host_str() == Some("tauri.localhost") && url.port().is_none(),
        _ => false,
    };
    embedded || dev.is_some_and(|dev| dev.origin() == url.origin())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_apps_own_pages_may_load() {
        let dev = Url::parse("http://127.0.0.1:5173").expect("an address");
        let table = [
            ("tauri://localhost/", true, true),
            ("tauri://localhost/index.html#top", true, true),
            ("http://tauri.localhost/", true, true),
            ("https://tauri.localhost/a", true, true),
            ("http://127.0.0.1:5173/src/main.ts", false, true),
            ("http://127.0.0.1:5174/", false, false),
            ("http://tauri.localhost:81/", false, false),
            ("http://tauri.localhost.evil.com/", false, false),
            ("http://tauri.evil.com/", false, false),
            ("tauri://evil.com/", false, false),
            ("https://www.flickr.com/", false, false),
            ("file:///etc/passwd", false, false),
            ("data:text/html,hello", false, false),
            ("about:blank", false, false),
        ];
        for (address, built, developing) in table {
            let url = Url::parse(address).expect("an address");
            assert_eq!(is_ours(&url, None), built, "{address} in the built app");
            assert_eq!(is_ours(&url, Some(&dev)), developing, "{address} while developing");
        }
    }
}
