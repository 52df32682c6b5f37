//! The price ledger: what X would have billed.
//!
//! Invariant: amounts are whole thousandths of a dollar, so sums are exact. Prices are those of 2026-04-20.
//! Absent: credits; a script of faults says when they are gone.

use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::{Value, json};

const LINES_MAX: usize = 100_000;
const POST_MILLIS: u64 = 15;
const POST_WITH_URL_MILLIS: u64 = 200;
const METADATA_MILLIS: u64 = 5;
const USER_READ_MILLIS: u64 = 10;
const OWN_READ_MILLIS: u64 = 1;
const DELETE_MILLIS: u64 = 10;
const DAY_MS: i64 = 86_400_000;

#[derive(Debug, Clone, Serialize)]
struct Line {
    what: &'static str,
    count: u64,
    millis_usd: u64,
    at_ms: i64,
}

/// All billed acts.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    lines: Vec<Line>,
    total_millis: u64,
    seen_users: BTreeSet<(usize, i64)>,
}

impl Ledger {
    fn add(&mut self, what: &'static str, count: u64, each: u64, at_ms: i64) {
        self.total_millis += count * each;
        if self.lines.len() < LINES_MAX {
            self.lines.push(Line { what, count, millis_usd: count * each, at_ms });
        }
    }

    /// A created post.
    pub(crate) fn post(&mut self, text: &str, at_ms: i64) {
        match has_url(text) {
            true => self.add("post with url", 1, POST_WITH_URL_MILLIS, at_ms),
            false => self.add("post", 1, POST_MILLIS, at_ms),
        }
    }

    /// One alt text request.
    pub(crate) fn metadata(&mut self, at_ms: i64) {
        self.add("media metadata", 1, METADATA_MILLIS, at_ms);
    }

    /// One read of a user, billed once a UTC day.
    pub(crate) fn user_read(&mut self, user: usize, at_ms: i64) {
        if self.seen_users.insert((user, at_ms.div_euclid(DAY_MS))) {
            self.add("user read", 1, USER_READ_MILLIS, at_ms);
        }
    }

    /// Own posts returned.
    pub(crate) fn own_reads(&mut self, count: usize, at_ms: i64) {
        if count > 0 {
            self.add("own posts read", count as u64, OWN_READ_MILLIS, at_ms);
        }
    }

    /// A deletion.
    pub(crate) fn delete(&mut self, at_ms: i64) {
        self.add("delete", 1, DELETE_MILLIS, at_ms);
    }

    /// The sum in US dollars.
    pub(crate) fn total_usd(&self) -> f64 {
        self.total_millis as f64 / 1000.0
    }

    /// Sum and lines.
    pub(crate) fn state(&self) -> Value {
        json!({"total_usd": self.total_usd(), "total_millis_usd": self.total_millis, "lines": self.lines})
    }
}

/// True when X would link something in the text: an address, or a bare domain such as `flickr.com`.
pub(crate) fn has_url(text: &str) -> bool {
    let lower = text.to_lowercase();
    if lower.contains("http://") || lower.contains("https://") {
        return true;
    }
    let part = |c: char| c.is_alphanumeric() || c == '.' || c == '-' || c == '@' || c == '_';
    lower.split(|c: char| !part(c)).filter(|word| !word.contains('@')).any(is_domain)
}

fn is_domain(word: &str) -> bool {
    const ENDINGS: &str = " com org net edu gov mil int info biz name pro app dev io ai co tv me cc ly gl gd be it fr de \
        uk us eu es pt nl ch at se no fi dk pl cz sk hu ro bg gr ie is li lu lt lv ee ru ua tr il in cn jp kr tw hk sg \
        my th vn id ph au nz ca mx br ar cl pe za ng ke eg ma ae sa to fm am im la ws st sh photo photos photography \
        pictures gallery camera art studio design blog online site website store shop xyz club live world today news \
        space tech cloud media social link page earth travel cat berlin london paris wien cologne hamburg amsterdam ";
    let labels: Vec<&str> = word.trim_matches('.').split('.').collect();
    let Some((last, rest)) = labels.split_last() else { return false };
    let sound = |label: &&str| !label.is_empty() && !label.starts_with('-') && !label.ends_with('-');
    !rest.is_empty() && rest.iter().all(sound) && !last.is_empty() && ENDINGS.contains(&format!(" {last} "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_and_bare_domains_cost_more() {
        let cases = [
            ("Morning haze over Glen Coe", false),
            ("See flickr.com", true),
            ("www.example.org/path?x=1", true),
            ("https://flic.kr/p/abc", true),
            ("f/2.8 at 1.5 s, e.g. here", false),
            ("Etc. and so on...", false),
            ("mail me@example.com", false),
            ("(Example.COM)", true),
        ];
        for (text, expected) in cases {
            assert_eq!(has_url(text), expected, "{text}");
        }
    }

    #[test]
    fn a_user_read_is_billed_once_a_day() {
        let mut ledger = Ledger::default();
        ledger.user_read(0, 0);
        ledger.user_read(0, DAY_MS - 1);
        ledger.user_read(0, DAY_MS);
        assert_eq!(ledger.total_millis, 20);
    }
}
