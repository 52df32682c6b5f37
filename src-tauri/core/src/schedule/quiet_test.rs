//! Quiet hours end when the wall clock says so.

use super::*;

#[test]
fn an_instant_in_quiet_hours_moves_to_their_end() {
    let table = [
        ("23:00-07:00", "Europe/Rome", "2026-11-24T21:59:00Z", "2026-11-24T21:59:00Z", "before"),
        ("23:00-07:00", "Europe/Rome", "2026-11-24T22:00:00Z", "2026-11-25T06:00:00Z", "at the start"),
        ("23:00-07:00", "Europe/Rome", "2026-11-25T05:59:00Z", "2026-11-25T06:00:00Z", "after midnight"),
        ("23:00-07:00", "Europe/Rome", "2026-11-25T06:00:00Z", "2026-11-25T06:00:00Z", "at the end"),
        ("12:00-14:30", "UTC", "2026-11-25T13:00:00Z", "2026-11-25T14:30:00Z", "in one day"),
        ("22:00-00:00", "UTC", "2026-11-25T23:00:00Z", "2026-11-26T00:00:00Z", "until midnight"),
        ("23:00-02:30", "Europe/Rome", "2026-03-28T23:00:00Z", "2026-03-29T01:00:00Z", "the end is in a gap"),
        ("23:00-02:30", "Europe/Rome", "2026-10-25T00:15:00Z", "2026-10-25T00:30:00Z", "the end comes twice"),
        ("23:00-02:30", "Europe/Rome", "2026-10-25T01:15:00Z", "2026-10-25T01:30:00Z", "in the second pass"),
        ("02:45-05:00", "Europe/Rome", "2026-10-25T00:50:00Z", "2026-10-25T01:00:00Z", "moved out by the clock"),
        ("22:00-00:30", "America/Sao_Paulo", "2018-11-04T02:00:00Z", "2018-11-04T03:00:00Z", "no midnight"),
        ("23:00-07:00", "Pacific/Apia", "2011-12-30T09:30:00Z", "2011-12-30T17:00:00Z", "no such day"),
    ];
    for (quiet, zone, at, expected, name) in table {
        let (quiet, zone) = (quiet.parse::<QuietHours>().expect("quiet hours"), TimeZone::get(zone).expect("a zone"));
        let got = quiet.end_after(&zone, at.parse().expect("an instant"));
        assert_eq!(got.to_string(), expected, "{name}");
    }
}

#[test]
fn quiet_hours_read_and_write() {
    for (text, written) in [("23:00-07:00", "23:00-07:00"), ("9:00 - 17:30", "09:00-17:30")] {
        let quiet: QuietHours = text.parse().expect(text);
        assert_eq!(quiet.to_string(), written);
        assert_eq!(serde_json::to_string(&quiet).expect("writable"), format!("\"{written}\""));
    }
    let shape = |text: &str| format!("\"{text}\" is not two times of day; write for example: 23:00-07:00");
    for text in ["", "23:00", "23-7", "23:00-24:00"] {
        assert_eq!(text.parse::<QuietHours>().expect_err(text).to_string(), shape(text));
    }
    assert_eq!(
        "07:00-7:00".parse::<QuietHours>().expect_err("empty").to_string(),
        "quiet hours cannot start and end at 07:00; write for example: 23:00-07:00, or leave them out"
    );
}
