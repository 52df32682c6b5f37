//! The library: every photo's facts derived from (seed, index), changes kept as overrides.
//!
//! Invariant: the order is upload order, index 0 the oldest; an unchanged photo costs no memory. A list (view) is a
//! vector of indices, built once per filter and library revision and then sliced.
//! Absent: pixels (pictures) and JSON (methods).

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::control::ControlError;
use crate::flickr::words;
use crate::pictures::Scene;
use crate::{hex, mix};

const ID_FIRST: u64 = 52_000_000_001;
const ID_STEP: u64 = 37;
const UPLOAD_FIRST_S: i64 = 1_333_238_400;
const UPLOAD_LAST_S: i64 = 1_764_460_800;
const DAY_S: i64 = 86_400;
const VIEWS_MAX: usize = 8;
const ADDED_MAX: usize = 100_000;

/// Who may see a photo.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "Flickr's own five levels")]
pub enum Privacy {
    Public,
    Friends,
    Family,
    FriendsFamily,
    Private,
}

impl Privacy {
    /// Flickr's number: 1 public, 2 friends, 3 family, 4 both, 5 private.
    pub(crate) fn number(self) -> u8 {
        match self {
            Privacy::Public => 1,
            Privacy::Friends => 2,
            Privacy::Family => 3,
            Privacy::FriendsFamily => 4,
            Privacy::Private => 5,
        }
    }
}

/// Facts that a change may set; absent ones stay as they are.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "Flickr's own names; the crate documentation lists them")]
pub struct Fields {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tags: Option<Vec<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dateupload: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub datetaken: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lastupdate: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub media: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub media_status: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub no_path_alias: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub can_download: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub width: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub height: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub latitude: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub longitude: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content_type: Option<u8>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rotated: Option<u8>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub privacy: Option<Privacy>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub safety: Option<u8>,
}

/// One change of the library; ids are Flickr ids or `#k`, the k-th of the owner's list (newest first).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "op", rename_all = "snake_case")]
#[expect(missing_docs, reason = "the crate documentation shows each with an example")]
pub enum PhotoChange {
    Add {
        #[serde(default = "one")]
        count: usize,
        #[serde(flatten)]
        fields: Box<Fields>,
    },
    Edit {
        id: String,
        #[serde(flatten)]
        fields: Box<Fields>,
    },
    Delete {
        id: String,
    },
    Replace {
        id: String,
    },
    Privacy {
        id: String,
        privacy: Privacy,
    },
    Safety {
        id: String,
        level: u8,
    },
    Specials,
}

fn one() -> usize {
    1
}

/// All facts of one photo.
#[derive(Debug, Clone)]
pub(crate) struct Photo {
    pub(crate) index: u64,
    pub(crate) id: u64,
    pub(crate) title: String,
    pub(crate) description: String,
    pub(crate) tags: Vec<String>,
    pub(crate) privacy: Privacy,
    pub(crate) safety: u8,
    pub(crate) content_type: u8,
    pub(crate) dateupload: String,
    pub(crate) datetaken_s: i64,
    pub(crate) lastupdate_s: i64,
    pub(crate) video: bool,
    pub(crate) media_status: String,
    pub(crate) path_alias: bool,
    pub(crate) can_download: bool,
    /// Width and height in pixels as shown.
    pub(crate) size: (u32, u32),
    /// EXIF orientation of the stored original: 1, 6 or 8.
    pub(crate) orientation: u8,
    pub(crate) location: Option<(f64, f64)>,
    pub(crate) place: words::Place,
    pub(crate) scene: Scene,
    pub(crate) licence: u8,
    pub(crate) views: u64,
    /// Counts replacements and privacy changes: secrets depend on it.
    pub(crate) secret_revision: u64,
    /// Counts replacements: pixels depend on it.
    pub(crate) picture_revision: u64,
}

#[derive(Debug, Clone, Default)]
struct Override {
    fields: Fields,
    created_s: Option<i64>,
    updated_s: Option<i64>,
    secret_revision: u64,
    picture_revision: u64,
}

