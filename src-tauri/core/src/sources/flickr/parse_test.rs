//! Odd, damaged and hostile answers of Flickr.

use proptest::prelude::*;
use rand::{Rng, SeedableRng};
use serde_json::json;

use super::*;
use crate::photo::Large;

/// A row as recorded, all extras.
fn row() -> Value {
    let mut row = recorded();
    row["url_k"] = json!("https://live.staticflickr.com/65535/1_2_k.jpg");
    (row["width_k"], row["height_k"]) = (json!("2048"), json!(1280));
    (row["width_o"], row["height_o"]) = (json!(2560), json!("1600"));
    row
}

fn recorded() -> Value {
    json!({"id":"10000000001","owner":"12345678@N01","secret":"a1b2c3d4e5","server":"2822","farm":3,"title":"Title",
        "ispublic":1,"isfriend":0,"isfamily":0,"description":{"_content":"It's a photo"},"license":"4",
        "dateupload":"1381061206","datetaken":"2013-10-06 14:06:41","datetakengranularity":"0","datetakenunknown":"0",
        "ownername":"name","iconserver":"8033","iconfarm":9,"originalsecret":"f1e2d3c4b5","originalformat":"jpg",
        "lastupdate":"1381067365","latitude":12.345678,"longitude":-1.234567,"accuracy":"11","context":0,
        "place_id":"..","woeid":"851128","geo_is_public":1,"tags":"foo vision:night=077","machine_tags":"","views":"0",
        "media":"photo","media_status":"ready","pathalias":null,"safety_level":"0","o_width":"2560","o_height":"1600"})
}

fn reply(rows: Value) -> Vec<u8> {
    json!({"photos":{"page":1,"pages":"3","perpage":500,"total":"1234","photo":rows},"stat":"ok"})
        .to_string()
        .into_bytes()
}

fn with(field: &str, value: Value) -> Page {
    let mut one = row();
    one[field] = value;
    page(&reply(json!([one])), "owner@N00").unwrap_or_else(|error| panic!("{field}: {error:?}"))
}

fn photo(field: &str, value: Value) -> Photo {
    let shown = format!("{field}: {value}");
    with(field, value).rows.into_iter().next().unwrap_or_else(|| panic!("{shown}"))
}

#[test]
fn a_recorded_row_is_read_whole() {
    let read = page(&reply(json!([row()])), "").expect("a page");
    assert_eq!((read.page, read.pages, read.total, read.skipped), (1, 3, 1234, 0));
    let expected = Photo {
        id: "10000000001".parse().expect("an id"),
        title: "Title".to_owned(),
        description: "It's a photo".to_owned(),
        tags: vec!["foo".to_owned(), "vision:night=077".to_owned()],
        owner: "12345678@N01".to_owned(),
        owner_alias: None,
        server: "2822".to_owned(),
        secret: "a1b2c3d4e5".to_owned(),
        original_secret: Some("f1e2d3c4b5".to_owned()),
        original_format: Some("jpg".to_owned()),
        original_width: 2560,
        original_height: 1600,
        large: Some(Large {
            url: "https://live.staticflickr.com/65535/1_2_k.jpg".to_owned(),
            width: 2048,
            height: 1280,
        }),
        uploaded_at: 1_381_061_206,
        updated_at: 1_381_067_365,
        taken: Some("2013-10-06 14:06:41".to_owned()),
        taken_granularity: 0,
        license: 4,
        place: Some((12.345678, -1.234567)),
        privacy: Privacy::Public,
        media: Media::Photo,
        safety: Some(0),
    };
    assert_eq!(read.rows, [expected]);
}

/// Values no field expects.
fn oddities() -> Vec<Value> {
    vec![
        json!(null),
        json!(true),
        json!(false),
        json!(0),
        json!(1),
        json!(-1),
        json!(1.5),
        json!(1e300),
        json!(18_446_744_073_709_551_615u64),
        json!(-9_223_372_036_854_775_808i64),
        json!(""),
        json!("x"),
        json!("0"),
        json!("2013"),
        json!(" 7 "),
        json!("1e5"),
        json!("NaN"),
        json!("\u{0}"),
        json!("\u{202e}gnp.exe"),
        json!("😀"),
        json!([]),
        json!([1, [2]]),
        json!({}),
        json!({"_content":"a"}),
        json!({"_content":null}),
        json!({"_content":{"_content":{"x":[1]}}}),
        json!({"a":1,"_content":7,"b":{}}),
        json!("é".repeat(40_000)),
    ]
}

