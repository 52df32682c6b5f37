//! Where the record of a contest is: a folder, or a bucket behind the proxy that loses answers.

use std::{io, path::Path, sync::Arc};

use aws_sdk_s3::{
    Client,
    config::{BehaviorVersion, Credentials, Region},
};
use pierrot_core::record::{
    RecordStore, Sharing,
    folder::FolderStore,
    s3::{S3Settings, S3Store},
};

use super::proxy::Proxy;

/// What keeps the record. `Bucket` is the S3 server that `PIERROT_TEST_S3` names, whichever it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    Folder,
    Bucket,
}

/// The prepared place.
#[derive(Debug)]
pub struct Site {
    /// `[record]` of the settings.
    pub settings: String,
    pub secrets: Vec<(&'static str, &'static str)>,
    /// The way past the proxy, for judging.
    pub store: Arc<dyn RecordStore>,
    proxy: Option<Proxy>,
}

const KEY: &str = "PIERROTKEY";
const SECRET: &str = "pierrotsecret";

impl Place {
    pub async fn prepare(self, folder: &Path, seed: u64) -> io::Result<Site> {
        match self {
            Self::Folder => {
                let record = folder.join("record");
                let settings = format!("kind = \"folder\"\npath = \"{}\"", record.display());
                let store = FolderStore::open(record, Sharing::Several).map_err(io::Error::other)?;
                Ok(Site { settings, secrets: Vec::new(), store: Arc::new(store), proxy: None })
            }
            Self::Bucket => bucket(seed).await,
        }
    }
}

async fn bucket(seed: u64) -> io::Result<Site> {
    let endpoint = std::env::var("PIERROT_TEST_S3").map_err(|_| {
        io::Error::other("PIERROT_TEST_S3 names no S3 server; scripts/with-moto.sh and with-radosgw.sh start one")
    })?;
    let endpoint = endpoint.trim_end_matches('/').to_owned();
    let name = format!("contest-{}-{seed}", std::process::id());
    let credentials = Credentials::new(KEY, SECRET, None, None, "proof");
    let configuration = aws_sdk_s3::config::Builder::new()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        .credentials_provider(credentials)
        .force_path_style(true)
        .endpoint_url(&endpoint)
        .build();
    Client::from_conf(configuration).create_bucket().bucket(&name).send().await.map_err(io::Error::other)?;
    let direct = S3Settings {
        bucket: name.clone(),
        region: "us-east-1".into(),
        endpoint: Some(endpoint.clone()),
        prefix: String::new(),
        path_style: true,
        access_key_id: KEY.into(),
        secret_access_key: SECRET.into(),
    };
    let store = Arc::new(S3Store::new(direct, Sharing::Several).map_err(io::Error::other)?);
    let proxy = Proxy::start(&endpoint, seed).await?;
    let settings = format!(
        "kind = \"s3\"\nbucket = \"{name}\"\nregion = \"us-east-1\"\nendpoint = \"{}\"\npath_style = true",
        proxy.address()
    );
    let secrets = vec![("s3.access_key_id", KEY), ("s3.secret_access_key", SECRET)];
    Ok(Site { settings, secrets, store, proxy: Some(proxy) })
}

impl Site {
    /// Lets things go wrong between the computers and the store, or not.
    pub fn storm(&self, on: bool) {
        if let Some(proxy) = &self.proxy {
            proxy.storm(on);
        }
    }

    /// Requests that something went wrong with.
    pub fn faults(&self) -> u64 {
        self.proxy.as_ref().map_or(0, Proxy::faults)
    }
}
