//! Pictures made of pictures.
//!
//! [`Tile::of`] makes a picture a tile, [`Library::new`] lays tiles ready, [`Target::of`] says what every cell of a [`Grid`] should
//! show, [`place`] chooses, a [`Mosaic`] writes; other layouts than the grid are a [`Laying`] for [`place_squares`]. [`pyramid`] is for
//! looking closer. Nothing of it is drawn by chance: the same tiles, target and rules give the same bytes, whatever the number
//! of threads.

mod adjust;
mod board;
mod coded;
mod compose;
mod draw;
mod face;
mod field;
mod grid;
mod laid;
mod library;
mod place;
mod pyramid;
mod score;
mod sight;
mod squares;
mod tile;

pub use adjust::shift;
pub use coded::Coded;
pub use compose::{Format, Plan, Tiles, compose};
pub use draw::{Drawing, draw};
pub use face::{FACE_BYTES, FACE_SIDE, Face};
pub use grid::{CELL_SIDE_MAX, CELLS_MAX, Grid, MOSAIC_SIDE_MAX};
pub use laid::Mosaic;
pub use library::Library;
pub use place::{DISTANCE_MAX, Placed, ROUNDS_MAX, Rules, place, place_squares, place_until};
pub use pyramid::{PIECE_SIDE, Spot, last_level, pyramid};
pub use score::{Score, score};
pub use squares::{Laying, Layout, Square};
pub use tile::{PARTS_MAX, Target, Tile, picture_size};

#[cfg(test)]
mod mosaic_test;
#[cfg(test)]
mod pyramid_test;
#[cfg(test)]
mod rounds_test;
#[cfg(test)]
mod squares_test;
