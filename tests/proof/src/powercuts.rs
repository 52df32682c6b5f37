//! Power cuts in the middle of work on the catalogue and on the folder of a record: every image a disk may be left with
//! opens, and holds all that was acknowledged.
//!
//! Lives on the one and on the other take turns; each ends when the power goes, and many images are made of what it leaves.

mod of_catalogue;
mod of_folder;

use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicU64, Ordering},
};

use serde::Serialize;

/// Images made of one cut.
const IMAGES_A_CUT: u64 = 25;

#[derive(Clone, Copy, Debug)]
pub struct Setting {
    /// Half of them of the catalogue, half of a folder record.
    pub images: u64,
    pub seed: u64,
    /// The disk answers every sync without doing it, so that facts must be lost: shows that they can.
    pub lies: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Cut {
    pub images: u64,
    pub unopenable: u64,
    pub lost_acknowledged: u64,
    /// The first things found wrong.
    #[serde(skip)]
    pub violations: Vec<String>,
}

/// What one image turned out to be.
enum Found {
    Sound,
    Unopenable(String),
    Lost(String),
}

impl Cut {
    fn count(&mut self, seed: u64, found: Found) {
        self.images += 1;
        let (number, why) = match found {
            Found::Sound => return,
            Found::Unopenable(why) => (&mut self.unopenable, why),
            Found::Lost(why) => (&mut self.lost_acknowledged, why),
        };
        *number += 1;
        self.violations.push(format!("seed {seed}: {why}"));
    }
}

/// Cuts the power until there are so many images, on all cores.
pub fn run(setting: Setting) -> Cut {
    let (found, next) = (Arc::new(Mutex::new(Cut::default())), Arc::new(AtomicU64::new(0)));
    let cuts = setting.images.div_ceil(IMAGES_A_CUT);
    let workers: Vec<_> = (0..std::thread::available_parallelism().map_or(1, usize::from))
        .map(|_| {
            let (found, next) = (found.clone(), next.clone());
            std::thread::spawn(move || {
                loop {
                    let cut = next.fetch_add(1, Ordering::Relaxed);
                    if cut >= cuts {
                        return;
                    }
                    let (seed, lies) = (setting.seed.wrapping_add(cut), setting.lies);
                    let one = if cut.is_multiple_of(2) {
                        of_catalogue::one_cut(seed, lies)
                    } else {
                        of_folder::one_cut(seed, lies)
                    };
                    let mut all = found.lock().unwrap_or_else(PoisonError::into_inner);
                    all.images += one.images;
                    all.unopenable += one.unopenable;
                    all.lost_acknowledged += one.lost_acknowledged;
                    all.violations.extend(one.violations);
                }
            })
        })
        .collect();
    for worker in workers {
        worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
    }
    let found = found.lock().unwrap_or_else(PoisonError::into_inner);
    found.clone()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_power_cut_takes_what_was_acknowledged() {
        let cut = run(Setting { images: 10_000, seed: 1, lies: false });
        assert_eq!((cut.unopenable, cut.lost_acknowledged), (0, 0), "{:?}", cut.violations);
        assert!(cut.images >= 10_000);
    }

    #[test]
    fn a_disk_that_lies_is_noticed() {
        for one_cut in [of_catalogue::one_cut, of_folder::one_cut] {
            let noticed = (0..8).map(|seed| one_cut(seed, true)).any(|cut| cut.unopenable + cut.lost_acknowledged > 0);
            assert!(noticed, "the test cannot fail");
        }
    }
}
