//! The request log: what every server was asked, what it answered, and how often each kind of call came.
//!
//! Invariant: an entry is opened before the work begins, so a request is in the log even when no answer ever leaves.
//! Absent: bodies and headers; secrets never enter the log.

use std::collections::{BTreeMap, VecDeque};

use serde::Serialize;
use serde_json::{Value, json};

use crate::faults::Server;
use crate::http::Call;

const ENTRIES_MAX: usize = 20_000;
const LABELS_MAX: usize = 200;

#[derive(Debug, Clone, Serialize)]
struct Entry {
    n: u64,
    at_ms: i64,
    server: Server,
    method: String,
    path: String,
    what: String,
    /// HTTP status; null while unanswered or when the connection was dropped.
    status: Option<u16>,
    faults: Vec<String>,
    bytes_in: usize,
    bytes_out: usize,
}

/// The last 20,000 requests and the counts of all.
#[derive(Debug, Default)]
pub(crate) struct RequestLog {
    entries: VecDeque<Entry>,
    next: u64,
    calls: BTreeMap<String, u64>,
}

impl RequestLog {
    /// Opens an entry and returns its number.
    pub(crate) fn open(&mut self, at_ms: i64, server: Server, call: &Call, what: &str, faults: &[String]) -> u64 {
        self.next += 1;
        let known = self.calls.contains_key(what) || self.calls.len() < LABELS_MAX;
        *self.calls.entry(if known { what.to_owned() } else { "other".to_owned() }).or_insert(0) += 1;
        self.entries.push_back(Entry {
            n: self.next,
            at_ms,
            server,
            method: call.method.clone(),
            path: call.path.chars().take(300).collect(),
            what: what.chars().take(300).collect(),
            status: None,
            faults: faults.to_vec(),
            bytes_in: call.body.len(),
            bytes_out: 0,
        });
        if self.entries.len() > ENTRIES_MAX {
            self.entries.pop_front();
        }
        self.next
    }

    /// Writes status and size of the answer into an entry; `None` when no answer leaves.
    pub(crate) fn close(&mut self, n: u64, sent: Option<(u16, usize)>) {
        let first = self.entries.front().map_or(0, |entry| entry.n);
        let entry = n.checked_sub(first).and_then(|at| self.entries.get_mut(at as usize));
        if let (Some(entry), Some((status, bytes))) = (entry, sent) {
            entry.status = Some(status);
            entry.bytes_out = bytes;
        }
    }

    /// The last `limit` entries, and the counts.
    pub(crate) fn state(&self, limit: usize) -> Value {
        let skip = self.entries.len().saturating_sub(limit);
        json!({"total": self.next, "calls": self.calls, "entries": self.entries.iter().skip(skip).collect::<Vec<_>>()})
    }

    /// How many requests of this kind came: a Flickr method name, or for example `POST /2/tweets`.
    pub(crate) fn count(&self, what: &str) -> u64 {
        self.calls.get(what).copied().unwrap_or(0)
    }
}
