//! What all computers of a world share: the time, the dice, the servers, the record's bytes, the trace.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use pierrot_core::clock::Clock;
use pierrot_sandbox::InProcess;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use sha2::{Digest, Sha256};
use tokio::{sync::Notify, time::Instant};

use super::Setting;
use crate::disk::CrashDisk;

/// 2026-03-02 09:00 UTC, a Monday.
pub const BEGINNING_MS: i64 = 1_772_442_000_000;

/// Far more events than a world has that comes to its end: a usual one has some hundreds.
const EVENTS_MAX: u64 = 50_000;

#[derive(Debug)]
pub struct Shared {
    pub dice: ChaCha8Rng,
    pub objects: BTreeMap<String, Vec<u8>>,
    /// Entries a computer was told are in the log.
    pub acknowledged: Vec<(String, Vec<u8>)>,
    /// Requests to post that reached the wire, by media id.
    pub sends: BTreeMap<String, usize>,
    pub violations: Vec<String>,
    /// The faults are over.
    pub calm: bool,
    /// Until when the record is away, in milliseconds.
    pub record_away_ms: i64,
    events: u64,
    hash: Sha256,
    lines: Option<Vec<String>>,
}

/// The world around the computers; clones are the same world.
#[derive(Clone, Debug)]
pub struct Field {
    shared: Arc<Mutex<Shared>>,
    pub servers: InProcess,
    /// Broken on purpose: see [`Setting`].
    pub overwrites: bool,
    begun: Instant,
    endless: Arc<Notify>,
}

impl Field {
    pub fn new(seed: u64, servers: InProcess, setting: &Setting) -> Self {
        let shared = Shared {
            dice: ChaCha8Rng::seed_from_u64(seed),
            objects: BTreeMap::new(),
            acknowledged: Vec::new(),
            sends: BTreeMap::new(),
            violations: Vec::new(),
            calm: false,
            record_away_ms: 0,
            events: 0,
            hash: Sha256::new(),
            lines: setting.told.then(Vec::new),
        };
        let overwrites = setting.overwrites;
        Self {
            shared: Arc::new(Mutex::new(shared)),
            servers,
            overwrites,
            begun: Instant::now(),
            endless: Arc::default(),
        }
    }

    pub fn shared(&self) -> MutexGuard<'_, Shared> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn now_ms(&self) -> i64 {
        BEGINNING_MS + i64::try_from(self.begun.elapsed().as_millis()).unwrap_or(i64::MAX)
    }

    /// Notes an event.
    pub fn tell(&self, who: u8, what: &str) {
        let line = format!("{:>10} {who} {what}", self.now_ms() - BEGINNING_MS);
        let mut shared = self.shared();
        shared.events += 1;
        shared.hash.update(line.as_bytes());
        shared.hash.update(b"\n");
        if let Some(lines) = &mut shared.lines {
            lines.push(line);
        }
        if shared.events > EVENTS_MAX {
            self.endless.notify_one();
        }
    }

    /// Resolves when so much has happened that the world will not come to its end.
    pub async fn endless(&self) {
        self.endless.notified().await;
    }

    pub fn violated(&self, law: String) {
        self.tell(0, &format!("VIOLATED {law}"));
        self.shared().violations.push(law);
    }

    pub fn throw<T>(&self, dice: impl FnOnce(&mut ChaCha8Rng) -> T) -> T {
        dice(&mut self.shared().dice)
    }

    /// Events, trace and lines, at the end.
    pub fn finish(&self) -> (u64, [u8; 32], Vec<String>) {
        let mut shared = self.shared();
        (shared.events, shared.hash.clone().finalize().into(), shared.lines.take().unwrap_or_default())
    }
}

/// What the world does to one effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    Fine,
    /// It never arrives, and nobody is told.
    LostBefore,
    /// It happens, and nobody is told.
    LostAfter,
    /// It happens after so many milliseconds, and nobody is told.
    Late(u64),
    /// It certainly does not happen.
    Away,
}

