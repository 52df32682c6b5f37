//! The window, the tray and the notices: a skin over the core.
//!
//! Invariant: no business rule lives here; what a command answers, the command line can answer as well. What is shown is decided
//! in values (`options`, `tray_menu`, the engine's notices), drawn by thin modules beside them.

mod commands;
mod desktop;
mod elsewhere;
mod files;
mod leftovers;
mod login_item;
mod notify;
mod options;
mod photos;
mod resting;
mod running;
mod tray;
mod tray_menu;
mod trouble;
mod watch;
mod window;

pub use desktop::run;

#[cfg(test)]
mod tidy_test;
#[cfg(test)]
mod tray_menu_test;
