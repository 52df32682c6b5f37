//! A disk that loses power: what was not synced may be lost, kept, or torn in the middle.
//!
//! Invariant: what was synced before the cut is there after it, unless the disk was told to lie.

use std::{
    io,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use pierrot_core::catalogue::StorageBackend;
use rand::Rng;

/// What drives write whole.
const SECTOR: usize = 512;

#[derive(Clone, Debug)]
enum Op {
    Write(usize, Vec<u8>),
    Length(usize),
}

#[derive(Debug, Default)]
struct Platter {
    /// What the program sees.
    live: Vec<u8>,
    /// What is there after a power cut in any case.
    durable: Vec<u8>,
    unsynced: Vec<Op>,
    /// Operations until every further one fails.
    left: Option<u64>,
    failed: bool,
    full: bool,
    lies: bool,
}

/// Storage for a catalogue; clones are the same disk.
#[derive(Clone, Debug, Default)]
pub struct CrashDisk(Arc<Mutex<Platter>>);

impl CrashDisk {
    pub fn holding(bytes: Vec<u8>) -> Self {
        let disk = Self::default();
        disk.platter().durable.clone_from(&bytes);
        disk.platter().live = bytes;
        disk
    }

    fn platter(&self) -> MutexGuard<'_, Platter> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Fails for ever after so many more operations, as when the power goes.
    pub fn cut_after(&self, operations: u64) {
        self.platter().left = Some(operations);
    }

    /// Whether the power went.
    pub fn is_cut(&self) -> bool {
        self.platter().failed
    }

    /// No room for anything new.
    pub fn set_full(&self, full: bool) {
        self.platter().full = full;
    }

    /// Answers every sync without doing it: for showing that the tests can fail.
    pub fn lie(&self) {
        self.platter().lies = true;
    }

    /// What a power cut now may leave.
    pub fn image(&self, dice: &mut impl Rng) -> Vec<u8> {
        let platter = self.platter();
        let kept = [0.0, 0.1, 0.5, 0.9, 1.0][dice.random_range(0..5)];
        let mut bytes = platter.durable.clone();
        for op in &platter.unsynced {
            if !dice.random_bool(kept) {
                continue;
            }
            match op {
                Op::Write(offset, data) if dice.random_bool(0.1) => {
                    // Torn: some sectors of it are old.
                    for (at, sector) in data.chunks(SECTOR).enumerate() {
                        if dice.random_bool(0.5) {
                            overwrite(&mut bytes, offset + at * SECTOR, sector);
                        }
                    }
                }
                Op::Write(..) | Op::Length(_) => apply(&mut bytes, op),
            }
        }
        bytes
    }
}

impl Platter {
    fn go(&mut self) -> io::Result<()> {
        if self.left == Some(0) {
            self.failed = true;
        }
        if self.failed {
            return Err(io::Error::other("the power is gone"));
        }
        self.left = self.left.map(|left| left - 1);
        Ok(())
    }

    fn note(&mut self, op: Op) {
        apply(&mut self.live, &op);
        self.unsynced.push(op);
    }
}

impl StorageBackend for CrashDisk {
    fn len(&self) -> io::Result<u64> {
        Ok(self.platter().live.len() as u64)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let platter = self.platter();
        if platter.failed {
            return Err(io::Error::other("the power is gone"));
        }
        let start = usize::try_from(offset).map_err(io::Error::other)?;
        out.copy_from_slice(platter.live.get(start..start + out.len()).ok_or(io::ErrorKind::UnexpectedEof)?);
        Ok(())
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        let mut platter = self.platter();
        platter.go()?;
        let len = usize::try_from(len).map_err(io::Error::other)?;
        if platter.full && len > platter.live.len() {
            return Err(io::ErrorKind::StorageFull.into());
        }
        platter.note(Op::Length(len));
        Ok(())
    }

    fn sync_data(&self) -> io::Result<()> {
        let mut platter = self.platter();
        platter.go()?;
        if !platter.lies {
            for op in std::mem::take(&mut platter.unsynced) {
                apply(&mut platter.durable, &op);
            }
        }
        Ok(())
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        let mut platter = self.platter();
        platter.go()?;
        if platter.full {
            return Err(io::ErrorKind::StorageFull.into());
        }
        platter.note(Op::Write(usize::try_from(offset).map_err(io::Error::other)?, data.to_vec()));
        Ok(())
    }
}

fn apply(bytes: &mut Vec<u8>, op: &Op) {
    match op {
        Op::Write(offset, data) => overwrite(bytes, *offset, data),
        Op::Length(length) => bytes.resize(*length, 0),
    }
}

fn overwrite(bytes: &mut Vec<u8>, offset: usize, data: &[u8]) {
    bytes.resize(bytes.len().max(offset + data.len()), 0);
    bytes[offset..offset + data.len()].copy_from_slice(data);
}
