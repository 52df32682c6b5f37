//! Killed at every step, and at random: no photo posted twice, no fact lost, recovering twice is recovering once.

use std::collections::HashSet;

use rand::{Rng, SeedableRng, rngs::StdRng};
use serde_json::Value;

use crate::stage::Stage;

/// Places in the order a publication passes them, and whether a kill there leaves something only a person can know.
const PLACES: [(&str, bool); 15] = [
    ("publish::before_claim", false),
    ("publish::journal_claim", false),
    ("record::appended", false),
    ("publish::after_claim", false),
    ("publish::after_prepare", false),
    ("publish::after_upload", false),
    ("publish::before_fence", false),
    // The fence is on the record and nothing proves to another program run that nothing was sent.
    ("1*off->record::appended", true),
    ("publish::after_fence", true),
    ("publish::before_post", true),
    ("publish::after_post", false),
    ("publish::after_receipt", false),
    ("2*off->record::appended", false),
    ("publish::after_posted", false),
    ("publish::after_document", false),
];

async fn die_at(stage: &Stage, arguments: &[&str], place: &str) {
    let mut command = stage.command(arguments);
    let script = match place.split_once("->") {
        Some((skip, place)) => format!("{place}={skip}->return"),
        None => format!("{place}=return"),
    };
    command.env("FAILPOINTS", script);
    let output = command.output().await.expect("the program starts");
    assert_eq!(output.status.code(), None, "it dies at {place}: {}", String::from_utf8_lossy(&output.stdout));
}

/// Every post belongs to a Posted entry or an open review, and no photo stands behind two posts.
async fn nothing_twice_nothing_lost(stage: &Stage) {
    let log = stage.expect(&["log"], 0).await;
    let entries = log["entries"].as_array().cloned().unwrap_or_default();
    let mut photos = HashSet::new();
    let mut recorded = HashSet::new();
    for entry in entries.iter().filter(|entry| entry["type"] == "posted") {
        assert!(photos.insert(entry["photo_id"].to_string()), "photo {} is posted twice", entry["photo_id"]);
        recorded.insert(entry["post_id"].as_str().unwrap_or_default().to_owned());
    }
    let posts: HashSet<String> =
        stage.posts().iter().map(|post| post["id"].as_str().unwrap_or_default().to_owned()).collect();
    assert_eq!(posts, recorded, "the target and the record know the same posts");
    stage.expect(&["check"], 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_any_step_of_publishing_it_recovers() {
    let stage = Stage::with_photos(40).await;
    stage.expect(&["sync"], 0).await;
    for (place, unknowable) in PLACES {
        let before = stage.posts().len();
        die_at(&stage, &["publish"], place).await;
        assert!(stage.posts().len() <= before + 1, "{place}: one POST at most");
        let recovered = stage.run(&["recover"]).await;
        assert_eq!(recovered.status, Some(if unknowable { 4 } else { 0 }), "{place}: {}", recovered.stdout);
        let log = stage.log_kinds().await;
        stage.run(&["recover"]).await;
        assert_eq!(stage.log_kinds().await, log, "{place}: recovering twice is recovering once");
        if unknowable {
            let reviews = stage.expect(&["review"], 4).await;
            let id = reviews["reviews"][0]["id"].as_str().expect("an id").to_owned();
            stage.expect(&["review", &id, "--post-again"], 0).await;
        }
        nothing_twice_nothing_lost(&stage).await;
    }
    let expected = PLACES
        .iter()
        .filter(|(place, _)| {
            place.contains("post")
                || place.contains("document")
                || place.contains("receipt")
                || place.contains("fence")
                || place.contains("off->")
        })
        .count();
    assert!(stage.posts().len() >= expected - 1, "publications that got far enough are there: {}", stage.posts().len());
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_any_step_of_syncing_it_goes_on() {
    for place in ["sync::after_page", "1*off->sync::after_page", "documents::after_db", "documents::after_meta"] {
        let stage = Stage::with_photos(1200).await;
        die_at(&stage, &["sync"], place).await;
        let report = stage.expect(&["sync"], 0).await;
        assert_eq!(report["total"], 1200, "{place}");
        stage.expect(&["check"], 0).await;
        let again = stage.expect(&["sync"], 0).await;
        assert_eq!((&again["unchanged"], &again["calls"]), (&Value::Bool(true), &Value::from(1)), "{place}");
    }
}

/// `PIERROT_KILLS` sets the number; a seed that failed is printed and can be set with `PIERROT_SEED`.
#[tokio::test(flavor = "multi_thread")]
async fn killed_at_random_nothing_is_posted_twice_and_nothing_is_lost() {
    let number = |name: &str, default: u64| std::env::var(name).ok().and_then(|n| n.parse().ok()).unwrap_or(default);
    let (kills, seed) = (number("PIERROT_KILLS", 40), number("PIERROT_SEED", 20_261_124));
    let mut dice = StdRng::seed_from_u64(seed);
    let stage = Stage::with_photos(200).await;
    stage.expect(&["sync"], 0).await;
    for kill in 0..kills {
        let mut child = stage.command(&["publish"]).spawn().expect("the program starts");
        let patience = std::time::Duration::from_millis(dice.random_range(0..900));
        let ended = tokio::time::timeout(patience, child.wait()).await.is_ok();
        if !ended {
            child.kill().await.expect("it can be killed");
        }
        let recovered = stage.run(&["recover"]).await;
        assert!(
            matches!(recovered.status, Some(0 | 4)),
            "kill {kill}, seed {seed}: {} {}",
            recovered.stdout,
            recovered.stderr
        );
        for review in stage.run(&["review"]).await.json["reviews"].as_array().into_iter().flatten() {
            let id = review["id"].as_str().expect("an id");
            let answered = stage.run(&["review", id, "--skip"]).await;
            assert_eq!(answered.status, Some(0), "kill {kill}, seed {seed}: {}", answered.stdout);
        }
        nothing_twice_nothing_lost(&stage).await;
    }
}
