//! Texts from outside, bounded: titles, descriptions, tags, addresses; and a failure read out of a damaged reply.
//!
//! Invariant: no text leaves here with a NUL or above its bound; a cut never splits a character. Absent: any opinion on
//! content: direction marks, HTML and emoji stay, they are rendered as text.

use super::parse::Unread;

const TITLE_BYTES_MAX: usize = 8 * 1024;
const DESCRIPTION_BYTES_MAX: usize = 64 * 1024;
const LINE_BYTES_MAX: usize = 300;
const ADDRESS_BYTES_MAX: usize = 2000;
const TAGS_MAX: usize = 500;
const TAG_BYTES_MAX: usize = 200;
/// A reply longer than this is not a failure notice.
const NOTICE_BYTES_MAX: usize = 64 * 1024;

pub fn title(text: &str) -> String {
    bounded(text, TITLE_BYTES_MAX, "title")
}

pub fn description(text: &str) -> String {
    bounded(text, DESCRIPTION_BYTES_MAX, "description")
}

/// A short text without control characters: ids, names, messages.
pub fn line(text: &str) -> String {
    let plain = text.len() <= LINE_BYTES_MAX && text.bytes().all(|byte| (b' '..0x7f).contains(&byte));
    if plain {
        return text.trim().to_owned();
    }
    let clean: String = text.chars().filter(|char| !char.is_control()).collect();
    cut(&clean, LINE_BYTES_MAX).trim().to_owned()
}

/// At most 500 tags of at most 200 bytes, empty ones left out.
pub fn tags(all: impl Iterator<Item = String>) -> Vec<String> {
    let mut all = all.filter(|tag| !tag.is_empty());
    let kept = all.by_ref().take(TAGS_MAX).map(|tag| bounded(&tag, TAG_BYTES_MAX, "tag")).collect();
    if all.next().is_some() {
        tracing::debug!(TAGS_MAX, "a photo has more tags than are kept");
    }
    kept
}

/// An http or https address, else nothing.
pub fn address(text: &str) -> Option<String> {
    let text = text.trim();
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"))?;
    let host = rest.starts_with(|first: char| first.is_ascii_alphanumeric() || first == '[');
    let plain = text.len() <= ADDRESS_BYTES_MAX && text.bytes().all(|byte| (b'!'..0x7f).contains(&byte));
    (host && plain).then(|| text.to_owned())
}

fn bounded(text: &str, bytes_max: usize, what: &str) -> String {
    if text.len() <= bytes_max && !text.contains('\0') {
        return text.to_owned();
    }
    let clean = text.replace('\0', "");
    if clean.len() > bytes_max {
        tracing::debug!(what, bytes = clean.len(), bytes_max, "a text was cut");
    }
    cut(&clean, bytes_max).to_owned()
}

fn cut(text: &str, bytes_max: usize) -> &str {
    &text[..text.floor_char_boundary(bytes_max)]
}

/// The failure a damaged reply still shows: `"stat":"fail"` with a code or a message.
pub fn fail_in(bytes: &[u8]) -> Option<Unread> {
    if bytes.len() > NOTICE_BYTES_MAX {
        return None;
    }
    let text = String::from_utf8_lossy(bytes);
    after(&text, "stat")?.strip_prefix("\"fail\"")?;
    let digits = |rest: &str| rest.trim_start_matches('"').chars().take_while(char::is_ascii_digit).collect::<String>();
    let code = after(&text, "code").and_then(|rest| digits(rest).parse().ok());
    let message = after(&text, "message").and_then(|rest| {
        let mut parts = serde_json::Deserializer::from_str(rest).into_iter::<String>();
        parts.next()?.ok()
    });
    if code.is_none() && message.is_none() {
        return None;
    }
    Some(Unread::Fail { code: code.unwrap_or(0), message: line(&message.unwrap_or_default()) })
}

/// What follows `"key":`, blanks skipped.
fn after<'a>(text: &'a str, key: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(&format!("\"{key}\""))?;
    Some(rest.trim_start().strip_prefix(':')?.trim_start())
}
