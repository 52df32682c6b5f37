//! Mosaics of the library: a photo made of all the others, kept in the home to be looked at closer.
//!
//! Invariant: a mosaic has its name only when all its files are there; each is a folder of its own, so removing one touches no other.
//! Absent: which tile goes where (`pierrot-looks`), and how files are laid out (`pierrot-tiles`).

use std::{
    collections::HashSet,
    fs,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError, atomic::Ordering},
};

use pierrot_looks::{
    Limits, MosaicRecipe, PictureError, Prepared, Work,
    mosaic::{
        Drawing, Format, Grid, Laying, Layout, Library, Mosaic as Drawn, Placed, Plan, Rules, Spot, Target,
        picture_size, place, place_squares,
    },
};
use pierrot_tiles::{
    Index, TilesError, piece, whole, write_pieces, write_protocol, write_reduced, write_small, write_whole,
};
use serde::{Deserialize, Serialize};

use super::tiles::{Stop, TILE_SIDE, failed};
use crate::{
    error::{Error, Result},
    events::{Event, Events},
    fold::Stand,
    handle::{Pierrot, blocking, off},
    jobs::opened::Subject,
    photo::PhotoId,
};

/// What the version for posting is at most.
const WEB: Limits = Limits { bytes_max: 5_000_000, side_max: 4096 };
/// The longest side of the small version, in pixels.
const SMALL_SIDE: u32 = 1200;
/// What part of the work it is to bring the tiles up to date, and to choose among them.
const PREPARED: f32 = 0.6;
const PLACED: f32 = 0.8;
const ABOUT: &str = "about.json";
const PROTOCOL: &str = "protocol.json";
const PIECES: &str = "mosaic_files";

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MosaicAsked {
    /// What is shown.
    pub subject: Subject,
    pub recipe: MosaicRecipe,
    /// Pixels on each side of a cell.
    pub cell_px: u32,
}

/// A mosaic that was made.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS)]
pub struct Mosaic {
    pub id: String,
    /// The photo that is shown, or the opened file.
    pub photo: String,
    pub title: String,
    /// RFC 3339.
    pub made_at: String,
    pub columns: u32,
    pub rows: u32,
    pub cell_px: u32,
    /// In pixels.
    pub width: u32,
    pub height: u32,
    /// Photos there were to choose from.
    pub tiles: u32,
    /// Different photos in it.
    pub tiles_used: u32,
    /// In percent.
    pub adjust: u8,
    /// In cells.
    pub distance: u32,
    #[serde(default)]
    #[ts(type = "\"grid\" | \"brick\" | \"collage\" | \"adaptive\"")]
    pub layout: Layout,
    /// Of the whole picture.
    #[ts(type = "number")]
    pub bytes: u64,
}

/// The photo at a place, and the square it fills, in pixels of the mosaic.
#[derive(Clone, Debug, PartialEq, Serialize, ts_rs::TS)]
pub struct MosaicCell {
    pub photo: String,
    pub title: String,
    /// Its left edge, which may lie outside.
    #[ts(type = "number")]
    pub x: i64,
    #[ts(type = "number")]
    pub y: i64,
    pub side: u32,
    /// How far apart the mean colours of photo and cell are (CIE76); from about 2 on one sees it side by side.
    pub distance: f64,
}

/// What is read again of a protocol.
#[derive(Debug, Deserialize)]
struct Protocol {
    columns: u32,
    rows: u32,
    cell_px: u32,
    cells: Vec<ProtocolCell>,
}

