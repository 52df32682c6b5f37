//! `pierrot-proof NAME KEY=VALUE...`: runs one proof; the last line of standard output is its report as one JSON object.

use std::{collections::BTreeMap, ops::RangeInclusive, process::ExitCode};

use pierrot_proof::{contest, drill, kills, model, powercuts, simulate};
use serde_json::{Value, json};

const USAGE: &str = "usage: pierrot-proof model | simulate SEEDS=n FIRST_SEED=s COMPUTERS=1..5 | kills N=n SEED=s [PHOTOS=n] [CUT=ext4] | powercuts N=n SEED=s | \
                     contest PROCESSES=n PUBLICATIONS=n SEED=s STORE=folder|moto|radosgw | drill PHOTOS=n ENTRIES=m";

fn main() -> ExitCode {
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let mut arguments = std::env::args().skip(1);
    let name = arguments.next().unwrap_or_default();
    if name == contest::worker::NAME {
        return worker(arguments);
    }
    if ["--help", "-h", "help"].contains(&name.as_str()) {
        say(USAGE);
        return ExitCode::SUCCESS;
    }
    let wanted: Result<Arguments, String> = Arguments::read(arguments);
    let proof = wanted.and_then(|arguments| run(&name, &arguments));
    match proof {
        Ok((report, true)) => {
            say(&report.to_string());
            ExitCode::SUCCESS
        }
        Ok((report, false)) => {
            say(&report.to_string());
            ExitCode::FAILURE
        }
        Err(why) => {
            complain(&why);
            ExitCode::from(2)
        }
    }
}

/// The report, and whether nothing was violated.
fn run(name: &str, arguments: &Arguments) -> Result<(Value, bool), String> {
    match name {
        "model" => {
            arguments.refuse_others(&[])?;
            Ok(the_model())
        }
        "simulate" => {
            arguments.refuse_others(&["SEEDS", "FIRST_SEED", "COMPUTERS"])?;
            the_simulation(arguments)
        }
        "kills" => {
            arguments.refuse_others(&["N", "SEED", "PHOTOS", "CUT"])?;
            the_kills(arguments)
        }
        "contest" => {
            arguments.refuse_others(&["PROCESSES", "PUBLICATIONS", "SEED", "STORE"])?;
            the_contest(arguments)
        }
        "powercuts" => {
            arguments.refuse_others(&["N", "SEED"])?;
            the_power_cuts(arguments)
        }
        "drill" => {
            arguments.refuse_others(&["PHOTOS", "ENTRIES"])?;
            the_drill(arguments)
        }
        _ => Err(USAGE.to_owned()),
    }
}

/// One program of a contest, for its parent to kill.
fn worker(mut arguments: impl Iterator<Item = String>) -> ExitCode {
    let (home, slot) = (arguments.next().unwrap_or_default(), arguments.next().and_then(|slot| slot.parse().ok()));
    let work = contest::worker::work(home.as_ref(), slot.unwrap_or(0), |line| say(&line.to_string()));
    match in_runtime(async { work.await.map_err(std::io::Error::other) }) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            complain(&why);
            ExitCode::FAILURE
        }
    }
}

fn the_contest(arguments: &Arguments) -> Result<(Value, bool), String> {
    let place = match arguments.0.get("STORE").map(String::as_str) {
        None | Some("folder") => contest::Place::Folder,
        Some("moto" | "radosgw") => contest::Place::Bucket,
        Some(other) => return Err(format!("STORE={other} is neither folder, moto nor radosgw")),
    };
    let setting = contest::Setting {
        processes: usize::try_from(arguments.within("PROCESSES", 3, 1..=50)?).unwrap_or(usize::MAX),
        publications: arguments.within("PUBLICATIONS", 300, 1..=1_000_000)?,
        seed: arguments.number("SEED", 1)?,
        place,
    };
    let contested = in_runtime(contest::run(setting))?;
    tell_violations(&contested.violations);
    Ok((json!(contested), contested.violations.is_empty()))
}

