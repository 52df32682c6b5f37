//! Which photos may go out: pure rules over the facts of a photo and the photographer's settings.
//!
//! Invariant: the never-list beats everything. Whether a photo is free on the record is the fold's business, not decided here;
//! the uniform pick itself is a look-up in the catalogue's pools.

use std::{collections::HashSet, fmt};

use crate::{
    catalogue::{Album, Presence, Row},
    photo::{Media, PhotoId},
    settings::{Allowed, FlickrSettings},
};

/// The photographer's filters, ready to be asked about many photos.
#[derive(Clone, Debug)]
pub struct Filters {
    privacy: Allowed,
    safety_max: u8,
    min_upload_s: i64,
    never: HashSet<PhotoId>,
    /// Photos of the albums to include; `None` = all photos.
    in_albums: Option<HashSet<PhotoId>>,
    not_in_albums: HashSet<PhotoId>,
    tags: Vec<String>,
    tags_exclude: Vec<String>,
}

/// Why a photo is not picked, as a person reads it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhyNot {
    Never,
    Missing,
    Unlisted,
    Video,
    NotReady,
    UnknownMedia,
    Private,
    Unsafe,
    TooOld,
    NotInAlbums,
    InExcludedAlbum,
    NoWantedTag,
    ExcludedTag,
}

impl fmt::Display for WhyNot {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Never => "it is on the never-list of your settings",
            Self::Missing => "it is no longer on Flickr",
            Self::Unlisted => "Flickr's listing leaves it out (content type or safety)",
            Self::Video => "it is a video",
            Self::NotReady => "Flickr is still processing it",
            Self::UnknownMedia => "it is not a photo",
            Self::Private => "it is not public enough for your settings",
            Self::Unsafe => "it is marked as moderate or restricted",
            Self::TooOld => "it was uploaded before your first day",
            Self::NotInAlbums => "it is in none of your chosen albums",
            Self::InExcludedAlbum => "it is in an album you excluded",
            Self::NoWantedTag => "it has none of your chosen tags",
            Self::ExcludedTag => "it has a tag you excluded",
        })
    }
}

impl Filters {
    pub fn new(settings: &FlickrSettings, albums: &[Album]) -> Self {
        let named = |names: &[String]| -> HashSet<PhotoId> {
            let wanted = |album: &&Album| names.iter().any(|name| *name == album.id || same_word(name, &album.title));
            albums.iter().filter(wanted).flat_map(|album| album.photos.iter().cloned()).collect()
        };
        Self {
            privacy: settings.privacy,
            safety_max: settings.safety_max(),
            min_upload_s: settings.min_upload_s().unwrap_or(0),
            never: settings.never.iter().cloned().collect(),
            in_albums: (!settings.albums.is_empty()).then(|| named(&settings.albums)),
            not_in_albums: named(&settings.albums_exclude),
            tags: settings.tags.clone(),
            tags_exclude: settings.tags_exclude.clone(),
        }
    }

    /// Whether the photo may go out, or the first rule that keeps it back.
    pub fn judge(&self, row: &Row) -> Result<(), WhyNot> {
        let photo = &row.photo;
        if self.never.contains(&photo.id) {
            return Err(WhyNot::Never);
        }
        match row.presence {
            Presence::Listed => {}
            Presence::Unlisted => return Err(WhyNot::Unlisted),
            Presence::Missing => return Err(WhyNot::Missing),
        }
        match photo.media {
            Media::Photo => {}
            Media::NotReady => return Err(WhyNot::NotReady),
            Media::Video => return Err(WhyNot::Video),
            Media::Other => return Err(WhyNot::UnknownMedia),
        }
        let rules = [
            (!self.privacy.allows(photo.privacy), WhyNot::Private),
            (photo.safety.is_some_and(|safety| safety > self.safety_max), WhyNot::Unsafe),
            (photo.uploaded_at != 0 && photo.uploaded_at < self.min_upload_s, WhyNot::TooOld),
            (self.in_albums.as_ref().is_some_and(|albums| !albums.contains(&photo.id)), WhyNot::NotInAlbums),
            (self.not_in_albums.contains(&photo.id), WhyNot::InExcludedAlbum),
            (!self.tags.is_empty() && !has_tag(&photo.tags, &self.tags), WhyNot::NoWantedTag),
            (has_tag(&photo.tags, &self.tags_exclude), WhyNot::ExcludedTag),
        ];
        rules.into_iter().find(|(applies, _)| *applies).map_or(Ok(()), |(_, why)| Err(why))
    }
}

/// A sentence on each album of the settings that is none of these, with the title it was perhaps meant to be.
pub fn unknown_albums(settings: &FlickrSettings, albums: &[Album]) -> Vec<String> {
    let lists = [("albums", &settings.albums), ("albums_exclude", &settings.albums_exclude)];
    let asked = lists.into_iter().flat_map(|(list, names)| names.iter().map(move |name| (list, name)));
    let unknown =
        |(_, name): &(&str, &String)| !albums.iter().any(|album| **name == album.id || same_word(name, &album.title));
    asked
        .filter(unknown)
        .map(|(list, name)| match nearest(name, albums) {
            Some(title) => format!("the album \"{name}\" of `{list}` is unknown; did you mean \"{title}\"?"),
            None => format!("the album \"{name}\" of `{list}` is unknown"),
        })
        .collect()
}

fn nearest<'a>(name: &str, albums: &'a [Album]) -> Option<&'a str> {
    let name = name.to_lowercase();
    let likeness = |album: &Album| strsim::jaro_winkler(&name, &album.title.to_lowercase());
    let likely = albums.iter().map(|album| (likeness(album), album.title.as_str())).filter(|(l, _)| *l > 0.75);
    likely.max_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, title)| title)
}

impl FlickrSettings {
    /// Flickr counts safety from 0 (safe), `safe_search` from 1.
    fn safety_max(&self) -> u8 {
        self.safe_search.saturating_sub(1)
    }
}

/// Whether a photo carries one of the words; Flickr's tags have lost their case and blanks.
pub fn has_tag(tags: &[String], words: &[String]) -> bool {
    words.iter().any(|word| tags.iter().any(|tag| same_word(tag, word)))
}

fn same_word(a: &str, b: &str) -> bool {
    let plain =
        |text: &str| -> String { text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect() };
    a == b || (!plain(a).is_empty() && plain(a) == plain(b))
}

#[cfg(test)]
#[path = "choose_test.rs"]
mod tests;
