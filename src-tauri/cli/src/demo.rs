//! `pierrot demo`: the main job in front of a viewer, on sample photos and loopback servers, with the real engine.
//!
//! Every step runs this very program again, as a person would type it; the crash in the middle is a real one.

use std::{
    fs::File,
    io::{IsTerminal, Write},
    path::{Path, PathBuf},
    process::Stdio,
};

use pierrot_core::{Error, Result};
use pierrot_sandbox::{Options, Sandbox};
use serde_json::{Value, json};
use tokio::process::Command;

use crate::{
    args::DemoArguments,
    output::{Answer, Voice},
    sandbox::stopped,
};

/// One run of the demo.
struct Stage {
    voice: Voice,
    home: PathBuf,
    sandbox: Sandbox,
}

/// Shows the whole job; leaves the sandbox running for a person at a terminal.
pub async fn run(arguments: &DemoArguments, voice: Voice) -> Result<Answer> {
    let options = Options { photos: arguments.photos, ..Options::default() };
    let sandbox = pierrot_sandbox::start(options).await.map_err(|error| broken("The sandbox cannot start", &error))?;
    let home = sandbox.described().fresh_home().map_err(|error| broken("The demo's home cannot be made", &error))?;
    let stage = Stage { voice, home, sandbox };
    let shown = stage.play().await?;
    let open_end = !arguments.no_wait && !voice.json && std::io::stdout().is_terminal();
    let window = stage.open_window();
    stage.say(&stage.what_next(open_end));
    if open_end {
        stopped().await;
        stage.say(&format!("\nThe demo is over. Its files stay in {}.", stage.home.display()));
    }
    if let Some(mut window) = window {
        let _ = window.kill().await;
    }
    stage.sandbox.stop().await;
    Ok(Answer::done(shown, ""))
}

impl Stage {
    async fn play(&self) -> Result<Value> {
        let described = self.sandbox.described().clone();
        self.say(&format!(
            "Pierrot's demo: a pretend Flickr and a pretend X on this computer, nothing leaves it.\n  home  {}\n",
            self.home.display()
        ));
        self.step("1. Reading the whole photostream into the local catalogue");
        let sync = self.pierrot(&["sync"], None).await?;
        self.say(&format!("   {} photos, {} calls to Flickr.\n", sync["total"], sync["calls"]));

        self.step("2. Publishing one photo, chosen by chance among the unpublished");
        let first = self.pierrot(&["publish", "--seed", "7"], None).await?;
        self.show_post(&first);
        self.step("   What the official record says now (nothing is sent before it is written down):");
        let log = self.pierrot(&["log"], None).await?;
        self.show_log(&log, 0);

        self.step("\n3. Publishing another one, and pulling the plug: X has the post, Pierrot never hears of it");
        let killed = self.pierrot(&["publish", "--seed", "8"], Some("publish::after_post=return")).await?;
        self.say(&format!("   Pierrot was killed ({}).", killed["died"].as_str().unwrap_or("it ended")));
        self.say(&format!("   Posts on X: {}. On the record: one finished, one \"sending\".\n", self.posts()));

        self.step("4. Starting again: it reads the timeline, finds its own picture there, and posts nothing twice");
        let recovered = self.pierrot(&["recover"], None).await?;
        let log = self.pierrot(&["log"], None).await?;
        self.show_log(&log, 3);
        let posts = self.posts();
        self.say(&format!("   Posts on X: {posts}. Published on the record: {}.\n", published(&log)));

        self.step("5. Checking the record");
        let check = self.pierrot(&["check"], None).await?;
        self.say(&format!(
            "   {} entries, {} published: {}.",
            check["entries"],
            check["published"],
            if check["clean"] == true { "everything is in order" } else { "something is wrong, see `pierrot check`" }
        ));
        Ok(json!({ "sync": sync, "first": first, "recovered": recovered, "check": check, "posts_on_x": posts,
            "home": self.home, "sandbox": described.control_url }))
    }

    fn say(&self, words: &str) {
        self.voice.remark(words);
    }

    fn step(&self, words: &str) {
        self.say(words);
    }

    fn posts(&self) -> usize {
        self.sandbox.control().state()["posts"].as_array().map_or(0, Vec::len)
    }

