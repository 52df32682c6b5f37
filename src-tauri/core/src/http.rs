//! The one place that builds HTTP clients and reads bodies.
//!
//! Invariant: a request goes out only where its [`Reach`] allows, checked before sending, at every redirect and again
//! when a name has become an address (a name that turns into a private address is refused, whatever it was before).
//! Every body is counted; nobody waits for ever. Absent: retries (they belong to who knows the protocol) and proxies (a
//! proxy would resolve names where nobody checks them).

use std::error::Error as _;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use async_trait::async_trait;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::{Method, Request, RequestBuilder, Response, redirect};
use tokio::time::Instant;
use url::{Host, Url};

pub use address::{is_loopback, is_public};

#[path = "http_address.rs"]
mod address;

const CONNECT_MAX: Duration = Duration::from_secs(10);
const IDLE_MAX: Duration = Duration::from_secs(15);
const TOTAL_API_MAX: Duration = Duration::from_secs(60);
const TOTAL_PICTURE_MAX: Duration = Duration::from_secs(300);
const REDIRECTS_MAX: usize = 3;
const RATE_WINDOW: Duration = Duration::from_secs(30);
const RATE_BYTES_MIN: u64 = 1024;
const SNIPPET_CHARS_MAX: usize = 160;

/// Where requests may go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reach {
    /// https to these hosts and the hosts below them; an entry may name a port (`example.org:8443`), else it is 443.
    Public(Vec<String>),
    /// http or https to this computer, any port.
    Loopback,
}

impl Reach {
    /// The reach of an address from the settings: this computer if it says so, else exactly that public host.
    pub fn of(address: &Url) -> Result<Self, HttpError> {
        let reach = if host_is_loopback(address) {
            Self::Loopback
        } else {
            let host = address.host_str().unwrap_or_default();
            Self::Public(vec![address.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))])
        };
        reach.check(address)?;
        Ok(reach)
    }

    /// Refuses an address outside of this reach.
    pub fn check(&self, address: &Url) -> Result<(), HttpError> {
        let plain = address.username().is_empty() && address.password().is_none();
        let good = match self {
            Self::Public(hosts) => address.scheme() == "https" && hosts.iter().any(|entry| names(entry, address)),
            Self::Loopback => matches!(address.scheme(), "http" | "https") && host_is_loopback(address),
        };
        if plain && good { Ok(()) } else { Err(HttpError::NotAllowed(place(address))) }
    }

    fn admits(&self, ip: IpAddr) -> bool {
        match self {
            Self::Public(_) => is_public(ip),
            Self::Loopback => is_loopback(ip),
        }
    }
}

fn host_is_loopback(address: &Url) -> bool {
    match address.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(ip)) => is_loopback(ip.into()),
        Some(Host::Ipv6(ip)) => is_loopback(ip.into()),
        None => false,
    }
}

/// Whether an entry of the list (`host` or `host:port`) names the host of this address or a host above it.
fn names(entry: &str, address: &Url) -> bool {
    let Some(Host::Domain(host)) = address.host() else { return false };
    let (suffix, port) = match entry.rsplit_once(':') {
        Some((suffix, port)) => (suffix, port.parse().unwrap_or(0)),
        None => (entry, 443),
    };
    let below = host.strip_suffix(suffix).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
    !suffix.is_empty() && below && address.port_or_known_default() == Some(port)
}

/// Scheme, host and port of an address: what an error may say about it without telling a secret in its query.
fn place(address: &Url) -> String {
    let host = address.host_str().unwrap_or("no host");
    let port = address.port().map(|port| format!(":{port}")).unwrap_or_default();
    format!("{}://{host}{port}", address.scheme()).chars().take(SNIPPET_CHARS_MAX).collect()
}

/// What a server says by the number of an answer that is no success, as people say it.
pub(crate) fn status_words(status: u16) -> &'static str {
    match status {
        401 | 403 => "it refuses",
        404 | 410 => "there is nothing at this address",
        408 | 425 => "it asks to try again",
        413 => "it was too much for it",
        429 => "it is asked too often",
        500..=599 => "it has trouble of its own",
        300..=399 => "it sends on to another address",
        _ => "it does not understand the request",
    }
}

/// What went wrong between here and a server.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HttpError {
    /// No connection was made: the request never left.
    #[error("{host} cannot be reached ({why})")]
    Unreachable { host: String, why: String },
    /// The connection broke later: the server may have acted on the request.
    #[error("the connection to {host} broke ({why})")]
    Lost { host: String, why: String },
    #[error("{host} took too long to answer")]
    TooSlow { host: String },
    #[error("{host} sent more than {cap} bytes")]
    TooLarge { host: String, cap: usize },
    #[error("{host}: {}", status_words(*status))]
    Status { host: String, status: u16, snippet: String },
    #[error("Pierrot does not connect to {0}: it is not one of the servers it may use here")]
    NotAllowed(String),
    #[error("the network part of Pierrot could not start ({0})")]
    Start(String),
}

