//! What dithering promises, for every method: the same bytes as ever, the right colours only, and the right light.

use proptest::prelude::*;
use sha2::{Digest, Sha256};

use super::{Colours, Dither, Format, Light, Method, Palette, dither, methods, palettes};
use crate::{PictureError, Recipe, Work, samples};

fn png(pixels: &[u8], width: u32, height: u32) -> Vec<u8> {
    samples::png(pixels, width, height, png::ColorType::Rgb, false)
}

fn method(name: &str) -> Method {
    name.parse().expect(name)
}

fn made(picture: &[u8], how: &Dither) -> Vec<u8> {
    dither(picture, how, &Work::UNWATCHED).expect("it can be dithered")
}

/// The pixels of a PNG as RGB or RGBA, with the file's own colour type and depth.
fn read(file: &[u8]) -> (Vec<u8>, png::ColorType, png::BitDepth) {
    let mut decoder = png::Decoder::new(std::io::Cursor::new(file));
    decoder.set_transformations(png::Transformations::EXPAND);
    let mut reader = decoder.read_info().expect("a PNG");
    let stored = (reader.info().color_type, reader.info().bit_depth);
    let mut pixels = vec![0; reader.output_buffer_size().expect("small")];
    reader.next_frame(&mut pixels).expect("a whole PNG");
    (pixels, stored.0, stored.1)
}

/// First bytes of the SHA-256 of the shown pixels, for levels and for a palette.
const GOLDEN: [(&str, &str, &str); 20] = [
    ("floyd-steinberg", "b82606a121a9", "86e5e3c7d038"),
    ("false-floyd-steinberg", "6ea0879e8072", "71931710e8cb"),
    ("jarvis-judice-ninke", "4b211bfa78ed", "8f5a07910a4f"),
    ("stucki", "ef913b8c0078", "2b2f5a536905"),
    ("burkes", "ab23ba8b8001", "96caaacf1bd5"),
    ("sierra", "87d7c60e4fc0", "77f3024936b8"),
    ("sierra-two-row", "745d49962a7c", "26cb0fe85ec1"),
    ("sierra-lite", "e569f63ec32b", "cd81e5dfcdca"),
    ("atkinson", "bad69718ba25", "8ccfafa39ddf"),
    ("stevenson-arce", "39a84e006f8f", "4beedc621be7"),
    ("ostromoukhov", "40e1eba4df66", "b012804bb6d3"),
    ("riemersma", "0b1f57d2ee17", "ce8a89c84222"),
    ("bayer2", "837c9396102b", "b191d6d58dab"),
    ("bayer4", "8fb289c1d471", "495ff0162bee"),
    ("bayer8", "6ae412d10799", "c23e79b0fa22"),
    ("bayer16", "b52ec801037d", "e53b7befde98"),
    ("clustered-dot", "a3e0ab2593e7", "60876ec42546"),
    ("halftone", "71f379a0b35e", "46474fe4ce6b"),
    ("blue-noise", "91f64ed1b319", "11ed8f82fc33"),
    ("none", "f76a28c7016d", "5eb83e88aab7"),
];

#[test]
fn a_picture_of_few_colours_keeps_them() {
    let spread = |n: u8| [n * 30, 255 - n * 30, u8::try_from(u16::from(n) * 77 % 256).expect("a byte")];
    let used = |colours: &[[u8; 3]]| {
        let pixels: Vec<u8> = colours.iter().flat_map(|colour| colour.repeat(24)).collect();
        let how = Dither { colours: Colours::Picture(8), ..Dither::default() };
        let (shown, ..) = read(&made(&png(&pixels, 8, (pixels.len() / 24) as u32), &how));
        shown.as_chunks::<3>().0.iter().copied().collect::<std::collections::BTreeSet<_>>()
    };
    for colours in [vec![[0, 0, 0], [5, 5, 5]], (0..8).map(spread).collect()] {
        assert_eq!(used(&colours), colours.iter().copied().collect(), "its own colours, all of them");
    }
    // Closer together than the table of the nearest can tell apart.
    let sky: Vec<[u8; 3]> = (0..8).map(|n| [96 + n, 120 + n, 200 + n]).collect();
    assert_eq!(used(&sky), sky.iter().copied().collect());
}