    fn show_post(&self, report: &Value) {
        let text = |name: &str| report[name].as_str().unwrap_or_default().to_owned();
        let picture = self.home.join("published").join(format!("{}-x.jpg", text("photo_id")));
        self.say(&format!(
            "   picture  {}\n            {} x {} pixels; camera serial and place are stripped, your copyright is kept\n   \
             caption  {}\n   alt text {}\n   post     {} (pretend)\n   cost     USD {} on the real X\n",
            picture.display(),
            report["width"],
            report["height"],
            text("text").replace('\n', "\n            "),
            text("alt_text").replace('\n', " "),
            text("post_url"),
            report["cost_usd"]
        ));
    }

    fn show_log(&self, log: &Value, skip: usize) {
        for entry in log["entries"].as_array().into_iter().flatten().skip(skip) {
            let text = |name: &str| entry[name].as_str().unwrap_or_default();
            self.say(&format!(
                "   {:>3}  {:<10} photo {}  {}",
                entry["seq"],
                text("type"),
                text("photo_id"),
                text("post_url")
            ));
        }
    }

    /// Runs this program on the demo's home; with `die_at`, expects it to die there.
    async fn pierrot(&self, arguments: &[&str], die_at: Option<&str>) -> Result<Value> {
        let program =
            std::env::current_exe().map_err(|error| broken("The demo cannot find its own program", &error))?;
        let mut command = Command::new(program);
        command.arg("--home").arg(&self.home).arg("--json").args(arguments).envs(self.environment());
        command.stdin(Stdio::null()).stderr(if die_at.is_some() { Stdio::null() } else { Stdio::inherit() });
        if let Some(place) = die_at {
            command.env("FAILPOINTS", place);
        }
        let output = command.output().await.map_err(|error| broken("The demo cannot start its own program", &error))?;
        if die_at.is_some() {
            return Ok(json!({ "died": output.status.to_string() }));
        }
        let answer: Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
        if output.status.success() {
            return Ok(answer);
        }
        let why = answer["error"]["message"].as_str().unwrap_or("it gave no reason").to_owned();
        Err(Error::failed(
            format!("`pierrot {}` failed: {why}", arguments.join(" ")),
            "This is a bug; please report it.",
        ))
    }

    fn environment(&self) -> Vec<(String, String)> {
        let variable = |name: &String| format!("PIERROT_SECRET_{}", name.to_uppercase().replace('.', "_"));
        let secrets = &self.sandbox.described().secrets;
        let mut variables: Vec<(String, String)> =
            secrets.iter().map(|(name, value)| (variable(name), value.clone())).collect();
        variables.push(("PIERROT_SECRETS".into(), "env".into()));
        variables
    }

    /// Where there is a display and the desktop app was built, shows it, on a demo of its own: a home is one program's at a time.
    fn open_window(&self) -> Option<tokio::process::Child> {
        let display = std::env::var_os("DISPLAY").is_some() || std::env::var_os("WAYLAND_DISPLAY").is_some();
        let desktop =
            std::env::current_exe().ok()?.with_file_name(format!("pierrot-desktop{}", std::env::consts::EXE_SUFFIX));
        if self.voice.json || !display || !desktop.exists() {
            return None;
        }
        let mut command = Command::new(desktop);
        command.arg("--demo").stdout(Stdio::null()).stderr(Stdio::null());
        command.kill_on_drop(true).spawn().ok()
    }

    fn what_next(&self, open_end: bool) -> String {
        let program = std::env::current_exe().map_or_else(|_| "pierrot".into(), |path| path.display().to_string());
        if !open_end {
            return format!("\nThat is all. Its files are in {}.", self.home.display());
        }
        let environment = self.home.join("secrets.env");
        let lines: Vec<String> =
            self.environment().iter().map(|(name, value)| format!("export {name}='{value}'")).collect();
        let _ = private_file(&environment).and_then(|mut file| file.write_all((lines.join("\n") + "\n").as_bytes()));
        format!(
            "\nThe sandbox goes on until Ctrl-C. In another terminal:\n  . {}\n  alias pierrot='{program} --home {}'\n  \
             pierrot status\n  pierrot photos --state unpublished\n  pierrot publish --dry-run\n  pierrot publish\n  pierrot log\n  \
             pierrot serve      # the gallery, the plan and all else, in a browser\n\
             What X sees: {}/state",
            environment.display(),
            self.home.display(),
            self.sandbox.described().control_url
        )
    }
}

/// A file that only this person may read.
fn private_file(path: &Path) -> std::io::Result<File> {
    let mut options = File::options();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

fn published(log: &Value) -> usize {
    log["entries"].as_array().map_or(0, |entries| entries.iter().filter(|entry| entry["type"] == "posted").count())
}

fn broken(what: &str, error: &std::io::Error) -> Error {
    Error::failed(format!("{what} ({error})."), "Check the disk and try again.")
}
