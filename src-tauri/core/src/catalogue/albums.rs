//! Albums (photosets) and which photos are in them, mirrored on full passes.

use std::collections::HashSet;

use redb::{ReadableTable, TableDefinition, WriteTransaction};
use serde::{Deserialize, Serialize};

use super::{Catalogue, CatalogueError};
use crate::photo::PhotoId;

const ALBUMS: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("albums");

/// One album as last listed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Album {
    pub id: String,
    pub title: String,
    /// What the source says; `photos` may be shorter when some are hidden.
    pub count: u32,
    pub updated_at: i64,
    pub photos: Vec<PhotoId>,
}

pub(super) fn create(txn: &WriteTransaction) -> Result<(), redb::Error> {
    txn.open_table(ALBUMS)?;
    Ok(())
}

impl Catalogue {
    pub fn albums(&self) -> Result<Vec<Album>, CatalogueError> {
        self.read(|txn| {
            let table = txn.open_table(ALBUMS)?;
            let mut albums = Vec::new();
            for row in table.iter()? {
                albums.extend(postcard::from_bytes::<Album>(row?.1.value()).ok());
            }
            Ok(albums)
        })
    }

    pub fn put_album(&self, album: &Album) -> Result<(), CatalogueError> {
        self.write(|txn| {
            let bytes = postcard::to_stdvec(album).expect("an album is plain data");
            txn.open_table(ALBUMS)?.insert(album.id.as_str(), bytes.as_slice())?;
            Ok(())
        })
    }

    /// Forgets albums the source no longer lists; the photos stay.
    pub fn keep_albums(&self, listed: &HashSet<String>) -> Result<(), CatalogueError> {
        self.write(|txn| {
            txn.open_table(ALBUMS)?.retain(|id, _| listed.contains(id))?;
            Ok(())
        })
    }
}
