//! Mosaics on disk: their tiles, kept in one file, and what is written of them.
//!
//! [`update`] makes or renews an index from the pictures of a [`Source`], such as a [`Folder`]: what did not change is not decoded again, what vanished is
//! removed. [`Index`] reads it. A tile is kept as a piece of a JPEG and as what it looks like from afar, so a hundred thousand
//! tiles are looked through without decoding one, and memory does not grow with their pixels.
//!
//! Invariant: a new index stands under its name only when it is complete, or goes as far as a slow source got; what it holds is
//! true. The order of
//! tiles is that of their names, however the index came about. Absent: printing, which tile goes where, pixels.

mod files;
mod folder;
mod index;
mod source;
mod update;

pub use files::{
    PIECES, ZOOM, piece, whole, write_pieces, write_protocol, write_reduced, write_small, write_whole, write_zoom,
};
pub use folder::Folder;
pub use index::Index;
pub use source::{Found, Source, TILES_MAX, Trouble};
pub use update::{Asked, Unreadable, Updated, update};

use std::io;
use std::path::{Path, PathBuf};

use pierrot_looks::PictureError;
use thiserror::Error;

/// Why there is no index; `Display` is a sentence, [`TilesError::what_now`] another.
#[derive(Debug, Error)]
pub enum TilesError {
    /// The folder of pictures cannot be listed.
    #[error("The folder {} cannot be read ({why}).", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// What the system says.
        why: String,
    },
    /// The index cannot be opened, read or written.
    #[error("The tile index {} cannot be used ({why}).", path.display())]
    Index {
        /// Its file.
        path: PathBuf,
        /// What is wrong with it, as a clause.
        why: String,
    },
    /// Another program works on the index.
    #[error("The tile index {} is in use by another Pierrot.", path.display())]
    Busy {
        /// Its file.
        path: PathBuf,
    },
    /// The index comes from another version of Pierrot.
    #[error("The tile index {} was made by another version of Pierrot.", path.display())]
    Edition {
        /// Its file.
        path: PathBuf,
    },
    /// More pictures than an index holds.
    #[error("{} holds more than {max} pictures.", path.display())]
    TooMany {
        /// The folder.
        path: PathBuf,
        /// The limit.
        max: usize,
    },
    /// The pictures cannot be had now.
    #[error("{why}")]
    Away {
        /// Why, as a sentence.
        why: String,
    },
    /// A file of the mosaic cannot be written.
    #[error("{} cannot be written ({why}).", path.display())]
    File {
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        why: String,
    },
    /// The mosaic cannot be made as asked.
    #[error(transparent)]
    Picture(#[from] PictureError),
    /// Nobody waits for it any more.
    #[error("The tiles were left unfinished, because the work was stopped.")]
    Stopped,
}

impl TilesError {
    /// A file or folder that cannot be written, and what the system says.
    pub fn unwritable(path: &Path, error: &io::Error) -> Self {
        Self::File { path: path.to_owned(), why: error.to_string() }
    }

    /// What to do about it.
    pub fn what_now(&self) -> &str {
        match self {
            Self::Picture(PictureError::Mosaic { what_now, .. }) => what_now,
            Self::Picture(_) => "No mosaic was made.",
            Self::File { .. } => "Name another place, or make room there.",
            Self::Folder { .. } => "Name a folder with pictures that you may read.",
            Self::Index { .. } => "Name another file, or remove this one and run `pierrot look tiles` again.",
            Self::Busy { .. } => "Wait until that is done, then run this again.",
            Self::Edition { .. } => "Run `pierrot look tiles` again: it makes the index anew.",
            Self::TooMany { .. } => "Name a smaller folder.",
            Self::Away { .. } => "Try again later; what was read is kept.",
            Self::Stopped => "Run it again when you like.",
        }
    }
}
