//! Holds what happened in a world against the laws of docs/proof.md.

use pierrot_core::{
    Code, Pierrot,
    catalogue::Catalogue,
    fold::Stand,
    log::{Fact, LogEntry},
    record::{append::LOG, ledger::local_fold},
};
use serde_json::Value;

use super::field::{Body, Field};
use crate::{
    history::{Judgement, Reading, Told},
    program,
};

/// Reads the log without the engine; a gap or an entry that cannot be read is a violation.
fn read_log(field: &Field) -> (Reading, Told) {
    let reading = Reading::of_objects(&field.shared().objects).unwrap_or_else(|why| {
        field.violated(format!("I4: {why}"));
        Reading::default()
    });
    let told = Told::of(&reading);
    told.broken.iter().for_each(|why| field.violated(format!("I4: {why}")));
    (reading, told)
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
    let (_, told) = read_log(field);
    let of_it = |entry: &&&LogEntry| matches!(&entry.fact, Fact::Sending { frozen, .. } if frozen.media_id == media);
    let allowed = told.counting().iter().filter(of_it).count();
    if sent > allowed {
        field.violated(format!("I3: request {sent} with media {media}, but {allowed} Sending entries that count"));
    }
}

/// The address of the post an attempt led to, if the target has it.
pub fn address_of(field: &Field, attempt: &str) -> Option<String> {
    let (_, told) = read_log(field);
    let attempt = told.fold.attempts().find(|known| known.about.attempt.0 == attempt)?;
    let media = &attempt.frozen.as_ref()?.media_key;
    let (id, _) = posts(field).into_iter().find(|(_, key)| key == media)?;
    Some(format!("https://x.com/{}/status/{id}", field.servers.described().x.username))
}

/// Id and media key of every post.
fn posts(field: &Field) -> Vec<(String, String)> {
    field.servers.tell_ms(field.now_ms());
    program::posts(&field.servers.control())
}

/// Whether no attempt is claimed or sending.
pub fn all_settled(field: &Field) -> bool {
    !read_log(field).1.fold.attempts().any(|attempt| matches!(attempt.stand, Stand::Claimed | Stand::Sending))
}

/// One computer, at the end: recovering once more changes nothing, its own copy folds to the same, the record is in order.
pub async fn at_rest(pierrot: &Pierrot, catalogue: &Catalogue, body: &Body) {
    let field = &body.field;
    let who = body.number;
    let before = read_log(field).0;
    if let Err(error) = pierrot.recover().await {
        field.violated(format!("I8: computer {who} cannot recover: {error}"));
    }
    let (after, told) = read_log(field);
    if after != before {
        field.violated(format!("I8: recovering again wrote {} entries", after.0.len() - before.0.len()));
    }
    match pierrot.check(true).await {
        Ok(report) if report.clean => {}
        Ok(report) => field.violated(format!("I8, I10: computer {who} finds {:?}", report.findings)),
        Err(error) if error.code == Code::NewerVersionNeeded => {}
        Err(error) => field.violated(format!("I8: computer {who} cannot check: {error}")),
    }
    match local_fold(catalogue) {
        Ok(folded) if folded == told.fold => {}
        Ok(_) => field.violated(format!("I8: computer {who} folds its copy of the log to something else")),
        Err(error) => field.violated(format!("I8: computer {who} cannot fold its copy of the log: {error}")),
    }
}

/// The laws over the whole world; answers with the number of posts.
pub fn at_the_end(field: &Field) -> u64 {
    let (reading, _) = read_log(field);
    let posts = posts(field);
    let requests = field.shared().sends.values().map(|sent| *sent as u64).sum();
    let judged = Judgement::of(&reading, &posts, requests);
    let found =
        [("I1", &judged.double_posts), ("I1", &judged.slots_twice), ("I2", &judged.lost), ("I4", &judged.broken)];
    for (law, why) in found.into_iter().flat_map(|(law, found)| found.iter().map(move |why| (law, why))) {
        field.violated(format!("{law}: {why}"));
    }
    if judged.open > 0 {
        field.violated(format!("I5: {} attempts never ended", judged.open));
    }
    let lost: Vec<String> = {
        let shared = field.shared();
        let changed = |(name, bytes): &&(String, Vec<u8>)| shared.objects.get(name) != Some(bytes);
        let entries = shared.acknowledged.iter().filter(|(name, _)| name.starts_with(LOG));
        entries.filter(changed).map(|(name, _)| name.clone()).collect()
    };
    for name in lost {
        field.violated(format!("I4: {name} was acknowledged and is not there as it was"));
    }
    posts.len() as u64
}
