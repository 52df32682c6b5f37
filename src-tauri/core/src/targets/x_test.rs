//! What each answer of X means, and that a post is asked for once.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use url::Url;

use super::login::{access_token, code, request_token};
use super::reply::Reply;
use super::wire::Wire;
use super::{Account, Doubt, Media, OwnedKeys, Processing, Refusal, Sent, Stamps, X, XError, body, post_url, sent};
use crate::http::Network;
use crate::oauth::Stamp;
use crate::secrets::Sensitive;

const NOW: u64 = 1_790_000_000;
const TOKEN: &str = "canary-token-1234";

/// Answers each connection with the next text and closes it; an empty text closes without an answer.
struct Server {
    base: Url,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Server {
    async fn start(answers: Vec<String>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("loopback has free ports");
        let port = listener.local_addr().expect("a bound socket has an address").port();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&requests);
        tokio::spawn(async move {
            let mut answers = answers.into_iter();
            while let Ok((mut stream, _)) = listener.accept().await {
                let request = read_request(&mut stream).await;
                seen.lock().expect("no test panics while it holds the lock").push(request);
                let answer = answers.next().unwrap_or_default();
                stream.write_all(answer.as_bytes()).await.ok();
                stream.shutdown().await.ok();
            }
        });
        Self { base: Url::parse(&format!("http://127.0.0.1:{port}")).expect("a valid address"), requests }
    }

    fn x(&self) -> X {
        X::new(&Network::Real, self.base.clone(), keys(), stamps()).expect("loopback is allowed")
    }

    fn requests(&self) -> Vec<String> {
        self.requests.lock().expect("no test panics while it holds the lock").clone()
    }
}

async fn read_request(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    loop {
        let mut part = [0; 4096];
        let count = stream.read(&mut part).await.unwrap_or(0);
        bytes.extend_from_slice(&part[..count]);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let Some((head, rest)) = text.split_once("\r\n\r\n") else { if count == 0 { return text } else { continue } };
        let length = head.lines().find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.parse().ok());
        if count == 0 || rest.len() >= length.unwrap_or(0) {
            return text;
        }
    }
}

fn keys() -> OwnedKeys {
    let secret = |text: &str| Sensitive::new(text);
    OwnedKeys {
        consumer_key: secret("canary-key-1234"),
        consumer_secret: secret("canary-secret"),
        token: Some(secret(TOKEN)),
        token_secret: Some(secret("canary-token-secret")),
    }
}

fn stamps() -> Stamps {
    Box::new(|| Stamp { nonce: "nonce".to_owned(), timestamp: NOW })
}

fn http(status: u16, headers: &str, body: &str) -> String {
    format!("HTTP/1.1 {status} Status\r\n{headers}content-length: {}\r\n\r\n{body}", body.len())
}

fn reply(status: u16, headers: &[(&str, &str)], body: &str) -> Reply {
    let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Reply { status, headers, body: Some(body.as_bytes().to_vec()), signed_at: NOW }
}

/// What a row of the table expects.
#[derive(Debug, PartialEq)]
enum Verdict {
    Accepted,
    SignIn,
    OutOfCredit,
    SpendCap,
    RateLimited(Option<u64>),
    Forbidden,
    MediaInvalid,
    NotThere,
    Invalid,
    Duplicate,
    Unclear,
}

fn verdict(sent: &Sent) -> Verdict {
    match sent {
        Sent::Accepted { .. } => Verdict::Accepted,
        Sent::Refused(Refusal::SignIn { .. }) => Verdict::SignIn,
        Sent::Refused(Refusal::OutOfCredit) => Verdict::OutOfCredit,
        Sent::Refused(Refusal::SpendCap) => Verdict::SpendCap,
        Sent::Refused(Refusal::RateLimited { reset_at }) => Verdict::RateLimited(*reset_at),
        Sent::Refused(Refusal::Forbidden(_)) => Verdict::Forbidden,
        Sent::Refused(Refusal::MediaInvalid(_)) => Verdict::MediaInvalid,
        Sent::Refused(Refusal::NotThere(_)) => Verdict::NotThere,
        Sent::Refused(Refusal::Invalid(_)) => Verdict::Invalid,
        Sent::Unclear(Doubt::Duplicate) => Verdict::Duplicate,
        Sent::Unclear(Doubt::Answer(_) | Doubt::NoAnswer(_)) => Verdict::Unclear,
        Sent::NotSent(why) => panic!("an answer proves that it was sent: {why}"),
    }
}

