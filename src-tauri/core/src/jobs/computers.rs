//! The computers that wrote to the record: who they are, when and what they wrote last, and what a person calls them.
//!
//! Invariant: nothing decides by a name or a time; each computer writes only its own name, in a document of its own, so two
//! never meet. Absent: which of them runs now; the record does not know.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    caption::plain,
    error::{Error, Result},
    handle::Pierrot,
    log::LogEntry,
};

/// One computer as the log knows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ts_rs::TS)]
pub struct ComputerView {
    /// The beginning of its id.
    pub id: String,
    /// What a person calls it.
    pub name: Option<String>,
    /// Whether it is this one.
    pub here: bool,
    /// Entries it wrote.
    pub entries: u32,
    /// The number of its newest entry in the log; 0 for none.
    pub last_seq: u32,
    /// When it was written by that computer's clock, RFC 3339.
    pub last_at: Option<String>,
    /// Its type, `posted` for one.
    pub last: Option<String>,
}

/// `computers/ID.json` in the record.
#[derive(Debug, Serialize, Deserialize)]
struct Named {
    name: String,
    at: String,
}

/// Computers whose names are read.
const NAMED_MAX: usize = 50;
/// Characters of a name.
const NAME_MAX: usize = 60;

impl Pierrot {
    /// Who writes to the record, this computer first, then by their newest entry.
    pub async fn computers(&self) -> Result<Vec<ComputerView>> {
        self.newest_fold().await?;
        let mut found = BTreeMap::from([(self.computer().to_owned(), ComputerView::new(self.computer(), true))]);
        self.catalogue.each_log_entry(|seq, bytes| {
            let Ok(entry) = serde_json::from_slice::<LogEntry>(bytes) else { return };
            let here = entry.computer == self.computer();
            let seen = found.entry(entry.computer.clone()).or_insert_with(|| ComputerView::new(&entry.computer, here));
            seen.entries += 1;
            seen.last_seq = u32::try_from(seq).unwrap_or(u32::MAX);
            seen.last = entry.fact_word();
            seen.last_at = Some(entry.at);
        })?;
        // Without the record they have no names.
        if let Ok(store) = self.store().await {
            for (id, computer) in found.iter_mut().take(NAMED_MAX) {
                let named = store.read(&document(id)).await.ok().flatten();
                let named = named.and_then(|bytes| serde_json::from_slice::<Named>(&bytes).ok());
                computer.name = named.map(|named| tidy(&named.name)).filter(|name| !name.is_empty());
            }
        }
        let mut found: Vec<ComputerView> = found.into_values().collect();
        found.sort_by_key(|computer| (!computer.here, std::cmp::Reverse(computer.last_seq)));
        Ok(found)
    }

    /// Gives this computer a name that all who share the record see; an empty one takes it back.
    pub async fn name_computer(&self, name: &str) -> Result<Vec<ComputerView>> {
        let named = Named { name: tidy(name), at: self.now().to_string() };
        let bytes = serde_json::to_vec(&named)
            .map_err(|error| Error::failed(format!("The name has no text form ({error})."), "Choose another."))?;
        self.store().await?.replace(&document(self.computer()), bytes).await?;
        self.computers().await
    }
}

impl ComputerView {
    fn new(id: &str, here: bool) -> Self {
        let id = id.chars().take(8).collect();
        Self { id, name: None, here, entries: 0, last_seq: 0, last_at: None, last: None }
    }
}

/// Ids are hex; one that is not has no document.
fn document(id: &str) -> String {
    let plain: String = id.chars().filter(char::is_ascii_alphanumeric).take(64).collect();
    format!("computers/{plain}.json")
}

fn tidy(name: &str) -> String {
    plain::line(name).chars().take(NAME_MAX).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{World, log::Fact, photo::PhotoId};

    async fn write(pierrot: &Pierrot, fact: Fact) -> Result<()> {
        let mut ledger = pierrot.ready_ledger().await?;
        pierrot.append(&mut ledger, fact).await.map(drop)
    }

    #[tokio::test]
    async fn two_computers_see_each_other_by_name() -> Result<()> {
        let folder = tempfile::tempdir().expect("a folder");
        let home = |name: &str| -> Result<Pierrot> {
            let home = folder.path().join(name);
            std::fs::create_dir(&home).expect("it is writable");
            let config = format!("[record]\npath = '{}'\n", folder.path().join("record").display());
            std::fs::write(home.join("config.toml"), config).expect("it is writable");
            Pierrot::open(&home, World::with_secrets([]))
        };
        let (one, other) = (home("one")?, home("other")?);
        let photo: PhotoId = "53000000001".parse().expect("an id");
        assert_eq!(one.computers().await?.len(), 1, "this one, before it wrote anything");
        write(&one, Fact::Excluded { photo: photo.clone() }).await?;
        write(&other, Fact::Included { photo }).await?;
        one.name_computer(" Studio\u{202e} ").await?;
        let seen = other.computers().await?;
        let told: Vec<_> =
            seen.iter().map(|c| (c.here, c.name.as_deref(), c.entries, c.last_seq, c.last.as_deref())).collect();
        assert_eq!(told, [(true, None, 1, 2, Some("included")), (false, Some("Studio"), 1, 1, Some("excluded"))]);
        assert_eq!(one.name_computer("").await?[0].name, None);
        Ok(())
    }
}
