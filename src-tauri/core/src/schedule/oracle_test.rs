//! 10,000 random schedules, zones, sleeps and clock moves: the same answers as a stepper that knows no shortcut.
//!
//! A failure prints its seed; `check_all(seed..seed + 1)` runs it again.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::oracle::{MINUTES_A_DAY, Naive, NaiveSlot, Offsets, Quiet, random_rule, slots, wait_for_noise};
use super::*;

const ZONES: [&str; 28] = [
    "UTC",
    "Europe/Rome",
    "America/New_York",
    "Australia/Lord_Howe",
    "Africa/Casablanca",
    "Pacific/Apia",
    "America/Sao_Paulo",
    "Asia/Gaza",
    "Europe/Dublin",
    "America/St_Johns",
    "Pacific/Chatham",
    "Asia/Kathmandu",
    "Asia/Kolkata",
    "Asia/Tokyo",
    "America/Havana",
    "Asia/Beirut",
    "America/Asuncion",
    "America/Santiago",
    "America/Scoresbysund",
    "America/Caracas",
    "Asia/Pyongyang",
    "Antarctica/Troll",
    "Asia/Tehran",
    "Africa/Cairo",
    "Pacific/Auckland",
    "America/Los_Angeles",
    "Pacific/Kiritimati",
    "Europe/Lisbon",
];
/// Slots may come so many days later than planned.
const MARGIN: i64 = 4 * MINUTES_A_DAY;

/// One random world. All times in minutes since 1970.
struct World {
    about: String,
    policy: Policy,
    quiet: Quiet,
    offsets: Offsets,
    expected: Vec<NaiveSlot>,
    from: i64,
    to: i64,
}

fn minute(at: i64) -> Timestamp {
    Timestamp::from_second(at * 60).expect("in range")
}

fn time_of_day(minute: i64) -> String {
    format!("{:02}:{:02}", minute / 60, minute % 60)
}

fn world(seed: u64, dice: &mut ChaCha8Rng) -> World {
    let (text, naive, days) = random_rule(dice);
    let zone_name = *ZONES.choose(dice).expect("not empty");
    let zone = TimeZone::get(zone_name).expect("known");
    let anywhere = dice.random_range(35 * 365 * MINUTES_A_DAY..60 * 365 * MINUTES_A_DAY);
    let from = match zone.following(minute(anywhere)).next() {
        Some(change) if dice.random_bool(0.7) => {
            change.timestamp().as_second() / 60 - dice.random_range(0..days.min(10) * MINUTES_A_DAY)
        }
        _ => anywhere,
    };
    let to = from + days * MINUTES_A_DAY;
    let jitter = *[0, 0, 7, 30, 90, 600].choose(dice).expect("not empty");
    let quiet = dice.random_bool(0.4).then(|| {
        let start = dice.random_range(0..48) * 30;
        (start, (start + dice.random_range(1..24) * 30) % MINUTES_A_DAY)
    });
    let offsets = Offsets::of(&zone, from - MARGIN, to + 3 * MARGIN);
    let expected = slots(&naive, &offsets, jitter, quiet, from - MARGIN, to + MARGIN);
    let policy = Policy {
        name: "x".to_owned(),
        rule: text.parse().expect("a rule"),
        zone,
        jitter_minutes: jitter,
        quiet: quiet
            .map(|(start, end)| format!("{}-{}", time_of_day(start), time_of_day(end)).parse().expect("quiet hours")),
        catch_up_hours: *[0, 1, 24, 48, 24 * 7].choose(dice).expect("not empty"),
    };
    let about = format!("seed {seed}: {text} in {zone_name}, jitter {jitter}, quiet {quiet:?}, from {}", minute(from));
    World { about, policy, quiet, offsets, expected, from, to }
}

fn seen(slot: &Slot) -> (String, i64) {
    (slot.id.clone(), slot.at.as_second() / 60)
}

fn check_upcoming(world: &World, dice: &mut ChaCha8Rng) {
    let World { about, policy, expected, from, to, .. } = world;
    let wanted: Vec<_> = expected.iter().filter(|slot| (from + 1..=*to).contains(&slot.at)).collect();
    let max = if dice.random_bool(0.3) { dice.random_range(0..12) } else { 100_000 };
    let got = upcoming(policy, minute(*from), minute(*to), max);
    let wanted: Vec<_> = wanted.into_iter().take(max).map(|slot| (slot.id.clone(), slot.at)).collect();
    assert_eq!(got.iter().map(seen).collect::<Vec<_>>(), wanted, "{about}");
    assert!(got.windows(2).all(|pair| pair[0].at < pair[1].at && pair[0].id != pair[1].id), "{about}");
}