/// What belongs to one computer and outlives its crashes.
#[derive(Clone, Debug)]
pub struct Body {
    pub number: u8,
    pub field: Field,
    pub disk: CrashDisk,
    inner: Arc<Mutex<Inner>>,
    died: Arc<Notify>,
}

#[derive(Debug, Default)]
struct Inner {
    dead: bool,
    /// Effects until it crashes.
    left: Option<u32>,
    /// Until when its network is down.
    offline_ms: i64,
    /// How wrong its clock is; the boot clock never is.
    clock_off_ms: i64,
}

impl Body {
    pub fn new(number: u8, field: Field) -> Self {
        let (inner, died) = (Arc::default(), Arc::default());
        Self { number, field, disk: CrashDisk::default(), inner, died }
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Starts again; it will crash after so many effects, if any.
    pub fn start(&mut self, disk: CrashDisk, left: Option<u32>) {
        self.disk = disk;
        let mut inner = self.inner();
        inner.dead = false;
        inner.left = left;
        drop(inner);
        // A crash that nobody waited for is over.
        self.died = Arc::default();
    }

    /// Resolves when the computer crashes.
    pub async fn crashed(&self) {
        self.died.notified().await;
    }

    pub fn set_offline_until(&self, ms: i64) {
        self.inner().offline_ms = ms;
    }

    pub fn set_clock(&self, off_ms: i64) {
        self.inner().clock_off_ms = off_ms;
    }

    pub fn is_offline(&self) -> bool {
        self.inner().offline_ms > self.field.now_ms()
    }

    /// The moment before an effect: time passes, the computer may crash, and the dice say what becomes of the effect.
    pub async fn before(&self, what: &str) -> Fate {
        let calm = self.field.shared().calm;
        let wait_ms = self.field.throw(|dice| latency_ms(dice, calm));
        tokio::time::sleep(Duration::from_millis(wait_ms)).await;
        self.live_or_stop(what).await;
        let fate = if calm { Fate::Fine } else { self.field.throw(fate) };
        if fate != Fate::Fine {
            self.field.tell(self.number, &format!("{what} {fate:?}"));
        }
        fate
    }

    /// The moment after an effect and before its answer is heard.
    pub async fn after(&self, what: &str) {
        self.live_or_stop(what).await;
    }

    /// A computer that crashes never comes back from here; whoever holds its future drops it.
    async fn live_or_stop(&self, what: &str) {
        let stops = {
            let mut inner = self.inner();
            if inner.left == Some(0) || self.disk.is_cut() {
                inner.dead = true;
            }
            inner.left = inner.left.map(|left| left.saturating_sub(1));
            inner.dead
        };
        if stops {
            self.field.tell(self.number, &format!("crashes at {what}"));
            self.died.notify_one();
            std::future::pending::<()>().await;
        }
    }
}

/// Mostly a moment, sometimes a lid that is closed.
fn latency_ms(dice: &mut ChaCha8Rng, calm: bool) -> u64 {
    match dice.random_range(0..100) {
        _ if calm => dice.random_range(1..50),
        0 => dice.random_range(60_000..3_600_000),
        1..3 => dice.random_range(1_000..59_000),
        _ => dice.random_range(1..400),
    }
}

fn fate(dice: &mut ChaCha8Rng) -> Fate {
    match dice.random_range(0..100) {
        0..2 => Fate::LostBefore,
        2..4 => Fate::LostAfter,
        4..6 => Fate::Late(dice.random_range(10..2_000_000)),
        6..8 => Fate::Away,
        _ => Fate::Fine,
    }
}

/// A computer's clock: the world's time, as wrong as it is.
#[derive(Debug)]
pub struct WrongClock(pub Body);

impl Clock for WrongClock {
    fn now(&self) -> jiff::Timestamp {
        let ms = self.0.field.now_ms() + self.0.inner().clock_off_ms;
        jiff::Timestamp::from_millisecond(ms).unwrap_or(jiff::Timestamp::UNIX_EPOCH)
    }

    fn boot_ms(&self) -> u64 {
        u64::try_from(self.0.field.now_ms() - BEGINNING_MS).unwrap_or(0)
    }
}
