//! Secrets are looked for wherever a flow may have left them, in every dress they could wear.
//!
//! A secret may be in the keyring, in the environment it was given in, and in requests to the server it belongs to. Nowhere else:
//! not in what is said, logged at `trace`, kept in the home or the record, put into a report, handed to another program.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Output, Stdio},
};

use base64::{Engine, alphabet, engine::GeneralPurpose, engine::general_purpose::NO_PAD};
use memchr::memmem;
use serde_json::json;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader};

use crate::stage::Stage;

/// Keys of S3 are the ones with characters that every encoding writes differently.
const S3: [(&str, &str); 2] = [
    ("PIERROT_SECRET_S3_ACCESS_KEY_ID", "AKIACANARY7PIERROT42"),
    ("PIERROT_SECRET_S3_SECRET_ACCESS_KEY", "cAnArY/7+pierrot/secret+access/key==+2026"),
];

/// What is looked for: a name to tell, and the bytes.
struct Hunt(Vec<(String, Vec<u8>)>);

impl Hunt {
    fn of(secrets: &[(String, String)]) -> Self {
        let mut needles = Vec::new();
        for (name, value) in secrets {
            // X's access token begins with the account's id, which is public.
            let secret = if name.contains("TOKEN") { value.split('-').next_back().unwrap_or(value) } else { value };
            for (dress, bytes) in dresses(secret.as_bytes()) {
                needles.push((format!("{name}, {dress}"), bytes));
            }
        }
        Self(needles)
    }

    fn finds(&self, bytes: &[u8]) -> Vec<&str> {
        self.0
            .iter()
            .filter(|(_, needle)| memmem::find(bytes, needle).is_some())
            .map(|(name, _)| name.as_str())
            .collect()
    }

    fn none_in(&self, place: &str, bytes: &[u8]) {
        assert_eq!(self.finds(bytes), Vec::<&str>::new(), "found in {place}");
    }

    fn none_below(&self, folder: &Path) {
        let mut folders = vec![folder.to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(&folder).expect("readable").flatten() {
                let path = entry.path();
                self.none_in("a name", path.to_string_lossy().as_bytes());
                if path.is_dir() {
                    folders.push(path);
                } else {
                    self.none_in(&path.display().to_string(), &fs::read(&path).expect("readable"));
                }
            }
        }
    }
}

/// Plain, hexadecimal, base64 at each of its three alignments in both alphabets, percent-encoded once and twice, UTF-16.
fn dresses(secret: &[u8]) -> Vec<(String, Vec<u8>)> {
    let hex = |upper: bool, before: &str| -> Vec<u8> {
        let digits = |byte: &u8| if upper { format!("{before}{byte:02X}") } else { format!("{before}{byte:02x}") };
        secret.iter().map(digits).collect::<String>().into_bytes()
    };
    let percent = |text: &[u8], upper: bool| -> Vec<u8> {
        let one = |byte: &u8| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(*byte).to_string(),
            other if upper => format!("%{other:02X}"),
            other => format!("%{other:02x}"),
        };
        text.iter().map(one).collect::<String>().into_bytes()
    };
    let once = percent(secret, true);
    let mut all = vec![
        ("plain".to_owned(), secret.to_vec()),
        ("hex".to_owned(), hex(false, "")),
        ("HEX".to_owned(), hex(true, "")),
        ("every byte percent-encoded".to_owned(), hex(true, "%")),
        ("percent".to_owned(), once.clone()),
        ("percent, small".to_owned(), percent(secret, false)),
        ("percent twice".to_owned(), percent(&once, true)),
        ("UTF-16".to_owned(), secret.iter().flat_map(|byte| [*byte, 0]).collect()),
    ];
    for (name, alphabet) in [("base64", &alphabet::STANDARD), ("base64url", &alphabet::URL_SAFE)] {
        let engine = GeneralPurpose::new(alphabet, NO_PAD);
        for before in 0..3 {
            let text = engine.encode([vec![0; before], secret.to_vec()].concat());
            // Characters that also carry bits of a neighbour say nothing.
            let whole = (before + secret.len()) / 3 * 4;
            let first = if before == 0 { 0 } else { 4 };
            all.push((format!("{name} at {before}"), text.as_bytes()[first..whole].to_vec()));
        }
    }
    all
}

#[test]
fn a_planted_secret_is_found_in_every_dress() {
    let secrets = S3.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let hunt = Hunt::of(&secrets);
    for (name, value) in &secrets {
        let engine = base64::engine::general_purpose::STANDARD;
        let basic = engine.encode(format!("user:{value}!"));
        for text in [
            format!("\"key\":\"{value}\""),
            basic,
            format!("q={}", value.replace('+', "%2B").replace('/', "%2F").replace('=', "%3D")),
        ] {
            assert!(
                hunt.finds(text.as_bytes()).iter().any(|found| found.starts_with(name.as_str())),
                "{name} in {text}"
            );
        }
    }
    assert_eq!(hunt.finds(b"AKIA is the beginning of every key"), Vec::<&str>::new());
}

