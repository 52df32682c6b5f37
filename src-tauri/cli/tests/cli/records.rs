//! The official record: taken over, checked, mended, restored, shared, and sometimes away.

use std::{fs, path::Path};

use serde_json::{Value, json};

use crate::stage::{Stage, copy};

fn document(stage: &Stage, name: &str) -> Value {
    serde_json::from_slice(&fs::read(stage.record().join(name)).expect(name)).expect(name)
}

fn sha256(path: &Path) -> String {
    pierrot_core::catalogue::sha256_hex(&fs::read(path).expect("readable"))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_documents_stay_readable_by_the_first_pierrot() {
    let stage = Stage::new().await;
    stage.expect(&["sync"], 0).await;
    let db = document(&stage, "pierrot-db.json");
    let fields = [
        "id",
        "title",
        "is_public",
        "original_width",
        "original_height",
        "original_format",
        "tags",
        "url",
        "width",
        "height",
        "owner",
        "owner_alias",
        "pierrot_timestamp",
    ];
    for row in db.as_object().expect("by id").values() {
        for field in fields {
            assert!(row.get(field).is_some(), "{field} in {row}");
        }
    }
    let meta = document(&stage, "pierrot-meta.json");
    assert_eq!(meta["photos"], 20);
    assert_eq!(meta["pierrot_db_sha256"], sha256(&stage.record().join("pierrot-db.json")));
    assert!(db.get("_pierrot").is_none() && meta.get("_pierrot").is_none());
}

fn first_pierrot(folder: &Path, photos: &[&str], published: &[&str]) {
    let row = |id: &str| {
        json!({"id": id, "title": "DSC_5116", "is_public": true, "original_width": "3936", "original_height": "2624",
            "original_format": "jpg", "tags": ["nikon"], "url": null, "width": null, "height": null, "owner": "akira",
            "owner_alias": "akira", "pierrot_timestamp": "2024-03-11 17:48:30.291404", "its_own": {"kept": [1, 2]}})
    };
    let db: serde_json::Map<String, Value> = photos.iter().map(|id| ((*id).to_owned(), row(id))).collect();
    let wal: serde_json::Map<String, Value> = published
        .iter()
        .map(|id| {
            let mut row = row(id);
            row["pierrot_wal_timestamp"] = "2024-03-12 09:00:00.000001".into();
            ((*id).to_owned(), row)
        })
        .collect();
    fs::create_dir_all(folder).expect("a folder");
    for (name, value) in [
        ("pierrot-db.json", Value::Object(db)),
        ("pierrot-wal.json", Value::Object(wal)),
        ("pierrot-meta.json", json!({"photos": photos.len()})),
    ] {
        fs::write(folder.join(name), serde_json::to_vec(&value).expect("JSON")).expect("writable");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_first_pierrot_published_is_never_posted_again() {
    for die_at in [None, Some("import::after_seal"), Some("import::after_entry")] {
        let stage = Stage::with_photos(5).await;
        let listed = {
            stage.expect(&["sync"], 0).await;
            stage.expect(&["photos", "--limit", "100"], 0).await
        };
        let ids: Vec<String> = listed["photos"]
            .as_array()
            .expect("a list")
            .iter()
            .filter_map(|p| p["photo_id"].as_str().map(str::to_owned))
            .collect();
        let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
        // A home that starts on a record of the first Pierrot.
        fs::remove_dir_all(stage.home()).expect("it is there");
        fs::create_dir(stage.home()).expect("new");
        stage.write_config("");
        first_pierrot(&stage.record(), &ids, &ids[..4]);
        let old_wal = fs::read(stage.record().join("pierrot-wal.json")).expect("written");
        if let Some(place) = die_at {
            let died = stage.run_dying(&["sync"], place).await;
            assert_eq!(died.status, None, "{place}: {}", died.stdout);
        }
        stage.expect(&["sync"], 0).await;
        for _ in 0..6 {
            stage.run(&["publish"]).await;
        }
        assert!(stage.posts().len() <= 1, "four of five were published before");
        let wal = document(&stage, "pierrot-wal.json");
        for id in &ids[..4] {
            assert_eq!(wal[id]["its_own"]["kept"], json!([1, 2]), "unknown fields survive");
            assert_eq!(wal[id]["pierrot_wal_timestamp"], "2024-03-12 09:00:00.000001");
        }
        assert_eq!(document(&stage, "pierrot-db.json")[ids[4]]["its_own"]["kept"], json!([1, 2]));
        let sealed: Vec<Vec<u8>> = fs::read_dir(stage.record().join("imported"))
            .expect("sealed copies")
            .flatten()
            .map(|entry| fs::read(entry.path()).expect("readable"))
            .collect();
        assert!(sealed.contains(&old_wal), "the original is kept as it was");
        stage.expect(&["check"], 0).await;
        let published = stage.expect(&["photos", "--state", "published"], 0).await;
        assert!(published["photos"].as_array().expect("a list").len() >= 4);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn import_from_a_folder_counts_as_published_and_may_be_repeated() {
    let stage = Stage::with_photos(5).await;
    let old = stage.folder().join("old");
    first_pierrot(&old, &["53572261016", "53572261017"], &["53572261016"]);
    let folder = old.to_str().expect("plain").to_owned();
    let imported = stage.expect(&["import-record", &folder], 0).await;
    assert_eq!((&imported["photos"], &imported["published"]), (&json!(2), &json!(1)));
    let kinds = stage.log_kinds().await;
    let again = stage.expect(&["import-record", &folder], 0).await;
    assert_eq!((&again["photos"], &again["published"]), (&json!(0), &json!(0)));
    assert_eq!(stage.log_kinds().await, kinds);
    stage.expect(&["check"], 0).await;
}

/// A document's name, and what happens to it.
type Damage<'a> = (&'a str, &'a dyn Fn(&Path));

#[tokio::test(flavor = "multi_thread")]
async fn damage_is_named_and_mended() {
    let stage = Stage::new().await;
    stage.expect(&["sync"], 0).await;
    stage.expect(&["publish"], 0).await;
    let damages: [Damage<'_>; 6] = [
        ("pierrot-db.json", &|path| fs::remove_file(path).expect("there")),
        ("pierrot-db.json", &|path| fs::write(path, b"{\"broken").expect("writable")),
        ("pierrot-meta.json", &|path| fs::write(path, b"{\"photos\": 3}").expect("writable")),
        ("pierrot-wal.json", &|path| fs::remove_file(path).expect("there")),
        ("pierrot-wal.json", &|path| fs::write(path, b"not json").expect("writable")),
        ("wal/00000000000000000002.json", &|path| fs::remove_file(path).expect("there")),
    ];
    for (name, damage) in damages {
        damage(&stage.record().join(name));
        let found = stage.expect(&["check"], 1).await;
        assert!(found["findings"].to_string().contains(name), "{name}: {found}");
        stage.expect(&["check", "--repair"], 0).await;
        stage.expect(&["check"], 0).await;
    }
    let changed = stage.record().join("wal/00000000000000000001.json");
    let bytes = fs::read_to_string(&changed).expect("there").replace("claimed", "claimex");
    fs::write(&changed, bytes).expect("writable");
    let found = stage.expect(&["check"], 1).await;
    assert!(found["findings"].to_string().contains("00000000000000000001"), "{found}");
    assert!(found["findings"][0]["mend"].as_str().is_some_and(|mend| mend.contains("still has it")), "{found}");
    stage.expect(&["check", "--repair"], 0).await;
    stage.expect(&["check"], 0).await;
    let aside = stage.record().join("set-aside/00000000000000000001.json.1");
    assert!(fs::read_to_string(aside).is_ok_and(|text| text.contains("claimex")), "the broken one is kept");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_or_broken_entry_in_the_middle_stops_publishing_until_it_is_put_back() {
    let stage = Stage::new().await;
    stage.expect(&["sync"], 0).await;
    stage.expect(&["publish"], 0).await;
    let second = stage.record().join("wal/00000000000000000002.json");
    fs::remove_file(&second).expect("there");
    let said = stage.run(&["publish"]).await;
    assert_eq!(said.status, Some(4), "{}", said.stdout);
    let error = said.json["error"].to_string();
    assert!(error.contains("entry 2") && error.contains("check --repair"), "{error}");
    assert_eq!(stage.posts().len(), 1);
    stage.expect(&["check", "--repair"], 0).await;
    fs::write(&second, b"{\"v\":1,").expect("writable");
    stage.expect(&["check"], 1).await;
    stage.expect(&["check", "--repair"], 0).await;
    stage.expect(&["publish"], 0).await;
    // Where no copy is left, nothing pretends to help.
    fs::write(&second, b"{\"v\":1,").expect("writable");
    fs::remove_file(stage.home().join("catalogue.redb")).expect("there");
    for arguments in [&["check"][..], &["check", "--repair"]] {
        let found = stage.expect(arguments, 1).await.to_string();
        assert!(found.contains("no copy") && !found.contains("..") && !found.contains("check --repair`"), "{found}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn restoring_from_a_place_without_a_record_fails_and_makes_nothing() {
    let stage = Stage::new().await;
    let nowhere = stage.folder().join("mistyped");
    stage.write_config(&format!("\n[record]\nkind = \"folder\"\npath = \"{}\"\n", nowhere.display()));
    let said = stage.expect(&["restore"], 1).await["error"].to_string();
    assert!(said.contains("mistyped") && said.contains("[record]"), "{said}");
    assert!(!nowhere.exists(), "a restore makes no record");
    fs::create_dir(&nowhere).expect("new");
    let said = stage.expect(&["restore"], 1).await["error"].to_string();
    assert!(said.contains("mistyped") && said.contains("empty"), "{said}");
    first_pierrot(&nowhere, &["53572261016"], &["53572261016"]);
    let restored = stage.expect(&["restore"], 0).await;
    assert_eq!(restored["published"], 1, "the first Pierrot's documents are a record: {restored}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_lost_for_good_is_made_anew_from_this_computers_copy() {
    let stage = Stage::new().await;
    let elsewhere = stage.folder().join("disk");
    stage.write_config(&format!("\n[record]\nkind = \"folder\"\npath = \"{}\"\n", elsewhere.display()));
    stage.expect(&["sync"], 0).await;
    stage.expect(&["publish"], 0).await;
    fs::remove_dir_all(&elsewhere).expect("there");
    for arguments in [&["publish"][..], &["check"]] {
        let said = stage.expect(arguments, 5).await.to_string();
        assert!(said.contains("check --repair"), "{said}");
        assert!(!elsewhere.exists());
    }
    let mended = stage.expect(&["check", "--repair"], 0).await;
    assert_eq!((&mended["clean"], &mended["entries"]), (&json!(true), &json!(3)), "{mended}");
    for name in ["pierrot-db.json", "pierrot-wal.json", "pierrot-meta.json", "wal/00000000000000000003.json"] {
        assert!(elsewhere.join(name).is_file(), "{name}");
    }
    stage.expect(&["check"], 0).await;
    stage.expect(&["publish"], 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_computer_comes_back_from_the_record() {
    let stage = Stage::new().await;
    stage.expect(&["sync"], 0).await;
    for _ in 0..2 {
        stage.expect(&["publish"], 0).await;
    }
    let before = stage.expect(&["photos", "--limit", "100"], 0).await;
    fs::remove_file(stage.home().join("catalogue.redb")).expect("there");
    let restored = stage.expect(&["restore"], 0).await;
    assert_eq!(
        (&restored["entries"], &restored["published"], &restored["total"]),
        (&json!(6), &json!(2), &json!(20)),
        "{restored}"
    );
    assert_eq!(stage.expect(&["photos", "--limit", "100"], 0).await, before);
    stage.expect(&["check"], 0).await;
    // Without Flickr the record alone brings the photos back.
    fs::remove_file(stage.home().join("catalogue.redb")).expect("there");
    stage.faults(json!({"server":"flickr","kind":"flickr_fail","code":100,"message":"Invalid API Key","times":0}));
    let restored = stage.run(&["restore"]).await;
    assert_eq!((restored.status, &restored.json["total"]), (Some(3), &json!(20)), "{}", restored.stdout);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_that_is_away_stops_publishing_but_not_syncing() {
    let stage = Stage::new().await;
    let elsewhere = stage.folder().join("disk");
    stage.write_config(&format!("\n[record]\nkind = \"folder\"\npath = \"{}\"\n", elsewhere.display()));
    stage.expect(&["sync"], 0).await;
    stage.expect(&["publish"], 0).await;
    fs::rename(&elsewhere, stage.folder().join("unplugged")).expect("movable");
    stage.photos(json!([{"op":"add","count":1}]));
    stage.control().advance_s(5);
    let said = stage.run(&["sync", "--full"]).await;
    assert_eq!((said.status, &said.json["total"]), (Some(5), &json!(21)), "{}", said.stdout);
    let asked = stage.posts().len();
    let said = stage.run(&["publish"]).await;
    assert_eq!(said.status, Some(5), "{}", said.stdout);
    assert_eq!(stage.posts().len(), asked);
    fs::rename(stage.folder().join("unplugged"), &elsewhere).expect("movable");
    stage.expect(&["sync"], 0).await;
    stage.expect(&["check"], 0).await;
    stage.expect(&["publish"], 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_homes_on_one_record_publish_no_photo_twice() {
    let stage = Stage::with_photos(14).await;
    let shared = stage.folder().join("shared");
    let record = format!("\n[record]\nkind = \"folder\"\npath = \"{}\"\n", shared.display());
    stage.write_config(&record);
    let other = stage.folder().join("other");
    fs::create_dir(&other).expect("new");
    fs::write(other.join("config.toml"), stage.config(&record)).expect("writable");
    let other_run = |arguments: &[&str]| {
        let mut command = tokio::process::Command::new(env!("CARGO_BIN_EXE_pierrot"));
        command
            .arg("--home")
            .arg(&other)
            .arg("--json")
            .args(arguments)
            .envs(stage.secrets())
            .env("PIERROT_SECRETS", "env");
        async move { command.output().await.expect("it runs").status.code() }
    };
    stage.expect(&["sync"], 0).await;
    assert_eq!(other_run(&["sync"]).await, Some(0));
    for _ in 0..5 {
        let (one, two) = tokio::join!(stage.run(&["publish"]), other_run(&["publish"]));
        assert!(matches!(one.status, Some(0 | 6)), "{}", one.stdout);
        assert!(matches!(two, Some(0 | 6)), "{two:?}");
    }
    let log = stage.expect(&["log"], 0).await;
    let mut photos: Vec<String> = log["entries"]
        .as_array()
        .expect("a list")
        .iter()
        .filter(|entry| entry["type"] == "posted")
        .map(|entry| entry["photo_id"].to_string())
        .collect();
    assert_eq!(photos.len(), stage.posts().len());
    let count = photos.len();
    photos.sort();
    photos.dedup();
    assert_eq!(photos.len(), count, "no photo twice");
    stage.expect(&["check"], 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_may_be_shared_and_the_probe_says_so() {
    let stage = Stage::new().await;
    let verdict = stage.expect(&["probe"], 0).await;
    assert_eq!(verdict["several_computers"], true, "{verdict}");
}

/// `scripts/with-moto.sh` sets `PIERROT_TEST_S3` to the address of an S3 server.
#[tokio::test(flavor = "multi_thread")]
async fn moto_keeps_the_record_as_a_folder_does() {
    let Ok(endpoint) = std::env::var("PIERROT_TEST_S3") else {
        assert!(std::env::var_os("CI").is_none(), "the S3 tests need scripts/with-moto.sh");
        return;
    };
    let stage = Stage::new().await;
    let bucket = format!("pierrot-{}", std::process::id());
    let address = format!("{}/{bucket}", endpoint.trim_end_matches('/'));
    let made = put(&address).await;
    assert!(made, "the bucket can be made");
    stage.write_config(&format!(
        "\n[record]\nkind = \"s3\"\nbucket = \"{bucket}\"\nregion = \"us-east-1\"\nendpoint = \"{endpoint}\"\nprefix = \"p/\"\npath_style = true\n"
    ));
    let run = |arguments: &'static [&'static str]| {
        let mut command = stage.command(arguments);
        command.env("PIERROT_SECRET_S3_ACCESS_KEY_ID", "key").env("PIERROT_SECRET_S3_SECRET_ACCESS_KEY", "secret");
        async move {
            let output = command.output().await.expect("it runs");
            (output.status.code(), serde_json::from_slice::<Value>(&output.stdout).unwrap_or_default())
        }
    };
    for arguments in [&["probe"][..], &["sync"], &["publish"], &["publish"], &["check"], &["recover"]] {
        let (status, said) = run(arguments).await;
        assert_eq!(status, Some(0), "{arguments:?}: {said}");
    }
    assert_eq!(stage.posts().len(), 2);
    fs::remove_file(stage.home().join("catalogue.redb")).expect("there");
    let (status, restored) = run(&["restore"]).await;
    assert_eq!((status, &restored["published"]), (Some(0), &json!(2)), "{restored}");
}

/// A bare HTTP PUT, so that this test needs no client of its own.
async fn put(address: &str) -> bool {
    let status = tokio::process::Command::new("curl").args(["-sf", "-X", "PUT", address]).status().await;
    status.is_ok_and(|status| status.success())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_that_somebody_edited_is_kept_before_another_takes_its_place() {
    let stage = Stage::with_photos(40).await;
    stage.expect(&["sync"], 0).await;
    stage.expect(&["publish"], 0).await;
    let edit: fn(&str) -> String = |text| text.replacen("\"id\":", "\"note\": \"mine\", \"id\":", 1);
    let truncate: fn(&str) -> String = |text| text[..text.len() / 2].to_owned();
    let rename: fn(&str) -> String = |text| text.replacen("\"target\": \"x\"", "\"target\": \"my account\"", 1);
    for (name, damage) in [
        ("pierrot-db.json", edit),
        ("pierrot-db.json", truncate),
        ("pierrot-wal.json", rename),
        ("pierrot-wal.json", truncate),
        ("pierrot-meta.json", truncate),
    ] {
        let path = stage.record().join(name);
        let text = fs::read_to_string(&path).expect("there");
        let damaged = damage(&text);
        assert_ne!(text, damaged, "{name}");
        fs::write(&path, &damaged).expect("writable");
        stage.control().advance_s(5);
        stage.photos(json!([{"op":"add","count":1}]));
        stage.expect(&["sync"], 0).await;
        stage.expect(&["publish"], 0).await;
        let sealed = fs::read_dir(stage.record().join("imported")).expect("sealed copies").flatten();
        let kept = sealed.filter(|entry| fs::read_to_string(entry.path()).is_ok_and(|text| text == damaged)).count();
        assert_eq!(kept, 1, "{name}: {damaged}");
        stage.expect(&["check"], 0).await;
    }
    let sealed = fs::read_dir(stage.record().join("imported")).expect("sealed copies").count();
    assert_eq!(sealed, 5, "what Pierrot wrote itself is not kept twice");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_that_was_rolled_back_or_exchanged_stops_publishing() {
    let stage = Stage::new().await;
    stage.expect(&["sync"], 0).await;
    stage.expect(&["publish"], 0).await;
    let (record, older, newest) = (stage.record(), stage.folder().join("older"), stage.folder().join("newest"));
    copy(&record, &older);
    stage.expect(&["publish"], 0).await;
    // Another photographer's record, which is longer; it may hold the same photo, so X must not mind its text.
    stage.control().call("settings", &json!({"accept_duplicates": true})).expect("the sandbox knows this setting");
    let (home, foreign) = (stage.home(), stage.folder().join("foreign"));
    let aside = stage.folder().join("aside");
    fs::rename(&home, &aside).expect("movable");
    fs::create_dir(&home).expect("new");
    stage.write_config("");
    stage.expect(&["sync"], 0).await;
    for _ in 0..3 {
        stage.expect(&["publish"], 0).await;
    }
    fs::rename(&record, &foreign).expect("movable");
    fs::remove_dir_all(&home).expect("there");
    fs::rename(&aside, &home).expect("movable");
    fs::rename(&record, &newest).expect("movable");
    let posts = stage.posts().len();
    for (other, why) in [(&older, "entry 6 is missing"), (&foreign, "entry 6 is not the one this computer knows")] {
        copy(other, &record);
        for command in ["publish", "recover"] {
            let said = stage.expect(&[command], 4).await["error"].to_string();
            assert!(said.contains(why) && said.contains("Nothing is published before"), "{said}");
        }
        stage.expect(&["check"], 1).await;
        assert_eq!(stage.posts().len(), posts);
        fs::remove_dir_all(&record).expect("there");
    }
    fs::rename(&newest, &record).expect("movable");
    stage.expect(&["publish"], 0).await;
    stage.expect(&["check"], 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_is_shorter_than_its_document_says_is_not_gone_on_from() {
    let stage = Stage::new().await;
    stage.expect(&["sync"], 0).await;
    for _ in 0..2 {
        stage.expect(&["publish"], 0).await;
    }
    let lost: Vec<_> = (4..=6).map(|seq| stage.record().join(format!("wal/{seq:020}.json"))).collect();
    let aside = stage.folder().join("lost");
    fs::create_dir(&aside).expect("new");
    for path in &lost {
        fs::rename(path, aside.join(path.file_name().expect("a name"))).expect("movable");
    }
    // A computer that never saw them.
    fs::remove_file(stage.home().join("catalogue.redb")).expect("there");
    for command in ["restore", "publish"] {
        let said = stage.expect(&[command], 4).await["error"].to_string();
        assert!(said.contains("knows entry 6, but the log ends at 3"), "{command}: {said}");
    }
    assert_eq!(fs::read_dir(stage.record().join("wal")).expect("there").count(), 3, "nothing was written");
    for path in &lost {
        fs::rename(aside.join(path.file_name().expect("a name")), path).expect("movable");
    }
    assert_eq!(stage.expect(&["restore"], 0).await["published"], json!(2));
    // Lost for good: what the document lists counts as published.
    fs::remove_file(stage.home().join("catalogue.redb")).expect("there");
    lost.iter().for_each(|path| fs::remove_file(path).expect("there"));
    stage.expect(&["check", "--repair"], 0).await;
    let restored = stage.expect(&["restore"], 0).await;
    assert_eq!(restored["published"], json!(2), "{restored}");
    while stage.run(&["publish"]).await.status == Some(0) {}
    stage.expect(&["publish"], 6).await;
    let photos = stage.posted_pictures();
    let different = photos.iter().collect::<std::collections::HashSet<_>>().len();
    assert!(photos.len() > 10 && photos.len() == different, "none twice: {different} of {}", photos.len());
    stage.expect(&["check"], 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_newer_pierrot_wrote_is_no_clean_record() {
    let stage = Stage::new().await;
    stage.expect(&["sync"], 0).await;
    stage.expect(&["publish"], 0).await;
    let prev = sha256(&stage.record().join("wal/00000000000000000003.json"));
    let entry = json!({"v": 1e30, "seq": 4, "prev": prev, "type": "claimed"});
    fs::write(stage.record().join("wal/00000000000000000004.json"), entry.to_string()).expect("writable");
    let said = stage.expect(&["check"], 1).await["findings"].to_string();
    assert!(said.contains("newer Pierrot") && said.contains("Update Pierrot"), "{said}");
    let said = stage.run(&["doctor"]).await.stdout;
    assert!(said.contains("newer Pierrot") && said.contains("Update Pierrot"), "{said}");
}
