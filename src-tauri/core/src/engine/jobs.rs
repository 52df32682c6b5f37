//! Jobs one after another: asked for by a person or the schedule, run in the one lane, written down as runs.
//!
//! Invariants: the queue is bounded and holds no job twice; a run is on disk before its job begins and after it ends;
//! only a sync, a check, a restore, a look or a mosaic can be cancelled: a publication ends by itself or is settled by recovery.

use std::{collections::VecDeque, path::PathBuf, sync::PoisonError};

use serde::Serialize;
use tokio::sync::{broadcast, oneshot};

use super::Engine;
use crate::{
    error::{Code, Error, Result},
    events::{Event, PublishStep},
    fold::Stand,
    handle::Pierrot,
    jobs::{
        mosaic::{Mosaic, MosaicAsked},
        opened::Subject,
        publish::Choice,
        review::ReviewAnswer,
    },
    log::AttemptId,
    look::Look,
    report::{Outcome, PublishReport},
    run::{Ending, Job, Run},
    targets,
};

/// Jobs that may wait.
const WAITING_MAX: usize = 16;

/// A job with all it needs.
#[derive(Clone, Debug)]
pub enum Asked {
    Sync {
        full: bool,
    },
    Publish(Choice),
    Recover,
    Answer {
        review: String,
        answer: ReviewAnswer,
    },
    Check {
        repair: bool,
    },
    Restore,
    /// A file of a picture in a look.
    Look {
        subject: Subject,
        look: Look,
    },
    Mosaic(MosaicAsked),
}

impl Asked {
    fn job(&self) -> Job {
        match self {
            Self::Sync { .. } => Job::Sync,
            Self::Publish(_) => Job::Publish,
            Self::Recover => Job::Recover,
            Self::Answer { .. } => Job::Answer,
            Self::Check { .. } => Job::Check,
            Self::Restore => Job::Restore,
            Self::Look { .. } => Job::Look,
            Self::Mosaic(_) => Job::Mosaic,
        }
    }

    /// Two jobs with one key are one job.
    fn key(&self) -> String {
        match self {
            Self::Sync { full } => format!("sync {full}"),
            Self::Publish(choice) => format!("publish {:?} {:?}", choice.target, choice.photo),
            Self::Recover => "recover".into(),
            Self::Answer { review, .. } => format!("answer {review}"),
            Self::Check { repair } => format!("check {repair}"),
            Self::Restore => "restore".into(),
            Self::Look { subject, look } => format!("look {subject} {}", look.to_value()),
            Self::Mosaic(asked) => format!("mosaic {asked:?}"),
        }
    }

    fn can_be_cancelled(&self) -> bool {
        matches!(self, Self::Sync { .. } | Self::Check { .. } | Self::Restore | Self::Look { .. } | Self::Mosaic(_))
    }
}

/// A job in line, or the one that works now: who asks for the same waits for the same end.
#[derive(Debug)]
struct Known {
    id: u32,
    key: String,
    told: Vec<oneshot::Sender<Run>>,
}

/// A job in line.
#[derive(Debug)]
struct Waiting {
    known: Known,
    asked: Asked,
    by_itself: bool,
}

/// What works now, and what waits.
#[derive(Debug, Default)]
pub(crate) struct Desk {
    under_way: Option<(UnderWay, Option<oneshot::Sender<()>>)>,
    waiting: VecDeque<Waiting>,
    /// The job that works now. Gone with its end, so that whoever asks then asks for a new one.
    working_on: Option<Known>,
    /// Whether the one task that works through what waits is there.
    at_work: bool,
    next_id: u32,
    /// Photos of which a publication is being sent right now, so that quitting waits for it.
    pub sending: bool,
}