/// Which photos a list shows, and in which order.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct View {
    pub(crate) owner: bool,
    pub(crate) safety_max: u8,
    pub(crate) privacy: Option<u8>,
    pub(crate) content_types: Vec<u8>,
    pub(crate) upload: (i64, i64),
    pub(crate) taken: (i64, i64),
    pub(crate) album: Option<u64>,
    pub(crate) outside_albums: bool,
    /// Only photos updated since this second, last updated first.
    pub(crate) updated_since: Option<i64>,
}

impl View {
    /// Everything the owner (or the public) can see.
    pub(crate) fn all(owner: bool) -> View {
        View {
            owner,
            safety_max: if owner { 3 } else { 1 },
            privacy: None,
            content_types: Vec::new(),
            upload: (i64::MIN, i64::MAX),
            taken: (i64::MIN, i64::MAX),
            album: None,
            outside_albums: false,
            updated_since: None,
        }
    }
}

/// The library of the sandbox's one Flickr account.
#[derive(Debug)]
pub(crate) struct Library {
    seed: u64,
    base: u64,
    added: u64,
    overrides: HashMap<u64, Override>,
    deleted: BTreeSet<u64>,
    revision: u64,
    views: Vec<(View, u64, Arc<Vec<u32>>)>,
}

impl Library {
    /// `photos` photos derived from `seed`.
    pub(crate) fn new(seed: u64, photos: usize) -> Library {
        let base = photos as u64;
        Library {
            seed,
            base,
            added: 0,
            overrides: HashMap::new(),
            deleted: BTreeSet::new(),
            revision: 0,
            views: Vec::new(),
        }
    }

    fn id(&self, index: u64) -> u64 {
        ID_FIRST + index * ID_STEP + mix(self.seed, index ^ 0x1d) % ID_STEP
    }

    /// The photo with this id, deleted ones excluded.
    pub(crate) fn by_id(&self, id: &str) -> Option<Photo> {
        let number: u64 = id.parse().ok()?;
        let index = number.checked_sub(ID_FIRST)? / ID_STEP;
        let alive = index < self.base + self.added && !self.deleted.contains(&index) && self.id(index) == number;
        alive.then(|| self.photo(index))
    }

    fn upload_s(&self, index: u64) -> i64 {
        if let Some(created) = self.overrides.get(&index).and_then(|o| o.created_s) {
            return created;
        }
        let step = ((UPLOAD_LAST_S - UPLOAD_FIRST_S) as u64 / self.base.max(1)).max(1);
        UPLOAD_FIRST_S + (index * step) as i64 + (mix(self.seed, index ^ 0xda7e) % step) as i64
    }

    fn privacy(&self, index: u64) -> Privacy {
        let given = self.overrides.get(&index).and_then(|o| o.fields.privacy);
        given.unwrap_or(if index < self.base && index % 30 == 17 { Privacy::Private } else { Privacy::Public })
    }

    fn safety(&self, index: u64) -> u8 {
        self.overrides.get(&index).and_then(|o| o.fields.safety).unwrap_or(1)
    }

    fn content_type(&self, index: u64) -> u8 {
        let given = self.overrides.get(&index).and_then(|o| o.fields.content_type);
        given.unwrap_or(1)
    }

    fn is_video(&self, index: u64) -> bool {
        match self.overrides.get(&index).and_then(|o| o.fields.media.as_deref()) {
            Some(media) => media == "video",
            None => index < self.base && index % 60 == 23,
        }
    }

    fn updated_s(&self, index: u64) -> i64 {
        let known = self.overrides.get(&index).and_then(|o| o.fields.lastupdate.or(o.updated_s));
        known.unwrap_or_else(|| {
            let later = mix(self.seed, index ^ 0x1a57) % (30 * DAY_S as u64);
            (self.upload_s(index) + later as i64).min(UPLOAD_LAST_S)
        })
    }

