//! The sandbox clock: the machine's time plus an offset that tests move forward.
//!
//! Invariant: everything that expires, ages or is stamped in the sandbox asks this clock, never the machine.
//! Absent: timers. Nothing wakes up when the clock moves; the next request sees the new time.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

/// Milliseconds since 1970 as the sandbox sees them.
#[derive(Debug, Default)]
pub(crate) struct SandboxClock {
    /// Told instead of the machine's time, where somebody else keeps the time.
    told_ms: Option<AtomicI64>,
    offset_ms: AtomicI64,
}

impl SandboxClock {
    /// A clock that shows what it is told.
    pub(crate) fn told() -> Self {
        Self { told_ms: Some(AtomicI64::new(0)), offset_ms: AtomicI64::new(0) }
    }

    /// Tells the time.
    pub(crate) fn tell_ms(&self, now_ms: i64) {
        if let Some(told) = &self.told_ms {
            told.store(now_ms, Ordering::SeqCst);
        }
    }

    /// Now, in milliseconds since 1970.
    pub(crate) fn now_ms(&self) -> i64 {
        let base = match &self.told_ms {
            Some(told) => told.load(Ordering::SeqCst),
            None => SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| d.as_millis() as i64),
        };
        base.saturating_add(self.offset_ms.load(Ordering::SeqCst))
    }

    /// Now, in whole seconds since 1970.
    pub(crate) fn now_s(&self) -> i64 {
        self.now_ms().div_euclid(1000)
    }

    /// Moves the clock by `seconds` (negative moves it back).
    pub(crate) fn advance_s(&self, seconds: i64) {
        self.offset_ms.fetch_add(seconds.saturating_mul(1000), Ordering::SeqCst);
    }

    /// Back to the machine's time.
    pub(crate) fn reset(&self) {
        self.offset_ms.store(0, Ordering::SeqCst);
    }
}

/// `2013-10-06 14:06:41` in UTC, the form Flickr uses for dates taken.
pub(crate) fn mysql(seconds: i64) -> String {
    let (date, time) = split(seconds);
    format!("{:04}-{:02}-{:02} {time}", date.0, date.1, date.2)
}

/// `2013:10:06 14:06:41` in UTC, the form of EXIF.
pub(crate) fn exif(seconds: i64) -> String {
    mysql(seconds).replacen('-', ":", 2)
}

/// `2013-10-06T14:06:41.000Z`, the form of X.
pub(crate) fn iso_ms(ms: i64) -> String {
    let (date, time) = split(ms.div_euclid(1000));
    format!("{:04}-{:02}-{:02}T{time}.{:03}Z", date.0, date.1, date.2, ms.rem_euclid(1000))
}

/// `Sun, 06 Oct 2013 14:06:41 GMT`, the form of HTTP.
pub(crate) fn http_date(seconds: i64) -> String {
    const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let (date, time) = split(seconds);
    let day = DAYS[seconds.div_euclid(86_400).rem_euclid(7) as usize];
    format!("{day}, {:02} {} {:04} {time} GMT", date.2, MONTHS[date.1 as usize - 1], date.0)
}

fn split(seconds: i64) -> ((i64, i64, i64), String) {
    let second = seconds.rem_euclid(86_400);
    let time = format!("{:02}:{:02}:{:02}", second / 3600, second / 60 % 60, second % 60);
    (civil(seconds.div_euclid(86_400)), time)
}

/// Year, month and day of the Gregorian calendar, `days` after 1970-01-01.
fn civil(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_written_as_each_protocol_wants_them() {
        let second = 1_381_068_401;
        assert_eq!(mysql(second), "2013-10-06 14:06:41");
        assert_eq!(exif(second), "2013:10:06 14:06:41");
        assert_eq!(iso_ms(second * 1000 + 7), "2013-10-06T14:06:41.007Z");
        assert_eq!(http_date(second), "Sun, 06 Oct 2013 14:06:41 GMT");
        assert_eq!(mysql(951_782_400), "2000-02-29 00:00:00");
    }

    #[test]
    fn the_clock_moves_when_told() {
        let clock = SandboxClock::default();
        let before = clock.now_s();
        clock.advance_s(86_400);
        assert!(clock.now_s() >= before + 86_400);
        clock.reset();
        assert!(clock.now_s() < before + 86_400);
    }
}
