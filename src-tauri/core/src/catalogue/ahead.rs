//! Reading all photos on a thread of its own while the caller works on those already read.
//!
//! Invariant: the order and the rows of `each_photo`; at most `BATCHES_MAX` batches wait in memory.

use std::{sync::mpsc::sync_channel, thread};

use super::{Catalogue, CatalogueError, Row};

const BATCH: usize = 500;
const BATCHES_MAX: usize = 4;

impl Catalogue {
    /// Hands every row to `each` in order of id.
    pub fn each_photo_ahead(&self, mut each: impl FnMut(&Row)) -> Result<(), CatalogueError> {
        thread::scope(|scope| {
            let (send, batches) = sync_channel::<Vec<Row>>(BATCHES_MAX);
            let reading = scope.spawn(move || {
                let mut batch = Vec::with_capacity(BATCH);
                self.each_photo(|row| {
                    batch.push(row);
                    batch.len() < BATCH || send.send(std::mem::replace(&mut batch, Vec::with_capacity(BATCH))).is_ok()
                })?;
                // A caller that is gone needs no rows.
                let _ = send.send(batch);
                Ok(())
            });
            for batch in batches {
                batch.iter().for_each(&mut each);
            }
            match reading.join() {
                Ok(read) => read,
                Err(panic) => std::panic::resume_unwind(panic),
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::library::tests::row;

    #[test]
    fn reading_ahead_gives_the_same_rows_in_the_same_order() -> Result<(), CatalogueError> {
        for count in [0, 1, 499, 500, 501, 3_210] {
            let catalogue = Catalogue::on_backend(redb::backends::InMemoryBackend::new())?;
            catalogue.import_rows((0..count).map(row).collect())?;
            let (mut plainly, mut ahead) = (Vec::new(), Vec::new());
            catalogue.each_photo(|row| {
                plainly.push(row);
                true
            })?;
            catalogue.each_photo_ahead(|row| ahead.push(row.clone()))?;
            assert_eq!(plainly, ahead);
        }
        Ok(())
    }
}