impl HttpError {
    /// Whether the same request may succeed later.
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Unreachable { .. } | Self::Lost { .. } | Self::TooSlow { .. } => true,
            Self::Status { status, .. } => matches!(status, 408 | 425 | 429 | 500..=599),
            Self::TooLarge { .. } | Self::NotAllowed(_) | Self::Start(_) => false,
        }
    }

    /// Whether it is proven that the request did not leave this computer.
    pub fn never_left(&self) -> bool {
        match self {
            Self::Unreachable { .. } | Self::NotAllowed(_) | Self::Start(_) => true,
            Self::Lost { .. } | Self::TooSlow { .. } | Self::TooLarge { .. } | Self::Status { .. } => false,
        }
    }

    /// Why there is no answer, for a sentence that already says whose.
    pub fn why(&self) -> String {
        match self {
            Self::Unreachable { why, .. } => why.clone(),
            Self::Lost { why, .. } => format!("the connection broke: {why}"),
            Self::TooSlow { .. } => "it took too long to answer".into(),
            Self::Status { status, .. } => status_words(*status).into(),
            Self::TooLarge { .. } | Self::NotAllowed(_) | Self::Start(_) => self.to_string(),
        }
    }

    /// The error of a request; the address is left out, its query may hold secrets.
    pub fn from_reqwest(error: &reqwest::Error) -> Self {
        let host = error.url().map_or_else(|| "the server".to_owned(), place);
        let mut why = error.to_string();
        let mut source = error.source();
        for _ in 0..10 {
            let Some(inner) = source else { break };
            if let Some(own) = inner.downcast_ref::<Self>() {
                return own.clone();
            }
            why = words(inner);
            source = inner.source();
        }
        if error.is_connect() || error.is_builder() {
            Self::Unreachable { host, why }
        } else if error.is_timeout() {
            Self::TooSlow { host }
        } else {
            Self::Lost { host, why }
        }
    }
}

/// What a network says of itself, in words; what is not known stays as it is.
fn words(error: &(dyn std::error::Error + 'static)) -> String {
    use std::io::ErrorKind as Kind;
    let text = error.to_string();
    let known = match error.downcast_ref::<std::io::Error>().map(std::io::Error::kind) {
        Some(Kind::ConnectionRefused) => "nobody answers there",
        Some(Kind::HostUnreachable | Kind::NetworkUnreachable | Kind::NetworkDown) => "there is no network",
        Some(Kind::TimedOut) => "it took too long to answer",
        Some(Kind::ConnectionReset | Kind::ConnectionAborted | Kind::BrokenPipe | Kind::UnexpectedEof) => {
            "the other side ended it"
        }
        _ if text.contains("lookup address") => "its name was not found; is the network on?",
        _ if text.contains("timed out") || text.contains("deadline") => "it took too long to answer",
        _ => return text,
    };
    known.into()
}

/// What a client is for; decides its limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// JSON: 60 s in total, no redirect.
    Api,
    /// As `Api`, and every request on a fresh connection, so that nothing below ever sends it twice; the answer may take all
    /// of the 60 s to begin.
    Once,
    /// Pictures: 300 s in total, at most 3 redirects, each within the reach.
    Pictures,
}

/// What carries requests to their servers.
#[derive(Clone, Debug, Default)]
pub enum Network {
    #[default]
    Real,
    /// Servers in the same process, for proofs that decide what happens when.
    Simulated(Arc<dyn Carrier>),
}

/// Takes a request to its server in place of the network.
#[async_trait]
pub trait Carrier: Send + Sync + std::fmt::Debug {
    async fn carry(&self, request: Request) -> Result<Response, HttpError>;
}

impl Network {
    pub fn client(&self, kind: Kind, reach: Reach) -> Result<Client, HttpError> {
        let (inner, carrier) = match self {
            Self::Real => (real(kind, &reach)?, None),
            Self::Simulated(carrier) => {
                // It only puts requests together.
                static SHARED: OnceLock<reqwest::Client> = OnceLock::new();
                (SHARED.get_or_init(reqwest::Client::new).clone(), Some(carrier.clone()))
            }
        };
        Ok(Client { inner, reach, carrier })
    }
}

fn real(kind: Kind, reach: &Reach) -> Result<reqwest::Client, HttpError> {
    let builder = reqwest::Client::builder()
        .user_agent(concat!("Pierrot/", env!("CARGO_PKG_VERSION")))
        .https_only(matches!(reach, Reach::Public(_)))
        .no_proxy()
        .referer(false)
        .retry(reqwest::retry::never())
        .connect_timeout(CONNECT_MAX)
        .read_timeout(IDLE_MAX)
        .gzip(true)
        .dns_resolver(Guarded(reach.clone()));
    let builder = match kind {
        Kind::Api => builder.timeout(TOTAL_API_MAX).redirect(redirect::Policy::none()),
        Kind::Once => builder
            .timeout(TOTAL_API_MAX)
            .read_timeout(TOTAL_API_MAX)
            .redirect(redirect::Policy::none())
            .pool_max_idle_per_host(0)
            .http1_only(),
        Kind::Pictures => builder.timeout(TOTAL_PICTURE_MAX).redirect(within(reach.clone())),
    };
    builder.build().map_err(|error| HttpError::Start(error.without_url().to_string()))
}

