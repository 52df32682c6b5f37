//! A record store in memory that can be told to misbehave, for tests of what is built on the port.
//!
//! Invariant: without faults it is as strict as the best store; each fault strikes one create.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;

use super::{Created, RecordStore, Sharing, StoreError, bytes_max, check_folder, check_name};

/// What goes wrong in one create.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The bytes are stored, the answer is lost.
    LostAfter,
    /// Nothing is stored, the answer is lost.
    LostBefore,
    /// The bytes are stored only after this many more creates.
    LateBy(usize),
    /// The store is away before anything was sent.
    Away,
}

/// A record in memory.
#[derive(Debug, Default)]
pub struct MemoryStore {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
pub struct State {
    pub objects: BTreeMap<String, Vec<u8>>,
    pub faults: VecDeque<Fault>,
    late: Vec<(usize, String, Vec<u8>)>,
    /// Reads and listings fail.
    pub unreadable: bool,
    /// Creating overwrites.
    pub ignores_conditions: bool,
    pub creates: usize,
    pub reads: usize,
    pub lists: usize,
}

impl MemoryStore {
    pub fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn with_faults(faults: impl IntoIterator<Item = Fault>) -> Self {
        let store = Self::default();
        store.state().faults.extend(faults);
        store
    }

    fn away(&self) -> StoreError {
        StoreError::unreachable(&self.address(), "it is away")
    }
}

impl State {
    fn create(&mut self, name: &str, bytes: &[u8]) -> Created {
        if self.objects.contains_key(name) && !self.ignores_conditions {
            return Created::Exists;
        }
        self.objects.insert(name.to_owned(), bytes.to_vec());
        Created::Done
    }

    fn let_late_ones_arrive(&mut self) {
        for (left, ..) in &mut self.late {
            *left = left.saturating_sub(1);
        }
        let (arrived, waiting) = std::mem::take(&mut self.late).into_iter().partition(|(left, ..)| *left == 0);
        self.late = waiting;
        let arrived: Vec<(usize, String, Vec<u8>)> = arrived;
        for (_, name, bytes) in arrived {
            self.create(&name, &bytes);
        }
    }
}

#[async_trait]
impl RecordStore for MemoryStore {
    async fn create(&self, name: &str, bytes: &[u8]) -> Result<Created, StoreError> {
        check_name(&self.address(), name)?;
        let mut state = self.state();
        state.creates += 1;
        state.let_late_ones_arrive();
        match state.faults.pop_front() {
            None => Ok(state.create(name, bytes)),
            Some(Fault::Away) => Err(self.away()),
            Some(Fault::LostBefore) => Ok(Created::Unsure("lost before".to_owned())),
            Some(Fault::LostAfter) => {
                state.create(name, bytes);
                Ok(Created::Unsure("lost after".to_owned()))
            }
            Some(Fault::LateBy(creates)) => {
                state.late.push((creates, name.to_owned(), bytes.to_vec()));
                Ok(Created::Unsure("late".to_owned()))
            }
        }
    }

    async fn read(&self, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
        check_name(&self.address(), name)?;
        let mut state = self.state();
        state.reads += 1;
        if state.unreadable {
            return Err(self.away());
        }
        let bytes_max = bytes_max(name);
        match state.objects.get(name) {
            Some(bytes) if bytes.len() as u64 > bytes_max => {
                Err(StoreError::TooLarge { at: self.address(), name: name.to_owned(), bytes_max })
            }
            found => Ok(found.cloned()),
        }
    }

    async fn replace(&self, name: &str, bytes: Vec<u8>) -> Result<(), StoreError> {
        check_name(&self.address(), name)?;
        self.state().objects.insert(name.to_owned(), bytes);
        Ok(())
    }

    async fn names(&self, folder: &str, after: Option<&str>) -> Result<Vec<String>, StoreError> {
        check_folder(&self.address(), folder)?;
        let mut state = self.state();
        state.lists += 1;
        if state.unreadable {
            return Err(self.away());
        }
        let below = |name: &&String| name.strip_prefix(folder).is_some_and(|rest| !rest.contains('/'));
        let later = |name: &&String| after.is_none_or(|after| name.as_str() > after);
        Ok(state.objects.keys().filter(below).filter(later).cloned().collect())
    }

    async fn forget_scratch(&self, name: &str) {
        self.state().objects.remove(name);
    }

    fn sharing(&self) -> Sharing {
        Sharing::Several
    }

    fn address(&self) -> String {
        "memory".to_owned()
    }
}
