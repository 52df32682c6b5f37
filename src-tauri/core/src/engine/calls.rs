//! What a page may ask, by name: one table for the window and for the server, and the TypeScript made from it.
//!
//! Invariant: each call is one sentence of the engine and decides nothing; what is not in the table cannot be called; no answer
//! carries a secret. Arguments are named, unknown ones are refused. Absent: who may call (the skins check that).

use std::{collections::BTreeMap, future::Future, pin::Pin};

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;

use ts_rs::TypeVisitor;

use super::{
    Asked, Engine,
    changes::Verb,
    overview::Overview,
    plans::PlanPage,
    settings::{Changes, SecretNames},
    typescript::Page,
};
use crate::{
    ComputerView, Doctor, OpenReview, PublishReport, ReviewAnswer,
    catalogue::Exif,
    error::{Code, Error},
    jobs::{
        backup::Backup,
        mosaic::{Mosaic, MosaicAsked, MosaicCell},
        opened::{FileId, OpenedFile, Subject},
        photo_page::PhotoPage,
        posts::Posts,
        probe::Probed,
        tiles::TileCount,
        words::{CaptionPreview, Wording},
    },
    library::{self, Query},
    look::{Look, Looks},
    photo::PhotoId,
    run::Run,
    settings::Settings,
    thumbnails::ThumbnailCache,
};

/// A call that failed, in words and with the next step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ts_rs::TS)]
pub struct CallError {
    pub code: String,
    pub message: String,
    pub what_now: String,
}

impl From<Error> for CallError {
    fn from(error: Error) -> Self {
        Self { code: error.code.as_str().into(), message: error.message, what_now: error.what_now }
    }
}

/// How many photos an action reached, of those it was asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ts_rs::TS)]
pub struct Reached {
    pub done: u32,
    /// What `undo` takes it back by; absent where there is nothing to take back.
    pub undo: Option<u32>,
    /// Why the others were left as they are, in a sentence.
    pub why_not: Option<String>,
}

type Answering = Pin<Box<dyn Future<Output = Result<String, CallError>> + Send>>;
type Handler = fn(Engine, Value) -> Answering;

