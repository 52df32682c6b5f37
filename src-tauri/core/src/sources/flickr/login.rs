//! Signing in at Flickr by code: OAuth 1.0a without a callback, because Flickr spoils those to this computer.
//!
//! Invariant: each step is sent once; a verifier is used up by its first use, so a failure means to begin again. Asks for
//! reading only. Absent: opening a browser, keeping the token.

use url::Url;

use super::call::Stamps;
use super::{FlickrError, FlickrKeys, Result, text};
use crate::http;
use crate::oauth::{self, Keys};
use crate::secrets::Sensitive;

const REPLY_BYTES_MAX: usize = 64 * 1024;
const TYPED_BYTES_MAX: usize = 4096;

/// A login that waits for the photographer's code.
#[derive(Clone, Debug)]
pub struct Pending {
    oauth_url: Url,
    keys: FlickrKeys,
    token: Sensitive,
    token_secret: Sensitive,
    authorize_url: Url,
}

impl Pending {
    /// The address where the photographer says yes.
    pub fn authorize_url(&self) -> &Url {
        &self.authorize_url
    }

    /// Whether what was typed can be the code, or why not.
    pub fn check(&self, typed: &str) -> std::result::Result<(), String> {
        match verifier_in(typed, self.token.reveal()) {
            Err(FlickrError::CodeRefused { why }) => Err(why),
            Err(other) => Err(other.to_string()),
            Ok(_) => Ok(()),
        }
    }
}

/// What a finished login brings; it does not expire.
#[derive(Clone, Debug)]
pub struct Login {
    pub token: Sensitive,
    pub token_secret: Sensitive,
    pub nsid: String,
    pub username: String,
}

/// Begins a login; `oauth_url` is like `https://www.flickr.com/services/oauth`.
pub async fn begin(client: &http::Client, stamps: &Stamps, oauth_url: &Url, keys: &FlickrKeys) -> Result<Pending> {
    let secret = keys.api_secret.as_ref();
    let secret = secret.ok_or_else(|| FlickrError::SignInAgain { why: "the API secret is missing".to_owned() })?;
    let signers = signers(keys, secret, None, None);
    let own = [("oauth_callback".to_owned(), "oob".to_owned())];
    let reply = step(client, stamps, &below(oauth_url, "request_token"), &own, &signers).await?;
    let token = Sensitive::new(field(&reply, "oauth_token")?);
    let token_secret = Sensitive::new(field(&reply, "oauth_token_secret")?);
    let mut authorize_url = below(oauth_url, "authorize");
    authorize_url.query_pairs_mut().append_pair("oauth_token", token.reveal()).append_pair("perms", "read");
    Ok(Pending { oauth_url: oauth_url.clone(), keys: keys.clone(), token, token_secret, authorize_url })
}

/// Finishes a login with what the photographer typed: the code, or the whole address they were sent to.
pub async fn finish(client: &http::Client, stamps: &Stamps, pending: &Pending, typed: &str) -> Result<Login> {
    let verifier = verifier_in(typed, pending.token.reveal())?;
    let secret = pending.keys.api_secret.as_ref();
    let secret = secret.ok_or_else(|| FlickrError::SignInAgain { why: "the API secret is missing".to_owned() })?;
    let signers = signers(&pending.keys, secret, Some(&pending.token), Some(&pending.token_secret));
    let own = [("oauth_verifier".to_owned(), verifier)];
    let reply = step(client, stamps, &below(&pending.oauth_url, "access_token"), &own, &signers).await;
    let reply = reply.map_err(FlickrError::about_code)?;
    Ok(Login {
        token: Sensitive::new(field(&reply, "oauth_token")?),
        token_secret: Sensitive::new(field(&reply, "oauth_token_secret")?),
        nsid: text::line(&field(&reply, "user_nsid")?),
        username: text::line(&field(&reply, "username").unwrap_or_default()),
    })
}

