//! What a prepared picture promises: stripped, upright, within limits, untouched where possible.

use jpeg_encoder::{ColorType, SamplingFactor};
use proptest::prelude::*;

use crate::decode;
use crate::jpeg_file::JpegFile;
use crate::png_file::PngFile;
use crate::samples::{self, CANARIES, Jpeg, contains};
use crate::{Kept, Limits, PictureError, Prepared, prepare};

fn limits(bytes_max: usize, side_max: u32) -> Limits {
    Limits { bytes_max, side_max }
}

fn ready(picture: &[u8]) -> Prepared {
    prepare(picture, &Limits::default()).expect("a valid picture is prepared")
}

fn kept(creator: &str, copyright: &str) -> Kept {
    Kept { creator: Some(creator.to_owned()), copyright: Some(copyright.to_owned()) }
}

fn assert_clean(prepared: &Prepared) {
    for canary in CANARIES {
        assert!(!contains(&prepared.bytes, canary.as_bytes()), "{canary} came out of {}", prepared.mime);
    }
}

/// Colours at the centres of the four quarters of a prepared JPEG or PNG: top left, top right, bottom left, bottom right.
fn corner_colours(prepared: &Prepared) -> [char; 4] {
    let image = image::load_from_memory(&prepared.bytes).expect("the result is a picture").to_rgb8();
    assert_eq!((image.width(), image.height()), (prepared.width, prepared.height));
    let (w, h) = (image.width(), image.height());
    [(w / 4, h / 4), (3 * w / 4, h / 4), (w / 4, 3 * h / 4), (3 * w / 4, 3 * h / 4)].map(|(x, y)| {
        match image.get_pixel(x, y).0.map(|value| value > 127) {
            [true, false, false] => 'r',
            [false, true, false] => 'g',
            [false, false, true] => 'b',
            [true, true, true] => 'w',
            _ => '?',
        }
    })
}

#[test]
fn a_jpeg_that_fits_keeps_its_scans_byte_for_byte_and_loses_everything_private() {
    let profile = samples::icc(b"RGB ", 9000);
    let picture = samples::loaded_jpeg(1, &profile);
    let prepared = ready(&picture);
    assert!(!prepared.reencoded);
    assert_eq!((prepared.mime, prepared.width, prepared.height), ("image/jpeg", 160, 120));
    assert_eq!(prepared.kept, kept("Ann Lee", "(c) 2024 Ann Lee"));
    assert_clean(&prepared);
    let before = JpegFile::read(&picture).expect("valid");
    let after = JpegFile::read(&prepared.bytes).expect("valid");
    assert_eq!(before.picture_parts(), after.picture_parts());
    assert_eq!(after.icc().expect("the profile stays"), profile[..9000]);
    assert!(prepared.bytes.ends_with(&[0xFF, 0xD9]));
    assert_eq!(ready(&picture), prepared, "the same bytes in give the same bytes out");
    assert_eq!(ready(&prepared.bytes), prepared, "preparing twice changes nothing");
}

#[test]
fn a_jpeg_that_is_encoded_again_keeps_only_maker_and_profile() {
    let profile = samples::icc(b"RGB ", 70_000);
    let prepared = prepare(&samples::loaded_jpeg(6, &profile), &limits(5_000_000, 100)).expect("a valid picture");
    assert!(prepared.reencoded);
    assert_eq!((prepared.width, prepared.height), (75, 100));
    assert_clean(&prepared);
    let file = JpegFile::read(&prepared.bytes).expect("valid");
    assert_eq!(file.icc().expect("the profile stays"), profile[..70_000]);
    assert_eq!(ready(&prepared.bytes).kept, kept("Ann Lee", "(c) 2024 Ann Lee"));
}

