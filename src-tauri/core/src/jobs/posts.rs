//! What is published, the newest first: every post that the log knows, with what it needs to be shown.
//!
//! Invariant: read from the fold alone, so it is whole however long the log is. Absent: the pictures.

use serde::Serialize;
use ts_rs::TS;

use crate::{
    caption::plain,
    error::Result,
    fold::{Attempt, Fold, Imported, Stand},
    handle::Pierrot,
    log::Seen,
    photo::{PhotoId, key_text},
    record::documents::POSTS,
};

/// One photo published to one target.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct Post {
    /// The number of the entry that says so.
    #[ts(type = "number")]
    pub seq: u64,
    /// RFC 3339, or the first Pierrot's time without a zone.
    pub at: String,
    pub photo: PhotoId,
    pub title: String,
    /// Changes with the picture; empty where the catalogue does not know the photo.
    pub thumb: String,
    pub target: String,
    /// The words that went out; empty where they are not known.
    pub text: String,
    pub post_url: Option<String>,
    pub known_by: KnownBy,
    pub cost_usd: Option<f64>,
}

/// How it is known that a photo is published.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum KnownBy {
    /// The target's answer.
    Answer,
    Timeline,
    /// The photographer's answer to a review.
    Photographer,
    /// Marked as published by the photographer.
    Marked,
    /// Taken over from the first Pierrot.
    Imported,
}

/// The newest posts of all there are.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
pub struct Posts {
    pub total: u32,
    pub posts: Vec<Post>,
}

impl Pierrot {
    /// The newest posts.
    pub async fn posts(&self, limit: usize) -> Result<Posts> {
        let mut posts = posts_of(&*self.kept_fold().await?);
        let total = u32::try_from(posts.len()).unwrap_or(u32::MAX);
        posts.truncate(limit);
        for post in &mut posts {
            if let Some(row) = self.catalogue.photo(&post.photo)? {
                post.title = plain::line(&row.photo.title);
                post.thumb = key_text(row.photo.picture_key());
            }
        }
        Ok(Posts { total, posts })
    }
}

fn posts_of(fold: &Fold) -> Vec<Post> {
    let mut posts: Vec<Post> = fold.attempts().filter_map(sent).collect();
    posts.extend(fold.imported().iter().map(|(photo, imported)| taken_over(photo, imported)));
    posts.sort_by(|one, other| other.seq.cmp(&one.seq).then_with(|| other.at.cmp(&one.at)));
    posts
}

fn sent(attempt: &Attempt) -> Option<Post> {
    let Stand::Posted { post_url, text, seen, .. } = &attempt.stand else { return None };
    Some(Post {
        seq: attempt.last_seq,
        at: attempt.last_at.clone(),
        photo: attempt.about.photo.clone(),
        title: String::new(),
        thumb: String::new(),
        target: attempt.about.target.clone(),
        text: text.clone(),
        post_url: Some(post_url.clone()).filter(|url| !url.is_empty()),
        known_by: match seen {
            Seen::Answer => KnownBy::Answer,
            Seen::Timeline => KnownBy::Timeline,
            Seen::Photographer => KnownBy::Photographer,
        },
        cost_usd: attempt.frozen.as_ref().map(|frozen| frozen.cost_usd),
    })
}

fn taken_over(photo: &PhotoId, imported: &Imported) -> Post {
    let word = |value: Option<&serde_json::Value>| value.and_then(|value| value.as_str()).map(str::to_owned);
    let row = &imported.row;
    Post {
        seq: imported.seq,
        at: word(row.get("pierrot_wal_timestamp")).unwrap_or_default(),
        photo: photo.clone(),
        title: String::new(),
        thumb: String::new(),
        target: imported.target.clone(),
        text: String::new(),
        post_url: word(row.get(POSTS).and_then(|posts| posts.get(0)?.get("post_url"))),
        known_by: if imported.by_hand { KnownBy::Marked } else { KnownBy::Imported },
        cost_usd: None,
    }
}