#[derive(Debug, Deserialize)]
struct ProtocolCell {
    photo: String,
    distance: f64,
    /// Where it lies, unless cell lies beside cell.
    #[serde(flatten)]
    square: Option<Square>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
struct Square {
    left: i64,
    top: i64,
    side: u32,
}

impl Square {
    fn holds(self, x: i64, y: i64) -> bool {
        let inside = |at: i64, edge: i64| (edge..edge + i64::from(self.side)).contains(&at);
        inside(x, self.left) && inside(y, self.top)
    }
}

impl Protocol {
    /// What is seen at a point: of squares one over another, the last.
    fn at(self, x: u32, y: u32) -> Option<(ProtocolCell, Square)> {
        let Self { columns, rows, cell_px, cells } = self;
        let (column, row) = (x / cell_px.max(1), y / cell_px.max(1));
        if column >= columns || row >= rows {
            return None;
        }
        if cells.first()?.square.is_some() {
            let mut squares = cells.into_iter().rev().filter_map(|cell| cell.square.map(|square| (cell, square)));
            return squares.find(|(_, square)| square.holds(i64::from(x), i64::from(y)));
        }
        let cell = cells.into_iter().nth((columns * row + column) as usize)?;
        let (left, top) = (i64::from(column * cell_px), i64::from(row * cell_px));
        Some((cell, Square { left, top, side: cell_px }))
    }
}

impl Pierrot {
    /// Makes a mosaic, as large as asked for; dropping the future stops the work.
    pub async fn make_mosaic(&self, asked: &MosaicAsked) -> Result<(Mosaic, PathBuf)> {
        check(asked)?;
        let title = match &asked.subject {
            Subject::Photo(photo) => self.known(photo)?.photo.title,
            Subject::File(file) => self.opened_file(file).await?.stem(),
        };
        let target = self.large(&asked.subject).await?.bytes;
        let telling = Telling { events: self.events.clone(), photo: asked.subject.photo().cloned() };
        let told = telling.clone();
        let (index, _) = self.prepare_tiles(move |done| told.tell("fetching tiles", done * PREPARED)).await?;
        let chosen = self.last_published(asked.recipe.last_published).await?;
        let now = self.now();
        let id = self.free_name(&now.strftime("%Y%m%d-%H%M%S").to_string());
        let mosaic = Mosaic {
            id: id.clone(),
            photo: asked.subject.to_string(),
            title,
            made_at: now.to_string(),
            columns: asked.recipe.columns,
            rows: 0,
            cell_px: asked.cell_px,
            width: 0,
            height: 0,
            tiles: 0,
            tiles_used: 0,
            adjust: asked.recipe.adjust,
            distance: asked.recipe.distance,
            layout: asked.recipe.layout,
            bytes: 0,
        };
        let folder = self.home.mosaics().join(&id);
        let (asked, stop, turn) = (asked.clone(), Stop::default(), self.tiles_turn.clone());
        let (stopped, part) = (stop.0.clone(), self.home.mosaics().join(format!("{id}.part")));
        let made = blocking(move || {
            let _one_at_a_time = turn.lock().unwrap_or_else(PoisonError::into_inner);
            let cancelled = || stopped.load(Ordering::Relaxed);
            let making =
                Making { asked: &asked, target: &target, index: &index, chosen, cancelled: &cancelled, telling };
            let made = making.write(mosaic, &part);
            let named = made.and_then(|mosaic| {
                fs::rename(&part, &folder).map_err(|error| TilesError::unwritable(&folder, &error))?;
                Ok((mosaic, folder))
            });
            if named.is_err() {
                let _ = fs::remove_dir_all(&part);
            }
            named
        });
        made.await.unwrap_or(Err(TilesError::Stopped)).map_err(failed)
    }

    /// All that were made, the newest first.
    pub async fn mosaics(&self) -> Result<Vec<Mosaic>> {
        let folder = self.home.mosaics();
        off(move || {
            let mut all: Vec<Mosaic> = Vec::new();
            for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
                let about = fs::read(entry.path().join(ABOUT)).ok();
                let mosaic = about.and_then(|about| serde_json::from_slice::<Mosaic>(&about).ok());
                // What is being made or removed has another name than its own.
                all.extend(mosaic.filter(|mosaic| entry.file_name().to_str() == Some(mosaic.id.as_str())));
            }
            all.sort_unstable_by(|a, b| b.id.cmp(&a.id));
            Ok::<_, Error>(all)
        })
        .await
    }

