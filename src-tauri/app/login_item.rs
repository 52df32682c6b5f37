//! Starting with the computer, to the tray.
//!
//! Invariant: off until the photographer turns it on; the demo never touches it. Absent: how each system does it (the plugin).

use pierrot_core::{Error, engine::CallError};
use tauri::{AppHandle, Manager, Wry, plugin::TauriPlugin};
use tauri_plugin_autostart::ManagerExt;

use crate::{options::Options, running::Running};

/// The plugin, told to start Pierrot hidden and on the same home.
pub fn plugin(options: &Options) -> TauriPlugin<Wry> {
    let home = options.home.as_ref().map(|home| std::path::absolute(home).unwrap_or_else(|_| home.clone()));
    let home = home.iter().flat_map(|home| ["--home".to_owned(), home.display().to_string()]);
    tauri_plugin_autostart::Builder::new().arg("--hidden").args(home).build()
}

/// Turns it on or off where asked, and says how it is.
pub fn settle(app: &AppHandle, on: Option<bool>) -> Result<bool, CallError> {
    if app.state::<Running>().is_demo() {
        return Err(Error::failed("The demo does not start by itself.", "Turn it on in Pierrot itself.").into());
    }
    let item = app.autolaunch();
    let turned = match on {
        Some(true) => item.enable(),
        Some(false) => item.disable(),
        None => Ok(()),
    };
    turned.and_then(|()| item.is_enabled()).map_err(|error| {
        let message = format!("The system does not let Pierrot start by itself ({error}).");
        Error::failed(message, "Add it to the programs that start with the computer yourself.").into()
    })
}
