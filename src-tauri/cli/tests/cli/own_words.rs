//! What a photographer writes for one photo is kept on the record, shown, and sent exactly so.

use serde_json::{Value, json};

use crate::stage::{Said, Stage};

/// A synced stage and a photo that may go out.
async fn synced(more: &str) -> (Stage, String) {
    let stage = Stage::new().await;
    stage.write_config(more);
    stage.expect(&["sync"], 0).await;
    let listed = stage.expect(&["photos", "--state", "unpublished"], 0).await;
    let photo = listed["photos"][0]["photo_id"].as_str().expect("an id").to_owned();
    (stage, photo)
}

async fn words(stage: &Stage, arguments: &[&str]) -> Value {
    stage.expect(&[&["words"], arguments].concat(), 0).await
}

fn sentence(said: &Said) -> String {
    said.json["error"]["message"].as_str().unwrap_or_default().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_previewed_is_rehearsed_and_sent() {
    let (stage, photo) = synced("link = true\n").await;
    let long = format!("{} tide", "very ".repeat(80));
    for (number, text) in
        ["Low tide, \u{202E}as I  saw it", &long, "日本の海 🌊\n\nsecond line"].into_iter().enumerate()
    {
        let listed = stage.expect(&["photos", "--state", "unpublished"], 0).await;
        let photo = listed["photos"][0]["photo_id"].as_str().expect("an id").to_owned();
        let shown = words(&stage, &[&photo, "--caption", text, "--alt", "A pier in the rain."]).await;
        let shown = &shown["words"][0];
        assert!(
            shown["text"].as_str().is_some_and(|text| text.contains("https://")),
            "the link option counts: {shown}"
        );
        let cut = shown["weighted"].as_u64() > shown["limit"].as_u64();
        assert_eq!(cut, number == 1, "{shown}");
        let rehearsed = stage.expect(&["publish", "--dry-run", "--photo", &photo], 0).await;
        let sent = stage.expect(&["publish", "--photo", &photo], 0).await;
        for report in [&rehearsed, &sent] {
            for field in ["text", "alt_text", "cost_usd", "warnings"] {
                assert_eq!(report[field], shown[field], "{field}");
            }
        }
        assert_eq!(stage.posts().last().expect("posted")["text"], shown["text"]);
    }
    let before = words(&stage, &[&photo]).await;
    assert_eq!(before["words"][0]["written"]["caption"], "Low tide, as I saw it", "plain text is kept");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_words_are_written_once_and_the_templates_come_back() {
    let (stage, photo) = synced("").await;
    let template = words(&stage, &[&photo]).await["words"][0].clone();
    assert_eq!(template["written"], json!({"caption": null, "alt_text": null}));
    assert!(stage.log_kinds().await.is_empty(), "showing writes nothing");
    for changed in [true, false] {
        assert_eq!(words(&stage, &[&photo, "--caption", "Boats"]).await["changed"], changed);
    }
    let shown = words(&stage, &[&photo, "--target", "x", "--alt", "Three boats."]).await["words"][0].clone();
    assert_eq!((&shown["text"], &shown["alt_text"]), (&json!("Boats"), &json!("Three boats.")));
    let none = words(&stage, &[&photo, "--alt", ""]).await["words"][0].clone();
    assert_eq!((&none["alt_text"], &none["cost_usd"]), (&json!(""), &json!(0.015)), "no alt text costs nothing");
    assert_eq!(stage.log_kinds().await, ["worded", "worded", "worded"]);
    assert_eq!(words(&stage, &[&photo, "--clear"]).await["words"][0], template);
    assert_eq!(words(&stage, &[&photo, "--clear"]).await["changed"], false);
    stage.expect(&["check"], 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn words_for_one_target_leave_the_others() {
    let second = "[targets.birds]\nkind = \"x\"\nmax_text = 30\n";
    let (stage, photo) = synced(second).await;
    words(&stage, &[&photo, "--caption", "A caption that is a little longer than thirty"]).await;
    words(&stage, &[&photo, "--target", "x", "--caption", "For X"]).await;
    let shown = words(&stage, &[&photo]).await;
    let text = |at: usize| shown["words"][at]["text"].as_str().expect("text").to_owned();
    assert_eq!(shown["words"][1]["target"], "x");
    assert_eq!((text(0), text(1)), ("A caption that is a little…".to_owned(), "For X".to_owned()));
    words(&stage, &[&photo, "--caption", "For all"]).await;
    let shown = words(&stage, &[&photo]).await;
    assert!(shown["words"].as_array().is_some_and(|all| all.iter().all(|one| one["text"] == "For all")), "{shown}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_a_caption_is_refused_in_words() {
    let (stage, photo) = synced("").await;
    let long = "x".repeat(25_001);
    for (arguments, status, word) in [
        (vec!["words", &photo, "--caption", " \u{200B}\n"], 1, "can be read"),
        (vec!["words", &photo, "--alt", &long], 1, "25000"),
        (vec!["words", &photo, "--target", "y", "--alt", "z"], 2, "no target"),
        (vec!["words", "123", "--alt", "z"], 1, "no photo 123"),
        (vec!["words", &photo, "--clear", "--alt", "z"], 2, "--clear"),
    ] {
        let said = stage.run(&arguments).await;
        assert_eq!(said.status, Some(status), "{}", said.stdout);
        assert!(sentence(&said).contains(word), "{}", said.stdout);
    }
    assert!(stage.log_kinds().await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn words_outlive_the_computer() {
    let (stage, photo) = synced("").await;
    words(&stage, &[&photo, "--caption", "Written once", "--alt", "And for those who cannot see."]).await;
    let before = words(&stage, &[&photo]).await;
    std::fs::remove_file(stage.home().join("catalogue.redb")).expect("there");
    stage.expect(&["restore"], 0).await;
    assert_eq!(words(&stage, &[&photo]).await, before);
    assert_eq!(stage.expect(&["publish", "--photo", &photo], 0).await["text"], "Written once");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_attempt_that_is_sending_keeps_its_words() {
    let (stage, photo) = synced("").await;
    words(&stage, &[&photo, "--caption", "As it was frozen"]).await;
    let died = stage.run_dying(&["publish", "--photo", &photo], "publish::after_post").await;
    assert_eq!(died.status, None, "{}", died.stdout);
    words(&stage, &[&photo, "--caption", "Too late"]).await;
    stage.expect(&["recover"], 0).await;
    assert_eq!(stage.posts().len(), 1);
    let log = stage.expect(&["log"], 0).await;
    let posted = log["entries"].as_array().expect("a list").iter().find(|entry| entry["type"] == "posted");
    assert_eq!(posted.expect("posted")["text"], "As it was frozen");
    stage.expect(&["check"], 0).await;
}
