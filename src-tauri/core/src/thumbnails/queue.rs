//! The line of thumbnails to be made: most urgent first, newest first among equals, each once for all who wait.
//!
//! Invariants: never more than [`Limits::running_max`] at work and [`Limits::waiting_max`] in line; a wish nobody waits for
//! any more leaves the line; started work runs to its end. A server that asks for a pause gets it. Absent: what the
//! work is ([`Work`]), and retries: who still wants it asks again.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, HashMap},
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::{
    sync::oneshot,
    time::{Instant, sleep_until},
};

use super::{
    Key, ThumbnailError,
    failures::{self, Failures},
    maker::Order,
};

pub(super) type Answer = Result<Arc<[u8]>, ThumbnailError>;

/// How a thumbnail is made; may be called for several at a time.
pub(super) trait Work: fmt::Debug + Send + Sync + 'static {
    fn run(&self, order: &Order) -> impl Future<Output = Answer> + Send;
}

/// How much may be under way.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    pub running_max: usize,
    pub waiting_max: usize,
    /// How many may wait for one thumbnail.
    pub sharing_max: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { running_max: 6, waiting_max: 2_000, sharing_max: 100 }
    }
}

/// The place in line: lower priority first, then the newest.
type Rank = (u32, Reverse<u64>);

#[derive(Debug)]
struct Waiter {
    rank: Rank,
    answer: oneshot::Sender<Answer>,
}

#[derive(Debug)]
struct Job {
    /// Taken out when the work starts.
    waiting: Option<(Rank, Order)>,
    waiters: Vec<Waiter>,
}

#[derive(Debug, Default)]
struct State {
    jobs: HashMap<Key, Job>,
    line: BTreeMap<Rank, Key>,
    running: usize,
    /// Counts wishes; a higher one is newer.
    serial: u64,
    paused_until: Option<Instant>,
    failures: Failures,
}

#[derive(Debug)]
struct Shared<W> {
    work: W,
    limits: Limits,
    state: Mutex<State>,
}

/// The line and those who work at it.
#[derive(Debug)]
pub(super) struct Queue<W>(Arc<Shared<W>>);

impl<W: Work> Queue<W> {
    pub(super) fn new(work: W, limits: Limits) -> Self {
        Self(Arc::new(Shared { work, limits, state: Mutex::default() }))
    }

    pub(super) fn work(&self) -> &W {
        &self.0.work
    }

    /// Waits for a thumbnail to be made; dropping the future takes the wish back.
    pub(super) async fn ask(&self, order: Order, priority: u32) -> Answer {
        let key = order.key.clone();
        let (rank, answer) = {
            let mut state = self.0.state();
            if let Some(error) = state.failures.of(&key, Instant::now()) {
                return Err(error);
            }
            state.enter(order, priority, self.0.limits)
        };
        let _wish = Wish { shared: &self.0, key, rank };
        self.0.start();
        answer.await.unwrap_or(Err(ThumbnailError::Cancelled))
    }

    pub(super) fn is_idle(&self) -> bool {
        self.0.state().jobs.is_empty()
    }

    /// Forgets failures, so that everything may be tried again.
    pub(super) fn forgive(&self) {
        self.0.state().failures = Failures::default();
    }

    #[cfg(test)]
    pub(super) fn lengths(&self) -> (usize, usize, usize) {
        let state = self.0.state();
        assert_eq!(state.jobs.len(), state.line.len() + state.running, "a job waits or runs");
        (state.running, state.line.len(), state.failures.len())
    }
}

impl State {
    fn enter(&mut self, order: Order, priority: u32, limits: Limits) -> (Rank, oneshot::Receiver<Answer>) {
        self.serial += 1;
        let rank = (priority, Reverse(self.serial));
        let (answer, receiver) = oneshot::channel();
        let key = order.key.clone();
        let fresh = || Job { waiting: Some((rank, order)), waiters: Vec::new() };
        let job = self.jobs.entry(key.clone()).or_insert_with(fresh);
        if job.waiters.len() >= limits.sharing_max {
            // Whoever asked first is the likeliest to have gone elsewhere.
            job.waiters.remove(0);
        }
        job.waiters.push(Waiter { rank, answer });
        self.settle(&key);
        if self.line.len() > limits.waiting_max
            && let Some((_, least)) = self.line.pop_last()
        {
            self.jobs.remove(&least);
        }
        (rank, receiver)
    }

