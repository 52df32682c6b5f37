//! Carries what happens to everybody who shows it: the page, the tray, the desktop's notices.
//!
//! Invariant: an event is only a hint, so one that was missed costs nothing: all state is read anew. No polling but a look every
//! few minutes, for "today" and "tomorrow" in the tray.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use pierrot_core::{
    engine::{Engine, Overview},
    events::Event,
};
use serde_json::json;
use tauri::{AppHandle, Emitter};
use tokio::{
    sync::broadcast::{Receiver, error::RecvError},
    time::Instant,
};

use crate::{notify, tray::Tray, tray_menu, window};

/// Events that come together make one drawing.
const TOGETHER: Duration = Duration::from_millis(300);
/// The longest time the tray goes unlooked at, and the shortest.
const LOOK_EVERY: SignedDuration = SignedDuration::from_mins(10);
const LOOK_AT_MOST_EVERY: SignedDuration = SignedDuration::from_secs(5);

/// The event the page listens to.
const TO_PAGE: &str = "pierrot";

/// Works until the engine ends.
pub async fn watch(app: AppHandle, engine: Engine, tray: Tray, mut events: Receiver<Event>) {
    let mut look_at = Instant::now();
    loop {
        tokio::select! {
            event = events.recv() => match event {
                Ok(event) => {
                    to_page(&app, &event);
                    look_at = look_at.min(Instant::now() + TOGETHER);
                }
                Err(RecvError::Lagged(_)) => {
                    to_page(&app, &json!({ "type": "changed", "what": "everything" }));
                    look_at = Instant::now();
                }
                Err(RecvError::Closed) => return,
            },
            () = tokio::time::sleep_until(look_at) => {
                tell(&app, &engine).await;
                look_at = Instant::now() + look(&app, &engine, &tray).await;
            }
        }
    }
}

fn to_page<T: serde::Serialize + Clone>(app: &AppHandle, event: &T) {
    if let Err(error) = app.emit_to(window::MAIN, TO_PAGE, event) {
        tracing::debug!(%error, "an event did not reach the page");
    }
}

async fn tell(app: &AppHandle, engine: &Engine) {
    match engine.notices(window::is_open(app)).await {
        Ok(notices) => notices.into_iter().for_each(|notice| notify::show(app, notice)),
        Err(error) => tracing::warn!(%error, "nobody knows what is to be told"),
    }
}

/// Draws the tray as things are now; answers with when to look again without an event.
async fn look(app: &AppHandle, engine: &Engine, tray: &Tray) -> Duration {
    let now = Timestamp::now();
    match engine.overview().await {
        Ok(state) => {
            let zone = engine.pierrot().settings().schedule.zone();
            tray.draw(app, tray_menu::menu(&state, now, &zone));
            next_look(&state, now)
        }
        Err(error) => {
            tracing::warn!(%error, "the tray does not know how things are");
            LOOK_EVERY.unsigned_abs()
        }
    }
}

/// At the end of a pause nothing happens that would be told.
fn next_look(state: &Overview, now: Timestamp) -> Duration {
    let pause = state.paused_until.as_ref().and_then(|until| until.parse::<Timestamp>().ok());
    let left = pause.map_or(LOOK_EVERY, |until| until.duration_since(now));
    left.clamp(LOOK_AT_MOST_EVERY, LOOK_EVERY).unsigned_abs()
}
