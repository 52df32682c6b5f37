//! Tells the names cameras, phones and programs give to files from titles a person wrote.
//!
//! Invariant: a title with a word of its own ("Route 66", "IMG of my life") is a title. When in doubt it is one: a photographer
//! minds a lost title more than a bare number.

/// File endings that are cut off before looking.
const EXTENSIONS: &[&str] = &[
    "jpg", "jpeg", "jpe", "heic", "heif", "avif", "webp", "png", "gif", "tif", "tiff", "dng", "nef", "nrw", "cr2",
    "cr3", "crw", "arw", "srf", "sr2", "orf", "rw2", "raf", "pef", "srw", "x3f", "3fr", "iiq", "raw", "psd", "bmp",
    "mov", "mp4", "avi", "jxl",
];

/// What only cameras and phones write before a number, with or without a blank between.
const CAMERAS: &[&str] = &[
    "dsc", "dscf", "dscn", "dscs", "dsce", "dscp", "img", "img e", "img_e", "imge", "imag", "imgp", "cimg", "rimg",
    "sdim", "mvimg", "pxl", "pict", "dji", "gopr", "mvi", "hpim", "vid", "epsn", "mmexport", "fxn", "kif",
];

/// What people write too: only followed by a number as programs write it.
const WORDS: &[&str] = &[
    "mg", "image", "pic", "picture", "pano", "photo", "pho", "gp", "gx", "gh", "mov", "mah", "scan", "sam", "dcp",
    "dc", "dp", "hdr", "burst", "cam", "wp", "signal", "received", "resized", "snapchat", "fb", "fb img", "lrm", "lrg",
    "untitled", "file", "capture", "yi", "cid", "stitch", "csc", "nik", "rd", "imm",
];

/// The one letter some cameras write.
const LETTERS: &[&str] = &["p", "g", "l", "d", "s", "n", "r", "k"];

/// What is followed by a date.
const SCREENS: &[&str] = &["screenshot", "screen shot", "bildschirmfoto", "whatsapp image", "whatsapp video"];

/// Words that programs add after the number, and that make no title of it.
const ADDED: &[&str] = &[
    "edited",
    "edit",
    "copy",
    "hdr",
    "pano",
    "enhanced",
    "nr",
    "bw",
    "b&w",
    "web",
    "crop",
    "cropped",
    "final",
    "small",
    "large",
    "wa",
    "mp",
    "night",
    "portrait",
    "original",
    "burst",
    "cover",
    "raw",
    "effects",
    "collage",
    "animation",
    "exported",
    "lr",
    "resized",
    "at",
    "am",
    "pm",
    "e",
    "v",
    "bearbeitet",
    "dxo",
    "topaz",
    "sharpen",
    "denoise",
    "x",
    "hq",
    "full",
    "and",
    "img",
    "motion",
    "a",
    "b",
    "c",
    "d",
];

/// Whether `title` is only the name of a file: `DSC_5116.JPG`, `IMG-20240102-WA0001`, `20240102_123456 (1)`.
pub fn is_camera_name(title: &str) -> bool {
    let title = title.trim();
    if title.len() > 80 || !title.is_ascii() {
        return false;
    }
    let lower = title.to_ascii_lowercase();
    let (stem, has_extension) = without_extensions(&lower);
    // A blank makes a title of much; an underscore or an ending makes a file of it.
    let is_file = has_extension || stem.contains('_') || stem.contains('-') && !stem.contains(' ');
    let begin = stem.trim_start_matches(['_', '-', ' ', '.']);
    let after = |list: &'static [&str]| list.iter().filter_map(|prefix| begin.strip_prefix(prefix));
    is_bare_number(begin, has_extension)
        || is_hash(begin)
        || is_initials(begin, has_extension)
        || after(CAMERAS).any(|rest| is_numbering(rest, |digits, _| digits >= 3))
        || after(WORDS).any(|rest| {
            is_numbering(rest, |digits, glued| digits >= 3 && is_file || digits >= 5 && glued || digits >= 8)
        })
        || after(LETTERS).any(|rest| {
            is_numbering(rest, |digits, glued| digits >= 6 && glued || digits >= 4 && rest.starts_with('_'))
        })
        || after(SCREENS).any(|rest| is_numbering(rest, |digits, _| digits >= 1))
}

fn without_extensions(name: &str) -> (&str, bool) {
    let mut stem = name;
    // "IMG_1.jpg.jpg" happens; more than two do not.
    for _ in 0..2 {
        let Some((left, right)) = stem.rsplit_once('.') else { break };
        let word = right.split([' ', '(', '-', '_']).next().unwrap_or_default();
        if !EXTENSIONS.contains(&word) || !is_added(&right[word.len()..]) {
            break;
        }
        stem = left;
    }
    (stem, stem.len() < name.len())
}

/// The rest after a prefix: digits as many as `enough` wants (told whether they follow at once), then what programs add.
fn is_numbering(rest: &str, enough: impl Fn(usize, bool) -> bool) -> bool {
    let after = rest.trim_start_matches(['_', '-', ' ', '~']);
    let digits = after.bytes().take_while(u8::is_ascii_digit).count();
    enough(digits, rest.len() == after.len()) && is_added(&after[digits..])
}

