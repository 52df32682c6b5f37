//! Pixels in, pixels out: what Pierrot does to a picture before it leaves.
//!
//! [`prepare`] makes a picture fit a target: upright, small enough, and free of every fact the photographer did not
//! choose to publish. [`thumbnail`] makes a small version of it for the gallery. The same bytes in give the same bytes out.
//!
//! Absent on purpose: files, network, threads, clocks and global state. Whatever comes in, one call stays below about
//! 350 MB of memory and a broken decoder ends as an error, which needs unwinding panics (not `panic = "abort"`).

mod decode;
mod encode;
mod error;
mod jpeg_file;
mod kind;
mod metadata;
mod metadata_text;
mod png_file;
mod prepare;
mod raster;
mod thumbnail;

pub use error::PictureError;
pub use metadata::Kept;
pub use prepare::{Limits, Prepared, prepare};
pub use thumbnail::{Thumbnail, thumbnail};

#[cfg(test)]
mod hostile_test;
#[cfg(test)]
mod prepare_test;
#[cfg(test)]
mod samples;
#[cfg(test)]
mod thumbnail_test;
