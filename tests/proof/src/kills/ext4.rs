//! A disk whose power can be cut: ext4 in a file that lies on XFS, where a copy of the file is made at one instant.
//!
//! Invariant: after a cut the disk holds what ext4 had handed to its device at that instant; what waited in the kernel is gone.
//! Absent: a device that reorders or forgets what was handed to it (`disk` does that to the catalogue). Needs Linux, root, loop
//! devices and mkfs.xfs.

use std::{
    io,
    path::{Path, PathBuf},
    process::Command,
};

use tempfile::TempDir;

/// Sizes of the two file systems; only what is written takes room.
const GROUND: &str = "1G";
const DISK: &str = "256M";

/// Unmounted and gone when dropped.
#[derive(Debug)]
pub struct Ext4 {
    // In this order they end.
    disk: Option<Mounted>,
    ground: Mounted,
    folder: TempDir,
}

impl Ext4 {
    pub fn new() -> io::Result<Self> {
        let folder = crate::scratch()?;
        let image = folder.path().join("ground.img");
        run("truncate", &["-s", GROUND], &[&image])?;
        run("mkfs.xfs", &["-q"], &[&image])?;
        let ground = Mounted::new(&image, folder.path().join("ground"))?;
        let image = ground.0.join("disk.img");
        run("truncate", &["-s", DISK], &[&image])?;
        run("mkfs.ext4", &["-q"], &[&image])?;
        let disk = Some(Mounted::new(&image, folder.path().join("disk"))?);
        Ok(Self { disk, ground, folder })
    }

    /// Where files go.
    pub fn root(&self) -> PathBuf {
        self.folder.path().join("disk")
    }

    /// Writes out what a person would have written long ago: the settings.
    pub fn settle(&self) -> io::Result<()> {
        run("sync", &["-f"], &[&self.root()])
    }

    /// Cuts the power and brings it back. No process may have a file open.
    pub fn cut(&mut self) -> io::Result<()> {
        let (live, cut) = (self.ground.0.join("disk.img"), self.ground.0.join("cut.img"));
        run("cp", &["--reflink=always"], &[&live, &cut])?;
        // What unmounting writes goes to the image that is thrown away.
        self.disk.take().map_or(Ok(()), Mounted::end)?;
        std::fs::rename(&cut, &live)?;
        self.disk = Some(Mounted::new(&live, self.root())?);
        Ok(())
    }
}

/// A mounted image, by the folder it is at.
#[derive(Debug)]
struct Mounted(PathBuf);

impl Mounted {
    fn new(image: &Path, at: PathBuf) -> io::Result<Self> {
        std::fs::create_dir_all(&at)?;
        run("mount", &["-o", "loop"], &[image, &at])?;
        Ok(Self(at))
    }

    fn end(self) -> io::Result<()> {
        let ended = run("umount", &[], &[&self.0]);
        std::mem::forget(self);
        ended
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        // Nobody is there to hear a failure; the folder's removal will fail too, and be seen.
        let _ = run("umount", &[], &[&self.0]);
    }
}

fn run(program: &str, options: &[&str], files: &[&Path]) -> io::Result<()> {
    let output = Command::new(program).args(options).args(files).output();
    let output = output.map_err(|error| io::Error::new(error.kind(), format!("{program} cannot be run: {error}")))?;
    if output.status.success() {
        return Ok(());
    }
    Err(io::Error::other(format!("{program} fails: {}", String::from_utf8_lossy(&output.stderr).trim())))
}
