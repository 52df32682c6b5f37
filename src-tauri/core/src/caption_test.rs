//! Captions and alt texts: tables of titles, hostile texts, and laws.

use proptest::prelude::*;

use super::{
    ALT_UNITS_MAX, Caption, Facts, Template, TypedError, cost_usd, is_camera_name, plain, typed, written, written_alt,
};
use crate::{count, log::Part};

const URL: &str = "https://www.flickr.com/photos/12345678@N00/10000000001/";

fn facts<'a>(title: &'a str, description: &'a str) -> Facts<'a> {
    Facts { title, description, tags: &[], date_taken: Some("2013-10-06 14:06:41"), url: URL }
}

fn caption(template: &str, facts: &Facts<'_>, link: bool) -> Caption {
    Template::parse(template).expect("the tests' templates are valid").caption(facts, count::LIMIT, link)
}

fn text(template: &str, facts: &Facts<'_>) -> String {
    caption(template, facts, false).text
}

#[test]
fn a_title_goes_out_unchanged() {
    for title in ["Route 66", "P.S. 1984", "Ærø, 日本 & 🐦‍🔥!", "f < 4", "Tom &amp; Jerry", "Img of my life"]
    {
        let made = caption("{title}", &facts(title, "words"), false);
        assert_eq!((made.text.as_str(), made.trimmed, made.has_url), (title, false, false));
        assert_eq!(made.weighted, count::weighted_length(title));
        assert_eq!(made.warnings, Vec::<String>::new());
    }
}

#[test]
fn a_template_is_filled_like_a_person_would() {
    let tags = ["golden gate".to_owned(), "geo:lat=1".to_owned(), "fog".to_owned()];
    let full = Facts { tags: &tags, ..facts("Fog", "It was <b>cold</b>.<br>Very &quot;cold&quot;.") };
    assert_eq!(text("{title}: {description} {tags}", &full), "Fog: It was cold.\nVery \"cold\". #GoldenGate #Fog");
    assert_eq!(text("{title} ({date_taken})", &full), "Fog (6 October 2013)");
    assert_eq!(text("{title}\n\n{url}", &full), format!("Fog\n\n{URL}"));
    let bare = facts("DSC_5116", "");
    assert_eq!(text("{title} - {date_taken}", &bare), "6 October 2013");
    assert_eq!(text("{title}\n\n{description}\n\n{date_taken}", &bare), "6 October 2013");
}

#[test]
fn without_a_title_the_next_best_words_are_used() {
    let tags = ["golden gate".to_owned(), "fog".to_owned()];
    assert_eq!(
        text("{title}", &facts("DSC_5116.JPG", "A boat in the harbour. It was cold.")),
        "A boat in the harbour."
    );
    assert_eq!(text("{title}", &Facts { tags: &tags, ..facts("IMG_2041", "IMG_2041.jpg") }), "Golden gate, fog");
    assert_eq!(text("{title}", &facts("", "<img src=x>")), "Photo taken on 6 October 2013");
    assert_eq!(text("{title}", &Facts { date_taken: None, ..facts("P1020304", "") }), "A photo from my archive");
    assert_eq!(text("{description}", &facts("Title", "")), "Title");
    assert_eq!(text("📷 {description}", &facts("Title", "")), "Title");
    assert_eq!(text("", &facts("Title", "")), "Title");
    assert_eq!(text("{url}", &facts("Title", "")), format!("Title\n{URL}"));
}

#[test]
fn the_link_stays_when_the_text_is_trimmed() {
    let long = "word ".repeat(100);
    for (template, link) in [("{title}", true), ("{title}\n{url}", false), ("{title} {url}", true)] {
        let made = caption(template, &facts(&long, ""), link);
        assert!(made.text.ends_with(URL) && made.text.contains("word…"), "{}", made.text);
        assert_eq!(made.text.matches(URL).count(), 1);
        assert!(made.trimmed && made.has_url && made.weighted <= 280 && made.weighted > 250);
        assert_eq!(made.warnings, Vec::<String>::new(), "a link that was asked for needs no warning");
    }
    let made = caption("{title}", &facts(&long, ""), false);
    assert!(made.trimmed && !made.has_url && made.text.ends_with("word…"));
    assert_eq!(caption("{title}", &Facts { url: "", ..facts("T", "") }, true).text, "T");
}

