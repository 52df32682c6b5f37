//! What rounds promise: never worse, the same for the same number, stopped when it is enough; and what a cap and parts of pictures mean.

use std::cell::Cell;
use std::collections::HashMap;

use super::field::Field;
use super::mosaic_test::{faces, grid, jpeg, painted, target, tiles};
use super::place::improve;
use super::*;
use crate::Work;

fn once(rounds: u32) -> Rules {
    Rules { distance: 2, cap: Some(1), rounds, ..Rules::default() }
}

#[test]
fn no_round_makes_a_mosaic_worse() {
    let (grid, tiles) = (grid(20, 14), tiles(300, 8));
    let (target, library, field) = (target(grid), Library::new(&faces(&tiles)), Field::Grid(grid));
    for cap in [None, Some(1), Some(3)] {
        let mut last = f64::INFINITY;
        for rounds in 0..8 {
            let rules = Rules { cap, ..once(rounds) };
            let board = improve(&field, &target.faces, &library, &rules, &|| false, &Work::UNWATCHED);
            let sum = board.expect("enough tiles").sum();
            assert!(sum <= last + 0.1, "cap {cap:?}, round {rounds}: {sum} after {last}");
            last = sum;
        }
    }
}

#[test]
fn where_each_tile_comes_once_swaps_bring_more_than_looks() {
    let (grid, tiles) = (grid(20, 14), tiles(300, 8));
    let (target, library, field) = (target(grid), Library::new(&faces(&tiles)), Field::Grid(grid));
    let sum = |rounds| {
        let board = improve(&field, &target.faces, &library, &once(rounds), &|| false, &Work::UNWATCHED);
        board.expect("enough tiles").sum()
    };
    assert!(sum(10) < 0.97 * sum(0), "{} after {}", sum(10), sum(0));
}

#[test]
fn a_budget_ends_between_two_rounds() {
    let (grid, tiles) = (grid(20, 14), tiles(300, 8));
    let (target, library) = (target(grid), Library::new(&faces(&tiles)));
    let asked = Cell::new(0);
    let enough = || {
        asked.set(asked.get() + 1);
        asked.get() > 3
    };
    let until =
        place_until(grid, &target.faces, &library, &once(100), &enough, &Work::UNWATCHED).expect("enough tiles");
    for threads in [1, 3] {
        let rules = Rules { threads, ..once(3) };
        let counted = place(grid, &target.faces, &library, &rules, &Work::UNWATCHED).expect("enough tiles");
        assert!(until == counted, "the same three rounds on {threads} threads");
    }
}

#[test]
fn a_cell_the_rules_leave_nothing_gets_a_tile_that_another_can_spare() {
    let grid = grid(10, 8);
    let (target, tiles) = (target(grid), tiles(30, 8));
    let library = Library::new(&faces(&tiles));
    for (count, distance, cap) in [(27, 2, 3), (30, 2, 3), (80, 3, 1)] {
        let library = if count > 30 {
            Library::new(&faces(&super::mosaic_test::tiles(count, 8)))
        } else {
            Library::new(&faces(&tiles[..count as usize]))
        };
        let rules = Rules { distance, cap: Some(cap), ..Rules::default() };
        let placed = place(grid, &target.faces, &library, &rules, &Work::UNWATCHED).expect("a way to lay them");
        let mut used = HashMap::new();
        placed.iter().for_each(|placed| *used.entry(placed.tile).or_insert(0) += 1);
        assert!(used.values().all(|times| *times <= cap), "{used:?}");
    }
    assert_eq!(library.pictures(), 30);
}

#[test]
fn parts_of_a_picture_count_as_one() {
    let parts: Vec<Vec<Tile>> =
        (0..40).map(|seed| Tile::parts(&jpeg(&painted(seed, 90, 40), 90, 40), 16, 3).expect("a picture")).collect();
    assert!(parts.iter().all(|parts| parts.len() == 3 && parts[0] != parts[1] && parts[1] != parts[2]));
    let counts: Vec<usize> = parts.iter().map(Vec::len).collect();
    let faces: Vec<Face> = parts.iter().flatten().map(|tile| tile.face.clone()).collect();
    let (grid, library) = (grid(12, 9), Library::of_parts(&faces, &counts));
    assert_eq!((library.len(), library.pictures()), (120, 40));
    let rules = Rules { distance: 2, cap: Some(4), rounds: 3, threads: 2 };
    let placed = place(grid, &target(grid).faces, &library, &rules, &Work::UNWATCHED).expect("enough tiles");
    let picture = |cell: usize| placed[cell].tile / 3;
    let mut used = HashMap::new();
    for cell in 0..grid.cells() {
        *used.entry(picture(cell)).or_insert(0) += 1;
        let near = |other: &usize| (cell % 12).abs_diff(other % 12) <= 2 && (cell / 12).abs_diff(other / 12) <= 2;
        assert!((0..cell).filter(near).all(|other| picture(other) != picture(cell)), "cell {cell}");
    }
    assert!(used.values().all(|times| *times <= 4), "{used:?}");
}

#[test]
fn a_square_picture_has_one_part_and_a_long_one_as_many_as_are_asked_for() {
    let parts = |width, height, count| {
        let picture = jpeg(&painted(7, width, height), width as u16, height as u16);
        Tile::parts(&picture, 16, count).expect("a picture").len()
    };
    assert_eq!(
        [parts(64, 64, 3), parts(64, 66, 3), parts(96, 64, 3), parts(64, 96, 2), parts(900, 20, 9)],
        [1, 1, 3, 2, 3]
    );
    assert_eq!(parts(96, 64, 0), 1);
}
