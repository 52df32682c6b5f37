//! A log and a timeline held against each other, in the way of Jepsen's set and append-only list tests.
//!
//! Invariant: judged from the bytes under the numbers and from what X has, not from what any process believed.
//! Absent: which process wrote what.

use std::{
    collections::{BTreeMap, BTreeSet},
    io,
    path::Path,
};

use pierrot_core::{
    catalogue::sha256_hex,
    fold::{Attempt, Ending, Fold, Stand},
    log::{self, Answer, Fact, LogEntry, Read},
    record::{
        RecordStore,
        append::{LOG, name_of, seq_of},
    },
};

/// The bytes of a log, from number 1 on.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reading(pub Vec<Vec<u8>>);

impl Reading {
    /// Reads the log of a folder.
    pub fn of_folder(record: &Path) -> io::Result<Self> {
        let folder = record.join(LOG);
        let mut names = Vec::new();
        match std::fs::read_dir(&folder) {
            Ok(listing) => {
                for entry in listing {
                    names.push(format!("{LOG}{}", entry?.file_name().to_string_lossy()));
                }
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
        let last = dense(&names).map_err(io::Error::other)?;
        let read = |seq| std::fs::read(record.join(name_of(seq)));
        (1..=last).map(read).collect::<io::Result<_>>().map(Self)
    }

    /// Reads the log of a record in memory.
    pub fn of_objects(objects: &BTreeMap<String, Vec<u8>>) -> Result<Self, String> {
        let names: Vec<String> = objects.keys().cloned().collect();
        Ok(Self((1..=dense(&names)?).map(|seq| objects[&name_of(seq)].clone()).collect()))
    }

    /// Reads what came after `known` numbers; with 0, everything.
    pub async fn of_store(store: &dyn RecordStore, known: u64) -> Result<Self, String> {
        let after = (known > 0).then(|| name_of(known));
        let names = store.names(LOG, after.as_deref()).await.map_err(|error| error.to_string())?;
        let numbers: BTreeSet<u64> = names.iter().filter_map(|name| seq_of(name)).collect();
        let mut entries = Vec::new();
        for (at, seq) in numbers.into_iter().enumerate() {
            let expected = known + 1 + at as u64;
            if seq != expected {
                return Err(format!("entry {expected} is missing although {seq} is there"));
            }
            let bytes = store.read(&name_of(seq)).await.map_err(|error| error.to_string())?;
            entries.push(bytes.ok_or_else(|| format!("entry {seq} is listed and not there"))?);
        }
        Ok(Self(entries))
    }

    /// Why this is not what was read earlier, with more behind it.
    pub fn differs_from(&self, earlier: &Self) -> Option<String> {
        if self.0.len() < earlier.0.len() {
            return Some(format!("{} entries are there, {} were", self.0.len(), earlier.0.len()));
        }
        let changed = self.0.iter().zip(&earlier.0).position(|(now, then)| now != then);
        changed.map(|at| format!("entry {} is not what it was", at + 1))
    }
}

/// The highest number, when all below it are there.
fn dense(names: &[String]) -> Result<u64, String> {
    let numbers: BTreeSet<u64> = names.iter().filter_map(|name| seq_of(name)).collect();
    let last = numbers.last().copied().unwrap_or(0);
    match (1..=last).find(|seq| !numbers.contains(seq)) {
        None => Ok(last),
        Some(missing) => Err(format!("entry {missing} is missing although {last} is there")),
    }
}

/// A log, folded.
#[derive(Debug, Default)]
pub struct Told {
    pub fold: Fold,
    entries: Vec<LogEntry>,
    /// Entries that do not follow the one before, or cannot be read.
    pub broken: Vec<String>,
}

impl Told {
    pub fn of(reading: &Reading) -> Self {
        let mut told = Self::default();
        for (seq, bytes) in (1..).zip(&reading.0) {
            match log::read(seq, bytes) {
                Ok(read) => {
                    if let Err(why) = told.fold.apply(seq, &sha256_hex(bytes), &read) {
                        told.broken.push(why.to_string());
                    }
                    if let Read::Entry(entry) = read {
                        told.entries.push(*entry);
                    }
                }
                Err(why) => told.broken.push(why.to_string()),
            }
        }
        told
    }

    /// The entries that count, in order.
    pub fn counting(&self) -> Vec<&LogEntry> {
        let void: BTreeSet<u64> = self.fold.void().iter().map(|(seq, _)| *seq).collect();
        self.entries.iter().filter(|entry| !void.contains(&entry.seq)).collect()
    }
}

/// What a history comes to.
#[derive(Debug, Default)]
pub struct Judgement {
    /// Entries that do not follow the one before, cannot be read, or say the same as another that counts.
    pub broken: Vec<String>,
    /// A photo behind more posts than a person asked for, or more requests than fences.
    pub double_posts: Vec<String>,
    /// A slot with more posts than a person asked for.
    pub slots_twice: Vec<String>,
    /// Posts the record does not know, and records of posts that are not there.
    pub lost: Vec<String>,
    pub needs_review: u64,
    /// Attempts nobody ended.
    pub open: u64,
    /// Photos and slots of publications that are on the record, each as often as it is there.
    pub posted: BTreeMap<(String, String), u32>,
}

impl Judgement {
    /// Judges a settled history; `requests` to post reached X.
    pub fn of(reading: &Reading, posts: &[(String, String)], requests: u64) -> Self {
        let mut told = Told::of(reading);
        let mut judgement = Self { broken: std::mem::take(&mut told.broken), ..Self::default() };
        let counting = told.counting();
        judgement.said_twice(&told.fold, &counting);
        judgement.hold_against(&told.fold, &counting, posts);
        let fences = counting.iter().filter(|entry| matches!(entry.fact, Fact::Sending { .. })).count() as u64;
        if requests > fences {
            judgement.double_posts.push(format!("{requests} requests to post, but {fences} fences that count"));
        }
        judgement
    }

    /// No attempt is claimed, sent or posted by two entries that count.
    fn said_twice(&mut self, fold: &Fold, counting: &[&LogEntry]) {
        let mut seen = BTreeSet::new();
        for entry in counting {
            let Some(about) = entry.fact.about() else { continue };
            if !seen.insert((about.attempt.clone(), entry.fact.kind())) {
                self.broken.push(format!("entry {} says \"{}\" a second time", entry.seq, entry.fact.kind()));
            }
            if let (Fact::Posted { .. }, Some(attempt)) = (&entry.fact, fold.attempt(&about.attempt)) {
                *self.posted.entry((about.photo.to_string(), attempt.slot.clone())).or_default() += 1;
            }
        }
    }

    fn hold_against(&mut self, fold: &Fold, counting: &[&LogEntry], posts: &[(String, String)]) {
        let (mut by_media, mut again) = (BTreeMap::<&str, Vec<&Attempt>>::new(), BTreeMap::<String, u32>::new());
        for attempt in fold.attempts() {
            match &attempt.stand {
                Stand::Claimed | Stand::Sending => self.open += 1,
                Stand::NeedsReview { .. } => self.needs_review += 1,
                Stand::Posted { post_id, .. } if !posts.iter().any(|(id, _)| id == post_id) => {
                    self.lost.push(format!("post {post_id} is on the record and not there"));
                }
                Stand::Posted { .. } | Stand::Ended(_) => {}
            }
        }
        for entry in counting {
            // Media that a person had posted again stand in several requests: the first post is of the first.
            if let Fact::Sending { about, frozen } = &entry.fact {
                by_media.entry(&frozen.media_key).or_default().extend(fold.attempt(&about.attempt));
            }
            if let Fact::Resolved { about, answer: Answer::PostAgain } = &entry.fact {
                let slot = fold.attempt(&about.attempt).map(|attempt| attempt.slot.clone()).unwrap_or_default();
                *again.entry(format!("photo {}", about.photo)).or_default() += 1;
                *again.entry(format!("slot {slot}")).or_default() += 1;
            }
        }
        let (mut made, mut made_of) = (BTreeMap::<String, u32>::new(), BTreeMap::<&str, usize>::new());
        for (id, media) in posts {
            let attempts = by_media.get(media.as_str()).map(Vec::as_slice).unwrap_or_default();
            let earlier = made_of.entry(media.as_str()).or_default();
            let Some(first) = attempts.get(*earlier).or(attempts.last()) else {
                self.lost.push(format!("post {id} with media {media} is not on the record"));
                continue;
            };
            *earlier += 1;
            if !attempts.iter().any(|attempt| accounts_for(&attempt.stand, id)) {
                self.lost.push(format!("post {id} is there, but photo {} is {:?}", first.about.photo, first.stand));
            }
            *made.entry(format!("photo {}", first.about.photo)).or_default() += 1;
            *made.entry(format!("slot {}", first.slot)).or_default() += 1;
        }
        for (what, count) in made {
            let allowed = 1 + again.get(&what).copied().unwrap_or(0);
            let twice = if what.starts_with("slot") { &mut self.slots_twice } else { &mut self.double_posts };
            if count > allowed {
                twice.push(format!("{what} was posted {count} times"));
            }
        }
    }
}

/// Whether an attempt that stands so is the record of this post, or left it to a person.
fn accounts_for(stand: &Stand, post: &str) -> bool {
    match stand {
        Stand::Posted { post_id, .. } => post_id == post,
        Stand::NeedsReview { .. } | Stand::Ended(Ending::PostAgain | Ending::Skip) => true,
        Stand::Claimed | Stand::Sending | Stand::Ended(Ending::Released(_) | Ending::TakenOver) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::drill::{chained, publication};

    fn reading() -> Reading {
        let photos = ["1001", "1002"].map(|id| id.parse().expect("a photo id"));
        let facts = photos.iter().zip(1..).flat_map(|(photo, number)| publication(photo, "x:7", number));
        Reading(chained(facts, 1_700_000_000).collect())
    }

    fn posts() -> Vec<(String, String)> {
        let post = |number: u64| (format!("18{number:017}"), format!("3_19{number:017}"));
        vec![post(1), post(2)]
    }

    #[test]
    fn a_good_history_is_found_good() {
        let judged = Judgement::of(&reading(), &posts(), 2);
        let found = [&judged.broken, &judged.double_posts, &judged.slots_twice, &judged.lost];
        assert!(found.iter().all(|found| found.is_empty()), "{judged:?}");
        assert_eq!((judged.posted.len(), judged.needs_review, judged.open), (2, 0, 0));
    }

    #[test]
    fn a_second_post_is_found_whoever_made_it() {
        let (mut twice, media) = (posts(), posts()[0].1.clone());
        twice.push(("1999".into(), media));
        let judged = Judgement::of(&reading(), &twice, 3);
        assert_eq!((judged.double_posts.len(), judged.slots_twice.len(), judged.lost.len()), (2, 1, 1), "{judged:?}");
        let refused = Judgement::of(&reading(), &posts(), 3);
        assert_eq!(refused.double_posts.len(), 1, "a request that X did not take counts too");
    }

    #[test]
    fn what_one_side_does_not_know_is_lost() {
        let mut more = posts();
        more.push(("1999".into(), "3_1999".into()));
        assert_eq!(Judgement::of(&reading(), &more, 2).lost.len(), 1);
        assert_eq!(Judgement::of(&reading(), &posts()[..1], 2).lost.len(), 1);
        let mut unfinished = reading();
        unfinished.0.pop();
        let judged = Judgement::of(&unfinished, &posts(), 2);
        assert_eq!((judged.lost.len(), judged.open), (1, 1), "{judged:?}");
    }

    #[test]
    fn an_entry_that_changed_or_went_is_found() {
        let (whole, mut shorter, mut changed) = (reading(), reading(), reading());
        shorter.0.pop();
        changed.0[2].push(b' ');
        assert_eq!(whole.differs_from(&shorter), None);
        assert!(shorter.differs_from(&whole).is_some() && changed.differs_from(&whole).is_some());
        assert!(!Judgement::of(&changed, &posts(), 2).broken.is_empty(), "the next one does not follow it");
        assert!(dense(&[name_of(1), name_of(3)]).is_err());
    }
}