#[test]
fn what_costs_or_disturbs_is_said() {
    let made = caption("{title}", &facts("My album on flickr.com", ""), false);
    assert!(made.has_url);
    assert!(made.warnings[0].contains("\"flickr.com\"") && made.warnings[0].contains("$0.20"), "{:?}", made.warnings);
    let made = caption("{title}", &facts("With @friend and $ABC $XYZ", ""), false);
    assert_eq!(made.warnings.len(), 2);
    assert!(made.warnings[0].contains("\"@friend\"") && made.warnings[1].contains("\"$ABC\" and \"$XYZ\""));
    assert!(caption("{title}", &facts("5 @ 3 for $10, $ABC", ""), false).warnings.is_empty());
}

#[test]
fn a_post_costs_what_x_lists() {
    for (has_url, alt, expected) in
        [(false, false, "0.015"), (false, true, "0.02"), (true, false, "0.2"), (true, true, "0.205")]
    {
        assert_eq!(cost_usd(has_url, alt).to_string(), expected);
    }
}

#[test]
fn alt_text_describes_with_what_there_is() {
    let template = Template::parse("{description}").expect("the default is valid");
    let check = |facts: &Facts<'_>, expected: &str| assert_eq!(template.alt_text(facts), expected);
    check(&facts("Title", "A <i>boat</i>.\n\n\n\nCold."), "A boat.\n\nCold.");
    check(&facts("Title", ""), "Title");
    check(&facts("DSC_5116", ""), "A photograph, taken on 6 October 2013.");
    check(&Facts { date_taken: Some("2013-10-01 00:00:00"), ..facts("", "") }, "A photograph, taken in October 2013.");
    check(&Facts { date_taken: None, ..facts("", "") }, "A photograph.");
    let long = template.alt_text(&facts("", &"word, ".repeat(300)));
    assert!(long.ends_with("word…") && long.chars().count() <= 1000 && long.chars().count() > 980);
    assert!(template.alt_text(&facts("", &"👨‍👩‍👧‍👦".repeat(300))).encode_utf16().count() <= 1000);
}

fn hostile() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        "\\PC{0,20}",
        "[a-z ]{0,30}",
        Just("<a href=\"x\">".to_owned()),
        Just("&amp;&#0;&lt;".to_owned()),
        Just("\u{202E}\u{0}\u{FEFF}\u{FFFF}\r\n\n\n".to_owned()),
        Just("flickr.com/a b ".to_owned()),
        Just("DSC_5116".to_owned()),
        Just(URL.to_owned()),
    ];
    proptest::collection::vec(part, 0..12).prop_map(|parts| parts.concat())
}

proptest! {
    #[test]
    fn a_caption_is_always_valid(
        title in hostile(),
        description in hostile(),
        tags in proptest::collection::vec(hostile(), 0..4),
        date in prop_oneof![Just(None), Just(Some("2013-10-06 14:06:41")), Just(Some("rubbish"))],
        template in prop_oneof![Just("{title}"), Just("{title} - {description} ({date_taken})\n{tags}"), Just("{url} {tags}"), Just("- {description}")],
        link in any::<bool>(),
    ) {
        let facts = Facts { title: &title, description: &description, tags: &tags, date_taken: date, url: URL };
        let made = caption(template, &facts, link);
        prop_assert!(count::is_valid(&made.text, count::LIMIT), "{:?}", made.text);
        prop_assert!(!is_camera_name(&made.text), "{:?}", made.text);
        let hostile = ['\u{0}', '\u{202E}', '\r'];
        prop_assert!(!made.text.contains(hostile));
        if link {
            prop_assert!(made.has_url && made.text.contains(URL));
        }
        let alt = Template::parse("{description}").expect("the default is valid").alt_text(&facts);
        prop_assert!(!alt.is_empty() && alt.encode_utf16().count() <= 1000);
    }
}

