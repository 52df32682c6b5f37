//! How work that takes a while is watched and stopped.
//!
//! Invariant: watching changes no byte of the result. Absent: clocks and threads; whoever asks for the work has both.

use std::fmt;

use crate::PictureError;

/// The eyes on a piece of work, handed in by whoever asks for it. Each may be called from several threads.
#[derive(Clone, Copy)]
pub struct Work<'a> {
    /// Asked every few rows: true ends the work with [`PictureError::Stopped`].
    pub cancelled: &'a (dyn Fn() -> bool + Sync),
    /// Told how much is done, from 0 to 1, never less than before.
    pub progress: &'a (dyn Fn(f32) + Sync),
    /// Told the name of each phase ("decode", "resize", ...) as it begins; for measuring.
    pub phase: &'a (dyn Fn(&'static str) + Sync),
}

impl Work<'static> {
    /// Nobody watches.
    pub const UNWATCHED: Self = Self { cancelled: &|| false, progress: &|_| {}, phase: &|_| {} };
}

impl Work<'_> {
    /// An error as soon as the work is no longer wanted.
    ///
    /// # Errors
    /// [`PictureError::Stopped`].
    pub fn go_on(&self) -> Result<(), PictureError> {
        if (self.cancelled)() { Err(PictureError::Stopped) } else { Ok(()) }
    }
}

impl fmt::Debug for Work<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Work").finish_non_exhaustive()
    }
}
