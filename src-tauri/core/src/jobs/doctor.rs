//! What is set up, what is missing, and what to do about it.
//!
//! Invariant: changes nothing and spends nothing (X charges for questions, so X is not asked).

use serde::Serialize;

use crate::{error::Result, handle::Pierrot, jobs::probe::Probed, record::documents::META};

/// The whole diagnosis.
#[derive(Clone, Debug, PartialEq, Serialize, ts_rs::TS)]
pub struct Doctor {
    pub healthy: bool,
    pub home: String,
    pub checks: Vec<Advice>,
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

    fn bad(what: &str, found: impl Into<String>, now: impl Into<String>) -> Self {
        Self { what: what.to_owned(), ok: false, found: found.into(), what_now: Some(now.into()) }
    }
}

impl Pierrot {
    pub async fn doctor(&self) -> Result<Doctor> {
        let mut checks = vec![self.settings_advice(), self.catalogue_advice()?];
        checks.push(self.secrets_advice().await);
        checks.push(self.flickr_advice().await);
        for name in self.settings.targets.keys() {
            checks.push(self.target_advice(name).await);
        }
        checks.push(self.record_advice().await);
        let healthy = checks.iter().all(|check| check.ok);
        Ok(Doctor { healthy, home: self.home.root().display().to_string(), checks })
    }

    fn settings_advice(&self) -> Advice {
        let path = self.home.config();
        if path.exists() {
            Advice::good("settings", path.display().to_string())
        } else {
            Advice::good("settings", "no config.toml: the defaults (`pierrot init` writes one to edit)")
        }
    }

    fn catalogue_advice(&self) -> Result<Advice> {
        let total = self.catalogue.photos_total()?;
        Ok(if total > 0 {
            Advice::good("catalogue", format!("{total} photos"))
        } else {
            Advice::bad("catalogue", "no photos yet", "Run `pierrot sync` when Flickr is set up.")
        })
    }

    async fn secrets_advice(&self) -> Advice {
        match self.secret_names().await {
            Ok(names) => Advice::good("secrets", format!("{} set: {}", names.len(), names.join(", "))),
            Err(error) => Advice::bad("secrets", error.message, error.what_now),
        }
    }

    async fn flickr_advice(&self) -> Advice {
        let what = "Flickr";
        let flickr = match self.flickr().await {
            Ok(flickr) => flickr,
            Err(error) => return Advice::bad(what, error.message, error.what_now),
        };
        if !flickr.is_signed_in() {
            return Advice::good(
                what,
                "an API key without a login: public photos only (`pierrot login flickr` shows the rest)",
            );
        }
        match flickr.test_login().await {
            Ok(who) => Advice::good(what, format!("signed in as {} ({})", who.username, who.nsid)),
            Err(error) => Advice::bad(what, error.to_string(), error.what_now()),
        }
    }

    async fn target_advice(&self, name: &str) -> Advice {
        let what = format!("target {name}");
        match (self.x(name).await, self.known_account(name)) {
            (Ok(_), Ok(Some(account))) => Advice::good(&what, format!("keys are set, account {account}")),
            (Ok(_), _) => Advice::good(&what, "keys are set; they are tried at the first publication"),
            (Err(error), _) => Advice::bad(&what, error.message, error.what_now),
        }
    }

    async fn record_advice(&self) -> Advice {
        let what = "record";
        let probed: Option<Probed> = self.catalogue.state("probe").ok().flatten();
        let store = match self.store().await {
            Ok(store) => store,
            Err(error) => return Advice::bad(what, error.message, error.what_now),
        };
        if let Err(error) = store.read(META).await {
            return Advice::bad(what, error.to_string(), error.what_now());
        }
        let verdict = probed.map_or_else(
            || "not probed yet (`pierrot probe` tells whether several computers may share it)".to_owned(),
            |probed| probed.sentence,
        );
        Advice::good(what, format!("{}; {verdict}", store.address()))
    }
}
