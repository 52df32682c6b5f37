//! What thumbnails promise, for every kind of picture that comes in.

use image::GenericImageView;

use crate::samples::{self, Jpeg};
use crate::{Format, PictureError, Size, Thumb, Wanted, Work, content_hash, key, thumbs};

fn wanted(sizes: &[&str], format: Format) -> Wanted {
    Wanted { sizes: sizes.iter().map(|size| size.parse().expect("a size")).collect(), format, quality: 80 }
}

fn made(picture: &[u8], sizes: &[&str], format: Format) -> Vec<Thumb> {
    thumbs(picture, &wanted(sizes, format), &Work::UNWATCHED).expect("thumbnails")
}

fn read(thumb: &Thumb) -> image::DynamicImage {
    let image = image::load_from_memory(&thumb.bytes).expect("a picture");
    assert_eq!(image.dimensions(), (thumb.width, thumb.height));
    image
}

#[test]
fn every_kind_of_picture_becomes_every_size() {
    let (width, height) = (320, 200);
    let rgb = samples::rgb(width, height);
    let rgba = samples::rgba(width, height);
    let grey: Vec<u8> = rgb.iter().step_by(3).copied().collect();
    let cmyk = Jpeg { color: jpeg_encoder::ColorType::Cmyk, ..Jpeg::default() };
    let pictures = [
        ("jpeg", Jpeg::default().of(&rgb, width, height)),
        ("progressive", Jpeg { progressive: true, ..Jpeg::default() }.of(&rgb, width, height)),
        ("grey jpeg", Jpeg { color: jpeg_encoder::ColorType::Luma, ..Jpeg::default() }.of(&grey, width, height)),
        ("cmyk jpeg", cmyk.of(&rgba, width, height)),
        ("png", samples::png(&rgb, width, height, png::ColorType::Rgb, false)),
        ("16-bit png", samples::png(&rgb, width, height, png::ColorType::Rgb, true)),
        ("grey png", samples::png(&grey, width, height, png::ColorType::Grayscale, false)),
        ("png with alpha", samples::png(&rgba, width, height, png::ColorType::Rgba, false)),
        ("webp", samples::webp(&rgb, width, height, image::ExtendedColorType::Rgb8)),
        ("animated gif", samples::gif(width, height)),
    ];
    for (name, picture) in pictures {
        for format in [Format::Jpeg, Format::Png, Format::WebP] {
            let all = made(&picture, &["16", "100xauto", "autox50", "60x60:fill", "1000"], format);
            let sizes: Vec<_> = all.iter().map(|thumb| read(thumb).dimensions()).collect();
            assert_eq!(sizes, [(16, 10), (100, 63), (80, 50), (60, 60), (320, 200)], "{name} as {format:?}");
        }
    }
}

/// Waves of four pixels of a thumbnail that is 128 wide stand where they stood, up to the right and the lower edge.
#[test]
fn a_picture_is_not_stretched_whatever_its_sides() {
    let wave = |at: f64, side: u32| 128.0 + 100.0 * (std::f64::consts::TAU * 32.0 * at / f64::from(side)).sin();
    for side in [1537, 1543, 777, 2999, 1536] {
        let row: Vec<u8> = (0..side).map(|x| wave(f64::from(x) + 0.5, side) as u8).collect();
        let across: Vec<u8> = (0..side).flat_map(|_| row.iter().copied()).collect();
        let down: Vec<u8> = row.iter().flat_map(|value| std::iter::repeat_n(*value, side as usize)).collect();
        for (pixels, is_down) in [(across, false), (down, true)] {
            let grey = Jpeg { color: jpeg_encoder::ColorType::Luma, ..Jpeg::default() };
            let files =
                [grey.of(&pixels, side, side), samples::png(&pixels, side, side, png::ColorType::Grayscale, false)];
            for (kind, file) in ["jpeg", "png"].iter().zip(files) {
                let image = read(&made(&file, &["128"], Format::Png)[0]).to_luma8();
                let seen = |at: u32| if is_down { image.get_pixel(64, at)[0] } else { image.get_pixel(at, 64)[0] };
                let off = |at: u32| f64::from(seen(at)) - wave((f64::from(at) + 0.5) * f64::from(side) / 128.0, side);
                let worst = (0..128).map(|at| off(at).abs()).fold(0.0, f64::max);
                assert!(worst < 16.0, "{kind} of {side}, down: {is_down}: off by {worst}");
            }
        }
    }
}

#[test]
fn an_interlaced_grey_with_alpha_of_16_bits_is_what_it_is() {
    let plain = samples::png(&[200, 255], 1, 1, png::ColorType::GrayscaleAlpha, true);
    // One pixel is the same with and without interlacing: only the header says it.
    let mut header = plain[16..29].to_vec();
    header[12] = 1;
    let interlaced = [&plain[..8], &samples::chunk(b"IHDR", &header), &plain[33..]].concat();
    let image = read(&made(&interlaced, &["1"], Format::Png)[0]).to_rgba8();
    assert_eq!(image.get_pixel(0, 0).0, [200, 200, 200, 255]);
}

