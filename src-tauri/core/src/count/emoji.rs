//! Where an emoji sequence ends: the grammar of Unicode's UTS #51, so that a family, a flag or a keycap counts once.
//!
//! Invariant: sequences are recognised by the properties of their parts, not by a list of known ones, so an emoji newer
//! than this program still counts as one. A sequence has at most [`CHARS_MAX`] code points; a longer chain is text.

use unicode_properties::UnicodeEmoji;
use unicode_properties::emoji::{is_emoji_presentation_selector, is_regional_indicator, is_tag_character, is_zwj};

/// The longest sequence Unicode recommends (two people kissing, both with a skin tone) has ten code points.
const CHARS_MAX: usize = 10;

const KEYCAP: char = '\u{20E3}';
const TEXT_SELECTOR: char = '\u{FE0E}';

/// Returns the bytes of the emoji sequence that `text` begins with, or `None` when it begins with something else.
pub fn sequence_at_start(text: &str) -> Option<usize> {
    let first = text.chars().next()?;
    if first.is_ascii() {
        return keycap(text, first);
    }
    if is_regional_indicator(first) {
        let second = text[first.len_utf8()..].chars().next().filter(|c| is_regional_indicator(*c))?;
        return Some(first.len_utf8() + second.len_utf8());
    }
    let mut seen = Seen { text, bytes: 0, chars: 0 };
    let mut emoji = seen.element()?;
    while seen.peek().is_some_and(is_zwj) {
        let before = (seen.bytes, seen.chars);
        seen.bump();
        if seen.element().is_none() || seen.chars > CHARS_MAX {
            (seen.bytes, seen.chars) = before;
            break;
        }
        emoji = true;
    }
    (emoji && seen.chars <= CHARS_MAX).then_some(seen.bytes)
}

fn keycap(text: &str, first: char) -> Option<usize> {
    if !matches!(first, '0'..='9' | '#' | '*') {
        return None;
    }
    let rest = &text[1..];
    let after = rest.strip_prefix('\u{FE0F}').unwrap_or(rest);
    after.starts_with(KEYCAP).then(|| text.len() - after.len() + KEYCAP.len_utf8())
}

fn is_pictograph(c: char) -> bool {
    // The last block is where Unicode has put every new emoji since 2019.
    (!c.is_ascii() && !is_regional_indicator(c) && c.is_emoji_char()) || matches!(c, '\u{1FA70}'..='\u{1FAFF}')
}

fn is_skin_tone(c: char) -> bool {
    matches!(c, '\u{1F3FB}'..='\u{1F3FF}')
}

/// A cursor over the sequence.
struct Seen<'a> {
    text: &'a str,
    bytes: usize,
    chars: usize,
}

impl Seen<'_> {
    fn peek(&self) -> Option<char> {
        self.text[self.bytes..].chars().next()
    }

    fn bump(&mut self) {
        if let Some(c) = self.peek() {
            self.bytes += c.len_utf8();
            self.chars += 1;
        }
    }

    /// Reads one pictograph with its modifiers; says whether it is shown as emoji even when it stands alone.
    fn element(&mut self) -> Option<bool> {
        let base = self.peek().filter(|c| is_pictograph(*c))?;
        self.bump();
        let mut emoji = u32::from(base) > 0xFF;
        match self.peek() {
            Some(TEXT_SELECTOR) => return Some(false),
            Some(c) if is_emoji_presentation_selector(c) || is_skin_tone(c) => {
                self.bump();
                emoji = true;
            }
            Some(_) | None => {}
        }
        if self.peek() == Some(KEYCAP) {
            self.bump();
        }
        while self.chars <= CHARS_MAX && self.peek().is_some_and(is_tag_character) {
            self.bump();
        }
        Some(emoji)
    }
}

#[cfg(test)]
mod tests {
    use super::sequence_at_start;

    #[test]
    fn a_sequence_ends_where_unicode_says() {
        let check = |text: &str, expected: Option<usize>| assert_eq!(sequence_at_start(text), expected, "{text:?}");
        check("", None);
        check("a", None);
        check("1", None);
        check("1\u{20E3}", Some(4));
        check("#\u{FE0F}\u{20E3}!", Some(7));
        check("©", None);
        check("©\u{FE0F}", Some(5));
        check("❤", Some(3));
        check("❤\u{FE0E}", None);
        check("🇳🇱🇳🇱", Some(8));
        check("🇳", None);
        check("👍🏽👍", Some(8));
        check("👨‍👩‍👧‍👦x", Some(25));
        check("🏴\u{E0067}\u{E0062}\u{E0065}\u{E006E}\u{E0067}\u{E007F}", Some(28));
        check("👨\u{200D}", Some(4));
        check("👨\u{200D}x", Some(4));
    }

    #[test]
    fn an_endless_chain_is_not_one_emoji() {
        let chain = "👨\u{200D}".repeat(1000);
        assert!(sequence_at_start(&chain).expect("it begins with an emoji") < 80);
    }
}
