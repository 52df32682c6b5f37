//! The one lane of jobs: who asks for what is under way waits for its end; who asks after its end gets a new one.

use pierrot_core::{engine::Asked, run::Ending};

use crate::stage::Stage;

#[tokio::test(flavor = "multi_thread")]
async fn a_job_asked_for_again_at_once_runs_again() {
    let stage = Stage::new().await;
    let engine = stage.engine("a", "");
    let mut ids = std::collections::BTreeSet::new();
    for _ in 0..50 {
        ids.insert(engine.run(Asked::Recover).await.expect("it runs").id);
    }
    assert_eq!(ids.len(), 50, "each has its own run");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_asked_for_by_several_runs_once_and_all_hear_its_end() {
    let stage = Stage::new().await;
    let engine = stage.engine("a", "");
    let sync = || engine.run(Asked::Sync { full: true });
    let (a, b, c) = tokio::join!(sync(), sync(), sync());
    let ends = [a, b, c].map(|run| run.expect("it runs"));
    assert!(ends.iter().all(|run| run.ending == Some(Ending::Done)), "{ends:?}");
    assert_eq!(ends.map(|run| run.id), [1, 1, 1]);
}
