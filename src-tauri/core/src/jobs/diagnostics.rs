//! What somebody who helps needs to know, as one text that the photographer can read before it is handed on.
//!
//! Invariants: secrets are impossible by construction: the values that are set are taken out wherever they stand, and so is
//! whatever looks like a key; names, places, addresses and accounts are masked; a setting's text is told only when it is the default or
//! cannot be anything personal. Bounded in lines. Absent: photos, titles, captions and posts.

use std::path::Path;

use serde_json::Value;

use crate::{
    error::Result,
    handle::{Pierrot, World},
    jobs::doctor::{Advice, Doctor},
    logs,
    mask::Mask,
    run::Run,
    secrets,
    settings::Settings,
};

const RUNS: usize = 60;
const LOG_LINES: usize = 400;
/// Settings whose texts are words of Pierrot or rules, read by a type that takes nothing else.
const PLAIN: [&str; 11] = [
    "kind",
    "privacy",
    "content_types",
    "min_upload_date",
    "schedule",
    "sync",
    "time_zone",
    "quiet_hours",
    "digest",
    "theme",
    "language",
];

impl Pierrot {
    /// The diagnosis of a home in whatever state it is, with its report. `version` is the program's.
    pub async fn diagnose_in_full(root: &Path, world: World, version: &str) -> Result<(Doctor, String)> {
        let now = world.clock.now();
        let doctor = Self::diagnose(root, world.clone()).await?;
        let text = match Self::open(root, world) {
            Ok(pierrot) => pierrot.report(&doctor, version).await?,
            // What cannot be opened has its checks and its log.
            Err(_) => {
                let mask = places(root);
                [heading(version, now), checks(&doctor, &mask), log(root, &mask)].join("\n")
            }
        };
        Ok((doctor, text))
    }

    /// The report of this home.
    pub async fn diagnostics(&self, version: &str) -> Result<String> {
        self.report(&self.doctor().await?, version).await
    }

    async fn report(&self, doctor: &Doctor, version: &str) -> Result<String> {
        let (mask, now) = (self.mask().await?, self.now());
        let parts = [
            heading(version, now),
            checks(doctor, &mask),
            self.counts()?,
            changed_settings(&self.settings),
            runs(&self.catalogue.runs(None, RUNS)?, &mask),
            log(self.home.root(), &mask),
        ];
        Ok(parts.join("\n"))
    }

    async fn mask(&self) -> Result<Mask> {
        let mut mask = places(self.home.root());
        for name in secrets::names(&self.settings) {
            // A keyring that does not answer is one of the findings; what looks like a key goes in any case.
            if let Ok(Some(secret)) = self.secret(&name).await {
                mask.hide(secret.reveal(), "secret");
            }
        }
        for (key, text, default) in texts(&self.settings) {
            if !default {
                mask.hide(&text, key.rsplit('.').next().unwrap_or("text"));
            }
        }
        for (number, name) in self.settings.targets.keys().enumerate() {
            if let Some(known) = self.account_of(name)? {
                mask.hide(&known.username, "account");
                mask.hide(&known.id, "account");
            }
            if name != "x" {
                mask.hide(name, &format!("target {}", number + 1));
            }
        }
        Ok(mask)
    }

    fn counts(&self) -> Result<String> {
        let status = self.status()?;
        let mut text = format!(
            "## Counts\nphotos {}, missing {}, excluded {}, published {}, waiting for a second look {}\nlast full sync {}\n\
             log entries {}, computers {}, documents pending {}\n",
            status.total,
            status.missing,
            status.excluded,
            status.published,
            status.unproved,
            status.synced_at.as_deref().unwrap_or("never"),
            status.record.entries,
            status.record.computers,
            status.record.documents_pending,
        );
        if let Some(probed) = self.probed()? {
            text +=
                &format!("record probed {}, several computers may share it: {}\n", probed.at, probed.several_computers);
        }
        if let Some(since) = self.record_away()? {
            text += &format!("record away since {since}\n");
        }
        for (number, target) in status.targets.iter().enumerate() {
            text += &format!(
                "target {}: may go {}, published {}, held {}, reviews {}, under way {}\n",
                number + 1,
                target.unpublished,
                target.published,
                target.held,
                target.reviews,
                target.in_progress
            );
        }
        Ok(text)
    }
}

fn heading(version: &str, now: jiff::Timestamp) -> String {
    format!(
        "Pierrot diagnostics\nversion {version}, {} {}, {now:.0}\nSecrets are not in here. Names, places, addresses and accounts are masked.\n",
        std::env::consts::OS,
        std::env::consts::ARCH
    )
}

