//! What a person reads of the log, takes along as a file, and writes about one photo.
//!
//! Invariant: an export is the whole log, however long. Absent: changes to many photos, which are in `changes`.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{Engine, calls::LogPage};
use crate::{
    caption::plain,
    error::Result,
    jobs::{log::photo_of, words::Wording},
    photo::PhotoId,
    record::documents::POSTS,
};

impl Engine {
    /// The photographer's own words for a photo. Whether anything changed.
    pub async fn set_words(&self, photo: &PhotoId, target: Option<&str>, words: &[Wording]) -> Result<bool> {
        let changed = self.pierrot().set_words(photo, target, words).await?;
        self.changed("plan");
        Ok(changed)
    }

    /// What somebody who helps needs to know.
    pub async fn diagnostics(&self) -> Result<String> {
        self.pierrot().diagnostics(&self.0.program.version).await
    }

    pub async fn log(&self, limit: usize) -> Result<LogPage> {
        let pierrot = self.pierrot();
        let entries = pierrot.log(limit).await?;
        let total = u32::try_from(pierrot.catalogue.log_through()?).unwrap_or(u32::MAX);
        let titles = self.titles(&entries);
        Ok(LogPage { total, entries, titles })
    }

    /// Titles of the photos that entries are about.
    fn titles(&self, entries: &[Value]) -> BTreeMap<PhotoId, String> {
        let pierrot = self.pierrot();
        let photos: BTreeSet<PhotoId> = entries.iter().filter_map(|entry| photo_of(entry)?.parse().ok()).collect();
        let known = photos.iter().filter_map(|photo| pierrot.catalogue.photo(photo).ok().flatten());
        let titles = known.map(|row| (row.photo.id, plain::line(&row.photo.title)));
        titles.filter(|(_, title)| !title.is_empty()).collect()
    }

    /// The whole log as text: JSON, one object a line, or CSV with a heading.
    pub async fn export_log(&self, csv: bool) -> Result<String> {
        let entries = self.pierrot().log_as_written(usize::MAX).await?;
        let titles = if csv { self.titles(&entries) } else { BTreeMap::new() };
        let mut text = String::new();
        if csv {
            text.push_str(&CSV_COLUMNS.join(","));
            text.push_str("\r\n");
        }
        for entry in &entries {
            if csv {
                text.push_str(&csv_line(entry, &titles));
                text.push_str("\r\n");
            } else {
                text.push_str(&entry.to_string());
                text.push('\n');
            }
        }
        Ok(text)
    }
}

const CSV_COLUMNS: [&str; 13] = [
    "seq", "at", "type", "photo", "title", "target", "slot", "answer", "post_url", "text", "why", "detail", "computer",
];

fn csv_line(entry: &Value, titles: &BTreeMap<PhotoId, String>) -> String {
    let text_of = |value: Option<&str>| csv_field(value.map(Value::from).as_ref());
    let field = |name: &str| match name {
        "photo" => text_of(photo_of(entry)),
        "title" => {
            let photo = photo_of(entry).and_then(|photo| photo.parse::<PhotoId>().ok());
            text_of(photo.and_then(|photo| titles.get(&photo)).map(String::as_str))
        }
        "answer" => csv_field(entry["answer"].get("is")),
        "post_url" => {
            let marked = photo_of(entry).and_then(|photo| entry["published"][photo][POSTS][0]["post_url"].as_str());
            csv_field(entry.get("post_url").or_else(|| entry["answer"].get("post_url"))) + &text_of(marked)
        }
        "text" => csv_field(entry.get("text").or_else(|| entry["frozen"].get("text"))),
        name => csv_field(entry.get(name)),
    };
    CSV_COLUMNS.map(field).join(",")
}

/// One field by RFC 4180; a text that a spreadsheet would run as a formula is kept a text.
fn csv_field(value: Option<&Value>) -> String {
    let text = match value {
        None | Some(Value::Null) => return String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    };
    let text = if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text };
    if text.contains([',', '"', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::json;

    use super::{CSV_COLUMNS, csv_field, csv_line};

    #[test]
    fn the_csv_names_photo_answer_and_post_wherever_an_entry_has_them() {
        let cells = |entry: serde_json::Value| {
            let titles = BTreeMap::from([("7".parse().expect("an id"), "Quay".to_owned())]);
            let line = csv_line(&entry, &titles);
            let told = CSV_COLUMNS.iter().zip(line.split(',')).filter(|(_, cell)| !cell.is_empty());
            told.map(|(column, cell)| format!("{column}={cell}")).collect::<Vec<_>>().join(" ")
        };
        let post = "https://x.com/a/status/1";
        assert_eq!(
            cells(json!({"seq": 4, "type": "resolved", "photo": "7", "answer": {"is": "posted", "post_url": post}})),
            format!("seq=4 type=resolved photo=7 title=Quay answer=posted post_url={post}")
        );
        let row = json!({"8": {"pierrot_posts": [{"target": "x", "post_url": post}]}});
        assert_eq!(
            cells(json!({"seq": 5, "type": "imported", "target": "x", "published": row, "by_hand": true})),
            format!("seq=5 type=imported photo=8 target=x post_url={post}")
        );
        assert_eq!(cells(json!({"type": "sending", "frozen": {"text": "Dusk"}})), "type=sending text=Dusk");
        assert_eq!(cells(json!({"type": "released", "why": "rejected"})), "type=released why=rejected");
    }

    #[test]
    fn a_title_is_one_field_and_never_a_formula() {
        for (value, field) in [
            (json!("Evening"), "Evening"),
            (json!("a, \"b\""), "\"a, \"\"b\"\"\""),
            (json!("=1+1"), "'=1+1"),
            (json!(7), "7"),
            (json!(null), ""),
        ] {
            assert_eq!(csv_field(Some(&value)), field);
        }
    }
}
