//! Posts: creating, deleting, and the refusal of a text that is already there.
//!
//! Invariant: a post exists from the moment it is inserted; ids are snowflakes of the sandbox clock and only grow.
//! A delayed post is checked against duplicates again when it lands.
//! Absent: the weighted character count (the product's own business); texts over 25,000 characters are refused.

use serde_json::{Value, json};

use crate::faults::{ForbiddenBody, forbidden};
use crate::hex;
use crate::http::Reply;

use super::ledger::Ledger;
use super::{Ask, invalid, stranger, unknown_field};

const EPOCH_MS: i64 = 1_288_834_974_657;
const TEXT_MAX: usize = 25_000;
const POSTS_MAX: usize = 100_000;

/// One post.
#[derive(Debug, Clone)]
pub(crate) struct Post {
    pub(crate) id: u64,
    pub(crate) user: usize,
    pub(crate) text: String,
    pub(crate) link: Option<String>,
    pub(crate) media_keys: Vec<String>,
    pub(crate) created_ms: i64,
    /// The timeline shows it from then on.
    pub(crate) visible_ms: i64,
    pub(crate) deleted: bool,
}

impl Post {
    /// The text as X returns it: with the address of the attached picture.
    pub(crate) fn shown(&self, escape: bool) -> String {
        let text = match &self.link {
            Some(link) if self.text.is_empty() => link.clone(),
            Some(link) => format!("{} {link}", self.text),
            None => self.text.clone(),
        };
        if escape { text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;") } else { text }
    }
}

#[derive(Debug)]
struct Pending {
    due_ms: i64,
    user: usize,
    text: String,
    media_keys: Vec<String>,
    lag_ms: i64,
}

/// All posts of all accounts, oldest first.
#[derive(Debug, Default)]
pub(crate) struct Posts {
    pub(crate) all: Vec<Post>,
    pending: Vec<Pending>,
}

impl Posts {
    /// Inserts a post and returns its id.
    pub(crate) fn insert(&mut self, user: usize, text: &str, media_keys: Vec<String>, now_ms: i64, lag_ms: i64) -> u64 {
        let stamp = ((now_ms - EPOCH_MS).max(1) as u64) << 22;
        let id = self.all.last().map_or(stamp, |last| stamp.max(last.id + 1));
        let link = (!media_keys.is_empty()).then(|| format!("https://t.co/{}", hex(id, "t.co", 10)));
        if self.all.len() >= POSTS_MAX {
            self.all.remove(0);
        }
        self.all.push(Post {
            id,
            user,
            text: text.to_owned(),
            link,
            media_keys,
            created_ms: now_ms,
            visible_ms: now_ms + lag_ms,
            deleted: false,
        });
        id
    }

    /// Makes pending posts real that are due; a duplicate of what came meanwhile is lost.
    pub(crate) fn settle(&mut self, now_ms: i64, ledger: &mut Ledger) {
        self.pending.sort_by_key(|pending| pending.due_ms);
        while self.pending.first().is_some_and(|pending| pending.due_ms <= now_ms) {
            let due = self.pending.remove(0);
            if !self.is_duplicate(due.user, &due.text) {
                ledger.post(&due.text, due.due_ms);
                self.insert(due.user, &due.text, due.media_keys, due.due_ms, due.lag_ms);
            }
        }
    }

    fn is_duplicate(&self, user: usize, text: &str) -> bool {
        !text.is_empty() && self.all.iter().any(|post| post.user == user && post.text.trim() == text.trim())
    }

    /// Posts that are not deleted.
    pub(crate) fn live(&self) -> usize {
        self.all.iter().filter(|post| !post.deleted).count()
    }

