//! What X may take for a URL: addresses with http(s), and bare domains such as `flickr.com`.
//!
//! Invariant: errs on the side of "is a URL", because one makes a post thirteen times dearer. `sure` marks those that X's
//! published rules (twitter-text, configuration 3) certainly shorten to 23 characters. Time is linear in the text.
//! No regular expression, and no list of domains: the crate `tld` keeps IANA's.

use std::ops::Range;

/// The longest address X shortens, in bytes.
const URL_BYTES_MAX: usize = 4096;
/// The longest label or top-level domain the domain name system allows, in bytes of ASCII.
const LABEL_BYTES_MAX: usize = 63;
/// The longest host the domain name system allows, in bytes of ASCII.
const HOST_BYTES_MAX: usize = 253;

/// One URL in a text, by its byte range.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Bytes of the text.
    pub range: Range<usize>,
    /// X certainly counts it as 23 characters; otherwise only a suspicion.
    pub sure: bool,
}

/// Finds all URLs from left to right, without overlaps.
pub fn find(text: &str) -> Vec<Found> {
    let mut found: Vec<Found> = Vec::new();
    let (mut from, mut skip) = (0, 0);
    for (at, byte) in text.bytes().enumerate() {
        if at < skip {
            continue;
        }
        let next = match byte {
            b':' => with_scheme(text, from, at),
            b'.' if text[from..at].ends_with(is_label) => {
                let labels_end = labels_end(text, at);
                skip = labels_end;
                bare(text, from, at, labels_end)
            }
            _ => None,
        };
        if let Some(next) = next {
            (from, skip) = (next.range.end, next.range.end);
            found.push(next);
        }
    }
    found
}

/// The end of the dotted labels after `dot`: no later than an empty label, a top-level domain before another script, or
/// than a host can be.
fn labels_end(text: &str, dot: usize) -> usize {
    let window = &text[dot..floor(text, dot + HOST_BYTES_MAX * 4)];
    let (mut label, mut end) = (0, 0);
    for (at, c) in window.char_indices() {
        let is_empty_label = at > 0 && c == '.' && label == at;
        let other_script =
            !c.is_ascii() && at - label <= LABEL_BYTES_MAX && tld::exist(&window[label..at].to_ascii_lowercase());
        if !(is_label(c) || c == '.') || is_empty_label || other_script {
            break;
        }
        end = at + c.len_utf8();
        if c == '.' {
            label = end;
        }
    }
    dot + end
}

fn is_label(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '-' | '_')
}

/// An address whose `://` begins at `colon`.
fn with_scheme(text: &str, from: usize, colon: usize) -> Option<Found> {
    let rest = text[colon..].strip_prefix("://")?;
    let scheme = ["https", "http"].into_iter().find(|scheme| {
        let begin = colon.checked_sub(scheme.len()).filter(|begin| *begin >= from);
        begin.and_then(|begin| text.get(begin..colon)).is_some_and(|word| word.eq_ignore_ascii_case(scheme))
    })?;
    let begin = colon - scheme.len();
    let host_at = text.len() - rest.len();
    let host_end =
        host_at + text[host_at..].chars().take_while(|c| is_label(*c) || *c == '.').map(char::len_utf8).sum::<usize>();
    if host_end == host_at {
        return None;
    }
    // "http://a.com.It" ends at the last label that can be a top-level domain, as it does for a bare domain.
    let known = last_top_level(&text[host_at..host_end]).map(|end| host_at + end);
    let end = known.unwrap_or(host_end);
    let range = begin..path_end(text, end);
    let sure = range.len() <= URL_BYTES_MAX
        && known == Some(host_end)
        && is_plain_host(&text[host_at..end])
        && may_precede(text[..begin].chars().next_back(), false)
        && may_follow(text[end..].chars().next());
    Some(Found { range, sure })
}

/// A bare domain whose first dot is at `dot` and whose labels end at `host_end`.
fn bare(text: &str, from: usize, dot: usize, host_end: usize) -> Option<Found> {
    let left = &text[from..dot];
    let begin =
        dot - left.chars().rev().take(HOST_BYTES_MAX).take_while(|c| is_label(*c)).map(char::len_utf8).sum::<usize>();
    if begin == dot {
        return None;
    }
    let end = begin + last_top_level(&text[begin..host_end])?;
    let host = &text[begin..end];
    // In a script without spaces only the ASCII part is the domain: 写真はflickr.comで
    let ascii = host.char_indices().rev().take_while(|(_, c)| is_host_char(*c)).last().map_or(host.len(), |(at, _)| at);
    let whole_host = if is_plain_host(&host[ascii..]) { begin + ascii..end } else { begin..end };
    let host = &text[whole_host.clone()];
    let path = path_end(text, end);
    let range = whole_host.start..path;
    let country = host.rsplit('.').next().is_some_and(|tld| tld.len() == 2);
    let special = host.split('.').count() == 2 && (ends_in(host, ".co") || ends_in(host, ".tv"));
    let shortened = !country || special || host.split('.').count() > 2 || text[end..].starts_with('/');
    let sure = range.len() <= URL_BYTES_MAX
        && is_plain_host(host)
        && shortened
        && may_precede(text[..range.start].chars().next_back(), true)
        && may_follow(text[end..].chars().next());
    Some(Found { range, sure })
}

