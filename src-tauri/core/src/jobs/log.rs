//! The record's log, entry by entry, for people and programs.

use serde_json::Value;

use crate::{error::Result, handle::Pierrot};

impl Pierrot {
    /// The newest `limit` entries in order, each as written, with its photo's id under `photo_id`; of the rows of an import how many.
    pub async fn log(&self, limit: usize) -> Result<Vec<Value>> {
        let mut entries = self.log_as_written(limit).await?;
        for entry in &mut entries {
            // An import may hold thousands of rows.
            if let Some(rows) = entry["published"].as_object().map(serde_json::Map::len).filter(|rows| *rows > 1) {
                entry["published"] = rows.into();
            }
        }
        Ok(entries)
    }

    /// As [`Pierrot::log`], the rows of imports included.
    pub async fn log_as_written(&self, limit: usize) -> Result<Vec<Value>> {
        self.newest_fold().await?;
        let skip = self.catalogue.log_through()?.saturating_sub(limit as u64);
        let mut entries = Vec::new();
        self.catalogue.each_log_entry(|seq, bytes| {
            if seq <= skip {
                return;
            }
            let mut entry: Value =
                serde_json::from_slice(bytes).unwrap_or_else(|_| Value::Object(serde_json::Map::new()));
            let photo = photo_of(&entry).map(str::to_owned);
            if let Value::Object(fields) = &mut entry {
                fields.entry("seq").or_insert_with(|| seq.into());
                fields.insert("photo_id".into(), photo.into());
            }
            entries.push(entry);
        })?;
        Ok(entries)
    }
}

/// The photo an entry is about; one that the photographer marked stands among the rows that were taken over.
pub(crate) fn photo_of(entry: &Value) -> Option<&str> {
    let marked = || entry.get("by_hand")?.as_bool()?.then(|| entry.get("published")?.as_object()?.keys().next())?;
    entry.get("photo").and_then(Value::as_str).or_else(|| marked().map(String::as_str))
}
