//! What the bytes are, from their first bytes only.
//!
//! Invariant: a name, an extension or a content type is never asked. Absent: any look behind the first kilobyte.

use crate::PictureError;

/// The kinds of picture Pierrot opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Jpeg,
    Png,
    Gif,
    WebP,
}

impl Kind {
    /// The kind of `bytes`, or [`PictureError::NotAPicture`] with what they seem to be.
    pub(crate) fn of(bytes: &[u8]) -> Result<Self, PictureError> {
        if bytes.starts_with(&[0xFF, 0xD8, 0xFF]) {
            Ok(Self::Jpeg)
        } else if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
            Ok(Self::Png)
        } else if bytes.starts_with(b"GIF87a") || bytes.starts_with(b"GIF89a") {
            Ok(Self::Gif)
        } else if is_riff(bytes, b"WEBP") {
            Ok(Self::WebP)
        } else {
            Err(PictureError::NotAPicture { seems: seems(bytes) })
        }
    }
}

/// Whether a file with these first bytes (16 are enough) is of a kind that is opened.
pub fn opens(head: &[u8]) -> bool {
    Kind::of(head).is_ok()
}

fn is_riff(bytes: &[u8], form: &[u8; 4]) -> bool {
    bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(form)
}

fn seems(bytes: &[u8]) -> &'static str {
    const MAGIC: [(&[u8], &str); 13] = [
        (b"II*\0", "a TIFF or camera raw picture"),
        (b"MM\0*", "a TIFF or camera raw picture"),
        (b"II+\0", "a TIFF picture"),
        (b"MM\0+", "a TIFF picture"),
        (b"IIU\0", "a camera raw picture"),
        (b"FUJIFILM", "a camera raw picture"),
        (b"8BPS", "a Photoshop document"),
        (b"%PDF", "a PDF document"),
        (b"\xFF\x0A", "a JPEG XL picture"),
        (b"\0\0\0\x0CJXL ", "a JPEG XL picture"),
        (b"\0\0\0\x0CjP  ", "a JPEG 2000 picture"),
        (b"PK\x03\x04", "a ZIP archive"),
        (b"\x1f\x8b", "a gzip archive"),
    ];
    if bytes.is_empty() {
        return "an empty file";
    }
    if let Some((_, seems)) = MAGIC.iter().find(|(magic, _)| bytes.starts_with(magic)) {
        return seems;
    }
    if bytes.get(4..8) == Some(b"ftyp") {
        return seems_iso_media(bytes.get(8..12).unwrap_or_default());
    }
    if bytes.starts_with(b"BM") && bytes.get(6..10) == Some(&[0; 4]) {
        return "a BMP picture";
    }
    if bytes.starts_with(b"RIFF") {
        return "a sound or video file";
    }
    seems_text(bytes)
}

fn seems_iso_media(brand: &[u8]) -> &'static str {
    match brand {
        b"heic" | b"heix" | b"heim" | b"heis" | b"hevc" | b"mif1" | b"msf1" => "a HEIC picture",
        b"avif" | b"avis" => "an AVIF picture",
        b"crx " => "a camera raw picture",
        _ => "a video",
    }
}

fn seems_text(bytes: &[u8]) -> &'static str {
    let start = &bytes[..bytes.len().min(1024)];
    let start = start.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(start).trim_ascii_start();
    let lower = start.to_ascii_lowercase();
    let has = |needle: &[u8]| lower.windows(needle.len()).any(|window| window == needle);
    if lower.starts_with(b"<!doctype html") || has(b"<html") || has(b"<head") || has(b"<body") {
        "an HTML page"
    } else if has(b"<svg") {
        "an SVG drawing"
    } else if lower.starts_with(b"<?xml") {
        "an XML document"
    } else if start.first().is_some_and(|first| b"{[".contains(first)) {
        "a JSON document"
    } else if bytes[..bytes.len().min(1024)].iter().all(|byte| matches!(byte, 9 | 10 | 13 | 32..=126 | 128..)) {
        "plain text"
    } else {
        "an unknown kind of file"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_a_picture_is_called_by_its_name() {
        let table: [(&[u8], &str); 14] = [
            (b"", "an empty file"),
            (b"<!DOCTYPE html><title>x</title>", "an HTML page"),
            (b"\n\n <html lang=en>", "an HTML page"),
            (b"<?xml version=\"1.0\"?><svg/>", "an SVG drawing"),
            (b"<svg xmlns='x'/>", "an SVG drawing"),
            (b"<?xml version=\"1.0\"?><rsp/>", "an XML document"),
            (b"{\"stat\":\"fail\"}", "a JSON document"),
            (b"Photo not found", "plain text"),
            (b"II*\0\x08\0\0\0", "a TIFF or camera raw picture"),
            (b"\0\0\0\x18ftypheic", "a HEIC picture"),
            (b"\0\0\0\x18ftypisom", "a video"),
            (b"\0\0\0\x18ftypavif", "an AVIF picture"),
            (b"\x01\x02\x03", "an unknown kind of file"),
            (b"RIFF\0\0\0\0WAVE", "a sound or video file"),
        ];
        for (bytes, expected) in table {
            assert_eq!(Kind::of(bytes), Err(PictureError::NotAPicture { seems: expected }), "{bytes:?}");
        }
    }

    #[test]
    fn the_four_kinds_are_known_by_their_first_bytes() {
        assert_eq!(Kind::of(b"\xFF\xD8\xFF\xE0"), Ok(Kind::Jpeg));
        assert_eq!(Kind::of(b"\x89PNG\r\n\x1a\n"), Ok(Kind::Png));
        assert_eq!(Kind::of(b"GIF89a"), Ok(Kind::Gif));
        assert_eq!(Kind::of(b"RIFF\0\0\0\0WEBPVP8 "), Ok(Kind::WebP));
    }
}