    /// The photo at a point of the mosaic, in pixels from its upper left corner.
    pub async fn mosaic_cell(&self, id: &str, x: u32, y: u32) -> Result<MosaicCell> {
        let path = self.mosaic_folder(id)?.join(PROTOCOL);
        let cell = off(move || {
            let protocol = fs::read(&path).ok().and_then(|text| serde_json::from_slice::<Protocol>(&text).ok());
            protocol.and_then(|protocol| protocol.at(x, y)).ok_or_else(no_mosaic)
        });
        let (ProtocolCell { photo, distance, .. }, Square { left, top, side }) = cell.await?;
        let known = photo.parse::<PhotoId>().ok().map(|id| self.catalogue.photo(&id)).transpose()?.flatten();
        let title = known.map(|row| row.photo.title).unwrap_or_default();
        Ok(MosaicCell { photo, title, x: left, y: top, side, distance })
    }

    /// Removes a mosaic with all its files.
    pub async fn remove_mosaic(&self, id: &str) -> Result<()> {
        let folder = self.mosaic_folder(id)?;
        off(move || {
            let gone = folder.with_extension("gone");
            fs::rename(&folder, &gone).and_then(|()| fs::remove_dir_all(&gone)).map_err(|error| {
                Error::failed(format!("The mosaic cannot be removed ({error})."), "Remove its folder by hand.")
            })
        })
        .await
    }

    /// A file of a mosaic: `web.jpg`, `small.jpg`, or a piece, `LEVEL/COLUMN_ROW.jpg`.
    pub async fn mosaic_picture(&self, id: &str, path: &str) -> Result<Vec<u8>> {
        let folder = self.mosaic_folder(id)?;
        let file = match path {
            "web.jpg" | "small.jpg" => folder.join(path),
            path => folder.join(PIECES).join(piece(spot(path).ok_or_else(no_mosaic)?)),
        };
        off(move || fs::read(file).map_err(|_| no_mosaic())).await
    }

    /// An id is what this computer gave, never a path.
    fn mosaic_folder(&self, id: &str) -> Result<PathBuf> {
        let plain = (1..=40).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
        let folder = self.home.mosaics().join(id);
        if plain && folder.is_dir() { Ok(folder) } else { Err(no_mosaic()) }
    }

    fn free_name(&self, wanted: &str) -> String {
        let mut name = wanted.to_owned();
        for nth in 2..1_000 {
            if !self.home.mosaics().join(&name).exists() {
                break;
            }
            name = format!("{wanted}-{nth}");
        }
        name
    }

    /// The photos published last, where only some are wanted.
    async fn last_published(&self, count: Option<u32>) -> Result<Option<HashSet<String>>> {
        let Some(count) = count else { return Ok(None) };
        let fold = self.kept_fold().await?;
        let posted = fold.attempts().filter(|attempt| matches!(attempt.stand, Stand::Posted { .. }));
        let mut posted: Vec<_> = posted.map(|attempt| (attempt.last_seq, &attempt.about.photo)).collect();
        posted.sort_unstable_by(|a, b| b.cmp(a));
        let before_the_log = fold.imported().keys().rev();
        let newest_first = posted.into_iter().map(|(_, photo)| photo).chain(before_the_log);
        let mut known = HashSet::new();
        let photos = newest_first.filter(|photo| known.insert(*photo)).take(count as usize);
        Ok(Some(photos.map(ToString::to_string).collect()))
    }
}

/// All that a mosaic is made from, off the async threads.
struct Making<'a> {
    asked: &'a MosaicAsked,
    target: &'a [u8],
    index: &'a Path,
    chosen: Option<HashSet<String>>,
    cancelled: &'a (dyn Fn() -> bool + Sync),
    telling: Telling,
}

