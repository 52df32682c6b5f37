//! The tray as a value, made from the state of the engine.
//!
//! Invariant: pure, so that every menu can be looked at in a test; an item that cannot be used says why. Absent: drawing, which
//! is in `tray`, and the doing, which the engine does.

use jiff::{Timestamp, ToSpan, civil, tz::TimeZone};
use pierrot_core::{
    Code,
    engine::{Mood, Next, Overview, TargetView, UnderWay},
    run::{Ending, Job, Run},
    targets::title,
};

/// What the tray shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrayMenu {
    pub mood: Mood,
    /// The state in a line, for the tooltip and the top of the menu.
    pub line: String,
    pub rows: Vec<Row>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Row {
    Separator,
    /// `None` where it only says something.
    Item {
        label: String,
        action: Option<Action>,
    },
    Submenu {
        label: String,
        rows: Vec<Row>,
    },
}

/// What a click asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// To this target, a photo at random.
    Publish(String),
    Sync,
    PauseUntilTomorrow,
    PauseForAWeek,
    PauseUntilResumed,
    Resume,
    Review,
    Open,
    Quit,
}

impl Action {
    const PLAIN: [(&str, Self); 8] = [
        ("sync", Self::Sync),
        ("pause-tomorrow", Self::PauseUntilTomorrow),
        ("pause-week", Self::PauseForAWeek),
        ("pause", Self::PauseUntilResumed),
        ("resume", Self::Resume),
        ("review", Self::Review),
        ("open", Self::Open),
        ("quit", Self::Quit),
    ];

    /// The id of the item that asks for it.
    pub fn id(&self) -> String {
        if let Self::Publish(target) = self {
            return format!("publish:{target}");
        }
        Self::PLAIN.iter().find(|(_, action)| action == self).map_or("", |(id, _)| id).to_owned()
    }

    pub fn from_id(id: &str) -> Option<Self> {
        let plain = Self::PLAIN.iter().find(|(known, _)| *known == id).map(|(_, action)| action.clone());
        plain.or_else(|| id.strip_prefix("publish:").map(|target| Self::Publish(target.to_owned())))
    }
}

/// The menu for this state at this time; `zone` is the photographer's.
pub fn menu(state: &Overview, now: Timestamp, zone: &TimeZone) -> TrayMenu {
    let line = line(state, now.to_zoned(zone.clone()).datetime(), zone);
    // One's own archive may have its icon beside this one.
    let line = if state.demo { format!("Demo: {line}") } else { line };
    let mut rows = vec![Row::Item { label: line.clone(), action: None }, Row::Separator];
    rows.push(publish(state));
    rows.push(sync(state));
    rows.push(pause(state));
    rows.push(Row::Separator);
    if state.reviews > 0 {
        rows.push(item(format!("Needs review ({})", state.reviews), Action::Review));
    }
    rows.extend([item("Open Pierrot", Action::Open), Row::Separator, item("Quit", Action::Quit)]);
    TrayMenu { mood: state.mood, line, rows }
}

fn item(label: impl Into<String>, action: Action) -> Row {
    Row::Item { label: label.into(), action: Some(action) }
}

/// An item that cannot be used now, with the reason.
fn closed(label: &str, why: &str) -> Row {
    Row::Item { label: format!("{label} ({why})"), action: None }
}

fn publish(state: &Overview) -> Row {
    let label = "Publish now";
    match state.targets.as_slice() {
        [] => closed(label, "no target yet"),
        [target] => publish_to(state, target, label),
        targets => Row::Submenu {
            label: label.into(),
            rows: targets.iter().map(|target| publish_to(state, target, title(&target.name))).collect(),
        },
    }
}

fn publish_to(state: &Overview, target: &TargetView, label: &str) -> Row {
    let works = |under_way: &UnderWay| {
        under_way.job == Job::Publish && under_way.target.as_ref().is_none_or(|name| *name == target.name)
    };
    if !target.signed_in {
        closed(label, "sign in first")
    } else if !state.ready.synced {
        closed(label, "sync first")
    } else if state.under_way.as_ref().is_some_and(works) {
        closed(label, "under way")
    } else if target.unpublished == 0 {
        closed(label, "nothing left")
    } else {
        item(label, Action::Publish(target.name.clone()))
    }
}

fn sync(state: &Overview) -> Row {
    let label = "Sync now";
    if !state.ready.source {
        closed(label, "connect Flickr first")
    } else if state.under_way.as_ref().is_some_and(|under_way| under_way.job == Job::Sync) {
        closed(label, "under way")
    } else {
        item(label, Action::Sync)
    }
}

