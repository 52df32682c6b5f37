//! Mirroring the source: a quick pass over what was updated, a full pass that finds the rest.
//!
//! Invariants: each page is one transaction with its cursor, so a crash resumes at the page; nothing becomes missing without
//! proof from the source itself, asked with a login that was just proved good; `total` is never believed alone.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};

use crate::{
    catalogue::{Album, PageChanges, Presence},
    crash,
    error::{Error, Result},
    events::Event,
    handle::Pierrot,
    sources::flickr::{Flickr, Page},
};

/// A full pass is due after this long, whatever quick passes found.
const FULL_EVERY_S: i64 = 24 * 3600;
/// How far quick passes look behind what they saw last.
const OVERLAP_S: i64 = 600;
/// Pages of one walk; 5 million photos.
const PAGES_MAX: u32 = 10_000;
/// Walks of one full pass, when photos come and go meanwhile.
const WALKS_MAX: u32 = 3;
/// Photos whose absence is proved one by one; more than this, or than 5 %, waits for a second full pass.
const PROOFS_MAX: usize = 200;
/// Proofs of one pass; the next one goes on.
const PROOFS_A_PASS_MAX: usize = 1_000;
const ALBUMS_MAX: usize = 5_000;

/// What a sync found.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct SyncReport {
    /// Photos the source has now.
    pub total: u64,
    pub added: u64,
    pub changed: u64,
    /// Photos that left the source.
    pub removed: u64,
    /// Photos the catalogue remembers although the source no longer has them.
    pub missing: u64,
    /// Calls of the source's API.
    pub calls: u32,
    pub unchanged: bool,
    /// Whether everything was walked.
    pub full: bool,
    /// Photos absent from the listing that wait for a second look.
    pub unproved: u64,
    /// Why the record does not have it yet; the catalogue does.
    #[serde(skip)]
    pub record_error: Option<Error>,
}

/// Where syncing stands, between runs.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct SyncState {
    /// Newest `lastupdate` the source told, by its own clock.
    pub watermark: i64,
    /// When the last full pass ended, by ours.
    pub full_at: Option<i64>,
    /// The total the source told at the last full pass.
    pub total: Option<u64>,
    /// Unlisted ids of the last full pass when they were too many to believe at once.
    pub doubted: u64,
    /// The owner; another one must not be mixed in.
    pub owner: Option<String>,
    /// Which listing the last full pass walked.
    pub listing: String,
}

/// A walk under way.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Cursor {
    next_page: u32,
    walks: u32,
    first_id: Option<String>,
    total: u64,
    listing: String,
    newest: i64,
    shifted: bool,
    added: u64,
    changed: u64,
}

const STATE: &str = "sync";
const CURSOR: &str = "walk";

impl Pierrot {
    /// Brings the catalogue up to date, then the record's documents.
    pub async fn sync(&self, full: bool) -> Result<SyncReport> {
        let flickr = self.flickr().await?;
        let mut report = SyncReport::default();
        let outcome = self.sync_catalogue(&flickr, full, &mut report).await;
        report.calls = flickr.calls();
        let changed = report.added + report.changed + report.removed > 0;
        if changed {
            self.catalogue_changed()?;
        }
        outcome?;
        report.total = self.catalogue.photos_total()?;
        report.missing = self.catalogue.missing_total()?;
        report.unchanged = !changed;
        report.record_error = self.upload_catalogue(changed).await.err();
        self.fresh_pools()?;
        Ok(report)
    }

    async fn sync_catalogue(&self, flickr: &Flickr, full: bool, report: &mut SyncReport) -> Result<()> {
        let mut state: SyncState = self.catalogue.state(STATE)?.unwrap_or_default();
        let listing = self.listing();
        let now = self.now().as_second();
        let due = state.full_at.is_none_or(|at| now - at >= FULL_EVERY_S || at > now + FULL_EVERY_S);
        if full || due || state.listing != listing {
            return self.full_pass(flickr, &mut state, &listing, report).await;
        }
        if flickr.is_signed_in() {
            return self.quick_pass(flickr, &mut state, report).await;
        }
        let total = flickr.total().await?;
        if Some(total) == state.total {
            return Ok(());
        }
        self.full_pass(flickr, &mut state, &listing, report).await
    }

    /// Everything that decides which photos the source lists for us.
    fn listing(&self) -> String {
        let flickr = &self.settings.flickr;
        format!("{} {} {}", flickr.api_url, flickr.user, flickr.content_types)
    }

