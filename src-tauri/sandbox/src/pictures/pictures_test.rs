//! Generated pictures: the same for a seed, with their EXIF.

use crate::flickr::photos::Library;
use crate::flickr::sizes::Size;

use super::*;

fn render(index: u64, suffix: &str) -> (Photo, Bytes) {
    let photo = Library::new(1, 60).photo(index);
    let size = Size::by_suffix(suffix).expect("a size");
    let dimensions = size.of(&photo).expect("it exists");
    (photo.clone(), Pictures::new(&crate::Options::default()).render(&photo, size, dimensions))
}

#[test]
fn the_same_photo_gives_the_same_bytes() {
    for index in 0..6 {
        assert_eq!(render(index, "m").1, render(index, "m").1);
    }
    assert_ne!(render(0, "m").1, render(6, "m").1);
}

#[test]
fn every_scene_at_every_size_is_a_jpeg_of_the_announced_dimensions() {
    for index in 0..6 {
        for suffix in ["s", "q", "t", "n", "z", "b"] {
            let (photo, bytes) = render(index, suffix);
            let expected = Size::by_suffix(suffix).and_then(|size| size.of(&photo));
            let picture = image::load_from_memory_with_format(&bytes, image::ImageFormat::Jpeg).expect("a picture");
            assert_eq!(Some((picture.width(), picture.height())), expected, "{index} {suffix}");
        }
    }
}

#[test]
fn large_sizes_carry_camera_owner_and_place() {
    let located = (0..60).find(|index| Library::new(1, 60).photo(*index).location.is_some()).expect("some are");
    let (_, bytes) = render(located, "b");
    let find = |needle: &[u8]| bytes.windows(needle.len()).any(|window| window == needle);
    for needle in [b"Exif\0\0".as_slice(), b"http://ns.adobe.com/xap/1.0/", b"8BIM", b"Maren Holt", b"Copyright 20"] {
        assert!(find(needle), "{}", String::from_utf8_lossy(needle));
    }
    let serial = camera(1, located).serial.to_string();
    assert!(find(serial.as_bytes()));
    let (_, small) = render(located, "z");
    assert!(!small.windows(4).any(|window| window == b"Exif"));
}
