//! OAuth 1.0a as a server: collects the parameters, recomputes the HMAC-SHA1 signature and refuses replays.
//!
//! Invariant: the base string is built from the URI and the parameters as they arrived on the wire (RFC 5849, 3.4.1);
//! parameters enter from the query, from a form body and from the Authorization header, never from JSON or multipart.
//! Absent: RSA and PLAINTEXT signatures (both services take HMAC-SHA1 only), and any knowledge of users.

use std::collections::{HashSet, VecDeque};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use sha1::Sha1;

use crate::http::Call;

const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
const NONCES_MAX: usize = 100_000;
const SKEW_MAX_S: i64 = 300;

/// RFC 3986 encoding with only letters, digits and `-._~` left as they are.
pub(crate) fn encode(text: &str) -> String {
    utf8_percent_encode(text, RESERVED).to_string()
}

/// Key-value pairs of a query or form body, decoded (`+` is a space).
pub(crate) fn pairs(raw: &str) -> Vec<(String, String)> {
    let decode = |part: &str| percent_decode_str(&part.replace('+', " ")).decode_utf8_lossy().into_owned();
    raw.split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decode(key), decode(value))
        })
        .collect()
}

/// Why a request is not accepted, in the words of the OAuth problem extension.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Problem {
    #[error("parameter_absent: {0}")]
    ParameterAbsent(String),
    #[error("version_rejected")]
    Version,
    #[error("signature_method_rejected")]
    Method,
    #[error("consumer_key_unknown")]
    ConsumerUnknown,
    #[error("token_rejected")]
    TokenRejected,
    #[error("timestamp_refused")]
    Timestamp,
    #[error("nonce_used")]
    NonceUsed,
    #[error("signature_invalid")]
    Signature { base_string: String },
}

/// What an OAuth request carries, before anything is verified.
#[derive(Debug, Clone, Default)]
pub(crate) struct Signed {
    oauth: Vec<(String, String)>,
    rest: Vec<(String, String)>,
}

impl Signed {
    /// Collects the parameters; `None` when the request is not signed at all.
    pub(crate) fn read(call: &Call) -> Option<Signed> {
        let mut signed = Signed::default();
        for (key, value) in pairs(&call.query).into_iter().chain(form(call)) {
            signed.sort_in(key, value);
        }
        if let Some(header) = call.header("authorization") {
            for (key, value) in header_pairs(header) {
                signed.sort_in(key, value);
            }
        }
        signed.get("oauth_signature").or(signed.get("oauth_consumer_key")).is_some().then_some(signed)
    }

    fn sort_in(&mut self, key: String, value: String) {
        let list = if key.starts_with("oauth_") { &mut self.oauth } else { &mut self.rest };
        list.push((key, value));
    }

    /// One `oauth_` parameter.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.oauth.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    fn need(&self, name: &str) -> Result<&str, Problem> {
        self.get(name).filter(|v| !v.is_empty()).ok_or_else(|| Problem::ParameterAbsent(name.to_owned()))
    }

    /// The signature base string of RFC 5849, 3.4.1.
    pub(crate) fn base_string(&self, call: &Call) -> String {
        let mut parameters: Vec<(String, String)> = self
            .oauth
            .iter()
            .chain(&self.rest)
            .filter(|(key, _)| key != "oauth_signature")
            .map(|(key, value)| (encode(key), encode(value)))
            .collect();
        parameters.sort();
        let joined: Vec<String> = parameters.iter().map(|(key, value)| format!("{key}={value}")).collect();
        let host = call.host.to_ascii_lowercase();
        let host = host.strip_suffix(":80").unwrap_or(&host);
        let address = format!("{}://{host}{}", call.scheme, call.path);
        format!("{}&{}&{}", call.method.to_ascii_uppercase(), encode(&address), encode(&joined.join("&")))
    }
}

