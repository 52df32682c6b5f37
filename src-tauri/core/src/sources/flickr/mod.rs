//! Flickr as a source: lists, single photos, sizes and albums of one account.
//!
//! Invariant: only reads; every call waits for its turn (the budget) and is retried only where Flickr's answer allows it
//! (`call`); every list is bounded in pages. One [`Flickr`] serves one run of a job. Absent: the catalogue, what a
//! vanished photo means, and the pictures themselves.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::OnceCell;
use url::Url;

pub use call::{Patience, Stamps, Turn};
pub use error::FlickrError;
pub use keys::{ContentTypes, FlickrKeys};
pub use parse::{Album, Info, Page, Size, Who};

use crate::catalogue::Exif;
use crate::http;
use crate::photo::PhotoId;
use call::{Caller, Params};

mod call;
mod error;
mod exif;
mod json;
mod keys;
pub mod login;
mod mend;
mod parse;
mod row;
mod text;
mod user;

type Result<T> = std::result::Result<T, FlickrError>;

const PER_PAGE: &str = "500";
const ALBUM_LIST_PAGES_MAX: u32 = 100;
const ALBUM_PAGES_MAX: u32 = 4000;
/// getExif's code for an owner who does not share EXIF.
const EXIF_NOT_SHARED: i64 = 2;
/// Only what a `Photo` keeps: each address more is a tenth of the page. Flickr leaves out names it does not know.
const EXTRAS: &str = "description,license,date_upload,date_taken,original_format,last_update,geo,tags,o_dims,media,\
    path_alias,url_k,url_o,safety_level,content_type";

/// What the settings say about the source.
#[derive(Clone, Debug)]
pub struct FlickrSettings {
    /// Like `https://api.flickr.com/services/rest/`.
    pub api_url: Url,
    /// `me`, an id like `12345678@N01`, a name, or an address like `https://www.flickr.com/photos/NAME/`.
    pub user: String,
    /// 1 safe, 2 moderate too, 3 everything.
    pub safe_search: u8,
    pub content_types: ContentTypes,
}

/// One account at Flickr.
#[derive(Debug)]
pub struct Flickr {
    settings: FlickrSettings,
    caller: Caller,
    who: OnceCell<String>,
    /// The key may not use people.getPhotos: getPublicPhotos answers instead.
    public_only: AtomicBool,
}

impl Flickr {
    /// `seed` feeds the jitter of the waiting times; `turn` is asked before each call.
    pub fn new(
        settings: FlickrSettings,
        keys: FlickrKeys,
        client: http::Client,
        stamps: Stamps,
        turn: Turn,
        seed: u64,
    ) -> Self {
        let caller = Caller::new(settings.api_url.clone(), keys, client, stamps, turn, seed);
        Self { settings, caller, who: OnceCell::new(), public_only: AtomicBool::new(false) }
    }

    /// Spares the call that finds the account's id, when it is known from an earlier run.
    pub fn with_nsid(mut self, nsid: impl Into<String>) -> Self {
        self.who = OnceCell::new_with(Some(nsid.into()));
        self
    }

    pub fn with_patience(mut self, patience: Patience) -> Self {
        self.caller.patience = patience;
        self
    }

    /// Whether calls are signed for an account, so that more than public photos can be seen.
    pub fn is_signed_in(&self) -> bool {
        self.caller.keys.signed().is_some()
    }

    /// REST calls made so far, retries included.
    pub fn calls(&self) -> u32 {
        self.caller.calls()
    }

    /// Proves that the token lives and tells whose it is.
    pub async fn test_login(&self) -> Result<Who> {
        self.caller.needs_login("flickr.test.login")?;
        self.caller.ask("flickr.test.login", &Params::default(), parse::who).await
    }

    /// One page of the account's photos (500), private ones included when signed in; `page` from 1.
    pub async fn people_photos(&self, page: u32) -> Result<Page> {
        let mut params = self.list_params(page, PER_PAGE).await?;
        params.push(("extras", EXTRAS.to_owned()));
        let owner = self.owner(&params);
        self.ask_for_photos(params, |bytes| parse::page(bytes, &owner)).await
    }

    /// How many photos the account has as far as this login sees; may be more than the lists bring.
    pub async fn total(&self) -> Result<u64> {
        let params = self.list_params(1, "1").await?;
        self.ask_for_photos(params, parse::total).await
    }

    /// One page (500) of own photos added or changed since `min_date` (seconds since 1970), newest change first.
    pub async fn recently_updated(&self, min_date: i64, page: u32) -> Result<Page> {
        const METHOD: &str = "flickr.photos.recentlyUpdated";
        self.caller.needs_login(METHOD)?;
        let params = vec![
            ("min_date", min_date.max(1).to_string()),
            ("extras", EXTRAS.to_owned()),
            ("per_page", PER_PAGE.to_owned()),
            ("page", page.max(1).to_string()),
        ];
        let owner = self.owner(&params);
        self.caller.ask(METHOD, &params, |bytes| parse::page(bytes, &owner)).await
    }

    /// The facts of one photo; `None` when it is gone or not visible to this login (Flickr does not tell them apart).
    pub async fn info(&self, photo: &PhotoId) -> Result<Option<Info>> {
        let params = vec![("photo_id", photo.to_string())];
        gone(self.caller.ask("flickr.photos.getInfo", &params, parse::info).await, &[1])
    }

