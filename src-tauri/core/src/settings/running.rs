//! Settings of Pierrot kept running: when, what is told, how it looks.

use serde::{Deserialize, Deserializer, Serialize};

use super::SettingsError;
use crate::schedule::{QuietHours, Rule};

/// When things happen by themselves. Each target has its own rule.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ts_rs::TS)]
#[serde(default)]
pub struct ScheduleSettings {
    /// `Europe/Rome`; empty = the zone of this computer.
    pub time_zone: String,
    /// `off`, `daily 04:00`, `weekly sun 10:00`, `monthly 1 09:00`, `cron 0 4 * * *`.
    #[ts(type = "string")]
    pub sync: Rule,
    /// Up to this many minutes later than the rule says, so that it looks like a person.
    pub jitter_minutes: u32,
    /// `23:00-07:00`: what falls inside waits for the end; empty = none.
    #[serde(with = "optional")]
    #[ts(type = "string")]
    pub quiet_hours: Option<QuietHours>,
}

/// Which kinds of notice reach the desktop.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(default)]
pub struct NotificationSettings {
    pub published: bool,
    pub needs_review: bool,
    pub sign_in: bool,
    pub credit: bool,
    pub record: bool,
    /// A due time that passed while the computer was off or away.
    pub missed: bool,
    /// What is gathered into one notice; what needs an answer is told at once all the same.
    pub digest: Digest,
}

/// How often one notice in the evening sums up, instead of one each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ts_rs::TS)]
#[serde(rename_all = "lowercase")]
pub enum Digest {
    #[default]
    Off,
    Daily,
    /// On Sunday.
    Weekly,
}

impl<'de> Deserialize<'de> for Digest {
    /// Also `true` and `false`, which the first settings had: daily, or off.
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Written {
            Switch(bool),
            Word(String),
        }
        match Written::deserialize(input)? {
            Written::Switch(true) => Ok(Self::Daily),
            Written::Switch(false) => Ok(Self::Off),
            Written::Word(word) => match word.as_str() {
                "off" => Ok(Self::Off),
                "daily" => Ok(Self::Daily),
                "weekly" => Ok(Self::Weekly),
                _ => Err(serde::de::Error::unknown_variant(&word, &["off", "daily", "weekly"])),
            },
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(default)]
pub struct GallerySettings {
    /// How much of the disk thumbnails may take, in megabytes.
    pub cache_mb: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "lowercase")]
pub enum Theme {
    System,
    Light,
    Dark,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    System,
    En,
    De,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(default)]
pub struct AppearanceSettings {
    pub theme: Theme,
    pub language: Language,
}

impl Default for ScheduleSettings {
    fn default() -> Self {
        let sync = "daily 04:00".parse().expect("a fixed rule");
        Self { time_zone: String::new(), sync, jitter_minutes: 0, quiet_hours: None }
    }
}

impl Default for NotificationSettings {
    fn default() -> Self {
        Self {
            published: true,
            needs_review: true,
            sign_in: true,
            credit: true,
            record: true,
            missed: true,
            digest: Digest::Off,
        }
    }
}

impl Default for GallerySettings {
    fn default() -> Self {
        Self { cache_mb: 512 }
    }
}

impl Default for AppearanceSettings {
    fn default() -> Self {
        Self { theme: Theme::System, language: Language::System }
    }
}

impl ScheduleSettings {
    pub(super) fn check(&self) -> Result<(), SettingsError> {
        let wrong = |key: &str, why: String| SettingsError::Wrong { key: format!("schedule.{key}"), why };
        if !self.time_zone.is_empty() && jiff::tz::TimeZone::get(&self.time_zone).is_err() {
            let why = format!(
                "\"{}\" is not a time zone like \"Europe/Rome\"; leave it empty for this computer's",
                self.time_zone
            );
            return Err(wrong("time_zone", why));
        }
        if self.jitter_minutes > 720 {
            return Err(wrong("jitter_minutes", "must be from 0 to 720".into()));
        }
        Ok(())
    }

    /// The zone in which the rules are read.
    pub fn zone(&self) -> jiff::tz::TimeZone {
        let named = Some(&self.time_zone).filter(|name| !name.is_empty());
        named.and_then(|name| jiff::tz::TimeZone::get(name).ok()).unwrap_or_else(jiff::tz::TimeZone::system)
    }
}

impl GallerySettings {
    pub(super) fn check(self) -> Result<(), SettingsError> {
        if (20..=100_000).contains(&self.cache_mb) {
            return Ok(());
        }
        Err(SettingsError::Wrong { key: "gallery.cache_mb".into(), why: "must be from 20 to 100000".into() })
    }
}

/// Empty text for none.
mod optional {
    use serde::{Deserialize, Deserializer, Serializer};

    use crate::schedule::QuietHours;

    #[expect(clippy::ref_option, reason = "the shape serde asks for")]
    pub fn serialize<S: Serializer>(hours: &Option<QuietHours>, out: S) -> Result<S::Ok, S::Error> {
        match hours {
            Some(hours) => out.serialize_str(&hours.to_string()),
            None => out.serialize_str(""),
        }
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(input: D) -> Result<Option<QuietHours>, D::Error> {
        let text = String::deserialize(input)?;
        if text.trim().is_empty() {
            return Ok(None);
        }
        text.parse().map(Some).map_err(serde::de::Error::custom)
    }
}