/// A client that cannot leave its reach.
#[derive(Clone, Debug)]
pub struct Client {
    inner: reqwest::Client,
    reach: Reach,
    carrier: Option<Arc<dyn Carrier>>,
}

impl Client {
    /// A client on the real network.
    pub fn new(kind: Kind, reach: Reach) -> Result<Self, HttpError> {
        Network::Real.client(kind, reach)
    }

    pub fn reach(&self) -> &Reach {
        &self.reach
    }

    /// A request to an address within the reach.
    pub fn request(&self, method: Method, address: &Url) -> Result<RequestBuilder, HttpError> {
        self.reach.check(address)?;
        Ok(self.inner.request(method, address.clone()))
    }

    /// Sends a request and returns the answer, whatever its status.
    pub async fn send(&self, request: RequestBuilder) -> Result<Response, HttpError> {
        let failed = |error| HttpError::from_reqwest(&error);
        match &self.carrier {
            None => request.send().await.map_err(failed),
            Some(carrier) => carrier.carry(request.build().map_err(failed)?).await,
        }
    }

    /// Sends a GET and returns the answer, whatever its status.
    pub async fn get(&self, address: &Url) -> Result<Response, HttpError> {
        self.send(self.request(Method::GET, address)?).await
    }
}

/// Reads a body of at most `cap` bytes (counted after decompression); 1 KB/s over 30 s is the slowest allowed.
pub async fn read_capped(mut response: Response, cap: usize) -> Result<Vec<u8>, HttpError> {
    let host = place(response.url());
    let announced = response.content_length().unwrap_or(0);
    if announced > cap as u64 {
        return Err(HttpError::TooLarge { host, cap });
    }
    let mut bytes = Vec::with_capacity(usize::try_from(announced).unwrap_or(0).min(1 << 20));
    let mut pace = Pace::start(Instant::now());
    while let Some(chunk) = response.chunk().await.map_err(|error| HttpError::from_reqwest(&error))? {
        if bytes.len() + chunk.len() > cap {
            return Err(HttpError::TooLarge { host, cap });
        }
        if !pace.keeps_up(Instant::now(), chunk.len()) {
            return Err(HttpError::TooSlow { host });
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

/// The beginning of a body as one printable line, for a log.
pub fn snippet(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(&bytes[..bytes.len().min(4 * SNIPPET_CHARS_MAX)]);
    let words: Vec<_> = text.split(|char: char| char.is_control() || char.is_whitespace()).collect();
    words
        .iter()
        .filter(|word| !word.is_empty())
        .copied()
        .collect::<Vec<_>>()
        .join(" ")
        .chars()
        .take(SNIPPET_CHARS_MAX)
        .collect()
}

/// The waiting time a server asks for, when it says so in seconds.
pub fn retry_after(response: &Response) -> Option<Duration> {
    let value = response.headers().get(reqwest::header::RETRY_AFTER)?.to_str().ok()?;
    value.trim().parse().ok().map(Duration::from_secs)
}

/// Counts the bytes of a window of 30 s.
#[derive(Debug)]
struct Pace {
    since: Instant,
    bytes: u64,
}

impl Pace {
    fn start(now: Instant) -> Self {
        Self { since: now, bytes: 0 }
    }

    fn keeps_up(&mut self, now: Instant, bytes: usize) -> bool {
        self.bytes += bytes as u64;
        if now.duration_since(self.since) < RATE_WINDOW {
            return true;
        }
        let enough = self.bytes >= RATE_BYTES_MIN * now.duration_since(self.since).as_secs();
        *self = Self::start(now);
        enough
    }
}

fn within(reach: Reach) -> redirect::Policy {
    redirect::Policy::custom(move |attempt| {
        if attempt.previous().len() > REDIRECTS_MAX {
            let place = place(attempt.url());
            return attempt.error(HttpError::NotAllowed(format!("{place} after {REDIRECTS_MAX} redirects")));
        }
        match reach.check(attempt.url()) {
            Ok(()) => attempt.follow(),
            Err(error) => attempt.error(error),
        }
    })
}

/// Resolves names and drops every address outside of the reach.
struct Guarded(Reach);

impl Resolve for Guarded {
    fn resolve(&self, name: Name) -> Resolving {
        let reach = self.0.clone();
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let good = admitted(&reach, name.as_str(), found)?;
            Ok(Box::new(good.into_iter()) as Addrs)
        })
    }
}

/// What of a name server's answer may be connected to. Asked for every new connection.
fn admitted(reach: &Reach, name: &str, found: impl Iterator<Item = SocketAddr>) -> Result<Vec<SocketAddr>, HttpError> {
    let good: Vec<SocketAddr> = found.filter(|found| reach.admits(found.ip())).collect();
    if good.is_empty() { Err(HttpError::NotAllowed(name.to_owned())) } else { Ok(good) }
}

#[cfg(test)]
#[path = "http_test_server.rs"]
pub(crate) mod test_server;

#[cfg(test)]
#[path = "http_reach_test.rs"]
mod reach_tests;

#[cfg(test)]
#[path = "http_test.rs"]
mod tests;
