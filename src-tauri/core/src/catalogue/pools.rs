//! For each target, the photos that may be picked now, as a dense numbered row: a uniform pick is one look-up, O(log n).
//!
//! Invariant: numbers 0..len are all there, each photo once; taking one out moves the last into its place.
//! A pool is derived: it is rebuilt when the settings, a sync or a fold changed what it was made from (`made_from`).

use rand::Rng;
use redb::{ReadableTable, TableDefinition, WriteTransaction};
use serde::{Deserialize, Serialize};

use super::{Catalogue, CatalogueError, state};
use crate::photo::PhotoId;

/// (target, number) -> photo.
const NUMBERED: TableDefinition<'_, (&str, u32), &str> = TableDefinition::new("pool_numbered");
/// (target, photo) -> number.
const PLACES: TableDefinition<'_, (&str, &str), u32> = TableDefinition::new("pool_places");
const LENGTHS: TableDefinition<'_, &str, u32> = TableDefinition::new("pool_lengths");

/// What a pool was made from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pool {
    pub made_from: String,
}

pub(super) fn create(txn: &WriteTransaction) -> Result<(), redb::Error> {
    txn.open_table(NUMBERED)?;
    txn.open_table(PLACES)?;
    txn.open_table(LENGTHS)?;
    Ok(())
}

/// Puts photos into a target's pool (`true`) or takes them out; doing it twice is doing it once.
pub(super) fn move_photos(txn: &WriteTransaction, moves: &[(String, PhotoId, bool)]) -> Result<(), redb::Error> {
    let mut numbered = txn.open_table(NUMBERED)?;
    let mut places = txn.open_table(PLACES)?;
    let mut lengths = txn.open_table(LENGTHS)?;
    for (target, photo, wanted) in moves {
        let (target, photo) = (target.as_str(), photo.as_str());
        let length = lengths.get(target)?.map_or(0, |length| length.value());
        let place = places.get((target, photo))?.map(|place| place.value());
        match (place, *wanted) {
            (None, true) => {
                numbered.insert((target, length), photo)?;
                places.insert((target, photo), length)?;
                lengths.insert(target, length + 1)?;
            }
            (Some(place), false) => {
                let last = numbered.remove((target, length - 1))?.map(|last| last.value().to_owned());
                places.remove((target, photo))?;
                if let Some(last) = last.filter(|last| last != photo) {
                    numbered.insert((target, place), last.as_str())?;
                    places.insert((target, last.as_str()), place)?;
                }
                lengths.insert(target, length - 1)?;
            }
            (Some(_), true) | (None, false) => {}
        }
    }
    Ok(())
}

impl Catalogue {
    /// How many photos may be picked for the target now.
    pub fn pool_len(&self, target: &str) -> Result<u32, CatalogueError> {
        self.read(|txn| Ok(txn.open_table(LENGTHS)?.get(target)?.map_or(0, |length| length.value())))
    }

    pub fn in_pool(&self, target: &str, photo: &PhotoId) -> Result<bool, CatalogueError> {
        self.read(|txn| Ok(txn.open_table(PLACES)?.get((target, photo.as_str()))?.is_some()))
    }

    /// A uniformly random photo of the pool, never one of `tried`; `None` when nothing is left.
    pub fn pick(
        &self,
        target: &str,
        tried: &[PhotoId],
        dice: &mut impl Rng,
    ) -> Result<Option<PhotoId>, CatalogueError> {
        self.read(|txn| {
            let length = txn.open_table(LENGTHS)?.get(target)?.map_or(0, |length| length.value());
            let numbered = txn.open_table(NUMBERED)?;
            let places = txn.open_table(PLACES)?;
            let mut spent = Vec::new();
            for photo in tried {
                spent.extend(places.get((target, photo.as_str()))?.map(|place| place.value()));
            }
            spent.sort_unstable();
            spent.dedup();
            let left = length - u32::try_from(spent.len()).unwrap_or(length).min(length);
            if left == 0 {
                return Ok(None);
            }
            let mut number = dice.random_range(0..left);
            for place in spent {
                number += u32::from(number >= place);
            }
            let photo = numbered.get((target, number))?.map(|photo| photo.value().to_owned());
            Ok(photo.and_then(|photo| photo.parse().ok()))
        })
    }

    /// What the target's pool was made from; `None` for no pool yet.
    pub fn pool(&self, target: &str) -> Result<Option<Pool>, CatalogueError> {
        self.state(&format!("pool/{target}"))
    }

    /// Makes the target's pool anew from photos in a fixed order.
    pub fn make_pool(
        &self,
        target: &str,
        made_from: &str,
        photos: impl Iterator<Item = PhotoId>,
    ) -> Result<u32, CatalogueError> {
        self.write(|txn| {
            let mut numbered = txn.open_table(NUMBERED)?;
            let mut places = txn.open_table(PLACES)?;
            let end = format!("{target}\0");
            numbered.retain_in((target, 0)..(end.as_str(), 0), |_, _| false)?;
            places.retain_in((target, "")..(end.as_str(), ""), |_, _| false)?;
            let mut length = 0;
            for photo in photos {
                if places.get((target, photo.as_str()))?.is_none() {
                    places.insert((target, photo.as_str()), length)?;
                    numbered.insert((target, length), photo.as_str())?;
                    length += 1;
                }
            }
            drop((numbered, places));
            txn.open_table(LENGTHS)?.insert(target, length)?;
            state::put(txn, &format!("pool/{target}"), &Pool { made_from: made_from.to_owned() })?;
            Ok(length)
        })
    }
}
