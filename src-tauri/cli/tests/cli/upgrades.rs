//! Homes and records of every earlier version open for ever; those of a later one are refused and left as they are.
//!
//! `tests/homes` has one of each as the version itself wrote it. A new version adds its own and changes none.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::{Value, json};

use crate::stage::Stage;

fn kept(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/homes").join(name)
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("writable");
    for entry in fs::read_dir(from).expect("readable").flatten() {
        let to = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &to)
        } else {
            fs::copy(entry.path(), to).map(drop).expect("copied")
        }
    }
}

/// The stage's home becomes the one that was kept, on this stage's servers.
fn move_in(stage: &Stage, name: &str) {
    fs::remove_dir_all(stage.home()).expect("it is there");
    copy(&kept(name), &stage.home());
    let config = stage.home().join("config.toml");
    match fs::read_to_string(&config) {
        Ok(text) => {
            let at = stage.sandbox.described();
            let text = text.replace("{flickr.api_url}", &at.flickr.api_url).replace("{x.api_url}", &at.x.api_url);
            fs::write(&config, text.replace("{flickr.oauth_url}", &at.flickr.oauth_url)).expect("writable");
        }
        Err(_) => stage.write_config(""),
    }
    let packed = stage.home().join("catalogue.redb.gz");
    if packed.exists() {
        let unpacked = Command::new("gzip").arg("-d").arg(&packed).status();
        assert!(unpacked.is_ok_and(|done| done.success()), "gzip unpacks it");
    }
}

