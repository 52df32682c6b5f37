//! What the probe says about good and bad stores.

use super::RecordStore;
use super::folder::FolderStore;
use super::memory::{Fault, MemoryStore};
use super::probe::probe;
use super::{Sharing, StoreError};

#[tokio::test]
async fn a_folder_may_be_shared_and_is_left_clean() {
    let home = tempfile::tempdir().expect("a temporary folder");
    let store = FolderStore::open(home.path(), Sharing::Several).expect("opens");
    let verdict = probe(&store, "ab12").await.expect("a verdict");
    assert!(verdict.several_computers(), "{verdict:?}");
    assert!(verdict.sentence.starts_with("Several computers may share this record if each opens this very folder"));
    assert!(verdict.details.iter().all(|check| check.ok) && verdict.details.len() == 5);
    assert_eq!(std::fs::read_dir(home.path()).expect("a listing").count(), 0);
}

#[tokio::test]
async fn a_store_that_overwrites_is_for_one_computer() {
    let store = MemoryStore::default();
    store.state().ignores_conditions = true;
    let verdict = probe(&store, "ab12").await.expect("a verdict");
    assert!(!verdict.several_computers() && !verdict.creates_once && !verdict.parallel_once && verdict.reads_back);
    assert_eq!(verdict.sentence, "This store ignores create-if-absent: use it from one computer only.");
}

#[tokio::test]
async fn a_store_opened_for_one_computer_is_never_called_shared() {
    let home = tempfile::tempdir().expect("a temporary folder");
    let store = FolderStore::open(home.path(), Sharing::OneComputer).expect("opens");
    let verdict = probe(&store, "ab12").await.expect("a verdict");
    assert!(!verdict.several_computers(), "{verdict:?}");
}

#[tokio::test]
async fn a_store_that_does_not_answer_gets_no_verdict() {
    for fault in [Fault::Away, Fault::LostBefore, Fault::LostAfter] {
        let store = MemoryStore::with_faults([fault]);
        assert!(matches!(probe(&store, "ab12").await, Err(StoreError::Unreachable { .. })), "{fault:?}");
        assert_eq!(store.names(".probe/ab12/", None).await, Ok(vec![]), "the scratch files are gone");
    }
}
