//! The catalogue on a disk that loses power, and its tables against naive models.
//!
//! The crash disk keeps a tape of every write, change of length and sync. A crash after any number of operations leaves what
//! was synced plus any part of the rest: each write whole, torn at sectors, or lost. Whatever is left must open as the
//! catalogue after some step that lies between the last durable one acknowledged and the one in flight: nothing in between.
//! Absent: disks that damage what they synced, and crashes while a new file is made (it has no name then).

use std::{
    cmp::Ordering,
    collections::{BTreeMap, BTreeSet},
    io,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Mutex, MutexGuard},
};

use proptest::prelude::*;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use redb::{ReadableTable, StorageBackend, TableDefinition, backends::InMemoryBackend};
use serde_json::{Value, json};

use super::{Album, Catalogue, Journal, Presence, Row, Step};
use crate::{
    log::{About, AttemptId},
    photo::{Large, Media, Photo, PhotoId, Privacy, plain_photo},
};

const SEED: u64 = 20_240_311;
const IMAGES: usize = 2_400;
const SECTOR: usize = 512;
const TARGETS: [&str; 2] = ["x", "x2"];

const NUMBERED: TableDefinition<'_, (&str, u32), &str> = TableDefinition::new("pool_numbered");
const PLACES: TableDefinition<'_, (&str, &str), u32> = TableDefinition::new("pool_places");
const PHOTOS: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("photos");
const ALBUMS: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("albums");

#[derive(Debug)]
enum Op {
    Write(usize, Vec<u8>),
    Length(usize),
    Sync,
}

#[derive(Debug, Default)]
struct Tape {
    live: Vec<u8>,
    ops: Vec<Op>,
}

/// Storage that remembers every operation; clones share it.
#[derive(Clone, Debug, Default)]
struct Disk(Arc<Mutex<Tape>>);

impl Disk {
    fn holding(bytes: Vec<u8>) -> Self {
        Self(Arc::new(Mutex::new(Tape { live: bytes, ops: Vec::new() })))
    }

    fn tape(&self) -> MutexGuard<'_, Tape> {
        self.0.lock().expect("no operation of the disk panics")
    }

    fn note(&self, op: Op) {
        let tape = &mut *self.tape();
        apply(&mut tape.live, &op);
        tape.ops.push(op);
    }
}

impl StorageBackend for Disk {
    fn len(&self) -> io::Result<u64> {
        Ok(self.tape().live.len() as u64)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let start = offset as usize;
        let tape = self.tape();
        out.copy_from_slice(tape.live.get(start..start + out.len()).ok_or(io::ErrorKind::UnexpectedEof)?);
        Ok(())
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.note(Op::Length(len as usize));
        Ok(())
    }

    fn sync_data(&self) -> io::Result<()> {
        self.note(Op::Sync);
        Ok(())
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.note(Op::Write(offset as usize, data.to_vec()));
        Ok(())
    }
}

fn apply(bytes: &mut Vec<u8>, op: &Op) {
    match op {
        Op::Write(offset, data) => overwrite(bytes, *offset, data),
        Op::Length(length) => bytes.resize(*length, 0),
        Op::Sync => {}
    }
}

fn overwrite(bytes: &mut Vec<u8>, offset: usize, data: &[u8]) {
    bytes.resize(bytes.len().max(offset + data.len()), 0);
    bytes[offset..offset + data.len()].copy_from_slice(data);
}

/// A disk after the first operations of a tape.
#[derive(Default)]
struct Platter<'a> {
    durable: Vec<u8>,
    unsynced: Vec<&'a Op>,
}

impl<'a> Platter<'a> {
    fn go(&mut self, op: &'a Op, sync_works: bool) {
        match op {
            Op::Sync if sync_works => self.unsynced.drain(..).for_each(|op| apply(&mut self.durable, op)),
            Op::Sync => {}
            Op::Write(..) | Op::Length(_) => self.unsynced.push(op),
        }
    }

    /// What a power cut now may leave.
    fn image(&self, dice: &mut impl Rng) -> Vec<u8> {
        let odds = [0.0, 0.1, 0.5, 0.9, 1.0][dice.random_range(0..5)];
        let mut bytes = self.durable.clone();
        for op in &self.unsynced {
            let torn = dice.random_bool(0.5);
            match op {
                Op::Write(offset, data) if torn => {
                    let mut start = 0;
                    while start < data.len() {
                        let end = data.len().min(start + SECTOR - (offset + start) % SECTOR);
                        if dice.random_bool(odds) {
                            overwrite(&mut bytes, offset + start, &data[start..end]);
                        }
                        start = end;
                    }
                }
                whole if dice.random_bool(odds) => apply(&mut bytes, whole),
                Op::Write(..) | Op::Length(_) | Op::Sync => {}
            }
        }
        bytes
    }
}

