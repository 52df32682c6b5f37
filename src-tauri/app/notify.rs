//! Shows notices on the desktop and follows their clicks.
//!
//! Invariant: text stays text: where the desktop reads markup, it is escaped. A desktop without notices is no error.
//! Absent: what is told and when (the engine).

use std::sync::atomic::{AtomicUsize, Ordering};

use notify_rust::Notification;
use pierrot_core::engine::{Notice, Opens};
use tauri::{AppHandle, Manager};

use crate::{running::Running, window};

/// Notices whose clicks are waited for at one time; further ones are shown all the same.
const OPEN_MAX: usize = 16;

static OPEN: AtomicUsize = AtomicUsize::new(0);

/// Shows it and returns at once.
pub fn show(app: &AppHandle, notice: Notice) {
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        let mut shown = Notification::new();
        shown.appname("Pierrot").summary(&notice.title).icon("pierrot-desktop");
        if let (Some(photo), Some(running)) = (&notice.photo, app.try_state::<Running>())
            && let Some(picture) = running.engine().picture_file(photo).await
        {
            shown.image_path(&picture.to_string_lossy());
        }
        if let Err(error) = present(&app, &mut shown, &notice).await {
            tracing::warn!(%error, "the desktop shows no notices");
        }
    });
}

#[cfg(target_os = "linux")]
async fn present(app: &AppHandle, shown: &mut Notification, notice: &Notice) -> notify_rust::error::Result<()> {
    use notify_rust::NotificationResponse as Response;

    let abilities = tauri::async_runtime::spawn_blocking(notify_rust::get_capabilities).await;
    let markup = abilities.is_ok_and(|found| found.is_ok_and(|found| found.iter().any(|one| one == "body-markup")));
    shown.body(&if markup { escaped(&notice.body) } else { notice.body.clone() });
    shown.action("default", "Open");
    let handle = shown.show_async().await?;
    if OPEN.fetch_add(1, Ordering::Relaxed) < OPEN_MAX {
        let follow_it = |response: &Response| {
            if matches!(response, Response::Default | Response::Action(_)) {
                follow(app, &notice.opens);
            }
        };
        handle.wait_for_action_async(follow_it).await;
    }
    OPEN.fetch_sub(1, Ordering::Relaxed);
    Ok(())
}

#[cfg(not(target_os = "linux"))]
async fn present(app: &AppHandle, shown: &mut Notification, notice: &Notice) -> notify_rust::error::Result<()> {
    let shown = shown.body(&notice.body).finalize();
    match tauri::async_runtime::spawn_blocking(move || shown.show().map(drop)).await {
        Ok(outcome) => outcome,
        Err(_) => Ok(()),
    }
}

/// A click leads to the post, or to the screen that tells more.
fn follow(app: &AppHandle, opens: &Opens) {
    let screen = match opens {
        Opens::Post(address) => {
            let Some(running) = app.try_state::<Running>() else { return };
            match running.open(address) {
                Ok(()) => return,
                Err(_) => "activity",
            }
        }
        Opens::Reviews | Opens::Activity => "activity",
        Opens::Accounts => "accounts",
        Opens::Plan => "plan",
    };
    window::show_at(app, screen);
}

/// By the desktop's rules for markup: three signs have a meaning.
#[cfg(target_os = "linux")]
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    #[test]
    fn a_title_with_markup_is_shown_as_text() {
        assert_eq!(super::escaped("<b>a</b> & &lt;"), "&lt;b&gt;a&lt;/b&gt; &amp; &amp;lt;");
    }
}