#[test]
fn every_orientation_comes_out_upright() {
    // The colours of the quarters as seen by a viewer that honours the flag (EXIF 2.32, tag 274).
    let table = ["rgbw", "grwb", "wbgr", "bwrg", "rbgw", "brwg", "wgbr", "gwrb"];
    let plain = Jpeg { sampling: SamplingFactor::R_4_4_4, ..Jpeg::default() }.of(&samples::quarters(64, 32), 64, 32);
    let png = samples::png(&samples::quarters(64, 32), 64, 32, png::ColorType::Rgb, false);
    for (orientation, expected) in (1u16..).zip(table) {
        let block = samples::exif(orientation, None, None);
        let jpeg = samples::with_segments(&plain, &[samples::segment(0xE1, &[b"Exif\0\0", block.as_slice()].concat())]);
        let png = samples::with_chunks(&png, &[samples::chunk(b"eXIf", &block)]);
        for picture in [jpeg, png] {
            let prepared = ready(&picture);
            assert_eq!(corner_colours(&prepared).iter().collect::<String>(), expected, "orientation {orientation}");
            assert_eq!(prepared.width > prepared.height, orientation <= 4);
            assert_eq!(prepared.reencoded, orientation != 1);
            assert_clean(&prepared);
        }
    }
}

#[test]
fn maker_facts_come_from_exif_then_xmp_then_iptc() {
    let exif = |artist, copyright| {
        samples::segment(0xE1, &[b"Exif\0\0".as_slice(), &samples::exif(1, artist, copyright)].concat())
    };
    let packet = samples::xmp("XR &amp; Co", ["X1", "X2"]);
    let xmp = samples::segment(0xE1, &[b"http://ns.adobe.com/xap/1.0/\0".as_slice(), packet.as_bytes()].concat());
    let iptc = samples::segment(0xED, &[b"Photoshop 3.0\0".as_slice(), &samples::photoshop("IB", "IC")].concat());
    let table = [
        (vec![exif(Some("EA"), Some("EC")), xmp.clone(), iptc.clone()], kept("EA", "EC")),
        (vec![exif(Some("EA"), None), xmp.clone(), iptc.clone()], kept("EA", "XR & Co")),
        (vec![exif(Some(" \t"), None), xmp, iptc.clone()], kept("X1; X2", "XR & Co")),
        (vec![exif(Some("Zoë\u{1}\n Lee"), None), iptc.clone()], kept("Zoë Lee", "IC")),
        (vec![iptc], kept("IB", "IC")),
        (vec![], Kept::default()),
    ];
    for (segments, expected) in table {
        let prepared = ready(&samples::with_segments(&samples::jpeg(32, 32), &segments));
        assert_eq!(prepared.kept, expected);
        assert_eq!(ready(&prepared.bytes).kept, expected, "what is written can be read again");
        assert_clean(&prepared);
    }
}

#[test]
fn a_png_that_fits_keeps_its_image_data_and_loses_its_texts() {
    let plain = samples::png(&samples::rgba(40, 30), 40, 30, png::ColorType::Rgba, true);
    let packet = [b"XML:com.adobe.xmp\0\0\0\0\0".as_slice(), samples::xmp("XR", ["X1", "X2"]).as_bytes()].concat();
    let chunks = [
        samples::chunk(b"eXIf", &samples::exif(1, Some("Ann Lee"), None)),
        samples::chunk(b"iTXt", &packet),
        samples::chunk(b"tEXt", b"Comment\0TEXT-SECRET"),
        samples::chunk(b"prVt", b"COMMENT-SECRET"),
        samples::chunk(b"gAMA", &45_455u32.to_be_bytes()),
    ];
    let mut picture = samples::with_chunks(&plain, &chunks);
    picture.extend_from_slice(b"TRAILER-SECRET");
    let prepared = ready(&picture);
    assert_eq!((prepared.mime, prepared.reencoded), ("image/png", false));
    assert_eq!(prepared.kept, kept("Ann Lee", "XR"));
    assert_clean(&prepared);
    assert!(contains(&prepared.bytes, b"gAMA") && contains(&prepared.bytes, b"eXIf"));
    let before = image::load_from_memory(&picture).expect("valid");
    assert_eq!(image::load_from_memory(&prepared.bytes).expect("valid"), before);
    assert_eq!(ready(&prepared.bytes), prepared, "preparing twice changes nothing");
    PngFile::read(&prepared.bytes).expect("a complete file");
}

