//! What is set up, what is missing, and what to do about it.
//!
//! Invariant: changes nothing and spends nothing (X charges for questions, so X is not asked). A home that is not there, broken
//! settings or a damaged catalogue are findings, not failures: what can still be looked at is looked at.

use std::{path::Path, sync::Arc};

use redb::backends::InMemoryBackend;
use serde::Serialize;

use crate::{
    catalogue::{Catalogue, CatalogueError},
    choose,
    error::{Code, Error, Result},
    handle::{Pierrot, World},
    home::Home,
    jobs::probe::Probed,
    record::documents::META,
    secrets,
    settings::{RecordKind, Settings},
    sources::flickr::FlickrError,
};

/// The whole diagnosis.
#[derive(Clone, Debug, PartialEq, Serialize, ts_rs::TS)]
pub struct Doctor {
    pub healthy: bool,
    pub home: String,
    pub checks: Vec<Advice>,
    /// What keeps every other command from working.
    #[serde(skip)]
    #[ts(skip)]
    pub stopped: Option<Code>,
}

/// One thing looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ts_rs::TS)]
pub struct Advice {
    pub what: String,
    pub ok: bool,
    pub found: String,
    /// The next step where something is missing.
    pub what_now: Option<String>,
}

impl Advice {
    fn good(what: &str, found: impl Into<String>) -> Self {
        Self { what: what.to_owned(), ok: true, found: found.into(), what_now: None }
    }

    fn of(what: &str, error: &Error) -> Self {
        Self::bad(what, error.message.trim_end_matches('.'), error.what_now.clone())
    }

    fn bad(what: &str, found: impl Into<String>, now: impl Into<String>) -> Self {
        Self { what: what.to_owned(), ok: false, found: found.into(), what_now: Some(now.into()) }
    }
}

impl Doctor {
    fn of(root: &Path, checks: Vec<Advice>, stopped: Option<Code>) -> Self {
        let healthy = checks.iter().all(|check| check.ok);
        Self { healthy, home: root.display().to_string(), checks, stopped }
    }
}

/// What commands that only read say where no home is.
pub fn no_home(root: &Path) -> Error {
    Error::failed(
        format!("There is no Pierrot home at {}.", root.display()),
        "`pierrot init` makes one there; for another place use --home DIR or PIERROT_HOME.",
    )
}

async fn secrets_advice(world: &World, settings: &Settings) -> Advice {
    let (store, names) = (world.secrets.clone(), secrets::names(settings));
    let place = if names.iter().any(|name| store.variable(name).is_some()) {
        "from PIERROT_SECRET_... variables"
    } else {
        "in the keyring"
    };
    let asked = move || {
        let mut set = Vec::new();
        for name in names {
            if store.get(&name)?.is_some() {
                set.push(name);
            }
        }
        Ok::<_, secrets::SecretError>(set)
    };
    match tokio::task::spawn_blocking(asked).await {
        Ok(Ok(set)) if set.is_empty() => Advice::good("secrets", format!("none is set yet ({place})")),
        Ok(Ok(set)) => Advice::good("secrets", format!("{} set, {place}: {}", set.len(), set.join(", "))),
        Ok(Err(error)) => Advice::of("secrets", &error.into()),
        Err(_) => Advice::bad("secrets", "the keyring could not be asked", "Try again."),
    }
}

impl Pierrot {
    /// The diagnosis of a home in whatever state it is; one that is not there is not made.
    pub async fn diagnose(root: &Path, world: World) -> Result<Doctor> {
        if !root.exists() {
            let error = no_home(root);
            let checks = vec![Advice::of("home", &error), secrets_advice(&world, &Settings::default()).await];
            return Ok(Doctor::of(root, checks, Some(error.code)));
        }
        let home = Arc::new(Home::open(root)?);
        let (settings, wrong) = match Settings::load(&home.config()) {
            Ok(settings) => (settings, None),
            Err(error) => (Settings::default(), Some(Error::from(error))),
        };
        let sound = Catalogue::look_through(&home.catalogue(), &mut Vec::new());
        let (catalogue, damaged) = match sound.and_then(|()| Catalogue::open(&home.catalogue())) {
            Ok(catalogue) => (catalogue, None),
            Err(error @ (CatalogueError::Damaged { .. } | CatalogueError::Newer(_))) => {
                (Catalogue::on_backend(InMemoryBackend::new())?, Some(Error::from(error)))
            }
            Err(error) => return Err(error.into()),
        };
        let stopped = wrong.as_ref().or(damaged.as_ref()).map(|error| error.code);
        let pierrot = Self::around(home, settings, catalogue, world)?;
        let mut checks = Vec::new();
        checks.push(wrong.as_ref().map_or_else(|| pierrot.settings_advice(), |error| Advice::of("settings", error)));
        match &damaged {
            Some(error) => checks.push(Advice::of("catalogue", error)),
            None => checks.extend(pierrot.catalogue_advice()?),
        }
        // The other checks follow the settings; with these unread they would tell of the defaults.
        if wrong.is_some() {
            checks.push(secrets_advice(&pierrot.world, &pierrot.settings).await);
        } else {
            checks.extend(pierrot.outward_advice().await);
        }
        Ok(Doctor::of(root, checks, stopped))
    }

