//! The sizes of a picture: suffixes, names, pixel dimensions and addresses.
//!
//! Invariant: a size exists only when the original is larger than it; `h`, `k` and `o` need the download right.
//! Absent: 3k to 6k, which no Pierrot setting asks for.

use super::Flickr;
use super::photos::{Photo, secret_of};

/// One size Flickr makes.
#[derive(Debug)]
pub(crate) struct Size {
    pub(crate) suffix: &'static str,
    pub(crate) extra: &'static str,
    pub(crate) label: &'static str,
    /// Longest edge in pixels; 0 for the original.
    pub(crate) edge: u32,
    pub(crate) square: bool,
}

const fn size(suffix: &'static str, extra: &'static str, label: &'static str, edge: u32, square: bool) -> Size {
    Size { suffix, extra, label, edge, square }
}

/// All sizes in the order of getSizes.
pub(crate) const SIZES: [Size; 13] = [
    size("s", "sq", "Square", 75, true),
    size("q", "q", "Large Square", 150, true),
    size("t", "t", "Thumbnail", 100, false),
    size("m", "s", "Small", 240, false),
    size("n", "n", "Small 320", 320, false),
    size("w", "w", "Small 400", 400, false),
    size("", "m", "Medium", 500, false),
    size("z", "z", "Medium 640", 640, false),
    size("c", "c", "Medium 800", 800, false),
    size("b", "l", "Large", 1024, false),
    size("h", "h", "Large 1600", 1600, false),
    size("k", "k", "Large 2048", 2048, false),
    size("o", "o", "Original", 0, false),
];

impl Size {
    /// The size with this file suffix.
    pub(crate) fn by_suffix(suffix: &str) -> Option<&'static Size> {
        SIZES.iter().find(|size| size.suffix == suffix)
    }

    /// Width and height of the file; `None` when this size does not exist or may not be had.
    pub(crate) fn of(&self, photo: &Photo) -> Option<(u32, u32)> {
        let (width, height) = photo.size;
        if !photo.can_download && (self.edge == 0 || self.edge > 1024) {
            return None;
        }
        if self.edge == 0 {
            return Some(if photo.orientation >= 5 { (height, width) } else { (width, height) });
        }
        if self.square {
            return Some((self.edge, self.edge));
        }
        let longest = width.max(height);
        (longest > self.edge || self.edge == 100).then(|| {
            let scale = |side: u32| (u64::from(side) * u64::from(self.edge) / u64::from(longest)).max(1) as u32;
            if width >= height { (self.edge, scale(height)) } else { (scale(width), self.edge) }
        })
    }

    /// True when the width is the edge the size is named after (the other side is computed).
    pub(crate) fn is_wide(photo: &Photo) -> bool {
        photo.size.0 >= photo.size.1
    }

    /// The address of the file.
    pub(crate) fn url(&self, flickr: &Flickr, photo: &Photo) -> String {
        self.url_with(flickr, photo, &secret_of(flickr.seed, photo, self.suffix))
    }

    /// True when this size is opened by the photo's common secret.
    pub(crate) fn shares_secret(&self) -> bool {
        !matches!(self.suffix, "h" | "k" | "o")
    }

    /// The address of the file with a secret that is known already.
    pub(crate) fn url_with(&self, flickr: &Flickr, photo: &Photo, secret: &str) -> String {
        let joint = if self.suffix.is_empty() { "" } else { "_" };
        format!("{}/{}/{}_{secret}{joint}{}.jpg", flickr.static_url, server(photo), photo.id, self.suffix)
    }
}

/// The number of the server a photo lies on.
pub(crate) fn server(photo: &Photo) -> &'static str {
    if photo.index.is_multiple_of(9) { "8191" } else { "65535" }
}

/// The number of the farm a photo lies on.
pub(crate) fn farm(photo: &Photo) -> u32 {
    if photo.index.is_multiple_of(9) { 9 } else { 66 }
}
