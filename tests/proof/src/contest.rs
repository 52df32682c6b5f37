//! Several `pierrot` processes on one record and one account, killed and cut off at random, judged by the history they leave.
//!
//! Invariant, as in Jepsen's set and append-only list tests: what was acknowledged is there exactly once and in order; a later
//! reading begins with every earlier one; a photo is at most once at the target, and so is a slot.
//! Absent: the same run twice. Processes and sockets race as they like; the seed decides only what is thrown at them.

mod computer;
mod proxy;
mod store;
pub mod worker;

use std::{
    io,
    path::Path,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use pierrot_core::{catalogue::Catalogue, record::RecordStore};
use pierrot_sandbox::Sandbox;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde::Serialize;
use serde_json::json;

use crate::{
    history::{Judgement, Reading},
    program::{self, Home},
};

use computer::Computer;
pub use store::Place;

/// Between two readings of the log.
const READING: Duration = Duration::from_secs(2);
/// Longest time for one publication, on average.
const PUBLICATION: Duration = Duration::from_secs(3);
/// Rounds in which everything is settled once nothing fails any more.
const CALM_ROUNDS: usize = 5;

#[derive(Clone, Copy, Debug)]
pub struct Setting {
    pub processes: usize,
    pub publications: u64,
    pub seed: u64,
    pub place: Place,
}

/// What became of it.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Contested {
    pub acknowledged: u64,
    pub missing: u64,
    pub duplicates: u64,
    pub gaps: u64,
    pub double_posts: u64,
    pub slots_twice: u64,
    pub kills: u64,
    pub faults: u64,
    pub entries: u64,
    pub seconds: u64,
    #[serde(skip)]
    pub violations: Vec<String>,
}

/// What a process said it had done.
#[derive(Clone, Debug)]
pub struct Acknowledged {
    pub photo: String,
    pub slot: Option<String>,
}

/// What all computers share.
#[derive(Debug)]
pub struct Field {
    pub acknowledged: Mutex<Vec<Acknowledged>>,
    pub kills: std::sync::atomic::AtomicU64,
    pub over: AtomicBool,
    /// What processes said that was neither a publication nor passing trouble.
    pub complaints: Mutex<Vec<String>>,
}

impl Field {
    pub fn acknowledged(&self) -> MutexGuard<'_, Vec<Acknowledged>> {
        self.acknowledged.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn complain(&self, what: String) {
        self.complaints.lock().unwrap_or_else(PoisonError::into_inner).push(what);
    }
}

/// Lets so many processes publish until the record has so many publications, then judges.
pub async fn run(setting: Setting) -> io::Result<Contested> {
    let began = Instant::now();
    let folder = crate::scratch()?;
    let photos = usize::try_from(setting.publications).unwrap_or(usize::MAX) * 3 / 2 + 100;
    let sandbox = program::sandbox(photos, setting.seed).await?;
    let site = setting.place.prepare(folder.path(), setting.seed).await?;
    let mut homes = Vec::new();
    for number in 0..setting.processes {
        let root = folder.path().join(format!("home-{number}"));
        let home = Home::new(&root, &sandbox, &site.settings, &site.secrets)?;
        let said = home.run(&["sync"]).await?;
        if said.status != Some(0) {
            return Err(io::Error::other(format!("the first sync fails: {}", said.json)));
        }
        homes.push(home);
    }
    let field = Arc::new(Field {
        acknowledged: Mutex::default(),
        kills: 0.into(),
        over: AtomicBool::new(false),
        complaints: Mutex::default(),
    });
    site.storm(true);
    let mut computers = tokio::task::JoinSet::new();
    for (number, home) in (1..).zip(homes.clone()) {
        computers.spawn(Computer::new(home, field.clone(), setting.seed, number).compete());
    }
    let mut contested = Contested::default();
    let watched = watch(&setting, &sandbox, &*site.store, &mut contested).await;
    field.over.store(true, Ordering::SeqCst);
    while let Some(ended) = computers.join_next().await {
        ended.map_err(io::Error::other)??;
    }
    site.storm(false);
    sandbox.control().clear_faults();
    settle(&homes, &mut contested).await?;
    contested.kills = field.kills.load(Ordering::SeqCst);
    contested.faults = site.faults();
    judge(&field, &sandbox, &homes, &*site.store, watched, &mut contested).await;
    contested.seconds = began.elapsed().as_secs();
    Ok(contested)
}

/// Reads the log while the computers write to it, and throws trouble at the target, until there are publications enough.
async fn watch(setting: &Setting, sandbox: &Sandbox, store: &dyn RecordStore, contested: &mut Contested) -> Reading {
    let late = Instant::now() + PUBLICATION * u32::try_from(setting.publications).unwrap_or(u32::MAX);
    let mut dice = ChaCha8Rng::seed_from_u64(setting.seed);
    let mut known = Reading::default();
    loop {
        tokio::time::sleep(READING).await;
        match Reading::of_store(store, known.0.len() as u64).await {
            Ok(new) => known.0.extend(new.0),
            Err(why) => contested.gap(why),
        }
        trouble(sandbox, &mut dice);
        let posts = sandbox.control().post_count() as u64;
        if posts >= setting.publications {
            return known;
        }
        if Instant::now() > late {
            contested.violations.push(format!("only {posts} publications after {PUBLICATION:?} for each"));
            return known;
        }
    }
}

