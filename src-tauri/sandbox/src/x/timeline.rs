//! Reading posts back: the timeline of an account and a single post.
//!
//! Invariant: a post that a fault lets lag is absent until the sandbox clock reaches its time; attachments appear only
//! when they were asked for. Reading is billed per post returned.
//! Absent: other people's posts.

use serde_json::{Value, json};

use super::posts::Post;
use super::{Ask, invalid};
use crate::clock::iso_ms;
use crate::http::Reply;
use crate::oauth::pairs;

const PARAMETERS: [&str; 14] = [
    "max_results",
    "pagination_token",
    "since_id",
    "until_id",
    "start_time",
    "end_time",
    "exclude",
    "tweet.fields",
    "post.fields",
    "expansions",
    "media.fields",
    "user.fields",
    "poll.fields",
    "place.fields",
];

#[derive(Debug, Default)]
struct Wanted {
    created_at: bool,
    attachments: bool,
    media: bool,
    alt_text: bool,
}

fn wanted(query: &[(String, String)]) -> Wanted {
    let asks = |parameter: &str, field: &str| {
        query.iter().any(|(key, list)| key == parameter && list.split(',').any(|name| name.trim() == field))
    };
    let field = |name: &str| asks("tweet.fields", name) || asks("post.fields", name);
    let media = asks("expansions", "attachments.media_keys");
    Wanted {
        created_at: field("created_at"),
        attachments: field("attachments") || media,
        media,
        alt_text: asks("media.fields", "alt_text"),
    }
}

/// `GET /2/users/{id}/tweets`.
pub(crate) fn read(ask: &mut Ask<'_>) -> Reply {
    let query = pairs(&ask.call.query);
    if let Some((name, _)) = query.iter().find(|(key, _)| !PARAMETERS.contains(&key.as_str())) {
        return invalid(name, &format!("The query parameter [{name}] is not one of [{}]", PARAMETERS.join(",")));
    }
    let id = ask.call.path.split('/').nth(3).unwrap_or_default();
    let Some(user) = ask.x.users.iter().position(|user| user.id == id) else {
        return Reply::json(
            200,
            &json!({"errors": [{"value": id, "detail": format!("Could not find user with id: [{id}]."),
            "title": "Not Found Error", "resource_type": "user", "parameter": "id",
            "type": "https://api.twitter.com/2/problems/resource-not-found"}]}),
        );
    };
    let range = match Range::read(&query) {
        Ok(range) => range,
        Err(reply) => return reply,
    };
    let shown = |post: &&Post| post.user == user && !post.deleted && post.visible_ms <= ask.now_ms;
    let mut found: Vec<Post> = ask
        .x
        .posts
        .all
        .iter()
        .rev()
        .filter(shown)
        .filter(|post| range.holds(post))
        .take(range.max_results + 1)
        .cloned()
        .collect();
    let more = found.len() > range.max_results;
    found.truncate(range.max_results);
    ask.x.ledger.own_reads(found.len(), ask.now_ms);
    answer(ask, &found, &wanted(&query), more)
}

fn answer(ask: &Ask<'_>, found: &[Post], wanted: &Wanted, more: bool) -> Reply {
    let (Some(newest), Some(oldest)) = (found.first(), found.last()) else {
        return Reply::json(200, &json!({"meta": {"result_count": 0}}));
    };
    let rows: Vec<Value> = found.iter().map(|post| row(ask, post, wanted)).collect();
    let mut body = json!({"data": rows});
    let media = media(ask, found, wanted);
    if !media.is_empty() {
        body["includes"] = json!({"media": media});
    }
    body["meta"] = json!({"result_count": found.len(), "newest_id": newest.id.to_string(),
        "oldest_id": oldest.id.to_string()});
    if more {
        body["meta"]["next_token"] = json!(format!("7140{:x}", oldest.id));
    }
    Reply::json(200, &body)
}