fn ends_in(host: &str, tail: &str) -> bool {
    host.len() > tail.len() && host.get(host.len() - tail.len()..).is_some_and(|end| end.eq_ignore_ascii_case(tail))
}

/// The end of the last label of `host` that is a top-level domain and has a label before it.
fn last_top_level(host: &str) -> Option<usize> {
    let bounded = floor(host, HOST_BYTES_MAX * 4);
    let mut at = 0;
    let mut end = None;
    for (index, label) in host[..bounded].split('.').enumerate() {
        if index > 0 {
            if let Some(bytes) = top_level(label) {
                end = Some(at + bytes);
            }
            if label.is_empty() {
                break;
            }
        }
        at += label.len() + 1;
    }
    end
}

/// Bytes of `label` that are a top-level domain: all of it, or its ASCII letters before anything else (`com` of `comで`).
fn top_level(label: &str) -> Option<usize> {
    let is_known = |name: &str| name.len() <= LABEL_BYTES_MAX && tld::exist(&name.to_ascii_lowercase());
    let whole = label.trim_end_matches(['-', '_']);
    if whole.is_ascii() && is_known(whole) {
        return Some(whole.len());
    }
    let letters = label.bytes().take_while(u8::is_ascii_alphanumeric).count();
    if is_known(&label[..letters]) {
        return Some(letters);
    }
    let may_be_name = !whole.is_ascii() && whole.len() <= LABEL_BYTES_MAX * 4;
    let host = may_be_name.then(|| url::Host::parse(whole).ok()).flatten()?;
    is_known(&host.to_string()).then_some(whole.len())
}

fn is_host_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_')
}

/// A host of ASCII labels within the limits of the domain name system.
fn is_plain_host(host: &str) -> bool {
    let is_label = |label: &str| {
        !label.is_empty()
            && label.len() <= LABEL_BYTES_MAX
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    host.len() <= HOST_BYTES_MAX && host.contains('.') && host.split('.').all(is_label)
}

fn may_precede(before: Option<char>, bare: bool) -> bool {
    let joins = |c: char| c.is_ascii_alphanumeric() || matches!(c, '@' | '＠' | '$' | '#' | '＃');
    !before.is_some_and(|c| joins(c) || bare && matches!(c, '-' | '_' | '.' | '/'))
}

fn may_follow(after: Option<char>) -> bool {
    after.is_none_or(|c| !c.is_ascii_alphanumeric() && !matches!(c, '@' | '+' | '-' | '_'))
}

/// The end of port, path, query and fragment that begin at `from`.
fn path_end(text: &str, from: usize) -> usize {
    let mut end = from;
    if let Some(port) = text[end..].strip_prefix(':') {
        let digits = port.bytes().take_while(u8::is_ascii_digit).count();
        end += if digits > 0 { 1 + digits } else { 0 };
    }
    if text[end..].starts_with('/') {
        end += 1 + path_bytes(&text[end + 1..]);
    }
    if text[end..].starts_with('?') {
        let query = &text[end + 1..];
        let len = query.bytes().take_while(|b| is_query(*b)).count();
        let kept = query[..len]
            .trim_end_matches(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '-' | '_' | '&' | '=' | '#' | '/'));
        end += if kept.is_empty() { 0 } else { 1 + kept.len() };
    }
    end
}

fn is_query(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!?*'@();:&=+$/%#[]-_.,~|".contains(&byte)
}

/// Bytes of the path after its first slash; sentence marks at its end and an unmatched parenthesis are not part of it.
fn path_bytes(path: &str) -> usize {
    let mut kept = 0;
    let mut at = 0;
    while let Some(c) = path[at..].chars().next() {
        if c == '(' {
            let inside = path[at + 1..].chars().take_while(|c| is_path(*c)).map(char::len_utf8).sum::<usize>();
            if inside == 0 || !path[at + 1 + inside..].starts_with(')') {
                break;
            }
            at += inside + 2;
            kept = at;
        } else if is_path(c) {
            at += c.len_utf8();
            if may_end_path(c) {
                kept = at;
            }
        } else {
            break;
        }
    }
    kept
}

fn is_path(c: char) -> bool {
    c.is_ascii_alphanumeric()
        || matches!(c, '\u{400}'..='\u{4FF}')
        || "!*';:=+,.$/%#[]-–_~@|&".contains(c)
        || is_accented(c)
}

fn may_end_path(c: char) -> bool {
    c.is_ascii_alphanumeric()
        || matches!(c, '\u{400}'..='\u{4FF}' | '=' | '_' | '#' | '/' | '+' | '-')
        || is_accented(c)
}

fn is_accented(c: char) -> bool {
    matches!(c, '\u{C0}'..='\u{24F}' if c != '×' && c != '÷')
}

fn floor(text: &str, bytes: usize) -> usize {
    text.floor_char_boundary(bytes.min(text.len()))
}
