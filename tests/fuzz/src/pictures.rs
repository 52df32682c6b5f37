//! Pictures: JPEG, PNG, GIF and WebP with EXIF, XMP and profiles in them, made fit for a post and for the gallery.

use std::cell::Cell;

use pierrot_looks::{Limits, PictureError, prepare, thumbnail};

use crate::{door, parts};

/// Long sides of thumbnails.
const SIDES: [u32; 3] = [320, 1, 64];

thread_local! {
    static UNDER_WAY: Cell<bool> = const { Cell::new(false) };
}

/// Whether a decoder is at work in this thread.
pub fn under_way() -> bool {
    UNDER_WAY.get()
}

/// Runs what decodes pictures.
pub fn decoding<T>(work: impl FnOnce() -> T) -> T {
    UNDER_WAY.set(true);
    let done = work();
    UNDER_WAY.set(false);
    done
}

pub fn run(input: &[u8]) {
    let (line, picture) = parts(input);
    let limits = match door(line, 0, 3) {
        0 => Limits::default(),
        1 => Limits { bytes_max: 4_000, side_max: 4096 },
        _ => Limits { bytes_max: 5_242_880, side_max: 40 },
    };
    let prepared = decoding(|| prepare(picture, &limits));
    let small = decoding(|| thumbnail(picture, SIDES[door(line, 1, SIDES.len())]));
    if let Ok(prepared) = &prepared {
        assert!(prepared.bytes.len() <= limits.bytes_max && prepared.width.max(prepared.height) <= limits.side_max);
        // Markers that an encoder wrote may go the second time, the image data stays.
        let again = prepare(&prepared.bytes, &limits);
        assert!(again.as_ref().is_ok_and(|again| !again.reencoded), "what was prepared is fit as it is: {again:?}");
    }
    if let Ok(small) = &small {
        assert!(small.width.max(small.height) <= SIDES[door(line, 1, SIDES.len())]);
    }
    for error in [prepared.err(), small.err()].into_iter().flatten() {
        is_a_sentence(&error);
    }
}

pub fn is_a_sentence(error: &PictureError) {
    assert!(!error.to_string().is_empty());
}
