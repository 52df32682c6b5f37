//! The photographer's own words for one photo: for each target and part the last that was written.
//!
//! Invariant: equal words on every target are equal values, however they came about. Absent: what the words are worth as a
//! post (`caption`).

use std::{collections::BTreeMap, sync::Arc};

use crate::{caption::Written, log::Part};

/// What was written for one photo.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Words {
    caption: Register,
    alt_text: Register,
}

/// One part of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Register {
    every: Option<Arc<str>>,
    /// Targets that have something else, the template included.
    own: BTreeMap<String, Option<Arc<str>>>,
}

impl Words {
    /// Takes up a text for one target or, without one, for every; no text means the template.
    pub fn write(&mut self, target: Option<&str>, part: Part, text: Option<&str>) {
        let register = match part {
            Part::Caption => &mut self.caption,
            Part::AltText => &mut self.alt_text,
        };
        register.write(target, text.map(Arc::from));
    }

    pub fn written(&self, target: &str) -> Written<'_> {
        Written { caption: self.caption.read(target), alt_text: self.alt_text.read(target) }
    }
}

impl Register {
    fn write(&mut self, target: Option<&str>, text: Option<Arc<str>>) {
        match target {
            None => *self = Self { every: text, own: BTreeMap::new() },
            Some(target) if text == self.every => _ = self.own.remove(target),
            Some(target) => _ = self.own.insert(target.to_owned(), text),
        }
    }

    fn read(&self, target: &str) -> Option<&str> {
        self.own.get(target).unwrap_or(&self.every).as_deref()
    }
}
