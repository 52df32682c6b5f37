//! Palette files: GIMP (.gpl), JASC and RIFF (.pal), and one hexadecimal colour a line (.hex).
//!
//! Invariant: the kind is known by the content, never by a name; whatever comes in ends as a palette or as a sentence.
//! Absent: names of colours, and everything behind the first megabyte.

use super::palette::{Palette, from_hex};

const FILE_BYTES_MAX: usize = 1 << 20;

impl Palette {
    /// Reads a palette file.
    ///
    /// # Errors
    /// A sentence that says what is wrong with it.
    pub fn from_file(bytes: &[u8]) -> Result<Self, String> {
        if bytes.len() > FILE_BYTES_MAX {
            return Err("This is too large for a palette.".into());
        }
        if bytes.starts_with(b"RIFF") {
            return riff(bytes);
        }
        let text = String::from_utf8_lossy(bytes);
        let text = text.trim_start_matches('\u{FEFF}');
        let mut lines = text.lines().map(str::trim).enumerate();
        let first = lines.clone().find(|(_, line)| !line.is_empty()).map_or("", |(_, line)| line);
        if first == "GIMP Palette" {
            let rows = lines.filter(|(_, line)| !is_gimp_note(line));
            return Self::new(rows.map(|(at, line)| decimal(at, line)).collect::<Result<Vec<_>, _>>()?);
        }
        if first == "JASC-PAL" {
            let mut rows = lines.by_ref().filter(|(_, line)| !line.is_empty()).skip(2);
            let count = rows.next().and_then(|(_, line)| line.parse::<usize>().ok());
            let colours = rows.map(|(at, line)| decimal(at, line)).collect::<Result<Vec<_>, _>>()?;
            if count != Some(colours.len()) {
                let says = count.map_or_else(|| "no number".to_owned(), |count| count.to_string());
                return Err(format!(
                    "Its third line says how many colours follow: {says}, but there are {}.",
                    colours.len()
                ));
            }
            return Self::new(colours);
        }
        let rows = lines.filter(|(_, line)| !line.is_empty() && !line.starts_with(';') && !line.starts_with("//"));
        let hex = |(at, line): (usize, &str)| {
            from_hex(line).ok_or_else(|| {
                format!(
                    "Line {} is not a colour such as a0b1c2. Palettes can be .gpl, .pal (JASC, RIFF) or .hex.",
                    at + 1
                )
            })
        };
        Self::new(rows.map(hex).collect::<Result<Vec<_>, _>>()?)
    }
}

fn is_gimp_note(line: &str) -> bool {
    let notes = ["GIMP Palette", "Name:", "Columns:", "Channels:", "#"];
    line.is_empty() || notes.iter().any(|note| line.starts_with(note))
}

/// Three numbers from 0 to 255 at the start of a line.
fn decimal(at: usize, line: &str) -> Result<[u8; 3], String> {
    let mut words = line.split_whitespace().map(|word| word.parse::<u8>().ok());
    match (words.next().flatten(), words.next().flatten(), words.next().flatten()) {
        (Some(r), Some(g), Some(b)) => Ok([r, g, b]),
        _ => Err(format!("Line {} does not start with three numbers from 0 to 255.", at + 1)),
    }
}

/// Microsoft's palette: RIFF, "PAL data", version, count, then four bytes a colour.
fn riff(bytes: &[u8]) -> Result<Palette, String> {
    let cut_off = || "The palette file ends before its colours do.".to_owned();
    let at = bytes.windows(8).position(|part| part == b"PAL data").ok_or_else(cut_off)?;
    let rest = bytes.get(at + 12..).ok_or_else(cut_off)?;
    let &[_, _, low, high, ref colours @ ..] = rest else { return Err(cut_off()) };
    let count = usize::from(u16::from_le_bytes([low, high]));
    let colours = colours.get(..4 * count).ok_or_else(cut_off)?;
    Palette::new(colours.chunks_exact(4).map(|entry| [entry[0], entry[1], entry[2]]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_four_kinds_of_file_give_the_same_colours() {
        let riff = b"RIFF\x18\0\0\0PAL data\x0c\0\0\0\0\x03\x02\0\x01\x02\x03\0\xff\x80\0\0";
        let files: [&[u8]; 5] = [
            b"GIMP Palette\nName: x\nColumns: 2\n# a note\n  1   2   3\tdark\n255 128 0\n",
            b"JASC-PAL\r\n0100\r\n2\r\n1 2 3\r\n255 128 0\r\n",
            b"010203\nff8000\n",
            b"\xEF\xBB\xBF#010203\n\n#FF8000\n#ff8000",
            riff,
        ];
        for file in files {
            let palette = Palette::from_file(file).expect("a palette");
            assert_eq!(palette.colours(), [[1, 2, 3], [255, 128, 0]], "{}", String::from_utf8_lossy(file));
        }
    }

    #[test]
    fn a_bad_palette_file_says_what_is_wrong() {
        let many: String = (0..300).map(|n| format!("{n:06x}\n")).collect();
        let files: [&[u8]; 10] = [
            b"",
            b"\n\n",
            b"hello",
            b"GIMP Palette\n1 2\n",
            b"JASC-PAL\n0100\n1\n1 2 300\n",
            b"JASC-PAL\n0100\n300\n1 2 3\n",
            b"JASC-PAL\n0100\n1\n1 2 3\n4 5 6\n",
            b"RIFF\0\0",
            b"RIFF\x18\0\0\0PAL data\x0c\0\0\0\0\x03\xff\xff\x01",
            many.as_bytes(),
        ];
        for file in files {
            let why = Palette::from_file(file).expect_err("no palette");
            assert!(why.ends_with('.') && why.len() > 20, "{why}");
        }
    }
}
