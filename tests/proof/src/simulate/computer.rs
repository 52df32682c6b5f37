//! The lives of the computers of one world: they sync, publish, crash, start again, and ask a person.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, LazyLock},
    time::Duration,
};

use pierrot_core::{
    Choice, Pierrot, ReviewAnswer, World as Surroundings, catalogue::Catalogue, http::Network, secrets,
};
use pierrot_sandbox::{InProcess, Options};
use rand::Rng;
use serde_json::json;

use crate::disk::CrashDisk;

use super::{
    Setting, World,
    field::{BEGINNING_MS, Body, Field, WrongClock},
    judge,
    network::SimulatedNetwork,
    store::{SharedRecord, outage},
};

const PHOTOS: usize = 8;
const DAY_MS: i64 = 86_400_000;
/// How long things go wrong.
const STORMY_DAYS: i64 = 2;
/// Longest wait between two turns of a computer.
const TURN_MS: u64 = 3 * 3_600_000;
/// Rounds in which everything must be settled once nothing fails any more.
const CALM_ROUNDS: usize = 8;

/// Drawn once for all worlds.
static SERVERS: LazyLock<InProcess> =
    LazyLock::new(|| InProcess::new(Options { photos: PHOTOS, plain_pictures: true, ..Options::default() }));

/// A world from its first to its last day.
pub async fn live_through(seed: u64, setting: &Setting, folder: &Path) -> World {
    let field = Field::new(seed, SERVERS.fresh(), setting);
    // Small pictures: what is in them does not matter here.
    let small: Vec<_> = (1..=PHOTOS)
        .map(|place| json!({"op": "edit", "id": format!("#{place}"), "width": 160, "height": 120}))
        .collect();
    field.servers.tell_ms(BEGINNING_MS);
    field.servers.control().photos(&json!(small)).expect("the sandbox knows its photos");
    // Few computers more often than many: a world of five costs as much as five of one.
    let range = || setting.computers.clone();
    let count = field.throw(|dice| dice.random_range(range()).min(dice.random_range(range())));
    let computers: Vec<Computer> = (1..=count).map(|number| Computer::new(number, &field, folder)).collect();
    tokio::select! {
        biased;
        () = field.endless() => field.violated("I5: what goes on in this world does not end".to_owned()),
        () = all_days(&field, computers) => {}
    }
    let publications = judge::at_the_end(&field);
    let (events, trace, lines) = field.finish();
    let violations = std::mem::take(&mut field.shared().violations);
    World { events, publications, violations, trace, lines }
}

/// The storm, and the calm after it.
async fn all_days(field: &Field, computers: Vec<Computer>) {
    let mut lives = tokio::task::JoinSet::new();
    for computer in computers {
        lives.spawn(computer.live());
    }
    lives.spawn(weather(field.clone()));
    let mut computers: Vec<Computer> = lives.join_all().await.into_iter().flatten().collect();
    computers.sort_by_key(|computer| computer.body.number);
    field.shared().calm = true;
    field.shared().record_away_ms = 0;
    field.servers.control().clear_faults();
    settle(field, &mut computers).await;
}

/// Everybody comes back, and what is open must end.
async fn settle(field: &Field, computers: &mut [Computer]) {
    for computer in computers.iter_mut() {
        computer.recover_in_peace().await;
    }
    for _ in 0..CALM_ROUNDS {
        if judge::all_settled(field) {
            break;
        }
        tokio::time::sleep(Duration::from_hours(2)).await;
        for computer in computers.iter_mut() {
            computer
                .start_in_peace(async |pierrot, _| {
                    pierrot.recover().await.ok();
                })
                .await;
        }
    }
    for computer in computers.iter_mut() {
        let body = computer.body.clone();
        computer.start_in_peace(async |pierrot, catalogue| judge::at_rest(pierrot, catalogue, &body).await).await;
    }
}

fn storm_is_over(field: &Field) -> bool {
    field.now_ms() >= BEGINNING_MS + STORMY_DAYS * DAY_MS
}

/// What goes wrong for all: the record is away, the servers answer nonsense, photos come and go.
async fn weather(field: Field) -> Option<Computer> {
    while !storm_is_over(&field) {
        let wait_ms = field.throw(|dice| dice.random_range(600_000..TURN_MS));
        tokio::time::sleep(Duration::from_millis(wait_ms)).await;
        match field.throw(|dice| dice.random_range(0..10)) {
            0..3 => outage(&field),
            3..8 => script(&field),
            _ => change_library(&field),
        }
    }
    None
}

