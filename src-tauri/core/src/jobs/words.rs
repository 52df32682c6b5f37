//! The photographer's own words for a photo: kept on the record, and shown as they would go out.
//!
//! Invariant: what the preview shows is made by the functions that make a post; it reads only what this computer has, and asks
//! no network. Writing the same words again appends nothing. Absent: templates (`settings`).

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::prepare::{by_template, word};
use crate::{
    caption::{ALT_UNITS_MAX, TypedError, Written, typed},
    error::{Error, Result},
    fold::Words,
    handle::Pierrot,
    log::{Fact, Part},
    photo::PhotoId,
    record::ledger::Appended,
};

/// One part of a photo's words as the photographer wants it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, TS)]
pub struct Wording {
    pub part: Part,
    /// `null` = back to the template.
    pub text: Option<String>,
}

/// The words of one photo on one target, as they would go out.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct CaptionPreview {
    pub target: String,
    /// As it goes out: with its link, within the limit, told apart from earlier posts.
    pub text: String,
    /// X's weighted characters of the whole caption; what is more than `limit` is cut away.
    pub weighted: usize,
    pub limit: usize,
    pub alt_text: String,
    /// UTF-16 units of the whole alt text; what is more than `alt_limit` is cut away.
    pub alt_units: usize,
    pub alt_limit: usize,
    /// US dollars.
    pub cost_usd: f64,
    pub warnings: Vec<String>,
    /// What the photographer wrote, as the record has it.
    pub written: OwnWords,
    /// What the templates make, before a link and before the limit.
    pub template: TemplateWords,
}

/// `null` where the template has the word.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, TS)]
pub struct OwnWords {
    pub caption: Option<String>,
    pub alt_text: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct TemplateWords {
    pub caption: String,
    pub alt_text: String,
}

impl From<TypedError> for Error {
    fn from(error: TypedError) -> Self {
        let what_now = match error {
            TypedError::Nothing => "Write some words, or go back to the template.",
            TypedError::TooLong => "Shorten it.",
        };
        Self::failed(error.to_string(), what_now)
    }
}

impl Pierrot {
    /// Writes the photographer's words on the record, for one target or, without one, for every. Whether anything changed.
    pub async fn set_words(&self, photo: &PhotoId, target: Option<&str>, wordings: &[Wording]) -> Result<bool> {
        self.known(photo)?;
        let target = target.map(|name| self.target(Some(name))).transpose()?.map(|(name, _)| name);
        let mut wanted = Vec::with_capacity(wordings.len());
        for Wording { part, text } in wordings {
            wanted.push((*part, text.as_deref().map(|text| typed(*part, text)).transpose()?));
        }
        let mut ledger = self.ready_ledger().await?;
        let mut changed = false;
        for (part, text) in wanted {
            if !changes(ledger.fold().words(photo), target, part, text.as_deref()) {
                continue;
            }
            let fact = Fact::Worded { photo: photo.clone(), target: target.map(str::to_owned), part, text };
            changed |= matches!(self.append(&mut ledger, fact).await?, Appended::Counts { .. });
        }
        Ok(changed)
    }

    /// How a photo's words would go out to a target: what was just typed, else what is on the record, else the template's.
    pub async fn caption_preview(
        &self,
        photo: &PhotoId,
        target: &str,
        caption: Option<&str>,
        alt_text: Option<&str>,
    ) -> Result<CaptionPreview> {
        let (name, settings) = self.target(Some(target))?;
        let known = self.known(photo)?.photo;
        let fold = self.kept_fold().await?;
        let written = fold.written(photo, name);
        for (part, text) in [(Part::Caption, caption), (Part::AltText, alt_text)] {
            // A caption with nothing to read is the template's; what no post holds is said.
            if let Some(Err(error @ TypedError::TooLong)) = text.map(|text| typed(part, text)) {
                return Err(error.into());
            }
        }
        let own = Written { caption: caption.or(written.caption), alt_text: alt_text.or(written.alt_text) };
        let mut ready = word(&known, settings, own, None)?;
        ready.make_distinct(&fold.known_texts(name), settings.max_text);
        let (made_caption, made_alt) = by_template(&known, settings)?;
        let whole_alt = own.alt_text.and_then(|text| typed(Part::AltText, text).ok());
        Ok(CaptionPreview {
            target: name.to_owned(),
            weighted: ready.caption.whole_weighted,
            limit: settings.max_text,
            alt_units: whole_alt.as_ref().unwrap_or(&ready.alt_text).encode_utf16().count(),
            alt_limit: ALT_UNITS_MAX,
            cost_usd: ready.cost_usd,
            text: ready.caption.text,
            warnings: ready.caption.warnings,
            alt_text: ready.alt_text,
            written: OwnWords {
                caption: written.caption.map(str::to_owned),
                alt_text: written.alt_text.map(str::to_owned),
            },
            template: TemplateWords { caption: made_caption, alt_text: made_alt },
        })
    }
}

/// Whether these words would be other than what stands.
fn changes(stands: Option<&Words>, target: Option<&str>, part: Part, text: Option<&str>) -> bool {
    let before = stands.cloned().unwrap_or_default();
    let mut after = before.clone();
    after.write(target, part, text);
    after != before
}
