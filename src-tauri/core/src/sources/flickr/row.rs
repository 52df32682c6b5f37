//! One row of a list of photos, and the [`Photo`] it tells of.
//!
//! Invariant: reading a row never fails on the kind of a value; only the id decides whether there is a photo. Absent:
//! pages and envelopes (`parse`), bounds of texts (`text`).

use std::fmt;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, Visitor};

use super::json::Loose;
use super::parse::{media_of, safety_of, time_of, u8_of};
use super::text;
use crate::photo::{Large, Photo, PhotoId, Privacy};

/// The fields that are kept, in the order of the places in a row.
#[derive(Clone, Copy, serde::Deserialize)]
#[serde(field_identifier, rename_all = "snake_case")]
enum Field {
    Id,
    Owner,
    Secret,
    Server,
    Title,
    Ispublic,
    Isfriend,
    Isfamily,
    Description,
    License,
    Dateupload,
    Datetaken,
    Datetakengranularity,
    Datetakenunknown,
    Originalsecret,
    Originalformat,
    Lastupdate,
    Latitude,
    Longitude,
    Accuracy,
    Tags,
    Media,
    MediaStatus,
    Pathalias,
    SafetyLevel,
    OWidth,
    OHeight,
    WidthO,
    HeightO,
    UrlK,
    WidthK,
    HeightK,
    #[serde(other)]
    Unused,
}

const KEPT: usize = Field::Unused as usize;

/// The kept fields of one row as they came.
#[derive(Debug, Default)]
pub struct Row<'a>([Loose<'a>; KEPT]);

impl<'de: 'a, 'a> Deserialize<'de> for Row<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(RowVisitor(std::marker::PhantomData))
    }
}

struct RowVisitor<'a>(std::marker::PhantomData<&'a ()>);

impl<'de: 'a, 'a> Visitor<'de> for RowVisitor<'a> {
    type Value = Row<'a>;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a photo")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Row<'a>, A::Error> {
        let mut row = Row::default();
        while let Some(field) = map.next_key::<Field>()? {
            match row.0.get_mut(field as usize) {
                Some(place) => *place = map.next_value()?,
                None => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(row)
    }
}

impl Row<'_> {
    pub fn id(&self) -> Option<PhotoId> {
        self.at(Field::Id).text().parse().ok()
    }

    /// The photo of the row; `owner` stands in where the row names none.
    pub fn photo(&self, owner: &str) -> Option<Photo> {
        let own = self.line(Field::Owner);
        Some(Photo {
            id: self.id()?,
            title: text::title(&self.at(Field::Title).text()),
            description: text::description(&self.at(Field::Description).text()),
            tags: text::tags(self.at(Field::Tags).text().split_whitespace().map(str::to_owned)),
            owner: if own.is_empty() { owner.to_owned() } else { own },
            owner_alias: self.some(Field::Pathalias),
            server: self.line(Field::Server),
            secret: self.line(Field::Secret),
            original_secret: self.some(Field::Originalsecret),
            original_format: self.some(Field::Originalformat),
            original_width: self.count(Field::WidthO, Field::OWidth),
            original_height: self.count(Field::HeightO, Field::OHeight),
            large: self.large(),
            uploaded_at: time_of(self.at(Field::Dateupload)),
            updated_at: time_of(self.at(Field::Lastupdate)),
            taken: self.taken(),
            taken_granularity: u8_of(self.at(Field::Datetakengranularity)),
            license: u8_of(self.at(Field::License)),
            place: self.place(),
            privacy: Privacy::from_flags(
                self.at(Field::Ispublic).yes(),
                self.at(Field::Isfriend).yes(),
                self.at(Field::Isfamily).yes(),
            ),
            media: media_of(self.at(Field::Media), self.at(Field::MediaStatus)),
            safety: safety_of(self.at(Field::SafetyLevel)),
        })
    }

    fn at(&self, field: Field) -> &Loose<'_> {
        &self.0[field as usize]
    }

    fn line(&self, field: Field) -> String {
        text::line(&self.at(field).text())
    }

    fn some(&self, field: Field) -> Option<String> {
        Some(self.line(field)).filter(|text| !text.is_empty())
    }

    fn count(&self, first: Field, second: Field) -> u32 {
        [first, second].map(|field| self.at(field).count()).into_iter().find(|count| *count > 0).unwrap_or(0)
    }

    fn large(&self) -> Option<Large> {
        let url = text::address(&self.at(Field::UrlK).text())?;
        Some(Large { url, width: self.at(Field::WidthK).count(), height: self.at(Field::HeightK).count() })
    }

    fn taken(&self) -> Option<String> {
        let taken = self.line(Field::Datetaken);
        let year = taken.get(..4).is_some_and(|year| year.bytes().all(|byte| byte.is_ascii_digit()) && year != "0000");
        (year && taken.len() <= 30 && !self.at(Field::Datetakenunknown).yes()).then_some(taken)
    }

    fn place(&self) -> Option<(f64, f64)> {
        let (north, east) = (self.at(Field::Latitude).broken()?, self.at(Field::Longitude).broken()?);
        let nowhere = north == 0.0 && east == 0.0 && self.at(Field::Accuracy).count() == 0;
        (!nowhere && north.abs() <= 90.0 && east.abs() <= 180.0).then_some((north, east))
    }
}
