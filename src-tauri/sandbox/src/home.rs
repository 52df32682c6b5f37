//! A home to throw away: a fresh folder with a config.toml that leads to the loopback servers.
//!
//! Absent: secrets; they are in [`Described`] and belong in memory or in variables, never in a file.

use std::{
    io,
    path::{Path, PathBuf},
};

use crate::{Described, Options, Sandbox};

impl Described {
    /// The settings of a home on these servers.
    pub fn config_toml(&self) -> String {
        format!(
            "# Sample photos and loopback servers: nothing here is real and nothing leaves this computer.\n[flickr]\n\
             api_url = \"{}\"\noauth_url = \"{}\"\ncalls_per_second = 0\n\n[targets.x]\nkind = \"x\"\napi_url = \"{}\"\n\
             look_after_s = [1, 3]\n",
            self.flickr.api_url, self.flickr.oauth_url, self.x.api_url
        )
    }

    /// Makes a fresh folder among the temporary ones and writes the settings into it.
    ///
    /// # Errors
    /// When no folder or file can be made there.
    pub fn fresh_home(&self) -> io::Result<PathBuf> {
        let home = fresh_folder(&std::env::temp_dir())?;
        std::fs::write(home.join("config.toml"), self.config_toml())?;
        Ok(home)
    }
}

fn fresh_folder(root: &Path) -> io::Result<PathBuf> {
    for number in 0..1000 {
        let home = root.join(format!("pierrot-demo-{}-{number}", std::process::id()));
        match std::fs::create_dir(&home) {
            Ok(()) => return Ok(home),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    Err(io::Error::other(format!("{} is full of demo folders", root.display())))
}

/// The servers with a home of their own; both are thrown away together.
#[derive(Debug)]
pub struct Demo {
    sandbox: Sandbox,
    home: PathBuf,
}

impl Demo {
    /// Starts the servers and makes the home.
    ///
    /// # Errors
    /// When a port is taken, or no folder can be made among the temporary ones.
    pub async fn start(options: Options) -> io::Result<Self> {
        let sandbox = crate::start(options).await?;
        let home = sandbox.described().fresh_home()?;
        Ok(Self { sandbox, home })
    }

    pub fn home(&self) -> &Path {
        &self.home
    }

    pub fn described(&self) -> &Described {
        self.sandbox.described()
    }

    /// Stops the servers and removes the home.
    ///
    /// # Errors
    /// When the home stays behind.
    pub async fn stop(self) -> io::Result<()> {
        self.sandbox.stop().await;
        std::fs::remove_dir_all(&self.home)
    }
}