/// Everything the catalogue says.
#[derive(Debug, PartialEq)]
struct Contents {
    rows: Vec<Row>,
    missing: u64,
    unwalked: Vec<PhotoId>,
    log: Vec<(u64, Vec<u8>)>,
    journals: Vec<Journal>,
    albums: Vec<Album>,
    states: Vec<Option<Value>>,
    pools: Vec<Vec<PhotoId>>,
}

fn contents(catalogue: &Catalogue) -> Result<Contents, String> {
    let why = |error: super::CatalogueError| error.to_string();
    let (mut rows, mut log) = (Vec::new(), Vec::new());
    catalogue
        .each_photo(|row| {
            rows.push(row);
            true
        })
        .map_err(why)?;
    catalogue.each_log_entry(|seq, bytes| log.push((seq, bytes.to_vec()))).map_err(why)?;
    let states = ["walk", "calls", "computer", "pool/x", "pool/x2"].map(|name| catalogue.state(name).map_err(why));
    Ok(Contents {
        rows,
        missing: catalogue.missing_total().map_err(why)?,
        unwalked: catalogue.unwalked().map_err(why)?,
        log,
        journals: catalogue.journals().map_err(why)?,
        albums: catalogue.albums().map_err(why)?,
        states: states.into_iter().collect::<Result<_, _>>()?,
        pools: TARGETS.iter().map(|target| pool(catalogue, target)).collect::<Result<_, _>>()?,
    })
}

/// The photos of a pool by number, or how it breaks its invariant.
fn pool(catalogue: &Catalogue, target: &str) -> Result<Vec<PhotoId>, String> {
    let tables = catalogue.read(|txn| {
        let (mut numbered, mut places) = (Vec::new(), BTreeMap::new());
        for row in txn.open_table(NUMBERED)?.iter()? {
            let (key, photo) = row?;
            if key.value().0 == target {
                numbered.push((key.value().1, photo.value().to_owned()));
            }
        }
        for row in txn.open_table(PLACES)?.iter()? {
            let (key, number) = row?;
            if key.value().0 == target {
                places.insert(key.value().1.to_owned(), number.value());
            }
        }
        Ok((numbered, places))
    });
    let (numbered, places) = tables.map_err(|error| error.to_string())?;
    let dense = numbered.iter().zip(0..).all(|((number, photo), place)| {
        let in_pool = catalogue.in_pool(target, &id(photo)).unwrap_or(false);
        *number == place && places.get(photo) == Some(&place) && in_pool
    });
    let length = catalogue.pool_len(target).map_err(|error| error.to_string())? as usize;
    if !dense || numbered.len() != length || places.len() != length {
        return Err(format!("the pool of {target} is not dense: {length}, {numbered:?}, {places:?}"));
    }
    Ok(numbered.iter().map(|(_, photo)| id(photo)).collect())
}

fn id(text: &str) -> PhotoId {
    text.parse().expect("a test's photo id")
}

fn photo(number: usize, title: &str) -> Photo {
    let owner = "7@N00".into();
    Photo { title: title.into(), tags: vec!["boats".into()], owner, ..plain_photo(&number.to_string()) }
}

fn journal(round: usize, step: Step) -> Journal {
    let about = About {
        attempt: AttemptId(format!("a{round}")),
        photo: id(&round.to_string()),
        target: "x".into(),
        account: Some("x:7".into()),
    };
    let (post_id, post_url) = (None, None);
    Journal { about, slot: format!("w{round}"), step, frozen: None, sent_at: Some(1), post_id, post_url, looks: 0 }
}

/// The catalogue after one acknowledged step.
struct Moment {
    ops: usize,
    durable: bool,
    contents: Contents,
}

