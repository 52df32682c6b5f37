//! What an index of tiles promises, on files.

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use image::{ImageFormat, RgbImage};
use pierrot_looks::Work;
use pierrot_looks::mosaic::Tiles;
use pierrot_tiles::{Asked, Folder, Found, Index, Source, TilesError, Trouble, Updated, update};

fn picture(folder: &Path, name: &str, colour: [u8; 3]) {
    let picture = RgbImage::from_fn(60, 40, |x, y| image::Rgb(colour.map(|c| c.wrapping_add((x + y) as u8 / 4))));
    picture.save_with_format(folder.join(name), ImageFormat::Jpeg).expect("a folder to write in");
}

fn updated(folder: &Path, index: &Path, threads: usize) -> Updated {
    update(&Asked { source: &Folder(folder), index, side: 32, crops: 1, threads, keep_part: false }, &Work::UNWATCHED)
        .expect("a folder of pictures")
}

fn scans(index: &Path) -> Vec<(String, Vec<u8>)> {
    let mut index = Index::open(index).expect("an index");
    let names = index.names().to_vec();
    names.into_iter().enumerate().map(|(at, name)| (name, index.tile(at).expect("a tile").1.into_scan())).collect()
}

#[test]
fn only_what_changed_is_decoded_again_and_what_vanished_is_removed() {
    let home = tempfile::tempdir().expect("a place for files");
    let (folder, index) = (home.path().join("tiles"), home.path().join("tiles.index"));
    fs::create_dir(&folder).expect("a folder");
    for (name, shade) in [("a.jpg", 10), ("b.jpg", 90), ("c.jpg", 200)] {
        picture(&folder, name, [shade, 40, 99]);
    }
    let first = updated(&folder, &index, 2);
    assert_eq!((first.tiles, first.made, first.unchanged), (3, 3, 0));
    let again = updated(&folder, &index, 2);
    assert_eq!((again.tiles, again.made, again.unchanged), (3, 0, 3));
    picture(&folder, "b.jpg", [5, 250, 5]);
    fs::remove_file(folder.join("a.jpg")).expect("it is there");
    let changed = updated(&folder, &index, 2);
    assert_eq!((changed.tiles, changed.made, changed.unchanged, changed.removed), (2, 1, 1, 1));
    let fresh = home.path().join("fresh.index");
    updated(&folder, &fresh, 1);
    assert_eq!(scans(&index), scans(&fresh), "the way an index came about cannot be seen");
}

#[test]
fn a_bad_file_is_named_and_stops_no_other() {
    let home = tempfile::tempdir().expect("a place for files");
    let (folder, index) = (home.path().join("tiles"), home.path().join("tiles.index"));
    fs::create_dir(&folder).expect("a folder");
    picture(&folder, "good.jpg", [1, 2, 3]);
    fs::write(folder.join("bad.jpg"), b"not a picture").expect("a folder to write in");
    let done = updated(&folder, &index, 2);
    assert_eq!(done.tiles, 1);
    assert!(done.unreadable[0].picture.ends_with("bad.jpg") && done.unreadable[0].why.ends_with('.'));
}

#[test]
fn a_file_that_is_no_index_is_left_as_it_is() {
    let home = tempfile::tempdir().expect("a place for files");
    let index = home.path().join("letter.txt");
    fs::write(&index, "Dear photographer").expect("a folder to write in");
    let asked = Asked { source: &Folder(home.path()), index: &index, side: 32, crops: 1, threads: 1, keep_part: false };
    let why = update(&asked, &Work::UNWATCHED).expect_err("a letter");
    assert!(why.to_string().contains("letter.txt") && Index::open(&index).is_err());
    assert_eq!(fs::read_to_string(&index).expect("still there"), "Dear photographer");
}

#[test]
fn an_index_whose_writer_was_killed_is_used_on() {
    let home = tempfile::tempdir().expect("a place for files");
    let (folder, index) = (home.path().join("tiles"), home.path().join("tiles.index"));
    fs::create_dir(&folder).expect("a folder");
    picture(&folder, "a.jpg", [10, 40, 99]);
    updated(&folder, &index, 1);
    let killed = home.path().join("killed.index");
    let writing = redb::Database::open(&index).expect("an index");
    let busy = Index::open(&index).expect_err("one writer at a time");
    assert!(matches!(busy, TilesError::Busy { .. }) && busy.to_string().ends_with('.'), "{busy}");
    fs::copy(&index, &killed).expect("the state in which a kill would leave it");
    drop(writing);
    assert_eq!(scans(&killed), scans(&index));
    picture(&folder, "b.jpg", [200, 40, 99]);
    let renewed = updated(&folder, &killed, 1);
    assert_eq!((renewed.tiles, renewed.made, renewed.unchanged), (2, 1, 1));
}

