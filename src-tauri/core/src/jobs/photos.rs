//! Listing photos by where they stand.

use serde::Serialize;

use crate::{
    catalogue::Presence,
    error::Result,
    fold::{Fold, Stand},
    handle::Pierrot,
    photo::PhotoId,
};

/// Where a photo stands, over all targets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PhotoState {
    /// May go out to at least one target, and was published nowhere.
    Unpublished,
    /// Published to at least one target.
    Published,
    /// Kept back: by a filter, a review, a skip, or a publication under way.
    Held,
    /// On the never-list.
    Excluded,
    /// No longer at the source.
    Missing,
}

impl std::str::FromStr for PhotoState {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        match text {
            "unpublished" => Ok(Self::Unpublished),
            "published" => Ok(Self::Published),
            "held" => Ok(Self::Held),
            "excluded" => Ok(Self::Excluded),
            "missing" => Ok(Self::Missing),
            _ => Err(format!("\"{text}\" is not one of unpublished, published, held, excluded, missing")),
        }
    }
}

/// One photo of a list.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PhotoLine {
    pub photo_id: PhotoId,
    pub title: String,
    pub state: PhotoState,
    pub taken: Option<String>,
    pub tags: Vec<String>,
    pub page_url: String,
    /// Addresses of its posts, by target.
    pub posts: Vec<PostLine>,
    /// Why it is held.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PostLine {
    pub target: String,
    pub post_id: Option<String>,
    pub post_url: Option<String>,
}

impl Pierrot {
    /// Photos in order of id, at most `limit`, all states or one.
    pub async fn photos(&self, state: Option<PhotoState>, limit: usize) -> Result<Vec<PhotoLine>> {
        let fold = self.newest_fold().await?;
        let posts = posts_by_photo(&fold);
        let filters = self.filters()?;
        let mut targets = Vec::new();
        for (name, settings) in &self.settings.targets {
            targets.push((name.as_str(), settings, self.known_account(name)?));
        }
        let mut lines = Vec::new();
        self.catalogue.each_photo(|row| {
            if lines.len() >= limit {
                return false;
            }
            let posts = posts.get(&row.photo.id).cloned().unwrap_or_default();
            let judged = || {
                let mut judged = Err("no target is set up".to_owned());
                for (name, settings, account) in &targets {
                    judged =
                        judged.or_else(|_| self.judge(&filters, &fold, (name, settings), account.as_deref(), &row));
                }
                judged
            };
            let (found, why) =
                if fold.excluded().contains(&row.photo.id) || self.settings.flickr.never.contains(&row.photo.id) {
                    (PhotoState::Excluded, None)
                } else if !posts.is_empty() {
                    (PhotoState::Published, None)
                } else if row.presence == Presence::Missing {
                    (PhotoState::Missing, None)
                } else {
                    match judged() {
                        Ok(()) => (PhotoState::Unpublished, None),
                        Err(why) => (PhotoState::Held, Some(why)),
                    }
                };
            if state.is_none_or(|state| state == found) {
                let photo = row.photo;
                let page_url = photo.page_url();
                lines.push(PhotoLine {
                    photo_id: photo.id,
                    title: photo.title,
                    state: found,
                    taken: photo.taken,
                    tags: photo.tags,
                    page_url,
                    posts,
                    why,
                });
            }
            true
        })?;
        Ok(lines)
    }
}

fn posts_by_photo(fold: &Fold) -> std::collections::HashMap<PhotoId, Vec<PostLine>> {
    let mut posts: std::collections::HashMap<PhotoId, Vec<PostLine>> = std::collections::HashMap::new();
    for (photo, imported) in fold.imported() {
        let line = PostLine { target: imported.target.clone(), post_id: None, post_url: None };
        posts.entry(photo.clone()).or_default().push(line);
    }
    for attempt in fold.attempts() {
        if let Stand::Posted { post_id, post_url, .. } = &attempt.stand {
            let (post_id, post_url) = (Some(post_id.clone()), Some(post_url.clone()));
            let line = PostLine { target: attempt.about.target.clone(), post_id, post_url };
            posts.entry(attempt.about.photo.clone()).or_default().push(line);
        }
    }
    posts
}
