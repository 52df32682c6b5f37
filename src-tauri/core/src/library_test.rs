//! States and searches as tables, and the laws that every library keeps.
//!
//! Rows are made by small functions; the fold is made of real entries. A naive model judges and searches row by row.

use std::collections::{BTreeSet, HashMap};

use proptest::prelude::*;

use super::*;
use crate::{
    catalogue::{Album as SourceAlbum, Presence, Row},
    choose::{Filters, has_tag},
    fold::Fold,
    log::{About, AttemptId, Fact, Frozen, LogEntry, Read, Seen, VERSION, Why},
    photo::{Large, Media, Photo, PhotoId, Privacy, plain_photo},
    settings::FlickrSettings,
};

pub(crate) fn id(number: u32) -> PhotoId {
    number.to_string().parse().expect("digits are an id")
}

pub(crate) fn row(number: u32) -> Row {
    let photo = Photo {
        title: format!("Photo {number}"),
        secret: format!("s{number}"),
        original_width: 3000,
        original_height: 2000,
        uploaded_at: 1_400_000_000 + i64::from(number),
        safety: Some(0),
        ..plain_photo(&number.to_string())
    };
    Row { photo, presence: Presence::Listed, first_seen_us: 0, extra: String::new() }
}

pub(crate) fn with(number: u32, change: impl FnOnce(&mut Row)) -> Row {
    let mut row = row(number);
    change(&mut row);
    row
}

fn about(number: u32, target: &str, account: &str) -> About {
    About {
        attempt: AttemptId(format!("{target}-{number}")),
        photo: id(number),
        target: target.into(),
        account: Some(account.into()),
    }
}

/// The entries that bring a photo to where the word says.
pub(crate) fn story(number: u32, target: &str, account: &str, word: &str) -> Vec<Fact> {
    let about = || about(number, target, account);
    let frozen = Frozen {
        text: "t".into(),
        alt_text: String::new(),
        body: serde_json::Value::Null,
        media_id: String::new(),
        media_key: String::new(),
        picture_sha256: String::new(),
        cost_usd: 0.0,
        key: None,
    };
    let claimed = Fact::Claimed { about: about(), number: 1, slot: format!("{target}/{number}"), look: None };
    let sending = Fact::Sending { about: about(), frozen };
    let released = |why| Fact::Released { about: about(), why, detail: String::new() };
    let posted = Fact::Posted {
        about: about(),
        post_id: "9".into(),
        post_url: "https://x.com/i/status/9".into(),
        text: "t".into(),
        seen: Seen::Answer,
    };
    let review = Fact::NeedsReview { about: about(), detail: "no answer".into() };
    match word {
        "claimed" => vec![claimed],
        "sending" => vec![claimed, sending],
        "posted" => vec![claimed, sending, posted],
        "review" => vec![claimed, sending, review],
        "skipped" => vec![claimed, released(Why::Skipped)],
        "rejected" => vec![claimed, released(Why::Rejected)],
        "free again" => vec![claimed, released(Why::NotSent)],
        "excluded" => vec![Fact::Excluded { photo: id(number) }],
        "imported" => {
            let published = [(number.to_string(), serde_json::json!({}))].into_iter().collect();
            vec![Fact::Imported {
                target: target.into(),
                published,
                files: std::collections::BTreeMap::new(),
                by_hand: false,
            }]
        }
        other => panic!("no story is called {other}"),
    }
}

fn folded(facts: Vec<Fact>) -> Fold {
    let mut fold = Fold::default();
    for (fact, seq) in facts.into_iter().zip(1..) {
        let (at, computer, writer) = ("2026-11-20T21:00:00Z".into(), "c".into(), "w".into());
        let entry = LogEntry { v: VERSION, seq, prev: None, at, computer, writer, fact };
        fold.apply(seq, "sha", &Read::Entry(Box::new(entry))).expect("in order");
    }
    fold
}