/// The job that works now, for a state line and a progress bar.
#[derive(Clone, Debug, PartialEq, Serialize, ts_rs::TS)]
pub struct UnderWay {
    pub run: u32,
    pub job: Job,
    pub target: Option<String>,
    /// What it is at, in a person's words.
    pub doing: String,
    /// 0 to 1; absent when it cannot be told.
    pub progress: Option<f64>,
    /// Seconds left, as far as can be told.
    pub left_s: Option<f64>,
    pub can_be_cancelled: bool,
}

impl Engine {
    /// Puts a job in line that a person asked for, and returns the id of its run at once. A job that already waits or works is
    /// not doubled.
    pub fn ask(&self, asked: Asked) -> Result<u32> {
        Ok(self.line_up(asked, false)?.0)
    }

    /// Puts a job in line that Pierrot does by itself, and waits for its end.
    pub async fn run(&self, asked: Asked) -> Result<Run> {
        let (_, ended) = self.line_up(asked, true)?;
        ended.await.map_err(|_| Error::failed("The run left no trace.", "Look at the activity list."))
    }

    fn line_up(&self, asked: Asked, by_itself: bool) -> Result<(u32, oneshot::Receiver<Run>)> {
        let key = asked.key();
        let (told, ended) = oneshot::channel();
        let (id, idle) = {
            let mut desk = self.0.desk.lock().unwrap_or_else(PoisonError::into_inner);
            let Desk { waiting, working_on, .. } = &mut *desk;
            let mut known = waiting.iter_mut().map(|waiting| &mut waiting.known).chain(working_on.as_mut());
            if let Some(known) = known.find(|known| known.key == key) {
                known.told.push(told);
                return Ok((known.id, ended));
            }
            if desk.waiting.len() >= WAITING_MAX {
                return Err(Error::try_later("Too many jobs are waiting.", "Wait until some are done."));
            }
            let id = next_id(&mut desk, &self.pierrot())?;
            desk.waiting.push_back(Waiting { known: Known { id, key, told: vec![told] }, asked, by_itself });
            // Whoever finds nobody at work begins it; the task takes the job from the line.
            (id, !std::mem::replace(&mut desk.at_work, true))
        };
        if idle {
            let engine = self.clone();
            tokio::spawn(async move {
                while let Some((id, asked, by_itself)) = engine.next_in_line() {
                    engine.work(id, asked, by_itself).await;
                }
            });
        }
        self.changed("runs");
        Ok((id, ended))
    }

    /// The next job, or the end of the lane's work.
    fn next_in_line(&self) -> Option<(u32, Asked, bool)> {
        let mut desk = self.0.desk.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(Waiting { known, asked, by_itself }) = desk.waiting.pop_front() else {
            desk.at_work = false;
            return None;
        };
        let id = known.id;
        desk.working_on = Some(known);
        Some((id, asked, by_itself))
    }

    /// The id for a run that is written down without a job.
    pub(crate) fn take_run_id(&self) -> Result<u32> {
        next_id(&mut self.0.desk.lock().unwrap_or_else(PoisonError::into_inner), &self.pierrot())
    }

    /// Stops the job that works now, if it can be stopped without harm. Whether it was.
    pub fn cancel(&self, run: u32) -> bool {
        let mut desk = self.0.desk.lock().unwrap_or_else(PoisonError::into_inner);
        match &mut desk.under_way {
            Some((under_way, stop)) if under_way.run == run => stop.take().is_some_and(|stop| stop.send(()).is_ok()),
            Some(_) | None => false,
        }
    }

    pub fn under_way(&self) -> Option<UnderWay> {
        let desk = self.0.desk.lock().unwrap_or_else(PoisonError::into_inner);
        desk.under_way.as_ref().map(|(under_way, _)| under_way.clone())
    }

    /// Whether one photo is being published now.
    pub fn is_publishing(&self) -> bool {
        self.under_way().is_some_and(|under_way| under_way.job == Job::Publish)
    }

