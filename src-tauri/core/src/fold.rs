//! What the log says: a pure function of its entries in order, the same on every computer.
//!
//! Invariant: no clock, no settings, no local state. An entry that breaks a rule is void for everyone, for ever; folding in
//! two parts equals folding at once; a photo, an account and a slot are held by at most one attempt.
//! Deliberately absent: when somebody may take over (policy of the jobs) and any reading of the store.

mod questions;
mod words;

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    sync::Arc,
};

use serde_json::{Map, Value};

pub use words::Words;

use crate::{
    caption::Written,
    log::{About, Answer, AttemptId, Fact, Frozen, LogEntry, Read, Seen, Why},
    photo::PhotoId,
};

/// Where one attempt stands.
#[derive(Clone, Debug, PartialEq)]
pub enum Stand {
    Claimed,
    Sending,
    NeedsReview { detail: String },
    Posted { post_id: String, post_url: String, text: String, seen: Seen },
    Ended(Ending),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    Released(Why),
    /// Lost its photo or its slot to another attempt before sending.
    TakenOver,
    /// A person said "not posted: post again".
    PostAgain,
    /// A person said "skip".
    Skip,
}

/// One attempt as the log tells it.
#[derive(Clone, Debug, PartialEq)]
pub struct Attempt {
    pub about: About,
    pub number: u32,
    pub slot: String,
    /// The recipe of the look its picture got.
    pub look: Option<Value>,
    pub computer: String,
    pub stand: Stand,
    pub frozen: Option<Frozen>,
    /// How many Sendings of it count: more than one only where the target knows a request again by its key.
    pub sends: u32,
    /// Who wrote the only Sending; only that program run may release it.
    sent_by: Option<String>,
    /// The number of its newest entry, for listing in order.
    pub last_seq: u64,
    /// When the newest entry was written, for people.
    pub last_at: String,
}

/// A row of the first Pierrot's wal.json: published before the log began.
#[derive(Clone, Debug, PartialEq)]
pub struct Imported {
    pub target: String,
    /// The row verbatim, unknown fields included.
    pub row: Arc<Map<String, Value>>,
    pub seq: u64,
    /// The photographer's own word, not the first Pierrot's.
    pub by_hand: bool,
}

/// Whether an entry counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    Valid,
    Void(&'static str),
}

/// Who keeps a photo or a slot of one target from being claimed.
#[derive(Clone, Debug, PartialEq)]
enum Hold {
    By(AttemptId),
    /// Rejected or skipped: a person may reopen it.
    Closed,
    /// By the first Pierrot.
    Published,
}

/// The state of the record after some number of entries.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Fold {
    through: u64,
    last_sha256: Option<String>,
    newer: Option<String>,
    attempts: BTreeMap<AttemptId, Attempt>,
    /// (target or account, photo) -> holder.
    photos: HashMap<(String, PhotoId), Hold>,
    /// (target or account, slot) -> holder.
    slots: HashMap<(String, String), Hold>,
    excluded: HashSet<PhotoId>,
    /// What the photographer wrote himself; photos without such words are absent.
    words: HashMap<PhotoId, Arc<Words>>,
    imported: BTreeMap<PhotoId, Imported>,
    /// (target, photo) of every imported row: published for ever.
    imported_for: HashSet<(String, PhotoId)>,
    /// Those of them that the photographer marked, and may take back.
    marked: HashSet<(String, PhotoId)>,
    files: BTreeMap<String, String>,
    computers: BTreeSet<String>,
    void: Vec<(u64, &'static str)>,
}

/// An entry that does not follow the ones before it: the record is damaged or was replaced.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Break {
    #[error("entry {wanted} of the log is missing: the next one there is {found}")]
    Gap { wanted: u64, found: u64 },
    #[error("entry {seq} of the log does not follow entry {}: the entry before it was changed after it was written", .seq - 1)]
    Chain { seq: u64 },
}

impl Fold {
    /// The number of the newest entry folded; 0 for an empty log.
    pub fn through(&self) -> u64 {
        self.through
    }

    /// Hex SHA-256 of the newest entry's bytes.
    pub fn last_sha256(&self) -> Option<&str> {
        self.last_sha256.as_deref()
    }

    /// What a newer Pierrot wrote that this one cannot read: no publishing until it is updated.
    pub fn newer(&self) -> Option<&str> {
        self.newer.as_deref()
    }

