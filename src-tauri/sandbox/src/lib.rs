//! Loopback servers that speak the real protocols of Flickr and X over HTTP on 127.0.0.1, with generated photos.
//!
//! The demo, `pierrot sandbox` and the tests stand on this crate. The servers verify what the real ones verify (OAuth
//! signatures, nonces, clocks, field names, sizes, ownership), keep a price ledger and follow a script of faults.
//! Invariant: nothing leaves the machine and nothing is stored on disk; the same [`Options`] give the same library.
//! Absent: any knowledge of pierrot-core.
//!
//! # Control
//! Every port serves `/_sandbox/...` (JSON in, JSON out, no sign-in); [`Control`] has the same powers in the process.
//!
//! | route | body | does |
//! |---|---|---|
//! | `GET state?log=1000` | | posts, media, users, ledger, library, faults, request log |
//! | `POST faults` | one fault or a list; `{"clear":true}`, `{"clear":"id"}`, `{"replace":[..]}` | scripts faults |
//! | `POST clock` | `{"advance_s":N}` | moves the sandbox clock |
//! | `POST photos` | one change or a list | changes the library, answers `{"ids":[..]}` |
//! | `POST users` | `{"name":"x2"}` | adds an X account, answers its secrets (`x2.consumer_key`, ...) |
//! | `POST settings` | see [`Settings`] | changes how the servers answer in general |
//! | `GET verifier?oauth_token=T` | | the code a person would read on the authorize page |
//! | `POST revoke` | `{"token":T}` | makes an access token invalid |
//! | `POST posts` | `{"user":"x","text":"..","media_keys":[]}` | a post made by hand, outside any request |
//! | `GET media?id=N` | | the bytes of an uploaded picture |
//! | `POST reset` | | back to the beginning (the secrets stay) |
//!
//! # Photo changes
//! ```json
//! [{"op":"add","count":2,"title":"Evening"}, {"op":"edit","id":"#1","title":"New title"},
//!  {"op":"delete","id":"52000000001"}, {"op":"replace","id":"#3"},
//!  {"op":"privacy","id":"#2","privacy":"private"}, {"op":"safety","id":"#2","level":3},
//!  {"op":"specials"}]
//! ```
//! `#k` is the k-th photo of the owner's list, newest first. Fields of `add` and `edit`: title, description, tags,
//! dateupload (text, may be nonsense), datetaken (unix seconds), lastupdate, media, media_status, no_path_alias,
//! can_download, width, height, latitude, longitude, content_type, rotated. `specials` adds odd rows: a video with empty
//! widths, a photo that is not ready, `dateupload` "2013", camera names, emoji, right-to-left, entities, 1 MB, empty.
//!
//! # Faults
//! Common fields: `server` (`flickr`, `static`, `x`), `method`, `path` (part of the path or of a Flickr method name),
//! `after` (requests let through, 0), `times` (1; 0 = always), `effect` (the work is done first, false), `id`.
//! ```json
//! {"server":"x","method":"POST","path":"/2/tweets","kind":"drop_before"}
//! {"server":"x","method":"POST","path":"/2/tweets","kind":"drop_after"}
//! {"server":"x","path":"/2/tweets","kind":"status","code":503,"effect":true,"body":{"title":"Service Unavailable"},
//!  "content_type":"application/json","headers":{"retry-after":"3"}}
//! {"server":"x","kind":"html","code":502}
//! {"server":"flickr","path":"getPhotos","kind":"truncate_json"}
//! {"server":"flickr","kind":"trailing_comma"}
//! {"server":"static","kind":"slow_drip","bytes_per_s":100}
//! {"server":"flickr","kind":"hang","seconds":30}
//! {"server":"static","kind":"empty_body"}
//! {"server":"static","kind":"wrong_content_type","content_type":"text/html"}
//! {"server":"static","kind":"html","code":200}
//! {"server":"static","kind":"status","code":404}
//! {"server":"x","path":"/2/tweets","kind":"broken_201"}
//! {"server":"x","path":"/2/tweets","kind":"credits","form":"old"}
//! {"server":"x","path":"/2/tweets","kind":"rate_limited","reset_in_s":60,"retry_after_s":60}
//! {"server":"x","path":"/2/tweets","kind":"rate_limited_24h","reset_in_s":3600}
//! {"server":"x","path":"/2/tweets","kind":"usage_capped"}
//! {"server":"x","kind":"unauthorized"}
//! {"server":"x","path":"/2/tweets","kind":"forbidden","body":"duplicate"}
//! {"server":"x","method":"POST","path":"/2/tweets","kind":"delay_effect","ms":5000,"code":504}
//! {"server":"x","method":"POST","path":"/2/tweets","kind":"timeline_lag","seconds":120}
//! {"server":"x","kind":"new_field_names","times":0}
//! {"server":"x","kind":"extra_fields","times":0}
//! {"server":"flickr","kind":"flickr_fail","code":105,"message":"Service currently unavailable"}
//! {"server":"flickr","kind":"flickr_unavailable","trailing_comma":true}
//! {"server":"flickr","kind":"flickr_too_many"}
//! {"server":"flickr","path":"getPhotos","kind":"total_lies","delta":7,"times":0}
//! {"server":"flickr","path":"getPhotos","kind":"pages_lie","delta":3,"times":0}
//! {"server":"flickr","path":"getPhotos","kind":"totals_as_strings","times":0}
//! {"server":"flickr","path":"people.getPhotos","after":1,"kind":"library","changes":[{"op":"delete","id":"#1"}]}
//! ```
//! The last one changes the library right after the second page of a walk was answered. `credits` also takes
//! `"form":"new"`; the bodies of `forbidden` are duplicate, plain, not_permitted, oauth1_permissions,
//! client_not_enrolled and user_not_enrolled. A `delay_effect` post becomes real `ms` later by the sandbox clock, while
//! the connection is dropped (or answered with `code`) at once.

