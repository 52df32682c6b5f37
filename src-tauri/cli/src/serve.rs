//! `pierrot serve` and `pierrot run`: the engine kept running, with a page for a browser or without one.
//!
//! The schedule works while this runs. From the page one can go to the demo and back: each is an engine with a server of its
//! own, begun when somebody first goes there. Ends at Ctrl-C or a termination signal; a post on its way is waited for.

use std::{path::PathBuf, sync::Arc};

use pierrot_core::{
    Error, Pierrot, Result, World,
    engine::{Engine, Program},
    logs,
};
use pierrot_sandbox::{Demo, Options};
use pierrot_server::{Elsewhere, Server, Token};
use rand::SeedableRng;
use rand_chacha::ChaCha20Rng;
use serde_json::json;
use tokio::sync::Mutex;

use crate::{
    args::{Arguments, ServeArguments},
    output::{Answer, DONE, Voice},
    sandbox::stopped,
};

/// One's own archive and the demo, as far as somebody went there.
struct Stage {
    /// One's own home, or why there can be none.
    own_home: Result<PathBuf>,
    photos: usize,
    own: Mutex<Option<Part>>,
    demo: Mutex<Option<Part>>,
}

/// An engine that runs until it is stopped.
struct Part {
    engine: Engine,
    server: Option<Server>,
    demo: Option<Demo>,
    home: PathBuf,
}

/// Serves the page and keeps the schedule.
pub async fn serve(arguments: &Arguments, asked: &ServeArguments) -> u8 {
    let voice = Voice { json: arguments.json };
    let (own, demo) = (Mutex::default(), Mutex::default());
    let stage = Arc::new(Stage { own_home: arguments.root(), photos: asked.photos, own, demo });
    let told = stage.go(asked.demo, asked.port).await;
    match told {
        Ok(answer) => voice.say(answer),
        Err(error) => return voice.say(error.into()),
    };
    stopped().await;
    for part in [stage.own.lock().await.take(), stage.demo.lock().await.take()].into_iter().flatten() {
        part.stop().await;
    }
    DONE
}

/// Keeps the schedule, without a page.
pub async fn run(arguments: &Arguments) -> u8 {
    let voice = Voice { json: arguments.json };
    let part = match arguments.root().and_then(Part::own) {
        Ok(part) => part,
        Err(error) => return voice.say(error.into()),
    };
    part.engine.start();
    let home = part.home.display().to_string();
    voice.say(Answer::done(json!({ "home": home }), format!("Pierrot keeps the schedule of {home}.")));
    stopped().await;
    part.stop().await;
    DONE
}

impl Stage {
    /// Begins the one or the other where it does not run yet, and tells where it is.
    async fn go(self: &Arc<Self>, demo: bool, port: u16) -> Result<Answer> {
        let mut slot = if demo { self.demo.lock().await } else { self.own.lock().await };
        if slot.is_none() {
            let mut part = if demo { Part::demo(self.photos).await? } else { Part::own(self.own_home.clone()?)? };
            let token = Token::random(&mut ChaCha20Rng::from_os_rng());
            let elsewhere = self.elsewhere(!demo);
            let server = pierrot_server::start(part.engine.clone(), port, token, Some(elsewhere)).await;
            part.server = Some(server.map_err(|error| {
                let what_now = "Choose another with --port, or leave it out for any free one.";
                Error::failed(format!("Port {port} cannot be used ({error})."), what_now)
            })?);
            part.engine.start();
            *slot = Some(part);
        }
        Ok(slot.as_ref().expect("begun above").answer())
    }

    fn elsewhere(self: &Arc<Self>, demo: bool) -> Elsewhere {
        let stage = Arc::clone(self);
        Elsewhere::new(move || {
            let stage = Arc::clone(&stage);
            // On a task of its own: a browser that hangs up does not leave half of it behind.
            let going = tokio::spawn(async move {
                stage.go(demo, 0).await?;
                let slot = if demo { stage.demo.lock().await } else { stage.own.lock().await };
                Ok(slot.as_ref().and_then(Part::address).unwrap_or_default())
            });
            async move {
                let gone = going.await.unwrap_or_else(|_| Err(Error::failed("It did not start.", "Try again.")));
                gone.map_err(Into::into)
            }
        })
    }
}

impl Part {
    fn own(home: PathBuf) -> Result<Self> {
        let pierrot = Pierrot::open(&home, World::default())?;
        logs::keep_in(&pierrot.home().logs());
        let engine = Engine::new(pierrot, Program { version: env!("CARGO_PKG_VERSION").into(), demo: false })?;
        Ok(Self { engine, server: None, demo: None, home })
    }

    async fn demo(photos: usize) -> Result<Self> {
        let demo = Demo::start(Options { photos, ..Options::default() })
            .await
            .map_err(|error| Error::failed(format!("The demo cannot start ({error})."), "Make room, or set TMPDIR."))?;
        let home = demo.home().to_owned();
        let pierrot = Pierrot::open(&home, World::with_secrets(demo.described().secrets.clone()))?;
        let engine = Engine::new(pierrot, Program { version: env!("CARGO_PKG_VERSION").into(), demo: true })?;
        Ok(Self { engine, server: None, demo: Some(demo), home })
    }

    fn address(&self) -> Option<String> {
        self.server.as_ref().map(Server::address)
    }

    fn answer(&self) -> Answer {
        let address = self.address().unwrap_or_default();
        let port = self.server.as_ref().map(Server::port);
        let control_url = self.demo.as_ref().map(|demo| demo.described().control_url.clone());
        Answer::done(
            json!({ "address": address, "port": port, "home": self.home.display().to_string(), "control_url": control_url }),
            format!("Pierrot is at {address}"),
        )
    }

    async fn stop(self) {
        self.engine.stop().await;
        if let Some(server) = self.server {
            server.stop().await;
        }
        if let Some(demo) = self.demo {
            // A home that stays behind is among the temporary ones.
            let _ = demo.stop().await;
        }
    }
}
