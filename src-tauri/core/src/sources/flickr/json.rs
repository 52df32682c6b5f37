//! JSON as Flickr writes it: numbers as text, text in `_content`, anything where nothing should be.
//!
//! Invariant: no value of a wrong kind makes a reply unreadable, only broken syntax does; lists are bounded. Absent: what
//! the fields mean (`parse`), mending (`mend`).

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// No page of Flickr has more than 500 items.
const ITEMS_MAX: usize = 2000;

/// One value of any kind, kept as text; `_content` is taken out of its object.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Loose<'a> {
    #[default]
    Nothing,
    Text(Cow<'a, str>),
    Whole(i64),
    Broken(f64),
}

impl Loose<'_> {
    /// The text, or the number as text; empty for nothing.
    pub fn text(&self) -> Cow<'_, str> {
        match self {
            Self::Nothing => Cow::Borrowed(""),
            Self::Text(text) => Cow::Borrowed(text),
            Self::Whole(number) => Cow::Owned(number.to_string()),
            Self::Broken(number) => Cow::Owned(number.to_string()),
        }
    }

    pub fn whole(&self) -> Option<i64> {
        match self {
            Self::Nothing => None,
            Self::Text(text) => text.trim().parse().ok(),
            Self::Whole(number) => Some(*number),
            Self::Broken(number) => (number.fract() == 0.0 && number.abs() < 9e15).then_some(*number as i64),
        }
    }

    pub fn broken(&self) -> Option<f64> {
        let number = match self {
            Self::Nothing => None,
            Self::Text(text) => text.trim().parse().ok(),
            Self::Whole(number) => Some(*number as f64),
            Self::Broken(number) => Some(*number),
        };
        number.filter(|number: &f64| number.is_finite())
    }

    /// A count or a length in pixels; 0 for anything else.
    pub fn count(&self) -> u32 {
        self.whole().and_then(|number| u32::try_from(number).ok()).unwrap_or(0)
    }

    /// A flag: 1, "1", true, "true".
    pub fn yes(&self) -> bool {
        match self {
            Self::Nothing => false,
            Self::Text(text) => matches!(text.trim(), "1" | "true"),
            Self::Whole(number) => *number == 1,
            Self::Broken(number) => *number == 1.0,
        }
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Loose<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(LooseVisitor(PhantomData))
    }
}

struct LooseVisitor<'a>(PhantomData<&'a ()>);

impl<'de: 'a, 'a> Visitor<'de> for LooseVisitor<'a> {
    type Value = Loose<'a>;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("any value")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Loose<'a>, E> {
        Ok(Loose::Text(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Loose<'a>, E> {
        Ok(Loose::Text(Cow::Owned(text.to_owned())))
    }

    fn visit_bool<E>(self, yes: bool) -> Result<Loose<'a>, E> {
        Ok(Loose::Whole(i64::from(yes)))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Loose<'a>, E> {
        Ok(Loose::Whole(number))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Loose<'a>, E> {
        Ok(i64::try_from(number).map_or(Loose::Broken(number as f64), Loose::Whole))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Loose<'a>, E> {
        Ok(Loose::Broken(number))
    }

    fn visit_unit<E>(self) -> Result<Loose<'a>, E> {
        Ok(Loose::Nothing)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Loose<'a>, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Loose::Nothing)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Loose<'a>, A::Error> {
        let mut content = Loose::Nothing;
        while let Some(key) = map.next_key::<Cow<'de, str>>()? {
            if key == "_content" {
                content = map.next_value()?;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(content)
    }
}

/// An object, or nothing where something else stands.
#[derive(Debug)]
pub struct Soft<T>(pub Option<T>);

impl<T> Default for Soft<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Soft<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ListVisitor(PhantomData)).map(|list: List<T>| Self(list.single))
    }
}

/// A list of objects. Items that are no object are counted in `skipped`; a lone object is a list of one.
#[derive(Debug)]
pub struct List<T> {
    pub items: Vec<T>,
    pub skipped: u32,
    single: Option<T>,
}

impl<T> Default for List<T> {
    fn default() -> Self {
        Self { items: Vec::new(), skipped: 0, single: None }
    }
}

impl<T> List<T> {
    pub fn into_items(mut self) -> Vec<T> {
        self.items.extend(self.single);
        self.items
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for List<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ListVisitor(PhantomData))
    }
}

struct ListVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for ListVisitor<T> {
    type Value = List<T>;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("any value")
    }

    fn visit_str<E>(self, _: &str) -> Result<List<T>, E> {
        Ok(List::default())
    }

    fn visit_bool<E>(self, _: bool) -> Result<List<T>, E> {
        Ok(List::default())
    }

    fn visit_i64<E>(self, _: i64) -> Result<List<T>, E> {
        Ok(List::default())
    }

    fn visit_u64<E>(self, _: u64) -> Result<List<T>, E> {
        Ok(List::default())
    }

    fn visit_f64<E>(self, _: f64) -> Result<List<T>, E> {
        Ok(List::default())
    }

    fn visit_unit<E>(self) -> Result<List<T>, E> {
        Ok(List::default())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<List<T>, A::Error> {
        let mut list = List::default();
        while list.items.len() < ITEMS_MAX {
            match seq.next_element::<Soft<T>>()? {
                Some(Soft(Some(item))) => list.items.push(item),
                Some(Soft(None)) => list.skipped = list.skipped.saturating_add(1),
                None => return Ok(list),
            }
        }
        while seq.next_element::<IgnoredAny>()?.is_some() {
            list.skipped = list.skipped.saturating_add(1);
        }
        Ok(list)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<List<T>, A::Error> {
        let single = T::deserialize(MapAccessDeserializer::new(map))?;
        Ok(List { single: Some(single), ..List::default() })
    }
}
