//! What can be typed.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use pierrot_core::{PhotoState, photo::PhotoId};

use crate::look::Look;

/// Delivers your Flickr archive, one photo at a time, never the same one twice.
#[derive(Debug, Parser)]
#[command(name = "pierrot", version, max_term_width = 100)]
pub struct Arguments {
    /// Pierrot's folder: settings, catalogue and, by default, the record [env: PIERROT_HOME] [default: the platform's
    /// data folder]
    #[arg(long, global = true, value_name = "DIR")]
    pub home: Option<PathBuf>,
    /// Print one JSON object instead of sentences
    #[arg(long, global = true)]
    pub json: bool,
    #[command(subcommand)]
    pub command: Command,
}

impl Arguments {
    /// Pierrot's folder: as asked, else as the environment says, where an empty word says nothing.
    pub fn root(&self) -> pierrot_core::Result<PathBuf> {
        let named = || std::env::var_os("PIERROT_HOME").filter(|home| !home.is_empty()).map(PathBuf::from);
        match self.home.clone().or_else(named) {
            Some(root) => Ok(root),
            None => pierrot_core::home::Home::platform(),
        }
    }

    /// Whether the command only shows what a home has, so that it must not make one.
    pub fn only_reads(&self) -> bool {
        match &self.command {
            Command::Status | Command::Photos { .. } | Command::Log { .. } | Command::Check { .. } => true,
            Command::Review(review) => review.id.is_none(),
            Command::Words(words) => words.only_shows(),
            Command::Init
            | Command::Login(_)
            | Command::Secret { .. }
            | Command::Sync { .. }
            | Command::Publish(_)
            | Command::Recover
            | Command::Exclude { .. }
            | Command::Include { .. }
            | Command::Restore
            | Command::Backup
            | Command::Probe
            | Command::ImportRecord { .. }
            | Command::Demo(_)
            | Command::Sandbox(_)
            | Command::Serve(_)
            | Command::Run
            | Command::Look(_)
            | Command::Doctor(_) => false,
        }
    }
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make the folder and a config.toml to edit
    Init,
    /// Sign in, by a code that the site shows
    Login(LoginArguments),
    /// Keep keys and tokens in the keyring of this computer
    Secret {
        #[command(subcommand)]
        action: SecretAction,
    },
    /// Bring the catalogue up to date with Flickr
    Sync {
        /// Walk through everything, also when nothing seems to have changed
        #[arg(long)]
        full: bool,
    },
    /// Publish one photo: a random unpublished one, or the one you name
    Publish(PublishArguments),
    /// Settle what an earlier start left in the middle
    Recover,
    /// List publications that wait for your answer, or answer one
    Review(ReviewArguments),
    /// Show where everything stands, without the network
    Status,
    /// List photos
    Photos {
        /// unpublished, published, held, excluded or missing
        #[arg(long)]
        state: Option<PhotoState>,
        /// Most photos to show
        #[arg(long, default_value_t = 50, value_parser = limit)]
        limit: usize,
    },
    /// Never publish this photo, anywhere
    Exclude { photo: PhotoId },
    /// Take a photo off the never-list, or open it again after a skip
    Include { photo: PhotoId },
    /// Show what would go out with a photo, or write its caption and alt text yourself
    Words(WordsArguments),
    /// Show the record's log
    Log {
        /// Most entries to show, the newest ones
        #[arg(long, default_value_t = 1000, value_parser = limit)]
        limit: usize,
    },
    /// Check the record, and mend what can be mended
    Check {
        /// Make derived documents anew and put lost entries back
        #[arg(long)]
        repair: bool,
    },
    /// Bring everything back from the record, on a new or emptied home
    Restore,
    /// Copy the record into a folder below the home, from which it could be gone on
    Backup,
    /// Test whether the record's store is safe for several computers
    Probe,
    /// Take over pierrot-db.json and pierrot-wal.json of the first Pierrot
    ImportRecord { dir: PathBuf },
    /// Show the whole job on sample photos; no key needed
    Demo(DemoArguments),
    /// Start a loopback Flickr and X with sample photos and print their addresses and keys
    Sandbox(SandboxArguments),
    /// Keep the schedule and show Pierrot in a browser; prints the address to open
    Serve(ServeArguments),
    /// Keep the schedule without a window, until stopped
    Run,
    /// Make thumbnails and other looks of picture files; needs no account, home or record
    #[command(subcommand)]
    Look(Look),
    /// Say what is set up, what is missing, and what to do
    Doctor(DoctorArguments),
}

