//! config.toml, as anybody may have typed it, and what a schedule in it leads to.

use jiff::{Timestamp, tz::TimeZone};
use pierrot_core::{
    schedule::{Policy, Rule, upcoming},
    settings::Settings,
};

/// Slots looked for, and how far ahead, in seconds.
const SLOTS_MAX: usize = 8;
const AHEAD_S: i64 = 400 * 86_400;

pub fn run(input: &[u8]) {
    let Ok(text) = str::from_utf8(input) else { return };
    let Ok(settings) = Settings::parse(text) else { return };
    let _ = settings.flickr.min_upload_s();
    let written = toml::to_string(&settings).expect("settings can be written");
    assert_eq!(Settings::parse(&written).as_ref().ok(), Some(&settings), "{written}");
    for target in settings.targets.values() {
        lead_to_slots(&target.schedule);
    }
}

fn lead_to_slots(rule: &Rule) {
    let at = |second: i64| Timestamp::from_second(second).expect("a day of this century");
    let policy = Policy {
        name: "x".into(),
        rule: rule.clone(),
        zone: TimeZone::get("Europe/Berlin").expect("the zones come along"),
        jitter_minutes: 30,
        quiet: "22:00-07:00".parse().ok(),
        catch_up_hours: 12,
    };
    let begin = 1_790_000_000;
    let slots = upcoming(&policy, at(begin), at(begin + AHEAD_S), SLOTS_MAX);
    assert!(slots.len() <= SLOTS_MAX && slots.is_sorted_by_key(|slot| slot.at), "{slots:?}");
    rule.in_words();
}
