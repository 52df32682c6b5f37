//! The one handle of the engine: a home, its settings, and what they lead to.
//!
//! Invariant: opening it touches no network and asks no secret; every job goes through it.

use std::{path::Path, sync::Arc};

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use tokio::{
    runtime::{Handle, RuntimeFlavor},
    sync::{Mutex, MutexGuard},
};

use crate::{
    catalogue::Catalogue,
    clock::{Clock, SystemClock},
    error::{Code, Error, Result},
    events::Events,
    home::Home,
    http::Network,
    jobs::{
        gallery::Shelf,
        look::ScreenCopy,
        probe::{self, Probed},
    },
    oauth::Stamp,
    record::{
        RecordStore, Sharing,
        folder::FolderStore,
        ledger::Ledger,
        s3::{S3Settings, S3Store},
    },
    secrets::{self, SecretStore, Sensitive},
    settings::{RecordKind, Settings},
    thumbnails::Thumbnails,
};

/// What a home stands in: the clock, the secrets, the dice, the network.
#[derive(Clone, Debug)]
pub struct World {
    pub clock: Arc<dyn Clock>,
    pub secrets: Arc<dyn SecretStore>,
    /// For ids, nonces and jitter; never for a choice that somebody seeded.
    pub seed: u64,
    pub network: Network,
    /// A record in this process, in place of the one the settings name: for proofs.
    pub record: Option<Arc<dyn RecordStore>>,
}

impl Default for World {
    #[expect(clippy::disallowed_methods, reason = "the one place that throws the computer's own dice")]
    fn default() -> Self {
        Self {
            clock: Arc::new(SystemClock),
            secrets: secrets::from_environment(),
            seed: rand::rng().random(),
            network: Network::Real,
            record: None,
        }
    }
}

impl World {
    /// This computer's clock and dice, and secrets that nothing outlives: for homes that are thrown away.
    pub fn with_secrets(secrets: impl IntoIterator<Item = (String, String)>) -> Self {
        Self { secrets: Arc::new(secrets::Memory::new(secrets)), ..Self::default() }
    }
}

/// The engine on one home.
#[derive(Debug)]
pub struct Pierrot {
    pub(crate) home: Arc<Home>,
    pub(crate) settings: Settings,
    pub(crate) catalogue: Catalogue,
    pub(crate) world: World,
    pub(crate) events: Events,
    /// What the gallery is answered from; shared by all handles of one home.
    pub(crate) shelf: Arc<Shelf>,
    computer: String,
    writer: String,
    dice: std::sync::Mutex<ChaCha8Rng>,
    ledger: Mutex<Option<Ledger>>,
    /// Made at the first use.
    pub(crate) thumbnails: std::sync::Mutex<Option<Arc<Thumbnails>>>,
    pub(crate) screen_copy: std::sync::Mutex<Option<ScreenCopy>>,
    /// Held by whoever has the index of tiles open.
    pub(crate) tiles_turn: Arc<std::sync::Mutex<()>>,
}

impl Pierrot {
    /// Opens a home, creating what is not there. A damaged catalogue is set aside, and the next [`Pierrot::rebuild`] makes up
    /// for it; until then nothing can begin a record anew.
    pub fn open(root: &Path, world: World) -> Result<Self> {
        Self::open_looking(root, world, false)
    }

    /// The same after a look at every page of the catalogue; about a second for 100,000 photos.
    pub fn open_thoroughly(root: &Path, world: World) -> Result<Self> {
        Self::open_looking(root, world, true)
    }

    fn open_looking(root: &Path, world: World, thoroughly: bool) -> Result<Self> {
        let home = Arc::new(Home::open(root)?);
        let settings = Settings::load(&home.config())?;
        let catalogue = Catalogue::open_or_set_aside(&home.catalogue(), thoroughly, world.clock.now())?;
        Self::around(home, settings, catalogue, world)
    }

