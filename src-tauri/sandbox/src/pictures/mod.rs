//! Generated photographs: drawn on demand from a seed, the same at every size, with camera facts inside.
//!
//! Invariant: the bytes are a function of seed, photo and size only. At most 64 MB of rendered files are kept, and one
//! large picture is drawn at a time, so memory stays bounded whatever is asked for.
//! Absent: files. Nothing is read from or written to disk.

mod city;
mod desert;
mod exif;
mod forest;
mod hills;
mod night;
mod noise;
mod scenes;
mod sea;

use std::collections::HashMap;
use std::sync::Mutex;

use bytes::Bytes;
use image::codecs::jpeg::JpegEncoder;
use image::{ImageEncoder as _, RgbImage, imageops};

use crate::flickr::photos::Photo;
use crate::flickr::sizes::Size;
use crate::{Options, lock, mix};

const KEPT_MAX_BYTES: usize = 64 * 1024 * 1024;
const LARGE_PIXELS: u32 = 1_500_000;
const FILM_EDGE: u32 = 1600;
const LARGE_FILM_EDGE: u32 = 2400;
const METADATA_FROM_EDGE: u32 = 1024;

/// What a picture shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scene {
    Hills,
    Sea,
    Night,
    City,
    Forest,
    Desert,
}

/// The camera and its settings for one photo.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Camera {
    pub(crate) make: &'static str,
    pub(crate) model: &'static str,
    pub(crate) lens: &'static str,
    pub(crate) serial: u64,
    /// Numerator and denominator in seconds.
    pub(crate) exposure: (u32, u32),
    pub(crate) f_number_tenths: u32,
    pub(crate) iso: u16,
    pub(crate) focal_mm: u32,
}

/// The camera of the photo at `index`; the bodies follow each other over the years.
pub(crate) fn camera(seed: u64, index: u64) -> Camera {
    const BODIES: [(&str, &str, &str, u32); 4] = [
        ("NIKON CORPORATION", "NIKON D750", "24.0-70.0 mm f/2.8", 35),
        ("FUJIFILM", "X-T3", "XF16-55mmF2.8 R LM WR", 23),
        ("SONY", "ILCE-7M3", "FE 24-105mm F4 G OSS", 50),
        ("Canon", "Canon EOS R6", "RF24-70mm F2.8 L IS USM", 28),
    ];
    let dice = mix(seed, index ^ 0xca3e);
    let nth = (dice % 4) as usize;
    let (make, model, lens, focal_mm) = BODIES[nth];
    let is_dark = matches!(crate::flickr::words::scene(index), Scene::Night);
    let is_dusk = matches!(crate::flickr::words::scene(index), Scene::City | Scene::Sea);
    let exposure = match (is_dark, is_dusk) {
        (true, _) => (20, 1),
        (false, true) => (1, [2, 4, 8, 15][(dice >> 8) as usize % 4]),
        (false, false) => (1, [125, 160, 250, 320, 500][(dice >> 8) as usize % 5]),
    };
    Camera {
        make,
        model,
        lens,
        serial: 3_000_000 + mix(seed, nth as u64 ^ 0x5e71) % 900_000,
        exposure,
        f_number_tenths: if is_dark { 28 } else { [56, 80, 110][(dice >> 16) as usize % 3] },
        iso: if is_dark { 3200 } else { [100, 100, 200, 400][(dice >> 24) as usize % 4] },
        focal_mm,
    }
}

