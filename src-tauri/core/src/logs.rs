//! The program's own log in files of the home: `pierrot.log`, the older `pierrot.1.log` and `pierrot.2.log`.
//!
//! Invariant: together they never take more than about three times `BYTES_MAX`; a disk that is full costs lines, never the
//! program. A process has one log, as it has one subscriber, so it is kept here. Absent: which lines (the skins say), secrets
//! (their type cannot print).

use std::{
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

/// Bytes of one file.
const BYTES_MAX: u64 = 1 << 20;

static KEPT: Mutex<Option<Files>> = Mutex::new(None);

/// From now on lines go to files in this folder; before, they go nowhere.
pub fn keep_in(folder: &Path) {
    match Files::open(folder) {
        Ok(files) => *KEPT.lock().unwrap_or_else(PoisonError::into_inner) = Some(files),
        Err(error) => tracing::warn!(%error, folder = %folder.display(), "no log is kept"),
    }
}

/// Where a subscriber writes its lines.
#[derive(Clone, Copy, Debug)]
pub struct Lines;

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if let Some(files) = &mut *KEPT.lock().unwrap_or_else(PoisonError::into_inner) {
            // Nobody could be told.
            let _ = files.write(bytes);
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The newest lines kept in a folder, oldest first, at most `max`.
pub fn newest(folder: &Path, max: usize) -> Vec<String> {
    let texts = [1, 0].map(|age| fs::read(path(folder, age)).unwrap_or_default());
    let text = String::from_utf8_lossy(&texts.concat()).into_owned();
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(max)..].iter().map(|line| (*line).to_owned()).collect()
}

#[derive(Debug)]
struct Files {
    folder: PathBuf,
    /// Absent between two files.
    file: Option<File>,
    bytes: u64,
}

impl Files {
    fn open(folder: &Path) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        let file = File::options().create(true).append(true).open(path(folder, 0))?;
        let bytes = file.metadata()?.len();
        Ok(Self { folder: folder.to_owned(), file: Some(file), bytes })
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        if self.bytes > 0 && self.bytes + bytes.len() as u64 > BYTES_MAX {
            // An open file cannot be renamed everywhere.
            self.file = None;
            for age in [1, 0] {
                let _ = fs::rename(path(&self.folder, age), path(&self.folder, age + 1));
            }
        }
        if self.file.is_none() {
            *self = Self::open(&self.folder)?;
        }
        self.bytes += bytes.len() as u64;
        self.file.as_mut().map_or(Ok(()), |file| file.write_all(bytes))
    }
}

fn path(folder: &Path, age: u32) -> PathBuf {
    folder.join(if age == 0 { "pierrot.log".into() } else { format!("pierrot.{age}.log") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_log_is_bounded_and_its_newest_lines_stay() -> io::Result<()> {
        let folder = tempfile::tempdir()?;
        let line = format!("{}\n", "a line of the log ".repeat(60));
        let mut files = Files::open(folder.path())?;
        for number in 0..5_000 {
            files.write(format!("{number} {line}").as_bytes())?;
        }
        let mut files = Files::open(folder.path())?;
        files.write(b"after a restart\n")?;
        let sizes: Vec<u64> =
            fs::read_dir(folder.path())?.map(|file| Ok(file?.metadata()?.len())).collect::<io::Result<_>>()?;
        assert!(sizes.len() == 3 && sizes.iter().all(|size| *size <= BYTES_MAX), "{sizes:?}");
        let newest = newest(folder.path(), 3);
        assert!(newest[0].starts_with("4998 ") && newest[2] == "after a restart", "{newest:?}");
        assert!(super::newest(&folder.path().join("none"), 3).is_empty());
        Ok(())
    }
}
