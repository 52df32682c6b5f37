//! Makes plain text of what a photographer wrote on the web: tags dropped, entities decoded once, hostile marks gone.
//!
//! Invariants: the result has no control character but `\n`, no mark that turns the direction of writing, no run of blanks.
//! What is not a tag or an entity stays as typed ("f < 4 & ISO > 100"). Times are linear in the input.
//! Absent: a full HTML parser; the only consumer is a text.

/// Elements that end a line.
const LINE_ENDS: &[&str] = &["br", "p", "div", "li", "tr", "blockquote", "h1", "h2", "h3", "h4", "ul", "ol", "hr"];
/// The longest tag looked for, in bytes: a `<` without `>` nearby is a plain sign.
const TAG_BYTES_MAX: usize = 4096;
/// The longest entity looked for, in bytes between `&` and `;`.
const ENTITY_BYTES_MAX: usize = 10;

/// A title or tag: one line, blanks collapsed.
pub fn line(text: &str) -> String {
    let clean: String = text.chars().filter(|c| !is_hostile(*c)).collect();
    clean.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A text whose line breaks count: blanks collapsed within lines, at most one empty line in a row.
pub fn lines(text: &str) -> String {
    let text = text.replace("\r\n", "\n");
    let mut kept: Vec<String> = Vec::new();
    for row in text.split(['\n', '\r', '\u{2028}', '\u{2029}']).map(line) {
        if !row.is_empty() || kept.last().is_some_and(|last| !last.is_empty()) {
            kept.push(row);
        }
    }
    while kept.last().is_some_and(String::is_empty) {
        kept.pop();
    }
    kept.join("\n")
}

/// A description in Flickr's subset of HTML.
pub fn from_html(html: &str) -> String {
    lines(&without_tags(html))
}

/// The same before its lines are cleaned: hostile marks and blanks as they came.
pub fn without_tags(html: &str) -> String {
    let mut text = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(at) = rest.find(['<', '&']) {
        text.push_str(&rest[..at]);
        rest = &rest[at..];
        let (skip, part) = if rest.starts_with('<') { tag(rest) } else { entity(rest) };
        match part {
            Some(part) => text.push(part),
            None if skip == 1 => text.push_str(&rest[..1]),
            None => {}
        }
        rest = &rest[skip..];
    }
    text.push_str(rest);
    text
}

/// Bytes of the tag that `rest` begins with, and what stands for it; 1 byte when it is no tag.
fn tag(rest: &str) -> (usize, Option<char>) {
    let body = rest[1..].strip_prefix('/').unwrap_or(&rest[1..]);
    if rest.starts_with("<!--") {
        return window(rest, TAG_BYTES_MAX).find("-->").map_or((1, None), |end| (end + 3, None));
    }
    if !body.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return (1, None);
    }
    let Some(end) = window(rest, TAG_BYTES_MAX).find('>') else {
        return (1, None);
    };
    let name_len = body.bytes().take_while(u8::is_ascii_alphanumeric).count();
    let name = &body[..name_len];
    let ends_line = LINE_ENDS.iter().any(|known| known.eq_ignore_ascii_case(name));
    (end + 1, ends_line.then_some('\n'))
}

/// Bytes of the entity that `rest` begins with, and its character; 1 byte when it is a plain `&`.
fn entity(rest: &str) -> (usize, Option<char>) {
    let found = window(&rest[1..], ENTITY_BYTES_MAX + 1).find(';');
    let Some(end) = found else {
        return (1, None);
    };
    let name = &rest[1..=end];
    let decoded = match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        "nbsp" => Some(' '),
        "hellip" => Some('…'),
        "ndash" => Some('–'),
        "mdash" => Some('—'),
        "lsquo" => Some('‘'),
        "rsquo" => Some('’'),
        "ldquo" => Some('“'),
        "rdquo" => Some('”'),
        "copy" => Some('©'),
        "reg" => Some('®'),
        "deg" => Some('°'),
        "euro" => Some('€'),
        _ => numeric(name),
    };
    decoded.map_or((1, None), |c| (end + 2, Some(c)))
}