#[test]
fn no_value_of_any_field_loses_the_page_or_its_neighbours() {
    let fields: Vec<String> = row().as_object().expect("an object").keys().cloned().collect();
    let mut cases = 0;
    for field in &fields {
        for value in oddities() {
            let mut odd = row();
            odd[field] = value.clone();
            let read =
                page(&reply(json!([row(), odd, row()])), "me@N00").unwrap_or_else(|e| panic!("{field} {value}: {e:?}"));
            assert_eq!(read.rows.len() + read.skipped as usize, 3, "{field} {value}");
            assert!(read.skipped == 0 || field == "id", "{field} {value}");
            let one = &read.rows[1.min(read.rows.len() - 1)];
            assert!(one.title.len() <= 8192 && one.description.len() <= 65536 && !one.title.contains('\0'), "{field}");
            cases += 1;
        }
        let mut without = row();
        without.as_object_mut().expect("an object").remove(field);
        let read = page(&reply(json!([without])), "me@N00").expect("a page");
        assert_eq!(read.skipped, u32::from(field == "id"), "{field} missing");
    }
    assert!(cases >= 300, "{cases}");
}

#[test]
fn a_row_that_is_no_photo_is_counted_and_skipped() {
    for (rows, good, skipped) in [
        (json!([]), 0, 0),
        (json!(null), 0, 0),
        (json!(""), 0, 0),
        (json!([null, 1, "x", true, [], [row()], 1.5, {}]), 0, 8),
        (json!([row(), null, row()]), 2, 1),
        (json!([{"id":"../x"}, {"id":""}, {"id":null}, {"id":-1.5}, {"id":{"_content":"77"}}, {"id":78}]), 2, 4),
        (row(), 1, 0),
        (json!([row(), row()]), 2, 0),
    ] {
        let read = page(&reply(rows.clone()), "me@N00").expect("a page");
        assert_eq!((read.rows.len(), read.skipped), (good, skipped), "{rows}");
    }
}

#[test]
fn numbers_come_as_numbers_or_as_text() {
    for (value, count) in
        [(json!(7), 7), (json!("7"), 7), (json!(7.0), 7), (json!("x"), 0), (json!(-7), 0), (json!(null), 0)]
    {
        for field in ["pages", "total", "page"] {
            let mut text: Value = serde_json::from_slice(&reply(json!([]))).expect("its own text");
            text["photos"][field] = value.clone();
            let read = page(text.to_string().as_bytes(), "").expect("a page");
            let found = match field {
                "pages" => u64::from(read.pages),
                "page" => u64::from(read.page),
                _ => read.total,
            };
            assert_eq!(found, count, "{field} {value}");
        }
        assert_eq!(u64::from(photo("width_k", value.clone()).large.expect("large").width), count);
    }
}

