//! The catalogue's own steps on a disk whose power goes.
//!
//! The same work goes to two catalogues, one on a disk whose power goes after some operation and one on a disk that never
//! fails. What the cut leaves must be what the other one holds before, or after, the step the power went in.

use std::panic::catch_unwind;

use pierrot_core::{
    catalogue::{Catalogue, CatalogueError, Journal, Step},
    log::{About, AttemptId},
    photo::PhotoId,
};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::{Value, json};

use super::{Cut, Found, IMAGES_A_CUT};
use crate::disk::CrashDisk;

/// Steps of work in one life.
const STEPS: u64 = 60;
/// More operations of the disk than a life takes.
const OPERATIONS: u64 = 2_500;

pub fn one_cut(seed: u64, lies: bool) -> Cut {
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
        let left = CrashDisk::holding(disk.image(&mut dice));
        let opened = catch_unwind(|| Catalogue::on_backend(left).and_then(|opened| contents(&opened)));
        let found = match opened {
            Ok(Ok(found)) if allowed.contains(&found) => Found::Sound,
            Ok(Ok(_)) => Found::Lost("a catalogue lacks what was acknowledged".to_owned()),
            Ok(Err(error)) => Found::Unopenable(error.to_string()),
            Err(_) => Found::Unopenable("a catalogue panics".to_owned()),
        };
        cut.count(seed, found);
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
