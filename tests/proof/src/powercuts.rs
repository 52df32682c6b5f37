//! Power cuts in the middle of work on the catalogue: every image a disk may be left with opens, and holds all that was
//! acknowledged.
//!
//! The same work goes to two catalogues, one on a disk whose power goes after some operation and one on a disk that never
//! fails. What the cut leaves must be what the other one holds before, or after, the step the power went in.
//! Absent: the folder record, whose files a real file system keeps (tests/proof/tests, docs/proof.md).

use std::{
    panic::catch_unwind,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use pierrot_core::{
    catalogue::{Catalogue, CatalogueError, Journal, Step},
    log::{About, AttemptId},
    photo::PhotoId,
};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde::Serialize;
use serde_json::{Value, json};

use crate::disk::CrashDisk;

/// Images made of one cut.
const IMAGES_A_CUT: u64 = 25;
/// Steps of work in one life.
const STEPS: u64 = 60;
/// More operations of the disk than a life takes.
const OPERATIONS: u64 = 2_500;

#[derive(Clone, Copy, Debug)]
pub struct Setting {
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
                    let one = one_cut(setting.seed.wrapping_add(cut), setting.lies);
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

fn one_cut(seed: u64, lies: bool) -> Cut {
    let mut dice = ChaCha8Rng::seed_from_u64(seed);
    let (disk, sound) = (CrashDisk::default(), CrashDisk::default());
    let reference = Catalogue::on_backend(sound).expect("memory opens");
    let catalogue = Catalogue::on_backend(disk.clone()).expect("memory opens");
    if lies {
        disk.lie();
    }
    disk.cut_after(dice.random_range(1..OPERATIONS));
    let mut allowed = vec![contents(&reference).expect("it reads itself")];
    for number in 0..STEPS {
        let step = dice.random();
        let ended = work(&catalogue, number, step);
        if ended.is_err() {
            // Whether the step in flight counts is open.
            work(&reference, number, step).expect("memory takes every write");
            allowed.push(contents(&reference).expect("it reads itself"));
            break;
        }
        work(&reference, number, step).expect("memory takes every write");
        allowed = vec![contents(&reference).expect("it reads itself")];
    }
    let mut cut = Cut::default();
    for _ in 0..IMAGES_A_CUT {
        cut.images += 1;
        let left = CrashDisk::holding(disk.image(&mut dice));
        let opened = catch_unwind(|| Catalogue::on_backend(left).and_then(|opened| contents(&opened)));
        match opened {
            Ok(Ok(found)) if allowed.contains(&found) => {}
            Ok(Ok(_)) => cut.lost_acknowledged += 1,
            Ok(Err(error)) => {
                cut.unopenable += 1;
                cut.violations.push(format!("seed {seed}: {error}"));
            }
            Err(_) => {
                cut.unopenable += 1;
                cut.violations.push(format!("seed {seed}: it panics"));
            }
        }
    }
    if cut.lost_acknowledged > 0 {
        cut.violations.push(format!("seed {seed}: {} images lack what was acknowledged", cut.lost_acknowledged));
    }
    drop(catalogue);
    cut
}

/// One durable step, as the jobs take them.
fn work(catalogue: &Catalogue, number: u64, dice: u64) -> Result<(), CatalogueError> {
    let attempt = AttemptId(format!("{:032x}", dice % 7));
    match dice % 8 {
        0 | 1 => {
            let entry = (catalogue.log_through()? + 1, json!({"seq": number, "dice": dice}).to_string().into_bytes());
            catalogue.keep_log(&[entry], &[("x".to_owned(), photo(dice), dice.is_multiple_of(3))])
        }
        2 | 3 => catalogue.keep_journal(&journal(attempt, dice)),
        4 => catalogue.drop_journal(&attempt),
        5 => catalogue.set_state("walk", &json!({"page": number, "of": "x".repeat((dice % 3_000) as usize)})),
        6 => catalogue.make_pool("x", &format!("{number}"), (0..dice % 40).map(photo)).map(drop),
        _ => catalogue.begin_walk("cursor", &json!({"number": number})),
    }
}

fn photo(number: u64) -> PhotoId {
    (number % 90 + 1).to_string().parse().expect("a number is an id")
}

fn journal(attempt: AttemptId, dice: u64) -> Journal {
    let steps = [Step::Claiming, Step::Fencing, Step::Posting, Step::Posted];
    Journal {
        about: About { attempt, photo: photo(dice), target: "x".to_owned(), account: None },
        slot: format!("daily/{}", dice % 30),
        step: steps[(dice >> 8) as usize % steps.len()],
        frozen: None,
        sent_at: Some(1),
        post_id: dice.is_multiple_of(2).then(|| dice.to_string()),
        post_url: None,
        looks: 0,
    }
}

type Contents = (Vec<(u64, Vec<u8>)>, Vec<Journal>, Vec<Option<Value>>, Vec<bool>);

fn contents(catalogue: &Catalogue) -> Result<Contents, CatalogueError> {
    let mut log = Vec::new();
    catalogue.each_log_entry(|seq, bytes| log.push((seq, bytes.to_vec())))?;
    let states = ["walk", "cursor"].iter().map(|name| catalogue.state(name)).collect::<Result<_, _>>()?;
    let pool = (0..90).map(|number| catalogue.in_pool("x", &photo(number))).collect::<Result<_, _>>()?;
    Ok((log, catalogue.journals()?, states, pool))
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
        let cut = run(Setting { images: 200, seed: 1, lies: true });
        assert!(cut.unopenable + cut.lost_acknowledged > 0, "the test cannot fail");
    }
}