fn settings() -> FlickrSettings {
    FlickrSettings { never: vec![id(99)], ..FlickrSettings::default() }
}

fn hold() -> Vec<String> {
    vec!["nude".into()]
}

fn build_with(rows: Vec<Row>, albums: &[SourceAlbum], facts: Vec<Fact>) -> Library {
    let (filters, fold, hold) = (Filters::new(&settings(), albums), folded(facts), hold());
    let cameras = HashMap::from([(id(1), "Leica M10".to_owned()), (id(2), "LEICA M10".to_owned())]);
    let target = |name, account, hold| TargetRules { name, account: Some(account), hold };
    let targets = vec![target("x", "x:1", &hold[..]), target("y", "x:2", &[])];
    Library::build(rows, albums, &cameras, &Rules { filters: &filters, fold: &fold, targets })
}

fn library(rows: Vec<Row>) -> Library {
    build_with(rows, &[], Vec::new())
}

fn ids(library: &Library, query: &Query) -> Vec<String> {
    let mut ids = Vec::new();
    loop {
        let window = library.window(query, ids.len(), 3).expect("a good query");
        if window.rows.is_empty() {
            return ids;
        }
        ids.extend(window.rows.into_iter().map(|cell| cell.id));
    }
}

fn text(text: &str) -> Query {
    Query { text: text.into(), ..Query::default() }
}

fn for_target(target: Option<&str>, state: Show) -> Query {
    Query { state: Some(state), target: target.map(str::to_owned), ..Query::default() }
}

#[test]
fn a_photo_is_where_the_log_and_the_settings_put_it() {
    use State::{Excluded, Filtered, Held, Missing, Published, Unpublished};
    let plain = |_: &mut Row| {};
    let video = |row: &mut Row| row.photo.media = Media::Video;
    let private = |row: &mut Row| row.photo.privacy = Privacy::Private;
    let gone = |row: &mut Row| row.presence = Presence::Missing;
    let nude = |row: &mut Row| row.photo.tags = vec!["Nude".into()];
    type Change = fn(&mut Row);
    // What happened on x, what the photo is, and the states: over all targets, for x, for y.
    let table: [(&str, Change, [State; 3]); 19] = [
        ("", plain, [Unpublished, Unpublished, Unpublished]),
        ("posted", plain, [Published, Published, Unpublished]),
        ("imported", plain, [Published, Published, Unpublished]),
        ("claimed", plain, [Unpublished, Held, Unpublished]),
        ("sending", plain, [Unpublished, Held, Unpublished]),
        ("review", plain, [Unpublished, Held, Unpublished]),
        ("skipped", plain, [Unpublished, Held, Unpublished]),
        ("rejected", plain, [Unpublished, Held, Unpublished]),
        ("free again", plain, [Unpublished, Unpublished, Unpublished]),
        ("excluded", plain, [Excluded, Excluded, Excluded]),
        ("", video, [Filtered, Filtered, Filtered]),
        ("", private, [Filtered, Filtered, Filtered]),
        ("review", private, [Held, Held, Filtered]),
        ("posted", private, [Published, Published, Filtered]),
        ("", gone, [Missing, Missing, Missing]),
        ("posted", gone, [Published, Published, Missing]),
        ("excluded", gone, [Excluded, Excluded, Excluded]),
        ("", nude, [Unpublished, Held, Unpublished]),
        ("posted", nude, [Published, Published, Unpublished]),
    ];
    for (word, change, expected) in table {
        let facts = if word.is_empty() { Vec::new() } else { story(5, "x", "x:1", word) };
        let library = build_with(vec![with(5, change)], &[], facts);
        let state = |target: Option<&str>| {
            let query = Query { target: target.map(str::to_owned), ..Query::default() };
            library.window(&query, 0, 1).expect("a good query").rows[0].state
        };
        assert_eq!([state(None), state(Some("x")), state(Some("y"))], expected, "{word}");
    }
    let never = library(vec![row(99)]);
    assert_eq!(never.overview(&Query::default()).expect("good").counts.excluded, 1, "the never-list of the settings");
}