    /// All posts, deleted and pending ones marked.
    pub(crate) fn state(&self, names: &[String]) -> Value {
        let row = |post: &Post| {
            json!({"id": post.id.to_string(), "user": names.get(post.user), "text": post.text,
                   "shown": post.shown(false), "media_keys": post.media_keys, "created_ms": post.created_ms,
                   "visible_ms": post.visible_ms, "deleted": post.deleted})
        };
        let mut rows: Vec<Value> = self.all.iter().map(row).collect();
        rows.extend(self.pending.iter().map(|pending| {
            json!({"id": null, "user": names.get(pending.user), "text": pending.text, "due_ms": pending.due_ms,
                   "media_keys": pending.media_keys, "pending": true, "deleted": false})
        }));
        rows.into()
    }
}

/// `POST /2/tweets`.
pub(crate) fn create(ask: &mut Ask<'_>) -> Reply {
    let body = match json_body(ask) {
        Ok(body) => body,
        Err(reply) => return reply,
    };
    if let Some(reply) = wrong(&body) {
        return reply;
    }
    let text = body["text"].as_str().unwrap_or_default().to_owned();
    let ids: Vec<&str> = body["media"]["media_ids"]
        .as_array()
        .map(|ids| ids.iter().filter_map(Value::as_str).collect())
        .unwrap_or_default();
    if text.trim().is_empty() && ids.is_empty() {
        return invalid("text", "One of text or media.media_ids is required.");
    }
    if text.chars().count() > TEXT_MAX || text.contains(['\u{fffe}', '\u{feff}', '\u{ffff}']) {
        return invalid("text", "The text is too long or holds characters that are not allowed.");
    }
    let mut media_keys = Vec::new();
    for id in &ids {
        match ask.x.media.usable(id, ask.user, ask.now_ms) {
            Some(key) => media_keys.push(key),
            None => return bad_media(&ids),
        }
    }
    if !ask.accept_duplicates && ask.x.posts.is_duplicate(ask.user, &text) {
        return Reply::problem(403, &forbidden(ForbiddenBody::Duplicate));
    }
    let lag_ms = ask.modifiers.timeline_lag_s.saturating_mul(1000);
    if let Some(delay_ms) = ask.modifiers.delay_effect_ms {
        let due_ms = ask.now_ms + delay_ms;
        ask.x.posts.pending.push(Pending { due_ms, user: ask.user, text, media_keys, lag_ms });
        return Reply::text(504, "text/html", "<html><body><h1>504 Gateway Time-out</h1></body></html>");
    }
    ask.x.ledger.post(&text, ask.now_ms);
    let id = ask.x.posts.insert(ask.user, &text, media_keys, ask.now_ms, lag_ms);
    let shown = ask.x.posts.all.last().map(|post| post.shown(ask.escape_text)).unwrap_or_default();
    let history = if ask.new_names { "edit_history_post_ids" } else { "edit_history_tweet_ids" };
    Reply::json(201, &json!({"data": {"id": id.to_string(), "text": shown, history: [id.to_string()]}}))
}

/// The JSON object of the body; X wants the content type said.
pub(crate) fn json_body(ask: &Ask<'_>) -> Result<Value, Reply> {
    let kind = ask.call.header("content-type").unwrap_or_default();
    if !kind.to_ascii_lowercase().starts_with("application/json") {
        return Err(invalid("content-type", "The Content-Type must be application/json."));
    }
    match serde_json::from_slice::<Value>(&ask.call.body) {
        Ok(body) if body.is_object() => Ok(body),
        Ok(_) | Err(_) => Err(invalid("body", "The body is not a JSON object.")),
    }
}

/// The schema of CreatePostsRequest: unknown fields and wrong types are refused by name.
fn wrong(body: &Value) -> Option<Reply> {
    const TOP: [&str; 16] = [
        "text",
        "media",
        "reply",
        "reply_settings",
        "poll",
        "geo",
        "quote_tweet_id",
        "made_with_ai",
        "paid_partnership",
        "community_id",
        "share_with_followers",
        "edit_options",
        "nullcast",
        "for_super_followers_only",
        "card_uri",
        "direct_message_deep_link",
    ];
    const INNER: [(&str, &[&str]); 5] = [
        ("media", &["media_ids", "tagged_user_ids"]),
        ("reply", &["in_reply_to_tweet_id", "exclude_reply_user_ids", "auto_populate_reply_metadata"]),
        ("geo", &["place_id"]),
        ("poll", &["options", "duration_minutes", "reply_settings"]),
        ("edit_options", &["previous_post_id"]),
    ];
    if let Some(name) = stranger(body, &TOP) {
        return Some(unknown_field(name));
    }
    for (outer, allowed) in INNER {
        let Some(inner) = body.get(outer) else { continue };
        if !inner.is_object() {
            return Some(invalid(outer, &format!("$.{outer}: object expected")));
        }
        if let Some(name) = stranger(inner, allowed) {
            return Some(unknown_field(&format!("{outer}.{name}")));
        }
    }
    if body.get("text").is_some_and(|text| !text.is_string()) {
        return Some(invalid("text", "$.text: string expected"));
    }
    let media = body.get("media")?;
    let Some(ids) = media.get("media_ids").and_then(Value::as_array) else {
        return Some(invalid("media.media_ids", "$.media.media_ids: is missing but it is required"));
    };
    let digits = |id: &Value| {
        id.as_str().is_some_and(|s| !s.is_empty() && s.len() <= 19 && s.bytes().all(|b| b.is_ascii_digit()))
    };
    if ids.is_empty() || ids.len() > 4 {
        return Some(invalid("media.media_ids", "$.media.media_ids: there must be 1 to 4 items in the array"));
    }
    if !ids.iter().all(digits) {
        return Some(invalid("media.media_ids", "$.media.media_ids: does not match the regex pattern ^[0-9]{1,19}$"));
    }
    ["poll", "quote_tweet_id", "card_uri"]
        .iter()
        .find(|name| body.get(**name).is_some())
        .map(|name| invalid(name, "media excludes poll, quote and card"))
}

fn bad_media(ids: &[&str]) -> Reply {
    Reply::problem(
        400,
        &json!({"errors": [{"parameters": {"media.media_ids": ids},
        "message": "Your media IDs are invalid."}], "title": "Invalid Request",
        "detail": "One or more parameters to your request was invalid.",
        "type": "https://api.twitter.com/2/problems/invalid-request"}),
    )
}

/// `DELETE /2/tweets/{id}`.
pub(crate) fn delete(ask: &mut Ask<'_>) -> Reply {
    let id = ask.call.path.rsplit('/').next().and_then(|id| id.parse::<u64>().ok());
    let user = ask.user;
    let found = ask.x.posts.all.iter_mut().find(|post| Some(post.id) == id && !post.deleted);
    match found {
        Some(post) if post.user == user => {
            post.deleted = true;
            ask.x.ledger.delete(ask.now_ms);
            Reply::json(200, &json!({"data": {"deleted": true}}))
        }
        Some(_) => Reply::problem(403, &forbidden(ForbiddenBody::NotPermitted)),
        None => Reply::json(200, &json!({"data": {"deleted": false}})),
    }
}
