//! One home from its first sync to its last kill.

use std::{io, time::Duration};

use pierrot_core::{Pierrot, ReviewAnswer};
use pierrot_sandbox::Sandbox;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::json;
use tempfile::TempDir;

use super::{Killed, Setting, VIOLATIONS_MAX, ext4::Ext4, places::PLACES};
use crate::{
    history::{Judgement, Reading},
    program::{self, Home, Said},
};

/// The first guess how long a command takes.
const FIRST_GUESS: Duration = Duration::from_millis(150);

/// What is killed at a random moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Victim {
    Publish,
    Sync,
    FullSync,
    Recover,
    Answer,
}

const VICTIMS: usize = 5;

struct Life {
    home: Home,
    sandbox: Sandbox,
    dice: ChaCha8Rng,
    /// How long each victim lives when nobody kills it, about.
    spans: [Duration; VICTIMS],
    place: usize,
    earlier: Reading,
    killed: Killed,
    /// Names what was done, for a violation.
    deed: String,
    /// Its power goes with the program.
    disk: Option<Ext4>,
    _folder: TempDir,
}

/// Kills so many processes of one home.
pub async fn live(setting: &Setting, number: u64, kills: u64, photos: usize) -> io::Result<Killed> {
    let folder = crate::scratch()?;
    let disk = setting.power_cuts.then(Ext4::new).transpose()?;
    let sandbox = program::sandbox(photos, number + 1).await?;
    let root = disk.as_ref().map_or_else(|| folder.path().to_owned(), Ext4::root).join("home");
    let home = Home::new(&root, &sandbox, "kind = \"folder\"\npath = \"record\"", &[])?;
    disk.as_ref().map_or(Ok(()), Ext4::settle)?;
    let mut dice = ChaCha8Rng::seed_from_u64(setting.seed);
    dice.set_stream(number);
    let place = dice.random_range(0..PLACES.len());
    let mut life = Life {
        home,
        sandbox,
        dice,
        spans: [FIRST_GUESS; VICTIMS],
        place,
        earlier: Reading::default(),
        killed: Killed::default(),
        deed: "nothing yet".into(),
        disk,
        _folder: folder,
    };
    let first = life.home.run(&["sync"]).await?;
    life.expect(first.status == Some(0), || format!("the first sync fails: {}", first.json));
    while life.killed.kills < kills && life.killed.violations.len() < VIOLATIONS_MAX {
        life.turn().await?;
    }
    let judged = life.judged()?;
    life.killed.publications = judged.posted.values().map(|times| u64::from(*times)).sum();
    Ok(life.killed)
}

impl Life {
    /// Deaths, the recovery from them, and what must be true then.
    async fn turn(&mut self) -> io::Result<()> {
        let asks = if self.dice.random_ratio(1, 3) {
            Some(self.die_at_the_next_place().await?)
        } else {
            self.die_at_random().await?;
            None
        };
        self.read();
        let recovered = self.home.run(&["recover"]).await?;
        let asked = recovered.json["needs_review"].as_array().is_some_and(|reviews| !reviews.is_empty());
        self.expect(asks.is_none_or(|asks| asks == asked), || format!("asks a person: {asked}"));
        self.settled(&recovered).await
    }

    /// Whether the recovery must ask a person.
    async fn die_at_the_next_place(&mut self) -> io::Result<bool> {
        let (deaths, asks) = PLACES[self.place % PLACES.len()];
        self.place += 1;
        self.deed = format!("{deaths:?}");
        for (arguments, place) in deaths {
            if arguments[0] == "sync" {
                self.change_library();
            }
            let died = self.home.die_at(arguments, place).await?;
            self.lose_power(died)?;
            self.killed.kills += u64::from(died);
            self.expect(died, || format!("{arguments:?} never comes to {place}"));
        }
        Ok(asks)
    }

    async fn die_at_random(&mut self) -> io::Result<()> {
        self.deed = "kill -9 at random".into();
        let mut victim = match self.dice.random_range(0..10) {
            0..7 => Victim::Publish,
            7..9 => Victim::Sync,
            _ => Victim::FullSync,
        };
        // A recovery has something to do only after another death.
        for _ in 0..3 {
            if !self.kill(victim).await? || self.dice.random_ratio(3, 5) {
                break;
            }
            victim = Victim::Recover;
        }
        Ok(())
    }

    /// Starts the victim and kills it at a moment of its life; whether it was still alive.
    async fn kill(&mut self, victim: Victim) -> io::Result<bool> {
        let review = match victim {
            Victim::Answer => self.a_review().await,
            Victim::Publish | Victim::Sync | Victim::FullSync | Victim::Recover => None,
        };
        let answer = if self.dice.random() { "--skip" } else { "--post-again" };
        let arguments: Vec<&str> = match (victim, &review) {
            (Victim::Publish, _) => vec!["publish"],
            (Victim::Sync, _) => vec!["sync"],
            (Victim::FullSync, _) => vec!["sync", "--full"],
            (Victim::Recover, _) => vec!["recover"],
            (Victim::Answer, Some(id)) => vec!["review", id, answer],
            (Victim::Answer, None) => return Ok(false),
        };
        if matches!(victim, Victim::Sync | Victim::FullSync) {
            self.change_library();
        }
        let span = self.spans[victim as usize];
        let patience = span.mul_f64(self.dice.random());
        self.deed = format!("{}, {arguments:?} after {} ms", self.deed, patience.as_millis());
        let died = self.home.kill_after(&arguments, patience).await?;
        self.lose_power(died)?;
        self.killed.kills += u64::from(died);
        // The guess grows while everything dies and shrinks when something was done before.
        self.spans[victim as usize] = if died { span.mul_f64(1.03) } else { patience.max(span.mul_f64(0.8)) };
        Ok(died)
    }

