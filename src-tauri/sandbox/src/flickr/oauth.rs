//! Signing in to the loopback Flickr: request token, the page with the code, access token.
//!
//! Invariant: a verifier works once; a wrong or spent one is `token_rejected`, so a flow starts again from the top.
//! Absent: a login form. The sandbox has one account and approves by itself.

use crate::http::{Call, Reply};
use crate::oauth::{Problem, Signed, encode};
use crate::{World, hex, lock, mix};

use super::{FULL_NAME, NSID, USERNAME, refused};

const TOKENS_MAX: usize = 1000;

#[derive(Debug)]
struct Token {
    token: String,
    secret: String,
}

#[derive(Debug)]
struct Request {
    token: Token,
    verifier: String,
    callback: String,
    shown: bool,
}

/// Access tokens and sign-ins under way.
#[derive(Debug)]
pub(crate) struct Login {
    seed: u64,
    made: u64,
    access: Vec<Token>,
    requests: Vec<Request>,
}

impl Login {
    /// Starts with one standing access token.
    pub(crate) fn new(seed: u64, token: String, secret: String) -> Login {
        Login { seed, made: 0, access: vec![Token { token, secret }], requests: Vec::new() }
    }

    /// The secret of an access token or of a request token.
    pub(crate) fn secret(&self, token: &str) -> Option<String> {
        let mut all = self.access.iter().chain(self.requests.iter().map(|request| &request.token));
        all.find(|known| known.token == token).map(|known| known.secret.clone())
    }

    /// The code of a request token.
    pub(crate) fn verifier(&self, token: &str) -> Option<String> {
        self.requests.iter().find(|request| request.token.token == token).map(|request| request.verifier.clone())
    }

    /// Forgets an access token.
    pub(crate) fn revoke(&mut self, token: &str) -> bool {
        let before = self.access.len();
        self.access.retain(|known| known.token != token);
        self.access.len() < before
    }

    fn is_access(&self, token: &str) -> bool {
        self.access.iter().any(|known| known.token == token)
    }

    fn token(&mut self) -> Token {
        self.made += 1;
        let name = format!("token-{}", self.made);
        let token = format!("7215772{}-{}", 20_000_000_000 + self.made, hex(self.seed, &name, 16));
        Token { token, secret: hex(self.seed, &format!("{name}-secret"), 16) }
    }

    fn begin(&mut self, callback: &str) -> String {
        let token = self.token();
        let digits = mix(self.seed, self.made ^ 0x0b) % 1_000_000_000;
        let verifier = if callback == "oob" {
            format!("{:03}-{:03}-{:03}", digits / 1_000_000, digits / 1000 % 1000, digits % 1000)
        } else {
            hex(self.seed, &format!("verifier-{}", self.made), 16)
        };
        let text =
            format!("oauth_callback_confirmed=true&oauth_token={}&oauth_token_secret={}", token.token, token.secret);
        if self.requests.len() >= TOKENS_MAX {
            self.requests.remove(0);
        }
        self.requests.push(Request { token, verifier, callback: callback.to_owned(), shown: false });
        text
    }

    fn finish(&mut self, token: &str, verifier: &str) -> Option<String> {
        let digits = |text: &str| text.chars().filter(|c| c.is_ascii_alphanumeric()).collect::<String>();
        let at = self.requests.iter().position(|request| request.token.token == token)?;
        let request = self.requests.remove(at);
        if digits(&request.verifier) != digits(verifier) {
            return None;
        }
        let access = self.token();
        let text = format!(
            "fullname={}&oauth_token={}&oauth_token_secret={}&user_nsid={}&username={}",
            encode(FULL_NAME),
            access.token,
            access.secret,
            encode(NSID),
            encode(USERNAME)
        );
        if self.access.len() >= TOKENS_MAX {
            self.access.remove(1);
        }
        self.access.push(access);
        Some(text)
    }
}

/// Answers `request_token`, `authorize` and `access_token`.
pub(crate) fn handle(world: &World, call: &Call, step: &str) -> Reply {
    let mut flickr = lock(&world.flickr);
    if step == "authorize" {
        return authorize(&mut flickr.login, call);
    }
    let Some(signed) = Signed::read(call) else {
        return refused(&Problem::ParameterAbsent("oauth_consumer_key".to_owned()));
    };
    if let Err(problem) = flickr.verify(call, &signed, world.clock.now_s()) {
        return refused(&problem);
    }
    let answer = match step {
        "request_token" => match signed.get("oauth_callback") {
            Some(callback) => Ok(flickr.login.begin(callback)),
            None => Err(Problem::ParameterAbsent("oauth_callback".to_owned())),
        },
        "access_token" => access(&mut flickr.login, &signed),
        _ => return Reply::text(404, "text/plain", "not found"),
    };
    match answer {
        Ok(text) => Reply::text(200, "text/plain", &text),
        Err(problem) => refused(&problem),
    }
}

fn access(login: &mut Login, signed: &Signed) -> Result<String, Problem> {
    let absent = |name: &str| Problem::ParameterAbsent(name.to_owned());
    let token = signed.get("oauth_token").ok_or_else(|| absent("oauth_token"))?;
    let verifier = signed.get("oauth_verifier").ok_or_else(|| absent("oauth_verifier"))?;
    if login.is_access(token) {
        return Err(Problem::TokenRejected);
    }
    login.finish(token, verifier).ok_or(Problem::TokenRejected)
}

/// The page a person sees: already approved, showing the code or leading back to the callback.
fn authorize(login: &mut Login, call: &Call) -> Reply {
    let token = call.query("oauth_token").unwrap_or_default();
    let Some(request) = login.requests.iter_mut().find(|request| request.token.token == token) else {
        let page = "<html><body><h1>Oops!</h1><p>Flickr doesn't recognise the oauth_token.</p></body></html>";
        return Reply::text(200, "text/html", page);
    };
    request.shown = true;
    if request.callback != "oob" {
        let joint = if request.callback.contains('?') { '&' } else { '?' };
        let address = format!("{}{joint}oauth_token={token}&oauth_verifier={}", request.callback, request.verifier);
        let mut reply = Reply::text(302, "text/plain", "");
        reply.set("location", &address);
        return reply;
    }
    Reply::text(200, "text/html", &page("Flickr", FULL_NAME, &request.verifier))
}

/// The plain page that shows a code to copy.
pub(crate) fn page(service: &str, name: &str, code: &str) -> String {
    format!(
        "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Pierrot sandbox: {service}</title>\
         <style>body{{font:18px/1.5 sans-serif;max-width:32em;margin:12vh auto;padding:0 1em;color:#222}}\
         code{{display:block;font-size:44px;margin:.6em 0;letter-spacing:.06em}}</style></head><body>\
         <h1>Loopback {service}</h1><p>{name} has allowed Pierrot to connect. There is no login in the sandbox. \
         Copy this code into Pierrot:</p><code>{code}</code></body></html>"
    )
}
