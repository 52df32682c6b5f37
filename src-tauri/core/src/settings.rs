//! `HOME/config.toml`: every key optional with a default, every mistake named with the nearest right word.
//!
//! Invariant: settings that were read are usable: addresses are https, or http on loopback; templates parse; names are plain.
//! Deliberately absent: secrets (they live in the keyring).

mod mistake;
mod running;

use std::{collections::BTreeMap, fs, io, path::Path};

use pierrot_looks::Size;
use serde::{Deserialize, Serialize};
use url::Url;

use crate::{
    caption::Template,
    error::Error,
    look::Look,
    photo::{PhotoId, Privacy},
    schedule::Rule,
    sources::flickr::ContentTypes,
};

pub use running::{
    AppearanceSettings, Digest, GallerySettings, Language, NotificationSettings, ScheduleSettings, Theme,
};

/// The whole file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS)]
#[serde(default)]
pub struct Settings {
    pub flickr: FlickrSettings,
    #[serde(default = "default_targets")]
    pub targets: BTreeMap<String, TargetSettings>,
    pub record: RecordSettings,
    pub schedule: ScheduleSettings,
    pub notifications: NotificationSettings,
    pub gallery: GallerySettings,
    /// Looks by name, each as the JSON of its recipe.
    pub looks: BTreeMap<String, String>,
    /// Sizes of thumbnails by name, each as it is typed: `512x512:fill`.
    pub sizes: BTreeMap<String, String>,
    pub appearance: AppearanceSettings,
}

/// Where the photos come from and which of them may go out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS)]
#[serde(default)]
pub struct FlickrSettings {
    /// `me` (needs a login), an NSID like `12345678@N01`, a user name or the address of a photostream.
    pub user: String,
    pub api_url: Url,
    pub oauth_url: Url,
    pub privacy: Allowed,
    /// 1 safe, 2 moderate too, 3 everything.
    pub safe_search: u8,
    /// `all`, or any of `photos`, `screenshots`, `other`, `virtual`, separated by commas.
    pub content_types: String,
    /// First upload day that may go out, `2004-02-10`.
    pub min_upload_date: String,
    /// Only photos in one of these albums (title or id); empty = all.
    pub albums: Vec<String>,
    pub albums_exclude: Vec<String>,
    /// Only photos with one of these tags; empty = all.
    pub tags: Vec<String>,
    pub tags_exclude: Vec<String>,
    /// The never-list: photo ids that never go out.
    pub never: Vec<PhotoId>,
    /// 0 = no limit, for loopback addresses only.
    pub calls_per_second: f64,
    pub burst: u32,
}

/// The least public photo that may go out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "lowercase")]
pub enum Allowed {
    Public,
    Friends,
    Family,
    /// Friends and family.
    Contacts,
    /// Private ones too.
    All,
}

impl Allowed {
    pub fn allows(self, privacy: Privacy) -> bool {
        match privacy {
            Privacy::Public => true,
            Privacy::Friends => matches!(self, Self::Friends | Self::Contacts | Self::All),
            Privacy::Family => matches!(self, Self::Family | Self::Contacts | Self::All),
            Privacy::FriendsAndFamily => self != Self::Public,
            Privacy::Private => self == Self::All,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "lowercase")]
pub enum TargetKind {
    X,
}

/// One account Pierrot publishes to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS)]
#[serde(default)]
pub struct TargetSettings {
    pub kind: TargetKind,
    pub api_url: Url,
    pub caption: String,
    pub alt: String,
    /// Append the photo's page address; on X any address costs USD 0.20.
    pub link: bool,
    /// Seconds after sending at which an unclear answer is settled by reading the timeline.
    pub look_after_s: Vec<u64>,
    pub max_bytes: usize,
    pub max_side: u32,
    /// Longest text in X's weighted characters; 280, or up to 25,000 on premium accounts.
    pub max_text: usize,
    /// When it publishes by itself; `off` for never.
    #[ts(type = "string")]
    pub schedule: Rule,
    /// The name of the look that scheduled photos get; empty for none.
    pub look: String,
    /// Only each so many-th scheduled photo gets it.
    pub look_every: u32,
    /// What it may spend in a calendar month by itself, in US dollars; 0 = no limit.
    pub monthly_cap_usd: f64,
    pub sensitive: Sensitivity,
}

/// Tags that call for a warning on the post, or keep the photo back.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(default)]
pub struct Sensitivity {
    pub adult_content: Vec<String>,
    pub graphic_violence: Vec<String>,
    pub other: Vec<String>,
    /// A photo with one of these tags is held for the photographer.
    pub hold: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "lowercase")]
