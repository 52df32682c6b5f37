//! What a person does to photos and to the log, from a page: many at once, each on the record.
//!
//! Invariant: a photo that cannot be reached does not stop the others, and the first reason is told.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{
    Engine,
    calls::{LogPage, Reached},
};
use crate::{
    caption::plain,
    error::{Code, Error, Result},
    jobs::words::Wording,
    photo::PhotoId,
    record::documents::POSTS,
};

/// Photos of one action.
const PHOTOS_MAX: usize = 5_000;
/// Photos for which the record is kept from everything else at once.
const STEP: usize = 50;

/// What is done to each photo.
enum Verb {
    Exclude,
    Include,
    Unexclude,
    Mark { target: String, post_url: Option<String> },
    Unmark { target: String },
}

impl Engine {
    pub async fn exclude(&self, photos: &[PhotoId]) -> Result<Reached> {
        self.for_each(photos, &Verb::Exclude).await
    }

    pub async fn include(&self, photos: &[PhotoId]) -> Result<Reached> {
        self.for_each(photos, &Verb::Include).await
    }

    /// Takes back that photos were excluded; what closed them before that holds again.
    pub async fn unexclude(&self, photos: &[PhotoId]) -> Result<Reached> {
        self.for_each(photos, &Verb::Unexclude).await
    }

    /// The photographer published these there himself.
    pub async fn mark_published(
        &self,
        photos: &[PhotoId],
        target: String,
        post_url: Option<String>,
    ) -> Result<Reached> {
        self.for_each(photos, &Verb::Mark { target, post_url }).await
    }

    pub async fn unmark_published(&self, photos: &[PhotoId], target: String) -> Result<Reached> {
        self.for_each(photos, &Verb::Unmark { target }).await
    }

    /// The photographer's own words for a photo. Whether anything changed.
    pub async fn set_words(&self, photo: &PhotoId, target: Option<&str>, words: &[Wording]) -> Result<bool> {
        let changed = self.pierrot().set_words(photo, target, words).await?;
        self.changed("plan");
        Ok(changed)
    }

    async fn for_each(&self, photos: &[PhotoId], verb: &Verb) -> Result<Reached> {
        if photos.len() > PHOTOS_MAX {
            let message = format!("{} photos are too many for one step.", photos.len());
            return Err(Error::failed(message, format!("Choose at most {PHOTOS_MAX}.")));
        }
        let mut reached = Reached::default();
        let mut outcome = Ok(());
        for step in photos.chunks(STEP) {
            outcome = self.step(step, verb, &mut reached).await;
            if outcome.is_err() {
                break;
            }
        }
        self.changed("gallery");
        if reached.done == 0 {
            outcome?;
        } else if let Err(error) = outcome {
            reached.why_not.get_or_insert(error.message);
        }
        if matches!(verb, Verb::Include) && reached.done == 0 {
            let why = "None of them was excluded, skipped or refused: what keeps a photo back stands on its page.";
            reached.why_not.get_or_insert(why.into());
        }
        Ok(reached)
    }

    /// Some photos under one lock of the record; fails where the record is away, which holds for all of them.
    async fn step(&self, photos: &[PhotoId], verb: &Verb, reached: &mut Reached) -> Result<()> {
        let pierrot = self.pierrot();
        let mut ledger = pierrot.ready_ledger().await?;
        let mut outcome = Ok(());
        for photo in photos {
            let both = |changed| (changed, changed);
            let changed = match verb {
                Verb::Exclude => pierrot.exclude_in(&mut ledger, photo).await.map(both),
                // A skip that is opened again is not a matter of the never-list, and nothing closes it the same way.
                Verb::Include => {
                    let included = pierrot.include_in(&mut ledger, photo).await;
                    included.map(|included| (included.changed, included.was_excluded))
                }
                Verb::Unexclude => pierrot.unexclude_in(&mut ledger, photo).await.map(both),
                Verb::Mark { target, post_url } => {
                    pierrot.mark_in(&mut ledger, photo, target, post_url.as_deref()).await.map(both)
                }
                Verb::Unmark { target } => pierrot.unmark_in(&mut ledger, photo, target).await.map(both),
            };
            match changed {
                Ok((changed, undoable)) => {
                    reached.done += u32::from(changed);
                    reached.to_undo.extend(undoable.then(|| photo.clone()));
                }
                Err(error) if error.code == Code::TryLater => {
                    outcome = Err(error);
                    break;
                }
                Err(error) => {
                    reached.why_not.get_or_insert(error.message);
                }
            }
        }
        if matches!(verb, Verb::Mark { .. } | Verb::Unmark { .. }) {
            pierrot.write_wal_document(&mut ledger).await;
        }
        outcome
    }

