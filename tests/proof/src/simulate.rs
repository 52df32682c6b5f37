//! Seeded worlds: several computers with the real engine on one record, and everything around them going wrong.
//!
//! Time, network, disk, dice and record are values of one process, so a seed decides all that happens and the same seed gives
//! the same trace. Each request, each entry, each turn of a person passes through `field`, which throws the dice; `judge`
//! holds what became of it all against the laws of docs/proof.md.

mod computer;
mod field;
mod judge;
mod network;
mod store;

use std::{
    ops::RangeInclusive,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use serde::Serialize;
use sha2::{Digest, Sha256};

/// What became of some seeds.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Simulated {
    pub seeds: u64,
    pub events: u64,
    pub publications: u64,
    /// A sentence each, the seed in front.
    pub violations: Vec<String>,
    /// Hash over all events of all seeds, in the order of the seeds.
    pub trace: String,
}

/// What became of one seed.
#[derive(Clone, Debug, PartialEq)]
pub struct World {
    pub events: u64,
    pub publications: u64,
    pub violations: Vec<String>,
    pub trace: [u8; 32],
    /// What happened, line by line, when it was asked for.
    pub lines: Vec<String>,
}

/// How a world is made.
#[derive(Clone, Debug)]
pub struct Setting {
    pub computers: RangeInclusive<u8>,
    /// Keep what happens, line by line.
    pub told: bool,
    /// The record overwrites what is there and says "done", so that the laws must break: shows that they can.
    pub overwrites: bool,
}

impl Default for Setting {
    fn default() -> Self {
        Self { computers: 1..=5, told: false, overwrites: false }
    }
}

/// Runs one seed to its end. `folder` is for the homes' few real files and may be used again.
pub fn one(seed: u64, setting: &Setting, folder: &Path) -> World {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
    let runtime = runtime.expect("a runtime without threads can be made");
    runtime.block_on(computer::live_through(seed, setting, folder))
}

/// Runs seeds `first..first + count` on all cores; what they give does not depend on how many there are.
pub fn many(first: u64, count: u64, setting: &Setting) -> std::io::Result<Simulated> {
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    let next = Arc::new(AtomicU64::new(first));
    let mut running = Vec::new();
    for _ in 0..workers {
        let (next, setting) = (next.clone(), setting.clone());
        let folder = crate::scratch()?;
        running.push(std::thread::spawn(move || {
            let mut worlds = Vec::new();
            loop {
                let seed = next.fetch_add(1, Ordering::Relaxed);
                if seed >= first + count {
                    return worlds;
                }
                worlds.push((seed, one(seed, &setting, folder.path())));
            }
        }));
    }
    let mut worlds = Vec::new();
    for worker in running {
        worlds.extend(worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
    }
    worlds.sort_by_key(|(seed, _)| *seed);
    let mut all = Simulated::default();
    let mut hash = Sha256::new();
    for (seed, world) in worlds {
        all.seeds += 1;
        all.events += world.events;
        all.publications += world.publications;
        all.violations.extend(world.violations.into_iter().map(|why| format!("seed {seed}: {why}")));
        hash.update(world.trace);
    }
    all.trace = format!("{:x}", hash.finalize());
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(name: &str, default: u64) -> u64 {
        std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
    }

    /// `PIERROT_SEEDS` and `PIERROT_FIRST_SEED` set which.
    #[test]
    fn no_law_is_broken_in_two_thousand_worlds() {
        let (count, first) = (number("PIERROT_SEEDS", 2_000), number("PIERROT_FIRST_SEED", 1));
        let all = many(first, count, &Setting::default()).expect("there is room for the homes");
        assert_eq!(all.violations, Vec::<String>::new());
        assert!(all.publications > count, "worlds in which nothing is posted say nothing: {all:?}");
    }

    #[test]
    fn a_record_that_overwrites_is_noticed() {
        let setting = Setting { computers: 3..=3, overwrites: true, ..Setting::default() };
        let all = many(1, 40, &setting).expect("there is room for the homes");
        let broken = |law: &str| all.violations.iter().any(|why| why.contains(law));
        assert!(broken("I1") && broken("I4"), "{:?}", all.violations);
    }

    #[test]
    fn the_same_seed_gives_the_same_trace() {
        let setting = Setting { told: true, ..Setting::default() };
        let folder = crate::scratch().expect("there is room for the homes");
        for seed in [1, 2, 3] {
            let [first, second] = [(); 2].map(|()| one(seed, &setting, folder.path()));
            let differs = first.lines.iter().zip(&second.lines).find(|(first, second)| first != second);
            assert_eq!(differs, None, "seed {seed}");
            assert_eq!(first, second, "seed {seed}");
        }
    }
}
