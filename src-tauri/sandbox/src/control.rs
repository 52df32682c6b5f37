//! The control: what a test or a person may do to the sandbox from outside the protocols.
//!
//! Invariant: the HTTP routes and the in-process handle are one function, [`Control::call`], so they cannot differ.
//! Absent: sign-in. The servers listen on 127.0.0.1 only and hold nothing but generated data.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::faults::FaultBook;
use crate::flickr::Flickr;
use crate::http::{Call, Reply};
use crate::log::RequestLog;
use crate::x::X;
use crate::{World, faults, lock};

const LOG_DEFAULT: usize = 1000;

/// Why a control call was not done.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ControlError {
    /// The request itself is wrong; the text says how.
    #[error("{0}")]
    Refused(String),
    /// There is no such control route.
    #[error(
        "no control route `{0}`; there are: state, faults, clock, photos, users, settings, verifier, revoke, posts, reset"
    )]
    NoRoute(String),
}

/// In which JSON type widths and heights are sent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SizesAs {
    /// Mixed inside one object, as recorded.
    #[default]
    Mixed,
    /// All numbers.
    Numbers,
    /// All strings.
    Strings,
}

/// How the servers answer in general.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Flickr's `total` as a string (until about 2020) instead of a number.
    pub totals_as_strings: bool,
    /// Widths and heights of Flickr's lists.
    pub sizes_as: SizesAs,
    /// X refuses with 429 when a window is used up (its headers count in any case).
    pub enforce_limits: bool,
    /// X names things `edit_history_post_ids` and so on.
    pub new_field_names: bool,
    /// X escapes `&`, `<` and `>` in the texts it returns.
    pub escape_text: bool,
    /// X takes a text a second time, so that nothing but Pierrot itself keeps it from posting twice.
    pub accept_duplicates: bool,
}

/// A handle with the powers of the control routes; clones share one sandbox.
#[derive(Debug, Clone)]
pub struct Control {
    world: Arc<World>,
}

impl Control {
    pub(crate) fn new(world: Arc<World>) -> Control {
        Control { world }
    }

    /// Does what `POST /_sandbox/{route}` with this body (or `GET` with its query as an object) does.
    pub fn call(&self, route: &str, body: &Value) -> Result<Value, ControlError> {
        act(&self.world, route, body)
    }

    /// Scripts one fault or a list of them (JSON as in the crate documentation).
    pub fn faults(&self, faults: &Value) -> Result<(), ControlError> {
        self.call("faults", faults).map(drop)
    }

    /// Forgets all faults.
    pub fn clear_faults(&self) {
        lock(&self.world.faults).clear(None);
    }

    /// Moves the sandbox clock forward (negative: back).
    pub fn advance_s(&self, seconds: i64) {
        self.world.clock.advance_s(seconds);
    }

    /// The sandbox's time in seconds since 1970.
    pub fn now_s(&self) -> i64 {
        self.world.clock.now_s()
    }

    /// Changes the library and returns the ids touched (JSON as in the crate documentation).
    pub fn photos(&self, changes: &Value) -> Result<Vec<String>, ControlError> {
        let answer = self.call("photos", changes)?;
        serde_json::from_value(answer["ids"].clone()).map_err(|why| ControlError::Refused(why.to_string()))
    }

    /// Adds an X account and returns its secrets by Pierrot's names.
    pub fn add_x_user(&self, name: &str) -> Result<Value, ControlError> {
        self.call("users", &json!({"name": name}))
    }

    /// How many requests of a kind came: a Flickr method name, or for example `POST /2/tweets`.
    pub fn count(&self, what: &str) -> u64 {
        lock(&self.world.log).count(what)
    }

    /// Posts that exist and are not deleted, over all X accounts.
    pub fn post_count(&self) -> usize {
        let now = self.world.clock.now_ms();
        let mut x = lock(&self.world.x);
        x.settle(now);
        x.live_posts()
    }

    /// What X would have billed so far, in US dollars.
    pub fn cost_usd(&self) -> f64 {
        lock(&self.world.x).cost_usd()
    }

    /// The bytes of an uploaded picture; the last 100 are kept.
    pub fn media_bytes(&self, id: &str) -> Option<bytes::Bytes> {
        lock(&self.world.x).media_bytes(id)
    }

    /// Everything as JSON, as `GET /_sandbox/state` answers.
    pub fn state(&self) -> Value {
        state(&self.world, LOG_DEFAULT)
    }

    /// Back to the beginning; secrets and ports stay.
    pub fn reset(&self) {
        reset(&self.world);
    }
}

