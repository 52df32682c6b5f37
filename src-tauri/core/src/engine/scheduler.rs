//! The schedule at work: looks at the wall clock, settles what is over, and asks for what is due.
//!
//! Invariants: never one long sleep, the clock is read at least every half minute, so a laptop may sleep; a slot is settled on disk
//! after its run and never run again; the log has the last word, so two computers publish one slot once.
//! Absent: the rules (`schedule`), the choice of the photo (`plan`).

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{Asked, Engine, cameras};
use crate::{
    error::{Error, Result},
    jobs::publish::Choice,
    report::Outcome,
    run::{Ending, Job, Run},
    schedule::{Due, HoldWhy, Memory, Moment, Policy, SkipWhy, Slot, due},
};

const TICK: Duration = Duration::from_secs(20);
/// A weekly publication may be this late, a sync half of it.
const PUBLISH_CATCH_UP_H: u32 = 48;
const SYNC_CATCH_UP_H: u32 = 24;
/// Waits after the first, second, ... try that passes by itself.
const RETRY_MIN: [i64; 5] = [2, 5, 15, 30, 60];
/// How long a due time waits for the photographer before it is tried again.
const NEEDS_YOU_RETRY_H: i64 = 6;
pub(crate) const SYNC: &str = "sync";
/// No honest clock says less: when this version was made.
const BUILT_S: i64 = 1_793_491_200;
/// How often the record is looked at when nobody needs it.
const RECORD_LOOK_EVERY: SignedDuration = SignedDuration::from_hours(6);
const RECORD_LOOK: &str = "record_look";
/// How often the time seen is written down, so that a jump of the clock is noticed after a restart.
const SEEN_EVERY: SignedDuration = SignedDuration::from_mins(15);

/// What one schedule remembers over a restart.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Kept {
    pub memory: Memory,
    /// Tries of the slot that is due now.
    #[serde(default)]
    pub tries: usize,
    #[serde(default)]
    pub retry_at: Option<Timestamp>,
    #[serde(default)]
    pub seen_at: Option<Timestamp>,
}

/// Until when nothing happens by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pause {
    pub until: Timestamp,
}

/// What the next thing is that happens by itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ts_rs::TS)]
pub struct Next {
    /// `sync` or the name of a target.
    pub name: String,
    pub slot: String,
    /// RFC 3339.
    pub at: String,
    /// In the schedule's zone, `2026-11-29T10:00`.
    pub local: String,
}

impl Engine {
    /// Lets the schedule work until [`Engine::stop`].
    pub fn start(&self) {
        let engine = self.clone();
        let task = tokio::spawn(async move {
            if engine.pierrot().to_be_rebuilt().is_ok_and(|aside| aside.is_some()) {
                let _ = engine.run(Asked::Restore).await;
                // What this computer was in the middle of is known to the record alone.
                let _ = engine.run(Asked::Recover).await;
            }
            if engine.needs_recovery() {
                // What an earlier start left open comes before anything new.
                let _ = engine.run(Asked::Recover).await;
            }
            if engine.overview().await.is_ok_and(|overview| overview.ready.source && !overview.ready.synced) {
                // An empty catalogue waits for no due time.
                let _ = engine.run(Asked::Sync { full: false }).await;
            }
            let mut walk = cameras::Walk::default();
            loop {
                if let Err(error) = engine.tick().await {
                    tracing::warn!(%error, "the schedule could not look at what is due");
                }
                if engine.under_way().is_none() {
                    engine.ask_cameras(&mut walk).await;
                }
                tokio::select! {
                    () = tokio::time::sleep(TICK) => {}
                    () = engine.0.wake.notified() => {}
                }
            }
        });
        let before = self.0.schedule.lock().unwrap_or_else(std::sync::PoisonError::into_inner).replace(task);
        if let Some(before) = before {
            before.abort();
        }
    }

    /// Waits for the publication under way, at most two minutes: what is unclear for longer is settled at the next start.
    pub async fn finish(&self) {
        settled(Duration::from_secs(120), || self.is_publishing()).await;
    }

    /// Ends the schedule and waits for a post on its way; everything else is picked up at the next start.
    pub async fn stop(&self) {
        if let Some(task) = self.0.schedule.lock().unwrap_or_else(std::sync::PoisonError::into_inner).take() {
            task.abort();
        }
        settled(Duration::from_secs(60), || self.is_sending()).await;
    }