#[test]
fn the_depth_is_the_smallest_for_the_colours_that_came_out() {
    let ramp: Vec<u8> = (0..=255).collect();
    let as_rgb: Vec<u8> = ramp.iter().flat_map(|grey| [*grey; 3]).collect();
    let grey = samples::png(&ramp, 16, 16, png::ColorType::Grayscale, false);
    let levels = |levels| Dither { colours: Colours::Levels(levels), ..Dither::default() };
    for (count, depth) in [(2, png::BitDepth::One), (4, png::BitDepth::Two), (16, png::BitDepth::Four)] {
        let (one, two) = (made(&grey, &levels(count)), made(&png(&as_rgb, 16, 16), &levels(count)));
        assert_eq!(one, two, "grey that is stored as RGB is grey");
        assert_eq!((read(&one).1, read(&one).2), (png::ColorType::Indexed, depth), "{count} levels");
    }
    // Of 216 and of 512 colours only these two come out.
    let two = [[0, 0, 0], [255, 0, 0]].repeat(32).concat();
    for count in [6, 8] {
        let (pixels, kind, depth) = read(&made(&png(&two, 8, 8), &levels(count)));
        assert_eq!((pixels, kind, depth), (two.clone(), png::ColorType::Indexed, png::BitDepth::One));
    }
}

#[test]
fn every_method_draws_what_it_always_drew() {
    let picture = png(&samples::rgb(61, 47), 61, 47);
    let found: Vec<String> = methods()
        .map(|(name, _)| {
            let hash = |colours| {
                let how = Dither { method: method(name), colours, ..Dither::default() };
                let (pixels, _, _) = read(&made(&picture, &how));
                Sha256::digest(pixels)[..6].iter().map(|byte| format!("{byte:02x}")).collect::<String>()
            };
            let (levels, list) = (hash(Colours::Levels(3)), hash(Colours::Preset("c64".into())));
            format!("    (\"{name}\", \"{levels}\", \"{list}\"),")
        })
        .collect();
    let known: Vec<String> =
        GOLDEN.iter().map(|(name, levels, list)| format!("    (\"{name}\", \"{levels}\", \"{list}\"),")).collect();
    assert_eq!(found.join("\n"), known.join("\n"));
}

#[test]
fn two_colours_share_a_picture_as_far_as_it_lies_between_them() {
    let ends = [[200_u8, 30, 40], [20, 220, 90]];
    let (width, height) = (128_u32, 64_u32);
    let between = |x: u32, channel: usize| {
        let [one, two] = ends.map(|end| f32::from(end[channel]));
        (one + (two - one) * x as f32 / (width - 1) as f32).round() as u8
    };
    let pixels: Vec<u8> =
        (0..width * height).flat_map(|at| [0, 1, 2].map(|channel| between(at % width, channel))).collect();
    for name in ["floyd-steinberg", "atkinson", "ostromoukhov", "riemersma"] {
        let colours = Colours::List(Palette::new(ends).expect("two colours"));
        let how = Dither { method: method(name), colours, light: Some(Light::Gamma), ..Dither::default() };
        let (made, _, depth) = read(&made(&png(&pixels, width, height), &how));
        assert_eq!(depth, png::BitDepth::One);
        for part in 0..8 {
            let columns = |x: &u32| (16 * part..16 * part + 16).contains(x);
            let second = |x: u32, y: u32| made[3 * (y * width + x) as usize..][..3] == ends[1];
            let count: usize = (0..height).map(|y| (0..width).filter(columns).filter(|x| second(*x, y)).count()).sum();
            let (share, wanted) = (count as f32 / (16 * height) as f32, (16.0 * part as f32 + 7.5) / 127.0);
            // Atkinson's kernel drops a quarter of each error, so light and dark parts lose their dots.
            let slack = if name == "atkinson" { 0.15 } else { 0.03 };
            assert!((share - wanted).abs() < slack, "{name}, part {part}: {share} instead of {wanted}");
        }
    }
}

