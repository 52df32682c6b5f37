//! What every record store must do: one suite, run against the folder, the memory store and a real S3 server.
//!
//! The S3 part runs when `PIERROT_TEST_S3` holds the address of a server that takes any keys (`moto_serial.py`); with
//! `CI` set it must.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::task::JoinSet;

use super::append::{Put, name_of, put_entry, tail};
use super::folder::FolderStore;
use super::memory::MemoryStore;
use super::probe::probe;
use super::s3::{S3Settings, S3Store};
use super::{Created, ENTRY_BYTES_MAX, RecordStore, Sharing, StoreError};

async fn contract(store: Arc<dyn RecordStore>, racers: u64, numbers: u64) {
    creates_once_and_completely(&*store).await;
    replaces_wholly(&*store).await;
    lists_what_is_there(&*store).await;
    refuses_bad_names(&*store).await;
    caps_what_it_reads(&*store).await;
    let verdict = probe(&*store, "contract").await.expect("the store answers");
    assert!(verdict.several_computers(), "{verdict:?}");
    keeps_a_log(Arc::clone(&store), racers, numbers).await;
}

async fn creates_once_and_completely(store: &dyn RecordStore) {
    let name = "once/a.json";
    assert_eq!(store.read(name).await, Ok(None), "not there yet, nor its folder");
    let binary: Vec<u8> = (0..=255).cycle().take(100_000).collect();
    assert_eq!(store.create(name, &binary).await, Ok(Created::Done));
    assert_eq!(store.create(name, b"other").await, Ok(Created::Exists));
    assert_eq!(store.create(name, &binary).await, Ok(Created::Exists));
    assert!(store.read(name).await == Ok(Some(binary)), "every byte as it was");
    assert_eq!(store.create("once/empty.json", b"").await, Ok(Created::Done));
    assert_eq!(store.create("once/empty.json", b"x").await, Ok(Created::Exists));
    assert_eq!(store.read("once/empty.json").await, Ok(Some(vec![])));
}

async fn replaces_wholly(store: &dyn RecordStore) {
    let long = vec![b'a'; 6 * 1024 * 1024];
    for content in [b"{}".to_vec(), long, b"shorter".to_vec()] {
        assert_eq!(store.replace("pierrot-db.json", content.clone()).await, Ok(()));
        assert!(store.read("pierrot-db.json").await == Ok(Some(content)), "the last content");
    }
    assert_eq!(store.create("pierrot-db.json", b"x").await, Ok(Created::Exists));
}

async fn lists_what_is_there(store: &dyn RecordStore) {
    assert_eq!(store.names("list/", None).await, Ok(vec![]));
    for name in ["list/b.json", "list/c.json", "list/a.json", "list/deeper/x.json", "listen/y.json"] {
        assert_eq!(store.create(name, b"{}").await, Ok(Created::Done));
    }
    let names = async |after| store.names("list/", after).await.expect("a listing");
    assert_eq!(names(None).await, ["list/a.json", "list/b.json", "list/c.json"]);
    assert_eq!(names(Some("list/a.json")).await, ["list/b.json", "list/c.json"]);
    assert_eq!(names(Some("list/aa")).await, ["list/b.json", "list/c.json"]);
    assert_eq!(names(Some("list/c.json")).await, [""; 0]);
}

async fn refuses_bad_names(store: &dyn RecordStore) {
    for bad in ["", "../x", "/x", "a//b", "a/../../b", "wal/"] {
        assert!(store.create(bad, b"").await.is_err(), "{bad}");
        assert!(store.read(bad).await.is_err(), "{bad}");
        assert!(store.replace(bad, vec![]).await.is_err(), "{bad}");
    }
    assert!(store.names("", None).await.is_err());
    assert!(store.names("../", None).await.is_err());
}

async fn caps_what_it_reads(store: &dyn RecordStore) {
    let most = usize::try_from(ENTRY_BYTES_MAX).expect("fits");
    let name = "wal/note";
    for (length, fits) in [(most, true), (most + 1, false)] {
        assert_eq!(store.replace(name, vec![b'x'; length]).await, Ok(()));
        let read = store.read(name).await.map(|bytes| bytes.map(|bytes| bytes.len()));
        match fits {
            true => assert_eq!(read, Ok(Some(length))),
            false => assert!(matches!(read, Err(StoreError::TooLarge { .. })), "{read:?}"),
        }
    }
}

