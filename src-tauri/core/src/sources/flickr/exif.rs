//! The reply of `flickr.photos.getExif` as the few facts a photographer reads.
//!
//! Invariant: no odd row spoils the others; texts are short and plain. Flickr has a `raw` value as the camera wrote it and
//! sometimes a `clean` one for people, which is preferred.

use serde_json::Value;

use super::{
    parse::{self, Unread, loose},
    text,
};
use crate::catalogue::Exif;

const ROWS_MAX: usize = 1_000;

/// Reads a reply.
pub(super) fn read(bytes: &[u8]) -> Result<Exif, Unread> {
    let value = parse::value(bytes)?;
    let photo = &value["photo"];
    if !photo.is_object() {
        return Err(parse::missing("the photo"));
    }
    let rows = photo["exif"].as_array().map(Vec::as_slice).unwrap_or_default();
    let rows = &rows[..rows.len().min(ROWS_MAX)];
    let (make, model) = (told(rows, &["Make"]), told(rows, &["Model"]));
    let named = Some(line(&photo["camera"])).filter(|name| !name.is_empty());
    Ok(Exif {
        camera: named
            .or_else(|| [make, model].into_iter().flatten().reduce(|make, model| format!("{make} {model}")))
            .map(|name| once(&name)),
        lens: told(rows, &["LensModel", "Lens", "LensInfo", "LensType"]),
        exposure: told_raw(rows, "ExposureTime").map(|time| exposure(&time)),
        aperture: told(rows, &["FNumber", "ApertureValue"]).map(|number| aperture(&number)),
        iso: told_raw(rows, "ISO").and_then(|iso| iso.parse().ok()),
        focal_length: told(rows, &["FocalLength"]).map(|length| focal_length(&length)),
    })
}

/// For people, of the first of these tags that says something.
fn told(rows: &[Value], tags: &[&str]) -> Option<String> {
    tags.iter().find_map(|tag| value_of(rows, tag, &["clean", "raw"]))
}

fn told_raw(rows: &[Value], tag: &str) -> Option<String> {
    value_of(rows, tag, &["raw", "clean"])
}

fn value_of(rows: &[Value], tag: &str, kinds: &[&str]) -> Option<String> {
    let rows = || rows.iter().filter(|row| line(&row["tag"]).eq_ignore_ascii_case(tag));
    rows().flat_map(|row| kinds.iter().map(|kind| line(&row[*kind]))).find(|text| !text.is_empty())
}

fn line(value: &Value) -> String {
    text::line(&loose(value).text())
}

/// Many models carry the maker's name already: "NIKON CORPORATION NIKON D750" is a NIKON D750.
fn once(name: &str) -> String {
    let words: Vec<&str> = name.split_whitespace().collect();
    let maker = words.first().map(|first| first.to_lowercase());
    let again = words.iter().rposition(|word| maker.as_deref() == Some(word.to_lowercase().as_str()));
    words[again.unwrap_or(0)..].join(" ")
}

fn exposure(raw: &str) -> String {
    let bare = raw.ends_with(|last: char| last.is_ascii_digit());
    if bare { format!("{raw} s") } else { raw.to_owned() }
}

fn aperture(number: &str) -> String {
    if number.starts_with(|first: char| first.is_ascii_digit()) { format!("f/{number}") } else { number.to_owned() }
}

fn focal_length(length: &str) -> String {
    let bare = length.ends_with(|last: char| last.is_ascii_digit());
    if bare { format!("{length} mm") } else { length.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(camera: &str, rows: &[(&str, &str)]) -> String {
        let rows: Vec<String> = rows
            .iter()
            .map(|(tag, value)| {
                format!(r#"{{"tagspace":"IFD0","tag":"{tag}","label":"L","raw":{{"_content":"{value}"}}}}"#)
            })
            .collect();
        format!(r#"{{"photo":{{"id":"7","camera":"{camera}","exif":[{}]}},"stat":"ok"}}"#, rows.join(","))
    }

    fn check(reply: &str, expected: [&str; 6]) {
        let exif = read(reply.as_bytes()).expect("a reply");
        let iso = exif.iso.map(|iso| iso.to_string());
        let told = [exif.camera, exif.lens, exif.exposure, exif.aperture, iso, exif.focal_length];
        assert_eq!(told.map(Option::unwrap_or_default), expected, "{reply}");
    }

    #[test]
    fn a_maker_is_named_once() {
        let table = [
            ("Canon Canon EOS R6", "Canon EOS R6"),
            ("NIKON CORPORATION NIKON D750", "NIKON D750"),
            ("FUJIFILM X-T5", "FUJIFILM X-T5"),
            ("SONY Sony", "Sony"),
            ("Leica", "Leica"),
            ("", ""),
        ];
        for (written, read) in table {
            assert_eq!(once(written), read);
        }
    }

    #[test]
    fn what_cameras_write_becomes_what_photographers_read() {
        let rows = [
            ("Make", "NIKON CORPORATION"),
            ("Model", "NIKON D800"),
            ("LensModel", "50.0 mm f/1.8"),
            ("ExposureTime", "1/250"),
            ("FNumber", "9.0"),
            ("ISO", "100"),
            ("FocalLength", "50.0 mm"),
        ];
        let told = ["NIKON D800", "50.0 mm f/1.8", "1/250 s", "f/9.0", "100", "50.0 mm"];
        check(&reply("", &rows), told);
        check(&reply("Nikon D800", &rows), ["Nikon D800", told[1], told[2], told[3], told[4], told[5]]);
        check(&reply("", &[("Make", "Leica"), ("Model", "M10")]), ["Leica M10", "", "", "", "", ""]);
        check(&reply("", &[("Make", "Leica"), ("ISO", "many")]), ["Leica", "", "", "", "", ""]);
        check(&reply("", &[]), [""; 6]);
    }

    #[test]
    fn a_clean_value_is_preferred_where_people_read_it() {
        let row = |tag: &str, raw: &str, clean: &str| {
            format!(r#"{{"tag":"{tag}","raw":{{"_content":"{raw}"}},"clean":{{"_content":"{clean}"}}}}"#)
        };
        let rows = [
            row("FNumber", "9.0", "f/9.0"),
            row("ExposureTime", "1/250", "0.004 sec (1/250)"),
            row("FocalLength", "500/10", "50 mm"),
        ];
        let reply = format!(r#"{{"photo":{{"exif":[{}]}},"stat":"ok"}}"#, rows.join(","));
        check(&reply, ["", "", "1/250 s", "f/9.0", "", "50 mm"]);
    }

    #[test]
    fn odd_rows_spoil_nothing() {
        let odd = r#"{"photo":{"camera":{},"exif":[1,null,[],{"tag":7},{"tag":"ISO","raw":200},{"tag":"Model","raw":"X\u0000"},]},"stat":"ok"}"#;
        check(&odd.replace(",]", "]"), ["X", "", "", "", "200", ""]);
        for exif in ["{}", "null", "\"x\"", "3"] {
            check(&format!(r#"{{"photo":{{"exif":{exif}}},"stat":"ok"}}"#), [""; 6]);
        }
        assert!(matches!(read(br#"{"stat":"ok"}"#), Err(Unread::Damaged(_))));
        assert!(matches!(read(br#"{"stat":"fail","code":2,"message":"x"}"#), Err(Unread::Fail { code: 2, .. })));
    }
}
