//! Copies: of a home, of a record, of a bucket. Each would let the same photo go once more.

use std::{fs, path::Path};

use serde_json::{Value, json};

use crate::stage::{Stage, copy};

/// Runs the program on another home of the stage.
async fn at(stage: &Stage, home: &Path, arguments: &[&str]) -> (Option<i32>, String) {
    let output = stage.command_at(home, arguments).output().await.expect("it runs");
    (output.status.code(), String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Publishing, and all that writes to the record, is refused with both places named, and nothing goes out.
async fn stopped(stage: &Stage, home: &Path, places: [&str; 2]) {
    let posts = stage.posts().len();
    for arguments in [&["publish"][..], &["recover"], &["restore"]] {
        let (status, said) = at(stage, home, arguments).await;
        assert_eq!(status, Some(4), "{arguments:?}: {said}");
        assert!(places.iter().all(|place| said.contains(place)) && said.contains("check --repair"), "{said}");
    }
    let (status, said) = at(stage, home, &["check"]).await;
    assert!(status == Some(1) && places.iter().all(|place| said.contains(place)), "{said}");
    assert_eq!(stage.posts().len(), posts);
}

async fn goes_on(stage: &Stage, home: &Path) {
    let posts = stage.posts().len();
    for arguments in [&["check", "--repair"][..], &["check"], &["publish"]] {
        let (status, said) = at(stage, home, arguments).await;
        assert_eq!(status, Some(0), "{arguments:?}: {said}");
    }
    assert_eq!(stage.posts().len(), posts + 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copied_home_does_not_go_on_with_a_copy_of_the_record() {
    let stage = Stage::new().await;
    stage.expect(&["sync"], 0).await;
    stage.expect(&["publish"], 0).await;
    // The embedded record comes along with its home.
    let twin = stage.folder().join("twin");
    copy(&stage.home(), &twin);
    stopped(&stage, &twin, ["home/record", "twin/record"]).await;
    let (_, said) = at(&stage, &twin, &["doctor"]).await;
    assert!(said.contains("twin/record") && said.contains("check --repair"), "{said}");
    // The one that was copied knows nothing of it.
    stage.expect(&["publish"], 0).await;
    goes_on(&stage, &twin).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_that_was_copied_elsewhere_is_gone_on_with_by_a_persons_word_only() {
    let stage = Stage::new().await;
    let at = |name: &str| stage.folder().join(name);
    let config = |name: &str| format!("\n[record]\nkind = \"folder\"\npath = \"{}\"\n", at(name).display());
    stage.write_config(&config("disk"));
    stage.expect(&["sync"], 0).await;
    stage.expect(&["publish"], 0).await;
    copy(&at("disk"), &at("moved"));
    stage.write_config(&config("moved"));
    stopped(&stage, &stage.home(), ["/disk", "/moved"]).await;
    // Back at the first place nothing has to be said, and another spelling of it is the same.
    stage.write_config(&config("disk/../disk/."));
    stage.expect(&["publish"], 0).await;
    // The copy is behind now: what it lacks is put back with the word that the record was moved.
    stage.write_config(&config("moved"));
    stopped(&stage, &stage.home(), ["/disk", "/moved"]).await;
    goes_on(&stage, &stage.home()).await;
    // A record of somebody else does not become ours by a repair.
    let foreign = Stage::new().await;
    foreign.expect(&["sync"], 0).await;
    for _ in 0..4 {
        foreign.expect(&["publish"], 0).await;
    }
    copy(&foreign.record(), &at("foreign"));
    stage.write_config(&config("foreign"));
    stage.expect(&["check", "--repair"], 1).await;
    stopped(&stage, &stage.home(), ["/moved", "/foreign"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_is_a_record_that_can_be_gone_on_from() {
    let stage = Stage::new().await;
    stage.expect(&["sync"], 0).await;
    stage.expect(&["publish"], 0).await;
    let backup = stage.expect(&["backup"], 0).await;
    assert_eq!((&backup["entries"], &backup["photos"]), (&json!(3), &json!(20)), "{backup}");
    let folder = std::path::PathBuf::from(backup["folder"].as_str().expect("a path"));
    assert_eq!(fs::read(folder.join("config.toml")).ok(), fs::read(stage.home().join("config.toml")).ok());
    // The computer is lost, and its record with it.
    let newcomer = stage.folder().join("newcomer");
    copy(&folder, &newcomer.join("record"));
    fs::write(newcomer.join("config.toml"), stage.config("")).expect("writable");
    stopped(&stage, &newcomer, ["home/record", "newcomer/record"]).await;
    let (status, said) = at(&stage, &newcomer, &["check", "--repair"]).await;
    assert_eq!(status, Some(0), "{said}");
    let (status, said) = at(&stage, &newcomer, &["restore"]).await;
    let restored: Value = serde_json::from_str(&said).expect("JSON");
    assert_eq!((status, &restored["published"], &restored["total"]), (Some(0), &json!(1), &json!(20)), "{said}");
    goes_on(&stage, &newcomer).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_computer_asks_before_it_uses_a_copied_bucket() {
    let stage = Stage::new().await;
    stage.expect(&["sync"], 0).await;
    stage.expect(&["publish"], 0).await;
    let meta = stage.record().join("pierrot-meta.json");
    let mut fields: Value = serde_json::from_slice(&fs::read(&meta).expect("there")).expect("JSON");
    assert!(fields.get("pierrot_record").is_none(), "a folder has another path on every computer");
    fields["pierrot_record"] = json!("s3://photos/pierrot");
    fs::write(&meta, fields.to_string()).expect("writable");
    stage.expect(&["publish"], 0).await;
    let newcomer = stage.folder().join("newcomer");
    fs::create_dir(&newcomer).expect("new");
    let record = format!("\n[record]\nkind = \"folder\"\npath = \"{}\"\n", stage.record().display());
    fs::write(newcomer.join("config.toml"), stage.config(&record)).expect("writable");
    let (status, said) = at(&stage, &newcomer, &["sync"]).await;
    assert_eq!(status, Some(4), "{said}");
    stopped(&stage, &newcomer, ["s3://photos/pierrot", "home/record"]).await;
    goes_on(&stage, &newcomer).await;
    let fields: Value = serde_json::from_slice(&fs::read(&meta).expect("there")).expect("JSON");
    assert!(fields.get("pierrot_record").is_none(), "{fields}");
}
