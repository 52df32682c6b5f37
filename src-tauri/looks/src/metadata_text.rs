//! Text from metadata, made safe to print and to send.
//!
//! Invariant: cleaned text has no control or direction-override characters, no outer or doubled white space and at most
//! [`CHARS_MAX`] characters. Absent: guesses at encodings beyond UTF-8 and Latin-1.

const CHARS_MAX: usize = 1000;

/// Bytes as text: UTF-8 where valid, else Latin-1; ends at the first NUL.
pub(crate) fn decoded(bytes: &[u8]) -> String {
    let bytes = bytes.split(|&byte| byte == 0).next().unwrap_or_default();
    str::from_utf8(bytes).map_or_else(|_| bytes.iter().map(|&byte| char::from(byte)).collect(), str::to_owned)
}

/// Printable text of at most 1,000 characters, or `None` when nothing is left.
pub(crate) fn cleaned(text: &str) -> Option<String> {
    let mut out = String::new();
    let mut count = 0;
    let mut gap = false;
    for char in text.chars() {
        if char.is_whitespace() {
            gap = count > 0;
            continue;
        }
        if is_unprintable(char) {
            continue;
        }
        if count + usize::from(gap) >= CHARS_MAX {
            break;
        }
        if gap {
            out.push(' ');
            count += 1;
            gap = false;
        }
        out.push(char);
        count += 1;
    }
    (!out.is_empty()).then_some(out)
}

fn is_unprintable(char: char) -> bool {
    char.is_control() || matches!(char, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn text_is_cleaned_of_what_does_not_print() {
        let table = [
            ("  Ann\tLee \n", Some("Ann Lee")),
            ("\u{202E}Ann\u{7}", Some("Ann")),
            ("\0\u{1}", None),
            ("", None),
            ("© 2024 Zoë", Some("© 2024 Zoë")),
        ];
        for (text, expected) in table {
            assert_eq!(cleaned(text).as_deref(), expected, "{text:?}");
        }
        assert_eq!(decoded(b"Zo\xEB\0rest"), "Zoë");
        assert_eq!(decoded("Zoë".as_bytes()), "Zoë");
    }

    proptest! {
        #[test]
        fn cleaned_text_is_short_printable_and_stays_the_same(text in "\\PC*|[\\x00-\\x7F]*|(.{900,1100})") {
            if let Some(once) = cleaned(&text) {
                prop_assert!(once.chars().count() <= CHARS_MAX && !once.chars().any(char::is_control));
                prop_assert_eq!(cleaned(&once), Some(once));
            }
        }
    }
}