#[test]
fn rare_kinds_of_picture_come_out_as_ordinary_ones() {
    let grey: Vec<u8> = samples::rgb(48, 32).chunks_exact(3).map(|pixel| pixel[0]).collect();
    let pairs: Vec<u8> = grey.iter().flat_map(|&value| [value, 128]).collect();
    let cmyk: Vec<u8> = samples::rgba(48, 32);
    let of = |color, progressive, pixels: &[u8]| Jpeg { color, progressive, ..Jpeg::default() }.of(pixels, 48, 32);
    let rgb = samples::rgb(48, 32);
    let png = |pixels: &[u8], color, depth16| samples::png(pixels, 48, 32, color, depth16);
    let table = [
        ("progressive", of(ColorType::Rgb, true, &rgb), "image/jpeg", false),
        ("grey", of(ColorType::Luma, false, &grey), "image/jpeg", false),
        ("grey progressive", of(ColorType::Luma, true, &grey), "image/jpeg", false),
        ("cmyk", of(ColorType::Cmyk, false, &cmyk), "image/jpeg", true),
        ("ycck", of(ColorType::CmykAsYcck, false, &cmyk), "image/jpeg", true),
        ("restarts", Jpeg { restart: 2, ..Jpeg::default() }.of(&rgb, 48, 32), "image/jpeg", false),
        ("png grey", png(&grey, png::ColorType::Grayscale, false), "image/png", false),
        ("png grey 16", png(&grey, png::ColorType::Grayscale, true), "image/png", false),
        ("png grey alpha", png(&pairs, png::ColorType::GrayscaleAlpha, false), "image/png", false),
        ("png rgb 16", png(&rgb, png::ColorType::Rgb, true), "image/png", false),
        ("png palette", png(&grey, png::ColorType::Indexed, false), "image/png", false),
        ("webp", samples::webp(&rgb, 48, 32, image::ExtendedColorType::Rgb8), "image/jpeg", true),
        ("webp alpha", samples::webp(&cmyk, 48, 32, image::ExtendedColorType::Rgba8), "image/png", true),
        ("gif", samples::gif(48, 32), "image/jpeg", true),
    ];
    for (name, picture, mime, reencoded) in table {
        for (side_max, encoded) in [(4096, reencoded), (24, true)] {
            let prepared = prepare(&picture, &limits(5_000_000, side_max)).expect(name);
            assert_eq!((prepared.width, prepared.height), if side_max == 24 { (24, 16) } else { (48, 32) }, "{name}");
            assert_eq!(prepared.reencoded, encoded, "{name}");
            if side_max == 4096 {
                assert_eq!(prepared.mime, mime, "{name}");
            }
            let image = image::load_from_memory(&prepared.bytes).expect(name);
            assert_eq!((image.width(), image.height()), (prepared.width, prepared.height), "{name}");
        }
    }
}

#[test]
fn cmyk_keeps_its_colours() {
    // Pure cyan, magenta, yellow and black ink, quarter by quarter.
    let inks = [[255u8, 0, 0, 0], [0, 255, 0, 0], [0, 0, 255, 0], [0, 0, 0, 255]];
    let pixels: Vec<u8> =
        (0..32usize).flat_map(|y| (0..32usize).flat_map(move |x| inks[x / 16 + 2 * (y / 16)])).collect();
    for color in [ColorType::Cmyk, ColorType::CmykAsYcck] {
        let picture = Jpeg { color, sampling: SamplingFactor::R_4_4_4, ..Jpeg::default() }.of(&pixels, 32, 32);
        let image = image::load_from_memory(&ready(&picture).bytes).expect("valid").to_rgb8();
        let at = |x, y| image.get_pixel(x, y).0.map(|value| value > 127);
        let seen = [at(8, 8), at(24, 8), at(8, 24), at(24, 24)];
        assert_eq!(seen, [[false, true, true], [true, false, true], [true, true, false], [false; 3]], "{color:?}");
    }
}

