//! What every screen, the tray and the state line show: one value made from state.
//!
//! Invariant: made from what this computer knows, no network; the keyring is asked once and after each change of a secret.

use serde::Serialize;

use super::{Changing, Engine, Next, UnderWay, Undoable, scheduler::SYNC};
use crate::{
    error::Result,
    handle::Pierrot,
    report::Outcome,
    run::{Ending, Job, Run},
    secrets,
};

/// The one word for an icon.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum Mood {
    Idle,
    Working,
    NeedsYou,
    Paused,
}

/// How far setting up has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ts_rs::TS)]
pub struct Ready {
    /// Whether the source can be asked.
    pub source: bool,
    /// Whether the photos were read to the end at least once.
    pub synced: bool,
    /// Whether at least one target is signed in.
    pub target: bool,
}

/// One target at a glance.
#[derive(Clone, Debug, PartialEq, Serialize, ts_rs::TS)]
pub struct TargetView {
    pub name: String,
    /// `x:2244994945`; absent before the first sign-in was checked.
    pub account: Option<String>,
    pub signed_in: bool,
    /// Photos that may go out now.
    pub unpublished: u32,
    pub published: u32,
    pub reviews: u32,
}

/// The state of the engine.
#[derive(Clone, Debug, PartialEq, Serialize, ts_rs::TS)]
pub struct Overview {
    pub version: String,
    /// Nothing that is posted is real.
    pub demo: bool,
    pub home: String,
    pub mood: Mood,
    pub ready: Ready,
    /// Photos the source has.
    pub photos: u32,
    /// Photos published to at least one target.
    pub published: u32,
    pub reviews: u32,
    pub under_way: Option<UnderWay>,
    /// A change to many photos, beside whatever job works.
    pub changing: Option<Changing>,
    pub undoable: Option<Undoable>,
    /// What happens by itself, soonest first.
    pub next: Vec<Next>,
    /// The schedule's zone, `Europe/Rome`; absent where the computer does not name its own.
    pub zone: Option<String>,
    /// RFC 3339; absent when nothing is paused.
    pub paused_until: Option<String>,
    pub targets: Vec<TargetView>,
    /// The newest run of its kind that went wrong and was not followed by a better one.
    pub trouble: Vec<Run>,
    /// When the last full pass over the source ended, RFC 3339.
    pub synced_at: Option<String>,
}

/// Which secrets there are, as far as it says what can be done at all.
pub(crate) struct SetUp(Vec<String>);

impl SetUp {
    fn has(&self, name: &str) -> bool {
        self.0.iter().any(|known| known == name)
    }

    /// Whether the source can be asked.
    fn source(&self, pierrot: &Pierrot) -> bool {
        let named = pierrot.settings().flickr.user != "me";
        let signed = self.has("flickr.api_secret") && self.has("flickr.token") && self.has("flickr.token_secret");
        self.has("flickr.api_key") && (named || signed)
    }

    fn target(&self, name: &str) -> bool {
        secrets::of_target(name).iter().all(|name| self.has(name))
    }

    /// Whether what a schedule wants, `sync` or a target by name, can be done; else it will not happen.
    pub(crate) fn allows(&self, name: &str, pierrot: &Pierrot) -> bool {
        self.source(pierrot) && (name == SYNC || self.target(name))
    }
}

/// Runs looked at for trouble.
const TROUBLE_LOOK_BACK: usize = 50;

impl Engine {
    pub(crate) async fn set_up(&self) -> SetUp {
        SetUp(self.known_secrets().await)
    }

    pub async fn overview(&self) -> Result<Overview> {
        let set = self.set_up().await;
        let engine = self.clone();
        let made = tokio::task::spawn_blocking(move || engine.overview_with(&set)).await;
        made.map_err(|_| crate::Error::failed("The state could not be read.", "Start Pierrot anew."))?
    }

