//! The laws of the store: the budget holds after anything, the least recently used goes first, nothing torn is shown.

use proptest::prelude::*;

use super::*;
use crate::clock::SystemClock;

#[derive(Debug, Default)]
struct Hands(AtomicU64);

impl Clock for Hands {
    fn now(&self) -> jiff::Timestamp {
        jiff::Timestamp::from_second(1_700_000_000 + self.0.load(Ordering::Relaxed) as i64).expect("in range")
    }

    fn boot_ms(&self) -> u64 {
        0
    }
}

fn key(number: u8) -> Key {
    Key { photo: format!("5-{number}").parse().expect("an id"), version: u64::from(number), class: Class::Grid }
}

fn files(folder: &Path) -> Vec<(String, u64)> {
    let mut files: Vec<_> = fs::read_dir(folder)
        .into_iter()
        .flatten()
        .map(|file| file.expect("readable"))
        .map(|file| (file.file_name().into_string().expect("ours"), file.metadata().expect("there").len()))
        .collect();
    files.sort();
    files
}

#[derive(Clone, Debug)]
enum Op {
    Put(u8, usize),
    Get(u8),
    Restart,
    Damage(u8),
    Clear,
}

fn op() -> impl Strategy<Value = Op> {
    prop_oneof![
        6 => (0..12u8, 1..60usize).prop_map(|(number, length)| Op::Put(number, length)),
        6 => (0..12u8).prop_map(Op::Get),
        1 => Just(Op::Restart),
        1 => (0..12u8).prop_map(Op::Damage),
        1 => Just(Op::Clear),
    ]
}

const ROOM: u64 = 100;

/// The naive store: least recently used first.
type Model = Vec<(u8, Vec<u8>)>;

fn used(model: &mut Model, number: u8) -> Option<Vec<u8>> {
    let at = model.iter().position(|(known, _)| *known == number)?;
    let entry = model.remove(at);
    model.push(entry.clone());
    Some(entry.1)
}

fn keep(model: &mut Model, number: u8, bytes: &[u8]) {
    model.retain(|(known, _)| *known != number);
    while model.iter().map(|(_, kept)| kept.len()).sum::<usize>() + bytes.len() > ROOM as usize {
        model.remove(0);
    }
    model.push((number, bytes.to_vec()));
}

proptest! {
    #[test]
    fn it_does_what_the_naive_store_does_and_never_takes_more_room(ops in prop::collection::vec(op(), 1..80)) {
        let folder = tempfile::tempdir().expect("a folder");
        let root = folder.path().join("thumbnails");
        let clock = Arc::new(Hands::default());
        let open = || Store::new(root.clone(), ROOM, clock.clone());
        let (mut store, mut model, mut damaged) = (open(), Model::new(), Vec::new());
        for (step, op) in ops.into_iter().enumerate() {
            // Every use is an hour apart, so that the order is also on the disk.
            clock.0.fetch_add(2 * TOUCH_S as u64, Ordering::Relaxed);
            match op {
                Op::Put(number, length) => {
                    let bytes: Vec<u8> = (0..length).map(|at| (at + step) as u8).collect();
                    prop_assert!(store.put(&key(number), &bytes));
                    damaged.retain(|known| *known != number);
                    keep(&mut model, number, &bytes);
                }
                Op::Get(number) => {
                    let expected = used(&mut model, number).filter(|_| !damaged.contains(&number));
                    if expected.is_none() {
                        model.retain(|(known, _)| *known != number);
                    }
                    prop_assert_eq!(store.get(&key(number)), expected);
                }
                Op::Restart => store = open(),
                Op::Damage(number) => {
                    if let Some((_, bytes)) = model.iter().find(|(known, _)| *known == number) {
                        let path = root.join(file_name(&key(number), checksum(bytes)));
                        let time = fs::metadata(&path).and_then(|facts| facts.modified()).expect("there");
                        fs::write(&path, vec![255; bytes.len()]).expect("writable");
                        File::options().write(true).open(&path).and_then(|file| file.set_modified(time)).expect("ours");
                        damaged.push(number);
                    }
                }
                Op::Clear => {
                    prop_assert_eq!(store.clear().files, 0);
                    model.clear();
                }
            }
            let (stat, on_disk) = (store.stat(), files(&root));
            let total = model.iter().map(|(_, kept)| kept.len() as u64).sum::<u64>();
            prop_assert_eq!((stat.files, stat.bytes), (model.len() as u64, total));
            prop_assert_eq!((on_disk.len(), on_disk.iter().map(|file| file.1).sum::<u64>()), (model.len(), total));
            prop_assert!(total <= ROOM);
        }
    }
}

