//! Never more calls than the bucket allows, whatever the clock does.

use proptest::prelude::*;

use super::*;

fn plain(per_second: f64, burst: u32, per_hour: u32) -> Budget {
    Budget { per_second, burst, per_hour }
}

/// Takes as fast as the answers allow until `end_ms`; the times of the calls.
fn greedy(budget: &Budget, start_ms: u64, end_ms: u64) -> Vec<u64> {
    let (mut state, mut now, mut calls) = (State::default(), start_ms, Vec::new());
    while now < end_ms {
        match budget.take(&mut state, now) {
            Take::Go => calls.push(now),
            Take::Wait(ms) => now += ms,
        }
    }
    calls
}

#[test]
fn a_burst_then_one_a_second() {
    let calls = greedy(&Budget::default(), 1_000_000, 1_005_001);
    let expected = [0, 0, 0, 0, 0, 1000, 2000, 3000, 4000, 5000].map(|ms| 1_000_000 + ms);
    assert_eq!(calls, expected);
}

#[test]
fn an_hour_holds_3600_calls_wherever_it_begins() {
    for start in [0, 59_999, 1_795_000_012_345] {
        for budget in [Budget::default(), plain(100.0, 50, 3600)] {
            let calls = greedy(&budget, start, start + 3 * 3_600_000);
            assert!(calls.len() > 2 * 3600, "{}", calls.len());
            let fullest = calls.windows(3601).map(|window| window[3600] - window[0]).min().expect("enough calls");
            assert!(fullest >= 3_600_000, "3601 calls within {fullest} ms");
        }
    }
}

#[test]
fn no_limit_is_no_limit() {
    let mut state = State::default();
    for per_second in [0.0, -1.0, f64::NAN] {
        assert!((0..10_000).all(|_| plain(per_second, 5, 3600).take(&mut state, 7) == Take::Go));
    }
}

#[test]
fn a_clock_that_jumps_neither_frees_nor_locks() {
    const YEARS_10: u64 = 10 * 365 * 24 * 3_600_000;
    let budget = Budget::default();
    let now = 1_795_000_000_000;
    let drain = |state: &mut State, at: u64| (0..1000).take_while(|_| budget.take(state, at) == Take::Go).count();
    let mut state = State::default();
    assert_eq!(drain(&mut state, now), 5);
    assert_eq!(drain(&mut state, now - 3_600_000), 0, "back: nothing is freed");
    assert_eq!(budget.take(&mut state, now - 3_599_000), Take::Go, "and it goes on from there");
    assert_eq!(drain(&mut state, now + YEARS_10), 5, "ahead: one burst");
    assert_eq!(drain(&mut state, now), 0, "back again: nothing");
    assert_eq!(budget.take(&mut state, now + 1000), Take::Go, "not locked for ten years");
    assert_eq!(budget.take(&mut state, 0), Take::Wait(1000));
    assert!(matches!(budget.take(&mut state, u64::MAX), Take::Go));
}

#[test]
fn what_was_used_survives_saving() {
    let (budget, mut state) = (Budget::default(), State::default());
    for _ in 0..5 {
        budget.take(&mut state, 50_000);
    }
    let text = serde_json::to_string(&state).expect("plain data");
    let mut back: State = serde_json::from_str(&text).expect("its own text");
    assert_eq!(back, state);
    assert_eq!(budget.take(&mut back, 50_400), Take::Wait(600));
}

proptest! {
    #[test]
    fn never_more_than_burst_and_rate(
        per_second in 0.01f64..50.0, burst in 1u32..20, per_hour in 1u32..5000,
        steps in prop::collection::vec(0u64..5000, 1..300),
    ) {
        let budget = plain(per_second, burst, per_hour);
        let (mut state, mut now, mut calls) = (State::default(), 1_795_000_000_000u64, Vec::new());
        for step in steps {
            now += step;
            for _ in 0..25 {
                match budget.take(&mut state, now) {
                    Take::Go => calls.push(now),
                    Take::Wait(ms) => { prop_assert!(ms >= 1); break }
                }
            }
        }
        for (first, from) in calls.iter().enumerate() {
            for (last, to) in calls.iter().enumerate().skip(first) {
                let most = f64::from(burst) + (to - from) as f64 * per_second / 1000.0;
                prop_assert!((last - first + 1) as f64 <= most + 1e-6);
                if to - from < 3_600_000 {
                    prop_assert!(last - first < per_hour as usize);
                }
            }
        }
    }

    #[test]
    fn any_clock_and_any_limits_end_in_an_hour(
        per_second in 0.001f64..1000.0, burst in any::<u32>(), per_hour in any::<u32>(), times in prop::collection::vec(any::<u64>(), 1..50),
    ) {
        let (budget, mut state) = (plain(per_second, burst, per_hour), State::default());
        for now in times {
            match budget.take(&mut state, now) {
                Take::Go => {}
                Take::Wait(ms) => prop_assert!((1..=61 * 60_000).contains(&ms), "{}", ms),
            }
            prop_assert!(state.minutes.len() <= 61);
        }
    }
}
