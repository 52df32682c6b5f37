//! A record that was put back to an earlier state while Pierrot runs: noticed before anything is sent.

use std::path::Path;

use pierrot_core::{
    Choice,
    engine::{Asked, Engine},
    run::{Ending, Run},
};

use crate::stage::Stage;

async fn publish(engine: &Engine) -> Run {
    engine.run(Asked::Publish(Choice::default())).await.expect("it runs")
}

fn newest(log: &Path) -> std::path::PathBuf {
    let entries = std::fs::read_dir(log).expect("a log").map(|entry| entry.expect("an entry").path());
    entries.filter(|path| path.extension().is_some_and(|end| end == "json")).max().expect("entries")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_rolled_back_under_a_running_pierrot_stops_it() {
    let stage = Stage::new().await;
    let engine = stage.engine("a", "");
    let run = engine.run(Asked::Sync { full: false }).await.expect("it runs");
    assert_eq!(run.ending, Some(Ending::Done), "{run:?}");
    assert_eq!(publish(&engine).await.ending, Some(Ending::Done));
    let log = stage.home("a").join("record/wal");
    let (lost, kept) = (newest(&log), stage.home("newest"));
    std::fs::rename(&lost, &kept).expect("movable");
    let before = std::fs::read_dir(&log).expect("a log").count();

    let refused = publish(&engine).await;
    assert_eq!(refused.ending, Some(Ending::NeedsYou), "{refused:?}");
    assert!(refused.summary.contains("lost entries"), "{refused:?}");
    assert_eq!(stage.control().state()["posts"].as_array().map(Vec::len), Some(1), "nothing is sent");
    assert_eq!(std::fs::read_dir(&log).expect("a log").count(), before, "nothing is written");

    std::fs::rename(&kept, &lost).expect("movable");
    assert_eq!(publish(&engine).await.ending, Some(Ending::Done), "as it was, it goes on");
}
