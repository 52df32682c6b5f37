//! `pierrot`: the engine without a window. Every command is one call of the handle; this crate only asks and shows.
//!
//! Contract: one JSON object on standard output with `--json`, everything else on standard error; exit 0 done, 1 failed,
//! 2 usage or settings, 3 sign-in or secret needed, 4 needs the photographer, 5 try later, 6 nothing to publish.

mod args;
mod commands;
mod demo;
mod look;
mod output;
mod own_words;
mod progress;
mod sandbox;
mod serve;
mod unseen;
mod words;

use std::process::ExitCode;

use clap::Parser;

use crate::args::Arguments;

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return output::not_understood(&error),
    };
    pierrot_core::crash::arm();
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    output::log_to_stderr();
    let runtime = match tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return output::broken_runtime(&error),
    };
    let code = runtime.block_on(commands::run(&arguments));
    // A picture that is still being decoded must not keep the program alive.
    runtime.shutdown_background();
    ExitCode::from(code)
}
