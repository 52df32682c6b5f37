//! X's weighted count: tables, and laws of trimming.

use proptest::prelude::*;

use super::{LIMIT, is_valid, trim, urls, weighted_length};

#[test]
fn texts_weigh_what_x_says() {
    let check = |text: &str, expected: usize| assert_eq!(weighted_length(text), expected, "{text:?}");
    check("", 0);
    check("Hello, world", 12);
    check("cafe\u{301}", 4);
    check("café", 4);
    check("Ελληνικά и кириллица", 20);
    check("日本語", 6);
    check("한국어", 6);
    check("ประเทศไทย", 9);
    check("a\nb\u{200B}c\u{2013}d\u{2019}e", 9);
    check("\u{2026}", 2);
    check("\u{200E}\u{202A}x\u{202C}", 7);
    check("\u{1100}", 2);
    check("\u{10FF}", 1);
    check("©®", 2);
    check("©\u{FE0F}", 2);
    check("™", 2);
    check("😀", 2);
    check("😀😀😀", 6);
    check("👍🏽", 2);
    check("👨‍👩‍👧‍👦", 2);
    check("🧑🏽‍🤝‍🧑🏻", 2);
    check("🏳️‍🌈🏴‍☠️", 4);
    check("🇳🇱🇯🇵", 4);
    check("🏴\u{E0067}\u{E0062}\u{E0065}\u{E006E}\u{E0067}\u{E007F}", 2);
    check("1️⃣#️⃣*⃣", 6);
    check("❤️‍🔥", 2);
    check("🐦‍🔥", 2);
    check("🙂‍↕️", 2);
    check("https://a.com", 23);
    check("http://example.com/a/very/long/path/that/goes/on/and/on?with=query&more=1#end", 23);
    check("See https://example.com/a, and http://b.org.", 4 + 23 + 6 + 23 + 1);
    check("flickr.com", 23);
    check("(flickr.com)", 25);
    check("twitter.com/photos/1", 23);
    check("日本語flickr.comです", 6 + 23 + 4);
    check("no.url1 here", 12);
}

#[test]
fn everything_that_x_may_link_is_a_url() {
    let check = |text: &str, expected: &[&str]| {
        let found: Vec<_> = urls(text).into_iter().map(|range| &text[range]).collect();
        assert_eq!(found, expected, "{text:?}");
    };
    check("", &[]);
    check("A plain title. And another.", &[]);
    check("P.S. 1984", &[]);
    check("f/2.8, 1/250 s, ISO 100...", &[]);
    check("a.m. and p.m.", &[]);
    check("St.Ives vs. U.S.A. at 10.30", &[]);
    check("DSC_5116.JPG", &[]);
    check("http://", &[]);
    check("https://flickr.com/photos/me/1/.", &["https://flickr.com/photos/me/1/"]);
    check("HTTP://EXAMPLE.COM", &["HTTP://EXAMPLE.COM"]);
    check("http://localhost:8080/x", &["http://localhost:8080/x"]);
    check("http://127.0.0.1/x y", &["http://127.0.0.1/x"]);
    check("flickr.com.", &["flickr.com"]);
    check("www.Flickr.COM/photos!", &["www.Flickr.COM/photos"]);
    check("it.is", &["it.is"]);
    check("me@example.com", &["example.com"]);
    check("пример.рф", &["пример.рф"]);
    check("xn--e1afmkfd.xn--p1ai", &["xn--e1afmkfd.xn--p1ai"]);
    check("写真はflickr.comで", &["flickr.com"]);
    check("https://de.wikipedia.org/wiki/Foto_(Begriff)", &["https://de.wikipedia.org/wiki/Foto_(Begriff)"]);
    check("(https://example.com/a)", &["https://example.com/a"]);
    check("a..b.com", &["b.com"]);
    check("flickr.com-真 flickr.com_x", &["flickr.com", "flickr.com"]);
    check("example.co.ukпрflickr.com_", &["example.co.uk", "flickr.com"]);
    check("x.com,y.com", &["x.com", "y.com"]);
    check("example.com?q=1 example.com:8080/x", &["example.com?q=1", "example.com:8080/x"]);
    check("https://flickr.com日本", &["https://flickr.com"]);
}

