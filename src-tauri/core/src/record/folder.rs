//! A record in a folder: a file per name, created by hard link.
//!
//! Invariant: a name appears with its complete, fsynced content or not at all, and never changes below `wal/`;
//! a `Done` survives a power cut; only a repair moves a broken file aside, under another name. Temporary names begin with `.tmp-`, are never listed, and old ones are swept at opening.
//! Deliberately absent: locks. A folder copied around by Dropbox, Syncthing or iCloud is not one record: each copy has its own names.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;

use super::disk::{Disk, RealDisk};
use super::temporary::{TEMPORARY, Temporary, sweep_folder};
use super::{Created, NAMES_MAX, RecordStore, Sharing, StoreError, bytes_max, check_folder, check_name};

/// Where a repair moves broken files.
const SET_ASIDE: &str = "set-aside/";
const SET_ASIDE_MAX: u32 = 1_000;

/// A record in a folder of this computer.
#[derive(Clone, Debug)]
pub struct FolderStore {
    folder: Arc<Folder>,
}

#[derive(Debug)]
struct Folder {
    root: PathBuf,
    sharing: Sharing,
    disk: Arc<dyn Disk>,
    /// Folders whose own names are durable for certain.
    settled: Mutex<BTreeSet<PathBuf>>,
    /// Held while looking first and then renaming, where there are no hard links.
    looking: Mutex<()>,
}

impl FolderStore {
    /// Opens the record in the folder `root`, creating it if absent. Blocks for a moment.
    pub fn open(root: impl Into<PathBuf>, sharing: Sharing) -> Result<Self, StoreError> {
        Self::on_disk(root, sharing, Arc::new(RealDisk))
    }

    /// Opens it on a disk that a test watches over.
    pub fn on_disk(root: impl Into<PathBuf>, sharing: Sharing, disk: Arc<dyn Disk>) -> Result<Self, StoreError> {
        let folder = Folder { root: root.into(), sharing, disk, settled: Mutex::default(), looking: Mutex::new(()) };
        folder.create_folder(&folder.root).map_err(|error| folder.failed(&error, Doing::Writing))?;
        folder.sweep();
        Ok(Self { folder: Arc::new(folder) })
    }

    /// Moves a file whose content is broken out of the way, under a name nothing else has; which name that is.
    /// Only a repair calls this, and only for bytes that are no part of the log.
    pub(crate) async fn set_aside(&self, name: &str) -> Result<String, StoreError> {
        check_name(&self.address(), name)?;
        let name = name.to_owned();
        self.off_thread(move |folder| folder.set_aside(&name).map_err(|error| folder.failed(&error, Doing::Writing)))
            .await
    }

    async fn off_thread<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Folder) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let folder = Arc::clone(&self.folder);
        let done = tokio::task::spawn_blocking(move || work(&folder)).await;
        done.unwrap_or_else(|error| Err(StoreError::other(&self.address(), error.to_string())))
    }
}

#[async_trait]
impl RecordStore for FolderStore {
    async fn create(&self, name: &str, bytes: &[u8]) -> Result<Created, StoreError> {
        check_name(&self.address(), name)?;
        let (name, bytes) = (name.to_owned(), bytes.to_vec());
        self.off_thread(move |folder| folder.create(&name, &bytes)).await
    }

    async fn read(&self, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
        check_name(&self.address(), name)?;
        let name = name.to_owned();
        self.off_thread(move |folder| folder.read(&name)).await
    }

    async fn replace(&self, name: &str, bytes: Vec<u8>) -> Result<(), StoreError> {
        check_name(&self.address(), name)?;
        let name = name.to_owned();
        self.off_thread(move |folder| {
            folder.replace(&name, &bytes).map_err(|error| folder.failed(&error, Doing::Writing))
        })
        .await
    }

    async fn names(&self, folder: &str, after: Option<&str>) -> Result<Vec<String>, StoreError> {
        check_folder(&self.address(), folder)?;
        let (below, after) = (folder.to_owned(), after.map(str::to_owned));
        self.off_thread(move |folder| folder.names(&below, after.as_deref())).await
    }

    async fn forget_scratch(&self, name: &str) {
        if name.starts_with(super::probe::SCRATCH) && check_name("", name).is_ok() {
            let name = name.to_owned();
            let gone = self.off_thread(move |folder| {
                let path = folder.root.join(&name);
                folder.disk.remove_file(&path).map_err(|error| folder.failed(&error, Doing::Writing))?;
                // Its folders go with the last scratch file; before that this fails, as it should.
                let above = path.ancestors().skip(1).take_while(|above| *above != folder.root);
                above.map_while(|above| fs::remove_dir(above).ok()).for_each(drop);
                Ok(())
            });
            if let Err(error) = gone.await {
                tracing::debug!(%error, "a scratch file of the probe stays");
            }
        }
    }

