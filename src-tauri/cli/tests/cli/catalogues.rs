//! A catalogue that is damaged, of an earlier version, or of a later one: nobody is asked, nothing is posted twice, nothing is lost.

use std::{fs, path::PathBuf};

use serde_json::json;

use crate::stage::Stage;

async fn published() -> Stage {
    let stage = Stage::new().await;
    stage.expect(&["sync"], 0).await;
    stage.expect(&["publish"], 0).await;
    stage
}

fn catalogue(stage: &Stage) -> PathBuf {
    stage.home().join("catalogue.redb")
}

/// Every damaged file that was kept, with its bytes, oldest first.
fn kept(stage: &Stage) -> Vec<(PathBuf, Vec<u8>)> {
    let entries = fs::read_dir(stage.home()).expect("readable").flatten().map(|entry| entry.path());
    let mut kept: Vec<_> = entries.filter(|path| path.to_string_lossy().contains(".damaged-")).collect();
    kept.sort();
    kept.into_iter().map(|path| (path.clone(), fs::read(path).expect("readable"))).collect()
}

fn damages(whole: &[u8]) -> Vec<Vec<u8>> {
    let mut scribbled = whole.to_vec();
    for at in (4096..scribbled.len()).step_by(512) {
        scribbled[at..at + 64].fill(0xa5);
    }
    vec![
        Vec::new(),
        b"not a catalogue".repeat(1000),
        whole[..whole.len() / 2].to_vec(),
        whole[..5000].to_vec(),
        scribbled,
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn every_command_sets_a_damaged_catalogue_aside_and_goes_on_from_the_record() {
    let stage = published().await;
    let whole = fs::read(catalogue(&stage)).expect("there");
    let commands = [&["status"][..], &["publish"], &["sync"], &["photos"], &["recover"]];
    for (number, (damage, command)) in damages(&whole).iter().zip(commands).enumerate() {
        fs::write(catalogue(&stage), damage).expect("writable");
        let mut said = stage.run(command).await;
        if said.json["error"].to_string().contains("Start Pierrot again") {
            // Damage that shows in the middle of work is looked into at the next start.
            said = stage.run(command).await;
        }
        assert_eq!(said.status, Some(0), "{number} {command:?}: {} {}", said.stdout, said.stderr);
        assert!(
            said.stderr.contains("The catalogue was damaged") && said.stderr.contains("It is kept as"),
            "{}",
            said.stderr
        );
        let kept = kept(&stage);
        assert_eq!(kept.len(), number + 1);
        assert!(kept.iter().any(|(_, bytes)| bytes == damage), "{number}: it is kept as it was");
        let status = stage.expect(&["status"], 0).await;
        assert_eq!((&status["total"], stage.posts().len()), (&json!(20), 1 + usize::from(number > 0)), "{status}");
        stage.expect(&["check"], 0).await;
    }
    let photos: Vec<_> = stage.posted_pictures();
    assert!(photos.windows(2).all(|pair| pair[0] != pair[1]), "{photos:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn restoring_reads_every_page_and_doctor_changes_nothing() {
    let stage = published().await;
    let whole = fs::read(catalogue(&stage)).expect("there");
    for damage in damages(&whole) {
        fs::write(catalogue(&stage), &damage).expect("writable");
        let doctor = stage.expect(&["doctor"], 1).await;
        let checks = doctor["checks"].as_array().expect("a list").clone();
        let found = |what: &str| checks.iter().find(|check| check["what"] == what).map(|check| check["ok"].clone());
        assert_eq!((found("catalogue"), found("record")), (Some(json!(false)), Some(json!(true))), "{doctor}");
        assert_eq!(fs::read(catalogue(&stage)).ok().as_ref(), Some(&damage));
        let restored = stage.expect(&["restore"], 0).await;
        assert_eq!((&restored["published"], &restored["total"]), (&json!(1), &json!(20)), "{restored}");
        let aside = PathBuf::from(restored["set_aside"].as_str().expect("a path"));
        assert_eq!(fs::read(&aside).ok(), Some(damage), "it is kept as it was");
        stage.expect(&["check"], 0).await;
    }
    assert!(stage.expect(&["restore"], 0).await.get("set_aside").is_none(), "a sound one stays");
}

#[tokio::test(flavor = "multi_thread")]
async fn damage_in_the_copy_of_the_log_is_not_blamed_on_the_record() {
    let stage = published().await;
    let whole = fs::read(catalogue(&stage)).expect("there");
    let log = fs::read(stage.record().join("wal/00000000000000000003.json")).expect("there");
    let post_id = String::from_utf8_lossy(&log).split("\"post_id\":\"").nth(1).expect("one")[..12].to_owned();
    for (number, planted) in ["\"seq\":1,", &post_id].into_iter().enumerate() {
        let mut changed = whole.clone();
        let mut at: Vec<usize> = (0..whole.len()).filter(|at| whole[*at..].starts_with(planted.as_bytes())).collect();
        assert!(!at.is_empty(), "{planted} is in the file");
        // Wherever the bytes lie, also where no page is any more.
        at.drain(..).for_each(|at| changed[at + planted.len() - 2] ^= 1);
        fs::write(catalogue(&stage), &changed).expect("writable");
        let first = stage.run(&["publish"]).await;
        let said = first.json["error"].to_string();
        assert!(first.status == Some(0) || said.contains("Start Pierrot again"), "{number}: {}", first.stdout);
        if first.status != Some(0) {
            stage.expect(&["publish"], 0).await;
        }
        assert_eq!(kept(&stage).len(), number + 1, "it is set aside");
        stage.expect(&["check"], 0).await;
    }
    assert_eq!(stage.posts().len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_catalogue_without_a_record_publishes_nothing_until_the_record_is_back() {
    let stage = published().await;
    fs::write(catalogue(&stage), b"").expect("writable");
    let away = stage.folder().join("away");
    fs::rename(stage.record(), &away).expect("movable");
    for command in ["publish", "sync", "status", "restore", "publish"] {
        let said = stage.run(&[command]).await;
        assert!(matches!(said.status, Some(1 | 5)), "{command}: {}", said.stdout);
        assert!(said.json["error"].to_string().contains("[record]"), "{command}: {}", said.stdout);
    }
    assert!(!stage.record().exists(), "no record is begun anew");
    fs::create_dir(stage.record()).expect("new");
    let said = stage.expect(&["publish"], 1).await["error"].to_string();
    assert!(said.contains("empty"), "{said}");
    fs::remove_dir(stage.record()).expect("still empty");
    assert_eq!((stage.posts().len(), kept(&stage).len()), (1, 1));
    fs::rename(&away, stage.record()).expect("movable");
    stage.expect(&["publish"], 0).await;
    assert_eq!(stage.posts().len(), 2);
    stage.expect(&["check"], 0).await;
}

/// What the damaged file alone knew: that a post was on its way, and that the answer had come.
#[tokio::test(flavor = "multi_thread")]
async fn a_post_that_only_the_damaged_catalogue_knew_of_is_found_and_never_repeated() {
    for place in ["publish::after_fence", "publish::after_post", "publish::after_receipt"] {
        let stage = Stage::new().await;
        stage.expect(&["sync"], 0).await;
        let died = stage.run_dying(&["publish"], place).await;
        assert_eq!(died.status, None, "{place}");
        fs::write(catalogue(&stage), b"broken").expect("writable");
        let out = stage.posts().len();
        // Another photo may go out meanwhile; the one in doubt is held by the log.
        stage.run(&["publish"]).await;
        stage.run(&["recover"]).await;
        let pictures = stage.posted_pictures();
        assert!(
            pictures.windows(2).all(|pair| pair[0] != pair[1]) && pictures.len() <= out + 1,
            "{place}: {pictures:?}"
        );
        let log = stage.log_kinds().await;
        assert_eq!(&log[..2], ["claimed", "sending"], "{place}");
        assert!(log.iter().filter(|kind| *kind == "sending").count() >= stage.posts().len(), "{place}: {log:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_keeps_running_rebuilds_by_itself() {
    use tokio::io::{AsyncBufReadExt, BufReader};

    let stage = published().await;
    fs::write(catalogue(&stage), b"broken").expect("writable");
    let mut child = stage.command(&["serve"]).spawn().expect("it starts");
    let mut lines = BufReader::new(child.stdout.take().expect("piped"));
    let mut first = String::new();
    lines.read_line(&mut first).await.expect("it says where it is");
    let address = serde_json::from_str::<serde_json::Value>(&first).expect("one object")["address"].clone();
    let (origin, token) = address.as_str().and_then(|address| address.split_once("/open?token=")).expect("a token");
    let ask = async |call: &str, body: &str| {
        let (url, cookie) = (format!("{origin}/api/call/{call}"), format!("Authorization: Bearer {token}"));
        let asked = ["-s", "-X", "POST", "-H", &cookie, "-H", "Content-Type: application/json", "-d", body, &url];
        let answer = tokio::process::Command::new("curl").args(asked).output().await.expect("curl runs");
        serde_json::from_slice::<serde_json::Value>(&answer.stdout).unwrap_or_default()
    };
    let late = std::time::Instant::now() + std::time::Duration::from_secs(120);
    let restored = loop {
        assert!(std::time::Instant::now() < late, "it rebuilds by itself");
        let runs = ask("runs", "{\"limit\":20}").await;
        let done = runs.as_array().cloned().unwrap_or_default().into_iter();
        let mut done = done.filter(|run| run["job"] == "restore" && !run["ending"].is_null());
        if let Some(run) = done.next() {
            break run;
        }
        tokio::task::yield_now().await;
    };
    assert!(restored["summary"].as_str().is_some_and(|said| said.contains("damaged")), "{restored}");
    child.kill().await.expect("it runs");
    assert_eq!(kept(&stage).len(), 1);
    assert_eq!(stage.expect(&["status"], 0).await["total"], 20);
}
