//! The target X (API v2, OAuth 1.0a): upload a picture, describe it, post once, read back.
//!
//! Invariant: [`X::send`] makes at most one request and says what is known of its outcome: accepted, certainly not there, or
//! in doubt. Nothing here retries, follows a redirect, or posts to resolve a doubt. Field names of both API generations are
//! understood. Sources: docs.x.com, API description 2.167. Absent: when to post, and what to do about a doubt.

pub mod login;
mod reply;
mod wire;

use reqwest::Method;
use reqwest::header::CONTENT_TYPE;
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};
use thiserror::Error;
use url::Url;

use crate::http::Network;
use crate::oauth::{Keys, Stamp};
use crate::secrets::Sensitive;
use reply::Reply;
use wire::{Lost, Wire};

pub use reply::{Doubt, Refusal};

/// Posts asked for in one page of the timeline.
const PAGE_POSTS: &str = "20";
/// Pages of the timeline read in one look.
const PAGES_MAX: usize = 3;
/// How long X keeps an upload when it does not say, in seconds.
const EXPIRES_AFTER_S: u64 = 86_400;

/// Makes a fresh nonce and reads the clock for every request.
pub type Stamps = Box<dyn Fn() -> Stamp + Send + Sync>;

/// The four strings of the photographer's own developer app; the last two are missing while signing in.
#[derive(Debug, Clone)]
pub struct OwnedKeys {
    /// "API Key".
    pub consumer_key: Sensitive,
    /// "API Key Secret".
    pub consumer_secret: Sensitive,
    /// "Access Token".
    pub token: Option<Sensitive>,
    /// "Access Token Secret".
    pub token_secret: Option<Sensitive>,
}

impl OwnedKeys {
    /// The app alone, its key and secret, for signing in.
    pub fn of_app((consumer_key, consumer_secret): (Sensitive, Sensitive)) -> Self {
        Self { consumer_key, consumer_secret, token: None, token_secret: None }
    }

    fn borrowed(&self) -> Keys<'_> {
        Keys {
            consumer_key: self.consumer_key.reveal(),
            consumer_secret: self.consumer_secret.reveal(),
            token: self.token.as_ref().map(Sensitive::reveal),
            token_secret: self.token_secret.as_ref().map(Sensitive::reveal),
        }
    }

    /// Every key that is there.
    pub(crate) fn all(&self) -> Vec<&str> {
        let own =
            [Some(&self.consumer_key), Some(&self.consumer_secret), self.token.as_ref(), self.token_secret.as_ref()];
        own.into_iter().flatten().map(Sensitive::reveal).collect()
    }
}

/// Who posts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Decimal digits.
    pub id: String,
    /// Without `@`.
    pub username: String,
}

/// An uploaded picture that waits for its post.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Media {
    /// Goes into the post.
    pub id: String,
    /// Comes back in the timeline: the proof that a post is ours.
    pub key: String,
    /// X forgets the upload after so many seconds.
    pub expires_after_s: u64,
    /// What X still does with it before it can be posted.
    pub processing: Processing,
}

/// How far X is with an uploaded picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Processing {
    Done,
    /// To be asked about after so many seconds.
    Pending {
        check_after_s: u64,
    },
    /// X could not use it, in its own words.
    Failed(String),
}

/// A post as the timeline shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// Decimal digits.
    pub id: String,
    /// With X's own link to the picture at its end.
    pub text: String,
    /// RFC 3339; empty when X does not say.
    pub created_at: String,
    /// Of the pictures attached.
    pub media_keys: Vec<String>,
}

/// What is known after the one POST.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sent {
    /// The post is there.
    Accepted {
        /// Of the post.
        id: String,
    },
    /// Nothing left this computer.
    NotSent(String),
    /// X said no; the post is not there.
    Refused(Refusal),
    /// Only X's timeline can tell.
    Unclear(Doubt),
}

/// Why a request other than the post failed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum XError {
    /// No answer, or a server error: worth another try later.
    #[error("X cannot be reached ({0})")]
    Unreachable(String),
    /// X said no.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// X answered something that cannot be understood.
    #[error("X's answer cannot be understood ({0})")]
    Malformed(String),
}

impl From<Lost> for XError {
    fn from(lost: Lost) -> Self {
        Self::Unreachable(lost.why)
    }
}

impl XError {
    fn of(reply: &Reply) -> Self {
        let said = reply.answer();
        match reply.refusal() {
            Some(refusal) => Self::Refused(refusal),
            None if reply.status >= 500 || matches!(reply.status, 408 | 409 | 425 | 499) => Self::Unreachable(said),
            None => Self::Malformed(said),
        }
    }
}

/// The body of a post with one picture: keep it, and send exactly this.
pub fn body(text: &str, media_id: &str) -> Value {
    json!({ "text": text, "media": { "media_ids": [media_id] } })
}

