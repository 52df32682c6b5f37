//! The record of a world as one computer reaches it: strict as the best store, and as unreliable as the worst network.

use std::time::Duration;

use async_trait::async_trait;
use pierrot_core::record::{Created, RecordStore, Sharing, StoreError};
use rand::Rng;

use super::field::{Body, Fate, Field};

#[derive(Debug)]
pub struct SharedRecord(pub Body);

impl SharedRecord {
    async fn reach(&self, what: &str) -> Result<Fate, StoreError> {
        let fate = self.0.before(what).await;
        let away = self.0.field.shared().record_away_ms > self.0.field.now_ms();
        if fate == Fate::Away || away || self.0.is_offline() {
            return Err(StoreError::Unreachable { at: self.address(), why: "it is away".into() });
        }
        Ok(fate)
    }
}

/// Creates unless it is there.
fn create(field: &Field, who: u8, name: &str, bytes: &[u8]) -> Created {
    let mut shared = field.shared();
    let there = shared.objects.contains_key(name) && !field.overwrites;
    if !there {
        shared.objects.insert(name.to_owned(), bytes.to_vec());
    }
    drop(shared);
    field.tell(who, &format!("{name} {} {}", if there { "exists" } else { "is created" }, kind(bytes)));
    if there { Created::Exists } else { Created::Done }
}

fn kind(bytes: &[u8]) -> String {
    let value: serde_json::Value = serde_json::from_slice(bytes).unwrap_or_default();
    value["type"].as_str().unwrap_or_default().to_owned()
}

#[async_trait]
impl RecordStore for SharedRecord {
    async fn create(&self, name: &str, bytes: &[u8]) -> Result<Created, StoreError> {
        let (body, field) = (&self.0, &self.0.field);
        let fate = self.reach("create").await?;
        let created = match fate {
            Fate::Fine => create(field, body.number, name, bytes),
            Fate::LostBefore | Fate::Away => Created::Unsure("409 or a lost request".into()),
            Fate::LostAfter => {
                create(field, body.number, name, bytes);
                Created::Unsure("500 or a lost answer".into())
            }
            Fate::Late(ms) => {
                let (field, who, name, bytes) = (field.clone(), body.number, name.to_owned(), bytes.to_vec());
                tokio::spawn(async move {
                    tokio::time::sleep(Duration::from_millis(ms)).await;
                    create(&field, who, &name, &bytes);
                });
                Created::Unsure("a timeout".into())
            }
        };
        body.after("created").await;
        if created == Created::Done {
            field.shared().acknowledged.push((name.to_owned(), bytes.to_vec()));
        }
        Ok(created)
    }

    async fn read(&self, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
        match self.reach("read").await? {
            Fate::Fine => Ok(self.0.field.shared().objects.get(name).cloned()),
            Fate::LostBefore | Fate::LostAfter | Fate::Late(_) | Fate::Away => {
                Err(StoreError::Unreachable { at: self.address(), why: "the answer was lost".into() })
            }
        }
    }

    async fn replace(&self, name: &str, bytes: Vec<u8>) -> Result<(), StoreError> {
        let fate = self.reach("replace").await?;
        if name.starts_with("wal/") {
            self.0.field.violated(format!("I4: {name} was written over"));
        }
        if fate != Fate::LostBefore {
            self.0.field.shared().objects.insert(name.to_owned(), bytes);
            self.0.field.tell(self.0.number, &format!("{name} is written"));
        }
        self.0.after("replaced").await;
        match fate {
            Fate::Fine => Ok(()),
            Fate::LostBefore | Fate::LostAfter | Fate::Late(_) | Fate::Away => {
                Err(StoreError::Unreachable { at: self.address(), why: "the answer was lost".into() })
            }
        }
    }

    async fn names(&self, folder: &str, after: Option<&str>) -> Result<Vec<String>, StoreError> {
        match self.reach("list").await? {
            Fate::Fine => {}
            Fate::LostBefore | Fate::LostAfter | Fate::Late(_) | Fate::Away => {
                return Err(StoreError::Unreachable { at: self.address(), why: "the answer was lost".into() });
            }
        }
        let shared = self.0.field.shared();
        let below = |name: &&String| name.strip_prefix(folder).is_some_and(|rest| !rest.contains('/'));
        let later = |name: &&String| after.is_none_or(|after| name.as_str() > after);
        Ok(shared.objects.keys().filter(below).filter(later).cloned().collect())
    }

    async fn forget_scratch(&self, name: &str) {
        self.0.field.shared().objects.remove(name);
    }

    fn sharing(&self) -> Sharing {
        Sharing::Several
    }

    fn address(&self) -> String {
        "simulated".to_owned()
    }
}

/// Whether the record goes away for a while.
pub fn outage(field: &Field) {
    let for_ms = field.throw(|dice| dice.random_range(60_000..7_200_000));
    let until = field.now_ms() + for_ms;
    field.shared().record_away_ms = until;
    field.tell(0, &format!("the record is away for {} s", for_ms / 1000));
}
