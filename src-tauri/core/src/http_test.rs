//! Which addresses may be reached, and how answers are bounded.

use super::test_server::{Scripted, answer, cut_short, ok};
use super::*;

fn pictures() -> Reach {
    Reach::Public(vec!["staticflickr.com".to_owned()])
}

fn allowed(reach: &Reach, text: &str) -> bool {
    Url::parse(text).is_ok_and(|url| reach.check(&url).is_ok())
}

#[test]
fn only_the_named_public_hosts_are_reached() {
    for good in [
        "https://live.staticflickr.com/1/2_3_b.jpg",
        "https://farm66.staticflickr.com/1/2_3.jpg",
        "https://staticflickr.com/",
        "https://live.staticflickr.com:443/x",
        "HTTPS://LIVE.STATICFLICKR.COM/x",
        "https://a.b.c.staticflickr.com/x?y=http://127.0.0.1/#@127.0.0.1",
        "https://live%2Estaticflickr.com/x",
        "https:\\\\live.staticflickr.com\\x",
        "https:live.staticflickr.com/x",
    ] {
        assert!(allowed(&pictures(), good), "{good}");
    }
    for bad in BAD {
        assert!(!allowed(&pictures(), bad), "{bad}");
    }
}

const BAD: [&str; 75] = [
    "http://live.staticflickr.com/x",
    "ftp://live.staticflickr.com/x",
    "file:///etc/passwd",
    "data:text/plain,x",
    "javascript:alert(1)",
    "https://evilstaticflickr.com/",
    "https://staticflickr.com.evil.example/",
    "https://live.staticflickr.com.evil.example/",
    "https://live-staticflickr.com/",
    "https://staticflickr.co/",
    "https://staticflickr.comm/",
    "https://xstaticflickr.com/",
    "https://.staticflickr.com.evil/",
    "https://live.staticflickr.com./x",
    "https://live.staticflickr.com:8443/x",
    "https://live.staticflickr.com:80/x",
    "https://live.staticflickr.com:22/x",
    "https://user@live.staticflickr.com/x",
    "https://user:password@live.staticflickr.com/x",
    "https://:password@live.staticflickr.com/x",
    "https://live.staticflickr.com@evil.example/x",
    "https://live.staticflickr.com%40evil.example/x",
    "https://live.staticflickr.com:443@127.0.0.1/x",
    "https://evil.example/live.staticflickr.com",
    "https://evil.example\\live.staticflickr.com",
    "https://evil.example#.staticflickr.com",
    "https://evil.example?.staticflickr.com",
    "https://evil.example/.staticflickr.com/",
    "https://xn--staticflickr-com.example/",
    "https://st\u{430}ticflickr.com/",
    "https://live.xn--sttic-flickr-0ib.com/",
    "https://staticflickr。com.evil.example/",
    "https://live.staticflickr%00.com/",
    "https://live.staticflickr.com%00.evil.example/",
    "https://live.staticflickr.com%2f.evil.example/",
    "https://live.staticflickr.com .evil.example/",
    "https://localhost/",
    "https://localhost.staticflickr.com.local/",
    "https://127.0.0.1/",
    "https://127.1/",
    "https://127.0.1/",
    "https://2130706433/",
    "https://0x7f000001/",
    "https://0x7f.0.0.1/",
    "https://0177.0.0.1/",
    "https://017700000001/",
    "https://0/",
    "https://0.0.0.0/",
    "https://10.0.0.1/",
    "https://172.16.0.1/",
    "https://192.168.1.1/",
    "https://100.64.0.1/",
    "https://169.254.169.254/latest/meta-data/",
    "https://2852039166/",
    "https://0xa9fea9fe/",
    "https://8.8.8.8/",
    "https://255.255.255.255/",
    "https://[::1]/",
    "https://[::]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[::ffff:7f00:1]/",
    "https://[::127.0.0.1]/",
    "https://[0:0:0:0:0:ffff:a9fe:a9fe]/",
    "https://[64:ff9b::7f00:1]/",
    "https://[fe80::1]/",
    "https://[fc00::1]/",
    "https://[fd00:ec2::254]/",
    "https://[2002:7f00:1::]/",
    "https://[2606:4700::1111]/",
    "https://[::1%25eth0]/",
    "https://①②⑦.⓪.⓪.①/",
    "https://127。0。0。1/",
    "https:///",
    "https://?",
    "//live.staticflickr.com/x",
];