#[test]
fn one_account_under_two_names_is_published_to_both_and_old_targets_still_count() {
    let facts = [story(1, "old", "x:1", "posted"), story(2, "mastodon", "m:7", "posted")].concat();
    let library = build_with(vec![row(1), row(2)], &[], facts);
    let cells = library.window(&Query::default(), 0, 9).expect("good").rows;
    let published: Vec<_> = cells.iter().map(|cell| (cell.id.as_str(), cell.published.join(" "), cell.state)).collect();
    let expected = [("2", "mastodon".to_owned(), State::Published), ("1", "x old".to_owned(), State::Published)];
    assert_eq!(published, expected);
    assert_eq!(ids(&library, &for_target(Some("x"), Show::Published)), ["1"]);
    assert_eq!(ids(&library, &for_target(Some("mastodon"), Show::Published)), ["2"]);
    assert!(ids(&library, &for_target(Some("nobody"), Show::Published)).is_empty());
}

#[test]
fn more_targets_than_bits_lose_no_publication() {
    let facts: Vec<Fact> = (1..=60).flat_map(|n| story(n, &format!("t{n}"), &format!("t:{n}"), "posted")).collect();
    let library = build_with((1..=61).map(row).collect(), &[], facts);
    assert_eq!(library.overview(&Query::default()).expect("good").counts.published, 60);
}

#[test]
fn words_are_found_as_people_type_them() {
    let library = library(vec![
        with(1, |row| row.photo.title = "Café Majestic".into()),
        with(2, |row| {
            row.photo.description = "<b>Fog</b> over&nbsp;the <a href=\"https://fox.example\">Douro</a>".into()
        }),
        with(3, |row| row.photo.tags = vec!["porto".into(), "blackandwhite".into()]),
        with(4, |row| {
            row.photo.title = "Fog, Porto".into();
            row.photo.description = "late\n light".into();
        }),
    ]);
    for (asked, expected) in [
        ("cafe", &["1"][..]),
        ("CAFÉ", &["1"]),
        ("fog", &["4", "2"]),
        ("fog porto", &["4"]),
        ("porto fog", &["4"]),
        ("porto", &["4", "3"]),
        ("\"over the douro\"", &["2"]),
        ("\"the over\"", &[]),
        ("\"late light\"", &["4"]),
        ("\"porto late\"", &[]),
        ("fox", &[]),
        ("href", &[]),
        ("black white", &["3"]),
        ("photo", &["3", "2"]),
        ("zebra", &[]),
        ("", &["4", "3", "2", "1"]),
        ("\"\" \u{0}", &["4", "3", "2", "1"]),
    ] {
        assert_eq!(ids(&library, &text(asked)), expected, "{asked}");
    }
}

