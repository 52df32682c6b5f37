//! What a person is told: each thing once, with its picture, also over a restart, and the record when it is away for a day.

use pierrot_core::{
    Choice,
    engine::{Asked, Opens},
    run::Ending,
};
use serde_json::json;

use crate::stage::Stage;

const QUIET: &str = "schedule = 'off'\n[schedule]\ntime_zone = 'UTC'\nsync = 'off'\n";
const WEEKLY: &str = "schedule = 'weekly sun 10:00'\n[schedule]\ntime_zone = 'UTC'\nsync = 'off'\n";

#[tokio::test(flavor = "multi_thread")]
async fn a_publication_is_told_once_with_its_picture_also_after_a_restart() {
    let stage = Stage::new().await;
    let engine = stage.engine("a", QUIET);
    engine.run(Asked::Sync { full: false }).await.expect("it runs");
    assert_eq!(engine.notices(false).await.expect("readable"), []);
    let run = engine.run(Asked::Publish(Choice::default())).await.expect("it runs");
    let [notice] = engine.notices(false).await.expect("readable").try_into().expect("one notice");
    assert_eq!((notice.title.as_str(), Some(notice.opens)), ("Published to X", run.post_url.map(Opens::Post)));
    let picture = engine.picture_file(&notice.photo.expect("whose picture")).await.expect("a file");
    assert_eq!(std::fs::read(picture).expect("readable")[..3], [0xff, 0xd8, 0xff]);
    assert_eq!(engine.notices(false).await.expect("readable"), []);
    engine.stop().await;
    drop(engine);
    let again = stage.reopen(&stage.home("a"));
    assert_eq!(again.notices(false).await.expect("readable"), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_recovery_finds_posted_and_what_it_cannot_know_is_told() {
    let stage = Stage::new().await;
    let engine = stage.engine("a", QUIET);
    engine.run(Asked::Sync { full: false }).await.expect("it runs");
    let lost = json!({"server":"x","method":"POST","path":"/2/tweets","kind":"drop_before"});
    stage.control().faults(&lost).expect("a fault");
    let run = engine.run(Asked::Publish(Choice::default())).await.expect("it runs");
    assert_eq!(run.ending, Some(Ending::NeedsYou), "{run:?}");
    let [notice] = engine.notices(false).await.expect("readable").try_into().expect("one notice");
    assert_eq!((notice.title.as_str(), notice.opens), ("A post to X needs your review", Opens::Reviews));
    assert_eq!(engine.notices(false).await.expect("readable"), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_due_time_that_was_slept_through_is_told() {
    let stage = Stage::new().await;
    let engine = stage.engine("a", WEEKLY);
    engine.run(Asked::Sync { full: false }).await.expect("it runs");
    engine.tick().await.expect("it looks");
    stage.go_to(jiff::civil::Weekday::Sunday, 10);
    stage.pass_h(72);
    engine.tick().await.expect("it looks");
    let titles: Vec<String> =
        engine.notices(true).await.expect("readable").into_iter().map(|told| told.title).collect();
    assert_eq!(titles, ["A due time of X was missed"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_that_is_away_for_a_day_is_told_once() {
    let stage = Stage::new().await;
    let engine = stage.engine("a", QUIET);
    engine.run(Asked::Sync { full: false }).await.expect("it runs");
    engine.run(Asked::Publish(Choice::default())).await.expect("it runs");
    assert_eq!(engine.notices(false).await.expect("readable").len(), 1);
    let (record, aside) = (stage.home("a").join("record"), stage.home("a").join("aside"));
    std::fs::rename(&record, &aside).expect("movable");
    for (hours, told) in [(0, 0), (23, 0), (2, 1), (30, 0)] {
        stage.pass_h(hours);
        engine.tick().await.expect("it looks");
        let notices = engine.notices(true).await.expect("readable");
        assert_eq!(notices.len(), told, "{hours}: {notices:?}");
    }
    std::fs::rename(&aside, &record).expect("movable");
    stage.pass_h(7);
    engine.tick().await.expect("it looks");
    std::fs::rename(&record, &aside).expect("movable");
    stage.pass_h(7);
    engine.tick().await.expect("it looks");
    assert_eq!(engine.notices(true).await.expect("readable"), [], "away anew, and not for a day");
}
