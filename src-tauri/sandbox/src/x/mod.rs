//! The loopback X: accounts, signatures, routes, limits and the price ledger.
//!
//! Invariant: nothing is done before the signature holds; every billable act leaves one ledger line in the moment it
//! happens. A post that a fault delays is not there (nor billed) until the sandbox clock reaches it.
//! Absent: OAuth 2.0, and replies, polls and quotes beyond what the schema allows to be written.

pub(crate) mod ledger;
pub(crate) mod media;
pub(crate) mod posts;
pub(crate) mod sign_in;
pub(crate) mod timeline;

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::control::ControlError;
use crate::faults::Modifiers;
use crate::http::{Call, Reply};
use crate::oauth::{Known, Nonces, Signed, verify};
use crate::{World, hex, lock, mix};

const USERS_MAX: usize = 1000;
const WINDOW_S: i64 = 900;

/// One account with the app and the token that may post for it.
#[derive(Debug, Clone)]
pub(crate) struct User {
    /// The name of the Pierrot target: the prefix of the secrets.
    pub(crate) name: String,
    pub(crate) id: String,
    pub(crate) username: String,
    consumer_key: String,
    consumer_secret: String,
    token: String,
    token_secret: String,
}

impl User {
    /// The `nth` account, its ids and secrets derived from the seed.
    pub(crate) fn new(seed: u64, nth: u64, name: &str) -> User {
        let id = (1_900_000_000_000_000_000 + mix(seed, nth ^ 0xacc) % 1_000_000_000_000).to_string();
        let username = if nth == 0 { "maren_holt".to_owned() } else { format!("maren_holt_{}", nth + 1) };
        let secret = |part: &str, digits| hex(seed, &format!("x.{nth}.{part}"), digits);
        User {
            name: name.to_owned(),
            username,
            consumer_key: secret("consumer_key", 25),
            consumer_secret: secret("consumer_secret", 50),
            token: format!("{id}-{}", secret("access_token", 30)),
            token_secret: secret("access_token_secret", 45),
            id,
        }
    }

    /// The four secrets by Pierrot's names.
    pub(crate) fn secrets(&self) -> BTreeMap<String, String> {
        let named = |part: &str, value: &String| (format!("{}.{part}", self.name), value.clone());
        BTreeMap::from([
            named("consumer_key", &self.consumer_key),
            named("consumer_secret", &self.consumer_secret),
            named("access_token", &self.token),
            named("access_token_secret", &self.token_secret),
        ])
    }
}

/// Everything the service knows.
#[derive(Debug)]
pub(crate) struct X {
    seed: u64,
    users: Vec<User>,
    sign_in: sign_in::SignIn,
    nonces: Nonces,
    windows: BTreeMap<(usize, &'static str), (i64, u64)>,
    pub(crate) ledger: ledger::Ledger,
    pub(crate) media: media::MediaStore,
    pub(crate) posts: posts::Posts,
}

impl X {
    /// A service with one account.
    pub(crate) fn new(seed: u64) -> X {
        X {
            seed,
            users: vec![User::new(seed, 0, "x")],
            sign_in: sign_in::SignIn::default(),
            nonces: Nonces::default(),
            windows: BTreeMap::new(),
            ledger: ledger::Ledger::default(),
            media: media::MediaStore::default(),
            posts: posts::Posts::default(),
        }
    }

    /// Adds an account named after a Pierrot target, or returns the one there is.
    pub(crate) fn add_user(&mut self, name: &str) -> Result<Value, ControlError> {
        let known = self.users.iter().position(|user| user.name == name);
        if known.is_none() && self.users.len() >= USERS_MAX {
            return Err(ControlError::Refused(format!("at most {USERS_MAX} accounts")));
        }
        let at = known.unwrap_or_else(|| {
            self.users.push(User::new(self.seed, self.users.len() as u64, name));
            self.users.len() - 1
        });
        let user = &self.users[at];
        Ok(json!({"name": user.name, "user_id": user.id, "username": user.username, "secrets": user.secrets()}))
    }

    /// The PIN shown for a request token.
    pub(crate) fn pin(&self, request_token: &str) -> Option<String> {
        self.sign_in.pin(request_token)
    }

    /// Makes an access token invalid.
    pub(crate) fn revoke(&mut self, token: &str) -> bool {
        if token.is_empty() {
            return false;
        }
        match self.users.iter_mut().find(|user| user.token == token) {
            Some(user) => {
                user.token.clear();
                true
            }
            None => self.sign_in.revoke(token),
        }
    }

    /// Makes delayed posts real whose time has come.
    pub(crate) fn settle(&mut self, now_ms: i64) {
        self.posts.settle(now_ms, &mut self.ledger);
    }

