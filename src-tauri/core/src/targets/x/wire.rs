//! One signed request to X and its answer, counted and timed; never a second try.
//!
//! Invariants: no redirect is followed, nothing is retried, no connection is reused, a body is at most 1 MB. A failure says
//! whether the request may have left this computer. No error holds a key. Absent: what answers mean (`reply`).

use std::time::Duration;

use reqwest::header::{AUTHORIZATION, HeaderValue};
use reqwest::{Client, Method, RequestBuilder, Response, redirect, retry};
use url::Url;

use super::reply::Reply;
use super::{OwnedKeys, Stamps};
use crate::oauth;

const CONNECT_MAX: Duration = Duration::from_secs(10);
const TOTAL_MAX: Duration = Duration::from_secs(60);
const BODY_BYTES_MAX: usize = 1024 * 1024;

/// The request brought no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lost {
    /// Some of the request may have left this computer.
    pub may_have_left: bool,
    /// The reason, without keys.
    pub why: String,
}

/// Signs and sends.
pub struct Wire {
    http: Client,
    base: Url,
    keys: OwnedKeys,
    stamps: Stamps,
}

impl std::fmt::Debug for Wire {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Wire").field("base", &self.base.as_str()).field("keys", &self.keys).finish_non_exhaustive()
    }
}

impl Wire {
    /// Prepares a client for `base`, an https address or one of this computer.
    pub fn new(base: Url, keys: OwnedKeys, stamps: Stamps) -> Result<Self, String> {
        Self::with_total(base, keys, stamps, TOTAL_MAX)
    }

    /// The same with another time for the whole exchange.
    pub fn with_total(mut base: Url, keys: OwnedKeys, stamps: Stamps, total: Duration) -> Result<Self, String> {
        let local = match base.host() {
            Some(url::Host::Domain(name)) => name == "localhost",
            Some(url::Host::Ipv4(address)) => address.is_loopback(),
            Some(url::Host::Ipv6(address)) => address.is_loopback(),
            None => false,
        };
        if base.scheme() != "https" && !(local && base.scheme() == "http") {
            return Err(format!(
                "{} is neither an https address nor one of this computer",
                base.origin().ascii_serialization()
            ));
        }
        if !base.path().ends_with('/') {
            base.set_path(&format!("{}/", base.path()));
        }
        let builder = Client::builder()
            .user_agent(concat!("Pierrot/", env!("CARGO_PKG_VERSION")))
            .redirect(redirect::Policy::none())
            .retry(retry::never())
            .pool_max_idle_per_host(0)
            .connect_timeout(CONNECT_MAX)
            .timeout(total);
        let builder = if local { builder.no_proxy() } else { builder };
        let http = builder.build().map_err(|error| describe(&error))?;
        Ok(Self { http, base, keys, stamps })
    }

    /// The address of `path`, given without a slash in front, with `query`.
    pub fn url(&self, path: &str, query: &[(&str, &str)]) -> Result<Url, String> {
        let mut url = self.base.join(path).map_err(|error| error.to_string())?;
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        Ok(url)
    }

    /// Sends one request, signed with `extra` OAuth pairs; `fill` adds a body that does not enter the signature.
    pub async fn exchange(
        &self,
        method: Method,
        url: Url,
        extra: &[(&str, &str)],
        fill: impl FnOnce(RequestBuilder) -> RequestBuilder,
    ) -> Result<Reply, Lost> {
        let stamp = (self.stamps)();
        let header = oauth::header(method.as_str(), &url, &[], extra, &self.keys.borrowed(), &stamp);
        let unsent = |why: String| Lost { may_have_left: false, why };
        let mut header = HeaderValue::try_from(header)
            .map_err(|_| unsent("the keys hold characters that cannot be sent".to_owned()))?;
        header.set_sensitive(true);
        let request = fill(self.http.request(method, url).header(AUTHORIZATION, header));
        match request.send().await {
            Ok(response) => Ok(self.read(response, stamp.timestamp).await),
            Err(error) => {
                Err(Lost { may_have_left: !(error.is_connect() || error.is_builder()), why: describe(&error) })
            }
        }
    }

    async fn read(&self, mut response: Response, signed_at: u64) -> Reply {
        let status = response.status().as_u16();
        let headers: Vec<_> = response
            .headers()
            .iter()
            .filter_map(|(name, value)| Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned())))
            .collect();
        let mut body = Some(Vec::new());
        while let Some(kept) = &mut body {
            match response.chunk().await {
                Ok(Some(chunk)) if kept.len() + chunk.len() <= BODY_BYTES_MAX => kept.extend_from_slice(&chunk),
                Ok(None) => break,
                Ok(Some(_)) | Err(_) => body = None,
            }
        }
        let reply = Reply { status, headers, body: body.map(|body| self.without_tokens(body)), signed_at };
        tracing::debug!(status, transaction = reply.header("x-transaction-id").unwrap_or_default(), "X answered");
        reply
    }

    /// A server may repeat what we sent: no token may come back in an error text.
    fn without_tokens(&self, body: Vec<u8>) -> Vec<u8> {
        let Ok(text) = std::str::from_utf8(&body) else { return body };
        let known: Vec<&str> = self.keys.all().into_iter().filter(|key| key.len() >= 8 && text.contains(key)).collect();
        if known.is_empty() {
            return body;
        }
        known.into_iter().fold(text.to_owned(), |text, key| text.replace(key, "***")).into_bytes()
    }
}

/// The chain of reasons, without the address.
fn describe(error: &reqwest::Error) -> String {
    let mut why = if error.is_timeout() { "it took too long".to_owned() } else { String::new() };
    let mut source = std::error::Error::source(error);
    let mut depth = 0;
    while let Some(inner) = source.filter(|_| depth < 6) {
        let text = inner.to_string();
        if !why.contains(&text) {
            why = if why.is_empty() { text } else { format!("{why}: {text}") };
        }
        source = inner.source();
        depth += 1;
    }
    if why.is_empty() { "the connection failed".to_owned() } else { why }
}
