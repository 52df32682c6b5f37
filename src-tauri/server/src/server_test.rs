//! The server answers its own page on this computer, and nobody else.

use std::time::Duration;

use pierrot_core::{
    Pierrot, World,
    engine::{Engine, Program},
};
use rand::SeedableRng;
use reqwest::{Client, Method, RequestBuilder, Response, StatusCode, header};

use crate::{Elsewhere, Server, Token};

/// A server on an empty home.
struct Bench {
    server: Server,
    engine: Engine,
    client: Client,
    _home: tempfile::TempDir,
}

impl Bench {
    async fn start() -> Self {
        Self::start_with(None).await
    }

    async fn start_with(elsewhere: Option<Elsewhere>) -> Self {
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let home = tempfile::tempdir().expect("a folder");
        let pierrot = Pierrot::open(home.path(), World::with_secrets([])).expect("a home");
        let engine = Engine::new(pierrot, Program { version: "test".into(), demo: false }).expect("it starts");
        let token = Token::random(&mut rand::rngs::StdRng::seed_from_u64(1));
        let server = crate::start(engine.clone(), 0, token, elsewhere).await.expect("loopback");
        let client = Client::builder().redirect(reqwest::redirect::Policy::none()).build().expect("a client");
        Self { server, engine, client, _home: home }
    }

    fn origin(&self) -> String {
        format!("http://127.0.0.1:{}", self.server.port())
    }

    fn ask(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}{path}", self.origin()))
    }

    /// As the page asks after it was opened.
    fn page(&self, method: Method, path: &str) -> RequestBuilder {
        let cookie = format!("pierrot_{}={}", self.server.port(), self.server.token.reveal());
        self.ask(method, path).header(header::COOKIE, cookie).header(header::ORIGIN, self.origin())
    }
}

async fn status(request: RequestBuilder) -> StatusCode {
    request.send().await.expect("it answers").status()
}

async fn text(response: Response) -> String {
    response.text().await.expect("text")
}