    fn needs_recovery(&self) -> bool {
        self.pierrot().catalogue.journals().is_ok_and(|journals| !journals.is_empty())
    }

    /// Looks once at every schedule and does what is due, one after another.
    pub async fn tick(&self) -> Result<()> {
        let pierrot = self.pierrot();
        let names: Vec<String> =
            std::iter::once(SYNC.to_owned()).chain(pierrot.settings().targets.keys().cloned()).collect();
        for name in names {
            self.look(&name).await?;
        }
        self.look_at_record().await
    }

    /// A record that nobody needs for days is looked at all the same, so that one that is away is noticed.
    async fn look_at_record(&self) -> Result<()> {
        let pierrot = self.pierrot();
        let now = pierrot.now();
        let last: Option<Timestamp> = pierrot.catalogue.state(RECORD_LOOK)?;
        let soon = last.is_some_and(|last| now.duration_since(last).abs() < RECORD_LOOK_EVERY);
        if soon || pierrot.catalogue.log_through()? == 0 {
            return Ok(());
        }
        pierrot.catalogue.set_state(RECORD_LOOK, &now)?;
        pierrot.newest_fold().await.map(drop)
    }

    async fn look(&self, name: &str) -> Result<()> {
        let moment = self.moment()?;
        let policy = self.policy(name);
        let mut kept = self.kept(name)?;
        if kept.memory.follow(&policy.rule, &moment) {
            self.keep(name, &kept)?;
        }
        let possible = async || self.set_up().await.allows(name, &self.pierrot());
        match due(&policy, &kept.memory, &moment) {
            Due::Wait { .. } => self.seen(name, kept, &moment),
            Due::Hold { why } => self.doubt(&why),
            Due::Skip { slot, missed, why } => {
                if possible().await {
                    self.tell_skipped(name, &slot, missed, why)?;
                }
                self.settle(name, kept, &slot, moment.now)
            }
            // Nothing is set up for it yet, so nothing was missed.
            Due::Run { slot, .. } if !possible().await => self.settle(name, kept, &slot, moment.now),
            Due::Run { .. } if kept.retry_at.is_some_and(|at| at > moment.now) => Ok(()),
            Due::Run { slot, .. } => {
                let run = self.run_slot(name, &slot).await?;
                let now = self.pierrot().now();
                match retry_at(&run, kept.tries, now) {
                    Some(at) => {
                        kept.tries += 1;
                        kept.retry_at = Some(at);
                        self.keep(name, &kept)
                    }
                    None => self.settle(name, kept, &slot, now),
                }
            }
        }
    }

    fn moment(&self) -> Result<Moment> {
        let built = Timestamp::from_second(BUILT_S).unwrap_or(Timestamp::UNIX_EPOCH);
        let pause_until = self.pause()?.map(|pause| pause.until);
        Ok(Moment { now: self.pierrot().now(), pause_until, built })
    }

    /// Told once; the schedule stands still until the photographer resumes.
    fn doubt(&self, why: &HoldWhy) -> Result<()> {
        let pierrot = self.pierrot();
        let words = match why {
            HoldWhy::JumpedAhead { seen } => format!("The clock jumped more than a year ahead of {seen}."),
            HoldWhy::SetBack { seen } => format!("The clock was set back by more than a week; it was {seen} before."),
            HoldWhy::BeforeBuild { built } => {
                format!("The clock says a time before {built}, when this Pierrot was made.")
            }
        };
        let told: Option<String> = pierrot.catalogue.state("clock_doubt")?;
        if told.as_ref() != Some(&words) {
            pierrot.catalogue.set_state("clock_doubt", &Some(words))?;
            self.changed("overview");
        }
        Ok(())
    }

    /// Why the schedule stands still, if the clock cannot be right.
    pub fn doubted(&self) -> Result<Option<String>> {
        Ok(self.pierrot().catalogue.state::<Option<String>>("clock_doubt")?.flatten())
    }

