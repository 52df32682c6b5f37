//! Finding the rows of a query: filters make a mask, the order makes a list.
//!
//! Invariant: linear in the photos and their text, whatever is asked; the last few results are remembered, at most
//! `RECENT_MAX`. Absent: ranking; photos come in time order.

use std::sync::{Arc, PoisonError};

use memchr::memmem::Finder;
use serde::Serialize;
use ts_rs::TS;

use super::{Library, Query, Sort, query::BadDay, state::State};

const RECENT_MAX: usize = 6;

/// The rows of a query, in order.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Found {
    pub rows: Vec<u32>,
    /// For the same query without its state.
    pub counts: Counts,
}

/// Photos by state; `all` has the filtered ones too, so it may be more than the sum.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, TS)]
#[ts(rename = "StateCounts")]
pub struct Counts {
    pub all: u32,
    pub unpublished: u32,
    pub published: u32,
    pub held: u32,
    pub excluded: u32,
    pub missing: u32,
    /// Left out by the settings.
    pub filtered: u32,
}

impl Counts {
    fn count(&mut self, state: State) {
        self.all += 1;
        match state {
            State::Unpublished => self.unpublished += 1,
            State::Published => self.published += 1,
            State::Held => self.held += 1,
            State::Excluded => self.excluded += 1,
            State::Missing => self.missing += 1,
            State::Filtered => self.filtered += 1,
        }
    }
}

impl Library {
    /// The photos of a query, newest first; a query asked lately costs nothing.
    ///
    /// # Errors
    /// When a day is no day.
    pub fn search(&self, query: &Query) -> Result<Arc<Found>, BadDay> {
        let remembered = || self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, found)) = remembered().iter().find(|(known, _)| known == query) {
            return Ok(found.clone());
        }
        let found = Arc::new(self.find(query)?);
        let mut recent = remembered();
        if recent.len() >= RECENT_MAX {
            recent.pop_front();
        }
        recent.push_back((query.clone(), found.clone()));
        Ok(found)
    }

    fn find(&self, query: &Query) -> Result<Found, BadDay> {
        let days = query.days()?;
        let (seconds, order) = match query.sort {
            Sort::Taken => (&self.taken_s, &self.by_taken),
            Sort::Uploaded => (&self.uploaded_s, &self.by_uploaded),
        };
        let mut mask = self.containing(&query.words());
        if query.from.is_some() || query.to.is_some() {
            keep(&mut mask, |row| days.contains(&seconds[row]));
        }
        if let Some(album) = &query.album {
            let rows = self.albums.iter().find(|known| known.id == *album).map_or(&[][..], |known| &known.rows);
            let mut inside = vec![false; mask.len()];
            rows.iter().for_each(|row| inside[*row as usize] = true);
            keep(&mut mask, |row| inside[row]);
        }
        if let Some(tag) = &query.tag {
            let number = self.tag_names.find(tag);
            keep(&mut mask, |row| number.is_some_and(|number| self.tags_of(row).contains(&number)));
        }
        if let Some(camera) = &query.camera {
            let number = self.camera_names.find(camera);
            keep(&mut mask, |row| number == Some(u32::from(self.cameras[row])));
        }
        Ok(self.in_states(&mask, order, query))
    }

    fn in_states(&self, mask: &[bool], order: &[u32], query: &Query) -> Found {
        let targets = self.target_mask(query);
        let wanted = query.state.and_then(super::Show::state);
        let mut found = Found::default();
        for row in order.iter().filter(|row| mask[**row as usize]) {
            let state = self.standings[*row as usize].state(targets);
            found.counts.count(state);
            if wanted.is_none_or(|wanted| wanted == state) {
                found.rows.push(*row);
            }
        }
        found
    }

    /// The bit of the query's target; none for a target that is not known.
    pub(super) fn target_mask(&self, query: &Query) -> Option<u32> {
        let target = query.target.as_ref()?;
        Some(self.targets.iter().position(|known| known == target).map_or(0, |number| 1 << number))
    }

    /// Which rows have all the words.
    fn containing(&self, words: &[String]) -> Vec<bool> {
        let rows = self.ids.len();
        let Some((first, others)) = words.split_first() else { return vec![true; rows] };
        let others: Vec<Finder<'_>> = others.iter().map(Finder::new).collect();
        let first = Finder::new(first);
        let all = self.texts.all().as_bytes();
        let (mut mask, mut row, mut at) = (vec![false; rows], 0, 0);
        while let Some(hit) = first.find(&all[at..]) {
            while self.texts.end(row) <= at + hit {
                row += 1;
            }
            let text = &all[self.texts.start(row)..self.texts.end(row)];
            mask[row] = others.iter().all(|word| word.find(text).is_some());
            at = self.texts.end(row);
        }
        mask
    }
}

fn keep(mask: &mut [bool], good: impl Fn(usize) -> bool) {
    for (row, kept) in mask.iter_mut().enumerate().filter(|(_, kept)| **kept) {
        *kept = good(row);
    }
}
