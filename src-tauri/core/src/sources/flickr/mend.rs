//! Mends JSON where it can be done without guessing: half surrogates, bad UTF-8, raw control characters in texts, numbers
//! beyond any range.
//!
//! Invariant: sound JSON keeps its meaning; time and memory are linear in the input. Absent: broken syntax, which stays so.

/// Reads bytes, the second time with mended bytes if the first time fails.
pub fn read<T>(bytes: &[u8], reader: impl Fn(&[u8]) -> Result<T, serde_json::Error>) -> Result<T, serde_json::Error> {
    reader(bytes).or_else(|first| match mend(bytes) {
        Some(mended) => reader(&mended),
        None => Err(first),
    })
}

/// Replaces what JSON forbids but nobody misses; `None` when there is nothing of that kind.
fn mend(bytes: &[u8]) -> Option<Vec<u8>> {
    let text = String::from_utf8_lossy(bytes);
    let plain = text.strip_prefix('\u{feff}').unwrap_or(&text).as_bytes();
    let mut out = Vec::with_capacity(plain.len());
    let (mut at, mut inside) = (0, false);
    while let Some(&byte) = plain.get(at) {
        let taken = match byte {
            b'"' => {
                inside = !inside;
                1
            }
            b'\\' if inside => {
                at += mend_escape(&plain[at..], &mut out);
                continue;
            }
            0..0x20 if inside => {
                out.push(b' ');
                at += 1;
                continue;
            }
            b'-' | b'0'..=b'9' if !inside => {
                at += mend_number(&plain[at..], &mut out);
                continue;
            }
            _ => 1,
        };
        out.extend_from_slice(&plain[at..at + taken]);
        at += taken;
    }
    (out != bytes).then_some(out)
}

/// Copies one escape, or U+FFFD for half a surrogate; returns how many bytes it stood on.
fn mend_escape(rest: &[u8], out: &mut Vec<u8>) -> usize {
    let unit = |at: usize| {
        let hex = rest.get(at..at + 6).filter(|escape| escape.starts_with(b"\\u"))?;
        std::str::from_utf8(&hex[2..]).ok().and_then(|hex| u16::from_str_radix(hex, 16).ok())
    };
    let taken = match (unit(0), unit(6)) {
        (Some(0xd800..=0xdbff), Some(0xdc00..=0xdfff)) => 12,
        (Some(0xd800..=0xdfff), _) => {
            out.extend_from_slice(b"\\ufffd");
            return 6;
        }
        (Some(_), _) => 6,
        (None, _) => 2.min(rest.len()),
    };
    out.extend_from_slice(&rest[..taken]);
    taken
}

fn mend_number(rest: &[u8], out: &mut Vec<u8>) -> usize {
    let part = |byte: &&u8| matches!(byte, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E');
    let taken = rest.iter().take_while(part).count();
    let number = std::str::from_utf8(&rest[..taken]).ok().and_then(|text| text.parse::<f64>().ok());
    match number {
        Some(number) if number.is_infinite() => out.extend_from_slice(b"null"),
        Some(_) | None => out.extend_from_slice(&rest[..taken]),
    }
    taken
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_misses_is_mended() {
        for (damaged, expected) in [
            (r#"["a\ud800b"]"#, "a\u{fffd}b"),
            (r#"["\udc00"]"#, "\u{fffd}"),
            (r#"["\ud83d\ude00\ud83d"]"#, "😀\u{fffd}"),
            (r#"["\ud83d\ud83d\ude00"]"#, "\u{fffd}😀"),
            (r#"["\\ud800"]"#, "\\ud800"),
            ("[\"a\nb\"]", "a b"),
            ("\u{feff}[\"a\"]", "a"),
            (r#"["a", 1e999]"#, "a"),
            (r#"["a", -1E+4000, 1.5]"#, "a"),
        ] {
            let value: serde_json::Value = read(damaged.as_bytes(), |bytes| serde_json::from_slice(bytes))
                .unwrap_or_else(|error| panic!("{damaged:?}: {error}"));
            assert_eq!(value[0], expected, "{damaged:?}");
        }
        let latin = b"[\"caf\xe9\"]";
        let value: serde_json::Value = read(latin, |bytes| serde_json::from_slice(bytes)).expect("bad UTF-8 is mended");
        assert_eq!(value[0], "caf\u{fffd}");
    }

    #[test]
    fn broken_syntax_stays_broken() {
        for text in ["", "{", "[1,]", "<html>", "[\"a", "{\"a\":}", "\"\\", "[1,2,]\u{0}"] {
            assert!(
                read(text.as_bytes(), |bytes| serde_json::from_slice::<serde_json::Value>(bytes)).is_err(),
                "{text:?}"
            );
        }
    }
}