#[expect(clippy::too_many_lines, reason = "one table, a row a reply")]
#[test]
fn every_answer_to_the_post_has_one_meaning() {
    use Verdict::*;
    let duplicate = r#"{"detail":"You are not allowed to create a Tweet with duplicate content.","type":"about:blank","title":"Forbidden","status":403}"#;
    let rows: Vec<(u16, &str, Verdict)> = vec![
        (201, r#"{"data":{"id":"190001","text":"t","edit_history_tweet_ids":["190001"]}}"#, Accepted),
        (201, r#"{"data":{"id":"190001","edit_history_post_ids":["190001"],"new":{"x":1}},"more":[]}"#, Accepted),
        (200, r#"{"data":{"id":"190001"}}"#, Accepted),
        (201, r#"{"data":{"id":190001}}"#, Accepted),
        (201, r#"{"data":{"id":"190001""#, Unclear),
        (201, r#"{"data":{"id":""}}"#, Unclear),
        (201, r#"{"data":{"id":"../1"}}"#, Unclear),
        (201, r#"{"data":{}}"#, Unclear),
        (201, r#"{"errors":[{"message":"x"}]}"#, Unclear),
        (201, "", Unclear),
        (201, "null", Unclear),
        (201, "[]", Unclear),
        (201, "<html>Welcome to the hotel</html>", Unclear),
        (202, r#"{}"#, Unclear),
        (204, "", Unclear),
        (301, "", Unclear),
        (302, "<html>", Unclear),
        (307, "", Unclear),
        (
            400,
            r#"{"errors":[{"parameters":{"media.media_ids":["1"]},"message":"Your media IDs are invalid."}],"title":"Invalid Request","detail":"One or more parameters to your request was invalid.","type":"https://api.twitter.com/2/problems/invalid-request"}"#,
            MediaInvalid,
        ),
        (
            400,
            r#"{"errors":[{"parameters":{"text":[""]},"message":"bad text"}],"title":"Invalid Request","type":"https://api.x.com/2/problems/invalid-request"}"#,
            Invalid,
        ),
        (400, "<html>bad</html>", Invalid),
        (400, "", Invalid),
        (401, r#"{"title":"Unauthorized","type":"about:blank","status":401,"detail":"Unauthorized"}"#, SignIn),
        (401, "", SignIn),
        (
            402,
            r#"{"account_id":1234567890123456789,"title":"CreditsDepleted","detail":"Your enrolled account [1234567890123456789] does not have any credits to fulfill this request.","type":"https://api.twitter.com/2/problems/credits"}"#,
            OutOfCredit,
        ),
        (
            402,
            r#"{"detail":"credits depleted","status":402,"title":"Payment Required","type":"https://api.x.com/2/problems/credits-depleted"}"#,
            OutOfCredit,
        ),
        (402, "<html>", OutOfCredit),
        (402, r#"{"detail":"Your spending limit is reached"}"#, SpendCap),
        (402, r#"{"detail":"Spending limit reached","status":402}"#, SpendCap),
        (403, duplicate, Duplicate),
        (403, r#"{"errors":[{"message":"You are not allowed to create a Post with Duplicate Content."}]}"#, Duplicate),
        (403, r#"{"title":"Forbidden","type":"about:blank","status":403,"detail":"Forbidden"}"#, Forbidden),
        (403, r#"{"detail":"You are not permitted to perform this action."}"#, Forbidden),
        (
            403,
            r#"{"title":"Forbidden","status":403,"detail":"Your client app is not configured","type":"https://api.twitter.com/2/problems/oauth1-permissions"}"#,
            Forbidden,
        ),
        (
            403,
            r#"{"client_id":"1","detail":"When authenticating","title":"Client Forbidden","reason":"client-not-enrolled","type":"https://api.x.com/2/problems/client-forbidden"}"#,
            Forbidden,
        ),
        (403, "<html>Cloudflare</html>", Forbidden),
        (403, r#"{"type":"https://api.x.com/2/problems/usage-capped"}"#, SpendCap),
        (404, "", NotThere),
        (405, "<html>", NotThere),
        (410, "", NotThere),
        (408, "", Unclear),
        (409, "", Unclear),
        (413, "", Invalid),
        (415, "", Invalid),
        (422, r#"{"detail":"x"}"#, Invalid),
        (425, "", Unclear),
        (
            429,
            r#"{"title":"Too Many Requests","detail":"Too Many Requests","type":"about:blank","status":429}"#,
            RateLimited(None),
        ),
        (
            429,
            r#"{"title":"UsageCapExceeded","detail":"Usage cap exceeded: Monthly product cap","type":"https://api.twitter.com/2/problems/usage-capped","period":"Monthly","scope":"Product"}"#,
            SpendCap,
        ),
        (429, "<html>", RateLimited(None)),
        (499, "", Unclear),
        (500, r#"{"title":"Internal Server Error"}"#, Unclear),
        (502, "<html>", Unclear),
        (503, r#"{"title":"Service Unavailable"}"#, Unclear),
        (504, "", Unclear),
        (520, "", Unclear),
        (500, duplicate, Unclear),
    ];
    for (status, body, expected) in rows {
        assert_eq!(verdict(&sent(&reply(status, &[], body))), expected, "{status} {body}");
    }
}

#[test]
fn a_rate_limit_ends_when_all_exhausted_windows_have_reset() {
    let later = (NOW + 900).to_string();
    let much_later = (NOW + 80_000).to_string();
    let check = |headers: &[(&str, &str)], expected: Option<u64>| {
        assert_eq!(verdict(&sent(&reply(429, headers, ""))), Verdict::RateLimited(expected), "{headers:?}");
    };
    check(&[("x-rate-limit-remaining", "0"), ("x-rate-limit-reset", &later)], Some(NOW + 900));
    check(&[("x-rate-limit-reset", &later)], Some(NOW + 900));
    let day = ("x-user-limit-24hour-reset", much_later.as_str());
    let short = [("x-rate-limit-remaining", "0"), ("x-rate-limit-reset", later.as_str())];
    check(&[short[0], short[1], ("x-user-limit-24hour-remaining", "0"), day], Some(NOW + 80_000));
    check(&[short[0], short[1], ("x-user-limit-24hour-remaining", "7"), day], Some(NOW + 900));
    check(&[("retry-after", "30")], Some(NOW + 30));
    check(&[("retry-after", "soon"), ("x-rate-limit-reset", "99999999999")], None);
    check(&[("retry-after", "18446744073709551615")], None);
    let past = (NOW - 60).to_string();
    check(&[("x-rate-limit-remaining", "0"), ("x-rate-limit-reset", "0")], None);
    check(&[("x-rate-limit-remaining", "0"), ("x-rate-limit-reset", &past)], None);
}

#[test]
fn a_wrong_clock_is_named_as_the_reason() {
    let off = |date: &str| {
        let sent = sent(&reply(401, &[("date", date)], ""));
        let Sent::Refused(Refusal::SignIn { clock_off_s }) = sent else { panic!("401 is a matter of keys: {sent:?}") };
        clock_off_s
    };
    let date = |at: i64| {
        jiff::fmt::rfc2822::to_string(
            &jiff::Timestamp::from_second(at).expect("in range").to_zoned(jiff::tz::TimeZone::UTC),
        )
    };
    let now = i64::try_from(NOW).expect("in range");
    assert_eq!(off(&date(now - 299).expect("a date")), None);
    assert_eq!(off(&date(now - 600).expect("a date")), Some(600));
    assert_eq!(off("Mon, 21 Sep 2026 14:13:20 GMT"), None, "the form HTTP uses");
    assert_eq!(off("Mon, 21 Sep 2026 16:13:20 GMT"), Some(-7200));
    assert_eq!(off("yesterday"), None);
    let text = Refusal::SignIn { clock_off_s: Some(-7200) }.to_string();
    assert!(text.contains("your computer's clock is off by about 120 minutes (behind)"), "{text}");
}

#[tokio::test]
async fn a_server_that_closes_after_reading_sees_one_request() {
    let server = Server::start(vec![]).await;
    let x = server.x();
    let sent = x.send(&body("t", "1")).await;
    assert!(matches!(sent, Sent::Unclear(Doubt::NoAnswer(_))), "{sent:?}");
    assert_eq!(server.requests().len(), 1);
    assert!(matches!(x.me().await, Err(XError::Unreachable(_))));
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn a_broken_answer_leaves_doubt_and_one_request() {
    let ok = r#"{"data":{"id":"190001"}}"#;
    let cut = format!("HTTP/1.1 201 Created\r\ncontent-length: 500\r\n\r\n{ok}");
    let moved = http(307, "location: /2/tweets\r\n", "");
    let huge = http(201, "", &format!("{}{ok}", " ".repeat(1024 * 1024)));
    for answer in [cut, moved, huge, "HTTP/1.1 201".to_owned(), "rubbish\r\n\r\n".to_owned()] {
        let server = Server::start(vec![answer.clone()]).await;
        let sent = server.x().send(&body("t", "1")).await;
        assert!(matches!(sent, Sent::Unclear(_)), "{sent:?} for {:.60}", answer);
        assert_eq!(server.requests().len(), 1);
    }
}

#[tokio::test]
async fn silence_ends_in_doubt() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("loopback has free ports");
    let port = listener.local_addr().expect("a bound socket has an address").port();
    let base = Url::parse(&format!("http://127.0.0.1:{port}")).expect("a valid address");
    let x = X(Wire::new(&Network::Real, base, keys(), stamps())
        .expect("loopback is allowed")
        .within(Duration::from_millis(50)));
    let sent = x.send(&body("t", "1")).await;
    assert!(matches!(&sent, Sent::Unclear(Doubt::NoAnswer(why)) if why.contains("too long")), "{sent:?}");
}

#[tokio::test]
async fn what_never_left_is_not_sent() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("loopback has free ports");
    let port = listener.local_addr().expect("a bound socket has an address").port();
    drop(listener);
    let server = Server::start(vec!["this is not TLS".to_owned(); 2]).await;
    let plain = server.base.port().expect("the server has a port");
    for address in [format!("http://127.0.0.1:{port}"), format!("https://127.0.0.1:{plain}")] {
        let x = X::new(&Network::Real, Url::parse(&address).expect("a valid address"), keys(), stamps())
            .expect("loopback is allowed");
        let sent = x.send(&body("t", "1")).await;
        assert!(matches!(sent, Sent::NotSent(_)), "{sent:?}");
        assert!(matches!(x.me().await, Err(XError::Unreachable(_))));
    }
}

#[tokio::test]
async fn the_post_leaves_as_it_was_frozen_and_signed() {
    let server = Server::start(vec![http(201, "", r#"{"data":{"id":"190001"}}"#)]).await;
    let frozen = body("Tïtle \"of\" the photo\n", "1900544781383569409");
    assert_eq!(server.x().send(&frozen).await, Sent::Accepted { id: "190001".to_owned() });
    let request = server.requests().remove(0);
    let (head, sent) = request.split_once("\r\n\r\n").expect("a request has a body");
    assert_eq!(sent, r#"{"text":"Tïtle \"of\" the photo\n","media":{"media_ids":["1900544781383569409"]}}"#);
    assert!(
        head.starts_with("POST /2/tweets HTTP/1.1\r\n") && head.contains("content-type: application/json"),
        "{head}"
    );
    assert!(head.contains("authorization: OAuth oauth_consumer_key=\"canary-key-1234\""), "{head}");
    assert!(!request.contains("canary-secret") && !request.contains("canary-token-secret"));
}

#[tokio::test]
async fn a_picture_is_uploaded_with_the_two_fields_x_knows() {
    let answer = r#"{"data":{"id":"19","media_key":"3_19","size":3,"expires_after_secs":86400,"image":{"image_type":"image/jpeg"}}}"#;
    let server =
        Server::start(vec![http(200, "", answer), http(200, "", r#"{"data":{"id":"20"}}"#), http(200, "", "{}")]).await;
    let x = server.x();
    let media = x.upload(b"abc".to_vec(), "image/jpeg").await.expect("the answer is good");
    assert_eq!(
        media,
        Media { id: "19".to_owned(), key: "3_19".to_owned(), expires_after_s: 86_400, processing: Processing::Done }
    );
    let bare = x.upload(b"abc".to_vec(), "image/png").await.expect("the key follows from the id");
    assert_eq!(bare.key, "3_20");
    assert!(matches!(x.upload(b"abc".to_vec(), "image/jpeg").await, Err(XError::Malformed(_))));
    let request = server.requests().remove(0);
    assert_eq!(request.matches("form-data; name=").count(), 2);
    assert!(
        request.contains("name=\"media_category\"\r\n\r\ntweet_image")
            && request.contains("Content-Type: image/jpeg\r\n\r\nabc")
    );
}

#[tokio::test]
async fn alt_text_is_nested_as_x_wants() {
    let server = Server::start(vec![http(200, "", "{}"), http(404, "", r#"{"title":"Not Found"}"#)]).await;
    let x = server.x();
    assert_eq!(x.describe("19", "A boat", &[]).await, Ok(()));
    assert_eq!(x.describe("19", "A boat", &[]).await, Err(XError::Refused(Refusal::NotThere("Not Found".to_owned()))));
    assert!(server.requests()[0].ends_with(r#"{"id":"19","metadata":{"alt_text":{"text":"A boat"}}}"#));
}

#[tokio::test]
async fn the_timeline_is_read_page_by_page_and_bounded() {
    let page = |id: &str, next: &str| {
        let post = format!(
            r#"{{"id":"{id}","text":"t https://t.co/x","created_at":"2026-11-24T00:00:00.000Z","attachments":{{"media_keys":["3_{id}"]}}}}"#
        );
        http(
            200,
            "",
            &format!(
                r#"{{"data":[{post},{{"id":"7"}},{{"bad":1}}],"meta":{{"result_count":2,"next_token":"{next}"}}}}"#
            ),
        )
    };
    let server = Server::start(vec![page("30", "a"), page("20", "b"), page("10", "c"), page("5", "d")]).await;
    let seen = server.x().posts_since("42", Some("1"), Some("2026-11-24T00:00:00Z")).await.expect("the pages are good");
    assert_eq!(seen.iter().map(|post| post.id.as_str()).collect::<Vec<_>>(), ["30", "7", "20", "7", "10", "7"]);
    assert_eq!((seen[0].media_keys.as_slice(), seen[1].media_keys.len()), (["3_30".to_owned()].as_slice(), 0));
    let requests = server.requests();
    assert_eq!(requests.len(), 3);
    assert!(requests[0].starts_with("GET /2/users/42/tweets?max_results=20&exclude=replies%2Cretweets&since_id=1&start_time=2026-11-24T00%3A00%3A00Z&tweet.fields="));
    assert!(requests[1].contains("pagination_token=a") && requests[2].contains("pagination_token=b"));
}

#[tokio::test]
async fn an_empty_timeline_is_no_error() {
    let empty = http(200, "", r#"{"meta":{"result_count":0}}"#);
    let two = http(200, "", r#"{"data":[{"id":"9"},{"id":"10"}],"meta":{"result_count":2}}"#);
    let server = Server::start(vec![empty.clone(), empty, two, http(200, "", "{}")]).await;
    let x = server.x();
    assert_eq!(x.posts_since("42", None, None).await, Ok(vec![]));
    assert_eq!(x.newest_post_id("42").await, Ok(None));
    assert_eq!(x.newest_post_id("42").await, Ok(Some("10".to_owned())), "the greatest number, not the last text");
    assert!(matches!(x.newest_post_id("42").await, Err(XError::Malformed(_))));
    assert!(matches!(x.newest_post_id("../me").await, Err(XError::Malformed(_))));
    assert_eq!(server.requests().len(), 4);
}

#[tokio::test]
async fn no_error_repeats_a_key() {
    let echo = http(403, "", &format!(r#"{{"detail":"no: {TOKEN} canary-secret\u0007"}}"#));
    let me = http(200, "", r#"{"data":{"id":"42","username":"ann"}}"#);
    let server = Server::start(vec![echo, http(500, "", TOKEN), me]).await;
    let x = server.x();
    let refused = x.me().await.expect_err("the answer is 403");
    assert_eq!(refused.to_string(), "X forbids it: no: *** ***");
    assert!(!format!("{:?} {:?}", x.me().await, x).contains("canary"));
    assert_eq!(x.me().await, Ok(Account { id: "42".to_owned(), username: "ann".to_owned() }));
}

#[tokio::test]
async fn a_login_by_code_brings_the_tokens() {
    let first = http(200, "", "oauth_token=req&oauth_token_secret=reqsecret&oauth_callback_confirmed=true");
    let second = http(200, "", "oauth_token=6253282-abc&oauth_token_secret=s%2B1&user_id=6253282&screen_name=xapi");
    let refused = http(
        403,
        "",
        r#"{"errors":[{"code":415,"message":"Callback URL not approved for this client application."}]}"#,
    );
    let server = Server::start(vec![first, second, refused]).await;
    let app = || (Sensitive::new("canary-key-1234"), Sensitive::new("canary-secret"));
    let pending = request_token(server.base.clone(), app(), stamps()).await.expect("the answer is good");
    assert!(pending.authorize_url.as_str().ends_with("/oauth/authorize?oauth_token=req"));
    let access =
        access_token(server.base.clone(), app(), &pending, " 123 4567 \n", stamps()).await.expect("the answer is good");
    assert_eq!(access.account, Account { id: "6253282".to_owned(), username: "xapi".to_owned() });
    assert_eq!(access.token_secret.reveal(), "s+1");
    assert!(!format!("{pending:?} {access:?}").contains("secret\""));
    let requests = server.requests();
    assert!(requests[0].contains("oauth_callback=\"oob\"") && !requests[0].contains("oauth_token="));
    assert!(requests[1].contains("oauth_verifier=\"1234567\"") && requests[1].contains("oauth_token=\"req\""));
    let again = request_token(server.base.clone(), app(), stamps()).await.expect_err("the answer is 403");
    assert!(again.to_string().contains("Callback URL not approved"), "{again}");
}

#[test]
fn a_code_is_found_in_whatever_is_pasted() {
    let check = |typed: &str, expected: &str| assert_eq!(code(typed), expected);
    check("1234567", "1234567");
    check(" 123 45-67\n", "12345-67");
    check("http://localhost/cb?oauth_token=a&oauth_verifier=9f8e#x", "9f8e");
    check("oauth_verifier=9f8e", "9f8e");
}

#[test]
fn only_https_or_this_computer_is_spoken_to() {
    for (base, allowed) in [
        ("https://api.x.com", true),
        ("http://127.0.0.1:1", true),
        ("http://[::1]:1", true),
        ("http://localhost:1", true),
        ("http://api.x.com", false),
        ("http://10.0.0.1", false),
        ("ftp://127.0.0.1", false),
    ] {
        assert_eq!(
            X::new(&Network::Real, Url::parse(base).expect("a valid address"), keys(), stamps()).is_ok(),
            allowed,
            "{base}"
        );
    }
    assert_eq!(post_url("ann", "1"), "https://x.com/ann/status/1");
    assert_eq!(post_url("", "1"), "https://x.com/i/web/status/1");
}