pub enum RecordKind {
    Folder,
    S3,
}

/// Where the official record is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(default)]
pub struct RecordSettings {
    pub kind: RecordKind,
    /// Relative to the home, or absolute.
    pub path: String,
    pub bucket: String,
    pub region: String,
    /// Empty = Amazon S3.
    pub endpoint: String,
    pub prefix: String,
    pub path_style: bool,
}

impl Default for FlickrSettings {
    fn default() -> Self {
        Self {
            user: "me".into(),
            api_url: "https://api.flickr.com/services/rest/".parse().expect("a fixed address"),
            oauth_url: "https://www.flickr.com/services/oauth".parse().expect("a fixed address"),
            privacy: Allowed::Public,
            safe_search: 1,
            content_types: "photos".into(),
            min_upload_date: "2004-02-10".into(),
            albums: Vec::new(),
            albums_exclude: Vec::new(),
            tags: Vec::new(),
            tags_exclude: Vec::new(),
            never: Vec::new(),
            calls_per_second: 1.0,
            burst: 5,
        }
    }
}

impl Default for TargetSettings {
    fn default() -> Self {
        Self {
            kind: TargetKind::X,
            api_url: "https://api.x.com".parse().expect("a fixed address"),
            caption: "{title}".into(),
            alt: "{description}".into(),
            link: false,
            look_after_s: vec![10, 60, 300, 1800],
            max_bytes: 5_242_880,
            max_side: 4096,
            max_text: 280,
            schedule: "weekly sun 10:00".parse().expect("a fixed rule"),
            look: String::new(),
            look_every: 1,
            monthly_cap_usd: 0.0,
            sensitive: Sensitivity::default(),
        }
    }
}

impl Default for RecordSettings {
    fn default() -> Self {
        Self {
            kind: RecordKind::Folder,
            path: "record".into(),
            bucket: String::new(),
            region: "us-east-1".into(),
            endpoint: String::new(),
            prefix: String::new(),
            path_style: false,
        }
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            flickr: FlickrSettings::default(),
            targets: default_targets(),
            record: RecordSettings::default(),
            schedule: ScheduleSettings::default(),
            notifications: NotificationSettings::default(),
            gallery: GallerySettings::default(),
            looks: BTreeMap::new(),
            sizes: BTreeMap::new(),
            appearance: AppearanceSettings::default(),
        }
    }
}

fn default_targets() -> BTreeMap<String, TargetSettings> {
    BTreeMap::from([("x".to_owned(), TargetSettings::default())])
}

/// What is wrong with the settings, naming the key.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    #[error("{path} cannot be read ({source})")]
    Unreadable {
        path: String,
        #[source]
        source: io::Error,
    },
    #[error("{path} is not a text in UTF-8; save it again as UTF-8")]
    NotText { path: String },
    #[error("config.toml: {0}")]
    Toml(String),
    #[error("config.toml: there is no setting \"{key}\"{}", nearest_words(.nearest.as_deref()))]
    Unknown { key: String, nearest: Option<String> },
    #[error("config.toml: {key}: {why}")]
    Wrong { key: String, why: String },
}

fn nearest_words(nearest: Option<&str>) -> String {
    nearest.map_or_else(String::new, |nearest| format!("; did you mean \"{nearest}\"?"))
}

impl From<SettingsError> for Error {
    fn from(error: SettingsError) -> Self {
        let message = error.to_string();
        // A question is complete as it stands.
        let message = if message.ends_with(['?', '.']) { message } else { format!("{message}.") };
        Self::settings(message, "Mend that in config.toml and try again.")
    }
}

