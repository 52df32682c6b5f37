//! What happens by itself: at the due time, once, on one computer or two, through sleep, pauses and outages.

use jiff::civil::Weekday;
use pierrot_core::{
    Choice, Code, Outcome,
    engine::{Asked, Engine},
    run::{Ending, Job, Run},
};
use serde_json::{Value, json};

use crate::stage::Stage;

const WEEKLY: &str = "schedule = 'weekly sun 10:00'\n[schedule]\ntime_zone = 'UTC'\nsync = 'off'\n";
const SHARED: &str =
    "schedule = 'weekly sun 10:00'\n[schedule]\ntime_zone = 'UTC'\nsync = 'off'\n[record]\npath = '{root}/record'\n";

/// Signed in, synced, and the schedule followed from now on.
async fn synced(stage: &Stage, home: &str, more: &str) -> Engine {
    let engine = stage.engine(home, more);
    let run = engine.run(Asked::Sync { full: false }).await.expect("it runs");
    assert_eq!(run.ending, Some(Ending::Done), "{run:?}");
    engine.tick().await.expect("it looks");
    engine
}

fn publications(engine: &Engine) -> Vec<Run> {
    let runs = engine.runs(None, 100).expect("readable");
    runs.into_iter().filter(|run| run.job == Job::Publish).collect()
}

