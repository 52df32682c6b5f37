//! Making a home ready: a config.toml to edit, and the folder of the record.

use crate::{error::Result, handle::Pierrot, settings::RecordKind};

/// Every setting with its default, as a newcomer reads it.
const TEMPLATE: &str = include_str!("config.toml");

impl Pierrot {
    /// Writes config.toml where there is none; an existing one was checked when the home was opened. Whether it was written.
    pub fn init(&self) -> Result<bool> {
        let config = self.home.config();
        let created = !config.exists();
        if created {
            self.home.write(&config, TEMPLATE.as_bytes())?;
        }
        if self.settings.record.kind == RecordKind::Folder {
            let path = self.home.root().join(&self.settings.record.path);
            std::fs::create_dir_all(&path).map_err(|source| crate::catalogue::sort_out_io(source, &path))?;
        }
        Ok(created)
    }
}

#[cfg(test)]
mod tests {
    use crate::settings::Settings;

    #[test]
    fn the_file_a_newcomer_gets_says_the_defaults() {
        assert_eq!(Settings::parse(super::TEMPLATE).expect("it parses"), Settings::default());
        for key in ["api_url", "oauth_url", "look_after_s", "sensitive", "endpoint", "path_style", "never"] {
            assert!(super::TEMPLATE.contains(key), "{key} is shown");
        }
    }
}
