//! The tray's menu for each state, read as a person reads it.

use jiff::{Timestamp, tz::TimeZone};
use pierrot_core::{
    Code,
    engine::{Mood, Next, Overview, Ready, TargetView, UnderWay},
    run::{Ending, Job, Run},
};

use crate::tray_menu::{Action, Row, menu};

/// A Thursday, 15:00 in Rome.
const NOW: &str = "2026-11-26T14:00:00Z";

fn now() -> Timestamp {
    NOW.parse().expect("a time")
}

fn target(name: &str) -> TargetView {
    TargetView { name: name.into(), account: None, signed_in: true, unpublished: 7, published: 0, reviews: 0 }
}

fn next(name: &str, local: &str) -> Next {
    Next { name: name.into(), slot: String::new(), at: String::new(), local: local.into() }
}

fn state() -> Overview {
    Overview {
        version: String::new(),
        demo: false,
        home: String::new(),
        mood: Mood::Idle,
        ready: Ready { source: true, synced: true, target: true },
        photos: 7,
        published: 0,
        reviews: 0,
        under_way: None,
        changing: None,
        undoable: None,
        next: vec![next("sync", "2026-11-27T04:00"), next("x", "2026-11-29T10:00")],
        zone: None,
        paused_until: None,
        targets: vec![target("x")],
        trouble: Vec::new(),
        synced_at: None,
    }
}

fn under_way(job: Job, target: Option<&str>, doing: &str) -> Option<UnderWay> {
    Some(UnderWay {
        run: 1,
        job,
        target: target.map(str::to_owned),
        doing: doing.into(),
        progress: None,
        left_s: None,
        can_be_cancelled: false,
    })
}

fn stopped(target: Option<&str>, code: Code, summary: &str) -> Vec<Run> {
    let mut run = Run::begun(1, Job::Publish, target.map(str::to_owned), None, now());
    run.end(Ending::NeedsYou, summary, now());
    run.code = Some(code);
    vec![run]
}

fn line(state: &Overview) -> String {
    menu(state, now(), &TimeZone::get("Europe/Rome").expect("a zone")).line
}

/// One row a line; what cannot be clicked in brackets, submenus indented.
fn read(rows: &[Row], indent: &str) -> String {
    let one = |row: &Row| match row {
        Row::Separator => format!("{indent}---\n"),
        Row::Item { label, action: None } => format!("{indent}[{label}]\n"),
        Row::Item { label, action: Some(_) } => format!("{indent}{label}\n"),
        Row::Submenu { label, rows } => format!("{indent}{label} >\n{}", read(rows, &format!("{indent}  "))),
    };
    rows.iter().map(one).collect()
}

fn menu_text(state: &Overview) -> String {
    read(&menu(state, now(), &TimeZone::UTC).rows, "")
}

#[test]
fn the_usual_menu() {
    let text = "[Next: Sunday 10:00 - X]\n---\nPublish now\nSync now\nPause >\n  Until tomorrow\n  For a week\n  \
                Until I resume\n---\nOpen Pierrot\n---\nQuit\n";
    assert_eq!(menu_text(&state()), text);
    let demo = Overview { demo: true, ..state() };
    assert_eq!(line(&demo), "Demo: Next: Sunday 10:00 - X");
}

#[test]
fn several_targets_are_a_choice_and_each_says_why_not() {
    let mut state = Overview { reviews: 2, ..state() };
    state.targets = vec![target("a"), target("b"), target("c")];
    state.targets[1].signed_in = false;
    state.targets[2].unpublished = 0;
    state.paused_until = Some("2026-12-03T00:00:00Z".into());
    let text = "[Needs you: 2 posts to review]\n---\nPublish now >\n  a\n  [b (sign in first)]\n  [c (nothing left)]\n\
                Sync now\nResume\n---\nNeeds review (2)\nOpen Pierrot\n---\nQuit\n";
    assert_eq!(menu_text(&state), text);
}

#[test]
fn what_cannot_be_done_says_why() {
    let works = Overview { under_way: under_way(Job::Publish, None, ""), ..state() };
    let elsewhere = Overview { under_way: under_way(Job::Publish, Some("y"), ""), ..state() };
    let syncs = Overview { under_way: under_way(Job::Sync, None, ""), ..state() };
    let fresh = Overview { ready: Ready { source: false, synced: false, target: false }, ..state() };
    let bare = Overview { targets: Vec::new(), ..state() };
    for (state, row) in [
        (works, "[Publish now (under way)]"),
        (elsewhere, "Publish now"),
        (syncs, "[Sync now (under way)]"),
        (fresh.clone(), "[Publish now (sync first)]"),
        (fresh, "[Sync now (connect Flickr first)]"),
        (bare, "[Publish now (no target yet)]"),
    ] {
        let text = menu_text(&state);
        assert!(text.lines().any(|line| line == row), "{row} is missing in\n{text}");
    }
}

