//! The record of the small world: which lines it holds, and what the shipped fold says of them.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use pierrot_core::{
    fold::{Fold, Stand, Verdict},
    log::{About, Answer, AttemptId, Fact, Frozen, LogEntry, Read, Seen, VERSION, Why},
    publication::End,
};

use super::world::{Design, Target};

/// An attempt's number says all about it: computer, which of its attempts, photo.
pub type Number = u8;
/// More than any world makes.
pub const ATTEMPTS: u8 = 12;

pub fn number(computer: u8, made: u8, photo: u8) -> Number {
    computer * 4 + made * 2 + photo
}

pub fn photo_of(attempt: Number) -> u8 {
    attempt & 1
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    Claimed,
    Sending,
    Posted,
    /// Whether the photo is free afterwards.
    Released(bool),
    NeedsReview,
    Said(Said),
}

/// A person's answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Said {
    PostAgain,
    Skip,
    ItIsPosted,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Line {
    pub kind: Kind,
    pub attempt: Number,
    pub computer: u8,
    pub writer: u8,
}

pub type Log = Arc<[Line]>;

/// What a log folds to.
#[derive(Debug)]
pub struct Known {
    pub fold: Fold,
    /// Whether its last line counts.
    pub counts: bool,
    /// Whether the last line kept the laws of the log (I6, I7, I9).
    pub lawful: bool,
}

impl Known {
    pub fn stand(&self, attempt: Number) -> Option<&Stand> {
        self.fold.attempt(&id(attempt)).map(|attempt| &attempt.stand)
    }

    pub fn sends(&self, attempt: Number) -> u32 {
        self.fold.attempt(&id(attempt)).map_or(0, |attempt| attempt.sends)
    }
}

/// Every log that was met, folded once.
#[derive(Debug, Default)]
pub struct Logs(Mutex<HashMap<Log, Arc<Known>>>);

impl Logs {
    pub fn known(&self, log: &[Line], design: Design, target: Target) -> Arc<Known> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = all.get(log) {
            return known.clone();
        }
        // Prefixes of a log that was reached are nearly always there already.
        let met = (0..log.len()).rev().find_map(|len| Some((len, all.get(&log[..len])?.clone())));
        let (mut len, mut known) = met.unwrap_or_else(|| {
            let empty = Known { fold: Fold::default(), counts: true, lawful: true };
            (0, Arc::new(empty))
        });
        while len < log.len() {
            known = Arc::new(extended(&known, log[len], design, target));
            len += 1;
            all.insert(log[..len].into(), known.clone());
        }
        known
    }
}

fn extended(before: &Known, line: Line, design: Design, target: Target) -> Known {
    let mut fold = before.fold.clone();
    let broken = broken_rules(before, line, design);
    for (kind, attempt) in &broken {
        apply(&mut fold, Line { kind: *kind, attempt: *attempt, ..line }, target);
    }
    let counts = apply(&mut fold, line, target) == Verdict::Valid || !broken.is_empty();
    let mut known = Known { fold, counts, lawful: true };
    known.lawful = super::laws::line_is_lawful(before, &known, line);
    known
}

/// The lines that stand for a rule the shipped fold does not have.
fn broken_rules(before: &Known, line: Line, design: Design) -> Vec<(Kind, Number)> {
    let sending = |attempt: &Number| before.stand(*attempt) == Some(&Stand::Sending);
    let taken_over = |attempt: Number| [(Kind::NeedsReview, attempt), (Kind::Said(Said::PostAgain), attempt)];
    if design.take_over_sending && line.kind == Kind::Claimed {
        (0..ATTEMPTS).filter(sending).flat_map(taken_over).collect()
    } else if design.release_after_repeat && line.kind == Kind::Released(true) && sending(&line.attempt) {
        taken_over(line.attempt).to_vec()
    } else {
        Vec::new()
    }
}

fn apply(fold: &mut Fold, line: Line, target: Target) -> Verdict {
    let entry = LogEntry {
        v: VERSION,
        seq: fold.through() + 1,
        prev: None,
        at: String::new(),
        computer: line.computer.to_string(),
        writer: line.writer.to_string(),
        fact: fact(line, target),
    };
    let allowed = fold.allows(&entry);
    let verdict = fold.apply(entry.seq, "", &Read::Entry(Box::new(entry))).expect("it follows");
    assert_eq!(allowed, verdict, "allows = apply");
    verdict
}

pub fn id(attempt: Number) -> AttemptId {
    AttemptId(attempt.to_string())
}

fn about(attempt: Number) -> About {
    let photo = ["1", "2"][usize::from(photo_of(attempt))].parse().expect("an id");
    About { attempt: id(attempt), photo, target: "x".into(), account: Some("x:7".into()) }
}

fn fact(line: Line, target: Target) -> Fact {
    let about = about(line.attempt);
    let empty = String::new;
    match line.kind {
        Kind::Claimed => Fact::Claimed { about, number: 1, slot: "w1".into(), look: None },
        Kind::Sending => {
            let frozen = Frozen {
                text: empty(),
                alt_text: empty(),
                body: serde_json::Value::Null,
                media_id: empty(),
                media_key: empty(),
                picture_sha256: empty(),
                cost_usd: 0.0,
                key: (target != Target::X).then(|| line.attempt.to_string()),
            };
            Fact::Sending { about, frozen }
        }
        Kind::Posted => Fact::Posted { about, post_id: empty(), post_url: empty(), text: empty(), seen: Seen::Answer },
        Kind::Released(frees) => {
            let why = if frees { Why::NotSent } else { Why::Rejected };
            Fact::Released { about, why, detail: empty() }
        }
        Kind::NeedsReview => Fact::NeedsReview { about, detail: empty() },
        Kind::Said(Said::PostAgain) => Fact::Resolved { about, answer: Answer::PostAgain },
        Kind::Said(Said::Skip) => Fact::Resolved { about, answer: Answer::Skip },
        Kind::Said(Said::ItIsPosted) => {
            Fact::Resolved { about, answer: Answer::Posted { post_id: empty(), post_url: empty() } }
        }
    }
}

/// The line that ends an attempt without a post.
pub fn released(end: End) -> Kind {
    Kind::Released(end != End::Rejected)
}
