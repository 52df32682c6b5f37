//! What a page gets: the whole layout of a query at once, its cells window by window, neighbours, and what can be filtered by.
//!
//! Invariant: months and ratios are in the order of the cells, and count what the query found. Values for a page only; every
//! text is plain text. Absent: thumbnails' pixels and placeholders (joined by who has them).

use serde::Serialize;
use ts_rs::TS;

use super::{BadDay, Counts, Library, Query, State, when::YearMonth};
use crate::photo::key_text;

/// Cells of one window.
pub const WINDOW_MAX: usize = 500;
const TAGS_MAX: usize = 500;

/// Enough to lay out all photos of a query before any cell is loaded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[ts(rename = "GalleryOverview")]
pub struct Overview {
    /// Of the library this was answered from; windows are asked with it.
    pub version: String,
    /// Photos of the query.
    pub count: u32,
    /// Photos in the library.
    pub total: u32,
    /// Width in hundredths of the height, 20 to 1000; 100 when unknown. One for each photo, in order.
    pub ratios: Vec<u16>,
    /// Runs of photos of one month, in order.
    pub months: Vec<Month>,
    /// For the same query without its state.
    pub counts: Counts,
}

/// A run of photos; year and month are 0 when the time is unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[ts(rename = "GalleryMonth")]
pub struct Month {
    pub year: u32,
    /// 1 to 12.
    pub month: u32,
    pub count: u32,
}

/// Some cells of a query.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[ts(rename = "GalleryWindow")]
pub struct Window {
    /// Of the library the cells are from; of the newest one when `stale`.
    pub version: String,
    /// The version asked for is gone: ask for an overview again. There are no rows then.
    pub stale: bool,
    pub rows: Vec<Cell>,
}

/// One photo of the gallery.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[ts(rename = "GalleryCell")]
pub struct Cell {
    pub id: String,
    /// May be empty.
    pub title: String,
    /// By the camera's clock, without a zone: `2013-10-06 14:06:41`.
    pub taken: Option<String>,
    /// Width in hundredths of the height.
    pub ratio: u16,
    /// For the query's target, or over all.
    pub state: State,
    /// Names of the targets it was published to.
    pub published: Vec<String>,
    pub video: bool,
    /// Changes when the picture changes; may stand in an address.
    pub thumb: String,
    /// A placeholder in base64, where one is known.
    pub thumbhash: Option<String>,
}

/// What lies around a photo within a query.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, TS)]
pub struct Neighbours {
    pub previous: Option<String>,
    pub next: Option<String>,
    /// From 0; absent when the query does not have the photo.
    pub position: Option<u32>,
    pub count: u32,
}

/// What photos can be filtered by, with how many there are.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, TS)]
#[ts(rename = "GalleryFacets")]
pub struct Facets {
    pub version: String,
    /// By title.
    pub albums: Vec<Album>,
    /// The most used ones, most used first.
    pub tags: Vec<Counted>,
    /// Of photos whose EXIF is known, most used first.
    pub cameras: Vec<Counted>,
    /// Newest first.
    pub years: Vec<Year>,
    pub targets: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[ts(rename = "GalleryAlbum")]
pub struct Album {
    pub id: String,
    pub title: String,
    pub count: u32,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct Counted {
    pub name: String,
    pub count: u32,
}

/// Photos of a year by `Sort::Taken`; year 0 = unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[ts(rename = "GalleryYear")]
pub struct Year {
    pub year: u32,
    pub count: u32,
}

impl Library {
    pub fn overview(&self, query: &Query) -> Result<Overview, BadDay> {
        let found = self.search(query)?;
        let mut months: Vec<Month> = Vec::new();
        let mut last = None;
        for row in &found.rows {
            let month: YearMonth = self.month_of(query.sort, *row);
            match months.last_mut().filter(|_| last == Some(month)) {
                Some(run) => run.count += 1,
                None => months.push(Month { year: month.year(), month: month.month(), count: 1 }),
            }
            last = Some(month);
        }
        Ok(Overview {
            version: self.version.clone(),
            count: number(found.rows.len()),
            total: self.total(),
            ratios: found.rows.iter().map(|row| self.ratios[*row as usize]).collect(),
            months,
            counts: found.counts,
        })
    }

