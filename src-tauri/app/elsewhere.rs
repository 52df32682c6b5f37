//! From one's own archive to the demo and back: a second program beside the first.
//!
//! Invariant: one's own archive goes on as it is, schedule and all, while the demo is looked at; the demo takes its home with it when
//! it ends. Coming back is a second start of one's own, which shows the first one's window or opens it anew.

use std::process::{Command, Stdio};

use pierrot_core::{Error, engine::CallError};
use tauri::{AppHandle, Manager};

use crate::{desktop, running::Running, window};

/// Starts the other one and leaves the screen to it.
pub fn go(app: &AppHandle) -> Result<(), CallError> {
    let running = app.state::<Running>();
    let demo = running.is_demo();
    let program = tauri::process::current_binary(&app.env()).map_err(|error| cannot(&error))?;
    let mut command = Command::new(program);
    command.stdin(Stdio::null());
    if !demo {
        command.arg("--demo");
    }
    if let Some(home) = running.named_home() {
        // The demo has no use for it, but knows the way back by it.
        command.env("PIERROT_HOME", home);
    }
    let mut child = command.spawn().map_err(|error| cannot(&error))?;
    tauri::async_runtime::spawn_blocking(move || child.wait());
    if demo {
        desktop::quit(app);
    } else {
        window::close(app);
    }
    Ok(())
}

fn cannot(error: &dyn std::fmt::Display) -> CallError {
    Error::failed(format!("Pierrot cannot start itself once more ({error})."), "Start it as you always do.").into()
}
