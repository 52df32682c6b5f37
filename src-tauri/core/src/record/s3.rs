//! A record in a bucket that speaks S3: an object per name, created by `PutObject` with `If-None-Match: *`.
//!
//! Invariant: a create is exactly one request, never repeated by the SDK, whose repetition would report our own success
//! as "exists" (aws/aws-sdk-java-v2#6580). A 404 or a 200 that is not S3's own is never taken for an answer.
//! Deliberately absent: deleting, versions, If-Match, multipart.

use std::time::Duration;

use async_trait::async_trait;
use aws_sdk_s3::Client;
use aws_sdk_s3::config::Config;
use aws_sdk_s3::config::retry::RetryConfig;
use aws_sdk_s3::operation::get_object::GetObjectOutput;
use aws_sdk_s3::operation::list_objects_v2::ListObjectsV2Output;
use aws_sdk_s3::primitives::ByteStream;

use super::s3_error::{self, Trouble};
pub use super::s3_settings::S3Settings;
use super::s3_settings::{ATTEMPTS, timeouts};
use super::{Created, NAMES_MAX, RecordStore, Sharing, StoreError, bytes_max, check_folder, check_name};

/// One attempt, from connecting to the head of the answer.
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(20);
/// The slowest line on which a document still goes up or comes down, in bytes per second.
const SLOWEST_LINE: u64 = 64 * 1024;
/// Most pages of one listing; a page is usually 1,000 names.
const PAGES_MAX: usize = 4_000;

/// A record in a bucket.
#[derive(Clone)]
pub struct S3Store {
    client: Client,
    bucket: String,
    /// Empty, or ends in a slash.
    prefix: String,
    sharing: Sharing,
    /// Told to `Trouble`, so that no error repeats it.
    access_key_id: String,
}

impl std::fmt::Debug for S3Store {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("S3Store")
            .field("address", &self.address())
            .field("sharing", &self.sharing)
            .finish_non_exhaustive()
    }
}

impl S3Store {
    /// Checks the settings; speaks to nobody yet.
    pub fn new(settings: S3Settings, sharing: Sharing) -> Result<Self, StoreError> {
        Self::with_timeout(settings, sharing, ATTEMPT_TIMEOUT)
    }

    pub(super) fn with_timeout(settings: S3Settings, sharing: Sharing, attempt: Duration) -> Result<Self, StoreError> {
        let prefix = settings.check()?;
        let S3Settings { bucket, access_key_id, .. } = settings.clone();
        Ok(Self { client: Client::from_conf(settings.configuration(attempt)), bucket, prefix, sharing, access_key_id })
    }

    /// The bucket of the tests; that it exists already is as good.
    #[cfg(test)]
    pub(super) async fn create_bucket_for_tests(&self) {
        self.client.create_bucket().bucket(&self.bucket).send().await.ok();
    }

    fn key(&self, name: &str) -> String {
        format!("{}{name}", self.prefix)
    }

    fn trouble(&self) -> s3_error::Subject {
        s3_error::Subject { at: self.address(), access_key_id: self.access_key_id.clone() }
    }

    /// One request, whatever happens.
    async fn put_once(&self, name: &str, bytes: &[u8], condition: Option<&str>) -> Result<Created, StoreError> {
        let put = self
            .client
            .put_object()
            .bucket(&self.bucket)
            .key(self.key(name))
            .set_if_none_match(condition.map(str::to_owned))
            .content_type("application/json")
            .body(ByteStream::from(bytes.to_vec()))
            .customize()
            .config_override(Config::builder().retry_config(RetryConfig::disabled()));
        match put.send().await {
            Ok(answer) if answer.e_tag().is_some() => Ok(Created::Done),
            // Perhaps a captive portal; reading back shows what is true.
            Ok(_) => Ok(Created::Unsure("the answer has no ETag".to_owned())),
            Err(error) => Trouble::new(self.trouble(), &error).of_create(),
        }
    }

    async fn get(&self, name: &str) -> Result<Option<GetObjectOutput>, StoreError> {
        match self.client.get_object().bucket(&self.bucket).key(self.key(name)).send().await {
            Ok(answer)
                if answer.e_tag().is_none()
                    && answer.content_type().is_some_and(|kind| kind.starts_with("text/html")) =>
            {
                Err(StoreError::other(&self.address(), "a web page came instead of an answer of S3"))
            }
            Ok(answer) => Ok(Some(answer)),
            Err(error) => Trouble::new(self.trouble(), &error).of_read(),
        }
    }

