//! The catalogue follows Flickr through odd answers, and says so when it cannot.

use std::time::Instant;

use serde_json::{Value, json};

use crate::stage::Stage;

#[tokio::test(flavor = "multi_thread")]
async fn edits_come_in_by_one_call_and_deletions_by_a_full_pass() {
    let stage = Stage::with_photos(60).await;
    let first = stage.expect(&["sync"], 0).await;
    assert_eq!((&first["total"], &first["added"]), (&json!(60), &json!(60)));
    let same = stage.expect(&["sync"], 0).await;
    assert_eq!((&same["calls"], &same["unchanged"]), (&json!(1), &json!(true)));
    stage.control().advance_s(60);
    stage.photos(json!([{"op":"edit","id":"#1","title":"A new name"}, {"op":"add","count":2,"title":"Fresh"}]));
    let edited = stage.expect(&["sync"], 0).await;
    assert_eq!((&edited["added"], &edited["changed"], &edited["calls"]), (&json!(2), &json!(1), &json!(1)), "{edited}");
    stage.photos(json!([{"op":"delete","id":"#5"}, {"op":"delete","id":"#9"}]));
    let full = stage.expect(&["sync", "--full"], 0).await;
    assert_eq!((&full["removed"], &full["total"], &full["missing"]), (&json!(2), &json!(60), &json!(2)), "{full}");
    stage.expect(&["check"], 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn passing_trouble_is_waited_out() {
    for fault in [
        json!({"kind":"status","code":429,"times":2}),
        json!({"kind":"status","code":500,"times":2}),
        json!({"kind":"truncate_json","times":2}),
        json!({"kind":"trailing_comma","times":1}),
        json!({"kind":"flickr_unavailable","times":2}),
        json!({"kind":"flickr_unavailable","trailing_comma":true,"times":1}),
        json!({"kind":"html","code":200,"times":1}),
        json!({"kind":"drop_before","times":2}),
        json!({"path":"getPhotos","kind":"total_lies","delta":7,"times":0}),
        json!({"path":"getPhotos","kind":"pages_lie","delta":3,"times":0}),
        json!({"path":"getPhotos","kind":"totals_as_strings","times":0}),
    ] {
        let stage = Stage::with_photos(30).await;
        let mut fault = fault;
        fault["server"] = "flickr".into();
        stage.faults(fault.clone());
        let said = stage.run(&["sync"]).await;
        assert_eq!(
            (said.status, &said.json["total"]),
            (Some(0), &json!(30)),
            "{fault}: {} {}",
            said.stdout,
            said.stderr
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deletion_during_the_walk_hides_no_photo() {
    let stage = Stage::with_photos(1600).await;
    let change = json!([{"op":"delete","id":"#1"}]);
    stage.faults(json!({"server":"flickr","path":"people.getPhotos","after":1,"kind":"library","changes":change}));
    let report = stage.expect(&["sync"], 0).await;
    let again = stage.expect(&["sync", "--full"], 0).await;
    assert_eq!((&again["total"], &again["added"]), (&json!(1599), &json!(0)), "first {report}, then {again}");
}

#[tokio::test(flavor = "multi_thread")]
async fn lasting_trouble_ends_soon_and_says_why() {
    let table = [
        (json!({"kind":"drop_before","times":0}), 5, 40),
        (json!({"kind":"flickr_fail","code":98,"message":"Login failed / Invalid auth token","times":0}), 3, 4),
        (json!({"kind":"flickr_fail","code":99,"message":"Insufficient permissions","times":0}), 3, 4),
        (json!({"kind":"flickr_fail","code":100,"message":"Invalid API Key (Key has expired)","times":0}), 3, 4),
        (json!({"kind":"unauthorized","times":0}), 3, 4),
    ];
    for (fault, status, calls_max) in table {
        let stage = Stage::with_photos(20).await;
        let mut fault = fault;
        fault["server"] = "flickr".into();
        stage.faults(fault.clone());
        let started = Instant::now();
        let said = stage.run(&["sync"]).await;
        assert_eq!(said.status, Some(status), "{fault}: {}", said.stdout);
        assert!(said.json["error"]["what_now"].as_str().is_some_and(|now| now.len() > 10), "{}", said.stdout);
        assert!(stage.flickr_calls() <= calls_max && stage.flickr_calls() > 0, "{fault}: {}", stage.flickr_calls());
        assert!(started.elapsed().as_secs() < 300, "{fault}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_api_key_alone_sees_what_is_public() {
    let stage = Stage::with_photos(60).await;
    let nsid = stage.sandbox.described().flickr.user_nsid.clone();
    stage.write_config("");
    let config = stage.config("").replace("[flickr]\n", &format!("[flickr]\nuser = \"{nsid}\"\n"));
    std::fs::write(stage.home().join("config.toml"), config).expect("the home is writable");
    let run = |arguments: &'static [&'static str]| {
        let mut command = stage.command(arguments);
        for name in ["API_SECRET", "TOKEN", "TOKEN_SECRET"] {
            command.env_remove(format!("PIERROT_SECRET_FLICKR_{name}"));
        }
        async move {
            let output = command.output().await.expect("it runs");
            (output.status.code(), serde_json::from_slice::<Value>(&output.stdout).unwrap_or_default())
        }
    };
    let (status, first) = run(&["sync"]).await;
    assert_eq!(status, Some(0), "{first}");
    assert!(first["total"].as_u64().is_some_and(|total| total > 40 && total < 60), "{first}");
    let (_, again) = run(&["sync"]).await;
    assert_eq!((&again["calls"], &again["unchanged"]), (&json!(1), &json!(true)), "{again}");
    let (status, published) = run(&["publish"]).await;
    assert_eq!(status, Some(0), "{published}");
}

#[tokio::test(flavor = "multi_thread")]
async fn odd_rows_are_kept_and_never_picked() {
    let stage = Stage::with_photos(10).await;
    stage.photos(json!([{"op":"specials"}]));
    let report = stage.expect(&["sync"], 0).await;
    assert!(report["total"].as_u64().is_some_and(|total| total > 15), "{report}");
    let held = stage.expect(&["photos", "--state", "held", "--limit", "100"], 0).await;
    let reasons = held.to_string();
    assert!(reasons.contains("video") && reasons.contains("processing"), "{reasons}");
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_any_step_of_syncing_it_goes_on() {
    for place in ["sync::after_page", "1*off->sync::after_page", "documents::after_db", "documents::after_meta"] {
        let stage = Stage::with_photos(1200).await;
        let died = stage.run_dying(&["sync"], place).await;
        assert_eq!(died.status, None, "it dies at {place}: {}", died.stdout);
        let report = stage.expect(&["sync"], 0).await;
        assert_eq!(report["total"], 1200, "{place}");
        stage.expect(&["check"], 0).await;
        let again = stage.expect(&["sync"], 0).await;
        assert_eq!((&again["unchanged"], &again["calls"]), (&Value::Bool(true), &Value::from(1)), "{place}");
    }
}
