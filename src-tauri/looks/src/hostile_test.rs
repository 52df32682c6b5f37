//! Nothing that comes in stops the program: cut, mutated, lying and enormous pictures end as errors.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::samples::{self, Jpeg};
use crate::{Colours, Dither, Format, Limits, PictureError, Size, Wanted, Work, dither, prepare, thumbs};

fn pictures() -> Vec<(&'static str, Vec<u8>)> {
    let rgb = samples::rgb(96, 64);
    let progressive = Jpeg { progressive: true, ..Jpeg::default() }.of(&rgb, 96, 64);
    let cmyk = Jpeg { color: jpeg_encoder::ColorType::Cmyk, ..Jpeg::default() }.of(&samples::rgba(96, 64), 96, 64);
    vec![
        ("jpeg", Jpeg { restart: 3, ..Jpeg::default() }.of(&rgb, 96, 64)),
        ("loaded jpeg", samples::loaded_jpeg(6, &samples::icc(b"RGB ", 3000))),
        ("progressive", progressive),
        ("cmyk", cmyk),
        ("png", samples::png(&rgb, 96, 64, png::ColorType::Rgb, false)),
        ("png alpha 16", samples::png(&samples::rgba(96, 64), 96, 64, png::ColorType::Rgba, true)),
        ("webp", samples::webp(&rgb, 96, 64, image::ExtendedColorType::Rgb8)),
        ("gif", samples::gif(96, 64)),
    ]
}

#[test]
fn half_a_picture_never_goes_out() {
    for (name, whole) in pictures() {
        // A loaded JPEG is complete before its trailer; a GIF is complete after its first frame.
        let end = match name {
            "loaded jpeg" => whole.windows(14).position(|part| part == b"TRAILER-SECRET").expect("planted"),
            "gif" => whole.len() / 2,
            _ => whole.len(),
        };
        for sixteenth in 0..16 {
            let cut = &whole[..end * sixteenth / 16];
            let result = prepare(cut, &Limits::default());
            assert!(result.is_err(), "{name} cut at {sixteenth}/16 went out");
        }
        assert!(
            prepare(&whole[..end - 1], &Limits::default()).is_err() || name == "gif",
            "{name} without its last byte"
        );
    }
}

#[test]
fn two_thousand_damaged_pictures_end_as_results() {
    let mut dice = ChaCha8Rng::seed_from_u64(20_261_124);
    let pictures = pictures();
    for round in 0..2_000 {
        let (name, whole) = &pictures[round % pictures.len()];
        let mut bytes = whole.clone();
        for _ in 0..dice.random_range(1..12) {
            let at = dice.random_range(0..bytes.len());
            match dice.random_range(0..4) {
                0 => bytes[at] = dice.random(),
                1 => bytes[at] ^= 1 << dice.random_range(0..8),
                2 => bytes.truncate(at.max(4)),
                _ => {
                    let until = (at + dice.random_range(1..40)).min(bytes.len());
                    let part = bytes[at..until].to_vec();
                    bytes.splice(at..at, part);
                }
            }
        }
        let limits = Limits { bytes_max: 20_000, side_max: 64 };
        if let Ok(prepared) = prepare(&bytes, &limits) {
            assert!(prepared.bytes.len() <= limits.bytes_max, "{name}, round {round}");
            assert!(prepared.width.max(prepared.height) <= 64, "{name}, round {round}");
        }
    }
}

/// A PNG whose header says `width` x `height` and whose data is empty.
fn png_bomb(width: u32, height: u32) -> Vec<u8> {
    let header = [&width.to_be_bytes()[..], &height.to_be_bytes(), &[8, 6, 0, 0, 0]].concat();
    let parts = [samples::chunk(b"IHDR", &header), samples::chunk(b"IDAT", &[]), samples::chunk(b"IEND", &[])];
    [b"\x89PNG\r\n\x1a\n".to_vec(), parts.concat()].concat()
}

/// A real JPEG whose frame header is changed to say `width` x `height`.
fn jpeg_bomb(width: u16, height: u16, progressive: bool) -> Vec<u8> {
    let mut bytes = Jpeg { progressive, ..Jpeg::default() }.of(&samples::rgb(32, 32), 32, 32);
    let marker = if progressive { 0xC2 } else { 0xC0 };
    let at = bytes.windows(2).position(|pair| pair == [0xFF, marker]).expect("a frame header");
    bytes[at + 5..at + 7].copy_from_slice(&height.to_be_bytes());
    bytes[at + 7..at + 9].copy_from_slice(&width.to_be_bytes());
    bytes
}

fn gif_bomb() -> Vec<u8> {
    let mut bytes = samples::gif(8, 8);
    bytes[6..10].copy_from_slice(&[0xFF; 4]);
    bytes
}

