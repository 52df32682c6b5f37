//! What the camera wrote into one photo: from the catalogue, else asked once at the source and kept.
//!
//! Invariant: a photo is asked about once, also when its owner does not share the answer.

use crate::{
    catalogue::Exif,
    error::{Error, Result},
    handle::Pierrot,
    photo::PhotoId,
};

impl Pierrot {
    /// The EXIF facts of a photo; empty when there are none to see.
    pub async fn exif(&self, photo: &PhotoId) -> Result<Exif> {
        if let Some(known) = self.catalogue.exif(photo)? {
            return Ok(known);
        }
        if self.catalogue.photo(photo)?.is_none() {
            return Err(Error::failed(
                format!("The catalogue has no photo {photo}."),
                "Check the id, or run `pierrot sync` if the photo is new.",
            ));
        }
        let Some(exif) = self.flickr().await?.exif(photo).await? else { return Ok(Exif::default()) };
        self.catalogue.put_exif(photo, &exif)?;
        Ok(exif)
    }
}
