//! Many short texts in one piece of memory, and the plain form in which texts are compared.
//!
//! Invariant: a plain text has no capital, no accent, no control character and no run of blanks; making it plain twice
//! changes nothing. Letters that carry meaning by a mark below them (Indic, kana voicing) keep it. Absent: stemming, synonyms.

use unicode_normalization::char::{canonical_combining_class, decompose_compatible};

/// Texts by number, in order of arrival.
#[derive(Debug, Default)]
pub(super) struct Texts {
    text: String,
    ends: Vec<u32>,
}

impl Texts {
    pub(super) fn push(&mut self, text: &str) {
        self.push_with(|all| all.push_str(text));
    }

    /// Lets `write` append one text.
    pub(super) fn push_with(&mut self, write: impl FnOnce(&mut String)) {
        write(&mut self.text);
        self.ends.push(u32::try_from(self.text.len()).expect("texts are bounded far below 4 GiB"));
    }

    pub(super) fn get(&self, number: usize) -> &str {
        &self.text[self.start(number)..self.end(number)]
    }

    pub(super) fn start(&self, number: usize) -> usize {
        number.checked_sub(1).map_or(0, |before| self.end(before))
    }

    pub(super) fn end(&self, number: usize) -> usize {
        self.ends[number] as usize
    }

    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    pub(super) fn all(&self) -> &str {
        &self.text
    }

    pub(super) fn shrink(&mut self) {
        self.text.shrink_to_fit();
        self.ends.shrink_to_fit();
    }

    pub(super) fn bytes(&self) -> usize {
        self.text.capacity() + self.ends.capacity() * 4
    }
}

/// The form in which texts are compared: "Café  Ñandú" is "cafe nandu".
pub fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    plain_into(&mut out, text);
    out
}

/// Appends the plain form of `text` to `out`.
pub(super) fn plain_into(out: &mut String, text: &str) {
    let start = out.len();
    let mut gap = false;
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let run = rest.bytes().take_while(u8::is_ascii_graphic).count();
        if run > 0 {
            close_gap(out, start, &mut gap);
            let from = out.len();
            out.push_str(&rest[..run]);
            out[from..].make_ascii_lowercase();
            rest = &rest[run..];
            continue;
        }
        if c.is_whitespace() {
            gap = true;
        } else if !c.is_ascii() {
            decompose_compatible(c, |part| put_folded(out, start, &mut gap, part));
        }
        rest = &rest[c.len_utf8()..];
    }
}

fn close_gap(out: &mut String, start: usize, gap: &mut bool) {
    if *gap && out.len() > start {
        out.push(' ');
    }
    *gap = false;
}

fn put_folded(out: &mut String, start: usize, gap: &mut bool, part: char) {
    if part.is_whitespace() {
        *gap = true;
        return;
    }
    if is_accent(part) || is_invisible(part) {
        return;
    }
    for small in part.to_lowercase().filter(|small| !is_accent(*small)) {
        let (first, second) = spelled(small);
        close_gap(out, start, gap);
        out.push(first);
        out.extend(second);
    }
}

/// A mark that readers leave out when they type; nukta, kana voicing and virama (7 to 9) change the letter and stay.
fn is_accent(c: char) -> bool {
    !matches!(canonical_combining_class(c), 0 | 7..=9)
}

fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}')
}

/// Letters with a stroke and ligatures have no decomposition; people type them plainly all the same.
fn spelled(small: char) -> (char, Option<char>) {
    match small {
        'ß' => ('s', Some('s')),
        'æ' => ('a', Some('e')),
        'œ' => ('o', Some('e')),
        'þ' => ('t', Some('h')),
        'ø' => ('o', None),
        'ł' => ('l', None),
        'đ' | 'ð' => ('d', None),
        'ħ' => ('h', None),
        'ı' => ('i', None),
        'ς' => ('σ', None),
        '’' | '‘' => ('\'', None),
        other => (other, None),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_people_type_is_what_they_find() {
        for (text, expected) in [
            ("Café", "cafe"),
            ("CAFE\u{301}", "cafe"),
            ("  Ñandú \t y\n más ", "nandu y mas"),
            ("Łódź, Malmö, Straße, Ærø", "lodz, malmo, strasse, aero"),
            ("İstanbul ılık", "istanbul ilik"),
            ("ﬁne ＡＢＣ x²", "fine abc x2"),
            ("ΟΔΟΣ οδός", "οδοσ οδοσ"),
            ("Ёлка й", "елка и"),
            ("東京 タワー", "東京 タワー"),
            ("हिन्दी", "हिन्दी"),
            ("a\u{0}b\u{AD}c\u{200B}d\u{202E}e", "abcde"),
            ("\u{A0}x\u{3000}y", "x y"),
            ("", ""),
        ] {
            assert_eq!(plain(text), expected, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn plain_twice_is_plain_once(text in "\\PC{0,40}") {
            let once = plain(&text);
            prop_assert_eq!(plain(&once), once);
        }

        #[test]
        fn case_does_not_matter_in_latin_text(text in "[a-zA-Z àéîõüçñåø]{0,40}") {
            prop_assert_eq!(plain(&text.to_uppercase()), plain(&text.to_lowercase()));
        }
    }

    #[test]
    fn texts_come_back_as_they_went_in() {
        let mut texts = Texts::default();
        for text in ["a", "", "bc"] {
            texts.push(text);
        }
        let back: Vec<&str> = (0..texts.len()).map(|number| texts.get(number)).collect();
        assert_eq!((back, texts.all()), (vec!["a", "", "bc"], "abc"));
    }
}
