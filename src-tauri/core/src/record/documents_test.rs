//! The documents of the first Pierrot, read and written: its values, its thirteen fields, and what nobody here knows.
//!
//! The rows below have the shapes its exports have: widths as text, number or null, times without a zone.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::{
    DB, Found, META, OURS, WAL, db, db_row, each_row, meta, read_document, row_from_db, same_row, sealed_name, wal,
    wal_is_untouched,
};
use crate::{
    catalogue::{Catalogue, Presence, Row, sha256_hex},
    fold::{Fold, Verdict},
    log::{About, AttemptId, Fact, Frozen, LogEntry, Read, Seen, VERSION},
    photo::{Large, Media, PhotoId, Privacy},
};

/// All fields of a row of the first Pierrot.
const FIRST: [&str; 13] = [
    "id",
    "title",
    "is_public",
    "original_width",
    "original_height",
    "original_format",
    "tags",
    "url",
    "width",
    "height",
    "owner",
    "owner_alias",
    "pierrot_timestamp",
];
const SEEN: &str = "2024-03-11 17:48:30.291404";

fn object(value: Value) -> Map<String, Value> {
    value.as_object().expect("a test's object").clone()
}

/// A row as the first Pierrot wrote it, with `changes` laid over.
fn first(id: &str, changes: Value) -> Map<String, Value> {
    let mut row = object(json!({
        "id": id, "title": "Boats", "is_public": true, "original_width": "3936", "original_height": "2624",
        "original_format": "jpg", "tags": ["sea", "boats"], "url": "https://live.staticflickr.com/65535/1_k.jpg",
        "width": 2048, "height": 1365, "owner": "7@N00", "owner_alias": "anna", "pierrot_timestamp": SEEN
    }));
    row.extend(object(changes));
    row
}

fn id(text: &str) -> PhotoId {
    text.parse().expect("a test's photo id")
}

fn read(photo: &str, changes: Value) -> Row {
    row_from_db(photo, &first(photo, changes)).expect("its id is a photo id")
}

#[test]
fn a_row_of_the_first_pierrot_keeps_its_values() {
    let row = read("53572261016", json!({}));
    let photo = &row.photo;
    assert_eq!((photo.id.as_str(), photo.title.as_str()), ("53572261016", "Boats"));
    assert_eq!((photo.original_width, photo.original_height), (3936, 2624));
    assert_eq!(photo.original_format.as_deref(), Some("jpg"));
    assert_eq!(photo.tags, ["sea", "boats"]);
    let large = Large { url: "https://live.staticflickr.com/65535/1_k.jpg".into(), width: 2048, height: 1365 };
    assert_eq!(photo.large, Some(large));
    assert_eq!((photo.owner.as_str(), photo.owner_alias.as_deref()), ("7@N00", Some("anna")));
    assert_eq!((photo.privacy, photo.media, row.presence), (Privacy::Public, Media::Photo, Presence::Listed));
    assert_eq!(db_row(&row)["pierrot_timestamp"], SEEN, "the local time it was written in stays as it is");
}

