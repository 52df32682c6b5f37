//! What every layout promises: nothing uncovered, no repeats nearby, the same bytes with any number of threads.

use proptest::prelude::*;

use super::mosaic_test::{Shelf, faces, grid, jpeg, painted, target, tiles};
use super::tile::filling;
use super::*;
use crate::Work;

const LAYOUTS: [Layout; 4] = [Layout::Grid, Layout::Brick, Layout::Collage, Layout::Adaptive];

fn placed(laying: &Laying, library: &Library, rules: &Rules) -> Vec<Placed> {
    place_squares(laying, library, rules, &|| false, &Work::UNWATCHED).expect("enough tiles")
}

fn drawn(laying: &Laying, side: u32, placed: &[Placed], tiles: &[Tile], format: Format) -> Vec<u8> {
    let mut bytes = Vec::new();
    let drawing = Drawing { laying, side, placed, adjust: 0 };
    draw(&drawing, &mut Shelf(tiles.to_vec()), format, &mut bytes, &Work::UNWATCHED).expect("a mosaic");
    bytes
}

/// Flat on the left, full of detail on the right.
fn half_flat(grid: Grid) -> Target {
    let (width, height) = (grid.columns * 8, grid.rows * 8);
    let mut pixels = painted(5, width, height);
    for (at, pixel) in pixels.chunks_exact_mut(3).enumerate() {
        let (x, y) = (at as u32 % width, at as u32 / width);
        let level = if x < width / 2 { 90 } else { ((x / 3 + y / 3) % 2 * 180) as u8 };
        pixel.fill(level);
    }
    Target::of(&jpeg(&pixels, width as u16, height as u16), grid).expect("a picture")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn nothing_is_left_uncovered(columns in 1_u32..14, rows in 1_u32..14, side in 1_u32..40) {
        let grid = grid(columns, rows);
        let (width, height) = (columns * side, rows * side);
        for layout in LAYOUTS {
            let laying = Laying::of(layout, grid, &half_flat(grid));
            let mut covered = vec![false; (width * height) as usize];
            for square in laying.squares() {
                let (left, top, length) = square.pixels(side);
                let inside = |from: i64, most: u32| from.max(0)..(from + i64::from(length)).min(i64::from(most));
                for (y, x) in inside(top, height).flat_map(|y| inside(left, width).map(move |x| (y, x))) {
                    covered[(y * i64::from(width) + x) as usize] = true;
                }
            }
            prop_assert!(covered.into_iter().all(|covered| covered), "{layout:?}");
        }
    }
}

#[test]
fn threads_change_no_layout_and_repeats_keep_their_distance() {
    let (grid, tiles) = (grid(18, 13), tiles(200, 8));
    let library = Library::new(&faces(&tiles));
    for layout in LAYOUTS {
        let laying = Laying::of(layout, grid, &half_flat(grid));
        let rules = Rules { distance: 2, ..Rules::default() };
        let one = placed(&laying, &library, &rules);
        for threads in [2, 5] {
            assert!(placed(&laying, &library, &Rules { threads, ..rules }) == one, "{layout:?} on {threads} threads");
        }
        for (at, square) in laying.squares().iter().enumerate() {
            let near = |other: &usize| square.gap(laying.squares()[*other]) < 16;
            assert!((0..at).filter(near).all(|other| one[other].tile != one[at].tile), "{layout:?}, square {at}");
        }
    }
}

#[test]
fn detail_gets_small_squares_and_flat_parts_large_ones() {
    let grid = grid(16, 8);
    let laying = Laying::of(Layout::Adaptive, grid, &half_flat(grid));
    for square in laying.squares() {
        let expected = if square.x < 64 { 32 } else { 8 };
        assert_eq!(square.side, expected, "{square:?}");
    }
}

#[test]
fn later_squares_lie_over_earlier_ones_and_cut_ones_show_what_is_left() {
    let (grid, tiles, side) = (grid(7, 5), tiles(120, 32), 32);
    let library = Library::new(&faces(&tiles));
    for layout in LAYOUTS {
        let laying = Laying::of(layout, grid, &target(grid));
        let placed = placed(&laying, &library, &Rules { distance: 1, ..Rules::default() });
        let (width, height) = (7 * side as usize, 5 * side as usize);
        let mut expected = vec![0; width * height * 3];
        for (square, placed) in laying.squares().iter().zip(&placed) {
            let (left, top, length) = square.pixels(side);
            let tile = filling(&tiles[placed.tile].coded.jpeg().expect("a tile"), length, length).expect("a tile").0;
            for (at, pixel) in tile.pixels.chunks_exact(3).enumerate() {
                let (x, y) = (left + at as i64 % i64::from(length), top + at as i64 / i64::from(length));
                if (0..width as i64).contains(&x) && (0..height as i64).contains(&y) {
                    expected[(y as usize * width + x as usize) * 3..][..3].copy_from_slice(pixel);
                }
            }
        }
        let png = drawn(&laying, side, &placed, &tiles, Format::Png);
        let png = filling(&png, width as u32, height as u32).expect("a PNG").0;
        assert!(png.pixels == expected, "{layout:?}");
        let jpeg = drawn(&laying, side, &placed, &tiles, Format::Jpeg);
        let jpeg = filling(&jpeg, width as u32, height as u32).expect("a JPEG").0;
        let apart: u64 = jpeg.pixels.iter().zip(&png.pixels).map(|(a, b)| u64::from(a.abs_diff(*b))).sum();
        assert!(apart < 6 * png.pixels.len() as u64, "{layout:?}");
    }
}

#[test]
fn every_layout_has_about_as_true_colours_as_the_grid() {
    let (grid, tiles) = (grid(24, 16), tiles(2_000, 8));
    let (target, library) = (target(grid), Library::new(&faces(&tiles)));
    let mean = |placed: &[Placed]| placed.iter().map(|placed| placed.distance).sum::<f32>() / placed.len() as f32;
    let own = place(grid, &target.faces, &library, &Rules::default(), &Work::UNWATCHED).expect("enough tiles");
    for layout in LAYOUTS {
        let squares = mean(&placed(&Laying::of(layout, grid, &target), &library, &Rules::default()));
        assert!(squares <= 1.3 * mean(&own), "{layout:?}: {squares} beside {}", mean(&own));
    }
}