    fn overview_with(&self, set: &SetUp) -> Result<Overview> {
        let pierrot = self.pierrot();
        let status = pierrot.status()?;
        let targets: Vec<TargetView> = status
            .targets
            .iter()
            .map(|target| TargetView {
                name: target.target.clone(),
                account: target.account.clone(),
                signed_in: set.target(&target.target),
                unpublished: target.unpublished,
                published: small(target.published),
                reviews: small(target.reviews),
            })
            .collect();
        let mut next = self.next()?;
        next.retain(|next| set.allows(&next.name, &pierrot));
        let reviews = targets.iter().map(|target| target.reviews).sum();
        let under_way = self.under_way();
        let (changing, undoable) = self.changes();
        let trouble = trouble(&pierrot.catalogue.runs(None, TROUBLE_LOOK_BACK)?);
        let paused_until = self.pause()?.map(|pause| pause.until.to_string());
        let asks = reviews > 0 || trouble.iter().any(|run| run.ending == Some(Ending::NeedsYou));
        Ok(Overview {
            version: self.0.program.version.clone(),
            demo: self.0.program.demo,
            home: status.home,
            mood: match (&under_way, asks, paused_until.is_some()) {
                (Some(_), _, _) => Mood::Working,
                (None, true, _) => Mood::NeedsYou,
                (None, false, true) => Mood::Paused,
                (None, false, false) => Mood::Idle,
            },
            ready: Ready {
                source: set.source(&pierrot),
                synced: status.synced_at.is_some(),
                target: targets.iter().any(|target| target.signed_in),
            },
            photos: u32::try_from(status.total).unwrap_or(u32::MAX),
            published: small(status.published),
            reviews,
            under_way,
            changing,
            undoable,
            next,
            zone: pierrot.settings().schedule.zone().iana_name().map(str::to_owned),
            paused_until,
            targets,
            trouble,
            synced_at: status.synced_at,
        })
    }
}

pub(super) fn small(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// For each kind of job and target, the newest ended run, where it went wrong.
fn trouble(newest_first: &[Run]) -> Vec<Run> {
    let mut seen: Vec<(Job, Option<&str>)> = Vec::new();
    let mut found = Vec::new();
    for run in newest_first {
        let Some(ending) = run.ending else { continue };
        let kind = (run.job, run.target.as_deref());
        if seen.contains(&kind) {
            continue;
        }
        seen.push(kind);
        // One that waits for an answer is among the open reviews, and over with the answer.
        let asked = run.outcome == Some(Outcome::NeedsReview);
        let wrong = match ending {
            Ending::NeedsYou if asked => false,
            Ending::NeedsYou | Ending::TryLater | Ending::Failed => true,
            Ending::Done | Ending::Nothing | Ending::Missed | Ending::Cancelled | Ending::Interrupted => false,
        };
        if wrong {
            found.push(run.clone());
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trouble_is_over_when_the_same_job_went_well() {
        let run = |id, job, target: Option<&str>, ending| {
            let mut run = Run::begun(id, job, target.map(str::to_owned), None, jiff::Timestamp::UNIX_EPOCH);
            run.ending = ending;
            run
        };
        let runs = [
            run(5, Job::Publish, Some("x"), None),
            run(4, Job::Sync, None, Some(Ending::Done)),
            run(3, Job::Publish, Some("x"), Some(Ending::NeedsYou)),
            run(2, Job::Sync, None, Some(Ending::TryLater)),
            run(1, Job::Publish, Some("y"), Some(Ending::Failed)),
        ];
        assert_eq!(trouble(&runs).iter().map(|run| run.id).collect::<Vec<_>>(), [3, 1]);
        let mut review = run(6, Job::Publish, Some("x"), Some(Ending::NeedsYou));
        review.outcome = Some(Outcome::NeedsReview);
        assert_eq!(trouble(&[review, runs[2].clone()]), [], "a review asks by itself, until it is answered");
    }
}