    /// Posts that exist now.
    pub(crate) fn live_posts(&self) -> usize {
        self.posts.live()
    }

    /// The sum of the ledger.
    pub(crate) fn cost_usd(&self) -> f64 {
        self.ledger.total_usd()
    }

    /// The bytes of an uploaded picture.
    pub(crate) fn media_bytes(&self, id: &str) -> Option<bytes::Bytes> {
        self.media.bytes(id)
    }

    /// A post that somebody wrote by hand.
    pub(crate) fn post_by_hand(&mut self, body: &Value, now_ms: i64) -> Result<Value, ControlError> {
        let name = body["user"].as_str().unwrap_or("x");
        let user = self.users.iter().position(|user| user.name == name);
        let user = user.ok_or_else(|| ControlError::Refused(format!("no account {name}")))?;
        let keys = body["media_keys"].as_array().cloned().unwrap_or_default();
        let keys = keys.iter().filter_map(|key| key.as_str().map(str::to_owned)).collect();
        let id = self.posts.insert(user, body["text"].as_str().unwrap_or_default(), keys, now_ms, 0);
        Ok(json!({"id": id.to_string()}))
    }

    /// Accounts, posts, media and ledger.
    pub(crate) fn state(&mut self, now_ms: i64) -> Value {
        self.settle(now_ms);
        let names: Vec<String> = self.users.iter().map(|user| user.name.clone()).collect();
        let users: Vec<Value> = self
            .users
            .iter()
            .map(|user| json!({"name": user.name, "user_id": user.id, "username": user.username}))
            .collect();
        json!({"users": users, "posts": self.posts.state(&names), "media": self.media.state(&names),
               "ledger": self.ledger.state()})
    }

    /// The account a request is signed for.
    fn authenticate(&mut self, call: &Call, now_s: i64) -> Result<usize, Reply> {
        let signed = Signed::read(call).ok_or_else(unauthorized)?;
        let token = signed.get("oauth_token").unwrap_or_default().to_owned();
        let X { users, sign_in, nonces, .. } = self;
        let mut owner = None;
        let checked = verify(call, &signed, nonces, now_s, |consumer, _| {
            let Some(app) = users.iter().find(|user| user.consumer_key == consumer) else {
                return Known::ConsumerUnknown;
            };
            let own = (!token.is_empty() && app.token == token).then(|| app.token_secret.clone());
            let secret = own.or_else(|| sign_in.access_secret(&token, consumer));
            owner = users.iter().position(|user| user.id == app.id);
            match secret {
                Some(token_secret) => Known::Both { consumer_secret: app.consumer_secret.clone(), token_secret },
                None => Known::TokenUnknown,
            }
        });
        match (checked, owner) {
            (Ok(()), Some(owner)) => Ok(owner),
            (Ok(()), None) | (Err(_), _) => Err(unauthorized()),
        }
    }

    /// Counts a request against its window and writes the headers; `true` when the window is used up.
    fn count(
        &mut self,
        user: usize,
        window: (&'static str, u64),
        now_s: i64,
        headers: &mut Vec<(String, String)>,
    ) -> bool {
        let (name, limit) = window;
        let entry = self.windows.entry((user, name)).or_insert((now_s + WINDOW_S, 0));
        if entry.0 <= now_s {
            *entry = (now_s + WINDOW_S, 0);
        }
        entry.1 += 1;
        let mut set = |name: &str, value: String| headers.push((name.to_owned(), value));
        set("x-rate-limit-limit", limit.to_string());
        set("x-rate-limit-remaining", limit.saturating_sub(entry.1).to_string());
        set("x-rate-limit-reset", entry.0.to_string());
        set("x-transaction-id", hex(self.seed, &format!("{user}{name}{}", entry.1), 16));
        entry.1 > limit
    }
}

/// The plain 401.
pub(crate) fn unauthorized() -> Reply {
    Reply::problem(
        401,
        &json!({"title": "Unauthorized", "type": "about:blank", "status": 401, "detail": "Unauthorized"}),
    )
}

/// A 400 that names the parameter and says what is wrong with it.
pub(crate) fn invalid(parameter: &str, message: &str) -> Reply {
    Reply::problem(
        400,
        &json!({"errors": [{"parameters": {parameter: []}, "message": message}],
        "title": "Invalid Request", "detail": "One or more parameters to your request was invalid.",
        "type": "https://api.twitter.com/2/problems/invalid-request"}),
    )
}

/// The 400 for an unknown field, in the words of a schema check.
pub(crate) fn unknown_field(path: &str) -> Reply {
    let why = format!("$.{path}: is not defined in the schema and the schema does not allow additional properties");
    invalid(path, &why)
}

/// The object's first key that is not in the list.
pub(crate) fn stranger<'a>(object: &'a Value, allowed: &[&str]) -> Option<&'a str> {
    object.as_object()?.keys().map(String::as_str).find(|key| !allowed.contains(key))
}

