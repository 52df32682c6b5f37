//! Thumbnails through the handle: the catalogue says which picture, the cache or the source gives it.
//!
//! Invariant: no API call; a photo that is known to be gone is shown from the cache only. Hashes go to the catalogue in
//! batches, so that a screen full of new thumbnails costs a few small transactions.

use std::{
    path::PathBuf,
    sync::{Arc, PoisonError},
};

use crate::{
    catalogue::{Presence, Row},
    error::{Error, Result},
    handle::Pierrot,
    http::Reach,
    photo::{Photo, PhotoId},
    pictures,
    thumbnails::{self, Class, Hashed, Key, ThumbnailCache, ThumbnailError, ThumbnailPicture, Thumbnails},
};

/// Photos looked at to find where the pictures on this computer are.
const ORIGIN_ROWS_MAX: usize = 2_000;

impl Pierrot {
    /// A thumbnail of a photo; `priority` 0 is made first. Dropping the future takes the wish back.
    ///
    /// # Errors
    /// Not in the catalogue, gone, unreadable, try later, or cancelled by more urgent ones.
    pub async fn thumbnail(
        &self,
        photo: &PhotoId,
        class: Class,
        priority: u32,
    ) -> Result<ThumbnailPicture, ThumbnailError> {
        let row = self.row_of(photo)?;
        let thumbnails = self.thumbnails()?;
        if row.presence == Presence::Missing {
            let key = Key::of(&row.photo, class);
            let kept = thumbnails.kept(&key).await;
            return kept.map(|bytes| ThumbnailPicture { bytes, etag: key.etag() }).ok_or(ThumbnailError::Gone);
        }
        let origin = self.picture_origin(&row.photo)?;
        let found = thumbnails.get(&row.photo, origin.as_deref(), class, priority).await;
        self.keep_hashes(&thumbnails, false)?;
        found
    }

    /// The file of a thumbnail, made first if need be; it may go again at any time.
    pub async fn thumbnail_file(&self, photo: &PhotoId, class: Class) -> Result<Option<PathBuf>, ThumbnailError> {
        self.thumbnail(photo, class, 0).await?;
        Ok(self.thumbnails()?.file(&Key::of(&self.row_of(photo)?.photo, class)).await)
    }

    /// The entity tag [`Pierrot::thumbnail`] would give, without fetching anything.
    pub fn thumbnail_etag(&self, photo: &PhotoId, class: Class) -> Result<String, ThumbnailError> {
        Ok(Key::of(&self.row_of(photo)?.photo, class).etag())
    }

    /// How much of the disk the thumbnails take.
    pub async fn thumbnail_cache(&self) -> Result<ThumbnailCache> {
        Ok(self.thumbnails()?.cache().await)
    }

    /// Removes every thumbnail from the disk, those laid ready for mosaics too; they are made again when they are needed.
    pub async fn clear_thumbnails(&self) -> Result<ThumbnailCache> {
        self.clear_tiles().await?;
        Ok(self.thumbnails()?.clear().await)
    }

    /// What to paint before the thumbnails of these photos come, in their order.
    pub fn thumbhashes(&self, photos: &[PhotoId]) -> Result<Vec<Option<Hashed>>> {
        let thumbnails = self.thumbnails()?;
        self.keep_hashes(&thumbnails, true)?;
        Ok(self.catalogue.thumbhashes(photos)?)
    }

    fn row_of(&self, photo: &PhotoId) -> Result<Row, ThumbnailError> {
        let row = self.catalogue.photo(photo).map_err(|error| ThumbnailError::Local(error.into()))?;
        row.ok_or_else(|| ThumbnailError::Unknown(photo.clone()))
    }

    fn thumbnails(&self) -> Result<Arc<Thumbnails>> {
        let mut slot = self.thumbnails.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(thumbnails) = &*slot {
            return Ok(thumbnails.clone());
        }
        let clock = self.world.clock.clone();
        let bytes_max = u64::from(self.settings.gallery.cache_mb) << 20;
        let fresh = Arc::new(Thumbnails::new(self.home.thumbnails(), bytes_max, self.picture_client()?, clock));
        *slot = Some(fresh.clone());
        Ok(fresh)
    }

    fn keep_hashes(&self, thumbnails: &Thumbnails, all: bool) -> Result<()> {
        Ok(self.catalogue.keep_thumbhashes(&thumbnails.take_hashes(all))?)
    }

    /// Flickr's picture host; where the API is on this computer, the place of the pictures the catalogue knows.
    fn picture_origin(&self, photo: &Photo) -> Result<Option<String>> {
        match pictures::reach(&self.settings.flickr.api_url) {
            Reach::Public(_) => return Ok(Some(thumbnails::FLICKR.to_owned())),
            Reach::Loopback => {}
        }
        if let Some(own) = thumbnails::origin(photo) {
            return Ok(Some(own));
        }
        let (mut found, mut looked) = (None, 0);
        self.catalogue.each_photo(|row| {
            looked += 1;
            found = thumbnails::origin(&row.photo);
            found.is_none() && looked < ORIGIN_ROWS_MAX
        })?;
        Ok(found)
    }
}

impl From<Error> for ThumbnailError {
    fn from(error: Error) -> Self {
        Self::Local(error)
    }
}