/// Works on a crash disk until it is closed; the moments tell what was acknowledged when.
/// `split` keeps each log entry and its moves in two transactions, as if one step could stop half way.
fn work(split: bool) -> (Tape, Vec<Moment>) {
    let disk = Disk::default();
    let catalogue = Catalogue::on_backend(disk.clone()).expect("memory opens");
    let mut moments = Vec::new();
    let mut acknowledged = |durable: bool| {
        let contents = contents(&catalogue).expect("it reads itself");
        moments.push(Moment { ops: disk.tape().ops.len(), durable, contents });
    };
    acknowledged(true);
    for round in 0..10 {
        one_round(&catalogue, round, split, &mut acknowledged).expect("memory takes every write");
    }
    drop(catalogue);
    (std::mem::take(&mut *disk.tape()), moments)
}

fn one_round(
    catalogue: &Catalogue,
    round: usize,
    split: bool,
    acknowledged: &mut impl FnMut(bool),
) -> Result<(), super::CatalogueError> {
    if round.is_multiple_of(5) {
        catalogue.begin_walk("walk", &json!({ "page": 0, "pass": round }))?;
        acknowledged(true);
    }
    let first = round * 6 % 42;
    let page: Vec<Photo> = (first..first + 8).map(|number| photo(number, &format!("{round}").repeat(200))).collect();
    let ids: Vec<PhotoId> = page.iter().map(|photo| photo.id.clone()).collect();
    catalogue.put_photos(page, 1, Some(("walk", &json!({ "page": round }))))?;
    acknowledged(true);
    catalogue.note_state("calls", &round)?;
    acknowledged(false);
    // An import takes many rows in one entry: the file grows.
    let sizes = if round == 3 { [400_000, 30] } else { [600, 30] };
    let seq = round as u64 * 2;
    let entries = [(seq + 1, vec![b'e'; sizes[0]]), (seq + 2, vec![b'f'; sizes[1]])];
    let moves = ids.iter().zip([true, true, false].iter().cycle());
    let moves: Vec<_> = moves.map(|(id, into)| (TARGETS[round % 2].into(), id.clone(), *into)).collect();
    if split {
        catalogue.keep_log(&entries, &[])?;
        catalogue.keep_log(&[], &moves)?;
    } else {
        catalogue.keep_log(&entries, &moves)?;
    }
    acknowledged(true);
    catalogue.keep_journal(&journal(round, Step::Claiming))?;
    acknowledged(true);
    catalogue.keep_journal(&journal(round, Step::Posting))?;
    acknowledged(true);
    catalogue.set_state("computer", &format!("c{round}"))?;
    acknowledged(true);
    catalogue.change_photo(&ids[0], |row| row.presence = Presence::Missing)?;
    acknowledged(true);
    catalogue.note_state("calls", &(round + 100))?;
    acknowledged(false);
    catalogue.make_pool(TARGETS[round % 2], &format!("m{round}"), ids.iter().rev().take(round + 1).cloned())?;
    acknowledged(true);
    let photos = if round == 4 { (0..20_000).map(|number| id(&number.to_string())).collect() } else { ids };
    catalogue.put_album(&Album { id: "1".into(), title: "Sea".into(), count: 3, updated_at: 1, photos })?;
    acknowledged(true);
    catalogue.drop_journal(&AttemptId(format!("a{}", round / 2)))?;
    acknowledged(true);
    if round == 7 {
        catalogue.compact()?;
        acknowledged(true);
    }
    Ok(())
}

/// Opens what a crash left and finds which of the moments allowed it is of.
fn recovered(image: Vec<u8>, allowed: &[Moment]) -> Result<(Disk, usize), String> {
    let disk = Disk::holding(image);
    let look = || -> Result<usize, String> {
        let catalogue = Catalogue::on_backend(disk.clone()).map_err(|error| format!("it does not open: {error}"))?;
        let found = contents(&catalogue)?;
        // It takes writes again: this one changes nothing.
        catalogue.drop_journal(&AttemptId("none".into())).map_err(|error| format!("it does not write: {error}"))?;
        if contents(&catalogue)? != found {
            return Err("a write that changes nothing changed it".into());
        }
        let moment = allowed.iter().rposition(|moment| moment.contents == found);
        moment.ok_or_else(|| format!("it is of no moment that was acknowledged or in flight: {:?}", found.states))
    };
    let moment = catch_unwind(AssertUnwindSafe(look)).unwrap_or_else(|_| Err("it panicked".into()))?;
    Ok((disk, moment))
}

