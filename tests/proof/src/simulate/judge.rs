//! Holds what happened in a world against the laws of docs/proof.md.

use std::collections::{BTreeMap, BTreeSet};

use pierrot_core::{
    Code, Pierrot,
    catalogue::{Catalogue, sha256_hex},
    fold::{Fold, Stand},
    log::{self, Answer, AttemptId, Fact, LogEntry, Read},
    record::{append::name_of, ledger::local_fold},
};
use serde_json::Value;

use super::field::{Body, Field};

/// The log of a record, read without the engine.
pub struct Told {
    pub entries: Vec<LogEntry>,
    /// Numbers of entries that do not count.
    pub void: BTreeSet<u64>,
    pub fold: Fold,
}

/// Reads the log; a gap or an entry that cannot be read is a violation.
pub fn read_log(field: &Field) -> Told {
    let shared = field.shared();
    let (mut fold, mut entries, mut why) = (Fold::default(), Vec::new(), Vec::new());
    let there = shared.objects.keys().filter(|name| name.starts_with("wal/")).count();
    for seq in 1..=there as u64 {
        let Some(bytes) = shared.objects.get(&name_of(seq)) else {
            why.push(format!("I4: entry {seq} is missing, though {there} entries are there"));
            break;
        };
        match log::read(seq, bytes) {
            Ok(read) => {
                if let Err(broken) = fold.apply(seq, &sha256_hex(bytes), &read) {
                    why.push(format!("I4: {broken}"));
                }
                if let Read::Entry(entry) = read {
                    entries.push(*entry);
                }
            }
            Err(error) => why.push(format!("I4: {error}")),
        }
    }
    drop(shared);
    why.into_iter().for_each(|why| field.violated(why));
    let void = fold.void().iter().map(|(seq, _)| *seq).collect();
    Told { entries, void, fold }
}

impl Told {
    fn counting(&self) -> impl Iterator<Item = &LogEntry> {
        self.entries.iter().filter(|entry| !self.void.contains(&entry.seq))
    }

    /// Sendings that count, by the media of their request.
    fn sendings(&self) -> BTreeMap<String, u32> {
        let mut sendings = BTreeMap::new();
        for entry in self.counting() {
            if let Fact::Sending { frozen, .. } = &entry.fact {
                *sendings.entry(frozen.media_id.clone()).or_default() += 1;
            }
        }
        sendings
    }
}

/// I3, at the moment a request to post reaches the wire: a Sending of its own that counts is on the record.
pub fn before_post(field: &Field, body: &[u8]) {
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    let media = body["media"]["media_ids"][0].as_str().unwrap_or_default().to_owned();
    let sent = {
        let mut shared = field.shared();
        let sent = shared.sends.entry(media.clone()).or_default();
        *sent += 1;
        *sent
    };
    let allowed = read_log(field).sendings().get(&media).copied().unwrap_or(0);
    if sent > allowed {
        field.violated(format!("I3: request {sent} with media {media}, but {allowed} Sending entries that count"));
    }
}

/// The address of the post an attempt led to, if the target has it.
pub fn address_of(field: &Field, attempt: &str) -> Option<String> {
    let told = read_log(field);
    let attempt = told.fold.attempts().find(|known| known.about.attempt.0 == attempt)?;
    let media = &attempt.frozen.as_ref()?.media_key;
    let (id, _) = posts(field).into_iter().find(|(_, key)| key == media)?;
    Some(format!("https://x.com/{}/status/{id}", field.servers.described().x.username))
}

/// Id and media key of every post.
fn posts(field: &Field) -> Vec<(String, String)> {
    field.servers.tell_ms(field.now_ms());
    let state = field.servers.control().state();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let posts = state["posts"].as_array().cloned().unwrap_or_default();
    posts.iter().map(|post| (text(&post["id"]), text(&post["media_keys"][0]))).collect()
}

/// Whether no attempt is claimed or sending.
pub fn all_settled(field: &Field) -> bool {
    !read_log(field).fold.attempts().any(|attempt| matches!(attempt.stand, Stand::Claimed | Stand::Sending))
}

