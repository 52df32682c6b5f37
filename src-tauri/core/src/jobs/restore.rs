//! A new computer, or a lost one: everything comes back from the record, then the catalogue is completed from the source.
//!
//! Invariant: restoring only reads the record (it may take over what the first Pierrot left) and never makes one; doing it
//! twice changes nothing. A damaged catalogue keeps its name until its successor is complete, and is never deleted.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use serde::Serialize;

use crate::{
    catalogue::{Catalogue, CatalogueError, Row, sort_out_io, sync_folder},
    error::{Error, Result},
    fold::Stand,
    handle::{Pierrot, World},
    home::Home,
    jobs::sync::SyncReport,
    record::{
        RecordStore,
        append::LOG,
        documents::{self, DB, META, WAL},
    },
    settings::{RecordKind, Settings},
};

/// Damaged catalogues kept in one home.
const SET_ASIDE_MAX: u32 = 1_000;

/// What came back.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Restored {
    pub entries: u64,
    pub published: usize,
    /// Photos read from the record's documents that the catalogue did not have.
    pub photos: u64,
    /// Photos after completing from the source.
    pub total: u64,
    pub sync: Option<SyncReport>,
    /// Where a damaged catalogue lies now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub set_aside: Option<String>,
    /// Why the source could not complete it; the record's part is there.
    #[serde(skip)]
    pub source_error: Option<Error>,
}

/// A home that is being restored.
#[derive(Debug)]
pub struct Restoring {
    pierrot: Pierrot,
    /// Whether the catalogue in place cannot be used.
    damaged: bool,
}

impl Pierrot {
    /// Opens a home to restore it, also when its catalogue is damaged.
    pub fn open_for_restore(root: &Path, world: World) -> Result<Restoring> {
        let home = Arc::new(Home::open(root)?);
        let settings = Settings::load(&home.config())?;
        let under_way = home.catalogue_under_way();
        match fs::remove_file(&under_way) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(sort_out_io(error, &under_way).into());
            }
            Ok(()) | Err(_) => {}
        }
        let opened = Catalogue::open(&home.catalogue()).and_then(|catalogue| {
            catalogue.verify()?;
            Ok(catalogue)
        });
        let (catalogue, damaged) = match opened {
            Ok(catalogue) => (catalogue, false),
            Err(CatalogueError::Damaged { why, .. }) => {
                tracing::warn!("the catalogue is damaged ({why}); it is built anew and the old file set aside");
                (Catalogue::open(&under_way)?, true)
            }
            Err(error) => return Err(error.into()),
        };
        Ok(Restoring { pierrot: Self::around(home, settings, catalogue, world)?, damaged })
    }

    pub async fn restore(&self) -> Result<Restored> {
        self.refuse_without_record().await?;
        let ledger = self.ready_ledger().await?;
        let mut rows = Vec::new();
        for name in [DB, WAL] {
            let bytes = ledger.store().read(name).await?;
            let Some(bytes) = bytes else { continue };
            if let Err(why) = documents::each_row(&bytes, |id, row| rows.extend(documents::row_from_db(&id, &row))) {
                tracing::warn!(name, why, "this document cannot be read; Flickr completes the catalogue");
            }
        }
        let now_us = self.now().as_microsecond();
        let rows: Vec<Row> = rows.into_iter().map(|row| Row { first_seen_us: now_us, ..row }).collect();
        let photos = self.catalogue.import_rows(rows)?;
        self.catalogue_changed()?;
        self.ensure_pools(ledger.fold())?;
        let (entries, posted) =
            (ledger.fold().through(), |a: &&crate::fold::Attempt| matches!(a.stand, Stand::Posted { .. }));
        let published = ledger.fold().attempts().filter(posted).count() + ledger.fold().imported().len();
        drop(ledger);
        let (sync, source_error) = match self.sync(true).await {
            Ok(report) => (Some(report), None),
            Err(error) => (None, Some(error)),
        };
        let total = self.catalogue.photos_total()?;
        Ok(Restored { entries, published, photos, total, sync, set_aside: None, source_error })
    }

    /// An empty place is no record: going on from it would publish everything once more.
    async fn refuse_without_record(&self) -> Result<()> {
        let gone = self.settings.record.kind == RecordKind::Folder && !self.record_folder().is_dir();
        if gone && self.catalogue.log_through()? == 0 {
            return Err(Error::failed(
                format!("There is no record at {}.", self.record_folder().display()),
                "Check [record] in config.toml: `path` must name the folder with your record. Nothing was changed.",
            ));
        }
        let store = self.store().await?;
        if is_empty(&*store).await? {
            return Err(Error::failed(
                format!("The record at {} is empty: it has no log and none of Pierrot's documents.", store.address()),
                "Check [record] in config.toml. If nothing was ever published, there is nothing to restore: run \
                 `pierrot sync`.",
            ));
        }
        Ok(())
    }
}

async fn is_empty(store: &dyn RecordStore) -> Result<bool> {
    if !store.names(LOG, None).await?.is_empty() {
        return Ok(false);
    }
    for name in [DB, WAL, META] {
        if store.read(name).await?.is_some() {
            return Ok(false);
        }
    }
    Ok(true)
}

impl Restoring {
    /// The handle the restoring goes through, to watch it.
    pub fn pierrot(&self) -> &Pierrot {
        &self.pierrot
    }

    /// Restores; a damaged catalogue is set aside once everything the record has is back.
    pub async fn finish(self) -> Result<Restored> {
        let restored = self.pierrot.restore().await;
        let Self { pierrot, damaged } = self;
        let home = pierrot.home.clone();
        drop(pierrot);
        match restored {
            Ok(restored) if damaged => {
                let aside = exchange(&home)?;
                Ok(Restored { set_aside: Some(aside.display().to_string()), ..restored })
            }
            Err(error) if damaged => {
                let _ = fs::remove_file(home.catalogue_under_way());
                let message = format!("{} The damaged catalogue was left as it is.", error.message);
                Err(Error { message, ..error })
            }
            settled => settled,
        }
    }
}

/// The new catalogue takes the name; the damaged one gets a name of its own.
fn exchange(home: &Home) -> Result<PathBuf> {
    let (catalogue, under_way) = (home.catalogue(), home.catalogue_under_way());
    let io = |source: std::io::Error| Error::from(sort_out_io(source, &catalogue));
    let aside = (1..=SET_ASIDE_MAX)
        .map(|number| catalogue.with_extension(format!("redb.damaged-{number}")))
        .find(|path| !path.exists())
        .ok_or_else(|| {
            Error::failed("There are too many damaged catalogues in this home.", "Move some of them elsewhere.")
        })?;
    fs::rename(&catalogue, &aside).map_err(io)?;
    fs::rename(&under_way, &catalogue).map_err(io)?;
    sync_folder(&catalogue).map_err(io)?;
    Ok(aside)
}