/// Every number has exactly one winner, everybody agrees who it is, and the log is dense.
async fn keeps_a_log(store: Arc<dyn RecordStore>, racers: u64, numbers: u64) {
    let won = Arc::new(AtomicU64::new(0));
    let mut tasks = JoinSet::new();
    for racer in 0..racers {
        let (store, won) = (Arc::clone(&store), Arc::clone(&won));
        tasks.spawn(async move {
            for seq in 1..=numbers {
                let ours = format!("{{\"seq\":{seq},\"writer\":{racer}}}");
                match put_entry(&*store, seq, ours.as_bytes()).await.expect("the store answers") {
                    Put::Ours => won.fetch_add(1, Ordering::Relaxed),
                    Put::Taken(theirs) => {
                        assert_ne!(theirs, ours.as_bytes());
                        assert!(theirs.ends_with(b"}"), "a reader never sees half an entry");
                        0
                    }
                };
            }
        });
    }
    while let Some(done) = tasks.join_next().await {
        done.expect("no racer failed");
    }
    assert_eq!(won.load(Ordering::Relaxed), numbers, "one winner for each number");
    let log = tail(&*store, 1).await.expect("a dense log");
    assert_eq!(log.len() as u64, numbers);
    assert_eq!(tail(&*store, numbers).await.map(|entries| entries.len()), Ok(1));
    assert_eq!(tail(&*store, numbers + 1).await, Ok(vec![]));
    assert_eq!(store.create(&name_of(numbers), b"x").await, Ok(Created::Exists));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn memory_keeps_the_contract() {
    contract(Arc::new(MemoryStore::default()), 8, 100).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_folder_keeps_the_contract() {
    let home = tempfile::tempdir().expect("a temporary folder");
    let store = FolderStore::open(home.path().join("record"), Sharing::Several).expect("opens");
    contract(Arc::new(store), 8, 100).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn s3_keeps_the_contract() {
    let Some(endpoint) = s3_address() else { return };
    contract(Arc::new(s3_at(&endpoint, "/contract//a").await), 8, 20).await;
}

#[tokio::test]
async fn s3_lists_more_than_a_page() {
    let Some(endpoint) = s3_address() else { return };
    let store = s3_at(&endpoint, "pages").await;
    for seq in 1..=1_050 {
        assert_eq!(put_entry(&store, seq, b"{}").await, Ok(Put::Ours));
    }
    assert_eq!(tail(&store, 1).await.map(|entries| entries.len()), Ok(1_050));
    assert_eq!(tail(&store, 1_000).await.map(|entries| entries.len()), Ok(51));
}

#[tokio::test]
async fn a_missing_bucket_is_missing_not_empty() {
    let Some(endpoint) = s3_address() else { return };
    let store = S3Store::new(settings(&endpoint, "no-such-bucket-here", ""), Sharing::Several).expect("good settings");
    for error in [
        store.create("wal/x", b"").await.err(),
        store.read("wal/x").await.err(),
        store.replace("wal/x", vec![]).await.err(),
        store.names("wal/", None).await.err(),
    ] {
        assert!(matches!(error, Some(StoreError::Missing { .. })), "{error:?}");
    }
}

fn s3_address() -> Option<String> {
    let address = std::env::var("PIERROT_TEST_S3").ok().filter(|address| !address.is_empty());
    assert!(address.is_some() || std::env::var_os("CI").is_none(), "PIERROT_TEST_S3 must be set where CI is set");
    address
}

/// A store below a prefix nobody used before, in a bucket made for the tests.
async fn s3_at(endpoint: &str, prefix: &str) -> S3Store {
    const BUCKET: &str = "pierrot-contract";
    let run = tempfile::tempdir().expect("a temporary folder");
    let unique =
        run.path().file_name().and_then(|name| name.to_str()).expect("plain letters").trim_matches('.').to_owned();
    let prefix = format!("{prefix}/{unique}");
    let store = S3Store::new(settings(endpoint, BUCKET, &prefix), Sharing::Several).expect("good settings");
    store.create_bucket_for_tests().await;
    store
}

fn settings(endpoint: &str, bucket: &str, prefix: &str) -> S3Settings {
    S3Settings {
        bucket: bucket.to_owned(),
        region: "us-east-1".to_owned(),
        endpoint: Some(endpoint.to_owned()),
        prefix: prefix.to_owned(),
        path_style: true,
        access_key_id: "testing".to_owned(),
        secret_access_key: "testing".to_owned(),
    }
}
