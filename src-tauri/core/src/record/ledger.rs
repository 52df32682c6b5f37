//! The record as one computer works with it: the store, this computer's copy of the log, and what it folds to.
//!
//! Invariants: only the fold decides whether an entry counts, whatever the store answered; an entry is kept locally in the
//! order of the log, without gaps; a record that lost or changed entries this computer has seen is never written to.
//! Deliberately absent: which facts to write (the jobs).

use std::sync::Arc;

use crate::{
    catalogue::{Catalogue, sha256_hex},
    crash,
    error::{Code, Error, Result},
    fold::{Break, Fold, Verdict},
    log::{self, Fact, LogEntry, Read, VERSION},
    record::{
        RecordStore,
        append::{LOG, Put, TailError, name_of, put_entry, seq_of, tail},
    },
};

/// How often an append gives way to entries of other computers before it gives up.
const RACES_MAX: u32 = 50;

/// The open record.
#[derive(Debug)]
pub struct Ledger {
    store: Arc<dyn RecordStore>,
    fold: Fold,
    computer: String,
    /// Drawn at the start of this program, never used again.
    writer: String,
    /// Why this may be a copy of the record that this computer knows.
    elsewhere: Option<Error>,
    /// Whether the newest entry known here was found unchanged at the store since the last refresh began.
    confirmed: bool,
}

/// What became of a fact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Appended {
    /// It is in the log, under this number, and it counts.
    Counts { seq: u64 },
    /// It does not count, or was not written because it would not.
    Void(&'static str),
}

/// New entries of the log, to be kept together with what follows from them.
pub type Entries = Vec<(u64, Vec<u8>)>;

impl Ledger {
    /// Folds this computer's copy of the log; touches no network. With a reason why it may be `elsewhere` the record is neither
    /// read nor written.
    pub fn open(
        store: Arc<dyn RecordStore>,
        catalogue: &Catalogue,
        (computer, writer): (String, String),
        elsewhere: Option<Error>,
    ) -> Result<Self> {
        Ok(Self { store, fold: local_fold(catalogue)?, computer, writer, elsewhere, confirmed: false })
    }

    pub fn fold(&self) -> &Fold {
        &self.fold
    }

    pub fn store(&self) -> &dyn RecordStore {
        &*self.store
    }

    pub fn computer(&self) -> &str {
        &self.computer
    }

    /// Reads and folds what other computers wrote; `keep` stores the entries before they count here. Jobs begin with it, so it
    /// looks each time whether the record is still the one known here: it may be put back under a running program.
    pub async fn refresh(&mut self, keep: &mut (dyn FnMut(&Fold, &Entries) -> Result<()> + Send)) -> Result<()> {
        self.confirmed = false;
        self.catch_up(keep).await
    }

    async fn catch_up(&mut self, keep: &mut (dyn FnMut(&Fold, &Entries) -> Result<()> + Send)) -> Result<()> {
        self.confirm().await?;
        let entries = tail(&*self.store, self.fold.through() + 1).await.map_err(damaged_or_away)?;
        self.take(entries, keep)
    }

    /// Appends one fact, giving way to whatever other computers append meanwhile.
    ///
    /// # Errors
    /// `TryLater` means that it is unknown whether the fact was or will be written: the next refresh tells.
    pub async fn append(
        &mut self,
        fact: Fact,
        at: jiff::Timestamp,
        keep: &mut (dyn FnMut(&Fold, &Entries) -> Result<()> + Send),
    ) -> Result<Appended> {
        self.catch_up(keep).await?;
        for _ in 0..RACES_MAX {
            self.refuse_newer()?;
            let entry = self.next_entry(fact.clone(), at);
            if let Verdict::Void(rule) = self.fold.allows(&entry) {
                return Ok(Appended::Void(rule));
            }
            let (seq, bytes) = (entry.seq, entry.to_bytes());
            match put_entry(&*self.store, seq, &bytes).await? {
                Put::Ours => {
                    crash::point("record::appended");
                    self.take(vec![(seq, bytes)], keep)?;
                    return Ok(match self.fold.void().last() {
                        Some((void, rule)) if *void == seq => Appended::Void(rule),
                        Some(_) | None => Appended::Counts { seq },
                    });
                }
                Put::Taken(other) => self.take(vec![(seq, other)], keep)?,
            }
        }
        Err(Error::try_later(
            format!("Other computers wrote to the record {} all the time.", self.store.address()),
            "Try again in a minute.",
        ))
    }

    fn next_entry(&self, fact: Fact, at: jiff::Timestamp) -> LogEntry {
        LogEntry {
            v: VERSION,
            seq: self.fold.through() + 1,
            prev: self.fold.last_sha256().map(str::to_owned),
            at: at.to_string(),
            computer: self.computer.clone(),
            writer: self.writer.clone(),
            fact,
        }
    }