impl Making<'_> {
    fn write(self, mosaic: Mosaic, folder: &Path) -> std::result::Result<Mosaic, TilesError> {
        let asked = self.asked;
        let mut index = Index::open(self.index)?;
        let telling = self.telling.clone();
        let progress = move |done: f32| telling.tell("choosing photos", PREPARED + (PLACED - PREPARED) * done);
        let watched = Work { cancelled: self.cancelled, progress: &progress, ..Work::UNWATCHED };
        let laid = Laid::of(self.target, &asked.recipe, &index, self.chosen.as_ref(), &watched)?;
        let drawn = laid.drawn(asked.cell_px, &asked.recipe);
        let (width, height) = drawn.size()?;
        let work = |from: f32, part: f32| {
            let telling = self.telling.clone();
            move |done: f32| telling.tell("writing the mosaic", PLACED + (1.0 - PLACED) * (from + part * done))
        };
        let (first, second, third) = (work(0.0, 0.2), work(0.2, 0.6), work(0.8, 0.2));
        let watched = |progress| Work { cancelled: self.cancelled, progress, ..Work::UNWATCHED };
        write_whole(&drawn, &mut index, &folder.join("mosaic.jpg"), Format::Jpeg, &watched(&first))?;
        write_pieces(&drawn, &mut index, &folder.join(PIECES), &watched(&second))?;
        let web = folder.join("web.jpg");
        write_reduced(&drawn, &mut index, &web, &WEB, &watched(&third))?;
        write_small(&web, &folder.join("small.jpg"), SMALL_SIDE)?;
        write_protocol(&drawn, &index, &folder.join(PROTOCOL))?;
        let used: HashSet<usize> = laid.placed.iter().map(|placed| placed.tile).collect();
        let mosaic = Mosaic {
            rows: laid.grid.rows,
            width,
            height,
            tiles: u32::try_from(laid.tiles).unwrap_or(u32::MAX),
            tiles_used: u32::try_from(used.len()).unwrap_or(u32::MAX),
            bytes: fs::metadata(folder.join("mosaic.jpg")).map(|facts| facts.len()).unwrap_or_default(),
            ..mosaic
        };
        let about = folder.join(ABOUT);
        whole(&about, |sink| {
            let text = serde_json::to_vec_pretty(&mosaic).unwrap_or_default();
            sink.write_all(&text).map_err(|error| TilesError::unwritable(&about, &error))
        })?;
        Ok(mosaic)
    }
}

/// Which tile is where.
struct Laid {
    grid: Grid,
    target: Target,
    /// Where squares lie, unless cell lies beside cell.
    laying: Option<Laying>,
    /// The tile of each place, as the index counts.
    placed: Vec<Placed>,
    /// How many there were to choose from.
    tiles: usize,
}

impl Laid {
    fn of(
        picture: &[u8],
        recipe: &MosaicRecipe,
        index: &Index,
        chosen: Option<&HashSet<String>>,
        work: &Work<'_>,
    ) -> std::result::Result<Self, PictureError> {
        let grid = Grid::across(picture_size(picture)?, recipe.columns)?;
        let target = Target::of(picture, grid)?;
        let wanted = |name: &String| chosen.is_none_or(|chosen| chosen.contains(name));
        let places: Vec<usize> =
            index.names().iter().enumerate().filter(|(_, name)| wanted(name)).map(|(place, _)| place).collect();
        let faces: Vec<_> = places.iter().map(|place| index.faces()[*place].clone()).collect();
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        let rules = Rules { distance: recipe.distance, cap: recipe.cap, threads, ..Rules::default() };
        let laying = (recipe.layout != Layout::Grid).then(|| Laying::of(recipe.layout, grid, &target));
        let library = Library::new(&faces);
        let placed = match &laying {
            None => place(grid, &target.faces, &library, &rules, work)?,
            Some(laying) => place_squares(laying, &library, &rules, &|| false, work)?,
        };
        let placed = placed.into_iter().map(|placed| Placed { tile: places[placed.tile], ..placed }).collect();
        Ok(Self { grid, target, laying, placed, tiles: places.len() })
    }