fn pause(state: &Overview) -> Row {
    if state.paused_until.is_some() {
        return item("Resume", Action::Resume);
    }
    let rows = vec![
        item("Until tomorrow", Action::PauseUntilTomorrow),
        item("For a week", Action::PauseForAWeek),
        item("Until I resume", Action::PauseUntilResumed),
    ];
    Row::Submenu { label: "Pause".into(), rows }
}

/// The state in a line. What is under way comes first, then what waits for the person, then what comes by itself.
fn line(state: &Overview, now: civil::DateTime, zone: &TimeZone) -> String {
    if let Some(under_way) = &state.under_way {
        return working(under_way);
    }
    if state.reviews > 0 {
        return format!("Needs you: {} to review", counted(state.reviews, "post"));
    }
    if let Some(run) = state.trouble.iter().find(|run| run.ending == Some(Ending::NeedsYou)) {
        return format!("Needs you: {}", wanted(run));
    }
    if let Some(until) = &state.paused_until {
        return paused(until, now, zone);
    }
    if !state.ready.source || !state.ready.target {
        return "Not set up yet: open Pierrot".into();
    }
    let (syncs, posts): (Vec<&Next>, Vec<&Next>) = state.next.iter().partition(|next| next.name == "sync");
    let is_empty = |next: &Next| state.targets.iter().any(|target| target.name == next.name && target.unpublished == 0);
    match (posts.first(), syncs.first()) {
        (Some(next), _) if is_empty(next) => format!("Nothing is left for {}", title(&next.name)),
        (Some(next), _) => format!("Next: {} - {}", when(&next.local, now), title(&next.name)),
        (None, Some(next)) => format!("Next: sync {}", when(&next.local, now)),
        (None, None) => "Nothing is planned".into(),
    }
}

fn working(under_way: &UnderWay) -> String {
    let what = match under_way.job {
        Job::Sync => "Syncing",
        Job::Publish => "Publishing",
        Job::Recover => "Settling what was left open",
        Job::Answer => "Carrying out your answer",
        Job::Check => "Checking the record",
        Job::Restore => "Restoring from the record",
        Job::Look => "Making a picture",
        Job::Mosaic => "Making a mosaic",
    };
    let target = under_way.target.as_ref().map(|name| format!(" to {}", title(name))).unwrap_or_default();
    // Steps are told when they are reached; a person asks what comes now.
    let doing = match (under_way.job, under_way.doing.as_str()) {
        (Job::Publish, "" | "claimed") => "preparing",
        (Job::Publish, "prepared") => "uploading",
        (Job::Publish, "uploaded") => "sending",
        (Job::Publish, "posted") => "writing it down",
        (_, doing) => doing,
    };
    if doing.is_empty() { format!("{what}{target}") } else { format!("{what}{target}: {}", short(doing)) }
}

/// What a run that stopped wants of the person.
fn wanted(run: &Run) -> String {
    let place = run.target.as_deref().map_or("Flickr", title);
    if run.code == Some(Code::SignInAgain) { format!("sign in to {place}") } else { short(&run.summary) }
}

fn paused(until: &str, now: civil::DateTime, zone: &TimeZone) -> String {
    let until = until.parse::<Timestamp>().map(|until| until.to_zoned(zone.clone()).datetime());
    match until {
        Ok(until) if until.date() == now.date() => format!("Paused until {}", until.strftime("%H:%M")),
        Ok(until) if now.checked_add(1.year()).is_ok_and(|year| until < year) => {
            format!("Paused until {}", day(until.date(), now.date()))
        }
        Ok(_) | Err(_) => "Paused until you resume".into(),
    }
}

/// `Sunday 10:00`, from a local time like `2026-11-29T10:00`.
fn when(local: &str, now: civil::DateTime) -> String {
    match local.parse::<civil::DateTime>() {
        Ok(at) => format!("{} {}", day(at.date(), now.date()), at.strftime("%H:%M")),
        Err(_) => local.to_owned(),
    }
}

fn day(date: civil::Date, today: civil::Date) -> String {
    match (date - today).get_days() {
        0 => "today".into(),
        1 => "tomorrow".into(),
        2..=6 => date.strftime("%A").to_string(),
        _ if date.year() == today.year() => date.strftime("%-d %B").to_string(),
        _ => date.strftime("%-d %B %Y").to_string(),
    }
}

fn counted(count: u32, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}

/// A menu is no place for long sentences.
fn short(text: &str) -> String {
    const CHARS_MAX: usize = 60;
    let line = text.lines().next().unwrap_or_default();
    if line.chars().count() <= CHARS_MAX {
        return line.to_owned();
    }
    let cut: String = line.chars().take(CHARS_MAX - 1).collect();
    format!("{}…", cut.trim_end())
}
