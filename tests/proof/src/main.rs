//! `pierrot-proof NAME KEY=VALUE...`: runs one proof; the last line of standard output is its report as one JSON object.

use std::{collections::BTreeMap, ops::RangeInclusive, process::ExitCode};

use pierrot_proof::{model, simulate};
use serde_json::{Value, json};

const USAGE: &str = "usage: pierrot-proof model | simulate SEEDS=n FIRST_SEED=s COMPUTERS=1..5";

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let name = arguments.next().unwrap_or_default();
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
        _ => Err(USAGE.to_owned()),
    }
}

fn the_simulation(arguments: &Arguments) -> Result<(Value, bool), String> {
    let (seeds, first) = (arguments.number("SEEDS", 2_000)?, arguments.number("FIRST_SEED", 1)?);
    let mut setting = simulate::Setting { computers: arguments.range("COMPUTERS", 1..=5)?, ..Default::default() };
    if seeds == 1 {
        setting.told = true;
        let folder = pierrot_proof::scratch().map_err(|error| error.to_string())?;
        for line in simulate::one(first, &setting, folder.path()).lines {
            say(&line);
        }
    }
    let all = simulate::many(first, seeds, &setting).map_err(|error| error.to_string())?;
    for why in all.violations.iter().take(20) {
        say(&format!("VIOLATED {why}"));
    }
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
    for (name, small) in model::worlds(true) {
        tell(&model::safety(name, small, threads));
    }
    for (name, small) in model::endings(true) {
        tell(&model::every_claim_ends(name, &small));
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
        words.map(pair).collect::<Result<_, _>>().map(Self)
    }

    fn number(&self, key: &str, default: u64) -> Result<u64, String> {
        match self.0.get(key) {
            None => Ok(default),
            Some(text) => text.parse().map_err(|_| format!("{key}={text} is not a number")),
        }
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
