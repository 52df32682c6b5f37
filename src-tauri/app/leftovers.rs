//! What WebKit leaves behind when the window is closed.
//!
//! On Linux its network process stays for as long as the program lives, 30 MB for nothing; a new window starts a new one.
//! Invariant: only a child of this program, by WebKit's name, and only while no window is open. Absent: other systems, where the
//! web view is the system's own.

use tauri::AppHandle;

/// Ends it in a while, unless a window is open again by then.
#[cfg(target_os = "linux")]
pub fn end_soon(app: &AppHandle) {
    /// By then WebKit has put away what the page kept.
    const AFTER: std::time::Duration = std::time::Duration::from_secs(3);

    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        tokio::time::sleep(AFTER).await;
        if !crate::window::is_open(&app) {
            for child in linux::network_processes() {
                // It may have ended by itself.
                let _ = rustix::process::kill_process(child, rustix::process::Signal::TERM);
            }
        }
    });
}

#[cfg(not(target_os = "linux"))]
pub fn end_soon(_app: &AppHandle) {}

#[cfg(target_os = "linux")]
mod linux {
    use std::fs;

    use rustix::process::Pid;

    /// Children of this program; each thread has its own list of those it started.
    pub(super) fn network_processes() -> Vec<Pid> {
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
