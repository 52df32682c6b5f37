//! What is printed, and with which exit status.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "the one place of the command line that prints")]

use std::io::{IsTerminal, Write};

use pierrot_core::{Code, Error};
use serde::Serialize;
use serde_json::{Value, json};
use tracing_subscriber::{EnvFilter, Layer, layer::SubscriberExt, util::SubscriberInitExt};

use crate::args::Command;

pub const DONE: u8 = 0;
pub const FAILED: u8 = 1;
pub const USAGE: u8 = 2;
pub const NEEDS_YOU: u8 = 4;
pub const TRY_LATER: u8 = 5;
pub const NOTHING_LEFT: u8 = 6;

/// The exit status of an error.
pub fn status_of(code: Code) -> u8 {
    match code {
        Code::Failed | Code::NewerVersionNeeded => FAILED,
        Code::FixSettings => USAGE,
        Code::SignInAgain => 3,
        Code::AskPhotographer => NEEDS_YOU,
        Code::TryLater => TRY_LATER,
    }
}

/// How a command answers.
#[derive(Clone, Copy, Debug)]
pub struct Voice {
    pub json: bool,
}

/// What a command says: a value for programs, sentences for people, an exit status.
#[derive(Debug)]
pub struct Answer {
    pub value: Value,
    pub words: String,
    pub status: u8,
    pub error: Option<Error>,
}

impl Answer {
    pub fn done(value: impl Serialize, words: impl Into<String>) -> Self {
        let value = serde_json::to_value(value).unwrap_or_else(|_| json!({}));
        Self { value, words: words.into(), status: DONE, error: None }
    }

    pub fn status(self, status: u8) -> Self {
        Self { status, ..self }
    }

    /// The same answer with what stopped it; the error decides the exit status.
    pub fn stopped_by(self, error: Option<Error>) -> Self {
        match error {
            Some(error) => Self { status: status_of(error.code), error: Some(error), ..self },
            None => self,
        }
    }
}

impl From<Error> for Answer {
    fn from(error: Error) -> Self {
        Self { value: json!({}), words: String::new(), status: status_of(error.code), error: Some(error) }
    }
}

impl Voice {
    /// Prints the answer; a closed pipe is nobody's fault.
    pub fn say(self, mut answer: Answer) -> u8 {
        if self.json {
            if let (Some(error), Value::Object(fields)) = (&answer.error, &mut answer.value) {
                let error =
                    json!({ "code": error.code.as_str(), "message": error.message, "what_now": error.what_now });
                fields.insert("error".into(), error);
            }
            return printed(&answer.value.to_string(), answer.status);
        }
        let status = match answer.words.trim_end() {
            "" => answer.status,
            words => printed(&shown(words), answer.status),
        };
        if let Some(error) = &answer.error {
            let _ = writeln!(std::io::stderr(), "{}\n{}", shown(&error.message), shown(&error.what_now));
        }
        status
    }

    /// A command that somebody stopped in the middle: the exit status the signal gives it.
    pub fn stopped(self, status: u8, command: &Command) -> u8 {
        let what_now = match command {
            Command::Publish(_) | Command::Recover | Command::Review(_) => {
                "`pierrot recover` settles what was open; nothing is sent a second time."
            }
            Command::Sync { .. } | Command::Restore => "Run it again: it goes on where it stopped.",
            Command::Init
            | Command::Login(_)
            | Command::Secret { .. }
            | Command::Status
            | Command::Photos { .. }
            | Command::Exclude { .. }
            | Command::Include { .. }
            | Command::Words(_)
            | Command::Log { .. }
            | Command::Check { .. }
            | Command::Probe
            | Command::Backup
            | Command::ImportRecord { .. }
            | Command::Demo(_)
            | Command::Sandbox(_)
            | Command::Serve(_)
            | Command::Run
            | Command::Look(_)
            | Command::Doctor(_) => "Run it again when you like.",
        };
        self.say(Error::failed("Stopped.", what_now).into());
        status
    }

