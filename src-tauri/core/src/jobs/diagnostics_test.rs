//! No secret, name or place gets into the report, wherever it was before.

use std::{collections::BTreeMap, fs};

use super::*;
use crate::run::{Ending, Job};

const CONFIG: &str = r#"
[flickr]
user = "anna-canary"
tags = ["wedding-canary"]
[targets.x]
caption = "canary of {title}"
schedule = "daily 18:30"
[targets.studio-canary]
kind = "x"
[record]
path = "/mnt/canary-disk/record"
[schedule]
quiet_hours = "23:00-07:00"
"#;

fn secrets_of(settings: &Settings) -> BTreeMap<String, String> {
    // Short, plain words: not by their looks, only because they are known.
    secrets::names(settings).into_iter().enumerate().map(|(at, name)| (name, format!("canary {at}"))).collect()
}

#[tokio::test]
async fn no_secret_name_or_place_is_in_the_report() {
    let home = tempfile::tempdir().expect("a folder");
    fs::write(home.path().join("config.toml"), CONFIG).expect("it is writable");
    let settings = Settings::parse(CONFIG).expect("it is usable");
    let secrets = secrets_of(&settings);
    let all: Vec<&str> = secrets.values().map(String::as_str).collect();
    let words =
        format!("{} anna-canary /mnt/canary-disk/record https://x.com/canary ya29canary00112233", all.join(", "));
    let root = home.path().display().to_string();
    fs::create_dir(home.path().join("logs")).expect("it is writable");
    fs::write(home.path().join("logs/pierrot.log"), format!("WARN {words} in {root}\nINFO engine started\n"))
        .expect("it is writable");
    let pierrot = Pierrot::open(home.path(), World::with_secrets(secrets)).expect("a home");
    let at = jiff::Timestamp::UNIX_EPOCH;
    let mut run = Run::begun(1, Job::Publish, Some("studio-canary".into()), None, at);
    run.text = Some("canary".into());
    run.end(Ending::Failed, format!("It failed: {words}"), at);
    pierrot.catalogue.keep_run(&run).expect("it is kept");

    let report = pierrot.diagnostics("9.9.9").await.expect("a report");
    assert!(!report.contains("canary"), "{report}");
    assert!(!report.contains(&root), "{report}");
    for told in [
        "version 9.9.9",
        "targets.x.schedule = daily 18:30",
        "targets.x.caption = <text of 17>",
        "flickr.tags = <list of 1>",
        "schedule.quiet_hours = 23:00-07:00",
        "1970-01-01T00:00:00Z publish asked failed 0 ms  It failed: <secret>",
        "INFO engine started",
        "ok secrets",
    ] {
        assert!(report.contains(told), "{told} is missing in {report}");
    }
}

#[tokio::test]
async fn a_home_that_cannot_be_opened_has_a_report_too() {
    let home = tempfile::tempdir().expect("a folder");
    fs::write(home.path().join("config.toml"), "[flickr]\nusr = 'me'\n").expect("it is writable");
    let (doctor, report) =
        Pierrot::diagnose_in_full(home.path(), World::with_secrets([]), "9.9.9").await.expect("a report");
    assert!(!doctor.healthy && report.contains("!! settings"), "{report}");
}