    /// Opens a home whose catalogue is kept elsewhere: for proofs that lose or tear its writes.
    pub fn with_catalogue(root: &Path, catalogue: Catalogue, world: World) -> Result<Self> {
        let home = Arc::new(Home::open(root)?);
        let settings = Settings::load(&home.config())?;
        Self::around(home, settings, catalogue, world)
    }

    pub(crate) fn around(home: Arc<Home>, settings: Settings, catalogue: Catalogue, world: World) -> Result<Self> {
        let mut dice = ChaCha8Rng::seed_from_u64(world.seed);
        let computer = match catalogue.state::<String>("computer")? {
            Some(computer) => computer,
            None => {
                let fresh = hex_128(&mut dice);
                catalogue.set_state("computer", &fresh)?;
                fresh
            }
        };
        let writer = hex_128(&mut dice);
        Ok(Self {
            home,
            settings,
            catalogue,
            world,
            events: Events::default(),
            shelf: Arc::default(),
            computer,
            writer,
            dice: std::sync::Mutex::new(dice),
            ledger: Mutex::new(None),
            thumbnails: std::sync::Mutex::new(None),
            screen_copy: std::sync::Mutex::new(None),
            tiles_turn: Arc::default(),
        })
    }

    /// The same home under other settings; jobs under way on this handle end as they began.
    pub(crate) fn with_settings(&self, settings: Settings) -> Self {
        Self {
            home: self.home.clone(),
            catalogue: self.catalogue.clone(),
            world: self.world.clone(),
            events: self.events.clone(),
            shelf: self.shelf.clone(),
            thumbnails: std::sync::Mutex::new(self.kept_thumbnails(&settings)),
            screen_copy: std::sync::Mutex::new(None),
            tiles_turn: self.tiles_turn.clone(),
            computer: self.computer.clone(),
            writer: self.writer.clone(),
            dice: std::sync::Mutex::new(ChaCha8Rng::seed_from_u64(self.fresh_seed())),
            ledger: Mutex::new(None),
            settings,
        }
    }

    /// The thumbnails go on as they are, unless the settings changed their place or their limit.
    fn kept_thumbnails(&self, settings: &Settings) -> Option<Arc<Thumbnails>> {
        let same = self.settings.gallery == settings.gallery && self.settings.flickr.api_url == settings.flickr.api_url;
        let kept = self.thumbnails.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        kept.clone().filter(|_| same)
    }

    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    pub fn home(&self) -> &Home {
        &self.home
    }

    pub fn events(&self) -> &Events {
        &self.events
    }

    /// What the log calls this installation.
    pub(crate) fn computer(&self) -> &str {
        &self.computer
    }

    pub(crate) fn now(&self) -> jiff::Timestamp {
        self.world.clock.now()
    }

    /// 128 random bits in hex.
    pub(crate) fn fresh_id(&self) -> String {
        hex_128(&mut *self.dice())
    }

    pub(crate) fn fresh_seed(&self) -> u64 {
        self.dice().random()
    }

    fn dice(&self) -> std::sync::MutexGuard<'_, ChaCha8Rng> {
        self.dice.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// Where requests get their nonce and time stamp.
    pub(crate) fn stamps(&self) -> Arc<dyn Fn() -> Stamp + Send + Sync> {
        let dice = std::sync::Mutex::new(ChaCha8Rng::seed_from_u64(self.fresh_seed()));
        let clock = self.world.clock.clone();
        Arc::new(move || Stamp {
            nonce: hex_128(&mut *dice.lock().unwrap_or_else(std::sync::PoisonError::into_inner)),
            timestamp: u64::try_from(clock.now().as_second()).unwrap_or(0),
        })
    }

    /// A secret, asked for off the async threads: a keyring may block on a prompt.
    pub(crate) async fn secret(&self, name: &str) -> Result<Option<Sensitive>> {
        let (store, owned) = (self.world.secrets.clone(), name.to_owned());
        let found = blocking(move || store.get(&owned)).await;
        Ok(found.ok_or_else(|| Error::failed("The keyring could not be asked.", "Try again."))??)
    }

