//! A look the photographer chose: a recipe for the pixels, shown and kept as JSON.
//!
//! Invariant: the same picture, look and version give the same bytes, so a look in the log says what went out.
//! Absent: the pixels (`pierrot-looks`) and where presets are kept (`settings`).

use pierrot_looks::{Dither, DitherFormat, Limits, MosaicRecipe, PictureError, Prepared, Recipe, Work, prepare};
use serde::{Deserialize, Serialize};

/// Tries to make a picture in its look small enough for the target, each at four fifths of the side before.
const TRIES_MAX: usize = 12;
/// The plain picture before it gets its look, in bytes.
const PLAIN_BYTES_MAX: usize = 64 << 20;

/// A recipe, as JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(transparent)]
pub struct Look(
    #[ts(
        type = "{ look: \"mosaic\", columns: number, distance?: number, adjust?: number, cap?: number | null, layout?: \"grid\" | \"brick\" | \"collage\" | \"adaptive\", last_published?: number | null } | { look: \"dither\", method?: string, colours?: { levels: number } | { picture: number } | { preset: string }, grey?: boolean, light?: \"linear\" | \"gamma\" | null, strength?: number, pixel?: number }"
    )]
    pub Recipe,
);

impl Look {
    /// Reads and checks the JSON of a look.
    ///
    /// # Errors
    /// A sentence about what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let look: Self = serde_json::from_str(text).map_err(|error| format!("This is not a look ({error})."))?;
        look.check()?;
        Ok(look)
    }

    /// Whether it can be done as asked.
    ///
    /// # Errors
    /// A sentence about what cannot.
    pub fn check(&self) -> Result<(), String> {
        match &self.0 {
            Recipe::Dither(dither) => dither.check(),
            Recipe::Mosaic(mosaic) => mosaic.check(),
        }
    }

    /// How the mosaic is laid, where the look is one: that takes other pictures, too.
    pub fn mosaic(&self) -> Option<&MosaicRecipe> {
        match &self.0 {
            Recipe::Mosaic(mosaic) => Some(mosaic),
            Recipe::Dither(_) => None,
        }
    }

    /// The JSON that stands in the log and in settings.
    pub fn to_value(&self) -> serde_json::Value {
        serde_json::to_value(&self.0).unwrap_or_default()
    }

    /// The picture in this look, within the limits of a target; not a mosaic.
    ///
    /// # Errors
    /// [`PictureError`].
    pub fn fit(&self, picture: &[u8], limits: &Limits, work: &Work<'_>) -> Result<Prepared, PictureError> {
        let recipe = match &self.0 {
            // Targets show a GIF as a film.
            Recipe::Dither(dither) => Recipe::Dither(Dither { format: DitherFormat::Png, ..dither.clone() }),
            mosaic @ Recipe::Mosaic(_) => mosaic.clone(),
        };
        let mut side_max = limits.side_max;
        for _ in 0..TRIES_MAX {
            let plain = prepare(picture, &Limits { bytes_max: PLAIN_BYTES_MAX, side_max })?;
            let bytes = recipe.render(&plain.bytes, work)?;
            if bytes.len() <= limits.bytes_max {
                return Ok(Prepared { bytes, mime: "image/png", reencoded: true, ..plain });
            }
            side_max = plain.width.max(plain.height) * 4 / 5;
        }
        Err(PictureError::CannotFit { bytes_max: limits.bytes_max, side_max: limits.side_max })
    }
}

/// What looks can be made of, for a page to offer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ts_rs::TS)]
pub struct Looks {
    pub methods: Vec<Offered>,
    pub palettes: Vec<Offered>,
}

/// One way, or one palette: its name in a recipe, and what a photographer sees of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ts_rs::TS)]
pub struct Offered {
    pub name: String,
    pub about: String,
}

impl Looks {
    pub fn all() -> Self {
        let offered = |(name, about): (&str, &str)| Offered { name: name.into(), about: about.into() };
        Self {
            methods: pierrot_looks::methods().map(offered).collect(),
            palettes: pierrot_looks::palettes().map(|(name, origin, _)| offered((name, origin))).collect(),
        }
    }
}