    /// Whether a POST may be on its way now: quitting should wait for its answer.
    pub fn is_sending(&self) -> bool {
        self.0.desk.lock().unwrap_or_else(PoisonError::into_inner).sending
    }

    async fn work(&self, id: u32, asked: Asked, by_itself: bool) {
        let pierrot = self.pierrot();
        let (target, slot) = match &asked {
            Asked::Publish(choice) => (choice.target.clone(), choice.slot.clone()),
            Asked::Sync { .. }
            | Asked::Recover
            | Asked::Answer { .. }
            | Asked::Check { .. }
            | Asked::Restore
            | Asked::Look { .. }
            | Asked::Mosaic(_) => (None, None),
        };
        let begun = Run::begun(id, asked.job(), target, slot, pierrot.now());
        let mut run = Run { by_itself, ..begun };
        if let Asked::Answer { review, .. } = &asked
            && let Some(attempt) =
                pierrot.known_fold().ok().and_then(|fold| fold.attempt(&AttemptId(review.clone())).cloned())
        {
            run.target = Some(attempt.about.target);
            run.photo = Some(attempt.about.photo.to_string());
        }
        let (stop, stopped) = oneshot::channel();
        self.begin(&run, asked.can_be_cancelled().then_some(stop));
        keep(&pierrot, &run);
        self.changed("runs");
        let mut events = pierrot.events().subscribe();
        let mut job = Box::pin(carry_out(&pierrot, asked));
        let mut stopped = Box::pin(async move {
            if stopped.await.is_err() {
                std::future::pending::<()>().await;
            }
        });
        let done = loop {
            tokio::select! {
                biased;
                done = &mut job => break Some(done),
                () = &mut stopped => break None,
                event = events.recv() => self.note(&mut run, &pierrot, event),
            }
        };
        drop(job);
        match done {
            Some(done) => done.write_into(&mut run, pierrot.now()),
            None => run.end(Ending::Cancelled, "You stopped it; what was done so far is kept.", pierrot.now()),
        }
        keep(&pierrot, &run);
        let told = self.end();
        self.changed("runs");
        pierrot.events().send(Event::RunEnded { run: Box::new(run.clone()) });
        for told in told {
            // Nobody may be waiting any more.
            let _ = told.send(run.clone());
        }
    }

    fn begin(&self, run: &Run, stop: Option<oneshot::Sender<()>>) {
        let mut desk = self.0.desk.lock().unwrap_or_else(PoisonError::into_inner);
        let under_way = UnderWay {
            run: run.id,
            job: run.job,
            target: run.target.clone(),
            doing: String::new(),
            progress: None,
            left_s: None,
            can_be_cancelled: stop.is_some(),
        };
        desk.under_way = Some((under_way, stop));
    }

    /// Nobody is at this job any more; who waits for its end.
    fn end(&self) -> Vec<oneshot::Sender<Run>> {
        let mut desk = self.0.desk.lock().unwrap_or_else(PoisonError::into_inner);
        desk.under_way = None;
        desk.sending = false;
        desk.working_on.take().map(|known| known.told).unwrap_or_default()
    }

