//! Calls, retries and stops against a scripted server.

use crate::secrets::Sensitive;
use std::sync::Mutex;
use std::time::Duration;

use super::*;
use crate::budget::Take;
use crate::error::Code;
use crate::http::test_server::{Scripted, answer, cut_short, ok};
use crate::http::{Client, Kind, Reach};
use crate::oauth::Stamp;

const ROWS: &str = r#"{"photos":{"page":1,"pages":1,"total":1,"photo":[{"id":"7","ispublic":1}]},"stat":"ok"}"#;

pub(super) fn stamps() -> Stamps {
    let count = Mutex::new(0);
    Arc::new(move || {
        let mut count = count.lock().expect("nobody panics here");
        *count += 1;
        Stamp { nonce: format!("nonce{count:011}"), timestamp: 1_795_000_000 }
    })
}

pub(super) fn keys(signed: bool) -> FlickrKeys {
    let some = |text: &str| signed.then(|| Sensitive::new(text));
    FlickrKeys {
        api_key: Sensitive::new("canary-key"),
        api_secret: some("canary-secret"),
        token: some("canary-token"),
        token_secret: some("canary-tokensecret"),
    }
}

fn flickr_with(server: &Scripted, user: &str, signed: bool, turn: Turn) -> Flickr {
    let settings = FlickrSettings {
        api_url: server.url("/services/rest/"),
        user: user.to_owned(),
        safe_search: 3,
        content_types: ContentTypes::default(),
    };
    let client = Client::new(Kind::Api, Reach::Loopback).expect("a client");
    let patience = Patience { first_wait: Duration::ZERO, ..Patience::default() };
    Flickr::new(settings, keys(signed), client, stamps(), turn, 1).with_patience(patience)
}

fn flickr(server: &Scripted, user: &str, signed: bool) -> Flickr {
    flickr_with(server, user, signed, no_limit())
}

