//! From wall-clock time to instants, where a zone moves its clocks.
//!
//! Invariant: [`instant`] never goes back: a later wall-clock time is never an earlier instant. Absent: jiff's own choice
//! for a gap (shift by its length), because a photographer who says 02:30 means "as soon as the clock allows".

use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{SignedDuration, Timestamp};

const TICK: SignedDuration = SignedDuration::from_nanos(1);

/// The instant of a wall-clock time: in a gap the first instant after it, in an overlap the first of the two.
pub(super) fn instant(zone: &TimeZone, local: DateTime) -> Option<Timestamp> {
    match zone.to_ambiguous_timestamp(local).offset() {
        AmbiguousOffset::Unambiguous { offset } => offset.to_timestamp(local).ok(),
        AmbiguousOffset::Fold { before, .. } => before.to_timestamp(local).ok(),
        AmbiguousOffset::Gap { after, .. } => {
            let just_before = after.to_timestamp(local).ok()?;
            zone.following(just_before).next().map(|gap| gap.timestamp())
        }
    }
}

/// The second of the two instants of a wall-clock time that comes twice.
pub(super) fn second_instant(zone: &TimeZone, local: DateTime) -> Option<Timestamp> {
    zone.to_ambiguous_timestamp(local).later().ok()
}

/// The highest wall-clock time whose [`instant`] is not after `now`: in the second pass of an overlap the end of the first.
pub(super) fn highest_local(zone: &TimeZone, now: Timestamp) -> DateTime {
    let local = zone.to_datetime(now);
    let changed = now.checked_add(TICK).ok().and_then(|until| zone.preceding(until).next());
    let before =
        changed.and_then(|change| change.timestamp().checked_sub(TICK).ok()).map(|last| zone.to_datetime(last));
    before.map_or(local, |before| before.max(local))
}
