//! The real program, as processes on homes of their own, against a sandbox in this process.
//!
//! Invariant: a process that was killed here got SIGKILL or died at a named place; nothing ends it politely.
//! Absent: waiting for anything but the end of a process.

use std::{
    collections::BTreeMap,
    env, io,
    path::{Path, PathBuf},
    process::{ExitStatus, Output, Stdio},
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use pierrot_core::{Pierrot, World};
use pierrot_sandbox::{Control, Options, Sandbox};
use serde_json::{Value, json};
use tokio::process::{Child, Command};

/// Longest life of a process that nobody kills.
const PATIENCE: Duration = Duration::from_secs(300);

/// Held while a process starts and while a home is let go here: in between, the new process would have the home's lock too.
static STARTING: Mutex<()> = Mutex::new(());

/// Starts a process.
pub fn start(command: &mut Command) -> io::Result<Child> {
    let _one = STARTING.lock().unwrap_or_else(PoisonError::into_inner);
    command.spawn()
}

/// The engine on a home, in this process.
#[derive(Debug)]
pub struct Opened(Option<Pierrot>);

impl std::ops::Deref for Opened {
    type Target = Pierrot;

    fn deref(&self) -> &Pierrot {
        self.0.as_ref().expect("it is there until it is dropped")
    }
}

impl Drop for Opened {
    fn drop(&mut self) {
        let _one = STARTING.lock().unwrap_or_else(PoisonError::into_inner);
        self.0.take();
    }
}

/// A program of this workspace: what `PIERROT_PROGRAM` names for `pierrot`, else the file beside this one or, from a test's
/// folder, above it.
pub fn find(name: &str) -> io::Result<PathBuf> {
    if let Some(named) = env::var_os("PIERROT_PROGRAM").filter(|_| name == "pierrot") {
        return Ok(named.into());
    }
    let own = env::current_exe()?;
    let file = format!("{name}{}", env::consts::EXE_SUFFIX);
    let mut beside = own.ancestors().skip(1).take(2).map(|folder| folder.join(&file));
    beside.find(|path| path.is_file()).ok_or_else(|| {
        io::Error::new(io::ErrorKind::NotFound, format!("{file} is not built; run `cargo build --workspace`"))
    })
}

/// Servers with so many small photos, and X without its own refusal of a text it has already.
pub async fn sandbox(photos: usize, seed: u64) -> io::Result<Sandbox> {
    let sandbox = pierrot_sandbox::start(Options { photos, seed, plain_pictures: true, ..Options::default() }).await?;
    let control = sandbox.control();
    let known = "the sandbox knows its own settings";
    control.call("settings", &json!({"accept_duplicates": true})).expect(known);
    // What is in a picture does not matter here.
    let small = |place| json!({"op": "edit", "id": format!("#{place}"), "width": 160, "height": 120});
    let small: Vec<Value> = (1..=photos.min(5_000)).map(small).collect();
    control.photos(&json!(small)).expect(known);
    Ok(sandbox)
}

/// Id and media key of every post that X has.
pub fn posts(control: &Control) -> Vec<(String, String)> {
    let state = control.call("state", &json!({"log": 0})).unwrap_or_default();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let posts = state["posts"].as_array().cloned().unwrap_or_default();
    posts.iter().map(|post| (text(&post["id"]), text(&post["media_keys"][0]))).collect()
}

/// One home, and how the program is started on it.
#[derive(Clone, Debug)]
pub struct Home {
    pub root: PathBuf,
    program: PathBuf,
    secrets: BTreeMap<String, String>,
}

/// What a process that ended by itself said.
#[derive(Debug)]
pub struct Said {
    pub status: Option<i32>,
    pub json: Value,
    pub took: Duration,
}

impl Home {
    /// Writes the settings: this sandbox, one look at the timeline, and the record that `record` names in TOML.
    pub fn new(root: &Path, sandbox: &Sandbox, record: &str, secrets: &[(&str, &str)]) -> io::Result<Self> {
        let described = sandbox.described();
        std::fs::create_dir_all(root)?;
        let config = format!(
            "[flickr]\napi_url = \"{}\"\noauth_url = \"{}\"\ncalls_per_second = 0\n\n[targets.x]\nkind = \"x\"\n\
             api_url = \"{}\"\nlook_after_s = [0]\n\n[record]\n{record}\n",
            described.flickr.api_url, described.flickr.oauth_url, described.x.api_url
        );
        std::fs::write(root.join("config.toml"), config)?;
        let mut all = described.secrets.clone();
        all.extend(secrets.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        Ok(Self { root: root.to_owned(), program: find("pierrot")?, secrets: all })
    }

    /// `pierrot` on this home.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.bare(&self.program);
        command.arg("--home").arg(&self.root).arg("--json").args(arguments);
        command
    }

    /// Any program, with this home's secrets in its environment.
    pub fn bare(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        for (name, value) in &self.secrets {
            command.env(format!("PIERROT_SECRET_{}", name.to_uppercase().replace('.', "_")), value);
        }
        command.env("PIERROT_SECRETS", "env");
        for name in ["FAILPOINTS", "PIERROT_HOME", "RUST_LOG"] {
            command.env_remove(name);
        }
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).kill_on_drop(true);
        command
    }

    /// Runs to the end.
    pub async fn run(&self, arguments: &[&str]) -> io::Result<Said> {
        let began = Instant::now();
        let output = heard(&mut self.command(arguments)).await?;
        let json = serde_json::from_slice(&output.stdout).unwrap_or_default();
        Ok(Said { status: output.status.code(), json, took: began.elapsed() })
    }

    /// Runs until it dies at a named place; whether it did.
    pub async fn die_at(&self, arguments: &[&str], place: &str) -> io::Result<bool> {
        let script = match place.split_once("->") {
            Some((skip, place)) => format!("{place}={skip}->return"),
            None => format!("{place}=return"),
        };
        Ok(died(heard(self.command(arguments).env("FAILPOINTS", script)).await?.status))
    }

    /// Runs and kills after a while, unless it was done by then; whether it was killed.
    pub async fn kill_after(&self, arguments: &[&str], patience: Duration) -> io::Result<bool> {
        let mut child = start(self.command(arguments).stdout(Stdio::null()))?;
        if let Ok(ended) = tokio::time::timeout(patience, child.wait()).await {
            ended?;
            return Ok(false);
        }
        child.start_kill()?;
        Ok(died(child.wait().await?))
    }

    /// The engine on this home in this process, where what a process start adds does not matter.
    pub fn open(&self) -> pierrot_core::Result<Opened> {
        Pierrot::open(&self.root, World::with_secrets(self.secrets.clone())).map(|pierrot| Opened(Some(pierrot)))
    }
}

async fn heard(command: &mut Command) -> io::Result<Output> {
    let output = tokio::time::timeout(PATIENCE, start(command)?.wait_with_output()).await;
    output.map_err(|_| io::Error::new(io::ErrorKind::TimedOut, "the program does not end"))?
}

/// By a signal, not by its own word.
pub fn died(status: ExitStatus) -> bool {
    status.code().is_none()
}
