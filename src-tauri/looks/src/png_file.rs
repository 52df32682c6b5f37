//! The chunks of a PNG file (ISO/IEC 15948), read and written without touching the compressed picture.
//!
//! Invariant: a [`PngFile`] starts with its header chunk and ends in an end chunk; what lies behind it is out of reach.
//! Absent: decoding and check sums (the decoder verifies them), and every chunk that is not picture or colour.

use crate::PictureError;
use crate::metadata::BLOCK_BYTES_MAX;
use crate::metadata_text::{cleaned, decoded};

const CHUNKS_MAX: usize = 200_000;
const SIGNATURE_BYTES: usize = 8;

#[derive(Clone, Copy, Debug)]
struct Chunk<'a> {
    kind: [u8; 4],
    data: &'a [u8],
    raw: &'a [u8],
}

/// A complete PNG file, cut into its chunks.
#[derive(Debug)]
pub(crate) struct PngFile<'a> {
    pub(crate) width: u32,
    pub(crate) height: u32,
    signature: &'a [u8],
    chunks: Vec<Chunk<'a>>,
}

impl<'a> PngFile<'a> {
    /// Cuts `bytes` into chunks; a file without an end is [`PictureError::Broken`].
    pub(crate) fn read(bytes: &'a [u8]) -> Result<Self, PictureError> {
        let cut_off = || PictureError::broken("the file ends before the picture does");
        let (signature, mut rest) = bytes.split_at_checked(SIGNATURE_BYTES).ok_or_else(cut_off)?;
        let mut chunks: Vec<Chunk<'a>> = Vec::new();
        loop {
            let (&length, after) = rest.split_first_chunk::<4>().ok_or_else(cut_off)?;
            let length = u32::from_be_bytes(length) as usize;
            let &kind = after.first_chunk::<4>().ok_or_else(cut_off)?;
            let data = after.get(4..).and_then(|data| data.get(..length)).ok_or_else(cut_off)?;
            let raw = rest.get(..length + 12).ok_or_else(cut_off)?;
            if chunks.len() >= CHUNKS_MAX {
                return Err(PictureError::broken("it has too many parts"));
            }
            chunks.push(Chunk { kind, data, raw });
            if &kind == b"IEND" {
                break;
            }
            rest = &rest[length + 12..];
        }
        let header = chunks.first().filter(|chunk| &chunk.kind == b"IHDR").map(|chunk| chunk.data);
        let Some(&[w3, w2, w1, w0, h3, h2, h1, h0, ..]) = header else {
            return Err(PictureError::broken("it has no header"));
        };
        let (width, height) = (u32::from_be_bytes([w3, w2, w1, w0]), u32::from_be_bytes([h3, h2, h1, h0]));
        if width == 0 || height == 0 {
            return Err(PictureError::broken("its header says zero pixels"));
        }
        Ok(Self { width, height, signature, chunks })
    }

    fn data(&self, kind: &[u8; 4]) -> Option<&'a [u8]> {
        self.chunks.iter().find(|chunk| &chunk.kind == kind).map(|chunk| chunk.data)
    }

    /// The EXIF block in TIFF form.
    pub(crate) fn exif(&self) -> Option<&'a [u8]> {
        self.data(b"eXIf").map(|data| data.strip_prefix(b"Exif\0\0").unwrap_or(data))
    }

    /// The XMP packet, when it is stored uncompressed as the XMP specification asks.
    pub(crate) fn xmp(&self) -> Option<&'a [u8]> {
        const PREFIX: &[u8] = b"XML:com.adobe.xmp\0\0\0\0\0";
        self.chunks.iter().filter(|chunk| &chunk.kind == b"iTXt").find_map(|chunk| chunk.data.strip_prefix(PREFIX))
    }

    /// The value of a plain text chunk such as `Author` or `Copyright`.
    pub(crate) fn text(&self, keyword: &str) -> Option<String> {
        let texts = self.chunks.iter().filter(|chunk| &chunk.kind == b"tEXt" && chunk.data.len() <= BLOCK_BYTES_MAX);
        texts
            .filter_map(|chunk| chunk.data.strip_prefix(keyword.as_bytes())?.strip_prefix(b"\0"))
            .find_map(|value| cleaned(&decoded(value)))
    }

    /// Bytes of the picture and colour chunks: what [`PngFile::rewritten`] cannot go below.
    pub(crate) fn picture_bytes(&self) -> usize {
        self.chunks.iter().filter(|chunk| is_picture(chunk.kind)).map(|chunk| chunk.raw.len()).sum()
    }

    /// The same picture with byte-identical image data, and of the other chunks only those of colour and `exif`.
    pub(crate) fn rewritten(&self, exif: Option<&[u8]>) -> Vec<u8> {
        let mut out = self.signature.to_vec();
        let mut exif = exif;
        for chunk in self.chunks.iter().filter(|chunk| is_picture(chunk.kind)) {
            if let Some(exif) = exif.take_if(|_| &chunk.kind == b"IDAT") {
                push_chunk(&mut out, *b"eXIf", exif);
            }
            out.extend_from_slice(chunk.raw);
        }
        out
    }
}

fn is_picture(kind: [u8; 4]) -> bool {
    const KEPT: [&[u8; 4]; 10] =
        [b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"cICP"];
    KEPT.contains(&&kind)
}

fn push_chunk(out: &mut Vec<u8>, kind: [u8; 4], data: &[u8]) {
    let mut crc = crc32fast::Hasher::new();
    crc.update(&kind);
    crc.update(data);
    out.extend_from_slice(&(data.len() as u32).to_be_bytes());
    out.extend_from_slice(&kind);
    out.extend_from_slice(data);
    out.extend_from_slice(&crc.finalize().to_be_bytes());
}
