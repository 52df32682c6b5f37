//! The words that go out with a photo: caption and alt text, made from a template and what the photographer wrote.
//!
//! Invariants: a caption is never empty, never a camera's file name, and within its limit; a title a person wrote goes out as
//! it is. The photo's own link is never trimmed away, the text before it is. Pure: same facts, same words.
//! Absent: sending, and the counting rules (`count`).

mod camera_name;
mod facts;
pub(crate) mod plain;
mod template;
mod typed;

use crate::count;
use facts::Taken;
use unicode_segmentation::UnicodeSegmentation;

pub use camera_name::is_camera_name;
pub use template::{Placeholder, Template, TemplateError};
pub use typed::{TypedError, Written, typed};

/// What X takes as alt text, in UTF-16 units.
pub const ALT_UNITS_MAX: usize = 1000;

/// What is looked at of one fact, in bytes: more than the longest post holds, far less than a hostile page.
const RAW_BYTES_MAX: usize = 128 * 1024;

/// What is known about a photo, as its source wrote it.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    /// As typed by the photographer or by a camera.
    pub title: &'a str,
    /// May contain Flickr's subset of HTML.
    pub description: &'a str,
    /// Raw tags, machine tags included.
    pub tags: &'a [String],
    /// Local time without a zone: `2013-10-06 14:06:41`.
    pub date_taken: Option<&'a str>,
    /// The photo's page; empty when there is none.
    pub url: &'a str,
}

/// The text of a post and what is worth knowing about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caption {
    /// Goes out as it is.
    pub text: String,
    /// X's weighted characters.
    pub weighted: usize,
    /// The same of the whole text, before it was cut to the limit.
    pub whole_weighted: usize,
    /// There was more than the limit.
    pub trimmed: bool,
    /// X may charge it as a post with a URL.
    pub has_url: bool,
    /// Sentences for the photographer: what, why, and what to do.
    pub warnings: Vec<String>,
}

impl Template {
    /// Writes the caption in at most `limit` weighted characters; `link` adds the photo's page when the template does not.
    pub fn caption(&self, facts: &Facts<'_>, limit: usize, link: bool) -> Caption {
        let words = Words::of(facts);
        finish(self.whole(&words, facts.tags), &words.url, limit, link)
    }

    /// The words of the caption as one would go on writing them: before a link is added and before the limit.
    pub fn draft(&self, facts: &Facts<'_>) -> String {
        self.whole(&Words::of(facts), facts.tags)
    }

    fn whole(&self, words: &Words, tags: &[String]) -> String {
        let filled = self.filled(words, &facts::hashtags(tags));
        if words.say_something(&filled) {
            return filled;
        }
        let fallback = words.fallback(tags);
        if self.uses(Placeholder::Url) { with_link(fallback, &words.url) } else { fallback }
    }

    /// Describes the photo for those who cannot see it: plain text, at most 1,000 characters, never empty.
    pub fn alt_text(&self, facts: &Facts<'_>) -> String {
        let words = Words::of(facts);
        let filled = self.filled(&words, &facts::phrase(facts.tags));
        let text = if words.say_something(&filled) {
            filled
        } else if !words.title.is_empty() {
            words.title
        } else if let Some(taken) = words.taken {
            format!("A photograph, taken {}.", taken.phrase())
        } else {
            "A photograph.".to_owned()
        };
        shorten(&text, ALT_UNITS_MAX)
    }

    fn filled(&self, words: &Words, tags: &str) -> String {
        let filled = self.fill(|placeholder| match placeholder {
            Placeholder::Title => words.title.clone(),
            Placeholder::Description => words.description.clone(),
            Placeholder::Tags => tags.to_owned(),
            Placeholder::DateTaken => words.taken.map(Taken::words).unwrap_or_default(),
            Placeholder::Url => words.url.clone(),
        });
        plain::lines(&filled)
    }
}

/// The caption that a photographer wrote himself: final, but for the link and the limit. `text` is as [`typed`] gives it.
pub fn written(text: String, facts: &Facts<'_>, limit: usize, link: bool) -> Caption {
    finish(text, &Words::of(facts).url, limit, link)
}

/// An alt text that a photographer wrote himself, cut to what X takes.
pub fn written_alt(text: &str) -> String {
    shorten(text, ALT_UNITS_MAX)
}

/// Adds the link where it is wanted and not there yet, and keeps to the limit.
fn finish(whole: String, url: &str, limit: usize, link: bool) -> Caption {
    let whole = if link && link_at(&whole, url).is_none() { with_link(whole, url) } else { whole };
    let mut text = fit(&whole, url, limit);
    if link && link_at(url, url).is_some() && link_at(&text, url).is_none() {
        // Where cutting took the link, or made a longer word of it, it stands on a line of its own.
        let own = with_link(count::trim(&whole, limit.saturating_sub(count::weighted_length(url) + 1)), url);
        text = if count::weighted_length(&own) <= limit { own } else { text };
    }
    Caption {
        weighted: count::weighted_length(&text),
        whole_weighted: count::weighted_length(&whole),
        trimmed: text != whole,
        has_url: !count::urls(&text).is_empty(),
        warnings: warnings(&text, url),
        text,
    }
}

fn with_link(text: String, url: &str) -> String {
    if url.is_empty() { text } else { format!("{text}\n{url}") }
}

/// Where the last `url` stands that is not within a longer word.
fn link_at(text: &str, url: &str) -> Option<usize> {
    if url.is_empty() || !text.contains(url) {
        return None;
    }
    let links = count::urls(text);
    text.rmatch_indices(url).map(|(at, _)| at).find(|at| links.iter().any(|range| range.start == *at))
}