macro_rules! calls {
    ($( $(#[doc = $doc:literal])+ $name:ident($engine:ident $(, $arg:ident: $ty:ty)*) -> $out:ty $body:block )+) => {
        const TABLE: &[(&str, Handler)] = &[$( (stringify!($name), handlers::$name) ),+];

        mod handlers {
            use super::*;
            $(
                pub(super) fn $name(engine: Engine, args: Value) -> Answering {
                    #[derive(Deserialize)]
                    #[serde(deny_unknown_fields)]
                    struct Args { $($arg: $ty),* }
                    async fn answer($engine: &Engine, $($arg: $ty),*) -> Result<$out, Error> $body
                    Box::pin(async move {
                        let Args { $($arg),* } = read(args)?;
                        text(&answer(&engine, $($arg),*).await?)
                    })
                }
            )+
        }

        fn describe(page: &mut Page) {
            $( page.call(
                stringify!($name),
                &[$($doc),+],
                &[$((stringify!($arg), Page::name::<$ty>())),*],
                Page::name::<$out>(),
            ); )+
            $( $(page.visit::<$ty>();)* page.visit::<$out>(); )+
        }
    };
}

calls! {
    /// What the shell shows on every screen.
    overview(engine) -> Overview { engine.overview().await }
    /// The newest runs, newest first, older than `before`.
    runs(engine, before: Option<u32>, limit: u32) -> Vec<Run> { engine.runs(before, limit as usize) }
    /// Brings the catalogue up to date; answers with the id of the run.
    sync(engine, full: bool) -> u32 { engine.ask(Asked::Sync { full }) }
    /// Publishes one photo now: this one, or the next of the queue, or one by chance; in a look, if one is given.
    publish(engine, target: Option<String>, photo: Option<PhotoId>, look: Option<Look>) -> u32 {
        engine.ask(Asked::Publish(engine.choice(target.as_deref(), photo, look)?))
    }
    /// Settles what was left open.
    recover(engine) -> u32 { engine.ask(Asked::Recover) }
    /// Looks the record over, or mends it.
    check(engine, repair: bool) -> u32 { engine.ask(Asked::Check { repair }) }
    /// Brings history and catalogue back from the record.
    restore(engine) -> u32 { engine.ask(Asked::Restore) }
    /// Copies the record into a folder of its own below the home.
    backup(engine) -> Backup { engine.pierrot().backup().await }
    /// Stops a job that can be stopped.
    cancel(engine, run: u32) -> bool { Ok(engine.cancel(run)) }
    /// Shows what would go out, picture size and price included; others than those `shown` come first. Changes nothing.
    rehearse(engine, target: Option<String>, photo: Option<PhotoId>, look: Option<Look>, shown: Vec<PhotoId>) -> PublishReport {
        engine.pierrot().rehearse(&engine.choice(target.as_deref(), photo, look)?, &shown).await
    }
    /// The ways to dither and the palettes there are.
    looks(_engine) -> Looks { Ok(Looks::all()) }
    /// Makes the picture of a photo or an opened file, as large as it is, into a file with this look; answers with the id of the run.
    export_look(engine, photo: Subject, look: Look) -> u32 { engine.ask(Asked::Look { subject: photo, look }) }
    /// What is known of a file that was opened.
    opened_file(engine, file: FileId) -> OpenedFile { engine.pierrot().opened_file(&file).await }
    /// Pictures made of pictures, the newest first.
    mosaics(engine) -> Vec<Mosaic> { engine.pierrot().mosaics().await }
    /// The photo at a point of one, in its pixels.
    mosaic_cell(engine, id: String, x: u32, y: u32) -> MosaicCell {
        engine.pierrot().mosaic_cell(&id, x, y).await
    }
    /// How many photos lie ready as tiles, and how many may.
    mosaic_tiles(engine) -> TileCount { engine.pierrot().tile_count().await }
    /// Makes a mosaic of a photo or an opened file, of cells of so many pixels, as the look says; answers with the id of the run.
    make_mosaic(engine, photo: Subject, cell_px: u32, look: Look) -> u32 {
        let recipe = look.mosaic().cloned();
        let recipe = recipe.ok_or_else(|| Error::failed("This look is no mosaic.", "Choose one that is."))?;
        engine.ask(Asked::Mosaic(MosaicAsked { subject: photo, recipe, cell_px }))
    }
    /// Removes a mosaic and its files.
    remove_mosaic(engine, id: String) -> () { engine.pierrot().remove_mosaic(&id).await }
    /// How the photos of a query are laid out: all their shapes, the months, the counts.
    gallery(engine, query: Query) -> library::Overview { engine.pierrot().gallery(&query).await }
    /// Cells of a query, of the version that is laid out; at most 500.
    gallery_window(engine, query: Query, version: String, offset: u32, limit: u32) -> library::Window {
        engine.gallery_window(&query, &version, offset, limit).await
    }
    /// What comes before and after a photo.
    neighbours(engine, query: Query, photo: PhotoId) -> library::Neighbours {
        engine.pierrot().neighbours(&query, &photo).await
    }
    /// What photos can be filtered by.
    facets(engine) -> library::Facets { engine.pierrot().facets().await }
    /// One photo with its facts, where it stands and its history.
    photo(engine, photo: PhotoId) -> PhotoPage { engine.pierrot().photo_page(&photo).await }
    /// How a photo's words would go out: what was just typed, else what is on the record, else the template's.
    caption_preview(
        engine, photo: PhotoId, target: String, caption: Option<String>, alt_text: Option<String>
    ) -> CaptionPreview {
        engine.pierrot().caption_preview(&photo, &target, caption.as_deref(), alt_text.as_deref()).await
    }
    /// Keeps the photographer's own words on the record, for one target or for every; whether anything changed.
    set_words(engine, photo: PhotoId, target: Option<String>, words: Vec<Wording>) -> bool {
        engine.set_words(&photo, target.as_deref(), &words).await
    }
    /// How much of the disk thumbnails take.
    thumbnail_cache(engine) -> ThumbnailCache { engine.pierrot().thumbnail_cache().await }
    /// Removes all thumbnails; they are made again when they are looked at.
    clear_thumbnails(engine) -> ThumbnailCache { engine.pierrot().clear_thumbnails().await }
    /// Camera, lens and exposure; asked at the source once.
    exif(engine, photo: PhotoId) -> Exif { engine.pierrot().exif(&photo).await }
    /// The next twelve weeks.
    plan(engine) -> PlanPage { engine.plan().await }
    /// Takes a veto back: the photo stands at its due time again.
    unveto(engine, target: String, slot: String, photo: PhotoId) -> PlanPage { engine.unveto(&target, &slot, &photo).await }
    /// Moves a queued photo to another place in the line, 0 for the first.
    move_queued(engine, target: String, photo: PhotoId, to: u32) -> PlanPage {
        engine.move_queued(&target, &photo, to as usize).await
    }
    /// Another photo for a due time.
    veto(engine, target: String, slot: String) -> PlanPage { engine.veto(&target, &slot).await }
    /// This photo at a due time.
    pin(engine, target: String, slot: String, photo: PhotoId) -> PlanPage { engine.pin(&target, &slot, &photo).await }
    /// Leaves a due time to the queue and to chance again.
    unpin(engine, target: String, slot: String) -> PlanPage { engine.unpin(&target, &slot).await }
    /// Exchanges the photos of two due times.
    swap(engine, target: String, one: String, other: String) -> PlanPage { engine.swap(&target, &one, &other).await }
    /// Puts photos next in line.
    queue(engine, target: String, photos: Vec<PhotoId>) -> Reached { engine.change(Verb::Queue { target }, photos).await }
    /// Takes photos out of the line.
    unqueue(engine, target: String, photos: Vec<PhotoId>) -> Reached {
        engine.change(Verb::Unqueue { target }, photos).await
    }
    /// Nothing happens by itself until then (RFC 3339, or a day, which begins in the schedule's zone), or until it is resumed.
    pause(engine, until: Option<String>) -> () { engine.pause_until(instant(engine, until.as_deref())?) }
    /// Goes on after a pause.
    resume(engine) -> () { engine.resume() }
    /// Publications that wait for an answer.
    reviews(engine) -> Vec<OpenReview> { engine.pierrot().reviews().await }
    /// Answers one; answers with the id of the run.
    answer(engine, review: String, answer: ReviewAnswer) -> u32 {
        engine.pierrot().check_answer(&review, &answer).await?;
        engine.ask(Asked::Answer { review, answer })
    }
    /// Puts photos on the never-list.
    exclude(engine, photos: Vec<PhotoId>) -> Reached { engine.change(Verb::Exclude, photos).await }
    /// Takes photos off the never-list, and opens them again after a skip.
    include(engine, photos: Vec<PhotoId>) -> Reached { engine.change(Verb::Include, photos).await }
    /// The photographer published these there himself; `post_url` where there is one.
    mark_published(engine, photos: Vec<PhotoId>, target: String, post_url: Option<String>) -> Reached {
        engine.change(Verb::Mark { target, post_url }, photos).await
    }
    /// Takes such marks back.
    unmark_published(engine, photos: Vec<PhotoId>, target: String) -> Reached {
        engine.change(Verb::Unmark { target }, photos).await
    }
    /// Takes a change to photos back: what it changed and nothing else.
    undo(engine, change: u32) -> Reached { engine.undo(change).await }
    /// Ends a change to many photos; what is done stays done. Whether it was under way.
    stop_change(engine, change: u32) -> bool { Ok(engine.stop_change(change)) }
    /// What is published, the newest first.
    posts(engine, limit: u32) -> Posts { engine.pierrot().posts(limit as usize).await }
    /// The newest entries of the log, as they are written.
    log(engine, limit: u32) -> LogPage { engine.log(limit as usize).await }
    /// The log as a file: JSON or CSV.
    export_log(engine, csv: bool) -> String { engine.export_log(csv).await }
    /// What is set up and what is missing.
    doctor(engine) -> Doctor { engine.pierrot().doctor().await }
    /// The diagnosis with counts, runs and the log, as a text without secrets, names and places.
    diagnostics(engine) -> String { engine.diagnostics().await }
    /// Who writes to the record, this computer first.
    computers(engine) -> Vec<ComputerView> { engine.pierrot().computers().await }
    /// Gives this computer a name; an empty one takes it back.
    name_computer(engine, name: String) -> Vec<ComputerView> { engine.pierrot().name_computer(&name).await }
    /// Tests the record's store.
    probe(engine) -> Probed { engine.pierrot().probe_and_tell().await }
    /// All settings as they are.
    settings(engine) -> Settings { Ok(engine.pierrot().settings().clone()) }
    /// Changes settings by dotted keys; null goes back to the default. All or nothing.
    change_settings(engine, changes: Changes) -> Settings { engine.change_settings(&changes) }
    /// Which secrets are set, and which the settings call for; never a value.
    secrets(engine) -> SecretNames { engine.secret_names().await }
    /// Keeps a secret in the keyring.
    keep_secret(engine, name: String, value: String) -> SecretNames { engine.keep_secret(&name, value).await }
    /// Forgets a secret.
    remove_secret(engine, name: String) -> SecretNames { engine.remove_secret(&name).await }
    /// Whose account a target's keys open. X charges for the question once for each token.
    test_target(engine, target: String) -> String { engine.test_target(&target).await }
    /// First step of a login, to `flickr` or a target: the address to open.
    begin_login(engine, place: String) -> String { engine.begin_login(&place).await }
    /// Second step: the code, or the whole address after it; answers with the account's name.
    finish_login(engine, place: String, typed: String) -> String { engine.finish_login(&place, &typed).await }
    /// The page is drawn.
    mounted(_engine) -> () {
        tracing::info!("window mounted");
        Ok(())
    }
}

/// Entries of the log as written, newest last.
#[derive(Clone, Debug, Serialize, ts_rs::TS)]
pub struct LogPage {
    /// Entries in the whole log.
    pub total: u32,
    #[ts(type = "Record<string, unknown>[]")]
    pub entries: Vec<Value>,
    /// Titles of their photos, by id.
    #[ts(type = "Record<string, string>")]
    pub titles: BTreeMap<PhotoId, String>,
}

impl Engine {
    /// Answers one call; the answer is JSON text.
    pub async fn call(&self, name: &str, args: Value) -> Result<String, CallError> {
        match TABLE.iter().find(|(known, _)| *known == name) {
            Some((_, handler)) => handler(self.clone(), args).await,
            None => Err(CallError {
                code: "unknown_call".into(),
                message: format!("There is no call \"{name}\"."),
                what_now: "The page and the program are of different versions: start Pierrot anew.".into(),
            }),
        }
    }
}

fn instant(engine: &Engine, text: Option<&str>) -> Result<Option<jiff::Timestamp>, Error> {
    let Some(text) = text else { return Ok(None) };
    let begins = |day: jiff::civil::Date| day.to_zoned(engine.pierrot().settings().schedule.zone()).ok();
    let found = text.parse().ok().or_else(|| Some(begins(text.parse().ok()?)?.timestamp()));
    found.map(Some).ok_or_else(|| Error::settings("This is not a point in time.", "Choose a day."))
}

fn read<T: DeserializeOwned>(args: Value) -> Result<T, CallError> {
    let args = if args.is_null() { Value::Object(serde_json::Map::new()) } else { args };
    serde_json::from_value(args).map_err(|error| CallError {
        code: Code::Failed.as_str().into(),
        message: format!("The call was not understood: {error}."),
        what_now: "Start Pierrot anew; if it stays, report it.".into(),
    })
}

fn text(answer: &impl Serialize) -> Result<String, CallError> {
    serde_json::to_string(answer)
        .map_err(|error| Error::failed(format!("The answer has no text form ({error})."), "Report this.").into())
}

/// The types and calls as `ui/src/lib/host/bindings.ts` holds them.
pub fn typescript() -> String {
    let mut page = Page::default();
    describe(&mut page);
    page.visit::<crate::events::Event>();
    page.visit::<CallError>();
    page.text()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn every_call_has_a_name_of_its_own() {
        let mut names: BTreeMap<&str, u32> = BTreeMap::new();
        for (name, _) in TABLE {
            *names.entry(name).or_default() += 1;
        }
        assert!(names.values().all(|count| *count == 1), "{names:?}");
    }

    #[test]
    fn the_page_knows_the_calls_and_types_of_the_program() {
        let committed = concat!(env!("CARGO_MANIFEST_DIR"), "/../../ui/src/lib/host/bindings.ts");
        let fresh = typescript();
        if std::env::var_os("PIERROT_WRITE_BINDINGS").is_some() {
            std::fs::write(committed, &fresh).expect("ui is writable");
        }
        let text = std::fs::read_to_string(committed).unwrap_or_default();
        assert!(text == fresh, "bindings.ts is stale: run `make bindings`");
    }
}
