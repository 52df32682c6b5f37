//! Draws the tray and does what its clicks ask for.
//!
//! Invariant: it is drawn only when its value changed. A desktop without a tray is no error: a second start of the program then
//! shows the window. Absent: what the menu says (`tray_menu`).

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Mutex, PoisonError},
};

use jiff::{SignedDuration, Timestamp, Zoned};
use pierrot_core::{
    Result,
    engine::{Asked, Engine, Mood, Notice},
};
use tauri::{
    AppHandle, Manager, Wry,
    image::Image,
    menu::{IsMenuItem, Menu, MenuItem, PredefinedMenuItem, Submenu},
    tray::{TrayIcon, TrayIconBuilder, TrayIconEvent},
};

use crate::{
    desktop, notify,
    running::Running,
    tray_menu::{Action, Row, TrayMenu},
    window,
};

/// The tray's icon, where the desktop has a place for one, and what it shows now.
pub struct Tray {
    icon: Option<TrayIcon>,
    shown: Mutex<Option<TrayMenu>>,
}

impl Tray {
    /// Puts the icon up.
    pub fn new(app: &AppHandle) -> Self {
        let builder = TrayIconBuilder::with_id("pierrot")
            .icon(picture(Mood::Idle))
            .tooltip("Pierrot")
            .on_menu_event(|app, event| click(app, event.id().as_ref()))
            .on_tray_icon_event(|tray, event| {
                if matches!(event, TrayIconEvent::DoubleClick { .. }) {
                    window::show(tray.app_handle());
                }
            });
        // On Linux a missing library of the desktop is told by a panic.
        let icon = match catch_unwind(AssertUnwindSafe(|| builder.build(app))) {
            Ok(Ok(icon)) => Some(icon),
            Ok(Err(error)) => {
                tracing::warn!(%error, "no tray on this desktop");
                None
            }
            Err(_) => {
                tracing::warn!("no tray on this desktop: libayatana-appindicator3 is missing");
                None
            }
        };
        Self { icon, shown: Mutex::default() }
    }

    /// Shows the menu, if it is another one than before.
    pub fn draw(&self, app: &AppHandle, menu: TrayMenu) {
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(icon) = self.icon.as_ref().filter(|_| shown.as_ref() != Some(&menu)) else { return };
        let mood_changed = shown.as_ref().map(|before| before.mood) != Some(menu.mood);
        let drawn = draw(app, icon, &menu, mood_changed);
        match drawn {
            Ok(()) => *shown = Some(menu),
            Err(error) => tracing::warn!(%error, "the tray could not be drawn"),
        }
    }
}

fn draw(app: &AppHandle, icon: &TrayIcon, menu: &TrayMenu, mood_changed: bool) -> tauri::Result<()> {
    let rows = menu.rows.iter().map(|row| native(app, row)).collect::<tauri::Result<Vec<_>>>()?;
    let rows: Vec<&dyn IsMenuItem<Wry>> = rows.iter().map(AsRef::as_ref).collect();
    icon.set_menu(Some(Menu::with_items(app, &rows)?))?;
    icon.set_tooltip(Some(&menu.line))?;
    if mood_changed {
        icon.set_icon(Some(picture(menu.mood)))?;
    }
    Ok(())
}

fn native(app: &AppHandle, row: &Row) -> tauri::Result<Box<dyn IsMenuItem<Wry>>> {
    Ok(match row {
        Row::Separator => Box::new(PredefinedMenuItem::separator(app)?),
        Row::Item { label, action } => {
            let id = action.as_ref().map_or_else(|| format!("says:{label}"), Action::id);
            Box::new(MenuItem::with_id(app, id, plain(label), action.is_some(), None::<&str>)?)
        }
        Row::Submenu { label, rows } => {
            let rows = rows.iter().map(|row| native(app, row)).collect::<tauri::Result<Vec<_>>>()?;
            let rows: Vec<&dyn IsMenuItem<Wry>> = rows.iter().map(AsRef::as_ref).collect();
            Box::new(Submenu::with_items(app, plain(label), true, &rows)?)
        }
    })
}

/// An ampersand would underline the letter after it.
fn plain(label: &str) -> String {
    label.replace('&', "&&")
}

fn picture(mood: Mood) -> Image<'static> {
    match mood {
        Mood::Idle => tauri::include_image!("icons/tray-idle.png"),
        Mood::Working => tauri::include_image!("icons/tray-working.png"),
        Mood::NeedsYou => tauri::include_image!("icons/tray-needs-you.png"),
        Mood::Paused => tauri::include_image!("icons/tray-paused.png"),
    }
}

fn click(app: &AppHandle, id: &str) {
    match Action::from_id(id) {
        Some(Action::Open) => window::show(app),
        Some(Action::Review) => window::show_at(app, "activity"),
        Some(Action::Quit) => desktop::quit(app),
        Some(action) => {
            let app = app.clone();
            tauri::async_runtime::spawn(async move {
                let engine = app.state::<Running>().engine().clone();
                if let Err(error) = act(&engine, action) {
                    let body = format!("{}\n{}", error.message, error.what_now);
                    notify::show(&app, Notice::plain("Pierrot could not do that", body));
                }
            });
        }
        None => {}
    }
}

/// Hands the click to the engine.
fn act(engine: &Engine, action: Action) -> Result<()> {
    let now = Zoned::now().with_time_zone(engine.pierrot().settings().schedule.zone());
    match action {
        Action::Publish(target) => engine.ask(Asked::Publish(engine.choice(Some(&target), None, None)?)).map(drop),
        Action::Sync => engine.ask(Asked::Sync { full: false }).map(drop),
        Action::PauseUntilTomorrow => engine.pause_until(Some(midnight(&now))),
        Action::PauseForAWeek => engine.pause_until(Some(now.timestamp() + SignedDuration::from_hours(7 * 24))),
        Action::PauseUntilResumed => engine.pause_until(None),
        Action::Resume => engine.resume(),
        Action::Open | Action::Review | Action::Quit => Ok(()),
    }
}

/// When tomorrow begins where the photographer is.
fn midnight(now: &Zoned) -> Timestamp {
    let tomorrow = now.tomorrow().and_then(|tomorrow| tomorrow.start_of_day());
    tomorrow.map_or_else(|_| now.timestamp() + SignedDuration::from_hours(24), |tomorrow| tomorrow.timestamp())
}
