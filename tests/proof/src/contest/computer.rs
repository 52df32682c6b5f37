//! One computer of a contest: it starts the program again and again, and kills it.

use std::{
    io,
    process::Stdio,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::Value;
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, ChildStdout, Command},
};

use super::{Acknowledged, Field, worker};
use crate::program::{self, Home};

/// Longest life of a worker.
const LIFE_MS: u64 = 3_000;

pub struct Computer {
    home: Home,
    field: Arc<Field>,
    dice: ChaCha8Rng,
}

impl Computer {
    pub fn new(home: Home, field: Arc<Field>, seed: u64, number: u64) -> Self {
        let mut dice = ChaCha8Rng::seed_from_u64(seed);
        dice.set_stream(number);
        Self { home, field, dice }
    }

    /// Publishes until it is over; most programs do not end by themselves.
    pub async fn compete(mut self) -> io::Result<()> {
        while !self.field.over.load(Ordering::SeqCst) {
            let command = match self.dice.random_range(0..4) {
                0 => self.home.command(&["publish"]),
                _ => self.worker()?,
            };
            let life = Duration::from_millis(self.dice.random_range(20..LIFE_MS));
            self.live(command, life).await?;
        }
        Ok(())
    }

    /// A program that publishes slot after slot, from about where the others are.
    fn worker(&mut self) -> io::Result<Command> {
        let slots = self.field.acknowledged().iter().filter_map(|said| worker::number_of(said.slot.as_deref()?)).max();
        // Sometimes the newest slot once more, sometimes one further: a short life on a slow store must not end at the same one for ever.
        let first = slots.unwrap_or(0) + self.dice.random_range(0..3);
        let mut command = self.home.bare(&program::find("pierrot-proof")?);
        command.arg(worker::NAME).arg(&self.home.root).arg(first.to_string());
        Ok(command)
    }

    async fn live(&mut self, mut command: Command, life: Duration) -> io::Result<()> {
        let mut child = program::start(command.stdout(Stdio::piped()))?;
        let heard = tokio::spawn(listen(child.stdout.take(), self.field.clone()));
        if self.end(&mut child, life).await? {
            self.field.kills.fetch_add(1, Ordering::SeqCst);
        }
        heard.await.map_err(io::Error::other)
    }

    /// Whether it was killed.
    async fn end(&self, child: &mut Child, life: Duration) -> io::Result<bool> {
        if let Ok(ended) = tokio::time::timeout(life, child.wait()).await {
            return ended.map(|_| false);
        }
        child.start_kill()?;
        child.wait().await.map(program::died)
    }
}

/// What a program says, line by line: each publication that it tells of was acknowledged.
async fn listen(output: Option<ChildStdout>, field: Arc<Field>) {
    let Some(output) = output else { return };
    let mut lines = BufReader::new(output).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        let Ok(said) = serde_json::from_str::<Value>(&line) else { continue };
        let text = |name: &str| said[name].as_str().map(str::to_owned);
        if let (Some("published"), Some(photo)) = (said["outcome"].as_str(), text("photo_id")) {
            field.acknowledged().push(Acknowledged { photo, slot: text("slot") });
        }
        let error = &said["error"];
        // Trouble that passes, and a target that waits for answers, is what a contest is made of.
        if error["code"].as_str().is_some_and(|code| code != "try_later" && !error.to_string().contains("review")) {
            field.complain(format!("a program says {error}"));
        }
    }
}
