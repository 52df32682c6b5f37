//! Signs requests by OAuth 1.0a with HMAC-SHA1 (RFC 5849), for Flickr and for X.
//!
//! Invariant: pure; nonce and time come in as a [`Stamp`], so the same input gives the same signature. Form parameters
//! enter the signature, JSON and multipart bodies do not: do not pass those. Absent: sending, clock, dice, other methods.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use sha1::Sha1;
use url::{Position, Url};

/// Everything but the unreserved characters of RFC 3986: `!`, `'`, `(`, `)` and `*` are encoded.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The four strings that sign; a request for a token has only the first two.
#[derive(Clone, Copy)]
pub struct Keys<'a> {
    /// Names the app.
    pub consumer_key: &'a str,
    /// Vouches for the app.
    pub consumer_secret: &'a str,
    /// Names the account, or the login under way.
    pub token: Option<&'a str>,
    /// Vouches for the account.
    pub token_secret: Option<&'a str>,
}

impl std::fmt::Debug for Keys<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Keys(***)")
    }
}

/// What makes a request unique: never use one twice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamp {
    /// Letters and digits nobody can guess, 16 to 64 of them.
    pub nonce: String,
    /// Seconds since 1970 (UTC).
    pub timestamp: u64,
}

/// Percent-encodes all but letters, digits and `-._~` (RFC 3986).
pub fn encode(text: &str) -> String {
    utf8_percent_encode(text, RESERVED).to_string()
}

/// Returns the `oauth_*` pairs, signature last, that belong in the query or form beside `params`.
///
/// Parameters in the query of `url` enter the signature. Pairs of `params` that begin with `oauth_` (`oauth_callback`,
/// `oauth_verifier`) are signed and returned as well; the others are only signed, the caller sends them.
pub fn signed_params(
    method: &str,
    url: &Url,
    params: &[(String, String)],
    keys: &Keys<'_>,
    stamp: &Stamp,
) -> Vec<(String, String)> {
    let mut oauth: Vec<(String, String)> =
        params.iter().filter(|(name, _)| name.starts_with("oauth_")).cloned().collect();
    oauth.extend(protocol_params(keys, stamp).map(|(name, value)| (name.to_owned(), value.to_owned())));
    let mut all: Vec<(String, String)> =
        params.iter().filter(|(name, _)| !name.starts_with("oauth_")).cloned().collect();
    all.extend(oauth.iter().cloned());
    all.extend(url.query_pairs().into_owned());
    let signature = sign(&base_string(method, url, &all), keys);
    oauth.push(("oauth_signature".to_owned(), signature));
    oauth
}

/// Returns the value of the `Authorization` header; `extra` holds pairs such as `oauth_callback` that travel in it.
pub fn header(
    method: &str,
    url: &Url,
    form: &[(String, String)],
    extra: &[(&str, &str)],
    keys: &Keys<'_>,
    stamp: &Stamp,
) -> String {
    let own = extra.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    let params: Vec<_> = own.chain(form.iter().cloned()).collect();
    let pairs = signed_params(method, url, &params, keys, stamp);
    let pairs: Vec<_> = pairs.iter().map(|(name, value)| format!("{}=\"{}\"", encode(name), encode(value))).collect();
    format!("OAuth {}", pairs.join(", "))
}

fn protocol_params<'a>(keys: &Keys<'a>, stamp: &Stamp) -> impl Iterator<Item = (&'static str, String)> + use<'a> {
    [
        ("oauth_consumer_key", keys.consumer_key.to_owned()),
        ("oauth_nonce", stamp.nonce.clone()),
        ("oauth_signature_method", "HMAC-SHA1".to_owned()),
        ("oauth_timestamp", stamp.timestamp.to_string()),
    ]
    .into_iter()
    .chain(keys.token.map(|token| ("oauth_token", token.to_owned())))
    .chain([("oauth_version", "1.0".to_owned())])
}

/// The text that is signed: method, address without query, and all parameters sorted (RFC 5849, 3.4.1).
fn base_string(method: &str, url: &Url, params: &[(String, String)]) -> String {
    let mut pairs: Vec<_> = params.iter().map(|(name, value)| (encode(name), encode(value))).collect();
    pairs.sort();
    let pairs: Vec<_> = pairs.into_iter().map(|(name, value)| format!("{name}={value}")).collect();
    // `Url` has already lower-cased scheme and host and dropped a default port.
    let address = format!("{}://{}", url.scheme(), &url[Position::BeforeHost..Position::AfterPath]);
    format!("{}&{}&{}", method.to_ascii_uppercase(), encode(&address), encode(&pairs.join("&")))
}

fn sign(base: &str, keys: &Keys<'_>) -> String {
    let key = format!("{}&{}", encode(keys.consumer_secret), encode(keys.token_secret.unwrap_or_default()));
    let mut mac = Hmac::<Sha1>::new_from_slice(key.as_bytes()).expect("HMAC takes a key of any length");
    mac.update(base.as_bytes());
    STANDARD.encode(mac.finalize().into_bytes())
}

#[cfg(test)]
#[path = "oauth_test.rs"]
mod tests;
