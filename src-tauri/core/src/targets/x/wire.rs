//! One signed request to X and its answer, counted and timed; never a second try.
//!
//! Invariants: no redirect is followed, nothing is retried, no connection is reused, a body is at most 1 MB. A failure says
//! whether the request may have left this computer. No error holds a key. Absent: what answers mean (`reply`).

use std::{
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use reqwest::header::{AUTHORIZATION, HeaderValue};
use reqwest::{Method, RequestBuilder, Response};
use url::Url;

use super::reply::{Refusal, Reply};
use super::{OwnedKeys, Stamps};
use crate::http::{Client, Kind, Network, Reach};
use crate::oauth;

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
    total: Duration,
    /// Whether an answer said that these keys open nothing.
    keys_refused: AtomicBool,
}

impl std::fmt::Debug for Wire {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Wire").field("base", &self.base.as_str()).field("keys", &self.keys).finish_non_exhaustive()
    }
}

impl Wire {
    /// Prepares a client for `base`, an https address or one of this computer.
    pub fn new(network: &Network, mut base: Url, keys: OwnedKeys, stamps: Stamps) -> Result<Self, String> {
        let reach = Reach::of(&base).map_err(|_| {
            format!("{} is neither an https address nor one of this computer", base.origin().ascii_serialization())
        })?;
        let http = network.client(Kind::Once, reach).map_err(|error| error.to_string())?;
        if !base.path().ends_with('/') {
            base.set_path(&format!("{}/", base.path()));
        }
        Ok(Self { http, base, keys, stamps, total: TOTAL_MAX, keys_refused: AtomicBool::new(false) })
    }

    /// The same with another time for the whole exchange.
    #[cfg(test)]
    pub fn within(self, total: Duration) -> Self {
        Self { total, ..self }
    }

    /// The address of `path`, given without a slash in front, with `query`.
    pub fn url(&self, path: &str, query: &[(&str, &str)]) -> Result<Url, String> {
        let mut url = self.base.join(path).map_err(|error| error.to_string())?;
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        Ok(url)
    }

    pub fn keys_refused(&self) -> bool {
        self.keys_refused.load(Ordering::Relaxed)
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
        let request = self.http.request(method, &url).map_err(|error| unsent(error.to_string()))?;
        let request = fill(request.header(AUTHORIZATION, header)).timeout(self.total);
        match self.http.send(request).await {
            Ok(response) => {
                let reply = self.read(response, stamp.timestamp).await;
                if matches!(reply.refusal(), Some(Refusal::SignIn { clock_off_s: None })) {
                    self.keys_refused.store(true, Ordering::Relaxed);
                }
                Ok(reply)
            }
            Err(error) => Err(Lost { may_have_left: !error.never_left(), why: error.why() }),
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