#[test]
fn see_through_pictures_become_white_only_when_they_must_become_a_jpeg() {
    let clear = [10, 20, 30, 0].repeat(64 * 64);
    let picture = samples::png(&clear, 64, 64, png::ColorType::Rgba, false);
    let small = prepare(&picture, &limits(100_000, 32)).expect("valid");
    assert_eq!(small.mime, "image/png");
    let noisy = samples::png(&samples::rgba(300, 300), 300, 300, png::ColorType::Rgba, false);
    let squeezed = prepare(&noisy, &limits(40_000, 300)).expect("valid");
    assert_eq!(squeezed.mime, "image/jpeg");
    let image = image::load_from_memory(&squeezed.bytes).expect("valid").to_rgb8();
    assert!(image.get_pixel(3, 0).0.iter().all(|&value| value > 240), "clear pixels lie on white");
    let opaque: Vec<u8> = samples::rgb(64, 64).chunks_exact(3).flat_map(|p| [p[0], p[1], p[2], 255]).collect();
    let picture = samples::png(&opaque, 64, 64, png::ColorType::Rgba, false);
    assert_eq!(prepare(&picture, &limits(100_000, 32)).expect("valid").mime, "image/jpeg");
}

#[test]
fn a_profile_that_does_not_fit_the_pixels_is_not_passed_on() {
    let picture = samples::loaded_jpeg(6, &samples::icc(b"CMYK", 5000));
    assert_eq!(JpegFile::read(&ready(&picture).bytes).expect("valid").icc(), None);
    let broken = samples::loaded_jpeg(1, &[7; 5000]);
    assert_eq!(JpegFile::read(&ready(&broken).bytes).expect("valid").icc(), None);
}

#[test]
fn the_bytes_fit_by_quality_first_and_size_second() {
    let picture = samples::jpeg(800, 600);
    let mut last = (u32::MAX, usize::MAX);
    for bytes_max in [picture.len(), 150_000, 100_000, 60_000, 20_000, 5_000, 1_500] {
        let prepared = prepare(&picture, &limits(bytes_max, 4096)).expect("it can be made smaller");
        assert!(prepared.bytes.len() <= bytes_max);
        assert!(prepared.width <= last.0 && prepared.bytes.len() <= last.1, "{bytes_max}");
        assert!(prepared.bytes.len() * 3 >= bytes_max, "{} of {bytes_max} used", prepared.bytes.len());
        last = (prepared.width, prepared.bytes.len());
    }
    let expected = PictureError::CannotFit { bytes_max: 100, side_max: 4096 };
    assert_eq!(prepare(&picture, &limits(100, 4096)), Err(expected));
}

#[test]
fn scaled_pixels_stay_where_they_were() {
    let picture =
        Jpeg { sampling: SamplingFactor::R_4_4_4, ..Jpeg::default() }.of(&samples::quarters(400, 200), 400, 200);
    let prepared = prepare(&picture, &limits(1_000_000, 100)).expect("valid");
    assert_eq!(corner_colours(&prepared), ['r', 'g', 'b', 'w']);
    let file = JpegFile::read(&picture).expect("valid");
    let mut raster = decode::jpeg(&picture, &file).expect("valid");
    raster.shrink_by(3);
    // The last column and the last row are what is left: one pixel of three.
    assert_eq!((raster.width, raster.height, raster.pixels.len()), (134, 67, 134 * 67 * 3));
    assert_eq!(
        raster.pixels[raster.pixels.len() - 3..].iter().map(|&value| value > 250).collect::<Vec<_>>(),
        [true; 3]
    );
    assert_eq!(raster.pixels[..3].iter().map(|&value| value > 127).collect::<Vec<_>>(), [true, false, false]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn whatever_the_sizes_and_limits_the_result_fits(
        width in 1u32..90, height in 1u32..90, side_max in 1u32..100, bytes_max in 900usize..9000, orientation in 0u16..10,
    ) {
        let block = samples::exif(orientation, Some("Ann"), Some("Lee"));
        let exif = samples::segment(0xE1, &[b"Exif\0\0", block.as_slice()].concat());
        let picture = samples::with_segments(&samples::jpeg(width, height), &[exif]);
        let prepared = prepare(&picture, &limits(bytes_max, side_max)).expect("it can be made to fit");
        prop_assert!(prepared.bytes.len() <= bytes_max);
        prop_assert!(prepared.width.max(prepared.height) <= side_max);
        let image = image::load_from_memory(&prepared.bytes).expect("the result is a picture");
        prop_assert_eq!((image.width(), image.height()), (prepared.width, prepared.height));
    }
}