    pub(crate) async fn needed_secret(&self, name: &str) -> Result<Sensitive> {
        self.secret(name).await?.ok_or_else(|| {
            let variable = self.world.secrets.variable(name);
            secrets::SecretError::NotSet { name: name.to_owned(), variable }.into()
        })
    }

    /// The place of the record as the settings say; S3 needs its keys.
    pub(crate) async fn store(&self) -> Result<Arc<dyn RecordStore>> {
        if self.settings.record.kind == RecordKind::S3 && self.probed()?.is_none() {
            // Whether a bucket creates a name only once must be known before anything relies on it.
            self.probe_store().await?;
        }
        self.store_for(self.sharing()?).await
    }

    pub(crate) fn probed(&self) -> Result<Option<Probed>> {
        let place = probe::place(&self.settings.record);
        Ok(self.catalogue.state::<Probed>("probe")?.filter(|probed| probed.place == place))
    }

    pub(crate) async fn store_for(&self, sharing: Sharing) -> Result<Arc<dyn RecordStore>> {
        let folder = self.record_folder();
        let gone = self.settings.record.kind == RecordKind::Folder && self.world.record.is_none() && !folder.exists();
        if gone && self.catalogue.to_be_rebuilt()?.is_some() {
            return Err(Error::try_later(
                format!("The folder of the record, {}, is not there, and the catalogue was damaged.", folder.display()),
                "Connect the disk it is on, or name the right folder as `path` of [record] in config.toml; nothing is \
                 published before.",
            ));
        }
        if gone && self.catalogue.log_through()? > 0 {
            return Err(Error::try_later(
                format!("The folder of the record, {}, is not there.", folder.display()),
                "Connect the disk it is on; if it is lost for good, `pierrot check --repair` makes it anew from this \
                 computer's copy (best on the computer that published last).",
            ));
        }
        self.open_store(sharing).await
    }

    /// The same place for a repair, which makes a folder that is gone anew.
    pub(crate) async fn store_to_mend(&self) -> Result<Arc<dyn RecordStore>> {
        match self.settings.record.kind {
            RecordKind::Folder => self.open_store(self.sharing()?).await,
            RecordKind::S3 => self.store().await,
        }
    }

    /// Where a folder record is, or would be.
    pub(crate) fn record_folder(&self) -> std::path::PathBuf {
        self.home.root().join(&self.settings.record.path)
    }

    async fn open_store(&self, sharing: Sharing) -> Result<Arc<dyn RecordStore>> {
        if let Some(record) = &self.world.record {
            return Ok(record.clone());
        }
        let record = &self.settings.record;
        match record.kind {
            RecordKind::Folder => {
                let folder = self.record_folder();
                if folder.exists() && !folder.is_dir() {
                    return Err(Error::try_later(
                        format!("The record cannot be reached: {} is a file, not a folder.", folder.display()),
                        "Move that file away, or name a folder as `path` of [record] in config.toml; nothing is \
                         published before.",
                    ));
                }
                Ok(Arc::new(FolderStore::open(folder, sharing)?))
            }
            RecordKind::S3 => {
                let settings = S3Settings {
                    bucket: record.bucket.clone(),
                    region: record.region.clone(),
                    endpoint: Some(record.endpoint.clone()).filter(|endpoint| !endpoint.is_empty()),
                    prefix: record.prefix.clone(),
                    path_style: record.path_style,
                    access_key_id: self.needed_secret("s3.access_key_id").await?.reveal().to_owned(),
                    secret_access_key: self.needed_secret("s3.secret_access_key").await?.reveal().to_owned(),
                };
                Ok(Arc::new(S3Store::new(settings, sharing)?))
            }
        }
    }

    /// What the last probe of this record allowed.
    fn sharing(&self) -> Result<Sharing> {
        let several = self.probed()?.is_none_or(|probed| probed.several_computers);
        Ok(if several { Sharing::Several } else { Sharing::OneComputer })
    }

