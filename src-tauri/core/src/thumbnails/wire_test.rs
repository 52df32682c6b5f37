//! Thumbnails over the wire and through the whole: fetched once, kept, hashed, and what a server may answer instead.

use std::time::Duration;

use super::*;
use crate::{
    clock::SystemClock,
    http::{
        Kind, Reach,
        test_server::{Scripted, answer, ok},
    },
    photo::{Large, plain_photo},
};

pub(super) fn photo(id: &str) -> Photo {
    Photo { owner: "7@N00".into(), secret: "abc".into(), ..plain_photo(id) }
}

/// A GIF of 2 x 1 pixels, made by hand: a black and a white one.
const GIF: &[u8] = b"GIF89a\x02\0\x01\0\x80\0\0\0\0\0\xff\xff\xff\x2c\0\0\0\0\x02\0\x01\0\0\x02\x02\x44\x0a\0\x3b";

struct Scene {
    folder: tempfile::TempDir,
    server: Scripted,
}

impl Scene {
    async fn with(answers: Vec<Vec<u8>>) -> Self {
        Self { folder: tempfile::tempdir().expect("a folder"), server: Scripted::start(answers).await }
    }

    fn thumbnails(&self) -> Thumbnails {
        let client = Client::new(Kind::Pictures, Reach::Loopback).expect("a client");
        Thumbnails::new(self.folder.path().join("thumbnails"), 1 << 20, client, Arc::new(SystemClock))
    }

    fn origin(&self) -> String {
        format!("http://127.0.0.1:{}", self.server.port)
    }

    async fn ask(&self, thumbnails: &Thumbnails, photo: &Photo) -> Result<ThumbnailPicture, ThumbnailError> {
        thumbnails.get(photo, Some(&self.origin()), Class::Grid, 0).await
    }

    fn paths(&self) -> Vec<String> {
        let asked = self.server.asked();
        asked.iter().filter_map(|head| head.split(' ').nth(1).map(str::to_owned)).collect()
    }
}

#[tokio::test]
async fn a_thumbnail_is_fetched_once_and_outlives_a_restart() {
    let scene = Scene::with(vec![answer(404, "", ""), ok(GIF)]).await;
    let thumbnails = scene.thumbnails();
    let first = scene.ask(&thumbnails, &photo("53")).await.expect("there");
    assert!(first.bytes.starts_with(b"\xff\xd8\xff"), "always a JPEG");
    assert_eq!(scene.paths(), ["/65535/53_abc_z.jpg", "/65535/53_abc.jpg"], "then the next smaller size");
    let hashes = thumbnails.take_hashes(false);
    assert_eq!(hashes.len(), 1, "handed on at once when nothing else is under way");
    assert_eq!(hashes[0].version, Key::of(&photo("53"), Class::Grid).version);
    assert!(thumbnails.take_hashes(true).is_empty(), "once");
    for again in [thumbnails, scene.thumbnails()] {
        assert_eq!(scene.ask(&again, &photo("53")).await, Ok(first.clone()));
        assert_eq!(
            again.cache().await,
            ThumbnailCache { files: 1, bytes: first.bytes.len() as u64, bytes_max: 1 << 20 }
        );
    }
    assert_eq!(scene.paths().len(), 2, "from the disk");
    let cleared = scene.thumbnails();
    assert_eq!(cleared.clear().await.files, 0);
    scene.ask(&cleared, &photo("53")).await.expect("made again");
    assert_eq!(scene.paths().len(), 3);
}

#[tokio::test]
async fn a_replaced_photo_gets_a_new_thumbnail() {
    let scene = Scene::with(vec![ok(GIF)]).await;
    let thumbnails = scene.thumbnails();
    let old = scene.ask(&thumbnails, &photo("53")).await.expect("there");
    let replaced = Photo { secret: "def".into(), ..photo("53") };
    let new = scene.ask(&thumbnails, &replaced).await.expect("there");
    assert_ne!(old.etag, new.etag);
    assert_eq!(scene.paths(), ["/65535/53_abc_z.jpg", "/65535/53_def_z.jpg"]);
    let large = Photo {
        large: Some(Large { url: "http://127.0.0.1:1/9/53_x_k.jpg".into(), width: 1, height: 1 }),
        ..replaced.clone()
    };
    assert_eq!(Key::of(&large, Class::Grid), Key::of(&replaced, Class::Grid), "the grid does not depend on it");
    assert_ne!(Key::of(&large, Class::Large), Key::of(&replaced, Class::Large));
    let moved = Photo {
        large: Some(Large { url: "http://127.0.0.1:2/9/53_x_k.jpg".into(), width: 1, height: 1 }),
        ..large.clone()
    };
    assert_eq!(Key::of(&large, Class::Large), Key::of(&moved, Class::Large), "a sandbox on another port is the same");
}

#[tokio::test]
async fn trouble_is_told_and_not_repeated_at_once() {
    let later = |error: &ThumbnailError| matches!(error, ThumbnailError::TryLater { .. });
    let html = answer(200, "Content-Type: text/html\r\n", "<html>");
    type Expected = fn(&ThumbnailError) -> bool;
    let table: [(&str, Vec<u8>, usize, Expected); 5] = [
        ("gone", answer(404, "", ""), 3, |error| *error == ThumbnailError::Gone),
        ("busy", answer(503, "", ""), 1, later),
        ("closed", Vec::new(), 1, later),
        ("html", html, 1, |error| matches!(error, ThumbnailError::Unreadable(_))),
        ("torn", ok(&GIF[..20]), 1, |error| matches!(error, ThumbnailError::Unreadable(_))),
    ];
    for (name, script, requests, expected) in table {
        let scene = Scene::with(vec![script]).await;
        let thumbnails = scene.thumbnails();
        for _ in 0..2 {
            let error = scene.ask(&thumbnails, &photo("53")).await.expect_err(name);
            assert!(expected(&error), "{name}: {error:?}");
        }
        assert_eq!(scene.paths().len(), requests, "{name}");
        assert_eq!(thumbnails.cache().await.files, 0, "{name}");
    }
}

#[tokio::test]
async fn a_server_that_asks_for_a_pause_is_left_alone() {
    let scene = Scene::with(vec![answer(429, "Retry-After: 1\r\n", ""), ok(GIF)]).await;
    let thumbnails = scene.thumbnails();
    let error = scene.ask(&thumbnails, &photo("53")).await.expect_err("too many");
    assert!(matches!(error, ThumbnailError::TryLater { pause_s: Some(1), .. }), "{error:?}");
    let other = photo("54");
    let mut waiting = Box::pin(scene.ask(&thumbnails, &other));
    let early = tokio::time::timeout(Duration::from_millis(300), &mut waiting).await;
    assert!(early.is_err(), "it waits for the end of the pause");
    assert_eq!(scene.paths().len(), 1);
    waiting.await.expect("then it comes");
    assert_eq!(scene.paths().len(), 2);
}
