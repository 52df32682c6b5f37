//! The engine while the app runs, and the sandbox under it in a demo.
//!
//! Invariant: stopping waits for a post on its way and throws a demo's home away. Absent: windows and menus; errors come back
//! in words for whoever shows them.

use std::path::PathBuf;

use pierrot_core::{
    Error, Pierrot, Result, World,
    engine::{CallError, Engine, Program},
    events::Event,
    home::Home,
    logs,
};
use pierrot_sandbox::Demo;
use tokio::sync::{Mutex, broadcast};

use crate::options::Options;

/// What runs until the person quits.
#[derive(Debug)]
pub struct Running {
    engine: Engine,
    demo: Mutex<Option<Demo>>,
    options: Options,
}

impl Running {
    /// Opens the home, or a fresh one on the sandbox, and lets the schedule work; hands out all that happens from there on.
    pub async fn start(options: &Options) -> Result<(Self, broadcast::Receiver<Event>)> {
        let demo = if options.demo { Some(start_demo().await?) } else { None };
        let (home, world) = match (&demo, &options.home) {
            (Some(demo), _) => (demo.home().to_owned(), World::with_secrets(demo.described().secrets.clone())),
            (None, Some(home)) => (home.clone(), World::default()),
            (None, None) => (Home::platform()?, World::default()),
        };
        let pierrot = Pierrot::open(&home, world)?;
        logs::keep_in(&pierrot.home().logs());
        let program = Program { version: env!("CARGO_PKG_VERSION").into(), demo: options.demo };
        let engine = Engine::new(pierrot, program)?;
        let events = engine.subscribe();
        engine.start();
        let control_url = demo.as_ref().map_or("", |demo| demo.described().control_url.as_str());
        tracing::info!(home = %home.display(), control_url, "engine started");
        Ok((Self { engine, demo: Mutex::new(demo), options: options.clone() }, events))
    }

    /// Whether nothing is real.
    pub fn is_demo(&self) -> bool {
        self.options.demo
    }

    /// The home the person named, whole; none for the platform's.
    pub fn named_home(&self) -> Option<PathBuf> {
        self.options.home.as_ref().map(|home| std::path::absolute(home).unwrap_or_else(|_| home.clone()))
    }

    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// Opens an address in the person's own browser, if Pierrot knows it.
    pub fn open(&self, address: &str) -> Result<(), CallError> {
        let url = self.engine.known_address(address)?;
        tauri_plugin_opener::open_url(url.as_str(), None::<&str>).map_err(|error| {
            Error::failed(format!("The browser could not be started ({error})."), "Copy the address instead.").into()
        })
    }

    /// Waits for the answer to a post on its way, at most a minute; what else is under way is settled at the next start.
    pub async fn stop(&self) {
        self.engine.stop().await;
        if let Some(demo) = self.demo.lock().await.take()
            && let Err(error) = demo.stop().await
        {
            tracing::warn!(%error, "the demo's home stays behind");
        }
    }
}

async fn start_demo() -> Result<Demo> {
    Demo::start(pierrot_sandbox::Options::default())
        .await
        .map_err(|error| Error::failed(format!("The demo cannot start ({error})."), "Make room, or set TMPDIR."))
}
