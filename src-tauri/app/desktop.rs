//! Builds and runs the app: the only module that knows a window exists.
//!
//! Invariant: the window shows the app's own pages and nothing else; every other address is refused before it loads.
//! Deliberately absent: a default browser, menus, state. `build_app` needs no display, so a mock runtime can drive it.

use std::{io::IsTerminal, path::PathBuf};

use pierrot_core::home::Home;
use tauri::{App, Builder, Runtime, Url, WebviewWindowBuilder};
use tauri_specta::collect_commands;

use crate::commands;

/// Why the window did not come up.
#[derive(Debug, thiserror::Error)]
pub enum DesktopError {
    /// `tauri.conf.json` lost its window.
    #[error("the settings of the app describe no window named \"main\"")]
    NoWindow,
    /// The system refused a window or a web view.
    #[error("the system could not open the window")]
    Tauri(#[from] tauri::Error),
}

/// The commands and their types, one list for Rust and for the page.
pub fn bindings<R: Runtime>() -> tauri_specta::Builder<R> {
    tauri_specta::Builder::<R>::new()
        .disable_serde_phases()
        .commands(collect_commands![commands::about::<tauri::Wry>, commands::mounted])
}

/// Adds what every run needs, real or mocked.
pub fn build_app<R: Runtime>(builder: Builder<R>) -> Builder<R> {
    builder.invoke_handler(bindings::<R>().invoke_handler())
}

/// Opens the window and returns when it is closed; a failure is logged and ends the process with 1.
pub fn run() {
    start_log();
    let app = build_app(Builder::default().setup(|app| Ok(open_main(app)?)));
    if let Err(error) = app.run(tauri::generate_context!()) {
        tracing::error!(%error, "Pierrot could not start");
        std::process::exit(1);
    }
}

/// The folder that holds everything Pierrot keeps: `PIERROT_HOME`, else the platform's. `None` when neither is known.
pub(crate) fn home() -> Option<PathBuf> {
    let chosen = std::env::var_os("PIERROT_HOME").filter(|set| !set.is_empty()).map(PathBuf::from);
    chosen.or_else(|| Home::platform().ok())
}

fn start_log() {
    let filter = tracing_subscriber::EnvFilter::try_from_env("PIERROT_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("warn,pierrot_app=info"));
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr);
    if lines.try_init().is_err() {
        tracing::debug!("a log is already set");
    }
}

fn open_main<R: Runtime>(app: &App<R>) -> Result<(), DesktopError> {
    let config = app.config();
    let main = config.app.windows.iter().find(|window| window.label == "main").ok_or(DesktopError::NoWindow)?;
    let dev = config.build.dev_url.clone().filter(|_| tauri::is_dev());
    WebviewWindowBuilder::from_config(app, main)?.on_navigation(move |url| is_ours(url, dev.as_ref())).build()?;
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
