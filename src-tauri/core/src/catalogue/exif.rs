//! What cameras wrote into pictures, for the photos that were asked about: the lists of the source do not tell it.
//!
//! Invariant: derived and small; a row that is lost or cannot be read is asked for again. Absent: asking (`jobs::exif`).

use redb::{ReadableTable, ReadableTableMetadata, TableDefinition, WriteTransaction};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{Catalogue, CatalogueError, Presence, Row, photos::PHOTOS};
use crate::photo::{Media, PhotoId};

const EXIF: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("exif");

/// Texts as a photographer reads them; each absent where the picture does not tell.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct Exif {
    /// `Canon EOS 5D Mark III`.
    pub camera: Option<String>,
    pub lens: Option<String>,
    /// `1/250 s`.
    pub exposure: Option<String>,
    /// `f/9.0`.
    pub aperture: Option<String>,
    pub iso: Option<u32>,
    /// `50 mm`.
    pub focal_length: Option<String>,
}

pub(super) fn create(txn: &WriteTransaction) -> Result<(), redb::Error> {
    txn.open_table(EXIF)?;
    Ok(())
}

impl Catalogue {
    /// `None` = never asked.
    pub fn exif(&self, photo: &PhotoId) -> Result<Option<Exif>, CatalogueError> {
        self.read(|txn| {
            let table = txn.open_table(EXIF)?;
            let bytes = table.get(photo.as_str())?;
            Ok(bytes.and_then(|bytes| serde_json::from_slice(bytes.value()).ok()))
        })
    }

    /// Remembers an answer, an empty one too.
    pub fn put_exif(&self, photo: &PhotoId, exif: &Exif) -> Result<(), CatalogueError> {
        let bytes = serde_json::to_vec(exif).expect("EXIF facts have string keys");
        self.write_lazily(|txn| {
            txn.open_table(EXIF)?.insert(photo.as_str(), bytes.as_slice())?;
            Ok(())
        })
    }

    /// At most `max` photos that were not asked about yet, newest id first; `below` goes on where an earlier answer ended.
    pub fn without_exif(&self, below: Option<&PhotoId>, max: usize) -> Result<Vec<PhotoId>, CatalogueError> {
        self.read(|txn| {
            let (photos, known) = (txn.open_table(PHOTOS)?, txn.open_table(EXIF)?);
            let range = match below {
                Some(below) => photos.range(..below.as_str())?,
                None => photos.range::<&str>(..)?,
            };
            let mut left = Vec::new();
            for row in range.rev() {
                let (id, row) = row?;
                if known.get(id.value())?.is_some() {
                    continue;
                }
                let row = Row::from_bytes(id.value(), row.value())?;
                if row.presence != Presence::Missing && row.photo.media == Media::Photo {
                    left.push(row.photo.id);
                }
                if left.len() >= max {
                    break;
                }
            }
            Ok(left)
        })
    }

    /// Photos that were asked about.
    pub fn exif_total(&self) -> Result<u64, CatalogueError> {
        self.read(|txn| Ok(txn.open_table(EXIF)?.len()?))
    }

    /// The cameras known so far.
    pub fn cameras(&self) -> Result<Vec<(PhotoId, String)>, CatalogueError> {
        self.read(|txn| {
            let mut cameras = Vec::new();
            let table = txn.open_table(EXIF)?;
            for row in table.iter()? {
                let (id, bytes) = row?;
                let camera = serde_json::from_slice::<Exif>(bytes.value()).ok().and_then(|exif| exif.camera);
                cameras.extend(id.value().parse().ok().zip(camera));
            }
            Ok(cameras)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn catalogue() -> Catalogue {
        Catalogue::on_backend(redb::backends::InMemoryBackend::new()).expect("a new catalogue")
    }

    #[test]
    fn an_answer_is_remembered_even_an_empty_one() -> Result<(), CatalogueError> {
        let catalogue = catalogue();
        let (one, two): (PhotoId, PhotoId) = ("1".parse().expect("an id"), "2".parse().expect("an id"));
        let exif = Exif { camera: Some("Canon EOS 5D".into()), iso: Some(100), ..Exif::default() };
        catalogue.put_exif(&one, &exif)?;
        catalogue.put_exif(&two, &Exif::default())?;
        assert_eq!(catalogue.exif(&one)?, Some(exif));
        assert_eq!(catalogue.exif(&two)?, Some(Exif::default()));
        assert_eq!(catalogue.exif(&"3".parse().expect("an id"))?, None);
        assert_eq!(catalogue.cameras()?, [(one, "Canon EOS 5D".to_owned())]);
        assert_eq!(catalogue.exif_total()?, 2);
        Ok(())
    }

    #[test]
    fn photos_not_asked_about_come_newest_first_and_in_parts() -> Result<(), CatalogueError> {
        let catalogue = catalogue();
        let rows: Vec<_> = (1..=5).map(|number| crate::library::tests::row(number).photo).collect();
        let ids: Vec<PhotoId> = rows.iter().map(|photo| photo.id.clone()).collect();
        catalogue.put_photos(rows, 1, None)?;
        catalogue.put_exif(&ids[3], &Exif::default())?;
        let first = catalogue.without_exif(None, 2)?;
        assert_eq!(first, [ids[4].clone(), ids[2].clone()]);
        assert_eq!(catalogue.without_exif(first.last(), 9)?, [ids[1].clone(), ids[0].clone()]);
        Ok(())
    }

    #[test]
    fn a_catalogue_made_before_there_was_exif_opens_and_learns_it() -> Result<(), CatalogueError> {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("catalogue.redb");
        let photo: PhotoId = "1".parse().expect("an id");
        let older = Catalogue::open(&path)?;
        older.write(|txn| Ok(txn.delete_table(EXIF)?))?;
        older.pretend_version(1)?;
        drop(older);
        let catalogue = Catalogue::open(&path)?;
        assert_eq!((catalogue.exif(&photo)?, catalogue.exif_total()?, catalogue.cameras()?.len()), (None, 0, 0));
        catalogue.put_exif(&photo, &Exif::default())?;
        assert_eq!(catalogue.exif(&photo)?, Some(Exif::default()));
        Ok(())
    }
}
