//! Pixels in, pixels out: what Pierrot does to a picture before it leaves.
//!
//! [`prepare`] makes a picture fit a target: upright, small enough, and free of every fact the photographer did not
//! choose to publish. [`thumbnail`] makes a small version of it for the gallery, [`thumbs`] several of any size, [`dither`]
//! one in few colours; a [`Recipe`] keeps how. The same bytes in give the same bytes out.
//!
//! Absent on purpose: files, network, threads, clocks and global state. Whatever comes in, one call stays below about
//! 350 MB of memory and a broken decoder ends as an error, which needs unwinding panics (not `panic = "abort"`).

mod colour;
mod decode;
mod dither;
mod encode;
mod error;
mod jpeg_file;
mod kind;
mod metadata;
mod metadata_text;
pub mod mosaic;
mod oklab;
mod picture;
mod png_file;
mod prepare;
mod raster;
mod recipe;
mod scaled;
mod size;
mod thumbnail;
mod thumbs;
mod work;

pub use dither::{
    COLOURS_MAX, Colours, Dither, Format as DitherFormat, Kernel, Light, Method, Palette, dither, methods, palettes,
};
pub use error::PictureError;
pub use kind::opens;
pub use metadata::Kept;
pub use prepare::{Limits, Prepared, prepare};
pub use recipe::{MosaicRecipe, Recipe};
pub use size::{Mode, SIDE_MAX, Size};
pub use thumbnail::{Thumbnail, thumbnail};
pub use thumbs::{Format, Thumb, Wanted, content_hash, key, thumbs};
pub use work::Work;

#[cfg(test)]
mod hostile_test;
#[cfg(test)]
mod prepare_test;
#[cfg(test)]
mod samples;
#[cfg(test)]
mod thumbnail_test;
#[cfg(test)]
mod thumbs_test;
