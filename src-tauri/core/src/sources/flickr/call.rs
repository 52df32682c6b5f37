//! One call to Flickr's REST interface: its turn, its signature, its retries.
//!
//! Invariant: a call is tried at most 4 times, and only where the answer says that a second try may do better; a failure
//! that lasts ends the whole run within 4 minutes and 40 calls. Each try has a fresh stamp. Absent: what methods exist.

use std::fmt;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use reqwest::StatusCode;
use tokio::time::{Instant, sleep, timeout};
use url::Url;

use super::parse::Unread;
use super::{FlickrError, FlickrKeys, Result, text};
use crate::budget::Take;
use crate::http::{self, HttpError};
use crate::oauth;

/// Gives a fresh nonce and the time, for each try.
pub type Stamps = Arc<dyn Fn() -> oauth::Stamp + Send + Sync>;
/// Asked before each try; it counts and saves the call when it says [`Take::Go`].
pub type Turn = Arc<dyn Fn() -> Take + Send + Sync>;
/// Names and values of a method's own parameters.
pub(super) type Params = Vec<(&'static str, String)>;

const REPLY_BYTES_MAX: usize = 16 << 20;
const RETRY_AFTER_MAX: Duration = Duration::from_secs(60);
const TURN_WAIT_MAX_MS: u64 = 120_000;
const TURN_ASKS_MAX: u32 = 100;

/// How long a failing server is borne.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// Tries of one call.
    pub tries: u32,
    /// Before the second try; doubled each time, with a quarter of jitter.
    pub first_wait: Duration,
    /// Failed tries in a row, over all calls, until the run is given up.
    pub failures_max: u32,
    /// From the first failure in a row until the run is given up.
    pub failing_max: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            tries: 4,
            first_wait: Duration::from_secs(1),
            failures_max: 12,
            failing_max: Duration::from_secs(4 * 60 - 10),
        }
    }
}

/// Failed tries since the last answer.
#[derive(Debug)]
struct Failing {
    count: u32,
    since: Instant,
    last: Instant,
}

/// Makes calls; one for a run.
pub(super) struct Caller {
    api_url: Url,
    pub(super) keys: FlickrKeys,
    client: http::Client,
    stamps: Stamps,
    turn: Turn,
    pub(super) patience: Patience,
    dice: Mutex<ChaCha8Rng>,
    failing: Mutex<Option<Failing>>,
    calls: AtomicU32,
}

impl fmt::Debug for Caller {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Caller")
            .field("api_url", &self.api_url.as_str())
            .field("calls", &self.calls())
            .finish_non_exhaustive()
    }
}

/// Why one try brought nothing.
enum Failure {
    /// Another try may do better, after this time if the server says one.
    Again(FlickrError, Option<Duration>),
    Final(FlickrError),
}

impl Caller {
    pub fn new(api_url: Url, keys: FlickrKeys, client: http::Client, stamps: Stamps, turn: Turn, seed: u64) -> Self {
        Self {
            api_url,
            keys,
            client,
            stamps,
            turn,
            patience: Patience::default(),
            dice: Mutex::new(ChaCha8Rng::seed_from_u64(seed)),
            failing: Mutex::new(None),
            calls: AtomicU32::new(0),
        }
    }

    pub fn calls(&self) -> u32 {
        self.calls.load(Ordering::Relaxed)
    }

    pub fn needs_login(&self, what: &str) -> Result<()> {
        match self.keys.signed() {
            Some(_) => Ok(()),
            None => Err(FlickrError::SignInAgain { why: format!("{what} needs a login, and there is none") }),
        }
    }

    /// Calls a method until its answer can be read or the patience ends.
    pub async fn ask<T>(
        &self,
        method: &str,
        params: &Params,
        read: impl Fn(&[u8]) -> std::result::Result<T, Unread>,
    ) -> Result<T> {
        let mut tried = 0;
        loop {
            let left = self.time_left()?;
            self.wait_for_turn().await?;
            tried += 1;
            let started = Instant::now();
            let answer = match timeout(left, self.attempt(method, params)).await {
                Ok(Ok(bytes)) => read(&bytes).map_err(|unread| self.judge(unread)),
                Ok(Err(failure)) => Err(failure),
                Err(_) => Err(again("it does not answer in time".to_owned())),
            };
            let (error, asked) = match answer {
                Ok(found) => {
                    *self.failing() = None;
                    return Ok(found);
                }
                Err(Failure::Final(error)) => return Err(error),
                Err(Failure::Again(error, asked)) => (error, asked),
            };
            tracing::debug!(method, tried, %error, "a call to Flickr failed");
            let wait = asked.unwrap_or_else(|| self.jittered(tried));
            if !self.may_go_on(started, tried, wait) {
                return Err(error);
            }
            sleep(wait).await;
        }
    }

    async fn wait_for_turn(&self) -> Result<()> {
        let mut waited_ms = 0u64;
        for _ in 0..TURN_ASKS_MAX {
            let Take::Wait(ms) = (self.turn)() else { return Ok(()) };
            waited_ms = ms.saturating_add(waited_ms);
            if waited_ms > TURN_WAIT_MAX_MS {
                return Err(FlickrError::AllowanceSpent { minutes: ms.div_ceil(60_000) });
            }
            sleep(Duration::from_millis(ms)).await;
        }
        Err(FlickrError::AllowanceSpent { minutes: 1 })
    }