#[test]
fn the_old_way_is_the_plain_program_of_the_books() {
    let (width, height) = (40_usize, 30_usize);
    let pixels = samples::rgb(width as u32, height as u32);
    let mut values: Vec<f32> = pixels.iter().map(|value| f32::from(*value)).collect();
    let mut expected = vec![0; pixels.len()];
    for y in 0..height {
        for x in 0..width {
            for channel in 0..3 {
                let at = (y * width + x) * 3 + channel;
                let new = (values[at] * 3.0 / 255.0).round().clamp(0.0, 3.0) * 255.0 / 3.0;
                let error = values[at] - new;
                expected[at] = new.round() as u8;
                if x + 1 < width {
                    values[at + 3] += error * 7.0 / 16.0;
                }
                if y + 1 < height {
                    let below = at + 3 * width;
                    if x > 0 {
                        values[below - 3] += error * 3.0 / 16.0;
                    }
                    values[below] += error * 5.0 / 16.0;
                    if x + 1 < width {
                        values[below + 3] += error / 16.0;
                    }
                }
            }
        }
    }
    let how = Dither { compat: true, colours: Colours::Levels(4), ..Dither::default() };
    let (found, _, _) = read(&made(&png(&pixels, width as u32, height as u32), &how));
    assert_eq!(found, expected);
}

#[test]
fn a_file_has_the_smallest_palette_that_holds_its_colours() {
    let picture = png(&samples::rgb(33, 20), 33, 20);
    let table = [
        (Colours::Preset("1-bit".into()), false, png::ColorType::Indexed, png::BitDepth::One),
        (Colours::Preset("game-boy".into()), false, png::ColorType::Indexed, png::BitDepth::Two),
        (Colours::Preset("c64".into()), false, png::ColorType::Indexed, png::BitDepth::Four),
        (Colours::Levels(2), false, png::ColorType::Indexed, png::BitDepth::Four),
        (Colours::Levels(6), false, png::ColorType::Indexed, png::BitDepth::Eight),
        (Colours::Levels(7), false, png::ColorType::Indexed, png::BitDepth::Eight),
        (Colours::Levels(64), false, png::ColorType::Rgb, png::BitDepth::Eight),
        (Colours::Levels(2), true, png::ColorType::Indexed, png::BitDepth::One),
        (Colours::Levels(256), true, png::ColorType::Indexed, png::BitDepth::Eight),
        (Colours::Picture(5), false, png::ColorType::Indexed, png::BitDepth::Four),
    ];
    for (colours, grey, color, depth) in table {
        let how = Dither { colours, grey, ..Dither::default() };
        let (_, found, found_depth) = read(&made(&picture, &how));
        assert_eq!((found, found_depth), (color, depth), "{how:?}");
    }
}

#[test]
fn what_a_palette_holds_already_gets_no_dots() {
    for name in GOLDEN.iter().map(|(name, ..)| *name).chain(["halftone:15", "halftone:75"]) {
        for (level, count) in [(255, 2), (0, 2), (255, 4), (170, 4)] {
            let picture = png(&[level; 3 * 96 * 96], 96, 96);
            let how = Dither { method: method(name), colours: Colours::Levels(count), ..Dither::default() };
            let (found, ..) = read(&made(&picture, &how));
            assert!(found.iter().all(|value| *value == level), "{name}, {count} levels, {level}");
        }
    }
}

#[test]
fn transparency_is_kept() {
    let mut pixels = samples::rgba(20, 20);
    let how = Dither { colours: Colours::Levels(2), ..Dither::default() };
    let every = Dither { colours: Colours::Levels(256), ..how.clone() };
    let (found, color, _) = read(&made(&samples::png(&pixels, 20, 20, png::ColorType::Rgba, false), &every));
    assert_eq!((found == pixels, color), (true, png::ColorType::Rgba));
    // Eight colours in three transparencies are a palette, and so are 200 greys and what is clear.
    pixels.chunks_exact_mut(4).for_each(|pixel| pixel[3] = [0, 100, 255][usize::from(pixel[0]) % 3]);
    let (found, color, depth) = read(&made(&samples::png(&pixels, 20, 20, png::ColorType::Rgba, false), &how));
    assert_eq!((color, depth), (png::ColorType::Indexed, png::BitDepth::Four));
    assert!(found.chunks_exact(4).zip(pixels.chunks_exact(4)).all(|(found, given)| found[3] == given[3]));
    assert!(found.chunks_exact(4).all(|pixel| pixel[..3].iter().all(|value| matches!(value, 0 | 255))));
    let ramp: Vec<u8> = (0..=255_u8).flat_map(|grey| [grey, grey, grey, if grey < 56 { 0 } else { 255 }]).collect();
    let (found, color, _) = read(&made(&samples::png(&ramp, 16, 16, png::ColorType::Rgba, false), &every));
    assert_eq!((found[56 * 4..] == ramp[56 * 4..], color), (true, png::ColorType::Indexed));
    let mut pixels = samples::rgba(20, 20);
    let (found, _, _) = read(&made(&samples::png(&pixels, 20, 20, png::ColorType::Rgba, false), &how));
    assert!(found.chunks_exact(4).zip(pixels.chunks_exact(4)).all(|(found, given)| found[3] == given[3]));
    pixels.chunks_exact_mut(4).for_each(|pixel| pixel[3] = if pixel[0] > 128 { 255 } else { 0 });
    let picture = samples::png(&pixels, 20, 20, png::ColorType::Rgba, false);
    let (found, color, _) = read(&made(&picture, &how));
    assert_eq!(color, png::ColorType::Indexed);
    assert!(found.chunks_exact(4).zip(pixels.chunks_exact(4)).all(|(found, given)| found[3] == given[3]));
    let gif = made(&picture, &Dither { format: Format::Gif, ..how });
    assert!(gif.starts_with(b"GIF89a"));
}