    pub async fn doctor(&self) -> Result<Doctor> {
        let mut checks = vec![self.settings_advice()];
        checks.extend(self.catalogue_advice()?);
        checks.extend(self.outward_advice().await);
        Ok(Doctor::of(self.home.root(), checks, None))
    }

    /// Secrets, source, targets and record. Without secrets nothing can be said of the three that need them.
    async fn outward_advice(&self) -> Vec<Advice> {
        let secrets = secrets_advice(&self.world, &self.settings).await;
        let readable = secrets.ok;
        let mut checks = vec![secrets];
        if readable {
            checks.push(self.flickr_advice().await);
            for name in self.settings.targets.keys() {
                checks.push(self.target_advice(name).await);
            }
        }
        if readable || self.settings.record.kind == RecordKind::Folder {
            checks.push(self.record_advice().await);
        }
        checks
    }

    fn settings_advice(&self) -> Advice {
        let path = self.home.config();
        if path.exists() {
            Advice::good("settings", path.display().to_string())
        } else {
            Advice::good("settings", "no config.toml: the defaults (`pierrot init` writes one to edit)")
        }
    }

    fn catalogue_advice(&self) -> Result<Vec<Advice>> {
        let total = self.catalogue.photos_total()?;
        if total == 0 {
            return Ok(vec![Advice::bad("catalogue", "no photos yet", "Run `pierrot sync` when Flickr is set up.")]);
        }
        let mut checks = vec![Advice::good("catalogue", format!("{total} photos"))];
        for unknown in self.unknown_albums()? {
            let now = "Correct the title in config.toml; for an album that is new, run `pierrot sync --full`.";
            checks.push(Advice::bad("albums", unknown, now));
        }
        Ok(checks)
    }

    /// Sentences on albums of the settings that the catalogue does not have.
    pub(crate) fn unknown_albums(&self) -> Result<Vec<String>> {
        let flickr = &self.settings.flickr;
        if flickr.albums.is_empty() && flickr.albums_exclude.is_empty() {
            return Ok(Vec::new());
        }
        Ok(choose::unknown_albums(flickr, &self.catalogue.albums()?))
    }

    async fn flickr_advice(&self) -> Advice {
        let what = "Flickr";
        let flickr = match self.flickr().await {
            Ok(flickr) => flickr,
            Err(error) => return Advice::of(what, &error),
        };
        let bad = |error: FlickrError| Advice::bad(what, error.to_string(), error.what_now());
        let mut found =
            "an API key without a login: public photos only (`pierrot login flickr` shows the rest)".to_owned();
        if flickr.is_signed_in() {
            match flickr.test_login().await {
                Ok(who) => found = format!("signed in as {} ({})", who.username, who.nsid),
                Err(error) => return bad(error),
            }
        }
        let user = &self.settings.flickr.user;
        if user != "me" {
            match flickr.total().await {
                Ok(1) => found.push_str(&format!("; 1 photo of {user}")),
                Ok(total) => found.push_str(&format!("; {total} photos of {user}")),
                Err(error) => return bad(error),
            }
        }
        Advice::good(what, found)
    }

    async fn target_advice(&self, name: &str) -> Advice {
        let what = format!("target {name}");
        let signed = self.x(name).await;
        if let Ok(Some(refused)) = signed.as_ref().map_or(Ok(None), |signed| self.refusal(name, signed)) {
            return Advice::bad(&what, refused.why.trim_end_matches('.'), refused.what_now);
        }
        match (signed, self.account_of(name)) {
            (Ok(_), Ok(Some(account))) => Advice::good(&what, format!("keys are set, account {}", account.handle())),
            (Ok(_), _) => Advice::good(&what, "the keys are set; the first publication tells whose account they open"),
            (Err(error), _) => Advice::of(&what, &error),
        }
    }

    async fn record_advice(&self) -> Advice {
        let what = "record";
        let probed: Option<Probed> = self.catalogue.state("probe").ok().flatten();
        let folder = self.record_folder();
        let unused = self.catalogue.log_through().is_ok_and(|through| through == 0);
        if self.settings.record.kind == RecordKind::Folder && !folder.exists() && unused {
            return Advice::good(
                what,
                format!(
                    "no folder at {} yet: the first sync makes it (an old record comes back by `pierrot restore`)",
                    folder.display()
                ),
            );
        }
        let store = match self.store().await {
            Ok(store) => store,
            Err(error) => return Advice::of(what, &error),
        };
        let tried = match unused {
            true => store.read(META).await.map(drop).map_err(Error::from),
            false => self.try_out_record().await,
        };
        if let Err(error) = tried {
            return Advice::of(what, &error);
        }
        let verdict = probed.map_or_else(
            || "not probed yet (`pierrot probe` tells whether several computers may share it)".to_owned(),
            |probed| probed.sentence,
        );
        Advice::good(what, format!("{}; {verdict}", store.address()))
    }
}
