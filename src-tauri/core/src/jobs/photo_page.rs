//! Everything about one photo: its facts in words, and for each target where it stands, why, and what happened so far.
//!
//! Invariant: whether it may go out, and why not, is said by the same `judge` that fills the pools. Read from this computer's
//! copy of the log; no network. Absent: pictures, and EXIF that was never asked for (`Pierrot::exif`).

use serde::Serialize;
use ts_rs::TS;

use super::history::{self, HistoryLine};
use crate::{
    caption::plain,
    catalogue::{Album, Exif, Presence, Row},
    choose::Filters,
    error::{Error, Result},
    fold::{Attempt, Ending, Fold, Stand},
    handle::{Pierrot, off},
    log::Why,
    photo::{Photo, PhotoId, key_text},
    photo_words::{self, Licence, MediaKind, TakenPrecision},
    targets::title,
};

/// One photo as its screen shows it. Texts are plain text, never HTML.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct PhotoPage {
    pub id: String,
    pub title: String,
    pub description: String,
    pub tags: Vec<String>,
    pub albums: Vec<NamedAlbum>,
    /// By the camera's clock, without a zone: `2013-10-06 14:06:41`.
    pub taken: Option<String>,
    pub taken_precision: TakenPrecision,
    /// RFC 3339, UTC.
    pub uploaded: Option<String>,
    pub licence: Licence,
    pub privacy: String,
    pub safety: Option<String>,
    pub place: Option<Place>,
    /// Pixels of the original as it is shown; 0 when the source does not tell.
    pub width: u32,
    pub height: u32,
    pub media: MediaKind,
    /// Changes with the picture.
    pub thumb: String,
    pub page_url: String,
    pub missing: bool,
    pub excluded: bool,
    /// What is known already; `null` = not asked yet.
    pub exif: Option<Exif>,
    pub targets: Vec<TargetPage>,
    /// What happened to it on no particular target, oldest first.
    pub history: Vec<HistoryLine>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct NamedAlbum {
    pub id: String,
    pub title: String,
}

/// Degrees, rounded to about a kilometre: a page is easily shown to others.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, TS)]
pub struct Place {
    pub latitude: f64,
    pub longitude: f64,
}

/// One photo and one target.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct TargetPage {
    pub target: String,
    /// As the log names it, `x:2244994945`.
    pub account: Option<String>,
    pub standing: StandingWord,
    /// The photographer said that it is published; it can be taken back.
    pub by_hand: bool,
    /// A sentence; absent when it may go out.
    pub why_not: Option<String>,
    pub post_url: Option<String>,
    /// When its newest attempt last moved; RFC 3339.
    pub at: Option<String>,
    /// What went out, or was about to.
    pub text: Option<String>,
    /// The id to answer an open review by.
    pub review: Option<String>,
    /// Oldest first.
    pub history: Vec<HistoryLine>,
}

/// Where a photo stands with one target.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum StandingWord {
    /// May go out.
    Unpublished,
    Published,
    /// A tag of `sensitive.hold` keeps it back.
    Held,
    Review,
    UnderWay,
    Skipped,
    Rejected,
    Excluded,
    /// The settings leave it out.
    Filtered,
    Missing,
}

impl Pierrot {
    /// Everything known about one photo.
    pub async fn photo_page(&self, photo: &PhotoId) -> Result<PhotoPage> {
        let row = self.known(photo)?;
        let fold = self.kept_fold().await?;
        let (catalogue, id, known) = (self.catalogue.clone(), photo.clone(), fold.clone());
        let read = off(move || Ok::<_, Error>((catalogue.albums()?, history::lines(&catalogue, &known, &id)?)));
        let (albums, lines) = read.await?;
        let exif = self.catalogue.exif(photo)?;
        let targets = self.target_pages(&fold, &row, &albums, &lines)?;
        let excluded = fold.excluded().contains(photo) || self.settings.flickr.never.contains(photo);
        let missing = row.presence == Presence::Missing;
        let albums = albums.into_iter().filter(|album| album.photos.contains(photo));
        let albums = albums.map(|album| NamedAlbum { title: plain::line(&album.title), id: album.id }).collect();
        let history = lines.into_iter().filter(|line| line.target.is_none()).collect();
        Ok(PhotoPage { albums, missing, excluded, exif, targets, history, ..facts(&row.photo) })
    }

    fn target_pages(&self, fold: &Fold, row: &Row, albums: &[Album], lines: &[HistoryLine]) -> Result<Vec<TargetPage>> {
        let filters = Filters::new(&self.settings.flickr, albums);
        let mut names: Vec<&str> = self.settings.targets.keys().map(String::as_str).collect();
        for line in lines {
            names.extend(line.target.as_deref().filter(|name| !names.contains(name)));
        }
        let mut pages = Vec::with_capacity(names.len());
        for name in names {
            let account = self.known_account(name)?;
            pages.push(self.target_page(fold, &filters, row, (name, account), lines));
        }
        Ok(pages)
    }