#[test]
fn what_cannot_be_seen_has_no_say_in_the_palette() {
    // A red disc on clear ground, which hides another colour each time; and a picture that is clear but for its last row.
    let disc = |x: u32, y: u32| (x as f32 - 60.0).hypot(y as f32 - 50.0) < 35.0;
    let last = |_: u32, y: u32| y == 99;
    for visible in [&disc as &dyn Fn(u32, u32) -> bool, &last] {
        let drawn = |hidden: [u8; 3]| {
            let pixel = |at: u32| {
                let (x, y) = (at % 120, at / 120);
                let colour = if x < 60 { [220, 30, 30] } else { [20, 60, 200] };
                if visible(x, y) {
                    [colour[0], colour[1], colour[2], 255]
                } else {
                    [hidden[0], hidden[1], hidden[2], 0]
                }
            };
            let pixels: Vec<u8> = (0..120 * 100).flat_map(pixel).collect();
            let how = Dither { colours: Colours::Picture(8), ..Dither::default() };
            let (found, _, _) = read(&made(&samples::png(&pixels, 120, 100, png::ColorType::Rgba, false), &how));
            let seen = found.chunks_exact(4).zip(pixels.chunks_exact(4)).filter(|(_, given)| given[3] > 0);
            seen.for_each(|(found, given)| assert_eq!(found, given, "as many colours as it has"));
        };
        [[0, 0, 0], [0, 255, 0], [255, 255, 255]].into_iter().for_each(drawn);
    }
}

#[test]
fn greys_of_the_old_way_are_a_plain_programs() {
    let how = Dither { colours: Colours::Levels(256), grey: true, compat: true, ..Dither::default() };
    let (found, _, _) = read(&made(&png(&[200, 0, 0, 0, 200, 0, 0, 0, 200, 9, 9, 9], 2, 2), &how));
    let greys: Vec<u8> = found.chunks_exact(found.len() / 4).map(|pixel| pixel[0]).collect();
    assert_eq!(greys, [60, 117, 23, 9]);
}

#[test]
fn large_pixels_are_squares_of_one_colour() {
    let how = Dither { pixel: 4, colours: Colours::Picture(4), ..Dither::default() };
    let (pixels, _, _) = read(&made(&png(&samples::rgb(30, 18), 30, 18), &how));
    for y in 0..18 {
        for x in 0..30 {
            let (own, corner) = ((y * 30 + x) * 3, (y / 4 * 4 * 30 + x / 4 * 4) * 3);
            assert_eq!(pixels[own..own + 3], pixels[corner..corner + 3], "{x}, {y}");
        }
    }
}

#[test]
fn what_cannot_be_done_is_said_and_what_is_stopped_stops() {
    let picture = png(&samples::rgb(16, 16), 16, 16);
    for how in [
        Dither { colours: Colours::Levels(1), ..Dither::default() },
        Dither { colours: Colours::Picture(300), ..Dither::default() },
        Dither { colours: Colours::Preset("nope".into()), ..Dither::default() },
        Dither { pixel: 9, ..Dither::default() },
        Dither { strength: 101, ..Dither::default() },
        Dither { compat: true, method: Method::Bayer(8), ..Dither::default() },
        Dither { colours: Colours::Levels(9), format: Format::Gif, ..Dither::default() },
    ] {
        let result = dither(&picture, &how, &Work::UNWATCHED);
        assert!(matches!(result, Err(PictureError::Recipe { .. })), "{how:?}");
    }
    let work = Work { cancelled: &|| true, ..Work::UNWATCHED };
    assert_eq!(dither(&picture, &Dither::default(), &work), Err(PictureError::Stopped));
}

