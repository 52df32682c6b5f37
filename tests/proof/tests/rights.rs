//! The rights that docs/record-format.md gives are enough for all that Pierrot does, and for nothing more.

use std::path::Path;

use aws_sdk_s3::{
    Client,
    config::{BehaviorVersion, Credentials, Region},
    error::ProvideErrorMetadata,
    primitives::ByteStream,
};
use pierrot_proof::program::{Home, sandbox};

const BUCKET: &str = "rights";

/// The policy as the page gives it, for this bucket and the prefix `p`.
fn documented_policy() -> String {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/record-format.md");
    let page = std::fs::read_to_string(page).expect("the page is there");
    let blocks = page.split("```json\n").skip(1).filter_map(|rest| rest.split("```").next());
    let policy = blocks.into_iter().find(|block| block.contains("2012-10-17")).expect("the page gives a policy");
    policy.replace("BUCKET", BUCKET).replace("PREFIX", "p")
}

/// The server's rights are enforced until this is dropped.
struct Enforced<'a>(&'a str);

impl Enforced<'_> {
    /// After so many more requests; `inf` is never.
    fn set(&self, count: &str) -> bool {
        let url = format!("{}/moto-api/reset-auth", self.0);
        let asked = ["-sf", "-X", "POST", "-H", "Content-Type: text/plain", "-d", count, &url];
        std::process::Command::new("curl").args(asked).output().is_ok_and(|output| output.status.success())
    }
}

impl Drop for Enforced<'_> {
    fn drop(&mut self) {
        self.set("inf");
    }
}

/// Asks the server's user administration; the answer is XML.
async fn administer(endpoint: &str, form: &[(&str, &str)]) -> String {
    let credential =
        "AWS4-HMAC-SHA256 Credential=root/20261120/us-east-1/iam/aws4_request, SignedHeaders=host, Signature=0";
    let request = reqwest::Client::new().post(endpoint).header("authorization", credential);
    let form: Vec<_> = form.iter().copied().chain([("UserName", "pierrot"), ("Version", "2010-05-08")]).collect();
    let answer = request.form(&form).send().await.expect("the server answers");
    assert!(answer.status().is_success(), "{form:?}: {}", answer.status());
    answer.text().await.expect("text")
}

fn between<'a>(text: &'a str, tag: &str) -> &'a str {
    let rest = text.split(&format!("<{tag}>")).nth(1).unwrap_or_default();
    rest.split('<').next().unwrap_or_default()
}

fn client(endpoint: &str, key: &str, secret: &str) -> Client {
    let configuration = aws_sdk_s3::config::Builder::new()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        .credentials_provider(Credentials::new(key, secret, None, None, "proof"))
        .force_path_style(true)
        .endpoint_url(endpoint);
    Client::from_conf(configuration.build())
}

/// `scripts/with-moto.sh` sets `PIERROT_TEST_S3` to the address of an S3 server.
#[tokio::test(flavor = "multi_thread")]
async fn moto_lets_pierrot_do_everything_with_the_documented_rights_and_delete_nothing() {
    let Ok(endpoint) = std::env::var("PIERROT_TEST_S3") else {
        assert!(std::env::var_os("CI").is_none(), "the S3 tests need scripts/with-moto.sh");
        return;
    };
    let endpoint = endpoint.trim_end_matches('/').to_owned();
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    client(&endpoint, "root", "root").create_bucket().bucket(BUCKET).send().await.expect("a new bucket");
    administer(&endpoint, &[("Action", "CreateUser")]).await;
    let policy = documented_policy();
    administer(&endpoint, &[("Action", "PutUserPolicy"), ("PolicyName", "record"), ("PolicyDocument", &policy)]).await;
    let made = administer(&endpoint, &[("Action", "CreateAccessKey")]).await;
    let (key, secret) = (between(&made, "AccessKeyId"), between(&made, "SecretAccessKey"));
    let enforced = Enforced(&endpoint);
    assert!(enforced.set("0"), "this server enforces rights");

    everything(&endpoint, key, secret).await;

    let user = client(&endpoint, key, secret);
    let entry = "p/wal/00000000000000000001.json";
    let denied = [
        user.delete_object()
            .bucket(BUCKET)
            .key(entry)
            .send()
            .await
            .err()
            .and_then(|error| error.code().map(str::to_owned)),
        {
            let put = user.put_object().bucket(BUCKET).key("elsewhere").body(ByteStream::from_static(b"x"));
            put.send().await.err().and_then(|error| error.code().map(str::to_owned))
        },
        user.delete_bucket().bucket(BUCKET).send().await.err().and_then(|error| error.code().map(str::to_owned)),
    ];
    assert!(denied.iter().all(|code| code.as_deref() == Some("AccessDenied")), "{denied:?}");
    assert!(user.get_object().bucket(BUCKET).key(entry).send().await.is_ok(), "the entry is still there");
}

async fn everything(endpoint: &str, key: &str, secret: &str) {
    let folder = tempfile::tempdir().expect("a folder");
    let servers = sandbox(12, 5).await.expect("loopback ports are free");
    let record = format!(
        "kind = \"s3\"\nbucket = \"{BUCKET}\"\nregion = \"us-east-1\"\nendpoint = \"{endpoint}\"\nprefix = \"p\"\npath_style = true"
    );
    let secrets = [("s3.access_key_id", key), ("s3.secret_access_key", secret)];
    let home =
        |name: &str| Home::new(&folder.path().join(name), &servers, &record, &secrets).expect("the program is built");
    let (one, other) = (home("one"), home("other"));
    for (home, arguments) in [
        (&one, &["probe"][..]),
        (&one, &["doctor"]),
        (&one, &["sync"]),
        (&one, &["publish"]),
        (&one, &["publish"]),
        (&one, &["recover"]),
        (&one, &["check"]),
        (&one, &["check", "--repair"]),
        (&other, &["restore"]),
        (&other, &["publish"]),
        (&other, &["check"]),
        (&one, &["log"]),
    ] {
        let said = home.run(arguments).await.expect("it runs");
        assert_eq!(said.status, Some(0), "{arguments:?}: {}", said.json);
    }
    // Cut off in the middle of a publication, and settled.
    assert!(one.die_at(&["publish"], "publish::after_fence").await.expect("it runs"));
    let said = one.run(&["recover"]).await.expect("it runs");
    assert!(matches!(said.status, Some(0 | 4)), "{}", said.json);
    let said = other.run(&["check"]).await.expect("it runs");
    assert_eq!(said.status, Some(0), "{}", said.json);
}