fn numeric(name: &str) -> Option<char> {
    let digits = name.strip_prefix('#')?;
    let hex = digits.strip_prefix(['x', 'X']);
    let code = hex.map_or_else(|| digits.parse(), |hex| u32::from_str_radix(hex, 16)).ok()?;
    char::from_u32(code)
}

fn window(text: &str, bytes: usize) -> &str {
    &text[..text.floor_char_boundary(bytes)]
}

/// Control characters other than white space, byte order marks, and marks that turn or isolate the direction of writing.
fn is_hostile(c: char) -> bool {
    let control = c.is_control() && !c.is_whitespace();
    control
        || matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{200E}' | '\u{200F}' | '\u{061C}')
        || matches!(c, '\u{FEFF}' | '\u{FFFE}' | '\u{FFFF}' | '\u{FFF9}'..='\u{FFFB}')
}

/// Characters that leave no mark on a page: blanks, and what the Unicode standard lets a reader ignore.
pub fn is_unseen(c: char) -> bool {
    c.is_whitespace()
        || c.is_control()
        || is_hostile(c)
        || matches!(
            c,
            '\u{AD}' | '\u{34F}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}' | '\u{180B}'..='\u{180F}'
        )
        || matches!(c, '\u{200B}'..='\u{200F}' | '\u{2060}'..='\u{206F}' | '\u{2800}' | '\u{3164}' | '\u{FFA0}')
        || matches!(c, '\u{FE00}'..='\u{FE0F}' | '\u{FFF0}'..='\u{FFF8}' | '\u{1BCA0}'..='\u{1BCA3}')
        || matches!(c, '\u{1D173}'..='\u{1D17A}' | '\u{E0000}'..='\u{E0FFF}')
}

#[cfg(test)]
mod tests {
    use super::{from_html, line, lines};

    #[test]
    fn html_becomes_what_a_reader_would_see() {
        let check = |html: &str, expected: &str| assert_eq!(from_html(html), expected, "{html:?}");
        check("Plain", "Plain");
        check("A <b>bold</b> <i>word</i>", "A bold word");
        check("See <a href=\"https://example.com/\" rel=\"nofollow\">my book</a>.", "See my book.");
        check("one<br />two<BR>three", "one\ntwo\nthree");
        check("<p>one</p>\n\n\n<p>two</p>", "one\n\ntwo");
        check("&quot;Tom &amp; Jerry&quot; &lt;3 &#39;yes&#39; &#x41;", "\"Tom & Jerry\" <3 'yes' A");
        check("&amp;lt;b&amp;gt;", "&lt;b&gt;");
        check("f < 4 & ISO > 100; a&b", "f < 4 & ISO > 100; a&b");
        check("&#0;&#xD800;&#99999999;&unknown;", "&#xD800;&#99999999;&unknown;");
        check("<script>x", "x");
        check("a <!-- hidden --> b", "a b");
        check("I <3 you", "I <3 you");
    }

    #[test]
    fn marks_that_can_mislead_are_stripped() {
        assert_eq!(line(" a\u{0}\u{202E}b\u{2066} \u{FEFF}\t c\n d\u{7}"), "ab c d");
        assert_eq!(lines("\n\na\r\nb\rc\n\n\n\nd \n \n"), "a\nb\nc\n\nd");
        assert_eq!(from_html("a&#8238;b&#xFEFF;&#10;c"), "ab\nc");
    }

    #[test]
    fn a_hostile_megabyte_costs_linear_time() {
        for part in ["<", "&", "<a ", "&#", "<!--", "<b>", "&amp;", "\n"] {
            let html = part.repeat(1_000_000 / part.len());
            assert!(from_html(&html).len() <= html.len());
        }
    }
}