fn row(ask: &Ask<'_>, post: &Post, wanted: &Wanted) -> Value {
    let history = if ask.new_names { "edit_history_post_ids" } else { "edit_history_tweet_ids" };
    let mut row = json!({"id": post.id.to_string(), "text": post.shown(ask.escape_text),
        history: [post.id.to_string()]});
    if wanted.created_at {
        row["created_at"] = json!(iso_ms(post.created_ms));
    }
    if wanted.attachments && !post.media_keys.is_empty() {
        row["attachments"] = json!({"media_keys": post.media_keys});
    }
    row
}

fn media(ask: &Ask<'_>, found: &[Post], wanted: &Wanted) -> Vec<Value> {
    if !wanted.media {
        return Vec::new();
    }
    let describe = |key: &String| {
        let mut row = json!({"media_key": key, "type": "photo"});
        if let Some(text) = ask.x.media.alt_text(key).filter(|_| wanted.alt_text) {
            row["alt_text"] = json!(text);
        }
        row
    };
    found.iter().flat_map(|post| post.media_keys.iter().map(describe)).collect()
}

/// `GET /2/tweets/{id}`.
pub(crate) fn one(ask: &mut Ask<'_>) -> Reply {
    let query = pairs(&ask.call.query);
    let id = ask.call.path.rsplit('/').next().unwrap_or_default();
    let seen = |post: &&Post| post.id.to_string() == id && !post.deleted && post.visible_ms <= ask.now_ms;
    let Some(post) = ask.x.posts.all.iter().find(seen).cloned() else {
        return Reply::json(
            200,
            &json!({"errors": [{"value": id, "detail": format!("Could not find tweet with id: [{id}]."),
            "title": "Not Found Error", "resource_type": "tweet", "parameter": "id",
            "type": "https://api.twitter.com/2/problems/resource-not-found"}]}),
        );
    };
    ask.x.ledger.own_reads(1, ask.now_ms);
    let wanted = wanted(&query);
    let mut body = json!({"data": row(ask, &post, &wanted)});
    let media = media(ask, std::slice::from_ref(&post), &wanted);
    if !media.is_empty() {
        body["includes"] = json!({"media": media});
    }
    Reply::json(200, &body)
}

#[derive(Debug)]
struct Range {
    max_results: usize,
    after_id: u64,
    before_id: u64,
    from_ms: i64,
    until_ms: i64,
}

impl Range {
    fn read(query: &[(String, String)]) -> Result<Range, Reply> {
        let get = |name: &str| query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
        let max_results = match get("max_results").map(str::parse::<usize>) {
            None => 10,
            Some(Ok(n)) if (5..=100).contains(&n) => n,
            Some(Ok(_) | Err(_)) => {
                return Err(invalid("max_results", "The `max_results` query parameter value is not between 5 and 100"));
            }
        };
        let id = |name: &str, none: u64| match get(name) {
            None => Ok(none),
            Some(text) => text.parse().map_err(|_| invalid(name, "not a valid id")),
        };
        let time = |name: &str, none: i64| match get(name) {
            None => Ok(none),
            Some(text) => text
                .parse::<jiff::Timestamp>()
                .map(|at| at.as_millisecond())
                .map_err(|_| invalid(name, "not a valid RFC3339 date time: YYYY-MM-DDTHH:mm:ssZ")),
        };
        if let Some(word) =
            get("exclude").and_then(|list| list.split(',').find(|w| !matches!(*w, "replies" | "retweets")))
        {
            return Err(invalid(
                "exclude",
                &format!("The `exclude` query parameter value [{word}] is not one of [replies,retweets]"),
            ));
        }
        let page = match get("pagination_token") {
            None => u64::MAX,
            Some(token) => token
                .strip_prefix("7140")
                .and_then(|hex| u64::from_str_radix(hex, 16).ok())
                .ok_or_else(|| invalid("pagination_token", "Invalid 'pagination_token'"))?,
        };
        Ok(Range {
            max_results,
            after_id: id("since_id", 0)?,
            before_id: id("until_id", u64::MAX)?.min(page),
            from_ms: time("start_time", i64::MIN)?,
            until_ms: time("end_time", i64::MAX)?,
        })
    }

    fn holds(&self, post: &Post) -> bool {
        post.id > self.after_id
            && post.id < self.before_id
            && post.created_ms >= self.from_ms
            && post.created_ms < self.until_ms
    }
}
