//! Named calendar cases: which slots a rule makes around every oddity of clocks and calendars we know of.

use jiff::tz::TimeZone;

use super::*;

/// Name, zone, rule, after, until, and the slots: id = instant.
type Case = (&'static str, &'static str, &'static str, &'static str, &'static str, &'static [&'static str]);

const DAYLIGHT_SAVING: &[Case] = &[
    (
        "Rome, gap: 02:30 does not exist, so 03:00",
        "Europe/Rome",
        "weekly sun 02:30",
        "2026-03-22T12:00Z",
        "2026-04-06T00:00Z",
        &["x/2026-W13 = 2026-03-29T01:00:00Z", "x/2026-W14 = 2026-04-05T00:30:00Z"],
    ),
    (
        "Rome, overlap: 02:30 comes twice, the first counts",
        "Europe/Rome",
        "weekly sun 02:30",
        "2026-10-20T00:00Z",
        "2026-10-31T00:00Z",
        &["x/2026-W43 = 2026-10-25T00:30:00Z"],
    ),
    (
        "Rome, asked between the two 02:30: the first is over, no second",
        "Europe/Rome",
        "daily 02:30",
        "2026-10-25T01:00Z",
        "2026-10-26T12:00Z",
        &["x/2026-10-26 = 2026-10-26T01:30:00Z"],
    ),
    (
        "Rome, gap: three cron times in it are one slot",
        "Europe/Rome",
        "cron */15 2 * * *",
        "2026-03-29T00:00Z",
        "2026-03-29T23:00Z",
        &["x/2026-03-29T02:45 = 2026-03-29T01:00:00Z"],
    ),
    (
        "Rome, overlap: a cron rule for every half hour is silent in the second pass",
        "Europe/Rome",
        "cron 0,30 * * * *",
        "2026-10-24T23:59Z",
        "2026-10-25T02:00Z",
        &[
            "x/2026-10-25T02:00 = 2026-10-25T00:00:00Z",
            "x/2026-10-25T02:30 = 2026-10-25T00:30:00Z",
            "x/2026-10-25T03:00 = 2026-10-25T02:00:00Z",
        ],
    ),
    (
        "New York, gap",
        "America/New_York",
        "daily 02:30",
        "2026-03-07T12:00Z",
        "2026-03-09T12:00Z",
        &["x/2026-03-08 = 2026-03-08T07:00:00Z", "x/2026-03-09 = 2026-03-09T06:30:00Z"],
    ),
    (
        "New York, overlap",
        "America/New_York",
        "daily 01:30",
        "2026-10-31T12:00Z",
        "2026-11-02T12:00Z",
        &["x/2026-11-01 = 2026-11-01T05:30:00Z", "x/2026-11-02 = 2026-11-02T06:30:00Z"],
    ),
    (
        "Lord Howe, a gap of half an hour",
        "Australia/Lord_Howe",
        "daily 02:15",
        "2026-10-03T00:00Z",
        "2026-10-05T00:00Z",
        &["x/2026-10-04 = 2026-10-03T15:30:00Z", "x/2026-10-05 = 2026-10-04T15:15:00Z"],
    ),
    (
        "Lord Howe, an overlap of half an hour",
        "Australia/Lord_Howe",
        "daily 01:45",
        "2026-04-04T00:00Z",
        "2026-04-06T00:00Z",
        &["x/2026-04-05 = 2026-04-04T14:45:00Z", "x/2026-04-06 = 2026-04-05T15:15:00Z"],
    ),
    (
        "Casablanca, clocks go back for Ramadan",
        "Africa/Casablanca",
        "daily 02:30",
        "2026-02-14T12:00Z",
        "2026-02-16T12:00Z",
        &["x/2026-02-15 = 2026-02-15T01:30:00Z", "x/2026-02-16 = 2026-02-16T02:30:00Z"],
    ),
    (
        "Casablanca, and on after it",
        "Africa/Casablanca",
        "daily 02:30",
        "2026-03-21T12:00Z",
        "2026-03-23T12:00Z",
        &["x/2026-03-22 = 2026-03-22T02:00:00Z", "x/2026-03-23 = 2026-03-23T01:30:00Z"],
    ),
    (
        "Apia, a day that did not exist: its slot comes when the next day begins",
        "Pacific/Apia",
        "daily 10:00",
        "2011-12-29T12:00Z",
        "2011-12-31T00:00Z",
        &[
            "x/2011-12-29 = 2011-12-29T20:00:00Z",
            "x/2011-12-30 = 2011-12-30T10:00:00Z",
            "x/2011-12-31 = 2011-12-30T20:00:00Z",
        ],
    ),
    (
        "Apia, a week without a Friday still has its slot",
        "Pacific/Apia",
        "weekly fri 10:00",
        "2011-12-25T00:00Z",
        "2012-01-06T12:00Z",
        &["x/2011-W52 = 2011-12-30T10:00:00Z", "x/2012-W01 = 2012-01-05T20:00:00Z"],
    ),
    (
        "Sao Paulo, no midnight",
        "America/Sao_Paulo",
        "daily 00:00",
        "2018-11-03T12:00Z",
        "2018-11-05T12:00Z",
        &["x/2018-11-04 = 2018-11-04T03:00:00Z", "x/2018-11-05 = 2018-11-05T02:00:00Z"],
    ),
    (
        "Sao Paulo, the hour before midnight comes twice",
        "America/Sao_Paulo",
        "daily 23:30",
        "2018-02-17T12:00Z",
        "2018-02-19T12:00Z",
        &["x/2018-02-17 = 2018-02-18T01:30:00Z", "x/2018-02-18 = 2018-02-19T02:30:00Z"],
    ),
    (
        "Gaza, gap at two in the night",
        "Asia/Gaza",
        "daily 02:30",
        "2023-04-28T12:00Z",
        "2023-04-30T12:00Z",
        &["x/2023-04-29 = 2023-04-29T00:00:00Z", "x/2023-04-30 = 2023-04-29T23:30:00Z"],
    ),
    (
        "Gaza, overlap",
        "Asia/Gaza",
        "daily 01:30",
        "2023-10-27T12:00Z",
        "2023-10-29T12:00Z",
        &["x/2023-10-28 = 2023-10-27T22:30:00Z", "x/2023-10-29 = 2023-10-28T23:30:00Z"],
    ),
    (
        "Havana, the gap is at midnight and the day keeps its name",
        "America/Havana",
        "daily 00:30",
        "2026-03-07T12:00Z",
        "2026-03-08T12:00Z",
        &["x/2026-03-08 = 2026-03-08T05:00:00Z"],
    ),
    (
        "Kathmandu, a quarter of an hour",
        "Asia/Kathmandu",
        "daily 10:00",
        "2026-01-01T00:00Z",
        "2026-01-02T00:00Z",
        &["x/2026-01-01 = 2026-01-01T04:15:00Z"],
    ),
];

const CALENDAR: &[Case] = &[
    (
        "29 February, once in four years",
        "UTC",
        "cron 0 10 29 2 *",
        "2026-01-01T00:00Z",
        "2033-01-01T00:00Z",
        &["x/2028-02-29T10:00 = 2028-02-29T10:00:00Z", "x/2032-02-29T10:00 = 2032-02-29T10:00:00Z"],
    ),
    (
        "29 February, no leap year in 2100",
        "UTC",
        "cron 0 10 29 2 *",
        "2096-03-01T00:00Z",
        "2105-01-01T00:00Z",
        &["x/2104-02-29T10:00 = 2104-02-29T10:00:00Z"],
    ),
    (
        "the 29th of every month",
        "UTC",
        "monthly 29 09:00",
        "2027-01-30T00:00Z",
        "2028-03-01T00:00Z",
        &[
            "x/2027-02 = 2027-02-28T09:00:00Z",
            "x/2027-03 = 2027-03-29T09:00:00Z",
            "x/2027-04 = 2027-04-29T09:00:00Z",
            "x/2027-05 = 2027-05-29T09:00:00Z",
            "x/2027-06 = 2027-06-29T09:00:00Z",
            "x/2027-07 = 2027-07-29T09:00:00Z",
            "x/2027-08 = 2027-08-29T09:00:00Z",
            "x/2027-09 = 2027-09-29T09:00:00Z",
            "x/2027-10 = 2027-10-29T09:00:00Z",
            "x/2027-11 = 2027-11-29T09:00:00Z",
            "x/2027-12 = 2027-12-29T09:00:00Z",
            "x/2028-01 = 2028-01-29T09:00:00Z",
            "x/2028-02 = 2028-02-29T09:00:00Z",
        ],
    ),
    (
        "the 31st of every month",
        "UTC",
        "monthly 31 09:00",
        "2026-01-01T00:00Z",
        "2026-05-01T00:00Z",
        &[
            "x/2026-01 = 2026-01-31T09:00:00Z",
            "x/2026-02 = 2026-02-28T09:00:00Z",
            "x/2026-03 = 2026-03-31T09:00:00Z",
            "x/2026-04 = 2026-04-30T09:00:00Z",
        ],
    ),
    (
        "the last day of a leap February",
        "UTC",
        "monthly last 09:00",
        "2028-02-01T00:00Z",
        "2028-03-30T00:00Z",
        &["x/2028-02 = 2028-02-29T09:00:00Z"],
    ),
    (
        "2026 has 53 weeks",
        "UTC",
        "weekly mon 10:00",
        "2026-12-20T00:00Z",
        "2027-01-10T00:00Z",
        &[
            "x/2026-W52 = 2026-12-21T10:00:00Z",
            "x/2026-W53 = 2026-12-28T10:00:00Z",
            "x/2027-W01 = 2027-01-04T10:00:00Z",
        ],
    ),
    (
        "New Year's Day belongs to the week it is in",
        "UTC",
        "weekly fri 10:00",
        "2026-12-30T00:00Z",
        "2027-01-09T00:00Z",
        &["x/2026-W53 = 2027-01-01T10:00:00Z", "x/2027-W01 = 2027-01-08T10:00:00Z"],
    ),
    (
        "the last days of December may be in week 1",
        "UTC",
        "weekly tue 10:00",
        "2024-12-30T00:00Z",
        "2025-01-01T00:00Z",
        &["x/2025-W01 = 2024-12-31T10:00:00Z"],
    ),
    (
        "several days in a week are slots of their own",
        "UTC",
        "weekly mon,thu 18:30",
        "2026-11-24T00:00Z",
        "2026-12-01T00:00Z",
        &["x/2026-W48-4 = 2026-11-26T18:30:00Z", "x/2026-W49-1 = 2026-11-30T18:30:00Z"],
    ),
    (
        "a leap second is ignored",
        "UTC",
        "cron * * * * *",
        "2016-12-31T23:58Z",
        "2017-01-01T00:01Z",
        &[
            "x/2016-12-31T23:59 = 2016-12-31T23:59:00Z",
            "x/2017-01-01T00:00 = 2017-01-01T00:00:00Z",
            "x/2017-01-01T00:01 = 2017-01-01T00:01:00Z",
        ],
    ),
    ("off makes nothing", "Europe/Rome", "off", "2000-01-01T00:00Z", "2100-01-01T00:00Z", &[]),
];

pub(super) fn policy(zone: &str, rule: &str) -> Policy {
    Policy {
        name: "x".to_owned(),
        rule: rule.parse().expect("a rule"),
        zone: TimeZone::get(zone).expect("a zone"),
        jitter_minutes: 0,
        quiet: None,
        catch_up_hours: 48,
    }
}

fn check((name, zone, rule, after, until, slots): &Case) {
    let [after, until] = [after, until].map(|text| text.parse().expect("an instant"));
    let got = upcoming(&policy(zone, rule), after, until, 100);
    let got: Vec<String> = got.iter().map(|slot| format!("{} = {}", slot.id, slot.at)).collect();
    assert_eq!(got, *slots, "{name}");
}

#[test]
fn a_time_in_a_gap_is_the_first_after_it_and_a_time_that_comes_twice_is_the_first() {
    DAYLIGHT_SAVING.iter().for_each(check);
}

#[test]
fn the_calendar_has_no_surprises() {
    CALENDAR.iter().for_each(check);
}

#[test]
fn a_slot_tells_the_wall_clock() {
    let policy = Policy { jitter_minutes: 30, ..policy("Europe/Rome", "weekly sun 02:30") };
    let [after, until] = ["2026-03-22T12:00Z", "2026-03-30T00:00Z"].map(|text| text.parse().expect("an instant"));
    let slot = upcoming(&policy, after, until, 1).pop().expect("one");
    assert_eq!(slot.planned.to_string(), "2026-03-29T02:30:00");
    let jitter = jitter_minutes("x/2026-W13", 30);
    assert_eq!(slot.local.to_string(), format!("2026-03-29T03:{jitter:02}:00"));
}

#[test]
fn jitter_is_the_same_on_every_computer_and_in_every_version() {
    let table = [("x/2026-W48", 60), ("x/2026-W49", 60), ("sync/2026-11-29", 60), ("x/2026-W48", 0)];
    assert_eq!(table.map(|(slot, max)| jitter_minutes(slot, max)), [44, 53, 45, 0]);
    let many: Vec<u32> = (0..2000).map(|number| jitter_minutes(&format!("x/{number}"), 10)).collect();
    for minutes in 0..=10 {
        let count = many.iter().filter(|got| **got == minutes).count();
        assert!((100..270).contains(&count), "{minutes} minutes came {count} times in 2000, about 182 expected");
    }
    assert!(many.iter().all(|minutes| *minutes <= 10));
}

#[test]
fn quiet_hours_move_a_slot_after_its_jitter() {
    let mut policy = Policy { quiet: "23:00-07:00".parse().ok(), ..policy("Europe/Rome", "daily 22:59") };
    let [after, until] = ["2026-11-24T12:00Z", "2026-12-24T12:00Z"].map(|text| text.parse().expect("an instant"));
    let times = |policy: &Policy| -> Vec<String> {
        upcoming(policy, after, until, 100).iter().map(|slot| slot.local.time().to_string()).collect()
    };
    assert!(times(&policy).iter().all(|time| time == "22:59:00"));
    policy.jitter_minutes = 60;
    let moved = times(&policy);
    assert_eq!(moved.len(), 30);
    assert!(moved.iter().filter(|time| *time == "07:00:00").count() > 20, "{moved:?}");
}

#[test]
fn a_slot_that_a_newer_one_overtakes_is_not_listed() {
    let policy = Policy { quiet: "22:00-07:00".parse().ok(), ..policy("UTC", "cron 0 */3 * * *") };
    let [after, until] = ["2026-11-24T20:00Z", "2026-11-25T10:00Z"].map(|text| text.parse().expect("an instant"));
    let got: Vec<String> = upcoming(&policy, after, until, 100).into_iter().map(|slot| slot.id).collect();
    assert_eq!(got, ["x/2026-11-24T21:00", "x/2026-11-25T06:00", "x/2026-11-25T09:00"]);
}

#[test]
fn a_list_is_bounded() {
    let policy = policy("UTC", "cron * * * * *");
    let [after, until] = ["2026-11-24T20:00Z", "2126-11-25T10:00Z"].map(|text| text.parse().expect("an instant"));
    assert_eq!(upcoming(&policy, after, until, 7).len(), 7);
    assert_eq!(upcoming(&policy, after, until, 0).len(), 0);
    assert!((99_000..=100_000).contains(&upcoming(&policy, after, until, usize::MAX).len()));
    assert_eq!(upcoming(&policy, until, after, 7), []);
}

#[test]
fn every_zone_is_known_without_a_database_on_the_machine() {
    let bundled = jiff::tz::TimeZoneDatabase::bundled();
    for zone in ["Europe/Rome", "Pacific/Apia", "America/Sao_Paulo", "Asia/Gaza"] {
        assert!(bundled.get(zone).is_ok(), "{zone}");
    }
}
