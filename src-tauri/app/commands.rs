//! What the page may ask for: each command is one sentence and decides nothing.
//!
//! Invariant: every command is named in `src-tauri/permissions/page.toml`, else no window may call it. The calls themselves, their
//! arguments and their types are the engine's, the same for the window and for a browser. Absent: folders chosen by the page.

use pierrot_core::engine::{CallError, OpenedFile};
use serde_json::Value;
use tauri::{
    AppHandle, State,
    ipc::{InvokeBody, Request, Response},
};

use crate::{elsewhere, files, login_item, running::Running};

/// Answers one call of the engine.
#[tauri::command]
pub async fn call(running: State<'_, Running>, name: String, args: Value) -> Result<Response, CallError> {
    running.engine().call(&name, args).await.map(Response::new)
}

/// Takes a picture in for the Studio: its bytes are the body, its name a header, percent-encoded.
#[tauri::command]
pub async fn open_file(running: State<'_, Running>, request: Request<'_>) -> Result<OpenedFile, CallError> {
    let name = request.headers().get("name").and_then(|name| name.to_str().ok()).unwrap_or_default();
    let name = percent_encoding::percent_decode_str(name).decode_utf8_lossy().into_owned();
    match request.body() {
        InvokeBody::Raw(bytes) => running.engine().open_file(&name, bytes.clone()).await,
        InvokeBody::Json(_) => Err(CallError {
            code: "failed".into(),
            message: "The file did not come as it is.".into(),
            what_now: "Open it again.".into(),
        }),
    }
}

/// Opens the page of a photo, a post or a sign-in in the person's own browser.
#[tauri::command]
pub async fn open(running: State<'_, Running>, address: String) -> Result<(), CallError> {
    running.open(&address)
}

/// Whether Pierrot starts with the computer; sets it first where `on` is given.
#[tauri::command]
pub async fn autostart(app: AppHandle, on: Option<bool>) -> Result<bool, CallError> {
    login_item::settle(&app, on)
}

/// Puts a text among the person's downloads and shows it there; answers with where it is.
#[tauri::command]
pub async fn save(app: AppHandle, name: String, text: String) -> Result<String, CallError> {
    files::save(&app, &name, &text)
}

/// Shows the folder of the home, or of the logs in it.
#[tauri::command]
pub async fn reveal(running: State<'_, Running>, what: files::Folder) -> Result<(), CallError> {
    files::reveal(&running, what)
}

/// From one's own archive to the demo, and from the demo back.
#[tauri::command]
pub async fn elsewhere(app: AppHandle) -> Result<(), CallError> {
    elsewhere::go(&app)
}