impl Settings {
    /// Reads and checks the file; a file that is not there means the defaults.
    pub fn load(path: &Path) -> Result<Self, SettingsError> {
        match fs::read_to_string(path) {
            Ok(text) => Self::parse(&text),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Self::default()),
            Err(error) if error.kind() == io::ErrorKind::InvalidData => {
                Err(SettingsError::NotText { path: path.display().to_string() })
            }
            Err(source) => Err(SettingsError::Unreadable { path: path.display().to_string(), source }),
        }
    }

    pub fn parse(text: &str) -> Result<Self, SettingsError> {
        let wrong = |error: toml::de::Error| SettingsError::Toml(mistake::in_words(text, &error));
        let document = toml::Deserializer::parse(text).map_err(wrong)?;
        let mut unknown = Vec::new();
        let settings: Self =
            serde_ignored::deserialize(document, |path| unknown.push(path.to_string())).map_err(wrong)?;
        if let Some(key) = unknown.into_iter().next() {
            let nearest = nearest_key(&key);
            return Err(SettingsError::Unknown { key, nearest });
        }
        settings.check()?;
        Ok(settings)
    }

    fn check(&self) -> Result<(), SettingsError> {
        let flickr = &self.flickr;
        safe_url("flickr.api_url", &flickr.api_url)?;
        safe_url("flickr.oauth_url", &flickr.oauth_url)?;
        let wrong = |key: &str, why: String| SettingsError::Wrong { key: key.to_owned(), why };
        if !(1..=3).contains(&flickr.safe_search) {
            return Err(wrong("flickr.safe_search", "must be 1 (safe), 2 (moderate too) or 3 (everything)".into()));
        }
        for (name, recipe) in &self.looks {
            if name.trim().is_empty() || name.len() > 60 || name.contains('.') {
                return Err(wrong("looks", format!("a look's name is 1 to 60 letters without a dot, not \"{name}\"")));
            }
            Look::parse(recipe).map_err(|why| wrong(&format!("looks.{name}"), why))?;
        }
        for (name, size) in &self.sizes {
            if !name.starts_with(|first: char| first.is_ascii_lowercase()) || ["fit", "fill"].contains(&name.as_str()) {
                let why = format!("a size's name begins with a small letter and is not fit or fill, so not \"{name}\"");
                return Err(wrong("sizes", why));
            }
            size.parse::<Size>().map_err(|why| wrong(&format!("sizes.{name}"), why.trim_end_matches('.').into()))?;
        }
        for (name, target) in &self.targets {
            if !target.look.is_empty() && !self.looks.contains_key(&target.look) {
                let why = format!("there is no look \"{}\" under [looks]", target.look);
                return Err(wrong(&format!("targets.{name}.look"), why));
            }
            if !(1..=1000).contains(&target.look_every) {
                return Err(wrong(&format!("targets.{name}.look_every"), "must be from 1 to 1000".into()));
            }
        }
        if let Err(error) = flickr.content_types.parse::<ContentTypes>() {
            return Err(wrong("flickr.content_types", error.to_string()));
        }
        if looks_like_code(&flickr.user) {
            let why =
                "is the code of a sign-in, which belongs into the field for it; give \"me\" or an id like 12345678@N01";
            return Err(wrong("flickr.user", why.into()));
        }
        flickr.min_upload_s().map_err(|why| wrong("flickr.min_upload_date", why))?;
        if !flickr.calls_per_second.is_finite() || flickr.calls_per_second < 0.0 || flickr.calls_per_second > 100.0 {
            return Err(wrong("flickr.calls_per_second", "must be a number from 0 to 100".into()));
        }
        if flickr.calls_per_second == 0.0 && !is_loopback(&flickr.api_url) {
            let why = "0 (no limit) is for loopback addresses only; Flickr allows 3,600 calls an hour";
            return Err(wrong("flickr.calls_per_second", why.into()));
        }
        if !(1..=100).contains(&flickr.burst) {
            return Err(wrong("flickr.burst", "must be from 1 to 100".into()));
        }
        for (name, target) in &self.targets {
            target.check(name)?;
        }
        self.schedule.check()?;
        self.gallery.check()?;
        self.record.check()
    }
}

/// What Flickr shows after a sign-in, `116-601-274`.
fn looks_like_code(text: &str) -> bool {
    let parts: Vec<&str> = text.trim().split('-').collect();
    parts.len() == 3 && parts.iter().all(|part| part.len() == 3 && part.bytes().all(|byte| byte.is_ascii_digit()))
}

impl FlickrSettings {
    /// `min_upload_date` in seconds since 1970, midnight UTC.
    pub fn min_upload_s(&self) -> Result<i64, String> {
        let day: jiff::civil::Date = self
            .min_upload_date
            .parse()
            .map_err(|_| format!("\"{}\" is not a day like 2004-02-10", self.min_upload_date))?;
        Ok(day.to_zoned(jiff::tz::TimeZone::UTC).map_err(|error| error.to_string())?.timestamp().as_second())
    }
}

