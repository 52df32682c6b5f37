//! The loopback X's media, posts, timeline and prices.

use serde_json::{Value, json};

use crate::testing::{Bench, jpeg, with_media};

async fn media(bench: &Bench, shade: u8) -> String {
    bench.upload(&jpeg(shade)).await.json()["data"]["id"].as_str().expect("an id").to_owned()
}

#[tokio::test]
async fn a_picture_is_uploaded_described_posted_and_read_back() {
    let bench = Bench::new(1).await;
    let uploaded = bench.upload(&jpeg(1)).await.json();
    assert_eq!(uploaded["data"]["image"], json!({"image_type": "image/jpeg", "w": 64, "h": 48}));
    let id = uploaded["data"]["id"].as_str().expect("an id");
    let alt = json!({"id": id, "metadata": {"alt_text": {"text": "A grey square"}}}).to_string();
    let described = bench.x("POST", "/2/media/metadata", "application/json", alt.as_bytes()).await.expect("answer");
    assert_eq!(described.json()["data"]["associated_metadata"]["alt_text"]["text"], "A grey square");
    let posted = bench.post(&with_media("Morning", &[id])).await.expect("answer");
    assert_eq!(posted.status, 201);
    assert!(posted.header("x-rate-limit-remaining").is_some());
    let post = posted.json();
    assert!(post["data"]["text"].as_str().is_some_and(|text| text.starts_with("Morning https://t.co/")));
    assert_eq!(post["data"]["edit_history_tweet_ids"], json!([post["data"]["id"]]));
    let bare = bench.timeline("max_results=5").await;
    assert!(bare["data"][0].get("attachments").is_none(), "only when asked");
    let full =
        bench.timeline("max_results=5&tweet.fields=created_at,attachments&expansions=attachments.media_keys").await;
    assert_eq!(full["data"][0]["attachments"]["media_keys"][0], json!(format!("3_{id}")));
    assert_eq!(full["includes"]["media"][0]["type"], "photo");
    assert_eq!(full["meta"]["result_count"], 1);
    let stamp = post["data"]["id"].as_str().and_then(|id| id.parse::<u64>().ok()).expect("a snowflake");
    let age_s = bench.control.now_s() - ((stamp >> 22) as i64 + 1_288_834_974_657) / 1000;
    assert!((0..60).contains(&age_s), "{age_s}");
    assert_eq!(bench.control.state()["ledger"]["total_millis_usd"], 15 + 5 + 1 + 1);
    bench.sandbox.stop().await;
}

#[tokio::test]
async fn fields_outside_the_schema_are_refused_by_name() {
    let bench = Bench::new(1).await;
    let id = media(&bench, 1).await;
    let cases = [
        json!({"text": "a", "extra": 1}),
        json!({"text": "a", "media": {"media_ids": [id], "alt": "x"}}),
        json!({"text": "a", "media": {"media_ids": []}}),
        json!({"text": "a", "media": {"media_ids": [1]}}),
        json!({"text": 1}),
        json!({"text": "  "}),
        json!({"text": "a".repeat(25_001)}),
        json!({"text": "a", "media": {"media_ids": ["12345"]}}),
    ];
    for case in cases {
        assert_eq!(bench.post(&case).await.expect("answer").status, 400, "{case}");
    }
    let no_type = bench.x("POST", "/2/tweets", "text/plain", b"{\"text\":\"a\"}").await.expect("answer");
    assert_eq!(no_type.status, 400);
    let flat = json!({"id": id, "alt_text": {"text": "x"}}).to_string();
    let flat = bench.x("POST", "/2/media/metadata", "application/json", flat.as_bytes()).await.expect("answer");
    assert!(flat.status >= 400);
    let long = json!({"id": id, "metadata": {"alt_text": {"text": "x".repeat(1001)}}}).to_string();
    let long = bench.x("POST", "/2/media/metadata", "application/json", long.as_bytes()).await.expect("answer");
    assert_eq!(long.status, 400);
    let typed = json!({"media": "AAAA", "media_category": "tweet_image", "media_type": "image/jpeg"}).to_string();
    let typed = bench.x("POST", "/2/media/upload", "application/json", typed.as_bytes()).await.expect("answer");
    assert_eq!(typed.status, 400);
    assert_eq!(bench.control.post_count(), 0);
    assert_eq!(bench.timeline("max_results=4").await["title"], "Invalid Request");
    assert_eq!(bench.timeline("max_results=5&nonsense=1").await["title"], "Invalid Request");
    assert_eq!(bench.timeline("max_results=5").await, json!({"meta": {"result_count": 0}}));
}