    fn taken_s(&self, index: u64) -> i64 {
        if let Some(taken) = self.overrides.get(&index).and_then(|o| o.fields.datetaken) {
            return taken;
        }
        let dice = mix(self.seed, index ^ 0x7a4e);
        let day = self.upload_s(index).div_euclid(DAY_S) - 1 - (dice % 40) as i64;
        let (from_h, hours) = match words::scene(index) {
            Scene::Hills => (6, 3),
            Scene::Sea => (18, 3),
            Scene::Night => (22, 2),
            Scene::City => (19, 3),
            Scene::Forest => (7, 4),
            Scene::Desert => (16, 3),
        };
        day * DAY_S + from_h * 3600 + ((dice >> 8) % (hours * 3600)) as i64
    }

    /// Album number (0..5) of a photo; some are in none.
    pub(crate) fn album(&self, index: u64) -> Option<u64> {
        if index >= self.base || mix(self.seed, index ^ 0xa1b).is_multiple_of(4) {
            return None;
        }
        Some(match words::scene(index) {
            Scene::Hills | Scene::Desert => 0,
            Scene::Sea => 1,
            Scene::Night => 2,
            Scene::City => 3,
            Scene::Forest => 4,
        })
    }

    /// All facts of the photo at `index`.
    pub(crate) fn photo(&self, index: u64) -> Photo {
        let none = Override::default();
        let change = self.overrides.get(&index).unwrap_or(&none);
        let given = &change.fields;
        let dice = mix(self.seed, index ^ 0xfac7);
        let (size, orientation) = self.shape(index);
        let place = words::place_of(index);
        let wander = |shift: u32| ((dice >> shift) % 1000) as f64 / 1e5 - 0.005;
        let located = dice.is_multiple_of(3).then(|| (place.latitude + wander(20), place.longitude + wander(32)));
        Photo {
            index,
            id: self.id(index),
            title: given.title.clone().unwrap_or_else(|| words::title(self.seed, index)),
            description: given.description.clone().unwrap_or_else(|| words::description(self.seed, index)),
            tags: given.tags.clone().unwrap_or_else(|| words::tag_list(self.seed, index)),
            privacy: self.privacy(index),
            safety: self.safety(index),
            content_type: self.content_type(index),
            dateupload: given.dateupload.clone().unwrap_or_else(|| self.upload_s(index).to_string()),
            datetaken_s: self.taken_s(index),
            lastupdate_s: self.updated_s(index),
            video: self.is_video(index),
            media_status: given.media_status.clone().unwrap_or_else(|| "ready".to_owned()),
            path_alias: !given.no_path_alias.unwrap_or(false),
            can_download: given.can_download.unwrap_or(true),
            size,
            orientation,
            location: given.latitude.zip(given.longitude).or(located),
            place,
            scene: words::scene(index),
            licence: [0, 0, 0, 4, 2, 0, 5, 0][(dice >> 12) as usize % 8],
            views: (dice >> 16) % 4000,
            secret_revision: change.secret_revision,
            picture_revision: change.picture_revision,
        }
    }

    fn shape(&self, index: u64) -> ((u32, u32), u8) {
        let given = self.overrides.get(&index).map(|o| &o.fields);
        let dice = mix(self.seed, index ^ 0x512e);
        let wide = match (dice >> 8) % 10 {
            0..=4 => (3000, 2000),
            5 => (4500, 3000),
            6 | 7 => (3200, 2400),
            8 => (3840, 2160),
            _ => (3600, 2400),
        };
        let portrait = dice.is_multiple_of(4);
        let rotated = if (dice >> 20).is_multiple_of(4) { 8 } else { 6 };
        let stored_wide = portrait && (dice >> 24).is_multiple_of(2);
        let mut size = if portrait { (wide.1, wide.0) } else { wide };
        if let Some((width, height)) = given.and_then(|g| g.width.zip(g.height)) {
            size = (width.clamp(1, 6000), height.clamp(1, 6000));
        }
        let orientation = if stored_wide { rotated } else { 1 };
        (size, given.and_then(|g| g.rotated).unwrap_or(orientation))
    }

