//! Taking over what the first Pierrot left: its db.json into the catalogue, its wal.json into the log as published.
//!
//! Invariant: nothing of it is overwritten before its content is in the log (wal rows verbatim, db sealed beside it and named
//! there); doing it twice adds nothing.

use std::{collections::BTreeMap, path::Path};

use serde::Serialize;
use serde_json::{Map, Value};

use crate::{
    catalogue::{Row, sha256_hex},
    crash,
    error::{Code, Error, Result},
    fold::Fold,
    handle::{LedgerGuard, Pierrot},
    jobs::documents::{META_FIELDS, seal},
    log::Fact,
    photo::PhotoId,
    record::documents::{self, DB, Found, META, OURS, WAL},
};

/// Rows of wal.json in one log entry.
const ROWS_MAX: usize = 500;
const FILE_BYTES_MAX: u64 = 256 * 1024 * 1024;

/// What was taken over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Imported {
    /// Photos new to the catalogue.
    pub photos: u64,
    /// Photos that now count as published.
    pub published: u64,
    /// Rows whose id is not a photo id; they stay in the sealed copy.
    pub skipped: u64,
}

/// The three files as found.
#[derive(Debug, Default)]
struct Files(BTreeMap<&'static str, Vec<u8>>);

impl Pierrot {
    /// Imports the first Pierrot's files from a folder.
    pub async fn import_record(&self, folder: &Path) -> Result<Imported> {
        let mut files = Files::default();
        for name in [DB, WAL, META] {
            let path = folder.join(name);
            let size = match path.metadata() {
                Ok(found) => found.len(),
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
                Err(error) => return Err(unreadable(&path, &error.to_string())),
            };
            if size > FILE_BYTES_MAX {
                return Err(unreadable(&path, "it is larger than 256 MB"));
            }
            files.0.insert(name, std::fs::read(&path).map_err(|error| unreadable(&path, &error.to_string()))?);
        }
        if !files.0.contains_key(DB) && !files.0.contains_key(WAL) {
            return Err(Error::failed(
                format!("{} has neither {DB} nor {WAL}.", folder.display()),
                "Name the folder with the first Pierrot's files.",
            ));
        }
        let mut ledger = self.ready_ledger().await?;
        let imported = self.import_files(&mut ledger, &files).await?;
        self.write_catalogue_documents(ledger.store()).await?;
        self.try_wal_document(&mut ledger).await?;
        Ok(imported)
    }

    /// Takes over documents that lie at the record and were not written by this Pierrot.
    pub(crate) async fn take_over(&self, ledger: &mut LedgerGuard<'_>) -> Result<()> {
        let mut files = Files::default();
        if let Some(wal) = ledger.store().read(WAL).await? {
            match documents::read_document(Some(&wal)) {
                Found::Object(fields) if fields.contains_key(OURS) => {
                    self.refuse_lost_entries(ledger, &fields).await?;
                    if !fresh_rows(ledger.fold(), &fields).is_empty() {
                        files.0.insert(WAL, wal);
                    }
                }
                Found::Unreadable(_) if ledger.fold().through() > 0 => {}
                Found::Object(_) | Found::Unreadable(_) | Found::Nothing => {
                    files.0.insert(WAL, wal);
                }
            }
        }
        if ledger.fold().through() == 0 || files.0.contains_key(WAL) {
            let store = ledger.store();
            let meta = store.read(META).await?;
            let ours = matches!(documents::read_document(meta.as_deref()), Found::Object(fields) if fields.contains_key("pierrot_db_sha256"));
            if !ours && let Some(db) = store.read(DB).await? {
                files.0.insert(DB, db);
                files.0.extend(meta.map(|meta| (META, meta)));
            }
        }
        if files.0.is_empty() {
            return Ok(());
        }
        files.refuse_unreadable().map_err(|error| Error { code: Code::AskPhotographer, ..error })?;
        tracing::info!(at = ledger.store().address(), "taking over the documents of the first Pierrot");
        self.import_files(ledger, &files).await?;
        self.try_wal_document(ledger).await
    }

    /// What was published is written into the document after it is in the log: a document that knows more says that the log was
    /// cut. Going on from there would give numbers twice, and the computers that know the rest could never put it back.
    async fn refuse_lost_entries(&self, ledger: &mut LedgerGuard<'_>, fields: &Map<String, Value>) -> Result<()> {
        let Some(knows) = super::documents::through(fields).filter(|knows| *knows > ledger.fold().through()) else {
            return Ok(());
        };
        // Another computer may have written both since the log was read.
        self.refresh(ledger).await?;
        let through = ledger.fold().through();
        if knows <= through {
            return Ok(());
        }
        let place = ledger.store().address();
        let message =
            format!("The record at {place} lost entries: {WAL} knows entry {knows}, but the log ends at {through}.");
        let what_now = "Put the missing entries back: on a computer that published with this record run `pierrot check --repair`, or take \
                        them from a backup or the bucket's versions. If they are lost for good, `pierrot check --repair` here counts \
                        what the document lists as published. Nothing is published before.";
        Err(Error::new(Code::AskPhotographer, message, what_now))
    }

    /// Takes over the document although the log is shorter than it says: a person gave the missing entries up.
    pub(crate) async fn give_up_lost_entries(&self) -> Result<()> {
        let mut ledger = self.refreshed_ledger().await?;
        let Some(wal) = ledger.store().read(WAL).await? else { return Ok(()) };
        let Found::Object(fields) = documents::read_document(Some(&wal)) else { return Ok(()) };
        if super::documents::through(&fields) > Some(ledger.fold().through()) {
            self.import_files(&mut ledger, &Files(BTreeMap::from([(WAL, wal)]))).await?;
            // Its old content is sealed and named in the log now.
            ledger.store().replace(WAL, documents::wal(&self.catalogue, ledger.fold())?).await?;
        }
        Ok(())
    }

    async fn import_files(&self, ledger: &mut LedgerGuard<'_>, files: &Files) -> Result<Imported> {
        let mut imported = Imported::default();
        let wal = files.object(WAL)?;
        self.keep_meta_fields(files)?;
        let mut sealed = BTreeMap::new();
        for (name, bytes) in &files.0 {
            seal(ledger.store(), name, bytes).await?;
            sealed.insert(documents::sealed_name(name, bytes), sha256_hex(bytes));
            crash::point("import::after_seal");
        }
        let mut rows: Vec<Row> = Vec::new();
        for (name, bytes) in files.0.iter().filter(|(name, _)| **name != META) {
            let read = documents::each_row(bytes, |id, row| rows.extend(self.row(&id, row, &mut imported)));
            read.map_err(|why| unreadable_document(name, &why))?;
        }
        let fresh = fresh_rows(ledger.fold(), &wal);
        imported.published = fresh.len() as u64;
        let (target, _) = self.target(None)?;
        let known = sealed.iter().all(|(name, sha256)| ledger.fold().files().get(name) == Some(sha256));
        if !fresh.is_empty() || !known {
            for rows in chunks(fresh) {
                let (target, files) = (target.to_owned(), sealed.clone());
                let fact = Fact::Imported { target, published: rows, files, by_hand: false };
                self.append(ledger, fact).await?;
                crash::point("import::after_entry");
            }
        }
        imported.photos = self.catalogue.import_rows(rows)?;
        self.catalogue_changed()?;
        Ok(imported)
    }

    /// What else stands in a `pierrot-meta.json` goes into ours; ours counts for itself.
    fn keep_meta_fields(&self, files: &Files) -> Result<()> {
        let Found::Object(mut found) = documents::read_document(files.0.get(META).map(Vec::as_slice)) else {
            return Ok(());
        };
        found.retain(|name, _| !["photos", "pierrot_db_sha256", documents::LIVES_AT].contains(&name.as_str()));
        if found.is_empty() {
            return Ok(());
        }
        let mut kept: Map<String, Value> = self.catalogue.state(META_FIELDS)?.unwrap_or_default();
        for (name, value) in found {
            kept.entry(name).or_insert(value);
        }
        Ok(self.catalogue.set_state(META_FIELDS, &kept)?)
    }

    fn row(&self, id: &str, mut fields: Map<String, Value>, imported: &mut Imported) -> Option<Row> {
        // Where it was published belongs to the log, not to the photo.
        fields.remove("pierrot_wal_timestamp");
        let row = documents::row_from_db(id, &fields);
        if row.is_none() {
            imported.skipped += 1;
        }
        Some(Row { first_seen_us: self.now().as_microsecond(), ..row? })
    }
}

impl Files {
    /// A document that cannot be read hides what was published.
    fn refuse_unreadable(&self) -> Result<()> {
        for (name, bytes) in self.0.iter().filter(|(name, _)| **name != META) {
            documents::each_row(bytes, |_, _| {}).map_err(|why| unreadable_document(name, &why))?;
        }
        Ok(())
    }

    fn object(&self, name: &str) -> Result<Map<String, Value>> {
        match documents::read_document(self.0.get(name).map(Vec::as_slice)) {
            Found::Object(fields) => Ok(fields),
            Found::Nothing => Ok(Map::new()),
            Found::Unreadable(why) => Err(unreadable_document(name, &why)),
        }
    }
}

fn unreadable_document(name: &str, why: &str) -> Error {
    Error::failed(
        format!("{name} cannot be read ({why}), so it is unknown what was published before."),
        "Mend that file or put back an older version of it; nothing was changed.",
    )
}

/// Rows that do not count as published yet.
pub(crate) fn fresh_rows(fold: &Fold, wal: &Map<String, Value>) -> Map<String, Value> {
    // What we wrote ourselves, from a log that this one continues, and that is not published any more, was taken back.
    let ours = super::documents::through(wal).is_some_and(|through| through > 0 && through <= fold.through());
    wal.iter()
        .filter(|(id, row)| {
            let known = id.parse::<PhotoId>().is_ok_and(|photo| fold.is_published(&photo));
            let taken_back = ours && row.get(documents::POSTS).is_some();
            id.as_str() != OURS && row.is_object() && !known && !taken_back
        })
        .map(|(id, row)| (id.clone(), row.clone()))
        .collect()
}

/// At most so many rows an entry, and at least one chunk, so that the sealed files are named.
fn chunks(rows: Map<String, Value>) -> Vec<Map<String, Value>> {
    let mut chunks = vec![Map::new()];
    for (id, row) in rows {
        if chunks.last().is_none_or(|chunk| chunk.len() >= ROWS_MAX) {
            chunks.push(Map::new());
        }
        if let Some(chunk) = chunks.last_mut() {
            chunk.insert(id, row);
        }
    }
    chunks
}

fn unreadable(path: &Path, why: &str) -> Error {
    Error::failed(format!("{} cannot be read ({why}).", path.display()), "Check the file and try again.")
}
