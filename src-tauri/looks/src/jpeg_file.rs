//! The segments of a JPEG file (ITU-T T.81 annex B), read and written without touching the compressed picture.
//!
//! Invariant: a [`JpegFile`] ends in an end-of-image marker; everything behind it (second pictures, motion photo videos)
//! is out of reach. Absent: decoding, and every application segment that is not asked for by name.

use crate::PictureError;

const SEGMENTS_MAX: usize = 4096;
const SCANS_MAX: usize = 100;
const ICC_MARKER: &[u8] = b"ICC_PROFILE\0";
const ICC_PART_MAX: usize = 65_519;

/// One segment: its marker, its payload, and its bytes from the marker to the end (of the scan data, for a scan).
#[derive(Clone, Copy, Debug)]
struct Segment<'a> {
    marker: u8,
    payload: &'a [u8],
    raw: &'a [u8],
}

/// A complete JPEG file, cut into its segments.
#[derive(Debug)]
pub(crate) struct JpegFile<'a> {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) components: u8,
    /// Samples of all components after subsampling: what a decoder keeps when it cannot go row by row.
    samples: u64,
    progressive: bool,
    scans: usize,
    /// Whether something lies among the scans that [`JpegFile::rewritten`] leaves out: decoders may have heeded it.
    pub(crate) loose: bool,
    segments: Vec<Segment<'a>>,
}

impl<'a> JpegFile<'a> {
    /// Cuts `bytes` into segments; a file without an end is [`PictureError::Broken`].
    pub(crate) fn read(bytes: &'a [u8]) -> Result<Self, PictureError> {
        let mut file = Self {
            width: 0,
            height: 0,
            components: 0,
            samples: 0,
            progressive: false,
            scans: 0,
            loose: false,
            segments: Vec::new(),
        };
        let mut rest = bytes.get(2..).unwrap_or_default();
        loop {
            let Some((marker, after)) = next_marker(rest) else { return Err(cut_off()) };
            let skipped = rest.len() - after.len() > 2;
            file.loose |= file.scans > 0 && (skipped || (!is_picture(marker) && marker != 0xD9));
            if marker == 0xD9 {
                break;
            }
            if matches!(marker, 0x01 | 0xD0..=0xD8) {
                rest = after;
                continue;
            }
            rest = file.take_segment(marker, after)?;
        }
        if file.scans == 0 || file.width == 0 {
            return Err(PictureError::broken("it holds no image data"));
        }
        Ok(file)
    }

    /// Every block of a sequential JPEG costs at least two bits: less than half of that means that the header lies.
    pub(crate) fn check_density(&self) -> Result<(), PictureError> {
        let data: usize = self.segments.iter().filter(|segment| segment.marker == 0xDA).map(|s| s.raw.len()).sum();
        if !self.progressive && (data as u64) * 8 < self.samples / 64 {
            return Err(PictureError::broken("it holds less image data than its header says"));
        }
        Ok(())
    }

