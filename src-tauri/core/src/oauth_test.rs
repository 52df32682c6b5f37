//! Signatures against published vectors and an independent signer.

use oauth1_request::signature_method::HmacSha1;
use proptest::prelude::*;
use url::Url;

use super::{Keys, Stamp, base_string, encode, header, sign, signed_params};

fn keys<'a>(secret: &'a str, token_secret: Option<&'a str>) -> Keys<'a> {
    Keys { consumer_key: "key", consumer_secret: secret, token: token_secret.map(|_| "token"), token_secret }
}

fn owned(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn parse(url: &str) -> Url {
    Url::parse(url).expect("the tests' addresses are valid")
}

/// The vectors leave the path out, which RFC 5849 does not; so they are signed as a base string.
#[test]
fn signatures_match_the_published_vectors() {
    let base = "GET&http%3A%2F%2Fwww.example.com&bar%3D456%26foo%3D123";
    assert_eq!(sign(base, &keys("consumer secret", None)), "lNBTzyWRRHBuoXmgK13Nht5oiKs=");
    assert_eq!(sign(base, &keys("consumer secret", Some("keyboard cat"))), "pytjoWTzMmvq13/Bai9YVX1tV9c=");
}

#[test]
fn marks_outside_the_unreserved_set_are_encoded_twice_in_the_base_string() {
    let base = base_string("get", &parse("http://www.example.com"), &owned(&[("foo", "!'()*")]));
    assert_eq!(base, "GET&http%3A%2F%2Fwww.example.com%2F&foo%3D%2521%2527%2528%2529%252A");
    assert_eq!(encode("aZ09-._~ é+"), "aZ09-._~%20%C3%A9%2B");
}

#[test]
fn the_public_example_of_x_is_signed_as_published() {
    let check = |url: &str, expected: &str| {
        let keys = Keys {
            consumer_key: "xvz1evFS4wEEPTGEFPHBog",
            consumer_secret: "kAcSOqF21Fu85e7zjz7ZN2U4ZRhfV3WpwPAoE3Z7kBw",
            token: Some("370773112-GmHxMAgYyLbNEtIKZeRNFsMKPR9EyMZeS9weJAEb"),
            token_secret: Some("LswwdoUaIvS8ltyTt5jkRh4J50vUPVVHtR2YPi5kE"),
        };
        let stamp = Stamp { nonce: "kYjzVBB8Y0ZFabxSWbWovY3uYSQ2pTgmZeNu2VS4cg".to_owned(), timestamp: 1_318_622_958 };
        let status = ("status", "Hello Ladies + Gentlemen, a signed OAuth request!");
        let both = owned(&[status, ("include_entities", "true")]);
        let pairs = signed_params("POST", &parse(url), &both, &keys, &stamp);
        assert_eq!(pairs.last(), Some(&("oauth_signature".to_owned(), expected.to_owned())));
        let split = parse(&format!("{url}?include_entities=true#part"));
        let text = header("POST", &split, &owned(&[status]), &[], &keys, &stamp);
        assert!(text.ends_with(&format!("oauth_signature=\"{}\"", encode(expected))), "{text}");
    };
    check("https://api.x.com/1.1/statuses/update.json", "Ls93hJiZbQ3akF3HF3x1Bz8/zU4=");
    check("HTTPS://API.X.COM:443/1.1/statuses/update.json", "Ls93hJiZbQ3akF3HF3x1Bz8/zU4=");
    check("https://api.twitter.com/1.1/statuses/update.json", "hCtSmYh+iHYCEqBWrE7C7hYmtUk=");
}

#[test]
fn the_header_carries_extra_pairs_and_no_form_field() {
    let stamp = Stamp { nonce: "n".to_owned(), timestamp: 1 };
    let form = owned(&[("status", "hello")]);
    let text =
        header("POST", &parse("https://api.x.com/a"), &form, &[("oauth_callback", "oob")], &keys("s", None), &stamp);
    assert!(text.starts_with("OAuth oauth_callback=\"oob\", oauth_consumer_key=\"key\""), "{text}");
    assert!(!text.contains("status") && !text.contains("oauth_token"), "{text}");
}

#[test]
fn keys_do_not_print() {
    assert_eq!(format!("{:?}", keys("canary", Some("canary"))), "Keys(***)");
}

proptest! {
    /// The oracle is an implementation that is not ours.
    #[test]
    fn any_request_is_signed_as_by_oauth1_request(
        names in proptest::collection::btree_set("[A-Za-np-z0-9._~-]{1,6}", 0..5),
        values in proptest::collection::vec("\\PC{0,12}", 5),
        in_query in 0usize..5,
        secrets in ("\\PC{0,12}", "\\PC{0,12}", "\\PC{1,12}", any::<bool>()),
        path in "[a-z0-9%._~-]{0,9}",
    ) {
        let (consumer_secret, token_secret, token, with_token) = &secrets;
        let pairs: Vec<_> = names.into_iter().zip(values).collect();
        let (query, form) = pairs.split_at(in_query.min(pairs.len()));
        let address = parse(&format!("https://Api.Example.com:443/{path}"));
        let mut url = address.clone();
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        let keys = Keys {
            consumer_key: "ck&=",
            consumer_secret,
            token: with_token.then_some(token),
            token_secret: with_token.then_some(token_secret),
        };
        let stamp = Stamp { nonce: "abc".to_owned(), timestamp: 1_700_000_000 };
        let ours = header("POST", &url, form, &[], &keys, &stamp);

        let sorted: std::collections::BTreeSet<(&str, &str)> = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let client = oauth1_request::Credentials::new(keys.consumer_key, consumer_secret.as_str());
        let token = with_token.then(|| oauth1_request::Credentials::new(token.as_str(), token_secret.as_str()));
        let mut builder = oauth1_request::Builder::<_, _, _>::new(client, HmacSha1::new());
        builder.token(token).nonce("abc").timestamp(std::num::NonZeroU64::new(1_700_000_000)).version(true);
        let theirs = builder.post(address.as_str(), &oauth1_request::request::AssertSorted::new(sorted.iter().copied()));
        prop_assert_eq!(signature(&ours), signature(&theirs));
    }
}

fn signature(header: &str) -> Option<String> {
    let part = header.split("oauth_signature=\"").nth(1)?;
    part.split('"').next().map(str::to_owned)
}