#[test]
fn values_may_be_text_numbers_or_null() {
    let width = |value: Value| read("1", json!({ "original_width": value })).photo.original_width;
    for (value, expected) in [
        (json!("3936"), 3936),
        (json!(3936), 3936),
        (json!(" 3936 "), 3936),
        (json!(null), 0),
        (json!("wide"), 0),
        (json!(-1), 0),
        (json!(4_294_967_296_u64), 0),
        (json!([3936]), 0),
    ] {
        assert_eq!(width(value.clone()), expected, "{value}");
    }
    let large = |value: Value| read("1", json!({ "width": value })).photo.large.map(|large| large.width);
    assert_eq!((large(json!(2048)), large(json!("2048")), large(json!(null))), (Some(2048), Some(2048), Some(0)));
    let tags = |value: Value| read("1", json!({ "tags": value })).photo.tags;
    assert_eq!(tags(json!("sea boats")), ["sea", "boats"]);
    assert_eq!(tags(json!(["sea", 1, null])), ["sea"], "what is not text is no tag");
    assert!(tags(json!(null)).is_empty());
    let privacy = |value: Value| read("1", json!({ "is_public": value })).photo.privacy;
    for (value, public) in [(json!(true), true), (json!(1), true), (json!("1"), true), (json!(false), false)] {
        assert_eq!(privacy(value.clone()) == Privacy::Public, public, "{value}");
    }
    for value in [json!(0), json!(null), json!("yes")] {
        assert_eq!(privacy(value.clone()), Privacy::Private, "in doubt it is not public: {value}");
    }
    assert_eq!(read("1", json!({ "url": null })).photo.large, None);
    assert_eq!(read("1", json!({ "owner_alias": null })).photo.owner_alias, None);
}

#[test]
fn a_row_missing_everything_still_has_an_id_and_a_bad_id_is_no_row() {
    let row = row_from_db("7", &Map::new()).expect("7 is a photo id");
    assert_eq!((row.photo.id.as_str(), row.photo.privacy), ("7", Privacy::Private));
    for bad in ["", "../7", "a b", &"1".repeat(41)] {
        assert_eq!(row_from_db(bad, &first("7", json!({}))), None, "{bad:?}");
    }
}

#[test]
fn fields_nobody_here_knows_survive() {
    let unknown = json!({ "mood": { "deep": [1, null] }, "views": 12 });
    let written = db_row(&read("1", unknown.clone()));
    assert_eq!((&written["mood"], &written["views"]), (&unknown["mood"], &unknown["views"]));
    let again = row_from_db("1", &written).expect("its id is a photo id");
    assert_eq!(db_row(&again), written, "reading and writing again changes nothing");
    let row = read("1", json!({ "pierrot_timestamp": 5 }));
    assert_eq!(db_row(&row)["pierrot_timestamp"], "1970-01-01 00:00:00.000000", "a time that is no text is not kept");
}

#[test]
fn a_row_comes_back_as_it_was_written() {
    let changes = [
        json!({}),
        json!({ "original_width": null, "original_height": null, "original_format": null, "owner_alias": null }),
        json!({ "url": null, "width": null, "height": null }),
        json!({ "is_public": false, "tags": [], "title": "\u{26f5} \"quoted\"\n" }),
    ];
    for change in changes {
        let before = first("1", change.clone());
        let written = db_row(&row_from_db("1", &before).expect("its id is a photo id"));
        for name in FIRST {
            assert_eq!(written[name], before[name], "{name} of {change}");
        }
        let names: Vec<&str> = written.keys().map(String::as_str).take(13).collect();
        assert_eq!(names, FIRST, "in the order of the first Pierrot");
    }
}

#[test]
fn our_own_fields_come_back_and_secrets_stay_here() {
    let mut row = read("1", json!({}));
    row.photo.description = "<b>Sea</b>".into();
    row.photo.privacy = Privacy::FriendsAndFamily;
    row.photo.media = Media::Video;
    (row.photo.uploaded_at, row.photo.updated_at) = (1_700_000_000, 1_700_000_001);
    (row.photo.license, row.photo.safety) = (9, Some(2));
    row.photo.taken = Some("2013-10-06 14:06:41".into());
    let before = row.clone();
    (row.photo.secret, row.photo.original_secret) = ("s3cret".into(), Some("0riginal".into()));
    row.photo.place = Some((47.123_456, 8.5));
    let written = db_row(&row);
    let text = Value::Object(written.clone()).to_string();
    for private in ["s3cret", "0riginal", "47.123456"] {
        assert!(!text.contains(private), "{private} in {text}");
    }
    let again = row_from_db("1", &written).expect("its id is a photo id");
    assert_eq!(again, before);
    assert!(same_row(&written, &db_row(&again)));
}