    async fn run_slot(&self, name: &str, slot: &Slot) -> Result<Run> {
        if name == SYNC {
            return self.run(Asked::Sync { full: false }).await;
        }
        let planned = self.planned(name, slot)?;
        if let Some(why) = self.over_cap(name, planned.as_ref())? {
            return self.note_run(Job::Publish, Some(name), Some(&slot.id), Ending::Nothing, &why);
        }
        // Should the planned one be gone at the source, the queue is next.
        let queued = self.choice(Some(name), None, None)?.prefer;
        let choice = Choice {
            target: Some(name.to_owned()),
            photo: None,
            prefer: planned.iter().map(|planned| planned.photo.clone()).chain(queued).collect(),
            seed: planned.as_ref().map(|planned| planned.seed),
            slot: Some(slot.id.clone()),
            look: self.pierrot().look_due(name).await?,
        };
        let run = self.run(Asked::Publish(choice)).await?;
        if run.ending == Some(Ending::Done) {
            let photo = run.photo.as_deref().and_then(|photo| photo.parse().ok());
            self.change_plan(name, |plan| plan.done(&slot.id, photo.as_ref()))?;
        }
        Ok(run)
    }

    /// The rule of `sync` or of a target, with the zone and manners that hold for all.
    pub(crate) fn policy(&self, name: &str) -> Policy {
        let pierrot = self.pierrot();
        let settings = pierrot.settings();
        let schedule = &settings.schedule;
        let publishes = name != SYNC;
        let rule = match settings.targets.get(name) {
            Some(target) if publishes => target.schedule.clone(),
            Some(_) | None => schedule.sync.clone(),
        };
        Policy {
            name: name.to_owned(),
            rule,
            zone: schedule.zone(),
            jitter_minutes: if publishes { schedule.jitter_minutes } else { 0 },
            quiet: schedule.quiet_hours.filter(|_| publishes),
            catch_up_hours: if publishes { PUBLISH_CATCH_UP_H } else { SYNC_CATCH_UP_H },
        }
    }

    /// The coming slots of one schedule that are not settled yet, at most `max`.
    pub(crate) fn coming(&self, name: &str, until: Timestamp, max: usize) -> Result<Vec<Slot>> {
        let now = self.pierrot().now();
        let from = self.pause()?.map_or(now, |pause| pause.until.max(now));
        self.unsettled(name, from, until, max)
    }

    /// The same, of any time, paused or not.
    pub(crate) fn unsettled(&self, name: &str, from: Timestamp, until: Timestamp, max: usize) -> Result<Vec<Slot>> {
        Ok(self.kept(name)?.memory.coming(&self.policy(name), from, until, max))
    }

    /// What happens next by itself, soonest first.
    pub fn next(&self) -> Result<Vec<Next>> {
        let pierrot = self.pierrot();
        let until = pierrot.now().saturating_add(SignedDuration::from_hours(24 * 400)).unwrap_or(Timestamp::MAX);
        let mut next = Vec::new();
        for name in std::iter::once(SYNC).chain(pierrot.settings().targets.keys().map(String::as_str)) {
            for slot in self.coming(name, until, 1)? {
                let local = slot.local.strftime("%Y-%m-%dT%H:%M").to_string();
                next.push(Next { name: name.to_owned(), slot: slot.id, at: slot.at.to_string(), local });
            }
        }
        next.sort_by(|a, b| a.at.cmp(&b.at));
        Ok(next)
    }

    pub fn pause(&self) -> Result<Option<Pause>> {
        let pierrot = self.pierrot();
        let pause: Option<Pause> = pierrot.catalogue.state("pause")?;
        Ok(pause.filter(|pause| pause.until > pierrot.now()))
    }

    /// Nothing happens by itself until then; what falls into the pause is skipped.
    pub fn pause_until(&self, until: Option<Timestamp>) -> Result<()> {
        let pierrot = self.pierrot();
        if until.is_some_and(|until| until <= pierrot.now()) {
            return Err(Error::failed("This day is over already.", "Choose one that is still to come."));
        }
        // Without a date it lasts until somebody resumes.
        let until = until.unwrap_or_else(|| {
            pierrot.now().saturating_add(SignedDuration::from_hours(24 * 3650)).unwrap_or(Timestamp::MAX)
        });
        pierrot.catalogue.set_state("pause", &Pause { until })?;
        self.changed("overview");
        Ok(())
    }

    pub fn resume(&self) -> Result<()> {
        let pierrot = self.pierrot();
        let now = pierrot.now();
        pierrot.catalogue.set_state("pause", &Pause { until: now })?;
        // A clock that was doubted is believed from here.
        for name in std::iter::once(SYNC.to_owned()).chain(pierrot.settings().targets.keys().cloned()) {
            let mut kept = self.kept(&name)?;
            kept.memory.confirm_clock(now);
            self.keep(&name, &kept)?;
        }
        pierrot.catalogue.set_state("clock_doubt", &None::<String>)?;
        self.0.wake.notify_one();
        self.changed("overview");
        Ok(())
    }

