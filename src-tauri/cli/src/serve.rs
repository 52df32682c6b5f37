//! `pierrot serve` and `pierrot run`: the engine kept running, with a page for a browser or without one.
//!
//! The schedule works while this runs. Ends at Ctrl-C or a termination signal; a post on its way is waited for.

use std::path::PathBuf;

use pierrot_core::{
    Error, Pierrot, Result, World,
    engine::{Engine, Program},
};
use pierrot_sandbox::{Options, Sandbox};
use pierrot_server::{Server, Token};
use rand::SeedableRng;
use rand_chacha::ChaCha20Rng;
use serde_json::json;

use crate::{
    args::{Arguments, ServeArguments},
    output::{Answer, DONE, Voice},
    sandbox::stopped,
};

/// What runs until it is stopped.
struct Running {
    engine: Engine,
    server: Option<Server>,
    sandbox: Option<Sandbox>,
    home: PathBuf,
}

/// Serves the page and keeps the schedule.
pub async fn serve(arguments: &Arguments, asked: &ServeArguments) -> u8 {
    let voice = Voice { json: arguments.json };
    match Running::start(arguments, Some(asked)).await {
        Ok(running) => running.until_stopped(voice).await,
        Err(error) => voice.say(error.into()),
    }
}

/// Keeps the schedule, without a page.
pub async fn run(arguments: &Arguments) -> u8 {
    let voice = Voice { json: arguments.json };
    match Running::start(arguments, None).await {
        Ok(running) => running.until_stopped(voice).await,
        Err(error) => voice.say(error.into()),
    }
}

impl Running {
    async fn start(arguments: &Arguments, asked: Option<&ServeArguments>) -> Result<Self> {
        let demo = asked.is_some_and(|asked| asked.demo);
        let sandbox = if demo { Some(start_sandbox(asked).await?) } else { None };
        let (home, world) = match &sandbox {
            Some(sandbox) => demo_home(sandbox)?,
            None => (arguments.root()?, World::default()),
        };
        let pierrot = Pierrot::open(&home, world)?;
        let program = Program { version: env!("CARGO_PKG_VERSION").into(), demo };
        let engine = Engine::new(pierrot, program)?;
        let server = match asked {
            Some(asked) => {
                let token = Token::random(&mut ChaCha20Rng::from_os_rng());
                Some(pierrot_server::start(engine.clone(), asked.port, token).await.map_err(|error| {
                    let what_now = "Choose another with --port, or leave it out for any free one.";
                    Error::failed(format!("Port {} cannot be used ({error}).", asked.port), what_now)
                })?)
            }
            None => None,
        };
        engine.start();
        Ok(Self { engine, server, sandbox, home })
    }

    async fn until_stopped(self, voice: Voice) -> u8 {
        let home = self.home.display().to_string();
        let answer = match &self.server {
            Some(server) => {
                let address = server.address();
                Answer::done(
                    json!({ "address": address, "port": server.port(), "home": home, "control_url": self.control_url() }),
                    format!("Pierrot is at {address}"),
                )
            }
            None => Answer::done(json!({ "home": home }), format!("Pierrot keeps the schedule of {home}.")),
        };
        voice.say(answer);
        stopped().await;
        self.engine.stop().await;
        if let Some(server) = self.server {
            server.stop().await;
        }
        if let Some(sandbox) = self.sandbox {
            sandbox.stop().await;
            // A demo's home is thrown away with it.
            let _ = std::fs::remove_dir_all(&self.home);
        }
        DONE
    }

    fn control_url(&self) -> Option<String> {
        self.sandbox.as_ref().map(|sandbox| sandbox.described().control_url.clone())
    }
}

async fn start_sandbox(asked: Option<&ServeArguments>) -> Result<Sandbox> {
    let photos = asked.map_or(60, |asked| asked.photos);
    pierrot_sandbox::start(Options { photos, ..Options::default() })
        .await
        .map_err(|error| Error::failed(format!("The sandbox cannot start ({error})."), "Try again."))
}

fn demo_home(sandbox: &Sandbox) -> Result<(PathBuf, World)> {
    let home = sandbox.described().fresh_home().map_err(|error| {
        Error::failed(format!("The demo's home cannot be made ({error})."), "Make room, or set TMPDIR.")
    })?;
    Ok((home, World::with_secrets(sandbox.described().secrets.clone())))
}