    /// Reads what was added or edited since the last look, newest first; a whole page without news ends it.
    async fn quick_pass(&self, flickr: &Flickr, state: &mut SyncState, report: &mut SyncReport) -> Result<()> {
        let since = (state.watermark - OVERLAP_S).max(0);
        let mut newest = state.watermark;
        for number in 1..=PAGES_MAX {
            let page = flickr.recently_updated(since, number).await?;
            newest = page.rows.iter().map(|photo| photo.updated_at).fold(newest, i64::max);
            let (rows, last) = (page.rows.len(), number >= page.pages);
            let changes = self.catalogue.put_photos(page.rows, self.now().as_microsecond(), None)?;
            report.added += changes.added;
            report.changed += changes.changed;
            if rows == 0 || last || changes.added + changes.changed == 0 {
                break;
            }
        }
        if newest != state.watermark {
            state.watermark = newest;
            self.catalogue.set_state(STATE, state)?;
        }
        Ok(())
    }

    async fn full_pass(
        &self,
        flickr: &Flickr,
        state: &mut SyncState,
        listing: &str,
        report: &mut SyncReport,
    ) -> Result<()> {
        report.full = true;
        let owner = self.prove_login(flickr, state).await?;
        let first_time = self.catalogue.photos_total()? == 0;
        let cursor = self.walk(flickr, listing, report).await?;
        let mut doubted = 0;
        if !first_time {
            doubted = self.prove_absences(flickr, state, report).await?;
        }
        self.mirror_albums(flickr).await?;
        state.watermark = state.watermark.max(cursor.newest);
        state.full_at = Some(self.now().as_second());
        state.total = Some(cursor.total);
        state.owner = owner.or(state.owner.take());
        listing.clone_into(&mut state.listing);
        state.doubted = doubted;
        report.unproved = doubted;
        self.catalogue.set_state(STATE, state)?;
        self.catalogue.set_state(CURSOR, &Option::<Cursor>::None)?;
        Ok(())
    }

    /// A wrong or foreign login would make everything look deleted.
    async fn prove_login(&self, flickr: &Flickr, state: &SyncState) -> Result<Option<String>> {
        if !flickr.is_signed_in() {
            return Ok(None);
        }
        let who = flickr.test_login().await?;
        match &state.owner {
            Some(owner) if *owner != who.nsid && self.settings.flickr.user == "me" => Err(Error::failed(
                format!(
                    "This home mirrors the Flickr account {owner}, but you are signed in as {} ({}).",
                    who.username, who.nsid
                ),
                "Sign in with the right account, or use another home for this one (--home DIR).",
            )),
            Some(_) | None => Ok(Some(who.nsid)),
        }
    }

    /// Walks all pages until a walk saw the same first photo and total at its end as at its start.
    async fn walk(&self, flickr: &Flickr, listing: &str, report: &mut SyncReport) -> Result<Cursor> {
        let kept: Option<Cursor> = self.catalogue.state::<Option<Cursor>>(CURSOR)?.flatten();
        let mut cursor = match kept.filter(|kept| kept.listing == listing && kept.next_page > 0) {
            Some(kept) => kept,
            None => {
                let fresh = Cursor { next_page: 1, listing: listing.to_owned(), ..Cursor::default() };
                self.catalogue.begin_walk(CURSOR, &to_value(&fresh))?;
                fresh
            }
        };
        for _ in 0..WALKS_MAX {
            self.walk_once(flickr, &mut cursor).await?;
            let steady = !cursor.shifted && self.still_the_same(flickr, &mut cursor).await?;
            if steady || cursor.walks + 1 >= WALKS_MAX {
                break;
            }
            tracing::info!("photos came or went during the walk; walking again");
            cursor = Cursor { next_page: 1, walks: cursor.walks + 1, shifted: false, first_id: None, ..cursor };
            self.catalogue.set_state(CURSOR, &to_value(&cursor))?;
        }
        report.added += cursor.added;
        report.changed += cursor.changed;
        Ok(cursor)
    }

    async fn walk_once(&self, flickr: &Flickr, cursor: &mut Cursor) -> Result<()> {
        let started = self.now();
        let (from, mut seen) = (cursor.next_page, 0_u64);
        for number in from..=PAGES_MAX {
            let page = flickr.people_photos(number).await?;
            let last = number >= page.pages || page.rows.is_empty();
            note_first_page(cursor, &page);
            cursor.newest = page.rows.iter().map(|photo| photo.updated_at).fold(cursor.newest, i64::max);
            cursor.next_page = number + 1;
            let (pages, rows) = (page.pages, page.rows.len() as u64);
            let fresh = self.keep_page(cursor, page)?.fresh;
            crash::point("sync::after_page");
            seen += rows;
            self.tell_page(number, pages, seen, started, from);
            // Past the end, servers repeat the last page: no new id means the end, whatever they say.
            if last || (fresh == 0 && cursor.walks == 0) {
                break;
            }
        }
        Ok(())
    }

    /// One page and the cursor behind it, in one transaction.
    fn keep_page(&self, cursor: &mut Cursor, page: Page) -> Result<PageChanges> {
        let now_us = self.now().as_microsecond();
        let changes = self.catalogue.put_photos(page.rows, now_us, Some((CURSOR, &to_value(cursor))))?;
        cursor.added += changes.added;
        cursor.changed += changes.changed;
        // For the sentence at the end, which counts from the first page on; a power cut may take this page's share.
        self.catalogue.note_state(CURSOR, &to_value(cursor))?;
        Ok(changes)
    }