    fn as_folder(&self) -> Option<&FolderStore> {
        Some(self)
    }

    fn sharing(&self) -> Sharing {
        self.folder.sharing
    }

    fn address(&self) -> String {
        self.folder.at()
    }
}

#[derive(Clone, Copy)]
enum Doing {
    Reading,
    Writing,
}

impl Folder {
    fn at(&self) -> String {
        self.root.display().to_string()
    }

    fn create(&self, name: &str, bytes: &[u8]) -> Result<Created, StoreError> {
        let writing = |error: io::Error| self.failed(&error, Doing::Writing);
        let unsettled =
            |error: io::Error| StoreError::Unsettled { at: self.at(), name: name.to_owned(), why: error.to_string() };
        let (path, parent) = self.place(name).map_err(writing)?;
        let temporary = Temporary::write(&*self.disk, &parent, bytes).map_err(writing)?;
        match self.take_name(&temporary, &path) {
            Ok(()) => {
                self.disk.sync_folder(&parent).map_err(unsettled)?;
                Ok(Created::Done)
            }
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                // The name may be from a writer that died before this; the caller will build on it.
                self.disk.sync_folder(&parent).map_err(unsettled)?;
                Ok(Created::Exists)
            }
            Err(error) if has_no_hard_links(&error) => {
                Err(StoreError::CannotCreateOnce { at: self.at(), why: format!("no hard links: {error}") })
            }
            Err(error) => Err(writing(error)),
        }
    }

    /// The atomic step: gives the finished temporary file its name, unless that is taken.
    fn take_name(&self, temporary: &Temporary, path: &Path) -> io::Result<()> {
        let linked = self.disk.link(&temporary.path, path);
        match (&linked, self.sharing) {
            (Err(error), Sharing::OneComputer) if has_no_hard_links(error) => self.look_then_rename(temporary, path),
            (Ok(()) | Err(_), Sharing::OneComputer | Sharing::Several) => linked,
        }
    }

    fn look_then_rename(&self, temporary: &Temporary, path: &Path) -> io::Result<()> {
        let _looking = self.looking.lock().unwrap_or_else(PoisonError::into_inner);
        match fs::symlink_metadata(path) {
            Ok(_) => Err(ErrorKind::AlreadyExists.into()),
            Err(error) if error.kind() == ErrorKind::NotFound => temporary.rename(path),
            Err(error) => Err(error),
        }
    }

    fn replace(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let (path, parent) = self.place(name)?;
        let temporary = Temporary::write(&*self.disk, &parent, bytes)?;
        temporary.rename(&path)?;
        self.disk.sync_folder(&parent)
    }

    fn set_aside(&self, name: &str) -> io::Result<String> {
        let from = self.root.join(name);
        let last = name.rsplit('/').next().unwrap_or(name);
        for number in 1..=SET_ASIDE_MAX {
            let aside = format!("{SET_ASIDE}{last}.{number}");
            let (path, folder) = self.place(&aside)?;
            if fs::symlink_metadata(&path).is_ok() {
                continue;
            }
            self.disk.rename(&from, &path)?;
            self.disk.sync_folder(&folder)?;
            self.disk.sync_folder(from.parent().unwrap_or(&self.root))?;
            return Ok(aside);
        }
        Err(ErrorKind::AlreadyExists.into())
    }

    fn read(&self, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let reading = |error: io::Error| self.failed(&error, Doing::Reading);
        let file = match File::open(self.root.join(name)) {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::NotFound => return self.check_root().map(|()| None),
            Err(error) => return Err(reading(error)),
        };
        let bytes_max = bytes_max(name);
        let mut bytes = Vec::new();
        file.take(bytes_max + 1).read_to_end(&mut bytes).map_err(reading)?;
        if bytes.len() as u64 > bytes_max {
            return Err(StoreError::TooLarge { at: self.at(), name: name.to_owned(), bytes_max });
        }
        Ok(Some(bytes))
    }

    fn names(&self, below: &str, after: Option<&str>) -> Result<Vec<String>, StoreError> {
        let reading = |error: io::Error| self.failed(&error, Doing::Reading);
        let listing = match fs::read_dir(self.root.join(below)) {
            Ok(listing) => listing,
            Err(error) if error.kind() == ErrorKind::NotFound => return self.check_root().map(|()| Vec::new()),
            Err(error) => return Err(reading(error)),
        };
        let mut names = Vec::new();
        for entry in listing {
            let entry = entry.map_err(reading)?;
            let Ok(file_name) = entry.file_name().into_string() else { continue };
            let name = format!("{below}{file_name}");
            if file_name.starts_with(TEMPORARY) || after.is_some_and(|after| name.as_str() <= after) {
                continue;
            }
            if entry.file_type().map_err(reading)?.is_file() {
                names.push(name);
            }
            if names.len() > NAMES_MAX {
                return Err(StoreError::other(&self.at(), format!("more than {NAMES_MAX} files in {below}")));
            }
        }
        names.sort_unstable();
        Ok(names)
    }

    /// An absent file means nothing when the whole folder is gone.
    fn check_root(&self) -> Result<(), StoreError> {
        fs::read_dir(&self.root).map(drop).map_err(|error| self.failed(&error, Doing::Reading))
    }

    /// The path of `name` and its folder, which exists afterwards; the root itself is never created again.
    fn place(&self, name: &str) -> io::Result<(PathBuf, PathBuf)> {
        let path = self.root.join(name);
        let parent = path.parent().map_or_else(|| self.root.clone(), Path::to_path_buf);
        if !parent.is_dir() || !self.settled().contains(&parent) {
            fs::read_dir(&self.root)?;
            self.create_folder(&parent)?;
        }
        Ok((path, parent))
    }

    fn settled(&self) -> MutexGuard<'_, BTreeSet<PathBuf>> {
        self.settled.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Creates `folder` and what is missing above it, each name durable in its parent. A folder that is there may be from a
    /// program that died before it made the name durable.
    fn create_folder(&self, folder: &Path) -> io::Result<()> {
        let above = folder.parent().filter(|above| !above.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let there = folder.is_dir();
        if !there {
            if above.parent().is_some() {
                self.create_folder(above)?;
            }
            match self.disk.create_folder(folder) {
                Err(error) if error.kind() != ErrorKind::AlreadyExists || !folder.is_dir() => return Err(error),
                Ok(()) | Err(_) => {}
            }
        }
        match self.disk.sync_folder(above) {
            // Who may not look into it did not make this folder in it.
            Err(error) if there && error.kind() == ErrorKind::PermissionDenied => {}
            done => done?,
        }
        self.settled().insert(folder.to_owned());
        Ok(())
    }

    /// Removes old temporary files from the root and the folders in it. Best effort.
    fn sweep(&self) {
        let Ok(listing) = fs::read_dir(&self.root) else { return };
        let is_folder = |entry: &fs::DirEntry| entry.file_type().is_ok_and(|kind| kind.is_dir());
        let folders = listing.take(NAMES_MAX).flatten().filter(is_folder).map(|entry| entry.path());
        for folder in std::iter::once(self.root.clone()).chain(folders) {
            sweep_folder(&*self.disk, &folder);
        }
    }

    fn failed(&self, error: &io::Error, doing: Doing) -> StoreError {
        let (at, why) = (self.at(), in_words(error));
        if [ErrorKind::StorageFull, ErrorKind::QuotaExceeded].contains(&error.kind()) {
            return StoreError::Full { at, why };
        }
        if error.kind() == ErrorKind::ReadOnlyFilesystem {
            return StoreError::ReadOnly { at, why };
        }
        match (error.kind() == ErrorKind::PermissionDenied, doing) {
            (true, Doing::Writing) => StoreError::ReadOnly { at, why },
            (true, Doing::Reading) => StoreError::Other { at, why },
            (false, Doing::Reading | Doing::Writing) if is_gone(error) => StoreError::Unreachable { at, why },
            (false, Doing::Reading | Doing::Writing) => StoreError::Other { at, why },
        }
    }
}

/// What the system says, without its number.
fn in_words(error: &io::Error) -> String {
    let said = error.to_string();
    said.split(" (os error").next().unwrap_or_default().to_owned()
}

/// The folder is not there now, as with an unplugged drive or a share that went away.
fn is_gone(error: &io::Error) -> bool {
    [
        ErrorKind::NotFound,
        ErrorKind::NotADirectory,
        ErrorKind::StaleNetworkFileHandle,
        ErrorKind::HostUnreachable,
        ErrorKind::NetworkUnreachable,
        ErrorKind::NetworkDown,
        ErrorKind::NotConnected,
        ErrorKind::TimedOut,
    ]
    .contains(&error.kind())
}

/// EPERM, ENOTSUP, ENOSYS of Unix; ERROR_INVALID_FUNCTION and ERROR_NOT_SUPPORTED of Windows.
fn has_no_hard_links(error: &io::Error) -> bool {
    if cfg!(windows) {
        return matches!(error.raw_os_error(), Some(1 | 50));
    }
    const EPERM: i32 = 1;
    error.kind() == ErrorKind::Unsupported || error.raw_os_error() == Some(EPERM)
}
