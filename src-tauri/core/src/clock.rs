//! The wall clock as an argument, so that tests move it.
//!
//! Invariant: nothing else in core asks what time it is.

use std::{fmt, time::SystemTime};

/// What time it is.
pub trait Clock: Send + Sync + fmt::Debug {
    fn now(&self) -> jiff::Timestamp;

    /// Milliseconds of a clock that also counts while the computer sleeps, for deadlines; never set back by hand.
    fn boot_ms(&self) -> u64;
}

/// The computer's own clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place that asks the computer")]
    fn now(&self) -> jiff::Timestamp {
        jiff::Timestamp::try_from(SystemTime::now()).unwrap_or(jiff::Timestamp::UNIX_EPOCH)
    }

    fn boot_ms(&self) -> u64 {
        boot_ms().unwrap_or_else(|| u64::try_from(self.now().as_millisecond()).unwrap_or(0))
    }
}

/// Linux counts suspended time in /proc/uptime.
#[cfg(target_os = "linux")]
fn boot_ms() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/uptime").ok()?;
    let (whole, fraction) = text.split_whitespace().next()?.split_once('.')?;
    Some(whole.parse::<u64>().ok()? * 1000 + fraction.parse::<u64>().ok()? * 10)
}

#[cfg(not(target_os = "linux"))]
fn boot_ms() -> Option<u64> {
    None
}