mod clock;
mod control;
mod faults;
mod flickr;
mod home;
mod http;
mod in_process;
mod log;
mod oauth;
mod pictures;
#[cfg(test)]
mod testing;
mod x;

use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::Serialize;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

pub use control::{Control, ControlError, Settings};
pub use faults::{CreditsForm, Fault, ForbiddenBody, Kind, Server};
pub use flickr::photos::{Fields, PhotoChange, Privacy};
pub use home::Demo;
pub use in_process::{Answer, InProcess};

/// What the sandbox is made of.
#[derive(Debug, Clone)]
pub struct Options {
    /// Photos in the Flickr library.
    pub photos: usize,
    /// Seed of the library, its pictures and all secrets.
    pub seed: u64,
    /// Port of the Flickr API and OAuth pages; 0 takes a free one.
    pub flickr_port: u16,
    /// Port of X; 0 takes a free one.
    pub x_port: u16,
    /// Port of Flickr's picture host; 0 takes a free one.
    pub static_port: u16,
    /// Pictures of one colour, where what they show does not matter and time does.
    pub plain_pictures: bool,
}

impl Default for Options {
    fn default() -> Options {
        Options { photos: 60, seed: 1, flickr_port: 0, x_port: 0, static_port: 0, plain_pictures: false }
    }
}

/// Where everything is and with which secrets it is reached; serialises to what `pierrot sandbox` prints.
#[derive(Debug, Clone, Serialize)]
pub struct Described {
    /// The loopback Flickr.
    pub flickr: DescribedFlickr,
    /// The loopback X.
    pub x: DescribedX,
    /// Base address of the control routes, for example `http://127.0.0.1:1234/_sandbox`.
    pub control_url: String,
    /// Values by Pierrot's secret names (`flickr.api_key`, `x.access_token`, ...).
    pub secrets: BTreeMap<String, String>,
}

/// Addresses and the owner of the loopback Flickr.
#[derive(Debug, Clone, Serialize)]
pub struct DescribedFlickr {
    /// REST endpoint.
    pub api_url: String,
    /// Base of `request_token`, `authorize` and `access_token`.
    pub oauth_url: String,
    /// Base of the picture addresses.
    pub static_url: String,
    /// The owner's NSID.
    pub user_nsid: String,
    /// The owner's user name.
    pub username: String,
}

/// Address and first account of the loopback X.
#[derive(Debug, Clone, Serialize)]
pub struct DescribedX {
    /// API root.
    pub api_url: String,
    /// Id of the first account.
    pub user_id: String,
    /// Name of the first account.
    pub username: String,
}