type Key = (u64, u64, &'static str, (u32, u32));

#[derive(Debug, Default)]
struct Kept {
    files: HashMap<Key, (Bytes, u64)>,
    bytes: usize,
    tick: u64,
}

/// Draws pictures and keeps the last ones.
#[derive(Debug)]
pub(crate) struct Pictures {
    seed: u64,
    plain: bool,
    kept: Mutex<Kept>,
    large: Mutex<()>,
}

impl Pictures {
    /// A painter for the seed of a library.
    pub(crate) fn new(options: &Options) -> Pictures {
        Pictures { seed: options.seed, plain: options.plain_pictures, kept: Mutex::default(), large: Mutex::default() }
    }

    /// The JPEG file of one size, `dimensions` as stored.
    pub(crate) fn render(&self, photo: &Photo, size: &'static Size, dimensions: (u32, u32)) -> Bytes {
        let key = (photo.id, photo.picture_revision, size.suffix, dimensions);
        if let Some(bytes) = lock(&self.kept).get(&key) {
            return bytes;
        }
        let is_large = dimensions.0 * dimensions.1 > LARGE_PIXELS;
        let _one_at_a_time = is_large.then(|| lock(&self.large));
        if let Some(bytes) = lock(&self.kept).get(&key) {
            return bytes;
        }
        let bytes = Bytes::from(self.draw(photo, size, dimensions));
        lock(&self.kept).put(key, bytes.clone());
        bytes
    }

    fn draw(&self, photo: &Photo, size: &Size, (width, height): (u32, u32)) -> Vec<u8> {
        let seed = mix(self.seed, photo.id ^ (photo.picture_revision << 44));
        let orientation = if size.edge == 0 { photo.orientation } else { 1 };
        let (shown_width, shown_height) = if orientation >= 5 { (height, width) } else { (width, height) };
        let mut picture = if self.plain {
            let [red, green, blue, ..] = seed.to_le_bytes();
            RgbImage::from_pixel(shown_width, shown_height, image::Rgb([red, green, blue]))
        } else if size.square {
            square(photo, seed, size.edge)
        } else {
            scaled(photo.scene, seed, shown_width, shown_height)
        };
        picture = match orientation {
            6 => imageops::rotate270(&picture),
            8 => imageops::rotate90(&picture),
            _ => picture,
        };
        let quality = if size.edge == 0 { 92 } else { 86 };
        let mut file = Vec::new();
        let done = JpegEncoder::new_with_quality(&mut file, quality).write_image(
            picture.as_raw(),
            picture.width(),
            picture.height(),
            image::ExtendedColorType::Rgb8,
        );
        done.expect("writing a JPEG into memory cannot fail");
        if size.edge == 0 || size.edge >= METADATA_FROM_EDGE {
            let camera = camera(self.seed, photo.index);
            exif::insert(&mut file, &exif::segments(photo, &camera, orientation));
        }
        file
    }
}

/// Draws small pictures larger and averages, so that thin lines survive.
fn scaled(scene: Scene, seed: u64, width: u32, height: u32) -> RgbImage {
    let halves = match width.max(height) {
        0..=320 => 4,
        321..=800 => 3,
        801..=2100 => return scenes::paint(scene, seed, width, height, FILM_EDGE),
        _ => return scenes::paint(scene, seed, width, height, LARGE_FILM_EDGE),
    };
    let large = scenes::paint(scene, seed, width * halves / 2, height * halves / 2, FILM_EDGE);
    imageops::thumbnail(&large, width, height)
}

fn square(photo: &Photo, seed: u64, edge: u32) -> RgbImage {
    let (width, height) = photo.size;
    let short = width.min(height);
    let scale = |side: u32| (u64::from(side) * u64::from(edge) / u64::from(short)).max(1) as u32;
    let whole = scaled(photo.scene, seed, scale(width).max(edge), scale(height).max(edge));
    let (x, y) = ((whole.width() - edge) / 2, (whole.height() - edge) / 2);
    imageops::crop_imm(&whole, x, y, edge, edge).to_image()
}

impl Kept {
    fn get(&mut self, key: &Key) -> Option<Bytes> {
        self.tick += 1;
        let (bytes, used) = self.files.get_mut(key)?;
        *used = self.tick;
        Some(bytes.clone())
    }

    fn put(&mut self, key: Key, bytes: Bytes) {
        self.tick += 1;
        self.bytes += bytes.len();
        if let Some((old, _)) = self.files.insert(key, (bytes, self.tick)) {
            self.bytes -= old.len();
        }
        while self.bytes > KEPT_MAX_BYTES {
            let oldest = self.files.iter().min_by_key(|(_, (_, used))| *used).map(|(key, _)| *key);
            let Some((old, _)) = oldest.and_then(|key| self.files.remove(&key)) else { return };
            self.bytes -= old.len();
        }
    }
}

#[cfg(test)]
#[path = "pictures_test.rs"]
mod tests;