    fn tell_page(&self, page: u32, pages: u32, photos: u64, started: jiff::Timestamp, from: u32) {
        let spent = (self.now().as_millisecond() - started.as_millisecond()).max(1);
        #[expect(clippy::cast_precision_loss, reason = "a rate for a progress line")]
        let (photos_per_s, per_page_s) =
            (photos as f64 * 1000.0 / spent as f64, spent as f64 / 1000.0 / f64::from(page - from + 1));
        let left_s = per_page_s * f64::from(pages.saturating_sub(page));
        self.events.send(Event::SyncPage { page, pages, photos, photos_per_s, left_s });
    }

    /// Reads page 1 again: another first photo or total means that the pages shifted under the walk.
    async fn still_the_same(&self, flickr: &Flickr, cursor: &mut Cursor) -> Result<bool> {
        if cursor.next_page <= 2 {
            return Ok(true);
        }
        let page = flickr.people_photos(1).await?;
        let same = page.total == cursor.total && first_id(&page) == cursor.first_id;
        cursor.total = page.total;
        self.keep_page(cursor, page)?;
        Ok(same)
    }

    /// Asks the source for each photo the walk did not see. Returns how many are too many to believe at once.
    async fn prove_absences(&self, flickr: &Flickr, state: &SyncState, report: &mut SyncReport) -> Result<u64> {
        let mut absent = self.catalogue.unwalked()?;
        let known = self.catalogue.photos_total()?;
        let many = absent.len() > PROOFS_MAX || (absent.len() > 20 && absent.len() as u64 * 20 > known);
        if many && state.doubted == 0 {
            tracing::warn!(
                absent = absent.len(),
                known,
                "many photos are gone at once; a second full pass must confirm it"
            );
            return Ok(absent.len() as u64);
        }
        absent.truncate(PROOFS_A_PASS_MAX);
        self.events.send(Event::Syncing { what: format!("asking about {} photos that were not listed", absent.len()) });
        for id in absent {
            let (presence, info) = match flickr.info(&id).await? {
                Some(info) => (Presence::Unlisted, Some(info)),
                None => (Presence::Missing, None),
            };
            self.catalogue.change_photo(&id, |row| {
                row.presence = presence;
                if let Some(info) = &info {
                    row.photo.privacy = info.privacy;
                    row.photo.safety = info.safety.or(row.photo.safety);
                }
            })?;
            report.removed += u64::from(presence == Presence::Missing);
        }
        Ok(0)
    }

    async fn mirror_albums(&self, flickr: &Flickr) -> Result<()> {
        let listed = flickr.albums().await?;
        let known = self.catalogue.albums()?;
        let ids: HashSet<String> = listed.iter().map(|album| album.id.clone()).collect();
        for album in listed.into_iter().take(ALBUMS_MAX) {
            let same = |known: &&Album| {
                known.id == album.id && known.updated_at == album.updated_at && known.count == album.count
            };
            if let Some(known) = known.iter().find(same).filter(|known| known.title == album.title) {
                tracing::trace!(album = known.id, "unchanged");
                continue;
            }
            let photos = flickr.album_photos(&album.id).await?;
            let (id, title) = (album.id, album.title);
            self.catalogue.put_album(&Album { id, title, count: album.count, updated_at: album.updated_at, photos })?;
            self.catalogue_changed()?;
        }
        Ok(self.catalogue.keep_albums(&ids)?)
    }

    /// The catalogue's documents on the record; when it is away, they are pending and go up with a later sync.
    async fn upload_catalogue(&self, changed: bool) -> Result<()> {
        let pending = self.catalogue.state::<bool>("documents_pending")?.unwrap_or(true) || self.documents_behind()?;
        if !changed && !pending {
            return Ok(());
        }
        self.catalogue.set_state("documents_pending", &true)?;
        let mut ledger = self.ready_ledger().await?;
        self.write_catalogue_documents(ledger.store()).await?;
        self.write_wal_document_if_stale(&mut ledger).await;
        Ok(())
    }
}

fn note_first_page(cursor: &mut Cursor, page: &Page) {
    if page.page <= 1 && cursor.first_id.is_none() {
        cursor.first_id = first_id(page);
        cursor.total = page.total;
    }
    // A smaller total in the middle: something was deleted, and its page neighbour slipped past us.
    cursor.shifted |= page.total != cursor.total && cursor.next_page > 1;
}

fn first_id(page: &Page) -> Option<String> {
    page.rows.first().map(|photo| photo.id.to_string())
}

fn to_value(cursor: &Cursor) -> serde_json::Value {
    serde_json::to_value(cursor).unwrap_or_default()
}