/// Everything the servers share.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) options: Options,
    pub(crate) described: Described,
    pub(crate) clock: clock::SandboxClock,
    pub(crate) settings: Mutex<Settings>,
    pub(crate) faults: Mutex<faults::FaultBook>,
    pub(crate) log: Mutex<log::RequestLog>,
    pub(crate) flickr: Mutex<flickr::Flickr>,
    pub(crate) x: Mutex<x::X>,
    pub(crate) pictures: Arc<pictures::Pictures>,
}

impl World {
    fn new(
        options: Options,
        described: Described,
        clock: clock::SandboxClock,
        pictures: Arc<pictures::Pictures>,
    ) -> World {
        World {
            clock,
            settings: Mutex::default(),
            faults: Mutex::default(),
            log: Mutex::default(),
            flickr: Mutex::new(flickr::Flickr::new(&options, &described)),
            x: Mutex::new(x::X::new(options.seed)),
            pictures,
            described,
            options,
        }
    }
}

/// Locks; a panic elsewhere does not take the sandbox down.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The running servers; dropping it stops them.
#[derive(Debug)]
pub struct Sandbox {
    world: Arc<World>,
    servers: JoinSet<()>,
}

/// Starts the three servers on 127.0.0.1; fails when a port is taken.
pub async fn start(options: Options) -> std::io::Result<Sandbox> {
    let flickr = TcpListener::bind((Ipv4Addr::LOCALHOST, options.flickr_port)).await?;
    let fixed = TcpListener::bind((Ipv4Addr::LOCALHOST, options.static_port)).await?;
    let x = TcpListener::bind((Ipv4Addr::LOCALHOST, options.x_port)).await?;
    let base = |listener: &TcpListener| listener.local_addr().map(|address| format!("http://{address}"));
    let described = describe(&options, &base(&flickr)?, &base(&fixed)?, &base(&x)?);
    let pictures = Arc::new(pictures::Pictures::new(&options));
    let world = Arc::new(World::new(options, described, clock::SandboxClock::default(), pictures));
    let mut servers = JoinSet::new();
    servers.spawn(http::serve(flickr, Server::Flickr, world.clone()));
    servers.spawn(http::serve(fixed, Server::Static, world.clone()));
    servers.spawn(http::serve(x, Server::X, world.clone()));
    Ok(Sandbox { world, servers })
}

fn describe(options: &Options, flickr: &str, fixed: &str, x: &str) -> Described {
    let mut secrets = flickr::secrets(options.seed);
    let first = x::User::new(options.seed, 0, "x");
    secrets.extend(first.secrets());
    Described {
        flickr: DescribedFlickr {
            api_url: format!("{flickr}{}", flickr::REST_PATH),
            oauth_url: format!("{flickr}/services/oauth"),
            static_url: fixed.to_owned(),
            user_nsid: flickr::NSID.to_owned(),
            username: flickr::USERNAME.to_owned(),
        },
        x: DescribedX { api_url: x.to_owned(), user_id: first.id.clone(), username: first.username.clone() },
        control_url: format!("{flickr}/_sandbox"),
        secrets,
    }
}

impl Sandbox {
    /// Addresses and secrets.
    pub fn described(&self) -> &Described {
        &self.world.described
    }

    /// A handle with the powers of the control routes.
    pub fn control(&self) -> Control {
        Control::new(self.world.clone())
    }

    /// Stops listening and closes every connection.
    pub async fn stop(mut self) {
        self.servers.shutdown().await;
    }
}

/// A well-mixed 64-bit hash of a seed and a position (the finaliser of SplitMix64, Steele et al. 2014).
pub(crate) fn mix(seed: u64, position: u64) -> u64 {
    let mut z = seed.wrapping_mul(0xD6E8_FEB8_6659_FD93) ^ position.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// `digits` hexadecimal digits derived from a seed and a name.
pub(crate) fn hex(seed: u64, name: &str, digits: usize) -> String {
    let start = name.bytes().fold(mix(seed, 0x5eed), |hash, byte| mix(hash, u64::from(byte)));
    let block = |at: usize| mix(start, (at / 16) as u64) >> (60 - at % 16 * 4);
    (0..digits).map(|at| char::from(b"0123456789abcdef"[(block(at) & 15) as usize])).collect()
}
