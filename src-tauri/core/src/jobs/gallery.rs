//! The gallery's questions: answered from a library in memory that is built anew when what it was made from changed.
//!
//! Invariants: at most two libraries are kept, the newest and the one before it; one is built at a time, off the async threads;
//! no network and no lock of the record is needed. A window of a version that is kept never waits for a build, and nobody waits
//! for cameras that became known.
//! Absent: the answers themselves (`library`).

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use crate::{
    catalogue::Catalogue,
    choose::Filters,
    error::{Error, Result},
    fold::Fold,
    handle::{Pierrot, off},
    library::{Builder, Facets, Library, Neighbours, Overview, Query, Rules, TargetRules, Window},
    photo::PhotoId,
    record::ledger::local_fold,
    settings::Settings,
};

/// While a first sync runs, its photos come into view no oftener than this.
const GROWING_MS: u64 = 10_000;
/// Cameras that became known come in no oftener than this.
const CAMERAS_MS: u64 = 60_000;

/// The libraries of one home.
#[derive(Debug, Default)]
pub(crate) struct Shelf {
    kept: Mutex<Kept>,
    building: tokio::sync::Mutex<()>,
    fold: Mutex<Option<Arc<Fold>>>,
}

#[derive(Debug, Default)]
struct Kept {
    newest: Option<Made>,
    earlier: Option<Arc<Library>>,
}

#[derive(Clone, Debug)]
struct Made {
    library: Arc<Library>,
    from: MadeFrom,
    at_ms: u64,
}

/// What a library was made from, cheap to ask.
#[derive(Clone, Debug, PartialEq, Eq)]
struct MadeFrom {
    settings: String,
    catalogue: u64,
    log: u64,
    photos: u64,
    exif: u64,
}

impl Made {
    fn is_good(&self, now: &MadeFrom, now_ms: u64) -> bool {
        let MadeFrom { settings, catalogue, log, photos, .. } = &self.from;
        (settings, catalogue, log) == (&now.settings, &now.catalogue, &now.log)
            && (*photos == now.photos || self.age_ms(now_ms) < GROWING_MS)
    }

    fn lacks_cameras(&self, now: &MadeFrom, now_ms: u64) -> bool {
        self.from.exif != now.exif && self.age_ms(now_ms) >= CAMERAS_MS
    }

    fn age_ms(&self, now_ms: u64) -> u64 {
        now_ms.saturating_sub(self.at_ms)
    }
}

/// All that it takes to build a library, wherever that is done.
struct Plans {
    shelf: Arc<Shelf>,
    catalogue: Catalogue,
    settings: Settings,
    accounts: Vec<Option<String>>,
    from: MadeFrom,
    at_ms: u64,
}

impl Plans {
    async fn build(self) -> Result<Arc<Library>> {
        let Self { shelf, catalogue, settings, accounts, from, at_ms } = self;
        let kept = shelf.clone();
        let library = off(move || build(&catalogue, &settings, &accounts, &*kept.fold(&catalogue)?)).await?;
        tracing::debug!(photos = library.total(), bytes = library.bytes(), "the gallery was built");
        let library = Arc::new(library);
        shelf.put(Made { library: library.clone(), from, at_ms });
        Ok(library)
    }
}

impl Shelf {
    /// The fold of this computer's copy of the log, made anew when the log grew.
    fn fold(&self, catalogue: &Catalogue) -> Result<Arc<Fold>> {
        let mut kept = self.fold.lock().unwrap_or_else(PoisonError::into_inner);
        let through = catalogue.log_through()?;
        if let Some(fold) = kept.as_ref().filter(|fold| fold.through() == through) {
            return Ok(fold.clone());
        }
        Ok(kept.insert(Arc::new(local_fold(catalogue)?)).clone())
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn good(&self, now: &MadeFrom, now_ms: u64) -> Option<Made> {
        self.kept().newest.as_ref().filter(|made| made.is_good(now, now_ms)).cloned()
    }

    fn of_version(&self, version: &str) -> Option<Arc<Library>> {
        let kept = self.kept();
        let newest = kept.newest.as_ref().map(|made| &made.library);
        newest.into_iter().chain(&kept.earlier).find(|library| library.version() == version).cloned()
    }

    fn newest_version(&self) -> String {
        self.kept().newest.as_ref().map(|made| made.library.version().to_owned()).unwrap_or_default()
    }

    fn put(&self, made: Made) {
        let mut kept = self.kept();
        let before = kept.newest.replace(made.clone()).map(|before| before.library);
        if let Some(before) = before.filter(|before| before.version() != made.library.version()) {
            kept.earlier = Some(before);
        }
    }

    /// Gives the libraries' memory back; whoever asks next builds one anew.
    pub(crate) fn clear(&self) {
        *self.kept() = Kept::default();
    }
}

impl Pierrot {
    /// The layout of a query's photos, from what this computer knows now.
    pub async fn gallery(&self, query: &Query) -> Result<Overview> {
        let (library, query) = (self.library().await?, query.clone());
        off(move || library.overview(&query)).await
    }

