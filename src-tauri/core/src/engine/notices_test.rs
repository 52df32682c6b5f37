//! What is told about each thing that happens, what is not told, and that nothing is told twice.

use jiff::{SignedDuration, Timestamp, tz::TimeZone};

use super::*;

const URL: &str = "https://x.com/me/status/1";

/// A Thursday, 14:00.
fn now() -> Timestamp {
    "2026-11-26T14:00:00Z".parse().expect("a time")
}

fn later(hours: i64) -> Timestamp {
    now() + SignedDuration::from_hours(hours)
}

fn all() -> NotificationSettings {
    NotificationSettings::default()
}

fn quiet<'a>() -> News<'a> {
    News {
        runs: &[],
        reviews: &[],
        record_away: None,
        set_aside: None,
        now: now(),
        zone: TimeZone::UTC,
        watched: false,
        switches: all(),
    }
}

fn ended(ending: Ending, outcome: Option<Outcome>, code: Option<Code>) -> Run {
    let mut run = Run::begun(1, Job::Publish, Some("x".into()), Some("x/2026-W48".into()), now());
    run.end(ending, "What happened.", now());
    run.what_now = Some("What now.".into());
    run.photo = Some("53000000001".into());
    run.text = Some("\nEvening <b>light</b>\nand more".into());
    run.outcome = outcome;
    run.code = code;
    run.post_url = (outcome == Some(Outcome::Published)).then(|| URL.into());
    run
}

fn went_out() -> Run {
    ended(Ending::Done, Some(Outcome::Published), None)
}

fn sign_in() -> Run {
    ended(Ending::NeedsYou, Some(Outcome::Held), Some(Code::SignInAgain))
}

fn pay() -> Run {
    ended(Ending::NeedsYou, Some(Outcome::Held), Some(Code::AskPhotographer))
}

fn too_late() -> Run {
    ended(Ending::Missed, None, None)
}

fn kept_back() -> Run {
    ended(Ending::NeedsYou, Some(Outcome::Held), None)
}

fn open_review() -> Waiting {
    let photo = "53000000002".parse().expect("an id");
    Waiting { id: "a1".into(), target: "x".into(), photo, text: "Fog".into(), by_itself: true }
}

fn of_run(run: &Run, switches: NotificationSettings, watched: bool) -> Vec<Notice> {
    listen(&mut Told::default(), &News { runs: std::slice::from_ref(run), watched, switches, ..quiet() })
}

#[test]
fn each_kind_says_what_happened_and_leads_on() {
    let both = "What happened.\nWhat now.";
    let photo: Option<PhotoId> = "53000000001".parse().ok();
    for (run, title, body, photo, opens) in [
        (went_out(), "Published to X", format!("Evening <b>light</b>\n{URL}"), photo.clone(), Opens::Post(URL.into())),
        (sign_in(), "Sign in to X again", both.into(), None, Opens::Accounts),
        (pay(), "X needs you", both.into(), None, Opens::Activity),
        (too_late(), "A due time of X was missed", both.into(), None, Opens::Plan),
        (kept_back(), "A photo for X waits for you", both.into(), photo, Opens::Activity),
    ] {
        assert_eq!(of_run(&run, all(), false), [Notice { title: title.into(), body, photo, opens }]);
    }
    let notices = listen(&mut Told::default(), &News { reviews: &[open_review()], ..quiet() });
    assert_eq!(notices[0].title, "A post to X needs your review");
    assert_eq!(notices[0].body, "Fog\nPierrot cannot know by itself; answer in the activity list.");
    assert_eq!(
        (notices[0].photo.as_ref().map(PhotoId::as_str), &notices[0].opens),
        (Some("53000000002"), &Opens::Reviews)
    );
}

#[test]
fn what_passes_by_itself_is_not_told() {
    for run in [
        ended(Ending::Done, None, None),
        ended(Ending::Nothing, Some(Outcome::NothingLeft), None),
        ended(Ending::Nothing, Some(Outcome::AlreadyDone), None),
        ended(Ending::Nothing, None, None),
        ended(Ending::TryLater, Some(Outcome::TryLater), Some(Code::TryLater)),
        ended(Ending::TryLater, None, Some(Code::TryLater)),
        ended(Ending::Failed, Some(Outcome::Rejected), Some(Code::AskPhotographer)),
        ended(Ending::Cancelled, None, None),
        Run::begun(2, Job::Sync, None, None, now()),
    ] {
        assert_eq!(of_run(&run, all(), false), [], "{run:?}");
    }
}

