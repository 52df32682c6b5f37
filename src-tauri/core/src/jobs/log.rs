//! The record's log, entry by entry, for people and programs.

use serde_json::Value;

use crate::{error::Result, handle::Pierrot};

impl Pierrot {
    /// The newest `limit` entries in order, each as written, with its photo's id under `photo_id`.
    pub async fn log(&self, limit: usize) -> Result<Vec<Value>> {
        self.newest_fold().await?;
        let skip = self.catalogue.log_through()?.saturating_sub(limit as u64);
        let mut entries = Vec::new();
        self.catalogue.each_log_entry(|seq, bytes| {
            if seq <= skip {
                return;
            }
            let mut entry: Value =
                serde_json::from_slice(bytes).unwrap_or_else(|_| Value::Object(serde_json::Map::new()));
            if let Value::Object(fields) = &mut entry {
                fields.entry("seq").or_insert_with(|| seq.into());
                let photo = fields.get("photo").cloned().unwrap_or_default();
                fields.insert("photo_id".into(), photo);
                if let Some(Value::Object(published)) = fields.remove("published") {
                    // An import may hold hundreds of rows; the log shows how many.
                    fields.insert("published".into(), published.len().into());
                }
            }
            entries.push(entry);
        })?;
        Ok(entries)
    }
}
