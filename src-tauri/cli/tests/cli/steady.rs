//! What happens after trouble that is nobody's fault: late timelines, lost uploads, records that changed, pictures replaced.

use std::fs;

use serde_json::{Value, json};

use crate::stage::Stage;

async fn synced() -> Stage {
    let stage = Stage::new().await;
    stage.expect(&["sync"], 0).await;
    stage
}

async fn unpublished(stage: &Stage) -> Vec<String> {
    let listed = stage.expect(&["photos", "--state", "unpublished", "--limit", "1000"], 0).await;
    let rows = listed["photos"].as_array().cloned().unwrap_or_default();
    rows.iter().filter_map(|row| row["photo_id"].as_str().map(str::to_owned)).collect()
}

fn document(stage: &Stage, name: &str) -> Value {
    serde_json::from_slice(&fs::read(stage.record().join(name)).expect(name)).expect(name)
}

/// Answers a request of X with these words; `times` 0 is for ever.
fn answer(stage: &Stage, method: &str, path: &str, (code, times): (u16, u64), body: Value) {
    stage
        .faults(json!({"server":"x","method":method,"path":path,"kind":"status","code":code,"times":times,"body":body,
        "id":format!("{method} {path} {code}")}));
}

fn lost_media() -> Value {
    json!({"errors":[{"parameters":{"media.media_ids":["1"]},"message":"Your media IDs are invalid."}],
        "title":"Invalid Request","detail":"One or more parameters to your request was invalid.",
        "type":"https://api.twitter.com/2/problems/invalid-request"})
}

