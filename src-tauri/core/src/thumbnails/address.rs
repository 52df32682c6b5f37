//! Where the picture for a thumbnail is, from what lists told about a photo.
//!
//! Invariant: the host is the origin handed in or the one of the photo's own large picture, never a part of an id or a
//! secret. Sizes up to 1024 share the photo's secret; larger ones have their own
//! (<https://www.flickr.com/services/api/misc.urls.html>).

use url::Url;

use super::Class;
use crate::{http::Reach, photo::Photo};

/// Flickr's host of pictures.
pub const FLICKR: &str = "https://live.staticflickr.com";
const ADDRESSES_MAX: usize = 4;
/// Suffixes and long sides, largest first.
const SIZES: [(&str, u32); 5] = [("_b", 1024), ("_z", 640), ("", 500), ("_m", 240), ("_t", 100)];

/// The origin of the photo's large picture when that is on this computer, as in the sandbox.
pub fn origin(photo: &Photo) -> Option<String> {
    let url = Url::parse(&photo.large.as_ref()?.url).ok()?;
    Reach::Loopback.check(&url).is_ok().then(|| url.origin().ascii_serialization())
}

/// The part of an address behind its host.
pub(super) fn path(url: &str) -> &str {
    url.split_once("://").and_then(|(_, rest)| rest.split_once('/')).map_or(url, |(_, path)| path)
}

/// The addresses to try, best first; the sizes a small original does not have are left out.
pub(super) fn addresses(photo: &Photo, class: Class, origin: Option<&str>) -> Vec<String> {
    let large = photo.large.as_ref().map(|large| large.url.clone());
    let widest = match class {
        Class::Grid => 640,
        Class::Large => 1024,
    };
    let original = photo.original_width.max(photo.original_height);
    let there = |side: u32| side <= widest && (original == 0 || side <= original || side == 100);
    let plain = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let origin = origin.filter(|_| plain(&photo.server) && plain(&photo.secret));
    let small = origin.into_iter().flat_map(|origin| {
        let Photo { id, server, secret, .. } = photo;
        let at = move |(suffix, _)| format!("{origin}/{server}/{id}_{secret}{suffix}.jpg");
        SIZES.into_iter().filter(|(_, side)| there(*side)).map(at).take(ADDRESSES_MAX - 1)
    });
    match class {
        Class::Grid => small.chain(large).collect(),
        Class::Large => large.into_iter().chain(small).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{photo::Large, thumbnails::tests::photo};

    #[test]
    fn the_smallest_useful_size_comes_first_and_the_secret_decides_nothing_about_the_host() {
        let mut photo = photo("53");
        let short = |found: Vec<String>| {
            found.iter().map(|url| url.replace("https://live.staticflickr.com/65535/53_abc", "~")).collect::<Vec<_>>()
        };
        assert_eq!(short(addresses(&photo, Class::Grid, Some(FLICKR))), ["~_z.jpg", "~.jpg", "~_m.jpg"]);
        assert_eq!(short(addresses(&photo, Class::Large, Some(FLICKR))), ["~_b.jpg", "~_z.jpg", "~.jpg"]);
        (photo.original_width, photo.original_height) = (400, 600);
        assert_eq!(short(addresses(&photo, Class::Grid, Some(FLICKR))), ["~.jpg", "~_m.jpg", "~_t.jpg"]);
        let url = "https://live.staticflickr.com/65535/53_other_k.jpg".to_owned();
        photo.large = Some(Large { url: url.clone(), width: 2048, height: 1365 });
        assert_eq!(addresses(&photo, Class::Large, Some(FLICKR))[0], url);
        assert_eq!(addresses(&photo, Class::Large, None), std::slice::from_ref(&url));
        photo.server = "@evil.example".into();
        assert_eq!(addresses(&photo, Class::Grid, Some(FLICKR)), [url]);
        photo.large = None;
        assert!(addresses(&photo, Class::Grid, Some(FLICKR)).is_empty());
    }

    #[test]
    fn only_this_computer_is_an_origin_of_its_own() {
        let mut photo = photo("53");
        for (url, expected) in [
            ("http://127.0.0.1:7001/65535/53_k.jpg", Some("http://127.0.0.1:7001")),
            ("https://live.staticflickr.com/65535/53_k.jpg", None),
            ("http://evil.example/53_k.jpg", None),
            ("nonsense", None),
        ] {
            photo.large = Some(Large { url: url.to_owned(), width: 1, height: 1 });
            assert_eq!(origin(&photo).as_deref(), expected, "{url}");
        }
    }
}