    /// Writes an event of the job into its run and into what is shown as under way.
    fn note(&self, run: &mut Run, pierrot: &Pierrot, event: Result<Event, broadcast::error::RecvError>) {
        let Ok(event) = event else { return };
        let now = pierrot.now();
        let mut desk = self.0.desk.lock().unwrap_or_else(PoisonError::into_inner);
        let Some((under_way, _)) = &mut desk.under_way else { return };
        let mut sending = None;
        match event {
            Event::SyncPage { page, pages, photos, left_s, .. } => {
                under_way.doing = format!("page {page} of {pages}, {photos} photos");
                under_way.progress = Some(f64::from(page) / f64::from(pages.max(1)));
                under_way.left_s = Some(left_s);
                run.step("reading", now);
            }
            Event::Syncing { what } => {
                under_way.doing.clone_from(&what);
                run.step(&what, now);
            }
            Event::Rendering { photo, doing, progress } => {
                under_way.progress = Some(progress);
                run.photo = photo.map(|photo| photo.to_string()).or(run.photo.take());
                run.step(&doing, now);
                under_way.doing = doing;
            }
            Event::Publishing { photo, step, target } => {
                let word = step.word();
                under_way.doing = word.to_owned();
                under_way.target = Some(target);
                under_way.progress = Some(step.progress());
                sending = Some(matches!(step, PublishStep::Sending));
                run.photo = Some(photo.to_string());
                run.step(word, now);
            }
            Event::Waiting { seconds, why } => {
                under_way.doing = why;
                #[expect(clippy::cast_precision_loss, reason = "seconds of a wait")]
                let left = seconds as f64;
                under_way.left_s = Some(left);
                sending = Some(false);
            }
            Event::Changed { .. } | Event::RunEnded { .. } => {}
        }
        if let Some(sending) = sending {
            desk.sending = sending;
        }
    }
}

fn next_id(desk: &mut Desk, pierrot: &Pierrot) -> Result<u32> {
    let id = desk.next_id.max(pierrot.catalogue.next_run_id()?);
    desk.next_id = id + 1;
    Ok(id)
}

fn keep(pierrot: &Pierrot, run: &Run) {
    if let Err(error) = pierrot.catalogue.keep_run(run) {
        tracing::warn!(%error, "the run could not be written down");
    }
}

/// What a job led to, before it is worded.
struct Done {
    ending: Ending,
    summary: String,
    what_now: Option<String>,
    code: Option<Code>,
    not_before: Option<jiff::Timestamp>,
    report: Option<PublishReport>,
}

impl Done {
    fn new(ending: Ending, summary: impl Into<String>) -> Self {
        Self { ending, summary: summary.into(), what_now: None, code: None, not_before: None, report: None }
    }

    /// What the one who waits for it should do, and when.
    fn because(self, error: &Error) -> Self {
        let (what_now, code) = (Some(error.what_now.clone()), Some(error.code));
        Self { what_now, code, not_before: error.not_before, ..self }
    }

    fn failed(error: &Error) -> Self {
        let ending = match error.code {
            Code::TryLater => Ending::TryLater,
            Code::SignInAgain | Code::AskPhotographer => Ending::NeedsYou,
            Code::FixSettings | Code::NewerVersionNeeded | Code::Failed => Ending::Failed,
        };
        Self::new(ending, error.message.clone()).because(error)
    }

    fn published(report: PublishReport) -> Self {
        let ending = match report.outcome {
            Outcome::Published | Outcome::DryRun => Ending::Done,
            Outcome::NothingLeft | Outcome::AlreadyDone => Ending::Nothing,
            Outcome::NeedsReview | Outcome::Held => Ending::NeedsYou,
            Outcome::Rejected => Ending::Failed,
            Outcome::TryLater => Ending::TryLater,
        };
        let summary = match (&report.error, report.outcome) {
            (Some(error), _) => error.message.clone(),
            (None, Outcome::Published) => format!("Published to {}.", targets::title(&report.target)),
            (None, _) => report.reason.clone(),
        };
        let done = Self::new(ending, summary);
        let done = if let Some(error) = &report.error { done.because(error) } else { done };
        Self { report: Some(report), ..done }
    }

    fn write_into(self, run: &mut Run, now: jiff::Timestamp) {
        if let Some(report) = self.report {
            run.outcome = Some(report.outcome);
            run.target = Some(report.target);
            run.photo = report.photo_id.map(|id| id.to_string()).or(run.photo.take());
            run.text = report.text;
            run.post_url = report.post_url;
            run.cost_usd = report.cost_usd.filter(|_| report.outcome == Outcome::Published);
        }
        run.what_now = self.what_now;
        run.code = self.code;
        run.not_before = self.not_before.map(|at| at.to_string());
        run.end(self.ending, self.summary, now);
    }
}