#[test]
fn rows_are_the_same_whenever_they_were_first_seen() {
    let ours = db_row(&read("1", json!({})));
    let later = db_row(&read("1", json!({ "pierrot_timestamp": "2025-01-01 00:00:00.000000", "mood": 1 })));
    assert!(same_row(&ours, &later));
    assert!(!same_row(&ours, &db_row(&read("1", json!({ "title": "Sea" })))));
}

fn rows_in(text: &str) -> Result<(u64, Vec<String>), String> {
    let mut ids = Vec::new();
    let count = each_row(text.as_bytes(), |id, _| ids.push(id))?;
    Ok((count, ids))
}

#[test]
fn each_row_hands_out_objects_only() {
    let ids = |count: u64, ids: &[&str]| Ok((count, ids.iter().map(|id| (*id).to_owned()).collect::<Vec<_>>()));
    assert_eq!(rows_in("{}"), ids(0, &[]));
    assert_eq!(rows_in(r#" {"2": {}, "1": {"a": 1}} "#), ids(2, &["2", "1"]));
    assert_eq!(rows_in(r#"{"_pierrot": {"through": 3}, "1": {}}"#), ids(1, &["1"]), "ours is no row");
    assert_eq!(rows_in(r#"{"1": 5, "2": [], "3": null, "4": {}}"#), ids(4, &["4"]), "counted, not handed out");
}

#[test]
fn each_row_refuses_what_is_not_one_whole_object() {
    let whole = r#"{"1": {"title": "Boats"}, "2": {}}"#;
    for cut in 0..whole.len() {
        assert!(rows_in(&whole[..cut]).is_err(), "{:?}", &whole[..cut]);
    }
    assert!(rows_in(whole).is_ok());
    for bad in ["[]", r#"[{"1": {}}]"#, "null", "5", r#""text""#, r#"{"1": {}} x"#, "{}{}", r#"{"1": {},}"#] {
        assert!(rows_in(bad).is_err(), "{bad}");
    }
}

fn catalogue_of(rows: Vec<Row>) -> (tempfile::TempDir, Catalogue) {
    let folder = tempfile::tempdir().expect("a folder of our own");
    let catalogue = Catalogue::open(&folder.path().join("catalogue.redb")).expect("the folder is writable");
    catalogue.import_rows(rows).expect("the folder is writable");
    (folder, catalogue)
}

fn parsed(bytes: &[u8]) -> Map<String, Value> {
    object(serde_json::from_slice(bytes).expect("a document is JSON"))
}

#[test]
fn the_database_has_every_field_of_the_first_pierrot_and_its_meta_vouches_for_it() {
    let mut ours = read("3", json!({ "url": null, "mood": 1 }));
    (ours.extra, ours.first_seen_us) = (String::new(), 1_710_179_310_291_404);
    let (_folder, catalogue) = catalogue_of(vec![read("1", json!({})), read("2", json!({ "mood": 1 })), ours]);
    catalogue.change_photo(&id("1"), |row| row.presence = Presence::Missing).expect("the folder is writable");
    let (bytes, count) = db(&catalogue).expect("it reads");
    let rows = parsed(&bytes);
    assert_eq!(rows.keys().map(String::as_str).collect::<Vec<_>>(), ["2", "3"], "what is gone is left out");
    for (id, row) in &rows {
        let row = row.as_object().expect("a row is an object");
        assert!(FIRST.iter().all(|name| row.contains_key(*name)), "{id}: {row:?}");
        assert_eq!(row["id"], id.as_str());
    }
    assert_eq!((&rows["2"]["mood"], &rows["3"]["pierrot_timestamp"]), (&json!(1), &json!(SEEN)));
    assert!(!rows.contains_key(OURS));
    assert_eq!(each_row(&bytes, |_, _| {}), Ok(count));

    let known = object(json!({ "photos": 99, "pierrot_db_sha256": "old", "future": [1] }));
    let meta = parsed(&meta(&sha256_hex(&bytes), count, known));
    let expected = json!({ "photos": 2, "pierrot_db_sha256": sha256_hex(&bytes), "future": [1] });
    assert_eq!(Value::Object(meta), expected);
}

#[test]
fn an_empty_catalogue_gives_an_empty_database() {
    let (_folder, catalogue) = catalogue_of(Vec::new());
    let (bytes, count) = db(&catalogue).expect("it reads");
    assert_eq!((parsed(&bytes), count), (Map::new(), 0));
    let bytes = wal(&catalogue, &Fold::default()).expect("it reads");
    let wal = parsed(&bytes);
    assert_eq!((wal.len(), &wal[OURS]["through"], &wal[OURS]["published"]), (1, &json!(0), &json!(0)));
    assert!(wal_is_untouched(&bytes, &wal));
}

fn about(attempt: &str, photo: &str, target: &str) -> About {
    About { attempt: AttemptId(attempt.into()), photo: id(photo), target: target.into(), account: None }
}

fn publish(attempt: &str, photo: &str, target: &str) -> [Fact; 3] {
    let about = about(attempt, photo, target);
    let frozen = Frozen {
        text: "Boats".into(),
        alt_text: String::new(),
        body: json!({ "text": "Boats" }),
        media_id: "9".into(),
        media_key: "3_9".into(),
        picture_sha256: "00".into(),
        cost_usd: 0.015,
        key: None,
    };
    [
        Fact::Claimed { about: about.clone(), number: 1, slot: format!("w-{attempt}"), look: None },
        Fact::Sending { about: about.clone(), frozen },
        Fact::Posted {
            about,
            post_id: format!("p-{attempt}"),
            post_url: format!("https://x.com/i/{attempt}"),
            text: "Boats".into(),
            seen: Seen::Answer,
        },
    ]
}

/// Folds facts written on 11 March 2024, a minute apart from 17:01.
fn fold_of(facts: impl IntoIterator<Item = Fact>) -> Fold {
    let mut fold = Fold::default();
    for fact in facts {
        let seq = fold.through() + 1;
        let entry = LogEntry {
            v: VERSION,
            seq,
            prev: fold.last_sha256().map(str::to_owned),
            at: format!("2024-03-11T17:{seq:02}:30.5Z"),
            computer: "a".into(),
            writer: "1".into(),
            fact,
        };
        let sha256 = sha256_hex(&entry.to_bytes());
        assert_eq!(fold.apply(seq, &sha256, &Read::Entry(Box::new(entry))), Ok(Verdict::Valid));
    }
    fold
}

#[test]
fn the_published_have_where_and_when() {
    let (_folder, catalogue) = catalogue_of(vec![read("1", json!({ "mood": 1 })), read("2", json!({}))]);
    let [claimed, sending, _] = publish("d", "2", "x");
    let facts = [publish("a", "1", "x"), publish("b", "1", "masto"), publish("c", "404", "x")];
    let fold = fold_of(facts.into_iter().flatten().chain([claimed, sending]));
    let bytes = wal(&catalogue, &fold).expect("it reads");
    let rows = parsed(&bytes);
    assert_eq!(rows.keys().map(String::as_str).collect::<Vec<_>>(), ["1", "404", OURS], "sending is not published");
    let one = rows["1"].as_object().expect("a row is an object");
    assert!(FIRST.iter().all(|name| one.contains_key(*name)), "{one:?}");
    assert_eq!((&one["mood"], &one["pierrot_timestamp"]), (&json!(1), &json!(SEEN)));
    assert_eq!(one["pierrot_wal_timestamp"], "2024-03-11 17:03:30.500000", "when it was first posted");
    let post = |attempt: &str, target: &str, at: &str| {
        json!({ "target": target, "account": null, "post_id": format!("p-{attempt}"),
            "post_url": format!("https://x.com/i/{attempt}"), "text": "Boats", "at": at })
    };
    let (a, b) = (post("a", "x", "2024-03-11T17:03:30.5Z"), post("b", "masto", "2024-03-11T17:06:30.5Z"));
    assert_eq!(one["pierrot_posts"], json!([a, b]), "in the order of the log");
    assert_eq!(rows["404"]["id"], "404", "a photo this computer does not know is there by its id");
    assert_eq!(rows["404"]["pierrot_wal_timestamp"], "2024-03-11 17:09:30.500000");
    let ours = &rows[OURS];
    assert_eq!((&ours["through"], &ours["published"]), (&json!(11), &json!(2)));
    assert_eq!(ours["sha256"].as_str(), fold.last_sha256());
    assert!(wal_is_untouched(&bytes, &rows));
    let text = String::from_utf8(bytes).expect("JSON is UTF-8");
    for edited in [text.replace("Boats", "Ships"), text.replace("\n}\n", ",\n  \"5\": 1\n}\n"), text.replace("  ", " ")]
    {
        assert!(!wal_is_untouched(edited.as_bytes(), &parsed(edited.as_bytes())), "{edited}");
    }
}

#[test]
fn an_imported_row_stays_as_the_first_pierrot_wrote_it() {
    let row = first("1", json!({ "pierrot_wal_timestamp": "2020-01-02 03:04:05.000006", "tweet": { "id": 1 } }));
    let odd = object(json!({ "nothing": "known", "pierrot_posts": "text" }));
    let published =
        Map::from_iter([("1".to_owned(), Value::Object(row.clone())), ("2".to_owned(), Value::Object(odd.clone()))]);
    let import = Fact::Imported { target: "x".into(), published, files: BTreeMap::new(), by_hand: false };
    let (_folder, catalogue) = catalogue_of(vec![read("1", json!({ "title": "A newer title" }))]);
    let rows = parsed(&wal(&catalogue, &fold_of([import.clone()])).expect("it reads"));
    assert_eq!((&rows["1"], &rows["2"]), (&Value::Object(row.clone()), &Value::Object(odd)));
    assert_eq!(serde_json::to_string(&rows["1"]).ok(), serde_json::to_string(&row).ok(), "its fields in their order");
    assert_eq!(rows[OURS]["published"], 2);

    let facts = [import].into_iter().chain(publish("a", "1", "masto")).chain(publish("b", "2", "masto"));
    let rows = parsed(&wal(&catalogue, &fold_of(facts)).expect("it reads"));
    for (name, value) in &row {
        assert_eq!(&rows["1"][name], value, "{name} after a post elsewhere");
    }
    assert_eq!(rows["1"]["pierrot_posts"][0]["post_id"], "p-a");
    assert_eq!(rows["2"]["pierrot_posts"][0]["post_id"], "p-b", "posts are a list, whatever stood there");
}

#[test]
fn a_found_document_is_an_object_or_says_why_not() {
    assert_eq!(read_document(None), Found::Nothing);
    assert_eq!(read_document(Some(br#"{"photos": 2}"#)), Found::Object(object(json!({ "photos": 2 }))));
    for bad in ["", "[]", "null", "{", "{} x"] {
        assert!(matches!(read_document(Some(bad.as_bytes())), Found::Unreadable(_)), "{bad:?}");
    }
}

#[test]
fn a_sealed_copy_is_named_by_its_bytes() {
    let name = sealed_name(DB, b"abc");
    assert_eq!(name, "imported/ba7816bf8f01cfea-pierrot-db.json", "the SHA-256 of abc begins so");
    assert_ne!(name, sealed_name(DB, b"abd"));
    assert_eq!(
        [DB, META, WAL],
        ["pierrot-db.json", "pierrot-meta.json", "pierrot-wal.json"],
        "names of the first Pierrot"
    );
}
