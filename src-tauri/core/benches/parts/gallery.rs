//! How fast the gallery's library is built and searched. Goals at 100,000 photos: build 1 s, search 30 ms, 60 MB.

use std::collections::HashMap;

use divan::{Bencher, black_box};
use pierrot_core::{
    catalogue::{Album, Catalogue, Presence, Row},
    choose::Filters,
    fold::Fold,
    library::{Builder, Library, Query, Rules, Show, TargetRules},
    log::{About, AttemptId, Fact, Frozen, LogEntry, Read, Seen, VERSION},
    photo::{Media, Photo, PhotoId, Privacy},
    settings::FlickrSettings,
};
use rand::{Rng, SeedableRng, rngs::StdRng};

const PHOTOS: u32 = 100_000;
const PUBLISHED: u32 = 2_000;
const WORDS: [&str; 24] = [
    "Fog", "over", "the", "Douro", "café", "morning", "light", "São", "Bento", "station", "tram", "bridge", "Ribeira",
    "window", "rain", "old", "street", "boats", "façade", "and", "winter", "late", "sun", "Łódź",
];

fn id(number: u32) -> PhotoId {
    (50_000_000_000 + u64::from(number)).to_string().parse().expect("digits are an id")
}

fn sentence(dice: &mut StdRng, words: usize) -> String {
    (0..words).map(|_| WORDS[dice.random_range(0..WORDS.len())]).collect::<Vec<_>>().join(" ")
}

fn row(number: u32, dice: &mut StdRng) -> Row {
    let (year, month, day) = (dice.random_range(2004..2026), dice.random_range(1..=12), dice.random_range(1..=28));
    let link = "<a href=\"https://www.flickr.com/photos/someone/\" rel=\"nofollow\">more</a>";
    let photo = Photo {
        id: id(number),
        title: sentence(dice, 4),
        description: format!("{}.\n\n<b>{}</b> &amp; {link}", sentence(dice, 24), sentence(dice, 4)),
        tags: (0..8).map(|_| format!("tag{}", dice.random_range(0..3_000_u32))).collect(),
        owner: "12345678@N01".into(),
        owner_alias: Some("someone".into()),
        server: "65535".into(),
        secret: format!("{:010x}", dice.random::<u32>()),
        original_secret: None,
        original_format: Some("jpg".into()),
        original_width: dice.random_range(2_000..8_000),
        original_height: dice.random_range(2_000..6_000),
        large: None,
        uploaded_at: 1_100_000_000 + i64::from(number) * 7_000,
        updated_at: 1_700_000_000,
        taken: Some(format!("{year}-{month:02}-{day:02} 12:00:00")),
        taken_granularity: 0,
        license: 4,
        place: Some((41.1, -8.6)),
        privacy: Privacy::Public,
        media: Media::Photo,
        safety: Some(0),
    };
    Row { photo, presence: Presence::Listed, first_seen_us: 0, extra: String::new() }
}

fn rows() -> Vec<Row> {
    let mut dice = StdRng::seed_from_u64(7);
    (0..PHOTOS).map(|number| row(number, &mut dice)).collect()
}

fn albums() -> Vec<Album> {
    let album = |number: u32| Album {
        id: number.to_string(),
        title: format!("Album {number}"),
        count: 500,
        updated_at: 0,
        photos: (number * 500..(number + 1) * 500).map(id).collect(),
    };
    (0..PHOTOS / 500).map(album).collect()
}