/// The oracle's own memory.
struct NaiveMemory {
    began: Timestamp,
    seen: Timestamp,
    used: i64,
    /// When the last settled slot was due.
    last: Timestamp,
}

const WEEK: SignedDuration = SignedDuration::from_hours(7 * 24);

impl NaiveMemory {
    fn confirm(&mut self, now: Timestamp) {
        if self.last > now + WEEK {
            (self.used, self.last, self.began) = (i64::MIN, Timestamp::UNIX_EPOCH, now);
        }
        (self.began, self.seen) = (self.began.min(now), now);
    }

    fn settle(&mut self, slot: &NaiveSlot, now: Timestamp) {
        (self.used, self.last, self.seen) = (slot.local, minute(slot.at), self.seen.max(now));
    }
}

fn naive_due(world: &World, memory: &NaiveMemory, moment: &Moment) -> Due {
    if memory.seen > moment.now + WEEK {
        return Due::Hold { why: HoldWhy::SetBack { seen: memory.seen } };
    }
    let at = |slot: &&NaiveSlot| minute(slot.at);
    let unused: Vec<&NaiveSlot> =
        world.expected.iter().filter(|slot| slot.local > memory.used && at(slot) >= memory.began).collect();
    let (due, later): (Vec<&NaiveSlot>, Vec<&NaiveSlot>) = unused.into_iter().partition(|slot| at(slot) <= moment.now);
    let found = |slot: &NaiveSlot| upcoming(&world.policy, minute(slot.at - 1), minute(slot.at), 1).remove(0);
    let Some(newest) = due.last() else {
        let after_pause = later.iter().find(|slot| moment.pause_until.is_none_or(|until| at(slot) >= until));
        let next = after_pause.filter(|slot| slot.at <= world.to).map(|slot| found(slot));
        return Due::Wait { next };
    };
    let (slot, missed) = (found(newest), (due.len() - 1).min(MISSED_MAX));
    let this_minute = moment.now.as_second().div_euclid(60);
    let noisy = wait_for_noise(world.quiet, &world.offsets, this_minute);
    let ready = if noisy == this_minute { moment.now } else { minute(noisy) };
    let late = ready.as_second() - newest.at * 60;
    if moment.pause_until.is_some_and(|until| slot.at < until) {
        Due::Skip { slot, missed, why: SkipWhy::Paused }
    } else if late > (i64::from(world.policy.catch_up_hours) * 3600).max(300) {
        Due::Skip { slot, missed, why: SkipWhy::TooLate }
    } else if ready > moment.now {
        Due::Wait { next: Some(Slot { at: ready, local: world.policy.zone.to_datetime(ready), ..slot }) }
    } else {
        Due::Run { slot, missed }
    }
}

/// How far the clock goes until the next tick, in seconds: ticks, sleeps, and steps in both directions.
fn clock_move(dice: &mut ChaCha8Rng) -> i64 {
    match dice.random_range(0..100) {
        0..65 => dice.random_range(1..40 * 60),
        65..85 => dice.random_range(3600..3 * 86_400),
        85..90 => dice.random_range(3 * 86_400..22 * 86_400),
        90..95 => -dice.random_range(1..3 * 3600),
        95..98 => -dice.random_range(3600..14 * 86_400),
        _ => *[1, -1, 3600, -3600].choose(dice).expect("not empty"),
    }
}

/// What the random worlds have led to: a test that never skips proves nothing about skipping.
#[derive(Debug, Default)]
struct Tally {
    run: usize,
    coalesced: usize,
    late: usize,
    paused: usize,
    held: usize,
    waited_for_noise: usize,
}

impl Tally {
    fn count(&mut self, due: &Due, now: Timestamp) {
        match due {
            Due::Run { missed, .. } => {
                self.run += 1;
                self.coalesced += usize::from(*missed > 0);
            }
            Due::Skip { why: SkipWhy::TooLate, .. } => self.late += 1,
            Due::Skip { why: SkipWhy::Paused, .. } => self.paused += 1,
            Due::Hold { .. } => self.held += 1,
            Due::Wait { next } => {
                self.waited_for_noise += usize::from(next.as_ref().is_some_and(|slot| slot.planned_at <= now));
            }
        }
    }

    fn assert_all_happened(&self) {
        let Self { run, coalesced, late, paused, held, waited_for_noise } = *self;
        let least = [run, coalesced, late, paused, held, waited_for_noise].into_iter().min();
        assert!(least > Some(20), "{self:?}");
    }
}