fn all_secrets(stage: &Stage) -> Vec<(String, String)> {
    stage.secrets().into_iter().chain(S3.map(|(name, value)| (name.to_owned(), value.to_owned()))).collect()
}

/// Runs at `trace` and looks at all that was said.
async fn heard(stage: &Stage, hunt: &Hunt, arguments: &[&str]) -> Output {
    let mut command = stage.command(arguments);
    command.env("RUST_LOG", "trace").env("RUST_BACKTRACE", "full").envs(S3);
    let output = command.output().await.expect("it runs");
    hunt.none_in(&format!("{arguments:?}, output"), &output.stdout);
    hunt.none_in(&format!("{arguments:?}, errors"), &output.stderr);
    output
}

async fn every_command(stage: &Stage, hunt: &Hunt) {
    let bundle = stage.folder().join("report.txt").display().to_string();
    let old = stage.folder().join("old");
    fs::create_dir_all(&old).expect("writable");
    fs::write(old.join("pierrot-wal.json"), "{}").expect("writable");
    let old = old.display().to_string();
    for arguments in [
        &["init"][..],
        &["probe"],
        &["sync"],
        &["publish"],
        &["publish", "--dry-run"],
        &["doctor"],
        &["doctor", "--bundle", &bundle],
        &["secret", "list"],
        &["log"],
        &["photos"],
        &["status"],
        &["check"],
        &["review"],
        &["import-record", &old],
        &["recover"],
        &["restore"],
    ] {
        let output = heard(stage, hunt, arguments).await;
        assert_eq!(output.status.code(), Some(0), "{arguments:?}: {}", String::from_utf8_lossy(&output.stdout));
    }
    hunt.none_below(&stage.folder());
}

/// Trouble makes programs talk.
async fn every_trouble(stage: &Stage, hunt: &Hunt) {
    for (fault, command) in [
        (json!({"server":"x","method":"POST","path":"/2/tweets","kind":"unauthorized"}), "publish"),
        (json!({"server":"x","path":"/2/media","kind":"html","code":502,"times":1}), "publish"),
        (json!({"server":"x","method":"POST","path":"/2/tweets","kind":"credits"}), "publish"),
        (json!({"server":"x","method":"POST","path":"/2/tweets","kind":"drop_after"}), "publish"),
        (json!({"server":"flickr","kind":"status","code":500,"times":1}), "sync"),
        (json!({"server":"flickr","kind":"html","code":200,"times":0}), "sync"),
        (json!({"server":"flickr","kind":"flickr_fail","code":98,"message":"Invalid auth token","times":0}), "sync"),
    ] {
        stage.faults(fault);
        heard(stage, hunt, &[command]).await;
        stage.control().clear_faults();
        heard(stage, hunt, &["recover"]).await;
    }
    for place in ["publish::after_fence=panic(all is lost)", "sync::after_page=panic", "publish::after_post=return"] {
        let mut command = stage.command(&[place.split("::").next().unwrap_or_default()]);
        command.env("FAILPOINTS", place).env("RUST_LOG", "trace").env("RUST_BACKTRACE", "full").envs(S3);
        let output = command.output().await.expect("it runs");
        hunt.none_in(place, &[output.stdout, output.stderr].concat());
    }
    for (name, value) in all_secrets(stage) {
        // A key with an echo in it: refused, and still not repeated.
        let mut command = stage.command(&["doctor"]);
        command.env(&name, format!("{value} \u{7}")).env("RUST_LOG", "trace").envs(S3);
        let output = command.output().await.expect("it runs");
        hunt.none_in(&name, &[output.stdout, output.stderr].concat());
    }
    hunt.none_below(&stage.folder());
}

