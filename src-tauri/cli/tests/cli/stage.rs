//! A sandbox, a home, and the program under test.

use std::{
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use pierrot_sandbox::{Control, Options, Sandbox};
use serde_json::{Value, json};
use tokio::{io::AsyncWriteExt, process::Command};

/// What a run of the program said.
#[derive(Debug)]
pub struct Said {
    pub status: Option<i32>,
    pub json: Value,
    pub stdout: String,
    pub stderr: String,
}

/// One sandbox and one home.
#[derive(Debug)]
pub struct Stage {
    pub sandbox: Sandbox,
    folder: tempfile::TempDir,
    extra_config: String,
}

impl Stage {
    pub async fn new() -> Self {
        Self::with_photos(20).await
    }

    pub async fn with_photos(photos: usize) -> Self {
        let options = Options { photos, ..Options::default() };
        let sandbox = pierrot_sandbox::start(options).await.expect("loopback ports are free");
        let stage = Self { sandbox, folder: tempfile::tempdir().expect("a folder"), extra_config: String::new() };
        std::fs::create_dir(stage.home()).expect("a new home");
        stage.write_config("");
        stage
    }

    pub fn home(&self) -> PathBuf {
        self.folder.path().join("home")
    }

    pub fn folder(&self) -> PathBuf {
        self.folder.path().to_owned()
    }

    pub fn record(&self) -> PathBuf {
        self.home().join("record")
    }

    pub fn control(&self) -> Control {
        self.sandbox.control()
    }

    /// The settings of the stage with `more` appended.
    pub fn write_config(&self, more: &str) {
        std::fs::write(self.home().join("config.toml"), self.config(more)).expect("the home is writable");
    }

    pub fn config(&self, more: &str) -> String {
        let described = self.sandbox.described();
        format!(
            "[flickr]\napi_url = \"{}\"\noauth_url = \"{}\"\ncalls_per_second = 0\n\n[targets.x]\nkind = \"x\"\napi_url = \"{}\"\n\
             look_after_s = [0, 1]\n{}{more}",
            described.flickr.api_url, described.flickr.oauth_url, described.x.api_url, self.extra_config
        )
    }

    /// Scripts faults; see the sandbox's own list.
    pub fn faults(&self, faults: Value) {
        self.control().call("faults", &faults).expect("the sandbox knows this fault");
    }

    pub fn photos(&self, changes: Value) -> Value {
        self.control().call("photos", &changes).expect("the sandbox knows this change")
    }

    pub fn posts(&self) -> Vec<Value> {
        self.control().state()["posts"].as_array().cloned().unwrap_or_default()
    }

    /// Media of all posts: one published twice would stand here twice.
    pub fn posted_pictures(&self) -> Vec<String> {
        let mut pictures: Vec<String> = self
            .posts()
            .iter()
            .map(|post| post["media_keys"].as_array().map_or_else(String::new, |keys| format!("{keys:?}")))
            .collect();
        pictures.sort();
        pictures
    }

    pub fn secrets(&self) -> Vec<(String, String)> {
        let variable = |name: &String| format!("PIERROT_SECRET_{}", name.to_uppercase().replace('.', "_"));
        self.sandbox.described().secrets.iter().map(|(name, value)| (variable(name), value.clone())).collect()
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        self.command_at(&self.home(), arguments)
    }

    /// The program on another home.
    pub fn command_at(&self, home: &Path, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_pierrot"));
        command.arg("--home").arg(home).arg("--json").args(arguments).envs(self.secrets());
        command
            .env("PIERROT_SECRETS", "env")
            .env_remove("FAILPOINTS")
            .env_remove("PIERROT_HOME")
            .env_remove("RUST_LOG");
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
        command
    }

    pub async fn run(&self, arguments: &[&str]) -> Said {
        said(self.command(arguments)).await
    }

    /// Runs and expects this exit status.
    pub async fn expect(&self, arguments: &[&str], status: i32) -> Value {
        let said = self.run(arguments).await;
        assert_eq!(said.status, Some(status), "{arguments:?} said {} {}", said.stdout, said.stderr);
        said.json
    }

    /// Runs with a named place at which the program dies; `1*off->NAME` is the second time it passes there.
    pub async fn run_dying(&self, arguments: &[&str], place: &str) -> Said {
        let mut command = self.command(arguments);
        let script = match place.split_once("->") {
            Some((skip, place)) => format!("{place}={skip}->return"),
            None => format!("{place}=return"),
        };
        command.env("FAILPOINTS", script);
        said(command).await
    }

    pub async fn run_with_input(&self, arguments: &[&str], input: &str) -> Said {
        let mut command = self.command(arguments);
        command.stdin(Stdio::piped());
        let mut child = command.spawn().expect("the program starts");
        let mut stdin = child.stdin.take().expect("it is piped");
        stdin.write_all(input.as_bytes()).await.ok();
        drop(stdin);
        heard(child).await
    }

    pub async fn log_kinds(&self) -> Vec<String> {
        let log = self.expect(&["log"], 0).await;
        let entries = log["entries"].as_array().cloned().unwrap_or_default();
        entries.iter().map(|entry| entry["type"].as_str().unwrap_or_default().to_owned()).collect()
    }

    /// How many requests of a kind the sandbox saw, for example `POST /2/tweets` or a Flickr method.
    pub fn requests(&self, what: &str) -> u64 {
        self.control().count(what)
    }

    /// All calls of Flickr's API.
    pub fn flickr_calls(&self) -> u64 {
        let state = self.control().state();
        let calls = state["log"]["calls"].as_object().cloned().unwrap_or_default();
        calls.iter().filter(|(what, _)| what.starts_with("flickr.")).filter_map(|(_, count)| count.as_u64()).sum()
    }
}

async fn said(mut command: Command) -> Said {
    heard(command.spawn().expect("the program starts")).await
}

async fn heard(child: tokio::process::Child) -> Said {
    let output = tokio::time::timeout(Duration::from_secs(300), child.wait_with_output())
        .await
        .expect("it ends within five minutes")
        .expect("it can be waited for");
    let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
    let json = serde_json::from_str(&stdout).unwrap_or(json!(null));
    Said { status: output.status.code(), json, stdout, stderr: String::from_utf8_lossy(&output.stderr).into_owned() }
}

/// A folder with all that is in it.
pub fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("writable");
    for entry in std::fs::read_dir(from).expect("readable").flatten() {
        let to = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &to);
        } else {
            std::fs::copy(entry.path(), to).expect("copied");
        }
    }
}