async fn called(engine: &Engine, name: &str, args: Value) -> Value {
    let text = engine.call(name, args).await.expect(name);
    serde_json::from_str(&text).expect("JSON")
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_due_goes_out_once_and_is_what_the_plan_showed() {
    let stage = Stage::new().await;
    let engine = synced(&stage, "a", WEEKLY).await;
    let shown = called(&engine, "plan", json!({})).await["rows"][0].clone();
    engine.tick().await.expect("it looks");
    assert_eq!(stage.control().post_count(), 0, "nothing is due yet");
    stage.go_to(Weekday::Sunday, 10);
    for _ in 0..3 {
        engine.tick().await.expect("it looks");
    }
    assert_eq!(stage.control().post_count(), 1);
    let run = &publications(&engine)[0];
    assert_eq!((run.outcome, run.slot.as_deref()), (Some(Outcome::Published), shown["slot"].as_str()));
    assert_eq!(run.photo.as_deref(), shown["photo"].as_str(), "the plan keeps its word");
    assert_eq!(run.text.as_deref(), shown["text"].as_str());
    engine.stop().await;
    drop(engine);
    let again = stage.reopen(&stage.home("a"));
    again.tick().await.expect("it looks");
    assert_eq!(stage.control().post_count(), 1, "a restart repeats nothing");
    stage.pass_h(7 * 24);
    again.tick().await.expect("it looks");
    assert_eq!(stage.control().post_count(), 2, "the next week has its own");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_laptop_that_slept_makes_up_for_one_and_not_for_ten() {
    let stage = Stage::new().await;
    let engine = synced(&stage, "a", WEEKLY).await;
    stage.go_to(Weekday::Sunday, 10);
    stage.pass_h(30);
    engine.tick().await.expect("it looks");
    assert_eq!(stage.control().post_count(), 1, "a day late is made up for");
    stage.pass_h(10 * 7 * 24 + 48);
    engine.tick().await.expect("it looks");
    assert_eq!(stage.control().post_count(), 1, "three days late is not");
    let skipped = &publications(&engine)[0];
    assert!(skipped.ending == Some(Ending::Missed) && skipped.summary.contains("10 due times"), "{skipped:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_computers_on_one_record_do_one() {
    let stage = Stage::new().await;
    let (a, b) = (synced(&stage, "a", SHARED).await, synced(&stage, "b", SHARED).await);
    for week in 1..=3 {
        stage.go_to(Weekday::Sunday, 10);
        let (one, other) = tokio::join!(a.tick(), b.tick());
        one.and(other).expect("both look");
        // Whoever came second may have been told to look again later.
        stage.pass_h(2);
        a.tick().await.and(b.tick().await).expect("both look");
        let told = || format!("{:#?} {:#?}", publications(&a), publications(&b));
        assert_eq!(stage.control().post_count(), week, "one a week, whoever it is: {}", told());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_outage_at_the_due_time_is_waited_for() {
    let stage = Stage::new().await;
    let engine = synced(&stage, "a", WEEKLY).await;
    stage.go_to(Weekday::Sunday, 10);
    let outage = json!({"server":"x","path":"/2/media/upload","kind":"status","code":503,"times":0});
    stage.control().faults(&outage).expect("a fault");
    engine.tick().await.expect("it looks");
    assert_eq!(publications(&engine)[0].ending, Some(Ending::TryLater));
    engine.tick().await.expect("it looks");
    assert_eq!(publications(&engine).len(), 1, "it waits before it tries again");
    stage.control().clear_faults();
    stage.pass_h(1);
    engine.tick().await.expect("it looks");
    assert_eq!((publications(&engine)[0].ending, stage.control().post_count()), (Some(Ending::Done), 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_limit_that_is_used_up_is_waited_for_as_long_as_x_says() {
    let stage = Stage::new().await;
    let engine = synced(&stage, "a", WEEKLY).await;
    stage.go_to(Weekday::Sunday, 10);
    let used_up = json!({"server":"x","path":"/2/tweets","kind":"rate_limited_24h","reset_in_s":18_000,"times":0});
    stage.control().faults(&used_up).expect("a fault");
    engine.tick().await.expect("it looks");
    let run = &publications(&engine)[0];
    assert!(run.ending == Some(Ending::TryLater) && run.not_before.is_some(), "{run:?}");
    stage.pass_h(4);
    engine.tick().await.expect("it looks");
    assert_eq!(publications(&engine).len(), 1, "X said when it will be of use");
    stage.control().clear_faults();
    stage.pass_h(2);
    engine.tick().await.expect("it looks");
    assert_eq!((publications(&engine)[0].ending, stage.control().post_count()), (Some(Ending::Done), 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pause_is_kept_and_what_fell_into_it_is_not_made_up_for() {
    let stage = Stage::new().await;
    let engine = synced(&stage, "a", WEEKLY).await;
    called(&engine, "pause", json!({"until": null})).await;
    stage.go_to(Weekday::Sunday, 10);
    engine.tick().await.expect("it looks");
    assert_eq!(stage.control().post_count(), 0);
    called(&engine, "resume", json!({})).await;
    engine.tick().await.expect("it looks");
    assert_eq!(stage.control().post_count(), 0, "it was told as skipped");
    stage.pass_h(7 * 24);
    engine.tick().await.expect("it looks");
    assert_eq!(stage.control().post_count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pause_leaves_the_plan_as_it_was_arranged() {
    let stage = Stage::new().await;
    let engine = synced(&stage, "a", WEEKLY).await;
    let plan = called(&engine, "plan", json!({})).await;
    let slot = |row: usize| plan["rows"][row]["slot"].clone();
    let before = called(&engine, "swap", json!({"target": "x", "one": slot(1), "other": slot(2)})).await;
    called(&engine, "pause", json!({"until": null})).await;
    let paused = called(&engine, "plan", json!({})).await;
    let photos = |plan: &Value| -> Vec<Value> {
        plan["rows"]
            .as_array()
            .expect("rows")
            .iter()
            .map(|row| json!([row["slot"], row["photo"], row["origin"]]))
            .collect()
    };
    assert_eq!(photos(&paused), photos(&before));
    assert!(paused["rows"].as_array().expect("rows").iter().all(|row| row["why_not"] == "paused"));
    assert_eq!(paused["costs"], json!([]), "nothing of it costs anything");
    called(&engine, "resume", json!({})).await;
    assert_eq!(called(&engine, "plan", json!({})).await, before);
    let refused = engine.call("pause", json!({"until": "2020-01-01T00:00:00Z"})).await.expect_err("over already");
    assert!(refused.message.contains("over already"), "{}", refused.message);
}

#[tokio::test(flavor = "multi_thread")]
async fn money_has_a_limit_that_the_schedule_keeps() {
    let stage = Stage::new().await;
    // Each with an alt text, so that each costs the same, also one that goes in another's place.
    let cap = "alt = 'A photo'\nschedule = 'daily 10:00'\nmonthly_cap_usd = 0.05\n[schedule]\ntime_zone = 'UTC'\nsync = 'off'\n";
    let engine = synced(&stage, "a", cap).await;
    stage.go_to(Weekday::Tuesday, 10);
    // All in one month: from its second day on, wherever the test starts.
    while stage_day(&stage) > 20 {
        stage.pass_h(24);
    }
    let plan = called(&engine, "plan", json!({})).await;
    let rows: Vec<&Value> = plan["rows"].as_array().expect("rows").iter().take(4).collect();
    let why_not: Vec<&str> = rows.iter().map(|row| row["why_not"].as_str().unwrap_or("goes")).collect();
    assert_eq!(why_not, ["goes", "goes", "over_cap", "over_cap"], "the plan tells it before");
    for _ in 0..4 {
        engine.tick().await.expect("it looks");
        stage.pass_h(24);
    }
    assert_eq!(stage.control().post_count(), 2, "0.02 each: a third would go beyond the limit");
    assert!(publications(&engine)[0].summary.contains("0.05"), "and it says so");
}

fn stage_day(stage: &Stage) -> i8 {
    use pierrot_core::clock::Clock;
    stage.clock.now().to_zoned(jiff::tz::TimeZone::UTC).day()
}

#[tokio::test(flavor = "multi_thread")]
async fn veto_pin_swap_and_queue_change_what_goes_out() {
    let stage = Stage::new().await;
    let engine = synced(&stage, "a", WEEKLY).await;
    let plan = called(&engine, "plan", json!({})).await;
    let slot = |row: usize| plan["rows"][row]["slot"].clone();
    let first = plan["rows"][0]["photo"].clone();
    let vetoed = called(&engine, "veto", json!({"target": "x", "slot": slot(0)})).await;
    assert_ne!(vetoed["rows"][0]["photo"], first);
    assert_eq!(vetoed["rows"][3]["photo"], plan["rows"][3]["photo"], "the others stay");
    let swap = called(&engine, "swap", json!({"target": "x", "one": slot(1), "other": slot(2)})).await;
    assert_eq!(swap["rows"][1]["photo"], plan["rows"][2]["photo"]);
    let last = plan["rows"][5]["photo"].clone();
    let pinned = called(&engine, "pin", json!({"target": "x", "slot": slot(0), "photo": last})).await;
    assert_eq!((&pinned["rows"][0]["photo"], &pinned["rows"][0]["origin"]), (&last, &json!("pinned")));
    let left = called(&engine, "unpin", json!({"target": "x", "slot": slot(0)})).await;
    assert_eq!(
        (&left["rows"][0]["photo"], &left["rows"][0]["origin"]),
        (&last, &json!("chance")),
        "it gives way to others only"
    );
    called(&engine, "pin", json!({"target": "x", "slot": slot(0), "photo": last})).await;
    let queued = called(&engine, "queue", json!({"target": "x", "photos": [first]})).await;
    assert_eq!(queued["done"], 1);
    stage.go_to(Weekday::Sunday, 10);
    engine.tick().await.expect("it looks");
    assert_eq!(publications(&engine)[0].photo.as_deref(), last.as_str());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_queued_and_pinned_is_kept_while_it_may_not_go_and_the_queue_goes_first_now() {
    let stage = Stage::new().await;
    let engine = synced(&stage, "a", WEEKLY).await;
    let plan = called(&engine, "plan", json!({})).await;
    let (queued, pinned) = (plan["rows"][4]["photo"].clone(), plan["rows"][5]["photo"].clone());
    called(&engine, "queue", json!({"target": "x", "photos": [queued]})).await;
    let slot = plan["rows"][2]["slot"].clone();
    let before = called(&engine, "pin", json!({"target": "x", "slot": slot, "photo": pinned})).await;
    called(&engine, "exclude", json!({"photos": [queued, pinned]})).await;
    let without = called(&engine, "plan", json!({})).await;
    assert!(
        without["rows"].as_array().expect("rows").iter().all(|row| row["photo"] != queued && row["photo"] != pinned)
    );
    let waits = &without["rows"][2]["waits"];
    assert_eq!((&waits["photo"], &waits["title"]), (&pinned, &plan["rows"][5]["title"]), "the plan says who waits");
    called(&engine, "include", json!({"photos": [queued, pinned]})).await;
    let after = called(&engine, "plan", json!({})).await;
    assert_eq!((&after["queues"], &after["rows"][2]), (&before["queues"], &before["rows"][2]), "looking lost nothing");
    let nothing = json!({"target": null, "photo": null, "look": null});
    let rehearsed = |shown: Value| {
        let mut asked = nothing.clone();
        asked["shown"] = shown;
        called(&engine, "rehearse", asked)
    };
    assert_eq!(rehearsed(json!([])).await["photo_id"], queued);
    assert_ne!(rehearsed(json!([queued])).await["photo_id"], queued, "another one, when it was shown");
    let choice = engine.choice(None, None, None).expect("a target is there");
    let run = engine.run(Asked::Publish(choice)).await.expect("it runs");
    assert_eq!(run.photo.as_deref(), queued.as_str());
    assert_eq!(
        called(&engine, "plan", json!({})).await["queues"][0]["photos"],
        json!([]),
        "what is out left the queue"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_next_of_the_queue_goes_where_the_first_is_gone_at_the_source() {
    let stage = Stage::new().await;
    let engine = synced(&stage, "a", WEEKLY).await;
    let plan = called(&engine, "plan", json!({})).await;
    let photo = |row: usize| plan["rows"][row]["photo"].clone();
    let queue = [photo(8), photo(9), photo(10), photo(11)];
    called(&engine, "queue", json!({"target": "x", "photos": queue})).await;
    let gone = |photo: &Value| {
        stage.control().call("photos", &json!([{"op": "delete", "id": photo}])).expect("it was there");
    };
    gone(&queue[0]);
    let choice = engine.choice(None, None, None).expect("a target is there");
    let run = engine.run(Asked::Publish(choice)).await.expect("it runs");
    assert_eq!(run.photo.as_deref(), queue[1].as_str(), "asked for now");
    gone(&queue[2]);
    stage.go_to(Weekday::Sunday, 10);
    engine.tick().await.expect("it looks");
    assert_eq!(publications(&engine)[0].photo.as_deref(), queue[3].as_str(), "at a due time");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_plan_names_the_look_of_each_post() {
    let stage = Stage::new().await;
    let more = "schedule = 'weekly sun 10:00'\nlook = 'posters'\nlook_every = 3\n\
        [schedule]\ntime_zone = 'UTC'\nsync = 'off'\n[looks]\nposters = '{\"look\":\"dither\"}'\n";
    let engine = synced(&stage, "a", more).await;
    let looks = |plan: &Value| -> Vec<Value> {
        plan["rows"].as_array().expect("rows").iter().take(6).map(|row| row["look"].clone()).collect()
    };
    let (plain, posters) = (Value::Null, json!("posters"));
    let planned = looks(&called(&engine, "plan", json!({})).await);
    assert_eq!(planned, [&plain, &plain, &posters, &plain, &plain, &posters].map(Clone::clone));
    stage.go_to(Weekday::Sunday, 10);
    engine.tick().await.expect("it looks");
    let planned = looks(&called(&engine, "plan", json!({})).await);
    assert_eq!(planned, [&plain, &posters, &plain, &plain, &posters, &plain].map(Clone::clone));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_target_that_nobody_signed_in_to_is_quiet() {
    let stage = Stage::new().await;
    let more = format!("{WEEKLY}[targets.second]\nkind = 'x'\nschedule = 'weekly sun 10:00'\n");
    let engine = synced(&stage, "a", &more).await;
    stage.go_to(Weekday::Sunday, 10);
    engine.tick().await.expect("it looks");
    let targets: Vec<Option<String>> = publications(&engine).into_iter().map(|run| run.target).collect();
    assert_eq!(targets, [Some("x".to_owned())]);
}

#[tokio::test(flavor = "multi_thread")]
async fn jobs_wait_in_one_line_and_none_is_doubled() {
    let stage = Stage::new().await;
    let engine = stage.engine("a", WEEKLY);
    let first = engine.ask(Asked::Sync { full: true }).expect("in line");
    let (one, two) = (engine.ask(Asked::Sync { full: false }), engine.ask(Asked::Sync { full: false }));
    assert_eq!(one.expect("in line"), two.expect("the same"), "asked twice is asked once");
    let check = engine.run(Asked::Check { repair: false }).await.expect("it runs");
    assert!(check.id > first);
    let runs = engine.runs(None, 10).expect("readable");
    assert_eq!(runs.len(), 3, "{runs:?}");
    assert!(runs.iter().all(|run| run.ending.is_some()), "one after another, all ended");
}

#[tokio::test(flavor = "multi_thread")]
async fn marks_are_on_the_record_and_can_be_taken_back() {
    let stage = Stage::new().await;
    let engine = synced(&stage, "a", WEEKLY).await;
    let photo = called(&engine, "plan", json!({})).await["rows"][0]["photo"].clone();
    let marked = called(&engine, "mark_published", json!({"photos": [photo], "target": "x", "post_url": null})).await;
    assert_eq!(marked["done"], 1);
    let this_one = Choice { photo: photo.as_str().and_then(|id| id.parse().ok()), ..Choice::default() };
    let refused = engine.pierrot().publish(&this_one).await.expect_err("it counts as published");
    assert_eq!(refused.code, Code::Failed);
    let clean = engine.run(Asked::Check { repair: false }).await.expect("it runs");
    assert_eq!(clean.ending, Some(Ending::Done), "{}", clean.summary);
    called(&engine, "unmark_published", json!({"photos": [photo], "target": "x"})).await;
    let recovered = engine.run(Asked::Recover).await.expect("it runs");
    assert_eq!(recovered.ending, Some(Ending::Nothing), "the old document does not bring the mark back: {recovered:?}");
    let clean = engine.run(Asked::Check { repair: false }).await.expect("it runs");
    assert_eq!(clean.ending, Some(Ending::Done), "{}", clean.summary);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_step_back_is_for_what_was_changed_and_nothing_else() {
    let stage = Stage::new().await;
    let engine = synced(&stage, "a", WEEKLY).await;
    let plan = called(&engine, "plan", json!({})).await;
    let [one, two, three] = [0, 1, 2].map(|at| plan["rows"][at]["photo"].clone());
    for (verb, more) in [
        ("exclude", json!({})),
        ("mark_published", json!({"target": "x", "post_url": null})),
        ("queue", json!({"target": "x"})),
    ] {
        let asked = |photos: &[&serde_json::Value]| {
            let mut asked = more.clone();
            asked["photos"] = json!(photos);
            asked
        };
        let first = if verb == "mark_published" {
            &two
        } else if verb == "queue" {
            &three
        } else {
            &one
        };
        let done = called(&engine, verb, asked(&[first])).await;
        assert_eq!((&done["done"], done["undo"].is_u64()), (&json!(1), true), "{verb}: {done}");
        let again = called(&engine, verb, asked(&[first])).await;
        assert_eq!((&again["done"], &again["undo"]), (&json!(0), &json!(null)), "{verb}: it was so before");
    }
    // The photo that was marked is named wherever the log is read, and stands among what is published.
    let log = called(&engine, "log", json!({"limit": 100})).await;
    let marked = log["entries"].as_array().expect("entries").iter().find(|entry| entry["by_hand"] == true);
    assert_eq!(marked.expect("the mark")["photo_id"], two);
    let id = two.as_str().expect("an id");
    assert!(log["titles"][id].is_string(), "{}", log["titles"]);
    let csv = called(&engine, "export_log", json!({"csv": true})).await;
    assert!(csv.as_str().expect("text").contains(&format!(",imported,{id},")), "{csv}");
    let posts = called(&engine, "posts", json!({"limit": 10})).await;
    assert_eq!((&posts["total"], &posts["posts"][0]["photo"]), (&json!(1), &two), "{posts}");
    assert_eq!(posts["posts"][0]["known_by"], "marked");
    // A photo that a person left alone stays so when it is excluded and that is taken back.
    let lost = json!({"server": "x", "method": "POST", "path": "/2/tweets", "kind": "drop_before"});
    stage.control().faults(&lost).expect("a fault");
    engine.run(Asked::Publish(Choice::default())).await.expect("it runs");
    let reviews = called(&engine, "reviews", json!({})).await;
    let (review, photo) = (reviews[0]["id"].clone(), reviews[0]["photo_id"].clone());
    let no_post = json!({"review": review, "answer": {"posted": "https://example.org/"}});
    let refused = engine.call("answer", no_post).await.expect_err("that is no post");
    assert!(refused.message.contains("is not the address of a post"), "{refused:?}");
    let run = called(&engine, "answer", json!({"review": review, "answer": "skip"})).await;
    while engine.runs(None, 1).expect("readable")[0].id < run.as_u64().expect("an id") as u32
        || engine.under_way().is_some()
    {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    let excluded = called(&engine, "exclude", json!({"photos": [photo]})).await;
    assert_eq!(called(&engine, "undo", json!({"change": excluded["undo"]})).await["done"], 1);
    engine.call("undo", json!({"change": excluded["undo"]})).await.expect_err("once");
    let this_one = Choice { photo: photo.as_str().and_then(|id| id.parse().ok()), ..Choice::default() };
    engine.pierrot().publish(&this_one).await.expect_err("it is still left alone");
    let opened = called(&engine, "include", json!({"photos": [photo]})).await;
    assert_eq!((&opened["done"], &opened["undo"]), (&json!(1), &json!(null)), "a skip is not on the never-list");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_to_many_goes_on_without_its_page_says_how_far_it_is_stops_and_is_taken_back() {
    let stage = Stage::with(120).await;
    let engine = synced(&stage, "a", WEEKLY).await;
    let all = called(&engine, "gallery", json!({"query": {}})).await;
    let window = json!({"query": {}, "version": all["version"], "offset": 0, "limit": 500});
    let rows = called(&engine, "gallery_window", window).await["rows"].clone();
    let photos: Vec<&Value> = rows.as_array().expect("rows").iter().map(|row| &row["id"]).collect();
    assert!(photos.len() > 55, "more than one step: {}", photos.len());

    // The page that asked goes away.
    let asked = json!({"photos": photos});
    let asking = tokio::spawn({
        let engine = engine.clone();
        async move { engine.call("exclude", asked).await }
    });
    let changing = loop {
        let now = called(&engine, "overview", json!({})).await["changing"].clone();
        if now["done"].as_u64() > Some(0) {
            break now;
        }
        tokio::task::yield_now().await;
    };
    asking.abort();
    assert_eq!((&changing["what"], &changing["total"]), (&json!("exclude"), &json!(photos.len())));
    let undoable = loop {
        let now = called(&engine, "overview", json!({})).await;
        if now["changing"].is_null() {
            break now["undoable"].clone();
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    };
    assert_eq!((&undoable["what"], &undoable["photos"]), (&json!("exclude"), &json!(photos.len())));

    // Taking it back is stopped in the middle; the rest can still be taken back.
    let change = undoable["change"].clone();
    let undoing = tokio::spawn({
        let (engine, change) = (engine.clone(), change.clone());
        async move { engine.call("undo", json!({"change": change})).await }
    });
    loop {
        let now = called(&engine, "overview", json!({})).await["changing"].clone();
        if now["done"].as_u64() > Some(0) {
            called(&engine, "stop_change", json!({"change": now["change"]})).await;
            break;
        }
        tokio::task::yield_now().await;
    }
    let came: Value = serde_json::from_str(&undoing.await.expect("it ends").expect("it works")).expect("JSON");
    let done = came["done"].as_u64().expect("a number") as usize;
    assert!(done > 0 && done < photos.len(), "{came}");
    let rest = called(&engine, "undo", json!({"change": change})).await;
    assert_eq!(rest["done"], json!(photos.len() - done));
    let counts = called(&engine, "gallery", json!({"query": {}})).await["counts"].clone();
    assert_eq!(counts["excluded"], json!(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_target_nobody_is_signed_in_to_costs_nothing_and_its_login_waits_for_the_code() {
    let stage = Stage::new().await;
    let other = "[targets.other]\nkind = 'x'\nschedule = 'weekly mon 10:00'\n";
    let engine = synced(&stage, "a", &format!("{WEEKLY}{other}")).await;
    let plan = called(&engine, "plan", json!({})).await;
    let rows = |target: &str| {
        let rows = plan["rows"].as_array().into_iter().flatten();
        rows.filter(|row| row["target"] == target).map(|row| row["why_not"].clone()).collect::<Vec<_>>()
    };
    assert!(rows("x").len() >= 11 && rows("x").iter().all(Value::is_null), "{:?}", rows("x"));
    assert!(rows("other").len() >= 11 && rows("other").iter().all(|why| why == "not_set_up"), "{:?}", rows("other"));
    let costs = plan["costs"].as_array().expect("costs");
    assert!(!costs.is_empty() && costs.iter().all(|cost| cost["target"] == "x"), "{costs:?}");

    let address = called(&engine, "begin_login", json!({"place": "flickr"})).await;
    let waiting = called(&engine, "secrets", json!({})).await["logins"].clone();
    assert_eq!(waiting, json!({"flickr": address}), "a page that is loaded anew goes on with it");
    engine.call("finish_login", json!({"place": "flickr", "typed": "kein Codé"})).await.expect_err("no code");
    assert_eq!(called(&engine, "secrets", json!({})).await["logins"], waiting, "it was not sent");
}

#[tokio::test(flavor = "multi_thread")]
async fn cameras_become_known_by_themselves() {
    let stage = Stage::new().await;
    let engine = synced(&stage, "a", WEEKLY).await;
    let asked = || stage.control().count("flickr.photos.getExif");
    engine.start();
    let mut most = 0;
    for _ in 0..600 {
        most = asked();
        if most >= 6 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    engine.stop().await;
    assert_eq!(most, 6, "a few at a time");
    let cameras = called(&engine, "facets", json!({})).await["cameras"].clone();
    assert!(cameras.as_array().is_some_and(|cameras| !cameras.is_empty()), "{cameras}");
}
