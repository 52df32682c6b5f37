//! Checking the record: the log's numbers, bytes and rules, and the documents against log and catalogue.
//!
//! Invariant: checking changes nothing; repairing makes derived documents anew and puts back entries this computer still has,
//! and never writes over an entry: a broken one in a folder is moved aside first, where the chain of hashes says that this
//! computer's bytes are the right ones.

use serde::Serialize;
use serde_json::Value;

use crate::{
    catalogue::{quoted, sha256_hex},
    error::Result,
    fold::{Fold, Stand},
    handle::Pierrot,
    log,
    record::{
        RecordStore,
        append::{LOG, Put, name_of, put_entry, seq_of},
        documents::{self, DB, Found, META, OURS, WAL},
        ledger::{fold_or_why, local_fold},
    },
};

/// What was found, and what was mended.
#[derive(Clone, Debug, Default, PartialEq, Serialize, ts_rs::TS)]
pub struct CheckReport {
    pub clean: bool,
    /// Entries of the log that were read.
    pub entries: u64,
    pub published: usize,
    pub photos: u64,
    pub findings: Vec<Finding>,
    /// Entries this computer can put back.
    #[serde(skip)]
    #[ts(skip)]
    put_back: Vec<u64>,
    /// Whether this look is the one after a repair: then nothing advises to repair.
    #[serde(skip)]
    #[ts(skip)]
    repaired: bool,
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ts_rs::TS)]
pub struct Finding {
    /// The name of the document or entry.
    pub document: String,
    pub wrong: String,
    /// What would mend it.
    pub mend: String,
    pub mended: bool,
}

impl Pierrot {
    /// Reads the whole record and says what is wrong; with `repair`, mends what can be.
    pub async fn check(&self, repair: bool) -> Result<CheckReport> {
        let store = if repair { self.store_to_mend().await? } else { self.store().await? };
        let mut report = self.look_over(&*store, false).await?;
        if !repair || report.findings.is_empty() {
            report.clean = report.findings.is_empty();
            return Ok(report);
        }
        self.put_back_entries(&*store, &report.put_back).await?;
        self.go_on_here(&*store).await?;
        self.close_ledger().await;
        // The log is whole again, or what follows says why not.
        if self.give_up_lost_entries().await.is_ok()
            && let Ok(mut ledger) = self.ready_ledger().await
        {
            self.catalogue.set_state("documents", &Value::Null)?;
            if report.photos > 0 {
                self.write_catalogue_documents(ledger.store()).await?;
            }
            self.try_wal_document(&mut ledger).await?;
        }
        let after = self.look_over(&*store, true).await?;
        for finding in &mut report.findings {
            match after.findings.iter().find(|left| left.document == finding.document) {
                Some(left) => finding.mend.clone_from(&left.mend),
                None => finding.mended = true,
            }
        }
        (report.entries, report.published) = (after.entries, after.published);
        report.findings.extend(
            after
                .findings
                .iter()
                .filter(|left| !report.findings.iter().any(|f| f.document == left.document))
                .cloned()
                .collect::<Vec<_>>(),
        );
        report.clean = after.findings.is_empty();
        Ok(report)
    }

    async fn look_over(&self, store: &dyn RecordStore, repaired: bool) -> Result<CheckReport> {
        let photos = self.catalogue.photos_total()?;
        let mut report = CheckReport { photos, repaired, ..CheckReport::default() };
        if let Some(elsewhere) = self.maybe_a_copy(store).await? {
            report.find("record", elsewhere.message.trim_end_matches('.'), &elsewhere.what_now);
        }
        let (fold, known) = self.check_log(store, &mut report).await?;
        report.published = fold.imported().len()
            + fold.attempts().filter(|attempt| matches!(attempt.stand, Stand::Posted { .. })).count();
        for (name, sha256) in fold.files() {
            match store.read(name).await? {
                Some(bytes) if sha256_hex(&bytes) == *sha256 => {}
                Some(_) => {
                    report.find(name, "its bytes are not those that were taken over", "Put the original file back.")
                }
                None => report.find(name, "it is missing", "Put the original file back."),
            }
        }
        if let Some(what) = fold.newer() {
            report.find(LOG, &format!("a newer Pierrot wrote to it ({what})"), "Update Pierrot on this computer.");
        }
        self.check_db(store, &fold, &mut report).await?;
        if known {
            check_wal(store.read(WAL).await?.as_deref(), &fold, &mut report);
        }
        Ok(report)
    }

