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
};
use pierrot_sandbox::Sandbox;
use tokio::sync::{Mutex, broadcast};

use crate::options::Options;

/// What runs until the person quits.
#[derive(Debug)]
pub struct Running {
    engine: Engine,
    sandbox: Mutex<Option<Sandbox>>,
    home: PathBuf,
    demo: bool,
}

impl Running {
    /// Opens the home, or a fresh one on the sandbox, and lets the schedule work; hands out all that happens from there on.
    pub async fn start(options: &Options) -> Result<(Self, broadcast::Receiver<Event>)> {
        let sandbox = if options.demo { Some(start_sandbox().await?) } else { None };
        let (home, world) = match (&sandbox, &options.home) {
            (Some(sandbox), _) => demo_home(sandbox)?,
            (None, Some(home)) => (home.clone(), World::default()),
            (None, None) => (Home::platform()?, World::default()),
        };
        let pierrot = Pierrot::open(&home, world)?;
        let program = Program { version: env!("CARGO_PKG_VERSION").into(), demo: options.demo };
        let engine = Engine::new(pierrot, program)?;
        let events = engine.subscribe();
        engine.start();
        let control_url = sandbox.as_ref().map_or("", |sandbox| sandbox.described().control_url.as_str());
        tracing::info!(home = %home.display(), control_url, "engine started");
        Ok((Self { engine, sandbox: Mutex::new(sandbox), home, demo: options.demo }, events))
    }

    /// Whether nothing is real.
    pub fn is_demo(&self) -> bool {
        self.demo
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
        if let Some(sandbox) = self.sandbox.lock().await.take() {
            sandbox.stop().await;
            if let Err(error) = std::fs::remove_dir_all(&self.home) {
                tracing::warn!(%error, home = %self.home.display(), "the demo's home stays behind");
            }
        }
    }
}

async fn start_sandbox() -> Result<Sandbox> {
    pierrot_sandbox::start(pierrot_sandbox::Options::default())
        .await
        .map_err(|error| Error::failed(format!("The sandbox cannot start ({error})."), "Try again."))
}

fn demo_home(sandbox: &Sandbox) -> Result<(PathBuf, World)> {
    let home = sandbox.described().fresh_home().map_err(|error| {
        Error::failed(format!("The demo's home cannot be made ({error})."), "Make room, or set TMPDIR.")
    })?;
    Ok((home, World::with_secrets(sandbox.described().secrets.clone())))
}