#[test]
fn the_line_says_what_matters_most() {
    let working = |job, target, doing| Overview { under_way: under_way(job, target, doing), reviews: 1, ..state() };
    let trouble = |target, code, summary| Overview { trouble: stopped(target, code, summary), ..state() };
    let long = "X refuses this with a sentence that is much too long to stand in the menu of a tray.";
    for (state, said) in [
        (working(Job::Publish, Some("x"), "prepared"), "Publishing to X: uploading"),
        (working(Job::Publish, Some("x"), ""), "Publishing to X: preparing"),
        (working(Job::Publish, None, "sending"), "Publishing: sending"),
        (working(Job::Sync, None, "page 3 of 10, 600 photos"), "Syncing: page 3 of 10, 600 photos"),
        (working(Job::Check, None, ""), "Checking the record"),
        (Overview { reviews: 1, ..state() }, "Needs you: 1 post to review"),
        (Overview { targets: vec![TargetView { unpublished: 0, ..target("x") }], ..state() }, "Nothing is left for X"),
        (trouble(Some("x"), Code::SignInAgain, "No."), "Needs you: sign in to X"),
        (trouble(None, Code::SignInAgain, "No."), "Needs you: sign in to Flickr"),
        (trouble(Some("x"), Code::AskPhotographer, "The credit is used up."), "Needs you: The credit is used up."),
        (
            trouble(Some("x"), Code::AskPhotographer, long),
            "Needs you: X refuses this with a sentence that is much too long to sta…",
        ),
        (
            Overview { ready: Ready { source: false, synced: false, target: true }, ..state() },
            "Not set up yet: open Pierrot",
        ),
        (state(), "Next: Sunday 10:00 - X"),
        (Overview { next: vec![next("sync", "2026-11-27T04:00")], ..state() }, "Next: sync tomorrow 04:00"),
        (Overview { next: Vec::new(), ..state() }, "Nothing is planned"),
    ] {
        assert_eq!(line(&state), said);
    }
}

#[test]
fn days_are_named_as_people_name_them() {
    for (local, said) in [
        ("2026-11-26T18:30", "today 18:30"),
        ("2026-11-27T10:00", "tomorrow 10:00"),
        ("2026-12-02T10:00", "Wednesday 10:00"),
        ("2026-12-03T10:00", "3 December 10:00"),
        ("2027-01-05T10:00", "5 January 2027 10:00"),
        ("soon", "soon"),
    ] {
        let state = Overview { next: vec![next("x", local)], ..state() };
        assert_eq!(line(&state), format!("Next: {said} - X"));
    }
}

#[test]
fn a_pause_says_its_end_where_the_photographer_is() {
    for (until, said) in [
        ("2026-11-26T17:30:00Z", "Paused until 18:30"),
        ("2026-11-26T23:00:00Z", "Paused until tomorrow"),
        ("2026-12-02T23:00:00Z", "Paused until 3 December"),
        ("2036-11-26T14:00:00Z", "Paused until you resume"),
    ] {
        assert_eq!(line(&Overview { paused_until: Some(until.into()), ..state() }), said);
    }
}

#[test]
fn every_click_comes_back_as_the_action_it_was() {
    let mut state = state();
    state.targets = vec![target("a"), target("sync")];
    state.reviews = 1;
    let paused = Overview { paused_until: Some(NOW.into()), ..state.clone() };
    let mut rows = menu(&state, now(), &TimeZone::UTC).rows;
    rows.extend(menu(&paused, now(), &TimeZone::UTC).rows);
    let mut clicked = 0;
    while let Some(row) = rows.pop() {
        match row {
            Row::Separator | Row::Item { action: None, .. } => {}
            Row::Item { action: Some(action), .. } => {
                assert_eq!(Action::from_id(&action.id()), Some(action));
                clicked += 1;
            }
            Row::Submenu { rows: inner, .. } => rows.extend(inner),
        }
    }
    assert_eq!(clicked, 16);
    assert_eq!(Action::from_id("says:Next"), None);
}