    /// At most [`WINDOW_MAX`] cells from `offset` on.
    pub fn window(&self, query: &Query, offset: usize, limit: usize) -> Result<Window, BadDay> {
        let found = self.search(query)?;
        let targets = self.target_mask(query);
        let rows = found.rows.iter().skip(offset).take(limit.min(WINDOW_MAX));
        let rows = rows.map(|row| self.cell(*row as usize, targets)).collect();
        Ok(Window { version: self.version.clone(), stale: false, rows })
    }

    fn cell(&self, row: usize, targets: Option<u32>) -> Cell {
        let standing = self.standings[row];
        let published = self.targets.iter().enumerate().filter(|(number, _)| standing.published & (1 << number) != 0);
        Cell {
            id: self.ids.get(row).to_owned(),
            title: self.titles.get(row).to_owned(),
            taken: Some(self.taken.get(row)).filter(|taken| !taken.is_empty()).map(str::to_owned),
            ratio: self.ratios[row],
            state: standing.state(targets),
            published: published.map(|(_, name)| name.clone()).collect(),
            video: self.videos[row],
            thumb: key_text(self.thumbs[row]),
            thumbhash: None,
        }
    }

    pub fn neighbours(&self, query: &Query, id: &str) -> Result<Neighbours, BadDay> {
        let found = self.search(query)?;
        let count = number(found.rows.len());
        let row = self.row_of(id);
        let Some(place) = found.rows.iter().position(|known| Some(*known) == row) else {
            return Ok(Neighbours { count, ..Neighbours::default() });
        };
        let at = |place: Option<usize>| {
            let row = *found.rows.get(place?)?;
            Some(self.ids.get(row as usize).to_owned())
        };
        let (previous, next) = (at(place.checked_sub(1)), at(Some(place + 1)));
        Ok(Neighbours { previous, next, position: Some(number(place)), count })
    }

    pub fn facets(&self) -> Facets {
        let mut albums: Vec<Album> = Vec::with_capacity(self.albums.len());
        for album in &self.albums {
            let (id, title) = (album.id.clone(), album.title.clone());
            albums.push(Album { id, title, count: number(album.rows.len()) });
        }
        albums.sort_by_cached_key(|album| (super::plain(&album.title), album.id.clone()));
        let mut tags = counted(&self.tag_names.shown, self.tags.iter().copied());
        tags.truncate(TAGS_MAX);
        let cameras = self.cameras.iter().filter(|camera| **camera != 0).map(|camera| u32::from(*camera));
        Facets {
            version: self.version.clone(),
            albums,
            tags,
            cameras: counted(&self.camera_names.shown, cameras),
            years: self.years(),
            targets: self.targets.clone(),
        }
    }

    fn years(&self) -> Vec<Year> {
        let mut years: Vec<Year> = Vec::new();
        for row in &self.by_taken {
            let year = self.taken_month[*row as usize].year();
            match years.last_mut().filter(|last| last.year == year) {
                Some(last) => last.count += 1,
                None => years.push(Year { year, count: 1 }),
            }
        }
        years
    }
}

/// Names that are used, most used first, equal ones by name.
fn counted(names: &[String], used: impl Iterator<Item = u32>) -> Vec<Counted> {
    let mut counts = vec![0; names.len()];
    used.for_each(|number| counts[number as usize] += 1);
    let used = names.iter().zip(counts).filter(|(_, count)| *count > 0);
    let mut all: Vec<Counted> = used.map(|(name, count)| Counted { name: name.clone(), count }).collect();
    all.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.name.cmp(&b.name)));
    all
}

fn number(length: usize) -> u32 {
    u32::try_from(length).expect("photos are counted in 32 bits")
}
