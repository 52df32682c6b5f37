//! What lies at a record: entries of the log and the documents, as anybody may have written them.

use pierrot_core::{
    catalogue::sha256_hex,
    fold::{Fold, Stand},
    log::{self, AttemptId, Read},
    record::{
        documents::{self, Found},
        ledger::fold_or_why,
    },
};
use serde_json::{Map, Value};

use crate::{door, parts};

/// Entries of one input; the text of the first line is not worth more.
const ENTRIES_MAX: usize = 64;

pub fn run(input: &[u8]) {
    let (line, rest) = parts(input);
    match door(line, 0, 3) {
        0 => log_of(rest, true),
        1 => log_of(rest, false),
        _ => document(rest),
    }
}

/// One entry a line. `chained` puts number and hash right, which no fuzzer guesses, so that the entries meet the rules.
fn log_of(lines: &[u8], chained: bool) {
    let (mut fold, mut again, mut posted) = (Fold::default(), Fold::default(), Vec::new());
    let lines = lines.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    for (seq, line) in (1..).zip(lines.take(ENTRIES_MAX)) {
        let bytes = if chained { in_place(seq, line, &fold) } else { line.to_vec() };
        reads_back(seq, &bytes);
        if fold_or_why(&mut fold, seq, &bytes).is_err() {
            break;
        }
        assert!(fold_or_why(&mut again, seq, &bytes).is_ok(), "the same log folds twice");
        posted.retain(|id| is_posted(&fold, id) || panic!("{id} was posted and is not any more"));
        posted.extend(fold.attempts().map(|attempt| attempt.about.attempt.clone()).filter(|id| is_posted(&fold, id)));
    }
    assert_eq!(fold.last_sha256(), again.last_sha256());
    assert_eq!((fold.void(), fold.through()), (again.void(), again.through()));
}

fn is_posted(fold: &Fold, id: &AttemptId) -> bool {
    fold.attempt(id).is_some_and(|attempt| matches!(attempt.stand, Stand::Posted { .. }))
}

fn in_place(seq: u64, line: &[u8], fold: &Fold) -> Vec<u8> {
    let Ok(Value::Object(mut fields)) = serde_json::from_slice(line) else { return line.to_vec() };
    fields.insert("seq".into(), seq.into());
    fields.remove("prev");
    if let Some(before) = fold.last_sha256() {
        fields.insert("prev".into(), before.into());
    }
    Value::Object(fields).to_string().into_bytes()
}

/// An entry that was read says the same after it was written.
fn reads_back(seq: u64, bytes: &[u8]) {
    let Ok(Read::Entry(entry)) = log::read(seq, bytes) else { return };
    let once = entry.to_bytes();
    let Ok(Read::Entry(again)) = log::read(seq, &once) else { panic!("{entry:?} does not read back") };
    assert_eq!(sha256_hex(&again.to_bytes()), sha256_hex(&once));
}

fn document(bytes: &[u8]) {
    if let Found::Object(fields) = documents::read_document(Some(bytes)) {
        let _ = documents::wal_is_untouched(bytes, &fields);
    }
    let _ = documents::each_row(bytes, |id, row| same_again(&id, &row));
    let _ = documents::sealed_name("pierrot-wal.json", bytes);
}

/// A row that was read is the same once it was written and read again.
fn same_again(id: &str, fields: &Map<String, Value>) {
    let Some(row) = documents::row_from_db(id, fields) else { return };
    let written = documents::db_row(&row);
    let Some(again) = documents::row_from_db(id, &written) else { panic!("{written:?} does not read back") };
    assert!(documents::same_row(&documents::db_row(&again), &written), "{written:?}");
}