/// Every file of a home with its bytes; the lock says who runs.
fn everything(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let (mut found, mut folders) = (BTreeMap::new(), vec![folder.to_owned()]);
    while let Some(folder) = folders.pop() {
        for path in fs::read_dir(folder).expect("readable").flatten().map(|entry| entry.path()) {
            if path.is_dir() {
                folders.push(path);
            } else if path.file_name().is_some_and(|name| name != "lock") {
                let bytes = fs::read(&path).expect("readable");
                found.insert(path, bytes);
            }
        }
    }
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn a_home_with_the_first_catalogue_opens_and_its_file_is_copied_before_it_changes() {
    let stage = Stage::with_photos(6).await;
    move_in(&stage, "catalogue-1");
    let before = everything(&stage.home());
    let status = stage.expect(&["status"], 0).await;
    let target = &status["targets"][0];
    assert_eq!(
        (
            &status["total"],
            &status["excluded"],
            &target["published"],
            &target["in_progress"],
            &status["record"]["entries"]
        ),
        (&json!(6), &json!(1), &json!(1), &json!(1), &json!(7)),
        "{status}"
    );
    let copy = stage.home().join("catalogue.redb.version-1");
    assert_eq!(fs::read(&copy).ok().as_ref(), before.get(&stage.home().join("catalogue.redb")), "byte for byte");
    let after = everything(&stage.home());
    for (path, bytes) in before.iter().filter(|(path, _)| !path.ends_with("catalogue.redb")) {
        assert_eq!(after.get(path), Some(bytes), "{} is left alone", path.display());
    }
    // It goes on where it was: one post was on its way, and this X never saw it.
    let said = stage.run(&["recover"]).await;
    assert_eq!(said.status, Some(4), "{}", said.stdout);
    stage.expect(&["sync"], 0).await;
    stage.expect(&["publish"], 0).await;
    stage.expect(&["check"], 0).await;
    assert_eq!(stage.posts().len(), 1, "neither the published photo nor the one in doubt went out");
    // The copy opens as well, should somebody need it.
    fs::copy(&copy, stage.home().join("catalogue.redb")).expect("writable");
    assert_eq!(stage.expect(&["status"], 0).await["total"], 6);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crash_while_the_catalogue_is_brought_up_leaves_one_that_opens() {
    let stage = Stage::with_photos(6).await;
    for left in ["catalogue.redb.copying", "catalogue.redb.version-1"] {
        move_in(&stage, "catalogue-1");
        let whole = fs::read(stage.home().join("catalogue.redb")).expect("unpacked");
        fs::write(stage.home().join(left), &whole[..5_000]).expect("writable");
        assert_eq!(stage.expect(&["status"], 0).await["total"], 6);
        assert_eq!(fs::read(stage.home().join("catalogue.redb.version-1")).ok(), Some(whole), "the copy is whole");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_of_the_first_pierrot_is_taken_over_and_kept() {
    let stage = Stage::with_photos(6).await;
    move_in(&stage, "first-pierrot");
    let old = everything(&stage.record());
    stage.expect(&["sync"], 0).await;
    let sealed = everything(&stage.record().join("imported"));
    for (path, bytes) in &old {
        assert!(sealed.values().any(|kept| kept == bytes), "{} is kept as it was", path.display());
    }
    let published = stage.expect(&["photos", "--state", "published"], 0).await;
    assert_eq!(published["photos"].as_array().map(Vec::len), Some(2), "{published}");
    for _ in 0..6 {
        stage.run(&["publish"]).await;
    }
    let read =
        |name: &str| serde_json::from_slice::<Value>(&fs::read(stage.record().join(name)).expect(name)).expect(name);
    let wal = read("pierrot-wal.json");
    assert_eq!(wal["52000000071"]["title"], "Fog ~ first light");
    assert_eq!(wal["52000000071"]["pierrot_wal_timestamp"], "2024-03-12 09:00:00.000001");
    assert!(wal["52000000071"].get("pierrot_posts").is_none(), "nothing of it went out again");
    assert_eq!(read("pierrot-meta.json")["last_run"], "2024-03-12");
    stage.expect(&["check"], 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_catalogue_of_a_later_version_is_refused_and_left_as_it_is() {
    let stage = Stage::with_photos(6).await;
    stage.expect(&["sync"], 0).await;
    pierrot_core::catalogue::Catalogue::open(&stage.home().join("catalogue.redb"))
        .and_then(|catalogue| catalogue.pretend_version(3))
        .expect("it opens");
    let before = everything(&stage.home());
    for command in [&["status"][..], &["sync"], &["publish"], &["restore"], &["check", "--repair"]] {
        let said = stage.run(command).await;
        let error = said.json["error"].clone();
        assert_eq!(error["code"], "newer_version_needed", "{command:?}: {}", said.stdout);
        assert!(error["message"].as_str().is_some_and(|said| said.contains("version 3")), "{error}");
        assert!(error["what_now"].as_str().is_some_and(|now| now.contains("Update Pierrot")), "{error}");
    }
    let doctor = stage.run(&["doctor"]).await;
    assert!(doctor.stdout.contains("Update Pierrot"), "{}", doctor.stdout);
    let after = everything(&stage.home());
    assert_eq!(before.keys().collect::<Vec<_>>(), after.keys().collect::<Vec<_>>(), "no file came or went");
    for (path, bytes) in &before {
        assert!(after.get(path) == Some(bytes), "{} was written to", path.display());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_of_a_later_version_is_refused_and_left_as_it_is() {
    let stage = Stage::with_photos(6).await;
    for (version, kind) in [(2, "claimed"), (1, "danced")] {
        move_in(&stage, "catalogue-1");
        stage.expect(&["status"], 0).await;
        let entry = json!({"v": version, "seq": 8, "type": kind, "at": "2030-01-01T00:00:00Z"});
        fs::write(stage.record().join("wal/00000000000000000008.json"), entry.to_string()).expect("writable");
        let before = everything(&stage.record());
        for command in [&["publish"][..], &["recover"], &["exclude", "52000000071"]] {
            let said = stage.run(command).await;
            assert_eq!(said.json["error"]["code"], "newer_version_needed", "{command:?}: {}", said.stdout);
            assert!(said.stdout.contains("Update Pierrot"), "{}", said.stdout);
        }
        assert_eq!(everything(&stage.record()), before);
        assert_eq!(stage.posts().len(), 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_of_the_first_version_are_read() {
    let stage = Stage::with_photos(6).await;
    move_in(&stage, "catalogue-1");
    assert!(fs::read_to_string(stage.home().join("config.toml")).is_ok_and(|text| text.contains("digest = true")));
    stage.expect(&["status"], 0).await;
}