/// How many images were of which moment.
#[derive(Debug, Default)]
struct Tally {
    acknowledged: usize,
    /// Whole, though not yet acknowledged.
    in_flight: usize,
    /// Without the newest step, which was not promised to be durable.
    lazy: usize,
    twice: usize,
}

/// Crashes the work at evenly spread operations; syncs numbered by an operation from `lies_from` on do nothing.
fn crash_often(tape: &Tape, moments: &[Moment], lies_from: usize) -> Result<Tally, String> {
    let mut dice = ChaCha8Rng::seed_from_u64(SEED);
    let (mut platter, mut tally) = (Platter::default(), Tally::default());
    let (mut done, start) = (0, moments[0].ops);
    for number in 0..IMAGES {
        let at = start + number * (tape.ops.len() - start) / (IMAGES - 1);
        while done < at {
            platter.go(&tape.ops[done], done < lies_from);
            done += 1;
        }
        let newest = moments.iter().rposition(|moment| moment.ops <= at).expect("the work starts acknowledged");
        let oldest = moments[..=newest].iter().rposition(|moment| moment.durable).expect("the first is durable");
        let allowed = &moments[oldest..moments.len().min(newest + 2)];
        let tell = |why| format!("seed {SEED}, image {number}, after operation {at} of {}: {why}", tape.ops.len());
        let image = platter.image(&mut dice);
        let (disk, moment) = recovered(image.clone(), allowed).map_err(tell)?;
        match (oldest + moment).cmp(&newest) {
            Ordering::Less => tally.lazy += 1,
            Ordering::Equal => tally.acknowledged += 1,
            Ordering::Greater => tally.in_flight += 1,
        }
        // A second power cut, while it recovers or closes.
        if dice.random_bool(0.125) {
            let again = disk.tape();
            let mut platter = Platter { durable: image, unsynced: Vec::new() };
            let until = dice.random_range(0..=again.ops.len());
            again.ops[..until].iter().for_each(|op| platter.go(op, true));
            recovered(platter.image(&mut dice), allowed).map_err(|why| tell(format!("twice: {why}")))?;
            tally.twice += 1;
        }
    }
    Ok(tally)
}

#[test]
fn no_power_cut_loses_or_tears_a_transaction() {
    let (tape, moments) = work(false);
    let grows = |ops: &[Op]| ops.iter().filter(|op| matches!(op, Op::Length(_))).count();
    assert!(grows(&tape.ops[moments[0].ops..]) > 1, "the work changes the file's length");
    let tally = crash_often(&tape, &moments, usize::MAX).expect("nothing is lost or torn");
    let least = [tally.acknowledged, tally.in_flight, tally.lazy, tally.twice].into_iter().min();
    assert!(least > Some(20), "every outcome is met often: {tally:?}");
}

#[test]
fn the_crash_disk_catches_syncs_that_do_nothing() {
    let (tape, moments) = work(false);
    let lying = crash_often(&tape, &moments, tape.ops.len() / 2).expect_err("synced bytes are lost");
    assert!(lying.contains(&format!("seed {SEED}")), "a failure can be replayed: {lying}");
}

#[test]
fn the_crash_disk_catches_half_a_step() {
    let (tape, moments) = work(true);
    let half = crash_often(&tape, &moments, usize::MAX).expect_err("entries are there without their moves");
    assert!(half.contains("of no moment"), "{half}");
}

fn in_memory() -> Catalogue {
    Catalogue::on_backend(InMemoryBackend::new()).expect("memory opens")
}

/// What is done to pools: moves of (target, photo, into), or a pool made anew.
#[derive(Clone, Debug)]
enum Deed {
    Move(Vec<(usize, usize, bool)>),
    Make(usize, BTreeSet<usize>),
}

fn deed() -> impl Strategy<Value = Deed> {
    let moves = proptest::collection::vec((0usize..2, 0usize..12, any::<bool>()), 0..12);
    let made = (0usize..2, proptest::collection::btree_set(0usize..12, 0..12));
    prop_oneof![3 => moves.prop_map(Deed::Move), 1 => made.prop_map(|(target, photos)| Deed::Make(target, photos))]
}

fn numbered(number: usize) -> PhotoId {
    id(&number.to_string())
}

/// What happens to photos: a page, of a walk or not; one proved gone; a new walk.
#[derive(Clone, Debug)]
enum Event {
    Page(BTreeSet<usize>, bool),
    Gone(usize),
    Begin,
}