/// One of the sandbox's own faults.
fn script(field: &Field) {
    let times = field.throw(|dice| dice.random_range(1..4));
    let tweets = |fault: serde_json::Value| {
        let mut fault = fault;
        fault["server"] = json!("x");
        fault["method"] = json!("POST");
        fault["path"] = json!("/2/tweets");
        fault
    };
    let mut fault = match field.throw(|dice| dice.random_range(0..14)) {
        0 => tweets(json!({"kind": "status", "code": 500})),
        1 => tweets(json!({"kind": "status", "code": 503, "effect": true})),
        2 => tweets(json!({"kind": "broken_201"})),
        3 => tweets(json!({"kind": "truncate_json"})),
        4 => tweets(json!({"kind": "rate_limited"})),
        5 => tweets(json!({"kind": "forbidden", "body": "duplicate"})),
        6 => tweets(json!({"kind": "delay_effect", "ms": 400_000, "code": 504})),
        7 => json!({"server": "x", "kind": "timeline_lag", "seconds": 900}),
        8 => json!({"server": "x", "path": "/2/media", "kind": "status", "code": 503}),
        9 => json!({"server": "x", "kind": "credits"}),
        10 => {
            json!({"server": "flickr", "kind": "flickr_fail", "code": 105, "message": "Service currently unavailable"})
        }
        11 => json!({"server": "flickr", "kind": "trailing_comma"}),
        12 => json!({"server": "flickr", "path": "getPhotos", "kind": "total_lies", "delta": 7}),
        _ => json!({"server": "static", "kind": "status", "code": 502}),
    };
    fault["times"] = json!(times);
    field.tell(0, &format!("the servers: {fault}"));
    field.servers.tell_ms(field.now_ms());
    field.servers.control().faults(&fault).expect("the sandbox knows this fault");
}

fn change_library(field: &Field) {
    let place = field.throw(|dice| dice.random_range(1..=PHOTOS));
    let id = format!("#{place}");
    let change = match field.throw(|dice| dice.random_range(0..4)) {
        0 => json!({"op": "delete", "id": id}),
        1 => json!({"op": "replace", "id": id}),
        2 => json!({"op": "privacy", "id": id, "privacy": "private"}),
        _ => json!({"op": "edit", "id": id, "title": format!("Another title {place}")}),
    };
    field.tell(0, &format!("the library: {change}"));
    field.servers.tell_ms(field.now_ms());
    // It may be gone already.
    field.servers.control().photos(&change).ok();
}

/// One computer with its home.
#[derive(Debug)]
pub struct Computer {
    body: Body,
    home: PathBuf,
    /// The catalogue has its name, which it gets once its file is whole: what a crash leaves before is no catalogue.
    named: bool,
}

impl Computer {
    fn new(number: u8, field: &Field, folder: &Path) -> Self {
        let home = folder.join(format!("computer-{number}"));
        std::fs::create_dir_all(&home).expect("the scratch folder is writable");
        let described = field.servers.described();
        let config = format!(
            "[flickr]\napi_url = \"{}\"\noauth_url = \"{}\"\ncalls_per_second = 0\n\n[targets.x]\nkind = \"x\"\napi_url = \"{}\"\n",
            described.flickr.api_url, described.flickr.oauth_url, described.x.api_url
        );
        std::fs::write(home.join("config.toml"), config).expect("the scratch folder is writable");
        Self { body: Body::new(number, field.clone()), home, named: false }
    }

    fn surroundings(&self) -> Surroundings {
        let described = self.body.field.servers.described();
        Surroundings {
            clock: Arc::new(WrongClock(self.body.clone())),
            secrets: Arc::new(secrets::Memory::new(described.secrets.clone())),
            seed: self.body.field.throw(|dice| dice.random()),
            network: Network::Simulated(Arc::new(SimulatedNetwork(self.body.clone()))),
            record: Some(Arc::new(SharedRecord(self.body.clone()))),
        }
    }

    /// Opens the home; the power may go while the catalogue is read.
    fn open(&mut self) -> Option<(Pierrot, Catalogue)> {
        let catalogue = Catalogue::on_backend(self.body.disk.clone());
        self.named |= catalogue.is_ok();
        let opened = catalogue.map_err(pierrot_core::Error::from).and_then(|catalogue| {
            Ok((Pierrot::with_catalogue(&self.home, catalogue.clone(), self.surroundings())?, catalogue))
        });
        match opened {
            Ok(opened) => Some(opened),
            Err(_) if self.body.disk.is_cut() => None,
            Err(error) => {
                self.body.field.violated(format!("computer {} cannot open its home: {error}", self.body.number));
                None
            }
        }
    }

