//! Writing the derived documents to the record, db before meta, and never over something nobody has read.
//!
//! Invariant: bytes that Pierrot did not write are sealed under `imported/` before a document takes their place. A document
//! that could not be written is written at the next occasion; publications do not depend on it.

use serde_json::{Map, Value};

use crate::{
    catalogue::sha256_hex,
    crash,
    error::{Error, Result},
    handle::{LedgerGuard, Pierrot},
    jobs::{import::fresh_rows, whereabouts::address_for_all},
    record::{
        Created, RecordStore,
        documents::{self, Found, OURS},
    },
};

/// What this computer last wrote, by SHA-256; bytes that differ came from elsewhere.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub(crate) struct Written {
    pub db: String,
    pub photos: u64,
    pub place: String,
    /// The version of the catalogue's rows they were made from.
    #[serde(default)]
    pub rows: u64,
}

/// Fields of an imported `pierrot-meta.json` that Pierrot does not know; they go into ours.
pub(crate) const META_FIELDS: &str = "meta_fields";
/// The SHA-256 of the `pierrot-db.json` this computer is about to write, so that it knows it again after a crash.
const DB_UNDER_WAY: &str = "db_under_way";

impl Pierrot {
    /// Writes `pierrot-db.json` and then `pierrot-meta.json` when the catalogue differs from what the record has.
    pub(crate) async fn write_catalogue_documents(&self, store: &dyn RecordStore) -> Result<()> {
        let rows = self.catalogue.rows_version()?;
        let (bytes, photos) = documents::db(&self.catalogue)?;
        let sha256 = sha256_hex(&bytes);
        let meta_bytes = store.read(documents::META).await?;
        let mut known = match (documents::read_document(meta_bytes.as_deref()), &meta_bytes) {
            (Found::Object(fields), _) => fields,
            (Found::Unreadable(_), Some(bytes)) => {
                seal(store, documents::META, bytes).await?;
                Map::new()
            }
            (Found::Nothing | Found::Unreadable(_), _) => Map::new(),
        };
        let there = known.len();
        let imported: Map<String, Value> = self.catalogue.state(META_FIELDS)?.unwrap_or_default();
        for (name, value) in imported {
            known.entry(name).or_insert(value);
        }
        if let Some((name, address)) = address_for_all(store) {
            known.entry(name).or_insert(address);
        }
        let vouched = known.len() == there
            && known.get("pierrot_db_sha256").and_then(Value::as_str) == Some(sha256.as_str())
            && known.get("photos").and_then(Value::as_u64) == Some(photos);
        let written: Option<Written> = self.catalogue.state("documents")?;
        let now = Written { db: sha256, photos, place: store.address(), rows };
        if vouched && written.as_ref().is_some_and(|written| written.db == now.db && written.place == now.place) {
            self.catalogue.set_state("documents", &now)?;
            return Ok(self.catalogue.set_state("documents_pending", &false)?);
        }
        let vouched_for = known.get("pierrot_db_sha256").and_then(Value::as_str);
        self.seal_foreign_db(store, [vouched_for, written.as_ref().map(|written| written.db.as_str())]).await?;
        self.catalogue.set_state(DB_UNDER_WAY, &now.db)?;
        store.replace(documents::DB, bytes).await?;
        crash::point("documents::after_db");
        store.replace(documents::META, documents::meta(&now.db, photos, known)).await?;
        crash::point("documents::after_meta");
        self.catalogue.set_state("documents", &now)?;
        self.catalogue.set_state("documents_pending", &false)?;
        Ok(())
    }

    /// Seals a `pierrot-db.json` that somebody changed: no meta vouches for it and this computer did not write it.
    async fn seal_foreign_db(&self, store: &dyn RecordStore, ours: [Option<&str>; 2]) -> Result<()> {
        let Some(there) = store.read(documents::DB).await? else { return Ok(()) };
        let sha256 = sha256_hex(&there);
        let under_way: Option<String> = self.catalogue.state(DB_UNDER_WAY)?;
        if ours.contains(&Some(sha256.as_str())) || under_way.is_some_and(|under_way| under_way == sha256) {
            return Ok(());
        }
        seal(store, documents::DB, &there).await
    }

    /// Whether rows changed since `pierrot-db.json` was last written.
    pub(crate) fn documents_behind(&self) -> Result<bool> {
        let written: u64 = self.catalogue.state::<Written>("documents")?.map_or(0, |written| written.rows);
        Ok(written != self.catalogue.rows_version()?)
    }

    /// What a publication learned of its photo at the source; a failure is mended by the next sync.
    pub(crate) async fn write_catalogue_documents_if_behind(&self, store: &dyn RecordStore) {
        let outcome = match self.documents_behind() {
            Ok(false) => return,
            Ok(true) => self.write_catalogue_documents(store).await,
            Err(error) => Err(error),
        };
        if let Err(error) = outcome {
            tracing::warn!(%error, "pierrot-db.json could not be written now; it will be at the next occasion");
        }
    }

    /// Writes `pierrot-wal.json` from the fold; a failure is noted and mended later.
    pub(crate) async fn write_wal_document(&self, ledger: &mut LedgerGuard<'_>) {
        if let Err(error) = self.try_wal_document(ledger).await {
            tracing::warn!(%error, "pierrot-wal.json could not be written now; it will be at the next occasion");
        }
    }

    pub(crate) async fn try_wal_document(&self, ledger: &mut LedgerGuard<'_>) -> Result<()> {
        let store = ledger.store();
        if let Some(there) = store.read(documents::WAL).await? {
            match documents::read_document(Some(&there)) {
                Found::Object(fields) if through(&fields) > Some(ledger.fold().through()) => return Ok(()),
                // Somebody else wrote rows meanwhile: they go into the log first.
                Found::Object(fields) if !fresh_rows(ledger.fold(), &fields).is_empty() => return Err(foreign()),
                Found::Object(fields) if documents::wal_is_untouched(&there, &fields) => {}
                Found::Object(_) | Found::Unreadable(_) | Found::Nothing => seal(store, documents::WAL, &there).await?,
            }
        }
        store.replace(documents::WAL, documents::wal(&self.catalogue, ledger.fold())?).await?;
        self.catalogue.set_state("wal_through", &ledger.fold().through())?;
        Ok(())
    }

    pub(crate) async fn write_wal_document_if_stale(&self, ledger: &mut LedgerGuard<'_>) {
        let written: u64 = self.catalogue.state("wal_through").ok().flatten().unwrap_or(0);
        if written < ledger.fold().through() {
            self.write_wal_document(ledger).await;
        }
    }
}

fn foreign() -> Error {
    Error::try_later(
        "pierrot-wal.json was written by the first Pierrot meanwhile.",
        "Run `pierrot recover`: it takes it over.",
    )
}

/// Through which log entry a `pierrot-wal.json` holds.
pub(crate) fn through(fields: &Map<String, Value>) -> Option<u64> {
    fields.get(OURS)?.get("through")?.as_u64()
}

/// Keeps bytes for ever under a name made from them; there already is fine.
pub(crate) async fn seal(store: &dyn RecordStore, name: &str, bytes: &[u8]) -> Result<()> {
    let sealed = documents::sealed_name(name, bytes);
    match store.create(&sealed, bytes).await? {
        Created::Done | Created::Exists => Ok(()),
        Created::Unsure(_) => match store.read(&sealed).await? {
            Some(there) if there == bytes => Ok(()),
            Some(_) | None => Ok(store.replace(&sealed, bytes.to_vec()).await?),
        },
    }
}
