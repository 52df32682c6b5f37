//! Pictures opened in the Studio that are not of the archive, to try a look on.
//!
//! Invariants: a page hands in bytes, never a path; a file is known by the hash of its bytes, so opening it again is the same one.
//! Absent: publishing. A file is in no catalogue and on no record, and the oldest go when there are too many.

use std::{fmt, fs, path::PathBuf, str::FromStr};

use pierrot_looks::{Limits, PictureError, mosaic::picture_size, prepare, thumbnail};
use serde::{Deserialize, Serialize};

use crate::{
    catalogue::sha256_hex,
    error::{Error, Result},
    handle::{Pierrot, blocking, off},
    photo::PhotoId,
    thumbnails::Class,
};

/// The largest file that is taken.
pub const FILE_BYTES_MAX: usize = 128 << 20;
/// Files that are kept.
const FILES_MAX: usize = 12;
const NAME_CHARS_MAX: usize = 120;
/// Hexadecimal digits of the hash that an id has.
const DIGITS: usize = 16;
const PREFIX: &str = "file.";

const ORIGINAL: &str = "original";
const LARGE: &str = "large.jpg";
const ABOUT: &str = "about.json";

/// The id of an opened file: `file.` and the first digits of its hash. No photo has such an id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(try_from = "String", into = "String")]
#[ts(type = "string")]
pub struct FileId(String);

/// What a look is put on, known by its id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(try_from = "String", into = "String")]
#[ts(type = "string")]
pub enum Subject {
    /// A photo of the archive.
    Photo(PhotoId),
    File(FileId),
}

/// A picture that was opened in the Studio.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct OpenedFile {
    pub id: FileId,
    pub name: String,
    /// Upright, in pixels.
    pub width: u32,
    pub height: u32,
}

impl FromStr for FileId {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        match text.strip_prefix(PREFIX) {
            Some(digits) if digits.len() == DIGITS && digits.bytes().all(hex) => Ok(Self(text.to_owned())),
            _ => Err(format!("\"{}\" is not the id of an opened file", text.chars().take(40).collect::<String>())),
        }
    }
}

impl FromStr for Subject {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text.starts_with(PREFIX) {
            return text.parse().map(Self::File);
        }
        text.parse().map(Self::Photo).map_err(|error: crate::photo::BadPhotoId| error.to_string())
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Photo(photo) => photo.fmt(out),
            Self::File(FileId(id)) => out.write_str(id),
        }
    }
}

impl TryFrom<String> for FileId {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<FileId> for String {
    fn from(id: FileId) -> Self {
        id.0
    }
}

impl TryFrom<String> for Subject {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<Subject> for String {
    fn from(subject: Subject) -> Self {
        subject.to_string()
    }
}

impl Subject {
    /// The photo, where it is one.
    pub fn photo(&self) -> Option<&PhotoId> {
        match self {
            Self::Photo(photo) => Some(photo),
            Self::File(_) => None,
        }
    }
}

impl OpenedFile {
    /// Its name without the ending.
    pub(crate) fn stem(&self) -> String {
        let stem = self.name.rsplit_once('.').map_or(self.name.as_str(), |(stem, _)| stem);
        stem.to_owned()
    }
}

impl Pierrot {
    /// Takes a picture in, to try looks on it.
    pub async fn open_file(&self, name: &str, bytes: Vec<u8>) -> Result<OpenedFile> {
        if bytes.len() > FILE_BYTES_MAX {
            let most = FILE_BYTES_MAX >> 20;
            return Err(Error::failed(format!("The file has more than {most} MB."), "Open a smaller one."));
        }
        let id = FileId(format!("{PREFIX}{}", &sha256_hex(&bytes)[..DIGITS]));
        let name = plain_name(name);
        let made = blocking(move || {
            let large = thumbnail(&bytes, Class::Large.side_max())?;
            let (width, height) = picture_size(&bytes)?;
            Ok::<_, PictureError>((OpenedFile { id, name, width, height }, bytes, large.jpeg))
        });
        let (file, bytes, large) = match made.await {
            Some(Ok(made)) => made,
            Some(Err(error)) => {
                return Err(Error::failed(error.to_string(), "Open a JPEG, PNG, GIF or WebP picture."));
            }
            None => return Err(Error::failed("The file could not be read.", "Open another one.")),
        };
        let folder = self.file_folder(&file.id);
        self.home.write(&folder.join(ORIGINAL), &bytes)?;
        self.home.write(&folder.join(LARGE), &large)?;
        self.home.write(&folder.join(ABOUT), &serde_json::to_vec_pretty(&file).unwrap_or_default())?;
        let all = self.home.opened();
        off(move || {
            tidy(&all);
            Ok::<_, Error>(())
        })
        .await?;
        Ok(file)
    }

