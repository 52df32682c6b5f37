//! Files for the person: a text among the downloads, and the folders of the home shown.
//!
//! Invariant: the page names a file, never a place; nothing is written over. Absent: what is in the file (the page has it from the
//! engine).

use std::{
    fs::File,
    io::{ErrorKind, Write},
    path::{Path, PathBuf},
};

use pierrot_core::{Error, engine::CallError};
use serde::Deserialize;
use tauri::{AppHandle, Manager};

use crate::running::Running;

/// A folder that can be shown.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Folder {
    Home,
    Logs,
}

/// Files of one name before it gets too many.
const SAME_NAME_MAX: u32 = 100;

/// Writes the text and shows the file in its folder.
pub fn save(app: &AppHandle, name: &str, text: &str) -> Result<String, CallError> {
    if !is_plain(name) {
        return Err(Error::failed("This is no name for a file.", "Report this.").into());
    }
    let home = app.state::<Running>().engine().pierrot().home().root().to_owned();
    let folder = app.path().download_dir().ok().filter(|folder| folder.is_dir()).unwrap_or(home);
    let path = write(&folder, name, text).map_err(|error| {
        let message = format!("{name} cannot be written to {} ({error}).", folder.display());
        Error::failed(message, "Make room there and try again.")
    })?;
    if let Err(error) = tauri_plugin_opener::reveal_item_in_dir(&path) {
        tracing::info!(%error, "no file manager shows the file");
    }
    Ok(path.display().to_string())
}

pub fn reveal(running: &Running, what: Folder) -> Result<(), CallError> {
    let pierrot = running.engine().pierrot();
    let path = match what {
        Folder::Home => pierrot.home().root().to_owned(),
        Folder::Logs => pierrot.home().logs(),
    };
    tauri_plugin_opener::open_path(&path, None::<&str>).map_err(|error| {
        let message = format!("No file manager could be started ({error}).");
        Error::failed(message, format!("Open {} yourself.", path.display())).into()
    })
}

/// A file that was not there before.
fn write(folder: &Path, name: &str, text: &str) -> std::io::Result<PathBuf> {
    let (stem, kind) = name.rsplit_once('.').unwrap_or((name, "txt"));
    for number in 1..=SAME_NAME_MAX {
        let more = if number == 1 { String::new() } else { format!("-{number}") };
        let path = folder.join(format!("{stem}{more}.{kind}"));
        match File::create_new(&path) {
            Ok(mut file) => return file.write_all(text.as_bytes()).map(|()| path),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    Err(ErrorKind::AlreadyExists.into())
}

fn is_plain(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-' || byte == b'.';
    let kinds = [".txt", ".csv", ".jsonl"];
    name.len() <= 60
        && name.starts_with("pierrot-")
        && name.bytes().all(plain)
        && kinds.iter().any(|kind| name.ends_with(kind))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_names_a_file_and_never_a_place() {
        for (name, plain) in [
            ("pierrot-log.csv", true),
            ("pierrot-diagnostics.txt", true),
            ("pierrot-log.sh", false),
            ("pierrot-../../x.txt", false),
            ("pierrot-\\x.txt", false),
            ("/etc/pierrot-log.txt", false),
            ("log.txt", false),
            ("", false),
        ] {
            assert_eq!(is_plain(name), plain, "{name}");
        }
    }

    #[test]
    fn nothing_is_written_over() -> std::io::Result<()> {
        let folder = std::env::temp_dir().join(format!("pierrot-files-{}", std::process::id()));
        std::fs::create_dir_all(&folder)?;
        for name in ["pierrot-log.csv", "pierrot-log-2.csv", "pierrot-log-3.csv"] {
            assert_eq!(write(&folder, "pierrot-log.csv", "text")?, folder.join(name));
        }
        std::fs::remove_dir_all(&folder)
    }
}