#[tokio::test]
async fn only_whole_small_pictures_are_taken() {
    let bench = Bench::new(1).await;
    let mut large = jpeg(1);
    large.resize(5_242_881, 0);
    for (what, bytes) in [("html", b"<html></html>".to_vec()), ("large", large), ("cut", jpeg(1)[..40].to_vec())] {
        assert_eq!(bench.upload(&bytes).await.status, 400, "{what}");
    }
    let mut edge = jpeg(1);
    edge.resize(5_242_880, 0);
    assert_eq!(bench.upload(&edge).await.status, 200);
}

#[tokio::test]
async fn a_picture_serves_its_owner_for_a_day() {
    let bench = Bench::new(1).await;
    let id = media(&bench, 1).await;
    let other = bench.control.add_x_user("x2").expect("an account");
    let secret = |name: &str| other["secrets"][format!("x2.{name}")].as_str().unwrap_or_default().to_owned();
    let token = || {
        let [key, secret, token, token_secret] =
            ["consumer_key", "consumer_secret", "access_token", "access_token_secret"].map(secret);
        oauth::Token::from_parts(key, secret, token, token_secret)
    };
    let body = with_media("Mine", &[&id]).to_string();
    let stolen = bench.x_as(token(), "POST", "/2/tweets", "application/json", body.as_bytes()).await.expect("answer");
    assert_eq!(stolen.status, 400);
    let own =
        bench.x_as(token(), "POST", "/2/tweets", "application/json", b"{\"text\":\"Mine\"}").await.expect("answer");
    assert_eq!(own.status, 201, "the second account posts for itself");
    let wrong = oauth::Token::from_parts(
        bench.secret("x.consumer_key"),
        bench.secret("x.consumer_secret"),
        secret("access_token"),
        secret("access_token_secret"),
    );
    assert_eq!(bench.x_as(wrong, "GET", "/2/users/me", "", b"").await.expect("answer").status, 401);
    bench.control.advance_s(86_400);
    assert_eq!(bench.upload(&jpeg(9)).await.status, 401, "the client's clock is a day behind");
    bench.control.advance_s(-10);
    bench.control.advance_s(-86_390);
    assert_eq!(bench.post(&with_media("Mine", &[&id])).await.expect("answer").status, 201);
}

#[tokio::test]
async fn the_same_text_is_refused_even_after_deletion() {
    let bench = Bench::new(1).await;
    let first = bench.post(&json!({"text": "Once"})).await.expect("answer").json();
    let again = bench.post(&json!({"text": "Once "})).await.expect("answer");
    assert_eq!(again.status, 403);
    assert_eq!(again.json()["detail"], "You are not allowed to create a Tweet with duplicate content.");
    let path = format!("/2/tweets/{}", first["data"]["id"].as_str().expect("an id"));
    let deleted = bench.x("DELETE", &path, "", b"").await.expect("answer").json();
    assert_eq!(deleted, json!({"data": {"deleted": true}}));
    assert_eq!(bench.post(&json!({"text": "Once"})).await.expect("answer").status, 403);
    assert_eq!(bench.control.post_count(), 0);
}

#[tokio::test]
async fn a_timeline_is_paged_and_bounded_in_time() {
    let bench = Bench::new(1).await;
    for n in 0..12 {
        assert_eq!(bench.post(&json!({"text": format!("Post {n}")})).await.expect("answer").status, 201);
    }
    let first = bench.timeline("max_results=5").await;
    let next = first["meta"]["next_token"].as_str().expect("more");
    let second = bench.timeline(&format!("max_results=5&pagination_token={next}")).await;
    let texts =
        |page: &Value| page["data"].as_array().expect("rows").iter().map(|row| row["text"].clone()).collect::<Vec<_>>();
    assert_eq!(texts(&first)[0], "Post 11");
    assert_eq!(texts(&second)[0], "Post 6");
    let since = first["data"][2]["id"].as_str().expect("an id");
    assert_eq!(texts(&bench.timeline(&format!("max_results=5&since_id={since}")).await), ["Post 11", "Post 10"]);
    let future = bench.timeline("max_results=5&start_time=2099-01-01T00:00:00Z").await;
    assert_eq!(future["meta"]["result_count"], 0);
}

