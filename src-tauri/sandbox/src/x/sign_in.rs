//! Signing in to the loopback X: request token, the page with the PIN, access token.
//!
//! Invariant: a PIN works once, and the access token belongs to the account whose app asked for it.
//! Absent: a login form and OAuth 2.0.

use serde_json::json;

use crate::http::{Call, Reply};
use crate::oauth::{Known, Signed, verify};
use crate::{hex, mix};

use super::{X, unauthorized};

const TOKENS_MAX: usize = 1000;

#[derive(Debug)]
struct Request {
    token: String,
    secret: String,
    consumer: String,
    callback: String,
    pin: String,
}

#[derive(Debug)]
struct Access {
    token: String,
    secret: String,
    consumer: String,
}

/// Sign-ins under way and the tokens they gave.
#[derive(Debug, Default)]
pub(crate) struct SignIn {
    made: u64,
    requests: Vec<Request>,
    access: Vec<Access>,
}

impl SignIn {
    /// The secret of an access token of this app.
    pub(crate) fn access_secret(&self, token: &str, consumer: &str) -> Option<String> {
        let found = self.access.iter().find(|known| known.token == token && known.consumer == consumer);
        found.map(|known| known.secret.clone())
    }

    /// The PIN of a request token.
    pub(crate) fn pin(&self, token: &str) -> Option<String> {
        self.requests.iter().find(|request| request.token == token).map(|request| request.pin.clone())
    }

    /// Forgets an access token.
    pub(crate) fn revoke(&mut self, token: &str) -> bool {
        let before = self.access.len();
        self.access.retain(|known| known.token != token);
        self.access.len() < before
    }

    fn begin(&mut self, seed: u64, consumer: &str, callback: &str) -> String {
        self.made += 1;
        let name = format!("x-request-{}", self.made);
        let pin = format!("{:07}", mix(seed, self.made ^ 0x914) % 10_000_000);
        let token = hex(seed, &name, 27);
        let secret = hex(seed, &format!("{name}-secret"), 32);
        if self.requests.len() >= TOKENS_MAX {
            self.requests.remove(0);
        }
        let text = format!("oauth_token={token}&oauth_token_secret={secret}&oauth_callback_confirmed=true");
        self.requests.push(Request {
            token,
            secret,
            consumer: consumer.to_owned(),
            callback: callback.to_owned(),
            pin,
        });
        text
    }
}

/// Answers `request_token`, `authorize` and `access_token`.
pub(crate) fn handle(x: &mut X, call: &Call, step: &str, now_s: i64) -> Reply {
    match (call.method.as_str(), step) {
        ("GET", "authorize" | "authenticate") => authorize(x, call),
        ("POST", "request_token" | "access_token") => exchange(x, call, step, now_s),
        _ => Reply::problem(404, &json!({"errors": [{"code": 34, "message": "Sorry, that page does not exist."}]})),
    }
}

fn exchange(x: &mut X, call: &Call, step: &str, now_s: i64) -> Reply {
    let Some(signed) = Signed::read(call) else { return unauthorized() };
    let wants_access = step == "access_token";
    let X { users, sign_in, nonces, .. } = x;
    let checked = verify(call, &signed, nonces, now_s, |consumer, token| {
        let Some(app) = users.iter().find(|user| user.consumer_key == consumer) else { return Known::ConsumerUnknown };
        let secret = match (wants_access, token) {
            (true, Some(token)) => {
                let mine = |request: &&Request| request.token == token && request.consumer == consumer;
                sign_in.requests.iter().find(mine).map(|request| request.secret.clone())
            }
            (true, None) => None,
            (false, _) => Some(String::new()),
        };
        match secret {
            Some(token_secret) => Known::Both { consumer_secret: app.consumer_secret.clone(), token_secret },
            None => Known::TokenUnknown,
        }
    });
    if checked.is_err() {
        return Reply::json(401, &json!({"errors": [{"code": 32, "message": "Could not authenticate you."}]}));
    }
    let consumer = signed.get("oauth_consumer_key").unwrap_or_default();
    if wants_access { access(x, call, &signed, consumer) } else { request(x, &signed, consumer) }
}

fn request(x: &mut X, signed: &Signed, consumer: &str) -> Reply {
    let callback = signed.get("oauth_callback").unwrap_or_default();
    let approved = callback == "oob" || callback.starts_with("http://127.0.0.1") || callback.starts_with("pierrot:");
    if !approved {
        return Reply::json(
            403,
            &json!({"errors": [{"code": 415,
            "message": "Callback URL not approved for this client application."}]}),
        );
    }
    Reply::text(200, "text/html", &x.sign_in.begin(x.seed, consumer, callback))
}

fn access(x: &mut X, call: &Call, signed: &Signed, consumer: &str) -> Reply {
    let token = signed.get("oauth_token").unwrap_or_default();
    let form = crate::oauth::form(call).into_iter().find(|(key, _)| key == "oauth_verifier").map(|(_, pin)| pin);
    let pin = signed.get("oauth_verifier").map(str::to_owned).or(form).unwrap_or_default();
    let at = x.sign_in.requests.iter().position(|request| request.token == token);
    let right = at.map(|at| x.sign_in.requests.remove(at)).is_some_and(|request| request.pin == pin.trim());
    let Some(user) = x.users.iter().find(|user| user.consumer_key == consumer).filter(|_| right) else {
        return Reply::text(401, "text/plain", "Error processing your OAuth request: Invalid oauth_verifier parameter");
    };
    x.sign_in.made += 1;
    let name = format!("x-access-{}", x.sign_in.made);
    let token = format!("{}-{}", user.id, hex(x.seed, &name, 30));
    let secret = hex(x.seed, &format!("{name}-secret"), 45);
    let text =
        format!("oauth_token={token}&oauth_token_secret={secret}&user_id={}&screen_name={}", user.id, user.username);
    if x.sign_in.access.len() >= TOKENS_MAX {
        x.sign_in.access.remove(0);
    }
    x.sign_in.access.push(Access { token, secret, consumer: consumer.to_owned() });
    Reply::text(200, "text/html", &text)
}

fn authorize(x: &X, call: &Call) -> Reply {
    let token = call.query("oauth_token").unwrap_or_default();
    let Some(request) = x.sign_in.requests.iter().find(|request| request.token == token) else {
        return Reply::text(
            403,
            "text/html",
            "<html><body><p>The request token for this page is invalid.</p></body></html>",
        );
    };
    if request.callback == "oob" {
        return Reply::text(200, "text/html", &crate::flickr::oauth::page("X", "Maren Holt", &request.pin));
    }
    let joint = if request.callback.contains('?') { '&' } else { '?' };
    let mut reply = Reply::text(302, "text/plain", "");
    reply.set("location", &format!("{}{joint}oauth_token={token}&oauth_verifier={}", request.callback, request.pin));
    reply
}
