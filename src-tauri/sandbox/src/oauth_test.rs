//! The verifier agrees with signers that are not ours.

use std::num::NonZeroU64;

use bytes::Bytes;
use hyper::header::{HeaderMap, HeaderValue};

use super::*;

fn call(method: &str, scheme: &'static str, host: &str, path: &str, query: &str) -> Call {
    Call {
        method: method.to_owned(),
        scheme,
        host: host.to_owned(),
        path: path.to_owned(),
        query: query.to_owned(),
        headers: HeaderMap::new(),
        body: Bytes::new(),
    }
}

fn with_header(mut call: Call, name: &'static str, value: &str) -> Call {
    call.headers.insert(name, HeaderValue::from_str(value).expect("a header value"));
    call
}

#[test]
fn the_published_example_of_x_is_reproduced() {
    let header = "OAuth oauth_consumer_key=\"xvz1evFS4wEEPTGEFPHBog\", \
        oauth_nonce=\"kYjzVBB8Y0ZFabxSWbWovY3uYSQ2pTgmZeNu2VS4cg\", oauth_signature=\"x\", \
        oauth_signature_method=\"HMAC-SHA1\", oauth_timestamp=\"1318622958\", \
        oauth_token=\"370773112-GmHxMAgYyLbNEtIKZeRNFsMKPR9EyMZeS9weJAEb\", oauth_version=\"1.0\"";
    for (host, expected) in
        [("api.x.com", "Ls93hJiZbQ3akF3HF3x1Bz8/zU4="), ("api.twitter.com", "hCtSmYh+iHYCEqBWrE7C7hYmtUk=")]
    {
        let call = call("POST", "https", host, "/1.1/statuses/update.json", "include_entities=true");
        let mut call = with_header(call, "authorization", header);
        call = with_header(call, "content-type", "application/x-www-form-urlencoded");
        call.body = "status=Hello%20Ladies%20%2B%20Gentlemen%2C%20a%20signed%20OAuth%20request%21".into();
        let base = Signed::read(&call).expect("signed").base_string(&call);
        let given = signature(
            &base,
            "kAcSOqF21Fu85e7zjz7ZN2U4ZRhfV3WpwPAoE3Z7kBw",
            "LswwdoUaIvS8ltyTt5jkRh4J50vUPVVHtR2YPi5kE",
        );
        assert_eq!(given, expected, "{host}");
    }
}

#[test]
fn only_unreserved_characters_stay_plain() {
    let call = call("GET", "http", "www.example.com", "", "oauth_consumer_key=k&foo=!'()*");
    let base = Signed::read(&call).expect("signed").base_string(&call);
    assert_eq!(base, "GET&http%3A%2F%2Fwww.example.com&foo%3D%2521%2527%2528%2529%252A%26oauth_consumer_key%3Dk");
}

fn look_up(_: &str, _: Option<&str>) -> Known {
    Known::Both { consumer_secret: "c&s".to_owned(), token_secret: "t+s".to_owned() }
}

fn signed_by_another(nonce: &str, at: u64, query: &str) -> Call {
    let list = oauth::ParameterList::new(pairs(query));
    let mut builder = oauth::Builder::new(oauth::Credentials::new("ck", "c&s"), oauth::HMAC_SHA1);
    builder.token(oauth::Credentials::new("tk", "t+s")).nonce(nonce).timestamp(NonZeroU64::new(at));
    let header = builder.get("http://127.0.0.1:99/a/b", &list);
    let call = call("GET", "http", "127.0.0.1:99", "/a/b", query);
    with_header(call, "authorization", &header)
}

fn check(call: &Call, nonces: &mut Nonces) -> Result<(), Problem> {
    let signed = Signed::read(call).expect("signed");
    verify(call, &signed, nonces, 1_000_000, look_up)
}

#[test]
fn another_implementation_is_accepted_once_and_a_replay_is_not() {
    let mut nonces = Nonces::default();
    let call = signed_by_another("n1", 1_000_000, "b=%C3%A9+%2B%26%3D~*&a=1&a=0&empty=");
    assert_eq!(check(&call, &mut nonces), Ok(()));
    assert_eq!(check(&call, &mut nonces), Err(Problem::NonceUsed));
    assert_eq!(check(&signed_by_another("n2", 1_000_000, "b=2"), &mut nonces), Ok(()));
}

#[test]
fn a_wrong_clock_signature_or_parameter_is_refused() {
    let mut nonces = Nonces::default();
    for at in [1_000_000 - 301, 1_000_000 + 301] {
        assert_eq!(check(&signed_by_another("n", at, ""), &mut nonces), Err(Problem::Timestamp));
    }
    let mut changed = signed_by_another("n", 1_000_000, "a=1");
    changed.query = "a=2".to_owned();
    assert!(matches!(check(&changed, &mut nonces), Err(Problem::Signature { .. })));
    changed.query = "a=1".to_owned();
    assert_eq!(check(&changed, &mut nonces), Ok(()), "a refused request does not spend its nonce");
    let bare = call("GET", "http", "h", "/", "oauth_consumer_key=k");
    assert_eq!(check(&bare, &mut nonces), Err(Problem::ParameterAbsent("oauth_nonce".to_owned())));
}