impl TargetSettings {
    fn check(&self, name: &str) -> Result<(), SettingsError> {
        let wrong = |key: &str, why: String| SettingsError::Wrong { key: format!("targets.{name}.{key}"), why };
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_';
        if name.is_empty() || name.len() > 30 || !name.chars().all(plain) {
            let why = "a target's name is 1 to 30 small letters, digits, - or _".to_owned();
            return Err(SettingsError::Wrong { key: format!("targets.{name}"), why });
        }
        if ["flickr", "s3", "sync"].contains(&name) {
            let why = format!("the name \"{name}\" is Pierrot's own; choose another");
            return Err(SettingsError::Wrong { key: format!("targets.{name}"), why });
        }
        safe_url(&format!("targets.{name}.api_url"), &self.api_url)?;
        Template::parse(&self.caption).map_err(|error| wrong("caption", error.to_string()))?;
        Template::parse(&self.alt).map_err(|error| wrong("alt", error.to_string()))?;
        if self.look_after_s.is_empty() || self.look_after_s.len() > 20 || self.look_after_s.iter().any(|s| *s > 86_400)
        {
            return Err(wrong("look_after_s", "must list 1 to 20 waits, each at most 86400 seconds".into()));
        }
        if !(10_000..=5_242_880).contains(&self.max_bytes) {
            return Err(wrong("max_bytes", "must be from 10000 to 5242880, the most X takes".into()));
        }
        if !(64..=8192).contains(&self.max_side) {
            return Err(wrong("max_side", "must be from 64 to 8192 pixels".into()));
        }
        if !(30..=25_000).contains(&self.max_text) {
            return Err(wrong("max_text", "must be from 30 to 25000 characters".into()));
        }
        if !(0.0..=10_000.0).contains(&self.monthly_cap_usd) {
            return Err(wrong("monthly_cap_usd", "must be from 0 (no limit) to 10000 dollars".into()));
        }
        Ok(())
    }
}

impl RecordSettings {
    fn check(&self) -> Result<(), SettingsError> {
        let wrong = |key: &str, why: &str| SettingsError::Wrong { key: format!("record.{key}"), why: why.to_owned() };
        match self.kind {
            RecordKind::Folder if self.path.trim().is_empty() => Err(wrong("path", "must name a folder")),
            RecordKind::Folder => Ok(()),
            RecordKind::S3 if self.bucket.is_empty() => Err(wrong("bucket", "must name the bucket of the record")),
            RecordKind::S3 if self.endpoint.is_empty() => Ok(()),
            RecordKind::S3 => {
                let url = self.endpoint.parse().map_err(|_| wrong("endpoint", "is not an address like https://..."))?;
                safe_url("record.endpoint", &url)
            }
        }
    }
}

/// Whether the address is on this machine.
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(ip)) => ip.is_loopback(),
        Some(url::Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    }
}

fn safe_url(key: &str, url: &Url) -> Result<(), SettingsError> {
    let wrong = |why: &str| Err(SettingsError::Wrong { key: key.to_owned(), why: format!("{why} ({url})") });
    if !url.username().is_empty() || url.password().is_some() {
        return wrong("an address must not carry a name or password");
    }
    if is_loopback(url) && (url.scheme() == "http" || url.scheme() == "https") {
        return Ok(());
    }
    if url.scheme() != "https" {
        return wrong("only https:// addresses, or http:// on this machine, are allowed");
    }
    match url.host() {
        Some(url::Host::Domain(_)) => Ok(()),
        Some(url::Host::Ipv4(ip)) if crate::http::is_public(ip.into()) => Ok(()),
        Some(url::Host::Ipv6(ip)) if crate::http::is_public(ip.into()) => Ok(()),
        Some(url::Host::Ipv4(_) | url::Host::Ipv6(_)) => wrong("private addresses are not allowed"),
        None => wrong("an address needs a host"),
    }
}

