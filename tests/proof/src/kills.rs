//! `pierrot` killed with SIGKILL at random moments and at every named place, then started again.
//!
//! Invariant, judged after every recovery: no photo behind two posts but by a person's word; every post on the record or in
//! review; every entry read before still there, unchanged; recovering again changes nothing; `check` finds nothing.
//! Absent, unless asked for (`ext4`): power cuts. What the kernel has, it keeps.

mod ext4;
mod life;
mod places;

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use serde::Serialize;

/// Kills before a home, its log and its sandbox are exchanged for new ones.
const KILLS_A_HOME: u64 = 100;
/// Violations after which a home is given up.
const VIOLATIONS_MAX: usize = 10;

/// How much is killed.
#[derive(Clone, Copy, Debug)]
pub struct Setting {
    pub kills: u64,
    pub seed: u64,
    /// Photos in one lasting home; absent for small ones, exchanged now and then.
    pub photos: Option<usize>,
    /// The home is on an ext4 of its own, whose power goes with each kill; what the kernel had not written is lost too.
    pub power_cuts: bool,
}

/// What became of it.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Killed {
    pub kills: u64,
    pub publications: u64,
    pub double_posts: u64,
    pub lost_entries: u64,
    pub needs_review: u64,
    pub recovery_ms_max: u64,
    /// Everything else that was not as it must be.
    pub other_violations: u64,
    /// A sentence each.
    #[serde(skip)]
    pub violations: Vec<String>,
}

/// Runs homes beside each other, one a core, until so many processes were killed.
pub async fn run(setting: Setting) -> io::Result<Killed> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let (homes, beside) = match setting.photos {
        Some(_) => (1, 1),
        None => (setting.kills.div_ceil(KILLS_A_HOME), cores),
    };
    let next = Arc::new(AtomicU64::new(0));
    let mut running = tokio::task::JoinSet::new();
    for _ in 0..beside {
        let next = next.clone();
        running.spawn(async move {
            let mut all = Killed::default();
            loop {
                let home = next.fetch_add(1, Ordering::Relaxed);
                if home >= homes {
                    return Ok::<_, io::Error>(all);
                }
                let kills = (setting.kills / homes) + u64::from(home < setting.kills % homes);
                let photos = setting.photos.unwrap_or(kills as usize * 3 / 2 + 60);
                all.add(life::live(&setting, home, kills, photos).await?);
            }
        });
    }
    let mut all = Killed::default();
    while let Some(ended) = running.join_next().await {
        all.add(ended.map_err(io::Error::other)??);
    }
    Ok(all)
}

impl Killed {
    fn add(&mut self, other: Self) {
        self.kills += other.kills;
        self.publications += other.publications;
        self.double_posts += other.double_posts;
        self.lost_entries += other.lost_entries;
        self.needs_review += other.needs_review;
        self.recovery_ms_max = self.recovery_ms_max.max(other.recovery_ms_max);
        self.other_violations += other.other_violations;
        self.violations.extend(other.violations);
    }
}