fn the_drill(arguments: &Arguments) -> Result<(Value, bool), String> {
    let (photos, entries) = (arguments.within("PHOTOS", 2_000, 1..=1_000_000)?, arguments.number("ENTRIES", 500)?);
    // A publication is three entries, and no photo goes out twice.
    if entries > photos * 3 {
        return Err(format!("{photos} photos fill at most {} entries; ENTRIES={entries} is more", photos * 3));
    }
    let drilled = in_runtime(drill::run(usize::try_from(photos).unwrap_or(usize::MAX), entries))?;
    tell_violations(&drilled.violations);
    Ok((json!(drilled), drilled.equal))
}

fn the_power_cuts(arguments: &Arguments) -> Result<(Value, bool), String> {
    let (images, seed) = (arguments.within("N", 10_000, 1..=1_000_000_000)?, arguments.number("SEED", 1)?);
    let cut = powercuts::run(powercuts::Setting { images, seed, lies: false });
    tell_violations(&cut.violations);
    Ok((json!(cut), cut.violations.is_empty()))
}

fn the_kills(arguments: &Arguments) -> Result<(Value, bool), String> {
    let (kills, seed) = (arguments.within("N", 500, 1..=1_000_000)?, arguments.number("SEED", 1)?);
    let photos = arguments.optional("PHOTOS")?.map(|photos| usize::try_from(photos).unwrap_or(usize::MAX));
    let power_cuts = match arguments.0.get("CUT").map(String::as_str) {
        None => false,
        Some("ext4") => true,
        Some(other) => {
            return Err(format!("CUT={other} is not known; CUT=ext4 takes the power from an ext4 with each kill"));
        }
    };
    let killed = in_runtime(kills::run(kills::Setting { kills, seed, photos, power_cuts }))?;
    tell_violations(&killed.violations);
    Ok((json!(killed), killed.violations.is_empty()))
}

fn tell_violations(violations: &[String]) {
    for why in violations.iter().take(20) {
        say(&format!("VIOLATED {why}"));
    }
}

/// Runs a proof of processes and servers.
fn in_runtime<T>(proof: impl Future<Output = std::io::Result<T>>) -> Result<T, String> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    runtime.and_then(|runtime| runtime.block_on(proof)).map_err(|error| error.to_string())
}

fn the_simulation(arguments: &Arguments) -> Result<(Value, bool), String> {
    let (seeds, first) = (arguments.within("SEEDS", 2_000, 1..=1_000_000_000)?, arguments.number("FIRST_SEED", 1)?);
    if first.checked_add(seeds).is_none() {
        return Err(format!("FIRST_SEED={first} leaves no room for {seeds} seeds"));
    }
    let mut setting = simulate::Setting { computers: arguments.range("COMPUTERS", 1..=5)?, ..Default::default() };
    if seeds == 1 {
        setting.told = true;
        let folder = pierrot_proof::scratch().map_err(|error| error.to_string())?;
        for line in simulate::one(first, &setting, folder.path()).lines {
            say(&line);
        }
    }
    let all = simulate::many(first, seeds, &setting).map_err(|error| error.to_string())?;
    tell_violations(&all.violations);
    if let Some((seed, _)) = all.violations.first().and_then(|why| why.strip_prefix("seed ")?.split_once(':')) {
        let (from, to) = (setting.computers.start(), setting.computers.end());
        say(&format!("see it again: make simulate SEEDS=1 FIRST_SEED={seed} COMPUTERS={from}..{to}"));
    }
    let report = json!({
        "seeds": all.seeds, "events": all.events, "publications": all.publications,
        "violations": all.violations.len(), "trace": all.trace,
    });
    Ok((report, all.violations.is_empty()))
}