fn event() -> impl Strategy<Value = Event> {
    let page = (proptest::collection::btree_set(0usize..30, 0..10), any::<bool>());
    prop_oneof![
        4 => page.prop_map(|(photos, walk)| Event::Page(photos, walk)),
        3 => (0usize..30).prop_map(Event::Gone),
        1 => Just(Event::Begin)
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn pools_are_sets_and_picks_come_from_what_is_left(
        deeds in proptest::collection::vec(deed(), 1..12),
        tried in proptest::collection::vec(0usize..14, 0..14),
        seed in any::<u64>(),
    ) {
        let catalogue = in_memory();
        let mut dice = ChaCha8Rng::seed_from_u64(seed);
        let mut model = [BTreeSet::new(), BTreeSet::new()];
        let tried: Vec<PhotoId> = tried.into_iter().map(numbered).collect();
        for deed in deeds {
            match deed {
                Deed::Move(moves) => {
                    for (target, photo, into) in &moves {
                        if *into { model[*target].insert(numbered(*photo)) } else { model[*target].remove(&numbered(*photo)) };
                    }
                    let moves: Vec<_> = moves.into_iter().map(|(t, p, into)| (TARGETS[t].to_owned(), numbered(p), into)).collect();
                    catalogue.keep_log(&[], &moves).expect("memory takes every write");
                }
                Deed::Make(target, photos) => {
                    model[target] = photos.into_iter().map(numbered).collect();
                    let made = catalogue.make_pool(TARGETS[target], "m", model[target].iter().cloned()).expect("memory takes every write");
                    prop_assert_eq!(made as usize, model[target].len());
                }
            }
            for (target, model) in TARGETS.iter().zip(&model) {
                let found: BTreeSet<PhotoId> = pool(&catalogue, target).map_err(TestCaseError::fail)?.into_iter().collect();
                prop_assert_eq!(&found, model);
                let left: BTreeSet<&PhotoId> = model.iter().filter(|photo| !tried.contains(photo)).collect();
                let pick = catalogue.pick(target, &tried, &mut dice).expect("memory reads");
                prop_assert_eq!(pick.is_none(), left.is_empty());
                prop_assert!(pick.is_none_or(|pick| left.contains(&pick)));
            }
        }
    }

    #[test]
    fn unwalked_is_what_is_there_and_was_not_seen(events in proptest::collection::vec(event(), 1..25)) {
        let catalogue = in_memory();
        let mut present: BTreeMap<PhotoId, bool> = BTreeMap::new();
        let mut walked = BTreeSet::new();
        for event in events {
            match event {
                Event::Page(photos, walk) => {
                    let cursor = json!(1);
                    let photos: Vec<Photo> = photos.into_iter().map(|number| photo(number, "Boats")).collect();
                    let ids: Vec<PhotoId> = photos.iter().map(|photo| photo.id.clone()).collect();
                    let changes = catalogue.put_photos(photos, 1, walk.then_some(("walk", &cursor))).expect("memory");
                    let added = ids.iter().filter(|id| present.get(*id) != Some(&true)).count();
                    let fresh = ids.iter().filter(|id| walk && walked.insert((*id).clone())).count();
                    prop_assert_eq!((changes.added, changes.fresh, changes.changed), (added as u64, fresh as u64, 0));
                    present.extend(ids.into_iter().map(|id| (id, true)));
                }
                Event::Gone(number) => {
                    let gone = numbered(number);
                    catalogue.change_photo(&gone, |row| row.presence = Presence::Missing).expect("memory");
                    present.entry(gone).and_modify(|there| *there = false);
                }
                Event::Begin => {
                    catalogue.begin_walk("walk", &json!(0)).expect("memory");
                    walked.clear();
                }
            }
            let there = present.iter().filter(|(_, there)| **there).map(|(id, _)| id.clone());
            let unwalked: Vec<PhotoId> = there.clone().filter(|id| !walked.contains(id)).collect();
            prop_assert_eq!(catalogue.unwalked().expect("memory reads"), unwalked);
            let totals = (catalogue.photos_total().expect("reads"), catalogue.missing_total().expect("reads"));
            let there = there.count();
            prop_assert_eq!(totals, (there as u64, (present.len() - there) as u64));
        }
    }
}

/// Pearson's statistic of 17,000 picks stays under the 99.9 % quantile for 16 degrees of freedom (39.25).
#[test]
fn picks_are_uniform_over_what_is_left() {
    let catalogue = in_memory();
    catalogue.make_pool("x", "m", (0..20).map(numbered)).expect("memory takes every write");
    let tried = [numbered(0), numbered(7), numbered(19), numbered(7), numbered(99)];
    let mut dice = ChaCha8Rng::seed_from_u64(SEED);
    let mut counts: BTreeMap<PhotoId, f64> = BTreeMap::new();
    for _ in 0..17_000 {
        let pick = catalogue.pick("x", &tried, &mut dice).expect("memory reads").expect("17 are left");
        *counts.entry(pick).or_default() += 1.0;
    }
    assert_eq!(counts.len(), 17, "every photo that is left comes up");
    let statistic: f64 = counts.values().map(|count| (count - 1_000.0).powi(2) / 1_000.0).sum();
    assert!(statistic < 39.25, "{statistic}: {counts:?}");
}

fn full_row() -> Row {
    let photo = Photo {
        description: "<b>Sea</b>".into(),
        owner_alias: Some("anna".into()),
        original_secret: Some("o".into()),
        original_format: Some("jpg".into()),
        original_width: 3936,
        original_height: 2624,
        large: Some(Large { url: "https://live.staticflickr.com/1_k.jpg".into(), width: 2048, height: 1365 }),
        uploaded_at: 1_700_000_000,
        updated_at: 1_700_000_001,
        taken: Some("2013-10-06 14:06:41".into()),
        taken_granularity: 4,
        license: 9,
        place: Some((47.5, -8.25)),
        privacy: Privacy::FriendsAndFamily,
        media: Media::Video,
        safety: Some(2),
        ..photo(53_572_261_016, "Boats \u{26f5}")
    };
    Row { photo, presence: Presence::Missing, first_seen_us: 1_710_179_310_291_404, extra: r#"{"mood":1}"#.into() }
}

/// Bytes of the first version: every later one reads them, and bytes change only together with the version byte.
const FULL_ROW: &str = "\
    010b353335373232363130313609426f61747320e29bb50a3c623e5365613c2f623e0105626f6174730537404e30300104616e6e61053635\
    353335017301016f01036a7067e01ec014012568747470733a2f2f6c6976652e737461746963666c69636b722e636f6d2f315f6b2e6a7067\
    8010d50a80c49fd50c82c49fd50c0113323031332d31302d30362031343a30363a34310409010000000000c0474000000000008020c00302\
    01020298a7d6e4c4d989060a7b226d6f6f64223a317d";
const PLAIN_ROW: &str =
    "01013103536561000105626f6174730537404e30300005363535333501730000000000000000000000000000010100";
const ALBUM: &str = "05373231353703536561ac020302013103612d32";

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(text: &str) -> Vec<u8> {
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).expect("hex")).collect()
}

