//! Where the pictures of tiles come from.
//!
//! Absent: any source but the folder (`folder`); the library of a photographer is one too, and lies elsewhere.

use crate::TilesError;

/// The most tiles of an index.
pub const TILES_MAX: usize = 200_000;

/// A picture that may be a tile.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Found {
    /// Its name at the source; no other picture has it.
    pub name: String,
    /// Its length; 0 where the source does not tell.
    pub bytes: u64,
    /// Anything that changes when the picture does.
    pub changed: u64,
}

/// Why a picture was not read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// Nothing is wrong but with this one; why, as a sentence.
    Unreadable(String),
    /// No other will be read either: the source is away; why, as a sentence. What was done is kept.
    Away(String),
}

/// Pictures by name.
pub trait Source: Sync {
    /// What is written down as their place: a folder's path, or nothing.
    fn place(&self) -> String;

    /// All of them, sorted by name, at most [`TILES_MAX`].
    ///
    /// # Errors
    /// Why they cannot be listed.
    fn list(&self) -> Result<Vec<Found>, TilesError>;

    /// One of them, whole; several threads ask at once.
    ///
    /// # Errors
    /// [`Trouble`].
    fn read(&self, found: &Found) -> Result<Vec<u8>, Trouble>;

    /// What a person calls it.
    fn called(&self, name: &str) -> String;
}
