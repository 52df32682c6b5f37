//! The window and its commands: a skin over the core.
//!
//! Invariant: no business rule lives here; what a command answers, the command line can answer as well.
//! Deliberately absent: a tray, notifications and every Tauri plugin, until a feature uses one.

mod commands;
mod desktop;

pub use desktop::{DesktopError, bindings, build_app, run};

#[cfg(test)]
mod bindings_test;
#[cfg(test)]
mod tidy_test;
