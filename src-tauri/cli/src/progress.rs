//! The engine's events as a bar or as lines on standard error, for people at a terminal.

use std::{io::IsTerminal, time::Duration};

use indicatif::{ProgressBar, ProgressStyle};
use pierrot_core::{
    Pierrot,
    events::{Event, PublishStep},
};
use tokio::{sync::broadcast::error::RecvError, task::JoinHandle};

/// Watches until dropped.
#[derive(Debug)]
pub struct Watching(Option<(JoinHandle<()>, ProgressBar)>);

impl Watching {
    /// Draws only where a person looks on.
    pub fn start(pierrot: &Pierrot, json: bool) -> Self {
        if json || !std::io::stderr().is_terminal() {
            return Self(None);
        }
        let bar = ProgressBar::new_spinner();
        bar.enable_steady_tick(Duration::from_millis(120));
        let (mut events, shown) = (pierrot.events().subscribe(), bar.clone());
        let task = tokio::spawn(async move {
            loop {
                match events.recv().await {
                    Ok(event) => show(&shown, &event),
                    Err(RecvError::Lagged(_)) => {}
                    Err(RecvError::Closed) => break,
                }
            }
        });
        Self(Some((task, bar)))
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        if let Some((task, bar)) = self.0.take() {
            task.abort();
            bar.finish_and_clear();
        }
    }
}

fn show(bar: &ProgressBar, event: &Event) {
    match event {
        Event::SyncPage { page, pages, photos, photos_per_s, left_s } => {
            if bar.length().is_none() {
                let style = ProgressStyle::with_template("{bar:32} page {pos} of {len}  {msg}");
                bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
            }
            bar.set_length(u64::from(*pages));
            bar.set_position(u64::from(*page));
            bar.set_message(format!("{photos} photos, {photos_per_s:.0}/s, {left_s:.0} s left"));
        }
        Event::Syncing { what } => bar.set_message(what.clone()),
        Event::Publishing { photo, target, step } => {
            bar.set_message(format!("photo {photo}: {}", doing(*step, target)))
        }
        Event::Rendering { doing, progress, .. } => bar.set_message(format!("{doing}, {:.0} %", progress * 100.0)),
        Event::Waiting { seconds, why } => bar.set_message(format!("waiting {seconds} s: {why}")),
        Event::Changed { .. } | Event::RunEnded { .. } => {}
    }
}

fn doing(step: PublishStep, target: &str) -> String {
    match step {
        PublishStep::Claimed => "claimed on the record, getting it ready".into(),
        PublishStep::Prepared => format!("ready, uploading to {target}"),
        PublishStep::Uploaded => "uploaded, writing the fence".into(),
        PublishStep::Sending => format!("sending to {target}"),
        PublishStep::Posted => "posted, recording".into(),
        PublishStep::Recorded => "recorded".into(),
        PublishStep::NeedsReview => "needs your review".into(),
        PublishStep::Released => "not sent, released".into(),
    }
}