    fn target_page(
        &self,
        fold: &Fold,
        filters: &Filters,
        row: &Row,
        (name, account): (&str, Option<String>),
        lines: &[HistoryLine],
    ) -> TargetPage {
        let newest = newest(fold, &row.photo.id, name, account.as_deref());
        let why_not = match self.settings.targets.get(name) {
            Some(target) => self.judge(filters, fold, (name, target), account.as_deref(), row).err(),
            None => Some(format!("{} is no longer among your targets", title(name))),
        };
        let standing = self.standing_word(fold, filters, row, (name, newest, why_not.is_none()));
        let imported = fold.imported().get(&row.photo.id).filter(|imported| imported.target == name);
        let imported_at = imported.and_then(|imported| imported.row.get("pierrot_wal_timestamp")?.as_str());
        let (post_url, text) = newest.map_or((None, None), |attempt| post_of(&attempt.stand, attempt));
        TargetPage {
            target: name.to_owned(),
            standing,
            by_hand: standing == StandingWord::Published && fold.is_marked(&row.photo.id, name),
            why_not: why_not.as_deref().map(photo_words::sentence),
            post_url,
            at: newest.map(|attempt| attempt.last_at.as_str()).or(imported_at).map(str::to_owned),
            text,
            review: newest.filter(|_| standing == StandingWord::Review).map(|attempt| attempt.about.attempt.0.clone()),
            history: lines.iter().filter(|line| line.target.as_deref() == Some(name)).cloned().collect(),
            account,
        }
    }

    fn standing_word(
        &self,
        fold: &Fold,
        filters: &Filters,
        row: &Row,
        (name, newest, may_go): (&str, Option<&Attempt>, bool),
    ) -> StandingWord {
        let id = &row.photo.id;
        let imported = fold.imported().get(id).is_some_and(|imported| imported.target == name);
        let posted = newest.is_some_and(|attempt| matches!(attempt.stand, Stand::Posted { .. }));
        if fold.excluded().contains(id) || self.settings.flickr.never.contains(id) {
            StandingWord::Excluded
        } else if imported || posted {
            StandingWord::Published
        } else if row.presence == Presence::Missing {
            StandingWord::Missing
        } else if may_go {
            StandingWord::Unpublished
        } else if let Some(word) = newest.and_then(|attempt| closed(fold, attempt, name)) {
            word
        } else if filters.judge(row).is_err() || !self.settings.targets.contains_key(name) {
            StandingWord::Filtered
        } else {
            StandingWord::Held
        }
    }
}

/// What an attempt without a post means while the log still keeps the photo from new ones.
fn closed(fold: &Fold, attempt: &Attempt, name: &str) -> Option<StandingWord> {
    let about = &attempt.about;
    if fold.is_free(&about.photo, name, about.account.as_deref()) {
        return None;
    }
    match &attempt.stand {
        Stand::NeedsReview { .. } => Some(StandingWord::Review),
        Stand::Claimed | Stand::Sending => Some(StandingWord::UnderWay),
        Stand::Posted { .. } => Some(StandingWord::Published),
        Stand::Ended(Ending::Skip | Ending::Released(Why::Skipped)) => Some(StandingWord::Skipped),
        Stand::Ended(Ending::Released(_)) => Some(StandingWord::Rejected),
        Stand::Ended(Ending::TakenOver | Ending::PostAgain) => None,
    }
}

/// The attempt that counts now: a post before all else, then the newest, of the target or its account.
fn newest<'a>(fold: &'a Fold, photo: &PhotoId, name: &str, account: Option<&str>) -> Option<&'a Attempt> {
    let same = |attempt: &&Attempt| {
        let about = &attempt.about;
        about.photo == *photo && (about.target == name || (account.is_some() && about.account.as_deref() == account))
    };
    let posted = |attempt: &Attempt| matches!(attempt.stand, Stand::Posted { .. });
    fold.attempts().filter(same).max_by_key(|attempt| (posted(attempt), attempt.last_seq))
}

/// The address of the post and the words that went out, or were about to.
fn post_of(stand: &Stand, attempt: &Attempt) -> (Option<String>, Option<String>) {
    match stand {
        Stand::Posted { post_url, text, .. } => (Some(post_url.clone()), Some(text.clone())),
        Stand::Claimed | Stand::Sending | Stand::NeedsReview { .. } => {
            (None, attempt.frozen.as_ref().map(|frozen| frozen.text.clone()))
        }
        Stand::Ended(_) => (None, None),
    }
}

/// The facts alone, in words.
fn facts(photo: &Photo) -> PhotoPage {
    let uploaded = Some(photo.uploaded_at).filter(|at| *at != 0).and_then(|at| jiff::Timestamp::from_second(at).ok());
    let rounded = |degrees: f64| (degrees * 100.0).round() / 100.0;
    let (width, height) = photo.size();
    PhotoPage {
        id: photo.id.to_string(),
        title: plain::line(&photo.title),
        description: plain::from_html(&photo.description),
        tags: photo.tags.iter().map(|tag| plain::line(tag)).collect(),
        albums: Vec::new(),
        taken: photo.taken.clone(),
        taken_precision: photo_words::precision(photo.taken_granularity),
        uploaded: uploaded.map(|at| at.to_string()),
        licence: photo_words::licence(photo.license),
        privacy: photo_words::privacy(photo.privacy).to_owned(),
        safety: photo_words::safety(photo.safety).map(str::to_owned),
        place: photo.place.map(|(north, east)| Place { latitude: rounded(north), longitude: rounded(east) }),
        width,
        height,
        media: photo.media.into(),
        thumb: key_text(photo.picture_key()),
        page_url: photo.page_url(),
        missing: false,
        excluded: false,
        exif: None,
        targets: Vec::new(),
        history: Vec::new(),
    }
}
