//! How clients connect, follow and give up, and how answers are bounded.

use super::test_server::{Scripted, answer, cut_short, ok};
use super::*;

#[tokio::test]
async fn a_public_client_never_connects_to_this_computer() {
    let server = Scripted::start(vec![ok("hello")]).await;
    // As if the name in the list resolved to this computer: rebinding.
    let reach = Reach::Public(vec![format!("localhost:{}", server.port)]);
    let client = Client::new(Kind::Api, reach).expect("a client");
    let address = Url::parse(&format!("https://localhost:{}/", server.port)).expect("an address");
    let error = client.get(&address).await.expect_err("refused");
    assert_eq!(error, HttpError::NotAllowed("localhost".to_owned()));
    assert!(server.asked().is_empty(), "no byte was sent");
}

#[tokio::test]
async fn redirects_stay_within_the_reach_and_end() {
    let to = |place: &str| answer(302, &format!("Location: {place}\r\n"), "");
    let server = Scripted::start(vec![to("/1"), to("/2"), to("/3"), ok("end")]).await;
    let client = Client::new(Kind::Pictures, Reach::Loopback).expect("a client");
    let response = client.get(&server.url("/0")).await.expect("three redirects are fine");
    assert_eq!(read_capped(response, 10).await.expect("a body"), b"end");

    for (kind, script, requests) in [
        (Kind::Pictures, vec![to("/again")], 4),
        (Kind::Pictures, vec![to("http://169.254.169.254/")], 1),
        (Kind::Pictures, vec![to("https://live.staticflickr.com/x")], 1),
        (Kind::Pictures, vec![to("http://user@127.0.0.1/")], 1),
    ] {
        let server = Scripted::start(script).await;
        let client = Client::new(kind, Reach::Loopback).expect("a client");
        let error = client.get(&server.url("/")).await.expect_err("refused");
        assert!(matches!(error, HttpError::NotAllowed(_)), "{error:?}");
        assert_eq!(server.asked().len(), requests);
    }
    let server = Scripted::start(vec![to("/x")]).await;
    let client = Client::new(Kind::Api, Reach::Loopback).expect("a client");
    let response = client.get(&server.url("/")).await.expect("an answer");
    assert_eq!((response.status().as_u16(), server.asked().len()), (302, 1), "an API is not followed");
}

#[tokio::test]
async fn a_request_is_sent_once_whatever_happens() {
    for kind in [Kind::Api, Kind::Once, Kind::Pictures] {
        let server = Scripted::start(vec![Vec::new()]).await;
        let client = Client::new(kind, Reach::Loopback).expect("a client");
        let request = client.request(Method::POST, &server.url("/")).expect("allowed").body("x");
        let error = client.send(request).await.expect_err("the server closes");
        assert!(matches!(error, HttpError::Lost { .. }) && !error.never_left(), "{error:?}");
        assert_eq!(server.asked().len(), 1);
        assert!(server.asked()[0].contains("user-agent: Pierrot/"), "{}", server.asked()[0]);
    }
}

#[tokio::test]
async fn nobody_listening_proves_that_nothing_left() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("bound").port();
    drop(listener);
    let client = Client::new(Kind::Api, Reach::Loopback).expect("a client");
    let address = Url::parse(&format!("http://127.0.0.1:{port}/?secret=canary")).expect("an address");
    let error = client.get(&address).await.expect_err("nobody there");
    assert!(error.never_left() && error.is_retryable(), "{error:?}");
    assert!(!format!("{error} {error:?}").contains("canary"));
}

#[tokio::test]
async fn a_body_is_counted_after_decompression() {
    let client = Client::new(Kind::Api, Reach::Loopback).expect("a client");
    let server = Scripted::start(vec![ok(vec![b'x'; 1000])]).await;
    for (cap, good) in [(1000, true), (999, false), (0, false)] {
        let response = client.get(&server.url("/")).await.expect("an answer");
        assert_eq!(read_capped(response, cap).await.is_ok(), good, "{cap}");
    }
    let packed = answer(200, "Content-Encoding: gzip\r\n", BOMB);
    let server = Scripted::start(vec![packed]).await;
    for (cap, good) in [(10_000, true), (9_999, false)] {
        let response = client.get(&server.url("/")).await.expect("an answer");
        assert_eq!(read_capped(response, cap).await.map(|bytes| bytes.len()).ok(), good.then_some(10_000), "{cap}");
    }
    let endless = b"HTTP/1.1 200 X\r\nConnection: close\r\n\r\n".iter().copied().chain([b'x'; 5000]).collect();
    let server = Scripted::start(vec![endless, cut_short("", b"abc")]).await;
    let response = client.get(&server.url("/")).await.expect("an answer");
    assert!(matches!(read_capped(response, 4000).await, Err(HttpError::TooLarge { .. })));
    let response = client.get(&server.url("/")).await.expect("an answer");
    assert!(matches!(read_capped(response, 4000).await, Err(HttpError::Lost { .. })));
}

/// 10,000 letters x.
const BOMB: &[u8] = &GZIP;

#[tokio::test]
async fn a_drip_is_too_slow() {
    let start = Instant::now();
    for (chunks, good) in [
        (vec![(29, 1)], true),
        (vec![(10, 1), (20, 1), (31, 1)], false),
        (vec![(10, 40_000), (31, 1)], true),
        (vec![(31, 40_000), (45, 1), (62, 1)], false),
        (vec![(31, 40_000), (45, 1), (62, 40_000)], true),
    ] {
        let mut pace = Pace::start(start);
        let kept = chunks.iter().all(|(at, bytes)| pace.keeps_up(start + Duration::from_secs(*at), *bytes));
        assert_eq!(kept, good, "{chunks:?}");
    }
}

#[test]
fn a_snippet_is_one_short_printable_line() {
    assert_eq!(snippet(b"<html>\r\n\t<b>\x00\x1b[31mno\xff"), "<html> <b> [31mno\u{fffd}");
    assert!(snippet(&[b'x'; 100_000]).len() <= 160);
}

const GZIP: [u8; 45] = [
    31, 139, 8, 0, 0, 0, 0, 0, 2, 3, 237, 193, 1, 13, 0, 0, 0, 194, 160, 218, 143, 111, 14, 55, 160, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 224, 223, 0, 163, 164, 85, 13, 16, 39, 0, 0,
];
