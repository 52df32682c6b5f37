//! One row of a table for each reason a photo stays back, and which of two reasons is told.

use super::{Filters, WhyNot, has_tag};
use crate::{
    catalogue::{Album, Presence, Row},
    photo::{Media, Photo, Privacy, plain_photo},
    settings::{Allowed, FlickrSettings},
};

fn row() -> Row {
    let photo = Photo {
        title: "Boats".into(),
        tags: vec!["riverboat".into(), "blackandwhite".into()],
        uploaded_at: 1_400_000_000,
        safety: Some(0),
        ..plain_photo("1")
    };
    Row { photo, presence: Presence::Listed, first_seen_us: 0, extra: String::new() }
}

fn settings() -> FlickrSettings {
    FlickrSettings {
        privacy: Allowed::Public,
        safe_search: 1,
        min_upload_date: "2004-02-10".into(),
        ..FlickrSettings::default()
    }
}

fn album(id: &str, title: &str, photos: &[&str]) -> Album {
    let photos = photos.iter().map(|id| id.parse().expect("an id")).collect();
    Album { id: id.into(), title: title.into(), count: 1, updated_at: 0, photos }
}

fn check(change: impl FnOnce(&mut Row, &mut FlickrSettings), expected: Option<WhyNot>) {
    let (mut row, mut settings) = (row(), settings());
    change(&mut row, &mut settings);
    let albums = [album("72", "Best of Boats", &["1"]), album("73", "Trains", &["2"])];
    assert_eq!(Filters::new(&settings, &albums).judge(&row).err(), expected, "{row:?}\n{settings:?}");
}

fn words(text: &str) -> Vec<String> {
    text.split(',').filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

#[test]
fn every_reason_keeps_a_photo_back() {
    use WhyNot::*;
    check(|_, _| {}, None);
    check(|row, set| set.never.push(row.photo.id.clone()), Some(Never));
    check(|row, _| row.presence = Presence::Missing, Some(Missing));
    check(|row, _| row.presence = Presence::Unlisted, Some(Unlisted));
    check(|row, _| row.photo.media = Media::Video, Some(Video));
    check(|row, _| row.photo.media = Media::NotReady, Some(NotReady));
    check(|row, _| row.photo.media = Media::Other, Some(UnknownMedia));
    check(|row, _| row.photo.privacy = Privacy::Friends, Some(Private));
    check(|row, _| row.photo.safety = Some(1), Some(Unsafe));
    check(|row, _| row.photo.uploaded_at = 1_000_000_000, Some(TooOld));
    check(|_, set| set.albums = words("Trains"), Some(NotInAlbums));
    check(|_, set| set.albums = words("no such album"), Some(NotInAlbums));
    check(|_, set| set.albums_exclude = words("72"), Some(InExcludedAlbum));
    check(|_, set| set.tags = words("train"), Some(NoWantedTag));
    check(|_, set| set.tags_exclude = words("train,River Boat"), Some(ExcludedTag));
}

#[test]
fn what_passes_at_the_edges() {
    check(|row, _| row.photo.safety = None, None);
    check(|row, set| (row.photo.safety, set.safe_search) = (Some(1), 2), None);
    check(|row, set| (row.photo.safety, set.safe_search) = (Some(2), 2), Some(WhyNot::Unsafe));
    check(|row, set| (row.photo.safety, set.safe_search) = (Some(2), 3), None);
    check(|row, _| row.photo.uploaded_at = 0, None);
    check(|row, _| row.photo.uploaded_at = 1_076_371_200, None);
    check(|row, _| row.photo.uploaded_at = 1_076_371_199, Some(WhyNot::TooOld));
    check(|_, set| set.albums = words("Trains,best OF boats"), None);
    check(|_, set| set.albums = words("72"), None);
    check(|_, set| set.albums_exclude = words("Trains"), None);
    check(|_, set| set.tags = words("train,Black and White"), None);
}

#[test]
fn privacy_is_allowed_as_the_settings_say() {
    use Privacy::*;
    let allowed = [
        (Allowed::Public, vec![Public]),
        (Allowed::Friends, vec![Public, Friends, FriendsAndFamily]),
        (Allowed::Family, vec![Public, Family, FriendsAndFamily]),
        (Allowed::Contacts, vec![Public, Friends, Family, FriendsAndFamily]),
        (Allowed::All, vec![Public, Friends, Family, FriendsAndFamily, Private]),
    ];
    for (setting, passing) in allowed {
        for privacy in [Public, Friends, Family, FriendsAndFamily, Private] {
            let expected = (!passing.contains(&privacy)).then_some(WhyNot::Private);
            check(|row, set| (row.photo.privacy, set.privacy) = (privacy, setting), expected);
        }
    }
}

#[test]
fn the_never_list_is_told_first() {
    check(
        |row, set| {
            set.never.push(row.photo.id.clone());
            row.presence = Presence::Missing;
            row.photo.media = Media::Video;
        },
        Some(WhyNot::Never),
    );
    check(
        |row, _| {
            row.presence = Presence::Missing;
            row.photo.media = Media::Video;
        },
        Some(WhyNot::Missing),
    );
}

#[test]
fn a_tag_is_the_same_word_without_case_blanks_and_marks() {
    let check = |tags: &str, wanted: &str, expected: bool| {
        assert_eq!(has_tag(&words(tags), &words(wanted)), expected, "{tags:?} {wanted:?}");
    };
    check("blackandwhite", "Black and White", true);
    check("blackandwhite", "black-and-white", true);
    check("Été", "été", true);
    check("été", "ete", false);
    check("写真", "写真", true);
    check("boat", "boats", false);
    check("a,b", "c,b", true);
    check("", "a", false);
    check("a", "", false);
}

#[test]
fn a_word_of_marks_only_matches_only_itself() {
    assert!(has_tag(&words("★"), &words("★")));
    assert!(!has_tag(&words("★"), &words("♥")), "two words without letters are not the same word");
    assert!(!has_tag(&[String::new()], &words("♥")));
}
