//! Pictures for a page: looks, thumbnails from the cache or the source, and what to paint until they come.
//!
//! Absent: the queue and its bounds (`thumbnails`). Dropping the future takes the wish back, as when a row is scrolled away.

use base64::{Engine as _, prelude::BASE64_STANDARD};

use super::{CallError, Engine};
use crate::{
    error::{Error, Result},
    jobs::{
        look::{SCREEN_SIDE, extension},
        opened::{OpenedFile, Subject},
    },
    library::{Query, Window},
    look::Look,
    photo::{PhotoId, key_text},
    thumbnails::{Class, ThumbnailPicture},
};

/// One photo alone, at 0, comes before the rows of the gallery.
const ROWS: u32 = 1;

/// Longest JSON of a look in an address.
const LOOK_BYTES_MAX: usize = 8 * 1024;

/// A picture made for looking at, with its media type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LookPicture {
    pub bytes: Vec<u8>,
    pub mime: &'static str,
}

impl Engine {
    /// The JPEG of a photo in one of two sizes, `grid` or `large`, or of an opened file, which has the one.
    pub async fn picture(&self, subject: &Subject, size: &str) -> Result<ThumbnailPicture> {
        match (size, subject) {
            ("grid", Subject::Photo(photo)) => Ok(self.pierrot().thumbnail(photo, Class::Grid, ROWS).await?),
            ("grid" | "large", subject) => self.pierrot().large(subject).await,
            _ => Err(Error::failed("There is no such size of a picture.", "Ask for grid or large.")),
        }
    }

    /// Takes a picture in that is not of the archive, to try looks on it.
    pub async fn open_file(&self, name: &str, bytes: Vec<u8>) -> Result<OpenedFile, CallError> {
        self.pierrot().open_file(name, bytes).await.map_err(CallError::from)
    }

    /// A copy of a photo or a file in a look, which comes as JSON, as long as a screen shows it (see [`crate::Pierrot::look_preview`]).
    pub async fn look_picture(&self, subject: &Subject, look: &str, side: Option<u32>) -> Result<LookPicture> {
        if look.len() > LOOK_BYTES_MAX {
            return Err(Error::failed("The look is too long.", "Use fewer colours."));
        }
        let look = Look::parse(look).map_err(|why| Error::failed(why, "Change the look."))?;
        let bytes = self.pierrot().look_preview(subject, &look, side.unwrap_or(SCREEN_SIDE)).await?;
        let mime = match extension(&bytes) {
            "gif" => "image/gif",
            "jpg" => "image/jpeg",
            _ => "image/png",
        };
        Ok(LookPicture { bytes, mime })
    }

    /// A file of a mosaic: `web.jpg`, `small.jpg` or a piece, `LEVEL/COLUMN_ROW.jpg`.
    pub async fn mosaic_picture(&self, id: &str, path: &str) -> Result<Vec<u8>> {
        self.pierrot().mosaic_picture(id, path).await
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
