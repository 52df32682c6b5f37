//! A damaged catalogue leaves its name to a new one, and is kept.
//!
//! Invariants: the damaged bytes are never written to and never deleted; at every moment the name holds either the damaged
//! file or a new one that knows that it is to be rebuilt, so that nobody takes it for a new home. Damage that shows in the
//! middle of work is noted beside the file, and the next opening reads every page. Absent: the rebuilding (`jobs::rebuild`).

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Catalogue, CatalogueError, builder, damaged, sort_out, sort_out_io, sync_folder, unless_it_panics};

/// Damaged catalogues of one second in one home.
const SAME_NAME_MAX: u32 = 100;
const SET_ASIDE: &str = "set_aside";
/// Facts that only the catalogue knows and that are read back from a damaged one that still opens: who this computer is, and
/// that a person paused.
const SAVED: [&str; 2] = ["computer", "pause"];

/// By their names.
pub(crate) type Saved = Vec<(&'static str, serde_json::Value)>;

/// A damaged catalogue that was set aside, as its successor remembers it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetAside {
    /// Where the damaged file lies.
    pub file: PathBuf,
    pub at: Timestamp,
    /// Whether a pause could be read from it, and so still stands.
    pub pause_known: bool,
    /// Whether everything the record has is back.
    pub rebuilt: bool,
}

impl Catalogue {
    /// Opens the catalogue; a damaged one is set aside first. Every page is read when `thoroughly` is said, or after damage
    /// showed in the middle of work.
    pub fn open_or_set_aside(path: &Path, thoroughly: bool, at: Timestamp) -> Result<Self, CatalogueError> {
        let mut saved = Vec::new();
        let sound = if thoroughly || doubt(path).exists() { Self::look_through(path, &mut saved) } else { Ok(()) };
        let opened = sound.and_then(|()| Self::open(path));
        let catalogue = match opened {
            Err(CatalogueError::Damaged { why, .. }) => Self::instead_of_damaged(path, &saved, &why, at)?,
            settled => settled?,
        };
        match fs::remove_file(doubt(path)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(sort_out_io(error, path)),
            Ok(()) | Err(_) => Ok(catalogue),
        }
    }

    /// Reads every page of a copy, because looking mends, and a damaged file stays as it is; about a second for 100,000 photos.
    /// Also what could be saved from it.
    pub(crate) fn look_through(path: &Path, saved: &mut Saved) -> Result<(), CatalogueError> {
        let copy = path.with_extension("redb.looking");
        match fs::copy(path, &copy) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(sort_out_io(error, &copy)),
            Ok(_) => {}
        }
        let looked = unless_it_panics(&copy, || {
            let database = builder().open(&copy).map_err(|error| sort_out(error.into(), path))?;
            let catalogue = Self::around(database, &copy);
            *saved = catalogue.saved();
            catalogue.verify()
        });
        for left in [&copy, &doubt(&copy)] {
            let _ = fs::remove_file(left);
        }
        looked
    }

    /// The last damaged catalogue of this home that was set aside.
    pub fn set_aside(&self) -> Result<Option<SetAside>, CatalogueError> {
        Ok(self.state::<Option<SetAside>>(SET_ASIDE)?.flatten())
    }

    /// The same while what the record has is not back yet.
    pub fn to_be_rebuilt(&self) -> Result<Option<SetAside>, CatalogueError> {
        Ok(self.set_aside()?.filter(|aside| !aside.rebuilt))
    }

    /// What the record has is back.
    pub fn note_rebuilt(&self) -> Result<(), CatalogueError> {
        match self.to_be_rebuilt()? {
            Some(aside) => self.set_state(SET_ASIDE, &SetAside { rebuilt: true, ..aside }),
            None => Ok(()),
        }
    }

    fn instead_of_damaged(path: &Path, saved: &Saved, why: &str, at: Timestamp) -> Result<Self, CatalogueError> {
        let io = |source: io::Error| sort_out_io(source, path);
        let under_way = path.with_extension("redb.rebuilding");
        match fs::remove_file(&under_way) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(io(error)),
            Ok(()) | Err(_) => {}
        }
        let aside = free_name(path, at)?;
        let fresh = Self::open(&under_way)?;
        for (name, value) in saved {
            fresh.set_state(name, value)?;
        }
        let pause_known = saved.iter().any(|(name, _)| *name == "pause");
        fresh.set_state(SET_ASIDE, &Some(SetAside { file: aside.clone(), at, pause_known, rebuilt: false }))?;
        drop(fresh);
        keep(path, &aside).map_err(io)?;
        fs::rename(&under_way, path).and_then(|()| sync_folder(path)).map_err(io)?;
        tracing::warn!(
            "The catalogue was damaged ({why}). It is kept as {}, and a new one is made from the record and Flickr.",
            aside.display()
        );
        Self::open(path)
    }

    fn saved(&self) -> Saved {
        let one = |name| Some((name, self.state(name).ok()??));
        SAVED.into_iter().filter_map(one).collect()
    }
}

/// Where it is noted that damage showed in the middle of work.
pub(super) fn doubt(path: &Path) -> PathBuf {
    path.with_extension("redb.doubted")
}

/// Gives the bytes a second name, durable before the first one goes; a copy where the disk knows no second names.
fn keep(path: &Path, aside: &Path) -> io::Result<()> {
    if fs::hard_link(path, aside).is_err() {
        fs::copy(path, aside)?;
        fs::File::open(aside)?.sync_all()?;
    }
    sync_folder(aside)
}

/// `catalogue.redb.damaged-20261120T210000Z`.
fn free_name(path: &Path, at: Timestamp) -> Result<PathBuf, CatalogueError> {
    let time = at.strftime("%Y%m%dT%H%M%SZ").to_string();
    let names = std::iter::once(format!("redb.damaged-{time}"))
        .chain((2..=SAME_NAME_MAX).map(|number| format!("redb.damaged-{time}-{number}")));
    names
        .map(|end| path.with_extension(end))
        .find(|name| !name.exists())
        .ok_or_else(|| damaged(path, "and too many damaged ones lie beside it"))
}
