//! What a thumbnail promises: small, upright, without metadata, the same every time, and as strict as [`crate::prepare`].

use jpeg_encoder::{ColorType, SamplingFactor};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::jpeg_file::JpegFile;
use crate::samples::{self, CANARIES, Jpeg, contains};
use crate::{Limits, PictureError, Thumbnail, prepare, thumbnail};

fn small(picture: &[u8], side_max: u32) -> Thumbnail {
    thumbnail(picture, side_max).expect("a valid picture")
}

/// Colours at the centres of the quarters: top left, top right, bottom left, bottom right.
fn quarters(thumbnail: &Thumbnail) -> String {
    let pixels = image::load_from_memory(&thumbnail.jpeg).expect("a picture").to_rgb8();
    assert_eq!((pixels.width(), pixels.height()), (thumbnail.width, thumbnail.height));
    let (w, h) = (pixels.width(), pixels.height());
    [(w / 4, h / 4), (3 * w / 4, h / 4), (w / 4, 3 * h / 4), (3 * w / 4, 3 * h / 4)]
        .map(|(x, y)| match pixels.get_pixel(x, y).0.map(|value| value > 127) {
            [true, false, false] => 'r',
            [false, true, false] => 'g',
            [false, false, true] => 'b',
            [true, true, true] => 'w',
            _ => '?',
        })
        .iter()
        .collect()
}

#[test]
fn every_orientation_comes_out_upright_in_picture_and_hash() {
    // The colours of the quarters as seen by a viewer that honours the flag (EXIF 2.32, tag 274).
    let table = ["rgbw", "grwb", "wbgr", "bwrg", "rbgw", "brwg", "wgbr", "gwrb"];
    let plain = Jpeg { sampling: SamplingFactor::R_4_4_4, ..Jpeg::default() }.of(&samples::quarters(64, 32), 64, 32);
    for (orientation, expected) in (1u16..).zip(table) {
        let block = [b"Exif\0\0".as_slice(), &samples::exif(orientation, None, None)].concat();
        let picture = samples::with_segments(&plain, &[samples::segment(0xE1, &block)]);
        for side_max in [32, 480] {
            let made = small(&picture, side_max);
            assert_eq!(quarters(&made), expected, "orientation {orientation}");
            assert_eq!(made.width > made.height, orientation <= 4);
            let ratio = thumbhash::thumb_hash_to_approximate_aspect_ratio(&made.thumbhash).expect("a hash");
            assert_eq!(ratio > 1.0, orientation <= 4);
        }
    }
}

#[test]
fn nothing_but_the_colour_profile_comes_along() {
    let profile = samples::icc(b"RGB ", 3000);
    for (orientation, side_max) in [(1, 480), (6, 480), (1, 64)] {
        let made = small(&samples::loaded_jpeg(orientation, &profile), side_max);
        for canary in CANARIES.iter().copied().chain(["Ann Lee"]) {
            assert!(!contains(&made.jpeg, canary.as_bytes()), "{canary} at {side_max}");
        }
        let file = JpegFile::read(&made.jpeg).expect("valid");
        assert_eq!(file.icc().expect("the profile stays"), profile[..3000]);
    }
}

#[test]
fn every_kind_fits_and_none_is_enlarged() {
    let (rgb, rgba) = (samples::rgb(300, 200), samples::rgba(300, 200));
    let pictures = [
        samples::jpeg(300, 200),
        Jpeg { progressive: true, ..Jpeg::default() }.of(&rgb, 300, 200),
        Jpeg { color: ColorType::Luma, ..Jpeg::default() }.of(&rgb[..60_000], 300, 200),
        Jpeg { color: ColorType::Cmyk, ..Jpeg::default() }.of(&rgba, 300, 200),
        samples::png(&rgb, 300, 200, png::ColorType::Rgb, false),
        samples::png(&rgba, 300, 200, png::ColorType::Rgba, true),
        samples::webp(&rgba, 300, 200, image::ExtendedColorType::Rgba8),
        samples::gif(300, 200),
    ];
    for (index, picture) in pictures.iter().enumerate() {
        for (side_max, expected) in [(480, (300, 200)), (300, (300, 200)), (150, (150, 100)), (1, (1, 1)), (0, (1, 1))]
        {
            let made = small(picture, side_max);
            assert_eq!((made.width, made.height), expected, "picture {index} at {side_max}");
            let seen = image::load_from_memory(&made.jpeg).expect("a JPEG");
            assert_eq!((seen.width(), seen.height()), expected);
            assert!((5..=25).contains(&made.thumbhash.len()));
            assert_eq!(small(picture, side_max), made, "the same bytes in give the same bytes out");
        }
    }
}

#[test]
fn a_small_jpeg_keeps_its_image_data_and_a_wasteful_one_does_not() {
    let picture = samples::jpeg(160, 120);
    let made = small(&picture, 480);
    let parts = |bytes: &[u8]| {
        let file = JpegFile::read(bytes).expect("valid");
        file.picture_parts().iter().map(|part| part.to_vec()).collect::<Vec<_>>()
    };
    assert_eq!(parts(&picture), parts(&made.jpeg));
    assert_eq!(small(&made.jpeg, 480), made, "a thumbnail of a thumbnail is the same");
    let mut noise = vec![0; 3 * 200 * 200];
    ChaCha8Rng::seed_from_u64(1).fill(&mut noise[..]);
    let wasteful = Jpeg { sampling: SamplingFactor::R_4_4_4, ..Jpeg::default() }.of(&noise, 200, 200);
    assert!(small(&wasteful, 480).jpeg.len() * 2 < wasteful.len());
}

#[test]
fn what_cannot_be_prepared_has_no_thumbnail() {
    let whole = samples::jpeg(96, 64);
    for sixteenth in 0..16 {
        assert!(thumbnail(&whole[..whole.len() * sixteenth / 16], 480).is_err(), "cut at {sixteenth}/16");
    }
    assert!(matches!(thumbnail(b"<html>", 480), Err(PictureError::NotAPicture { .. })));
    let header = [&40_000u32.to_be_bytes()[..], &40_000u32.to_be_bytes(), &[8, 2, 0, 0, 0]].concat();
    let chunks = [samples::chunk(b"IHDR", &header), samples::chunk(b"IDAT", &[]), samples::chunk(b"IEND", &[])];
    let bomb = [b"\x89PNG\r\n\x1a\n".to_vec(), chunks.concat()].concat();
    assert!(matches!(thumbnail(&bomb, 480), Err(PictureError::TooLarge { .. })));
}

#[test]
fn damaged_pictures_are_refused_exactly_when_preparing_refuses_them() {
    let mut dice = ChaCha8Rng::seed_from_u64(20_261_125);
    let pictures = [samples::jpeg(96, 64), samples::loaded_jpeg(6, &samples::icc(b"RGB ", 3000)), samples::gif(96, 64)];
    for round in 0..600 {
        let mut bytes = pictures[round % pictures.len()].clone();
        for _ in 0..dice.random_range(1..8) {
            let at = dice.random_range(0..bytes.len());
            bytes[at] = dice.random();
        }
        let made = thumbnail(&bytes, 64);
        let limits = Limits { bytes_max: usize::MAX, side_max: 64 };
        assert_eq!(made.is_ok(), prepare(&bytes, &limits).is_ok(), "round {round}");
        assert!(made.is_err() || made.is_ok_and(|made| made.width.max(made.height) <= 64), "round {round}");
    }
}