#[derive(Debug, Args)]
pub struct DoctorArguments {
    /// Write a report for whoever helps you: no secrets, names and places masked
    #[arg(long, value_name = "FILE")]
    pub bundle: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct LoginArguments {
    /// flickr, or the name of a target such as x
    pub place: String,
}

#[derive(Debug, Subcommand)]
pub enum SecretAction {
    /// Read a secret from standard input
    Set {
        name: String,
        /// Refused: a secret on the command line can be seen by other programs
        #[arg(hide = true, allow_hyphen_values = true, trailing_var_arg = true)]
        refused: Vec<String>,
    },
    /// Names of the secrets that are set
    List,
    /// Forget a secret
    Remove { name: String },
}

#[derive(Debug, Args)]
pub struct PublishArguments {
    /// Name of the target in config.toml
    #[arg(long)]
    pub target: Option<String>,
    /// Publish this photo
    #[arg(long)]
    pub photo: Option<PhotoId>,
    /// Show what would go out and change nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Make the random choice repeatable
    #[arg(long)]
    pub seed: Option<u64>,
}

#[derive(Debug, Args)]
pub struct ReviewArguments {
    /// The review (its id, or the photo's)
    pub id: Option<String>,
    /// It is posted: the address of the post
    #[arg(long, value_name = "URL", requires = "id", conflicts_with_all = ["post_again", "skip"])]
    pub posted: Option<String>,
    /// It is not posted: send it again (if the first one was only slow, there will be two)
    #[arg(long, requires = "id", conflicts_with = "skip")]
    pub post_again: bool,
    /// Leave it: neither published nor picked again
    #[arg(long, requires = "id")]
    pub skip: bool,
}

#[derive(Debug, Args)]
pub struct WordsArguments {
    pub photo: PhotoId,
    /// Only for this target; without it, for every
    #[arg(long)]
    pub target: Option<String>,
    /// The caption, in place of what the template makes
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    pub caption: Option<String>,
    /// The alt text; empty for none
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    pub alt: Option<String>,
    /// Go back to the templates
    #[arg(long, conflicts_with_all = ["caption", "alt"])]
    pub clear: bool,
}

impl WordsArguments {
    pub fn only_shows(&self) -> bool {
        self.caption.is_none() && self.alt.is_none() && !self.clear
    }
}

#[derive(Debug, Args)]
pub struct SandboxArguments {
    /// Number of sample photos
    #[arg(long, default_value_t = 60)]
    pub photos: usize,
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// 0 = any free port
    #[arg(long, default_value_t = 0)]
    pub flickr_port: u16,
    #[arg(long, default_value_t = 0)]
    pub x_port: u16,
    #[arg(long, default_value_t = 0)]
    pub static_port: u16,
}

#[derive(Debug, Args)]
pub struct DemoArguments {
    /// Number of sample photos
    #[arg(long, default_value_t = 60)]
    pub photos: usize,
    /// Stop at the end even on a terminal
    #[arg(long)]
    pub no_wait: bool,
}

#[derive(Debug, Args)]
pub struct ServeArguments {
    /// On sample photos and loopback servers, with a home that is thrown away at the end
    #[arg(long)]
    pub demo: bool,
    /// Where to listen on this computer; 0 = any free port
    #[arg(long, default_value_t = 0)]
    pub port: u16,
    /// Number of sample photos, with --demo
    #[arg(long, default_value_t = 60, requires = "demo")]
    pub photos: usize,
}

/// Any number, however large.
fn limit(text: &str) -> Result<usize, String> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err("a limit is a whole number".into());
    }
    Ok(text.parse().unwrap_or(usize::MAX))
}
