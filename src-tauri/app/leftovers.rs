//! What a window leaves behind when it is closed: the engine's memory of the gallery, and on Linux WebKit's network process,
//! which stays for as long as the program lives, 30 MB for nothing; a new window makes both anew.
//!
//! Invariant: only a child of this program is ended, by WebKit's name, and only while no window is open. Absent: other systems,
//! where the web view is the system's own.

use std::time::Duration;

use tauri::{AppHandle, Manager};

use crate::{resting, running::Running, window};

/// By then WebKit has put away what the page kept, and whoever closed the window by mistake has it back.
const AFTER: Duration = Duration::from_secs(3);

/// Ends it in a while, unless a window is open again by then.
pub fn end_soon(app: &AppHandle) {
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        tokio::time::sleep(AFTER).await;
        if window::is_open(&app) {
            return;
        }
        if let Some(running) = app.try_state::<Running>() {
            running.engine().page_went();
        }
        #[cfg(target_os = "linux")]
        linux::end_network_processes();
        resting::give_back(&app);
    });
}

#[cfg(target_os = "linux")]
mod linux {
    use std::fs;

    use rustix::process::Pid;

    pub(super) fn end_network_processes() {
        for child in network_processes() {
            // It may have ended by itself.
            let _ = rustix::process::kill_process(child, rustix::process::Signal::TERM);
        }
    }

    /// Children of this program; each thread has its own list of those it started.
    fn network_processes() -> Vec<Pid> {
        let Ok(threads) = fs::read_dir("/proc/self/task") else { return Vec::new() };
        let lists = threads.flatten().filter_map(|thread| fs::read_to_string(thread.path().join("children")).ok());
        let children = lists.flat_map(|list| list.split_whitespace().map(str::to_owned).collect::<Vec<_>>());
        children.filter(|child| is_network(child)).filter_map(|child| Pid::from_raw(child.parse().ok()?)).collect()
    }

    /// The kernel cuts names after 15 signs.
    fn is_network(child: &str) -> bool {
        fs::read_to_string(format!("/proc/{child}/comm")).is_ok_and(|name| name.trim_end() == "WebKitNetworkPr")
    }
}
