//! What other programs rely on: exits, one JSON object, settings, secrets, one process a home.

use std::process::Stdio;

use serde_json::{Value, json};

use crate::stage::Stage;

#[tokio::test(flavor = "multi_thread")]
async fn every_failure_is_one_json_object_with_a_next_step() {
    let stage = Stage::new().await;
    for (arguments, status) in [
        (vec!["publish", "--photo", "1"], 1),
        (vec!["exclude", "12345"], 1),
        (vec!["review", "abcd", "--skip"], 1),
        (vec!["import-record", "/nonexistent"], 1),
        (vec!["publish", "--target", "nope"], 2),
    ] {
        let said = stage.run(&arguments).await;
        assert_eq!(said.status, Some(status), "{arguments:?}: {} {}", said.stdout, said.stderr);
        for field in ["code", "message", "what_now"] {
            assert!(
                said.json["error"][field].as_str().is_some_and(|text| !text.is_empty()),
                "{arguments:?}: {}",
                said.stdout
            );
        }
        assert_eq!(said.stdout.trim().lines().count(), 1, "one object");
    }
    assert_eq!(stage.run(&["fly"]).await.status, Some(2));
}

#[tokio::test(flavor = "multi_thread")]
async fn init_may_be_repeated_and_keeps_the_settings() {
    let stage = Stage::new().await;
    let first = stage.expect(&["init"], 0).await;
    assert_eq!(first["created"], false, "the stage wrote one");
    std::fs::remove_file(stage.home().join("config.toml")).expect("it is there");
    assert_eq!(stage.expect(&["init"], 0).await["created"], true);
    assert_eq!(stage.expect(&["init"], 0).await["created"], false);
    stage.expect(&["status"], 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mistake_in_the_settings_is_exit_two_and_named() {
    let stage = Stage::new().await;
    for (mistake, named) in [
        ("capton = \"x\"\n", "capton"),
        ("caption = \"{titel}\"\n", "titel"),
        ("max_bytes = \"big\"\n", "max_bytes"),
        ("[record]\nkind = \"s3\"\nbucket = \"b\"\nendpoint = \"http://example.com\"\n", "record.endpoint"),
        ("[record\n", "config.toml"),
    ] {
        stage.write_config(mistake);
        let said = stage.run(&["status"]).await;
        assert_eq!(said.status, Some(2), "{mistake}: {}", said.stdout);
        assert!(
            said.json["error"]["message"].as_str().is_some_and(|text| text.contains(named)),
            "{mistake}: {}",
            said.stdout
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_second_process_on_a_home_is_told_at_once() {
    let stage = Stage::new().await;
    stage.faults(json!({"server":"flickr","kind":"hang","seconds":20,"times":1}));
    let mut first = stage.command(&["sync"]).spawn().expect("it starts");
    while stage.flickr_calls() == 0 {
        tokio::task::yield_now().await;
    }
    let said = stage.run(&["status"]).await;
    assert_eq!(said.status, Some(1), "{}", said.stdout);
    assert!(
        said.json["error"]["message"].as_str().is_some_and(|text| text.contains("Another Pierrot")),
        "{}",
        said.stdout
    );
    first.kill().await.expect("it can be killed");
    stage.expect(&["status"], 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_is_never_taken_from_the_command_line() {
    let stage = Stage::new().await;
    let said = stage.run(&["secret", "set", "flickr.api_key", "canary-argv-5151"]).await;
    assert_eq!(said.status, Some(2), "{}", said.stdout);
    assert!(!format!("{}{}", said.stdout, said.stderr).contains("canary-argv"), "not even to refuse it");
    let names = stage.expect(&["secret", "list"], 0).await;
    assert_eq!(names["secrets"].as_array().map(Vec::len), Some(8));
    let said = stage.run_with_input(&["secret", "set", "flickr.api_key"], "value\n").await;
    assert_eq!(said.status, Some(2), "variables cannot be set from here: {}", said.stdout);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_keyring_and_without_being_asked_variables_are_ignored() {
    let stage = Stage::new().await;
    let mut command = stage.command(&["sync"]);
    command.env_remove("PIERROT_SECRETS").env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus");
    let output = command.output().await.expect("it runs");
    assert_eq!(output.status.code(), Some(3), "{}", String::from_utf8_lossy(&output.stdout));
    let json: Value = serde_json::from_slice(&output.stdout).expect("one object");
    assert!(json["error"]["message"].as_str().is_some_and(|text| text.contains("keyring")), "{json}");
}

/// Runs inside `scripts/with-keyring.sh`, which sets `PIERROT_TEST_KEYRING`.
#[tokio::test(flavor = "multi_thread")]
async fn keyring_round_trip() {
    if std::env::var_os("PIERROT_TEST_KEYRING").is_none() {
        assert!(std::env::var_os("CI").is_none(), "the keyring test needs scripts/with-keyring.sh");
        return;
    }
    let stage = Stage::new().await;
    let run = |arguments: &'static [&'static str], input: &'static str| {
        let mut command = stage.command(arguments);
        command.env_remove("PIERROT_SECRETS").stdin(Stdio::piped());
        async move {
            let mut child = command.spawn().expect("it starts");
            let mut stdin = child.stdin.take().expect("piped");
            tokio::io::AsyncWriteExt::write_all(&mut stdin, input.as_bytes()).await.ok();
            drop(stdin);
            let output = child.wait_with_output().await.expect("it ends");
            (output.status.code(), String::from_utf8_lossy(&output.stdout).into_owned())
        }
    };
    let (status, said) = run(&["secret", "set", "flickr.api_key"], "canary-key-77 \n").await;
    assert_eq!(status, Some(0), "{said}");
    let (_, listed) = run(&["secret", "list"], "").await;
    assert!(listed.contains("flickr.api_key") && !listed.contains("canary"), "{listed}");
    let (_, removed) = run(&["secret", "remove", "flickr.api_key"], "").await;
    assert!(removed.contains("true"), "{removed}");
    let (_, listed) = run(&["secret", "list"], "").await;
    assert!(!listed.contains("flickr.api_key"), "{listed}");
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_in_at_flickr_takes_the_code_or_the_whole_address() {
    let stage = Stage::new().await;
    let mut command = stage.command(&["login", "flickr"]);
    command
        .stdin(Stdio::piped())
        .env_remove("PIERROT_SECRET_FLICKR_TOKEN")
        .env_remove("PIERROT_SECRET_FLICKR_TOKEN_SECRET");
    let mut child = command.spawn().expect("it starts");
    let mut heard = String::new();
    let mut stderr = tokio::io::BufReader::new(child.stderr.take().expect("piped"));
    while !heard.contains("oauth_token=") {
        let read = tokio::io::AsyncBufReadExt::read_line(&mut stderr, &mut heard).await.expect("text");
        assert!(read > 0, "it ended: {heard}");
    }
    let token = heard.split("oauth_token=").nth(1).and_then(|rest| rest.split(['&', '\n']).next()).expect("a token");
    let verifier = stage.control().call("verifier", &json!({ "oauth_token": token })).expect("a code for this token");
    let typed = format!("  {}  \n", verifier["verifier"].as_str().expect("a code"));
    let mut stdin = child.stdin.take().expect("piped");
    tokio::io::AsyncWriteExt::write_all(&mut stdin, typed.as_bytes()).await.expect("it listens");
    drop(stdin);
    let output = child.wait_with_output().await.expect("it ends");
    // The login itself worked when the only thing left is that variables cannot be written.
    let json: Value = serde_json::from_slice(&output.stdout).expect("one object");
    assert_eq!(output.status.code(), Some(2), "{json}");
    assert!(json["error"]["message"].as_str().is_some_and(|text| text.contains("environment")), "{json}");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_secret_reaches_logs_output_catalogue_or_record() {
    let stage = Stage::new().await;
    let mut heard = String::new();
    stage.faults(json!([
        {"server":"x","method":"POST","path":"/2/tweets","kind":"unauthorized"},
        {"server":"flickr","kind":"status","code":500,"times":1},
        {"server":"x","path":"/2/media","kind":"html","code":502,"times":1}
    ]));
    for arguments in [vec!["sync"], vec!["publish"], vec!["publish"], vec!["doctor"], vec!["log"], vec!["status"]] {
        let mut command = stage.command(&arguments);
        command.env("RUST_LOG", "trace");
        let output = command.output().await.expect("it runs");
        heard.push_str(&String::from_utf8_lossy(&output.stdout));
        heard.push_str(&String::from_utf8_lossy(&output.stderr));
    }
    let mut kept = heard.into_bytes();
    let mut folders = vec![stage.home()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("readable").flatten() {
            if entry.path().is_dir() {
                folders.push(entry.path())
            } else {
                kept.extend(std::fs::read(entry.path()).expect("readable"))
            }
        }
    }
    let found = |needle: &[u8]| kept.windows(needle.len()).any(|window| window == needle);
    for (name, value) in stage.secrets() {
        // The account's id is the public part of X's access token.
        let secret = value.split('-').next_back().unwrap_or(&value);
        assert!(!found(secret.as_bytes()), "{name} was found");
    }
}