#[test]
fn filters_narrow_and_unknown_names_find_nothing() {
    let dated = |number: u32, day: &str| {
        with(number, |row| {
            row.photo.taken = Some(format!("{day} 12:00:00"));
            row.photo.tags = vec![if number.is_multiple_of(2) { "Even Tag".into() } else { "odd".into() }];
        })
    };
    let rows = vec![dated(1, "2013-10-06"), dated(2, "2013-10-07"), dated(3, "2014-01-01"), dated(4, "1999-12-31")];
    let photos = vec![id(3), id(1), id(1), id(77)];
    let album = SourceAlbum { id: "72".into(), title: "Best\n of".into(), count: 4, updated_at: 0, photos };
    let library = build_with(rows, &[album], Vec::new());
    let some = |text: &str| Some(text.to_owned());
    let none = Query::default;
    for (query, expected) in [
        (Query { from: some("2013-10-07"), ..none() }, &["3", "2"][..]),
        (Query { to: some("2013-10-06"), ..none() }, &["1", "4"]),
        (Query { from: some("2013-10-06"), to: some("2013-10-06"), ..none() }, &["1"]),
        (Query { from: some("2014-01-01"), to: some("2013-01-01"), ..none() }, &[]),
        (Query { album: some("72"), ..none() }, &["3", "1"]),
        (Query { album: some("73"), ..none() }, &[]),
        (Query { tag: some("even tag"), ..none() }, &["2", "4"]),
        (Query { tag: some("even"), ..none() }, &[]),
        (Query { camera: some("Leica M10"), ..none() }, &["2", "1"]),
        (Query { camera: some(""), ..none() }, &["3", "4"]),
        (Query { camera: some("Canon"), ..none() }, &[]),
        (Query { sort: Sort::Uploaded, ..none() }, &["4", "3", "2", "1"]),
        (Query { sort: Sort::Uploaded, from: some("2014-01-01"), ..none() }, &["4", "3", "2", "1"]),
    ] {
        assert_eq!(ids(&library, &query), expected, "{query:?}");
    }
    assert!(library.overview(&Query { from: some("yesterday"), ..none() }).is_err());
    let facets = library.facets();
    assert_eq!(facets.albums, [Album { id: "72".into(), title: "Best of".into(), count: 2 }]);
    let counted = |name: &str, count| Counted { name: name.into(), count };
    assert_eq!(facets.tags, [counted("Even Tag", 2), counted("odd", 2)]);
    assert_eq!(facets.cameras, [counted("Leica M10", 2)]);
    let years = [2014, 2013, 1999].map(|year| Year { year, count: if year == 2013 { 2 } else { 1 } });
    assert_eq!(facets.years, years);
}

#[test]
fn months_are_runs_and_an_unknown_time_comes_last() {
    let library = library(vec![
        with(1, |row| row.photo.taken = Some("2013-10-06 14:06:41".into())),
        with(2, |row| row.photo.taken = Some("2013-10-31 00:00:00".into())),
        with(3, |row| (row.photo.taken, row.photo.taken_granularity) = (Some("1900-01-01 00:00:00".into()), 8)),
        with(4, |row| row.photo.uploaded_at = 0),
    ]);
    let overview = library.overview(&Query::default()).expect("good");
    let month = |year, month, count| Month { year, month, count };
    assert_eq!(overview.months, [month(2014, 5, 1), month(2013, 10, 2), month(0, 0, 1)]);
    assert_eq!(ids(&library, &Query::default()), ["3", "2", "1", "4"]);
}

#[test]
fn a_shape_is_never_absurd() {
    let sides = |number, width, height| {
        with(number, |row| (row.photo.original_width, row.photo.original_height) = (width, height))
    };
    let large = Large { url: "https://live.example/k.jpg".into(), width: 1365, height: 2048 };
    let rows = vec![
        sides(1, 3000, 2000),
        sides(2, 0, 0),
        sides(3, u32::MAX, 1),
        sides(4, 1, u32::MAX),
        with(5, |row| row.photo.large = Some(large)),
    ];
    let overview = library(rows).overview(&Query::default()).expect("good");
    assert_eq!(overview.ratios, [66, 20, 1000, 100, 150]);
}

#[test]
fn the_version_follows_what_is_shown_and_nothing_else() {
    let version = |rows: Vec<Row>| library(rows).version().to_owned();
    let first = version(vec![row(1), row(2)]);
    assert_eq!(first, version(vec![row(1), row(2)]));
    assert_eq!(first, version(vec![row(1), with(2, |row| row.first_seen_us = 7)]));
    for changed in [
        with(2, |row| row.photo.title = "Other".into()),
        with(2, |row| row.photo.description = "Other".into()),
        with(2, |row| row.photo.secret = "new picture".into()),
        with(2, |row| row.photo.media = Media::Video),
        with(2, |row| row.photo.uploaded_at += 1),
        with(2, |row| row.photo.privacy = Privacy::Private),
        row(3),
    ] {
        assert_ne!(first, version(vec![row(1), changed.clone()]), "{changed:?}");
    }
    let published = build_with(vec![row(1), row(2)], &[], story(2, "x", "x:1", "posted"));
    assert_ne!(first, published.version());
}

