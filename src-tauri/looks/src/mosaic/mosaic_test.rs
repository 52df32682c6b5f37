//! What a mosaic promises: no repeats nearby, no holes, the same bytes always, and a likeness that is measured.

use std::collections::HashMap;

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::face::cells;
use super::tile::filling;
use super::*;
use crate::{PictureError, Work};

const SIDE: u32 = 32;

/// A picture in which colours flow into each other, as in a photo out of focus, with a little grain.
pub(super) fn painted(seed: u64, width: u32, height: u32) -> Vec<u8> {
    let mut dice = ChaCha8Rng::seed_from_u64(seed);
    let base: [f32; 3] = [dice.random_range(0.0..255.0), dice.random_range(0.0..255.0), dice.random_range(0.0..255.0)];
    let grey = dice.random_range(0.0..0.8_f32);
    let waves: Vec<([f32; 3], [f32; 3])> = (0..4)
        .map(|_| {
            let shape = [dice.random_range(-5.0..5.0), dice.random_range(-5.0..5.0), dice.random_range(0.0..6.3)];
            (shape, [dice.random_range(-40.0..40.0), dice.random_range(-40.0..40.0), dice.random_range(-40.0..40.0)])
        })
        .collect();
    let mut pixels = Vec::with_capacity((width * height * 3) as usize);
    for (y, x) in (0..height).flat_map(|y| (0..width).map(move |x| (y, x))) {
        let (u, v) = (x as f32 / width as f32, y as f32 / height as f32);
        let mut colour = base;
        for (shape, strength) in &waves {
            let wave = (shape[0] * u + shape[1] * v + shape[2]).sin();
            colour.iter_mut().zip(strength).for_each(|(value, strength)| *value += strength * wave);
        }
        let mean = (colour[0] + colour[1] + colour[2]) / 3.0;
        let grain = dice.random_range(-6.0..6.0_f32);
        pixels.extend(colour.map(|value| (value + (mean - value) * grey + grain).clamp(0.0, 255.0) as u8));
    }
    pixels
}

pub(super) fn jpeg(pixels: &[u8], width: u16, height: u16) -> Vec<u8> {
    let mut bytes = Vec::new();
    let encoder = jpeg_encoder::Encoder::new(&mut bytes, 92);
    encoder.encode(pixels, width, height, jpeg_encoder::ColorType::Rgb).expect("a picture");
    bytes
}

pub(super) fn tiles(count: u64, side: u32) -> Vec<Tile> {
    (0..count).map(|seed| Tile::of(&jpeg(&painted(seed, 48, 40), 48, 40), side).expect("a picture")).collect()
}

pub(super) fn faces(tiles: &[Tile]) -> Vec<Face> {
    tiles.iter().map(|tile| tile.face.clone()).collect()
}

pub(super) fn target(grid: Grid) -> Target {
    Target::of(&jpeg(&painted(77_777, 300, 200), 300, 200), grid).expect("a picture")
}

pub(super) struct Shelf(pub(super) Vec<Tile>);

impl Tiles for Shelf {
    fn tile(&mut self, place: usize) -> Result<(Face, Coded), PictureError> {
        Ok((self.0[place].face.clone(), self.0[place].coded.clone()))
    }
}

pub(super) fn grid(columns: u32, rows: u32) -> Grid {
    Grid::new(columns, rows).expect("a grid")
}

fn placed(grid: Grid, tiles: &[Tile], rules: &Rules) -> Vec<Placed> {
    let library = Library::new(&faces(tiles));
    place(grid, &target(grid).faces, &library, rules, &Work::UNWATCHED).expect("enough tiles")
}

fn written(plan: &Plan<'_>, tiles: &[Tile], format: Format) -> Vec<u8> {
    let mut bytes = Vec::new();
    compose(plan, &mut Shelf(tiles.to_vec()), format, &mut bytes, &Work::UNWATCHED).expect("a mosaic");
    bytes
}

#[test]
fn no_tile_comes_again_within_the_distance() {
    let (grid, tiles) = (grid(17, 11), tiles(60, 8));
    for distance in [0, 1, 3] {
        let placed = placed(grid, &tiles, &Rules { distance, ..Rules::default() });
        let at = |x: i64, y: i64| placed[(y * 17 + x) as usize].tile;
        let reach = i64::from(distance);
        for (x, y) in (0..17).flat_map(|x| (0..11).map(move |y| (x, y))) {
            for (u, v) in (x - reach..=x + reach).flat_map(|u| (y - reach..=y + reach).map(move |v| (u, v))) {
                let inside = (0..17).contains(&u) && (0..11).contains(&v) && (u, v) != (x, y);
                assert!(!inside || at(u, v) != at(x, y), "({x}, {y}) and ({u}, {v}) at distance {distance}");
            }
        }
    }
}

#[test]
fn no_tile_comes_more_often_than_the_cap() {
    let (grid, tiles) = (grid(10, 8), tiles(85, 8));
    for cap in [1, 2, 5] {
        let mut used = HashMap::new();
        for placed in placed(grid, &tiles, &Rules { distance: 2, cap: Some(cap), rounds: 3, ..Rules::default() }) {
            *used.entry(placed.tile).or_insert(0) += 1;
        }
        assert!(used.values().all(|times| *times <= cap), "{used:?}");
    }
}

