//! Where requests may go: names, addresses in every dress, answers of name servers, redirects.

use super::test_server::{Scripted, answer, ok};
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

const BAD: [&str; 105] = [
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
    "https://100.100.100.200/latest/meta-data/",
    "https://192.0.0.192/opc/v2/instance/",
    "https://168.63.129.16/machine",
    "https://metadata.google.internal/computeMetadata/v1/",
    "https://metadata/",
    "https://instance-data.ec2.internal/",
    "https://0251.0376.0251.0376/",
    "https://0xa9.0xfe.0xa9.0xfe/",
    "https://169.254.43518/",
    "https://169.254.169.254./",
    "https://127.0.0.1./",
    "https://localhost./",
    "https://[::ffff:169.254.169.254]/",
    "https://[::ffff:0:127.0.0.1]/",
    "https://[64:ff9b::a9fe:a9fe]/",
    "https://[64:ff9b:1::a9fe:a9fe]/",
    "https://[2001:0:7f00:1::]/",
    "https://[fd20:ce::254]/",
    "https://[fec0::1]/",
    "https://[ff02::1]/",
    "https://[::1]:443/",
    "https://１２７.０.０.１/",
    "https://ｌｏｃａｌｈｏｓｔ/",
    "https://user:live.staticflickr.com@169.254.169.254/",
    "https://live.staticflickr.com%23@127.0.0.1/",
    "https://live.staticflickr.com%5c@127.0.0.1/",
    "https:live.staticflickr.com@127.0.0.1",
    "https:///127.0.0.1/",
    "gopher://127.0.0.1:6379/_x",
    "ws://live.staticflickr.com/",
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
        ("168.63.129.15", true),
        ("168.63.129.16", false),
        ("169.254.169.254", false),
        ("172.15.0.1", true),
        ("172.16.0.1", false),
        ("172.31.255.255", false),
        ("172.32.0.1", true),
        ("192.0.0.1", false),
        ("192.0.2.1", false),
        ("192.168.0.1", false),
        ("198.18.0.1", false),
        ("192.88.99.1", false),
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
        ("64:ff9b::a9fe:a9fe", false),
        ("64:ff9b::a83f:8110", false),
        ("64:ff9b:1::1", false),
        ("::7f00:1", false),
        ("100::1", false),
        ("5f00::1", false),
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

fn found(addresses: &[&str]) -> Vec<SocketAddr> {
    addresses.iter().map(|ip| SocketAddr::new(ip.parse().expect("an address"), 0)).collect()
}

#[test]
fn of_the_answers_of_a_name_server_only_the_admitted_are_used() {
    for (answers, kept) in [
        (&["151.101.1.1", "2a04:4e42::347"][..], &["151.101.1.1", "2a04:4e42::347"][..]),
        (&["10.0.0.1", "151.101.1.1", "::1", "fd00::1"], &["151.101.1.1"]),
        (&["127.0.0.1"], &[]),
        (&["169.254.169.254", "::ffff:151.101.1.1"], &[]),
        (&["192.168.1.1", "fe80::1", "64:ff9b::10.0.0.1", "0.0.0.0", "168.63.129.16"], &[]),
        (&[], &[]),
    ] {
        let used = admitted(&pictures(), "live.staticflickr.com", found(answers).into_iter());
        let expected =
            if kept.is_empty() { Err(HttpError::NotAllowed("live.staticflickr.com".into())) } else { Ok(found(kept)) };
        assert_eq!(used, expected, "{answers:?}");
    }
    let used = admitted(&Reach::Loopback, "localhost", found(&["127.0.0.1", "::1", "10.0.0.1", "8.8.8.8"]).into_iter());
    assert_eq!(used, Ok(found(&["127.0.0.1", "::1"])), "this computer is not the network around it");
}

/// The first answer is harmless, the second is not: every answer is judged by itself, no name is trusted for its past.
#[test]
fn a_name_that_is_bound_anew_is_refused() {
    let mut judged = [&["151.101.1.1"][..], &["127.0.0.1"], &["151.101.1.1"]]
        .map(|answers| admitted(&pictures(), "live.staticflickr.com", found(answers).into_iter()).is_ok())
        .into_iter();
    assert_eq!((judged.next(), judged.next(), judged.next()), (Some(true), Some(false), Some(true)));
}

/// Every form a redirect may name, seen from a server on this computer, which may send on to this computer only.
#[tokio::test]
async fn a_redirect_leads_nowhere_else() {
    let elsewhere =
        ["http://10.0.0.1/", "http://192.168.1.1/", "http://169.254.169.254/", "http://0251.0376.0251.0376/"];
    let more = [
        "http://2852039166/",
        "http://0.0.0.0/",
        "http://[::ffff:127.0.0.1]/",
        "http://[fe80::1]/",
        "http://[fd00::1]/",
    ];
    let names =
        ["http://localhost./", "http://metadata.google.internal/", "//live.staticflickr.com/x", "ftp://127.0.0.1/"];
    let tricks =
        ["http://user@127.0.0.1/", "http://127.0.0.1:80@evil.example/", "file:///etc/passwd", "data:text/plain,x"];
    for place in BAD.iter().chain(&elsewhere).chain(&more).chain(&names).chain(&tricks) {
        let Ok(target) = Url::parse("http://127.0.0.1/").and_then(|base| base.join(place)) else { continue };
        if Reach::Loopback.check(&target).is_ok() {
            continue;
        }
        let server = Scripted::start(vec![answer(302, &format!("Location: {place}\r\n"), ""), ok("followed")]).await;
        let client = Client::new(Kind::Pictures, Reach::Loopback).expect("a client");
        let followed = client.get(&server.url("/")).await;
        // What is no address at all is answered as it is, and not followed either.
        let stayed = followed.as_ref().map_or(true, |answer| answer.status().as_u16() == 302);
        assert!(stayed && server.asked().len() == 1, "{place}: {followed:?}");
    }
}