    /// Every entry from 1 on: there, readable, following the one before, and the same as this computer saw it. What the log
    /// folds to, and whether that is all of it.
    async fn check_log(&self, store: &dyn RecordStore, report: &mut CheckReport) -> Result<(Fold, bool)> {
        let names = store.names(LOG, None).await?;
        let last_there = names.iter().filter_map(|name| seq_of(name)).max().unwrap_or(0);
        let last = last_there.max(self.catalogue.log_through()?);
        for name in names.iter().filter(|name| seq_of(name).is_none()) {
            report.find(name, "it is not an entry of the log", "Move the file elsewhere.");
        }
        let mut fold = Fold::default();
        let mut whole = true;
        for seq in 1..=last {
            let name = name_of(seq);
            let kept = self.catalogue.log_entry(seq)?;
            match (store.read(&name).await?, kept) {
                (None, kept) => {
                    whole = false;
                    report.lost(seq, "the entry is missing", kept.is_some());
                }
                (Some(bytes), Some(kept)) if kept != bytes => {
                    (whole, report.entries) = (false, report.entries + 1);
                    self.judge_changed(store, seq, (&kept, &bytes), report).await?;
                }
                (Some(bytes), _) => {
                    report.entries += 1;
                    if whole && let Err(why) = fold_or_why(&mut fold, seq, &bytes) {
                        whole = false;
                        report.lost(seq, &why, false);
                    }
                }
            }
        }
        for (seq, rule) in fold.void() {
            tracing::debug!(seq, rule, "void, as the rules say");
        }
        if whole {
            return Ok((fold, true));
        }
        let fold = local_fold(&self.catalogue)?;
        let known = fold.through() >= last;
        Ok((fold, known))
    }

    /// An entry that is not as this computer saw it: broken there, or another history.
    async fn judge_changed(
        &self,
        store: &dyn RecordStore,
        seq: u64,
        (ours, theirs): (&[u8], &[u8]),
        report: &mut CheckReport,
    ) -> Result<()> {
        let (name, broken) = (name_of(seq), "the entry was changed after this computer read it");
        let next = store.read(&name_of(seq + 1)).await?.and_then(|bytes| quoted(&bytes).ok().flatten());
        let before = self.catalogue.log_entry(seq.saturating_sub(1))?.map(|bytes| sha256_hex(&bytes));
        let ours_is_right = match next {
            Some(next) if next == sha256_hex(ours) => true,
            Some(next) if next == sha256_hex(theirs) => false,
            // Nothing that follows can tell: ours is right where theirs cannot be the entry here.
            Some(_) | None => log::read(seq, theirs).is_err() || quoted(theirs).ok().flatten() != before,
        };
        if !ours_is_right {
            let mend = "The record was replaced, or this computer knows another one: put the original file back, or name \
                        the right place in [record] of config.toml.";
            report.find(&name, broken, mend);
        } else if store.as_folder().is_some() {
            report.lost(seq, broken, true);
        } else {
            let mend = "Bring the object's earlier version back: entries in a bucket are never written over.";
            report.find(&name, broken, mend);
        }
        Ok(())
    }

    async fn check_db(&self, store: &dyn RecordStore, fold: &Fold, report: &mut CheckReport) -> Result<()> {
        let remake = &report.remake("catalogue");
        let (db, meta) = (store.read(DB).await?, store.read(META).await?);
        if db.is_none() && meta.is_none() && report.photos == 0 {
            return Ok(());
        }
        let counted = match &db {
            None => {
                report.find(DB, "it is missing", remake);
                None
            }
            Some(bytes) => self.compare_rows(bytes, fold, report, remake)?,
        };
        let fields = match documents::read_document(meta.as_deref()) {
            Found::Object(fields) => fields,
            Found::Nothing => {
                report.find(META, "it is missing", remake);
                return Ok(());
            }
            Found::Unreadable(why) => {
                report.find(META, &format!("it cannot be read ({why})"), remake);
                return Ok(());
            }
        };
        let sha256 = db.as_deref().map(sha256_hex);
        if db.is_some() && fields.get("pierrot_db_sha256").and_then(Value::as_str) != sha256.as_deref() {
            report.find(META, &format!("its SHA-256 is not that of {DB}"), remake);
        }
        let said = fields.get("photos").and_then(Value::as_u64);
        if let Some(counted) = counted.filter(|counted| said != Some(*counted)) {
            let said = said.map_or_else(|| "no".to_owned(), |said| said.to_string());
            report.find(META, &format!("it counts {said} photos, {DB} has {counted}"), remake);
        }
        Ok(())
    }

