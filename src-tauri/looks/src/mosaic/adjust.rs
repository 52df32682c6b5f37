//! Tiles pulled towards the colours of their cells.
//!
//! Invariant: 0 percent changes nothing; at 100 the mean of a tile is that of its cell, as far as no channel runs over.
//! Absent: any change of a tile's contrast or shape.

use super::face::Face;
use crate::raster::Raster;

/// How far each channel is moved, in levels.
pub fn shift(tile: &Face, target: &Face, percent: u8) -> [f32; 3] {
    let (has, wants) = (tile.mean(), target.mean());
    std::array::from_fn(|channel| (wants[channel] - has[channel]) * f32::from(percent.min(100)) / 100.0)
}

/// Moves the colours of an RGB raster.
pub(crate) fn adjusted(raster: &mut Raster, tile: &Face, target: &Face, percent: u8) {
    let shift = shift(tile, target, percent);
    let tables: [[u8; 256]; 3] =
        shift.map(|by| std::array::from_fn(|value| (value as f32 + by).round().clamp(0.0, 255.0) as u8));
    for pixel in raster.pixels.chunks_exact_mut(3) {
        pixel.iter_mut().zip(&tables).for_each(|(value, table)| *value = table[usize::from(*value)]);
    }
}