/// HMAC-SHA1 of the base string, base64.
pub(crate) fn signature(base_string: &str, consumer_secret: &str, token_secret: &str) -> String {
    let key = format!("{}&{}", encode(consumer_secret), encode(token_secret));
    let mut mac = Hmac::<Sha1>::new_from_slice(key.as_bytes()).expect("HMAC takes keys of any length");
    mac.update(base_string.as_bytes());
    STANDARD.encode(mac.finalize().into_bytes())
}

/// What the server knows about a consumer key and a token.
#[derive(Debug, Clone)]
pub(crate) enum Known {
    ConsumerUnknown,
    TokenUnknown,
    Both { consumer_secret: String, token_secret: String },
}

/// Verifies one request completely; the nonce is spent only when everything else holds.
pub(crate) fn verify(
    call: &Call,
    signed: &Signed,
    nonces: &mut Nonces,
    now_s: i64,
    look_up: impl FnOnce(&str, Option<&str>) -> Known,
) -> Result<(), Problem> {
    let consumer = signed.need("oauth_consumer_key")?;
    let nonce = signed.need("oauth_nonce")?;
    let timestamp = signed.need("oauth_timestamp")?;
    let given = signed.need("oauth_signature")?;
    if signed.need("oauth_signature_method")? != "HMAC-SHA1" {
        return Err(Problem::Method);
    }
    if signed.get("oauth_version").is_some_and(|version| version != "1.0") {
        return Err(Problem::Version);
    }
    let token = signed.get("oauth_token").filter(|token| !token.is_empty());
    let (consumer_secret, token_secret) = match look_up(consumer, token) {
        Known::ConsumerUnknown => return Err(Problem::ConsumerUnknown),
        Known::TokenUnknown => return Err(Problem::TokenRejected),
        Known::Both { consumer_secret, token_secret } => (consumer_secret, token_secret),
    };
    let at: i64 = timestamp.parse().map_err(|_| Problem::Timestamp)?;
    if (now_s - at).abs() > SKEW_MAX_S {
        return Err(Problem::Timestamp);
    }
    let base_string = signed.base_string(call);
    if signature(&base_string, &consumer_secret, &token_secret) != given {
        return Err(Problem::Signature { base_string });
    }
    nonces.spend(format!("{consumer}&{}&{timestamp}&{nonce}", token.unwrap_or("")))
}

/// The nonces seen lately; a nonce counts once per consumer, token and timestamp.
#[derive(Debug, Default)]
pub(crate) struct Nonces {
    order: VecDeque<String>,
    seen: HashSet<String>,
}

impl Nonces {
    fn spend(&mut self, nonce: String) -> Result<(), Problem> {
        if !self.seen.insert(nonce.clone()) {
            return Err(Problem::NonceUsed);
        }
        self.order.push_back(nonce);
        if self.order.len() > NONCES_MAX
            && let Some(oldest) = self.order.pop_front()
        {
            self.seen.remove(&oldest);
        }
        Ok(())
    }
}

/// Pairs of a form body; none for any other content type.
pub(crate) fn form(call: &Call) -> Vec<(String, String)> {
    let is_form = call.header("content-type").is_some_and(|t| t.starts_with("application/x-www-form-urlencoded"));
    if is_form { pairs(&String::from_utf8_lossy(&call.body)) } else { Vec::new() }
}

fn header_pairs(header: &str) -> Vec<(String, String)> {
    let Some(list) = header.get(..6).filter(|s| s.eq_ignore_ascii_case("oauth ")).and(header.get(6..)) else {
        return Vec::new();
    };
    let decode = |part: &str| percent_decode_str(part).decode_utf8_lossy().into_owned();
    list.split(',')
        .filter_map(|part| part.trim().split_once('='))
        .filter(|(key, _)| *key != "realm")
        .map(|(key, value)| (decode(key), decode(value.trim().trim_matches('"'))))
        .collect()
}

#[cfg(test)]
#[path = "oauth_test.rs"]
mod tests;
