//! Getting one photo ready: asked for once more at its source, downloaded, made fit for the target, worded.
//!
//! Invariant: a photo that was deleted, made private, replaced or restricted since the last sync never comes out of here,
//! and the catalogue learns it. Nothing is sent from here.

use std::collections::HashSet;

use pierrot_looks::{Limits, PictureError, Prepared, Work};

use crate::{
    caption::{self, Caption, Facts, Template, Written},
    catalogue::{Presence, Row, sha256_hex},
    choose::has_tag,
    count,
    error::{Code, Error, Result},
    handle::{Pierrot, blocking},
    log::{About, Frozen, Part},
    look::Look,
    photo::{Photo, PhotoId},
    pictures::{self, PictureFetchError},
    publication::End,
    settings::TargetSettings,
    sources::flickr::{Flickr, FlickrError, Info},
    targets::x,
};

/// Photos of one name that get numbers.
const NUMBERS_MAX: u32 = 1_000;
/// Smaller sizes tried when the best one cannot be had.
const SIZES_MAX: usize = 4;

/// A photo that could go out now.
#[derive(Debug)]
pub(crate) struct Ready {
    /// Absent when the media of an earlier attempt is used again.
    pub picture: Option<Prepared>,
    pub caption: Caption,
    pub alt_text: String,
    pub cost_usd: f64,
    pub warnings: Vec<&'static str>,
}

/// Why a photo could not be made ready.
#[derive(Debug)]
pub(crate) struct Unfit {
    pub end: End,
    pub error: Error,
    /// A failure of this computer itself (disk), which ends the whole job.
    pub local: Option<Error>,
}

impl Unfit {
    fn new(end: End, error: Error) -> Self {
        Self { end, error, local: None }
    }

    fn changed(photo: &PhotoId, why: &str) -> Self {
        let message = format!("Photo {photo} is not what it was at the last sync: {why}.");
        Self::new(End::Changed, Error::failed(message, "Nothing to do: Pierrot picks another photo."))
    }
}

impl From<Error> for Unfit {
    fn from(error: Error) -> Self {
        Self { end: End::TryLater, error: error.clone(), local: Some(error) }
    }
}

impl From<FlickrError> for Unfit {
    fn from(error: FlickrError) -> Self {
        let end = match error.code() {
            Code::SignInAgain => End::SignIn,
            Code::AskPhotographer => End::Photographer,
            Code::TryLater | Code::FixSettings | Code::NewerVersionNeeded | Code::Failed => End::TryLater,
        };
        Self::new(end, error.into())
    }
}

impl Ready {
    pub(crate) fn freeze(&self, media: &x::Media) -> Frozen {
        Frozen {
            text: self.caption.text.clone(),
            alt_text: self.alt_text.clone(),
            body: x::body(&self.caption.text, &media.id),
            media_id: media.id.clone(),
            media_key: media.key.clone(),
            picture_sha256: self.picture.as_ref().map(|picture| sha256_hex(&picture.bytes)).unwrap_or_default(),
            cost_usd: self.cost_usd,
            key: None,
        }
    }

    /// X refuses a text the account posted before, so a second photo of one name gets a number.
    pub(crate) fn make_distinct(&mut self, posted: &HashSet<String>, limit: usize) {
        let text = self.caption.text.clone();
        for number in 2..=NUMBERS_MAX {
            if !posted.contains(&self.caption.text) {
                return;
            }
            let suffix = format!(" ({number})");
            self.caption.text = count::trim(&text, limit.saturating_sub(suffix.len())) + &suffix;
        }
    }

    /// The target did not take the alt text: the post must not be lost for it.
    pub(crate) fn alt_text_lost(&mut self) {
        self.alt_text.clear();
        self.cost_usd = caption::cost_usd(self.caption.has_url, false);
    }
}

impl Pierrot {
    /// Makes a photo ready for a target; `with_picture` is false when uploaded media is used again.
    pub(crate) async fn prepare(
        &self,
        about: &About,
        target: &TargetSettings,
        look: Option<&Look>,
        with_picture: bool,
    ) -> std::result::Result<Ready, Unfit> {
        let flickr = self.flickr().await?;
        let row = self.confirm_at_source(&flickr, &about.photo, true).await?;
        let limits = Limits { bytes_max: target.max_bytes, side_max: target.max_side };
        let picture = if with_picture { Some(self.fetch(&flickr, &about.photo, limits, look).await?) } else { None };
        let fold = self.kept_fold().await?;
        Ok(word(&row.photo, target, fold.written(&about.photo, &about.target), picture)?)
    }

    /// Asks the source for the photo as it is now; the catalogue learns what changed when `learn` is set.
    pub(crate) async fn confirm_at_source(
        &self,
        flickr: &Flickr,
        photo: &PhotoId,
        learn: bool,
    ) -> std::result::Result<Row, Unfit> {
        let known = self.catalogue.photo(photo).map_err(Error::from)?;
        let Some(known) = known else {
            return Err(Unfit::changed(photo, "the catalogue does not have it"));
        };
        let Some(info) = flickr.info(photo).await? else {
            if learn {
                let gone = |row: &mut Row| row.presence = Presence::Missing;
                self.catalogue.change_photo(photo, gone).map_err(Error::from)?;
                self.catalogue_changed()?;
            }
            return Err(Unfit::changed(photo, "it was deleted, or you may no longer see it"));
        };
        let fresh = Row { photo: learned(&known.photo, &info), ..known.clone() };
        if learn && fresh != known {
            self.catalogue.change_photo(photo, |row| *row = fresh.clone()).map_err(Error::from)?;
            self.catalogue_changed()?;
        }
        if !known.photo.secret.is_empty() && !info.secret.is_empty() && info.secret != known.photo.secret {
            return Err(Unfit::changed(photo, "its picture was replaced"));
        }
        if let Err(why) = self.filters()?.judge(&fresh) {
            return Err(Unfit::changed(photo, &why.to_string()));
        }
        Ok(fresh)
    }