fn check_due(world: &World, dice: &mut ChaCha8Rng, tally: &mut Tally) {
    let mut now = minute(world.from) + SignedDuration::from_secs(dice.random_range(0..3 * 86_400));
    let built = Timestamp::UNIX_EPOCH;
    let mut memory = Memory::default();
    let mut pause_until = None;
    assert!(memory.follow(&world.policy.rule, &Moment { now, pause_until, built }));
    let mut naive = NaiveMemory { began: now, seen: now, used: i64::MIN, last: Timestamp::UNIX_EPOCH };
    for _ in 0..40 {
        if dice.random_bool(0.05) {
            pause_until =
                dice.random_bool(0.7).then(|| now + SignedDuration::from_secs(dice.random_range(0..5 * 86_400)));
        }
        let moment = Moment { now, pause_until, built };
        let got = due(&world.policy, &memory, &moment);
        let wanted = naive_due(world, &naive, &moment);
        let next_is_far = matches!((&got, &wanted), (Due::Wait { next: Some(got) }, Due::Wait { next: None }) if got.at > minute(world.to));
        assert!(got == wanted || next_is_far, "{} at {now}, {memory:?}:\n got {got:?}\n not {wanted:?}", world.about);
        tally.count(&got, now);
        let wanted_hold = matches!(wanted, Due::Hold { .. });
        if let Due::Run { slot, .. } | Due::Skip { slot, .. } = got
            && dice.random_bool(0.9)
        {
            memory.settle(&slot, now);
            naive.settle(world.expected.iter().find(|naive| naive.id == slot.id).expect("the same"), now);
            let text = serde_json::to_string(&memory).expect("writable");
            memory = serde_json::from_str(&text).expect("readable");
        }
        memory.saw(&moment);
        if wanted_hold {
            memory.confirm_clock(now);
            naive.confirm(now);
        }
        naive.seen = naive.seen.max(now);
        now += SignedDuration::from_secs(clock_move(dice));
        if !(minute(world.from - MINUTES_A_DAY)..minute(world.to)).contains(&now) {
            return;
        }
    }
}

fn check(seed: u64, tally: &mut Tally) {
    let mut dice = ChaCha8Rng::seed_from_u64(seed);
    let world = world(seed, &mut dice);
    check_upcoming(&world, &mut dice);
    check_due(&world, &mut dice, tally);
}

fn check_all(seeds: std::ops::Range<u64>) {
    let mut tally = Tally::default();
    seeds.for_each(|seed| check(seed, &mut tally));
    tally.assert_all_happened();
}

#[test]
fn the_oracle_agrees_on_five_thousand_schedules() {
    check_all(0..5000);
}

#[test]
fn the_oracle_agrees_on_five_thousand_more() {
    check_all(5000..10_000);
}

#[test]
fn a_new_rule_makes_no_slot_of_a_period_that_is_used() {
    let mut compared = 0;
    for seed in 0..2000 {
        let mut dice = ChaCha8Rng::seed_from_u64(seed);
        let mut world = world(seed, &mut dice);
        let first = upcoming(&world.policy, minute(world.from), minute(world.to), 1);
        let Some(slot) = first.first() else { continue };
        let mut memory = Memory::default();
        memory.settle(slot, slot.at);
        let (text, naive, _) = random_rule(&mut dice);
        world.policy.rule = text.parse().expect("a rule");
        let used = world.expected.iter().find(|naive| naive.id == slot.id).expect("the same").local;
        let (day, end) = (used.div_euclid(MINUTES_A_DAY), (used.div_euclid(MINUTES_A_DAY) + 1) * MINUTES_A_DAY);
        let both_cron = |slot: &Slot| slot.id.contains('T') && matches!(naive, Naive::Cron(_));
        let after = (used + 1..end).find(|_| both_cron(slot)).unwrap_or(end);
        let moment = Moment { now: slot.at, pause_until: None, built: Timestamp::UNIX_EPOCH };
        memory.follow(&world.policy.rule, &moment);
        let Due::Wait { next: Some(next) } = due(&world.policy, &memory, &moment) else { continue };
        compared += 1;
        let planned = next.planned.to_zoned(TimeZone::UTC).expect("in range").timestamp().as_second() / 60;
        assert!(planned >= after, "{} then {text}: {next:?}", world.about);
        let periods = (day * MINUTES_A_DAY..after).map(|minute| format!("x/{}", naive.period(minute)));
        assert!(!periods.into_iter().any(|id| id == next.id), "{} then {text}: {next:?}", world.about);
    }
    assert!(compared > 1000, "{compared}");
}