#[test]
fn a_recipe_reads_back_and_renders_the_same_bytes() {
    let picture = png(&samples::rgb(24, 24), 24, 24);
    let text =
        r##"{"look":"dither","method":"halftone:15","colours":{"list":["#000000","#ff8000","#ffffff"]},"pixel":2}"##;
    let recipe: Recipe = serde_json::from_str(text).expect("a recipe");
    let again: Recipe = serde_json::from_str(&serde_json::to_string(&recipe).expect("JSON")).expect("a recipe");
    assert_eq!(recipe, again);
    assert_eq!(recipe.render(&picture, &Work::UNWATCHED), again.render(&picture, &Work::UNWATCHED));
    for bad in [r#"{"look":"dither","method":"nope"}"#, r#"{"look":"dither","colors":3}"#, r#"{"look":"other"}"#] {
        assert!(serde_json::from_str::<Recipe>(bad).is_err(), "{bad}");
    }
}

fn any_method() -> impl Strategy<Value = Method> {
    let names: Vec<&str> = methods().map(|(name, _)| name).chain(["halftone:20"]).collect();
    proptest::sample::select(names).prop_map(method)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn only_the_palettes_colours_are_used(
        way in any_method(), which in 0_usize..11, width in 1_u32..40, height in 1_u32..40, strength in 0_u8..=100,
    ) {
        let (name, _, _) = palettes().nth(which).expect("eleven palettes");
        let palette = Palette::preset(name).expect("listed");
        let how = Dither { method: way, strength, colours: Colours::Preset(name.into()), ..Dither::default() };
        let (pixels, _, _) = read(&made(&png(&samples::rgb(width, height), width, height), &how));
        for pixel in pixels.chunks_exact(3) {
            prop_assert!(palette.colours().iter().any(|colour| colour == pixel), "{pixel:?}");
        }
    }

    #[test]
    fn levels_are_exactly_so_many(way in any_method(), count in 2_u16..40, grey: bool, light in 0..2) {
        let light = Some(if light == 0 { Light::Linear } else { Light::Gamma });
        let how = Dither { method: way, colours: Colours::Levels(count), grey, light, ..Dither::default() };
        // A ramp through all values in every channel uses every level.
        let ramp: Vec<u8> = (0..64 * 256).flat_map(|place| [(place % 256) as u8; 3]).collect();
        let (pixels, _, _) = read(&made(&png(&ramp, 256, 64), &how));
        let last = f32::from(count - 1);
        let mut seen = std::collections::BTreeSet::new();
        for value in pixels {
            let level = (f32::from(value) * last / 255.0).round();
            prop_assert_eq!(f32::from(value), (level * 255.0 / last + 1e-3).round());
            seen.insert(level as u16);
        }
        prop_assert_eq!(seen.len(), usize::from(count));
    }

    #[test]
    fn the_mean_is_kept_in_the_light_asked_for(way in any_method(), value in 20_u8..236, light in 0..2) {
        prop_assume!(way != Method::Plain && way != method("atkinson"));
        let light = if light == 0 { Light::Linear } else { Light::Gamma };
        let how = Dither { method: way, light: Some(light), grey: true, ..Dither::default() };
        let (pixels, _, _) = read(&made(&png(&vec![value; 3 * 128 * 128], 128, 128), &how));
        let tone = super::tone::tones(light)[usize::from(value)] as f64 / f64::from(super::tone::FULL);
        let mean = pixels.iter().map(|value| f64::from(*value) / 255.0).sum::<f64>() / pixels.len() as f64;
        // A tile of few thresholds knows few shares: half a step is the best it can do.
        let step = if let Method::Bayer(side) = way { 0.5 / f64::from(side).powi(2) } else { 0.0 };
        prop_assert!((mean - tone).abs() < 0.015 + step, "{} for {}", mean, tone);
    }
}