#[test]
fn a_turned_photo_stands_upright_at_every_scale() {
    let (width, height) = (640, 480);
    let upright = samples::quarters(width, height);
    for orientation in 1..=8 {
        let exif = samples::exif(orientation, None, None);
        let block = samples::segment(0xE1, &[b"Exif\0\0".as_slice(), &exif].concat());
        let picture = samples::with_segments(&Jpeg::default().of(&upright, width, height), &[block]);
        let thumb = &made(&picture, &["40"], Format::Png)[0];
        let image = read(thumb).to_rgb8();
        let size = if orientation >= 5 { (30, 40) } else { (40, 30) };
        assert_eq!(image.dimensions(), size, "orientation {orientation}");
        // Red, green, blue, white stand at the stored top left, top right, bottom left, bottom right.
        let top_left = match orientation {
            1 | 5 => [255, 0, 0],
            2 | 6 => {
                if orientation == 2 {
                    [0, 255, 0]
                } else {
                    [0, 0, 255]
                }
            }
            3 | 7 => [255, 255, 255],
            _ => {
                if orientation == 4 {
                    [0, 0, 255]
                } else {
                    [0, 255, 0]
                }
            }
        };
        let found = image.get_pixel(4, 4).0;
        assert!(found.iter().zip(top_left).all(|(a, b)| a.abs_diff(b) < 12), "{orientation}: {found:?}");
    }
}

#[test]
fn transparency_lies_on_white_in_a_jpeg_and_stays_elsewhere() {
    let clear = samples::png(&[10, 20, 30, 0].repeat(64 * 64), 64, 64, png::ColorType::Rgba, false);
    let jpeg = read(&made(&clear, &["16"], Format::Jpeg)[0]).to_rgb8();
    assert!(jpeg.pixels().all(|pixel| pixel.0.iter().all(|value| *value >= 253)));
    for format in [Format::Png, Format::WebP] {
        let kept = read(&made(&clear, &["16"], format)[0]).to_rgba8();
        assert!(kept.pixels().all(|pixel| pixel.0[3] == 0), "{format:?}");
    }
}

#[test]
fn colours_of_a_wide_profile_keep_their_look() {
    let p3 = moxcms::ColorProfile::new_display_p3().encode().expect("a profile");
    let parts = [b"ICC_PROFILE\0\x01\x01".as_slice(), &p3].concat();
    let plain = Jpeg::default().of(&[200, 100, 80].repeat(64 * 64), 64, 64);
    let wide = samples::with_segments(&plain, &[samples::segment(0xE2, &parts)]);
    let colour = |picture: &[u8]| read(&made(picture, &["16"], Format::Png)[0]).to_rgb8().get_pixel(8, 8).0;
    let (plain, wide) = (colour(&plain), colour(&wide));
    // P3's red is redder than sRGB's: the same numbers mean more red and less of the others.
    assert!(wide[0] > plain[0] + 5 && wide[1] < plain[1], "{plain:?} became {wide:?}");
    let srgb = moxcms::ColorProfile::new_srgb().encode().expect("a profile");
    assert!(crate::colour::ToSrgb::of(Some(&srgb), crate::raster::Layout::Rgb).is_none(), "sRGB needs no conversion");
}

/// A PNG with samples of 8 or 16 bits and a profile.
fn png_with_profile(samples: &[u8], color: png::ColorType, depth: png::BitDepth, icc: Vec<u8>) -> Vec<u8> {
    let mut info = png::Info::with_size(64, 64);
    (info.color_type, info.bit_depth, info.icc_profile) = (color, depth, Some(icc.into()));
    let mut file = Vec::new();
    let mut writer = png::Encoder::with_info(&mut file, info).expect("sound").write_header().expect("memory");
    writer.write_image_data(samples).expect("memory");
    writer.finish().expect("memory");
    file
}

#[test]
fn a_profile_of_greys_counts_with_alpha_and_with_16_bits_too() {
    use png::{BitDepth, ColorType};
    let linear = moxcms::ColorProfile::new_gray_with_gamma(1.0).encode().expect("a profile");
    let grey = |pixel: &[u8], color, depth| {
        let file = png_with_profile(&pixel.repeat(64 * 64), color, depth, linear.clone());
        read(&made(&file, &["16"], Format::Png)[0]).to_rgb8().get_pixel(8, 8).0[0]
    };
    let plain = grey(&[64], ColorType::Grayscale, BitDepth::Eight);
    assert!((135..140).contains(&plain), "a quarter of the light is 137, not {plain}");
    let others = [
        grey(&[64, 255], ColorType::GrayscaleAlpha, BitDepth::Eight),
        grey(&[64, 64], ColorType::Grayscale, BitDepth::Sixteen),
        grey(&[64, 64, 255, 255], ColorType::GrayscaleAlpha, BitDepth::Sixteen),
    ];
    assert!(others.iter().all(|other| other.abs_diff(plain) <= 1), "{plain} and {others:?}");
    // Two thousandths of the light: 8 bits have no number for it there, in sRGB they have.
    let dark = grey(&[0, 128], ColorType::Grayscale, BitDepth::Sixteen);
    assert!((4..9).contains(&dark), "{dark}");
}

#[test]
fn names_tell_the_picture_the_size_and_the_format() {
    let hash = content_hash(b"abc");
    assert_eq!(hash, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert_eq!(key(&hash, Size::within(256), Format::Jpeg), format!("{hash}_256x256.jpg"));
}

#[test]
fn what_is_stopped_stops_and_heic_is_refused_in_a_sentence() {
    let work = Work { cancelled: &|| true, ..Work::UNWATCHED };
    let result = thumbs(&samples::jpeg(32, 32), &wanted(&["16"], Format::Jpeg), &work);
    assert_eq!(result, Err(PictureError::Stopped));
    let heic = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic";
    let why = thumbs(heic, &wanted(&["16"], Format::Jpeg), &Work::UNWATCHED).expect_err("HEIC").to_string();
    assert!(why.contains("a HEIC picture"), "{why}");
}
