//! What a person does to photos, many at once, each on the record: it goes on when its page is gone, says how far it is, stops
//! when asked, and can be taken back.
//!
//! Invariants: a photo that cannot be reached does not stop the others, and the first reason is told; a step back is for what
//! the change itself changed and nothing else. Steps back are remembered while the program runs, the newest [`BACK_MAX`].

use std::{
    collections::VecDeque,
    sync::{MutexGuard, PoisonError},
};

use serde::Serialize;

use super::{Engine, calls::Reached, overview::small, plans::TargetPool};
use crate::{
    error::{Code, Error, Result},
    photo::PhotoId,
    photo_words::grouped,
    plan::{Pool, QUEUE_MAX},
    targets::title,
};

/// Photos of one change.
const PHOTOS_MAX: usize = 200_000;
/// Photos for which the record is kept from everything else at once; a change to more tells how far it is.
const STEP: usize = 50;
/// Changes that can be taken back.
const BACK_MAX: usize = 20;

/// What is done to each photo.
#[derive(Clone, Debug)]
pub(crate) enum Verb {
    Exclude,
    Include,
    /// Takes back that it was excluded; what closed it before that holds again.
    Unexclude,
    Queue {
        target: String,
    },
    Unqueue {
        target: String,
    },
    /// Puts it back to its place in the queue.
    Requeue {
        target: String,
        places: Vec<(usize, PhotoId)>,
    },
    /// The photographer published it there himself.
    Mark {
        target: String,
        post_url: Option<String>,
    },
    Unmark {
        target: String,
    },
}

impl Verb {
    fn word(&self) -> ChangeWord {
        match self {
            Self::Exclude => ChangeWord::Exclude,
            Self::Include | Self::Unexclude => ChangeWord::Include,
            Self::Queue { .. } | Self::Requeue { .. } => ChangeWord::Queue,
            Self::Unqueue { .. } => ChangeWord::Unqueue,
            Self::Mark { .. } => ChangeWord::MarkPublished,
            Self::Unmark { .. } => ChangeWord::UnmarkPublished,
        }
    }
}

/// A kind of change, in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ts_rs::TS)]
#[serde(rename_all = "snake_case")]
pub enum ChangeWord {
    Exclude,
    Include,
    Queue,
    Unqueue,
    MarkPublished,
    UnmarkPublished,
}

/// A change to many photos that is under way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ts_rs::TS)]
pub struct Changing {
    pub change: u32,
    pub what: ChangeWord,
    pub done: u32,
    pub total: u32,
}

/// The newest change that can be taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ts_rs::TS)]
pub struct Undoable {
    pub change: u32,
    pub what: ChangeWord,
    pub photos: u32,
}

/// Changes under way, and those that can be taken back.
#[derive(Debug, Default)]
pub(crate) struct ChangeLog {
    last: u32,
    under_way: Vec<UnderWay>,
    back: VecDeque<Back>,
}

#[derive(Debug)]
struct UnderWay {
    shown: Changing,
    stopped: bool,
}

/// How a change is taken back: by this, on these photos.
#[derive(Clone, Debug)]
struct Back {
    change: u32,
    what: ChangeWord,
    by: Verb,
    photos: Vec<PhotoId>,
}

/// What a change came to before it is told.
#[derive(Debug, Default)]
struct Came {
    done: u32,
    /// Photos that were looked at, from the first.
    seen: usize,
    to_undo: Vec<PhotoId>,
    why_not: Option<String>,
}

impl Engine {
    /// Does this to photos; goes on to its end also when nobody waits for it any more.
    pub(crate) async fn change(&self, verb: Verb, photos: Vec<PhotoId>) -> Result<Reached> {
        if photos.len() > PHOTOS_MAX {
            let message = format!("{} photos are too many for one step.", grouped(photos.len()));
            return Err(Error::failed(message, format!("Choose at most {}.", grouped(PHOTOS_MAX))));
        }
        let engine = self.clone();
        settled(tokio::spawn(async move {
            let change = engine.begin_change(verb.word(), photos.len());
            let came = engine.carry_out(change, &verb, &photos).await;
            engine.end_change(change);
            let (came, back) = came?;
            let undo = back.filter(|_| !came.to_undo.is_empty()).map(|by| {
                engine.keep_back(Back { change, what: verb.word(), by, photos: came.to_undo });
                change
            });
            engine.changed("overview");
            Ok(Reached { done: came.done, undo, why_not: came.why_not })
        }))
        .await
    }