    pub fn attempts(&self) -> impl Iterator<Item = &Attempt> {
        self.attempts.values()
    }

    pub fn attempt(&self, id: &AttemptId) -> Option<&Attempt> {
        self.attempts.get(id)
    }

    pub fn imported(&self) -> &BTreeMap<PhotoId, Imported> {
        &self.imported
    }

    /// Sealed copies of taken-over files: name -> hex SHA-256.
    pub fn files(&self) -> &BTreeMap<String, String> {
        &self.files
    }

    pub fn computers(&self) -> &BTreeSet<String> {
        &self.computers
    }

    pub fn excluded(&self) -> &HashSet<PhotoId> {
        &self.excluded
    }

    /// What the photographer wrote himself for a photo on this target.
    pub fn written(&self, photo: &PhotoId, target: &str) -> Written<'_> {
        self.words.get(photo).map(|words| words.written(target)).unwrap_or_default()
    }

    /// Everything the photographer wrote himself for a photo, if anything.
    pub fn words(&self, photo: &PhotoId) -> Option<&Words> {
        self.words.get(photo).map(|words| &**words)
    }

    /// Entries that broke a rule, with the rule.
    pub fn void(&self) -> &[(u64, &'static str)] {
        &self.void
    }

    /// Whether nothing stands between this photo and a new claim for the target.
    pub fn is_free(&self, photo: &PhotoId, target: &str, account: Option<&str>) -> bool {
        !self.excluded.contains(photo)
            && keys(target, account).all(|key| !self.photos.contains_key(&(key, photo.clone())))
    }

    /// Whether the photo is known to be posted somewhere.
    pub fn is_published(&self, photo: &PhotoId) -> bool {
        let posted = |attempt: &Attempt| attempt.about.photo == *photo && matches!(attempt.stand, Stand::Posted { .. });
        self.imported.contains_key(photo) || self.attempts.values().any(posted)
    }

    /// Whether a person may reopen it: closed by rejection or skip, not by a post.
    pub fn is_closed(&self, photo: &PhotoId, target: &str) -> bool {
        self.photos.get(&(target.to_owned(), photo.clone())) == Some(&Hold::Closed)
    }

    /// Whether the photographer marked it as published there, which can be taken back.
    pub fn is_marked(&self, photo: &PhotoId, target: &str) -> bool {
        self.marked.contains(&(target.to_owned(), photo.clone()))
    }

    pub fn slot_is_free(&self, slot: &str, target: &str, account: Option<&str>) -> bool {
        keys(target, account).all(|key| !self.slots.contains_key(&(key, slot.to_owned())))
    }

    /// Photos that no new claim may take for this target, in no order: posted, claimed, in review, closed.
    pub fn taken<'a>(&'a self, target: &'a str, account: Option<&'a str>) -> impl Iterator<Item = &'a PhotoId> {
        self.photos
            .keys()
            .filter(move |(key, _)| key == target || Some(key.as_str()) == account)
            .map(|(_, photo)| photo)
            .chain(&self.excluded)
    }

    /// The attempt number a new claim for this photo gets.
    pub fn next_number(&self, photo: &PhotoId, target: &str) -> u32 {
        let earlier = self.attempts.values().filter(|a| a.about.photo == *photo && a.about.target == target);
        earlier.map(|attempt| attempt.number).max().unwrap_or(0) + 1
    }

    /// Folds the entry stored under the next number.
    ///
    /// # Errors
    /// `Break` when it does not follow what was folded before; nothing is changed then.
    pub fn apply(&mut self, seq: u64, sha256: &str, read: &Read) -> Result<Verdict, Break> {
        if seq != self.through + 1 {
            return Err(Break::Gap { wanted: self.through + 1, found: seq });
        }
        let verdict = match read {
            Read::Newer { what, .. } => {
                self.newer = Some(what.clone());
                Verdict::Valid
            }
            Read::Entry(entry) => {
                if entry.prev.is_some() && entry.prev != self.last_sha256 {
                    return Err(Break::Chain { seq });
                }
                self.computers.insert(entry.computer.clone());
                self.judge(entry)
            }
        };
        if let Verdict::Void(rule) = verdict {
            self.void.push((seq, rule));
        }
        self.through = seq;
        self.last_sha256 = Some(sha256.to_owned());
        Ok(verdict)
    }

    /// Whether this fact would count if it were the next entry.
    pub fn allows(&self, entry: &LogEntry) -> Verdict {
        self.clone().judge(entry)
    }

    fn judge(&mut self, entry: &LogEntry) -> Verdict {
        match &entry.fact {
            Fact::Claimed { about, number, slot, look } => self.claimed(entry, about, *number, slot, look.as_ref()),
            Fact::Sending { about, frozen } => self.sending(entry, about, frozen),
            Fact::Posted { about, post_id, post_url, text, seen } => {
                let stand = Stand::Posted {
                    post_id: post_id.clone(),
                    post_url: post_url.clone(),
                    text: text.clone(),
                    seen: *seen,
                };
                self.posted(entry, about, stand)
            }
            Fact::Released { about, why, .. } => self.released(entry, about, *why),
            Fact::NeedsReview { about, detail } => self.needs_review(entry, about, detail),
            Fact::Resolved { about, answer } => self.resolved(entry, about, answer),
            Fact::Reopened { photo, target } => self.reopened(photo, target),
            Fact::Excluded { photo } => {
                self.excluded.insert(photo.clone());
                Verdict::Valid
            }
            Fact::Included { photo } => {
                self.excluded.remove(photo);
                Verdict::Valid
            }
            Fact::Worded { photo, target, part, text } => {
                let words = self.words.entry(photo.clone()).or_default();
                Arc::make_mut(words).write(target.as_deref(), *part, text.as_deref());
                if **words == Words::default() {
                    self.words.remove(photo);
                }
                Verdict::Valid
            }
            Fact::Imported { target, published, files, by_hand } => {
                self.take_over(entry, target, published, *by_hand);
                self.files.extend(files.iter().map(|(name, sha256)| (name.clone(), sha256.clone())));
                Verdict::Valid
            }
        }
    }

    fn claimed(&mut self, entry: &LogEntry, about: &About, number: u32, slot: &str, look: Option<&Value>) -> Verdict {
        if self.attempts.contains_key(&about.attempt) {
            return Verdict::Void("the attempt id was used before");
        }
        if self.excluded.contains(&about.photo) {
            return Verdict::Void("the photo is excluded");
        }
        let mut losers = Vec::new();
        for key in about_keys(about) {
            let holders =
                [self.photos.get(&(key.clone(), about.photo.clone())), self.slots.get(&(key, slot.to_owned()))];
            for hold in holders.into_iter().flatten() {
                match hold {
                    Hold::By(id) if self.attempts.get(id).is_some_and(|a| a.stand == Stand::Claimed) => {
                        losers.push(id.clone());
                    }
                    Hold::By(_) | Hold::Closed | Hold::Published => {
                        return Verdict::Void("the photo or the slot is already taken");
                    }
                }
            }
        }
        for loser in losers {
            self.end(&loser, Ending::TakenOver, entry);
        }
        let attempt = Attempt {
            about: about.clone(),
            number,
            slot: slot.to_owned(),
            look: look.cloned(),
            computer: entry.computer.clone(),
            stand: Stand::Claimed,
            frozen: None,
            sends: 0,
            sent_by: None,
            last_seq: entry.seq,
            last_at: entry.at.clone(),
        };
        self.hold(&attempt);
        self.attempts.insert(about.attempt.clone(), attempt);
        Verdict::Valid
    }

    fn sending(&mut self, entry: &LogEntry, about: &About, frozen: &Frozen) -> Verdict {
        let Some(attempt) = self.attempts.get(&about.attempt).filter(|attempt| attempt.about == *about) else {
            return Verdict::Void("no such attempt was claimed");
        };
        let repeats = attempt.stand == Stand::Sending && frozen.key.is_some();
        if repeats && attempt.frozen.as_ref() != Some(frozen) {
            return Verdict::Void("only the same request may go out again");
        }
        if !repeats && (attempt.stand != Stand::Claimed || attempt.computer != entry.computer) {
            return Verdict::Void("the attempt is not held as claimed by this computer");
        }
        if !repeats && self.excluded.contains(&about.photo) {
            return Verdict::Void("the photo is excluded");
        }
        let ours = Hold::By(about.attempt.clone());
        let holds_all = about_keys(about).all(|key| {
            self.photos.get(&(key.clone(), about.photo.clone())) == Some(&ours)
                && self.slots.get(&(key, attempt.slot.clone())) == Some(&ours)
        });
        if !holds_all {
            return Verdict::Void("the attempt is not held as claimed by this computer");
        }
        // After a repeat no single program run knows what became of all the sends.
        let (writer, frozen) = ((!repeats).then(|| entry.writer.clone()), frozen.clone());
        self.change(&about.attempt, entry, |attempt| {
            attempt.stand = Stand::Sending;
            attempt.sends += 1;
            attempt.sent_by = writer;
            attempt.frozen = Some(frozen);
        });
        Verdict::Valid
    }

    fn posted(&mut self, entry: &LogEntry, about: &About, stand: Stand) -> Verdict {
        let Some(attempt) = self.attempts.get(&about.attempt) else {
            return Verdict::Void("no such attempt was claimed");
        };
        if attempt.frozen.is_none() {
            return Verdict::Void("the attempt was never sending");
        }
        if matches!(attempt.stand, Stand::Posted { .. }) {
            return Verdict::Void("the attempt is posted already");
        }
        let attempt = attempt.clone();
        for key in about_keys(&attempt.about) {
            let photo = self.photos.get(&(key.clone(), attempt.about.photo.clone()));
            let slot = self.slots.get(&(key, attempt.slot.clone()));
            let younger: Vec<AttemptId> =
                [photo, slot].into_iter().flatten().filter_map(|hold| self.only_claimed(hold)).collect();
            for id in younger {
                self.end(&id, Ending::TakenOver, entry);
            }
        }
        self.hold(&attempt);
        self.change(&about.attempt, entry, |attempt| attempt.stand = stand);
        Verdict::Valid
    }

    fn released(&mut self, entry: &LogEntry, about: &About, why: Why) -> Verdict {
        let Some(attempt) = self.attempts.get(&about.attempt) else {
            return Verdict::Void("no such attempt was claimed");
        };
        let allowed = match attempt.stand {
            Stand::Claimed => attempt.computer == entry.computer,
            Stand::Sending => attempt.sent_by.as_deref() == Some(entry.writer.as_str()),
            Stand::NeedsReview { .. } | Stand::Posted { .. } | Stand::Ended(_) => false,
        };
        if !allowed {
            return Verdict::Void("only the sender's own proof releases an attempt");
        }
        self.end(&about.attempt, Ending::Released(why), entry);
        Verdict::Valid
    }

    fn needs_review(&mut self, entry: &LogEntry, about: &About, detail: &str) -> Verdict {
        if self.attempts.get(&about.attempt).is_none_or(|attempt| attempt.stand != Stand::Sending) {
            return Verdict::Void("the attempt is not sending");
        }
        let detail = detail.to_owned();
        self.change(&about.attempt, entry, |attempt| attempt.stand = Stand::NeedsReview { detail });
        Verdict::Valid
    }

    fn resolved(&mut self, entry: &LogEntry, about: &About, answer: &Answer) -> Verdict {
        let in_review = |attempt: &&Attempt| matches!(attempt.stand, Stand::NeedsReview { .. });
        let Some(attempt) = self.attempts.get(&about.attempt).filter(in_review) else {
            return Verdict::Void("the attempt is not in review");
        };
        match answer {
            Answer::Posted { post_id, post_url } => {
                let text = attempt.frozen.as_ref().map(|frozen| frozen.text.clone()).unwrap_or_default();
                let stand = Stand::Posted {
                    post_id: post_id.clone(),
                    post_url: post_url.clone(),
                    text,
                    seen: Seen::Photographer,
                };
                self.change(&about.attempt, entry, |attempt| attempt.stand = stand);
            }
            Answer::PostAgain => self.end(&about.attempt, Ending::PostAgain, entry),
            Answer::Skip => self.end(&about.attempt, Ending::Skip, entry),
        }
        Verdict::Valid
    }

    fn reopened(&mut self, photo: &PhotoId, target: &str) -> Verdict {
        if self.is_marked(photo, target) {
            self.unmark(photo, target);
            return Verdict::Valid;
        }
        if !self.is_closed(photo, target) {
            return Verdict::Void("the photo is not closed for this target");
        }
        let accounts: BTreeSet<String> = self
            .attempts
            .values()
            .filter(|attempt| attempt.about.photo == *photo && attempt.about.target == target)
            .filter_map(|attempt| attempt.about.account.clone())
            .collect();
        for key in accounts.into_iter().chain([target.to_owned()]) {
            let key = (key, photo.clone());
            if self.photos.get(&key) == Some(&Hold::Closed) {
                self.photos.remove(&key);
            }
        }
        Verdict::Valid
    }

    fn take_over(&mut self, entry: &LogEntry, target: &str, published: &Map<String, Value>, by_hand: bool) {
        for (id, row) in published {
            let (Ok(photo), Some(row)) = (id.parse::<PhotoId>(), row.as_object()) else { continue };
            let key = (target.to_owned(), photo.clone());
            if let Some(claimed) = self.photos.get(&key).and_then(|hold| self.only_claimed(hold)) {
                self.end(&claimed, Ending::TakenOver, entry);
            }
            if !by_hand {
                self.marked.remove(&key);
            } else if !self.imported_for.contains(&key) {
                self.marked.insert(key.clone());
            }
            self.imported_for.insert(key.clone());
            let under_way = matches!(self.photos.get(&key), Some(Hold::By(_)));
            if !under_way {
                self.photos.insert(key, Hold::Published);
            }
            let (target, row, seq) = (target.to_owned(), Arc::new(row.clone()), entry.seq);
            self.imported.entry(photo).or_insert_with(|| Imported { target, row, seq, by_hand });
        }
    }

    /// Takes back the photographer's own mark.
    fn unmark(&mut self, photo: &PhotoId, target: &str) {
        let key = (target.to_owned(), photo.clone());
        self.marked.remove(&key);
        self.imported_for.remove(&key);
        if self.photos.get(&key) == Some(&Hold::Published) {
            self.photos.remove(&key);
        }
        if self.imported.get(photo).is_some_and(|imported| imported.target == target) {
            let elsewhere =
                self.imported_for.iter().find(|(_, other)| other == photo).map(|(target, _)| target.clone());
            match elsewhere {
                Some(target) => {
                    self.imported.entry(photo.clone()).and_modify(|imported| imported.target = target);
                }
                None => {
                    self.imported.remove(photo);
                }
            }
        }
    }

    /// The attempt behind a hold when it is only claimed, so that it can still be ended.
    fn only_claimed(&self, hold: &Hold) -> Option<AttemptId> {
        match hold {
            Hold::By(id) => self.attempts.get(id).filter(|attempt| attempt.stand == Stand::Claimed).map(|_| id.clone()),
            Hold::Closed | Hold::Published => None,
        }
    }

    fn hold(&mut self, attempt: &Attempt) {
        for key in about_keys(&attempt.about) {
            let by = Hold::By(attempt.about.attempt.clone());
            self.photos.insert((key.clone(), attempt.about.photo.clone()), by.clone());
            self.slots.insert((key, attempt.slot.clone()), by);
        }
    }

    /// Ends an attempt without a post; what it held is freed or closed as the ending says.
    fn end(&mut self, id: &AttemptId, ending: Ending, entry: &LogEntry) {
        let Some(attempt) = self.attempts.get(id).cloned() else { return };
        let closes = match ending {
            Ending::Released(why) => !why.frees_the_photo(),
            Ending::Skip => true,
            Ending::TakenOver | Ending::PostAgain => false,
        };
        let keeps_the_slot = ending == Ending::Skip;
        for key in about_keys(&attempt.about) {
            let photo = (key.clone(), attempt.about.photo.clone());
            if self.photos.get(&photo) == Some(&Hold::By(id.clone())) {
                if self.imported_for.contains(&photo) {
                    self.photos.insert(photo, Hold::Published);
                } else if closes {
                    self.photos.insert(photo, Hold::Closed);
                } else {
                    self.photos.remove(&photo);
                }
            }
            let slot = (key, attempt.slot.clone());
            if !keeps_the_slot && self.slots.get(&slot) == Some(&Hold::By(id.clone())) {
                self.slots.remove(&slot);
            }
        }
        self.change(id, entry, |attempt| attempt.stand = Stand::Ended(ending));
    }

    fn change(&mut self, id: &AttemptId, entry: &LogEntry, change: impl FnOnce(&mut Attempt)) {
        if let Some(attempt) = self.attempts.get_mut(id) {
            change(attempt);
            attempt.last_seq = entry.seq;
            attempt.last_at.clone_from(&entry.at);
        }
    }
}

fn keys(target: &str, account: Option<&str>) -> impl Iterator<Item = String> + use<> {
    [Some(target.to_owned()), account.map(str::to_owned)].into_iter().flatten()
}

fn about_keys(about: &About) -> impl Iterator<Item = String> + use<> {
    keys(&about.target, about.account.as_deref())
}

#[cfg(test)]
#[path = "fold_test.rs"]
mod tests;
