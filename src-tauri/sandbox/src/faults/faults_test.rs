//! Every fault that can be scripted does what it says.

use serde_json::json;

use crate::testing::{Bench, send};

#[tokio::test]
async fn a_dropped_connection_tells_nothing_about_the_effect() {
    let bench = Bench::new(1).await;
    let tweets = |kind: &str| json!({"server": "x", "method": "POST", "path": "/2/tweets", "kind": kind});
    bench.faults(&json!([tweets("drop_before")]));
    assert!(bench.post(&json!({"text": "one"})).await.is_none());
    assert_eq!(bench.control.post_count(), 0);
    bench.faults(&json!([tweets("drop_after")]));
    assert!(bench.post(&json!({"text": "two"})).await.is_none());
    assert_eq!(bench.control.post_count(), 1);
    bench.faults(&json!([tweets("broken_201")]));
    let broken = bench.post(&json!({"text": "three"})).await.expect("an answer");
    assert_eq!((broken.status, broken.text().as_str()), (201, "{\"data\":{\"id\":\"19"));
    assert_eq!(bench.control.post_count(), 2);
    assert_eq!(bench.control.count("POST /2/tweets"), 3);
    let state = bench.control.state();
    assert_eq!(state["log"]["entries"][0]["status"], json!(null));
    assert_eq!(state["log"]["entries"][2]["faults"], json!(["broken_201"]));
}

#[tokio::test]
async fn counting_is_exact() {
    let bench = Bench::new(1).await;
    bench.faults(&json!({"server": "x", "path": "users/me", "after": 1, "times": 2, "kind": "status", "code": 503}));
    let mut seen = Vec::new();
    for _ in 0..5 {
        seen.push(bench.x("GET", "/2/users/me", "", b"").await.expect("an answer").status);
    }
    assert_eq!(seen, [200, 503, 503, 200, 200]);
    assert_eq!(bench.control.state()["faults"][0]["fired"], 2);
    assert_eq!(bench.control.state()["faults"][0]["seen"], 5);
    bench.faults(&json!({"server": "x", "times": 0, "kind": "unauthorized", "id": "a"}));
    bench.faults(&json!({"server": "x", "times": 0, "kind": "credits", "form": "new", "id": "a"}));
    let answer = bench.x("GET", "/2/users/me", "", b"").await.expect("an answer");
    assert_eq!(answer.status, 402, "the same id replaces");
    bench.faults(&json!({"clear": "a"}));
    assert_eq!(bench.x("GET", "/2/users/me", "", b"").await.expect("an answer").status, 200);
}

#[tokio::test]
async fn a_delayed_post_becomes_real_when_its_time_comes() {
    let bench = Bench::new(1).await;
    bench.faults(&json!({"server": "x", "method": "POST", "kind": "delay_effect", "ms": 60_000}));
    assert!(bench.post(&json!({"text": "late"})).await.is_none());
    assert_eq!(bench.control.post_count(), 0);
    assert_eq!(bench.control.cost_usd(), 0.0);
    bench.control.advance_s(61);
    assert_eq!(bench.control.post_count(), 1);
    assert_eq!(bench.control.cost_usd(), 0.015);
    bench.faults(&json!({"server": "x", "method": "POST", "kind": "timeline_lag", "seconds": 100}));
    assert_eq!(bench.post(&json!({"text": "hidden"})).await.expect("an answer").status, 201);
    assert_eq!(bench.timeline("max_results=5").await["meta"]["result_count"], 1);
    bench.control.advance_s(101);
    assert_eq!(bench.timeline("max_results=5").await["meta"]["result_count"], 2);
}

