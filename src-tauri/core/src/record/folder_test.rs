//! The promises of the folder that the common contract does not cover.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use super::disk::Disk;
use super::folder::FolderStore;
use super::probe::probe;
use super::{Created, RecordStore, Sharing, StoreError};

fn open(folder: &Path) -> FolderStore {
    FolderStore::open(folder, Sharing::Several).expect("the folder opens")
}

fn files(folder: &Path) -> Vec<String> {
    let listing = fs::read_dir(folder).expect("a listing");
    let mut names: Vec<_> =
        listing.map(|entry| entry.expect("an entry").file_name().into_string().expect("plain letters")).collect();
    names.sort();
    names
}

#[tokio::test]
async fn nothing_but_the_names_stays_behind() {
    let home = tempfile::tempdir().expect("a temporary folder");
    let store = open(home.path());
    for content in ["a", "b"] {
        store.create("wal/x.json", content.as_bytes()).await.expect("an answer");
        store.replace("wal/y.json", content.into()).await.expect("an answer");
    }
    assert_eq!(files(&home.path().join("wal")), ["x.json", "y.json"]);
}

#[tokio::test]
async fn temporary_files_are_never_listed_and_old_ones_are_swept() {
    let home = tempfile::tempdir().expect("a temporary folder");
    let wal = home.path().join("wal");
    fs::create_dir(&wal).expect("a folder");
    let long_ago = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000);
    for (name, is_old) in [(".tmp-1-0", true), (".tmp-1-1", false), ("x.json", true)] {
        let file = fs::File::create(wal.join(name)).expect("a file");
        if is_old {
            file.set_modified(long_ago).expect("a time");
        }
    }
    fs::File::create(home.path().join(".tmp-9-9")).and_then(|file| file.set_modified(long_ago)).expect("a file");
    let store = open(home.path());
    assert_eq!(files(&wal), [".tmp-1-1", "x.json"], "a young one may have a living writer");
    assert_eq!(files(home.path()), ["wal"]);
    assert_eq!(store.names("wal/", None).await.as_deref(), Ok(&["wal/x.json".to_owned()][..]));
}

#[tokio::test]
async fn a_temporary_name_that_is_taken_does_no_harm() {
    let home = tempfile::tempdir().expect("a temporary folder");
    let store = open(home.path());
    for count in 0..50 {
        fs::write(home.path().join(format!(".tmp-{}-{count}", std::process::id())), "other").expect("a file");
    }
    assert_eq!(store.create("x.json", b"ours").await, Ok(Created::Done));
    assert_eq!(store.read("x.json").await, Ok(Some(b"ours".to_vec())));
}

#[tokio::test]
async fn a_folder_that_went_away_is_unreachable_never_empty_and_never_made_again() {
    let home = tempfile::tempdir().expect("a temporary folder");
    let root = home.path().join("record");
    let store = open(&root);
    assert_eq!(store.create("wal/x.json", b"x").await, Ok(Created::Done));
    fs::rename(&root, home.path().join("elsewhere")).expect("the drive is unplugged");
    for error in [
        store.create("wal/y.json", b"y").await.err(),
        store.create("y.json", b"y").await.err(),
        store.read("wal/x.json").await.err(),
        store.replace("y.json", vec![]).await.err(),
        store.names("wal/", None).await.err(),
    ] {
        assert!(matches!(error, Some(StoreError::Unreachable { .. })), "{error:?}");
    }
    assert!(!root.exists());
}

#[test]
fn a_file_in_the_place_of_the_folder_is_an_error_that_names_it() {
    let home = tempfile::tempdir().expect("a temporary folder");
    let root = home.path().join("record");
    fs::write(&root, "a file").expect("a file");
    let error = FolderStore::open(&root, Sharing::Several).expect_err("no folder");
    assert!(error.to_string().contains("record"), "{error}");
    assert!(FolderStore::open(root.join("below"), Sharing::Several).is_err());
}

#[cfg(target_os = "linux")]
#[test]
fn a_place_that_takes_no_folder_is_an_error() {
    assert!(FolderStore::open("/proc/pierrot-record", Sharing::Several).is_err());
}

#[tokio::test]
async fn the_whole_path_is_made() {
    let home = tempfile::tempdir().expect("a temporary folder");
    let store = open(&home.path().join("a/b/c"));
    assert_eq!(store.create("wal/x.json", b"x").await, Ok(Created::Done));
    assert_eq!(open(&home.path().join("a/b/c")).read("wal/x.json").await, Ok(Some(b"x".to_vec())));
}

#[tokio::test]
async fn a_scratch_name_can_be_forgotten_and_nothing_else() {
    let home = tempfile::tempdir().expect("a temporary folder");
    let store = open(home.path());
    for name in ["wal/x.json", ".probe/a/x.json", ".probe/a/y.json"] {
        assert_eq!(store.create(name, b"x").await, Ok(Created::Done));
    }
    for name in ["wal/x.json", ".probe/a/x.json", ".probe/../wal/x.json", ".probe/a/none.json"] {
        store.forget_scratch(name).await;
    }
    assert_eq!(files(&home.path().join(".probe/a")), ["y.json"]);
    store.forget_scratch(".probe/a/y.json").await;
    assert_eq!(files(home.path()), ["wal"]);
    assert_eq!(files(&home.path().join("wal")), ["x.json"]);
}

/// FAT and exFAT answer EPERM.
#[derive(Debug)]
struct NoHardLinks;

impl Disk for NoHardLinks {
    fn link(&self, _: &Path, _: &Path) -> std::io::Result<()> {
        Err(std::io::ErrorKind::Unsupported.into())
    }
}

#[tokio::test]
async fn without_hard_links_several_computers_are_refused_and_one_may_write() {
    let home = tempfile::tempdir().expect("a temporary folder");
    let several = FolderStore::on_disk(home.path().join("a"), Sharing::Several, Arc::new(NoHardLinks)).expect("opens");
    assert!(matches!(several.create("wal/x", b"x").await, Err(StoreError::CannotCreateOnce { .. })));
    assert_eq!(several.names("wal/", None).await, Ok(vec![]));
    let verdict = probe(&several, "ab12").await.expect("a verdict");
    assert_eq!(
        verdict.sentence,
        "This store cannot create a file only if it is absent: use it from one computer only."
    );

    let one = FolderStore::on_disk(home.path().join("b"), Sharing::OneComputer, Arc::new(NoHardLinks)).expect("opens");
    assert_eq!(one.create("wal/x", b"x").await, Ok(Created::Done));
    assert_eq!(one.create("wal/x", b"y").await, Ok(Created::Exists));
    assert_eq!(one.read("wal/x").await, Ok(Some(b"x".to_vec())));
    assert_eq!(files(&home.path().join("b/wal")), ["x"]);
    assert!(!probe(&one, "ab12").await.expect("a verdict").several_computers());
}