/// The verifier in what was typed: blanks go, dashes stay; in an address, its `oauth_verifier`.
pub fn verifier_in(typed: &str, token: &str) -> Result<String> {
    let bad = |why: &str| FlickrError::CodeRefused { why: why.to_owned() };
    let text: String = typed.chars().filter(|char| !char.is_whitespace() && !char.is_control()).collect();
    if text.is_empty() || text.len() > TYPED_BYTES_MAX {
        return Err(bad("the code is the nine digits Flickr shows, or the whole address it sent you to"));
    }
    if !text.contains("oauth_verifier=") {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        return if text.len() <= 64 && text.bytes().all(plain) {
            Ok(text)
        } else {
            Err(bad("the code has only digits, letters and dashes"))
        };
    }
    let address = text.split_once('?').map_or(text.as_str(), |(_, query)| query);
    let query = address.split('#').find(|part| part.contains("oauth_verifier=")).unwrap_or_default();
    let pairs: Vec<_> = url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    let find = |name: &str| pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone());
    if find("oauth_token").is_some_and(|theirs| theirs != token) {
        return Err(bad("that address belongs to another login; use the one of the page that was opened last"));
    }
    find("oauth_verifier").filter(|code| !code.is_empty()).ok_or_else(|| bad("the address has no oauth_verifier"))
}

fn signers<'a>(
    keys: &'a FlickrKeys,
    secret: &'a Sensitive,
    token: Option<&'a Sensitive>,
    token_secret: Option<&'a Sensitive>,
) -> Keys<'a> {
    Keys {
        consumer_key: keys.api_key.reveal(),
        consumer_secret: secret.reveal(),
        token: token.map(Sensitive::reveal),
        token_secret: token_secret.map(Sensitive::reveal),
    }
}

fn below(base: &Url, name: &str) -> Url {
    let mut address = base.clone();
    address.set_path(&format!("{}/{name}", base.path().trim_end_matches('/')));
    address
}

/// One step: a signed GET, sent once, answered as a form.
async fn step(
    client: &http::Client,
    stamps: &Stamps,
    address: &Url,
    own: &[(String, String)],
    keys: &Keys<'_>,
) -> Result<Vec<(String, String)>> {
    let pairs = oauth::signed_params("GET", address, own, keys, &stamps());
    let mut address = address.clone();
    address.query_pairs_mut().extend_pairs(pairs);
    let unreachable = |why: String| FlickrError::Unreachable { why };
    let response = client.get(&address).await.map_err(refused)?;
    let status = response.status().as_u16();
    let bytes = http::read_capped(response, REPLY_BYTES_MAX).await.map_err(refused)?;
    let body = String::from_utf8_lossy(&bytes);
    let pairs: Vec<_> = url::form_urlencoded::parse(body.trim().as_bytes()).into_owned().collect();
    match status {
        200 => Ok(pairs),
        408 | 425 | 429 | 500..=599 => Err(unreachable(http::status_words(status).to_owned())),
        _ => {
            let problem = pairs.iter().find(|(name, _)| name == "oauth_problem").map(|(_, word)| text::line(word));
            Err(FlickrError::of_oauth(&problem.unwrap_or_default()))
        }
    }
}

fn refused(error: http::HttpError) -> FlickrError {
    let why = error.why();
    match error {
        http::HttpError::NotAllowed(_) => FlickrError::NotAllowed(error),
        http::HttpError::Unreachable { .. }
        | http::HttpError::Lost { .. }
        | http::HttpError::TooSlow { .. }
        | http::HttpError::TooLarge { .. }
        | http::HttpError::Status { .. }
        | http::HttpError::Start(_) => FlickrError::Unreachable { why },
    }
}

fn field(reply: &[(String, String)], name: &str) -> Result<String> {
    let found = reply.iter().find(|(key, value)| key == name && !value.is_empty());
    let missing = || FlickrError::Malformed { why: format!("{name} is missing in the answer to the login") };
    found.map(|(_, value)| value.clone()).ok_or_else(missing)
}

#[cfg(test)]
#[path = "login_test.rs"]
mod tests;