#[test]
fn too_few_tiles_are_a_sentence() {
    let grid = grid(10, 8);
    let target = target(grid);
    for rules in [Rules::default(), Rules { distance: 0, cap: Some(1), ..Rules::default() }] {
        let library = Library::new(&faces(&tiles(40, 8)));
        let why = place(grid, &target.faces, &library, &rules, &Work::UNWATCHED).expect_err("too few").to_string();
        assert!(why.contains("40 tiles") && why.contains("too few") && why.ends_with('.'), "{why}");
    }
}

#[test]
fn threads_and_repetition_change_nothing() {
    let (grid, tiles) = (grid(40, 30), tiles(120, 8));
    let one = placed(grid, &tiles, &Rules::default());
    for threads in [1, 2, 5] {
        assert_eq!(placed(grid, &tiles, &Rules { threads, ..Rules::default() }), one);
    }
}

#[test]
fn a_mosaic_shows_its_tiles_pixel_for_pixel() {
    let grid = grid(9, 7);
    for side in [16, 24, 20] {
        let tiles = tiles(60, side);
        let placed = placed(grid, &tiles, &Rules::default());
        let target = target(grid);
        let plan = Plan { grid, side, placed: &placed, target: &target.faces, adjust: 0 };
        let lossless = written(&plan, &tiles, Format::Png);
        let (width, height) = (9 * side, 7 * side);
        let png = filling(&lossless, width, height).expect("a PNG").0;
        for (cell, placed) in placed.iter().enumerate() {
            let own = tiles[placed.tile].coded.pixels().expect("a tile");
            let (x, y) = (cell as u32 % 9 * side, cell as u32 / 9 * side);
            for line in 0..side {
                let from = ((y + line) * width + x) as usize * 3;
                let row = side as usize * 3;
                assert_eq!(png.pixels[from..from + row], own.pixels[line as usize * row..][..row], "cell {cell}");
            }
        }
        let jpeg = filling(&written(&plan, &tiles, Format::Jpeg), width, height).expect("a JPEG").0;
        let apart: u64 = jpeg.pixels.iter().zip(&png.pixels).map(|(a, b)| u64::from(a.abs_diff(*b))).sum();
        let mean = apart as f64 / png.pixels.len() as f64;
        assert!(mean < 4.0, "side {side}: {mean} levels apart");
    }
}

#[test]
fn adjusting_brings_the_mean_of_a_tile_to_its_cell() {
    let (grid, tiles) = (grid(9, 7), tiles(60, SIDE));
    let placed = placed(grid, &tiles, &Rules::default());
    let target = target(grid);
    let plan = Plan { grid, side: SIDE, placed: &placed, target: &target.faces, adjust: 100 };
    let pixels = filling(&written(&plan, &tiles, Format::Png), 9 * 8, 7 * 8).expect("a PNG").0.pixels;
    let own: Vec<Face> = placed.iter().map(|placed| tiles[placed.tile].face.clone()).collect();
    let (before, after) = (score(grid, &target.faces, &own), score(grid, &target.faces, &cells(&pixels, 9)));
    assert!(after.delta_e < before.delta_e / 3.0, "{before:?} {after:?}");
}

#[test]
fn what_is_no_scan_is_refused() {
    let tile = &tiles(1, SIDE)[0];
    let scan = tile.coded.scan().to_vec();
    assert_eq!(Coded::from_scan(scan.clone(), SIDE).expect("its own"), tile.coded);
    for wrong in [Vec::new(), scan[..scan.len() / 3].to_vec(), [&scan[..], &[0xFF, 0xDA, 0]].concat()] {
        assert!(Coded::from_scan(wrong, SIDE).is_err());
    }
}

/// The goals are SSIM 0.914 and a colour error of 6.6, at once; and a search of nothing but pixels must not do better.
#[test]
fn a_mosaic_is_a_likeness() {
    let (grid, tiles) = (grid(38, 25), tiles(10_000, 8));
    let library = Library::new(&faces(&tiles));
    for seed in [90_001, 90_002, 90_003] {
        let target = Target::of(&jpeg(&painted(seed, 600, 400), 600, 400), grid).expect("a picture");
        let placed = place(grid, &target.faces, &library, &Rules::default(), &Work::UNWATCHED).expect("enough");
        let shown: Vec<Face> = placed.iter().map(|placed| tiles[placed.tile].face.clone()).collect();
        let score = score(grid, &target.faces, &shown);
        assert!(score.ssim >= 0.914 && score.delta_e <= 6.6, "{score:?}");
    }
}

#[test]
fn a_picture_is_its_own_best_likeness() {
    let grid = grid(12, 8);
    let target = target(grid).faces;
    let same = score(grid, &target, &target);
    assert!(same.ssim > 0.999_999 && same.psnr > 90.0 && same.delta_e == 0.0, "{same:?}");
    let black = vec![Face([0; FACE_BYTES]); grid.cells()];
    assert!(score(grid, &target, &black).ssim < 0.5);
}