    fn drawn(&self, side: u32, recipe: &MosaicRecipe) -> Drawn<'_> {
        let (grid, placed, adjust) = (self.grid, self.placed.as_slice(), recipe.adjust);
        match &self.laying {
            None => Drawn::Cells(Plan { grid, side, placed, target: &self.target.faces, adjust }),
            Some(laying) => Drawn::Squares(Drawing { laying, side, placed, adjust }),
        }
    }
}

/// All that a mosaic to be posted is made of, besides the picture.
#[derive(Clone, Debug)]
pub(crate) struct Ready {
    recipe: MosaicRecipe,
    index: PathBuf,
    chosen: Option<HashSet<String>>,
    turn: Arc<Mutex<()>>,
}

impl Ready {
    /// The picture as a mosaic within the limits.
    pub(crate) fn fit(&self, picture: &[u8], limits: &Limits) -> std::result::Result<Prepared, PictureError> {
        let _one_at_a_time = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let away = |error: TilesError| {
            let why = error.to_string().trim_end_matches('.').to_owned();
            let what_now = error.what_now().to_owned();
            if let TilesError::Picture(error) = error { error } else { PictureError::Mosaic { why, what_now } }
        };
        let mut index = Index::open(&self.index).map_err(away)?;
        let laid = Laid::of(picture, &self.recipe, &index, self.chosen.as_ref(), &Work::UNWATCHED)?;
        let prepared = laid.drawn(TILE_SIDE, &self.recipe).reduced(&mut index, limits, &Work::UNWATCHED)?;
        Ok(Prepared { reencoded: true, ..prepared })
    }
}

impl Pierrot {
    /// Lays ready what a publication as a mosaic needs.
    pub(crate) async fn mosaic_ready(&self, recipe: &MosaicRecipe) -> Result<Ready> {
        let (index, _) = self.prepare_tiles(|_| {}).await?;
        let chosen = self.last_published(recipe.last_published).await?;
        Ok(Ready { recipe: recipe.clone(), index, chosen, turn: self.tiles_turn.clone() })
    }
}

fn check(asked: &MosaicAsked) -> Result<()> {
    let wrong = |what: String| Error::failed(what, "Change it and make the mosaic again.");
    asked.recipe.check().map_err(wrong)?;
    if !(8..=TILE_SIDE).contains(&asked.cell_px) {
        return Err(wrong(format!("A cell has 8 to {TILE_SIDE} pixels a side, not {}.", asked.cell_px)));
    }
    Ok(())
}

/// The piece that a path names, such as `9/0_1.jpg`.
fn spot(path: &str) -> Option<Spot> {
    let (level, name) = path.split_once('/')?;
    let (column, row) = name.strip_suffix(".jpg")?.split_once('_')?;
    let number = |text: &str| text.parse().ok().filter(|_| text.bytes().all(|byte| byte.is_ascii_digit()));
    Some(Spot { level: number(level)?, column: number(column)?, row: number(row)? })
}

/// Hands on how far a mosaic is.
#[derive(Clone, Debug)]
struct Telling {
    events: Events,
    photo: Option<PhotoId>,
}

impl Telling {
    fn tell(&self, doing: &'static str, done: f32) {
        let progress = f64::from((done.clamp(0.0, 1.0) * 1000.0).round()) / 1000.0;
        self.events.send(Event::Rendering { photo: self.photo.clone(), doing: doing.to_owned(), progress });
    }
}

fn no_mosaic() -> Error {
    Error::failed("There is no such mosaic any more.", "Look at the list of mosaics again.")
}