#[test]
fn a_kind_that_is_off_is_never_told() {
    for (run, switches) in [
        (went_out(), NotificationSettings { published: false, ..all() }),
        (went_out(), NotificationSettings { published: false, digest: Digest::Daily, ..all() }),
        (kept_back(), NotificationSettings { needs_review: false, ..all() }),
        (sign_in(), NotificationSettings { sign_in: false, ..all() }),
        (pay(), NotificationSettings { credit: false, ..all() }),
        (too_late(), NotificationSettings { missed: false, ..all() }),
    ] {
        let mut told = Told::default();
        let runs = [run];
        for hours in [0, 200] {
            let news = News { runs: &runs, now: later(hours), switches, ..quiet() };
            assert_eq!(listen(&mut told, &news), [], "{runs:?}");
        }
    }
    let switches = NotificationSettings { needs_review: false, record: false, ..all() };
    let news = News { reviews: &[open_review()], record_away: Some(later(-48)), switches, ..quiet() };
    assert_eq!(listen(&mut Told::default(), &news), []);
}

#[test]
fn nobody_is_told_what_he_watches_but_the_schedule_speaks_up() {
    for scheduled in [went_out(), kept_back(), sign_in(), pay()] {
        let asked = Run { slot: None, ..scheduled.clone() };
        assert_eq!(of_run(&asked, all(), true), [], "{asked:?}");
        assert_eq!(of_run(&asked, all(), false).len(), 1, "{asked:?}");
        assert_eq!(of_run(&scheduled, all(), true).len(), 1, "{scheduled:?}");
    }
    let by_hand = Waiting { by_itself: false, ..open_review() };
    assert_eq!(listen(&mut Told::default(), &News { reviews: &[by_hand], watched: true, ..quiet() }), []);
}

#[test]
fn each_thing_is_told_once_also_after_a_restart() {
    let runs = [went_out()];
    let (reviews, record_away) = ([open_review()], Some(later(-25)));
    let news = News { runs: &runs, reviews: &reviews, record_away, ..quiet() };
    let mut told = Told::default();
    assert_eq!(listen(&mut told, &news).len(), 3);
    let kept = serde_json::to_vec(&told).expect("it is kept as JSON");
    let mut told: Told = serde_json::from_slice(&kept).expect("as it was written");
    assert_eq!(listen(&mut told, &news), []);
    let mut next = went_out();
    next.id = 3;
    let runs = [next, Run::begun(2, Job::Sync, None, None, now()), went_out()];
    assert_eq!(listen(&mut told, &News { runs: &runs, ..quiet() }).len(), 1);
    let mut slow = went_out();
    slow.id = 2;
    let runs = [runs[0].clone(), slow, runs[2].clone()];
    assert_eq!(listen(&mut told, &News { runs: &runs, ..quiet() }).len(), 1, "one that ended after a younger one");
}

#[test]
fn what_is_over_for_a_day_is_no_news() {
    let news = News { runs: &[went_out()], now: later(24), ..quiet() };
    assert_eq!(listen(&mut Told::default(), &news), []);
}

#[test]
fn a_missing_sign_in_is_told_once_until_it_is_mended() {
    let mut told = Told::default();
    let mut runs: Vec<Run> = Vec::new();
    let mut hear = |run: Run| {
        let id = u32::try_from(runs.len()).expect("few") + 1;
        runs.insert(0, Run { id, ..run });
        listen(&mut told, &News { runs: &runs, ..quiet() }).pop().map(|notice| notice.title)
    };
    assert!(hear(sign_in()).is_some());
    assert_eq!(hear(sign_in()), None);
    assert!(hear(Run { target: Some("y".into()), ..sign_in() }).is_some(), "another target is another matter");
    assert!(hear(too_late()).is_some());
    assert_eq!(hear(sign_in()), None, "a due time that was let go tried nothing");
    assert!(hear(went_out()).is_some());
    assert!(hear(sign_in()).is_some(), "it went well in between");
    let flickr = Run { job: Job::Sync, target: None, outcome: None, ..sign_in() };
    assert_eq!(hear(flickr).as_deref(), Some("Sign in to Flickr again"));
}