    /// Puts a waiting job where its most urgent waiter belongs, or out when it has none.
    fn settle(&mut self, key: &Key) {
        let Some(job) = self.jobs.get_mut(key) else { return };
        let Some((rank, _)) = &mut job.waiting else { return };
        self.line.remove(rank);
        match job.waiters.iter().map(|waiter| waiter.rank).min() {
            Some(best) => {
                *rank = best;
                self.line.insert(best, key.clone());
            }
            None => {
                self.jobs.remove(key);
            }
        }
    }

    fn next(&mut self, running_max: usize, now: Instant) -> Option<Order> {
        if self.running >= running_max || self.paused_until.is_some_and(|until| until > now) {
            return None;
        }
        let (_, key) = self.line.pop_first()?;
        let (_, order) = self.jobs.get_mut(&key)?.waiting.take()?;
        self.running += 1;
        Some(order)
    }
}

impl<W> Shared<W> {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<W: Work> Shared<W> {
    /// Starts whatever may start.
    fn start(self: &Arc<Self>) {
        // Bounded: every round takes one of a bounded line.
        loop {
            // The lock must be free before a task begins, or is refused by a runtime that ends.
            let next = self.state().next(self.limits.running_max, Instant::now());
            let Some(order) = next else { return };
            let mut running = Running { shared: self.clone(), key: order.key.clone(), answer: None };
            tokio::spawn(async move {
                let answer = running.shared.work.run(&order).await;
                running.answer = Some(answer);
                let shared = running.shared.clone();
                drop(running);
                shared.start();
            });
        }
    }

    /// Starts again when the pause is over.
    fn start_after(self: &Arc<Self>, until: Instant) {
        let shared = Arc::downgrade(self);
        tokio::spawn(async move {
            sleep_until(until).await;
            if let Some(shared) = shared.upgrade() {
                shared.start();
            }
        });
    }
}

/// Work under way; however it ends, whoever waits gets an answer.
#[derive(Debug)]
struct Running<W: Work> {
    shared: Arc<Shared<W>>,
    key: Key,
    answer: Option<Answer>,
}

impl<W: Work> Drop for Running<W> {
    fn drop(&mut self) {
        let whole = self.answer.is_some();
        let stopped = || Err(ThumbnailError::TryLater { why: "making it was interrupted".into(), pause_s: None });
        let answer = self.answer.take().unwrap_or_else(stopped);
        let now = Instant::now();
        let mut state = self.shared.state();
        state.running -= 1;
        let job = state.jobs.remove(&self.key);
        let mut pause = None;
        if let Err(error) = &answer {
            state.failures.note(&self.key, error, now);
            pause = failures::pause(error).map(|wait| now + wait);
            state.paused_until = state.paused_until.max(pause);
        }
        drop(state);
        for waiter in job.into_iter().flat_map(|job| job.waiters) {
            // Who left meanwhile does not listen.
            let _ = waiter.answer.send(answer.clone());
        }
        if let Some(until) = pause.filter(|_| whole) {
            self.shared.start_after(until);
        }
    }
}

/// One who waits; leaves the line when dropped.
#[derive(Debug)]
struct Wish<'a, W> {
    shared: &'a Shared<W>,
    key: Key,
    rank: Rank,
}

impl<W> Drop for Wish<'_, W> {
    fn drop(&mut self) {
        let mut state = self.shared.state();
        if let Some(job) = state.jobs.get_mut(&self.key) {
            job.waiters.retain(|waiter| waiter.rank != self.rank);
        }
        state.settle(&self.key);
    }
}

#[cfg(test)]
#[path = "queue_test.rs"]
mod tests;