    /// What somebody who helps needs to know.
    pub async fn diagnostics(&self) -> Result<String> {
        self.pierrot().diagnostics(&self.0.program.version).await
    }

    pub async fn log(&self, limit: usize) -> Result<LogPage> {
        let pierrot = self.pierrot();
        let entries = pierrot.log(limit).await?;
        let total = u32::try_from(pierrot.catalogue.log_through()?).unwrap_or(u32::MAX);
        let photos: BTreeSet<PhotoId> = entries.iter().filter_map(|entry| photo_of(entry)?.parse().ok()).collect();
        let known = photos.iter().filter_map(|photo| pierrot.catalogue.photo(photo).ok().flatten());
        let titles = known.map(|row| (row.photo.id, plain::line(&row.photo.title)));
        let titles = titles.filter(|(_, title)| !title.is_empty()).collect();
        Ok(LogPage { total, entries, titles })
    }

    /// The whole log as text: JSON, one object a line, or CSV with a heading.
    pub async fn export_log(&self, csv: bool) -> Result<String> {
        let entries = self.pierrot().log(usize::MAX).await?;
        let mut text = String::new();
        if csv {
            text.push_str(&CSV_COLUMNS.join(","));
            text.push_str("\r\n");
        }
        for entry in &entries {
            if csv {
                text.push_str(&csv_line(entry));
                text.push_str("\r\n");
            } else {
                text.push_str(&entry.to_string());
                text.push('\n');
            }
        }
        Ok(text)
    }
}

/// The photo an entry is about; one that the photographer marked stands among the rows that were taken over.
fn photo_of(entry: &Value) -> Option<&str> {
    let marked = || entry["by_hand"].as_bool()?.then(|| entry["published"].as_object()?.keys().next())?;
    entry["photo"].as_str().or_else(|| marked().map(String::as_str))
}

const CSV_COLUMNS: [&str; 12] =
    ["seq", "at", "type", "photo", "target", "slot", "answer", "post_url", "text", "why", "detail", "computer"];

fn csv_line(entry: &Value) -> String {
    let text_of = |value: Option<&str>| csv_field(value.map(Value::from).as_ref());
    let field = |name: &str| match name {
        "photo" => text_of(photo_of(entry)),
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
    use serde_json::json;

    use super::{CSV_COLUMNS, csv_field, csv_line};

    #[test]
    fn the_csv_names_photo_answer_and_post_wherever_an_entry_has_them() {
        let cells = |entry: serde_json::Value| {
            let line = csv_line(&entry);
            let told = CSV_COLUMNS.iter().zip(line.split(',')).filter(|(_, cell)| !cell.is_empty());
            told.map(|(column, cell)| format!("{column}={cell}")).collect::<Vec<_>>().join(" ")
        };
        let post = "https://x.com/a/status/1";
        assert_eq!(
            cells(json!({"seq": 4, "type": "resolved", "photo": "7", "answer": {"is": "posted", "post_url": post}})),
            format!("seq=4 type=resolved photo=7 answer=posted post_url={post}")
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
