//! The login by code: what may be typed, and that no step is sent twice.

use super::super::tests::{keys, stamps};
use super::*;
use crate::http::test_server::{Scripted, answer, ok};
use crate::http::{Client, Kind, Reach};

const TOKEN: &str = "72157-0a1b";

#[test]
fn a_code_may_be_typed_as_people_do() {
    for (typed, expected) in [
        ("123456789", Some("123456789")),
        (" 123 456 789 \n", Some("123456789")),
        ("123-456-789", Some("123-456-789")),
        ("123\u{a0}456\t789\r\n", Some("123456789")),
        ("0123456789abcdef", Some("0123456789abcdef")),
        ("http://localhost:1234/?oauth_token=72157-0a1b&oauth_verifier=00ff", Some("00ff")),
        ("https://localhost/cb?oauth_verifier=00ff&oauth_token=72157-0a1b#", Some("00ff")),
        ("pierrot://callback?oauth_verifier=00ff", Some("00ff")),
        ("  http://x/?a=b&oauth_verifier=00ff#frag", Some("00ff")),
        ("http://x/#oauth_verifier=00ff", Some("00ff")),
        ("oauth_token=72157-0a1b&oauth_verifier=00ff", Some("00ff")),
        ("http://x/?oauth_token=other&oauth_verifier=00ff", None),
        ("http://x/?oauth_verifier=", None),
        ("http://x/?oauth_token=72157-0a1b", None),
        ("http://x/", None),
        ("", None),
        ("   ", None),
        ("12345&789", None),
        ("é", None),
    ] {
        let found = verifier_in(typed, TOKEN).ok();
        assert_eq!(found.as_deref(), expected, "{typed:?}");
    }
    assert!(verifier_in(&"1".repeat(100_000), TOKEN).is_err());
}

#[tokio::test]
async fn a_login_asks_for_reading_and_sends_each_step_once() {
    let first = ok("oauth_callback_confirmed=true&oauth_token=72157-0a1b&oauth_token_secret=canary-pending");
    let second = ok("fullname=Jane%20Doe&oauth_token=T&oauth_token_secret=canary-s&user_nsid=1234%40N01&username=jane");
    let server = Scripted::start(vec![first.clone(), second]).await;
    let client = Client::new(Kind::Api, Reach::Loopback).expect("a client");
    let base = server.url("/services/oauth");
    let pending = begin(&client, &stamps(), &base, &keys(true)).await.expect("a request token");
    assert_eq!(pending.authorize_url().as_str(), format!("{base}/authorize?oauth_token=72157-0a1b&perms=read"));
    assert!(!format!("{pending:?}").contains("canary"));
    let login = finish(&client, &stamps(), &pending, "123-456-789").await.expect("a login");
    assert_eq!((login.token.reveal(), login.nsid.as_str(), login.username.as_str()), ("T", "1234@N01", "jane"));
    let asked = server.asked();
    assert!(asked[0].contains("/services/oauth/request_token?oauth_callback=oob&"), "{}", asked[0]);
    assert!(asked[1].contains("oauth_verifier=123-456-789") && asked[1].contains("oauth_token=72157-0a1b"));

    for (bad, code) in [
        (Vec::new(), crate::error::Code::TryLater),
        (answer(500, "", ""), crate::error::Code::TryLater),
        (answer(401, "", "oauth_problem=token_rejected"), crate::error::Code::SignInAgain),
        (ok("oauth_token=T"), crate::error::Code::TryLater),
        (ok("<html>"), crate::error::Code::TryLater),
    ] {
        let server = Scripted::start(vec![bad]).await;
        let elsewhere = Pending { oauth_url: server.url("/services/oauth"), ..pending.clone() };
        let error = finish(&client, &stamps(), &elsewhere, "1").await.expect_err("refused");
        assert_eq!((error.code(), server.asked().len()), (code, 1), "{error}");
    }
    let error = begin(&client, &stamps(), &base, &keys(false)).await.expect_err("no secret");
    assert_eq!(error.code(), crate::error::Code::SignInAgain);
}