#[test]
fn what_is_typed_is_kept_as_plain_text() {
    let long = "x".repeat(25_001);
    for (text, kept) in [
        (" Low  tide \u{202E}\r\n\n\n<b>now</b> ", Ok("Low tide\n\n<b>now</b>")),
        ("DSC_5116", Ok("DSC_5116")),
        ("\u{200B} \u{FEFF}\n", Err(TypedError::Nothing)),
        ("", Err(TypedError::Nothing)),
        (long.as_str(), Err(TypedError::TooLong)),
    ] {
        assert_eq!(typed(Part::Caption, text), kept.map(str::to_owned), "{text:?}");
    }
    assert_eq!(typed(Part::AltText, " "), Ok(String::new()), "a photo may go out without");
}

#[test]
fn a_caption_of_ones_own_is_final_but_for_link_and_limit() {
    let made = |text: &str, link: bool| written(text.to_owned(), &facts("Title", "words"), count::LIMIT, link);
    let plain = made("DSC_5116 {title}", false);
    assert_eq!((plain.text.as_str(), plain.weighted, plain.trimmed), ("DSC_5116 {title}", 16, false));
    assert_eq!(made("Fog", true).text, format!("Fog\n{URL}"));
    for own in [format!("{URL} Fog"), format!("See {URL}."), format!("Fog\n{URL}")] {
        assert_eq!(made(&own, true).text, own, "its link is there already");
    }
    let long = made(&format!("{URL} {}", "word ".repeat(100).trim()), true);
    assert!(long.text.starts_with(URL) && long.text.ends_with("word…") && long.weighted > 250, "{}", long.text);
    let long = made("word ".repeat(100).trim(), false);
    assert_eq!((long.whole_weighted, long.trimmed), (499, true));
    assert!(made("Hello @friend", false).warnings[0].contains("@friend"));
    assert_eq!(written_alt("Boats.\n\nMany."), "Boats.\n\nMany.");
}

#[test]
fn a_draft_is_the_caption_before_link_and_limit() {
    let long = "word ".repeat(100);
    let draft = |template: &str, title: &str| {
        Template::parse(template).expect("valid").draft(&Facts { title, ..facts("", "") })
    };
    assert_eq!(draft("{title}", &long), long.trim());
    assert_eq!(draft("{title}\n{url}", "Fog"), format!("Fog\n{URL}"));
}

proptest! {
    #[test]
    fn a_typed_caption_always_gives_a_valid_post(
        text in hostile(),
        link in any::<bool>(),
        limit in prop_oneof![Just(30_usize), Just(count::LIMIT), Just(25_000)],
    ) {
        let Ok(kept) = typed(Part::Caption, &text) else {
            prop_assert!(plain::lines(&text).chars().all(plain::is_unseen));
            return Ok(());
        };
        prop_assert_eq!(typed(Part::Caption, &kept), Ok(kept.clone()), "kept once is kept for ever");
        let made = written(kept.clone(), &facts("Title", ""), limit, link);
        prop_assert!(count::is_valid(&made.text, limit), "{:?}", made.text);
        prop_assert_eq!(made.trimmed, made.whole_weighted > limit);
        if !link && !made.trimmed {
            prop_assert_eq!(&made.text, &kept, "final text");
        }
        if link && limit >= count::LIMIT {
            prop_assert!(made.has_url && made.text.contains(URL), "{:?}", made.text);
        }
        let alt = written_alt(&typed(Part::AltText, &text).expect("short enough"));
        prop_assert!(alt.encode_utf16().count() <= ALT_UNITS_MAX);
    }
}

#[test]
fn a_megabyte_of_anything_makes_a_caption() {
    for part in ["<", "&", "x", "写", "a.", "@", "DSC_5116 ", "<b>", "\n", "http://", "👨\u{200D}"] {
        let big = part.repeat(1_000_000 / part.len());
        let tags = vec![big.clone(); 3];
        let facts = Facts { title: &big, description: &big, tags: &tags, date_taken: Some(&big), url: URL };
        let made = caption("{title} - {description} {tags} {date_taken}", &facts, true);
        assert!(count::is_valid(&made.text, count::LIMIT), "{part}");
    }
}