/// What one post costs on X in US dollars: text, text with a URL, and the request that sets the alt text.
pub fn cost_usd(has_url: bool, alt_text: bool) -> f64 {
    match (has_url, alt_text) {
        (false, false) => 0.015,
        (false, true) => 0.02,
        (true, false) => 0.2,
        (true, true) => 0.205,
    }
}

/// The facts in plain text, empty where there is nothing worth saying.
struct Words {
    title: String,
    description: String,
    taken: Option<Taken>,
    url: String,
}

impl Words {
    fn of(facts: &Facts<'_>) -> Self {
        let clip = |text: &str| text.floor_char_boundary(RAW_BYTES_MAX);
        Self {
            title: facts::title(&facts.title[..clip(facts.title)]),
            description: facts::description(&facts.description[..clip(facts.description)]),
            taken: facts.date_taken.and_then(Taken::parse),
            url: plain::line(&facts.url[..clip(facts.url)]),
        }
    }

    /// Whether a filled template is more than marks, the link and a camera's file name.
    fn say_something(&self, filled: &str) -> bool {
        let own = if self.url.is_empty() { filled.to_owned() } else { filled.replace(&self.url, "") };
        let own = own.trim();
        let has_words = own.chars().any(char::is_alphanumeric);
        (has_words || !self.title.is_empty() && own.contains(&self.title)) && !is_camera_name(own)
    }

    /// What to say when the template says nothing: the best the facts offer.
    fn fallback(&self, tags: &[String]) -> String {
        let sentence = facts::first_sentence(&self.description);
        let tags = facts::phrase(tags);
        if !self.title.is_empty() {
            self.title.clone()
        } else if sentence.chars().any(char::is_alphanumeric) && !is_camera_name(sentence) {
            sentence.to_owned()
        } else if !tags.is_empty() {
            tags
        } else if let Some(taken) = self.taken {
            format!("Photo taken {}", taken.phrase())
        } else {
            "A photo from my archive".to_owned()
        }
    }
}

/// Trims `text` to `limit`, but keeps everything from the last `url` on when that leaves room for words. A `url` that stands
/// within a longer word is no link, and is trimmed like one.
fn fit(text: &str, url: &str, limit: usize) -> String {
    let Some(at) = link_at(text, url).filter(|_| count::weighted_length(text) > limit) else {
        return count::trim(text, limit);
    };
    let head = text[..at].trim_end();
    let tail = &text[head.len()..];
    let fits = |tail: &&str| count::weighted_length(tail) * 2 <= limit;
    let link_only = &text[head.len()..at + url.len()];
    let cut = count::trim(text, limit);
    let stays = link_at(&cut, url).is_some();
    let Some(tail) = [Some(tail), (!stays).then_some(link_only)].into_iter().flatten().find(fits) else {
        return cut;
    };
    let head = count::trim(head, limit - count::weighted_length(tail));
    // What is cut may have held apart what now makes a longer word.
    let joined = format!("{head}{tail}");
    if count::weighted_length(&joined) <= limit { joined } else { cut }
}

/// Cuts a plain text at a word border so that it is at most `units_max` UTF-16 units, ellipsis included.
fn shorten(text: &str, units_max: usize) -> String {
    if text.encode_utf16().take(units_max + 1).count() <= units_max {
        return text.to_owned();
    }
    let (mut units, mut end) = (1, 0);
    for grapheme in text.graphemes(true) {
        units += grapheme.encode_utf16().count();
        if units > units_max {
            break;
        }
        end += grapheme.len();
    }
    let word = text[..end]
        .rfind(char::is_whitespace)
        .filter(|word| !text[end..].starts_with(char::is_whitespace) && word * 2 > end);
    let kept = text[..word.unwrap_or(end)].trim_end_matches(|c: char| c.is_whitespace() || ".,;:!?-–—…".contains(c));
    format!("{kept}…")
}

fn warnings(text: &str, own_url: &str) -> Vec<String> {
    let mut warnings = Vec::new();
    let found: Vec<&str> = count::urls(text).into_iter().map(|range| &text[range]).collect();
    let linked = !own_url.is_empty() && text.contains(own_url);
    if let Some(address) = found.first().filter(|_| !linked) {
        let short: String = address.chars().take(60).collect();
        warnings.push(format!(
            "X takes \"{short}\" for a web address, so this post costs $0.20 instead of $0.015. \
             Reword the caption if you do not want that."
        ));
    }
    if let Some(name) = signs(text, '@', |c| c.is_ascii_alphanumeric() || c == '_').first() {
        warnings.push(format!(
            "\"@{name}\" mentions an account on X, and its owner will be told. Remove the @ if you do not mean that."
        ));
    }
    let mut cashtags = signs(text, '$', |c| c.is_ascii_alphabetic());
    cashtags.dedup();
    if cashtags.len() > 1 {
        warnings.push(format!(
            "\"${}\" and \"${}\" are two cashtags, and X takes one in a post. Remove one of the $ signs.",
            cashtags[0], cashtags[1]
        ));
    }
    warnings
}

/// Names of 1 to 15 characters that follow `sign` at the beginning of a word.
fn signs(text: &str, sign: char, is_name: impl Fn(char) -> bool) -> Vec<&str> {
    let starts_word =
        |at: &usize| !text[..*at].chars().next_back().is_some_and(|c| c.is_alphanumeric() || c == sign || c == '_');
    let name = |at: usize| {
        let rest = &text[at + sign.len_utf8()..];
        let end = rest.find(|c: char| !is_name(c)).unwrap_or(rest.len());
        (1..=15).contains(&end).then(|| &rest[..end])
    };
    text.match_indices(sign).map(|(at, _)| at).filter(starts_word).filter_map(name).collect()
}

#[cfg(test)]
#[path = "caption_test.rs"]
mod tests;