/// Everything a route needs.
#[derive(Debug)]
pub(crate) struct Ask<'a> {
    pub(crate) x: &'a mut X,
    pub(crate) call: &'a Call,
    pub(crate) user: usize,
    pub(crate) now_ms: i64,
    pub(crate) modifiers: &'a Modifiers,
    pub(crate) new_names: bool,
    pub(crate) escape_text: bool,
    pub(crate) accept_duplicates: bool,
}

/// Answers one request.
pub(crate) fn handle(world: &World, call: &Call, modifiers: &Modifiers) -> Reply {
    let now_ms = world.clock.now_ms();
    let settings = lock(&world.settings).clone();
    let mut x = lock(&world.x);
    x.settle(now_ms);
    if let Some(step) = call.path.strip_prefix("/oauth/") {
        return sign_in::handle(&mut x, call, step, now_ms / 1000);
    }
    let Some((window, limit, route)) = find(call) else {
        return Reply::problem(
            404,
            &json!({"title": "Not Found", "type": "about:blank", "status": 404,
            "detail": "Not Found"}),
        );
    };
    let user = match x.authenticate(call, now_ms / 1000) {
        Ok(user) => user,
        Err(reply) => return reply,
    };
    let mut headers = Vec::new();
    let used_up = x.count(user, (window, limit), now_ms / 1000, &mut headers);
    let new_names = modifiers.new_field_names || settings.new_field_names;
    let mut reply = if used_up && settings.enforce_limits {
        Reply::problem(
            429,
            &json!({"title": "Too Many Requests", "detail": "Too Many Requests",
            "type": "about:blank", "status": 429}),
        )
    } else {
        let (escape_text, accept_duplicates) = (settings.escape_text, settings.accept_duplicates);
        route(&mut Ask { x: &mut x, call, user, now_ms, modifiers, new_names, escape_text, accept_duplicates })
    };
    for (name, value) in headers {
        reply.set(&name, &value);
    }
    if modifiers.extra_fields {
        add_extra(&mut reply);
    }
    reply
}

type Route = fn(&mut Ask<'_>) -> Reply;

fn find(call: &Call) -> Option<(&'static str, u64, Route)> {
    let path: Vec<&str> = call.path.trim_matches('/').split('/').collect();
    let found: (&'static str, u64, Route) = match (call.method.as_str(), path.as_slice()) {
        ("GET", ["2", "users", "me"]) => ("users/me", 75, me),
        ("GET", ["2", "users", _, "tweets"]) => ("users/:id/tweets", 900, timeline::read),
        ("POST", ["2", "tweets"]) => ("POST tweets", 100, posts::create),
        ("GET", ["2", "tweets", _]) => ("GET tweets", 900, timeline::one),
        ("DELETE", ["2", "tweets", _]) => ("DELETE tweets", 50, posts::delete),
        ("POST", ["2", "media", "upload"]) => ("media/upload", 500, media::upload),
        ("GET", ["2", "media", "upload"]) => ("media/status", 1000, media::status),
        ("POST", ["2", "media", "upload", "initialize"]) => ("initialize", 1875, media::initialize),
        ("POST", ["2", "media", "upload", _, "append"]) => ("append", 1875, media::append),
        ("POST", ["2", "media", "upload", _, "finalize"]) => ("finalize", 1875, media::finalize),
        ("POST", ["2", "media", "metadata"]) => ("metadata", 500, media::metadata),
        _ => return None,
    };
    Some(found)
}

fn me(ask: &mut Ask<'_>) -> Reply {
    let user = &ask.x.users[ask.user];
    let body = json!({"data": {"id": user.id, "name": "Maren Holt", "username": user.username}});
    ask.x.ledger.user_read(ask.user, ask.now_ms);
    Reply::json(200, &body)
}

fn add_extra(reply: &mut Reply) {
    let Ok(mut value) = serde_json::from_slice::<Value>(&reply.body) else { return };
    if let Some(object) = value.as_object_mut() {
        object.insert("x_new".to_owned(), json!({"shiny": [1, null, "two"]}));
    }
    if let Some(data) = value.get_mut("data").and_then(Value::as_object_mut) {
        data.insert("another_new_field".to_owned(), json!({"deep": {"er": true}}));
    }
    reply.body = value.to_string().into();
}

#[cfg(test)]
#[path = "x_test.rs"]
mod tests;
