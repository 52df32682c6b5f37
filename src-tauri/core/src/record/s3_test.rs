//! What the S3 store does when the server misbehaves: how many requests, and what is believed.

use std::time::Duration;

use super::append::{Put, put_entry, tail};
use super::fake_s3::{FakeS3, Fault};
use super::probe::probe;
use super::s3::{S3Settings, S3Store};
use super::{Created, RecordStore, Sharing, StoreError};
use crate::error::Code;

fn store_at(endpoint: &str, sharing: Sharing) -> S3Store {
    let settings = S3Settings {
        bucket: "bucket".to_owned(),
        region: String::new(),
        endpoint: Some(endpoint.to_owned()),
        prefix: "p".to_owned(),
        path_style: true,
        access_key_id: "CANARYKEY".to_owned(),
        secret_access_key: "CANARYSECRET".to_owned(),
    };
    S3Store::with_timeout(settings, sharing, Duration::from_millis(500)).expect("good settings")
}

async fn with(faults: &[Fault]) -> (FakeS3, S3Store) {
    let server = FakeS3::start(faults.iter().copied()).await;
    let store = store_at(&server.address, Sharing::Several);
    (server, store)
}

#[tokio::test]
async fn a_create_is_one_request_whatever_happens() {
    use Fault::{Answer, DropAfter, DropBefore, Hang, Html, StoredThen};
    for fault in [
        DropAfter,
        DropBefore,
        Hang,
        Answer(409, "ConditionalRequestConflict"),
        Answer(409, "OperationAborted"),
        Answer(500, "InternalError"),
        Answer(503, "SlowDown"),
        Answer(400, "RequestTimeout"),
        StoredThen(500, "InternalError"),
        StoredThen(503, "SlowDown"),
        Html(200),
        Html(502),
    ] {
        let (server, store) = with(&[fault]).await;
        let created = store.create("wal/1", b"{}").await;
        assert!(matches!(created, Ok(Created::Unsure(_))), "{fault:?}: {created:?}");
        assert_eq!(server.state().requests.len(), 1, "{fault:?}");
    }
}

#[tokio::test]
async fn a_create_on_a_connection_that_was_used_before_is_one_request_too() {
    for fault in [Fault::DropAfter, Fault::DropBefore] {
        let (server, store) = with(&[]).await;
        assert_eq!(store.create("wal/1", b"{}").await, Ok(Created::Done));
        server.state().faults.push_back(fault);
        assert!(matches!(store.create("wal/2", b"{}").await, Ok(Created::Unsure(_))));
        assert_eq!(server.state().requests.len(), 2, "{fault:?}");
    }
}

#[tokio::test]
async fn a_create_carries_the_condition_and_no_checksum() {
    let (server, store) = with(&[]).await;
    assert_eq!(store.create("wal/1", b"{}").await, Ok(Created::Done));
    assert_eq!(store.create("wal/1", b"{}").await, Ok(Created::Exists));
    let state = server.state();
    let request = state.requests.first().expect("one request");
    assert_eq!((request.method.as_str(), request.path.as_str()), ("PUT", "/bucket/p/wal/1"));
    let header = |name: &str| request.headers.get(name).map(String::as_str);
    assert_eq!(header("if-none-match"), Some("*"));
    assert_eq!(header("content-type"), Some("application/json"));
    assert!(header("authorization").is_some_and(|value| value.starts_with("AWS4-HMAC-SHA256")));
    assert!(!request.headers.keys().any(|name| name.contains("checksum") || name.contains("trailer")));
}

#[tokio::test]
async fn certain_failures_of_a_create_are_errors_with_the_right_next_step() {
    use Fault::{Answer, Html};
    for (fault, code) in [
        (Answer(501, "NotImplemented"), Code::FixSettings),
        (Answer(403, "AccessDenied"), Code::SignInAgain),
        (Answer(403, "SignatureDoesNotMatch"), Code::SignInAgain),
        (Answer(403, "RequestTimeTooSkewed"), Code::Failed),
        (Answer(404, "NoSuchBucket"), Code::FixSettings),
        (Answer(301, "PermanentRedirect"), Code::FixSettings),
        (Answer(400, "AuthorizationHeaderMalformed"), Code::FixSettings),
        (Html(404), Code::Failed),
    ] {
        let (server, store) = with(&[fault]).await;
        let error = store.create("wal/1", b"{}").await.expect_err("certainly not created");
        assert_eq!(error.code(), code, "{fault:?}: {error}");
        assert_eq!(server.state().requests.len(), 1, "{fault:?}");
    }
}

#[tokio::test]
async fn nobody_there_is_certain() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = format!("http://{}", listener.local_addr().expect("bound"));
    drop(listener);
    for endpoint in [address.as_str(), "https://pierrot.invalid"] {
        let store = store_at(endpoint, Sharing::Several);
        let created = store.create("wal/1", b"{}").await;
        assert!(matches!(created, Err(StoreError::Unreachable { .. })), "{endpoint}: {created:?}");
    }
}

#[tokio::test]
async fn an_entry_is_put_through_every_fault() {
    use Fault::{Answer, DropAfter, DropBefore, Hang, Html, StoredThen};
    let cases: [&[Fault]; 11] = [
        &[],
        &[DropAfter],
        &[DropBefore],
        &[Hang],
        &[Answer(409, "ConditionalRequestConflict")],
        &[Answer(412, "PreconditionFailed")],
        &[Answer(500, "InternalError")],
        &[StoredThen(500, "InternalError")],
        &[Answer(503, "SlowDown")],
        &[Html(200)],
        &[DropAfter, Answer(500, "InternalError"), DropBefore],
    ];
    for faults in cases {
        let (server, store) = with(faults).await;
        assert_eq!(put_entry(&store, 1, b"ours").await, Ok(Put::Ours), "{faults:?}");
        let expected = vec![(1, b"ours".to_vec())];
        assert_eq!(tail(&store, 1).await, Ok(expected), "{faults:?}");
        assert_eq!(put_entry(&store, 1, b"theirs").await, Ok(Put::Taken(b"ours".to_vec())), "{faults:?}");
        let puts =
            server.state().requests.iter().filter(|request| request.method == "PUT").cloned().collect::<Vec<_>>();
        assert!(puts.iter().all(|put| put.headers.contains_key("if-none-match")), "{faults:?}");
    }
}