#[test]
fn bombs_are_refused_by_their_header() {
    let table = [
        ("png 40,000", png_bomb(40_000, 40_000)),
        ("png 40,000 x 1", png_bomb(40_000, 1)),
        ("png 2^31", png_bomb(0x7FFF_FFFF, 0x7FFF_FFFF)),
        ("png 29,000 x 29,000", png_bomb(29_000, 29_000)),
        ("jpeg 65,500", jpeg_bomb(65_500, 65_500, false)),
        ("jpeg 12,000 x 11,000", jpeg_bomb(12_000, 11_000, false)),
        ("progressive 10,000 x 10,000", jpeg_bomb(10_000, 10_000, true)),
        ("gif 65,535", gif_bomb()),
    ];
    for (name, bytes) in table {
        let result = prepare(&bytes, &Limits::default());
        assert!(matches!(result, Err(PictureError::TooLarge { .. })), "{name}: {result:?}");
    }
}

#[test]
fn a_header_that_lies_within_the_limits_is_found_out_while_decoding() {
    let table = [png_bomb(9_000, 9_000), jpeg_bomb(4_000, 4_000, false), png_bomb(0, 5)];
    for bytes in table {
        assert!(matches!(prepare(&bytes, &Limits::default()), Err(PictureError::Broken { .. })));
    }
}

#[test]
fn a_jpeg_with_fewer_rows_than_it_says_is_found_out() {
    let mut lying = Jpeg::default().of(&samples::rgb(96, 64), 96, 64);
    let frame = lying.windows(2).position(|marker| marker == [0xFF, 0xC0]).expect("a frame");
    lying[frame + 6] = 104;
    let thumb = Wanted { sizes: vec![Size::within(16)], format: Format::Jpeg, quality: 80 };
    let why = thumbs(&lying, &thumb, &Work::UNWATCHED).expect_err("40 rows are made up");
    assert!(why.to_string().contains("damaged or incomplete"), "{why}");
}

#[test]
fn endless_parts_and_deep_metadata_are_bounded() {
    let comments = samples::segment(0xFE, b"x").repeat(5_000);
    let jpeg = samples::jpeg(16, 16);
    assert!(prepare(&[&jpeg[..2], &comments, &jpeg[2..]].concat(), &Limits::default()).is_err());
    let deep = format!("{}{}", "<a>".repeat(100_000), "</a>".repeat(100_000));
    let packet = [b"XML:com.adobe.xmp\0\0\0\0\0".as_slice(), deep.as_bytes()].concat();
    let png = samples::png(&samples::rgb(16, 16), 16, 16, png::ColorType::Rgb, false);
    assert!(prepare(&samples::with_chunks(&png, &[samples::chunk(b"iTXt", &packet)]), &Limits::default()).is_ok());
}

#[test]
fn errors_are_sentences() {
    let html = prepare(b"<!doctype html><p>Not found", &Limits::default()).expect_err("not a picture").to_string();
    assert_eq!(
        html,
        "This is not a picture that Pierrot opens: it seems to be an HTML page. It opens JPEG, PNG, GIF and WebP."
    );
    let large = prepare(&png_bomb(40_000, 40_000), &Limits::default()).expect_err("too large").to_string();
    assert!(large.starts_with("The picture is too large to prepare: 40000 x 40000 pixels"), "{large}");
}

/// What the looks make of a picture.
fn looked_at(bytes: &[u8]) -> [Result<(), PictureError>; 2] {
    let wanted = Wanted { sizes: vec![Size::within(24)], format: Format::Jpeg, quality: 80 };
    let how = Dither { colours: Colours::Picture(4), ..Dither::default() };
    [thumbs(bytes, &wanted, &Work::UNWATCHED).map(drop), dither(bytes, &how, &Work::UNWATCHED).map(drop)]
}

#[test]
fn looks_refuse_half_a_picture_and_bombs_and_survive_damage() {
    for (name, whole) in pictures().into_iter().filter(|(name, _)| !matches!(*name, "loaded jpeg" | "gif")) {
        for sixteenth in 0..16 {
            for (look, result) in looked_at(&whole[..whole.len() * sixteenth / 16]).into_iter().enumerate() {
                assert!(result.is_err(), "{name} cut at {sixteenth}/16, look {look}");
            }
        }
    }
    for bytes in [png_bomb(40_000, 40_000), png_bomb(20_000, 20_000), jpeg_bomb(20_000, 20_000, false), gif_bomb()] {
        for result in looked_at(&bytes) {
            assert!(matches!(result, Err(PictureError::TooLarge { .. })), "{result:?}");
        }
    }
    let mut dice = ChaCha8Rng::seed_from_u64(5);
    let pictures = pictures();
    for round in 0..600 {
        let mut bytes = pictures[round % pictures.len()].1.clone();
        for _ in 0..dice.random_range(1..12) {
            let at = dice.random_range(0..bytes.len());
            bytes[at] = dice.random();
        }
        let _ = looked_at(&bytes);
    }
}
