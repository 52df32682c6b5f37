//! What the desktop is told about each end of a run, and what it is not told.

use jiff::{SignedDuration, Timestamp};
use pierrot_core::{
    Code, Outcome,
    run::{Ending, Job, Run},
    settings::NotificationSettings,
};

use crate::notices::{Notice, Opens, Teller};

const URL: &str = "https://x.com/me/status/1";

fn now() -> Timestamp {
    "2026-11-26T14:00:00Z".parse().expect("a time")
}

fn all() -> NotificationSettings {
    NotificationSettings::default()
}

fn ended(ending: Ending, outcome: Option<Outcome>, code: Option<Code>) -> Run {
    let mut run = Run::begun(1, Job::Publish, Some("x".into()), Some("x/2026-W48".into()), now());
    run.end(ending, "What happened.", now());
    run.what_now = Some("What now.".into());
    run.text = Some("\nEvening <b>light</b>\nand more".into());
    run.outcome = outcome;
    run.code = code;
    run.post_url = (outcome == Some(Outcome::Published)).then(|| URL.into());
    run
}

fn published() -> Run {
    ended(Ending::Done, Some(Outcome::Published), None)
}

fn review() -> Run {
    ended(Ending::NeedsYou, Some(Outcome::NeedsReview), None)
}

fn sign_in() -> Run {
    ended(Ending::NeedsYou, Some(Outcome::Held), Some(Code::SignInAgain))
}

fn pay() -> Run {
    ended(Ending::NeedsYou, Some(Outcome::Held), Some(Code::AskPhotographer))
}

fn told(run: &Run, switches: NotificationSettings, watched: bool) -> Option<Notice> {
    Teller::default().hear(run, switches, watched, now())
}

#[test]
fn each_kind_says_what_happened_and_leads_on() {
    for (run, title, body, opens) in [
        (published(), "Published to x", format!("Evening <b>light</b>\n{URL}"), Opens::Post(URL.into())),
        (
            review(),
            "A post to x needs your review",
            "Evening <b>light</b>\nPierrot cannot know by itself; answer in the activity list.".into(),
            Opens::Reviews,
        ),
        (sign_in(), "Sign in to x again", "What happened.\nWhat now.".into(), Opens::Accounts),
        (pay(), "x needs you", "What happened.\nWhat now.".into(), Opens::Activity),
    ] {
        assert_eq!(told(&run, all(), false), Some(Notice { title: title.into(), body, opens }));
    }
}

#[test]
fn what_passes_by_itself_is_not_told() {
    for run in [
        ended(Ending::Done, None, None),
        ended(Ending::Nothing, Some(Outcome::NothingLeft), None),
        ended(Ending::Nothing, Some(Outcome::AlreadyDone), None),
        ended(Ending::TryLater, Some(Outcome::TryLater), Some(Code::TryLater)),
        ended(Ending::TryLater, None, Some(Code::TryLater)),
        ended(Ending::Failed, Some(Outcome::Rejected), Some(Code::AskPhotographer)),
        ended(Ending::Cancelled, None, None),
        Run::begun(2, Job::Sync, None, None, now()),
    ] {
        assert_eq!(told(&run, all(), false), None, "{run:?}");
    }
}

#[test]
fn a_kind_that_is_off_is_never_told() {
    for (run, switches) in [
        (published(), NotificationSettings { published: false, ..all() }),
        (published(), NotificationSettings { published: false, digest: true, ..all() }),
        (review(), NotificationSettings { needs_review: false, ..all() }),
        (sign_in(), NotificationSettings { sign_in: false, ..all() }),
        (pay(), NotificationSettings { credit: false, ..all() }),
    ] {
        assert_eq!(told(&run, switches, false), None, "{run:?}");
    }
}

#[test]
fn nobody_is_told_what_he_watches_but_the_schedule_speaks_up() {
    for scheduled in [published(), review(), sign_in(), pay()] {
        let asked = Run { slot: None, ..scheduled.clone() };
        assert_eq!(told(&asked, all(), true), None, "{asked:?}");
        assert!(told(&asked, all(), false).is_some(), "{asked:?}");
        assert!(told(&scheduled, all(), true).is_some(), "{scheduled:?}");
    }
}

#[test]
fn a_missing_sign_in_is_told_once_until_it_is_mended() {
    let mut teller = Teller::default();
    let mut hear = |run: &Run| teller.hear(run, all(), false, now()).map(|notice| notice.title);
    assert!(hear(&sign_in()).is_some());
    assert_eq!(hear(&sign_in()), None);
    assert!(hear(&Run { target: Some("y".into()), ..sign_in() }).is_some(), "another target is another matter");
    assert!(hear(&published()).is_some());
    assert!(hear(&sign_in()).is_some(), "it went well in between");
    let flickr = Run { job: Job::Sync, target: None, outcome: None, ..sign_in() };
    assert_eq!(hear(&flickr).as_deref(), Some("Sign in to Flickr again"));
}

#[test]
fn a_digest_sums_up_a_day() {
    let mut teller = Teller::default();
    let switches = NotificationSettings { digest: true, ..all() };
    let later = |hours| now() + SignedDuration::from_hours(hours);
    assert_eq!(teller.sum_up(later(48)), None, "nothing to tell");
    for hour in 0..10 {
        assert_eq!(teller.hear(&published(), switches, false, later(hour)), None);
    }
    assert!(teller.hear(&review(), switches, false, now()).is_some(), "what needs an answer is told at once");
    assert_eq!(teller.sum_up(later(23)), None);
    let notice = teller.sum_up(later(24)).expect("a day has passed");
    assert_eq!(notice.title, "10 photos published");
    assert!(
        notice.body.starts_with("x: Evening <b>light</b>\n") && notice.body.ends_with("\nand 2 more"),
        "{notice:?}"
    );
    assert_eq!(teller.sum_up(later(96)), None, "told once");
}

#[test]
fn a_title_cannot_turn_the_line_around() {
    let run = Run { text: Some("a\u{202e}b\u{7}c\u{2066}".into()), post_url: None, ..published() };
    assert_eq!(told(&run, all(), false).expect("told").body, "abc");
    let bare = Run { text: None, post_url: None, ..published() };
    assert_eq!(told(&bare, all(), false).expect("told").body, "A photo without words");
}