    /// A version that writes what this one cannot read must be the only one that decides.
    pub fn refuse_newer(&self) -> Result<()> {
        match self.fold.newer() {
            None => Ok(()),
            Some(what) => Err(Error::new(
                Code::NewerVersionNeeded,
                format!("A newer Pierrot wrote to the record ({what})."),
                "Update Pierrot on this computer; until then it publishes nothing.",
            )),
        }
    }

    /// The newest entry known here must still be at the store, unchanged: else the record was rewound or replaced.
    async fn confirm(&mut self) -> Result<()> {
        if let Some(elsewhere) = &self.elsewhere {
            return Err(elsewhere.clone());
        }
        let through = self.fold.through();
        if self.confirmed || through == 0 {
            return Ok(());
        }
        let there = self.store.read(&name_of(through)).await?;
        if there.as_deref().map(sha256_hex).as_deref() != self.fold.last_sha256() {
            let what = if there.is_some() { "is not the one this computer knows" } else { "is missing there" };
            return Err(only_a_person(
                format!("The record at {} was replaced or lost entries: entry {through} {what}.", self.store.address()),
                "Run `pierrot check` to see what is wrong; `pierrot check --repair` puts lost entries back. Nothing is \
                 published before.",
            ));
        }
        self.refuse_gaps(through).await?;
        self.confirmed = true;
        Ok(())
    }

    /// Where listing costs nothing, every entry known here must still be there. Changed bytes in the middle are found by
    /// `check`, which reads them all.
    async fn refuse_gaps(&self, through: u64) -> Result<()> {
        if self.store.as_folder().is_none() {
            return Ok(());
        }
        let names = self.store.names(LOG, None).await?;
        let mut numbers = names.iter().filter_map(|name| seq_of(name)).filter(|seq| *seq > 0);
        match (1..=through).find(|seq| numbers.next() != Some(*seq)) {
            None => Ok(()),
            Some(missing) => Err(only_a_person(
                format!("The record at {} lost entries: entry {missing} is missing there.", self.store.address()),
                "This computer still has it; `pierrot check --repair` puts it back. Nothing is published before.",
            )),
        }
    }

    fn take(&mut self, entries: Entries, keep: &mut (dyn FnMut(&Fold, &Entries) -> Result<()> + Send)) -> Result<()> {
        if entries.is_empty() {
            return Ok(());
        }
        let mut fold = self.fold.clone();
        for (seq, bytes) in &entries {
            fold_bytes(&mut fold, *seq, bytes)?;
        }
        keep(&fold, &entries)?;
        self.fold = fold;
        self.confirmed = true;
        Ok(())
    }
}

/// Folds what this computer kept of the log.
pub fn local_fold(catalogue: &Catalogue) -> Result<Fold> {
    let mut fold = Fold::default();
    let mut broken = None;
    catalogue.each_log_entry(|seq, bytes| {
        if broken.is_none() {
            broken = fold_or_why(&mut fold, seq, bytes).err();
        }
    })?;
    // It followed when it was kept.
    broken.map_or(Ok(fold), |why| Err(catalogue.found_damaged(&why).into()))
}

/// Folds the bytes of one entry.
pub fn fold_bytes(fold: &mut Fold, seq: u64, bytes: &[u8]) -> Result<Verdict> {
    fold_or_why(fold, seq, bytes).map_err(|why| damaged(&why))
}

/// Folds the bytes of one entry, or says in a few words why they cannot be the next one.
pub fn fold_or_why(fold: &mut Fold, seq: u64, bytes: &[u8]) -> Result<Verdict, String> {
    let read = log::read(seq, bytes).map_err(|error| error.to_string())?;
    if let Read::Newer { seq, what } = &read {
        tracing::warn!(seq, what, "a newer Pierrot wrote to the record");
    }
    fold.apply(seq, &sha256_hex(bytes), &read).map_err(|error: Break| error.to_string())
}

/// A record that is not what it was: nothing may be written to it, and waiting does not help.
fn only_a_person(message: String, what_now: &str) -> Error {
    Error::new(Code::AskPhotographer, message, what_now)
}

fn damaged(why: &str) -> Error {
    only_a_person(
        format!("The record is damaged: {why}."),
        "Run `pierrot check` to see what is wrong. Nothing is published and nothing is overwritten before it is mended.",
    )
}

fn damaged_or_away(error: TailError) -> Error {
    match error {
        TailError::Store(error) => error.into(),
        TailError::Gap { .. } => only_a_person(
            error.to_string(),
            "Run `pierrot check`; `pierrot check --repair` puts back what this computer still has. Nothing is published before.",
        ),
    }
}