    /// The indices a view shows, in its order.
    pub(crate) fn view(&mut self, view: &View) -> Arc<Vec<u32>> {
        if let Some((_, _, list)) = self.views.iter().find(|(known, at, _)| known == view && *at == self.revision) {
            return list.clone();
        }
        let all = (0..self.base + self.added).rev();
        let mut list: Vec<u32> = all.filter(|index| self.shows(view, *index)).map(|index| index as u32).collect();
        if view.updated_since.is_some() {
            list.sort_by_cached_key(|index| std::cmp::Reverse((self.updated_s(u64::from(*index)), *index)));
        }
        let list = Arc::new(list);
        self.views.retain(|(_, at, _)| *at == self.revision);
        if self.views.len() >= VIEWS_MAX {
            self.views.remove(0);
        }
        self.views.push((view.clone(), self.revision, list.clone()));
        list
    }

    fn shows(&self, view: &View, index: u64) -> bool {
        let privacy = self.privacy(index);
        let within = |range: (i64, i64), at: i64| range == (i64::MIN, i64::MAX) || (range.0..=range.1).contains(&at);
        !self.deleted.contains(&index)
            && (view.owner || privacy == Privacy::Public)
            && view.privacy.is_none_or(|wanted| wanted == privacy.number())
            && self.safety(index) <= view.safety_max
            && (view.content_types.is_empty() || view.content_types.contains(&self.content_type(index)))
            && within(view.upload, self.upload_s(index))
            && (view.taken == (i64::MIN, i64::MAX) || within(view.taken, self.taken_s(index)))
            && view.album.is_none_or(|album| self.album(index) == Some(album))
            && (!view.outside_albums || self.album(index).is_none())
            && view.updated_since.is_none_or(|since| self.updated_s(index) >= since)
    }

    /// Applies changes in order and returns the ids they touched.
    pub(crate) fn apply(&mut self, changes: &[PhotoChange], now_s: i64) -> Result<Vec<String>, ControlError> {
        let mut ids = Vec::new();
        for change in changes {
            self.revision += 1;
            match change {
                PhotoChange::Add { count, fields } => {
                    for _ in 0..*count {
                        ids.push(self.add(fields, now_s)?);
                    }
                }
                PhotoChange::Specials => {
                    for fields in specials() {
                        ids.push(self.add(&fields, now_s)?);
                    }
                }
                PhotoChange::Edit { id, fields } => ids.push(self.change(id, now_s, |o| merge(&mut o.fields, fields))?),
                PhotoChange::Delete { id } => {
                    let index = self.find(id)?;
                    self.deleted.insert(index);
                    ids.push(self.id(index).to_string());
                }
                PhotoChange::Replace { id } => ids.push(self.change(id, now_s, |o| {
                    o.secret_revision += 1;
                    o.picture_revision += 1;
                })?),
                PhotoChange::Privacy { id, privacy } => ids.push(self.change(id, now_s, |o| {
                    o.fields.privacy = Some(*privacy);
                    o.secret_revision += 1;
                })?),
                PhotoChange::Safety { id, level } => {
                    ids.push(self.change(id, now_s, |o| o.fields.safety = Some(*level))?);
                }
            }
        }
        Ok(ids)
    }

    fn add(&mut self, fields: &Fields, now_s: i64) -> Result<String, ControlError> {
        if self.added as usize >= ADDED_MAX {
            return Err(ControlError::Refused(format!("at most {ADDED_MAX} photos can be added")));
        }
        let index = self.base + self.added;
        self.added += 1;
        let change =
            Override { fields: fields.clone(), created_s: Some(now_s), updated_s: Some(now_s), ..Override::default() };
        self.overrides.insert(index, change);
        Ok(self.id(index).to_string())
    }

    fn change(&mut self, id: &str, now_s: i64, act: impl FnOnce(&mut Override)) -> Result<String, ControlError> {
        let index = self.find(id)?;
        let entry = self.overrides.entry(index).or_default();
        entry.updated_s = Some(now_s);
        act(entry);
        Ok(self.id(index).to_string())
    }

