//! A rule is read and written as one text, and what is wrong with it is said.

use super::*;

#[test]
fn a_rule_reads_writes_and_speaks() {
    let table = [
        ("off", "off", "Off"),
        ("daily 04:00", "daily 04:00", "Every day at 04:00"),
        (" Daily  4:05 ", "daily 04:05", "Every day at 04:05"),
        ("weekly sun 10:00", "weekly sun 10:00", "Every Sunday at 10:00"),
        ("weekly thu,mon 18:30", "weekly mon,thu 18:30", "Every Monday and Thursday at 18:30"),
        ("weekly mon, WED,friday,mon 18:30", "weekly mon,wed,fri 18:30", "Every Monday, Wednesday and Friday at 18:30"),
        ("weekly mon,tue,wed,thu,fri,sat,sun 9:00", "weekly mon,tue,wed,thu,fri,sat,sun 09:00", "Every day at 09:00"),
        ("monthly 1 09:00", "monthly 1 09:00", "On the 1st of every month at 09:00"),
        ("monthly 15 09:00", "monthly 15 09:00", "On the 15th of every month at 09:00"),
        ("monthly 22 09:00", "monthly 22 09:00", "On the 22nd of every month at 09:00"),
        ("monthly 31 09:00", "monthly 31 09:00", "On the 31st (or the last day) of every month at 09:00"),
        ("monthly last 09:00", "monthly last 09:00", "On the last day of every month at 09:00"),
        ("cron 0 10 * * 0", "cron 0 10 * * 0", "At 10:00, on Sunday"),
        ("cron  0 10  * * SUN", "cron 0 10 * * sun", "At 10:00, on Sunday"),
    ];
    for (text, written, words) in table {
        let rule: Rule = text.parse().expect(text);
        assert_eq!((rule.to_string().as_str(), rule.in_words().as_str()), (written, words));
        assert_eq!(written.parse(), Ok(rule.clone()));
        let json = serde_json::to_string(&rule).expect("writable");
        assert_eq!(json, format!("\"{written}\""));
        assert_eq!(serde_json::from_str::<Rule>(&json).expect("readable"), rule);
    }
}

#[test]
fn a_mistake_is_named_with_an_example() {
    let table = [
        ("", "the schedule is empty; write for example: weekly sun 10:00 (or: off)"),
        (
            "fortnightly",
            "\"fortnightly\" is not off, daily, weekly, monthly or cron; write for example: weekly sun 10:00",
        ),
        ("off now", "the schedule \"off now\" says more than expected; write for example: off"),
        ("daily", "the schedule \"daily\" lacks the time; write for example: daily 04:00"),
        ("daily 24:00", "\"24:00\" is not a time between 00:00 and 23:59; write for example: daily 04:00"),
        ("daily 4pm", "\"4pm\" is not a time between 00:00 and 23:59; write for example: daily 04:00"),
        ("daily 04:0", "\"04:0\" is not a time between 00:00 and 23:59; write for example: daily 04:00"),
        ("daily +4:00", "\"+4:00\" is not a time between 00:00 and 23:59; write for example: daily 04:00"),
        (
            "daily 04:00 05:00",
            "the schedule \"daily 04:00 05:00\" says more than expected; write for example: daily 04:00",
        ),
        ("weekly sun", "the schedule \"weekly sun\" lacks the days or the time; write for example: weekly sun 10:00"),
        (
            "weekly son 10:00",
            "\"son\" is not a day of the week (mon tue wed thu fri sat sun); write for example: weekly mon,thu 18:30",
        ),
        ("monthly 32 09:00", "\"32\" is not a day from 1 to 31 or \"last\"; write for example: monthly 15 09:00"),
        ("monthly 0 09:00", "\"0\" is not a day from 1 to 31 or \"last\"; write for example: monthly 15 09:00"),
        ("monthly 15", "the schedule \"monthly 15\" lacks the day or the time; write for example: monthly 15 09:00"),
        (
            "cron 0 10 * *",
            "a cron rule has 5 fields (minute hour day month weekday), this one has 4; write for example: cron 0 10 * * 0",
        ),
        (
            "cron 0 0 10 * * 0",
            "a cron rule has 5 fields (minute hour day month weekday), this one has 6; write for example: cron 0 10 * * 0",
        ),
        ("cron 0 0 30 2 *", "the cron rule \"0 0 30 2 *\" never happens; write for example: cron 0 10 * * 0"),
    ];
    for (text, message) in table {
        assert_eq!(text.parse::<Rule>().expect_err(text).to_string(), message);
    }
    for (cron, wrong) in [
        ("60 10 * * 0", "\"60\" is no minute (0 to 59)"),
        ("0 ten * * 0", "\"ten\" is no hour (0 to 23)"),
        ("0 10 32 * 0", "\"32\" is no day of the month (1 to 31)"),
        ("0 10 * 13 0", "\"13\" is no month (1 to 12)"),
        ("0 10 * * 9", "\"9\" is no day of the week (0 to 7; 0 and 7 are Sunday)"),
    ] {
        let said = format!("cron {cron}").parse::<Rule>().expect_err("no such field").to_string();
        let expected =
            format!("the cron rule \"{cron}\" cannot be understood: {wrong}; write for example: cron 0 10 * * 0");
        assert_eq!(said, expected);
    }
    assert!(serde_json::from_str::<Rule>("\"daily\"").expect_err("no time").to_string().contains("lacks the time"));
}
