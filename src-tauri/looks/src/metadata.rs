//! What is read from a picture's metadata and the little that is written back.
//!
//! Invariant: an allow-list. Only copyright, creator and the ICC profile ever leave; orientation is read to be applied.
//! Everything else (positions, serial numbers, maker notes, previews, comments) has no type here, so it cannot leak.
//! Absent: any judgement on metadata that cannot be read; it counts as not there.

use exif::{In, Reader, Tag, Value};

use crate::metadata_text::{cleaned, decoded};

/// Embedded metadata blocks larger than this many bytes are not read.
pub(crate) const BLOCK_BYTES_MAX: usize = 1 << 20;
const ICC_BYTES_MAX: usize = 4 << 20;
const ARTIST: u16 = 0x013B;
const COPYRIGHT: u16 = 0x8298;

/// The facts about the maker that stay in a prepared picture.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Kept {
    /// The copyright notice: at most 1,000 characters, no control characters.
    pub copyright: Option<String>,
    /// Who made the picture: at most 1,000 characters, no control characters.
    pub creator: Option<String>,
}

impl Kept {
    /// Fills what is still missing from `other`.
    pub(crate) fn or(self, other: Self) -> Self {
        Self { copyright: self.copyright.or(other.copyright), creator: self.creator.or(other.creator) }
    }

    pub(crate) fn is_complete(&self) -> bool {
        self.copyright.is_some() && self.creator.is_some()
    }

    /// A minimal EXIF block in TIFF form (big endian, Artist and Copyright only); `None` when there is nothing to say.
    pub(crate) fn exif(&self) -> Option<Vec<u8>> {
        let entries: Vec<(u16, &str)> = [(ARTIST, &self.creator), (COPYRIGHT, &self.copyright)]
            .into_iter()
            .filter_map(|(tag, text)| text.as_deref().map(|text| (tag, text)))
            .collect();
        if entries.is_empty() {
            return None;
        }
        let mut out = b"MM\0*\0\0\0\x08".to_vec();
        out.extend_from_slice(&(entries.len() as u16).to_be_bytes());
        let mut strings: Vec<u8> = Vec::new();
        let strings_at = 8 + 2 + 12 * entries.len() + 4;
        for (tag, text) in entries {
            let count = text.len() + 1;
            out.extend_from_slice(&tag.to_be_bytes());
            out.extend_from_slice(&[0, 2]);
            out.extend_from_slice(&(count as u32).to_be_bytes());
            if count <= 4 {
                let mut inline = [0; 4];
                inline[..text.len()].copy_from_slice(text.as_bytes());
                out.extend_from_slice(&inline);
            } else {
                out.extend_from_slice(&((strings_at + strings.len()) as u32).to_be_bytes());
                strings.extend_from_slice(text.as_bytes());
                strings.resize((strings.len() + 2) & !1, 0);
            }
        }
        out.extend_from_slice(&[0; 4]);
        out.extend_from_slice(&strings);
        Some(out)
    }
}

/// What a picture's metadata says, as far as it matters here.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Facts {
    /// EXIF orientation 1 to 8; 1 when unknown.
    pub(crate) orientation: u8,
    pub(crate) kept: Kept,
    pub(crate) icc: Option<Vec<u8>>,
}

impl Facts {
    /// Gathers the facts from raw blocks, best source first: EXIF (TIFF form), XMP packet, Photoshop resources (IPTC).
    pub(crate) fn gather(exif: Option<&[u8]>, xmp: Option<&[u8]>, photoshop: Option<&[u8]>) -> Self {
        let (orientation, mut kept) = exif.map_or((1, Kept::default()), read_exif);
        if let Some(xmp) = xmp.filter(|_| !kept.is_complete()) {
            kept = kept.or(read_xmp(xmp));
        }
        if let Some(photoshop) = photoshop.filter(|_| !kept.is_complete()) {
            kept = kept.or(read_photoshop(photoshop));
        }
        Self { orientation, kept, icc: None }
    }

    /// Adds an ICC profile if it is one, cut to the length it declares.
    pub(crate) fn with_icc(self, icc: Option<Vec<u8>>) -> Self {
        Self { icc: icc.and_then(valid_icc), ..self }
    }

    /// The ICC profile, if it describes pixels of this colour space (`RGB ` or `GRAY`).
    pub(crate) fn icc_for(&self, space: &[u8; 4]) -> Option<&[u8]> {
        self.icc.as_deref().filter(|icc| icc.get(16..20) == Some(space))
    }
}

fn valid_icc(mut icc: Vec<u8>) -> Option<Vec<u8>> {
    let declared = u32::from_be_bytes(icc.get(..4)?.try_into().ok()?) as usize;
    let fits = (128..=ICC_BYTES_MAX).contains(&declared) && declared <= icc.len();
    if !fits || icc.get(36..40) != Some(b"acsp") {
        return None;
    }
    icc.truncate(declared);
    Some(icc)
}