#[test]
fn neighbours_are_the_cells_on_both_sides() {
    let library = library((1..=5).map(row).collect());
    let around = |number: u32| library.neighbours(&Query::default(), id(number).as_str()).expect("good");
    let some = |text: &str| Some(text.to_owned());
    let of = |previous, next, position| Neighbours { previous, next, position, count: 5 };
    assert_eq!(around(5), of(None, some("4"), Some(0)));
    assert_eq!(around(3), of(some("4"), some("2"), Some(2)));
    assert_eq!(around(1), of(some("2"), None, Some(4)));
    assert_eq!(around(77), of(None, None, None));
    let nothing = library.neighbours(&text("zebra"), "1").expect("good");
    assert_eq!(nothing, Neighbours::default());
}

#[test]
fn results_are_remembered_and_bounded() {
    let library = library((1..=5).map(row).collect());
    let first = library.search(&text("photo")).expect("good");
    assert!(Arc::ptr_eq(&first, &library.search(&text("photo")).expect("good")));
    for number in 0..50 {
        library.search(&text(&number.to_string())).expect("good");
    }
    assert!(library.recent.lock().expect("no panic").len() <= 6);
    assert_eq!(library.search(&text("photo")).expect("good"), first);
}

#[test]
fn an_empty_library_answers_everything() {
    let empty = library(Vec::new());
    let overview = empty.overview(&text("a")).expect("good");
    assert_eq!((overview.count, overview.total, overview.months.len()), (0, 0, 0));
    assert!(empty.window(&Query::default(), 10, 500).expect("good").rows.is_empty());
    assert!(empty.facets().years.is_empty() && !empty.version().is_empty());
}

#[test]
fn hostile_rows_stay_bounded() {
    let library = library(vec![with(1, |row| {
        row.photo.title = "\u{202E}é".repeat(4_000) + "\0\n";
        row.photo.description = "ﷺ".repeat(20_000);
        row.photo.tags = (0..500).map(|n| format!("{n}{}", "ö".repeat(90))).collect();
    })]);
    assert!(library.texts.all().len() <= 32 * 1024, "{}", library.texts.all().len());
    let cell = &library.window(&Query::default(), 0, 1).expect("good").rows[0];
    assert!(cell.title.len() <= 500 && !cell.title.contains(['\u{202E}', '\0', '\n']));
}

const WORDS: [&str; 6] = ["", "posted", "review", "skipped", "excluded", "imported"];

/// Rows of any kind, and what happened to each on x and on y.
fn archive() -> impl Strategy<Value = Vec<(Row, usize, usize)>> {
    let kind = (0..4_u8, 0..3_u8, 0..4_u8, any::<bool>());
    let of_row = (kind, 0..WORDS.len(), 0..WORDS.len());
    prop::collection::vec(of_row, 0..40).prop_map(|rows| {
        let numbered = rows.into_iter().zip(1..);
        numbered
            .map(|(((year, presence, kind, nude), on_x, on_y), number)| {
                let row = with(number, |row| {
                    row.presence = [Presence::Listed, Presence::Unlisted, Presence::Missing][usize::from(presence)];
                    row.photo.taken = (year > 0).then(|| format!("20{:02}-0{}-01 00:00:00", year + 9, year));
                    row.photo.media = if kind == 1 { Media::Video } else { Media::Photo };
                    row.photo.privacy = if kind == 2 { Privacy::Private } else { Privacy::Public };
                    row.photo.tags = if nude { vec!["nude".into(), "art".into()] } else { vec!["art".into()] };
                });
                (row, on_x, on_y)
            })
            .collect()
    })
}