#[test]
fn rows_of_the_first_version_open_for_ever() {
    let plain = Row { photo: photo(1, "Sea"), presence: Presence::Unlisted, first_seen_us: -1, extra: String::new() };
    for (golden, row) in [(FULL_ROW, full_row()), (PLAIN_ROW, plain)] {
        let key = row.photo.id.clone();
        let catalogue = in_memory();
        catalogue.import_rows(vec![row.clone()]).expect("memory takes every write");
        let written = catalogue.read(|txn| Ok(hex(txn.open_table(PHOTOS)?.get(key.as_str())?.expect("kept").value())));
        assert_eq!(written.expect("memory reads"), golden);
        let catalogue = in_memory();
        let put = catalogue.write(|txn| {
            txn.open_table(PHOTOS)?.insert(key.as_str(), unhex(golden).as_slice())?;
            Ok(())
        });
        put.expect("memory takes every write");
        assert_eq!(catalogue.photo(&key).expect("it decodes"), Some(row));
    }
}

#[test]
fn an_album_of_the_first_version_opens_for_ever() {
    let album =
        Album { id: "72157".into(), title: "Sea".into(), count: 300, updated_at: -2, photos: vec![id("1"), id("a-2")] };
    let catalogue = in_memory();
    let put = catalogue.write(|txn| {
        txn.open_table(ALBUMS)?.insert("72157", unhex(ALBUM).as_slice())?;
        Ok(())
    });
    put.expect("memory takes every write");
    assert_eq!(catalogue.albums().expect("memory reads").first(), Some(&album));
    catalogue.put_album(&album).expect("memory takes every write");
    let written = catalogue.read(|txn| Ok(hex(txn.open_table(ALBUMS)?.get("72157")?.expect("kept").value())));
    assert_eq!(written.expect("memory reads"), ALBUM);
}

