//! The loopback Flickr: who is asking, which method, and the envelope around the answer.
//!
//! Invariant: API failures are HTTP 200 with `stat: fail`; OAuth failures are HTTP 401 (400 for absent parameters) with
//! an `oauth_problem` text, as recorded from the real service.
//! Absent: writing methods; Pierrot only reads.

pub(crate) mod methods;
pub(crate) mod oauth;
pub(crate) mod photos;
pub(crate) mod rows;
pub(crate) mod sizes;
pub(crate) mod static_host;
pub(crate) mod words;

use std::collections::{BTreeMap, HashMap};

use serde_json::json;

use crate::faults::Modifiers;
use crate::http::{Call, Reply};
use crate::oauth::{Known, Nonces, Problem, Signed, pairs, verify};
use crate::{Described, Options, World, hex, lock};

/// Path of the REST endpoint.
pub(crate) const REST_PATH: &str = "/services/rest/";
/// The owner's NSID.
pub(crate) const NSID: &str = "68473921@N05";
/// The owner's user name.
pub(crate) const USERNAME: &str = "maren_holt";
/// The owner's name.
pub(crate) const FULL_NAME: &str = "Maren Holt";
/// The owner's path alias.
pub(crate) const PATH_ALIAS: &str = "marenholt";

/// The account's keys, tokens and library.
#[derive(Debug)]
pub(crate) struct Flickr {
    seed: u64,
    static_url: String,
    api_key: String,
    api_secret: String,
    login: oauth::Login,
    nonces: Nonces,
    pub(crate) library: photos::Library,
}

/// The secrets by Pierrot's names.
pub(crate) fn secrets(seed: u64) -> BTreeMap<String, String> {
    let make = |name: &str, digits| (name.to_owned(), hex(seed, name, digits));
    let token = format!("7215772{}-{}", 10_000_000_000 + seed % 1_000_000_000, hex(seed, "flickr.token", 16));
    BTreeMap::from([
        make("flickr.api_key", 32),
        make("flickr.api_secret", 16),
        ("flickr.token".to_owned(), token),
        make("flickr.token_secret", 16),
    ])
}

/// Who is asking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Viewer {
    Owner,
    Public,
}

impl Flickr {
    /// A fresh account.
    pub(crate) fn new(options: &Options, described: &Described) -> Flickr {
        let secret = |name: &str| described.secrets.get(name).cloned().unwrap_or_default();
        Flickr {
            seed: options.seed,
            static_url: described.flickr.static_url.clone(),
            api_key: secret("flickr.api_key"),
            api_secret: secret("flickr.api_secret"),
            login: oauth::Login::new(options.seed, secret("flickr.token"), secret("flickr.token_secret")),
            nonces: Nonces::default(),
            library: photos::Library::new(options.seed, options.photos),
        }
    }

    /// The code shown for a request token.
    pub(crate) fn verifier(&self, request_token: &str) -> Option<String> {
        self.login.verifier(request_token)
    }

    /// Makes an access token invalid; false when it is unknown.
    pub(crate) fn revoke(&mut self, token: &str) -> bool {
        self.login.revoke(token)
    }

    fn verify(&mut self, call: &Call, signed: &Signed, now_s: i64) -> Result<(), Problem> {
        let Flickr { api_key, api_secret, login, nonces, .. } = self;
        verify(call, signed, nonces, now_s, |consumer, token| {
            if consumer != api_key {
                return Known::ConsumerUnknown;
            }
            match token.map_or(Some(String::new()), |token| login.secret(token)) {
                Some(token_secret) => Known::Both { consumer_secret: api_secret.clone(), token_secret },
                None => Known::TokenUnknown,
            }
        })
    }
}

/// Answers one request of the API and OAuth host.
pub(crate) fn handle(world: &World, call: &Call, modifiers: &Modifiers) -> Reply {
    if call.path == REST_PATH || call.path == "/services/rest" {
        return rest(world, call, modifiers);
    }
    if let Some(step) = call.path.strip_prefix("/services/oauth/") {
        return oauth::handle(world, call, step);
    }
    Reply::text(404, "text/html", "<html><body><h1>404</h1></body></html>")
}

fn rest(world: &World, call: &Call, modifiers: &Modifiers) -> Reply {
    let asked = parameters(call);
    let method = asked.get("method").map_or("", String::as_str);
    let mut flickr = lock(&world.flickr);
    let viewer = match Signed::read(call) {
        Some(signed) => match flickr.verify(call, &signed, world.clock.now_s()) {
            Ok(()) if signed.get("oauth_token").is_some() => Viewer::Owner,
            Ok(()) => Viewer::Public,
            Err(problem) => return refused(&problem),
        },
        None => match asked.get("api_key") {
            Some(key) if *key == flickr.api_key => Viewer::Public,
            Some(key) => {
                let well_formed = key.len() == 32 && key.bytes().all(|b| b.is_ascii_hexdigit());
                let why = if well_formed { "Key not found" } else { "Key has invalid format" };
                return fail(call, 100, &format!("Invalid API Key ({why})"));
            }
            None => return fail(call, 100, "Invalid API Key (Key has invalid format)"),
        },
    };
    let settings = lock(&world.settings).clone();
    let mut ask = methods::Ask { flickr: &mut flickr, asked: &asked, viewer, modifiers, settings: &settings };
    match ask.answer(method) {
        Ok(body) => wrap(call, body),
        Err(methods::Refusal { code, message }) => fail(call, code, &message),
    }
}

/// The parameters of query and form body that are not OAuth's.
pub(crate) fn parameters(call: &Call) -> HashMap<String, String> {
    let all = pairs(&call.query).into_iter().chain(crate::oauth::form(call));
    all.filter(|(key, _)| !key.starts_with("oauth_") || key == "oauth_token").collect()
}

fn fail(call: &Call, code: i64, message: &str) -> Reply {
    wrap(call, json!({"stat": "fail", "code": code, "message": message}).to_string())
}

/// The body, wrapped in `jsonFlickrApi(...)` unless both format=json and nojsoncallback=1 were asked.
pub(crate) fn wrap(call: &Call, body: String) -> Reply {
    let asked = parameters(call);
    let is = |name: &str, value: &str| asked.get(name).is_some_and(|v| v == value);
    let mut reply = if is("nojsoncallback", "1") && is("format", "json") {
        Reply::new(200, "application/json", body)
    } else {
        let name = asked.get("jsoncallback").filter(|n| n.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_'));
        let name = name.map_or("jsonFlickrApi", String::as_str);
        Reply::text(200, "text/javascript", &format!("{name}({body})"))
    };
    reply.set("server", "openresty");
    reply.set("x-flickr-api-request", "1");
    reply
}

/// The text Flickr sends for an OAuth problem.
pub(crate) fn refused(problem: &Problem) -> Reply {
    match problem {
        Problem::ParameterAbsent(name) => {
            let text = format!("oauth_problem=parameter_absent&oauth_parameters_absent={name}");
            Reply::text(400, "text/plain", &text)
        }
        Problem::Signature { base_string } => {
            let text = format!("oauth_problem=signature_invalid&debug_sbs={base_string}");
            Reply::text(401, "text/plain", &text)
        }
        Problem::Version
        | Problem::Method
        | Problem::ConsumerUnknown
        | Problem::TokenRejected
        | Problem::Timestamp
        | Problem::NonceUsed => Reply::text(401, "text/plain", &format!("oauth_problem={problem}")),
    }
}

#[cfg(test)]
#[path = "flickr_test.rs"]
mod tests;