    /// `Ok(Err(why))` when the body broke off.
    async fn body(&self, name: &str, mut answer: GetObjectOutput) -> Result<Result<Vec<u8>, String>, StoreError> {
        let bytes_max = bytes_max(name);
        let too_large = || StoreError::TooLarge { at: self.address(), name: name.to_owned(), bytes_max };
        let promised = answer.content_length().and_then(|length| u64::try_from(length).ok());
        if promised.is_some_and(|length| length > bytes_max) {
            return Err(too_large());
        }
        let mut bytes = Vec::new();
        loop {
            match answer.body.try_next().await {
                Ok(Some(piece)) if (bytes.len() + piece.len()) as u64 > bytes_max => return Err(too_large()),
                Ok(Some(piece)) => bytes.extend_from_slice(&piece),
                Ok(None) => break,
                Err(error) => return Ok(Err(s3_error::innermost(&error))),
            }
        }
        let complete = promised.is_none_or(|length| length == bytes.len() as u64);
        Ok(if complete { Ok(bytes) } else { Err("the answer broke off".to_owned()) })
    }

    async fn page(
        &self,
        folder: &str,
        after: Option<&str>,
        token: Option<String>,
    ) -> Result<ListObjectsV2Output, StoreError> {
        self.client
            .list_objects_v2()
            .bucket(&self.bucket)
            .prefix(self.key(folder))
            .set_start_after(after.map(|after| self.key(after)))
            .set_continuation_token(token)
            .send()
            .await
            .map_err(|error| Trouble::new(self.trouble(), &error).into_error())
    }

    /// The name of a listed key, if it lies directly below `folder` and after `after`.
    fn listed(&self, key: &str, folder: &str, after: Option<&str>) -> Option<String> {
        let name = key.strip_prefix(self.prefix.as_str())?;
        let rest = name.strip_prefix(folder)?;
        let wanted = !rest.is_empty() && !rest.contains('/') && after.is_none_or(|after| name > after);
        wanted.then(|| name.to_owned())
    }
}

#[async_trait]
impl RecordStore for S3Store {
    async fn create(&self, name: &str, bytes: &[u8]) -> Result<Created, StoreError> {
        check_name(&self.address(), name)?;
        match self.sharing {
            Sharing::Several => self.put_once(name, bytes, Some("*")).await,
            Sharing::OneComputer => {
                if self.read(name).await?.is_some() {
                    return Ok(Created::Exists);
                }
                match self.put_once(name, bytes, Some("*")).await {
                    Err(StoreError::CannotCreateOnce { .. }) => self.put_once(name, bytes, None).await,
                    other => other,
                }
            }
        }
    }

    async fn read(&self, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
        check_name(&self.address(), name)?;
        let time = time_for(bytes_max(name));
        let mut why = String::new();
        for _ in 0..ATTEMPTS {
            let Some(answer) = self.get(name).await? else { return Ok(None) };
            match tokio::time::timeout(time, self.body(name, answer)).await {
                Ok(Ok(Ok(bytes))) => return Ok(Some(bytes)),
                Ok(Ok(Err(broke_off))) => why = broke_off,
                Ok(Err(error)) => return Err(error),
                Err(_elapsed) => why = format!("{name} did not arrive within {} s", time.as_secs()),
            }
        }
        Err(StoreError::unreachable(&self.address(), why))
    }

    async fn replace(&self, name: &str, bytes: Vec<u8>) -> Result<(), StoreError> {
        check_name(&self.address(), name)?;
        let time = timeouts(time_for(bytes.len() as u64));
        let put = self
            .client
            .put_object()
            .bucket(&self.bucket)
            .key(self.key(name))
            .content_type("application/json")
            .body(ByteStream::from(bytes))
            .customize()
            .config_override(Config::builder().timeout_config(time));
        put.send().await.map(drop).map_err(|error| Trouble::new(self.trouble(), &error).into_error())
    }

    async fn names(&self, folder: &str, after: Option<&str>) -> Result<Vec<String>, StoreError> {
        check_folder(&self.address(), folder)?;
        let endless = || StoreError::other(&self.address(), format!("the listing of {folder} does not end"));
        let (mut names, mut token) = (Vec::new(), None);
        for _ in 0..PAGES_MAX {
            let page = self.page(folder, after, token.clone()).await?;
            let keys = page.contents().iter().filter_map(|object| object.key());
            names.extend(keys.filter_map(|key| self.listed(key, folder, after)));
            if names.len() > NAMES_MAX {
                return Err(endless());
            }
            if !page.is_truncated().unwrap_or(false) {
                names.sort_unstable();
                names.dedup();
                return Ok(names);
            }
            let next = page.next_continuation_token().map(str::to_owned);
            if next.is_none() || next == token {
                return Err(endless());
            }
            token = next;
        }
        Err(endless())
    }

    /// Pierrot's keys need no right to delete; the scratch objects are tiny and stay.
    async fn forget_scratch(&self, _name: &str) {}

    fn sharing(&self) -> Sharing {
        self.sharing
    }

    fn address(&self) -> String {
        format!("s3://{}/{}", self.bucket, self.prefix.trim_end_matches('/'))
    }
}

fn time_for(bytes: u64) -> Duration {
    ATTEMPT_TIMEOUT + Duration::from_secs(bytes / SLOWEST_LINE)
}