    /// Lives until the storm is over, through all crashes.
    async fn live(mut self) -> Option<Computer> {
        loop {
            let field = self.body.field.clone();
            let effects = field.throw(|dice| dice.random_bool(0.6).then(|| dice.random_range(1..160)));
            let operations = field.throw(|dice| dice.random_bool(0.2).then(|| dice.random_range(1..4000)));
            self.restart(effects, operations);
            if let Some((pierrot, _)) = self.open() {
                let body = self.body.clone();
                tokio::select! {
                    biased;
                    () = body.crashed() => {}
                    () = turns(&pierrot, &body) => {}
                }
            }
            if storm_is_over(&field) {
                return Some(self);
            }
            let down_ms = field.throw(|dice| dice.random_range(1_000..TURN_MS));
            tokio::time::sleep(Duration::from_millis(down_ms)).await;
        }
    }

    /// The disk as the crash left it, and the next crash on its way.
    fn restart(&mut self, effects: Option<u32>, operations: Option<u64>) {
        let old = self.body.disk.clone();
        let left = self.body.field.throw(|dice| old.image(dice));
        let image = if self.named { left } else { Vec::new() };
        let disk = CrashDisk::holding(image);
        if let Some(operations) = operations {
            disk.cut_after(operations);
        }
        self.body.field.tell(self.body.number, "starts");
        self.body.start(disk, effects);
    }

    async fn recover_in_peace(&mut self) {
        self.start_in_peace(async |pierrot, _| {
            pierrot.sync(true).await.ok();
            pierrot.recover().await.ok();
        })
        .await;
    }

    /// Starts where nothing fails any more.
    async fn start_in_peace(&mut self, act: impl AsyncFnOnce(&Pierrot, &Catalogue)) {
        self.restart(None, None);
        self.body.set_offline_until(0);
        self.body.set_clock(0);
        if let Some((pierrot, catalogue)) = self.open() {
            act(&pierrot, &catalogue).await;
        }
    }
}

/// One turn after the other, until the storm is over or the disk is gone.
async fn turns(pierrot: &Pierrot, body: &Body) {
    let field = &body.field;
    pierrot.recover().await.ok();
    pierrot.sync(false).await.ok();
    loop {
        let wait_ms = field.throw(|dice| dice.random_range(1_000..TURN_MS));
        tokio::time::sleep(Duration::from_millis(wait_ms)).await;
        // Without a disk it is down; the next effect would say so.
        if body.disk.is_cut() || storm_is_over(field) {
            return;
        }
        turn(pierrot, body).await;
    }
}

async fn turn(pierrot: &Pierrot, body: &Body) {
    let field = &body.field;
    let said = match field.throw(|dice| dice.random_range(0..20)) {
        0..2 => format!("sync {}", word(&pierrot.sync(field.throw(|dice| dice.random_bool(0.2))).await)),
        2..12 => {
            let day = (field.now_ms() - BEGINNING_MS) / DAY_MS;
            let slot = field.throw(|dice| dice.random_bool(0.6)).then(|| format!("daily/{day}@UTC"));
            let choice = Choice { slot, ..Choice::default() };
            let published = pierrot.publish(&choice).await;
            let what = published.as_ref().map(|report| format!("{:?}", report.outcome)).unwrap_or_default();
            format!("publish {} {what}", word(&published))
        }
        12..14 => format!("recover {}", word(&pierrot.recover().await)),
        14 => person(pierrot, body).await,
        15 => {
            let far = field.throw(|dice| dice.random_bool(0.3));
            let by_ms = field.throw(|dice| dice.random_range(-60_000..60_000)) * if far { 120 } else { 1 };
            body.set_clock(by_ms);
            format!("the clock is {} s off", by_ms / 1000)
        }
        16 => {
            let for_ms = field.throw(|dice| dice.random_range(60_000..3_600_000));
            body.set_offline_until(field.now_ms() + for_ms);
            "the network is down".to_owned()
        }
        17 => {
            let full = field.throw(|dice| dice.random_bool(0.3));
            body.disk.set_full(full);
            format!("the disk is full: {full}")
        }
        _ => {
            body.set_clock(0);
            body.disk.set_full(false);
            "all is well".to_owned()
        }
    };
    field.tell(body.number, &said);
}

/// Somebody looks at what waits for an answer, and answers one.
async fn person(pierrot: &Pierrot, body: &Body) -> String {
    let Ok(reviews) = pierrot.reviews().await else { return "no answer".to_owned() };
    let Some(review) = reviews.first() else { return "nothing to answer".to_owned() };
    let answer = match body.field.throw(|dice| dice.random_range(0..3)) {
        0 => ReviewAnswer::Skip,
        1 => ReviewAnswer::PostAgain,
        _ => match judge::address_of(&body.field, &review.id) {
            Some(address) => ReviewAnswer::Posted(address),
            None => ReviewAnswer::PostAgain,
        },
    };
    let answered = pierrot.answer(&review.id, &answer).await;
    format!("answers {answer:?} {}", word(&answered))
}

fn word<T>(result: &Result<T, pierrot_core::Error>) -> String {
    match result {
        Ok(_) => "ok".to_owned(),
        Err(error) => format!("{:?}", error.code),
    }
}
