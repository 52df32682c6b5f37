//! How long each phase of a look took, and how much memory the program had at most.
//!
//! Invariant: measuring changes nothing that is written. Absent: rates and judgements.

use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use serde_json::{Map, Value};

/// The phases of one thread's work, in the order in which they first came.
#[derive(Debug, Default)]
pub struct Phases(Mutex<Spent>);

#[derive(Debug, Default)]
struct Spent {
    current: Option<(&'static str, Instant)>,
    phases: Vec<(&'static str, Duration)>,
}

impl Phases {
    /// The phase before ends and this one begins.
    pub fn enter(&self, name: &'static str) {
        let mut spent = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        spent.leave();
        spent.current = Some((name, Instant::now()));
    }

    /// Milliseconds of each phase, summed over the threads.
    pub fn milliseconds(all: Vec<Self>) -> Value {
        let mut sums = Map::new();
        for phases in all {
            let mut spent = phases.0.into_inner().unwrap_or_else(PoisonError::into_inner);
            spent.leave();
            for (name, time) in spent.phases {
                let before = sums.get(name).and_then(Value::as_f64).unwrap_or_default();
                let sum = before + time.as_secs_f64() * 1000.0;
                sums.insert(name.to_owned(), ((sum * 10.0).round() / 10.0).into());
            }
        }
        Value::Object(sums)
    }
}

impl Spent {
    fn leave(&mut self) {
        let Some((name, since)) = self.current.take() else { return };
        match self.phases.iter_mut().find(|(known, _)| *known == name) {
            Some((_, time)) => *time += since.elapsed(),
            None => self.phases.push((name, since.elapsed())),
        }
    }
}

/// The most memory the program has had, in bytes; `None` where the system does not say.
pub fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kibibytes: u64 = line.trim().strip_suffix(" kB")?.trim().parse().ok()?;
    Some(kibibytes * 1024)
}
