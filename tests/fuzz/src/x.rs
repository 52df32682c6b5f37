//! Answers of X, through the client that ships: the account, uploads, the post itself, the timeline.

use pierrot_core::{
    oauth::Stamp,
    secrets::Sensitive,
    targets::x::{OwnedKeys, Sent, X, body, login::code, post_url},
};
use url::Url;

use crate::{
    answers::{network, wait},
    door, parts,
};

pub fn run(input: &[u8]) {
    let (line, answer) = parts(input);
    let secret = || Sensitive::new("a-secret");
    let keys = OwnedKeys {
        consumer_key: secret(),
        consumer_secret: secret(),
        token: Some(secret()),
        token_secret: Some(secret()),
    };
    let base = Url::parse("https://api.x.com").expect("a literal address");
    let stamps = Box::new(|| Stamp { nonce: "n".into(), timestamp: 1_700_000_000 });
    let x = X::new(&network(line, answer), base, keys, stamps).expect("a client without a network always starts");
    wait(ask(&x, door(line, 0, 9)));
    if let Ok(typed) = str::from_utf8(answer) {
        code(typed);
    }
}

async fn ask(x: &X, door: usize) {
    match door {
        0 => {
            if let Ok(account) = x.me().await {
                assert!(is_number(&account.id), "{account:?}");
            }
        }
        1 => {
            if let Ok(media) = x.upload(vec![1, 2, 3], "image/jpeg").await {
                assert!(is_number(&media.id), "{media:?}");
            }
        }
        2 => drop(x.processing("19").await),
        3 => drop(x.describe("19", "words", &["other"]).await),
        4 | 5 => match x.send(&body("words", "19")).await {
            Sent::Accepted { id } => {
                assert!(is_number(&id), "{id:?} became the id of a post");
                post_url("somebody", &id);
            }
            Sent::NotSent(why) => panic!("an answer came, so the request had left ({why})"),
            Sent::Refused(_) | Sent::Unclear(_) => {}
        },
        6 => {
            let posts = x.posts_since("2244994945", Some("1"), Some("2026-11-20T21:00:00Z")).await;
            assert!(posts.iter().flatten().all(|post| is_number(&post.id)), "{posts:?}");
        }
        7 => drop(x.newest_posts("2244994945", "2026-11-20T21:00:00Z").await),
        _ => drop(x.newest_post_id("2244994945").await),
    }
}

fn is_number(id: &str) -> bool {
    !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit())
}
