//! What the page may ask for: each command is one sentence and decides nothing.
//!
//! Invariant: every command is named in `src-tauri/permissions/page.toml`, else no window may call it, and typed in
//! `ui/src/lib/host/bindings.ts`. Deliberately absent: secrets, paths chosen by the page, anything that writes.

use serde::Serialize;
use tauri::{AppHandle, Runtime};

use crate::desktop;

/// What the app says about itself.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, specta::Type)]
pub struct About {
    /// Version of the running program, as in Cargo.toml.
    pub version: String,
    /// The folder that holds settings, catalogue and record, as it is shown to a person; none when the system names none.
    pub home: Option<String>,
}

/// Answers which Pierrot this is and where it keeps its things.
#[tauri::command]
#[specta::specta]
pub fn about<R: Runtime>(app: AppHandle<R>) -> About {
    let home = desktop::home().map(|home| home.display().to_string());
    About { version: app.package_info().version.to_string(), home }
}

/// Notes in the log that the page is drawn; the smoke test waits for this line.
#[tauri::command]
#[specta::specta]
pub fn mounted() {
    tracing::info!("window mounted");
}