    /// What is known of a file that was opened.
    pub async fn opened_file(&self, id: &FileId) -> Result<OpenedFile> {
        let about = self.file_part(id, ABOUT).await?;
        serde_json::from_slice(&about).map_err(|_| no_file())
    }

    /// A JPEG of it for a page.
    pub async fn file_large(&self, id: &FileId) -> Result<Vec<u8>> {
        self.file_part(id, LARGE).await
    }

    /// The picture upright and without what it says about its maker, within the limits.
    pub(crate) async fn file_prepared(&self, id: &FileId, limits: Limits) -> Result<Vec<u8>> {
        prepared(self.file_part(id, ORIGINAL).await?, limits).await
    }

    /// The same, in less time where the large picture will do: it has no transparency, and nor has a JPEG.
    pub(crate) async fn file_on_screen(&self, id: &FileId, limits: Limits) -> Result<Vec<u8>> {
        let original = self.file_part(id, ORIGINAL).await?;
        let is_jpeg = original.starts_with(&[0xFF, 0xD8]);
        prepared(if is_jpeg { self.file_part(id, LARGE).await? } else { original }, limits).await
    }

    async fn file_part(&self, id: &FileId, part: &'static str) -> Result<Vec<u8>> {
        let path = self.file_folder(id).join(part);
        off(move || fs::read(path).map_err(|_| no_file())).await
    }

    fn file_folder(&self, id: &FileId) -> PathBuf {
        self.home.opened().join(id.0.trim_start_matches(PREFIX))
    }
}

async fn prepared(bytes: Vec<u8>, limits: Limits) -> Result<Vec<u8>> {
    match blocking(move || prepare(&bytes, &limits)).await {
        Some(Ok(prepared)) => Ok(prepared.bytes),
        Some(Err(error)) => Err(Error::failed(error.to_string(), "Open another file.")),
        None => Err(no_file()),
    }
}

/// The last part of a path, in characters that may stand in a file name.
fn plain_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let fit = |char: &char| !char.is_control() && !"<>:\"|?*".contains(*char);
    let name: String = last.chars().filter(fit).take(NAME_CHARS_MAX).collect();
    let name = name.trim().trim_start_matches('.');
    if name.is_empty() { "picture".to_owned() } else { name.to_owned() }
}

/// Removes the files that were opened longest ago, and what was never whole.
fn tidy(folder: &PathBuf) {
    let folders = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let mut all: Vec<_> =
        folders.map(|path| (fs::metadata(path.join(ABOUT)).and_then(|facts| facts.modified()).ok(), path)).collect();
    all.sort_unstable_by(|a, b| b.cmp(a));
    for (_, path) in all.iter().skip(FILES_MAX) {
        if let Err(error) = fs::remove_dir_all(path) {
            tracing::warn!(%error, path = %path.display(), "an opened file cannot be removed");
        }
    }
}

fn no_file() -> Error {
    Error::failed("This file is not open any more.", "Open it again.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_of_a_photo_or_of_a_file_and_never_a_path() {
        for (text, photo) in [("53000000001", true), ("file.0123456789abcdef", false)] {
            let subject: Subject = text.parse().expect(text);
            assert_eq!((subject.photo().is_some(), subject.to_string().as_str()), (photo, text));
        }
        for text in ["", "file.", "file.0123456789ABCDEF", "file.0123456789abcde", "file./../../../etc/p", "..", "a/b"]
        {
            text.parse::<Subject>().expect_err(text);
        }
    }

    #[test]
    fn a_name_is_that_of_the_file_alone() {
        for (name, plain) in [
            ("Evening.jpg", "Evening.jpg"),
            ("C:\\photos\\Düne 3.png", "Düne 3.png"),
            ("../../etc/passwd", "passwd"),
            ("..", "picture"),
            ("a\u{0}b\n?.gif", "ab.gif"),
            ("", "picture"),
        ] {
            assert_eq!(plain_name(name), plain);
        }
    }
}