fn read_exif(block: &[u8]) -> (u8, Kept) {
    if block.len() > BLOCK_BYTES_MAX {
        return (1, Kept::default());
    }
    let read = Reader::new().continue_on_error(true).read_raw(block.to_vec());
    let Ok(exif) = read.or_else(|error| error.distill_partial_result(|_| ())) else { return (1, Kept::default()) };
    let orientation = exif
        .get_field(Tag::Orientation, In::PRIMARY)
        .and_then(|field| field.value.get_uint(0))
        .and_then(|value| u8::try_from(value).ok())
        .filter(|value| (1..=8).contains(value))
        .unwrap_or(1);
    let text = |tag| match exif.get_field(tag, In::PRIMARY).map(|field| &field.value) {
        // Copyright may hold two parts: photographer and editor.
        Some(Value::Ascii(parts)) => {
            let parts: Vec<String> = parts.iter().filter_map(|part| cleaned(&decoded(part))).collect();
            cleaned(&parts.join("; "))
        }
        Some(Value::Byte(bytes) | Value::Undefined(bytes, _)) => cleaned(&decoded(bytes)),
        Some(_) | None => None,
    };
    (orientation, Kept { copyright: text(Tag::Copyright), creator: text(Tag::Artist) })
}

fn read_xmp(packet: &[u8]) -> Kept {
    const DC: &str = "http://purl.org/dc/elements/1.1/";
    const XML: &str = "http://www.w3.org/XML/1998/namespace";
    if packet.len() > BLOCK_BYTES_MAX {
        return Kept::default();
    }
    let Ok(text) = str::from_utf8(packet.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(packet)) else {
        return Kept::default();
    };
    let options = roxmltree::ParsingOptions { nodes_limit: 50_000, ..Default::default() };
    let Ok(document) = roxmltree::Document::parse_with_options(text.trim_matches(['\0', ' ', '\n', '\r']), options)
    else {
        return Kept::default();
    };
    let element = |name| document.descendants().find(|node| node.has_tag_name((DC, name)));
    let attribute = |name| document.descendants().find_map(|node| node.attribute((DC, name))).and_then(cleaned);
    let items = |node: roxmltree::Node<'_, '_>| -> Vec<String> {
        let all = node.descendants().filter(|child| child.tag_name().name() == "li");
        all.filter_map(|item| item.text().and_then(cleaned)).collect()
    };
    let rights = element("rights").and_then(|node| {
        let default = node.descendants().find(|item| item.attribute((XML, "lang")) == Some("x-default"));
        let first = default.and_then(|item| item.text()).and_then(cleaned).or_else(|| items(node).into_iter().next());
        first.or_else(|| node.text().and_then(cleaned))
    });
    let creator =
        element("creator").and_then(|node| cleaned(&items(node).join("; ")).or_else(|| node.text().and_then(cleaned)));
    Kept { copyright: rights.or_else(|| attribute("rights")), creator: creator.or_else(|| attribute("creator")) }
}

/// Photoshop image resources: blocks `8BIM`, id, padded name, length, data; IPTC has the id 0x0404.
fn read_photoshop(mut resources: &[u8]) -> Kept {
    while let Some(rest) = resources.strip_prefix(b"8BIM") {
        let &[id_high, id_low, name_length, ref rest @ ..] = rest else { break };
        // The name's length byte and the name together are padded to an even number of bytes.
        let name_skip = (1 + usize::from(name_length)).next_multiple_of(2) - 1;
        let Some(rest) = rest.get(name_skip..) else { break };
        let &[a, b, c, d, ref data @ ..] = rest else { break };
        let length = u32::from_be_bytes([a, b, c, d]) as usize;
        let Some(block) = data.get(..length) else { break };
        if (id_high, id_low) == (0x04, 0x04) {
            return read_iptc(block);
        }
        resources = data.get(length.next_multiple_of(2)..).unwrap_or_default();
    }
    Kept::default()
}

/// IPTC datasets: 0x1C, record, number, length (16 bits), data; 2:80 by-line, 2:116 copyright notice.
fn read_iptc(mut block: &[u8]) -> Kept {
    let mut creators: Vec<String> = Vec::new();
    let mut copyright = None;
    while let &[0x1C, record, number, high, low, ref rest @ ..] = block {
        let length = usize::from(u16::from_be_bytes([high, low]));
        let Some(data) = rest.get(..length) else { break };
        match (record, number) {
            (2, 80) => creators.extend(cleaned(&decoded(data))),
            (2, 116) => copyright = copyright.or_else(|| cleaned(&decoded(data))),
            _ => {}
        }
        block = &rest[length..];
    }
    Kept { copyright, creator: cleaned(&creators.join("; ")) }
}