    /// Holds every row against the catalogue; another computer's newer row is no damage. How many rows there are.
    fn compare_rows(&self, bytes: &[u8], fold: &Fold, report: &mut CheckReport, remake: &str) -> Result<Option<u64>> {
        let (mut differing, mut same, mut failed) = (0_u64, 0_u64, None);
        let read = documents::each_row(bytes, |id, row| {
            let known = id.parse().map_or(Ok(None), |id| self.catalogue.photo(&id));
            match known {
                Ok(Some(ours)) if documents::same_row(&row, &documents::db_row(&ours)) => same += 1,
                Ok(_) => differing += 1,
                Err(error) => failed = Some(error),
            }
        });
        if let Some(error) = failed {
            return Err(error.into());
        }
        let counted = match read {
            Ok(counted) => counted,
            Err(why) => {
                report.find(DB, &format!("it cannot be read ({why})"), remake);
                return Ok(None);
            }
        };
        let absent = report.photos.saturating_sub(same);
        if fold.computers().len() <= 1 && report.photos > 0 && (differing > 0 || absent > 0) {
            let wrong = format!("it differs from the catalogue in {} rows", differing.max(absent));
            report.find(DB, &wrong, remake);
        }
        Ok(Some(counted))
    }

    async fn put_back_entries(&self, store: &dyn RecordStore, entries: &[u64]) -> Result<()> {
        for seq in entries {
            let Some(bytes) = self.catalogue.log_entry(*seq)? else { continue };
            let broken = store.read(&name_of(*seq)).await?.is_some_and(|there| there != bytes);
            if broken && let Some(folder) = store.as_folder() {
                let aside = folder.set_aside(&name_of(*seq)).await?;
                tracing::warn!(seq, "the broken entry is kept as {aside} beside the log");
            }
            if let Put::Taken(_) = put_entry(store, *seq, &bytes).await? {
                tracing::warn!(seq, "somebody wrote this entry meanwhile");
            }
        }
        Ok(())
    }
}

impl CheckReport {
    /// An entry of the log that is not there as it should be.
    fn lost(&mut self, seq: u64, wrong: &str, ours: bool) {
        let mend = match (ours, self.repaired) {
            (true, false) => "This computer still has it; `pierrot check --repair` puts it back.",
            (true, true) => "This computer still has it, but it could not be put back.",
            (false, _) => {
                "It cannot be mended here, this computer has no copy: put the file back from a backup or a bucket \
                 version, or mend the record on a computer that published before."
            }
        };
        self.find(&name_of(seq), wrong, mend);
        if ours {
            self.put_back.push(seq);
        }
    }

    /// What mends a derived document made from `source`.
    fn remake(&self, source: &str) -> String {
        if self.repaired {
            "It could not be made anew: the log has to be whole first.".to_owned()
        } else {
            format!("Run `pierrot check --repair`: it is made anew from the {source}.")
        }
    }

    fn find(&mut self, document: &str, wrong: &str, mend: &str) {
        self.findings.push(Finding {
            document: document.to_owned(),
            wrong: wrong.to_owned(),
            mend: mend.to_owned(),
            mended: false,
        });
    }
}

/// Every published photo must stand in `pierrot-wal.json`, and it must not claim to know more than the log.
fn check_wal(bytes: Option<&[u8]>, fold: &Fold, report: &mut CheckReport) {
    let remake = &report.remake("log");
    let fields = match documents::read_document(bytes) {
        Found::Object(fields) => fields,
        Found::Nothing if report.published == 0 => return,
        Found::Nothing => return report.find(WAL, "it is missing", remake),
        Found::Unreadable(why) => return report.find(WAL, &format!("it cannot be read ({why})"), remake),
    };
    let ours = fields.get(OURS);
    let through = ours.and_then(|ours| ours.get("through")).and_then(Value::as_u64);
    let posted = |attempt: &&crate::fold::Attempt| matches!(attempt.stand, Stand::Posted { .. });
    let photos = fold.attempts().filter(posted).map(|attempt| &attempt.about.photo).chain(fold.imported().keys());
    let mut absent: Vec<String> =
        photos.filter(|photo| !fields.contains_key(photo.as_str())).map(ToString::to_string).collect();
    absent.dedup();
    match through {
        None => {
            report.find(WAL, "it was not written by this Pierrot and waits to be taken over", "Run `pierrot recover`.")
        }
        Some(through) if through > fold.through() => report.find(
            WAL,
            &format!("it knows entry {through}, but the log ends at {}: entries were lost", fold.through()),
            "Put them back: on a computer that published with this record run `pierrot check --repair`, or take them from a backup \
             or the bucket's versions. If they are lost for good, `pierrot check --repair` here counts what the document lists as \
             published.",
        ),
        Some(_) if !absent.is_empty() => {
            absent.truncate(5);
            report.find(WAL, &format!("published photos are not in it: {}", absent.join(", ")), remake);
        }
        Some(_) => {}
    }
    let extra = fields
        .keys()
        .filter(|id| id.as_str() != OURS)
        .filter(|id| id.parse().is_ok_and(|photo| !fold.is_published(&photo)));
    if through.is_some()
        && let Some(id) = extra.into_iter().next()
    {
        report.find(WAL, &format!("photo {id} stands in it, but the log does not know that it was published"), remake);
    }
}
