//! A look as it is kept: JSON that can be shown, copied, and rendered again to the same bytes.
//!
//! Invariant: the same picture, recipe and version give the same bytes; of a mosaic, also the same tiles. Absent: where recipes are
//! kept, and where tiles come from.

use serde::{Deserialize, Serialize};

use crate::mosaic::{DISTANCE_MAX, Layout};
use crate::{Dither, PictureError, Work, dither};

/// A look on one picture, such as `{"look":"dither","colours":{"picture":8}}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "look", rename_all = "snake_case")]
pub enum Recipe {
    /// Few colours.
    Dither(Dither),
    /// A picture of pictures; whoever has tiles makes it.
    Mosaic(MosaicRecipe),
}

/// How a mosaic is laid.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MosaicRecipe {
    /// Cells across; those down follow from the picture.
    pub columns: u32,
    /// No tile twice within so many cells.
    #[serde(default = "three")]
    pub distance: u32,
    /// How far tiles take on the colours of their cells, in percent.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub adjust: u8,
    /// No tile more often than this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cap: Option<u32>,
    /// How its squares lie.
    #[serde(default, skip_serializing_if = "is_grid")]
    pub layout: Layout,
    /// Only the tiles that were published last, so many.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_published: Option<u32>,
}

/// Cells across at most.
const COLUMNS_MAX: u32 = 400;

const fn three() -> u32 {
    3
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
const fn is_zero(value: &u8) -> bool {
    *value == 0
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
fn is_grid(layout: &Layout) -> bool {
    *layout == Layout::Grid
}

impl MosaicRecipe {
    /// Whether it can be laid as asked, given tiles enough.
    ///
    /// # Errors
    /// A sentence about what cannot.
    pub fn check(&self) -> Result<(), String> {
        if !(2..=COLUMNS_MAX).contains(&self.columns) {
            return Err(format!("A mosaic has 2 to {COLUMNS_MAX} pictures across, not {}.", self.columns));
        }
        if self.distance > DISTANCE_MAX || self.adjust > 100 || self.cap == Some(0) || self.last_published == Some(0) {
            return Err(format!(
                "Repeats can be kept up to {DISTANCE_MAX} cells apart, colours be adjusted by up to 100 %, and a picture be \
                 in it once at least."
            ));
        }
        Ok(())
    }
}

impl Recipe {
    /// Makes the picture file into what the recipe says.
    ///
    /// # Errors
    /// [`PictureError`], in words for the photographer.
    pub fn render(&self, picture: &[u8], work: &Work<'_>) -> Result<Vec<u8>, PictureError> {
        match self {
            Self::Dither(how) => dither(picture, how, work),
            Self::Mosaic(_) => Err(PictureError::Recipe { why: "A mosaic needs other pictures.".into() }),
        }
    }
}