    /// Takes a change back; what it did not come to can be taken back later.
    pub async fn undo(&self, change: u32) -> Result<Reached> {
        let back = {
            let mut log = self.change_log();
            let at = log.back.iter().position(|back| back.change == change);
            at.and_then(|at| log.back.remove(at))
        };
        let gone = || Error::failed("This cannot be taken back any more.", "Choose the photos and do the opposite.");
        let back = back.ok_or_else(gone)?;
        let engine = self.clone();
        settled(tokio::spawn(async move {
            let under_way = engine.begin_change(back.by.word(), back.photos.len());
            let came = engine.carry_out(under_way, &back.by, &back.photos).await;
            engine.end_change(under_way);
            let seen = came.as_ref().map_or(0, |(came, _)| came.seen);
            if seen < back.photos.len() {
                let rest = back.photos[seen..].to_vec();
                engine.keep_back(Back { photos: rest, ..back });
            }
            engine.changed("overview");
            came.map(|(came, _)| Reached { done: came.done, undo: None, why_not: came.why_not })
        }))
        .await
    }

    /// Ends a change after the photo that is under way; what is done stays done. Whether there was one.
    pub fn stop_change(&self, change: u32) -> bool {
        let mut log = self.change_log();
        let known = log.under_way.iter_mut().find(|known| known.shown.change == change);
        known.map(|known| known.stopped = true).is_some()
    }

    /// The oldest change under way that takes its time, and the newest that can be taken back.
    pub(super) fn changes(&self) -> (Option<Changing>, Option<Undoable>) {
        let log = self.change_log();
        let long = log.under_way.iter().find(|known| known.shown.total as usize > STEP);
        let newest = log.back.back();
        let undoable =
            newest.map(|back| Undoable { change: back.change, what: back.what, photos: small(back.photos.len()) });
        (long.map(|known| known.shown.clone()), undoable)
    }

    fn change_log(&self) -> MutexGuard<'_, ChangeLog> {
        self.0.changes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn begin_change(&self, what: ChangeWord, total: usize) -> u32 {
        let mut log = self.change_log();
        log.last += 1;
        let shown = Changing { change: log.last, what, done: 0, total: small(total) };
        log.under_way.push(UnderWay { shown, stopped: false });
        log.last
    }

    fn end_change(&self, change: u32) {
        let mut log = self.change_log();
        log.under_way.retain(|known| known.shown.change != change);
    }

    fn keep_back(&self, back: Back) {
        let mut log = self.change_log();
        log.back.push_back(back);
        let surplus = log.back.len().saturating_sub(BACK_MAX);
        log.back.drain(..surplus);
    }

    /// Notes that so many photos are done; whether it was stopped.
    fn came_to(&self, change: u32, done: usize) -> bool {
        let mut log = self.change_log();
        let Some(known) = log.under_way.iter_mut().find(|known| known.shown.change == change) else { return true };
        known.shown.done = small(done);
        known.stopped
    }

    /// Does it, and says what would take it back.
    async fn carry_out(&self, change: u32, verb: &Verb, photos: &[PhotoId]) -> Result<(Came, Option<Verb>)> {
        match verb {
            Verb::Queue { target } => self.queue(target, photos).map(|came| {
                let back = Verb::Unqueue { target: target.clone() };
                (came, Some(back))
            }),
            Verb::Unqueue { target } => self.unqueue(target, photos),
            Verb::Requeue { target, places } => {
                self.change_plan(target, |plan| plan.requeue(places))?;
                self.changed("plan");
                let all = photos.len();
                Ok((Came { done: small(all), seen: all, ..Came::default() }, None))
            }
            Verb::Exclude => Ok((self.each(change, verb, photos).await?, Some(Verb::Unexclude))),
            Verb::Include | Verb::Unexclude => Ok((self.each(change, verb, photos).await?, Some(Verb::Exclude))),
            Verb::Mark { target, .. } => {
                let back = Verb::Unmark { target: target.clone() };
                Ok((self.each(change, verb, photos).await?, Some(back)))
            }
            Verb::Unmark { .. } => Ok((self.each(change, verb, photos).await?, None)),
        }
    }

    async fn each(&self, change: u32, verb: &Verb, photos: &[PhotoId]) -> Result<Came> {
        let mut came = Came::default();
        let mut outcome = Ok(());
        for step in photos.chunks(STEP) {
            if photos.len() > STEP {
                self.changed("overview");
            }
            outcome = self.step(change, step, verb, &mut came).await;
            if outcome.is_err() || self.came_to(change, came.seen) {
                break;
            }
        }
        self.changed("gallery");
        if came.done == 0 {
            outcome?;
        } else if let Err(error) = outcome {
            came.why_not.get_or_insert(format!("{} {}", error.message, error.what_now));
        }
        if matches!(verb, Verb::Include) && came.done == 0 {
            let why = "None of them was excluded, skipped or refused: what keeps a photo back stands on its page.";
            came.why_not.get_or_insert(why.into());
        }
        Ok(came)
    }

