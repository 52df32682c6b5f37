//! Pictures made for the tests, and planted secrets ("canaries") that must never come out again.
//!
//! Invariant: the same arguments give the same bytes. Absent: files; every sample is generated.

use std::borrow::Cow;

use jpeg_encoder::{ColorType, Encoder, SamplingFactor};

/// Planted in every place a picture can carry metadata.
pub(crate) const CANARIES: [&str; 12] = [
    "GPS-48.8584N",
    "SERIAL-60012345",
    "MAKERNOTE-SECRET",
    "XMP-SECRET",
    "IPTC-SECRET",
    "COMMENT-SECRET",
    "TRAILER-SECRET",
    "JFXX-SECRET",
    "APP4-SECRET",
    "TEXT-SECRET",
    "THUMB-SECRET",
    "APPEND-ICC-SECRET",
];

/// A picture with soft colours, some structure and a little noise, like a photo.
pub(crate) fn rgb(width: u32, height: u32) -> Vec<u8> {
    let mut seed = 7u32;
    let mut pixels = Vec::with_capacity((3 * width * height) as usize);
    for y in 0..height {
        for x in 0..width {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let noise = (seed >> 28) as u8;
            let wave = (128.0 + 100.0 * (f64::from(x) / 17.0 + f64::from(y) / 9.0).sin()) as u8;
            let ramp = (255 * y / height.max(1)) as u8;
            pixels.extend_from_slice(&[wave.saturating_add(noise), ramp, 255 - wave]);
        }
    }
    pixels
}

/// Four quarters: red, green, blue, white (top left, top right, bottom left, bottom right).
pub(crate) fn quarters(width: u32, height: u32) -> Vec<u8> {
    let colour = |x, y| match (x < width / 2, y < height / 2) {
        (true, true) => [255, 0, 0],
        (false, true) => [0, 255, 0],
        (true, false) => [0, 0, 255],
        (false, false) => [255, 255, 255],
    };
    (0..height).flat_map(|y| (0..width).flat_map(move |x| colour(x, y))).collect()
}

/// How a sample JPEG is written.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Jpeg {
    pub(crate) color: ColorType,
    pub(crate) progressive: bool,
    pub(crate) sampling: SamplingFactor,
    pub(crate) restart: u16,
}

impl Default for Jpeg {
    fn default() -> Self {
        Self { color: ColorType::Rgb, progressive: false, sampling: SamplingFactor::R_4_2_0, restart: 0 }
    }
}

impl Jpeg {
    pub(crate) fn of(self, pixels: &[u8], width: u32, height: u32) -> Vec<u8> {
        let mut out = Vec::new();
        let mut encoder = Encoder::new(&mut out, 90);
        encoder.set_progressive(self.progressive);
        encoder.set_sampling_factor(self.sampling);
        if self.restart > 0 {
            encoder.set_restart_interval(self.restart);
        }
        encoder.encode(pixels, width as u16, height as u16, self.color).expect("the sample can be encoded");
        out
    }
}

/// A plain JPEG of [`rgb`].
pub(crate) fn jpeg(width: u32, height: u32) -> Vec<u8> {
    Jpeg::default().of(&rgb(width, height), width, height)
}

/// A JPEG segment with marker and length.
pub(crate) fn segment(marker: u8, payload: &[u8]) -> Vec<u8> {
    let mut out = vec![0xFF, marker];
    out.extend_from_slice(&(payload.len() as u16 + 2).to_be_bytes());
    out.extend_from_slice(payload);
    out
}

/// Puts segments right after the start of a JPEG.
pub(crate) fn with_segments(jpeg: &[u8], segments: &[Vec<u8>]) -> Vec<u8> {
    [&jpeg[..2], &segments.concat(), &jpeg[2..]].concat()
}