#[tokio::test]
async fn reading_is_tried_again_and_only_s3_can_say_absent() {
    use Fault::{Answer, DropBefore, Half, Html};
    let (server, store) = with(&[]).await;
    assert_eq!(store.replace("a", b"content".to_vec()).await, Ok(()));
    for faults in
        [&[Half, Half][..], &[DropBefore, DropBefore], &[Answer(500, "InternalError"), Answer(503, "SlowDown")]]
    {
        server.state().faults.extend(faults);
        assert_eq!(store.read("a").await, Ok(Some(b"content".to_vec())), "{faults:?}");
        assert!(server.state().faults.is_empty());
    }
    for fault in
        [Html(404), Html(200), Answer(404, "NoSuchBucket"), Answer(403, "AccessDenied"), Answer(404, "NoSuchUpload")]
    {
        server.state().faults.push_back(fault);
        assert!(store.read("b").await.is_err(), "{fault:?}");
    }
    assert_eq!(store.read("b").await, Ok(None));
    server.state().faults.extend([Half; 3]);
    assert!(matches!(store.read("a").await, Err(StoreError::Unreachable { .. })));
}

#[tokio::test]
async fn a_listing_keeps_only_what_was_asked_for() {
    let (server, store) = with(&[]).await;
    for key in
        ["/bucket/p/wal/1", "/bucket/p/wal/2", "/bucket/p/wal/3", "/bucket/p/wal/x/4", "/bucket/q/wal/5", "/bucket/p/w"]
    {
        server.state().objects.insert(key.to_owned(), vec![]);
    }
    assert_eq!(store.names("wal/", None).await, Ok(vec!["wal/1".to_owned(), "wal/2".to_owned(), "wal/3".to_owned()]));
    assert_eq!(store.names("wal/", Some("wal/2")).await, Ok(vec!["wal/3".to_owned()]));
    server.state().faults.push_back(Fault::Html(200));
    assert!(store.names("wal/", None).await.is_err());
}

#[tokio::test]
async fn the_probe_sees_through_bad_servers() {
    let server = FakeS3::start([]).await;
    let verdict = probe(&store_at(&server.address, Sharing::Several), "k1").await.expect("a verdict");
    assert!(verdict.several_computers(), "{verdict:?}");
    let verdict = probe(&store_at(&server.address, Sharing::OneComputer), "k2").await.expect("a verdict");
    assert!(!verdict.several_computers(), "{verdict:?}");
    server.state().ignores_conditions = true;
    let verdict = probe(&store_at(&server.address, Sharing::Several), "k3").await.expect("a verdict");
    assert_eq!(verdict.sentence, "This store ignores create-if-absent: use it from one computer only.");

    // Two documents are written before the first create.
    let server = FakeS3::start([]).await;
    let store = store_at(&server.address, Sharing::Several);
    store.replace("warm", vec![]).await.expect("stored");
    server.state().refuses_conditions = true;
    let verdict = probe(&store, "k4").await.expect("a verdict");
    assert_eq!(
        verdict.sentence,
        "This store cannot create a file only if it is absent: use it from one computer only."
    );
}

#[tokio::test]
async fn one_computer_may_use_a_store_without_conditions() {
    for (ignores, refuses) in [(true, false), (false, true)] {
        let server = FakeS3::start([]).await;
        {
            let mut state = server.state();
            (state.ignores_conditions, state.refuses_conditions) = (ignores, refuses);
        }
        let store = store_at(&server.address, Sharing::OneComputer);
        assert_eq!(put_entry(&store, 1, b"ours").await, Ok(Put::Ours));
        assert_eq!(put_entry(&store, 1, b"theirs").await, Ok(Put::Taken(b"ours".to_vec())));
    }
    let server = FakeS3::start([]).await;
    server.state().refuses_conditions = true;
    let created = store_at(&server.address, Sharing::Several).create("wal/1", b"x").await;
    assert!(matches!(created, Err(StoreError::CannotCreateOnce { .. })), "{created:?}");
}

#[tokio::test]
async fn errors_are_sentences_without_keys() {
    let (_server, store) = with(&[Fault::Answer(403, "CANARYKEY\u{7}\u{1b}[31m")]).await;
    let error = store.read("a").await.expect_err("denied");
    assert!(!format!("{error} {error:?} {store:?}").contains("CANARY"), "{error}");
    assert!(error.to_string().contains("s3://bucket/p") && !error.to_string().contains('\u{1b}'), "{error}");
}

#[test]
fn secrets_do_not_print() {
    let settings = S3Settings {
        bucket: "photos".into(),
        region: "eu-south-1".into(),
        endpoint: None,
        prefix: "pierrot".into(),
        path_style: false,
        access_key_id: "CANARYKEY".into(),
        secret_access_key: "CANARYSECRET".into(),
    };
    let store = S3Store::new(settings.clone(), Sharing::Several).expect("good settings");
    let shown = format!("{settings:?} {store:?} {}", store.address());
    assert!(!shown.contains("CANARY"), "{shown}");
    assert_eq!(store.address(), "s3://photos/pierrot");
}
