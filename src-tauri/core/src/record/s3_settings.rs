//! Where a bucket is and how Pierrot speaks to it; checked before anything is sent.
//!
//! Invariant: plain http goes to this computer only; keys come from the settings only, never from AWS profiles or the
//! environment, and do not print.

use std::net::IpAddr;
use std::time::Duration;

use aws_sdk_s3::config::retry::RetryConfig;
use aws_sdk_s3::config::timeout::TimeoutConfig;
use aws_sdk_s3::config::{
    BehaviorVersion, Config, Credentials, Region, RequestChecksumCalculation, ResponseChecksumValidation,
};

use super::StoreError;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// Attempts at everything but a create, with jittered waits between.
pub(super) const ATTEMPTS: u32 = 3;
const FIRST_WAIT: Duration = Duration::from_millis(200);
const LONGEST_WAIT: Duration = Duration::from_secs(5);

/// Where the bucket is and who Pierrot is there.
#[derive(Clone)]
pub struct S3Settings {
    pub bucket: String,
    /// `auto` for R2; empty means `us-east-1`.
    pub region: String,
    /// `None` is Amazon itself. Plain http is for loopback only.
    pub endpoint: Option<String>,
    /// With or without a slash at the end; may be empty.
    pub prefix: String,
    /// `endpoint/bucket/key` instead of `bucket.endpoint/key`.
    pub path_style: bool,
    pub access_key_id: String,
    pub secret_access_key: String,
}

impl std::fmt::Debug for S3Settings {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("S3Settings")
            .field("bucket", &self.bucket)
            .field("region", &self.region)
            .field("endpoint", &self.endpoint)
            .field("prefix", &self.prefix)
            .field("path_style", &self.path_style)
            .finish_non_exhaustive()
    }
}

impl S3Settings {
    /// The prefix in its normal form, if all settings can be used.
    pub(super) fn check(&self) -> Result<String, StoreError> {
        check_bucket(&self.bucket)?;
        self.endpoint.as_deref().map_or(Ok(()), check_endpoint)?;
        normal_prefix(&self.prefix)
    }

    /// What the SDK is told; `attempt` bounds one attempt.
    pub(super) fn configuration(self, attempt: Duration) -> Config {
        let region = if self.region.trim().is_empty() { "us-east-1".to_owned() } else { self.region };
        let credentials = Credentials::new(self.access_key_id, self.secret_access_key, None, None, "pierrot-secrets");
        let retries = RetryConfig::standard()
            .with_max_attempts(ATTEMPTS)
            .with_initial_backoff(FIRST_WAIT)
            .with_max_backoff(LONGEST_WAIT);
        let mut builder = Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new(region))
            .credentials_provider(credentials)
            .force_path_style(self.path_style)
            // Several stores refuse the SDK's own checksums (record-on-s3.md 3.2 of the reference, aws-sdk-rust#1240).
            .request_checksum_calculation(RequestChecksumCalculation::WhenRequired)
            .response_checksum_validation(ResponseChecksumValidation::WhenRequired)
            .timeout_config(timeouts(attempt))
            .retry_config(retries);
        builder.set_endpoint_url(self.endpoint);
        builder.build()
    }
}

/// Connecting, and one attempt from connecting to the head of the answer.
pub(super) fn timeouts(attempt: Duration) -> TimeoutConfig {
    TimeoutConfig::builder().connect_timeout(CONNECT_TIMEOUT).operation_attempt_timeout(attempt).build()
}

fn wrong(why: String) -> StoreError {
    StoreError::Settings { why }
}

/// `/photos//pierrot` becomes `photos/pierrot/`.
fn normal_prefix(prefix: &str) -> Result<String, StoreError> {
    let parts: Vec<_> = prefix.split('/').filter(|part| !part.is_empty()).collect();
    let bad = |part: &&str| part.trim_matches('.').is_empty() || part.chars().any(char::is_control);
    if prefix.len() > 500 || parts.iter().any(bad) {
        return Err(wrong(format!("prefix \"{}\" cannot be used", prefix.escape_debug())));
    }
    Ok(parts.iter().map(|part| format!("{part}/")).collect())
}

/// Amazon's rules for names, and underscores and capitals, which old buckets and other stores have.
fn check_bucket(bucket: &str) -> Result<(), StoreError> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b".-_".contains(&byte);
    if (3..=255).contains(&bucket.len()) && bucket.bytes().all(plain) && !bucket.contains("..") {
        return Ok(());
    }
    Err(wrong(format!("\"{}\" is not the name of a bucket", bucket.escape_debug())))
}

fn check_endpoint(endpoint: &str) -> Result<(), StoreError> {
    let shown = endpoint.escape_debug();
    let (secure, rest) = match (endpoint.strip_prefix("https://"), endpoint.strip_prefix("http://")) {
        (Some(rest), _) => (true, rest),
        (None, Some(rest)) => (false, rest),
        (None, None) => return Err(wrong(format!("endpoint \"{shown}\" must begin with https://"))),
    };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let odd = |symbol: char| symbol.is_whitespace() || symbol.is_control() || symbol == '\\';
    if authority.is_empty() || authority.contains('@') || rest.contains(['?', '#']) || rest.contains(odd) {
        return Err(wrong("the endpoint must be https://host or https://host:port, without keys in it".to_owned()));
    }
    if !secure && !is_loopback(authority) {
        return Err(wrong(format!("endpoint \"{shown}\" is plain http, which is for this computer only; use https")));
    }
    Ok(())
}

fn is_loopback(authority: &str) -> bool {
    let host = match authority.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((inside, _port)) => inside,
        None => authority.split(':').next().unwrap_or_default(),
    };
    host.eq_ignore_ascii_case("localhost") || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_is_empty_or_ends_in_one_slash() {
        for (given, expected) in
            [("", ""), ("/", ""), ("photos", "photos/"), ("/photos/pierrot/", "photos/pierrot/"), ("a//b", "a/b/")]
        {
            assert_eq!(normal_prefix(given).as_deref(), Ok(expected), "{given}");
        }
        for bad in ["..", "a/../b", "a/./b", "a\nb"] {
            assert!(normal_prefix(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn plain_http_is_for_loopback_only() {
        for good in [
            "https://s3.example.com",
            "https://s3.example.com:9000/",
            "http://127.0.0.1:5000",
            "http://localhost:5000/",
            "http://[::1]:5000",
            "http://127.8.0.1",
        ] {
            assert_eq!(check_endpoint(good), Ok(()), "{good}");
        }
        for bad in [
            "http://s3.example.com",
            "http://10.0.0.1:9000",
            "http://localhost.example.com",
            "http://127.0.0.1.example.com",
            "http://127.0.0.1@example.com/",
            "https://key:secret@example.com",
            "https://example.com/?a=b",
            "ftp://example.com",
            "s3.example.com",
            "https://",
            "http://127.0.0.1\\@example.com",
            "",
        ] {
            assert!(check_endpoint(bad).is_err(), "{bad}");
        }
    }
}