#[tokio::test]
async fn nothing_is_answered_without_the_token() {
    let bench = Bench::start().await;
    for (method, path) in [
        (Method::GET, "/"),
        (Method::GET, "/index.html"),
        (Method::GET, "/api/events"),
        (Method::GET, "/pictures/1/grid"),
        (Method::GET, "/looks/1?recipe={}"),
        (Method::GET, "/mosaics/1/web.jpg"),
        (Method::POST, "/api/call/overview"),
        (Method::POST, "/api/open?name=a.png"),
        (Method::GET, "/open"),
        (Method::GET, "/open?token="),
        (Method::GET, "/open?token=0000"),
    ] {
        let request = bench.ask(method, path).header(header::ORIGIN, bench.origin());
        assert_eq!(status(request).await, StatusCode::UNAUTHORIZED, "{path}");
    }
    let wrong = bench.ask(Method::POST, "/api/call/overview").bearer_auth("0".repeat(64));
    assert_eq!(status(wrong).await, StatusCode::UNAUTHORIZED);
    let cookie = format!("pierrot_{}=0000", bench.server.port());
    let wrong = bench.ask(Method::GET, "/").header(header::COOKIE, cookie);
    assert_eq!(status(wrong).await, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn the_address_opens_once_and_becomes_a_cookie_no_script_can_read() {
    let bench = Bench::start().await;
    let opened = bench.client.get(bench.server.address()).send().await.expect("it answers");
    assert_eq!(opened.status(), StatusCode::SEE_OTHER);
    assert_eq!(opened.headers()[header::LOCATION], "/");
    let cookie = opened.headers()[header::SET_COOKIE].to_str().expect("text").to_owned();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict") && cookie.contains("Path=/"), "{cookie}");
    let cookie = cookie.split(';').next().expect("a pair").to_owned();
    let overview = bench.ask(Method::POST, "/api/call/overview").header(header::COOKIE, cookie);
    let overview = overview.header(header::ORIGIN, bench.origin()).send().await.expect("it answers");
    assert_eq!(overview.status(), StatusCode::OK);
    assert!(text(overview).await.contains("\"version\":\"test\""));
}

#[tokio::test]
async fn another_page_or_another_host_name_is_refused() {
    let bench = Bench::start().await;
    for host in ["evil.example", "127.0.0.1", "127.0.0.1:1", "localhost.evil.example", "[::1]:80"] {
        let request = bench.page(Method::POST, "/api/call/overview").header(header::HOST, host);
        assert_eq!(status(request).await, StatusCode::FORBIDDEN, "host {host}");
    }
    let own = format!("pierrot_{}={}", bench.server.port(), bench.server.token.reveal());
    for origin in ["http://evil.example", "null", "https://127.0.0.1", "http://127.0.0.1:1", "http://localhost"] {
        let request = bench.ask(Method::POST, "/api/call/overview").header(header::COOKIE, &own);
        assert_eq!(status(request.header(header::ORIGIN, origin)).await, StatusCode::FORBIDDEN, "origin {origin}");
        let request = bench.ask(Method::GET, "/api/events").header(header::COOKIE, &own);
        assert_eq!(status(request.header(header::ORIGIN, origin)).await, StatusCode::FORBIDDEN, "events for {origin}");
    }
    let nameless = bench.ask(Method::POST, "/api/call/overview").header(header::COOKIE, &own);
    assert_eq!(status(nameless).await, StatusCode::FORBIDDEN, "a form of another page carries no origin we know");
    let program = bench.ask(Method::POST, "/api/call/overview").bearer_auth(bench.server.token.reveal());
    assert_eq!(status(program).await, StatusCode::OK, "a program with the token is no page");
}

#[tokio::test]
async fn addresses_lead_to_no_file() {
    let bench = Bench::start().await;
    for path in [
        "/../Cargo.toml",
        "/..%2f..%2fCargo.toml",
        "/assets/..%2f..%2f..%2f..%2fetc/passwd",
        "/%2e%2e/%2e%2e/etc/passwd",
        "/etc/passwd",
        "/pictures/..%2f..%2fconfig.toml/grid",
        "/pictures/1%00/grid",
        "/pictures/1/..%2fgrid",
        "/pictures/1/huge",
        "/pictures/52000000001/grid",
        "/pictures/file.0123456789abcdef/large",
        "/pictures/file...%2f..%2fcatalogue/large",
    ] {
        let answer = bench.page(Method::GET, path).send().await.expect("it answers");
        assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{path}");
        assert!(!text(answer).await.contains("root:"), "{path}");
    }
}

#[tokio::test]
async fn every_answer_keeps_the_page_in_its_place() {
    let bench = Bench::start().await;
    for path in ["/", "/nothing", "/api/call/overview"] {
        let answer = bench.page(Method::GET, path).send().await.expect("it answers");
        let header = |name: &str| answer.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let policy = header("content-security-policy");
        assert!(policy.contains("default-src 'none'") && policy.contains("script-src 'self';"), "{policy}");
        assert!(!policy.contains("unsafe-eval") && !policy.contains("http"), "{policy}");
        assert_eq!((header("x-content-type-options"), header("referrer-policy")), ("nosniff", "no-referrer"));
    }
}

#[tokio::test]
async fn a_call_that_is_wrong_is_told_in_words() {
    let bench = Bench::start().await;
    for (path, body, wanted) in [
        ("/api/call/nothing", "{}", StatusCode::NOT_FOUND),
        ("/api/call/sync", "{}", StatusCode::UNPROCESSABLE_ENTITY),
        ("/api/call/sync", "{\"full\":true,\"and\":1}", StatusCode::UNPROCESSABLE_ENTITY),
        ("/api/call/sync", "<html>", StatusCode::UNPROCESSABLE_ENTITY),
        ("/api/call/photo", "{\"photo\":\"../x\"}", StatusCode::UNPROCESSABLE_ENTITY),
    ] {
        let answer = bench.page(Method::POST, path).body(body).send().await.expect("it answers");
        assert_eq!(answer.status(), wanted, "{path} {body}");
        let said: serde_json::Value = serde_json::from_str(&text(answer).await).expect("JSON");
        for field in ["code", "message", "what_now"] {
            assert!(said["error"][field].as_str().is_some_and(|text| !text.is_empty()), "{path} {body}: {said}");
        }
    }
    let large = bench.page(Method::POST, "/api/call/overview").body("x".repeat(5 << 20));
    assert_eq!(status(large).await, StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn a_picture_that_is_opened_is_there_to_be_looked_at() {
    let bench = Bench::start().await;
    let open =
        |name: &str, body: Vec<u8>| bench.page(Method::POST, &format!("/api/open?name={name}")).body(body).send();
    let icon = include_bytes!("../../../icons/128x128.png");
    let answer = open("..%2FPierrot%20%26%20Co.png", icon.to_vec()).await.expect("it answers");
    assert_eq!(answer.status(), StatusCode::OK);
    let opened: serde_json::Value = serde_json::from_str(&text(answer).await).expect("JSON");
    assert_eq!((&opened["name"], &opened["width"]), (&"Pierrot & Co.png".into(), &128.into()));
    let id = opened["id"].as_str().expect("an id");
    for (path, mime) in [
        (format!("/pictures/{id}/large"), "image/jpeg"),
        (format!("/pictures/{id}/grid"), "image/jpeg"),
        (format!("/looks/{id}?recipe={{\"look\":\"dither\"}}"), "image/png"),
    ] {
        let answer = bench.page(Method::GET, &path).send().await.expect("it answers");
        let found = (answer.status(), answer.headers()[header::CONTENT_TYPE].to_str().ok());
        assert_eq!(found, (StatusCode::OK, Some(mime)), "{path}");
    }
    for body in [&b""[..], b"<svg/>", &icon[..100], b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00heicmif1"] {
        let answer = open("a.png", body.to_vec()).await.expect("it answers");
        assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY, "{body:?}");
        assert!(text(answer).await.contains("\"what_now\":\"Open a JPEG, PNG, GIF or WebP picture.\""), "{body:?}");
    }
}

#[tokio::test]
async fn events_reach_the_page_and_end_with_the_server() {
    let bench = Bench::start().await;
    let mut events = bench.page(Method::GET, "/api/events").send().await.expect("it answers");
    assert_eq!(events.headers()[header::CONTENT_TYPE], "text/event-stream");
    bench.engine.pause_until(None).expect("written");
    let limit = Duration::from_secs(10);
    let first = tokio::time::timeout(limit, events.chunk()).await.expect("in time").expect("whole").expect("one");
    assert!(String::from_utf8_lossy(&first).contains(r#"{"type":"changed","what":"overview"}"#));
    bench.server.stop().await;
    tokio::time::timeout(limit, async { while let Ok(Some(_)) = events.chunk().await {} }).await.expect("it ends");
}

#[tokio::test]
async fn the_page_is_told_where_else_it_can_go() {
    let bench = Bench::start().await;
    assert_eq!(status(bench.page(Method::POST, "/api/elsewhere")).await, StatusCode::NOT_FOUND, "there is no other");
    let there = Elsewhere::new(|| async { Ok("http://127.0.0.1:9/open?token=a".to_owned()) });
    let bench = Bench::start_with(Some(there)).await;
    assert_eq!(
        status(bench.ask(Method::POST, "/api/elsewhere").header(header::ORIGIN, bench.origin())).await,
        StatusCode::UNAUTHORIZED
    );
    let answer = bench.page(Method::POST, "/api/elsewhere").send().await.expect("it answers");
    assert_eq!(text(answer).await, r#"{"address":"http://127.0.0.1:9/open?token=a"}"#);
}
