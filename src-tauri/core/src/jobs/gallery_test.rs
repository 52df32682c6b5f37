//! The gallery on a real home: what is kept, what is built anew, one photo's page, EXIF asked once.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use super::*;
use crate::{
    World,
    catalogue::{Exif, Row},
    clock::Clock,
    http::test_server::{Scripted, ok},
    jobs::photo_page::{PhotoPage, StandingWord},
    jobs::photos::PhotoState,
    library::{
        Show, State,
        tests::{id, row, story, with},
    },
    log::{Fact, LogEntry, VERSION},
    photo::{Media, Privacy},
    secrets::Memory,
};

/// Time that a test moves.
#[derive(Debug, Default)]
struct Hands(AtomicU64);

impl Clock for Hands {
    fn now(&self) -> jiff::Timestamp {
        jiff::Timestamp::from_millisecond(1_795_000_000_000).expect("a time in range")
    }

    fn boot_ms(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

struct Bench {
    pierrot: Pierrot,
    hands: Arc<Hands>,
    _home: tempfile::TempDir,
}

const TARGETS: &str = "[targets.x]\nkind = 'x'\n[targets.x.sensitive]\nhold = ['nude']\n[targets.y]\nkind = 'x'\n";

impl Bench {
    fn new(flickr: &str) -> Self {
        let home = tempfile::tempdir().expect("a folder");
        let config = format!("[flickr]\nuser = '1@N01'\ncalls_per_second = 0\napi_url = '{flickr}'\n{TARGETS}");
        std::fs::write(home.path().join("config.toml"), config).expect("written");
        let hands = Arc::new(Hands::default());
        let secrets = Memory::new([("flickr.api_key".to_owned(), "key".to_owned())]);
        let world = World { clock: hands.clone(), secrets: Arc::new(secrets), seed: 7, ..World::default() };
        Self { pierrot: Pierrot::open(home.path(), world).expect("a new home"), hands, _home: home }
    }

    fn with_photos(rows: Vec<Row>) -> Self {
        let bench = Self::new("http://127.0.0.1:9/");
        bench.put(rows);
        bench.pierrot.catalogue_changed().expect("written");
        bench
    }

    fn put(&self, rows: Vec<Row>) {
        self.pierrot.catalogue.import_rows(rows).expect("written");
    }

    fn tell(&self, facts: Vec<Fact>) {
        let catalogue = &self.pierrot.catalogue;
        for fact in facts {
            let seq = catalogue.log_through().expect("readable") + 1;
            let computer = catalogue.state("computer").expect("readable").expect("set at opening");
            let (at, writer) = (format!("2026-11-20T21:00:{seq:02}Z"), "w".into());
            let entry = LogEntry { v: VERSION, seq, prev: None, at, computer, writer, fact };
            catalogue.keep_log(&[(seq, entry.to_bytes())], &[]).expect("written");
        }
    }

    async fn gallery(&self) -> Overview {
        self.pierrot.gallery(&Query::default()).await.expect("an overview")
    }

    async fn window(&self, version: &str) -> Window {
        self.pierrot.gallery_window(&Query::default(), version, 0, 10).await.expect("a window")
    }

    async fn page(&self, photo: u32) -> PhotoPage {
        self.pierrot.photo_page(&id(photo)).await.expect("a page")
    }
}

#[tokio::test]
async fn a_library_is_kept_until_something_changes_and_the_one_before_it_still_answers() {
    let bench = Bench::with_photos((1..=3).map(row).collect());
    let first = bench.gallery().await;
    assert_eq!((first.count, bench.gallery().await), (3, first.clone()));
    let before = bench.pierrot.library().await.expect("kept");
    assert!(Arc::ptr_eq(&before, &bench.pierrot.library().await.expect("kept")));

    bench.tell(vec![Fact::Excluded { photo: id(1) }]);
    let second = bench.gallery().await;
    assert_ne!(first.version, second.version);
    let state = |window: Window| window.rows.last().map(|cell| cell.state);
    assert_eq!(state(bench.window(&first.version).await), Some(State::Unpublished), "as it was");
    assert_eq!(state(bench.window(&second.version).await), Some(State::Excluded));

    bench.tell(vec![Fact::Included { photo: id(1) }]);
    let third = bench.gallery().await;
    assert_eq!(third.version, first.version, "the same photos as at first");
    bench.tell(vec![Fact::Excluded { photo: id(2) }]);
    let fourth = bench.gallery().await;
    let stale = bench.window(&second.version).await;
    assert_eq!((stale.stale, stale.rows.len(), stale.version), (true, 0, fourth.version));
    assert!(!bench.window(&third.version).await.stale);
}

#[tokio::test]
async fn many_questions_at_once_build_one_library() {
    let bench = Bench::with_photos((1..=50).map(row).collect());
    let pierrot = &bench.pierrot;
    let all = tokio::join!(pierrot.library(), pierrot.library(), pierrot.library(), pierrot.library());
    let libraries = [all.0, all.1, all.2, all.3].map(|library| library.expect("built"));
    assert!(libraries.iter().all(|library| Arc::ptr_eq(library, &libraries[0])));
}

#[tokio::test]
async fn a_gallery_put_away_comes_back_the_same() {
    let bench = Bench::with_photos(vec![row(1), row(2)]);
    let before = bench.gallery().await;
    bench.pierrot.shelf.clear();
    assert!(bench.window(&before.version).await.stale, "nothing is kept");
    assert_eq!(bench.gallery().await, before);
    assert!(!bench.window(&before.version).await.stale);
}

#[tokio::test]
async fn a_first_sync_comes_into_view_by_and_by() {
    let bench = Bench::with_photos(vec![row(1)]);
    assert_eq!(bench.gallery().await.count, 1);
    bench.put(vec![row(2)]);
    assert_eq!(bench.gallery().await.count, 1, "not at every page");
    bench.hands.0.store(GROWING_MS, Ordering::Relaxed);
    assert_eq!(bench.gallery().await.count, 2);
    bench.put(vec![row(3)]);
    bench.pierrot.catalogue_changed().expect("written");
    assert_eq!(bench.gallery().await.count, 3, "at once when a sync has ended");
}

#[tokio::test]
async fn the_gallery_agrees_with_the_list_of_photos() {
    let words = ["posted", "review", "skipped", "claimed", "excluded", "imported", "free again"];
    let mut rows: Vec<Row> = (1..=8).map(row).collect();
    rows.push(with(9, |row| row.photo.media = Media::Video));
    rows.push(with(10, |row| row.photo.tags = vec!["nude".into()]));
    rows.push(with(11, |row| row.photo.privacy = Privacy::Private));
    rows.push(with(12, |row| row.presence = crate::catalogue::Presence::Missing));
    let bench = Bench::with_photos(rows);
    bench.tell(words.iter().zip(1..).flat_map(|(word, number)| story(number, "x", "x:1", word)).collect());
    let lines = bench.pierrot.photos(None, 100).await.expect("a list");
    let version = bench.gallery().await.version;
    let window = bench.pierrot.gallery_window(&Query::default(), &version, 0, 100).await.expect("a window");
    assert_eq!(lines.len(), window.rows.len());
    for line in lines {
        let cell = window.rows.iter().find(|cell| cell.id == line.photo_id.as_str()).expect("the same photos");
        let expected = match line.state {
            PhotoState::Unpublished => vec![State::Unpublished],
            PhotoState::Published => vec![State::Published],
            PhotoState::Held => vec![State::Held, State::Filtered],
            PhotoState::Excluded => vec![State::Excluded],
            PhotoState::Missing => vec![State::Missing],
        };
        assert!(expected.contains(&cell.state), "{}: {:?} is {:?}", cell.id, line.state, cell.state);
    }
}

#[tokio::test]
async fn a_page_says_where_the_photo_stands_and_why() {
    let video = with(20, |row| row.photo.media = Media::Video);
    let nude = with(21, |row| row.photo.tags = vec!["nude".into()]);
    let gone = with(22, |row| row.presence = crate::catalogue::Presence::Missing);
    let words =
        ["", "posted", "imported", "claimed", "sending", "review", "skipped", "rejected", "free again", "excluded"];
    let mut rows: Vec<Row> = (0..10).map(row).collect();
    rows.extend([video, nude, gone]);
    let bench = Bench::with_photos(rows);
    let told = words.iter().zip(0..).filter(|(word, _)| !word.is_empty());
    bench.tell(told.flat_map(|(word, number)| story(number, "x", "x:1", word)).collect());
    for (photo, standing, why) in [
        (0, StandingWord::Unpublished, ""),
        (1, StandingWord::Published, "It was published to X already (https://x.com/i/status/9)."),
        (2, StandingWord::Published, "It was published to X by the first Pierrot."),
        (3, StandingWord::UnderWay, "It is being published."),
        (4, StandingWord::UnderWay, "It is being published."),
        (5, StandingWord::Review, "It waits for your review."),
        (6, StandingWord::Skipped, "X does not take it."),
        (7, StandingWord::Rejected, "X does not take it."),
        (8, StandingWord::Unpublished, ""),
        (9, StandingWord::Excluded, "You excluded it."),
        (20, StandingWord::Filtered, "It is a video."),
        (21, StandingWord::Held, "It has a tag that \"sensitive.hold\" of X keeps back."),
        (22, StandingWord::Missing, "It is no longer on Flickr."),
    ] {
        let page = bench.page(photo).await;
        let x = &page.targets[0];
        assert_eq!(
            (x.target.as_str(), x.standing, x.why_not.as_deref().unwrap_or("")),
            ("x", standing, why),
            "{photo}"
        );
        assert_eq!(x.review.is_some(), standing == StandingWord::Review, "{photo}");
    }
    assert!(bench.pierrot.photo_page(&id(77)).await.is_err());
}

#[tokio::test]
async fn a_page_tells_the_whole_story() {
    let told = with(1, |row| {
        row.photo.description = "<b>Fog</b> &amp; light".into();
        row.photo.place = Some((41.14961, -8.61099));
        row.photo.license = 4;
    });
    let bench = Bench::with_photos(vec![told, row(2)]);
    bench.tell(story(2, "x", "x:1", "posted"));
    bench.tell(vec![Fact::Excluded { photo: id(1) }, Fact::Included { photo: id(1) }]);
    bench.tell(story(1, "y", "x:2", "posted"));
    bench.tell(story(1, "y", "x:2", "claimed"));
    let page = bench.page(1).await;
    let kinds =
        |lines: &[crate::HistoryLine]| lines.iter().map(|line| (line.kind.clone(), line.counts)).collect::<Vec<_>>();
    let kind = |word: &str, counts| (word.to_owned(), counts);
    assert_eq!(kinds(&page.history), [kind("excluded", true), kind("included", true)]);
    let y = &page.targets[1];
    assert_eq!(kinds(&page.targets[0].history), []);
    let expected = [kind("claimed", true), kind("sending", true), kind("posted", true), kind("claimed", false)];
    assert_eq!(kinds(&y.history), expected);
    assert!(y.history.iter().all(|line| line.here && line.at.starts_with("2026-11-20T21:00:")));
    assert_eq!((y.standing, y.text.as_deref()), (StandingWord::Published, Some("t")));
    assert_eq!(y.post_url.as_deref(), Some("https://x.com/i/status/9"));
    assert_eq!(page.description, "Fog & light");
    let place = page.place.expect("a place");
    assert_eq!((place.latitude, place.longitude), (41.15, -8.61));
    assert_eq!((page.licence.words.as_str(), page.exif), ("Creative Commons BY 2.0", None));
}

#[tokio::test]
async fn exif_is_asked_once_and_cameras_come_into_view() {
    let told = r#"{"photo":{"id":"1","camera":"Leica M10","exif":[]},"stat":"ok"}"#;
    let denied = r#"{"stat":"fail","code":2,"message":"Permission denied"}"#;
    let server = Scripted::start([told, denied, r#"{"stat":"fail","code":1,"message":"gone"}"#].map(ok).into()).await;
    let bench = Bench::new(server.url("/services/rest/").as_str());
    bench.put((1..=3).map(row).collect());
    assert!(bench.pierrot.facets().await.expect("facets").cameras.is_empty());
    let leica = Exif { camera: Some("Leica M10".into()), ..Exif::default() };
    for (photo, expected) in [(1, &leica), (2, &Exif::default())] {
        for _ in 0..2 {
            assert_eq!(&bench.pierrot.exif(&id(photo)).await.expect("facts"), expected);
        }
    }
    assert_eq!(server.asked().len(), 2, "each photo once, denied or not");
    assert!(server.asked()[0].contains("method=flickr.photos.getExif") && server.asked()[0].contains("photo_id=1"));
    assert_eq!(bench.pierrot.exif(&id(3)).await.expect("gone is no error"), Exif::default());
    assert_eq!(bench.pierrot.catalogue.exif(&id(3)).expect("readable"), None, "it may come back");
    assert!(bench.pierrot.exif(&id(77)).await.is_err());

    let version = bench.gallery().await.version;
    bench.hands.0.store(CAMERAS_MS, Ordering::Relaxed);
    let cameras = async || bench.pierrot.facets().await.expect("facets").cameras.len();
    assert_eq!(cameras().await, 0, "nobody waits for them");
    tokio::time::timeout(Duration::from_secs(20), async {
        while cameras().await == 0 {
            tokio::task::yield_now().await
        }
    })
    .await
    .expect("they come");
    let facets = bench.pierrot.facets().await.expect("facets");
    assert_eq!((facets.cameras.len(), facets.version), (1, version), "no banner for a camera");
    let query = Query { camera: Some("leica m10".into()), state: Some(Show::All), ..Query::default() };
    assert_eq!(bench.pierrot.gallery(&query).await.expect("an overview").count, 1);
    let around = bench.pierrot.neighbours(&query, &id(1)).await.expect("neighbours");
    assert_eq!((around.position, around.count), (Some(0), 1));
}
