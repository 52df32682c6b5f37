//! Named cases of sleep, clocks, travel and changed minds, as small scripts: what happens, and what a tick then says.
//!
//! A line is an instant and the expected answer, or an event. Runs and skips are settled as the engine does it, and the
//! memory is written and read back after each line.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::cases_test::policy;
use super::*;

/// Name, zone, rule, and the script. Scheduling begins at the first tick. Catch-up is 48 hours.
type Case = (&'static str, &'static str, &'static str, &'static [&'static str]);

const SLEEP: &[Case] = &[
    (
        "a first start misses nothing",
        "Europe/Rome",
        "weekly sun 10:00",
        &["2026-11-29T10:00:01+01 wait x/2026-W49", "2026-12-06T10:00+01 run x/2026-W49 +0"],
    ),
    (
        "on time, to the second",
        "Europe/Rome",
        "weekly sun 10:00",
        &[
            "2026-11-24T12:00+01 wait x/2026-W48",
            "2026-11-29T09:59:59+01 wait x/2026-W48",
            "2026-11-29T10:00:00+01 run x/2026-W48 +0",
            "2026-11-29T10:00:01+01 wait x/2026-W49",
        ],
    ),
    (
        "sleep across one slot",
        "UTC",
        "daily 04:00",
        &["2026-11-24T12:00Z wait x/2026-11-25", "2026-11-25T09:00Z run x/2026-11-25 +0"],
    ),
    (
        "sleep across three slots is one run",
        "UTC",
        "daily 04:00",
        &[
            "2026-11-24T12:00Z wait x/2026-11-25",
            "2026-11-27T09:00Z run x/2026-11-27 +2",
            "2026-11-27T09:01Z wait x/2026-11-28",
        ],
    ),
    (
        "sleep across ten slots is one run",
        "UTC",
        "cron 0 * * * *",
        &[
            "2026-11-24T12:30Z wait x/2026-11-24T13:00",
            "2026-11-24T22:30Z run x/2026-11-24T22:00 +9",
            "2026-11-24T22:31Z wait x/2026-11-24T23:00",
        ],
    ),
    (
        "off for three weeks, the newest slot is too old",
        "UTC",
        "weekly sun 10:00",
        &[
            "2026-11-24T12:00Z wait x/2026-W48",
            "2026-12-16T12:00Z late x/2026-W50 +2",
            "2026-12-16T12:01Z wait x/2026-W51",
        ],
    ),
    (
        "off for three weeks, the newest slot is fresh enough",
        "UTC",
        "weekly sun 10:00",
        &["2026-11-24T12:00Z wait x/2026-W48", "2026-12-14T12:00Z run x/2026-W50 +2"],
    ),
    (
        "the catch-up window ends to the second",
        "UTC",
        "weekly sun 10:00",
        &["2026-11-24T12:00Z wait x/2026-W48", "2026-12-01T10:00:01Z late x/2026-W48 +0"],
    ),
    (
        "and not a second earlier",
        "UTC",
        "weekly sun 10:00",
        &["2026-11-24T12:00Z wait x/2026-W48", "2026-12-01T10:00:00Z run x/2026-W48 +0"],
    ),
    (
        "clocks change while the computer is off: one run, then the new offset",
        "Europe/Rome",
        "daily 02:30",
        &[
            "2026-03-28T12:00+01 wait x/2026-03-29",
            "2026-03-30T09:00+02 run x/2026-03-30 +1",
            "2026-03-31T02:29+02 wait x/2026-03-31",
            "2026-03-31T02:30+02 run x/2026-03-31 +0",
        ],
    ),
    (
        "the app quits in a run: the slot is due again, the record decides",
        "UTC",
        "daily 04:00",
        &[
            "2026-11-24T12:00Z wait x/2026-11-25",
            "2026-11-25T04:00Z run x/2026-11-25 +0 unsettled",
            "2026-11-25T04:10Z run x/2026-11-25 +0",
            "2026-11-25T04:11Z wait x/2026-11-26",
        ],
    ),
    (
        "a run longer than its period: what came due meanwhile is one run",
        "UTC",
        "cron */15 * * * *",
        &[
            "2026-11-24T12:01Z wait x/2026-11-24T12:15",
            "2026-11-24T12:15Z run x/2026-11-24T12:15 +0",
            "2026-11-24T13:02Z run x/2026-11-24T13:00 +2",
        ],
    ),
    (
        "Publish now a second before the slot takes nothing from it",
        "UTC",
        "weekly sun 10:00",
        &[
            "2026-11-24T12:00Z wait x/2026-W48",
            "2026-11-29T09:59:59Z wait x/2026-W48",
            "2026-11-29T10:00:00Z run x/2026-W48 +0",
        ],
    ),
];

const CLOCKS: &[Case] = &[
    (
        "a second back after a run",
        "UTC",
        "daily 04:00",
        &[
            "2026-11-24T12:00Z wait x/2026-11-25",
            "2026-11-25T04:00:00Z run x/2026-11-25 +0",
            "2026-11-25T03:59:59Z wait x/2026-11-26",
            "2026-11-25T04:00:00Z wait x/2026-11-26",
        ],
    ),
    (
        "a second ahead over the slot",
        "UTC",
        "daily 04:00",
        &["2026-11-25T03:59:59Z wait x/2026-11-25", "2026-11-25T04:00:00Z run x/2026-11-25 +0"],
    ),
    (
        "an hour back after a run",
        "UTC",
        "cron 0 * * * *",
        &[
            "2026-11-24T12:30Z wait x/2026-11-24T13:00",
            "2026-11-24T13:00Z run x/2026-11-24T13:00 +0",
            "2026-11-24T12:00Z wait x/2026-11-24T14:00",
            "2026-11-24T13:01Z wait x/2026-11-24T14:00",
            "2026-11-24T14:00Z run x/2026-11-24T14:00 +0",
        ],
    ),
    (
        "an hour ahead",
        "UTC",
        "cron 0 * * * *",
        &["2026-11-24T12:30Z wait x/2026-11-24T13:00", "2026-11-24T13:30Z run x/2026-11-24T13:00 +0"],
    ),
    (
        "ten years ahead holds until confirmed, and teaches nothing",
        "UTC",
        "weekly sun 10:00",
        &[
            "2026-11-24T12:00Z wait x/2026-W48",
            "2036-11-25T12:00Z hold ahead",
            "2036-11-26T12:00Z hold ahead",
            "2026-11-29T10:00Z run x/2026-W48 +0",
        ],
    ),
    (
        "ten years ahead, confirmed: the years between are one skip",
        "UTC",
        "weekly sun 10:00",
        &[
            "2026-11-24T12:00Z wait x/2026-W48",
            "2036-11-25T12:00Z hold ahead",
            "confirm 2036-11-25T12:00Z",
            "2036-11-25T12:01Z late x/2036-W47 +521",
            "2036-11-25T12:02Z wait x/2036-W48",
        ],
    ),
    (
        "ten years back is before this program was built",
        "UTC",
        "weekly sun 10:00",
        &[
            "2026-11-24T12:00Z wait x/2026-W48",
            "2026-11-29T10:00Z run x/2026-W48 +0",
            "2016-11-29T10:00Z hold back",
            "2026-11-29T10:05Z wait x/2026-W49",
        ],
    ),
    (
        "a first start with a clock of 1970",
        "UTC",
        "daily 04:00",
        &["1970-01-02T00:00Z hold build", "1970-01-02T05:00Z hold build", "2026-11-25T05:00Z wait x/2026-11-26"],
    ),
    (
        "a photographer may insist on an old clock",
        "UTC",
        "daily 04:00",
        &[
            "2025-01-01T00:00Z hold build",
            "confirm 2025-01-01T00:00Z",
            "2025-01-01T00:01Z wait x/2025-01-01",
            "2025-01-01T04:00Z run x/2025-01-01 +0",
        ],
    ),
    (
        "months ahead for a while, then back: nothing until confirmed, then this week",
        "UTC",
        "weekly sun 10:00",
        &[
            "2026-11-24T12:00Z wait x/2026-W48",
            "2027-05-02T11:00Z run x/2027-W17 +22",
            "2026-11-25T12:00Z hold back",
            "confirm 2026-11-25T12:00Z",
            "2026-11-25T12:01Z wait x/2026-W48",
        ],
    ),
    (
        "two days back repeat nothing",
        "UTC",
        "daily 04:00",
        &[
            "2026-11-24T12:00Z wait x/2026-11-25",
            "2026-11-27T04:00Z run x/2026-11-27 +2",
            "2026-11-25T04:30Z wait x/2026-11-28",
            "2026-11-28T04:00Z run x/2026-11-28 +0",
        ],
    ),
    (
        "between the two passes of an overlap nothing repeats",
        "Europe/Rome",
        "daily 02:30",
        &[
            "2026-10-24T12:00+02 wait x/2026-10-25",
            "2026-10-25T02:30+02 run x/2026-10-25 +0",
            "2026-10-25T02:30+01 wait x/2026-10-26",
        ],
    ),
    (
        "asleep from the first pass into the second: the first is made up for, though the wall clock says earlier",
        "Europe/Rome",
        "daily 02:30",
        &[
            "2026-10-25T02:00+02 wait x/2026-10-25",
            "2026-10-25T02:10+01 run x/2026-10-25 +0",
            "2026-10-25T02:30+01 wait x/2026-10-26",
        ],
    ),
    (
        "started in the second pass: the first is not missed",
        "Europe/Rome",
        "daily 02:30",
        &["2026-10-25T02:10+01 wait x/2026-10-26"],
    ),
];

const PEOPLE: &[Case] = &[
    (
        "a flight west over the slot: the day is used",
        "Asia/Tokyo",
        "daily 10:00",
        &[
            "2026-11-28T12:00+09 wait x/2026-11-29",
            "2026-11-29T10:00+09 run x/2026-11-29 +0",
            "zone America/Los_Angeles",
            "2026-11-29T10:00-08 wait x/2026-11-30",
            "2026-11-30T10:00-08 run x/2026-11-30 +0",
        ],
    ),
    (
        "a flight east over the slot: it is missed and made up for",
        "America/Los_Angeles",
        "daily 10:00",
        &[
            "2026-11-28T12:00-08 wait x/2026-11-29",
            "zone Asia/Tokyo",
            "2026-11-29T12:00+09 run x/2026-11-29 +0",
            "2026-11-29T12:01+09 wait x/2026-11-30",
        ],
    ),
    (
        "a flight east after the slot: the day is used",
        "America/Los_Angeles",
        "daily 10:00",
        &[
            "2026-11-28T09:00-08 wait x/2026-11-28",
            "2026-11-28T10:00-08 run x/2026-11-28 +0",
            "zone Asia/Tokyo",
            "2026-11-29T09:00+09 wait x/2026-11-29",
            "2026-11-29T10:00+09 run x/2026-11-29 +0",
        ],
    ),
    (
        "the hour moves after the run: not again this week",
        "UTC",
        "weekly sun 10:00",
        &[
            "2026-11-24T12:00Z wait x/2026-W48",
            "2026-11-29T10:00Z run x/2026-W48 +0",
            "rule weekly sun 18:00",
            "2026-11-29T12:00Z wait x/2026-W49",
        ],
    ),
    (
        "the day moves after the run: not again this week",
        "UTC",
        "weekly mon 10:00",
        &[
            "2026-11-22T12:00Z wait x/2026-W48",
            "2026-11-23T10:00Z run x/2026-W48 +0",
            "rule weekly thu 10:00",
            "2026-11-26T10:00Z wait x/2026-W49",
        ],
    ),
    (
        "from daily to weekly: this week has been used",
        "UTC",
        "daily 10:00",
        &[
            "2026-11-24T12:00Z wait x/2026-11-25",
            "2026-11-25T10:00Z run x/2026-11-25 +0",
            "rule weekly sun 10:00",
            "2026-11-29T10:00Z wait x/2026-W49",
        ],
    ),
    (
        "from weekly to daily: not again today, but tomorrow",
        "UTC",
        "weekly wed 10:00",
        &[
            "2026-11-24T12:00Z wait x/2026-W48",
            "2026-11-25T10:00Z run x/2026-W48 +0",
            "rule daily 18:00",
            "2026-11-25T18:00Z wait x/2026-11-26",
        ],
    ),
    (
        "from monthly to cron: not again today",
        "UTC",
        "monthly 25 10:00",
        &[
            "2026-11-24T12:00Z wait x/2026-11",
            "2026-11-25T10:00Z run x/2026-11 +0",
            "rule cron 0 * * * *",
            "2026-11-25T18:00Z wait x/2026-11-26T00:00",
        ],
    ),
    (
        "a new rule misses nothing from before it",
        "UTC",
        "off",
        &[
            "2026-11-01T12:00Z wait nothing",
            "2026-11-24T12:00Z wait nothing",
            "rule daily 04:00",
            "2026-11-24T12:01Z wait x/2026-11-25",
        ],
    ),
    (
        "paused: slots are skipped and told, after it all goes on",
        "UTC",
        "daily 04:00",
        &[
            "2026-11-24T12:00Z wait x/2026-11-25",
            "pause 2026-11-27T00:00Z",
            "2026-11-24T12:01Z wait x/2026-11-27",
            "2026-11-25T04:00Z paused x/2026-11-25 +0",
            "2026-11-26T09:00Z paused x/2026-11-26 +0",
            "2026-11-27T03:59Z wait x/2026-11-27",
            "2026-11-27T04:00Z run x/2026-11-27 +0",
        ],
    ),
    (
        "a pause that ends is not caught up",
        "UTC",
        "daily 04:00",
        &["2026-11-24T12:00Z wait x/2026-11-25", "pause 2026-11-25T06:00Z", "2026-11-25T07:00Z paused x/2026-11-25 +0"],
    ),
    (
        "a missed slot waits for the end of the quiet hours",
        "UTC",
        "daily 18:00",
        &[
            "2026-11-24T12:00Z wait x/2026-11-24",
            "quiet 22:00-07:00",
            "2026-11-25T02:00Z wait x/2026-11-24",
            "2026-11-25T07:00Z run x/2026-11-24 +0",
        ],
    ),
    (
        "a missed slot that would be too late then is skipped at once",
        "UTC",
        "daily 18:00",
        &[
            "2026-11-24T12:00Z wait x/2026-11-24",
            "quiet 22:00-07:00",
            "catch-up 8",
            "2026-11-24T23:00Z late x/2026-11-24 +0",
        ],
    ),
    (
        "an older slot settled late does not free a newer one",
        "UTC",
        "weekly sun 10:00",
        &[
            "2026-11-24T12:00Z wait x/2026-W48",
            "2026-12-06T10:00Z run x/2026-W49 +1",
            "taken 2026-11-24T12:00Z",
            "2026-12-06T10:01Z wait x/2026-W50",
        ],
    ),
    (
        "another computer was faster: settled here, too",
        "UTC",
        "weekly sun 10:00",
        &["2026-11-29T09:00Z wait x/2026-W48", "taken 2026-11-29T09:30Z", "2026-11-29T10:00Z wait x/2026-W49"],
    ),
];

struct World {
    policy: Policy,
    memory: Memory,
    pause_until: Option<Timestamp>,
}

fn instant(text: &str) -> Timestamp {
    text.parse().expect("an instant")
}

fn answer(due: &Due) -> String {
    match due {
        Due::Wait { next } => format!("wait {}", next.as_ref().map_or("nothing", |slot| &slot.id)),
        Due::Run { slot, missed } => format!("run {} +{missed}", slot.id),
        Due::Skip { slot, missed, why: SkipWhy::TooLate } => format!("late {} +{missed}", slot.id),
        Due::Skip { slot, missed, why: SkipWhy::Paused } => format!("paused {} +{missed}", slot.id),
        Due::Hold { why: HoldWhy::JumpedAhead { .. } } => "hold ahead".to_owned(),
        Due::Hold { why: HoldWhy::SetBack { .. } } => "hold back".to_owned(),
        Due::Hold { why: HoldWhy::BeforeBuild { .. } } => "hold build".to_owned(),
    }
}

impl World {
    fn moment(&self, now: Timestamp) -> Moment {
        Moment { now, pause_until: self.pause_until, built: instant("2025-06-01T00:00Z") }
    }

    fn tick(&mut self, now: Timestamp, settle: bool) -> String {
        let moment = self.moment(now);
        self.memory.follow(&self.policy.rule, &moment);
        let due = due(&self.policy, &self.memory, &moment);
        if let Due::Run { slot, .. } | Due::Skip { slot, .. } = &due
            && settle
        {
            self.memory.settle(slot, now);
        }
        self.memory.saw(&moment);
        answer(&due)
    }

    fn line(&mut self, name: &str, line: &str) {
        let (word, rest) = line.split_once(' ').expect("two words");
        match word {
            "zone" => self.policy.zone = TimeZone::get(rest).expect("a zone"),
            "rule" => self.policy.rule = rest.parse().expect("a rule"),
            "quiet" => self.policy.quiet = rest.parse().ok(),
            "catch-up" => self.policy.catch_up_hours = rest.parse().expect("hours"),
            "pause" => self.pause_until = Some(instant(rest)),
            "confirm" => self.memory.confirm_clock(instant(rest)),
            "taken" => {
                let slot = upcoming(&self.policy, instant(rest), Timestamp::MAX, 1).pop().expect("one");
                self.memory.settle(&slot, instant(rest));
            }
            now => {
                let expected = rest.trim_end_matches(" unsettled");
                assert_eq!(self.tick(instant(now), expected == rest), expected, "{name}: {line}");
            }
        }
        let text = serde_json::to_string(&self.memory).expect("writable");
        assert_eq!(serde_json::from_str::<Memory>(&text).expect("readable"), self.memory, "{name}: {line}");
    }
}

fn check((name, zone, rule, script): &Case) {
    let mut world = World { policy: policy(zone, rule), memory: Memory::default(), pause_until: None };
    script.iter().for_each(|line| world.line(name, line));
}

#[test]
fn what_was_missed_in_sleep_is_one_run_or_told() {
    SLEEP.iter().for_each(check);
}

#[test]
fn a_clock_that_moves_repeats_nothing_and_a_wrong_one_does_nothing() {
    CLOCKS.iter().for_each(check);
}

#[test]
fn travel_changed_rules_and_pauses_use_no_period_twice() {
    PEOPLE.iter().for_each(check);
}

#[test]
fn two_computers_in_different_zones_name_one_slot() {
    for (rule, days) in
        [("daily 10:00", 1), ("weekly sun 10:00", 7), ("weekly mon,thu 18:30", 3), ("monthly last 09:00", 30)]
    {
        let slots = ["Pacific/Kiritimati", "Europe/Rome", "America/Los_Angeles", "Pacific/Pago_Pago"].map(|zone| {
            let policy = policy(zone, rule);
            let from = instant("2026-11-02T12:00Z");
            upcoming(&policy, from, from + SignedDuration::from_hours(24 * (days + 8)), 100)
        });
        let latest = slots.iter().map(|slots| slots[0].planned).max().expect("four");
        let ids = slots.map(|slots| slots.into_iter().find(|slot| slot.planned == latest).expect("made by all").id);
        assert!(ids.iter().all(|id| *id == ids[0]), "{rule}: {ids:?}");
    }
}

#[test]
fn news_of_the_zone_database_move_a_slot_but_do_not_repeat_it() {
    let [with, without] = ["CET-1CEST,M3.5.0,M10.5.0/3", "CET-1"].map(|text| TimeZone::posix(text).expect("a zone"));
    let old = Policy { zone: with, ..policy("UTC", "weekly sun 10:00") };
    let new = Policy { zone: without, ..old.clone() };
    let [from, until] = ["2026-06-29T00:00Z", "2026-07-06T00:00Z"].map(instant);
    let [before, after] = [&old, &new].map(|policy| upcoming(policy, from, until, 1).pop().expect("one"));
    assert_eq!((before.at, after.at), (instant("2026-07-05T08:00Z"), instant("2026-07-05T09:00Z")));
    assert_eq!(before.id, after.id);
    let mut memory = Memory::default();
    let moment = |now| Moment { now, pause_until: None, built: from };
    memory.follow(&old.rule, &moment(from));
    memory.settle(&before, before.at);
    assert_eq!(answer(&due(&new, &memory, &moment(after.at))), "wait x/2026-W28");
}

#[test]
fn a_memory_from_an_older_version_is_readable_and_an_empty_one_waits() {
    let memory: Memory = serde_json::from_str("{}").expect("readable");
    let moment = Moment { now: instant("2026-11-24T12:00Z"), pause_until: None, built: instant("2026-11-01T00:00Z") };
    assert_eq!(answer(&due(&policy("UTC", "daily 04:00"), &memory, &moment)), "wait x/2026-11-25");
}

#[test]
fn missed_slots_are_counted_up_to_a_thousand() {
    let mut world = World { policy: policy("UTC", "cron * * * * *"), memory: Memory::default(), pause_until: None };
    world.line("minutes", "2026-11-24T12:00:30Z wait x/2026-11-24T12:01");
    world.line("minutes", "2027-11-01T12:00:30Z run x/2027-11-01T12:00 +1000");
}