fn store(root: &Path, room: u64) -> Store {
    Store::new(root.to_owned(), room, Arc::new(SystemClock))
}

#[test]
fn torn_and_foreign_files_go_and_subfolders_stay() {
    let folder = tempfile::tempdir().expect("a folder");
    let root = folder.path().join("thumbnails");
    assert!(store(&root, ROOM).put(&key(1), b"whole"));
    let name = files(&root)[0].0.clone();
    fs::create_dir(root.join("mine")).expect("writable");
    let strangers = [
        "0.new",
        "notes.txt",
        "5-1-0000000000000001-grid.jpg",
        "5-2-0000000000000002-grid-00000000.jpg",
        &name[3..],
        "é.jpg",
    ];
    for stranger in strangers {
        let bytes: &[u8] = if stranger.ends_with("00000000.jpg") { b"" } else { b"xy" };
        fs::write(root.join(stranger), bytes).expect("writable");
    }
    let reopened = store(&root, ROOM);
    assert_eq!(reopened.get(&key(1)).as_deref(), Some(b"whole".as_slice()));
    let left: Vec<String> = files(&root).into_iter().map(|file| file.0).collect();
    assert_eq!(left, [name.clone(), "mine".to_owned()]);
    for torn in [&b"who"[..], b"wholE", b"whole and more", b""] {
        fs::write(root.join(&name), torn).expect("writable");
        let reopened = store(&root, ROOM);
        assert_eq!(reopened.get(&key(1)), None, "{torn:?}");
        assert_eq!(reopened.stat().files, 0);
        assert!(!root.join(&name).exists());
    }
}

#[test]
fn a_smaller_budget_holds_from_the_start() {
    let folder = tempfile::tempdir().expect("a folder");
    let big = store(folder.path(), ROOM);
    assert!((0..10).all(|number| big.put(&key(number), &[number; 10])));
    assert_eq!(store(folder.path(), 35).stat(), ThumbnailCache { files: 3, bytes: 30, bytes_max: 35 });
    assert_eq!(files(folder.path()).len(), 3);
    assert!(!store(folder.path(), 5).put(&key(1), &[0; 6]), "more than everything");
}

#[test]
fn a_large_one_never_removes_more_than_so_many() {
    let folder = tempfile::tempdir().expect("a folder");
    let full = store(folder.path(), 200);
    assert!((0..200).all(|number| full.put(&key(number), &[1])));
    assert!(!full.put(&key(201), &[0; 150]), "it stays out");
    assert_eq!(full.stat().files, 200 - EVICTIONS_MAX as u64);
    assert!(!full.put(&key(201), &[0; 150]));
    assert!(full.put(&key(201), &[0; 150]), "by and by there is room");
    assert!(full.stat().bytes <= 200);
}

#[test]
fn it_may_be_deleted_under_our_feet_and_may_be_impossible() {
    let folder = tempfile::tempdir().expect("a folder");
    let root = folder.path().join("a").join("b");
    let kept = store(&root, ROOM);
    assert!(kept.put(&key(1), b"one"));
    fs::remove_dir_all(&root).expect("ours");
    assert_eq!(kept.get(&key(1)), None);
    assert!(kept.put(&key(1), b"two"));
    assert_eq!(kept.get(&key(1)).as_deref(), Some(b"two".as_slice()));
    let file = folder.path().join("file");
    fs::write(&file, "x").expect("writable");
    let impossible = store(&file, ROOM);
    assert!(!impossible.put(&key(1), b"one"));
    assert_eq!((impossible.get(&key(1)), impossible.stat().files), (None, 0));
}
