//! The times photos are sorted by: as seconds since 1970, as months, and leniently read.
//!
//! Invariant: a time that cannot be read is unknown, never a wrong year. Absent: time zones; `taken` has none, so it is
//! compared as if it were UTC.

use jiff::{Timestamp, civil::Date, tz::Offset};

/// Flickr's granularity for "circa": the year is a guess.
const CIRCA: u8 = 8;
/// Sorts after everything.
pub(super) const UNKNOWN: i64 = i64::MIN;

/// Year times 12 plus month from 0; 0 = unknown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct YearMonth(u32);

impl YearMonth {
    pub(super) fn of(seconds: i64) -> Self {
        if seconds == UNKNOWN {
            return Self::default();
        }
        let Ok(at) = Timestamp::from_second(seconds) else { return Self::default() };
        let date = Offset::UTC.to_datetime(at).date();
        let months = i32::from(date.year()) * 12 + i32::from(date.month()) - 1;
        Self(u32::try_from(months).unwrap_or(0))
    }

    /// 0 when unknown.
    pub(super) fn year(self) -> u32 {
        self.0 / 12
    }

    /// 1 to 12; 0 when unknown.
    pub(super) fn month(self) -> u32 {
        if self.0 == 0 { 0 } else { self.0 % 12 + 1 }
    }
}

/// When it was taken by the camera's clock; else when it was uploaded; else unknown.
pub(super) fn sorted_at(taken: Option<&str>, granularity: u8, uploaded_at: i64) -> i64 {
    let taken = taken.filter(|_| granularity < CIRCA).and_then(seconds);
    taken.unwrap_or_else(|| known(uploaded_at))
}

/// 0 stands for a time the source does not tell.
pub(super) fn known(seconds: i64) -> i64 {
    if seconds == 0 { UNKNOWN } else { seconds }
}

/// `2013-10-06 14:06:41`; months and days of 00, as coarse dates have them, count as the first.
fn seconds(text: &str) -> Option<i64> {
    let number = |from: usize, to: usize| text.get(from..to).and_then(|part| part.parse::<i8>().ok());
    let year: i16 = text.get(..4)?.parse().ok().filter(|year| *year > 0)?;
    let (month, day) = (number(5, 7).unwrap_or(1).max(1), number(8, 10).unwrap_or(1).max(1));
    let date = Date::new(year, month, day).or_else(|_| Date::new(year, month.min(12), 1)).ok()?;
    let (hour, minute, second) =
        (number(11, 13).unwrap_or(0), number(14, 16).unwrap_or(0), number(17, 19).unwrap_or(0));
    let at = date.at(hour.clamp(0, 23), minute.clamp(0, 59), second.clamp(0, 59), 0);
    Some(Offset::UTC.to_timestamp(at).ok()?.as_second())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn coarse_and_broken_dates_are_read_as_far_as_they_go() {
        for (taken, granularity, expected) in [
            (Some("2013-10-06 14:06:41"), 0, (2013, 10)),
            (Some("2013-10-01 00:00:00"), 4, (2013, 10)),
            (Some("1999-00-00 00:00:00"), 6, (1999, 1)),
            (Some("1950-01-01 00:00:00"), 8, (2009, 2)),
            (Some("1890-02-31 99:99:99"), 0, (1890, 2)),
            (Some("2013-10"), 0, (2013, 10)),
            (Some("0000-00-00 00:00:00"), 0, (2009, 2)),
            (Some("soon"), 0, (2009, 2)),
            (Some("20é3-10-06"), 0, (2009, 2)),
            (None, 0, (2009, 2)),
        ] {
            let month = YearMonth::of(sorted_at(taken, granularity, 1_234_567_890));
            assert_eq!((month.year(), month.month()), expected, "{taken:?}");
        }
        let unknown = YearMonth::of(sorted_at(None, 0, 0));
        assert_eq!((unknown.year(), unknown.month()), (0, 0));
    }

    #[test]
    fn seconds_order_as_the_camera_counted() {
        assert_eq!(seconds("1970-01-01 00:00:10"), Some(10));
        assert!(seconds("2013-10-06 14:06:41") < seconds("2013-10-06 14:06:42"));
    }
}
