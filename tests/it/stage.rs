//! A stage for promises: the real engine on loopback servers, with a clock that tests move.

use std::{
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use jiff::{SignedDuration, Timestamp};
use pierrot_core::{
    Pierrot, World,
    clock::{Clock, SystemClock},
    engine::{Engine, Program},
};
use pierrot_sandbox::{Control, Options, Sandbox};

/// The computer's clock, moved by so many seconds.
#[derive(Debug, Default)]
pub struct MovedClock(AtomicI64);

impl Clock for MovedClock {
    fn now(&self) -> Timestamp {
        let moved = SignedDuration::from_secs(self.0.load(Ordering::SeqCst));
        SystemClock.now().saturating_add(moved).unwrap_or(Timestamp::MAX)
    }

    fn boot_ms(&self) -> u64 {
        SystemClock.boot_ms()
    }
}

/// Servers, and the settings that lead to them.
#[derive(Debug)]
pub struct Stage {
    sandbox: Sandbox,
    pub clock: Arc<MovedClock>,
    root: tempfile::TempDir,
}

impl Stage {
    /// A small library; the sandbox and the engine share one moved clock.
    pub async fn new() -> Self {
        Self::with(30).await
    }

    pub async fn with(photos: usize) -> Self {
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let sandbox = pierrot_sandbox::start(Options { photos, ..Options::default() }).await.expect("loopback");
        Self { sandbox, clock: Arc::default(), root: tempfile::tempdir().expect("a folder") }
    }

    pub fn control(&self) -> Control {
        self.sandbox.control()
    }

    pub fn home(&self, name: &str) -> PathBuf {
        self.root.path().join(name)
    }

    /// Opens a home; `more` is added to its config.toml, in which `{root}` is a folder all homes share.
    pub fn engine(&self, home: &str, more: &str) -> Engine {
        let home = self.home(home);
        std::fs::create_dir_all(&home).expect("writable");
        let more = more.replace("{root}", &self.root.path().display().to_string());
        let config = self.sandbox.described().config_toml() + "\n" + &more;
        std::fs::write(home.join("config.toml"), config).expect("writable");
        self.reopen(&home)
    }

    pub fn reopen(&self, home: &Path) -> Engine {
        let secrets = self.sandbox.described().secrets.clone();
        let world = World { clock: self.clock.clone(), ..World::with_secrets(secrets) };
        let pierrot = Pierrot::open(home, world).expect("a usable home");
        Engine::new(pierrot, Program { version: "test".into(), demo: true }).expect("it starts")
    }

    /// Lets time pass everywhere.
    pub fn pass_h(&self, hours: i64) {
        self.clock.0.fetch_add(hours * 3600, Ordering::SeqCst);
        self.control().advance_s(hours * 3600);
    }

    /// Moves on to this weekday and hour, UTC.
    pub fn go_to(&self, weekday: jiff::civil::Weekday, hour: i8) {
        let now = self.clock.now().to_zoned(jiff::tz::TimeZone::UTC);
        let mut then = now.datetime().date().to_datetime(jiff::civil::time(hour, 0, 30, 0));
        while then.weekday() != weekday || then <= now.datetime() {
            then = then.checked_add(jiff::Span::new().days(1)).expect("in range");
        }
        let then = then.to_zoned(jiff::tz::TimeZone::UTC).expect("UTC has no gaps").timestamp();
        let ahead = then.as_second() - now.timestamp().as_second();
        self.clock.0.fetch_add(ahead, Ordering::SeqCst);
        self.control().advance_s(ahead);
    }
}