    /// Forgets the open record; the next use opens it anew.
    pub(crate) async fn close_ledger(&self) {
        *self.ledger.lock().await = None;
    }

    /// The record, opened at the first use. While a job works with it, short questions open it once more for themselves:
    /// appends are safe among several, on one computer as on two.
    pub(crate) async fn ledger(&self) -> Result<LedgerGuard<'_>> {
        let Ok(mut slot) = self.ledger.try_lock() else {
            return Ok(LedgerGuard::Own(Box::new(self.open_ledger().await?)));
        };
        if slot.is_none() {
            *slot = Some(self.open_ledger().await?);
        }
        Ok(LedgerGuard::Shared(slot))
    }

    async fn open_ledger(&self) -> Result<Ledger> {
        let store = self.store().await?;
        if self.catalogue.to_be_rebuilt()?.is_some() {
            self.refuse_without_record(&*store).await?;
        }
        let elsewhere = self.maybe_a_copy(&*store).await?;
        Ledger::open(store, &self.catalogue, (self.computer.clone(), self.writer.clone()), elsewhere)
    }

    /// Whether publications could go on with this record: everything is read and folded, and nothing is kept.
    pub(crate) async fn try_out_record(&self) -> Result<()> {
        let mut ledger = self.open_ledger().await?;
        let outcome = async {
            ledger.refresh(&mut |_, _| Ok(())).await?;
            ledger.refuse_newer()
        };
        let outcome = outcome.await;
        self.unless_ours_is_damaged(outcome).await
    }

    /// A damaged catalogue makes a sound record look wrong: it is looked at before the record is blamed.
    pub(crate) async fn unless_ours_is_damaged<T>(&self, outcome: Result<T>) -> Result<T> {
        if outcome.as_ref().is_err_and(|error| error.code == Code::AskPhotographer) {
            let catalogue = self.catalogue.clone();
            blocking(move || catalogue.look_again()).await.unwrap_or(Ok(()))?;
        }
        outcome
    }
}

/// The open record, for as long as one job works with it.
#[derive(Debug)]
pub(crate) enum LedgerGuard<'a> {
    Shared(MutexGuard<'a, Option<Ledger>>),
    Own(Box<Ledger>),
}

impl std::ops::Deref for LedgerGuard<'_> {
    type Target = Ledger;

    fn deref(&self) -> &Ledger {
        match self {
            Self::Shared(slot) => slot.as_ref().expect("opened before the guard was given out"),
            Self::Own(ledger) => ledger,
        }
    }
}

impl std::ops::DerefMut for LedgerGuard<'_> {
    fn deref_mut(&mut self) -> &mut Ledger {
        match self {
            Self::Shared(slot) => slot.as_mut().expect("opened before the guard was given out"),
            Self::Own(ledger) => ledger,
        }
    }
}

/// Work that blocks, off the async threads; `None` when it panicked. On a runtime of one thread it runs at once, so that
/// what happens when does not depend on a second thread.
pub(crate) async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    if Handle::current().runtime_flavor() == RuntimeFlavor::CurrentThread {
        std::panic::catch_unwind(std::panic::AssertUnwindSafe(work)).ok()
    } else {
        tokio::task::spawn_blocking(work).await.ok()
    }
}

/// As [`blocking`], where a panic is one more error.
pub(crate) async fn off<T: Send + 'static, E: Into<Error> + Send + 'static>(
    work: impl FnOnce() -> std::result::Result<T, E> + Send + 'static,
) -> Result<T> {
    let Some(done) = blocking(work).await else {
        let what = "Pierrot made a mistake while it worked on this.";
        return Err(Error::failed(what, "Try again; if it stays so, please report it."));
    };
    done.map_err(Into::into)
}

fn hex_128(dice: &mut impl Rng) -> String {
    format!("{:032x}", dice.random::<u128>())
}
