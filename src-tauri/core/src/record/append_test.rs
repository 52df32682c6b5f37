//! The promises of appending, against a store that misbehaves.

use super::append::{Put, TailError, name_of, put_entry, seq_of, tail};
use super::memory::{Fault, MemoryStore};
use super::{RecordStore, StoreError};

#[test]
fn names_of_entries_sort_like_their_numbers() {
    assert_eq!(name_of(1), "wal/00000000000000000001.json");
    assert!(name_of(9) < name_of(10) && name_of(u64::MAX - 1) < name_of(u64::MAX));
    for seq in [0, 1, 42, u64::MAX] {
        assert_eq!(seq_of(&name_of(seq)), Some(seq));
    }
    for other in [
        "wal/1.json",
        "wal/00000000000000000001.json.bak",
        "wal/+0000000000000000001.json",
        "wal/.DS_Store",
        "wal/99999999999999999999.json",
        "pierrot-db.json",
    ] {
        assert_eq!(seq_of(other), None, "{other}");
    }
}

#[tokio::test]
async fn whatever_happens_to_the_answer_our_entry_is_recognised() {
    use Fault::{LateBy, LostAfter, LostBefore};
    let cases: [&[Fault]; 8] = [
        &[],
        &[LostAfter],
        &[LostBefore],
        &[LostBefore, LostBefore, LostBefore, LostAfter],
        &[LateBy(1)],
        &[LateBy(2), LostBefore],
        &[LateBy(3), LateBy(1), LostBefore],
        &[LostBefore; 5],
    ];
    for faults in cases {
        let store = MemoryStore::with_faults(faults.iter().copied());
        assert_eq!(put_entry(&store, 1, b"ours").await, Ok(Put::Ours), "{faults:?}");
        assert_eq!(store.state().objects.len(), 1, "{faults:?}");
    }
}

#[tokio::test]
async fn another_entry_is_never_taken_for_ours_nor_overwritten() {
    for faults in [vec![], vec![Fault::LostBefore], vec![Fault::LostAfter], vec![Fault::LateBy(1)]] {
        let store = MemoryStore::with_faults(faults.clone());
        store.state().objects.insert(name_of(7), b"theirs".to_vec());
        assert_eq!(put_entry(&store, 7, b"ours").await, Ok(Put::Taken(b"theirs".to_vec())), "{faults:?}");
        assert_eq!(store.state().objects.get(&name_of(7)).map(Vec::as_slice), Some(&b"theirs"[..]));
    }
}

#[tokio::test]
async fn the_same_entry_again_is_ours_again() {
    let store = MemoryStore::default();
    for _ in 0..3 {
        assert_eq!(put_entry(&store, 1, b"ours").await, Ok(Put::Ours));
    }
    assert_eq!(store.state().objects.len(), 1);
}

#[tokio::test]
async fn an_entry_that_may_still_arrive_is_unsettled_and_tries_are_bounded() {
    let store = MemoryStore::with_faults([Fault::LostBefore; 100]);
    assert!(matches!(put_entry(&store, 1, b"ours").await, Err(StoreError::Unsettled { .. })));
    assert_eq!(store.state().creates, 6);
}

#[tokio::test]
async fn an_error_says_whether_something_may_have_been_written() {
    let never_sent = MemoryStore::with_faults([Fault::Away]);
    assert!(matches!(put_entry(&never_sent, 1, b"ours").await, Err(StoreError::Unreachable { .. })));

    let sent_once = MemoryStore::with_faults([Fault::LostBefore, Fault::Away]);
    assert!(matches!(put_entry(&sent_once, 1, b"ours").await, Err(StoreError::Unsettled { .. })));

    let cannot_look = MemoryStore::with_faults([Fault::LostAfter]);
    cannot_look.state().unreadable = true;
    assert!(matches!(put_entry(&cannot_look, 1, b"ours").await, Err(StoreError::Unsettled { .. })));
}

#[tokio::test]
async fn nothing_new_costs_one_request() {
    let store = log_of(3).await;
    assert_eq!(tail(&store, 4).await, Ok(vec![]));
    let state = store.state();
    assert_eq!((state.reads, state.lists), (1, 0));
}

#[tokio::test]
async fn the_tail_is_complete_and_in_order() {
    let store = log_of(10_000).await;
    for from in [1, 2, 9_999, 10_000] {
        let entries = tail(&store, from).await.expect("a whole log");
        assert_eq!(entries.len() as u64, 10_001 - from);
        assert!(entries.iter().zip(from..).all(|((seq, bytes), n)| *seq == n && *bytes == n.to_string().into_bytes()));
    }
}

#[tokio::test]
async fn a_hole_in_the_log_is_named() {
    for (hole, from) in [(1, 1), (4, 1), (4, 3), (9, 1)] {
        let store = log_of(10).await;
        store.state().objects.remove(&name_of(hole));
        let gap = TailError::Gap { at: store.address(), missing: hole };
        assert_eq!(tail(&store, from).await, Err(gap), "{hole} from {from}");
    }
}

#[tokio::test]
async fn other_files_among_the_entries_are_not_entries() {
    let store = log_of(2).await;
    for other in ["wal/.DS_Store", "wal/zzz.json", "wal/00000000000000000002.json.bak"] {
        store.state().objects.insert(other.to_owned(), vec![]);
    }
    assert_eq!(tail(&store, 1).await.map(|entries| entries.len()), Ok(2));
}

#[tokio::test]
async fn an_empty_log_is_no_error_and_an_unreachable_one_is() {
    let store = MemoryStore::default();
    assert_eq!(tail(&store, 1).await, Ok(vec![]));
    assert_eq!(tail(&store, 0).await, Ok(vec![]));
    store.state().unreadable = true;
    assert!(matches!(tail(&store, 1).await, Err(TailError::Store(StoreError::Unreachable { .. }))));
}

async fn log_of(entries: u64) -> MemoryStore {
    let store = MemoryStore::default();
    for seq in 1..=entries {
        let bytes = seq.to_string().into_bytes();
        assert_eq!(put_entry(&store, seq, &bytes).await, Ok(Put::Ours));
    }
    {
        let mut state = store.state();
        (state.reads, state.lists) = (0, 0);
    }
    store
}