    /// Counts, for the control.
    pub(crate) fn state(&mut self) -> serde_json::Value {
        let all = self.view(&View::all(true)).len();
        let public = self.view(&View::all(false)).len();
        serde_json::json!({"photos": all, "public": public, "deleted": self.deleted.len(), "added": self.added,
            "revision": self.revision})
    }

    fn find(&mut self, id: &str) -> Result<u64, ControlError> {
        let unknown = || ControlError::Refused(format!("no photo {id}"));
        if let Some(place) = id.strip_prefix('#') {
            let place: usize = place.parse().map_err(|_| unknown())?;
            let list = self.view(&View::all(true));
            let index = place.checked_sub(1).and_then(|at| list.get(at).copied()).ok_or_else(unknown)?;
            return Ok(u64::from(index));
        }
        self.by_id(id).map(|photo| photo.index).ok_or_else(unknown)
    }
}

/// Sets the fields that `new` carries.
fn merge(old: &mut Fields, new: &Fields) {
    macro_rules! take {
        ($($field:ident),*) => { $(if new.$field.is_some() { old.$field.clone_from(&new.$field); })* };
    }
    take!(
        title,
        description,
        tags,
        dateupload,
        datetaken,
        lastupdate,
        media,
        media_status,
        no_path_alias,
        can_download,
        width,
        height,
        latitude,
        longitude,
        content_type,
        rotated,
        privacy,
        safety
    );
}

/// The odd rows that real libraries contain.
fn specials() -> Vec<Fields> {
    let titled = |title: &str| Fields { title: Some(title.to_owned()), ..Fields::default() };
    let mut rows: Vec<Fields> = [
        "", "DSC_5116", "IMG_2041", "_MG_1234", "P1020304", "DJI_0001", "PXL_20240102_123456789", "20240102_123456",
        "Summer \u{2600}\u{fe0f} \u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467}\u{200d}\u{1f466} at the lake \u{1f3f4}\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f}",
        "\u{05e9}\u{05dc}\u{05d5}\u{05dd} \u{0645}\u{0631}\u{062d}\u{0628}\u{0627} \u{202e}reversed\u{202c}",
        "Fish &amp; chips &#039;n&#039; <b>bold</b>", "  \u{a0} ", "See more at flickr.com", "~ tilde ~ and\nnewline",
    ]
    .map(titled)
    .into();
    rows.push(titled(&"Long title. ".repeat(90_000)[..1_048_576]));
    rows.push(Fields { media: Some("video".to_owned()), title: Some("Waves, moving".to_owned()), ..Fields::default() });
    rows.push(Fields { media_status: Some("processing".to_owned()), ..titled("Not ready yet") });
    rows.push(Fields { media_status: Some("failed".to_owned()), ..titled("Failed on Flickr") });
    rows.push(Fields { dateupload: Some("2013".to_owned()), ..titled("Uploaded in the year 1970") });
    rows.push(Fields { no_path_alias: Some(true), ..titled("No alias") });
    rows.push(Fields { can_download: Some(false), ..titled("No downloads") });
    rows.push(Fields { width: Some(400), height: Some(300), ..titled("A small one") });
    rows.push(Fields { content_type: Some(2), ..titled("A screenshot") });
    rows.push(Fields { privacy: Some(Privacy::Friends), ..titled("For friends") });
    rows.push(Fields { safety: Some(3), ..titled("Restricted") });
    rows
}

/// The secret of the sizes that share one.
pub(crate) fn secret(seed: u64, photo: &Photo) -> String {
    secret_of(seed, photo, "base")
}

/// The secret of a size that has its own (`h`, `k`, `o`), else the shared one.
pub(crate) fn secret_of(seed: u64, photo: &Photo, size: &str) -> String {
    let class = if matches!(size, "h" | "k" | "o") { size } else { "base" };
    hex(mix(seed, photo.id ^ (photo.secret_revision << 48)), class, 10)
}