#[tokio::test]
async fn a_picture_may_come_in_parts() {
    let bench = Bench::new(1).await;
    let picture = jpeg(7);
    let body = json!({"media_type": "image/jpeg", "total_bytes": picture.len(), "media_category": "tweet_image"});
    let opened = bench
        .x("POST", "/2/media/upload/initialize", "application/json", body.to_string().as_bytes())
        .await
        .expect("answer");
    let id = opened.json()["data"]["id"].as_str().expect("an id").to_owned();
    assert_eq!(bench.post(&with_media("early", &[&id])).await.expect("answer").status, 400);
    for (index, part) in picture.chunks(300).enumerate() {
        let mut body = format!(
            "--b\r\ncontent-disposition: form-data; name=\"segment_index\"\r\n\r\n{index}\r\n--b\r\n\
            content-disposition: form-data; name=\"media\"\r\n\r\n"
        )
        .into_bytes();
        body.extend(part);
        body.extend(b"\r\n--b--\r\n");
        let path = format!("/2/media/upload/{id}/append");
        let answer = bench.x("POST", &path, "multipart/form-data; boundary=b", &body).await.expect("answer");
        assert_eq!(answer.status, 200, "{}", answer.text());
    }
    let done = bench.x("POST", &format!("/2/media/upload/{id}/finalize"), "", b"").await.expect("answer");
    assert_eq!(done.json()["data"]["image"]["w"], 64);
    assert_eq!(bench.control.media_bytes(&id).as_deref(), Some(&picture[..]));
    assert_eq!(bench.post(&with_media("late", &[&id])).await.expect("answer").status, 201);
}

#[tokio::test]
async fn a_pin_signs_in_once() {
    let bench = Bench::new(1).await;
    let app = || oauth::Credentials::new(bench.secret("x.consumer_key"), bench.secret("x.consumer_secret"));
    let url = |step: &str| format!("{}/oauth/{step}", bench.at.x.api_url);
    let header = oauth::Builder::<_, _>::new(app(), oauth::HMAC_SHA1).callback("oob").post(url("request_token"), &());
    let asked =
        crate::testing::send(&url("request_token"), "POST", &[("authorization", &header)], b"").await.expect("answer");
    let pairs = crate::oauth::pairs(&asked.text());
    let get = |name: &str| pairs.iter().find(|(key, _)| key == name).map(|(_, v)| v.clone()).unwrap_or_default();
    let page = format!("{}?oauth_token={}", url("authorize"), get("oauth_token"));
    let page = crate::testing::send(&page, "GET", &[], b"").await.expect("answer").text();
    let pin = bench.control.call("verifier", &json!({"oauth_token": get("oauth_token")})).expect("a PIN");
    let pin = pin["verifier"].as_str().expect("a PIN");
    assert!(page.contains(pin));
    for expected in [200, 401] {
        let request = oauth::Credentials::new(get("oauth_token"), get("oauth_token_secret"));
        let mut builder = oauth::Builder::new(app(), oauth::HMAC_SHA1);
        builder.token(request).verifier(pin);
        let header = builder.post(url("access_token"), &());
        let answer = crate::testing::send(&url("access_token"), "POST", &[("authorization", &header)], b"")
            .await
            .expect("answer");
        assert_eq!(answer.status, expected, "{}", answer.text());
        if expected == 200 {
            let pairs = crate::oauth::pairs(&answer.text());
            let get =
                |name: &str| pairs.iter().find(|(key, _)| key == name).map(|(_, v)| v.clone()).unwrap_or_default();
            let token =
                oauth::Token::new(app(), oauth::Credentials::new(get("oauth_token"), get("oauth_token_secret")));
            assert_eq!(bench.x_as(token, "GET", "/2/users/me", "", b"").await.expect("answer").status, 200);
        }
    }
}