    fn take_segment(&mut self, marker: u8, after: &'a [u8]) -> Result<&'a [u8], PictureError> {
        let length = after.get(..2).map_or(0, |two| usize::from(u16::from_be_bytes([two[0], two[1]])));
        let payload = after.get(2..length.max(2)).ok_or_else(cut_off)?;
        if length < 2 {
            return Err(PictureError::broken("a part of it has no length"));
        }
        let mut end = length;
        match marker {
            0xC0..=0xCF if !matches!(marker, 0xC4 | 0xC8 | 0xCC) => self.take_frame(marker, payload)?,
            0xDA => {
                end += scan_length(&after[length..]).ok_or_else(cut_off)?;
                self.scans += 1;
            }
            _ => {}
        }
        if self.segments.len() >= SEGMENTS_MAX || self.scans > SCANS_MAX {
            return Err(PictureError::broken("it has too many parts"));
        }
        self.segments.push(Segment { marker, payload, raw: &after[..end] });
        Ok(&after[end..])
    }

    fn take_frame(&mut self, marker: u8, payload: &[u8]) -> Result<(), PictureError> {
        let unsupported = |what| Err(PictureError::Unsupported { what });
        if self.width != 0 {
            return unsupported("several frames in one JPEG");
        }
        match marker {
            0xC0 | 0xC1 => {}
            0xC2 => self.progressive = true,
            0xC3 => return unsupported("lossless JPEG compression"),
            0xC9..=0xCB | 0xCD..=0xCF => return unsupported("arithmetic JPEG compression"),
            _ => return unsupported("hierarchical JPEG compression"),
        }
        let &[precision, h1, h0, w1, w0, components, ref table @ ..] = payload else { return Err(cut_off()) };
        let (width, height) = (u16::from_be_bytes([w1, w0]), u16::from_be_bytes([h1, h0]));
        if precision != 8 {
            return unsupported("a JPEG with more than 8 bits a channel");
        }
        if !matches!(components, 1 | 3 | 4) || table.len() < 3 * usize::from(components) {
            return unsupported("an unusual number of JPEG channels");
        }
        if width == 0 || height == 0 {
            return Err(PictureError::broken("its header says zero pixels"));
        }
        let factors: Vec<(u64, u64)> =
            table.chunks_exact(3).map(|entry| (u64::from(entry[1] >> 4), u64::from(entry[1] & 15))).collect();
        let (h_max, v_max) = factors.iter().fold((1, 1), |(h, v), f| (f.0.max(h), f.1.max(v)));
        let share: u64 = factors.iter().take(usize::from(components)).map(|f| f.0 * f.1).sum();
        let padded = |side: u16, factor: u64| u64::from(side).div_ceil(8 * factor) * 8;
        self.samples = padded(width, h_max) * padded(height, v_max) * share;
        (self.width, self.height, self.components) = (width.into(), height.into(), components);
        Ok(())
    }

    /// Bytes a decoder keeps beside the pixels: coefficients, when the picture comes in several scans.
    pub(crate) fn coefficient_bytes(&self) -> u64 {
        if self.progressive || self.scans > 1 { 2 * self.samples } else { 0 }
    }

    /// Payloads of the application segments `APP<number>` that start with `name`, without the name.
    pub(crate) fn app(&self, number: u8, name: &'a [u8]) -> impl Iterator<Item = &'a [u8]> {
        self.segments
            .iter()
            .filter(move |segment| segment.marker == 0xE0 + number)
            .filter_map(move |segment| segment.payload.strip_prefix(name))
    }

    /// The ICC profile, put together from its parts; `None` when absent or incomplete.
    pub(crate) fn icc(&self) -> Option<Vec<u8>> {
        let mut parts: Vec<&[u8]> = self.app(2, ICC_MARKER).filter(|part| part.len() > 2).collect();
        parts.sort_by_key(|part| part[0]);
        let complete = !parts.is_empty()
            && parts
                .iter()
                .enumerate()
                .all(|(index, part)| usize::from(part[0]) == index + 1 && usize::from(part[1]) == parts.len());
        complete.then(|| parts.iter().flat_map(|part| &part[2..]).copied().collect())
    }

    /// Bytes of the tables and scans: what [`JpegFile::rewritten`] cannot go below.
    pub(crate) fn picture_bytes(&self) -> usize {
        self.segments.iter().filter(|segment| is_picture(segment.marker)).map(|segment| segment.raw.len() + 2).sum()
    }

    /// The same picture with byte-identical tables and scans, and of the other segments only what decoding needs
    /// (JFIF, Adobe), `exif` and `icc`.
    pub(crate) fn rewritten(&self, exif: Option<&[u8]>, icc: Option<&[u8]>) -> Vec<u8> {
        let mut out = vec![0xFF, 0xD8];
        if self.app(0, b"JFIF\0").next().is_some() {
            push_segment(&mut out, 0xE0, &[b"JFIF\0", &[1, 1, 0, 0, 1, 0, 1, 0, 0]]);
        }
        if let Some(exif) = exif {
            push_segment(&mut out, 0xE1, &[b"Exif\0\0", exif]);
        }
        if let Some(icc) = icc {
            let parts = icc.len().div_ceil(ICC_PART_MAX);
            for (index, part) in icc.chunks(ICC_PART_MAX).enumerate() {
                push_segment(&mut out, 0xE2, &[ICC_MARKER, &[index as u8 + 1, parts as u8], part]);
            }
        }
        if let Some(adobe) = self.app(14, b"Adobe").find_map(|payload| payload.get(..7)) {
            push_segment(&mut out, 0xEE, &[b"Adobe", adobe]);
        }
        for segment in self.segments.iter().filter(|segment| is_picture(segment.marker)) {
            out.push(0xFF);
            out.push(segment.marker);
            out.extend_from_slice(segment.raw);
        }
        out.extend_from_slice(&[0xFF, 0xD9]);
        out
    }

    /// The scans and tables, for tests that compare them.
    #[cfg(test)]
    pub(crate) fn picture_parts(&self) -> Vec<&'a [u8]> {
        self.segments.iter().filter(|segment| is_picture(segment.marker)).map(|segment| segment.raw).collect()
    }
}

fn is_picture(marker: u8) -> bool {
    matches!(marker, 0xC0..=0xCF | 0xDA | 0xDB | 0xDD)
}

fn cut_off() -> PictureError {
    PictureError::broken("the file ends before the picture does")
}

fn push_segment(out: &mut Vec<u8>, marker: u8, parts: &[&[u8]]) {
    let length = 2 + parts.iter().map(|part| part.len()).sum::<usize>();
    let length = u16::try_from(length).expect("kept strings and ICC parts fit one segment");
    out.extend_from_slice(&[0xFF, marker]);
    out.extend_from_slice(&length.to_be_bytes());
    parts.iter().for_each(|part| out.extend_from_slice(part));
}

/// The next marker and what follows it; stray bytes before it are skipped, as every decoder does.
fn next_marker(bytes: &[u8]) -> Option<(u8, &[u8])> {
    let mut at = 0;
    loop {
        at += memchr::memchr(0xFF, bytes.get(at..)?)?;
        at += bytes[at..].iter().position(|&byte| byte != 0xFF)?;
        if bytes[at] != 0 {
            return Some((bytes[at], &bytes[at + 1..]));
        }
    }
}

/// Length of the entropy-coded data at the start of `bytes`: up to the next marker that is not a restart.
fn scan_length(bytes: &[u8]) -> Option<usize> {
    let mut at = 0;
    loop {
        at += memchr::memchr(0xFF, bytes.get(at..)?)?;
        match bytes.get(at + 1)? {
            0 | 0xD0..=0xD7 => at += 2,
            0xFF => at += 1,
            _ => return Some(at),
        }
    }
}