    /// Some photos under one lock of the record; fails where the record is away, which holds for all of them.
    async fn step(&self, change: u32, photos: &[PhotoId], verb: &Verb, came: &mut Came) -> Result<()> {
        let pierrot = self.pierrot();
        let mut ledger = pierrot.ready_ledger().await?;
        let mut outcome = Ok(());
        for photo in photos {
            let both = |changed| (changed, changed);
            let changed = match verb {
                Verb::Exclude => pierrot.exclude_in(&mut ledger, photo).await.map(both),
                // A skip that is opened again is not a matter of the never-list, and nothing closes it the same way.
                Verb::Include => {
                    let included = pierrot.include_in(&mut ledger, photo).await;
                    included.map(|included| (included.changed, included.was_excluded))
                }
                Verb::Unexclude => pierrot.unexclude_in(&mut ledger, photo).await.map(both),
                Verb::Mark { target, post_url } => {
                    pierrot.mark_in(&mut ledger, photo, target, post_url.as_deref()).await.map(both)
                }
                Verb::Unmark { target } => pierrot.unmark_in(&mut ledger, photo, target).await.map(both),
                // Plans are this computer's own and not on the record.
                Verb::Queue { .. } | Verb::Unqueue { .. } | Verb::Requeue { .. } => Ok((false, false)),
            };
            match changed {
                Ok((changed, undoable)) => {
                    came.done += u32::from(changed);
                    came.to_undo.extend(undoable.then(|| photo.clone()));
                }
                Err(error) if error.code == Code::TryLater => {
                    outcome = Err(error);
                    break;
                }
                Err(error) => {
                    came.why_not.get_or_insert(error.message);
                }
            }
            came.seen += 1;
            if self.came_to(change, came.seen) {
                break;
            }
        }
        if matches!(verb, Verb::Mark { .. } | Verb::Unmark { .. }) {
            pierrot.write_wal_document(&mut ledger).await;
        }
        outcome
    }

    /// Puts photos next in line for a target.
    fn queue(&self, target: &str, photos: &[PhotoId]) -> Result<Came> {
        let pierrot = self.pierrot();
        pierrot.target(Some(target))?;
        let fold = pierrot.fresh_pools()?;
        let pool = TargetPool::of(&pierrot, &fold, target)?;
        let may: Vec<PhotoId> = photos.iter().filter(|photo| pool.may_go(photo)).cloned().collect();
        let queued = self.change_plan(target, |plan| plan.queue(&may))?;
        self.changed("plan");
        let why_not = not_queued(target, photos.len() - may.len(), queued.no_room, queued.added.is_empty());
        let done = small(queued.added.len());
        Ok(Came { done, seen: photos.len(), to_undo: queued.added, why_not })
    }

    fn unqueue(&self, target: &str, photos: &[PhotoId]) -> Result<(Came, Option<Verb>)> {
        let places = self.change_plan(target, |plan| plan.unqueue(photos))?;
        self.changed("plan");
        let to_undo: Vec<PhotoId> = places.iter().map(|(_, photo)| photo.clone()).collect();
        let came = Came { done: small(to_undo.len()), seen: photos.len(), to_undo, why_not: None };
        Ok((came, Some(Verb::Requeue { target: target.to_owned(), places })))
    }
}

/// Why photos were not put in the queue, in a sentence.
fn not_queued(target: &str, may_not: usize, no_room: usize, none: bool) -> Option<String> {
    let target = title(target);
    let limit = grouped(QUEUE_MAX);
    let mut said = Vec::new();
    if no_room > 0 {
        said.push(format!("The queue holds {limit} photos: {} found no place.", grouped(no_room)));
    }
    if may_not > 0 {
        said.push(format!("{} may not go to {target}.", grouped(may_not)));
    }
    if said.is_empty() && none {
        said.push("It is in the queue or pinned already.".into());
    }
    (!said.is_empty()).then(|| said.join(" "))
}

/// The end of a change that works by itself.
async fn settled(work: tokio::task::JoinHandle<Result<Reached>>) -> Result<Reached> {
    let broken = |_| Error::failed("The change ended in the middle.", "Look which photos it reached, and do the rest.");
    work.await.map_err(broken)?
}