#[test]
fn each_fact_has_its_rules() {
    for (value, expected) in [
        (json!("photo"), Media::Photo),
        (json!(null), Media::Photo),
        (json!("video"), Media::Video),
        (json!("hologram"), Media::Other),
    ] {
        assert_eq!(photo("media", value).media, expected);
    }
    for (value, expected) in
        [(json!("ready"), Media::Photo), (json!(null), Media::Photo), (json!("pending"), Media::NotReady)]
    {
        assert_eq!(photo("media_status", value).media, expected);
    }
    for (value, expected) in
        [(json!(1), None), (json!("1"), None), (json!(true), None), (json!(0), Some(())), (json!(""), Some(()))]
    {
        assert_eq!(photo("datetakenunknown", value).taken.map(|_| ()), expected);
    }
    for (value, good) in [
        (json!("2013-10-06 14:06:41"), true),
        (json!("1890-01-01 00:00:00"), true),
        (json!("0000-00-00 00:00:00"), false),
        (json!("yesterday"), false),
        (json!("x".repeat(100)), false),
        (json!("20é3"), false),
    ] {
        assert_eq!(photo("datetaken", value.clone()).taken.is_some(), good, "{value}");
    }
    for (value, expected) in [
        (json!("2013"), 2013),
        (json!(1_381_061_206), 1_381_061_206),
        (json!("x"), 0),
        (json!(-5), 0),
        (json!(1e17), 0),
        (json!("99999999999999999999"), 0),
    ] {
        assert_eq!(photo("dateupload", value.clone()).uploaded_at, expected, "{value}");
    }
    for (value, good) in [
        (json!("https://live.staticflickr.com/a.jpg"), true),
        (json!("http://127.0.0.1:1/a.jpg"), true),
        (json!("javascript:alert(1)"), false),
        (json!("//host/a.jpg"), false),
        (json!("https://"), false),
        (json!("https://a b/"), false),
        (json!(""), false),
        (json!(7), false),
    ] {
        assert_eq!(photo("url_k", value.clone()).large.is_some(), good, "{value}");
    }
    for (value, expected) in
        [(json!("0"), Some(0)), (json!(2), Some(2)), (json!(9), Some(2)), (json!(null), None), (json!("x"), None)]
    {
        assert_eq!(photo("safety_level", value).safety, expected);
    }
    assert_eq!(photo("owner", json!("")).owner, "owner@N00", "the account asked for stands in");
    assert_eq!(photo("pathalias", json!("jane")).owner_alias.as_deref(), Some("jane"));
    assert_eq!(photo("width_o", json!(null)).original_width, 2560, "o_dims stands in");
    assert_eq!(photo("ispublic", json!(0)).privacy, Privacy::Private);
}

#[test]
fn no_place_is_not_the_gulf_of_guinea() {
    for (north, east, accuracy, good) in [
        (json!(0), json!(0), json!(0), false),
        (json!("0"), json!("0.0"), json!("0"), false),
        (json!(0), json!(0), json!(16), true),
        (json!("12.5"), json!(-1), json!("11"), true),
        (json!(91), json!(0), json!(11), false),
        (json!(0), json!(181), json!(11), false),
        (json!("NaN"), json!(1), json!(11), false),
        (json!("inf"), json!(1), json!(11), false),
        (json!(null), json!(1), json!(11), false),
    ] {
        let mut one = row();
        (one["latitude"], one["longitude"], one["accuracy"]) = (north.clone(), east, accuracy);
        let read = page(&reply(json!([one])), "").expect("a page");
        assert_eq!(read.rows[0].place.is_some(), good, "{north}");
    }
}

#[test]
fn texts_are_bounded_and_cut_between_characters() {
    let read = photo("title", json!("é".repeat(1_000_000)));
    assert_eq!(read.title.len(), 8192);
    let read = photo("description", json!({"_content": "😀".repeat(1_000_000)}));
    assert_eq!(read.description.len(), 65536);
    let read = photo("tags", json!(vec!["é".repeat(150); 700].join(" ")));
    assert_eq!((read.tags.len(), read.tags[0].len()), (500, 200));
    assert_eq!(photo("title", json!("a\u{0}b")).title, "ab");
    assert_eq!(photo("title", json!("\u{202e}<b>&#039;")).title, "\u{202e}<b>&#039;", "rendered as text, kept as told");
    assert_eq!(photo("secret", json!("a\nb")).secret, "ab");
}

#[test]
fn half_surrogates_and_their_like_do_not_fail_a_page() {
    let good = String::from_utf8(reply(json!([row(), row()]))).expect("UTF-8");
    for (damage, title) in [
        (r"\ud800", "\u{fffd}"),
        (r"a\udfffb", "a\u{fffd}b"),
        (r"\ud83d\ude00", "😀"),
        (r"\ud83d\u0041", "\u{fffd}A"),
        (r"\u0000", ""),
        ("\u{1}", " "),
    ] {
        let text = good.replacen("Title", damage, 1);
        let read = page(text.as_bytes(), "").unwrap_or_else(|error| panic!("{damage}: {error:?}"));
        assert_eq!((read.rows.len(), read.rows[0].title.as_str(), read.rows[1].title.as_str()), (2, title, "Title"));
    }
    let read = page(good.replacen("12.345678", "1e999", 1).as_bytes(), "").expect("a number beyond any range");
    assert_eq!((read.rows.len(), read.rows[0].place), (2, None));
    let twice = good.replacen("\"farm\":3", "\"title\":\"second\",\"title\":\"third\"", 1);
    assert_eq!(page(twice.as_bytes(), "").expect("a field twice").rows.len(), 2);
}