fn places(root: &Path) -> Mask {
    let mut mask = Mask::default();
    mask.hide(&root.display().to_string(), "home");
    if let Ok(folder) = etcetera::home_dir() {
        mask.hide(&folder.display().to_string(), "user's folder");
        if let Some(user) = folder.file_name() {
            mask.hide(&user.to_string_lossy(), "user");
        }
    }
    mask
}

fn checks(doctor: &Doctor, mask: &Mask) -> String {
    let line = |check: &Advice| {
        // What is in order is told with names; only these two findings are numbers and names of Pierrot's own.
        let found =
            if !check.ok || ["catalogue", "secrets"].contains(&check.what.as_str()) { &check.found } else { "" };
        let text = mask.text(&format!("{} {}  {found}", if check.ok { "ok" } else { "!!" }, check.what));
        format!("{}\n", text.trim_end())
    };
    format!("## Checks\n{}", doctor.checks.iter().map(line).collect::<String>())
}

fn changed_settings(settings: &Settings) -> String {
    let mut lines = "## Settings that are not the default\n".to_owned();
    for (key, value, default) in leaves(settings) {
        if default {
            continue;
        }
        let name = key.rsplit('.').next().unwrap_or_default();
        let told = match &value {
            Value::String(text) if PLAIN.contains(&name) => text.clone(),
            Value::String(text) => format!("<text of {}>", text.chars().count()),
            Value::Array(all) => format!("<list of {}>", all.len()),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => value.to_string(),
        };
        // The name of a target may be a person's.
        let key = match key.split('.').collect::<Vec<_>>().as_slice() {
            ["targets", target, rest @ ..] if *target != "x" => format!("targets.<name>.{}", rest.join(".")),
            [..] => key,
        };
        lines += &format!("{key} = {told}\n");
    }
    lines
}

fn runs(runs: &[Run], mask: &Mask) -> String {
    let line = |run: &Run| {
        let word = |value: Value| value.as_str().unwrap_or("under way").to_owned();
        let ending = word(serde_json::to_value(run.ending).unwrap_or_default());
        let job = word(serde_json::to_value(run.job).unwrap_or_default());
        let by = if run.slot.is_some() { "due" } else { "asked" };
        let took = run.took_ms.map_or_else(String::new, |took| format!(" {took} ms"));
        format!("{} {job} {by} {ending}{took}  {}\n", run.started_at, mask.text(&run.summary.replace('\n', " ")))
    };
    format!("## Runs, newest first\n{}", runs.iter().map(line).collect::<String>())
}

fn log(root: &Path, mask: &Mask) -> String {
    let lines = logs::newest(&root.join("logs"), LOG_LINES);
    format!("## Log\n{}\n", lines.iter().map(|line| mask.text(line)).collect::<Vec<_>>().join("\n"))
}

/// Every value of the settings by its dotted key, and whether it is the default.
fn leaves(settings: &Settings) -> Vec<(String, Value, bool)> {
    let mut found = Vec::new();
    let value = serde_json::to_value(settings).unwrap_or_default();
    let defaults = serde_json::to_value(Settings::default()).unwrap_or_default();
    walk(String::new(), &value, &defaults, &mut found);
    found
}

fn walk(key: String, value: &Value, defaults: &Value, found: &mut Vec<(String, Value, bool)>) {
    let Value::Object(fields) = value else {
        found.push((key, value.clone(), value == defaults));
        return;
    };
    for (name, value) in fields {
        let inner = if key.is_empty() { name.clone() } else { format!("{key}.{name}") };
        // Each target is measured against the first.
        let other = if key == "targets" { &defaults["x"] } else { &defaults[name.as_str()] };
        walk(inner, value, other, found);
    }
}

/// Every text of the settings that could name somebody or something.
fn texts(settings: &Settings) -> Vec<(String, String, bool)> {
    let mut found = Vec::new();
    for (key, value, default) in leaves(settings) {
        let name = key.rsplit('.').next().unwrap_or_default();
        let all = match value {
            Value::String(text) if !PLAIN.contains(&name) => vec![text],
            Value::Array(all) => all.iter().filter_map(|one| one.as_str().map(str::to_owned)).collect(),
            Value::String(_) | Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => Vec::new(),
        };
        found.extend(all.into_iter().map(|text| (key.clone(), text, default)));
    }
    found
}

#[cfg(test)]
#[path = "diagnostics_test.rs"]
mod tests;
