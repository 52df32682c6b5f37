//! Builds and runs the app: its parts, its start, its end.
//!
//! Invariants: a start that fails tells the person why in a window; closing the window never ends the program; quitting waits for
//! a post on its way. Absent: any rule of publishing.

use std::{
    error::Error,
    hash::{DefaultHasher, Hash, Hasher},
    io::IsTerminal,
    process::ExitCode,
    sync::atomic::{AtomicBool, Ordering},
};

use tauri::{App, AppHandle, Builder, Manager, RunEvent, Wry, plugin::TauriPlugin};
use tauri_plugin_dialog::{DialogExt, MessageDialogButtons};
use tauri_plugin_window_state::StateFlags;
use tracing_subscriber::{fmt, layer::SubscriberExt, util::SubscriberInitExt};

use crate::{
    commands, login_item,
    options::{Options, USAGE},
    photos, resting,
    running::Running,
    tray::Tray,
    trouble,
    watch::watch,
    window,
};

/// Runs the app until the person quits.
pub fn run() -> ExitCode {
    // Two providers are in the tree; without a choice the first connection would panic.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    start_log();
    let options = match Options::parse(std::env::args_os().skip(1), std::env::var_os("PIERROT_HOME")) {
        Ok(options) => options,
        Err(error) => {
            tracing::error!("{error}; usage: {USAGE}");
            return ExitCode::from(2);
        }
    };
    match build(options).build(tauri::generate_context!()) {
        Ok(app) => {
            app.run(on_event);
            ExitCode::SUCCESS
        }
        Err(error) => {
            tracing::error!(%error, "Pierrot could not start");
            ExitCode::FAILURE
        }
    }
}

/// Whether the question before quitting is on the screen.
static ASKING: AtomicBool = AtomicBool::new(false);

/// Ends the program; in the middle of a publication the person is asked first.
pub fn quit(app: &AppHandle) {
    let publishing = app.try_state::<Running>().is_some_and(|running| running.engine().is_publishing());
    if !publishing {
        end(app);
        return;
    }
    if ASKING.swap(true, Ordering::SeqCst) {
        return;
    }
    let then = app.clone();
    app.dialog()
        .message("A photo is being published. Pierrot can finish it and then quit.")
        .title("Quit Pierrot?")
        .buttons(MessageDialogButtons::OkCancelCustom("Finish and quit".into(), "Keep running".into()))
        .show(move |finish| {
            ASKING.store(false, Ordering::SeqCst);
            if finish {
                tauri::async_runtime::spawn(async move {
                    if let Some(running) = then.try_state::<Running>() {
                        running.engine().finish().await;
                    }
                    end(&then);
                });
            }
        });
}

/// Ends the program. A post on its way is waited for in any case.
fn end(app: &AppHandle) {
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        if let Some(running) = app.try_state::<Running>() {
            running.stop().await;
        }
        app.exit(0);
    });
}

fn build(options: Options) -> Builder<Wry> {
    let mut builder = Builder::default();
    // A second start must be noticed before anything else begins.
    if !options.demo && std::env::var_os("PIERROT_SEVERAL").is_none_or(|set| set.is_empty()) {
        builder = builder.plugin(one_at_a_time(&options));
    }
    let kept = if options.demo { "demo-window.json" } else { "window.json" };
    let flags = StateFlags::SIZE | StateFlags::POSITION | StateFlags::MAXIMIZED;
    let window_state = tauri_plugin_window_state::Builder::new().with_filename(kept).with_state_flags(flags);
    builder
        .plugin(window_state.with_denylist(&["trouble"]).build())
        .plugin(login_item::plugin(&options))
        .plugin(tauri_plugin_dialog::init())
        .register_asynchronous_uri_scheme_protocol(photos::SCHEME, photos::answer)
        .register_uri_scheme_protocol(trouble::SCHEME, trouble::answer)
        .invoke_handler(tauri::generate_handler![
            commands::call,
            commands::open,
            commands::open_file,
            commands::autostart,
            commands::save,
            commands::reveal,
            commands::elsewhere
        ])
        .setup(move |app| set_up(app, &options))
}

/// A second start on the same home shows the first one's window and ends.
fn one_at_a_time(options: &Options) -> TauriPlugin<Wry> {
    let plugin = tauri_plugin_single_instance::Builder::new().callback(|app, words, _folder| {
        if !words.iter().any(|word| word == "--hidden") {
            window::show(app);
        }
    });
    match &options.home {
        Some(home) => {
            let mut hasher = DefaultHasher::new();
            std::path::absolute(home).as_ref().unwrap_or(home).hash(&mut hasher);
            plugin.dbus_id(format!("app.pierrot.desktop.h{:016x}", hasher.finish())).build()
        }
        None => plugin.build(),
    }
}

fn set_up(app: &mut App, options: &Options) -> Result<(), Box<dyn Error>> {
    let handle = app.handle().clone();
    let (running, events) = match tauri::async_runtime::block_on(Running::start(options)) {
        Ok(started) => started,
        Err(error) => return Ok(trouble::show(&handle, error)?),
    };
    let engine = running.engine().clone();
    app.manage(running);
    let tray = Tray::new(&handle);
    tauri::async_runtime::spawn(watch(handle.clone(), engine, tray, events));
    tauri::async_runtime::spawn(quit_when_told(handle.clone()));
    tauri::async_runtime::spawn(resting::rest(handle.clone()));
    if !options.hidden {
        window::show(&handle);
    }
    Ok(())
}

fn on_event(app: &AppHandle, event: RunEvent) {
    if let RunEvent::ExitRequested { code: None, api, .. } = event {
        api.prevent_exit();
        if app.try_state::<Running>().is_none() {
            // The window that told why it could not start is closed.
            app.exit(1);
        }
    }
}

/// Ctrl-C, and the end of the session.
#[cfg(unix)]
async fn quit_when_told(app: AppHandle) {
    use tokio::signal::unix::{SignalKind, signal};

    let both = signal(SignalKind::terminate()).and_then(|term| signal(SignalKind::interrupt()).map(|int| (term, int)));
    match both {
        Ok((mut terminate, mut interrupt)) => {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
            end(&app);
        }
        Err(error) => tracing::warn!(%error, "a signal will end Pierrot without waiting"),
    }
}

#[cfg(not(unix))]
async fn quit_when_told(app: AppHandle) {
    if tokio::signal::ctrl_c().await.is_ok() {
        end(&app);
    }
}

fn start_log() {
    let filter = tracing_subscriber::EnvFilter::try_from_env("PIERROT_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("warn,pierrot_app=info,pierrot_core=info"));
    let shown = fmt::layer().with_ansi(std::io::stderr().is_terminal()).with_writer(std::io::stderr);
    // Goes to files once the home is open.
    let kept = fmt::layer().with_ansi(false).with_writer(|| pierrot_core::logs::Lines);
    if tracing_subscriber::registry().with(filter).with(shown).with(kept).try_init().is_err() {
        tracing::debug!("a log is already set");
    }
}