#[test]
fn a_failure_is_recognised_even_in_a_damaged_reply() {
    let fail = |code, message: &str| Unread::Fail { code, message: message.to_owned() };
    for (text, expected) in [
        (r#"{"stat":"fail","code":100,"message":"Invalid API Key"}"#, fail(100, "Invalid API Key")),
        (r#"{"stat":"fail","code":"98","message":{"_content":"x"}}"#, fail(98, "x")),
        (r#"{"stat":"fail","message":"Sorry, it is","code":201},"#, fail(201, "Sorry, it is")),
        (r#"{"stat" : "fail", "code" : "99","#, fail(99, "")),
        (r#"{"stat":"fail","message":"cut \"off\"""#, fail(0, "cut \"off\"")),
        (r#"{"stat":"fail"}"#, fail(-1, "")),
    ] {
        assert_eq!(page(text.as_bytes(), ""), Err(expected.clone()), "{text}");
        assert_eq!(info(text.as_bytes()).map(|_| ()), Err(expected), "{text}");
    }
    for text in [
        "",
        "{}",
        "null",
        "[]",
        "<html>",
        "{\"stat\":\"ok\"}",
        "{\"stat\":\"ok\",\"photos\":null}",
        "{\"stat\":\"maybe\"}",
        "{\"stat\":\"fail\"",
        "{\"stat\":\"ok\",\"photos\":{\"photo\":[]}},",
        "jsonFlickrApi({})",
        "{\"photos\":{}}",
        "{\"stat\":\"ok\",\"photos\":{\"title\":\"\\\"stat\\\":\\\"fail\\\",\\\"code\\\":100\"",
    ] {
        assert!(matches!(page(text.as_bytes(), ""), Err(Unread::Damaged(_))), "{text}");
        assert!(matches!(sizes(text.as_bytes()), Err(Unread::Damaged(_))), "{text}");
        assert!(matches!(who(text.as_bytes()), Err(Unread::Damaged(_))), "{text}");
        assert!(matches!(albums(text.as_bytes()), Err(Unread::Damaged(_))), "{text}");
    }
}

#[test]
fn one_photo_is_read_with_its_raw_tags() {
    let text = json!({"photo":{"id":"10000000001","secret":"a1b2","safety_level":"1","license":"0","originalsecret":"f1",
        "originalformat":"jpg","owner":{"nsid":"12345678@N01"},"title":{"_content":"T"},"description":{"_content":"D"},
        "visibility":{"ispublic":0,"isfriend":"1","isfamily":0},"dates":{"posted":"1381061206","lastupdate":"1379515261"},
        "tags":{"tag":[{"raw":"Old Town","_content":"oldtown"},{"_content":"sea"},"plain",null,7]},"media":"photo"},
        "stat":"ok"});
    let read = info(text.to_string().as_bytes()).expect("a photo");
    assert_eq!(read.tags, ["Old Town", "sea", "plain", "7"]);
    assert_eq!(
        (read.privacy, read.safety, read.media, read.updated_at),
        (Privacy::Friends, Some(1), Media::Photo, 1_379_515_261)
    );
    assert_eq!(
        (read.title.as_str(), read.owner.as_str(), read.original_secret.as_deref()),
        ("T", "12345678@N01", Some("f1"))
    );
    for (field, value, media) in [
        ("media", json!("video"), Media::Video),
        ("video", json!({"ready":0}), Media::Video),
        ("media_status", json!("pending"), Media::NotReady),
    ] {
        let mut text = text.clone();
        text["photo"][field] = value;
        assert_eq!(info(text.to_string().as_bytes()).expect("a photo").media, media, "{field}");
    }
    for field in text["photo"].as_object().expect("an object").keys() {
        for value in oddities() {
            let mut text = text.clone();
            text["photo"][field] = value.clone();
            assert!(info(text.to_string().as_bytes()).is_ok() || field == "id", "{field} {value}");
        }
    }
}

#[test]
fn sizes_of_videos_are_no_pictures() {
    let text = json!({"sizes":{"canblog":1,"size":[
        {"label":"Square","width":75,"height":"75","source":"https://live.staticflickr.com/1/a_s.jpg","media":"photo"},
        {"label":"Video Player","width":"","height":"","source":"https://www.flickr.com/x","media":"video"},
        {"label":"Large","width":1024,"height":768,"source":"javascript:x"},
        {"label":"Original","width":"4000","height":3000,"source":"https://live.staticflickr.com/1/a_o.jpg"},
        null]},"stat":"ok"});
    let read = sizes(text.to_string().as_bytes()).expect("sizes");
    let seen: Vec<_> =
        read.iter().map(|size| (size.label.as_str(), size.width, size.height, size.is_picture)).collect();
    let expected = [
        ("Square", 75, 75, true),
        ("Video Player", 0, 0, false),
        ("Large", 1024, 768, false),
        ("Original", 4000, 3000, true),
    ];
    assert_eq!(seen, expected);
}

#[test]
fn albums_and_their_photos_are_read() {
    let text = json!({"photosets":{"page":1,"pages":"1","photoset":[
        {"id":"72157","photos":"12","videos":1,"title":{"_content":"Sea"},"date_update":"0"}, {"id":null}, 3]},"stat":"ok"});
    let read = albums(text.to_string().as_bytes()).expect("albums");
    assert_eq!(read.albums, [Album { id: "72157".into(), title: "Sea".into(), count: 13, updated_at: 0 }]);
    let text = json!({"photoset":{"id":"72157","page":2,"pages":3,"total":"9","photo":[{"id":"1","isprimary":"1"},{"id":2},{}]},"stat":"ok"});
    let read = ids(text.to_string().as_bytes()).expect("ids");
    assert_eq!((read.page, read.pages, read.ids.len()), (2, 3, 2));
    assert_eq!(total(&reply(json!([]))), Ok(1234));
    let user = r#"{"user":{"id":"1@N01","username":{"_content":"jane"},"path_alias":null},"stat":"ok"}"#;
    assert_eq!(who(user.as_bytes()), Ok(Who { nsid: "1@N01".into(), username: "jane".into() }));
}

#[test]
fn damaged_bytes_never_panic() {
    let mut dice = rand_chacha::ChaCha8Rng::seed_from_u64(7);
    let (good, titled) = (reply(json!([row(), row()])), row().to_string().into_bytes());
    let odd = [b'"', b'\\', b'{', b'}', b'[', b']', b',', b':', 0, 0xff, 0xed, b'u', b'd', b'8', b'-', b'e'];
    for round in 0..30_000 {
        let mut bytes = good.clone();
        for _ in 0..4 {
            let at = dice.random_range(0..bytes.len());
            match dice.random_range(0..4) {
                0 => bytes[at] = odd[dice.random_range(0..odd.len())],
                1 => bytes[at] = dice.random(),
                2 => drop(bytes.splice(at..at, titled[..dice.random_range(0..20)].iter().copied())),
                _ => bytes.truncate(if round % 8 == 0 { at } else { bytes.len() }),
            }
            if bytes.is_empty() {
                break;
            }
        }
        let _ = page(&bytes, "");
        if round % 4 == 0 {
            let _ = (info(&bytes), sizes(&bytes), albums(&bytes), who(&bytes), ids(&bytes), total(&bytes));
        }
    }
}

proptest! {
    #[test]
    fn any_title_arrives(title in "\\PC{0,200}") {
        prop_assert_eq!(&photo("title", json!(title)).title, &title);
    }

    #[test]
    fn any_bytes_are_an_answer_or_damage(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = (page(&bytes, ""), info(&bytes));
    }
}

#[test]
fn a_flood_of_rows_stays_small() {
    let text = format!(r#"{{"stat":"ok","photos":{{"photo":[{{"id":1}}{}]}}}}"#, ",{}".repeat(1_000_000));
    let read = page(text.as_bytes(), "").expect("a page");
    assert_eq!((read.rows.len(), read.skipped), (1, 1_000_000));
    assert!(matches!(info(text.repeat(2).as_bytes()), Err(Unread::Damaged(_))), "too much for a tree");
}
