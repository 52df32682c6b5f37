//! What the program answers to each kind of trouble at the target, and how often it knocks there.

use serde_json::{Value, json};

use crate::stage::Stage;

async fn synced() -> Stage {
    let stage = Stage::new().await;
    stage.expect(&["sync"], 0).await;
    stage
}

const POST: &str = "/2/tweets";

#[tokio::test(flavor = "multi_thread")]
async fn one_photo_goes_out_and_is_on_the_record() {
    let stage = synced().await;
    let report = stage.expect(&["publish"], 0).await;
    assert_eq!(report["outcome"], "published");
    assert_eq!(stage.log_kinds().await, ["claimed", "sending", "posted"]);
    assert_eq!(stage.posts().len(), 1);
    let photo = report["photo_id"].as_str().expect("an id");
    let again = stage.expect(&["publish", "--photo", photo], 1).await;
    assert!(again["error"]["message"].as_str().is_some_and(|said| said.contains("already")), "{again}");
    let wal: Value = serde_json::from_slice(&std::fs::read(stage.record().join("pierrot-wal.json")).expect("written"))
        .expect("JSON");
    assert!(wal[photo]["pierrot_wal_timestamp"].is_string() && wal["_pierrot"]["through"] == 3, "{wal}");
}

#[tokio::test(flavor = "multi_thread")]
async fn each_refusal_has_its_exit_and_leaves_the_photo_free() {
    let stage = synced().await;
    let table = [
        (json!({"kind":"unauthorized"}), 3, ""),
        (json!({"kind":"credits","form":"old"}), 4, "credit"),
        (json!({"kind":"credits","form":"new"}), 4, "credit"),
        (json!({"kind":"status","code":402,"body":{"detail":"Spending limit reached","status":402}}), 4, "credit"),
        (json!({"kind":"forbidden","body":"plain"}), 4, ""),
        (json!({"kind":"forbidden","body":"oauth1_permissions"}), 4, "permission"),
        (json!({"kind":"forbidden","body":"client_not_enrolled"}), 4, ""),
        (json!({"kind":"rate_limited","reset_in_s":600}), 5, ""),
        (json!({"kind":"usage_capped"}), 4, ""),
    ];
    for (fault, status, word) in table {
        let mut fault = fault;
        fault["server"] = "x".into();
        fault["method"] = "POST".into();
        fault["path"] = POST.into();
        stage.faults(fault.clone());
        let before = stage.requests("POST /2/tweets");
        let said = stage.run(&["publish"]).await;
        assert_eq!(said.status, Some(status), "{fault}: {}", said.stdout);
        let message = said.json["error"]["message"].as_str().unwrap_or_default().to_owned();
        assert!(message.contains(word) && !message.is_empty(), "{fault}: {message}");
        assert!(
            message.starts_with("Photo ") && said.json["error"]["what_now"].to_string().contains("Nothing was posted"),
            "{message}"
        );
        assert_eq!(stage.requests("POST /2/tweets"), before + 1, "{fault}: asked once");
        assert_eq!(stage.log_kinds().await.last().map(String::as_str), Some("released"), "{fault}");
        stage.control().clear_faults();
    }
    assert!(stage.posts().is_empty());
    stage.expect(&["publish"], 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unclear_answer_is_settled_by_the_timeline_and_never_sent_again() {
    let stage = synced().await;
    let effects = [
        json!({"kind":"drop_after"}),
        json!({"kind":"status","code":503,"effect":true,"body":"{}"}),
        json!({"kind":"broken_201"}),
        json!({"kind":"html","code":502,"effect":true}),
    ];
    for mut fault in effects {
        for (name, value) in [("server", "x"), ("method", "POST"), ("path", POST)] {
            fault[name] = value.into();
        }
        let (asked, posts) = (stage.requests("POST /2/tweets"), stage.posts().len());
        stage.faults(fault.clone());
        let said = stage.run(&["publish"]).await;
        assert_eq!(said.status, Some(0), "{fault}: {}", said.stdout);
        assert_eq!(said.json["outcome"], "published", "{fault}");
        assert_eq!(stage.requests("POST /2/tweets"), asked + 1, "{fault}: one POST");
        assert_eq!(stage.posts().len(), posts + 1, "{fault}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_known_goes_to_the_photographer() {
    let stage = synced().await;
    stage.faults(json!({"server":"x","method":"POST","path":POST,"kind":"drop_before"}));
    let said = stage.run(&["publish"]).await;
    assert_eq!((said.status, &said.json["outcome"]), (Some(4), &json!("needs_review")), "{}", said.stdout);
    assert_eq!(stage.requests("POST /2/tweets"), 1, "never sent again by itself");
    // Others may go out meanwhile.
    stage.expect(&["publish"], 0).await;
    let reviews = stage.expect(&["review"], 4).await;
    let (id, photo) = (reviews["reviews"][0]["id"].as_str().expect("an id"), &reviews["reviews"][0]["photo_id"]);
    stage.expect(&["review", id, "--skip"], 0).await;
    stage.expect(&["review"], 0).await;
    let skipped = photo.as_str().expect("an id");
    for state in ["unpublished", "published"] {
        let listed = stage.expect(&["photos", "--state", state, "--limit", "1000"], 0).await;
        let ids: Vec<&str> =
            listed["photos"].as_array().expect("a list").iter().filter_map(|p| p["photo_id"].as_str()).collect();
        assert!(!ids.contains(&skipped), "{state}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn three_open_reviews_pause_the_target() {
    let stage = synced().await;
    for _ in 0..3 {
        stage.faults(json!({"server":"x","method":"POST","path":POST,"kind":"drop_before"}));
        stage.expect(&["publish"], 4).await;
    }
    let asked = stage.requests("POST /2/tweets");
    let paused = stage.expect(&["publish"], 4).await;
    assert!(paused["error"]["message"].as_str().is_some_and(|said| said.contains("paused")), "{paused}");
    assert_eq!(stage.requests("POST /2/tweets"), asked);
    let reviews = stage.expect(&["review"], 4).await;
    let id = reviews["reviews"][0]["id"].as_str().expect("an id").to_owned();
    let other = stage.expect(&["review", &id, "--posted", "https://x.com/somebody_else/status/42"], 2).await;
    assert!(other["error"]["message"].as_str().is_some_and(|said| said.contains("@maren_holt")), "{other}");
    stage.expect(&["review", "nosuchreview"], 1).await;
    let posted = stage.expect(&["review", &id, "--posted", "https://x.com/maren_holt/status/42"], 0).await;
    assert_eq!(posted["answered"], true);
    stage.expect(&["publish"], 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_late_post_is_found_before_it_is_sent_again() {
    let stage = synced().await;
    stage.faults(json!({"server":"x","method":"POST","path":POST,"kind":"delay_effect","ms":60_000}));
    stage.expect(&["publish"], 4).await;
    stage.control().advance_s(120);
    let reviews = stage.expect(&["review"], 4).await;
    let id = reviews["reviews"][0]["id"].as_str().expect("an id").to_owned();
    stage.expect(&["review", &id, "--post-again"], 0).await;
    assert_eq!(stage.posts().len(), 1, "it was there after all");
    stage.expect(&["check"], 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_photo_that_changed_since_the_sync_does_not_leave() {
    let stage = Stage::with_photos(6).await;
    stage.expect(&["sync"], 0).await;
    let listed = stage.expect(&["photos", "--state", "unpublished"], 0).await;
    let ids: Vec<String> = listed["photos"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|p| p["photo_id"].as_str().map(str::to_owned))
        .collect();
    assert!(ids.len() >= 4, "{ids:?}");
    stage.photos(json!([
        {"op":"delete","id":ids[0]}, {"op":"privacy","id":ids[1],"privacy":"private"},
        {"op":"replace","id":ids[2]}, {"op":"safety","id":ids[3],"level":2}
    ]));
    for id in &ids[..4] {
        let said = stage.run(&["publish", "--photo", id]).await;
        assert_eq!(said.status, Some(1), "{id}: {}", said.stdout);
    }
    assert!(stage.posts().is_empty());
    let held = stage.expect(&["photos", "--state", "missing"], 0).await;
    assert_eq!(held["photos"][0]["photo_id"], ids[0], "the catalogue learned it");
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_pictures_are_passed_over_at_most_three_times() {
    let stage = synced().await;
    stage.faults(json!({"server":"static","kind":"html","code":200,"times":0}));
    let said = stage.run(&["publish"]).await;
    assert_eq!(said.status, Some(4), "{}", said.stdout);
    let claims = stage.log_kinds().await.iter().filter(|kind| *kind == "claimed").count();
    assert_eq!(claims, 3);
    stage.control().clear_faults();
    stage.faults(json!({"server":"static","kind":"status","code":429,"times":0}));
    stage.expect(&["publish"], 5).await;
    stage.control().clear_faults();
    stage.expect(&["publish"], 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rehearsal_shows_everything_and_changes_nothing() {
    let stage = synced().await;
    let first = stage.expect(&["publish", "--dry-run", "--seed", "5"], 0).await;
    let second = stage.expect(&["publish", "--dry-run", "--seed", "5"], 0).await;
    assert_eq!(first, second, "the same seed gives the same photo");
    assert!(first["bytes"].as_u64().is_some_and(|bytes| bytes > 10_000) && first["text"].is_string(), "{first}");
    assert!(stage.log_kinds().await.is_empty() && stage.posts().is_empty());
    let real = stage.expect(&["publish", "--seed", "5"], 0).await;
    assert_eq!((&real["photo_id"], &real["text"]), (&first["photo_id"], &first["text"]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_target_that_cannot_be_reached_is_tried_later() {
    let stage = synced().await;
    let closed =
        std::net::TcpListener::bind("127.0.0.1:0").and_then(|socket| socket.local_addr()).expect("a free port");
    let config = stage.config("").replace(&stage.sandbox.described().x.api_url, &format!("http://{closed}"));
    std::fs::write(stage.home().join("config.toml"), config).expect("the home is writable");
    let said = stage.expect(&["publish"], 5).await;
    assert_eq!(said["outcome"], "try_later", "{said}");
    assert!(said["error"]["what_now"].is_string() && stage.posts().is_empty());
    stage.write_config("");
    stage.expect(&["publish"], 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_knows_yet_is_called_that() {
    let stage = synced().await;
    let died = stage.run_dying(&["publish"], "publish::after_post").await;
    assert_eq!(died.status, None, "{}", died.stdout);
    let closed =
        std::net::TcpListener::bind("127.0.0.1:0").and_then(|socket| socket.local_addr()).expect("a free port");
    let config = stage.config("").replace(&stage.sandbox.described().x.api_url, &format!("http://{closed}"));
    std::fs::write(stage.home().join("config.toml"), config).expect("the home is writable");
    let said = stage.expect(&["recover"], 5).await["error"].clone();
    assert!(said["message"].as_str().is_some_and(|text| text.contains("It is not known yet whether")), "{said}");
    assert!(!said.to_string().to_lowercase().contains("nothing was posted"), "{said}");
    stage.write_config("");
    stage.expect(&["recover"], 0).await;
    assert_eq!(stage.posts().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn photos_of_one_name_do_not_stumble_over_each_other() {
    let stage = Stage::with_photos(3).await;
    stage.photos(json!([{"op":"add","count":3,"title":"Evening"}]));
    stage.expect(&["sync"], 0).await;
    let listed = stage.expect(&["photos", "--state", "unpublished"], 0).await;
    let rows = listed["photos"].as_array().cloned().unwrap_or_default();
    let mut texts = Vec::new();
    for row in rows.iter().filter(|row| row["title"] == "Evening") {
        let said = stage.expect(&["publish", "--photo", row["photo_id"].as_str().expect("an id")], 0).await;
        texts.push(said["text"].as_str().unwrap_or_default().to_owned());
    }
    assert_eq!(texts, ["Evening", "Evening (2)", "Evening (3)"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn when_all_are_published_nothing_is_left() {
    let stage = Stage::with_photos(4).await;
    stage.expect(&["publish"], 6).await;
    stage.expect(&["sync"], 0).await;
    for _ in 0..10 {
        if stage.run(&["publish"]).await.status == Some(6) {
            break;
        }
    }
    let left = stage.expect(&["publish"], 6).await;
    assert_eq!(left["outcome"], "nothing_left");
    let pictures = stage.posted_pictures();
    let mut distinct = pictures.clone();
    distinct.dedup();
    assert_eq!(pictures, distinct);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_targets_publish_independently_and_one_account_under_two_names_does_not() {
    let stage = Stage::with_photos(12).await;
    let users = stage.control().add_x_user("second").expect("a new account");
    let url = stage.sandbox.described().x.api_url.clone();
    stage.write_config(&format!(
        "\n[targets.second]\nkind = \"x\"\napi_url = \"{url}\"\n\n[targets.twin]\nkind = \"x\"\napi_url = \"{url}\"\n"
    ));
    stage.expect(&["sync"], 0).await;
    let publish = |target: &str, photo: &str| {
        let mut command = stage.command(&["publish", "--target", target, "--photo", photo]);
        let secrets = users["secrets"].as_object().cloned().unwrap_or_default();
        for (name, value) in secrets {
            command.env(
                format!("PIERROT_SECRET_{}", name.to_uppercase().replace('.', "_")),
                value.as_str().unwrap_or_default(),
            );
        }
        for (name, value) in stage.secrets() {
            command.env(name.replace("_X_", "_TWIN_"), value);
        }
        async move { command.output().await.expect("it runs").status.code() }
    };
    let listed = stage.expect(&["photos", "--state", "unpublished"], 0).await;
    let photo = listed["photos"][0]["photo_id"].as_str().expect("an id").to_owned();
    assert_eq!(publish("x", &photo).await, Some(0));
    assert_eq!(publish("second", &photo).await, Some(0), "another account is another target");
    assert_eq!(publish("twin", &photo).await, Some(1), "the same account under another name is not");
    assert_eq!(stage.posts().len(), 2);
    stage.expect(&["publish", "--target", "nowhere"], 2).await;
}
