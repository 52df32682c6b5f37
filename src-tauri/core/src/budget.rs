//! How often a source may be asked: a token bucket and a count of the last hour, as one pure value.
//!
//! Invariant: in any window of t seconds at most `burst + per_second * t` calls, in any hour at most `per_hour`, as long
//! as the clock runs. A clock that jumps, back or ahead, can neither free more than one burst nor lock for more than an
//! hour. Absent: the clock, sleeping and saving: the caller passes the time in and saves the [`State`] after each take.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

const MICROS: u64 = 1_000_000;
const MINUTE_MS: u64 = 60_000;
/// Minutes that can touch one hour.
const MINUTES_KEPT: u64 = 61;

/// The limits.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Budget {
    /// Calls per second in the long run; 0 means no limit at all.
    pub per_second: f64,
    /// Calls that may follow each other at once.
    pub burst: u32,
    /// Calls in any 60 minutes; 0 means no limit.
    pub per_hour: u32,
}

impl Default for Budget {
    /// What Flickr asks for: "under 3600 queries per hour".
    fn default() -> Self {
        Self { per_second: 1.0, burst: 5, per_hour: 3600 }
    }
}

/// What has been used; serialisable, to be saved after each take. The default is a full bucket.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    /// Used part of the burst, in millionths of a call.
    used_micros: u64,
    /// When it was last brought up to date, milliseconds since 1970.
    at_ms: u64,
    /// Minute since 1970 and calls in it, oldest first, at most 61.
    minutes: VecDeque<(u64, u32)>,
}

/// The answer to "may I call?".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Take {
    /// Call now; it has been counted.
    Go,
    /// Not before this many milliseconds have passed; then ask again. Nothing has been counted.
    Wait(u64),
}

impl Budget {
    /// Takes one call at `now_ms` (milliseconds since 1970) if the limits allow it.
    pub fn take(&self, state: &mut State, now_ms: u64) -> Take {
        if self.per_second <= 0.0 || self.per_second.is_nan() {
            return Take::Go;
        }
        self.refill(state, now_ms);
        let wait = self.wait_for_hour(state, now_ms).max(self.wait_for_token(state));
        if wait > 0 {
            return Take::Wait(wait);
        }
        state.used_micros = state.used_micros.saturating_add(MICROS);
        let minute = now_ms / MINUTE_MS;
        match state.minutes.back_mut() {
            Some((last, count)) if *last == minute => *count = count.saturating_add(1),
            Some(_) | None => state.minutes.push_back((minute, 1)),
        }
        Take::Go
    }

    /// Millionths of a call that come back each millisecond.
    fn rate(&self) -> u64 {
        let rate = (self.per_second * 1000.0).clamp(1.0, 1e9);
        rate as u64
    }

    fn capacity(&self) -> u64 {
        u64::from(self.burst.max(1)) * MICROS
    }

    fn refill(&self, state: &mut State, now_ms: u64) {
        let back = now_ms.saturating_sub(state.at_ms).saturating_mul(self.rate());
        state.used_micros = state.used_micros.min(self.capacity()).saturating_sub(back);
        state.at_ms = now_ms;
        let now = now_ms / MINUTE_MS;
        // Calls of a future (the clock went back) count as made now: an hour later they are forgotten.
        let future: u32 =
            state.minutes.iter().filter(|(minute, _)| *minute >= now).fold(0, |sum, (_, n)| sum.saturating_add(*n));
        state.minutes.retain(|(minute, _)| *minute < now && now - minute < MINUTES_KEPT);
        if future > 0 {
            state.minutes.push_back((now, future));
        }
    }

    fn wait_for_token(&self, state: &State) -> u64 {
        state.used_micros.saturating_add(MICROS).saturating_sub(self.capacity()).div_ceil(self.rate())
    }

    fn wait_for_hour(&self, state: &State, now_ms: u64) -> u64 {
        let mut over = state.minutes.iter().fold(0u64, |sum, (_, n)| sum + u64::from(*n));
        if self.per_hour == 0 || over < u64::from(self.per_hour) {
            return 0;
        }
        for (minute, count) in &state.minutes {
            over = over.saturating_sub(u64::from(*count));
            if over < u64::from(self.per_hour) {
                return (minute + MINUTES_KEPT).saturating_mul(MINUTE_MS).saturating_sub(now_ms).max(1);
            }
        }
        MINUTE_MS
    }
}

#[cfg(test)]
#[path = "budget_test.rs"]
mod tests;