    /// A question with an address to open: on standard error with `--json`, so that standard output stays one object.
    pub fn ask(self, words: &str) {
        if self.json { eprintln!("{words}") } else { println!("{words}") }
    }

    /// A short prompt, for people only.
    pub fn prompt(self, words: &str) {
        if std::io::stdin().is_terminal() {
            eprint!("{words}");
        }
    }

    /// Something to read while the command goes on; never on standard output with `--json`.
    pub fn remark(self, words: &str) {
        if self.json {
            eprintln!("{words}");
        } else {
            println!("{words}");
        }
    }
}

/// Prints a line; the exit status, which is a failure where nobody got the line. A reader who left had enough.
fn printed(line: &str, status: u8) -> u8 {
    match writeln!(std::io::stdout(), "{line}") {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            let _ = writeln!(std::io::stderr(), "The answer cannot be written ({error}).");
            if status == DONE { FAILED } else { status }
        }
        Ok(()) | Err(_) => status,
    }
}

/// Text for a terminal: what a file is called must not command it.
fn shown(text: &str) -> String {
    let commands = |letter: char| letter.is_control() && !matches!(letter, '\n' | '\t');
    text.chars().map(|letter| if commands(letter) { char::REPLACEMENT_CHARACTER } else { letter }).collect()
}

/// Libraries whose chatter would print keys or headers, whatever `RUST_LOG` asks for.
const QUIET: [&str; 9] = [
    "aws_config",
    "aws_credential_types",
    "aws_runtime",
    "aws_sdk_s3",
    "aws_sigv4",
    "aws_smithy_http_client",
    "aws_smithy_runtime",
    "hyper",
    "h2",
];

/// What the log of a home holds.
const KEPT: &str = "warn,pierrot=info,pierrot_core=info,pierrot_server=info";

/// Warnings and worse on standard error; `RUST_LOG` asks for more.
pub fn log_to_stderr() {
    let mut filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn"));
    for directive in QUIET.iter().filter_map(|name| format!("{name}=warn").parse().ok()) {
        filter = filter.add_directive(directive);
    }
    let shown = tracing_subscriber::fmt::layer()
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .without_time()
        .with_target(false)
        .with_filter(filter);
    // Goes to files once a home that keeps running is open.
    let kept = EnvFilter::new(KEPT);
    let kept =
        tracing_subscriber::fmt::layer().with_writer(|| pierrot_core::logs::Lines).with_ansi(false).with_filter(kept);
    tracing_subscriber::registry().with(shown).with(kept).init();
}

/// A command line that cannot be understood, or a page of help. Where `--json` stands anywhere, a mistake is one object too.
pub fn not_understood(error: &clap::Error) -> std::process::ExitCode {
    let asked_for_json = std::env::args_os().skip(1).take_while(|word| word != "--").any(|word| word == "--json");
    if !error.use_stderr() || !asked_for_json {
        let _ = error.print();
        return std::process::ExitCode::from(if error.use_stderr() { USAGE } else { DONE });
    }
    let text = error.render().to_string();
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let first = lines.next().unwrap_or_default();
    let (mut message, mut tips) = (first.trim_start_matches("error: ").to_owned(), Vec::new());
    for line in lines {
        match line.strip_prefix("tip: ") {
            Some(tip) => tips.push(tip.to_owned()),
            None if tips.is_empty() && !line.starts_with("Usage:") && !line.starts_with("For more") => {
                message = format!("{message} {line}");
            }
            None => {}
        }
    }
    tips.push("`pierrot --help` lists the commands.".to_owned());
    Voice { json: true }.say(Error::settings(message, tips.join("; ")).into());
    std::process::ExitCode::from(USAGE)
}

pub fn broken_runtime(error: &std::io::Error) -> std::process::ExitCode {
    eprintln!("This computer does not let Pierrot start ({error}).");
    std::process::ExitCode::from(FAILED)
}
