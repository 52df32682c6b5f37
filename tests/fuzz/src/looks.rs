//! Looks: recipes and palettes that somebody copied from elsewhere, on pictures of strangers; thumbnails of any size; tiles.

use pierrot_core::look::Look;
use pierrot_looks::{
    Format, Limits, Palette, Size, Wanted, Work,
    mosaic::{Coded, Grid, PARTS_MAX, Target, Tile},
    thumbs,
};

use crate::{door, parts, pictures};

/// What a picture in its look may be, as for a post.
const LIMITS: Limits = Limits { bytes_max: 1_000_000, side_max: 256 };
/// Sides of tiles.
const SIDES: [u32; 3] = [32, 8, 33];

pub fn run(input: &[u8]) {
    let (line, rest) = parts(input);
    match door(line, 0, 4) {
        0 => look(rest),
        1 => palette(rest),
        2 => sizes(rest),
        _ => tiles(rest, SIDES[door(line, 1, SIDES.len())]),
    }
}

/// JSON, and the picture behind it.
fn look(input: &[u8]) {
    let (json, picture) = parts(input);
    let Ok(look) = str::from_utf8(json).map_err(|_| String::new()).and_then(Look::parse) else { return };
    let written = look.to_value().to_string();
    assert_eq!(Look::parse(&written), Ok(look.clone()), "{written}");
    let dressed = || pictures::decoding(|| look.fit(picture, &LIMITS, &Work::UNWATCHED));
    match dressed() {
        Ok(first) => {
            assert!(first.bytes.len() <= LIMITS.bytes_max && first.width.max(first.height) <= LIMITS.side_max);
            assert_eq!(dressed().map(|again| again.bytes), Ok(first.bytes), "the same look gives the same bytes");
        }
        Err(error) => pictures::is_a_sentence(&error),
    }
}

fn palette(file: &[u8]) {
    match Palette::from_file(file) {
        Ok(palette) => assert!((1..=pierrot_looks::COLOURS_MAX).contains(&palette.colours().len())),
        Err(why) => assert!(!why.is_empty()),
    }
}

/// A size, and the picture behind it.
fn sizes(input: &[u8]) {
    let (text, picture) = parts(input);
    let Some(size) = str::from_utf8(text).ok().and_then(|text| text.parse::<Size>().ok()) else { return };
    assert_eq!(size.to_string().parse(), Ok(size), "the name of a size is a size again");
    for format in [Format::Jpeg, Format::Png] {
        let wanted = Wanted { sizes: vec![size, Size::within(16)], format, quality: 80 };
        match pictures::decoding(|| thumbs(picture, &wanted, &Work::UNWATCHED)) {
            Ok(made) => {
                let fits = |side: u32, wanted: Option<u32>| side > 0 && wanted.is_none_or(|wanted| side <= wanted);
                assert!(
                    made.iter()
                        .all(|thumb| fits(thumb.width, thumb.size.width) && fits(thumb.height, thumb.size.height))
                );
            }
            Err(error) => pictures::is_a_sentence(&error),
        }
    }
}

fn tiles(picture: &[u8], side: u32) {
    match pictures::decoding(|| Tile::parts(picture, side, PARTS_MAX)) {
        Ok(parts) => {
            assert!((1..=PARTS_MAX).contains(&parts.len()));
            let grid = Grid::new(3, 2).expect("six cells");
            assert!(pictures::decoding(|| Target::of(picture, grid)).is_ok(), "what is a tile can be shown, too");
            for part in parts {
                let scan = part.coded.scan().to_vec();
                assert!(Coded::from_scan(scan, side).is_ok(), "a tile that is kept can be read again");
            }
        }
        Err(error) => pictures::is_a_sentence(&error),
    }
    // An index that somebody else wrote.
    let _ = Coded::from_scan(picture.to_vec(), side);
}