/// Answers one request under `/_sandbox`.
pub(crate) fn route(world: &Arc<World>, call: &Call) -> Reply {
    let name = call.path.trim_start_matches("/_sandbox").trim_matches('/');
    if name == "media" {
        let bytes = call.query("id").and_then(|id| lock(&world.x).media_bytes(&id));
        return bytes.map_or_else(|| Reply::text(404, "text/plain", ""), |b| Reply::new(200, "image/jpeg", b));
    }
    let body = if call.body.is_empty() {
        Ok(crate::oauth::pairs(&call.query).into_iter().map(|(key, value)| (key, Value::String(value))).collect())
    } else {
        serde_json::from_slice(&call.body)
    };
    let answer = match body {
        Ok(body) => act(world, name, &body),
        Err(why) => Err(ControlError::Refused(format!("not JSON: {why}"))),
    };
    match answer {
        Ok(value) => Reply::json(200, &value),
        Err(why @ ControlError::NoRoute(_)) => Reply::json(404, &json!({"error": why.to_string()})),
        Err(why @ ControlError::Refused(_)) => Reply::json(400, &json!({"error": why.to_string()})),
    }
}

fn act(world: &Arc<World>, route: &str, body: &Value) -> Result<Value, ControlError> {
    match route {
        "" => Ok(json!(world.described)),
        "state" => {
            let limit = body["log"].as_str().and_then(|n| n.parse().ok()).or(body["log"].as_u64().map(|n| n as usize));
            Ok(state(world, limit.unwrap_or(LOG_DEFAULT)))
        }
        "faults" => script(world, body),
        "clock" => {
            let seconds = body["advance_s"].as_i64().ok_or_else(|| refused("clock: {\"advance_s\": seconds}"))?;
            world.clock.advance_s(seconds);
            Ok(json!({"now_s": world.clock.now_s()}))
        }
        "photos" => photos(world, body),
        "users" => {
            let name = body["name"].as_str().ok_or_else(|| refused("users: {\"name\": \"x2\"}"))?;
            lock(&world.x).add_user(name)
        }
        "settings" => settings(world, body),
        "verifier" => {
            let token = body["oauth_token"].as_str().unwrap_or_default();
            let code = lock(&world.flickr).verifier(token).or_else(|| lock(&world.x).pin(token));
            code.map(|code| json!({"verifier": code})).ok_or_else(|| refused("no such request token"))
        }
        "revoke" => {
            let token = body["token"].as_str().unwrap_or_default();
            let done = lock(&world.flickr).revoke(token) || lock(&world.x).revoke(token);
            if done { Ok(json!({"revoked": true})) } else { Err(refused("no such access token")) }
        }
        "posts" => lock(&world.x).post_by_hand(body, world.clock.now_ms()),
        "reset" => {
            reset(world);
            Ok(json!({"reset": true}))
        }
        _ => Err(ControlError::NoRoute(route.to_owned())),
    }
}

fn refused(why: &str) -> ControlError {
    ControlError::Refused(why.to_owned())
}

fn script(world: &World, body: &Value) -> Result<Value, ControlError> {
    let mut book = lock(&world.faults);
    match (body.get("clear"), body.get("replace")) {
        (Some(Value::String(id)), _) => book.clear(Some(id)),
        (Some(_), _) => book.clear(None),
        (None, Some(list)) => {
            let faults = faults::parse(list)?;
            book.clear(None);
            book.add(faults)?;
        }
        (None, None) => book.add(faults::parse(body)?)?,
    }
    Ok(json!({"faults": book.state()}))
}

fn photos(world: &World, body: &Value) -> Result<Value, ControlError> {
    let list = if body.is_array() { body.clone() } else { json!([body]) };
    let changes: Vec<crate::PhotoChange> =
        serde_json::from_value(list).map_err(|why| ControlError::Refused(format!("photo change: {why}")))?;
    let ids = lock(&world.flickr).library.apply(&changes, world.clock.now_s())?;
    Ok(json!({"ids": ids}))
}

fn settings(world: &World, body: &Value) -> Result<Value, ControlError> {
    let mut current = lock(&world.settings);
    let mut merged = json!(*current);
    if let (Some(merged), Some(given)) = (merged.as_object_mut(), body.as_object()) {
        merged.extend(given.clone());
    }
    *current = serde_json::from_value(merged).map_err(|why| ControlError::Refused(format!("settings: {why}")))?;
    Ok(json!(*current))
}

fn state(world: &World, log: usize) -> Value {
    let mut answer = lock(&world.x).state(world.clock.now_ms());
    answer["flickr"] = lock(&world.flickr).library.state();
    answer["faults"] = lock(&world.faults).state();
    answer["log"] = lock(&world.log).state(log);
    answer["now_s"] = json!(world.clock.now_s());
    answer["settings"] = json!(*lock(&world.settings));
    answer
}

fn reset(world: &World) {
    world.clock.reset();
    *lock(&world.faults) = FaultBook::default();
    *lock(&world.log) = RequestLog::default();
    *lock(&world.settings) = Settings::default();
    *lock(&world.flickr) = Flickr::new(&world.options, &world.described);
    *lock(&world.x) = X::new(world.options.seed);
}
