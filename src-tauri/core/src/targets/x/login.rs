//! Signing in to X with a code (OAuth 1.0a, out of band): ask for a token, send the photographer to X, trade the code.
//!
//! Invariant: a code is used once; a failed trade means starting again, never a second try. Absent: opening the browser.

use reqwest::Method;
use url::{Url, form_urlencoded};

use super::reply::Reply;
use super::wire::Wire;
use super::{Account, OwnedKeys, Stamps, XError, digits};
use crate::http::Network;
use crate::secrets::Sensitive;

/// A login under way.
#[derive(Debug, Clone)]
pub struct Pending {
    token: Sensitive,
    token_secret: Sensitive,
    /// Where the photographer gets the code.
    pub authorize_url: Url,
}

/// What a login brings: keep both secrets in the keyring; they do not expire.
#[derive(Debug, Clone)]
pub struct Access {
    /// The access token.
    pub token: Sensitive,
    /// Its secret.
    pub token_secret: Sensitive,
    /// Whose it is.
    pub account: Account,
}

/// Asks X for a request token; `keys` needs only the app's two strings.
pub async fn request_token(base: Url, app: (Sensitive, Sensitive), stamps: Stamps) -> Result<Pending, XError> {
    let wire = Wire::new(&Network::Real, base, OwnedKeys::of_app(app), stamps).map_err(XError::Unreachable)?;
    let url = wire.url("oauth/request_token", &[]).map_err(XError::Unreachable)?;
    let reply = wire.exchange(Method::POST, url, &[("oauth_callback", "oob")], |request| request).await?;
    let fields = fields(&reply)?;
    let token = field(&fields, "oauth_token")?;
    if fields.iter().any(|(name, value)| name == "oauth_callback_confirmed" && value != "true") {
        return Err(XError::Malformed("X did not confirm the login by code".to_owned()));
    }
    let authorize_url = wire.url("oauth/authorize", &[("oauth_token", token)]).map_err(XError::Malformed)?;
    let token_secret = Sensitive::new(field(&fields, "oauth_token_secret")?);
    Ok(Pending { token: Sensitive::new(token), token_secret, authorize_url })
}

/// Trades what the photographer typed, the code or the whole address they were sent to, for the access tokens.
pub async fn access_token(
    base: Url,
    app: (Sensitive, Sensitive),
    pending: &Pending,
    typed: &str,
    stamps: Stamps,
) -> Result<Access, XError> {
    let keys = OwnedKeys {
        token: Some(pending.token.clone()),
        token_secret: Some(pending.token_secret.clone()),
        ..OwnedKeys::of_app(app)
    };
    let wire = Wire::new(&Network::Real, base, keys, stamps).map_err(XError::Unreachable)?;
    let url = wire.url("oauth/access_token", &[]).map_err(XError::Unreachable)?;
    let code = code(typed);
    let reply = wire.exchange(Method::POST, url, &[("oauth_verifier", &code)], |request| request).await?;
    let fields = fields(&reply)?;
    let id = digits(field(&fields, "user_id")?).ok_or_else(|| malformed("user_id"))?;
    let username = fields.iter().find(|(name, _)| name == "screen_name").map(|(_, value)| value.clone());
    Ok(Access {
        token: Sensitive::new(field(&fields, "oauth_token")?),
        token_secret: Sensitive::new(field(&fields, "oauth_token_secret")?),
        account: Account { id, username: username.unwrap_or_default() },
    })
}

/// The code in what was typed or pasted: blanks are dropped, an address gives its `oauth_verifier`.
pub fn code(typed: &str) -> String {
    let squeezed: String = typed.chars().filter(|c| !c.is_whitespace() && !c.is_control()).take(2000).collect();
    let query = squeezed.split_once('?').map_or(squeezed.as_str(), |(_, query)| query);
    let query = query.split('#').next().unwrap_or_default();
    let verifier = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "oauth_verifier");
    verifier.map_or_else(|| squeezed.clone(), |(_, value)| value.into_owned())
}

fn fields(reply: &Reply) -> Result<Vec<(String, String)>, XError> {
    if !reply.is_success() {
        return Err(XError::of(reply));
    }
    let body = reply.body.as_deref().unwrap_or_default();
    Ok(form_urlencoded::parse(body).take(20).map(|(name, value)| (name.into_owned(), value.into_owned())).collect())
}

fn field<'a>(fields: &'a [(String, String)], name: &str) -> Result<&'a str, XError> {
    let found = fields.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
    found.filter(|value| !value.is_empty()).ok_or_else(|| malformed(name))
}

fn malformed(name: &str) -> XError {
    XError::Malformed(format!("X's answer to the login has no {name}"))
}
