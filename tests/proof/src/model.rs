//! Every order of events in a small world, over the `step` and the `fold` that ship.
//!
//! The world: up to three computers on one record whose appends may be executed late or never answered; a target that may
//! execute a request late and whose timeline may be stale; computers that crash, start again and pause; a person who answers.
//! Broken designs must be caught by the same search, else it says nothing. See docs/proof.md.

mod laws;
mod liveness;
mod log;
mod world;

use std::time::Instant;

use serde::Serialize;
use stateright::{Checker, HasDiscoveries, Model};

pub use world::{Bounds, Design, Small, Target};

/// What one search found.
#[derive(Clone, Debug, Serialize)]
pub struct Found {
    pub name: String,
    pub states: usize,
    pub seconds: f64,
    /// Laws that were broken, each with the shortest way there.
    pub broken: Vec<Broken>,
}

#[derive(Clone, Debug, Serialize)]
pub struct Broken {
    pub law: String,
    pub steps: Vec<String>,
}

/// Searches a world for broken laws.
pub fn safety(name: &str, small: Small, threads: usize) -> Found {
    let began = Instant::now();
    let checker = small.checker().threads(threads).finish_when(HasDiscoveries::AnyFailures).spawn_bfs().join();
    let mut broken: Vec<Broken> = checker
        .discoveries()
        .into_iter()
        .map(|(law, path)| Broken {
            law: law.to_owned(),
            steps: path.into_actions().iter().map(|action| format!("{action:?}")).collect(),
        })
        .collect();
    broken.sort_by(|one, other| one.law.cmp(&other.law));
    Found {
        name: name.to_owned(),
        states: checker.unique_state_count(),
        seconds: began.elapsed().as_secs_f64(),
        broken,
    }
}

/// Searches a world for a state from which some claim never ends, although nothing fails any more.
pub fn every_claim_ends(name: &str, small: &Small) -> Found {
    let began = Instant::now();
    let (states, stuck) = liveness::stuck(small);
    let broken = stuck.map(|state| Broken { law: liveness::LAW.to_owned(), steps: vec![format!("{state:?}")] });
    let broken = broken.into_iter().collect();
    Found { name: name.to_owned(), states, seconds: began.elapsed().as_secs_f64(), broken }
}

/// All that is searched; `full` is what docs/proof.md reports, the rest what every commit can afford.
pub fn worlds(full: bool) -> Vec<(&'static str, Small)> {
    let good = Design::default();
    let two = Bounds { computers: 2, photos: 1, log: 6, attempts: 2, crashes: 1, again: 0 };
    let small = Bounds { log: 4, attempts: 1, ..two };
    let mut worlds = vec![
        ("X, 2 computers", Small::new(Target::X, good, Bounds { log: 5, ..two })),
        ("X, 2 computers, 2 photos, 1 slot", Small::new(Target::X, good, Bounds { photos: 2, attempts: 1, ..two })),
        ("X, a person answers", Small::new(Target::X, good, Bounds { crashes: 0, again: 1, ..two })),
        ("X, a cloned disk", Small::new(Target::X, Design { cloned: true, ..good }, Bounds { log: 4, ..two })),
        ("X, 3 computers", Small::new(Target::X, good, Bounds { computers: 3, crashes: 0, ..small })),
        ("keyed, 2 computers", Small::new(Target::Keyed, good, Bounds { log: 5, ..small })),
        ("read back, 2 computers", Small::new(Target::ReadBack, good, small)),
    ];
    if full {
        let three = Bounds { computers: 3, ..small };
        let again = Bounds { log: 7, attempts: 1, again: 1, ..two };
        let photos = Bounds { photos: 2, log: 5, crashes: 0, ..two };
        worlds.extend([
            ("X, 2 computers, longer", Small::new(Target::X, good, Bounds { log: 7, ..two })),
            ("X, 2 computers, 2 photos, 2 attempts each", Small::new(Target::X, good, photos)),
            ("X, a person answers, crashes", Small::new(Target::X, good, again)),
            (
                "X, a cloned disk, longer",
                Small::new(Target::X, Design { cloned: true, ..good }, Bounds { log: 5, ..two }),
            ),
            ("X, 3 computers, crashes", Small::new(Target::X, good, three)),
            ("keyed, 2 computers, longer", Small::new(Target::Keyed, good, Bounds { log: 6, ..small })),
            ("keyed, 3 computers", Small::new(Target::Keyed, good, Bounds { crashes: 0, ..three })),
            ("read back, 2 computers, longer", Small::new(Target::ReadBack, good, Bounds { log: 6, ..small })),
            ("read back, 3 computers", Small::new(Target::ReadBack, good, Bounds { crashes: 0, ..three })),
        ]);
    }
    worlds
}

/// Worlds whose every claim must end; the log is long enough for all of them.
pub fn endings(full: bool) -> Vec<(&'static str, Small)> {
    let good = Design::default();
    let one = Bounds { computers: 2, photos: 1, log: 12, attempts: 1, crashes: 1, again: 0 };
    let mut worlds = vec![
        ("every claim ends: X", Small::new(Target::X, good, one)),
        ("every claim ends: keyed", Small::new(Target::Keyed, good, Bounds { crashes: 0, ..one })),
    ];
    if full {
        let calm = Bounds { crashes: 0, ..one };
        worlds.extend([
            ("every claim ends: read back", Small::new(Target::ReadBack, good, calm)),
            ("every claim ends: X, a person answers", Small::new(Target::X, good, Bounds { again: 1, ..calm })),
        ]);
    }
    worlds
}

/// The broken designs; each leads to a double post.
pub fn mutants() -> Vec<(&'static str, Small)> {
    let good = Design { only_double_posts: true, ..Design::default() };
    let two = Bounds { computers: 2, photos: 1, log: 7, attempts: 2, crashes: 1, again: 0 };
    vec![
        ("no fence", Small::new(Target::X, Design { no_fence: true, ..good }, two)),
        ("a Sending that can be taken over", Small::new(Target::X, Design { take_over_sending: true, ..good }, two)),
        ("a second POST on X by itself", Small::new(Target::X, Design { retry_by_itself: true, ..good }, two)),
        ("new media on a repeat", Small::new(Target::ReadBack, Design { new_key: true, ..good }, two)),
        ("a new key on a repeat", Small::new(Target::Keyed, Design { new_key: true, ..good }, two)),
        ("trusting the store's 200", Small::new(Target::X, Design { trust_the_200: true, ..good }, two)),
        ("a repeat without its own Sending", Small::new(Target::Keyed, Design { repeat_unfenced: true, ..good }, two)),
        ("a release after a repeat", Small::new(Target::Keyed, Design { release_after_repeat: true, ..good }, two)),
        ("no writer nonce", Small::new(Target::X, Design { cloned: true, no_writer_nonce: true, ..good }, two)),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_law_is_broken_in_any_small_world() {
        for (name, small) in worlds(false) {
            let found = safety(name, small, 1);
            assert!(found.broken.is_empty(), "{found:#?}");
            assert!(found.states > 1_000, "{name}: a search of {} states says little", found.states);
        }
    }

    #[test]
    fn every_claim_ends_once_nothing_fails_any_more() {
        for (name, small) in endings(false) {
            let found = every_claim_ends(name, &small);
            assert!(found.broken.is_empty(), "{found:#?}");
            assert!(found.states > 1_000, "{name}: a search of {} states says little", found.states);
        }
    }

    #[test]
    fn every_broken_design_is_caught() {
        for (name, small) in mutants() {
            assert!(!safety(name, small, 1).broken.is_empty(), "\"{name}\" was not caught");
        }
    }
}