/// The known key most like an unknown one, by its last word within the same table.
fn nearest_key(unknown: &str) -> Option<String> {
    let mut known = Vec::new();
    let defaults = toml::Table::try_from(Settings::default()).expect("the defaults are plain values");
    list_keys(&defaults, "", &mut known);
    let parts: Vec<&str> = unknown.split('.').collect();
    let same_shape = match parts.as_slice() {
        ["targets", name, rest @ ..] => {
            let renamed = known.iter().filter_map(|key| key.strip_prefix("targets.x."));
            let rest = rest.join(".");
            return closest(&rest, renamed.map(str::to_owned)).map(|key| format!("targets.{name}.{key}"));
        }
        [] | [..] => known.into_iter(),
    };
    closest(unknown, same_shape)
}

fn closest(word: &str, known: impl Iterator<Item = String>) -> Option<String> {
    known
        .map(|key| (strsim::jaro_winkler(word, &key), key))
        .filter(|(likeness, _)| *likeness > 0.7)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, key)| key)
}

fn list_keys(table: &toml::Table, prefix: &str, keys: &mut Vec<String>) {
    for (key, value) in table {
        let path = if prefix.is_empty() { key.clone() } else { format!("{prefix}.{key}") };
        if let Some(inner) = value.as_table() {
            list_keys(inner, &path, keys);
        }
        keys.push(path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(text: &str) -> String {
        Settings::parse(text).expect_err(text).to_string()
    }

    #[test]
    fn an_empty_file_means_the_defaults() {
        assert_eq!(Settings::parse("").expect("empty is fine"), Settings::default());
    }

    #[test]
    fn a_mistake_is_named_with_the_nearest_right_key() {
        let table = [
            ("[flickr]\nusr = 'me'", "flickr.usr", "flickr.user"),
            ("[targets.x]\ncapton = 'a'", "targets.x.capton", "targets.x.caption"),
            ("[targets.mine]\nmax_byte = 1", "targets.mine.max_byte", "targets.mine.max_bytes"),
            ("[recrod]\nkind = 's3'", "recrod", "record"),
        ];
        for (text, key, nearest) in table {
            let said = refused(text);
            assert!(said.contains(key) && said.contains(&format!("\"{nearest}\"")), "{said}");
        }
    }

    #[test]
    fn wrong_values_are_refused_by_name() {
        let table = [
            ("[flickr]\napi_url = 'http://example.com/'", "flickr.api_url"),
            ("[flickr]\napi_url = 'https://192.168.1.4/'", "flickr.api_url"),
            ("[flickr]\nsafe_search = 4", "flickr.safe_search"),
            ("[flickr]\ncontent_types = 'cats'", "flickr.content_types"),
            ("[flickr]\nmin_upload_date = 'soon'", "flickr.min_upload_date"),
            ("[flickr]\ncalls_per_second = 0", "flickr.calls_per_second"),
            ("[flickr]\nprivacy = 'secret'", "privacy"),
            ("[targets.x]\ncaption = '{titel}'", "targets.x.caption"),
            ("[targets.x]\nkind = 'y'", "kind"),
            ("[targets.'A b']\nkind = 'x'", "targets.A b"),
            ("[targets.x]\nlook_after_s = []", "look_after_s"),
            ("[record]\nkind = 's3'", "record.bucket"),
            ("[record]\nkind = 's3'\nbucket = 'b'\nendpoint = 'http://store.example'", "record.endpoint"),
            ("[flickr", "config.toml"),
            ("[flickr]\nuser = 3", "user"),
        ];
        for (text, key) in table {
            let said = refused(text);
            assert!(said.contains(key), "{text}: {said}");
        }
    }

    #[test]
    fn loopback_may_be_plain_http_without_a_limit() {
        let text = "[flickr]\napi_url = 'http://127.0.0.1:5000/services/rest/'\ncalls_per_second = 0";
        assert!(Settings::parse(text).is_ok());
        assert!(Settings::parse("[flickr]\napi_url = 'http://[::1]:5000/'").is_ok());
    }

    #[test]
    fn privacy_goes_from_public_to_all() {
        assert!(Allowed::Public.allows(Privacy::Public) && !Allowed::Public.allows(Privacy::Friends));
        assert!(Allowed::Family.allows(Privacy::FriendsAndFamily) && !Allowed::Family.allows(Privacy::Friends));
        assert!(Allowed::Contacts.allows(Privacy::Friends) && !Allowed::Contacts.allows(Privacy::Private));
        assert!(Allowed::All.allows(Privacy::Private));
    }
}