fn facts_of(archive: &[(Row, usize, usize)]) -> Vec<Fact> {
    let mut facts = Vec::new();
    for (row, on_x, on_y) in archive {
        let number: u32 = row.photo.id.as_str().parse().expect("a number");
        for (target, account, word) in [("x", "x:1", WORDS[*on_x]), ("y", "x:2", WORDS[*on_y])] {
            if !word.is_empty() {
                facts.extend(story(number, target, account, word));
            }
        }
    }
    facts
}

proptest! {
    #[test]
    fn every_answer_counts_the_same_photos(archive in archive(), uploaded in any::<bool>(), word in 0..4_usize) {
        let facts = facts_of(&archive);
        let library = build_with(archive.into_iter().map(|(row, ..)| row).collect(), &[], facts);
        let sort = if uploaded { Sort::Uploaded } else { Sort::Taken };
        let base = Query { text: ["", "photo 1", "nude", "zebra"][word].into(), sort, ..Query::default() };
        for target in [None, Some("x"), Some("y")] {
            let all = Query { target: target.map(str::to_owned), ..base.clone() };
            let mut sum = 0;
            let mut together = BTreeSet::new();
            for show in [Show::Unpublished, Show::Published, Show::Held, Show::Excluded, Show::Missing, Show::Filtered] {
                let query = Query { state: Some(show), ..all.clone() };
                let found = ids(&library, &query);
                sum += found.len();
                together.extend(found);
            }
            let query = Query { state: Some(Show::All), ..all };
            let overview = library.overview(&query).expect("good");
            let found = ids(&library, &query);
            let count = overview.count as usize;
            let months: u32 = overview.months.iter().map(|month| month.count).sum();
            prop_assert_eq!((count, count, months as usize, sum), (found.len(), overview.ratios.len(), count, count));
            prop_assert_eq!(&found.iter().cloned().collect::<BTreeSet<_>>(), &together, "states part the photos");
            prop_assert_eq!(together.len(), count, "every id once");
            let counts = overview.counts;
            let parts = counts.unpublished + counts.published + counts.held + counts.excluded + counts.missing;
            prop_assert_eq!(counts.all, parts + counts.filtered);
        }
    }

    #[test]
    fn unpublished_for_a_target_is_what_the_pools_take(archive in archive()) {
        let facts = facts_of(&archive);
        let (filters, fold) = (Filters::new(&settings(), &[]), folded(facts.clone()));
        let rows: Vec<Row> = archive.into_iter().map(|(row, ..)| row).collect();
        let library = build_with(rows.clone(), &[], facts);
        for (target, account, hold) in [("x", "x:1", hold()), ("y", "x:2", Vec::new())] {
            let pool = rows.iter().filter(|row| {
                filters.judge(row).is_ok()
                    && !has_tag(&row.photo.tags, &hold)
                    && fold.is_free(&row.photo.id, target, Some(account))
            });
            let pool: BTreeSet<String> = pool.map(|row| row.photo.id.to_string()).collect();
            let found = ids(&library, &for_target(Some(target), Show::Unpublished)).into_iter().collect();
            prop_assert_eq!(pool, found);
        }
    }

    #[test]
    fn a_search_finds_what_reading_every_row_finds(
        titles in prop::collection::vec("[aábB \n]{0,6}", 1..30),
        asked in "[abA \"]{0,5}",
    ) {
        let rows = titles.iter().zip(1..).map(|(title, n)| with(n, |row| row.photo.title.clone_from(title))).collect();
        let library = library(rows);
        let words = text(&asked).words();
        let naive = |title: &str| words.iter().all(|word| plain(title).contains(word.as_str()));
        let expected: BTreeSet<String> =
            titles.iter().zip(1..).filter(|(title, _)| naive(title)).map(|(_, n): (_, u32)| n.to_string()).collect();
        prop_assert_eq!(ids(&library, &text(&asked)).into_iter().collect::<BTreeSet<_>>(), expected);
    }
}