/// The address of a post.
pub fn post_url(username: &str, post_id: &str) -> String {
    let account = if username.is_empty() { "i/web" } else { username };
    format!("https://x.com/{account}/status/{post_id}")
}

/// One account on X.
#[derive(Debug)]
pub struct X(Wire);

impl X {
    /// Prepares a client; makes no request. `base` is `https://api.x.com`, or an address of this computer.
    pub fn new(network: &Network, base: Url, keys: OwnedKeys, stamps: Stamps) -> Result<Self, XError> {
        Wire::new(network, base, keys, stamps).map(Self).map_err(XError::Unreachable)
    }

    /// Whether X said, since this client was made, that its keys open nothing; a clock that is off is not their fault.
    pub(crate) fn keys_refused(&self) -> bool {
        self.0.keys_refused()
    }

    /// Whose keys these are. Costs $0.010 once a day: ask once and keep the answer.
    pub async fn me(&self) -> Result<Account, XError> {
        let answer = self.get("2/users/me", &[]).await?;
        let id = id_of(&answer["data"]["id"]).ok_or_else(|| missing("data.id"))?;
        let username = answer["data"]["username"].as_str().ok_or_else(|| missing("data.username"))?.to_owned();
        Ok(Account { id, username })
    }

    /// Uploads a picture of at most 5 MB; `mime` is `image/jpeg`, `image/png`, `image/webp` or `image/gif`.
    pub async fn upload(&self, bytes: Vec<u8>, mime: &str) -> Result<Media, XError> {
        let name = format!("photo.{}", mime.rsplit('/').next().unwrap_or("jpeg"));
        let part = Part::bytes(bytes).file_name(name).mime_str(mime);
        let part = part.map_err(|_| Refusal::MediaInvalid(format!("{mime} is no type of picture")))?;
        let form = Form::new().text("media_category", "tweet_image").part("media", part);
        let url = self.0.url("2/media/upload", &[]).map_err(XError::Malformed)?;
        let reply = self.0.exchange(Method::POST, url, &[], |request| request.multipart(form)).await?;
        let answer = success(&reply)?;
        let data = &answer["data"];
        let id = id_of(&data["id"]).ok_or_else(|| missing("data.id"))?;
        let key = data["media_key"].as_str().map_or_else(|| format!("3_{id}"), str::to_owned);
        let expires_after_s = data["expires_after_secs"].as_u64().unwrap_or(EXPIRES_AFTER_S);
        Ok(Media { id, key, expires_after_s, processing: processing(data) })
    }

    /// How far X is with an upload it was still working on. Free of charge.
    pub async fn processing(&self, media_id: &str) -> Result<Processing, XError> {
        match self.get("2/media/upload", &[("command", "STATUS"), ("media_id", media_id)]).await {
            Ok(answer) => Ok(processing(&answer["data"])),
            // X says so of plain pictures, which need no work.
            Err(XError::Refused(Refusal::Invalid(_) | Refusal::NotThere(_))) => Ok(Processing::Done),
            Err(error) => Err(error),
        }
    }

    /// Sets the alt text of an upload, at most 1,000 characters, and warnings such as `adult_content`; either may be empty.
    pub async fn describe(&self, media_id: &str, alt: &str, warnings: &[&str]) -> Result<(), XError> {
        let url = self.0.url("2/media/metadata", &[]).map_err(XError::Malformed)?;
        let mut metadata = serde_json::Map::new();
        if !alt.is_empty() {
            metadata.insert("alt_text".into(), json!({ "text": alt }));
        }
        if !warnings.is_empty() {
            let kinds = ["adult_content", "graphic_violence", "other"]
                .map(|kind| (kind.to_owned(), warnings.contains(&kind).into()));
            metadata.insert("sensitive_media_warning".into(), Value::Object(kinds.into_iter().collect()));
        }
        let body = json!({ "id": media_id, "metadata": metadata });
        let reply = self.0.exchange(Method::POST, url, &[], |request| request.json(&body)).await?;
        if reply.is_success() { Ok(()) } else { Err(XError::of(&reply)) }
    }

    /// Makes the one POST of a publication.
    pub async fn send(&self, body: &Value) -> Sent {
        let url = match self.0.url("2/tweets", &[]) {
            Ok(url) => url,
            Err(why) => return Sent::NotSent(why),
        };
        let bytes = body.to_string().into_bytes();
        let fill = |request: reqwest::RequestBuilder| request.header(CONTENT_TYPE, "application/json").body(bytes);
        match self.0.exchange(Method::POST, url, &[], fill).await {
            Ok(reply) => sent(&reply),
            Err(lost) if lost.may_have_left => Sent::Unclear(Doubt::NoAnswer(lost.why)),
            Err(lost) => Sent::NotSent(lost.why),
        }
    }