/// Tables of the very first catalogues; the others came later.
#[test]
fn a_catalogue_of_the_first_version_gets_its_tables_and_keeps_its_rows() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("catalogue.redb");
    let database = redb::Database::create(&path).expect("new");
    let txn = database.begin_write().expect("it is new");
    let put = || -> Result<(), redb::Error> {
        txn.open_table(redb::TableDefinition::<&str, u64>::new("meta"))?.insert("schema", 1)?;
        txn.open_table(PHOTOS)?.insert("53572261016", unhex(FULL_ROW).as_slice())?;
        txn.open_table(redb::TableDefinition::<&str, ()>::new("walked"))?;
        txn.open_table(ALBUMS)?.insert("72157", unhex(ALBUM).as_slice())?;
        txn.open_table(NUMBERED)?;
        txn.open_table(PLACES)?;
        txn.open_table(redb::TableDefinition::<&str, u32>::new("pool_lengths"))?;
        txn.open_table(redb::TableDefinition::<u64, &[u8]>::new("log"))?;
        txn.open_table(redb::TableDefinition::<&str, &[u8]>::new("attempts"))?;
        txn.open_table(redb::TableDefinition::<&str, &[u8]>::new("state"))?.insert("computer", b"\"c1\"".as_slice())?;
        Ok(())
    };
    put().expect("memory takes every write");
    txn.commit().expect("the disk takes it");
    drop(database);
    let before = std::fs::read(&path).expect("there");
    let catalogue = Catalogue::open(&path).expect("it opens");
    assert_eq!(catalogue.photo(&id("53572261016")).expect("it decodes"), Some(full_row()));
    assert_eq!(catalogue.state::<String>("computer").expect("kept").as_deref(), Some("c1"));
    assert_eq!(catalogue.albums().expect("kept").len(), 1);
    assert_eq!(catalogue.runs(None, 5).expect("an empty table").len(), 0);
    assert_eq!(catalogue.exif_total().expect("an empty table"), 0);
    assert_eq!(catalogue.thumbhashes(&[id("1")]).expect("an empty table"), [None]);
    assert_eq!(std::fs::read(folder.path().join("catalogue.redb.version-1")).expect("a copy"), before);
    drop(catalogue);
    std::fs::remove_file(folder.path().join("catalogue.redb.version-1")).expect("there");
    Catalogue::open(&path).expect("it opens again");
    assert!(!folder.path().join("catalogue.redb.version-1").exists(), "brought up once");
}

#[test]
fn a_damaged_catalogue_is_kept_and_its_successor_knows_what_could_be_saved() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("catalogue.redb");
    let at = "2026-11-28T18:06:41Z".parse().expect("a time");
    let catalogue = Catalogue::open(&path).expect("new");
    catalogue.set_state("computer", &"c1").expect("written");
    catalogue.set_state("documents", &"derived").expect("written");
    drop(catalogue);
    for (number, bytes) in [&b"broken"[..], b"", b"broken again"].into_iter().enumerate() {
        std::fs::write(&path, bytes).expect("writable");
        let fresh = Catalogue::open_or_set_aside(&path, number == 1, at).expect("a new one");
        let aside = fresh.to_be_rebuilt().expect("readable").expect("it knows");
        assert_eq!(std::fs::read(&aside.file).expect("kept"), bytes);
        let name = aside.file.file_name().expect("a name").to_string_lossy().into_owned();
        assert!(name.starts_with("catalogue.redb.damaged-20261128T180641Z"), "{name}");
        assert!(!aside.pause_known && fresh.state::<String>("computer").expect("readable").is_none());
        fresh.note_rebuilt().expect("written");
        assert!(fresh.to_be_rebuilt().expect("readable").is_none() && fresh.set_aside().expect("readable").is_some());
    }
    // One that opens and is doubted for what showed in the middle of work.
    let doubted = folder.path().join("catalogue.redb.doubted");
    std::fs::write(&doubted, b"").expect("writable");
    let same = Catalogue::open_or_set_aside(&path, false, at).expect("it is sound");
    assert!(same.to_be_rebuilt().expect("readable").is_none() && !doubted.exists(), "a sound one stays");
}
