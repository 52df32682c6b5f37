//! Which size is taken, and what a picture server may answer.

use super::*;
use crate::http::Kind;
use crate::http::test_server::{Scripted, answer, cut_short, ok};

fn size(label: &str, width: u32, height: u32, name: &str) -> Size {
    let url = format!("https://live.staticflickr.com/1/{name}");
    Size { label: label.to_owned(), width, height, url, is_picture: true }
}

fn all() -> Vec<Size> {
    vec![
        size("Square", 75, 75, "s.jpg"),
        size("Large Square", 150, 150, "q.jpg"),
        size("Thumbnail", 100, 67, "t.jpg"),
        size("Medium 640", 640, 427, "z.jpg"),
        size("Large", 1024, 683, "b.jpg"),
        size("Large 1600", 1600, 1067, "h.jpg"),
        size("Large 2048", 2048, 1365, "k.jpg"),
        size("X-Large 4K", 4096, 2731, "4k.jpg"),
        size("Original", 6000, 4000, "o.jpg"),
    ]
}

fn labels(sizes: &[Size], side_max: u32) -> Vec<String> {
    best(sizes, side_max).into_iter().map(|size| size.label).collect()
}

#[test]
fn the_smallest_that_is_large_enough_comes_first() {
    let everything = ["X-Large 4K", "Large 2048", "Large 1600", "Large", "Medium 640"];
    assert_eq!(labels(&all(), 4096), everything);
    assert_eq!(labels(&all(), 2049), everything);
    assert_eq!(labels(&all(), 2048), everything[1..]);
    assert_eq!(labels(&all(), 1), ["Thumbnail"]);
    assert_eq!(labels(&all(), 5000)[..2], ["Original", "X-Large 4K"], "only the original reaches it");
}

#[test]
fn what_cannot_be_used_is_left_out() {
    let mut video = size("Video Original", 4000, 3000, "v.jpg");
    video.is_picture = false;
    assert_eq!(labels(&[video, size("Large", 1024, 700, "b.jpg")], 4096), ["Large"]);
    assert_eq!(labels(&[size("Original", 9000, 9000, "o.heic"), size("Large", 1024, 700, "b.jpg")], 4096), ["Large"]);
    assert_eq!(labels(&[size("Original", 100, 80, "o.png")], 4096), ["Original"], "small, but all there is");
    assert_eq!(labels(&[size("Original", 1024, 700, "o.png"), size("Large", 1024, 700, "b.jpg")], 4096), ["Large"]);
    assert_eq!(labels(&[size("Square", 75, 75, "s.jpg")], 4096), Vec::<String>::new());
    assert_eq!(labels(&[], 4096), Vec::<String>::new());
}

const JPEG: &[u8] = b"\xff\xd8\xff\xe0 a picture";

#[tokio::test]
async fn only_pictures_leave_here() {
    use PictureFetchError as E;
    let html = "Content-Type: text/html\r\n";
    let jpeg = "Content-Type: image/jpeg\r\n";
    let moved = |to: &str| answer(302, &format!("Location: {to}\r\n"), "");
    let not_a = |found: &str| Err(E::NotAPicture { found: found.to_owned() });
    for (name, script, expected) in [
        ("a picture", vec![answer(200, jpeg, JPEG)], Ok(JPEG.to_vec())),
        ("no type", vec![ok(JPEG)], Ok(JPEG.to_vec())),
        ("moved here", vec![moved("/b.jpg"), answer(200, jpeg, JPEG)], Ok(JPEG.to_vec())),
        ("404", vec![answer(404, "", "")], Err(E::Gone)),
        ("403", vec![answer(403, html, "no")], Err(E::Gone)),
        ("410", vec![answer(410, "", "")], Err(E::Gone)),
        ("429", vec![answer(429, "", "")], Err(E::TooMany { wait_s: None })),
        ("429 and a wait", vec![answer(429, "Retry-After: 7\r\n", "")], Err(E::TooMany { wait_s: Some(7) })),
        (
            "unavailable",
            vec![moved("/images/photo_unavailable_l.png"), answer(200, "", b"\x89PNG\r\n\x1a\n")],
            Err(E::Gone),
        ),
        ("html", vec![answer(200, html, "<html>")], not_a("text/html")),
        ("html in disguise", vec![answer(200, jpeg, "<html>")], not_a("<html>")),
        ("picture in disguise", vec![answer(200, html, JPEG)], not_a("text/html")),
        ("nothing", vec![answer(200, jpeg, "")], Err(E::NotAPicture { found: "an empty file".to_owned() })),
        ("cut", vec![cut_short(jpeg, JPEG)], Err(E::Broken)),
        ("closed", vec![Vec::new()], Err(E::Broken)),
        ("large", vec![answer(200, jpeg, [JPEG, &[0; 1000]].concat())], Err(E::TooLarge { cap: 1000 })),
        ("moved away", vec![moved("http://10.0.0.1/x")], Err(E::NotAllowed("http://10.0.0.1".to_owned()))),
    ] {
        let server = Scripted::start(script.clone()).await;
        let client = Client::new(Kind::Pictures, reach(&server.url("/rest"))).expect("a client");
        let found = download(&client, server.url("/a.jpg").as_str(), 1000).await;
        assert_eq!(found, expected, "{name}");
        assert_eq!(server.asked().len(), script.len(), "{name}: once each");
    }
    let server = Scripted::start(vec![answer(503, "", "")]).await;
    let client = Client::new(Kind::Pictures, Reach::Loopback).expect("a client");
    let error = download(&client, server.url("/a.jpg").as_str(), 1000).await.expect_err("busy");
    assert!(matches!(error, E::Unreachable(HttpError::Status { status: 503, .. })));
}

#[tokio::test]
async fn pictures_come_from_flickr_or_from_this_computer_never_both() {
    let api = |text: &str| reach(&Url::parse(text).expect("an address"));
    assert_eq!(api("http://127.0.0.1:9/rest"), Reach::Loopback);
    let public = api("https://api.flickr.com/services/rest/");
    assert_eq!(public, Reach::Public(vec!["staticflickr.com".to_owned()]));
    let client = Client::new(Kind::Pictures, public).expect("a client");
    for address in
        ["http://127.0.0.1:9/a.jpg", "https://api.flickr.com/a.jpg", "not an address", "https://evilstaticflickr.com/"]
    {
        let error = download(&client, address, 1000).await.expect_err("refused");
        assert!(matches!(error, PictureFetchError::NotAllowed(_)), "{address}");
    }
}