#[test]
fn a_loopback_api_reaches_this_computer_only() {
    for (text, good) in [
        ("http://127.0.0.1:8080/x", true),
        ("https://127.0.0.1/x", true),
        ("http://127.8.9.1:1/x", true),
        ("http://localhost:8080/x", true),
        ("http://LOCALHOST/x", true),
        ("http://[::1]:9/x", true),
        ("http://2130706433/", true),
        ("http://[::ffff:127.0.0.1]/", false),
        ("http://localhost./", false),
        ("http://localhost.evil.example/", false),
        ("http://evil-localhost/", false),
        ("http://0.0.0.0/", false),
        ("http://10.0.0.1/", false),
        ("http://169.254.169.254/", false),
        ("http://user@127.0.0.1/", false),
        ("https://live.staticflickr.com/x", false),
        ("ftp://127.0.0.1/", false),
    ] {
        assert_eq!(allowed(&Reach::Loopback, text), good, "{text}");
    }
}

#[test]
fn the_settings_address_decides_the_reach() {
    let public = |host: &str| Some(Reach::Public(vec![host.to_owned()]));
    for (text, expected) in [
        ("https://api.flickr.com/services/rest/", public("api.flickr.com")),
        ("https://s3.example.org:9000", public("s3.example.org:9000")),
        ("http://127.0.0.1:8080/rest", Some(Reach::Loopback)),
        ("http://localhost/rest", Some(Reach::Loopback)),
        ("http://api.flickr.com/", None),
        ("https://10.0.0.1/", None),
        ("https://8.8.8.8/", None),
        ("https://key@api.flickr.com/", None),
        ("file:///x", None),
    ] {
        assert_eq!(Reach::of(&Url::parse(text).expect("an address")).ok(), expected, "{text}");
    }
    assert!(!allowed(&Reach::Public(vec![String::new()]), "https://evil.example/"), "an empty entry names nothing");
}

#[test]
fn a_name_that_becomes_a_private_address_is_refused() {
    for (text, public) in [
        ("8.8.8.8", true),
        ("151.101.1.1", true),
        ("0.0.0.0", false),
        ("10.1.2.3", false),
        ("100.63.255.255", true),
        ("100.64.0.1", false),
        ("100.127.255.255", false),
        ("100.128.0.1", true),
        ("127.0.0.1", false),
        ("127.255.255.255", false),
        ("169.254.169.254", false),
        ("172.15.0.1", true),
        ("172.16.0.1", false),
        ("172.31.255.255", false),
        ("172.32.0.1", true),
        ("192.0.0.1", false),
        ("192.0.2.1", false),
        ("192.168.0.1", false),
        ("198.18.0.1", false),
        ("198.51.100.1", false),
        ("203.0.113.1", false),
        ("224.0.0.1", false),
        ("240.0.0.1", false),
        ("255.255.255.255", false),
        ("2606:4700::1111", true),
        ("2a00:1450:4001::1", true),
        ("::", false),
        ("::1", false),
        ("::ffff:8.8.8.8", false),
        ("::ffff:127.0.0.1", false),
        ("64:ff9b::8.8.8.8", true),
        ("64:ff9b::10.0.0.1", false),
        ("64:ff9b:1::1", false),
        ("2002:808:808::1", true),
        ("2002:a00:1::1", false),
        ("2001::1", false),
        ("2001:db8::1", false),
        ("2001:4860:4860::8888", true),
        ("3fff::1", false),
        ("fc00::1", false),
        ("fd12:3456::1", false),
        ("fe80::1", false),
        ("fec0::1", false),
        ("ff02::1", false),
    ] {
        assert_eq!(is_public(text.parse().expect("an address")), public, "{text}");
    }
}

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
