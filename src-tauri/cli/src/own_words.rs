//! `pierrot words`: what would go out with a photo, and the photographer's own words for it.
//!
//! Invariant: what is shown is the core's preview; without an option nothing is written. Absent: any rule about words.

use std::fmt::Write;

use pierrot_core::{CaptionPreview, Pierrot, Result, Wording, log::Part};
use serde_json::json;

use crate::{args::WordsArguments, output::Answer, words};

/// Writes what was asked for, then shows the words as they stand.
pub async fn run(pierrot: &Pierrot, asked: &WordsArguments) -> Result<Answer> {
    let target = asked.target.as_deref();
    let changed = match wordings(asked) {
        wordings if wordings.is_empty() => None,
        wordings => Some(pierrot.set_words(&asked.photo, target, &wordings).await?),
    };
    let names = pierrot.settings().targets.keys().map(String::as_str);
    let mut shown = Vec::new();
    for name in target.map_or_else(|| names.collect(), |target| vec![target]) {
        shown.push(pierrot.caption_preview(&asked.photo, name, None, None).await?);
    }
    let mut said = match changed {
        None => String::new(),
        Some(true) => "Written down on the record.\n".to_owned(),
        Some(false) => "That is on the record already.\n".to_owned(),
    };
    for preview in &shown {
        said.push_str(&sentences(preview));
    }
    Ok(Answer::done(json!({ "photo_id": asked.photo, "changed": changed.unwrap_or(false), "words": shown }), said))
}

fn wordings(asked: &WordsArguments) -> Vec<Wording> {
    let parts = [(Part::Caption, &asked.caption), (Part::AltText, &asked.alt)];
    let wanted = parts.into_iter().filter(|(_, text)| asked.clear || text.is_some());
    wanted.map(|(part, text)| Wording { part, text: text.clone() }).collect()
}

fn sentences(preview: &CaptionPreview) -> String {
    let by = |own: &Option<String>| if own.is_some() { "yours" } else { "by the template" };
    let mut said = format!("{}\n", preview.target);
    let indented = |text: &str| text.replace('\n', "\n           ");
    let parts = [
        ("text", &preview.text, by(&preview.written.caption), preview.weighted, preview.limit),
        ("alt text", &preview.alt_text, by(&preview.written.alt_text), preview.alt_units, preview.alt_limit),
    ];
    for (name, text, by, length, limit) in parts {
        let cut = if length > limit { ", cut to fit" } else { "" };
        let text = if text.is_empty() { "(none)".to_owned() } else { indented(text) };
        let _ = write!(said, "  {name:<9}{text}\n           {by}, {length} of {limit}{cut}\n");
    }
    let _ = writeln!(said, "  cost     {}", words::price(preview.cost_usd, Some(&preview.alt_text)));
    for warning in &preview.warnings {
        let _ = writeln!(said, "  note     {warning}");
    }
    said
}
