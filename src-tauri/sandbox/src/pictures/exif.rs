//! The metadata inside a JPEG: EXIF, XMP and IPTC, written byte by byte.
//!
//! Invariant: the segments come right after the start marker, each shorter than 64 KiB, EXIF in little-endian TIFF.
//! Absent: reading; the sandbox only writes what a camera and a photographer's software would have left.

use crate::clock;
use crate::flickr::photos::Photo;

use super::Camera;

const ARTIST: &str = "Maren Holt";
const ASCII: u16 = 2;
const SHORT: u16 = 3;
const LONG: u16 = 4;
const RATIONAL: u16 = 5;
const BYTE: u16 = 1;

#[derive(Debug)]
struct Entry {
    tag: u16,
    kind: u16,
    count: u32,
    data: Vec<u8>,
}

fn text(tag: u16, value: &str) -> Entry {
    let mut data = value.as_bytes().to_vec();
    data.push(0);
    Entry { tag, kind: ASCII, count: data.len() as u32, data }
}

fn short(tag: u16, value: u16) -> Entry {
    Entry { tag, kind: SHORT, count: 1, data: value.to_le_bytes().to_vec() }
}

fn long(tag: u16, value: u32) -> Entry {
    Entry { tag, kind: LONG, count: 1, data: value.to_le_bytes().to_vec() }
}

fn rationals(tag: u16, values: &[(u32, u32)]) -> Entry {
    let data = values.iter().flat_map(|(n, d)| [n.to_le_bytes(), d.to_le_bytes()].concat()).collect();
    Entry { tag, kind: RATIONAL, count: values.len() as u32, data }
}

/// One IFD at `offset` of the TIFF block: the table, then the values that do not fit into it.
fn directory(mut entries: Vec<Entry>, offset: u32) -> Vec<u8> {
    entries.sort_by_key(|entry| entry.tag);
    let mut table = (entries.len() as u16).to_le_bytes().to_vec();
    let mut values = Vec::new();
    let values_at = offset + 2 + entries.len() as u32 * 12 + 4;
    for entry in entries {
        table.extend(entry.tag.to_le_bytes());
        table.extend(entry.kind.to_le_bytes());
        table.extend(entry.count.to_le_bytes());
        if entry.data.len() <= 4 {
            let mut inline = entry.data;
            inline.resize(4, 0);
            table.extend(inline);
        } else {
            table.extend((values_at + values.len() as u32).to_le_bytes());
            values.extend(entry.data);
            if values.len() % 2 == 1 {
                values.push(0);
            }
        }
    }
    table.extend(0_u32.to_le_bytes());
    table.extend(values);
    table
}

fn degrees(value: f64) -> [(u32, u32); 3] {
    let value = value.abs();
    let minutes = value.fract() * 60.0;
    [(value as u32, 1), (minutes as u32, 1), ((minutes.fract() * 60.0 * 1000.0) as u32, 1000)]
}

