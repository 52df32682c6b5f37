//! What the camera wrote into one photo: from the catalogue, else asked once at the source and kept.
//!
//! Invariant: a photo is asked about once, also when its owner does not share the answer.

use crate::{catalogue::Exif, error::Result, handle::Pierrot, photo::PhotoId, sources::flickr::Flickr};

impl Pierrot {
    /// The EXIF facts of a photo; empty when there are none to see.
    pub async fn exif(&self, photo: &PhotoId) -> Result<Exif> {
        if let Some(known) = self.catalogue.exif(photo)? {
            return Ok(known);
        }
        self.known(photo)?;
        self.ask_exif(&self.flickr().await?, photo).await
    }

    /// Asks the source, also when the answer is known, and keeps what it says.
    pub(crate) async fn ask_exif(&self, flickr: &Flickr, photo: &PhotoId) -> Result<Exif> {
        let Some(exif) = flickr.exif(photo).await? else { return Ok(Exif::default()) };
        self.catalogue.put_exif(photo, &exif)?;
        Ok(exif)
    }
}
