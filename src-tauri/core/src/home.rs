//! One home: the folder with `config.toml`, the catalogue and, by default, the record.
//!
//! Invariant: one process at a time owns a home; the second is told so at once and changes nothing.

use std::{
    fs::{self, File, TryLockError},
    io::{self, Write},
    path::{Path, PathBuf},
};

use etcetera::BaseStrategy;

use crate::{
    catalogue::{CatalogueError, sort_out_io, sync_folder},
    error::{Error, Result},
};

/// The paths of one home, and the lock that makes it ours.
#[derive(Debug)]
pub struct Home {
    root: PathBuf,
    _lock: File,
}

impl Home {
    /// Where the platform keeps such data when nobody says otherwise.
    pub fn platform() -> Result<PathBuf> {
        let strategy = etcetera::base_strategy::choose_native_strategy().map_err(|_| {
            Error::settings("This computer does not say where your home folder is.", "Name a folder with --home DIR.")
        })?;
        Ok(strategy.data_dir().join("pierrot"))
    }

    /// Creates the folder if need be and takes it for this process.
    pub fn open(root: &Path) -> Result<Self> {
        let io = |source: io::Error| Error::from(sort_out_io(source, root));
        if root.exists() && !root.is_dir() {
            return Err(Error::settings(
                format!("{} is a file; Pierrot's home is a folder.", root.display()),
                "Name a folder with --home, or a name that is free.",
            ));
        }
        fs::create_dir_all(root).map_err(io)?;
        let path = root.join("lock");
        let mut lock = File::options().create(true).write(true).truncate(false).open(&path).map_err(io)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(CatalogueError::InUse(root.display().to_string()).into()),
            Err(TryLockError::Error(source)) => return Err(io(source)),
        }
        // For people who wonder which process it is; the lock itself is what counts.
        let _ = lock.set_len(0).and_then(|()| write!(lock, "{}", std::process::id()));
        Ok(Self { root: root.to_owned(), _lock: lock })
    }

    pub fn root(&self) -> &Path {
        &self.root
    }

    pub fn config(&self) -> PathBuf {
        self.root.join("config.toml")
    }

    pub fn catalogue(&self) -> PathBuf {
        self.root.join("catalogue.redb")
    }

    /// Pictures exactly as they went out.
    pub fn pictures(&self) -> PathBuf {
        self.root.join("published")
    }

    /// The program's own log.
    pub fn logs(&self) -> PathBuf {
        self.root.join("logs")
    }

    /// Pictures with a look, made for the photographer.
    pub fn looks(&self) -> PathBuf {
        self.root.join("looks")
    }

    /// Copies of the record, a folder for each.
    pub fn backups(&self) -> PathBuf {
        self.root.join("backups")
    }

    /// Pictures opened in the Studio, a folder for each; may be deleted at any time.
    pub fn opened(&self) -> PathBuf {
        self.root.join("opened")
    }

    /// Pictures made of pictures, a folder for each.
    pub fn mosaics(&self) -> PathBuf {
        self.root.join("mosaics")
    }

    /// Thumbnails laid ready for mosaics; may be deleted at any time.
    pub fn tiles(&self) -> PathBuf {
        self.root.join("tiles.redb")
    }

    /// Small pictures for the gallery; may be deleted at any time.
    pub fn thumbnails(&self) -> PathBuf {
        self.root.join("thumbnails")
    }

    /// Writes the file whole, durable before it has its name.
    pub fn write(&self, path: &Path, bytes: &[u8]) -> Result<()> {
        let io = |source: io::Error| Error::from(sort_out_io(source, path));
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(io)?;
        }
        let temporary = path.with_extension("new");
        let written =
            File::create(&temporary).and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_all()));
        written.and_then(|()| fs::rename(&temporary, path)).and_then(|()| sync_folder(path)).map_err(io)
    }
}