fn tiff(photo: &Photo, camera: &Camera, orientation: u8) -> Vec<u8> {
    let taken = clock::exif(photo.datetaken_s);
    let copyright = copyright(photo);
    let own = vec![
        rationals(0x829a, &[camera.exposure]),
        rationals(0x829d, &[(camera.f_number_tenths, 10)]),
        short(0x8827, camera.iso),
        Entry { tag: 0x9000, kind: 7, count: 4, data: b"0232".to_vec() },
        text(0x9003, &taken),
        text(0x9004, &taken),
        rationals(0x920a, &[(camera.focal_mm, 1)]),
        text(0xa430, ARTIST),
        text(0xa431, &camera.serial.to_string()),
        text(0xa434, camera.lens),
        text(0xa435, &(camera.serial / 7).to_string()),
    ];
    let gps = photo.location.map(|(latitude, longitude)| {
        vec![
            Entry { tag: 0, kind: BYTE, count: 4, data: vec![2, 3, 0, 0] },
            text(1, if latitude < 0.0 { "S" } else { "N" }),
            rationals(2, &degrees(latitude)),
            text(3, if longitude < 0.0 { "W" } else { "E" }),
            rationals(4, &degrees(longitude)),
        ]
    });
    let main = |exif_at: u32, gps_at: u32| {
        let mut entries = vec![
            text(0x010f, camera.make),
            text(0x0110, camera.model),
            short(0x0112, u16::from(orientation)),
            text(0x0131, "Darktable 3.8"),
            text(0x0132, &taken),
            text(0x013b, ARTIST),
            text(0x8298, &copyright),
            long(0x8769, exif_at),
        ];
        if photo.location.is_some() {
            entries.push(long(0x8825, gps_at));
        }
        directory(entries, 8)
    };
    let exif_at = 8 + main(0, 0).len() as u32;
    let exif = directory(own, exif_at);
    let gps_at = exif_at + exif.len() as u32;
    let mut block = b"II\x2a\x00\x08\x00\x00\x00".to_vec();
    block.extend(main(exif_at, gps_at));
    block.extend(exif);
    block.extend(gps.map_or(Vec::new(), |entries| directory(entries, gps_at)));
    block
}

fn copyright(photo: &Photo) -> String {
    format!("Copyright {} {ARTIST}", &clock::mysql(photo.datetaken_s)[..4])
}

fn xmp(photo: &Photo, camera: &Camera) -> String {
    format!(
        "<?xpacket begin=\"\u{feff}\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?><x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF \
         xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\"><rdf:Description rdf:about=\"\" \
         xmlns:dc=\"http://purl.org/dc/elements/1.1/\" xmlns:aux=\"http://ns.adobe.com/exif/1.0/aux/\" \
         xmlns:photoshop=\"http://ns.adobe.com/photoshop/1.0/\" aux:SerialNumber=\"{}\" aux:Lens=\"{}\" \
         photoshop:City=\"{}\" photoshop:Country=\"{}\"><dc:creator><rdf:Seq><rdf:li>{ARTIST}</rdf:li></rdf:Seq>\
         </dc:creator><dc:rights><rdf:Alt><rdf:li xml:lang=\"x-default\">{}</rdf:li></rdf:Alt></dc:rights>\
         </rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end=\"w\"?>",
        camera.serial,
        camera.lens,
        photo.place.name.replace('\'', "&apos;"),
        photo.place.country,
        copyright(photo)
    )
}

fn iptc(photo: &Photo) -> Vec<u8> {
    let mut records = Vec::new();
    let rights = copyright(photo);
    for (number, value) in [(80_u8, ARTIST), (90, photo.place.name), (101, photo.place.country), (116, &rights)] {
        records.extend([0x1c, 2, number]);
        records.extend((value.len() as u16).to_be_bytes());
        records.extend(value.as_bytes());
    }
    let mut block = b"Photoshop 3.0\x008BIM\x04\x04\x00\x00".to_vec();
    block.extend((records.len() as u32).to_be_bytes());
    block.extend(&records);
    if records.len() % 2 == 1 {
        block.push(0);
    }
    block
}

/// The segments of a photo, markers included.
pub(crate) fn segments(photo: &Photo, camera: &Camera, orientation: u8) -> Vec<u8> {
    let exif = [b"Exif\0\0".as_slice(), &tiff(photo, camera, orientation)].concat();
    let xmp = [b"http://ns.adobe.com/xap/1.0/\0".as_slice(), xmp(photo, camera).as_bytes()].concat();
    let mut all = Vec::new();
    for (marker, body) in [(0xe1_u8, exif), (0xe1, xmp), (0xed, iptc(photo))] {
        all.extend([0xff, marker]);
        all.extend((body.len() as u16 + 2).to_be_bytes());
        all.extend(body);
    }
    all
}

/// Puts segments right after the start marker of a JPEG file.
pub(crate) fn insert(file: &mut Vec<u8>, segments: &[u8]) {
    file.splice(2..2, segments.iter().copied());
}