#[tokio::test(flavor = "multi_thread")]
async fn no_secret_is_left_anywhere_by_any_command_or_any_trouble() {
    let stage = Stage::new().await;
    let hunt = Hunt::of(&all_secrets(&stage));
    every_command(&stage, &hunt).await;
    every_trouble(&stage, &hunt).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_secret_is_left_in_a_bucket_of_moto() {
    let Ok(endpoint) = std::env::var("PIERROT_TEST_S3") else {
        assert!(std::env::var_os("CI").is_none(), "the S3 tests need scripts/with-moto.sh");
        return;
    };
    let stage = Stage::new().await;
    let hunt = Hunt::of(&all_secrets(&stage));
    let bucket = format!("canaries-{}", std::process::id());
    let address = format!("{}/{bucket}", endpoint.trim_end_matches('/'));
    let curl = |arguments: Vec<String>| async move {
        tokio::process::Command::new("curl").arg("-sf").args(arguments).output().await.expect("curl runs").stdout
    };
    curl(vec!["-X".into(), "PUT".into(), address.clone()]).await;
    stage.write_config(&format!(
        "\n[record]\nkind = \"s3\"\nbucket = \"{bucket}\"\nregion = \"us-east-1\"\nendpoint = \"{endpoint}\"\npath_style = true\n"
    ));
    every_command(&stage, &hunt).await;
    // A store that is not there, and one that refuses.
    let away = endpoint.replace("127.0.0.1", "127.0.0.2");
    for (was, now) in [(endpoint.clone(), away), (bucket.clone(), "no-such-bucket-at-all".into())] {
        let config = fs::read_to_string(stage.home().join("config.toml")).expect("readable");
        fs::write(stage.home().join("config.toml"), config.replace(&was, &now)).expect("writable");
        for command in ["check", "sync", "probe", "doctor"] {
            heard(&stage, &hunt, &[command]).await;
        }
        fs::write(stage.home().join("config.toml"), config).expect("writable");
    }
    let listing = String::from_utf8_lossy(&curl(vec![format!("{address}?list-type=2")]).await).into_owned();
    let names: Vec<String> =
        listing.split("<Key>").skip(1).filter_map(|rest| rest.split("</Key>").next()).map(str::to_owned).collect();
    assert!(names.iter().any(|name| name.contains("wal/")), "{listing}");
    for name in names {
        hunt.none_in(&name, &curl(vec![format!("{address}/{name}")]).await);
    }
    hunt.none_below(&stage.folder());
}

/// A page and its calls, the schedule, the program's own log; also what other programs of this computer can see of it.
#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn no_secret_is_left_by_the_page_or_seen_by_other_programs() {
    let stage = Stage::new().await;
    let hunt = Hunt::of(&all_secrets(&stage));
    heard(&stage, &hunt, &["sync"]).await;
    let opened = openers(&stage.folder().join("bin"));
    let mut command = stage.command(&["serve"]);
    let path = format!("{}:{}", opened.display(), std::env::var("PATH").unwrap_or_default());
    command.env("RUST_LOG", "trace").env("PATH", path).stdin(Stdio::null());
    let mut child = command.spawn().expect("it starts");
    let mut lines = BufReader::new(child.stdout.take().expect("piped"));
    let mut errors = child.stderr.take().expect("piped");
    let told = tokio::spawn(async move {
        let mut told = Vec::new();
        errors.read_to_end(&mut told).await.map(|_| told)
    });
    let mut first = String::new();
    lines.read_line(&mut first).await.expect("it says where it is");
    let address = serde_json::from_str::<serde_json::Value>(&first).expect("one object")["address"].clone();
    let address = address.as_str().expect("an address").to_owned();
    let (origin, token) = address.split_once("/open?token=").expect("the address carries the token");
    let cookie = format!("Authorization: Bearer {token}");
    for call in ["overview", "settings", "doctor", "secrets", "runs", "sync", "diagnostics", "no_such_call"] {
        let url = format!("{origin}/api/call/{call}");
        let asked = ["-s", "-X", "POST", "-H", &cookie, "-H", "Content-Type: application/json", "-d", "{}", &url];
        let answer = tokio::process::Command::new("curl").args(asked).output().await.expect("curl runs");
        hunt.none_in(call, &answer.stdout);
    }
    // Variables cannot be kept from here; the refusal does not say what it refused.
    let typed = json!({"name": "s3.secret_access_key", "value": S3[1].1}).to_string();
    let url = format!("{origin}/api/call/keep_secret");
    let asked = ["-s", "-X", "POST", "-H", &cookie, "-H", "Content-Type: application/json", "-d", &typed, &url];
    let answer = tokio::process::Command::new("curl").args(asked).output().await.expect("curl runs");
    assert!(String::from_utf8_lossy(&answer.stdout).contains("PIERROT_SECRET_S3"), "{answer:?}");
    hunt.none_in("keep_secret", &answer.stdout);
    let id = child.id().expect("it runs");
    hunt.none_in("its command line", &fs::read(format!("/proc/{id}/cmdline")).expect("readable"));
    let asked = std::process::Command::new("kill").args(["-TERM", &id.to_string()]).status();
    assert!(asked.is_ok_and(|done| done.success()));
    child.wait().await.expect("it ends");
    let told = told.await.expect("it was read").expect("to its end");
    hunt.none_in("what it told", &told);
    assert_eq!(memmem::find(&told, token.as_bytes()), None, "the page's own token is in no log");
    hunt.none_below(&stage.folder());
}

/// Programs that would open an address, which write down what they were started with.
#[cfg(target_os = "linux")]
fn openers(folder: &Path) -> PathBuf {
    use std::os::unix::fs::PermissionsExt;
    fs::create_dir_all(folder).expect("writable");
    for name in ["xdg-open", "gio", "gnome-open", "kde-open", "wslview", "notify-send"] {
        let path = folder.join(name);
        let script = format!("#!/bin/sh\necho \"$0 $*\" >>{0}/started\nenv >>{0}/started\n", folder.display());
        fs::write(&path, script).expect("writable");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("ours");
    }
    folder.to_owned()
}