#[test]
fn a_record_that_is_away_is_told_after_a_day_and_once_until_it_is_back() {
    let mut told = Told::default();
    let mut look =
        |hours, away: Option<Timestamp>| listen(&mut told, &News { now: later(hours), record_away: away, ..quiet() });
    assert_eq!(look(23, Some(now())), []);
    let notice = look(24, Some(now())).pop().expect("a day has passed");
    assert_eq!(notice.body, "It has not answered since Thursday 14:00.\nNothing is published until it does.");
    assert_eq!(look(90, Some(now())), []);
    assert_eq!(look(91, None), []);
    assert_eq!(look(200, Some(later(100))).len(), 1, "away again");
}

#[test]
fn a_digest_comes_in_the_evening() {
    let zone = TimeZone::get("Europe/Rome").expect("a zone");
    for (first, every, due) in [
        ("2026-11-26T14:00:00Z", Digest::Daily, "2026-11-26T18:00:00Z"),
        ("2026-11-26T18:00:00Z", Digest::Daily, "2026-11-27T18:00:00Z"),
        ("2026-11-26T14:00:00Z", Digest::Weekly, "2026-11-29T18:00:00Z"),
        ("2026-11-29T17:59:00Z", Digest::Weekly, "2026-11-29T18:00:00Z"),
        ("2026-11-29T18:00:00Z", Digest::Weekly, "2026-12-06T18:00:00Z"),
        ("2026-07-01T10:00:00Z", Digest::Daily, "2026-07-01T17:00:00Z"),
    ] {
        let first: Timestamp = first.parse().expect("a time");
        assert_eq!(evening_after(first, every, &zone).map(|at| at.to_string()).as_deref(), Some(due));
    }
}

#[test]
fn a_digest_sums_up() {
    let mut told = Told::default();
    let switches = NotificationSettings { digest: Digest::Daily, ..all() };
    let mut runs: Vec<Run> = (1..=10).rev().map(|id| Run { id, ..went_out() }).collect();
    runs.insert(0, Run { id: 11, ..too_late() });
    let reviews = [open_review()];
    let news = |hours| News { runs: &runs, reviews: &reviews, now: later(hours), switches, ..quiet() };
    assert_eq!(listen(&mut told, &news(0)).len(), 1, "what needs an answer is told at once");
    assert_eq!(listen(&mut told, &news(4)), []);
    let notice = listen(&mut told, &news(5)).pop().expect("it is evening");
    assert_eq!(notice.title, "10 photos published");
    assert!(
        notice.body.starts_with("X: Evening <b>light</b>\n") && notice.body.ends_with("\nand 3 more"),
        "{notice:?}"
    );
    assert!(notice.photo.is_some());
    assert_eq!(listen(&mut told, &news(48)), [], "told once");
}

#[test]
fn a_digest_that_is_no_longer_wanted_is_told_at_once() {
    let mut told = Told::default();
    let runs = [went_out()];
    let switches = NotificationSettings { digest: Digest::Weekly, ..all() };
    assert_eq!(listen(&mut told, &News { runs: &runs, switches, ..quiet() }), []);
    assert_eq!(listen(&mut told, &News { runs: &runs, ..quiet() })[0].title, "1 photo published");
}

#[test]
fn a_title_cannot_turn_the_line_around() {
    assert_eq!(first_line("a\u{202e}b\u{7}c\u{2066}"), "abc");
    assert_eq!(first_line(""), "A photo without words");
}

#[test]
fn a_damaged_catalogue_is_told_once() {
    let mut told = Told::default();
    for (pause_known, asked) in [(false, true), (true, false)] {
        let at = later(i64::from(pause_known));
        let aside = SetAside { file: "catalogue.redb.damaged".into(), at, pause_known, rebuilt: false };
        let notices = listen(&mut told, &News { set_aside: Some(aside.clone()), ..quiet() });
        assert_eq!(notices.len(), 1);
        assert_eq!(notices[0].body.contains("pause again"), asked, "{}", notices[0].body);
        let rebuilt = SetAside { rebuilt: true, ..aside };
        assert!(listen(&mut told, &News { set_aside: Some(rebuilt), ..quiet() }).is_empty(), "once");
    }
}