/// Digits alone: a date and time, or a number too long for a year ("1984" is a title, "20240102_123456" is not).
fn is_bare_number(stem: &str, has_extension: bool) -> bool {
    let digits = stem.bytes().filter(u8::is_ascii_digit).count();
    let leading = stem.bytes().take_while(u8::is_ascii_digit).count();
    let is_date = (8..=20).contains(&digits) && leading >= 4;
    // A folder and a picture: 100_1234
    let is_kodak = leading == 3 && digits == 7 && stem[3..].starts_with('_');
    (leading > 0 && (has_extension || is_date || is_kodak || leading >= 6)) && is_added(&stem[leading..])
}

/// Names of 32 hexadecimal digits and the like, as downloads carry.
fn is_hash(stem: &str) -> bool {
    let hex = stem.bytes().filter(u8::is_ascii_hexdigit).count();
    hex >= 24 && stem.bytes().any(|b| b.is_ascii_digit()) && stem.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-')
}

/// Cameras let their owner choose three letters: `ABC_1234`, `JKR00042`; but `NYC_2020` may be a title.
fn is_initials(stem: &str, has_extension: bool) -> bool {
    let letters = stem.bytes().take_while(u8::is_ascii_alphabetic).count();
    let rest = &stem[letters..];
    let after = rest.strip_prefix('_').unwrap_or(rest);
    let digits = after.bytes().take_while(u8::is_ascii_digit).count();
    let year = after.starts_with("19") || after.starts_with("20");
    let four = digits == 4 && after.len() < rest.len() && (has_extension || !year);
    letters == 3 && (four || digits == 5) && is_added(&after[digits..])
}

/// Only separators, digits and words of [`ADDED`].
fn is_added(rest: &str) -> bool {
    let separator = |c: char| !c.is_ascii_alphanumeric() && c != '&';
    let is_known = |word: &str| {
        word.bytes().all(|b| b.is_ascii_digit()) || ADDED.contains(&word.trim_matches(|c: char| c.is_ascii_digit()))
    };
    rest.split(separator).all(is_known)
}

#[cfg(test)]
mod tests {
    use super::is_camera_name;

    #[test]
    fn names_of_files_are_no_titles() {
        for name in [
            "DSC_5116",
            "DSC_5116.JPG",
            "dsc_5116.jpg",
            "IMG_2041",
            "_MG_1234",
            "_DSC1234",
            "P1020304",
            "DJI_0001",
            "DJI_20240102123456_0001_D",
            "PXL_20240102_123456789",
            "PXL_20240102_123456789.MP",
            "PXL_20240102_123456789.PORTRAIT",
            "20240102_123456",
            "DSCF1234",
            "DSCN0042",
            "GOPR0012",
            "MVIMG_20200101_120000",
            "IMG-20240102-WA0001",
            "VID_20200101_120000",
            "IMG_2041-2",
            "IMG_2041 (1)",
            "IMG_2041 (1).jpg",
            "IMG_2041.jpg (1)",
            "DSC_5116_edited",
            "DSC_5116-Edit",
            "DSC_5116.nef",
            "IMG_1234.heic",
            "IMG_E1234",
            "Screenshot 2024-01-02 at 12.34.56",
            "Screenshot_20240102-123456",
            "Screen Shot 2020-01-02 at 1.02.03 PM",
            "DSC05116",
            "IMG 2041",
            "CIMG1234",
            "IMGP1234",
            "PICT0001",
            "100_1234",
            "IMG_1234_HDR",
            "ABC_1234",
            "JKR00042.jpg",
            "GX010123",
            "00012.jpg",
            "2024-01-02 12.34.56",
            "WhatsApp Image 2024-01-02 at 12.34.56",
            "d41d8cd98f00b204e9800998ecf8427e",
            "  DSC_5116  ",
            "L1000123",
            "SAM_0123",
            "IMG_20240102_123456~2",
            "IMG_2041 copy",
            "DSC_5116-Enhanced-NR",
            "photo_2024-01-02_12-34-56",
        ] {
            assert!(is_camera_name(name), "{name}");
        }
    }

    #[test]
    fn titles_a_person_wrote_are_titles() {
        for title in [
            "",
            "Route 66",
            "P.S. 1984",
            "Img of my life",
            "IMG of my life",
            "1984",
            "2001: A Space Odyssey",
            "Apollo 11",
            "42",
            "Photo 12",
            "Picture 1",
            "Day 100",
            "DSC",
            "Sunset over IMG_2041",
            "DSC_5116 Sunset",
            "Paris 2013",
            "747",
            "P 51 Mustang",
            "P-51",
            "New York 2024",
            "December 2020",
            "B-52",
            "MG TC 1948",
            "MG 1948",
            "Portrait",
            "K2",
            "G8 summit",
            "Leica M6",
            "Canon AE-1",
            "10 000 lakes",
            "S 1234",
            "Mig-29",
            "Agfa 100",
            "Tri-X 400",
            "Ilford HP5",
            "Vol. 2",
            "6 October 2013",
            "24 hours",
            "Pier 39",
            "Area 51",
            "写真_1234",
            "Screenshot of my life",
            "Scan of a slide",
            "VID",
            "Sam 2012",
            "Sam2012",
            "NYC_2020",
            "Cam 4",
            "F-16",
            "U2",
            "Gate A12",
        ] {
            assert!(!is_camera_name(title), "{title}");
        }
    }
}