fn fail(code: i64, message: &str) -> Vec<u8> {
    ok(format!(r#"{{"stat":"fail","code":{code},"message":"{message}"}}"#))
}

const BUSY: &str = "Sorry, the Flickr API service is not currently available.";

#[tokio::test]
async fn what_passes_is_tried_again_and_works() {
    let html = "<html><body><h1>429 Too Many Requests</h1></body></html>";
    for (name, bad) in [
        ("105", fail(105, "Service currently unavailable")),
        ("106", fail(106, "Write operation failed")),
        ("10", fail(10, "Sorry")),
        ("201", fail(201, BUSY)),
        ("0", fail(0, BUSY)),
        ("trailing comma", ok(format!(r#"{{"stat":"fail","message":"{BUSY}","code":201}},"#))),
        ("rows and a comma", ok(format!("{ROWS},"))),
        ("429", answer(429, "", html)),
        ("429 and a wait", answer(429, "Retry-After: 0\r\n", html)),
        ("500", answer(500, "", "oops")),
        ("502", answer(502, "", html)),
        ("503", answer(503, "Content-Type: text/html\r\n", "")),
        ("504", answer(504, "", ROWS)),
        ("408", answer(408, "", "")),
        ("html", ok(html)),
        ("nothing", ok("")),
        ("cut JSON", ok(&ROWS[..60])),
        ("cut body", cut_short("", &ROWS.as_bytes()[..60])),
        ("closed", Vec::new()),
        ("no HTTP", b"hello\r\n\r\n".to_vec()),
    ] {
        let server = Scripted::start(vec![bad.clone(), bad.clone(), bad.clone(), ok(ROWS)]).await;
        let source = flickr(&server, "me", true);
        let page = source.people_photos(1).await.unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!((page.rows.len(), source.calls(), server.asked().len()), (1, 4, 4), "{name}");

        let server = Scripted::start(vec![bad]).await;
        let source = flickr(&server, "me", true);
        let error = source.people_photos(1).await.expect_err("it lasts");
        assert_eq!((error.code(), source.calls()), (Code::TryLater, 4), "{name}: {error}");
    }
}

#[tokio::test]
async fn what_does_not_pass_is_said_at_once() {
    let sbs = "oauth_problem=signature_invalid&debug_sbs=GET&canary-token";
    for (name, bad, code, words) in [
        ("100", fail(100, "Invalid API Key (Key has expired)"), Code::SignInAgain, "expired"),
        ("96", fail(96, "Invalid signature"), Code::SignInAgain, "signature"),
        ("97", fail(97, "Missing signature"), Code::SignInAgain, "login"),
        ("98", fail(98, "Login failed / Invalid auth token"), Code::SignInAgain, "Invalid auth token"),
        ("99", fail(99, "Insufficient permissions"), Code::SignInAgain, "may not"),
        ("401", answer(401, "", sbs), Code::SignInAgain, "do not belong together"),
        ("401 token", answer(401, "", "oauth_problem=token_rejected"), Code::SignInAgain, "taken back"),
        ("401 bare", answer(401, "", ""), Code::SignInAgain, "no reason"),
        ("400", answer(400, "", "oauth_problem=parameter_absent"), Code::SignInAgain, "parameter absent"),
        ("1", fail(1, "Required arguments missing"), Code::FixSettings, "account"),
        ("2", fail(2, "Unknown user"), Code::FixSettings, "account"),
        ("5", fail(5, "User deleted"), Code::FixSettings, "account"),
        ("95", fail(95, "SSL is required"), Code::Failed, "95"),
        ("111", fail(111, "Format not found"), Code::Failed, "111"),
        ("112", fail(112, "Method not found"), Code::Failed, "112"),
        ("201 otherwise", fail(201, "Something else"), Code::Failed, "201"),
        ("302", answer(302, "Location: http://127.0.0.1:1/\r\n", ""), Code::Failed, "302"),
        ("403", answer(403, "", "<html>canary-key"), Code::Failed, "403"),
        (
            "403 with a code",
            answer(403, "", r#"{"stat":"fail","code":100,"message":"x"}"#),
            Code::SignInAgain,
            "API key",
        ),
        ("404", answer(404, "", ""), Code::Failed, "404"),
        (
            "damaged 98",
            ok(r#"{"stat":"fail","code":98,"message":"Invalid auth token","#),
            Code::SignInAgain,
            "auth token",
        ),
        ("a long wait", answer(429, "Retry-After: 61\r\n", ""), Code::TryLater, "too often"),
        ("a huge reply", ok(vec![b'x'; (16 << 20) + 1]), Code::TryLater, "bytes"),
    ] {
        let server = Scripted::start(vec![bad]).await;
        let source = flickr(&server, "me", true);
        let error = source.people_photos(1).await.expect_err("refused");
        assert_eq!((error.code(), source.calls(), server.asked().len()), (code, 1, 1), "{name}: {error}");
        let shown = format!("{error} {error:?} {}", error.what_now());
        assert!(shown.contains(words), "{name}: {shown}");
        assert!(!shown.contains("canary"), "{name}: {shown}");
    }
}

#[tokio::test]
async fn a_failure_that_lasts_ends_the_run_within_forty_calls() {
    let server = Scripted::start(vec![answer(503, "", "")]).await;
    let source = flickr(&server, "me", true);
    for page in 1..=50 {
        let error = source.people_photos(page).await.expect_err("it lasts");
        assert_eq!(error.code(), Code::TryLater);
    }
    assert_eq!(source.calls(), 12);
    let worst = Patience::default();
    assert!(worst.failing_max < Duration::from_secs(240) && worst.failures_max + 3 <= 40);
}

#[tokio::test]
async fn an_answer_starts_the_patience_anew() {
    let mut script = Vec::new();
    for _ in 0..10 {
        script.extend([answer(503, "", ""), answer(503, "", ""), answer(503, "", ""), ok(ROWS)]);
    }
    let server = Scripted::start(script).await;
    let source = flickr(&server, "me", true);
    for page in 1..=10 {
        source.people_photos(page).await.unwrap_or_else(|error| panic!("page {page}: {error}"));
    }
    assert_eq!(source.calls(), 40);
}

#[tokio::test]
async fn each_try_is_signed_afresh_and_shows_no_secret() {
    let server = Scripted::start(vec![answer(503, "", ""), ok(ROWS)]).await;
    let source = flickr(&server, "me", true);
    source.people_photos(3).await.expect("the second try");
    let asked = server.asked();
    assert!(asked[0].contains("oauth_nonce=nonce00000000001") && asked[1].contains("oauth_nonce=nonce00000000002"));
    for part in [
        "method=flickr.people.getPhotos",
        "user_id=me",
        "per_page=500",
        "page=3",
        "safe_search=3",
        "content_types=0",
        "format=json",
        "nojsoncallback=1",
        "oauth_signature=",
        "oauth_token=canary-token",
        "url_k",
    ] {
        assert!(asked[1].contains(part), "{part}: {}", asked[1]);
    }
    assert!(!asked[1].contains("api_key=") && !asked[1].contains("canary-secret") && !asked[1].contains("tokensecret"));
    assert!(!format!("{source:?}").contains("canary"));
}

#[tokio::test]
async fn a_key_alone_sees_what_is_public() {
    let user = ok(r#"{"user":{"id":"1@N01","nsid":"1@N01","username":{"_content":"jane"}},"stat":"ok"}"#);
    let denied = fail(99, "Insufficient permissions");
    let server = Scripted::start(vec![fail(1, "User not found"), user, denied, ok(ROWS)]).await;
    let source = flickr(&server, "jane", false);
    let page = source.people_photos(1).await.expect("public photos");
    assert_eq!(page.rows[0].owner, "1@N01", "the row names no owner");
    source.people_photos(2).await.expect("public photos");
    let asked = server.asked();
    let methods: Vec<_> = asked.iter().map(|head| between(head, "method=", "&")).collect();
    let public = "flickr.people.getPublicPhotos";
    assert_eq!(
        methods,
        ["flickr.people.findByUsername", "flickr.urls.lookupUser", "flickr.people.getPhotos", public, public]
    );
    assert!(asked.iter().all(|head| head.contains("api_key=canary-key") && !head.contains("oauth_")));

    let server = Scripted::start(vec![ok(ROWS)]).await;
    let source = flickr(&server, "1@N01", false);
    assert_eq!(source.total().await, Ok(1));
    assert_eq!(source.calls(), 1, "an unchanged key-only sync is one call");
    assert!(server.asked()[0].contains("per_page=1&"));
    for error in [source.recently_updated(5, 1).await.map(|_| ()), source.test_login().await.map(|_| ())] {
        assert_eq!(error.expect_err("needs a login").code(), Code::SignInAgain);
    }
    let nobody = flickr(&server, "me", false);
    assert_eq!(nobody.total().await.expect_err("me needs a login").code(), Code::SignInAgain);
    assert_eq!((source.calls(), nobody.calls()), (1, 0), "known without asking");
    let unknown = Scripted::start(vec![fail(1, "User not found")]).await;
    let error = flickr(&unknown, "nobody", false).total().await.expect_err("no such user");
    assert_eq!(error, FlickrError::NotFound { what: "the account \"nobody\"".to_owned() });
}

fn between<'a>(text: &'a str, start: &str, end: &str) -> &'a str {
    text.split_once(start).and_then(|(_, rest)| rest.split(end).next()).unwrap_or_default()
}

#[tokio::test]
async fn a_photo_that_is_gone_is_no_error() {
    let id: PhotoId = "7".parse().expect("an id");
    let server = Scripted::start(vec![fail(1, "Photo \\\"7\\\" not found (invalid ID)")]).await;
    let source = flickr(&server, "me", true);
    assert_eq!(source.info(&id).await, Ok(None));
    assert_eq!(source.sizes(&id).await, Ok(None));
    assert_eq!(source.calls(), 2);
    let server = Scripted::start(vec![fail(2, "Permission denied")]).await;
    assert_eq!(flickr(&server, "me", true).sizes(&id).await, Ok(None));
    assert!(flickr(&server, "me", true).info(&id).await.is_err());
}

#[tokio::test]
async fn albums_end_when_pages_repeat_or_lie() {
    let set = |ids: &[&str], pages: &str| {
        let rows: Vec<_> =
            ids.iter().map(|id| format!(r#"{{"id":"{id}","photos":1,"title":{{"_content":"A"}}}}"#)).collect();
        ok(format!(r#"{{"photosets":{{"pages":{pages},"photoset":[{}]}},"stat":"ok"}}"#, rows.join(",")))
    };
    for (script, albums, calls) in [
        (vec![set(&["1", "2"], "1")], 2, 1),
        (vec![set(&["1", "2"], "2"), set(&["2", "3"], "2")], 3, 2),
        (vec![set(&["1", "2"], "999")], 2, 2),
        (vec![set(&[], "5")], 0, 1),
        (vec![set(&["1"], "\"x\"")], 1, 1),
    ] {
        let server = Scripted::start(script).await;
        let source = flickr(&server, "me", true).with_nsid("1@N01");
        assert_eq!(source.albums().await.expect("albums").len(), albums);
        assert_eq!(source.calls(), calls);
        assert!(server.asked()[0].contains("user_id=1%40N01"));
    }
    let ids = |ids: &str| ok(format!(r#"{{"photoset":{{"page":1,"pages":"9","photo":[{ids}]}},"stat":"ok"}}"#));
    let server = Scripted::start(vec![ids(r#"{"id":"1"},{"id":"2"}"#), ids(r#"{"id":"2"}"#)]).await;
    let source = flickr(&server, "me", true).with_nsid("1@N01");
    assert_eq!(source.album_photos("72157").await.expect("photos").len(), 2);
    assert_eq!(source.calls(), 2);
}

#[tokio::test]
async fn a_call_waits_for_its_turn() {
    let asked = Arc::new(Mutex::new(0));
    let count = asked.clone();
    let turn: Turn = Arc::new(move || {
        let mut count = count.lock().expect("nobody panics here");
        *count += 1;
        if *count % 3 == 0 { Take::Go } else { Take::Wait(1) }
    });
    let server = Scripted::start(vec![ok(ROWS)]).await;
    let source = flickr_with(&server, "me", true, turn);
    source.people_photos(1).await.expect("a page");
    assert_eq!(*asked.lock().expect("nobody panics here"), 3);
    let spent = flickr_with(&server, "me", true, Arc::new(|| Take::Wait(1_800_000)));
    let error = spent.people_photos(1).await.expect_err("used up");
    assert_eq!((error, spent.calls()), (FlickrError::AllowanceSpent { minutes: 30 }, 0));
    let never = flickr_with(&server, "me", true, Arc::new(|| Take::Wait(0)));
    assert_eq!(never.total().await.expect_err("never its turn").code(), Code::TryLater);
}

#[tokio::test]
async fn nobody_listening_is_try_later() {
    let mut server = Scripted::start(Vec::new()).await;
    server.port = 1;
    let error = flickr(&server, "me", true).test_login().await.expect_err("nobody there");
    assert_eq!(error.code(), Code::TryLater);
    let settings = FlickrSettings {
        api_url: Url::parse("http://10.0.0.1/").expect("an address"),
        user: "me".to_owned(),
        safe_search: 1,
        content_types: ContentTypes::default(),
    };
    let client = Client::new(Kind::Api, Reach::Loopback).expect("a client");
    let source = Flickr::new(settings, keys(true), client, stamps(), no_limit(), 1);
    assert_eq!(source.test_login().await.expect_err("not allowed").code(), Code::FixSettings);
    assert_eq!(source.calls(), 1);
}

#[tokio::test]
async fn every_call_may_run_on_any_thread() {
    fn sendable<T: Send>(future: T) -> T {
        future
    }
    let server = Scripted::start(vec![fail(98, "x")]).await;
    let source = flickr(&server, "me", true);
    let id: PhotoId = "7".parse().expect("an id");
    assert!(sendable(source.people_photos(1)).await.is_err());
    assert!(sendable(source.recently_updated(1, 1)).await.is_err());
    assert!(sendable(source.total()).await.is_err());
    assert!(sendable(source.info(&id)).await.is_err());
    assert!(sendable(source.sizes(&id)).await.is_err());
    assert!(sendable(source.albums()).await.is_err());
    assert!(sendable(source.album_photos("1")).await.is_err());
    assert!(sendable(source.test_login()).await.is_err());
}
