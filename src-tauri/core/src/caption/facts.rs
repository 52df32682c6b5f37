//! Facts about a photo in the words of a caption: hashtags, phrases, dates, first sentences.
//!
//! Invariant: what is not worth saying is the empty text: machine tags, impossible dates, a camera's file name.

use super::camera_name::is_camera_name;
use super::plain;

/// Hashtags in one caption.
const TAGS_MAX: usize = 5;
/// Bytes of one hashtag.
const TAG_BYTES_MAX: usize = 60;
/// Tags that apps add by themselves, in lower case without blanks.
const BLOCKED: &[&str] =
    &["geotagged", "instagramapp", "squareformat", "flickrmobile", "autouploaded", "uploadedwithios", "iosapp"];
const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
/// The year of the oldest surviving photograph: earlier dates are mistakes.
const YEAR_MIN: i16 = 1826;

/// The title on one line, or nothing when a camera or nobody wrote it.
pub fn title(raw: &str) -> String {
    let title = plain::line(raw);
    let says_nothing = title.chars().all(|c| c.is_ascii() && !c.is_ascii_alphanumeric() || plain::is_unseen(c));
    if says_nothing || is_camera_name(&title) { String::new() } else { title }
}

/// The description as plain text, or nothing when it only repeats a file name.
pub fn description(raw: &str) -> String {
    let text = plain::from_html(raw);
    if is_camera_name(&text) || text.chars().all(plain::is_unseen) { String::new() } else { text }
}

/// The first sentence of a plain text, at most its first line.
pub fn first_sentence(text: &str) -> &str {
    let line = text.lines().next().unwrap_or_default();
    let ends = line.match_indices(['.', '!', '?', '。', '！', '？']).map(|(at, mark)| at + mark.len());
    let is_end = |end: &usize| {
        let (before, after) = line.split_at(*end);
        let wide = before.ends_with(['。', '！', '？']);
        let word = before.trim_end_matches(['.', '!', '?']).rsplit(char::is_whitespace).next().unwrap_or_default();
        // "St. Ives" and "J. Smith" go on.
        let stops = word.chars().count() > 2 && before.chars().count() >= 12;
        let mut next = after.trim_start().chars();
        wide || stops && after.starts_with(char::is_whitespace) && next.next().is_some_and(|c| !c.is_lowercase())
    };
    let end = ends.take(50).find(is_end).unwrap_or(line.len());
    line[..end].trim_end()
}

/// At most five hashtags in CamelCase, each once: `#GoldenGate #Sunset`.
pub fn hashtags(tags: &[String]) -> String {
    let mut kept: Vec<String> = Vec::new();
    for tag in tags.iter().filter(|tag| is_worth_saying(tag)) {
        let words = tag.split(|c: char| !c.is_alphanumeric() && !is_mark(c)).filter(|word| !word.is_empty());
        let name: String = words.map(capitalised).collect();
        let valid = name.chars().any(char::is_alphabetic) && name.len() <= TAG_BYTES_MAX;
        let known = kept.iter().any(|other| other[1..].to_lowercase() == name.to_lowercase());
        if valid && !known {
            kept.push(format!("#{name}"));
        }
        if kept.len() == TAGS_MAX {
            break;
        }
    }
    kept.join(" ")
}

/// The same tags as a phrase for a sentence: `Golden gate, sunset`.
pub fn phrase(tags: &[String]) -> String {
    let worth =
        tags.iter().filter(|tag| is_worth_saying(tag)).map(|tag| plain::line(tag)).filter(|tag| !tag.is_empty());
    capitalised(&worth.take(TAGS_MAX).collect::<Vec<_>>().join(", "))
}

fn is_worth_saying(tag: &str) -> bool {
    let machine = tag.contains(':') && tag.contains('=');
    let squeezed: String =
        tag.chars().take(TAG_BYTES_MAX * 2).filter(|c| c.is_alphanumeric()).collect::<String>().to_lowercase();
    let says = squeezed.chars().any(char::is_alphabetic);
    says && !machine && tag.len() <= TAG_BYTES_MAX && !BLOCKED.contains(&squeezed.as_str()) && !is_camera_name(tag)
}

/// Combining marks are part of words in many scripts.
fn is_mark(c: char) -> bool {
    matches!(u32::from(c), 0x300..=0x36F | 0x900..=0xDFF | 0xE31..=0xE4E | 0x3099..=0x309A | 0x30FC)
}

fn capitalised(word: &str) -> String {
    let mut rest = word.chars();
    rest.next().map(|first| first.to_uppercase().chain(rest).collect()).unwrap_or_default()
}

/// A date as exact as Flickr knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// A day.
    Day(jiff::civil::Date),
    /// A year and a month from 1 to 12.
    Month(i16, i8),
    /// Only the year.
    Year(i16),
}

