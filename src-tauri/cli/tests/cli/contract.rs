//! What other programs rely on: exits, one JSON object, settings, secrets, one process a home.

use std::process::Stdio;

use pierrot_core::{Pierrot, World, secrets::Memory};
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
    for arguments in [&["fly"][..], &["publish", "--photo"], &["photos", "--limit", "many"], &["review", "--skip"]] {
        let said = stage.run(arguments).await;
        assert_eq!(said.status, Some(2), "{arguments:?}");
        assert_eq!(said.stdout.trim().lines().count(), 1, "{arguments:?}: {}", said.stdout);
        let error = &said.json["error"];
        assert!(error["message"].as_str().is_some_and(|text| !text.is_empty()), "{arguments:?}: {}", said.stdout);
        assert_eq!(error["code"], "fix_settings");
    }
    let help = stage.run(&["--help"]).await;
    assert!(help.status == Some(0) && help.stdout.contains("Usage:"), "{}", help.stdout);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_that_only_reads_makes_no_home() {
    let stage = Stage::new().await;
    let nowhere = stage.folder().join("mistyped");
    let run = |command: &'static str| {
        let mut program = tokio::process::Command::new(env!("CARGO_BIN_EXE_pierrot"));
        program.arg("--home").arg(&nowhere).args(["--json", command]).env("PIERROT_SECRETS", "env");
        async move {
            let output = program.output().await.expect("it runs");
            (output.status.code(), String::from_utf8_lossy(&output.stdout).into_owned())
        }
    };
    for command in ["status", "photos", "log", "check", "review", "doctor"] {
        let (status, said) = run(command).await;
        assert!(status == Some(1) && said.contains("no Pierrot home") && said.contains("pierrot init"), "{said}");
        assert!(!nowhere.exists(), "{command}");
    }
    std::fs::write(&nowhere, "a file").expect("writable");
    let (status, said) = run("init").await;
    assert!(status == Some(2) && said.contains("is a file"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_pierrot_home_names_no_folder() {
    let stage = Stage::new().await;
    let mut command = tokio::process::Command::new(env!("CARGO_BIN_EXE_pierrot"));
    command.args(["--json", "status"]).env("PIERROT_HOME", "").env("HOME", stage.folder()).env_remove("XDG_DATA_HOME");
    let output = command.current_dir(stage.folder()).output().await.expect("it runs");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.code() == Some(1) && said.contains("pierrot."), "the platform's folder: {said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn doctor_tells_of_broken_settings_and_goes_on() {
    let stage = Stage::new().await;
    for broken in [&b"[flickr\n"[..], b"[flickr]\nuser = \"M\xfcller\"\n"] {
        std::fs::write(stage.home().join("config.toml"), broken).expect("writable");
        let doctor = stage.expect(&["doctor"], 2).await;
        let checks = doctor["checks"].as_array().expect("a list").clone();
        assert!(checks.iter().any(|check| check["what"] == "settings" && check["ok"] == false), "{doctor}");
        assert!(checks.iter().any(|check| check["what"] == "secrets" && check["ok"] == true), "{doctor}");
        assert!(!doctor.to_string().contains("pierrot doctor"), "{doctor}");
    }
    assert!(stage.run(&["status"]).await.stdout.contains("UTF-8"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_report_of_doctor_holds_no_secret_and_no_place() {
    let stage = Stage::new().await;
    stage.expect(&["sync"], 0).await;
    stage.expect(&["publish"], 0).await;
    let file = stage.folder().join("report.txt");
    stage.expect(&["doctor", "--bundle", &file.display().to_string()], 0).await;
    let report = std::fs::read_to_string(&file).expect("it was written");
    for told in ["## Checks", "## Counts\nphotos ", "published 1", "## Runs", "## Log"] {
        assert!(report.contains(told), "{told} is missing in {report}");
    }
    let places = [stage.home().display().to_string(), stage.record().display().to_string()];
    for secret in stage.secrets().into_iter().map(|(_, value)| value).chain(places) {
        assert!(!report.contains(&secret), "{report}");
    }
    let nowhere = stage.folder().join("none/report.txt");
    stage.expect(&["doctor", "--bundle", &nowhere.display().to_string()], 1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_album_that_flickr_does_not_have_is_named() {
    let stage = Stage::new().await;
    let config = stage.config("").replace("[flickr]\n", "[flickr]\nalbums = [\"No such album at all\"]\n");
    std::fs::write(stage.home().join("config.toml"), config).expect("writable");
    stage.expect(&["sync"], 0).await;
    let left = stage.expect(&["publish"], 6).await;
    for said in [left, stage.expect(&["status"], 0).await, stage.expect(&["doctor"], 0).await] {
        assert!(said.to_string().contains("No such album at all"), "{said}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_figures_of_a_status_add_up() {
    let stage = Stage::with_photos(12).await;
    stage.expect(&["sync"], 0).await;
    let first = stage.expect(&["publish"], 0).await;
    stage.expect(&["publish"], 0).await;
    let listed = stage.expect(&["photos", "--state", "unpublished"], 0).await;
    stage.expect(&["exclude", listed["photos"][0]["photo_id"].as_str().expect("an id")], 0).await;
    stage.expect(&["exclude", first["photo_id"].as_str().expect("an id")], 0).await;
    let status = stage.expect(&["status"], 0).await;
    let (total, target) = (status["total"].as_u64(), &status["targets"][0]);
    let number = |value: &Value| value.as_u64().expect("a number");
    let sum = number(&target["unpublished"]) + number(&target["published"]) - number(&target["published_besides"])
        + number(&target["held"])
        + number(&status["excluded"]);
    assert_eq!(Some(sum), total, "{status}");
    assert_eq!((number(&target["published_besides"]), number(&status["excluded"])), (1, 2), "{status}");
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_command_that_is_stopped_says_so() {
    let stage = Stage::new().await;
    stage.faults(json!({"server":"flickr","kind":"hang","seconds":20,"times":1}));
    let child = stage.command(&["sync"]).spawn().expect("it starts");
    while stage.flickr_calls() == 0 {
        tokio::task::yield_now().await;
    }
    let id = child.id().expect("it runs").to_string();
    assert!(std::process::Command::new("kill").args(["-TERM", &id]).status().is_ok_and(|done| done.success()));
    let output = child.wait_with_output().await.expect("it ends");
    let said: Value = serde_json::from_slice(&output.stdout).expect("one object");
    assert_eq!((output.status.code(), &said["error"]["message"]), (Some(143), &json!("Stopped.")), "{said}");
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

/// Inside `scripts/with-keyring.sh`, which sets `PIERROT_TEST_KEYRING`.
fn has_keyring() -> bool {
    let has = std::env::var_os("PIERROT_TEST_KEYRING").is_some();
    assert!(has || std::env::var_os("CI").is_none(), "the keyring tests need scripts/with-keyring.sh");
    has
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_terminal_does_not_show_a_secret_and_is_itself_again_afterwards() {
    use std::{
        fs::File,
        io::{Read, Write},
    };

    use rustix::{
        process::{Pid, Signal, kill_process},
        pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt},
        termios::{LocalModes, tcgetattr},
    };

    if !has_keyring() {
        return;
    }
    let stage = Stage::new().await;
    let screen = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).expect("a terminal");
    grantpt(&screen).and_then(|()| unlockpt(&screen)).expect("it may be used");
    let name = ptsname(&screen, Vec::new()).expect("a name").into_string().expect("plain");
    let keys = File::options().read(true).write(true).open(name).expect("it opens");
    let shows = || tcgetattr(&keys).expect("modes").local_modes.contains(LocalModes::ECHO);
    let mut screen = File::from(screen);
    for (typed, status) in [(Some("canary-key-77\n"), 0), (None, 130)] {
        assert!(shows());
        let mut command = stage.command(&["secret", "set", "flickr.api_key"]);
        command.env_remove("PIERROT_SECRETS").stdin(keys.try_clone().expect("another handle"));
        let mut child = command.spawn().expect("it starts");
        let late = std::time::Instant::now() + std::time::Duration::from_secs(60);
        while shows() {
            assert!(std::time::Instant::now() < late, "what is typed is still seen");
            assert!(child.try_wait().expect("a state").is_none(), "it asks before it ends");
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        match typed {
            Some(line) => screen.write_all(line.as_bytes()).expect("typed"),
            None => {
                let pid = child.id().and_then(|id| Pid::from_raw(id.try_into().ok()?)).expect("it runs");
                kill_process(pid, Signal::INT).expect("Ctrl-C");
            }
        }
        assert_eq!(child.wait().await.expect("it ends").code(), Some(status));
        if typed.is_some() {
            let mut seen = [0; 256];
            let count = screen.read(&mut seen).expect("the new line at least");
            assert_eq!(String::from_utf8_lossy(&seen[..count]), "\r\n");
        }
        assert!(shows());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn keyring_round_trip() {
    if !has_keyring() {
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
async fn a_login_that_could_not_be_kept_is_refused_before_it_begins() {
    let stage = Stage::new().await;
    for (place, variables) in [
        ("flickr", "PIERROT_SECRET_FLICKR_TOKEN and PIERROT_SECRET_FLICKR_TOKEN_SECRET"),
        ("x", "PIERROT_SECRET_X_ACCESS_TOKEN and PIERROT_SECRET_X_ACCESS_TOKEN_SECRET"),
    ] {
        let said = stage.run(&["login", place]).await;
        assert_eq!(said.status, Some(2), "{}", said.stdout);
        assert!(said.json["error"]["what_now"].as_str().is_some_and(|now| now.contains(variables)), "{}", said.stdout);
        assert!(!said.stderr.contains("http"), "no address to open: {}", said.stderr);
    }
    let said = stage.run(&["secret", "set", "flickr.api_kee"]).await;
    assert!(said.stdout.contains("did you mean \\\"flickr.api_key\\\"?\""), "before anything is read: {}", said.stdout);
    let said = stage.run(&["secret", "set", "flickr.api_key"]).await;
    assert!(said.stdout.contains("PIERROT_SECRET_FLICKR_API_KEY"), "{}", said.stdout);
}

fn opened(stage: &Stage, secrets: Vec<(String, String)>) -> Pierrot {
    let secrets = std::sync::Arc::new(Memory::new(secrets));
    Pierrot::open(&stage.home(), World { secrets, ..World::default() }).expect("the home opens")
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_in_takes_the_code_or_the_whole_address_and_a_wrong_one_means_to_begin_again() {
    let stage = Stage::new().await;
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let keys = stage.sandbox.described().secrets.clone().into_iter().filter(|(name, _)| !name.contains("token"));
    let pierrot = opened(&stage, keys.collect());
    for right in [false, true] {
        let (flickr, x) = (pierrot.begin_flickr_login().await, pierrot.begin_x_login(Some("x")).await);
        let (flickr, x) = (flickr.expect("Flickr answers"), x.expect("X answers"));
        let code = |address: &str| {
            let token = address.split("oauth_token=").nth(1).and_then(|rest| rest.split('&').next()).expect("a token");
            let code = stage.control().call("verifier", &json!({ "oauth_token": token })).expect("a code");
            if right { code["verifier"].as_str().expect("text").to_owned() } else { "000-000-000".to_owned() }
        };
        let typed = (format!("  {}  \n", code(flickr.authorize_url())), code(x.authorize_url()));
        let done = (pierrot.finish_flickr_login(&flickr, &typed.0).await, pierrot.finish_x_login(&x, &typed.1).await);
        for (place, done) in [("flickr", done.0), ("x", done.1)] {
            match done {
                Ok(name) => assert!(right && !name.is_empty(), "{place}"),
                Err(error) => {
                    assert!(!right && error.message.contains("not accepted"), "{place}: {error}");
                    assert!(error.what_now.contains(&format!("`pierrot login {place}`")), "{}", error.what_now);
                }
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_key_or_secret_is_called_that() {
    let stage = Stage::new().await;
    let all: Vec<(String, String)> = stage.sandbox.described().secrets.clone().into_iter().collect();
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    for name in ["flickr.api_key", "flickr.api_secret", "x.consumer_key", "x.consumer_secret"] {
        let wrong = all
            .iter()
            .cloned()
            .map(|(known, value)| if known == name { (known, "wrong".into()) } else { (known, value) });
        let pierrot = opened(&stage, wrong.collect());
        let error = if name.starts_with("flickr") {
            pierrot.begin_flickr_login().await.map(|_| ()).expect_err(name)
        } else {
            pierrot.begin_x_login(Some("x")).await.map(|_| ()).expect_err(name)
        };
        assert!(
            error.message.contains("key") && error.what_now.contains("secret set"),
            "{name}: {error} {}",
            error.what_now
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_of_a_target_are_tested_once_and_stay_refused_until_others_come() {
    let stage = Stage::new().await;
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let right: Vec<(String, String)> = stage.sandbox.described().secrets.clone().into_iter().collect();
    let wrong = |name: &str| -> Vec<(String, String)> {
        right
            .iter()
            .map(|(known, value)| (known.clone(), if known == name { "wrong".into() } else { value.clone() }))
            .collect()
    };
    let asked = || stage.requests("GET /2/users/me");
    let doctor = async |pierrot: &Pierrot| {
        let doctor = pierrot.doctor().await.expect("it can look");
        let check = doctor.checks.into_iter().find(|check| check.what == "target x").expect("it is checked");
        (check.ok, check.found)
    };
    for name in ["x.access_token", "x.consumer_secret"] {
        let pierrot = opened(&stage, wrong(name));
        let error = pierrot.test_target("x").await.expect_err(name);
        assert_eq!(error.code, pierrot_core::Code::SignInAgain, "{error}");
        let (ok, found) = doctor(&pierrot).await;
        assert!(!ok && error.message.starts_with(&found), "{found}");
    }
    let pierrot = opened(&stage, right.clone());
    assert!(doctor(&pierrot).await.0, "these were never refused");
    let who = pierrot.test_target("x").await.expect("they open an account");
    let before = asked();
    assert_eq!(pierrot.test_target("x").await.ok().as_ref(), Some(&who));
    assert_eq!(asked(), before, "X charges for the question");
    assert!(doctor(&pierrot).await.1.contains(&who));
    drop(pierrot);
    // The token is the same, so it is known whose it is; the secret beside it is not right for that.
    let pierrot = opened(&stage, wrong("x.access_token_secret"));
    assert!(pierrot.test_target("x").await.is_err());
    drop(pierrot);
    // Another place that asks to sign in says nothing of X.
    let pierrot = opened(&stage, right.clone());
    pierrot.sync(false).await.expect("Flickr answers");
    drop(pierrot);
    let pierrot = opened(&stage, wrong("flickr.token"));
    let report = pierrot.publish(&pierrot_core::Choice::default()).await;
    let error = report.map_or_else(Some, |report| report.error).expect("Flickr refuses");
    assert_eq!(error.code, pierrot_core::Code::SignInAgain, "{error}");
    assert!(doctor(&pierrot).await.0, "the keys of X were not refused");
}
