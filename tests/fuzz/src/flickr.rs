//! Answers of Flickr, through the client that ships: pages, facts, sizes, EXIF, albums, users.

use std::{sync::Arc, time::Duration};

use pierrot_core::{
    http::{Kind, Reach},
    oauth::Stamp,
    photo::{Photo, PhotoId},
    secrets::Sensitive,
    sources::flickr::{ContentTypes, Flickr, FlickrKeys, FlickrSettings, Patience, no_limit},
};
use url::Url;

use crate::{
    answers::{network, wait},
    door, parts,
};

/// The longest title or description that is kept, in bytes, with room to spare.
const TEXT_BYTES_MAX: usize = 1 << 20;

pub fn run(input: &[u8]) {
    let (line, body) = parts(input);
    wait(ask(&client(line, body), door(line, 0, 9)));
}

fn client(line: &[u8], body: &[u8]) -> Flickr {
    let address = |text: &str| Url::parse(text).expect("a literal address");
    let secret = || Some(Sensitive::new("a-secret"));
    let keys =
        FlickrKeys { api_key: Sensitive::new("a-key"), api_secret: secret(), token: secret(), token_secret: secret() };
    let settings = FlickrSettings {
        api_url: address("https://api.flickr.com/services/rest/"),
        user: if door(line, 2, 2) == 0 { "me" } else { "https://www.flickr.com/photos/somebody/" }.into(),
        safe_search: 1,
        content_types: ContentTypes::default(),
    };
    let reach = Reach::of(&settings.api_url).expect("Flickr is public");
    let client = network(line, body).client(Kind::Api, reach).expect("a client without a network always starts");
    let stamps = Arc::new(|| Stamp { nonce: "n".into(), timestamp: 1_700_000_000 });
    let patience = Patience { tries: 2, first_wait: Duration::from_secs(1), ..Patience::default() };
    Flickr::new(settings, keys, client, stamps, no_limit(), 1).with_patience(patience)
}

async fn ask(flickr: &Flickr, door: usize) {
    let photo: PhotoId = "53121234567".parse().expect("digits");
    match door {
        0 => {
            let page = flickr.people_photos(1).await;
            page.iter().flat_map(|page| &page.rows).for_each(is_decent);
        }
        1 => drop(flickr.total().await),
        2 => {
            let page = flickr.recently_updated(1, 1).await;
            page.iter().flat_map(|page| &page.rows).for_each(is_decent);
        }
        3 => drop(flickr.info(&photo).await),
        4 => {
            drop(flickr.sizes(&photo).await.map(|sizes| pierrot_core::pictures::best(&sizes.unwrap_or_default(), 4096)))
        }
        5 => drop(flickr.exif(&photo).await),
        6 => drop(flickr.albums().await),
        7 => drop(flickr.album_photos("72157600000000000").await),
        _ => drop(flickr.test_login().await),
    }
}

/// Whatever Flickr said, a photo is fit to be kept.
fn is_decent(photo: &Photo) {
    for text in [&photo.title, &photo.description, &photo.owner] {
        assert!(!text.contains('\0') && text.len() <= TEXT_BYTES_MAX, "{text:?}");
    }
    let _ = (photo.page_url(), photo.ratio(), photo.picture_key());
}