#[tokio::test(flavor = "multi_thread")]
async fn the_documents_know_what_a_publication_learned() {
    let stage = synced().await;
    let ids = unpublished(&stage).await;
    stage.photos(json!([{"op":"edit","id":ids[0],"title":"Low tide at the pier"}]));
    let said = stage.expect(&["publish", "--photo", &ids[0]], 0).await;
    assert_eq!(said["text"], "Low tide at the pier");
    stage.expect(&["check"], 0).await;
    assert_eq!(document(&stage, "pierrot-db.json")[&ids[0]]["title"], "Low tide at the pier");
    // Killed before it could write them: the next plain sync does, with one call.
    stage.photos(json!([{"op":"edit","id":ids[1],"title":"Lamp light in the rain"}]));
    let died = stage.run_dying(&["publish", "--photo", &ids[1]], "publish::after_posted").await;
    assert_eq!(died.status, None, "{}", died.stdout);
    let synced = stage.expect(&["sync"], 0).await;
    assert_eq!(synced["calls"], 1, "{synced}");
    stage.expect(&["check"], 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_first_publication_that_failed_leaves_a_clean_record() {
    let stage = synced().await;
    stage.faults(json!({"server":"x","method":"POST","path":"/2/tweets","kind":"credits"}));
    stage.expect(&["publish"], 4).await;
    stage.expect(&["check"], 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_post_that_shows_up_late_settles_its_review() {
    for settle in [&["recover"][..], &["publish"]] {
        let stage = synced().await;
        stage.faults(json!({"server":"x","method":"POST","path":"/2/tweets","kind":"delay_effect","ms":60_000}));
        let asked = stage.expect(&["publish"], 4).await;
        // Still not visible: one look, nothing written.
        let (before, looks) = (stage.log_kinds().await.len(), timeline_reads(&stage));
        stage.expect(&["recover"], 4).await;
        assert_eq!((stage.log_kinds().await.len(), timeline_reads(&stage)), (before, looks + 1));
        stage.control().advance_s(120);
        stage.expect(settle, 0).await;
        stage.expect(&["review"], 0).await;
        let photo = asked["photo_id"].as_str().expect("an id");
        let log = stage.expect(&["log"], 0).await;
        let posted = log["entries"].as_array().cloned().unwrap_or_default();
        assert!(posted.iter().any(|entry| entry["type"] == "posted" && entry["photo_id"] == photo), "{log}");
        let settled = stage.log_kinds().await.len();
        stage.expect(&["recover"], 0).await;
        assert_eq!(stage.log_kinds().await.len(), settled, "recovering twice is recovering once");
        stage.expect(&["check"], 0).await;
        assert_eq!(stage.posts().len(), if settle == ["recover"] { 1 } else { 2 });
    }
}

fn timeline_reads(stage: &Stage) -> u64 {
    let calls = stage.control().state()["log"]["calls"].as_object().cloned().unwrap_or_default();
    let reads = calls.iter().filter(|(what, _)| what.starts_with("GET /2/users/") && what.ends_with("/tweets"));
    reads.filter_map(|(_, count)| count.as_u64()).sum()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_that_x_refuses_is_a_matter_of_the_picture() {
    let stage = synced().await;
    let free = unpublished(&stage).await.len();
    for code in [400, 413, 415] {
        answer(
            &stage,
            "POST",
            "/2/media/upload",
            (code, 0),
            json!({"errors":[{"message":"media type unrecognized."}]}),
        );
        let said = stage.expect(&["publish"], 4).await;
        let (message, now) = (&said["error"]["message"], said["error"]["what_now"].as_str().unwrap_or_default());
        assert!(message.as_str().is_some_and(|said| said.contains("picture")), "{said}");
        assert!(now.contains("file") && !now.contains("title"), "{said}");
        stage.control().clear_faults();
    }
    assert_eq!(unpublished(&stage).await.len(), free, "no photo is closed for it");
    answer(&stage, "POST", "/2/media/upload", (404, 0), json!({}));
    stage.expect(&["publish"], 5).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_upload_is_made_anew_once() {
    let stage = synced().await;
    answer(&stage, "POST", "/2/tweets", (400, 1), lost_media());
    stage.expect(&["publish"], 0).await;
    let kinds = stage.log_kinds().await;
    assert_eq!(kinds, ["claimed", "sending", "released", "claimed", "sending", "posted"]);
    assert_eq!((stage.requests("POST /2/media/upload"), stage.posts().len()), (2, 1));
    // For ever: three photos are tried twice each, and none is closed.
    let free = unpublished(&stage).await;
    answer(&stage, "POST", "/2/tweets", (400, 0), lost_media());
    let asked = stage.requests("POST /2/tweets");
    stage.expect(&["publish"], 4).await;
    assert_eq!(stage.requests("POST /2/tweets"), asked + 6);
    stage.control().clear_faults();
    assert_eq!(unpublished(&stage).await, free);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_is_gone_is_no_fault_of_the_photo() {
    let stage = synced().await;
    let free = unpublished(&stage).await;
    answer(&stage, "POST", "/2/tweets", (404, 1), json!({"title":"Not Found"}));
    let said = stage.expect(&["publish"], 5).await;
    assert!(said["error"]["what_now"].as_str().is_some_and(|now| now.contains("api_url")), "{said}");
    assert_eq!(unpublished(&stage).await, free);
    stage.expect(&["publish"], 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_x_still_works_on_is_waited_for() {
    let upload = |state: &str| {
        json!({"data":{"id":"19","media_key":"3_19","processing_info":{"state":state,"check_after_secs":1,
            "error":{"message":"it is no picture"}}}})
    };
    let stage = synced().await;
    answer(&stage, "POST", "/2/media/upload", (200, 1), upload("pending"));
    answer(&stage, "GET", "/2/media/upload", (200, 1), upload("succeeded"));
    // The sandbox does not know that upload, so the photo goes out with a fresh one.
    stage.expect(&["publish"], 0).await;
    assert_eq!((stage.requests("GET /2/media/upload"), stage.requests("POST /2/tweets")), (1, 2));
    answer(&stage, "POST", "/2/media/upload", (200, 0), upload("failed"));
    let said = stage.expect(&["publish"], 4).await;
    assert!(said["error"]["message"].as_str().is_some_and(|said| said.contains("it is no picture")), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_photo_goes_out_although_its_picture_was_replaced() {
    let stage = Stage::with_photos(6).await;
    stage.expect(&["sync"], 0).await;
    let ids = unpublished(&stage).await;
    for id in &ids[1..] {
        stage.expect(&["exclude", id], 0).await;
    }
    stage.photos(json!([{"op":"replace","id":ids[0]}]));
    let said = stage.expect(&["publish"], 0).await;
    assert_eq!(said["photo_id"], ids[0]);
    assert_eq!(stage.log_kinds().await.iter().filter(|kind| *kind == "claimed").count(), 2);
    stage.expect(&["publish"], 6).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_that_is_not_what_it_was_needs_a_person() {
    let stage = synced().await;
    stage.expect(&["publish"], 0).await;
    let last = stage.record().join("wal/00000000000000000003.json");
    let bytes = fs::read(&last).expect("the receipt");
    fs::remove_file(&last).expect("it is there");
    for command in ["recover", "publish"] {
        let said = stage.expect(&[command], 4).await;
        assert!(said["error"]["message"].as_str().is_some_and(|said| said.contains("record")), "{said}");
    }
    fs::write(&last, &bytes).expect("writable");
    stage.expect(&["recover"], 0).await;
    // A file where the folder should be.
    let aside = stage.folder().join("aside");
    fs::rename(stage.record(), &aside).expect("it moves");
    fs::write(stage.record(), "a file").expect("writable");
    for command in ["publish", "recover"] {
        let said = stage.expect(&[command], 5).await;
        assert!(said["error"]["message"].as_str().is_some_and(|said| said.contains("is a file")), "{said}");
    }
    assert_eq!(stage.posts().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_else_stands_in_an_imported_meta_document_is_kept() {
    let stage = synced().await;
    let folder = stage.folder().join("old");
    fs::create_dir(&folder).expect("new");
    let mark = |value: &Value| [b"\xEF\xBB\xBF".as_slice(), value.to_string().as_bytes()].concat();
    let row = json!({"id":"123456","title":"Old","pierrot_wal_timestamp":"2024-03-12 09:00:00.000001"});
    for (name, value) in [
        ("pierrot-db.json", json!({})),
        ("pierrot-wal.json", json!({"123456": row})),
        ("pierrot-meta.json", json!({"photos": 7, "its_own": {"kept": [1]}})),
    ] {
        fs::write(folder.join(name), mark(&value)).expect("writable");
    }
    let imported = stage.expect(&["import-record", &folder.display().to_string()], 0).await;
    assert_eq!(imported["published"], 1, "a byte order mark is no damage: {imported}");
    assert_eq!(document(&stage, "pierrot-meta.json")["its_own"], json!({"kept": [1]}));
    stage.expect(&["check"], 0).await;
    fs::remove_file(stage.record().join("pierrot-meta.json")).expect("it is there");
    stage.expect(&["check", "--repair"], 0).await;
    assert_eq!(document(&stage, "pierrot-meta.json")["its_own"], json!({"kept": [1]}), "a repair keeps it too");
}
