//! When something is due: a rule in the photographer's words, the slots it makes, and what a tick should do about them.
//!
//! Invariants: a slot is named by its period (`x/2026-W48`), so moving the hour, changing the time zone or adding a second
//! computer never publishes twice in one period; a time that daylight saving skips is the first instant after the gap, a
//! time that comes twice is the first of the two; a clock moved back repeats nothing; slots missed while the computer
//! slept become one run.
//! Absent: the clock, dice, I/O and saving. The engine passes the time in, asks [`due`] at least once a minute, and saves
//! the [`Memory`] after every change.

mod calendar;
mod due;
mod quiet;
mod rule;
mod slots;
mod zone;

pub use due::{Due, HoldWhy, MISSED_MAX, Memory, Moment, Settled, SkipWhy, due};
pub use quiet::{QuietError, QuietHours};
pub use rule::{Rule, RuleError};
pub use slots::{JITTER_MINUTES_MAX, Policy, Slot, jitter_minutes, upcoming};

#[cfg(test)]
mod cases_test;
#[cfg(test)]
mod clock_cases_test;
#[cfg(test)]
mod oracle;
#[cfg(test)]
mod oracle_test;
