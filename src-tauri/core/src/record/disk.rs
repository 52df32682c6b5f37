//! The steps by which a folder record changes what is on the disk.
//!
//! Each is a method, so that a test can stand between the record and the disk: count the steps, let one fail, take the
//! power. Reading and listing change nothing and go past this.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

/// A disk; every method does what its name says on the real one, unless it is replaced.
pub trait Disk: Send + Sync + std::fmt::Debug {
    /// Creates the file and writes it; fails with `AlreadyExists` when the name is taken.
    fn write_new(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        OpenOptions::new().write(true).create_new(true).open(path)?.write_all(bytes)
    }

    /// Makes the content of a file durable, not its name.
    fn sync_file(&self, path: &Path) -> io::Result<()> {
        OpenOptions::new().write(true).open(path)?.sync_all()
    }

    /// Gives the file a second name, or fails with `AlreadyExists`.
    fn link(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::hard_link(from, to)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)
    }

    fn remove_file(&self, path: &Path) -> io::Result<()> {
        fs::remove_file(path)
    }

    fn create_folder(&self, path: &Path) -> io::Result<()> {
        fs::create_dir(path)
    }

    /// Makes the names in a folder durable.
    fn sync_folder(&self, path: &Path) -> io::Result<()> {
        // Windows has no fsync of a directory; NTFS journals the name.
        if cfg!(unix) { fs::File::open(path)?.sync_all() } else { Ok(()) }
    }
}

/// The disk of this computer.
#[derive(Clone, Copy, Debug)]
pub struct RealDisk;

impl Disk for RealDisk {}