#[test]
fn a_text_within_the_limit_is_returned_unchanged() {
    let cafe = "cafe\u{301} ".repeat(56);
    for text in ["", "short", cafe.trim_end()] {
        assert_eq!(trim(text, LIMIT), text);
    }
}

#[test]
fn a_long_text_is_cut_at_a_word_border() {
    let text = "word, ".repeat(60);
    let cut = trim(&text, LIMIT);
    assert!(cut.ends_with("word…"), "{cut}");
    assert!((180..=LIMIT).contains(&weighted_length(&cut)));
}

#[test]
fn a_text_without_spaces_is_cut_between_graphemes() {
    assert_eq!(trim(&"写".repeat(150), LIMIT), format!("{}…", "写".repeat(139)));
    assert_eq!(trim(&"👨‍👩‍👧‍👦".repeat(141), LIMIT), format!("{}…", "👨‍👩‍👧‍👦".repeat(139)));
    assert_eq!(trim(&"x".repeat(300), LIMIT), format!("{}…", "x".repeat(278)));
    assert_eq!(trim(&format!("a {}", "y".repeat(300)), LIMIT), format!("a {}…", "y".repeat(276)));
    assert_eq!(trim(&"!".repeat(300), LIMIT), format!("{}…", "!".repeat(278)));
    assert_eq!(trim("abc", 2), "…");
    assert_eq!(trim("abc", 1), "");
}

#[test]
fn a_url_is_never_cut() {
    let words = "word ".repeat(52);
    let text = format!("{words}https://example.com/a/b/c and more and more");
    assert_eq!(trim(&text, LIMIT), format!("{}…", words.trim_end()));
    let glued = format!("{}kodak.comrades", "x".repeat(270));
    assert!(!trim(&glued, LIMIT).contains(".com"), "a cut must not make a domain");
}

#[test]
fn what_x_refuses_is_not_valid() {
    assert!(is_valid("x", LIMIT));
    for text in ["", "  \n", "a\u{FEFF}b", "\u{FFFE}", "\u{FFFF}"] {
        assert!(!is_valid(text, LIMIT), "{text:?}");
    }
    assert!(is_valid(&"x".repeat(280), LIMIT) && !is_valid(&"x".repeat(281), LIMIT));
}

#[test]
fn a_megabyte_of_anything_is_counted_in_linear_time() {
    let hostile = [
        "x.",
        ".",
        "a.b.",
        "http://",
        "http://a/(",
        "写.",
        "👨\u{200D}",
        "e\u{301}",
        "1\u{20E3}",
        "a.com/((",
        "-._",
        "é.é",
    ];
    for part in hostile {
        let text = part.repeat(1_000_000 / part.len());
        assert!(weighted_length(&trim(&text, LIMIT)) <= LIMIT, "{part}");
    }
}

fn nasty() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        "\\PC{0,8}",
        "[a-z]{1,9}[ .,:/]{1,2}",
        Just("https://example.com/a_(b)?c=d#e".to_owned()),
        Just("flickr.com".to_owned()),
        Just(".co.uk/".to_owned()),
        Just("👨‍👩‍👧‍👦".to_owned()),
        Just("🇳🇱".to_owned()),
        Just("e\u{301}".to_owned()),
        Just("写真".to_owned()),
    ];
    proptest::collection::vec(part, 0..60).prop_map(|parts| parts.concat())
}

proptest! {
    #[test]
    fn a_trimmed_text_fits_and_is_a_beginning(text in nasty(), limit in 0usize..320) {
        let cut = trim(&text, limit);
        prop_assert!(weighted_length(&cut) <= limit);
        if cut != text && limit >= 2 {
            use unicode_normalization::UnicodeNormalization;
            let whole: String = text.nfc().collect();
            let kept = cut.strip_suffix('…').expect("a cut text ends in an ellipsis");
            prop_assert!(whole.starts_with(kept));
            let known = urls(&whole);
            for range in urls(&cut) {
                prop_assert!(known.contains(&range), "{:?} is a piece of a URL", &cut[range]);
            }
        }
    }

    #[test]
    fn a_trimmed_text_uses_most_of_the_limit(text in "[a-z写 ]{300,400}") {
        let text = text.trim();
        if weighted_length(text) > LIMIT {
            prop_assert!(weighted_length(&trim(text, LIMIT)) >= 170);
        }
    }
}
