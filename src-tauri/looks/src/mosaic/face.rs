//! What a tile or a cell looks like from afar: 8 x 8 mean colours.
//!
//! Invariant: values are sRGB as stored, and means are taken of them as they are, which is how every viewer shrinks a picture.
//! Absent: how alike two faces are (see `sight`).

use fast_image_resize::images::{TypedImage, TypedImageRef};
use fast_image_resize::pixels::U8x3;
use fast_image_resize::{FilterType, ResizeAlg, ResizeOptions, Resizer};

use crate::PictureError;
use crate::raster::Raster;

/// Samples on each side of a face.
pub const FACE_SIDE: usize = 8;
/// Bytes of a face.
pub const FACE_BYTES: usize = FACE_SIDE * FACE_SIDE * 3;

/// 8 x 8 RGB means, row by row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Face(pub [u8; FACE_BYTES]);

impl Face {
    /// The mean colour.
    pub fn mean(&self) -> [f32; 3] {
        let mut sums = [0_u32; 3];
        for sample in self.0.chunks_exact(3) {
            sums.iter_mut().zip(sample).for_each(|(sum, value)| *sum += u32::from(*value));
        }
        sums.map(|sum| sum as f32 / (FACE_SIDE * FACE_SIDE) as f32)
    }

    /// The face of a picture, square or not.
    pub(crate) fn of(raster: &Raster) -> Result<Self, PictureError> {
        let from = TypedImageRef::<U8x3>::from_buffer(raster.width, raster.height, &raster.pixels);
        let mut face = Self([0; FACE_BYTES]);
        let side = FACE_SIDE as u32;
        let mut to = TypedImage::<U8x3>::from_buffer(side, side, &mut face.0).map_err(PictureError::broken)?;
        let options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::Box));
        Resizer::new()
            .resize_typed(&from.map_err(PictureError::broken)?, &mut to, &options)
            .map_err(PictureError::broken)?;
        Ok(face)
    }
}

/// The faces of a picture of `8 * columns` RGB pixels a row, cell by cell.
pub(crate) fn cells(pixels: &[u8], columns: usize) -> Vec<Face> {
    let row = FACE_SIDE * 3;
    let mut faces = Vec::with_capacity(pixels.len() / FACE_BYTES);
    for band in pixels.chunks_exact(columns * FACE_BYTES) {
        for column in 0..columns {
            let mut face = Face([0; FACE_BYTES]);
            for (to, line) in face.0.chunks_exact_mut(row).zip(band.chunks_exact(columns * row)) {
                to.copy_from_slice(&line[column * row..][..row]);
            }
            faces.push(face);
        }
    }
    faces
}
