//! What the program was started with.
//!
//! Invariant: a word that is not understood is refused by name, never ignored. Absent: any effect; `run` acts on it.

use std::{ffi::OsString, path::PathBuf};

/// How to use the program, one line.
pub const USAGE: &str = "pierrot-desktop [--demo | --home DIR] [--hidden]";

/// What the person asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// On the sandbox with a fresh home: nothing is real and everything is thrown away at the end.
    pub demo: bool,
    /// The folder that holds everything; the platform's when absent.
    pub home: Option<PathBuf>,
    /// To the tray, without a window.
    pub hidden: bool,
}

/// Why the words were refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OptionsError {
    #[error("\"{0}\" is not understood")]
    Unknown(String),
    #[error("--home needs a folder after it")]
    NoFolder,
    #[error("--demo makes a home of its own, so --home cannot go with it")]
    DemoAndHome,
}

impl Options {
    /// Reads the words after the program's name. `home` is `PIERROT_HOME`; `--home` goes before it.
    pub fn parse(words: impl IntoIterator<Item = OsString>, home: Option<OsString>) -> Result<Self, OptionsError> {
        let mut options = Self::default();
        let mut words = words.into_iter();
        while let Some(word) = words.next() {
            match word.to_str() {
                Some("--demo") => options.demo = true,
                Some("--hidden") => options.hidden = true,
                Some("--home") => options.home = Some(folder(words.next())?),
                Some(text) if text.starts_with("--home=") => options.home = Some(folder(Some(text[7..].into()))?),
                // macOS adds a process number of its own.
                Some(text) if text.starts_with("-psn_") => {}
                Some(_) | None => return Err(OptionsError::Unknown(word.to_string_lossy().into_owned())),
            }
        }
        match (options.demo, &options.home) {
            (true, Some(_)) => return Err(OptionsError::DemoAndHome),
            (true, None) | (false, Some(_)) => {}
            (false, None) => options.home = home.filter(|set| !set.is_empty()).map(PathBuf::from),
        }
        Ok(options)
    }
}

fn folder(word: Option<OsString>) -> Result<PathBuf, OptionsError> {
    word.filter(|word| !word.is_empty()).map(PathBuf::from).ok_or(OptionsError::NoFolder)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(words: &[&str], home: Option<&str>) -> Result<Options, OptionsError> {
        Options::parse(words.iter().map(OsString::from), home.map(OsString::from))
    }

    #[test]
    fn words_mean_what_they_say() {
        let home = |home: &str| Options { home: Some(home.into()), ..Options::default() };
        let demo = Options { demo: true, ..Options::default() };
        for (words, variable, meant) in [
            (&[][..], None, Options::default()),
            (&[], Some(""), Options::default()),
            (&[], Some("/a"), home("/a")),
            (&["--home", "/b"], Some("/a"), home("/b")),
            (&["--home=/b c"], None, home("/b c")),
            (&["--hidden", "--home", "/b"], None, Options { hidden: true, ..home("/b") }),
            (&["--demo"], Some("/a"), demo.clone()),
            (&["--demo", "--hidden"], None, Options { hidden: true, ..demo }),
            (&["-psn_0_1234"], None, Options::default()),
        ] {
            assert_eq!(parse(words, variable), Ok(meant), "{words:?} {variable:?}");
        }
    }

    #[test]
    fn what_is_not_understood_is_named() {
        for (words, why) in [
            (&["--hiden"][..], OptionsError::Unknown("--hiden".into())),
            (&["photo.jpg"], OptionsError::Unknown("photo.jpg".into())),
            (&["--home"], OptionsError::NoFolder),
            (&["--home="], OptionsError::NoFolder),
            (&["--demo", "--home", "/a"], OptionsError::DemoAndHome),
        ] {
            assert_eq!(parse(words, None), Err(why), "{words:?}");
        }
    }
}
