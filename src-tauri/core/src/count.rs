//! How long a text is for X: weighted characters as its published configuration 3 (twitter-text) counts them.
//!
//! Invariants: never counts less than X does for a text X knows how to count; a trimmed text is within its limit, cut between
//! graphemes, and no URL is cut in two. Attached pictures count nothing. All times are linear in the text.
//! Absent: what a post costs (`caption`), and any list of emoji or domains of our own.

mod emoji;
mod urls;

use std::ops::Range;

use unicode_normalization::UnicodeNormalization;
use unicode_segmentation::UnicodeSegmentation;

use urls::Found;

/// What a post of an ordinary account may weigh.
pub const LIMIT: usize = 280;

const URL_WEIGHT: usize = 23;
const EMOJI_WEIGHT: usize = 2;
const ELLIPSIS: char = '…';
/// A trimmed text uses at least this part of the limit: 180 of 280.
const USED_MIN: (usize, usize) = (180, 280);

/// Counts `text` in X's weighted characters: 1 for most alphabets, 2 for an emoji or a CJK character, 23 for a URL.
pub fn weighted_length(text: &str) -> usize {
    let text: String = text.nfc().collect();
    let mut weight = 0;
    let mut at = 0;
    for Found { range, sure } in urls::find(&text) {
        weight += plain_weight(&text[at..range.start]) + url_weight(&text[range.clone()], sure);
        at = range.end;
    }
    weight + plain_weight(&text[at..])
}

/// Byte ranges of everything X may take for a URL, bare domains included, from left to right.
pub fn urls(text: &str) -> Vec<Range<usize>> {
    urls::find(text).into_iter().map(|found| found.range).collect()
}

/// Whether X takes `text`: not empty, none of U+FFFE, U+FEFF, U+FFFF, at most `limit` weighted characters.
pub fn is_valid(text: &str, limit: usize) -> bool {
    let refused = |c| matches!(c, '\u{FFFE}' | '\u{FEFF}' | '\u{FFFF}');
    !text.trim().is_empty() && !text.contains(refused) && weighted_length(text) <= limit
}

/// Returns `text` unchanged when it is within `limit` weighted characters, else its beginning and an ellipsis.
///
/// The cut is at a word border unless that would waste more than 100 of 280 characters. URLs stay whole or go.
pub fn trim(text: &str, limit: usize) -> String {
    if weighted_length(text) <= limit {
        return text.to_owned();
    }
    let Some(room) = limit.checked_sub(char_weight(ELLIPSIS)) else {
        return String::new();
    };
    let text: String = text.nfc().collect();
    let found = urls::find(&text);
    let mut cut = cut(&text, &found, room, limit * USED_MIN.0 / USED_MIN.1);
    // A cut inside a word may leave what looks like a domain: "kodak.comrades" must not become "kodak.com".
    while let Some(new) = urls::find(&text[..cut]).pop().filter(|new| !found.contains(new)) {
        cut = new.range.start;
    }
    let mut kept = text[..cut].trim_end().to_owned();
    kept.push(ELLIPSIS);
    kept
}

/// Where to cut: the last word border that fits if it uses `used_min`, else the last grapheme that fits.
fn cut(text: &str, found: &[Found], room: usize, used_min: usize) -> usize {
    let (mut weight, mut fits) = (0, 0);
    let (mut word, mut word_weight) = (0, 0);
    let mut was_space = true;
    for piece in pieces(text, found) {
        let is_space = piece.text.chars().all(char::is_whitespace);
        if is_space && !was_space {
            (word, word_weight) = (fits, weight);
        }
        was_space = is_space;
        if weight + piece.weight > room {
            break;
        }
        weight += piece.weight;
        fits += piece.text.len();
    }
    let bare_word = text[..word].trim_end_matches(may_not_end);
    if word_weight.saturating_sub(plain_weight(&text[bare_word.len()..word])) >= used_min {
        return bare_word.len();
    }
    let bare = text[..fits].trim_end_matches(may_not_end);
    let is_url_end = found.iter().any(|url| url.range.end == fits);
    if is_url_end || weight.saturating_sub(plain_weight(&text[bare.len()..fits])) < used_min {
        fits
    } else {
        bare.len()
    }
}

/// Marks that look wrong before an ellipsis.
fn may_not_end(c: char) -> bool {
    c.is_whitespace() || ".,;:!?-–—…·|/&+~([{<\"“‘«„'".contains(c) || "、。，；：！？・（「『【".contains(c)
}

/// A part of a text that is never cut.
struct Piece<'a> {
    text: &'a str,
    weight: usize,
}

/// The text as graphemes and whole URLs.
fn pieces<'a>(text: &'a str, found: &'a [Found]) -> impl Iterator<Item = Piece<'a>> {
    let graphemes = |text: &'a str| text.graphemes(true).map(|text| Piece { text, weight: plain_weight(text) });
    let ends = std::iter::once(0).chain(found.iter().map(|url| url.range.end));
    let gaps = ends.zip(found.iter().map(Some).chain([None]));
    gaps.flat_map(move |(from, url)| {
        let gap = &text[from..url.map_or(text.len(), |url| url.range.start)];
        let whole = url.map(|url| &text[url.range.clone()]).map(|part| (part, url.is_some_and(|url| url.sure)));
        graphemes(gap).chain(whole.map(|(text, sure)| Piece { text, weight: url_weight(text, sure) }))
    })
}

/// A suspected URL weighs whichever is more, so that X never counts more than we do.
fn url_weight(text: &str, sure: bool) -> usize {
    if sure { URL_WEIGHT } else { plain_weight(text).max(URL_WEIGHT) }
}

fn plain_weight(text: &str) -> usize {
    let mut rest = text;
    let mut weight = 0;
    while let Some(first) = rest.chars().next() {
        let (bytes, part) = match emoji::sequence_at_start(rest) {
            Some(bytes) => (bytes, EMOJI_WEIGHT),
            None => (first.len_utf8(), char_weight(first)),
        };
        weight += part;
        rest = &rest[bytes..];
    }
    weight
}

fn char_weight(c: char) -> usize {
    match u32::from(c) {
        0..=4351 | 8192..=8205 | 8208..=8223 | 8242..=8247 => 1,
        _ => 2,
    }
}

#[cfg(test)]
#[path = "count_test.rs"]
mod tests;
