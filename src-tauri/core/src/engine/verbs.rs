//! What a person does to photos and to the log, from a page: many at once, each on the record.
//!
//! Invariant: a photo that cannot be reached does not stop the others, and the first reason is told.

use std::collections::BTreeSet;

use super::{
    Engine,
    calls::{LogPage, Reached},
};
use crate::{
    error::{Code, Error, Result},
    jobs::words::Wording,
    photo::PhotoId,
};

/// Photos of one action.
const PHOTOS_MAX: usize = 5_000;

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
        let pierrot = self.pierrot();
        if photos.len() > PHOTOS_MAX {
            let message = format!("{} photos are too many for one step.", photos.len());
            return Err(Error::failed(message, format!("Choose at most {PHOTOS_MAX}.")));
        }
        let mut reached = Reached::default();
        let mut outcome = Ok(());
        for photo in photos {
            let both = |changed| (changed, changed);
            let changed = match verb {
                Verb::Exclude => pierrot.exclude(photo).await.map(both),
                // A skip that is opened again is not a matter of the never-list, and nothing closes it the same way.
                Verb::Include => pierrot.include(photo).await.map(|included| (included.changed, included.was_excluded)),
                Verb::Unexclude => pierrot.unexclude(photo).await.map(both),
                Verb::Mark { target, post_url } => {
                    pierrot.mark_published(photo, target, post_url.as_deref()).await.map(both)
                }
                Verb::Unmark { target } => pierrot.unmark_published(photo, target).await.map(both),
            };
            match changed {
                Ok((changed, undoable)) => {
                    reached.done += u32::from(changed);
                    reached.to_undo.extend(undoable.then(|| photo.clone()));
                }
                // The record is away for all of them.
                Err(error) if error.code == Code::TryLater => {
                    outcome = Err(error);
                    break;
                }
                Err(error) => {
                    reached.why_not.get_or_insert(error.message);
                }
            }
        }
        self.changed("gallery");
        if reached.done == 0 {
            outcome?;
        } else if let Err(error) = outcome {
            reached.why_not.get_or_insert(error.message);
        }
        Ok(reached)
    }

    /// What somebody who helps needs to know.
    pub async fn diagnostics(&self) -> Result<String> {
        self.pierrot().diagnostics(&self.0.program.version).await
    }

    pub async fn log(&self, limit: usize) -> Result<LogPage> {
        let pierrot = self.pierrot();
        let entries = pierrot.log(limit).await?;
        let total = u32::try_from(pierrot.catalogue.log_through()?).unwrap_or(u32::MAX);
        let photos: BTreeSet<PhotoId> =
            entries.iter().filter_map(|entry| entry["photo"].as_str()?.parse().ok()).collect();
        let known = photos.iter().filter_map(|photo| pierrot.catalogue.photo(photo).ok().flatten());
        let titles = known.map(|row| (row.photo.id, row.photo.title)).filter(|(_, title)| !title.is_empty()).collect();
        Ok(LogPage { total, entries, titles })
    }

    /// The whole log as text: JSON, one object a line, or CSV with a heading.
    pub async fn export_log(&self, csv: bool) -> Result<String> {
        let entries = self.pierrot().log(usize::MAX).await?;
        let mut text = String::new();
        if csv {
            text.push_str("seq,at,type,photo,target,slot,post_url,text,detail,computer\r\n");
        }
        for entry in &entries {
            if csv {
                let field = |name: &str| csv_field(entry.get(name));
                let names = ["seq", "at", "type", "photo", "target", "slot", "post_url", "text", "detail", "computer"];
                text.push_str(&names.map(field).join(","));
                text.push_str("\r\n");
            } else {
                text.push_str(&entry.to_string());
                text.push('\n');
            }
        }
        Ok(text)
    }
}

/// One field by RFC 4180; a text that a spreadsheet would run as a formula is kept a text.
fn csv_field(value: Option<&serde_json::Value>) -> String {
    let text = match value {
        None | Some(serde_json::Value::Null) => return String::new(),
        Some(serde_json::Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    };
    let text = if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text };
    if text.contains([',', '"', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::csv_field;

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
