//! `pierrot sandbox`: the loopback servers, until they are stopped.

use pierrot_sandbox::Options;

use crate::{
    args::SandboxArguments,
    output::{Answer, DONE, Voice},
};

/// 128 + SIGINT, as shells have it.
const INTERRUPTED: u8 = 130;
/// 128 + SIGTERM.
const TERMINATED: u8 = 143;

/// Prints where the servers are, then serves until Ctrl-C or a termination signal.
pub async fn run(arguments: &SandboxArguments) -> u8 {
    let options = Options {
        photos: arguments.photos,
        seed: arguments.seed,
        flickr_port: arguments.flickr_port,
        x_port: arguments.x_port,
        static_port: arguments.static_port,
        ..Options::default()
    };
    let sandbox = match pierrot_sandbox::start(options).await {
        Ok(sandbox) => sandbox,
        Err(error) => {
            let what_now = "Choose other ports, or 0 for any free one.";
            let error = pierrot_core::Error::failed(format!("The sandbox cannot start ({error})."), what_now);
            return Voice { json: true }.say(error.into());
        }
    };
    Voice { json: true }.say(Answer::done(sandbox.described(), ""));
    stopped().await;
    sandbox.stop().await;
    DONE
}

/// Waits for Ctrl-C or, on Unix, a polite request to end; the exit status such an end has.
pub async fn stopped() -> u8 {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut asked) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => return INTERRUPTED,
                _ = asked.recv() => return TERMINATED,
            }
        }
    }
    let _ = tokio::signal::ctrl_c().await;
    INTERRUPTED
}