    pub(crate) async fn fetch(
        &self,
        flickr: &Flickr,
        photo: &PhotoId,
        limits: Limits,
        look: Option<&Look>,
    ) -> std::result::Result<Prepared, Unfit> {
        let Some(sizes) = flickr.sizes(photo).await? else {
            return Err(Unfit::changed(photo, "its sizes are no longer there"));
        };
        let client = self.picture_client()?;
        let mosaic = match look.and_then(Look::mosaic) {
            Some(recipe) => Some(self.mosaic_ready(recipe).await?),
            None => None,
        };
        let mut passing = None;
        let mut bad = format!("Photo {photo} has no picture that could be used");
        for size in pictures::best(&sizes, limits.side_max).into_iter().take(SIZES_MAX) {
            let bytes = match pictures::download(&client, &size.url, pictures::PICTURE_BYTES_MAX).await {
                Ok(bytes) => bytes,
                Err(error) => {
                    tracing::info!(%photo, size = size.label, %error, "trying a smaller size");
                    if error.code() == Code::TryLater {
                        passing = Some(error);
                    } else {
                        bad = format!("Photo {photo}: {error}");
                    }
                    continue;
                }
            };
            let (limits, look, mosaic) = (limits.clone(), look.cloned(), mosaic.clone());
            let made = move || match (mosaic, look) {
                (Some(mosaic), _) => mosaic.fit(&bytes, &limits),
                (None, Some(look)) => look.fit(&bytes, &limits, &Work::UNWATCHED),
                (None, None) => pierrot_looks::prepare(&bytes, &limits),
            };
            match blocking(made).await {
                Some(Ok(prepared)) => return Ok(prepared),
                // That is not the photo's fault.
                Some(Err(PictureError::Mosaic { why, what_now })) => {
                    return Err(Error::failed(format!("{why}."), what_now).into());
                }
                Some(Err(error)) => bad = format!("Photo {photo}: {error}"),
                None => bad = format!("Photo {photo}: its picture cannot be decoded"),
            }
        }
        Err(passing.map_or_else(|| bad_picture(bad), passing_trouble))
    }
}

fn bad_picture(why: String) -> Unfit {
    let now = "Look at the photo on Flickr: replace its file there, or keep it out with `pierrot exclude`.";
    Unfit::new(End::BadPicture, Error::new(Code::AskPhotographer, format!("{}.", why.trim_end_matches('.')), now))
}

fn passing_trouble(error: PictureFetchError) -> Unfit {
    Unfit::new(End::TryLater, Error::try_later(error.to_string(), "Try again later."))
}

/// What getInfo tells, on top of what lists told.
fn learned(known: &Photo, info: &Info) -> Photo {
    Photo {
        title: info.title.clone(),
        description: info.description.clone(),
        privacy: info.privacy,
        safety: info.safety.or(known.safety),
        media: info.media,
        secret: if info.secret.is_empty() { known.secret.clone() } else { info.secret.clone() },
        original_secret: info.original_secret.clone().or_else(|| known.original_secret.clone()),
        updated_at: known.updated_at.max(info.updated_at),
        ..known.clone()
    }
}

/// Caption, alt text, warnings and price of one photo for one target. What the photographer wrote goes before the templates.
pub(crate) fn word(
    photo: &Photo,
    target: &TargetSettings,
    own: Written<'_>,
    picture: Option<Prepared>,
) -> Result<Ready> {
    let url = photo.page_url();
    let facts = facts(photo, &url);
    let (limit, link) = (target.max_text, target.link);
    let kept = |part, text: Option<&str>| text.and_then(|text| caption::typed(part, text).ok());
    let caption = match kept(Part::Caption, own.caption) {
        Some(text) => caption::written(text, &facts, limit, link),
        None => caption_template(target)?.caption(&facts, limit, link),
    };
    let alt_text = match kept(Part::AltText, own.alt_text) {
        Some(text) => caption::written_alt(&text),
        None => template(&target.alt)?.alt_text(&facts),
    };
    let cost_usd = caption::cost_usd(caption.has_url, !alt_text.is_empty());
    let sensitive = &target.sensitive;
    let kinds = [
        ("adult_content", &sensitive.adult_content),
        ("graphic_violence", &sensitive.graphic_violence),
        ("other", &sensitive.other),
    ];
    let warnings = kinds.into_iter().filter(|(_, tags)| has_tag(&photo.tags, tags)).map(|(kind, _)| kind).collect();
    Ok(Ready { picture, caption, alt_text, cost_usd, warnings })
}

/// What the target's templates make of a photo: the caption before link and limit, and the alt text.
pub(crate) fn by_template(photo: &Photo, target: &TargetSettings) -> Result<(String, String)> {
    let url = photo.page_url();
    let facts = facts(photo, &url);
    Ok((caption_template(target)?.draft(&facts), template(&target.alt)?.alt_text(&facts)))
}

fn facts<'a>(photo: &'a Photo, url: &'a str) -> Facts<'a> {
    Facts {
        title: &photo.title,
        description: &photo.description,
        tags: &photo.tags,
        date_taken: photo.taken.as_deref(),
        url,
    }
}

/// The first Pierrot wrote `~` for a new line.
fn caption_template(target: &TargetSettings) -> Result<Template> {
    template(&target.caption.replace('~', "\n"))
}

fn template(text: &str) -> Result<Template> {
    Template::parse(text).map_err(|error| Error::settings(error.to_string(), "Correct the template in config.toml."))
}