/// A log with so many publications.
fn fold() -> Fold {
    let mut fold = Fold::default();
    let mut seq = 0;
    for number in 0..PUBLISHED {
        let about = || About {
            attempt: AttemptId(format!("{number:032x}")),
            photo: id(number * 50),
            target: "x".into(),
            account: Some("x:1".into()),
        };
        let frozen = Frozen {
            text: String::new(),
            alt_text: String::new(),
            body: serde_json::Value::Null,
            media_id: String::new(),
            media_key: String::new(),
            picture_sha256: String::new(),
            cost_usd: 0.0,
            key: None,
        };
        let (post_id, post_url) = (number.to_string(), "https://x.com/i/status/1".to_owned());
        let story = [
            Fact::Claimed { about: about(), number: 1, slot: format!("x/{number}"), look: None },
            Fact::Sending { about: about(), frozen },
            Fact::Posted { about: about(), post_id, post_url, text: String::new(), seen: Seen::Answer },
        ];
        for fact in story {
            seq += 1;
            let (at, computer, writer) = ("2026-11-20T21:00:00Z".into(), "c".into(), "w".into());
            let entry = LogEntry { v: VERSION, seq, prev: None, at, computer, writer, fact };
            fold.apply(seq, "sha", &Read::Entry(Box::new(entry))).expect("in order");
        }
    }
    fold
}

/// Hands the rules of two targets to `body`.
fn ruled<T>(albums: &[Album], body: impl FnOnce(&Rules<'_>) -> T) -> T {
    let (filters, fold) = (Filters::new(&FlickrSettings::default(), albums), fold());
    let target = |name, account| TargetRules { name, account: Some(account), hold: &[] };
    body(&Rules { filters: &filters, fold: &fold, targets: vec![target("x", "x:1"), target("y", "y:1")] })
}

fn library() -> Library {
    let albums = albums();
    ruled(&albums, |rules| Library::build(rows(), &albums, &HashMap::new(), rules))
}

/// From rows in memory.
#[divan::bench(sample_count = 10, sample_size = 1)]
fn build(bencher: Bencher<'_, '_>) {
    let (rows, albums, cameras) = (rows(), albums(), HashMap::new());
    ruled(&albums, |rules| {
        bencher.bench_local(|| {
            let mut builder = Builder::new(&cameras, rules);
            rows.iter().for_each(|row| builder.add(row));
            builder.finish(&albums)
        });
    });
}

/// From a catalogue on disk, as after a sync.
#[divan::bench(sample_count = 10, sample_size = 1)]
fn build_from_catalogue(bencher: Bencher<'_, '_>) {
    let folder = tempfile::tempdir().expect("a folder");
    let catalogue = Catalogue::open(&folder.path().join("catalogue.redb")).expect("a new one");
    catalogue.import_rows(rows()).expect("room");
    let (albums, cameras) = (albums(), HashMap::new());
    ruled(&albums, |rules| {
        bencher.bench_local(|| {
            let mut builder = Builder::new(&cameras, rules);
            catalogue.each_photo_ahead(|row| builder.add(row)).expect("readable");
            builder.finish(&albums)
        });
    });
}

/// What a page may type, from everything to nothing; each is searched anew.
#[divan::bench(sample_count = 30, sample_size = 1, args = ["", "e", "cafe", "zebra", "fog douro cafe", "\"sao bento\" tram light", "a e i o u s t"])]
fn search(bencher: Bencher<'_, '_>, text: &str) {
    let library = library();
    let mut round = 0;
    bencher.bench_local(|| {
        // Another first day each time, so that no result is remembered.
        round += 1;
        let from = Some(format!("19{:02}-01-{:02}", 10 + round / 28 % 80, 1 + round % 28));
        library.search(black_box(&Query { text: text.into(), from, ..Query::default() })).expect("a good query")
    });
}

/// All filters at once, laid out.
#[divan::bench(sample_count = 30, sample_size = 1)]
fn overview(bencher: Bencher<'_, '_>) {
    let library = library();
    let mut round = 0;
    bencher.bench_local(|| {
        round += 1;
        let (state, target) = (Some(Show::Unpublished), Some("x".to_owned()));
        let from = Some(format!("19{:02}-01-{:02}", 10 + round / 28 % 80, 1 + round % 28));
        let query = Query { text: "light".into(), state, target, from, ..Query::default() };
        library.overview(black_box(&query)).expect("a good query")
    });
}

/// One window of a remembered result, in the middle.
#[divan::bench]
fn window(bencher: Bencher<'_, '_>) {
    let library = library();
    let query = Query::default();
    bencher.bench_local(|| library.window(black_box(&query), 50_000, 200).expect("a good query"));
}
