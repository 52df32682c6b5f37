//! A few bytes for each photo that stand for its picture until the thumbnail comes.
//!
//! Invariant: derived and lossy: a hash may be missing or of an older picture (its version tells), never wrong in form.

use redb::{ReadableTable, TableDefinition, WriteTransaction};

use super::{Catalogue, CatalogueError};
use crate::{photo::PhotoId, thumbnails::Hashed};

const THUMBHASHES: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("thumbhashes");
/// Longest thumbhash that is kept, in bytes; the longest there is has 25.
const BYTES_MAX: usize = 32;

pub(super) fn create(txn: &WriteTransaction) -> Result<(), redb::Error> {
    txn.open_table(THUMBHASHES)?;
    Ok(())
}

impl Catalogue {
    /// Keeps hashes; they may be lost in a power cut.
    pub fn keep_thumbhashes(&self, hashes: &[Hashed]) -> Result<(), CatalogueError> {
        if hashes.is_empty() {
            return Ok(());
        }
        self.write_lazily(|txn| {
            let mut table = txn.open_table(THUMBHASHES)?;
            for hash in hashes.iter().filter(|hash| hash.thumbhash.len() <= BYTES_MAX) {
                let row = [&hash.version.to_be_bytes(), hash.thumbhash.as_slice()].concat();
                table.insert(hash.photo.as_str(), row.as_slice())?;
            }
            Ok(())
        })
    }

    /// The hashes of these photos, in their order.
    pub fn thumbhashes(&self, photos: &[PhotoId]) -> Result<Vec<Option<Hashed>>, CatalogueError> {
        self.read(|txn| {
            let table = txn.open_table(THUMBHASHES)?;
            let one = |photo: &PhotoId| {
                let row = table.get(photo.as_str())?;
                Ok(row.and_then(|row| parse(photo.clone(), row.value())))
            };
            photos.iter().map(one).collect()
        })
    }

    /// Hands hashes to `each` in order of id until it answers `false`.
    pub fn each_thumbhash(&self, mut each: impl FnMut(Hashed) -> bool) -> Result<(), CatalogueError> {
        self.read(|txn| {
            let table = txn.open_table(THUMBHASHES)?;
            for row in table.iter()? {
                let (photo, row) = row?;
                let hash = photo.value().parse().ok().and_then(|photo| parse(photo, row.value()));
                if hash.is_some_and(|hash| !each(hash)) {
                    break;
                }
            }
            Ok(())
        })
    }
}

fn parse(photo: PhotoId, row: &[u8]) -> Option<Hashed> {
    let (version, thumbhash) = row.split_first_chunk::<8>()?;
    Some(Hashed { photo, version: u64::from_be_bytes(*version), thumbhash: thumbhash.to_vec() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hash(photo: &str, version: u64) -> Hashed {
        Hashed { photo: photo.parse().expect("an id"), version, thumbhash: vec![1, 2, 3] }
    }

    #[test]
    fn an_older_catalogue_has_no_hashes_and_learns_to_keep_them() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("catalogue.redb");
        let photos: Vec<PhotoId> = ["7", "8", "9"].iter().map(|id| id.parse().expect("an id")).collect();
        let catalogue = Catalogue::open(&path).expect("a new one");
        assert_eq!(catalogue.thumbhashes(&photos).expect("readable"), [None, None, None]);
        catalogue.each_thumbhash(|_| panic!("there is none")).expect("readable");
        catalogue.keep_thumbhashes(&[]).expect("nothing to do");
        catalogue.keep_thumbhashes(&[hash("9", 1), hash("7", 2)]).expect("writable");
        catalogue.keep_thumbhashes(&[hash("9", 3)]).expect("writable");
        let expected = [Some(hash("7", 2)), None, Some(hash("9", 3))];
        assert_eq!(catalogue.thumbhashes(&photos).expect("readable"), expected);
        let mut all = Vec::new();
        let keep = |hash| {
            all.push(hash);
            all.len() < 9
        };
        catalogue.each_thumbhash(keep).expect("readable");
        assert_eq!(all, [hash("7", 2), hash("9", 3)]);
        catalogue.set_state("settled", &true).expect("a durable write takes the lazy ones along");
        drop(catalogue);
        assert_eq!(Catalogue::open(&path).expect("again").thumbhashes(&photos).expect("readable"), expected);
    }
}