/// A little-endian TIFF block; each entry is (tag, type, bytes); sub-directories GPS and EXIF hold the canaries.
pub(crate) fn exif(orientation: u16, artist: Option<&str>, copyright: Option<&str>) -> Vec<u8> {
    let mut main: Vec<(u16, u16, Vec<u8>)> = vec![(0x0112, 3, [orientation.to_le_bytes(), [0, 0]].concat())];
    let ascii = |text: &str| [text.as_bytes(), b"\0"].concat();
    main.extend(artist.map(|text| (0x013B, 2, ascii(text))));
    main.extend(copyright.map(|text| (0x8298, 2, ascii(text))));
    main.push((0x8769, 4, vec![0; 4]));
    main.push((0x8825, 4, vec![0; 4]));
    let private = vec![(0x927C, 7, b"MAKERNOTE-SECRET".to_vec()), (0xA431, 2, ascii("SERIAL-60012345"))];
    let place = vec![(0x0001, 2, b"N\0\0\0".to_vec()), (0x001B, 7, b"GPS-48.8584N".to_vec())];
    let size = |entries: &[(u16, u16, Vec<u8>)]| {
        6 + 12 * entries.len() + entries.iter().map(|e| e.2.len().next_multiple_of(2)).sum::<usize>()
    };
    let (private_at, place_at) = (8 + size(&main), 8 + size(&main) + size(&private));
    let count = main.len();
    main[count - 2].2 = (private_at as u32).to_le_bytes().to_vec();
    main[count - 1].2 = (place_at as u32).to_le_bytes().to_vec();
    let mut out = b"II*\0\x08\0\0\0".to_vec();
    for entries in [main, private, place] {
        directory(&mut out, &entries);
    }
    out.extend_from_slice(b"THUMB-SECRET");
    out
}

fn directory(out: &mut Vec<u8>, entries: &[(u16, u16, Vec<u8>)]) {
    let mut values_at = out.len() + 6 + 12 * entries.len();
    let mut values = Vec::new();
    out.extend_from_slice(&(entries.len() as u16).to_le_bytes());
    for (tag, kind, bytes) in entries {
        let unit = match kind {
            3 => 2,
            4 => 4,
            _ => 1,
        };
        let count = if *kind == 3 { 1 } else { bytes.len() / unit };
        out.extend_from_slice(&tag.to_le_bytes());
        out.extend_from_slice(&kind.to_le_bytes());
        out.extend_from_slice(&(count as u32).to_le_bytes());
        if bytes.len() <= 4 {
            out.extend_from_slice(&[bytes.as_slice(), &[0; 4]].concat()[..4]);
        } else {
            out.extend_from_slice(&(values_at as u32).to_le_bytes());
            values.extend_from_slice(bytes);
            values.resize(values.len().next_multiple_of(2), 0);
            values_at += bytes.len().next_multiple_of(2);
        }
    }
    out.extend_from_slice(&[0; 4]);
    out.extend_from_slice(&values);
}

/// An XMP packet with rights, creators and a canary.
pub(crate) fn xmp(rights: &str, creators: [&str; 2]) -> String {
    let [first, second] = creators;
    format!(
        "<?xpacket begin='\u{FEFF}' id='W5M0MpCehiHzreSzNTczkc9d'?><x:xmpmeta xmlns:x='adobe:ns:meta/'>\
         <rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'><rdf:Description rdf:about='' \
         xmlns:dc='http://purl.org/dc/elements/1.1/' xmlns:x1='urn:x' x1:serial='XMP-SECRET'><dc:rights><rdf:Alt>\
         <rdf:li xml:lang='de'>Rechte</rdf:li><rdf:li xml:lang='x-default'>{rights}</rdf:li></rdf:Alt></dc:rights>\
         <dc:creator><rdf:Seq><rdf:li>{first}</rdf:li><rdf:li>{second}</rdf:li></rdf:Seq></dc:creator>\
         </rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end='w'?>"
    )
}

/// A Photoshop resource block with IPTC by-line, copyright and a canary.
pub(crate) fn photoshop(byline: &str, copyright: &str) -> Vec<u8> {
    let mut iptc = Vec::new();
    for (number, text) in [(80u8, byline), (90, "IPTC-SECRET"), (116, copyright)] {
        iptc.extend_from_slice(&[0x1C, 2, number]);
        iptc.extend_from_slice(&(text.len() as u16).to_be_bytes());
        iptc.extend_from_slice(text.as_bytes());
    }
    let mut out = b"8BIM\x03\xED\0\0\0\0\0\x01x\0".to_vec();
    out.extend_from_slice(b"8BIM\x04\x04\0\0");
    out.extend_from_slice(&(iptc.len() as u32).to_be_bytes());
    out.extend_from_slice(&iptc);
    out
}

/// Bytes that pass for an ICC profile of a colour space, with a canary behind the declared end.
pub(crate) fn icc(space: &[u8; 4], length: usize) -> Vec<u8> {
    let mut profile: Vec<u8> = (0..length).map(|index| (index % 251) as u8).collect();
    profile[..4].copy_from_slice(&(length as u32).to_be_bytes());
    profile[16..20].copy_from_slice(space);
    profile[36..40].copy_from_slice(b"acsp");
    profile.extend_from_slice(b"APPEND-ICC-SECRET");
    profile
}