fn the_model() -> (Value, bool) {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let (mut states, mut violations) = (0, 0);
    let mut tell = |found: &model::Found| {
        say(&format!("{:>10} states  {:>6.1} s  {}", found.states, found.seconds, found.name));
        for broken in &found.broken {
            say(&format!("  BROKEN {}\n    {}", broken.law, broken.steps.join("\n    ")));
        }
        states += found.states;
        violations += found.broken.len();
    };
    for (name, small) in model::endings(true) {
        tell(&model::every_claim_ends(name, &small));
    }
    for (name, small) in model::worlds(true) {
        tell(&model::safety(name, small, threads));
    }
    let mutants = model::mutants();
    let count = mutants.len();
    let mut caught = 0;
    for (name, small) in mutants {
        let found = model::safety(name, small, threads);
        let steps = found.broken.first().map(|broken| broken.steps.len());
        caught += usize::from(steps.is_some());
        let how = steps.map_or("NOT CAUGHT".to_owned(), |steps| format!("double post in {steps} steps"));
        say(&format!("{:>10} states  {:>6.1} s  broken on purpose: {name}: {how}", found.states, found.seconds));
    }
    let report = json!({"states": states, "violations": violations, "mutants_caught": caught, "mutants": count});
    (report, violations == 0 && caught == count)
}

/// `KEY=VALUE` words.
struct Arguments(BTreeMap<String, String>);

impl Arguments {
    fn read(words: impl Iterator<Item = String>) -> Result<Self, String> {
        let pair = |word: String| match word.split_once('=') {
            Some((key, value)) => Ok((key.to_owned(), value.to_owned())),
            None => Err(format!("\"{word}\" is not KEY=VALUE")),
        };
        let mut all = BTreeMap::new();
        for pair in words.map(pair) {
            let (key, value) = pair?;
            if all.contains_key(&key) {
                return Err(format!("{key} is said twice"));
            }
            all.insert(key, value);
        }
        Ok(Self(all))
    }

    fn number(&self, key: &str, default: u64) -> Result<u64, String> {
        match self.0.get(key) {
            None => Ok(default),
            Some(text) => text.parse().map_err(|_| format!("{key}={text} is not a number")),
        }
    }

    fn within(&self, key: &str, default: u64, range: RangeInclusive<u64>) -> Result<u64, String> {
        let number = self.number(key, default)?;
        if range.contains(&number) {
            return Ok(number);
        }
        Err(format!("{key}={number} is not from {} to {}", range.start(), range.end()))
    }

    fn optional(&self, key: &str) -> Result<Option<u64>, String> {
        if self.0.contains_key(key) { self.number(key, 0).map(Some) } else { Ok(None) }
    }

    /// `3`, or `1..5` with both ends.
    fn range(&self, key: &str, default: RangeInclusive<u8>) -> Result<RangeInclusive<u8>, String> {
        let Some(text) = self.0.get(key) else { return Ok(default) };
        let (from, to) = text.split_once("..").unwrap_or((text, text));
        match (from.parse::<u8>(), to.trim_start_matches('=').parse::<u8>()) {
            (Ok(from), Ok(to)) if (1..=to).contains(&from) && to <= 5 => Ok(from..=to),
            _ => Err(format!("{key}={text} is neither a number from 1 to 5 nor a range such as 1..5")),
        }
    }

    fn refuse_others(&self, known: &[&str]) -> Result<(), String> {
        match self.0.keys().find(|key| !known.contains(&key.as_str())) {
            None => Ok(()),
            Some(key) if known.is_empty() => Err(format!("{key} is not known here; this proof takes nothing")),
            Some(key) => Err(format!("{key} is not known here; known are {}", known.join(", "))),
        }
    }
}

#[expect(clippy::print_stdout, reason = "the report is what this program is for")]
fn say(line: &str) {
    println!("{line}");
}

#[expect(clippy::print_stderr, reason = "how it is used, for a person")]
fn complain(line: &str) {
    eprintln!("pierrot-proof: {line}");
}