    async fn attempt(&self, method: &str, params: &Params) -> std::result::Result<Vec<u8>, Failure> {
        self.calls.fetch_add(1, Ordering::Relaxed);
        let address = self.address(method, params);
        let response = self.client.get(&address).await.map_err(from_http)?;
        let (status, after) = (response.status(), http::retry_after(&response));
        let bytes = http::read_capped(response, REPLY_BYTES_MAX).await.map_err(from_http)?;
        match status.as_u16() {
            200..=299 => Ok(bytes),
            401 => Err(Failure::Final(FlickrError::of_oauth(&oauth_problem(&bytes)))),
            408 | 425 | 429 | 500..=599 => Err(self.busy(status, after)),
            _ => self.odd(status, bytes),
        }
    }

    fn address(&self, method: &str, params: &Params) -> Url {
        let fixed = [("method", method), ("format", "json"), ("nojsoncallback", "1")];
        let mut all: Vec<(String, String)> = fixed.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        all.extend(params.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
        let signature = match self.keys.signed() {
            Some(keys) => oauth::signed_params("GET", &self.api_url, &all, &keys, &(self.stamps)()),
            None => vec![("api_key".to_owned(), self.keys.api_key.reveal().to_owned())],
        };
        let mut address = self.api_url.clone();
        address.query_pairs_mut().extend_pairs(all).extend_pairs(signature);
        address
    }

    fn busy(&self, status: StatusCode, after: Option<Duration>) -> Failure {
        let error = FlickrError::Unreachable { why: http::status_words(status.as_u16()).to_owned() };
        match after {
            Some(after) if after > RETRY_AFTER_MAX => Failure::Final(error),
            Some(_) | None => Failure::Again(error, after),
        }
    }

    /// Another status: what the body says counts, if it says something.
    fn odd(&self, status: StatusCode, bytes: Vec<u8>) -> std::result::Result<Vec<u8>, Failure> {
        if text::fail_in(&bytes).is_some() {
            return Ok(bytes);
        }
        if bytes.starts_with(b"oauth_problem=") {
            return Err(Failure::Final(FlickrError::of_oauth(&oauth_problem(&bytes))));
        }
        let message = self.keys.hide(&http::snippet(&bytes));
        Err(Failure::Final(FlickrError::Refused { code: i64::from(status.as_u16()), message }))
    }

    /// What a reply without the thing asked for means: the action map of the reference.
    fn judge(&self, unread: Unread) -> Failure {
        let (code, message) = match unread {
            Unread::Damaged(why) => return Failure::Again(FlickrError::Malformed { why }, None),
            Unread::Fail { code, message } => (code, self.keys.hide(&message)),
        };
        if matches!(code, 10 | 105 | 106) || message.to_ascii_lowercase().contains("not currently available") {
            return again(format!("it says \"{message}\""));
        }
        Failure::Final(match code {
            96 => FlickrError::SecretWrong { message },
            97 | 98 => FlickrError::SignInAgain { why: message },
            99 => FlickrError::NoPermission { message },
            100 => FlickrError::KeyDead { message },
            _ => FlickrError::Refused { code, message },
        })
    }

    fn jittered(&self, tried: u32) -> Duration {
        let factor = self.dice.lock().unwrap_or_else(PoisonError::into_inner).random_range(0.75..=1.25);
        self.patience.first_wait.mul_f64(factor) * (1 << (tried - 1).min(10))
    }

    /// How long the next try may take; an error when the run has been given up.
    fn time_left(&self) -> Result<Duration> {
        let mut failing = self.failing();
        let Some(row) = failing.as_ref() else { return Ok(self.patience.failing_max) };
        if row.last.elapsed() > self.patience.failing_max {
            *failing = None;
            return Ok(self.patience.failing_max);
        }
        let left = self.patience.failing_max.saturating_sub(row.since.elapsed());
        if row.count >= self.patience.failures_max || left.is_zero() {
            return Err(FlickrError::Unreachable { why: format!("{} calls in a row have failed", row.count) });
        }
        Ok(left)
    }

    /// Counts the failure and tells whether another try, after `wait`, is within the patience.
    fn may_go_on(&self, started: Instant, tried: u32, wait: Duration) -> bool {
        let mut failing = self.failing();
        let row = failing.get_or_insert(Failing { count: 0, since: started, last: started });
        row.count += 1;
        row.last = Instant::now();
        tried < self.patience.tries
            && row.count < self.patience.failures_max
            && row.since.elapsed() + wait < self.patience.failing_max
    }

    fn failing(&self) -> std::sync::MutexGuard<'_, Option<Failing>> {
        self.failing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn again(why: String) -> Failure {
    Failure::Again(FlickrError::Unreachable { why }, None)
}

fn from_http(error: HttpError) -> Failure {
    let why = error.why();
    match error {
        HttpError::NotAllowed(_) => Failure::Final(FlickrError::NotAllowed(error)),
        HttpError::TooLarge { .. } | HttpError::Start(_) => Failure::Final(FlickrError::Malformed { why }),
        HttpError::Unreachable { .. }
        | HttpError::Lost { .. }
        | HttpError::TooSlow { .. }
        | HttpError::Status { .. } => again(why),
    }
}

/// The word after `oauth_problem=`; the rest of such a body repeats keys and stays out.
fn oauth_problem(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(&bytes[..bytes.len().min(1000)]);
    let word =
        text.split_once("oauth_problem=").map(|(_, rest)| rest.split(['&', '\n', ' ']).next().unwrap_or_default());
    word.unwrap_or_default().chars().filter(|char| char.is_ascii_lowercase() || *char == '_').take(40).collect()
}
