//! Pictures for a page: thumbnails from the cache or the source, and what to paint until they come.
//!
//! Absent: the queue and its bounds (`thumbnails`). Dropping the future takes the wish back, as when a row is scrolled away.

use base64::{Engine as _, prelude::BASE64_STANDARD};

use super::Engine;
use crate::{
    error::{Error, Result},
    library::{Query, Window},
    photo::{PhotoId, key_text},
    thumbnails::{Class, ThumbnailPicture},
};

/// One photo alone comes before the rows of the gallery.
const URGENT: u32 = 0;
const ROWS: u32 = 1;

impl Engine {
    /// The JPEG of a photo in one of two sizes, `grid` or `large`.
    pub async fn picture(&self, photo: &PhotoId, size: &str) -> Result<ThumbnailPicture> {
        let (class, priority) = match size {
            "grid" => (Class::Grid, ROWS),
            "large" => (Class::Large, URGENT),
            _ => return Err(Error::failed("There is no such size of a picture.", "Ask for grid or large.")),
        };
        Ok(self.pierrot().thumbnail(photo, class, priority).await?)
    }

    /// Cells of a query with what stands for their pictures until they come.
    pub async fn gallery_window(&self, query: &Query, version: &str, offset: u32, limit: u32) -> Result<Window> {
        let pierrot = self.pierrot();
        let mut window = pierrot.gallery_window(query, version, offset as usize, limit as usize).await?;
        let photos: Vec<PhotoId> = window.rows.iter().filter_map(|row| row.id.parse().ok()).collect();
        if photos.len() == window.rows.len() {
            for (row, hashed) in window.rows.iter_mut().zip(pierrot.thumbhashes(&photos)?) {
                // Not that of a picture that was replaced since.
                let hashed = hashed.filter(|hashed| key_text(hashed.version) == row.thumb);
                row.thumbhash = hashed.map(|hashed| BASE64_STANDARD.encode(hashed.thumbhash));
            }
        }
        Ok(window)
    }
}
