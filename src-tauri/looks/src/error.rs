//! Why a picture cannot be prepared, in sentences a photographer can act on.
//!
//! Invariant: a message speaks of the picture, never of decoders, chunks or buffers alone. Absent: I/O errors, because
//! this crate does no I/O.

use thiserror::Error;

/// Why a picture cannot be prepared; `Display` is a sentence for the photographer.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum PictureError {
    /// The bytes are something else than a JPEG, PNG, GIF or WebP.
    #[error("This is not a picture that Pierrot opens: it seems to be {seems}. It opens JPEG, PNG, GIF and WebP.")]
    NotAPicture {
        /// What the bytes seem to be, with its article: "an HTML page".
        seems: &'static str,
    },
    /// The header announces more pixels than Pierrot opens; nothing was decoded.
    #[error("The picture is too large to prepare: {width} x {height} pixels, {why}. Choose a smaller size of it.")]
    TooLarge {
        /// Width in pixels, as the header says.
        width: u32,
        /// Height in pixels, as the header says.
        height: u32,
        /// Which limit it breaks, as a clause.
        why: &'static str,
    },
    /// The picture is cut off or damaged.
    #[error("The picture is damaged or incomplete ({why}). Download or export it again.")]
    Broken {
        /// What is wrong with it, as a clause.
        why: String,
    },
    /// A valid picture of a rare kind that is not supported.
    #[error("The picture uses {what}, which Pierrot cannot read. Export it again as an ordinary JPEG or PNG.")]
    Unsupported {
        /// The rare feature, as a noun phrase.
        what: &'static str,
    },
    /// The look cannot be made as its recipe says.
    #[error("The look cannot be made as asked. {why}")]
    Recipe {
        /// What cannot be done, as a sentence.
        why: String,
    },
    /// A mosaic that cannot be laid.
    #[error("{why}. {what_now}")]
    Mosaic {
        /// Why not, without a full stop.
        why: String,
        /// What to do instead, as a sentence.
        what_now: String,
    },
    /// The work was no longer wanted.
    #[error("The picture was left unfinished, because the work was stopped.")]
    Stopped,
    /// Even the smallest version is larger than the target takes.
    #[error(
        "The picture cannot be made small enough: the target takes {bytes_max} bytes and {side_max} pixels a side."
    )]
    CannotFit {
        /// The limit in bytes.
        bytes_max: usize,
        /// The limit in pixels a side.
        side_max: u32,
    },
}

impl PictureError {
    pub(crate) fn broken(why: impl ToString) -> Self {
        Self::Broken { why: why.to_string() }
    }
}