    /// Own posts after `since_id` and after `start_time` (RFC 3339, `Z`), newest first, at most 60. Each costs $0.001.
    pub async fn posts_since(
        &self,
        user_id: &str,
        since_id: Option<&str>,
        start_time: Option<&str>,
    ) -> Result<Vec<Seen>, XError> {
        let mut seen = Vec::new();
        let mut next: Option<String> = None;
        for _ in 0..PAGES_MAX {
            let optional = [("since_id", since_id), ("start_time", start_time), ("pagination_token", next.as_deref())];
            let given = optional.into_iter().filter_map(|(name, value)| Some((name, value?)));
            let query: Vec<_> =
                [("max_results", PAGE_POSTS), ("exclude", "replies,retweets")].into_iter().chain(given).collect();
            let answer = self.timeline(user_id, &query).await?;
            seen.extend(answer["data"].as_array().into_iter().flatten().filter_map(post));
            let token = answer["meta"]["next_token"].as_str().filter(|token| !token.is_empty()).map(str::to_owned);
            if token.is_none() || token == next {
                break;
            }
            next = token;
        }
        Ok(seen)
    }

    /// One page of own posts after `start_time` (RFC 3339, `Z`), newest first, at most 20. Each costs $0.001.
    pub async fn newest_posts(&self, user_id: &str, start_time: &str) -> Result<Vec<Seen>, XError> {
        let query = [("max_results", PAGE_POSTS), ("exclude", "replies,retweets"), ("start_time", start_time)];
        let answer = self.timeline(user_id, &query).await?;
        Ok(answer["data"].as_array().into_iter().flatten().filter_map(post).collect())
    }

    /// The id of the account's newest post, `None` when it has none: the mark to look from later. Costs up to $0.005.
    pub async fn newest_post_id(&self, user_id: &str) -> Result<Option<String>, XError> {
        let answer = self.timeline(user_id, &[("max_results", "5")]).await?;
        let ids = answer["data"].as_array().into_iter().flatten().filter_map(post).map(|post| post.id);
        Ok(ids.max_by_key(|id| id.parse::<u64>().unwrap_or_default()))
    }

    async fn timeline(&self, user_id: &str, query: &[(&str, &str)]) -> Result<Value, XError> {
        let id = digits(user_id).ok_or_else(|| XError::Malformed("the account's id is not a number".to_owned()))?;
        let fields = [("tweet.fields", "created_at,attachments"), ("expansions", "attachments.media_keys")];
        let query: Vec<_> = query.iter().copied().chain(fields).collect();
        let answer = self.get(&format!("2/users/{id}/tweets"), &query).await?;
        let known = answer["data"].is_array() || answer["meta"].is_object();
        if known { Ok(answer) } else { Err(missing("data")) }
    }

    async fn get(&self, path: &str, query: &[(&str, &str)]) -> Result<Value, XError> {
        let url = self.0.url(path, query).map_err(XError::Malformed)?;
        success(&self.0.exchange(Method::GET, url, &[], |request| request).await?)
    }
}

fn success(reply: &Reply) -> Result<Value, XError> {
    if !reply.is_success() {
        return Err(XError::of(reply));
    }
    reply.json().ok_or_else(|| XError::Malformed("it is no readable JSON".into()))
}

fn sent(reply: &Reply) -> Sent {
    if let Some(refusal) = reply.refusal() {
        return Sent::Refused(refusal);
    }
    let id = reply.json().filter(|_| reply.is_success()).and_then(|answer| id_of(&answer["data"]["id"]));
    id.map_or_else(|| Sent::Unclear(reply.doubt()), |id| Sent::Accepted { id })
}

fn processing(data: &Value) -> Processing {
    let info = &data["processing_info"];
    match info["state"].as_str() {
        Some("pending" | "in_progress") => {
            Processing::Pending { check_after_s: info["check_after_secs"].as_u64().unwrap_or(1) }
        }
        Some("failed") => {
            let error = &info["error"];
            let said = error["message"].as_str().or(error["detail"].as_str()).or(error["name"].as_str());
            Processing::Failed(reply::plain(said.unwrap_or("it could not be processed")))
        }
        Some(_) | None => Processing::Done,
    }
}

fn post(data: &Value) -> Option<Seen> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let keys = data["attachments"]["media_keys"].as_array().into_iter().flatten();
    Some(Seen {
        id: id_of(&data["id"])?,
        text: text(&data["text"]),
        created_at: text(&data["created_at"]),
        media_keys: keys.filter_map(|key| key.as_str().map(str::to_owned)).collect(),
    })
}

/// An id given as text, or as the number some proxies make of it.
fn id_of(value: &Value) -> Option<String> {
    value.as_str().and_then(digits).or_else(|| value.as_u64().map(|id| id.to_string()))
}

fn digits(text: &str) -> Option<String> {
    let valid = (1..=20).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    valid.then(|| text.to_owned())
}

fn missing(name: &str) -> XError {
    XError::Malformed(format!("there is no {name} in it"))
}

#[cfg(test)]
#[path = "x_test.rs"]
mod tests;