    /// Something was mended that a due time waits for.
    pub(crate) fn try_again_soon(&self) -> Result<()> {
        for name in self.pierrot().settings().targets.keys() {
            let mut kept = self.kept(name)?;
            kept.retry_at = None;
            self.keep(name, &kept)?;
        }
        self.0.wake.notify_one();
        Ok(())
    }

    fn kept(&self, name: &str) -> Result<Kept> {
        let pierrot = self.pierrot();
        if let Some(kept) = pierrot.catalogue.state(&key(name))? {
            return Ok(kept);
        }
        Ok(Kept::default())
    }

    fn keep(&self, name: &str, kept: &Kept) -> Result<()> {
        Ok(self.pierrot().catalogue.set_state(&key(name), kept)?)
    }

    /// Notes the time now and then.
    fn seen(&self, name: &str, mut kept: Kept, moment: &Moment) -> Result<()> {
        let old = kept.seen_at.is_none_or(|at| moment.now.duration_since(at).abs() > SEEN_EVERY);
        if !old {
            return Ok(());
        }
        kept.seen_at = Some(moment.now);
        kept.memory.saw(moment);
        self.keep(name, &kept)
    }

    fn settle(&self, name: &str, kept: Kept, slot: &Slot, now: Timestamp) -> Result<()> {
        let mut memory = kept.memory;
        memory.settle(slot, now);
        self.keep(name, &Kept { memory, seen_at: Some(now), ..Kept::default() })?;
        self.changed("plan");
        Ok(())
    }

    fn tell_skipped(&self, name: &str, slot: &Slot, missed: usize, why: SkipWhy) -> Result<()> {
        let (ending, why) = match why {
            SkipWhy::TooLate => (
                Ending::Missed,
                "the computer was off or away, or something stood in the way, for too long; a late one is not made up for.",
            ),
            SkipWhy::Paused => (Ending::Nothing, "you had paused Pierrot."),
        };
        let job = if name == SYNC { Job::Sync } else { Job::Publish };
        let several = if missed > 0 { format!(" ({} due times)", missed + 1) } else { String::new() };
        let target = Some(name).filter(|name| *name != SYNC);
        self.note_run(job, target, Some(&slot.id), ending, &format!("Skipped{several}: {why}"))?;
        Ok(())
    }

    /// A run that ended before it began, so that the activity list tells it.
    fn note_run(&self, job: Job, target: Option<&str>, slot: Option<&str>, ending: Ending, why: &str) -> Result<Run> {
        let pierrot = self.pierrot();
        let now = pierrot.now();
        let id = self.take_run_id()?;
        let mut run = Run::begun(id, job, target.map(str::to_owned), slot.map(str::to_owned), now);
        run.end(ending, why, now);
        pierrot.catalogue.keep_run(&run)?;
        self.changed("runs");
        Ok(run)
    }
}

/// Waits until something is over, at most so long.
async fn settled(most: Duration, goes_on: impl Fn() -> bool) {
    const STEP: Duration = Duration::from_millis(100);
    for _ in 0..most.as_millis() / STEP.as_millis() {
        if !goes_on() {
            return;
        }
        tokio::time::sleep(STEP).await;
    }
}

fn key(name: &str) -> String {
    format!("schedule/{name}")
}

/// When the same slot is tried again: not before the other side said it would be of use; `None` when it is over.
fn retry_at(run: &Run, tries: usize, now: Timestamp) -> Option<Timestamp> {
    let wait = match run.ending {
        Some(Ending::TryLater | Ending::Cancelled | Ending::Interrupted) => {
            let minutes = RETRY_MIN.get(tries).or(RETRY_MIN.last()).copied().unwrap_or(60);
            SignedDuration::from_mins(minutes)
        }
        // A review uses the slot up; a sign-in or a payment does not.
        Some(Ending::NeedsYou) if run.outcome != Some(Outcome::NeedsReview) => {
            SignedDuration::from_hours(NEEDS_YOU_RETRY_H)
        }
        Some(Ending::NeedsYou | Ending::Done | Ending::Nothing | Ending::Missed | Ending::Failed) | None => {
            return None;
        }
    };
    let said = run.not_before.as_deref().and_then(|at| at.parse().ok());
    Some(now.saturating_add(wait).unwrap_or(now).max(said.unwrap_or(now)))
}