#[test]
fn an_index_has_its_place_made_and_may_be_an_empty_file() {
    let home = tempfile::tempdir().expect("a place for files");
    let (folder, index) = (home.path().join("tiles"), home.path().join("new/place/tiles.index"));
    fs::create_dir(&folder).expect("a folder");
    picture(&folder, "a.jpg", [10, 40, 99]);
    assert_eq!(updated(&folder, &index, 1).tiles, 1);
    fs::write(&index, "").expect("writable");
    assert_eq!(updated(&folder, &index, 1).tiles, 1);
}

#[cfg(unix)]
#[test]
fn links_to_pictures_are_pictures_and_links_to_folders_are_not_followed() {
    let home = tempfile::tempdir().expect("a place for files");
    let (folder, index) = (home.path().join("tiles"), home.path().join("tiles.index"));
    fs::create_dir(&folder).expect("a folder");
    picture(home.path(), "elsewhere.jpg", [10, 40, 99]);
    for (to, name) in [("elsewhere.jpg", "link.jpg"), ("tiles", "round"), ("nowhere.jpg", "dangling.jpg")] {
        std::os::unix::fs::symlink(home.path().join(to), folder.join(name)).expect("links are known here");
    }
    let done = updated(&folder, &index, 2);
    assert_eq!((done.tiles, done.unreadable.len()), (1, 0));
}

/// A folder behind a wire that fails after so many pictures.
struct Wire<'a> {
    folder: Folder<'a>,
    left: AtomicUsize,
}

impl Source for Wire<'_> {
    fn place(&self) -> String {
        String::new()
    }

    fn list(&self) -> Result<Vec<Found>, TilesError> {
        self.folder.list()
    }

    fn read(&self, found: &Found) -> Result<Vec<u8>, Trouble> {
        let left = self.left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
        left.map_err(|_| Trouble::Away("The wire is cut.".into()))?;
        self.folder.read(found)
    }

    fn called(&self, name: &str) -> String {
        name.to_owned()
    }
}

#[test]
fn what_was_read_before_the_source_went_away_is_not_read_again() {
    let home = tempfile::tempdir().expect("a place for files");
    let (folder, index) = (home.path().join("tiles"), home.path().join("tiles.index"));
    fs::create_dir(&folder).expect("a folder");
    for (name, red) in ["a.jpg", "b.jpg", "c.jpg", "d.jpg"].into_iter().zip([10, 70, 130, 190]) {
        picture(&folder, name, [red, 40, 99]);
    }
    let wire = |left: usize| Wire { folder: Folder(&folder), left: AtomicUsize::new(left) };
    let run = |wire: &Wire<'_>| {
        update(
            &Asked { source: wire, index: &index, side: 32, crops: 1, threads: 1, keep_part: true },
            &Work::UNWATCHED,
        )
    };
    let cut = run(&wire(3)).expect_err("the wire is cut");
    assert!(matches!(cut, TilesError::Away { .. }) && cut.to_string() == "The wire is cut.");
    let again = run(&wire(1)).expect("one picture was left");
    assert_eq!((again.tiles, again.made, again.unchanged), (4, 1, 3));
    let opened = Index::open(&index).expect("an index");
    assert_eq!((opened.kind(), opened.called(1)), ("photo", "b.jpg".to_owned()));
}

#[test]
fn a_long_picture_can_give_several_tiles_and_fewer_again() {
    let home = tempfile::tempdir().expect("a place for files");
    let (folder, index) = (home.path().join("tiles"), home.path().join("tiles.index"));
    fs::create_dir(&folder).expect("a folder");
    picture(&folder, "long.jpg", [10, 40, 99]);
    RgbImage::new(40, 40).save_with_format(folder.join("square.jpg"), ImageFormat::Jpeg).expect("writable");
    let run = |crops: usize| {
        let source = Folder(&folder);
        let asked = Asked { source: &source, index: &index, side: 16, crops, threads: 1, keep_part: false };
        update(&asked, &Work::UNWATCHED).expect("a folder of pictures")
    };
    assert_eq!((run(3).tiles, run(3).made), (2, 0), "two pictures, made once");
    let opened = Index::open(&index).expect("an index");
    assert_eq!(opened.parts(), [3, 1]);
    assert_eq!(opened.names(), ["long.jpg", "long.jpg", "long.jpg", "square.jpg"]);
    assert_eq!(scans(&index).len(), 4);
    drop(opened);
    assert_eq!(run(1).made, 2, "another number of parts makes them anew");
    assert_eq!(Index::open(&index).expect("an index").parts(), [1, 1]);
}