    /// Cells of a query as `version` has them; `stale` when that version is gone.
    pub async fn gallery_window(&self, query: &Query, version: &str, offset: usize, limit: usize) -> Result<Window> {
        let Some(library) = self.shelf.of_version(version) else {
            return Ok(Window { version: self.shelf.newest_version(), stale: true, rows: Vec::new() });
        };
        let query = query.clone();
        off(move || library.window(&query, offset, limit)).await
    }

    /// What comes before and after a photo in a query.
    pub async fn neighbours(&self, query: &Query, photo: &PhotoId) -> Result<Neighbours> {
        let (library, query, photo) = (self.library().await?, query.clone(), photo.clone());
        off(move || library.neighbours(&query, photo.as_str())).await
    }

    /// What photos can be filtered by.
    pub async fn facets(&self) -> Result<Facets> {
        let library = self.library().await?;
        off(move || Ok::<_, Error>(library.facets())).await
    }

    async fn library(&self) -> Result<Arc<Library>> {
        let now_ms = self.world.clock.boot_ms();
        let now = self.made_from()?;
        if let Some(made) = self.shelf.good(&now, now_ms) {
            if made.lacks_cameras(&now, now_ms) {
                let plans = self.plans()?;
                tokio::spawn(async move {
                    let shelf = plans.shelf.clone();
                    // Whoever builds already brings them.
                    if let Ok(_one_at_a_time) = shelf.building.try_lock()
                        && let Err(error) = plans.build().await
                    {
                        tracing::warn!(%error, "the gallery could not be built anew");
                    }
                });
            }
            return Ok(made.library);
        }
        let _one_at_a_time = self.shelf.building.lock().await;
        let plans = self.plans()?;
        match self.shelf.good(&plans.from, plans.at_ms) {
            Some(made) => Ok(made.library),
            None => plans.build().await,
        }
    }

    fn plans(&self) -> Result<Plans> {
        Ok(Plans {
            shelf: self.shelf.clone(),
            catalogue: self.catalogue.clone(),
            settings: self.settings.clone(),
            accounts: self.accounts()?,
            from: self.made_from()?,
            at_ms: self.world.clock.boot_ms(),
        })
    }

    /// What this computer knows of the log, folded once for all who ask.
    pub(crate) fn known_fold(&self) -> Result<Arc<Fold>> {
        self.shelf.fold(&self.catalogue)
    }

    /// As [`Pierrot::known_fold`], off the async threads.
    pub(crate) async fn kept_fold(&self) -> Result<Arc<Fold>> {
        let (shelf, catalogue) = (self.shelf.clone(), self.catalogue.clone());
        off(move || shelf.fold(&catalogue)).await
    }

    fn made_from(&self) -> Result<MadeFrom> {
        let holds: Vec<_> = self.settings.targets.iter().map(|(name, target)| (name, &target.sensitive.hold)).collect();
        let settings = serde_json::to_string(&(&self.settings.flickr, holds, self.accounts()?)).unwrap_or_default();
        Ok(MadeFrom {
            settings,
            catalogue: self.catalogue.state("catalogue_version")?.unwrap_or(0),
            log: self.catalogue.log_through()?,
            photos: self.catalogue.photos_total()?,
            exif: self.catalogue.exif_total()?,
        })
    }

    /// The account of each target of the settings, in their order.
    pub(crate) fn accounts(&self) -> Result<Vec<Option<String>>> {
        self.settings.targets.keys().map(|name| self.known_account(name)).collect()
    }
}

fn build(catalogue: &Catalogue, settings: &Settings, accounts: &[Option<String>], fold: &Fold) -> Result<Library> {
    let albums = catalogue.albums()?;
    let cameras: HashMap<PhotoId, String> = catalogue.cameras()?.into_iter().collect();
    let filters = Filters::new(&settings.flickr, &albums);
    let rules = rules(settings, accounts, &filters, fold);
    let mut builder = Builder::new(&cameras, &rules);
    catalogue.each_photo_ahead(|row| builder.add(row))?;
    Ok(builder.finish(&albums))
}

/// What photos are judged by, as the settings have it.
pub(crate) fn rules<'a>(
    settings: &'a Settings,
    accounts: &'a [Option<String>],
    filters: &'a Filters,
    fold: &'a Fold,
) -> Rules<'a> {
    let targets = settings.targets.iter().zip(accounts).map(|((name, target), account)| TargetRules {
        name,
        account: account.as_deref(),
        hold: &target.sensitive.hold,
    });
    Rules { filters, fold, targets: targets.collect() }
}

#[cfg(test)]
#[path = "gallery_test.rs"]
mod tests;
