//! Where the record is, and whether that is where this computer knows it.
//!
//! A copy of a record is as good as the record: same log, same hashes. Two computers, one at each, would both publish the same
//! photo, and neither log would ever know. What tells them apart is where they are: this computer remembers where it wrote,
//! and a record in a bucket says in `pierrot-meta.json` where it lives, for computers that never wrote to it.
//!
//! Invariant: a record at another place is read by nobody but `check` until a person said that it was moved.

use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use crate::{
    caption::plain,
    error::{Code, Error, Result},
    handle::Pierrot,
    record::{
        RecordStore,
        append::name_of,
        documents::{self, Found, LIVES_AT, META},
    },
    settings::RecordKind,
};

/// Where this computer's copy of the log was made.
const RECORD_AT: &str = "record_at";

impl Pierrot {
    /// Why this record may be a copy of the one this computer, or the record itself, speaks of. A record that is met for the
    /// first time is remembered.
    pub(crate) async fn maybe_a_copy(&self, store: &dyn RecordStore) -> Result<Option<Error>> {
        let here = self.record_at(store);
        let known = self.catalogue.state::<String>(RECORD_AT)?;
        if known.as_ref() == Some(&here) {
            return Ok(None);
        }
        let began = self.catalogue.log_through()? > 0;
        let elsewhere = match known.filter(|_| began) {
            Some(known) => Some(format!("This computer knows its record at {known}, and now it should be at {here}.")),
            None if began => None,
            None => lives_at(store).await?.map(|known| format!("The record at {here} says that it lives at {known}.")),
        };
        let Some(elsewhere) = elsewhere else {
            self.catalogue.set_state(RECORD_AT, &here)?;
            return Ok(None);
        };
        Ok(Some(Error::new(
            Code::AskPhotographer,
            format!("{elsewhere} If both are in use, photos would go out twice."),
            "If it was moved, and every computer uses the new place, run `pierrot check --repair`: it goes on there. Else name the \
             right place in [record] of config.toml. Nothing is published before.",
        )))
    }

    /// A person said that the record was moved: if it is the one this computer knows, this is its place from now on.
    pub(crate) async fn go_on_here(&self, store: &dyn RecordStore) -> Result<()> {
        let through = self.catalogue.log_through()?;
        if through > 0 && store.read(&name_of(through)).await? != self.catalogue.log_entry(through)? {
            return Ok(());
        }
        if let Found::Object(mut fields) = documents::read_document(store.read(META).await?.as_deref())
            && elsewhere(&fields, store).is_some()
        {
            fields.remove(LIVES_AT);
            fields.extend(address_for_all(store));
            store.replace(META, documents::pretty(&Value::Object(fields))).await?;
        }
        Ok(self.catalogue.set_state(RECORD_AT, &self.record_at(store))?)
    }

    /// One spelling for one place, however the settings put it.
    pub(crate) fn record_at(&self, store: &dyn RecordStore) -> String {
        let record = &self.settings.record;
        match record.kind {
            _ if self.world.record.is_some() => store.address(),
            RecordKind::Folder => resolved(&self.record_folder()).display().to_string(),
            RecordKind::S3 if record.endpoint.is_empty() => store.address(),
            RecordKind::S3 => format!("{} ({})", store.address(), record.endpoint.trim_end_matches('/')),
        }
    }
}

/// What a record says of where it lives, so that others find it there. A folder has another path on every computer, and one
/// bucket another endpoint on some.
pub(crate) fn address_for_all(store: &dyn RecordStore) -> Option<(String, Value)> {
    store.as_folder().is_none().then(|| (LIVES_AT.to_owned(), store.address().into()))
}

/// Where the record says that it lives, if that is not where it was found.
async fn lives_at(store: &dyn RecordStore) -> Result<Option<String>> {
    Ok(match documents::read_document(store.read(META).await?.as_deref()) {
        Found::Object(fields) => elsewhere(&fields, store),
        Found::Nothing | Found::Unreadable(_) => None,
    })
}

fn elsewhere(meta: &Map<String, Value>, store: &dyn RecordStore) -> Option<String> {
    let said = meta.get(LIVES_AT).and_then(Value::as_str).map(plain::line);
    said.filter(|said| *said != store.address())
}

/// The path without links and detours; what is not there yet is taken as it is written.
fn resolved(path: &Path) -> PathBuf {
    let there = path.ancestors().find_map(|above| Some((above.canonicalize().ok()?, path.strip_prefix(above).ok()?)));
    there.map_or_else(|| path.to_owned(), |(real, rest)| real.join(rest).components().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spelt(path: &Path) -> String {
        resolved(path).display().to_string()
    }

    #[test]
    fn a_place_keeps_its_name_before_and_after_it_is_made() {
        let folder = tempfile::tempdir().expect("a folder");
        let real = folder.path().canonicalize().expect("it is there");
        std::fs::create_dir(real.join("home")).expect("writable");
        #[cfg(unix)]
        std::os::unix::fs::symlink(real.join("home"), real.join("link")).expect("writable");
        #[cfg(unix)]
        assert_eq!(spelt(&real.join("link/record")), spelt(&real.join("home/record")));
        let before = spelt(&real.join("home/record"));
        std::fs::create_dir(real.join("home/record")).expect("writable");
        assert_eq!(spelt(&real.join("home/./record/")), before);
    }
}
