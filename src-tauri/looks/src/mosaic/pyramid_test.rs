//! What the levels of a mosaic promise: every pixel once, each level the halved one above, whatever comes in at once.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::pyramid::{PIECE_SIDE, Pyramid, Spot, last_level};
use crate::picture::{Picture, Want};
use crate::{Mode, Size};

/// The pieces of a picture of one colour, given in strips of so many rows.
fn pieces(width: u32, height: u32, strip: usize, colour: [u8; 3]) -> BTreeMap<(u32, u32, u32), Vec<u8>> {
    let mut pieces = BTreeMap::new();
    let mut take = |spot: Spot, jpeg: &[u8]| {
        assert!(pieces.insert((spot.level, spot.column, spot.row), jpeg.to_vec()).is_none(), "{spot:?} comes once");
        Ok(())
    };
    let pixels = colour.repeat((width * height) as usize);
    let mut pyramid = Pyramid::new((width, height), &mut take);
    for rows in pixels.chunks(strip * width as usize * 3) {
        pyramid.add(rows).expect("it takes all rows");
    }
    pyramid.end().expect("it ends");
    pieces
}

fn opened(jpeg: &[u8]) -> (u32, u32, Vec<u8>) {
    let whole = Size { width: None, height: None, mode: Mode::Fit };
    let mut picture = Picture::open(jpeg, Want::Sizes { sizes: &[whole], on_white: true }).expect("a JPEG");
    let (width, height) = picture.size();
    (width, height, picture.drawn(whole).expect("a JPEG").pixels)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn every_level_is_covered_by_its_pieces(width in 1_u32..700, height in 1_u32..700, strip in 1_usize..90) {
        let pieces = pieces(width, height, strip, [200, 40, 90]);
        let last = last_level((width, height));
        let mut count = 0;
        for level in 0..=last {
            let halvings = 1_u32 << (last - level);
            let (across, down) = (width.div_ceil(halvings), height.div_ceil(halvings));
            for (row, column) in (0..down.div_ceil(PIECE_SIDE)).flat_map(|row| (0..across.div_ceil(PIECE_SIDE)).map(move |column| (row, column))) {
                let (wide, high, pixels) = opened(&pieces[&(level, column, row)]);
                prop_assert_eq!(wide, PIECE_SIDE.min(across - column * PIECE_SIDE));
                prop_assert_eq!(high, PIECE_SIDE.min(down - row * PIECE_SIDE));
                prop_assert!(pixels.chunks_exact(3).all(|pixel| pixel[0].abs_diff(200) < 4 && pixel[1].abs_diff(40) < 4));
                count += 1;
            }
        }
        prop_assert_eq!(count, pieces.len());
    }
}

#[test]
fn the_first_level_is_one_pixel_and_the_last_is_all() {
    assert_eq!([(1, 1), (2, 1), (256, 3), (257, 3), (20_000, 20_000)].map(last_level), [0, 1, 8, 9, 15]);
    let pieces = pieces(3, 5, 2, [9, 9, 9]);
    assert_eq!(pieces.keys().copied().collect::<Vec<_>>(), [(0, 0, 0), (1, 0, 0), (2, 0, 0), (3, 0, 0)]);
}