#[tokio::test]
async fn answers_are_spoilt_as_scripted() {
    let bench = Bench::new(3).await;
    let list = || bench.flickr("flickr.people.getPhotos", &[("user_id", "me")]);
    let fault = |rest: serde_json::Value| {
        let mut fault = json!({"server": "flickr", "path": "getPhotos"});
        fault.as_object_mut().expect("an object").extend(rest.as_object().expect("an object").clone());
        bench.faults(&fault);
    };
    fault(json!({"kind": "truncate_json"}));
    assert!(!list().await.whole);
    fault(json!({"kind": "trailing_comma"}));
    assert!(list().await.text().ends_with("},"));
    fault(json!({"kind": "flickr_unavailable", "trailing_comma": true}));
    let text = list().await.text();
    assert!(text.ends_with("\"code\":201},") && text.contains("not currently available"), "{text}");
    fault(json!({"kind": "flickr_too_many"}));
    assert_eq!(list().await.status, 429);
    fault(json!({"kind": "total_lies", "delta": 7}));
    assert_eq!(list().await.json()["photos"]["total"], 10);
    fault(json!({"kind": "totals_as_strings"}));
    assert_eq!(list().await.json()["photos"]["total"], "3");
    fault(json!({"kind": "flickr_fail", "code": 105, "message": "Service currently unavailable"}));
    assert_eq!(list().await.json()["code"], 105);
    fault(json!({"kind": "empty_body"}));
    assert_eq!(list().await.body, b"");
    fault(json!({"kind": "slow_drip", "bytes_per_s": 100_000}));
    assert_eq!(list().await.json()["photos"]["total"], 3);
    fault(json!({"kind": "hang", "seconds": 0.01}));
    assert_eq!(list().await.json()["photos"]["total"], 3);
    fault(json!({"kind": "library", "changes": [{"op": "delete", "id": "#1"}]}));
    assert_eq!(list().await.json()["photos"]["total"], 3, "the change comes after the answer");
    assert_eq!(list().await.json()["photos"]["total"], 2);
}

#[tokio::test]
async fn a_script_with_a_wrong_word_is_refused() {
    let bench = Bench::new(1).await;
    for wrong in [
        json!({"server": "x", "kind": "explode"}),
        json!({"server": "x", "kind": "drop_after", "tiems": 2}),
        json!({"server": "mastodon", "kind": "drop_after"}),
        json!("drop_after"),
    ] {
        assert!(bench.control.faults(&wrong).is_err(), "{wrong}");
    }
    let url = format!("{}/faults", bench.at.control_url);
    let answer = send(&url, "POST", &[], b"{\"server\":\"x\",\"kind\":\"nope\"}").await.expect("an answer");
    assert_eq!(answer.status, 400);
    assert_eq!(send(&format!("{}/nope", bench.at.control_url), "GET", &[], b"").await.expect("an answer").status, 404);
}

#[tokio::test]
async fn rate_limits_carry_the_headers_of_their_window() {
    let bench = Bench::new(1).await;
    bench.faults(&json!([
        {"server": "x", "kind": "rate_limited", "reset_in_s": 30},
        {"server": "x", "kind": "rate_limited_24h", "reset_in_s": 7200},
        {"server": "x", "kind": "usage_capped"},
        {"server": "x", "kind": "forbidden", "body": "user_not_enrolled"},
    ]));
    let now = bench.control.now_s();
    let plain = bench.post(&json!({"text": "a"})).await.expect("an answer");
    let reset: i64 = plain.header("x-rate-limit-reset").and_then(|t| t.parse().ok()).expect("a time");
    assert!((now + 29..now + 40).contains(&reset));
    let daily = bench.post(&json!({"text": "a"})).await.expect("an answer");
    assert_eq!(daily.header("x-user-limit-24hour-remaining"), Some("0"));
    assert_eq!(bench.post(&json!({"text": "a"})).await.expect("an answer").json()["title"], "UsageCapExceeded");
    assert_eq!(bench.post(&json!({"text": "a"})).await.expect("an answer").json()["reason"], "user-not-enrolled");
    assert_eq!(bench.control.post_count(), 0);
}