/// One computer, at the end: recovering once more changes nothing, its own copy folds to the same, the record is in order.
pub async fn at_rest(pierrot: &Pierrot, catalogue: &Catalogue, body: &Body) {
    let field = &body.field;
    let who = body.number;
    let before = read_log(field).entries.len();
    if let Err(error) = pierrot.recover().await {
        field.violated(format!("I8: computer {who} cannot recover: {error}"));
    }
    let after = read_log(field);
    if after.entries.len() != before {
        field.violated(format!("I8: recovering again wrote {} entries", after.entries.len() - before));
    }
    match pierrot.check(true).await {
        Ok(report) if report.clean => {}
        Ok(report) => field.violated(format!("I8, I10: computer {who} finds {:?}", report.findings)),
        Err(error) if error.code == Code::NewerVersionNeeded => {}
        Err(error) => field.violated(format!("I8: computer {who} cannot check: {error}")),
    }
    match local_fold(catalogue) {
        Ok(folded) if folded == after.fold => {}
        Ok(_) => field.violated(format!("I8: computer {who} folds its copy of the log to something else")),
        Err(error) => field.violated(format!("I8: computer {who} cannot fold its copy of the log: {error}")),
    }
}

/// The laws over the whole world; answers with the number of posts.
pub fn at_the_end(field: &Field) -> u64 {
    let told = read_log(field);
    let posts = posts(field);
    let mut allowed: BTreeMap<String, u32> = BTreeMap::new();
    // Media that a person had posted again stand in the requests of several attempts.
    let mut attempts: BTreeMap<String, Vec<AttemptId>> = BTreeMap::new();
    for entry in told.counting() {
        match &entry.fact {
            Fact::Sending { about, frozen } => {
                attempts.entry(frozen.media_key.clone()).or_default().push(about.attempt.clone());
            }
            Fact::Resolved { about, answer: Answer::PostAgain } => {
                *allowed.entry(format!("photo {}", about.photo)).or_insert(1) += 1;
                if let Some(attempt) = told.fold.attempt(&about.attempt) {
                    *allowed.entry(format!("slot {}", attempt.slot)).or_insert(1) += 1;
                }
            }
            Fact::Claimed { .. }
            | Fact::Posted { .. }
            | Fact::Released { .. }
            | Fact::NeedsReview { .. }
            | Fact::Resolved { .. }
            | Fact::Reopened { .. }
            | Fact::Excluded { .. }
            | Fact::Included { .. }
            | Fact::Worded { .. }
            | Fact::Imported { .. } => {}
        }
    }
    let mut made: BTreeMap<String, u32> = BTreeMap::new();
    for (id, media) in &posts {
        let ours = attempts.get_mut(media);
        let ours = ours.and_then(|ours| if ours.len() > 1 { Some(ours.remove(0)) } else { ours.first().cloned() });
        let Some(attempt) = ours.and_then(|attempt| told.fold.attempt(&attempt)) else {
            field.violated(format!("I3: post {id} carries media {media}, of which the log knows nothing"));
            continue;
        };
        *made.entry(format!("photo {}", attempt.about.photo)).or_default() += 1;
        *made.entry(format!("slot {}", attempt.slot)).or_default() += 1;
        let open = matches!(attempt.stand, Stand::Claimed | Stand::Sending);
        if open {
            field.violated(format!("I5: attempt {} is open although post {id} is there", attempt.about.attempt));
        }
    }
    for (what, made) in made {
        let allowed = allowed.get(&what).copied().unwrap_or(1);
        if made > allowed {
            field.violated(format!("I1: {what} was posted {made} times"));
        }
    }
    the_log_is_whole(field, &told, &posts);
    posts.len() as u64
}

fn the_log_is_whole(field: &Field, told: &Told, posts: &[(String, String)]) {
    for attempt in told.fold.attempts() {
        let id = &attempt.about.attempt;
        match &attempt.stand {
            Stand::Posted { post_id, .. } if !posts.iter().any(|(there, _)| there == post_id) => {
                field.violated(format!("I2: attempt {id} is recorded as post {post_id}, which is not there"));
            }
            Stand::Claimed | Stand::Sending => field.violated(format!("I5: attempt {id} never ended")),
            Stand::Posted { .. } | Stand::NeedsReview { .. } | Stand::Ended(_) => {}
        }
    }
    let lost: Vec<String> = {
        let shared = field.shared();
        let changed = |(name, bytes): &&(String, Vec<u8>)| shared.objects.get(name) != Some(bytes);
        let entries = shared.acknowledged.iter().filter(|(name, _)| name.starts_with("wal/"));
        entries.filter(changed).map(|(name, _)| name.clone()).collect()
    };
    for name in lost {
        field.violated(format!("I4: {name} was acknowledged and is not there as it was"));
    }
}
