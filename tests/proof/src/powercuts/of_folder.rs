//! Entries and documents of a record in a folder, on a disk whose power goes; now and then the program is killed before,
//! and another one goes on where it was.

use std::{collections::BTreeMap, io, path::Path, sync::Arc};

use pierrot_core::record::{Created, RecordStore, Sharing, StoreError, folder::FolderStore};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::{Cut, Found, IMAGES_A_CUT};
use crate::folder_disk::FolderDisk;

/// Entries and documents written in one life.
const STEPS: u64 = 20;
/// More operations of the disk than a life takes.
const OPERATIONS: u64 = 160;
/// Operations after which a program is killed.
const KILLED_WITHIN: u64 = 10;
const LOG: &str = "wal/";
const DOCUMENTS: [&str; 3] = ["pierrot-meta.json", "pierrot-db.json", "pierrot-wal.json"];

/// One write: an entry, whose name is taken once, or a document, whose content is replaced.
#[derive(Clone, Debug)]
struct Write {
    name: String,
    bytes: Vec<u8>,
}

/// What was acknowledged, and what was on its way when the power went.
#[derive(Debug, Default)]
struct Known {
    acknowledged: BTreeMap<String, Vec<u8>>,
    in_flight: Option<Write>,
}

pub fn one_cut(seed: u64, lies: bool) -> Cut {
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    runtime.block_on(life(seed, lies)).expect("a folder in memory takes every write")
}

async fn life(seed: u64, lies: bool) -> io::Result<Cut> {
    let mut dice = ChaCha8Rng::seed_from_u64(seed);
    let base = crate::scratch()?;
    let disk = Arc::new(FolderDisk::new(base.path()));
    if lies {
        disk.lie();
    }
    disk.cut_after(dice.random_range(1..OPERATIONS));
    let known = work(&disk, &base.path().join("a/record"), &mut dice).await;
    let mut cut = Cut::default();
    for _ in 0..IMAGES_A_CUT {
        let image = crate::scratch()?;
        disk.image(image.path(), &mut dice)?;
        cut.count(seed, look(&image.path().join("a/record"), &known).await);
    }
    Ok(cut)
}

/// Works until the power goes or the day is over.
async fn work(disk: &Arc<FolderDisk>, root: &Path, dice: &mut ChaCha8Rng) -> Known {
    let mut known = Known::default();
    let mut entries = 0;
    for _ in 0..STEPS {
        let entry = dice.random_bool(0.7);
        let name = if entry { entry_name(entries) } else { DOCUMENTS[dice.random_range(0..3)].to_owned() };
        let write = Write { name, bytes: vec![dice.random(); dice.random_range(1..3_000)] };
        known.in_flight = Some(write.clone());
        if dice.random_bool(0.2) {
            disk.kill_after(dice.random_range(0..KILLED_WITHIN));
        }
        // What was killed is begun again by the next program, until it is done.
        while let Err(error) = go_on(disk, root, &write).await {
            if disk.is_cut() {
                return known;
            }
            assert!(disk.was_killed(), "{error}");
            disk.start_again();
        }
        entries += u64::from(entry);
        known.acknowledged.insert(write.name, write.bytes);
        known.in_flight = None;
    }
    known
}

/// A program that starts, and writes.
async fn go_on(disk: &Arc<FolderDisk>, root: &Path, write: &Write) -> Result<(), StoreError> {
    let store = FolderStore::on_disk(root, Sharing::Several, disk.clone())?;
    if !write.name.starts_with(LOG) {
        return store.replace(&write.name, write.bytes.clone()).await;
    }
    match store.create(&write.name, &write.bytes).await? {
        Created::Done => Ok(()),
        // The killed program's; Pierrot reads it to see whose it is.
        Created::Exists => {
            assert_eq!(store.read(&write.name).await?.as_ref(), Some(&write.bytes), "nobody else writes");
            Ok(())
        }
        Created::Unsure(why) => Err(StoreError::Unsettled { at: store.address(), name: write.name.clone(), why }),
    }
}

fn entry_name(number: u64) -> String {
    format!("{LOG}{:020}.json", number + 1)
}

/// What an image holds, beside what is known.
async fn look(root: &Path, known: &Known) -> Found {
    match holds(root, known).await {
        Ok(None) => Found::Sound,
        Ok(Some(lost)) => Found::Lost(lost),
        Err(error) => Found::Unopenable(error.to_string()),
    }
}

async fn holds(root: &Path, known: &Known) -> Result<Option<String>, StoreError> {
    let store = FolderStore::open(root, Sharing::Several)?;
    let mut there = store.names(LOG, None).await?;
    there.extend(DOCUMENTS.map(str::to_owned));
    for name in &there {
        let found = store.read(name).await?;
        let was = known.acknowledged.get(name);
        let on_its_way = known.in_flight.as_ref().filter(|write| write.name == *name).map(|write| &write.bytes);
        if found.as_ref() != was && (found.is_none() || found.as_ref() != on_its_way) {
            return Ok(Some(format!("{name} is neither what was acknowledged nor what was being written")));
        }
    }
    if let Some(lost) = known.acknowledged.keys().find(|name| !there.contains(*name)) {
        return Ok(Some(format!("{lost} was acknowledged and is gone")));
    }
    // The log goes on after it.
    let entries = known.acknowledged.keys().filter(|name| name.starts_with(LOG)).count();
    let next = entry_name(entries as u64);
    let created = store.create(&next, b"{}").await?;
    let taken = there.contains(&next);
    Ok((created != if taken { Created::Exists } else { Created::Done }).then(|| format!("{next}: {created:?}")))
}
