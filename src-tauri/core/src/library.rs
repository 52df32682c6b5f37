//! The gallery's memory: all photos as columns, in order, ready to be searched and laid out; never changed once built.
//!
//! Invariants: pure (rows and a fold in, answers out); every photo is in it once, also those that are filtered out; equal
//! content has an equal `version`, other content another. About 400 bytes a photo.
//! Deliberately absent: reading the catalogue, deciding when to build anew (`jobs::gallery`), pixels.

mod answers;
mod build;
mod query;
mod search;
mod state;
mod text;
mod when;

use std::{
    cmp::Ordering,
    collections::VecDeque,
    sync::{Arc, Mutex},
};

pub use answers::{Album, Cell, Counted, Facets, Month, Neighbours, Overview, WINDOW_MAX, Window, Year};
pub use build::Builder;
pub use query::{BadDay, Query, Show, Sort};
pub use search::{Counts, Found};
pub use state::{Rules, State, TargetRules, showable};
pub use text::plain;

use state::Standing;
use text::Texts;
use when::YearMonth;

/// All photos of one moment. A row is a number in the order of arrival.
#[derive(Debug, Default)]
pub struct Library {
    version: String,
    /// Names of the targets with a bit in `standings`.
    targets: Vec<String>,
    ids: Texts,
    titles: Texts,
    taken: Texts,
    /// Title, description and tags of each row in plain form.
    texts: Texts,
    standings: Vec<Standing>,
    ratios: Vec<u16>,
    videos: Vec<bool>,
    thumbs: Vec<u64>,
    /// What `Sort::Taken` sorts by, in seconds since 1970.
    taken_s: Vec<i64>,
    uploaded_s: Vec<i64>,
    taken_month: Vec<YearMonth>,
    /// A number of `camera_names`; 0 = unknown.
    cameras: Vec<u16>,
    camera_names: Names,
    /// Numbers of `tag_names`; those of row n lie between `tag_ends[n]` and `tag_ends[n + 1]`.
    tags: Vec<u32>,
    tag_ends: Vec<u32>,
    tag_names: Names,
    albums: Vec<AlbumRows>,
    by_id: Vec<u32>,
    by_taken: Vec<u32>,
    by_uploaded: Vec<u32>,
    recent: Mutex<VecDeque<(Query, Arc<Found>)>>,
}

/// Words by number: as first seen, and plain.
#[derive(Debug, Default)]
struct Names {
    shown: Vec<String>,
    plain: Vec<String>,
}

#[derive(Debug)]
struct AlbumRows {
    id: String,
    title: String,
    /// Ascending.
    rows: Vec<u32>,
}

impl Names {
    fn find(&self, name: &str) -> Option<u32> {
        let plain = plain(name);
        let number = self.plain.iter().position(|known| *known == plain)?;
        u32::try_from(number).ok()
    }
}

impl Library {
    /// Changes whenever anything a page shows changes.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// Photos in it, missing ones included.
    pub fn total(&self) -> u32 {
        u32::try_from(self.ids.len()).expect("counted in 32 bits")
    }

    /// An estimate of the memory it takes, without remembered results.
    pub fn bytes(&self) -> usize {
        let rows = self.ids.len();
        let row = size_of::<Standing>() + 2 + 1 + 8 + 8 + 8 + size_of::<YearMonth>() + 2 + 4 + 3 * 4;
        let names = |names: &Names| -> usize {
            names.shown.iter().chain(&names.plain).map(|name| name.capacity() + size_of::<String>()).sum()
        };
        let albums: usize = self.albums.iter().map(|album| album.rows.capacity() * 4 + album.title.len() + 80).sum();
        build::texts_bytes(self) + rows * row + self.tags.capacity() * 4 + names(&self.tag_names) + albums
    }

    fn row_of(&self, id: &str) -> Option<u32> {
        let place = self.by_id.binary_search_by(|row| self.ids.get(*row as usize).cmp(id)).ok()?;
        Some(self.by_id[place])
    }

    fn tags_of(&self, row: usize) -> &[u32] {
        &self.tags[self.tag_ends[row] as usize..self.tag_ends[row + 1] as usize]
    }

    /// Newest first; equal times by id, longer ids (numbers) being newer.
    fn newer(&self, seconds: &[i64], a: u32, b: u32) -> Ordering {
        let (a, b) = (a as usize, b as usize);
        let id = |row: usize| self.ids.get(row);
        seconds[b].cmp(&seconds[a]).then_with(|| id(b).len().cmp(&id(a).len())).then_with(|| id(b).cmp(id(a)))
    }

    fn month_of(&self, sort: Sort, row: u32) -> YearMonth {
        match sort {
            Sort::Taken => self.taken_month[row as usize],
            Sort::Uploaded => YearMonth::of(self.uploaded_s[row as usize]),
        }
    }

    fn shrink(&mut self) {
        for texts in [&mut self.ids, &mut self.titles, &mut self.taken, &mut self.texts] {
            texts.shrink();
        }
        self.standings.shrink_to_fit();
        self.ratios.shrink_to_fit();
        self.videos.shrink_to_fit();
        self.thumbs.shrink_to_fit();
        self.taken_s.shrink_to_fit();
        self.uploaded_s.shrink_to_fit();
        self.taken_month.shrink_to_fit();
        self.cameras.shrink_to_fit();
        self.tags.shrink_to_fit();
        self.tag_ends.shrink_to_fit();
    }
}

#[cfg(test)]
#[path = "library_test.rs"]
pub(crate) mod tests;