/// An answer of X that is lost or lies.
fn trouble(sandbox: &Sandbox, dice: &mut ChaCha8Rng) {
    let mut fault = match dice.random_range(0..4) {
        0 => json!({"kind": "drop_after"}),
        1 => json!({"kind": "status", "code": 503, "effect": true, "body": "{}"}),
        2 => json!({"kind": "html", "code": 502, "effect": true}),
        _ => json!({"kind": "drop_before"}),
    };
    for (name, value) in [("server", "x"), ("method", "POST"), ("path", "/2/tweets")] {
        fault[name] = value.into();
    }
    sandbox.control().clear_faults();
    sandbox.control().faults(&fault).expect("the sandbox knows this fault");
}

/// Everybody comes back, and what is open must end.
async fn settle(homes: &[Home], contested: &mut Contested) -> io::Result<()> {
    for round in 1..=CALM_ROUNDS {
        let mut open = false;
        for home in homes {
            let said = home.run(&["recover"]).await?;
            if !matches!(said.status, Some(0 | 4)) {
                open = true;
                if round == CALM_ROUNDS {
                    contested.violations.push(format!("a recovery fails in calm: {}", said.json));
                }
            }
        }
        if !open {
            break;
        }
    }
    Ok(())
}

async fn judge(
    field: &Field,
    sandbox: &Sandbox,
    homes: &[Home],
    store: &dyn RecordStore,
    watched: Reading,
    contested: &mut Contested,
) {
    let last = match Reading::of_store(store, 0).await {
        Ok(last) => last,
        Err(why) => return contested.gap(why),
    };
    contested.entries = last.0.len() as u64;
    if let Some(why) = last.differs_from(&watched) {
        contested.gap(format!("the log while they wrote: {why}"));
    }
    for home in homes {
        match kept_by(&home.root) {
            Ok(kept) => {
                if let Some(why) = last.differs_from(&kept) {
                    contested.missing += 1;
                    contested.violations.push(format!("what {} keeps of the log: {why}", home.root.display()));
                }
            }
            Err(why) => contested.violations.push(why),
        }
        match home.open() {
            Ok(pierrot) => match pierrot.check(true).await {
                Ok(report) if report.clean => {}
                other => contested.violations.push(format!("`check --repair` says {other:?}")),
            },
            Err(error) => contested.violations.push(error.to_string()),
        }
    }
    let requests = sandbox.control().count("POST /2/tweets");
    let judged = Judgement::of(&last, &program::posts(&sandbox.control()), requests);
    contested.weigh(&judged, &field.acknowledged());
    let complaints = field.complaints.lock().unwrap_or_else(PoisonError::into_inner);
    contested.violations.extend(complaints.iter().cloned());
}

/// A computer's own copy of the log: every entry in it was acknowledged.
fn kept_by(root: &Path) -> Result<Reading, String> {
    let catalogue = Catalogue::open(&root.join("catalogue.redb")).map_err(|error| error.to_string())?;
    let mut kept = Reading::default();
    catalogue.each_log_entry(|_, bytes| kept.0.push(bytes.to_vec())).map_err(|error| error.to_string())?;
    Ok(kept)
}

impl Contested {
    fn gap(&mut self, why: String) {
        self.gaps += 1;
        self.violations.push(why);
    }

    fn weigh(&mut self, judged: &Judgement, acknowledged: &[Acknowledged]) {
        self.acknowledged = acknowledged.len() as u64;
        for said in acknowledged {
            let fits = |(photo, slot): &(String, String)| {
                *photo == said.photo && said.slot.as_ref().is_none_or(|wanted| wanted == slot)
            };
            match judged.posted.iter().filter(|(what, _)| fits(what)).map(|(_, times)| *times).sum::<u32>() {
                0 => {
                    self.missing += 1;
                    self.violations.push(format!("{said:?} was acknowledged and is not on the record"));
                }
                1 => {}
                times => {
                    self.duplicates += 1;
                    self.violations.push(format!("{said:?} is on the record {times} times"));
                }
            }
        }
        self.missing += judged.lost.len() as u64;
        self.duplicates += judged.broken.len() as u64;
        self.double_posts = judged.double_posts.len() as u64;
        self.slots_twice = judged.slots_twice.len() as u64;
        let found = [&judged.lost, &judged.broken, &judged.double_posts, &judged.slots_twice];
        self.violations.extend(found.into_iter().flatten().cloned());
        if judged.open > 0 {
            self.violations.push(format!("{} attempts never ended", judged.open));
        }
    }
}