    fn lose_power(&mut self, died: bool) -> io::Result<()> {
        match &mut self.disk {
            Some(disk) if died => disk.cut(),
            Some(_) | None => Ok(()),
        }
    }

    /// Something for a sync to find.
    fn change_library(&mut self) {
        let title = format!("Title {:016x}", self.dice.random::<u64>());
        let place = self.dice.random_range(1..=20);
        self.sandbox.control().advance_s(5);
        let changed = self.sandbox.control().photos(&json!({"op": "edit", "id": format!("#{place}"), "title": title}));
        self.expect(changed.is_ok(), || format!("the sandbox refuses a change: {changed:?}"));
    }

    async fn a_review(&mut self) -> Option<String> {
        let pierrot = self.home.open().ok()?;
        Some(pierrot.reviews().await.ok()?.into_iter().next()?.id)
    }

    /// After the program recovered: everything is as it must be, and stays so when it recovers again.
    async fn settled(&mut self, recovered: &Said) -> io::Result<()> {
        let took = u64::try_from(recovered.took.as_millis()).unwrap_or(u64::MAX);
        self.killed.recovery_ms_max = self.killed.recovery_ms_max.max(took);
        let done = matches!(recovered.status, Some(0 | 4));
        self.expect(done, || format!("`recover` ends with {:?}: {}", recovered.status, recovered.json));
        self.read();
        let before = self.earlier.clone();
        let open = match self.home.open() {
            Ok(pierrot) => self.recover_again(&pierrot, &before).await,
            Err(error) => {
                self.violated(format!("the home does not open: {error}"));
                Vec::new()
            }
        };
        self.judge_posts()?;
        for id in open {
            self.killed.needs_review += 1;
            self.answer(&id).await?;
        }
        Ok(())
    }

    /// Recovers again in this process, and checks; the reviews that are open.
    async fn recover_again(&mut self, pierrot: &Pierrot, before: &Reading) -> Vec<String> {
        let again = pierrot.recover().await.map(|_| ());
        self.expect(again.is_ok(), || format!("recovering again fails: {again:?}"));
        self.read();
        let same = self.earlier == *before;
        self.expect(same, || "recovering again changes the log".into());
        match pierrot.check(false).await {
            Ok(report) => self.expect(report.clean, || format!("`check` finds {:?}", report.findings)),
            Err(error) => self.violated(format!("`check` fails: {error}")),
        }
        let reviews = pierrot.reviews().await.unwrap_or_default();
        reviews.into_iter().map(|review| review.id).collect()
    }

    /// A person answers; sometimes the program is killed over it and the person asked again.
    async fn answer(&mut self, id: &str) -> io::Result<()> {
        if self.dice.random_ratio(1, 2) {
            self.deed = "an answer to a review".into();
            self.kill(Victim::Answer).await?;
        }
        let pierrot = match self.home.open() {
            Ok(pierrot) => pierrot,
            Err(error) => {
                self.violated(format!("the home does not open: {error}"));
                return Ok(());
            }
        };
        let recovered = pierrot.recover().await.map(|_| ());
        self.expect(recovered.is_ok(), || format!("recovering after an answer fails: {recovered:?}"));
        let open = pierrot.reviews().await.unwrap_or_default();
        if open.iter().any(|review| review.id == id) {
            let answer = if self.dice.random_ratio(1, 4) { ReviewAnswer::PostAgain } else { ReviewAnswer::Skip };
            let answered = pierrot.answer(id, &answer).await.map(|_| ());
            self.expect(answered.is_ok(), || format!("an answer is refused: {answered:?}"));
        }
        drop(pierrot);
        self.read();
        self.judge_posts()
    }

    /// Reads the log; what was read before must be its beginning.
    fn read(&mut self) {
        match Reading::of_folder(&self.home.root.join("record")) {
            Ok(now) => {
                if let Some(why) = now.differs_from(&self.earlier) {
                    self.killed.lost_entries += 1;
                    self.killed.violations.push(format!("{}: {why}", self.deed));
                }
                self.earlier = now;
            }
            Err(error) => {
                self.killed.lost_entries += 1;
                self.killed.violations.push(format!("{}: {error}", self.deed));
            }
        }
    }

    fn judged(&self) -> io::Result<Judgement> {
        let requests = self.sandbox.control().count("POST /2/tweets");
        Ok(Judgement::of(&self.earlier, &program::posts(&self.sandbox.control()), requests))
    }

    fn judge_posts(&mut self) -> io::Result<()> {
        let judged = self.judged()?;
        self.killed.double_posts += judged.double_posts.len() as u64;
        self.killed.lost_entries += (judged.lost.len() + judged.broken.len()) as u64;
        let found = judged.double_posts.iter().chain(&judged.lost).chain(&judged.broken).chain(&judged.slots_twice);
        self.killed.violations.extend(found.map(|why| format!("{}: {why}", self.deed)));
        self.expect(judged.open == 0, || format!("{} attempts never ended", judged.open));
        Ok(())
    }

    fn expect(&mut self, holds: bool, why: impl FnOnce() -> String) {
        if !holds {
            self.violated(why());
        }
    }

    fn violated(&mut self, why: String) {
        self.killed.other_violations += 1;
        self.killed.violations.push(format!("{}: {why}", self.deed));
    }
}
