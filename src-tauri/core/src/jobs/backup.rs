//! A copy of the record on this computer, complete by itself: naming it as the record's folder brings everything back.
//!
//! Invariant: a backup has its name only when all of it is on the disk. It says where the record lives, so that nobody goes on
//! publishing from it beside the record.

use std::{
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
};

use serde::Serialize;
use serde_json::{Map, Value};

use crate::{
    catalogue::{Catalogue, sha256_hex, sort_out_io, sync_folder},
    error::Result,
    fold::Fold,
    handle::{Pierrot, off},
    jobs::documents::META_FIELDS,
    record::{
        append::name_of,
        documents::{self, DB, LIVES_AT, META, WAL},
    },
};

/// A backup that was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ts_rs::TS)]
pub struct Backup {
    pub folder: String,
    /// Entries of the log.
    pub entries: u32,
    pub photos: u32,
}

/// What goes into one beside the catalogue.
struct Content {
    fold: Fold,
    /// Files of the first Pierrot, by name.
    sealed: Vec<(String, Vec<u8>)>,
    /// Where the record lives.
    lives_at: String,
    config: Option<Vec<u8>>,
}

impl Pierrot {
    /// Copies the log, the documents and config.toml into a folder of its own below the home.
    pub async fn backup(&self) -> Result<Backup> {
        let ledger = self.ready_ledger().await?;
        let mut sealed = Vec::new();
        for name in ledger.fold().files().keys() {
            sealed.extend(ledger.store().read(name).await?.map(|bytes| (name.clone(), bytes)));
        }
        let config = fs::read(self.home.config()).ok();
        let content = Content { fold: ledger.fold().clone(), sealed, lives_at: self.record_at(ledger.store()), config };
        drop(ledger);
        let folder = self.home.backups().join(self.now().strftime("%Y-%m-%dT%H-%M-%SZ").to_string());
        let catalogue = self.catalogue.clone();
        off(move || write(&catalogue, &content, &folder)).await
    }
}

fn write(catalogue: &Catalogue, content: &Content, folder: &Path) -> Result<Backup> {
    let io = |source: io::Error| crate::Error::from(sort_out_io(source, folder));
    // Below the name it gets in the end, and never counted as one before.
    let part = folder.with_extension("part");
    if part.exists() {
        fs::remove_dir_all(&part).map_err(io)?;
    }
    let put = |name: &str, bytes: &[u8]| put(&part.join(name), bytes).map_err(io);
    let mut failed = None;
    let mut entries = 0;
    catalogue.each_log_entry(|seq, bytes| {
        if failed.is_none() && seq <= content.fold.through() {
            failed = put(&name_of(seq), bytes).err();
            entries += 1;
        }
    })?;
    failed.map_or(Ok(()), Err)?;
    for (name, bytes) in &content.sealed {
        put(name, bytes)?;
    }
    let (db, photos) = documents::db(catalogue)?;
    let mut known: Map<String, Value> = catalogue.state(META_FIELDS)?.unwrap_or_default();
    known.insert(LIVES_AT.to_owned(), content.lives_at.clone().into());
    put(META, &documents::meta(&sha256_hex(&db), photos, known))?;
    put(DB, &db)?;
    put(WAL, &documents::wal(catalogue, &content.fold)?)?;
    if let Some(config) = &content.config {
        put("config.toml", config)?;
    }
    // The names of its files are as durable as the files.
    let folders = fs::read_dir(&part).map_err(io)?.flatten().map(|entry| entry.path()).filter(|path| path.is_dir());
    for folder in folders.chain([part.clone()]) {
        sync_folder(&folder.join(META)).map_err(io)?;
    }
    fs::rename(&part, folder)
        .and_then(|()| sync_folder(folder))
        .and_then(|()| folder.parent().map_or(Ok(()), sync_folder))
        .map_err(io)?;
    let photos = u32::try_from(photos).unwrap_or(u32::MAX);
    Ok(Backup { folder: folder.display().to_string(), entries, photos })
}

/// One file, on the disk before the backup gets its name.
fn put(path: &PathBuf, bytes: &[u8]) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut file = File::create(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}