impl Taken {
    /// Reads `2013-10-06 14:06:41`; midnight on the first of a month or year means that no more is known.
    pub fn parse(text: &str) -> Option<Self> {
        let (date, time) = text.trim().split_once([' ', 'T']).unwrap_or((text.trim(), ""));
        let mut numbers = date.splitn(3, '-');
        let year: i16 = numbers.next()?.parse().ok().filter(|year| (YEAR_MIN..=9999).contains(year))?;
        let month: i8 = numbers.next().unwrap_or("0").parse().ok()?;
        let day: i8 = numbers.next().unwrap_or("0").parse().ok()?;
        let midnight = time.starts_with("00:00:00") || time.is_empty();
        if (year, month, day) == (1970, 1, 1) {
            return None;
        }
        match (month, day) {
            (0, _) => Some(Self::Year(year)),
            (1, 0 | 1) if midnight => Some(Self::Year(year)),
            (1..=12, 0) => Some(Self::Month(year, month)),
            (1..=12, 1) if midnight => Some(Self::Month(year, month)),
            _ => jiff::civil::Date::new(year, month, day).ok().map(Self::Day),
        }
    }

    /// `6 October 2013`, `October 2013` or `2013`.
    pub fn words(self) -> String {
        match self {
            Self::Day(date) => format!("{} {} {}", date.day(), month_name(date.month()), date.year()),
            Self::Month(year, month) => format!("{} {year}", month_name(month)),
            Self::Year(year) => year.to_string(),
        }
    }

    /// The same with the preposition it needs: `on 6 October 2013`.
    pub fn phrase(self) -> String {
        let preposition = match self {
            Self::Day(_) => "on",
            Self::Month(..) | Self::Year(_) => "in",
        };
        format!("{preposition} {}", self.words())
    }
}

fn month_name(month: i8) -> &'static str {
    usize::try_from(month - 1).ok().and_then(|index| MONTHS.get(index)).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{Taken, description, first_sentence, hashtags, phrase, title};

    fn owned(tags: &[&str]) -> Vec<String> {
        tags.iter().map(|tag| (*tag).to_owned()).collect()
    }

    #[test]
    fn dates_are_no_more_exact_than_flickr_knows() {
        let check = |text: &str, expected: Option<&str>| {
            assert_eq!(Taken::parse(text).map(Taken::phrase).as_deref(), expected, "{text}");
        };
        check("2013-10-06 14:06:41", Some("on 6 October 2013"));
        check("2013-10-06 00:00:00", Some("on 6 October 2013"));
        check("2013-10-01 00:00:00", Some("in October 2013"));
        check("2013-01-01 00:00:00", Some("in 2013"));
        check("2013-01-01 00:00:01", Some("on 1 January 2013"));
        check("2012-02-29T10:00:00", Some("on 29 February 2012"));
        check("2013-10-00 00:00:00", Some("in October 2013"));
        check("2013-00-00 00:00:00", Some("in 2013"));
        for wrong in [
            "",
            "x",
            "0000-00-00 00:00:00",
            "1970-01-01 00:00:00",
            "2013-02-30 10:00:00",
            "2013-13-01 10:00:00",
            "99999-01-01",
        ] {
            check(wrong, None);
        }
    }

    #[test]
    fn tags_become_hashtags_people_use() {
        let check = |tags: &[&str], expected: &str| assert_eq!(hashtags(&owned(tags)), expected);
        check(&[], "");
        check(&["golden gate bridge", "sunset", "NYC"], "#GoldenGateBridge #Sunset #NYC");
        check(&["geo:lat=12.3", "geotagged", "2013", "IMG_2041", "!!!", ""], "");
        check(&["sunset", "Sunset", "sun-set"], "#Sunset");
        check(&["a1", "b2", "c3", "d4", "e5", "f6"], "#A1 #B2 #C3 #D4 #E5");
        check(&["写真", "straße"], "#写真 #Straße");
        assert_eq!(phrase(&owned(&["golden gate", "sunset", "geo:lat=1"])), "Golden gate, sunset");
    }

    #[test]
    fn a_description_is_shortened_to_its_first_sentence() {
        let check = |text: &str, expected: &str| assert_eq!(first_sentence(text), expected);
        check("", "");
        check("One line only", "One line only");
        check("A boat in St. Ives harbour. It was cold.", "A boat in St. Ives harbour.");
        check("First line\nsecond", "First line");
        check("Look at that! Wow", "Look at that!");
        check("港の船。寒かった。", "港の船。");
    }

    #[test]
    fn a_title_goes_out_as_written() {
        assert_eq!(title("Route 66"), "Route 66");
        assert_eq!(title("  Two\u{202E}  words "), "Two words");
        assert_eq!(title("♥"), "♥");
        assert_eq!(title("DSC_5116.JPG"), "");
        assert_eq!(title("..."), "");
        for unseen in ["\u{200B}", "\u{200B}\u{2060} \u{AD}", "\u{3164}", "\u{2800}\u{FE0F}", "\u{200D}."] {
            assert_eq!(title(unseen), "", "{unseen:?}");
            assert_eq!(description(unseen.trim_end_matches('.')), "", "{unseen:?}");
        }
        assert_eq!(title("\u{2764}\u{FE0F}"), "\u{2764}\u{FE0F}");
    }
}
