//! Making a library: rows come in one by one, each is judged and packed; at the end they are put in order.
//!
//! Invariant: one pass, no row is kept; what a hostile row can add is bounded (`ROW_TEXT_BYTES_MAX`, `TEXT_BYTES_MAX`).
//! Absent: where rows come from.

use std::{
    collections::HashMap,
    hash::{DefaultHasher, Hash, Hasher},
};

use super::{
    Library, Names,
    state::{Judge, Rules},
    text::{self, Texts},
    when::{self, YearMonth},
};
use crate::{
    caption::plain,
    catalogue::{Album, Row},
    photo::{Media, Photo, PhotoId},
};

/// What of one photo can be searched, in bytes.
const ROW_TEXT_BYTES_MAX: usize = 8 * 1024;
/// What of all photos can be searched; a photo beyond it is still shown.
const TEXT_BYTES_MAX: usize = 512 << 20;
const TITLE_BYTES_MAX: usize = 500;
/// Between title, description and tags: no phrase crosses it.
const FIELD_END: char = '\n';
/// Between photos.
const ROW_END: char = '\0';

/// Takes rows and makes a [`Library`] of them.
#[derive(Debug)]
pub struct Builder<'a> {
    judge: Judge<'a>,
    library: Library,
    tags: Interner,
    cameras: Interner,
    camera_of: &'a HashMap<PhotoId, String>,
}

/// Words by number, each once.
#[derive(Debug, Default)]
struct Interner {
    /// By every form seen, the plain one too.
    numbers: HashMap<String, u32>,
    names: Names,
}

impl Interner {
    /// The number of `shown`; words equal in plain form are one.
    fn number(&mut self, shown: &str) -> u32 {
        if let Some(number) = self.numbers.get(shown) {
            return *number;
        }
        let plain = text::plain(shown);
        let number = match self.numbers.get(&plain) {
            Some(number) => *number,
            None => {
                self.names.shown.push(shown.to_owned());
                self.names.plain.push(plain.clone());
                u32::try_from(self.names.shown.len() - 1).expect("bounded by the rows")
            }
        };
        self.numbers.insert(plain, number);
        self.numbers.insert(shown.to_owned(), number);
        number
    }
}

impl Library {
    /// Makes a library of rows; each id once.
    pub fn build(
        rows: impl IntoIterator<Item = Row>,
        albums: &[Album],
        cameras: &HashMap<PhotoId, String>,
        rules: &Rules<'_>,
    ) -> Self {
        let mut builder = Builder::new(cameras, rules);
        for row in rows {
            builder.add(&row);
        }
        builder.finish(albums)
    }
}

impl<'a> Builder<'a> {
    pub fn new(cameras: &'a HashMap<PhotoId, String>, rules: &'a Rules<'a>) -> Self {
        let judge = Judge::new(rules);
        let mut library = Library { targets: judge.names.clone(), ..Library::default() };
        library.tag_ends.push(0);
        let mut interned = Interner::default();
        interned.number("");
        Self { judge, library, tags: Interner::default(), cameras: interned, camera_of: cameras }
    }

    /// Takes the next photo.
    pub fn add(&mut self, row: &Row) {
        let photo = &row.photo;
        let library = &mut self.library;
        library.ids.push(photo.id.as_str());
        library.titles.push(&title(&photo.title));
        library.taken.push(photo.taken.as_deref().unwrap_or_default());
        library.standings.push(self.judge.judge(row));
        library.ratios.push(photo.ratio());
        library.videos.push(photo.media == Media::Video);
        library.thumbs.push(photo.picture_key());
        let taken_s = when::sorted_at(photo.taken.as_deref(), photo.taken_granularity, photo.uploaded_at);
        library.taken_s.push(taken_s);
        library.taken_month.push(YearMonth::of(taken_s));
        library.uploaded_s.push(when::known(photo.uploaded_at));
        let camera = self.camera_of.get(&photo.id).map_or(0, |camera| self.cameras.number(camera));
        library.cameras.push(u16::try_from(camera).unwrap_or(0));
        self.add_tags(photo);
        let library = &mut self.library;
        if library.texts.all().len() < TEXT_BYTES_MAX {
            library.texts.push_with(|all| searchable(all, photo));
        } else {
            library.texts.push("\0");
        }
    }

    fn add_tags(&mut self, photo: &Photo) {
        let tags = &mut self.library.tags;
        let start = tags.len();
        for tag in &photo.tags {
            let number = self.tags.number(tag);
            if !tags[start..].contains(&number) {
                tags.push(number);
            }
        }
        self.library.tag_ends.push(u32::try_from(tags.len()).expect("at most 500 tags a photo"));
    }

    /// Puts everything in order.
    pub fn finish(self, albums: &[Album]) -> Library {
        let mut library = self.library;
        library.tag_names = self.tags.names;
        library.camera_names = self.cameras.names;
        let all = 0..u32::try_from(library.ids.len()).expect("photos are counted in 32 bits");
        library.by_id = all.clone().collect();
        library.by_id.sort_unstable_by_key(|row| library.ids.get(*row as usize));
        for album in albums {
            let mut rows: Vec<u32> = album.photos.iter().filter_map(|id| library.row_of(id.as_str())).collect();
            rows.sort_unstable();
            rows.dedup();
            library.albums.push(super::AlbumRows { id: album.id.clone(), title: plain::line(&album.title), rows });
        }
        let mut order: Vec<u32> = all.collect();
        order.sort_unstable_by(|a, b| library.newer(&library.taken_s, *a, *b));
        library.by_taken = order.clone();
        order.sort_unstable_by(|a, b| library.newer(&library.uploaded_s, *a, *b));
        library.by_uploaded = order;
        library.shrink();
        library.version = version(&library);
        library
    }
}

fn title(title: &str) -> String {
    let mut line = plain::line(title);
    line.truncate(line.floor_char_boundary(TITLE_BYTES_MAX));
    line
}

fn searchable(all: &mut String, photo: &Photo) {
    let start = all.len();
    text::plain_into(all, clip(&photo.title));
    all.push(FIELD_END);
    text::plain_into(all, &plain::without_tags(clip(&photo.description)));
    for tag in &photo.tags {
        if all.len() - start > ROW_TEXT_BYTES_MAX {
            break;
        }
        all.push(FIELD_END);
        text::plain_into(all, tag);
    }
    all.truncate(all.floor_char_boundary(start + ROW_TEXT_BYTES_MAX * 2));
    all.push(ROW_END);
}

fn clip(text: &str) -> &str {
    &text[..text.floor_char_boundary(ROW_TEXT_BYTES_MAX)]
}

/// A hash over all that a page can see, so that equal libraries have one version.
fn version(library: &Library) -> String {
    let mut hasher = DefaultHasher::new();
    for texts in [&library.ids, &library.titles, &library.taken, &library.texts] {
        texts.all().hash(&mut hasher);
    }
    library.targets.hash(&mut hasher);
    library.standings.hash(&mut hasher);
    library.ratios.hash(&mut hasher);
    library.videos.hash(&mut hasher);
    library.thumbs.hash(&mut hasher);
    library.taken_s.hash(&mut hasher);
    library.uploaded_s.hash(&mut hasher);
    for album in &library.albums {
        (&album.id, &album.title, &album.rows).hash(&mut hasher);
    }
    format!("{:016x}", hasher.finish())
}

/// What the texts take, for the law that a library is small.
pub(super) fn texts_bytes(library: &Library) -> usize {
    [&library.ids, &library.titles, &library.taken, &library.texts].map(Texts::bytes).into_iter().sum()
}