async fn carry_out(pierrot: &Pierrot, asked: Asked) -> Done {
    let done = match asked {
        Asked::Sync { full } => pierrot.sync(full).await.map(|report| match report.record_error {
            Some(error) => Done::failed(&error),
            None if report.unchanged => Done::new(Ending::Nothing, format!("{} photos, nothing new.", report.total)),
            None => Done::new(
                Ending::Done,
                format!(
                    "{} photos: {} added, {} changed, {} gone.",
                    report.total, report.added, report.changed, report.removed
                ),
            ),
        }),
        Asked::Publish(choice) => pierrot.publish(&choice).await.map(Done::published),
        Asked::Recover => pierrot.recover().await.map(|report| match (report.published_again, report.error) {
            (Some(report), _) => Done::published(report),
            (None, Some(error)) => Done::failed(&error),
            (None, None) if report.posted.len() + report.released.len() + report.needs_review.len() == 0 => {
                Done::new(Ending::Nothing, "Nothing was left open.")
            }
            (None, None) => Done {
                report: found(pierrot, &report.posted),
                ..Done::new(
                    Ending::Done,
                    format!(
                        "{} found posted, {} freed, {} for your review.",
                        report.posted.len(),
                        report.released.len(),
                        report.needs_review.len()
                    ),
                )
            },
        }),
        Asked::Answer { review, answer } => pierrot.answer(&review, &answer).await.map(|report| match report {
            Some(report) => Done::published(report),
            None => Done::new(Ending::Done, "Your answer is on the record."),
        }),
        Asked::Check { repair } => pierrot.check(repair).await.map(|report| {
            let ending = if report.clean { Ending::Done } else { Ending::NeedsYou };
            let wrong: Vec<&str> = report.findings.iter().take(5).map(|finding| finding.wrong.as_str()).collect();
            let summary = match wrong.as_slice() {
                [] => format!("{} entries, {} published: all in order.", report.entries, report.published),
                wrong => wrong.join(" "),
            };
            Done::new(ending, summary)
        }),
        Asked::Look { subject, look } => pierrot
            .export_look(&subject, &look)
            .await
            .map(|path| Done::new(Ending::Done, format!("Saved as {}", path.display()))),
        Asked::Mosaic(asked) => pierrot.make_mosaic(&asked).await.map(|made| laid(&made)),
        Asked::Restore => pierrot.restore().await.map(|restored| match restored.set_aside {
            Some(file) => {
                let words = format!("The damaged catalogue is kept as {file}; the new one is back from the record.");
                Done::new(Ending::Done, words)
            }
            None => Done::new(Ending::Done, "Restored from the record."),
        }),
    };
    done.unwrap_or_else(|error| Done::failed(&error))
}

fn laid((mosaic, folder): &(Mosaic, PathBuf)) -> Done {
    let Mosaic { columns, rows, tiles_used, width, height, .. } = mosaic;
    let path = folder.join("mosaic.jpg");
    let said = format!(
        "{columns} x {rows} cells of {tiles_used} different photos, {width} x {height} pixels: {}",
        path.display()
    );
    Done::new(Ending::Done, said)
}

/// What was published after all, the last where there are several.
fn found(pierrot: &Pierrot, posted: &[String]) -> Option<PublishReport> {
    let fold = pierrot.known_fold().ok()?;
    let attempt = fold.attempt(&AttemptId(posted.last()?.clone()))?;
    let Stand::Posted { post_id, post_url, text, .. } = &attempt.stand else { return None };
    Some(PublishReport {
        photo_id: Some(attempt.about.photo.clone()),
        post_id: Some(post_id.clone()),
        post_url: Some(post_url.clone()),
        text: Some(text.clone()),
        ..PublishReport::empty(Outcome::Published, &attempt.about.target, "it was found posted")
    })
}