    /// All sizes of one photo in Flickr's order; `None` when it is gone, not visible, or may not be downloaded.
    pub async fn sizes(&self, photo: &PhotoId) -> Result<Option<Vec<Size>>> {
        let params = vec![("photo_id", photo.to_string())];
        gone(self.caller.ask("flickr.photos.getSizes", &params, parse::sizes).await, &[1, 2])
    }

    /// What the camera wrote into the picture: empty when the owner does not share it, `None` when the photo is gone or not
    /// visible to this login.
    pub async fn exif(&self, photo: &PhotoId) -> Result<Option<Exif>> {
        let params = vec![("photo_id", photo.to_string())];
        let answer = self.caller.ask("flickr.photos.getExif", &params, exif::read).await;
        match gone(answer, &[EXIF_NOT_SHARED]) {
            Ok(found) => Ok(Some(found.unwrap_or_default())),
            Err(error) => gone(Err(error), &[1]),
        }
    }

    /// All albums of the account, each once.
    pub async fn albums(&self) -> Result<Vec<Album>> {
        let nsid = self.nsid().await?;
        let (mut albums, mut seen) = (Vec::new(), HashSet::new());
        for page in 1..=ALBUM_LIST_PAGES_MAX {
            let params = paged(vec![("user_id", nsid.clone())], page);
            let found = self.caller.ask("flickr.photosets.getList", &params, parse::albums).await?;
            let new: Vec<Album> = found.albums.into_iter().filter(|album| seen.insert(album.id.clone())).collect();
            let stuck = new.is_empty();
            albums.extend(new);
            if stuck || page >= found.pages {
                break;
            }
        }
        Ok(albums)
    }

    /// The ids of all photos in an album, each once.
    pub async fn album_photos(&self, album: &str) -> Result<Vec<PhotoId>> {
        let nsid = self.nsid().await?;
        let (mut ids, mut seen) = (Vec::new(), HashSet::new());
        for page in 1..=ALBUM_PAGES_MAX {
            let params = paged(vec![("photoset_id", album.to_owned()), ("user_id", nsid.clone())], page);
            let found = self.caller.ask("flickr.photosets.getPhotos", &params, parse::ids).await?;
            let new: Vec<PhotoId> = found.ids.into_iter().filter(|id| seen.insert(id.clone())).collect();
            let stuck = new.is_empty();
            ids.extend(new);
            if stuck || page >= found.pages {
                break;
            }
        }
        Ok(ids)
    }

    /// The account's id, like `12345678@N01`; at most three calls, once.
    pub async fn nsid(&self) -> Result<String> {
        self.who.get_or_try_init(|| user::resolve(&self.caller, &self.settings.user)).await.cloned()
    }

    async fn list_params(&self, page: u32, per_page: &str) -> Result<Params> {
        let me = self.settings.user == "me" && self.is_signed_in();
        let user = if me { "me".to_owned() } else { self.nsid().await? };
        Ok(vec![
            ("user_id", user),
            ("safe_search", self.settings.safe_search.clamp(1, 3).to_string()),
            ("content_types", self.settings.content_types.as_param()),
            ("per_page", per_page.to_owned()),
            ("page", page.max(1).to_string()),
        ])
    }

    async fn ask_for_photos<T>(
        &self,
        params: Params,
        read: impl Fn(&[u8]) -> std::result::Result<T, parse::Unread>,
    ) -> Result<T> {
        if !self.public_only.load(Ordering::Relaxed) {
            let answer = self.caller.ask("flickr.people.getPhotos", &params, &read).await;
            let refused = matches!(answer, Err(FlickrError::NoPermission { .. }));
            if self.is_signed_in() || !refused {
                return answer.map_err(|error| error.about_user(&self.settings.user, &[1, 2, 5]));
            }
            self.public_only.store(true, Ordering::Relaxed);
        }
        let params = params.into_iter().filter(|(name, _)| *name != "content_types").collect();
        let answer = self.caller.ask("flickr.people.getPublicPhotos", &params, &read).await;
        answer.map_err(|error| error.about_user(&self.settings.user, &[1]))
    }

    /// Whose rows these are where they do not say it.
    fn owner(&self, params: &Params) -> String {
        let asked = params.iter().find(|(name, value)| *name == "user_id" && value != "me").map(|(_, value)| value);
        self.who.get().or(asked).cloned().unwrap_or_default()
    }
}

fn paged(mut params: Params, page: u32) -> Params {
    params.push(("per_page", PER_PAGE.to_owned()));
    params.push(("page", page.to_string()));
    params
}

fn gone<T>(answer: Result<T>, codes: &[i64]) -> Result<Option<T>> {
    match answer {
        Ok(found) => Ok(Some(found)),
        Err(FlickrError::Refused { code, .. }) if codes.contains(&code) => Ok(None),
        Err(error) => Err(error),
    }
}

/// A turn that is always free, for a source on this computer.
pub fn no_limit() -> Turn {
    Arc::new(|| crate::budget::Take::Go)
}

#[cfg(test)]
#[path = "flickr_test.rs"]
mod tests;