/// A JPEG with every canary in it.
pub(crate) fn loaded_jpeg(orientation: u16, icc_profile: &[u8]) -> Vec<u8> {
    let mut segments = vec![
        segment(0xE0, b"JFXX\0\x10JFXX-SECRET"),
        segment(
            0xE1,
            &[b"Exif\0\0".as_slice(), &exif(orientation, Some("Ann Lee"), Some("(c) 2024 Ann Lee"))].concat(),
        ),
        segment(0xE1, &[b"http://ns.adobe.com/xap/1.0/\0".as_slice(), xmp("r", ["a", "b"]).as_bytes()].concat()),
        segment(0xED, &[b"Photoshop 3.0\0".as_slice(), &photoshop("by", "c")].concat()),
        segment(0xE4, b"APP4-SECRET"),
        segment(0xFE, b"COMMENT-SECRET"),
    ];
    let parts: Vec<&[u8]> = icc_profile.chunks(4000).collect();
    for (index, part) in parts.iter().enumerate() {
        let head = [index as u8 + 1, parts.len() as u8];
        segments.push(segment(0xE2, &[b"ICC_PROFILE\0".as_slice(), &head, part].concat()));
    }
    let mut out = with_segments(&jpeg(160, 120), &segments);
    out.extend_from_slice(b"TRAILER-SECRET");
    out.extend_from_slice(&jpeg(16, 16));
    out
}

/// A PNG; `depth16` doubles every byte.
pub(crate) fn png(pixels: &[u8], width: u32, height: u32, color: png::ColorType, depth16: bool) -> Vec<u8> {
    let mut info = png::Info::with_size(width, height);
    info.color_type = color;
    info.bit_depth = if depth16 { png::BitDepth::Sixteen } else { png::BitDepth::Eight };
    if color == png::ColorType::Indexed {
        info.palette = Some(Cow::Owned((0..=255).flat_map(|index| [index, 255 - index, 128]).collect()));
    }
    let mut out = Vec::new();
    let mut writer =
        png::Encoder::with_info(&mut out, info).and_then(png::Encoder::write_header).expect("valid header");
    let doubled: Vec<u8>;
    let data = if depth16 {
        doubled = pixels.iter().flat_map(|&byte| [byte, byte]).collect();
        &doubled
    } else {
        pixels
    };
    writer.write_image_data(data).expect("enough pixels");
    writer.finish().expect("writing to memory");
    out
}

/// RGBA pixels whose alpha runs from clear to opaque.
pub(crate) fn rgba(width: u32, height: u32) -> Vec<u8> {
    let pixels = rgb(width, height);
    pixels
        .chunks_exact(3)
        .enumerate()
        .flat_map(|(i, p)| [p[0], p[1], p[2], (255 * i / pixels.len() * 3) as u8])
        .collect()
}

/// A PNG chunk with its check sum.
pub(crate) fn chunk(kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let crc = crc32fast::hash(&[kind.as_slice(), data].concat());
    [(data.len() as u32).to_be_bytes().as_slice(), kind, data, &crc.to_be_bytes()].concat()
}

/// Puts chunks right after the header of a PNG.
pub(crate) fn with_chunks(png: &[u8], chunks: &[Vec<u8>]) -> Vec<u8> {
    [&png[..33], &chunks.concat(), &png[33..]].concat()
}

/// A lossless WebP.
pub(crate) fn webp(pixels: &[u8], width: u32, height: u32, color: image::ExtendedColorType) -> Vec<u8> {
    let mut out = Vec::new();
    let encoder = image::codecs::webp::WebPEncoder::new_lossless(&mut out);
    encoder.encode(pixels, width, height, color).expect("the sample can be encoded");
    out
}

/// A GIF of two frames.
pub(crate) fn gif(width: u32, height: u32) -> Vec<u8> {
    let mut out = Vec::new();
    let mut encoder = image::codecs::gif::GifEncoder::new(&mut out);
    let pixels = rgb(width, height);
    encoder.encode(&pixels, width, height, image::ExtendedColorType::Rgb8).expect("the sample can be encoded");
    encoder.encode(&quarters(width, height), width, height, image::ExtendedColorType::Rgb8).expect("a second frame");
    drop(encoder);
    out
}

/// True when `needle` occurs in `bytes`.
pub(crate) fn contains(bytes: &[u8], needle: &[u8]) -> bool {
    bytes.windows(needle.len()).any(|window| window == needle)
}
